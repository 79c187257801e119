"""
Compares a day of our books with the bank's statement, merchant by merchant.
"""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from gateway.bank.client import BankClient
from gateway.domain.reconciliation import Mismatch, Movement, reconcile
from gateway.storage.database import Database
from gateway.storage.movements import merchants_with_payments, movements

_DAY = timedelta(days=1)


async def reconcile_day(
    database: Database, bank: BankClient, day: date
) -> dict[UUID, list[Mismatch]]:
    """
    The mismatches of one UTC day for each merchant that has payments.  Raises `BankUnavailable`.
    """
    found = {}
    for merchant_id in await merchants_with_payments(database):
        lines: list[Movement] = []
        for near in (day - _DAY, day, day + _DAY):
            lines += await bank.statement(near, merchant_id=merchant_id)
        begin = datetime.combine(day - _DAY, time(), UTC)
        ours = await movements(database, merchant_id, since=begin, until=begin + 3 * _DAY)
        found[merchant_id] = reconcile(ours=ours, bank=lines, day=day)
    return found
