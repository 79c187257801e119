"""
The payer on the bank's page: agrees, refuses, or leaves; whoever holds the page's token is the payer.
"""

import hmac
import sqlite3
from datetime import timedelta
from enum import StrEnum
from typing import Final

from simulator.book.desk import Desk
from simulator.domain.answers import Refusal, format_instant
from simulator.domain.outcomes import OUTCOMES

#: How long the payer has.  Source: features F182 (3-15 minutes).
CHALLENGE_TIME: Final = timedelta(minutes=5)


class Choice(StrEnum):
    """
    What the payer does on the page.
    """

    APPROVE = "approve"
    REJECT = "reject"
    ABANDON = "abandon"


class Challenges:
    """
    Challenges of every isolated bank.
    """

    def __init__(self, desk: Desk) -> None:
        self._file = desk.file
        self._clock = desk.clock
        self._records = desk.records
        self._callbacks = desk.callbacks
        self._accounts = desk.accounts

    def find(self, bank_id: str, request_id: str, token: str) -> sqlite3.Row:
        """
        The request behind a challenge page, as it stands now.  Raises `Refusal` (404) for a wrong token too.
        """
        row = self._records.row(bank_id, request_id)
        expected = None if row is None else row["challenge_token"]
        if row is None or expected is None or not hmac.compare_digest(expected.encode(), token.encode("utf-8", "replace")):  # fmt: skip
            raise Refusal(404, "not_found", "There is no such page.")
        with self._file.transaction():
            return self._records.ripen(row)

    def choose(self, bank_id: str, request_id: str, token: str, choice: Choice) -> sqlite3.Row:
        """
        Apply what the payer did, once; a second click changes nothing.  The request as it stands after.
        """
        row = self.find(bank_id, request_id, token)
        if row["status"] != "challenge":
            return row
        with self._file.transaction():
            now = format_instant(self._clock.now())
            status, code = self._result(row, choice)
            message = None if code is None else OUTCOMES[code].message
            changed = self._records.change(row, status, at=now, decline_code=code, message=message, ready_at=None)  # fmt: skip
            self._records.note(bank_id, "challenge", request_id, {"choice": choice.value, "status": status})  # fmt: skip
            self._callbacks.forget(bank_id, request_id)
            self._callbacks.owe(changed, due_at=now)
            return changed

    def _result(self, row: sqlite3.Row, choice: Choice) -> tuple[str, str | None]:
        if choice is Choice.REJECT:
            return "declined", "authentication_failed"
        if choice is Choice.ABANDON:
            return "declined", "authentication_abandoned"
        code = OUTCOMES[row["trigger_outcome"]].decline_code
        if code is None and self._accounts.lacks(
            row["bank_id"], row["account"], currency=row["currency"], amount_minor=row["amount"]
        ):
            code = "insufficient_funds"
        return ("declined", code) if code is not None else (row["approved_status"], None)
