"""
Origins of web pages: scheme, host and port, compared as a whole and never by a part.

Source: reliability 4 L (116-118).
"""

import re
from typing import Final
from urllib.parse import urlsplit

from gateway.domain.errors import BadRequest

_LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
ORIGINS_MAX: Final = 50
_PORT_MAX: Final = 65_535


def origin_of(url: str) -> str | None:
    """
    The origin of a URL, in lower case and without a default port; None when it has none.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in (None, default) else f":{port}")


def spellings(origin: str) -> frozenset[str]:
    """
    The origin, and when it is this machine its other names: a browser takes localhost and 127.0.0.1 for two.
    """
    for name in _LOOPBACK:
        scheme, _, rest = origin.partition("://")
        if rest == name or rest.startswith(f"{name}:"):
            port = rest[len(name) :]
            return frozenset(f"{scheme}://{other}{port}" for other in _LOOPBACK)
    return frozenset({origin})


def parse_origins(value: object) -> tuple[str, ...]:
    """
    The pages that may frame a merchant's checkout: at most 50 exact origins; null or [] = none named.  Raises `BadRequest`.
    """
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > ORIGINS_MAX:
        raise BadRequest(
            f"checkout_origins must be a list of at most {ORIGINS_MAX} origins",
            param="checkout_origins",
        )
    return tuple(dict.fromkeys(_parse_origin(item) for item in value))


def _parse_origin(value: object) -> str:
    refusal = BadRequest(
        "checkout_origins must hold exact origins such as https://shop.example or http://localhost:8080, without path or wildcard",
        param="checkout_origins",
    )
    if not isinstance(value, str):
        raise refusal
    scheme, _, rest = value.partition("://")
    host, _, port = rest.rpartition(":") if re.search(r":\d+$", rest) else (rest, "", "")
    if scheme not in ("http", "https") or _HOST.fullmatch(host) is None:
        raise refusal
    if port and not 0 < int(port) <= _PORT_MAX:
        raise refusal
    origin = origin_of(value)
    if origin is None:
        raise refusal
    return origin
