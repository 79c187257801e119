"""
Which callbacks the bank owes, their bytes, and what follows when one was taken or not.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from simulator.clock import FollowerClock
from simulator.domain.answers import format_instant
from simulator.domain.faults import CallbackPlan
from simulator.storage import BankFile

#: Seconds after which a callback that was not taken is sent again.  Source: docs/bank-wire.md.
CALLBACK_RESENDS_S: Final = (1, 5, 25, 125)
#: What a contradictory callback says instead.
_OPPOSITES: Final = {"declined": "captured"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """
    One callback to send: exact bytes, where to, and what is to be wrong with its headers.
    """

    id: int
    bank_id: str
    url: str
    body: bytes
    fault: str | None
    tries: int


class CallbackBook:
    """
    The callbacks that the bank owes.
    """

    def __init__(self, file: BankFile, clock: FollowerClock) -> None:
        self._file = file
        self._clock = clock

    def owe(
        self,
        row: sqlite3.Row,
        *,
        due_at: str,
        type_: str = "operation.updated",
        dispute_id: str | None = None,
        plan: CallbackPlan | None = None,
    ) -> None:
        """
        Owe the callbacks about a request from `due_at` on; none when nobody asked to be called.
        """
        if row["callback_url"] is None:
            return
        faults = plan.faults if plan is not None else ()
        if "drop" in faults:
            return
        if plan is not None and plan.after_ms:
            at = parse_instant(due_at) + timedelta(milliseconds=plan.after_ms)
            due_at = format_instant(at)
        if "early" in faults:
            due_at = format_instant(self._clock.now())
        event_id = self._event_id(row)
        headers = next((f for f in faults if f in ("bad_signature", "stale_timestamp")), None)
        copies = plan.copies if plan is not None and "duplicate" in faults else 1
        for _ in range(copies):
            self._insert(row, type_, due_at, event_id, fault=headers, dispute_id=dispute_id)
        final = row["final_status"] or row["status"]
        if "reordered" in faults:
            self._insert(row, type_, due_at, f"{event_id}_0", status="processing")
        if "contradictory" in faults:
            opposite = _OPPOSITES.get(final, "declined")
            self._insert(row, type_, due_at, f"{event_id}_x", status=opposite)
        if "unknown_payment" in faults:
            self._insert(row, type_, due_at, f"{event_id}_u", fault="unknown_payment")

    def _event_id(self, row: sqlite3.Row) -> str:
        counted = self._file.row(
            "SELECT count(DISTINCT event_id) AS n FROM callbacks WHERE bank_id = :bank AND request_id = :id",
            bank=row["bank_id"],
            id=row["request_id"],
        )
        assert counted is not None
        number = f"_{counted['n'] + 1}" if counted["n"] else ""
        return f"bev_{row['bank_reference'].removeprefix('bnk_')}{number}"

    def _insert(
        self,
        row: sqlite3.Row,
        type_: str,
        due_at: str,
        event_id: str,
        *,
        status: str | None = None,
        fault: str | None = None,
        dispute_id: str | None = None,
    ) -> None:
        self._file.run(
            "INSERT INTO callbacks (bank_id, request_id, url, event_id, type, status, fault, due_at, dispute_id) "
            "VALUES (:bank, :id, :url, :event, :type, :status, :fault, :due, :dispute)",
            dispute=dispute_id,
            bank=row["bank_id"],
            id=row["request_id"],
            url=row["callback_url"],
            event=event_id,
            type=type_,
            status=status,
            fault=fault,
            due=due_at,
        )

    def forget(self, bank_id: str, request_id: str) -> None:
        """
        Owe nothing more about a request.
        """
        self._file.run(
            "UPDATE callbacks SET due_at = NULL, result = 'withdrawn' WHERE bank_id = :bank AND request_id = :id AND due_at IS NOT NULL",
            bank=bank_id,
            id=request_id,
        )

    def due(self, *, bank_id: str | None = None, request_id: str | None = None) -> list[Callback]:
        """
        Callbacks whose time has come, of all or of one request; their requests are decided by then.
        """
        rows = self._file.rows(
            "SELECT d.dispute_id, d.amount AS disputed, d.reason, c.*, c.id AS callback_id, c.status AS said, r.operation, r.payment_reference, r.amount, r.currency, r.decline_code, "
            "r.bank_reference, r.ready_at, r.updated_at, coalesce(r.final_status, r.status) AS real_status "
            "FROM callbacks c JOIN requests r ON r.bank_id = c.bank_id AND r.request_id = c.request_id "
            "LEFT JOIN disputes d ON d.bank_id = c.bank_id AND d.dispute_id = c.dispute_id "
            "WHERE c.due_at <= :now AND (:id IS NULL OR (c.bank_id = :bank AND c.request_id = :id)) ORDER BY c.due_at, c.id LIMIT 100",
            now=format_instant(self._clock.now()),
            bank=bank_id,
            id=request_id,
        )
        return [self._callback(row) for row in rows]

    def next_due_at(self) -> str | None:
        """
        The earliest timer the bank holds: a callback, a decision, or a dispute.
        """
        row = self._file.row(
            "SELECT min(at) AS at FROM (SELECT min(due_at) AS at FROM callbacks WHERE due_at IS NOT NULL "
            "UNION ALL SELECT min(ready_at) FROM requests WHERE final_status IS NOT NULL AND ready_at > :now "
            "UNION ALL SELECT min(opens_at) FROM disputes WHERE status = 'planned')",
            now=format_instant(self._clock.now()),
        )
        return None if row is None else row["at"]

    def finish(self, callback: Callback, *, result: str, taken: bool) -> None:
        """
        Note a callback that was taken; plan the next try of one that was not, or give up.
        """
        due_at: str | None = None
        if not taken and callback.tries < len(CALLBACK_RESENDS_S):
            wait = timedelta(seconds=CALLBACK_RESENDS_S[callback.tries])
            due_at = format_instant(self._clock.now() + wait)
        self._file.run(
            "UPDATE callbacks SET due_at = :due, tries = tries + 1, result = :result WHERE id = :id AND due_at IS NOT NULL",
            due=due_at,
            result=result,
            id=callback.id,
        )

    def listed(self, bank_id: str) -> list[dict[str, Any]]:
        """
        Every callback of a bank, owed or done, oldest first.
        """
        rows = self._file.rows(
            "SELECT request_id, event_id, type, status, fault, due_at, tries, result FROM callbacks WHERE bank_id = :bank ORDER BY id",
            bank=bank_id,
        )
        return [dict(row) for row in rows]

    def _callback(self, row: sqlite3.Row) -> Callback:
        status = row["said"] or row["real_status"]
        unknown = row["fault"] == "unknown_payment"
        document = {
            "event_id": row["event_id"],
            "type": row["type"],
            "request_id": "pay_unknown000000000:auth:1" if unknown else row["request_id"],
            "operation": row["operation"],
            "payment_reference": row["payment_reference"],
            "status": status,
            "amount": row["amount"],
            "currency": row["currency"],
            "decline_code": row["decline_code"] if status == "declined" else None,
            "bank_reference": row["bank_reference"],
            "occurred_at": row["ready_at"] or row["updated_at"],
        }
        if row["dispute_id"] is not None:
            document |= {
                "dispute_id": row["dispute_id"],
                "amount": row["disputed"],
                "reason": row["reason"],
            }
        return Callback(
            id=row["callback_id"],
            bank_id=row["bank_id"],
            url=row["url"],
            body=json.dumps(document, separators=(",", ":")).encode(),
            fault=row["fault"],
            tries=row["tries"],
        )


def parse_instant(text: str) -> datetime:
    """
    Read an ISO 8601 instant with zone.  Raises ValueError.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("the instant has no time zone")
    return at
