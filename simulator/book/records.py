"""
The bank's requests as rows: written once, decided when their time comes, rendered for the wire; and the book and journal that follow from them.
"""

import json
import sqlite3
from datetime import timedelta
from typing import Any

from simulator.clock import FollowerClock
from simulator.domain.answers import Refusal, format_instant
from simulator.rng import KeyedRng
from simulator.storage import BankFile

Answer = dict[str, Any]


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

    def insert(
        self,
        bank_id: str,
        request_id: str,
        operation: str,
        content: str,
        *,
        final: str,
        delay: timedelta,
        **fields: Any,
    ) -> None:
        """
        Write down a new request with its final status, and from when on that counts.
        """
        now = self._clock.now()
        at = format_instant(now)
        later = delay > timedelta()
        values = {
            "amount": None, "currency": None, "decline_code": None, "message": None, "source": None, "outcome": None,
            "authorisation_request_id": None, "payment_reference": None, "callback_url": None, **fields,
        }  # fmt: skip
        ready_at = format_instant(now + delay) if later else None
        self._file.run(
            "INSERT INTO requests VALUES (:bank, :id, :operation, :content, :status, :final, :reference, :amount, :currency, :decline_code, "
            ":message, :ready_at, NULL, :source, :outcome, :authorisation_request_id, :payment_reference, :callback_url, :callback_due_at, 0, "
            ":at, :at)",
            bank=bank_id,
            id=request_id,
            operation=operation,
            content=content,
            status="processing" if later else final,
            final=final if later else None,
            reference="bnk_" + self._rng.token("reference", bank_id, request_id),
            ready_at=ready_at,
            callback_due_at=ready_at if values["callback_url"] else None,
            at=at,
            **values,
        )
        self.note(
            bank_id,
            operation,
            request_id,
            {"status": final, "ready_at": ready_at, "amount": values["amount"]},
        )
        if not later:
            self._post(
                bank_id,
                request_id,
                final,
                values["amount"],
                values["currency"],
                values["payment_reference"],
                format_instant(self._clock.now()),
            )

    def _post(
        self,
        bank_id: str,
        request_id: str,
        status: str,
        amount: int | None,
        currency: str | None,
        payment_reference: str | None,
        at: str,
    ) -> None:
        """
        Write the money's move into the book, dated when it was due and not when somebody first asked.
        """
        signs = {"captured": -1, "refunded": 1}
        if status in signs and amount is not None:
            self._file.run(
                "INSERT INTO entries (bank_id, request_id, payment_reference, kind, amount, currency, at) "
                "VALUES (:bank, :id, :payment, :kind, :amount, :currency, :at)",
                bank=bank_id,
                id=request_id,
                payment=payment_reference,
                kind="debit" if status == "captured" else "credit",
                amount=amount,
                currency=currency,
                at=at,
            )

    def give_back(self, bank_id: str, request_id: str, target: sqlite3.Row, amount: int) -> None:
        """
        Credit what a reversed sale still held; `amount` in minor units, nothing is posted for zero.
        """
        if amount > 0:
            self._post(
                bank_id,
                request_id,
                "refunded",
                amount,
                target["currency"],
                target["payment_reference"],
                format_instant(self._clock.now()),
            )

    def ripen(self, row: sqlite3.Row) -> sqlite3.Row:
        """
        Apply a decision whose time has come.
        """
        now = format_instant(self._clock.now())
        if row["final_status"] is None or row["ready_at"] is None or row["ready_at"] > now:
            return row
        self._file.run(
            "UPDATE requests SET status = final_status, final_status = NULL, updated_at = :now WHERE bank_id = :bank AND request_id = :id",
            now=now,
            bank=row["bank_id"],
            id=row["request_id"],
        )
        self._post(
            row["bank_id"],
            row["request_id"],
            row["final_status"],
            row["amount"],
            row["currency"],
            row["payment_reference"],
            row["ready_at"],
        )
        ripe = self.row(row["bank_id"], row["request_id"])
        assert ripe is not None
        return ripe

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
        pending = row["status"] == "processing"
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
            "decline_code": row["decline_code"] if row["status"] == "declined" else None,
            "message": row["message"] if row["status"] == "declined" else None,
            "ready_at": row["ready_at"] if pending else None,
            "challenge_url": row["challenge_url"],
            "trigger": trigger,
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
        }

    def note(
        self, bank_id: str, kind: str, request_id: str | None, body: dict[str, object]
    ) -> None:
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
