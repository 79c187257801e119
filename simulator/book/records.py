"""
The bank's requests as rows: written once, decided when their time comes, rendered for the wire; and the book and journal that follow from them.
"""

import json
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from simulator.clock import FollowerClock
from simulator.domain.answers import Refusal, format_instant
from simulator.rng import KeyedRng
from simulator.storage import BankFile

Answer = dict[str, Any]
#: What the payer's account sees when a request goes from one status to another: -1 debit, 1 credit.
_MOVES: Final = {"captured": -1, "refunded": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """
    A request as it is first written.  `status` counts now; `final_status`, when set, from `ready_at` on.  Amounts in minor units.
    """

    bank_id: str
    request_id: str
    operation: str
    content: str
    status: str
    final_status: str | None = None
    ready_at: datetime | None = None
    amount: int | None = None
    currency: str | None = None
    decline_code: str | None = None
    message: str | None = None
    trigger_source: str | None = None
    trigger_outcome: str | None = None
    authorisation_request_id: str | None = None
    payment_reference: str | None = None
    callback_url: str | None = None
    account: str | None = None
    return_url: str | None = None
    challenge_url: str | None = None
    challenge_token: str | None = None
    approved_status: str | None = None


class Records:
    """
    Requests, entries and journal lines of every isolated bank.
    """

    def __init__(self, *, file: BankFile, clock: FollowerClock, rng: KeyedRng) -> None:
        self._file = file
        self._clock = clock
        self._rng = rng

    def row(self, bank_id: str, request_id: str) -> sqlite3.Row | None:
        """
        The request as it was last written, or None.
        """
        return self._file.row(
            "SELECT * FROM requests WHERE bank_id = :bank AND request_id = :id",
            bank=bank_id,
            id=request_id,
        )

    def insert(self, new: NewRequest) -> None:
        """
        Write down a new request, its journal line, and the money that it moves at once.
        """
        at = format_instant(self._clock.now())
        ready_at = None if new.ready_at is None else format_instant(new.ready_at)
        values = {
            **asdict(new),
            "ready_at": ready_at,
            "bank_reference": "bnk_" + self._rng.token("reference", new.bank_id, new.request_id),
            "created_at": at,
            "updated_at": at,
        }
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        self._file.run(f"INSERT INTO requests ({names}) VALUES ({marks})", **values)  # noqa: S608  names of our own dataclass
        body = {
            "status": new.status,
            "later": new.final_status,
            "ready_at": ready_at,
            "amount": new.amount,
        }
        self.note(new.bank_id, new.operation, new.request_id, body)
        written = self.row(new.bank_id, new.request_id)
        assert written is not None
        self.post(written, "", new.status, at)

    def post(self, row: sqlite3.Row, before: str, after: str, at: str, *, copy: int = 0) -> None:
        """
        Write the money's move into the book, dated when it was due and not when somebody first asked; leaving a status undoes its move.
        """
        sign = _MOVES.get(after, 0) - _MOVES.get(before, 0)
        if sign != 0 and row["amount"]:
            self._entry(row, "debit" if sign < 0 else "credit", row["amount"], at, copy)

    def give_back(self, row: sqlite3.Row, target: sqlite3.Row, amount: int) -> None:
        """
        Credit what a reversed sale still held; `amount` in minor units, nothing is posted for zero.
        """
        if amount > 0:
            at = format_instant(self._clock.now())
            self._file.run(
                "INSERT INTO entries (bank_id, request_id, payment_reference, kind, amount, currency, at, account) "
                "VALUES (:bank, :id, :payment, 'credit', :amount, :currency, :at, :account)",
                bank=row["bank_id"],
                id=row["request_id"],
                payment=target["payment_reference"],
                amount=amount,
                currency=target["currency"],
                at=at,
                account=target["account"],
            )

    def _entry(self, row: sqlite3.Row, kind: str, amount: int, at: str, copy: int) -> None:
        self._file.run(
            "INSERT INTO entries (bank_id, request_id, payment_reference, kind, amount, currency, at, account, copy) "
            "VALUES (:bank, :id, :payment, :kind, :amount, :currency, :at, :account, :copy)",
            bank=row["bank_id"],
            id=row["request_id"],
            payment=row["payment_reference"],
            kind=kind,
            amount=amount,
            currency=row["currency"],
            at=at,
            account=row["account"],
            copy=copy,
        )

    def change(self, row: sqlite3.Row, status: str, *, at: str, **changes: Any) -> sqlite3.Row:
        """
        Give a request a status that is final for now, and post what that moves.
        """
        assignments = "".join(f", {name} = :{name}" for name in changes)
        self._file.run(
            f"UPDATE requests SET status = :status, final_status = NULL, updated_at = :now{assignments} "  # noqa: S608  names of our own columns
            "WHERE bank_id = :bank AND request_id = :id",
            status=status,
            now=format_instant(self._clock.now()),
            bank=row["bank_id"],
            id=row["request_id"],
            **changes,
        )
        changed = self.row(row["bank_id"], row["request_id"])
        assert changed is not None
        self.post(changed, row["status"], status, at)
        return changed

    def ripen(self, row: sqlite3.Row) -> sqlite3.Row:
        """
        Apply a decision whose time has come.
        """
        now = format_instant(self._clock.now())
        if row["final_status"] is None or row["ready_at"] is None or row["ready_at"] > now:
            return row
        ripe = self.change(row, row["final_status"], at=row["ready_at"])
        if ripe["operation"] == "capture" and ripe["status"] == "declined":
            # The capture that was said to be done is not: the hold stands again.
            self._file.run(
                "UPDATE requests SET status = 'authorised' WHERE bank_id = :bank AND request_id = :id AND status = 'captured'",
                bank=row["bank_id"],
                id=row["authorisation_request_id"],
            )
        return ripe

    def ripen_all(self) -> None:
        """
        Apply every decision whose time has come, in the order of time.
        """
        rows = self._file.rows(
            "SELECT * FROM requests WHERE final_status IS NOT NULL AND ready_at <= :now ORDER BY ready_at, bank_id, request_id",
            now=format_instant(self._clock.now()),
        )
        for row in rows:
            self.ripen(row)

    def answer(self, bank_id: str, request_id: str) -> Answer:
        """
        The answer as it stands now.  Raises `Refusal` (404).
        """
        row = self.row(bank_id, request_id)
        if row is None:
            raise Refusal(404, "not_found", "The bank has not seen this request_id.")
        return self.render(self.ripen(row))

    def render(self, row: sqlite3.Row) -> Answer:
        """
        A request in the words of the wire.
        """
        declined = row["status"] == "declined"
        trigger = None
        if row["trigger_source"] is not None:
            trigger = {"source": row["trigger_source"], "outcome": row["trigger_outcome"]}
        return {
            "request_id": row["request_id"],
            "operation": row["operation"],
            "status": row["status"],
            "bank_reference": row["bank_reference"],
            "amount": row["amount"],
            "currency": row["currency"],
            "decline_code": row["decline_code"] if declined else None,
            "message": row["message"] if declined else None,
            "ready_at": row["ready_at"] if row["status"] == "processing" else None,
            "challenge_url": row["challenge_url"] if row["status"] == "challenge" else None,
            "trigger": trigger,
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
        }

    def note(self, bank_id: str, kind: str, request_id: str | None, body: dict[str, Any]) -> None:
        """
        Add a line to the journal.
        """
        self._file.run(
            "INSERT INTO journal (bank_id, at, kind, request_id, body) VALUES (:bank, :at, :kind, :id, :body)",
            bank=bank_id,
            at=format_instant(self._clock.now()),
            kind=kind,
            id=request_id,
            body=json.dumps(body, separators=(",", ":"), sort_keys=True),
        )
