"""
Which addresses webhooks may go to.  Checked when an URL is saved (form) and again when it is dialled (truth: the resolved address).

Source: reliability 5.9 and section 4 I.  `ipaddress` alone is not enough: `is_global` is true for several ranges below.
"""

import ipaddress
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from gateway.domain.errors import BadRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_URL_LENGTH_MAX: Final = 2_048
#: Ports that strict allows.
_STRICT_PORTS: Final = frozenset({80, 443, 8443})
#: Lowest port that sandbox allows.
_SANDBOX_PORT_MIN: Final = 1024
_PORT_MAX: Final = 65_535
#: Longest label of a DNS name.  Source: RFC 1035.
_LABEL_LENGTH_MAX: Final = 63

#: Never, under any policy: link-local with cloud metadata, tunnels that embed another address, multicast, reserved.
_DENIED: Final = tuple(
    ipaddress.ip_network(text)
    for text in [
        "0.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
        "fd00:ec2::/32",
    ]
)
#: Private ranges that sandbox opens: loopback and docker's bridge.
_SANDBOX: Final = tuple(
    ipaddress.ip_network(text) for text in ("127.0.0.0/8", "::1/128", "172.16.0.0/12")
)
#: IPv4-compatible IPv6 (::a.b.c.d), deprecated and treacherous; ::1 is not meant.
_COMPATIBLE: Final = ipaddress.ip_network("::/96")


class Egress(StrEnum):
    """
    `strict`: public addresses only; `sandbox`: loopback and docker's bridge too.
    """

    STRICT = "strict"
    SANDBOX = "sandbox"


def address_allowed(
    address: Address, *, port: int, egress: Egress, own_ports: frozenset[int]
) -> bool:
    """
    Whether this very address and port may be dialled.
    """
    if not 0 < port <= _PORT_MAX:
        return False
    if egress is Egress.SANDBOX and any(address in network for network in _SANDBOX):
        return port >= _SANDBOX_PORT_MIN and port not in own_ports
    if any(address in network for network in _DENIED):
        return False
    if isinstance(address, ipaddress.IPv6Address) and address in _COMPATIBLE:
        return False
    if not address.is_global:
        return False
    return port in _STRICT_PORTS or (egress is Egress.SANDBOX and port >= _SANDBOX_PORT_MIN)


def _refuse(what: str) -> BadRequest:
    return BadRequest(f"webhook_url {what}", param="webhook_url")


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def validate_webhook_url(
    url: object, *, egress: Egress, own_ports: frozenset[int] = frozenset()
) -> str:
    """
    The URL, if its form is right and a literal address in it is allowed.  Raises `BadRequest`.
    """
    if not isinstance(url, str) or not url or len(url) > _URL_LENGTH_MAX:
        raise _refuse(f"must be an http(s) URL of at most {_URL_LENGTH_MAX} characters")
    if not url.isascii() or any(c.isspace() or ord(c) < 32 for c in url) or "\\" in url:  # noqa: PLR2004  control characters
        raise _refuse(
            "must not contain spaces, control characters, backslashes or non-ASCII characters"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refuse(f"is not a valid URL ({error})") from error
    if parts.scheme not in ("http", "https"):
        raise _refuse("must begin with http:// or https://")
    if egress is Egress.STRICT and parts.scheme != "https":
        raise _refuse("must begin with https://")
    if not parts.hostname or "@" in parts.netloc:
        raise _refuse("must name a host and no user")
    port = port if port is not None else (443 if parts.scheme == "https" else 80)
    address = _literal(parts.hostname)
    if address is not None:
        if not address_allowed(address, port=port, egress=egress, own_ports=own_ports):
            raise _refuse(f"may not point to {parts.hostname} port {port}")
    elif not _is_name(parts.hostname) or not _port_allowed(port, egress, own_ports, parts.hostname):
        raise _refuse(f"may not point to {parts.hostname} port {port}")
    return url


def _is_name(host: str) -> bool:
    """
    A DNS name; spellings of numbers that resolvers take for addresses (0x7f.1, 2130706433, 127.1) are not names.
    """
    labels = host.rstrip(".").split(".")
    last = labels[-1].lower()
    if last.isdigit() or (last.startswith("0x") and last[2:].isalnum()):
        return False
    return all(
        label
        and len(label) <= _LABEL_LENGTH_MAX
        and label.replace("-", "").replace("_", "").isalnum()
        for label in labels
    )


def _port_allowed(port: int, egress: Egress, own_ports: frozenset[int], host: str) -> bool:
    if port in _STRICT_PORTS:
        return True
    if egress is Egress.STRICT or not _SANDBOX_PORT_MIN <= port <= _PORT_MAX:
        return False
    return not (host in ("localhost", "host.docker.internal") and port in own_ports)
