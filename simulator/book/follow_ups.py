"""
Captures, voids, reversals and refunds: what follows an authorisation.
"""

import sqlite3
from datetime import datetime, timedelta
from typing import Final

from simulator.book.bank import Bank
from simulator.book.desk import Desk
from simulator.book.records import Answer, NewRequest
from simulator.domain.answers import FollowUp, format_instant
from simulator.domain.matching import Facts
from simulator.domain.outcomes import OUTCOMES
from simulator.domain.scenario import USUAL, Step

_DONE: Final = {"capture": "captured", "void": "voided", "refund": "refunded"}


class FollowUps:
    """
    Follow-ups of every isolated bank.
    """

    def __init__(self, desk: Desk, bank: Bank) -> None:
        self._file = desk.file
        self._clock = desk.clock
        self._rng = desk.rng
        self._policy = desk.policy
        self._records = desk.records
        self._callbacks = desk.callbacks
        self._bank = bank

    def facts(self, bank_id: str, wanted: FollowUp) -> Facts:
        """
        What scenarios may look at.
        """
        target = self._target(bank_id, wanted)
        return {
            "operation": wanted.operation,
            "request_id": wanted.request_id,
            "amount": wanted.amount_minor,
            "currency": wanted.currency,
            "payment_reference": None if target is None else target["payment_reference"],
            "subject": None if target is None else target["account"],
        }

    def apply(self, bank_id: str, wanted: FollowUp, step: Step = USUAL) -> Answer:
        """
        Capture, void, reverse or refund.  Raises `Refusal`.
        """
        with self._file.transaction():
            known = self._bank.known(bank_id, wanted.request_id, wanted.content)
            if known is not None:
                return known
            target = self._target(bank_id, wanted)
            if target is not None:
                target = self._records.ripen(target)
            status, decline = self._outcome_of(bank_id, wanted, target, step)
            self._records.insert(self._first(bank_id, wanted, target, status, decline, step))
            row = self._records.row(bank_id, wanted.request_id)
            assert row is not None
            if target is not None and decline is None:
                self._change_target(bank_id, wanted, target, row, status)
            if row["final_status"] is not None or step.callback is not None:
                due_at = row["ready_at"] or format_instant(self._clock.now())
                self._callbacks.owe(row, due_at=due_at, plan=step.callback)
            return self._records.render(row)

    def _target(self, bank_id: str, wanted: FollowUp) -> sqlite3.Row | None:
        return self._file.row(
            "SELECT * FROM requests WHERE bank_id = :bank AND request_id = :id AND operation = 'authorise'",
            bank=bank_id,
            id=wanted.authorisation_request_id,
        )

    def _first(
        self,
        bank_id: str,
        wanted: FollowUp,
        target: sqlite3.Row | None,
        status: str,
        decline: str | None,
        step: Step,
    ) -> NewRequest:
        final, ready_at, code = None, None, decline
        if step.later is not None and step.later.decline_code is not None and decline is None:
            final, code = "declined", step.later.decline_code
            ready_at = self._clock.now() + timedelta(milliseconds=step.later.after_ms)
        elif decline is None:
            ready_at = self._ready_at(wanted, status, step)
            if ready_at is not None:
                status, final = "processing", status
        amount, currency = wanted.amount_minor, wanted.currency
        if target is not None:
            amount, currency = amount or target["amount"], currency or target["currency"]
        return NewRequest(
            bank_id=bank_id,
            request_id=wanted.request_id,
            operation=wanted.operation,
            content=wanted.content,
            status=status,
            final_status=final,
            ready_at=ready_at,
            amount=amount,
            currency=currency,
            decline_code=code,
            message=_message(wanted.operation, code),
            authorisation_request_id=wanted.authorisation_request_id,
            payment_reference=None if target is None else target["payment_reference"],
            callback_url=None if target is None else target["callback_url"],
            account=None if target is None else target["account"],
        )

    def _ready_at(self, wanted: FollowUp, status: str, step: Step) -> datetime | None:
        delay = timedelta()
        if step.delay_ms is not None:
            low, high = step.delay_ms
            jitter = self._rng.between(low, high, "jitter", wanted.request_id)
            delay = timedelta(milliseconds=jitter)
        elif status == "refunded":
            delay = self._policy.refund_delay(self._rng, wanted.request_id)
        return self._clock.now() + delay if delay else None

    def _change_target(
        self, bank_id: str, wanted: FollowUp, target: sqlite3.Row, row: sqlite3.Row, status: str
    ) -> None:
        """
        What the follow-up makes of its authorisation.
        """
        if status == "reversed" and target["status"] == "captured":
            self._records.give_back(row, target, self.refundable(bank_id, target))
        if status in ("captured", "voided", "reversed"):
            self._file.run(
                "UPDATE requests SET status = :status, final_status = NULL WHERE bank_id = :bank AND request_id = :id",
                status=status,
                bank=bank_id,
                id=wanted.authorisation_request_id,
            )
            self._callbacks.forget(bank_id, wanted.authorisation_request_id)

    def _outcome_of(
        self, bank_id: str, wanted: FollowUp, target: sqlite3.Row | None, step: Step
    ) -> tuple[str, str | None]:
        """
        The status and decline code of a follow-up on its authorisation.
        """
        if wanted.operation == "reversal":
            return "reversed", None
        if target is None:
            return "declined", "authorisation_unknown"
        if step.outcome is not None and OUTCOMES[step.outcome].decline_code is not None:
            return "declined", OUTCOMES[step.outcome].decline_code
        status, amount = target["status"], wanted.amount_minor or 0
        left = self.refundable(bank_id, target)
        same_currency = wanted.currency == target["currency"]
        checks = {
            "capture": (("not_capturable", status == "authorised" and amount <= target["amount"]),),
            "void": (("not_voidable", status == "authorised"),),
            "refund": (
                ("not_refundable", status == "captured" and same_currency),
                ("refund_exceeds_capture", amount <= left),
            ),
        }[wanted.operation]
        refused = next((code for code, holds in checks if not holds), None)
        return (_DONE[wanted.operation], None) if refused is None else ("declined", refused)

    def refundable(self, bank_id: str, target: sqlite3.Row) -> int:
        """
        What was captured less refunds done and under way, in minor units.
        """
        captured = self._file.row(
            "SELECT coalesce(sum(amount), 0) AS n FROM requests WHERE bank_id = :bank AND operation = 'capture' AND status = 'captured' "
            "AND authorisation_request_id = :id",
            bank=bank_id,
            id=target["request_id"],
        )
        spent = self._file.row(
            "SELECT coalesce(sum(amount), 0) AS n FROM requests WHERE bank_id = :bank AND operation = 'refund' "
            "AND authorisation_request_id = :id AND (status = 'refunded' OR final_status = 'refunded')",
            bank=bank_id,
            id=target["request_id"],
        )
        assert captured is not None
        assert spent is not None
        return int(captured["n"] or target["amount"]) - int(spent["n"])


def _message(operation: str, code: str | None) -> str | None:
    if code is None:
        return None
    known = OUTCOMES.get(code)
    return known.message if known is not None else f"The bank cannot {operation} this"
