"""
What the bank saw, in order; its money; and the reset.
"""

import json
from typing import Any

from simulator.domain.outcomes import OUTCOMES
from simulator.storage import TABLES, BankFile

Document = dict[str, Any]


class Journal:
    """
    Reads of one isolated bank, and what a tester may change.
    """

    def __init__(self, file: BankFile) -> None:
        self._file = file

    def lines(
        self,
        bank_id: str,
        *,
        after: int,
        limit: int,
        before: int | None = None,
        kind: str | None = None,
        request_id: str | None = None,
        prefix: str | None = None,
    ) -> list[Document]:
        """
        Journal lines after a sequence number, oldest first; or before one, newest first.
        """
        order = "DESC" if before is not None else "ASC"
        rows = self._file.rows(
            "SELECT seq, at, kind, request_id, body FROM journal WHERE bank_id = :bank AND seq > :after AND (:before IS NULL OR seq < :before) "  # noqa: S608  one of two words
            "AND (:kind IS NULL OR kind = :kind) AND (:request IS NULL OR request_id = :request) "
            f"AND (:prefix IS NULL OR substr(request_id, 1, length(:prefix)) = :prefix) ORDER BY seq {order} LIMIT :limit",
            bank=bank_id,
            after=after,
            before=before,
            kind=kind,
            request=request_id,
            prefix=prefix,
            limit=limit,
        )
        return [
            {
                "seq": row["seq"],
                "at": row["at"],
                "kind": row["kind"],
                "request_id": row["request_id"],
                **json.loads(row["body"]),
            }
            for row in rows
        ]

    def entries(self, bank_id: str) -> list[Document]:
        """
        The book: every debit and credit.
        """
        rows = self._file.rows(
            "SELECT request_id, payment_reference, kind, amount, currency, at FROM entries WHERE bank_id = :bank ORDER BY id",
            bank=bank_id,
        )
        return [dict(row) for row in rows]

    def programmed(self, bank_id: str) -> str | None:
        """
        The outcome of every authorisation of this bank, or None for the defaults.
        """
        row = self._file.row("SELECT outcome FROM programmed WHERE bank_id = :bank", bank=bank_id)
        return None if row is None else row["outcome"]

    def program(self, bank_id: str, outcome: str | None) -> bool:
        """
        Make every authorisation of this bank end so, until changed; None goes back to the defaults.  False when there is no such outcome.
        """
        if outcome is None:
            self._file.run("DELETE FROM programmed WHERE bank_id = :bank", bank=bank_id)
            return True
        if outcome not in OUTCOMES:
            return False
        self._file.run(
            "INSERT OR REPLACE INTO programmed VALUES (:bank, :outcome)",
            bank=bank_id,
            outcome=outcome,
        )
        return True

    def reset(self, bank_id: str) -> None:
        """
        Forget everything about this bank.
        """
        with self._file.transaction():
            for table in TABLES:
                self._file.run(f"DELETE FROM {table} WHERE bank_id = :bank", bank=bank_id)  # noqa: S608  names of our own tables
