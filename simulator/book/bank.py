"""
The bank's operations over its file.  One debit per request id, whatever is sent again; a decision that is due later is written down now.
"""

import hashlib
import hmac
import sqlite3
from datetime import datetime, timedelta

from simulator.book.policy import Policy
from simulator.book.records import Answer, Records
from simulator.clock import FollowerClock
from simulator.domain.answers import Authorisation, FollowUp, Refusal, format_instant
from simulator.domain.issuer import Decision, card_trigger, decide, holder_trigger
from simulator.domain.outcomes import OUTCOMES
from simulator.rng import KeyedRng
from simulator.storage import BankFile

#: How long the vault keeps a card's trigger.  Source: reliability 5.5.
TOKEN_LIFETIME = timedelta(minutes=15)
_NETWORKS = (("4", "visa"), ("5", "mastercard"), ("34", "amex"), ("37", "amex"), ("6", "rupay"), ("8", "rupay"))  # fmt: skip


class Bank:
    """
    All isolated banks of this process; `bank_id` selects one.
    """

    def __init__(
        self, *, file: BankFile, clock: FollowerClock, rng: KeyedRng, policy: Policy
    ) -> None:
        self._file = file
        self._clock = clock
        self._rng = rng
        self._policy = policy
        self._records = Records(file=file, clock=clock, rng=rng)

    def now(self) -> datetime:
        """
        The bank's time.
        """
        return self._clock.now()

    def tokenise(self, bank_id: str, fields: dict[str, str]) -> Answer:
        """
        Keep what the card triggers, its last four digits, and a token that its number alone cannot be found from.
        """
        pan = fields["pan"]
        digest = hmac.new(
            self._rng.token("vault").encode(), pan.encode(), hashlib.sha256
        ).hexdigest()
        now = self.now()
        token = "tok_" + self._rng.token("token", bank_id, digest, format_instant(now))
        network = next((name for head, name in _NETWORKS if pan.startswith(head)), None)
        expires_at = format_instant(now + TOKEN_LIFETIME)
        self._file.run(
            "INSERT OR REPLACE INTO tokens VALUES (:bank, :token, :network, :last4, :trigger, :holder, :expires)",
            bank=bank_id,
            token=token,
            network=network,
            last4=pan[-4:],
            trigger=card_trigger(pan),
            holder=holder_trigger(fields.get("holder_name")),
            expires=expires_at,
        )
        self._records.note(bank_id, "tokenise", None, {"last4": pan[-4:], "network": network})
        return {"token": token, "network": network, "last4": pan[-4:], "expires_at": expires_at}

    def authorise(self, bank_id: str, wanted: Authorisation, header: str | None) -> Answer:
        """
        Authorise, or sell when `capture`.  Raises `Refusal`.
        """
        with self._file.transaction():
            known = self._known(bank_id, wanted.request_id, wanted.content)
            if known is not None:
                return known
            decision = self._decide(bank_id, wanted, header)
            approved = "captured" if wanted.capture else "authorised"
            final = approved if decision.outcome.approves else "declined"
            delay = self._policy.authorisation_delay(self._rng, wanted.payment_reference)
            self._records.insert(
                bank_id,
                wanted.request_id,
                "authorise",
                wanted.content,
                final=final,
                delay=delay,
                amount=wanted.amount_minor,
                currency=wanted.currency,
                decline_code=decision.outcome.decline_code,
                message=decision.outcome.message,
                source=decision.source,
                outcome=decision.outcome.name,
                payment_reference=wanted.payment_reference,
                callback_url=wanted.callback_url,
            )
            return self._records.answer(bank_id, wanted.request_id)

    def follow_up(self, bank_id: str, wanted: FollowUp) -> Answer:
        """
        Capture, void, reverse or refund.  Raises `Refusal`.
        """
        with self._file.transaction():
            known = self._known(bank_id, wanted.request_id, wanted.content)
            if known is not None:
                return known
            target = self._file.row(
                "SELECT * FROM requests WHERE bank_id = :bank AND request_id = :id AND operation = 'authorise'",
                bank=bank_id,
                id=wanted.authorisation_request_id,
            )
            if target is not None:
                target = self._records.ripen(target)
            final, decline = self._outcome_of(bank_id, wanted, target)
            delay = timedelta()
            if wanted.operation == "refund" and final == "refunded":
                delay = self._policy.refund_delay(self._rng, wanted.request_id)
            amount = wanted.amount_minor
            if amount is None and target is not None:
                amount = target["amount"]
            self._records.insert(
                bank_id,
                wanted.request_id,
                wanted.operation,
                wanted.content,
                final=final,
                delay=delay,
                amount=amount,
                currency=wanted.currency or (target["currency"] if target is not None else None),
                decline_code=decline,
                message=None if decline is None else f"The bank cannot {wanted.operation} this",
                authorisation_request_id=wanted.authorisation_request_id,
                payment_reference=target["payment_reference"] if target is not None else None,
                callback_url=target["callback_url"] if target is not None else None,
            )
            if target is not None and final == "reversed" and target["status"] == "captured":
                left = self._refundable(bank_id, target)
                self._records.give_back(bank_id, wanted.request_id, target, left)
            if target is not None and final in ("captured", "voided", "reversed"):
                self._file.run(
                    "UPDATE requests SET status = :status, final_status = NULL WHERE bank_id = :bank AND request_id = :id",
                    status=final,
                    bank=bank_id,
                    id=target["request_id"],
                )
            return self._records.answer(bank_id, wanted.request_id)

    def inquire(self, bank_id: str, request_id: str) -> Answer:
        """
        The answer as it stands now.  Raises `Refusal` (404).
        """
        with self._file.transaction():
            answer = self._records.answer(bank_id, request_id)
            self._records.note(bank_id, "inquire", request_id, {"status": answer["status"]})
            return answer

    def cancel(self, bank_id: str, request_id: str) -> Answer:
        """
        Make sure that the request never takes effect, unless it is final already.
        """
        with self._file.transaction():
            row = self._records.row(bank_id, request_id)
            if row is None:
                self._records.insert(
                    bank_id,
                    request_id,
                    "authorise",
                    "",
                    final="declined",
                    delay=timedelta(),
                    decline_code="cancelled_by_caller",
                    message=OUTCOMES["cancelled_by_caller"].message,
                )
                self._records.note(
                    bank_id, "cancel", request_id, {"status": "never_seen_and_blocked"}
                )
                return {"request_id": request_id, "status": "never_seen_and_blocked"}
            row = self._records.ripen(row)
            if row["final_status"] is None:
                self._records.note(bank_id, "cancel", request_id, {"status": "already_final"})
                return {**self._records.render(row), "status": "already_final"}
            self._file.run(
                "UPDATE requests SET status = 'declined', final_status = NULL, decline_code = 'cancelled_by_caller', updated_at = :now, "
                "callback_due_at = NULL WHERE bank_id = :bank AND request_id = :id",
                now=format_instant(self.now()),
                bank=bank_id,
                id=request_id,
            )
            self._records.note(bank_id, "cancel", request_id, {"status": "cancelled"})
            return {"request_id": request_id, "status": "cancelled"}

    def _known(self, bank_id: str, request_id: str, content: str) -> Answer | None:
        row = self._records.row(bank_id, request_id)
        if row is None:
            return None
        if row["content"] not in ("", content):
            raise Refusal(
                409,
                "request_id_reused",
                "request_id was used for another request; use a new one for a new request.",
            )
        self._records.note(bank_id, "resend", request_id, {"operation": row["operation"]})
        return self._records.render(self._records.ripen(row))

    def _decide(self, bank_id: str, wanted: Authorisation, header: str | None) -> Decision:
        token = None
        if wanted.token is not None:
            token = self._file.row(
                "SELECT * FROM tokens WHERE bank_id = :bank AND token = :token AND expires_at > :now",
                bank=bank_id,
                token=wanted.token,
                now=format_instant(self.now()),
            )
            if token is None:
                raise Refusal(
                    422,
                    "token_unknown",
                    "token must come from POST /v1/tokens and be younger than 15 minutes.",
                )
        programmed = self._file.row(
            "SELECT outcome FROM programmed WHERE bank_id = :bank", bank=bank_id
        )
        return decide(
            header=header,
            programmed=None if programmed is None else programmed["outcome"],
            instrument_type=wanted.instrument_type,
            instrument_trigger=None if token is None else token["trigger"],
            holder=None if token is None else token["holder_trigger"],
            vpa=wanted.vpa,
            amount_minor=wanted.amount_minor,
            defaults=self._policy.defaults,
            draw=lambda: self._rng.fraction("outcome", wanted.payment_reference),
        )

    def _outcome_of(
        self, bank_id: str, wanted: FollowUp, target: sqlite3.Row | None
    ) -> tuple[str, str | None]:
        """
        The final status and decline code of a follow-up on its authorisation.
        """
        if wanted.operation == "reversal":
            return "reversed", None
        if target is None:
            return "declined", "authorisation_unknown"
        status = target["status"]
        if wanted.operation == "capture":
            allowed = status == "authorised" and (wanted.amount_minor or 0) <= target["amount"]
            return ("captured", None) if allowed else ("declined", "not_capturable")
        if wanted.operation == "void":
            return ("voided", None) if status == "authorised" else ("declined", "not_voidable")
        if status != "captured" or wanted.currency != target["currency"]:
            return "declined", "not_refundable"
        left = self._refundable(bank_id, target)
        return (
            ("refunded", None)
            if (wanted.amount_minor or 0) <= left
            else ("declined", "refund_exceeds_capture")
        )

    def _refundable(self, bank_id: str, target: sqlite3.Row) -> int:
        """
        What was captured less refunds done and under way.
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
