"""
The merchant's ledger: journals and balances.
"""

from collections.abc import Mapping
from typing import Any

from gateway.domain.merchant import Principal
from gateway.services.context import Context
from gateway.services.listing import Listing, page_request
from gateway.storage import ledger


async def list_journals(
    context: Context, principal: Principal, query: Mapping[str, str]
) -> Listing:
    """
    A page of the merchant's journals with their entries.  Raises `BadRequest`.
    """
    wanted = page_request("ledger", query)
    page = await ledger.list_journals(context.database, principal.merchant.id, wanted)
    return Listing(page=page, limit=wanted.limit, offset=wanted.offset)


async def read_balances(context: Context, principal: Principal) -> list[Any]:
    """
    What stands on each account of the merchant's books, by currency.
    """
    return await ledger.read_balances(context.database, principal.merchant.id)
