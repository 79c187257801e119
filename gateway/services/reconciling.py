"""
Compares a day of our books with the bank's statement, merchant by merchant.
"""

import contextlib
import re
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from gateway.bank.answers import BankUnavailable
from gateway.bank.client import BankClient
from gateway.domain.errors import BadRequest, RetryLater
from gateway.domain.merchant import Principal
from gateway.domain.reconciliation import Mismatch, Movement, reconcile
from gateway.services.context import Context
from gateway.storage.database import Database
from gateway.storage.movements import merchants_with_payments, movements

_DAY = timedelta(days=1)
_DAY_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


async def reconcile_day(
    database: Database, bank: BankClient, day: date
) -> dict[UUID, list[Mismatch]]:
    """
    The mismatches of one UTC day for each merchant that has payments.  Raises `BankUnavailable`.
    """
    return {
        merchant_id: await _reconcile_merchant(database, bank, merchant_id, day)
        for merchant_id in await merchants_with_payments(database)
    }


async def _reconcile_merchant(
    database: Database, bank: BankClient, merchant_id: UUID, day: date
) -> list[Mismatch]:
    lines: list[Movement] = []
    for near in (day - _DAY, day, day + _DAY):
        lines += await bank.statement(near, merchant_id=merchant_id)
    begin = datetime.combine(day - _DAY, time(), UTC)
    ours = await movements(database, merchant_id, since=begin, until=begin + 3 * _DAY)
    return reconcile(ours=ours, bank=lines, day=day)


def _day(text: str) -> date:
    """
    The first and last two days of the calendar have no neighbours to compare with.
    """
    if _DAY_FORM.fullmatch(text):
        with contextlib.suppress(ValueError):
            day = date.fromisoformat(text)
            if date.min + _DAY < day < date.max - _DAY:
                return day
    raise BadRequest(f"date must be a day such as 2026-11-21, found {text!r}", param="date")


async def reconcile_own_day(
    context: Context, principal: Principal, text: str | None
) -> tuple[date, list[Mismatch]]:
    """
    The merchant's own mismatches of the UTC day `YYYY-MM-DD`, today's when none is named.  Raises `BadRequest`, and `RetryLater` when the bank gives no statement.
    """
    day = _day(text) if text is not None else principal.now.date()
    try:
        found = await _reconcile_merchant(
            context.database, context.bank, principal.merchant.id, day
        )
    except BankUnavailable as error:
        raise RetryLater("The bank gives no statement now; ask again later") from error
    return day, found
