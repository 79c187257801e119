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
        kind: str | None = None,
        request_id: str | None = None,
    ) -> list[Document]:
        """
        Journal lines after a sequence number, oldest first.
        """
        rows = self._file.rows(
            "SELECT seq, at, kind, request_id, body FROM journal WHERE bank_id = :bank AND seq > :after AND (:kind IS NULL OR kind = :kind) "
            "AND (:request IS NULL OR request_id = :request) "
            "ORDER BY seq LIMIT :limit",
            bank=bank_id,
            after=after,
            kind=kind,
            request=request_id,
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
