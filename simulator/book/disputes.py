"""
Disputes: the payer takes a captured payment back; the acquirer wins or loses.  Money moves when one is opened and when one is won.
"""

import sqlite3
from datetime import timedelta
from typing import Any, Final

from simulator.book.desk import Desk
from simulator.domain.answers import Refusal, format_instant

#: How long after a payment the outcome `approve_then_dispute` opens its dispute.
DISPUTE_AFTER: Final = timedelta(hours=24)
REASONS: Final = ("fraudulent", "product_not_received", "duplicate", "not_as_described", "general")


class Disputes:
    """
    Disputes of every isolated bank.
    """

    def __init__(self, desk: Desk) -> None:
        self._file = desk.file
        self._clock = desk.clock
        self._rng = desk.rng
        self._records = desk.records
        self._callbacks = desk.callbacks

    def plan(self, row: sqlite3.Row) -> None:
        """
        Open a dispute about this payment when the time has come.
        """
        self._insert(row, "fraudulent", row["amount"], "planned", self._clock.now() + DISPUTE_AFTER)

    def open(
        self, bank_id: str, payment_reference: str, *, reason: str, amount: int | None
    ) -> dict[str, Any]:
        """
        Open a dispute now.  Raises `Refusal` when nothing of the payment was captured, or more than that is disputed.
        """
        with self._file.transaction():
            self._records.ripen_all()
            row = self._file.row(
                "SELECT * FROM requests WHERE bank_id = :bank AND payment_reference = :payment AND operation = 'authorise' AND status = 'captured'",
                bank=bank_id,
                payment=payment_reference,
            )
            if row is None:
                raise Refusal(
                    409, "not_disputable", f"{payment_reference} has no captured payment."
                )
            wanted = row["amount"] if amount is None else amount
            if wanted > row["amount"]:
                raise Refusal(409, "not_disputable", f"At most {row['amount']} can be disputed.")
            dispute_id = self._insert(row, reason, wanted, "planned", self._clock.now())
            self._open(self._row(bank_id, dispute_id))
            return self._document(self._row(bank_id, dispute_id))

    def open_due(self) -> None:
        """
        Open the planned disputes whose time has come.
        """
        rows = self._file.rows(
            "SELECT * FROM disputes WHERE status = 'planned' AND opens_at <= :now ORDER BY opens_at, dispute_id",
            now=format_instant(self._clock.now()),
        )
        for row in rows:
            with self._file.transaction():
                self._open(row)

    def close(self, bank_id: str, dispute_id: str, *, won: bool) -> dict[str, Any]:
        """
        The acquirer wins (the money comes back) or loses.  Raises `Refusal`.
        """
        with self._file.transaction():
            row = self._row(bank_id, dispute_id)
            if row["status"] != "open":
                raise Refusal(409, "not_open", f"The dispute is {row['status']}.")
            self._set(row, "won" if won else "lost", closed=True)
            if won:
                self._move(row, "debit", "won")
            self._announce(row, "dispute.won" if won else "dispute.lost")
            return self._document(self._row(bank_id, dispute_id))

    def find(self, bank_id: str, dispute_id: str) -> dict[str, Any]:
        """
        One dispute.  Raises `Refusal` (404), also while it is only planned.
        """
        row = self._row(bank_id, dispute_id)
        if row["status"] == "planned":
            raise Refusal(404, "not_found", "There is no such dispute.")
        return self._document(row)

    def listed(self, bank_id: str) -> list[dict[str, Any]]:
        """
        Every dispute of a bank.
        """
        rows = self._file.rows(
            "SELECT * FROM disputes WHERE bank_id = :bank ORDER BY opens_at, dispute_id",
            bank=bank_id,
        )
        return [self._document(row) for row in rows]

    def _insert(
        self, row: sqlite3.Row, reason: str, amount: int, status: str, opens_at: Any
    ) -> str:
        counted = self._file.row(
            "SELECT count(*) AS n FROM disputes WHERE bank_id = :bank AND request_id = :id",
            bank=row["bank_id"],
            id=row["request_id"],
        )
        assert counted is not None
        dispute_id = "dsp_" + self._rng.token(
            "dispute", row["bank_id"], row["request_id"], str(counted["n"])
        )
        self._file.run(
            "INSERT INTO disputes VALUES (:bank, :dispute, :id, :payment, :reason, :amount, :currency, :status, :opens, NULL)",
            bank=row["bank_id"],
            dispute=dispute_id,
            id=row["request_id"],
            payment=row["payment_reference"],
            reason=reason,
            amount=amount,
            currency=row["currency"],
            status=status,
            opens=format_instant(opens_at),
        )
        return dispute_id

    def _open(self, row: sqlite3.Row) -> None:
        self._set(row, "open", closed=False)
        self._move(row, "credit", "opened")
        self._announce(row, "dispute.opened")

    def _set(self, row: sqlite3.Row, status: str, *, closed: bool) -> None:
        self._file.run(
            "UPDATE disputes SET status = :status, closed_at = :closed WHERE bank_id = :bank AND dispute_id = :id",
            status=status,
            closed=format_instant(self._clock.now()) if closed else None,
            bank=row["bank_id"],
            id=row["dispute_id"],
        )
        self._records.note(
            row["bank_id"],
            "dispute",
            row["request_id"],
            {"dispute_id": row["dispute_id"], "status": status, "amount": row["amount"]},
        )

    def _move(self, row: sqlite3.Row, kind: str, step: str) -> None:
        self._file.run(
            "INSERT INTO entries (bank_id, request_id, payment_reference, kind, amount, currency, at, account) "
            "SELECT :bank, :id, :payment, :kind, :amount, :currency, :at, account FROM requests WHERE bank_id = :bank AND request_id = :of",
            bank=row["bank_id"],
            id=f"{row['dispute_id']}:{step}",
            payment=row["payment_reference"],
            kind=kind,
            amount=row["amount"],
            currency=row["currency"],
            at=format_instant(self._clock.now()),
            of=row["request_id"],
        )

    def _announce(self, row: sqlite3.Row, type_: str) -> None:
        request = self._records.row(row["bank_id"], row["request_id"])
        assert request is not None
        self._callbacks.owe(
            request,
            due_at=format_instant(self._clock.now()),
            type_=type_,
            dispute_id=row["dispute_id"],
        )

    def _row(self, bank_id: str, dispute_id: str) -> sqlite3.Row:
        row = self._file.row(
            "SELECT * FROM disputes WHERE bank_id = :bank AND dispute_id = :id",
            bank=bank_id,
            id=dispute_id,
        )
        if row is None:
            raise Refusal(404, "not_found", "There is no such dispute.")
        return row

    def _document(self, row: sqlite3.Row) -> dict[str, Any]:
        names = ("dispute_id", "payment_reference", "request_id", "reason", "amount", "currency", "status", "opens_at", "closed_at")  # fmt: skip
        return {name: row[name] for name in names}
