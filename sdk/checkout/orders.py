"""
The one question that this server asks the gateway as a party of its own: what may be known of an order by anyone.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import httpx

from sdk.checkout.policies import merchant_origins

_TIMEOUT_S: Final = 3.0
_ID_LENGTH_MAX: Final = 255
_OK: Final = 200


class Standing(StrEnum):
    """
    What the gateway said about an order id.
    """

    KNOWN = "known"
    MISSING = "missing"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """
    `origins` are the merchant's own, None when the merchant lists none.
    """

    standing: Standing
    origins: tuple[str, ...] | None = None


async def order_facts(http: httpx.AsyncClient, api_url: str, order_id: str) -> OrderFacts:
    """
    Who may frame the checkout of this order.  Never raises: a gateway that is away is an answer too.
    """
    if not order_id or len(order_id) > _ID_LENGTH_MAX or not order_id.isprintable():
        return OrderFacts(standing=Standing.MISSING)
    url = httpx.URL(api_url).copy_with(raw_path=_path(order_id))
    try:
        response = await http.get(url, timeout=_TIMEOUT_S)
        document = response.json() if response.status_code == _OK else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
        return OrderFacts(standing=Standing.UNREACHABLE)
    if isinstance(document, dict):
        origins = merchant_origins(document.get("checkout_origins"))
        return OrderFacts(standing=Standing.KNOWN, origins=origins)
    is_refused = 400 <= response.status_code < 500  # noqa: PLR2004  4xx
    return OrderFacts(standing=Standing.MISSING if is_refused else Standing.UNREACHABLE)


def _path(order_id: str) -> bytes:
    quoted = "".join(c if c.isascii() and c.isalnum() else _escaped(c) for c in order_id)
    return f"/api/v1/orders/{quoted}/public".encode()


def _escaped(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))
