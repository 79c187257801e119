"""
Which callbacks are due, their bytes, and what follows when one was taken or not.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.clock import FollowerClock
from simulator.domain.answers import format_instant
from simulator.storage import BankFile

#: Seconds after which a callback that was not taken is sent again.  Source: docs/bank-wire.md.
CALLBACK_RESENDS_S = (1, 5, 25, 125)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """
    One callback to send: exact bytes and where to.
    """

    bank_id: str
    request_id: str
    url: str
    body: bytes
    tries: int


class CallbackBook:
    """
    The callbacks that the bank owes.
    """

    def __init__(self, file: BankFile, clock: FollowerClock) -> None:
        self._file = file
        self._clock = clock

    def due(self) -> list[Callback]:
        """
        Callbacks whose time has come; their requests are decided by then.
        """
        now = format_instant(self._clock.now())
        rows = self._file.rows(
            "SELECT * FROM requests WHERE callback_due_at <= :now ORDER BY callback_due_at, request_id LIMIT 100",
            now=now,
        )
        return [self._callback(row) for row in rows]

    def next_due_at(self) -> str | None:
        """
        The earliest timer the bank holds: a callback, or a decision.
        """
        row = self._file.row(
            "SELECT min(at) AS at FROM (SELECT min(callback_due_at) AS at FROM requests WHERE callback_due_at IS NOT NULL "
            "UNION ALL SELECT min(ready_at) FROM requests WHERE final_status IS NOT NULL AND ready_at > :now)",
            now=format_instant(self._clock.now()),
        )
        return None if row is None else row["at"]

    def finish(self, callback: Callback, *, taken: bool) -> None:
        """
        Forget a callback that was taken; plan the next try of one that was not, or give up.
        """
        due_at: str | None = None
        if not taken and callback.tries < len(CALLBACK_RESENDS_S):
            wait = timedelta(seconds=CALLBACK_RESENDS_S[callback.tries])
            due_at = format_instant(self._clock.now() + wait)
        self._file.run(
            "UPDATE requests SET callback_due_at = :due, callback_tries = callback_tries + 1 WHERE bank_id = :bank AND request_id = :id",
            due=due_at,
            bank=callback.bank_id,
            id=callback.request_id,
        )

    def _callback(self, row: sqlite3.Row) -> Callback:
        status = row["final_status"] or row["status"]
        document = {
            "event_id": f"bev_{row['bank_reference'].removeprefix('bnk_')}",
            "type": "operation.updated",
            "request_id": row["request_id"],
            "operation": row["operation"],
            "payment_reference": row["payment_reference"],
            "status": status,
            "amount": row["amount"],
            "currency": row["currency"],
            "decline_code": row["decline_code"],
            "bank_reference": row["bank_reference"],
            "occurred_at": row["ready_at"] or row["updated_at"],
        }
        return Callback(
            bank_id=row["bank_id"],
            request_id=row["request_id"],
            url=row["callback_url"],
            body=json.dumps(document, separators=(",", ":")).encode(),
            tries=row["callback_tries"],
        )


def parse_instant(text: str) -> datetime:
    """
    Read an ISO 8601 instant with zone.  Raises ValueError.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("the instant has no time zone")
    return at
