"""
The security headers of every answer, as pure functions.

Source: reliability section 4 L, 116 and 128.  `tests/unit/sdk_checkout/test_policies.py` holds the golden copies.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

#: What a CSP source of ours may look like: 'self', 'none', a scheme alone, or scheme://host[:port or *] with one leading wildcard.
_SOURCE: Final = re.compile(
    r"'self'|'none'|https?:|https?://(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::(?:\d{1,5}|\*))?"
)
#: An origin that a merchant may list: no path, no wildcard.
_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?")
_ORIGINS_MAX: Final = 50

#: On every answer of this server.
COMMON: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), usb=()",
}
#: On pages besides.  COOP severs the page from whoever opened it.
PAGE: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: On scripts, styles and pictures: merchants' pages on other origins load them, with SRI, so CORS is open.
ASSET: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
#: Answers that are no page load nothing and are framed by nobody.
CLOSED_CSP: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class BadSource(ValueError):
    """
    A text that is no CSP source of the kind that is accepted here.
    """


def parse_sources(sources: Iterable[str]) -> tuple[str, ...]:
    """
    CSP sources from a setting.  Raises `BadSource`, so that a typing error can never widen or break a header.
    """
    parsed = tuple(sources)
    for source in parsed:
        if _SOURCE.fullmatch(source) is None:
            raise BadSource(
                f"expected 'self', 'none' or addresses such as https://shop.example, found {source!r}."
            )
    if "'none'" in parsed and len(parsed) > 1:
        raise BadSource("'none' must stand alone.")
    return parsed


def merchant_origins(value: object) -> tuple[str, ...] | None:
    """
    The origins that a merchant allows to frame the checkout, from the order's `checkout_origins`; None when the merchant has no list.

    Members that are no plain origin are dropped: a bad entry must not open the page to anyone.
    """
    if not isinstance(value, list) or not value:
        return None
    return tuple(
        origin
        for origin in value[:_ORIGINS_MAX]
        if isinstance(origin, str) and _ORIGIN.fullmatch(origin)
    )


def page_csp(
    *, api_url: str, frame_ancestors: Iterable[str], challenge_sources: Iterable[str]
) -> str:
    """
    The hosted page's policy.  Connects to the gateway alone; frames the bank's challenge page, and ours that the bank leads back to; nothing inline.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            f"connect-src {origin_of(api_url)}",
            f"frame-src {' '.join((_SELF, *challenge_sources))}",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {' '.join(frame_ancestors) or _NONE}",
        )
    )


_NONE: Final = "'none'"
_SELF: Final = "'self'"


def return_csp() -> str:
    """
    The policy of the page that a bank leads back to.  Anyone may frame it: it stands in frames in frames, and has nothing to click.
    """
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors http: https:"
    )


def demo_csp() -> str:
    """
    The demo shop's policy: what docs/checkout.md tells merchants to send, with the checkout on the page's own origin.
    """
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


_LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1"})


def is_other_spelling(host: str, url: str) -> bool:
    """
    Whether a request's Host names the same loopback port as the URL in another way.  To a browser these are two origins.
    """
    asked, own = urlsplit(f"//{host}"), urlsplit(url)
    names = {asked.hostname, own.hostname}
    return len(names) > 1 and names <= _LOOPBACK_HOSTS and asked.netloc.rpartition(":")[2] == own.netloc.rpartition(":")[2]  # fmt: skip


def origin_of(url: str) -> str:
    """
    Scheme, host and port of a URL.
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
