"""
The bank's operations over its file.  One debit per request id, whatever is sent again; a decision that is due later is written down now.
"""

import hashlib
import hmac
import sqlite3
from datetime import datetime, timedelta

from simulator.book.challenges import CHALLENGE_TIME
from simulator.book.desk import Desk
from simulator.book.disputes import Disputes
from simulator.book.records import Answer, NewRequest
from simulator.domain.answers import Authorisation, Refusal, format_instant
from simulator.domain.issuer import Decision, card_trigger, decide, holder_trigger
from simulator.domain.matching import Facts
from simulator.domain.outcomes import OUTCOMES
from simulator.domain.scenario import USUAL, Step

#: How long the vault keeps a card's trigger.  Source: reliability 5.5.
TOKEN_LIFETIME = timedelta(minutes=15)
_NETWORKS = (("4", "visa"), ("5", "mastercard"), ("34", "amex"), ("37", "amex"), ("6", "rupay"), ("8", "rupay"))  # fmt: skip


class Bank:
    """
    All isolated banks of this process; `bank_id` selects one.
    """

    def __init__(self, desk: Desk, *, disputes: Disputes, public_url: str) -> None:
        self._file = desk.file
        self._clock = desk.clock
        self._rng = desk.rng
        self._policy = desk.policy
        self._records = desk.records
        self._accounts = desk.accounts
        self._callbacks = desk.callbacks
        self._disputes = disputes
        self._public_url = public_url.rstrip("/")

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
            "INSERT OR REPLACE INTO tokens VALUES (:bank, :token, :network, :last4, :trigger, :holder, :expires, :account)",
            bank=bank_id,
            token=token,
            network=network,
            last4=pan[-4:],
            trigger=card_trigger(pan),
            holder=holder_trigger(fields.get("holder_name")),
            expires=expires_at,
            account=self._accounts.of_card(pan),
        )
        self._records.note(bank_id, "tokenise", None, {"last4": pan[-4:], "network": network})
        return {"token": token, "network": network, "last4": pan[-4:], "expires_at": expires_at}

    def facts(self, bank_id: str, wanted: Authorisation) -> Facts:
        """
        What scenarios may look at.
        """
        token = self._token(bank_id, wanted)
        return {
            "operation": "authorise",
            "request_id": wanted.request_id,
            "instrument": wanted.instrument_type,
            "vpa": wanted.vpa,
            "bank_code": wanted.bank_code,
            "network": None if token is None else token["network"],
            "last4": None if token is None else token["last4"],
            "amount": wanted.amount_minor,
            "currency": wanted.currency,
            "capture": wanted.capture,
            "payment_reference": wanted.payment_reference,
            "order_reference": wanted.order_reference,
            "subject": self._account(wanted, token),
        }

    def authorise(
        self, bank_id: str, wanted: Authorisation, header: str | None, step: Step = USUAL
    ) -> Answer:
        """
        Authorise, or sell when `capture`.  Raises `Refusal`.
        """
        with self._file.transaction():
            known = self.known(bank_id, wanted.request_id, wanted.content)
            if known is not None:
                return known
            token = self._live_token(bank_id, wanted)
            decision = self._decide(bank_id, wanted, header, step, token)
            new = self._first(bank_id, wanted, step, decision, self._account(wanted, token))
            self._records.insert(new)
            row = self._records.row(bank_id, wanted.request_id)
            assert row is not None
            if step.double_debit and new.status == "captured":
                self._records.post(row, "", "captured", format_instant(self.now()), copy=1)
            self._owe_callbacks(row, step)
            if decision.outcome.dispute:
                self._disputes.plan(row)
            return self._records.render(row)

    def _first(
        self,
        bank_id: str,
        wanted: Authorisation,
        step: Step,
        decision: Decision,
        account: str,
    ) -> NewRequest:
        """
        The request as it is first written: decided, to be decided, or in the payer's hands.
        """
        outcome, now = decision.outcome, self.now()
        approved = "captured" if wanted.capture else "authorised"
        status, final, code, ready_at = approved, None, outcome.decline_code, None
        lacks = self._accounts.lacks(
            bank_id, account, currency=wanted.currency, amount_minor=wanted.amount_minor
        )
        if lacks and code is None and decision.source not in ("header", "control"):
            code = "insufficient_funds"
        if code is not None:
            status = "declined"
        challenge = outcome.challenge and (outcome.decline_code is not None or code is None)
        if challenge:
            status, final, code = "challenge", "declined", "authentication_timeout"
            ready_at = now + CHALLENGE_TIME
        elif step.later is not None:
            final = approved if step.later.decline_code is None else "declined"
            code = code or step.later.decline_code
            ready_at = now + timedelta(milliseconds=step.later.after_ms)
        else:
            delay = self._delay(step, wanted.payment_reference)
            if delay:
                status, final, ready_at = "processing", status, now + delay
        page = self._rng.token("challenge", bank_id, wanted.request_id) if challenge else None
        url = f"{self._public_url}/challenge/{bank_id}/{wanted.request_id}?token={page}"
        return NewRequest(
            bank_id=bank_id,
            request_id=wanted.request_id,
            operation="authorise",
            content=wanted.content,
            status=status,
            final_status=final,
            ready_at=ready_at,
            amount=wanted.amount_minor,
            currency=wanted.currency,
            decline_code=code,
            message=None if code is None else OUTCOMES[code].message,
            trigger_source=decision.source,
            trigger_outcome=outcome.name,
            payment_reference=wanted.payment_reference,
            callback_url=wanted.callback_url,
            account=account,
            return_url=wanted.return_url,
            challenge_url=url if challenge else None,
            challenge_token=page,
            approved_status=approved,
        )

    def _owe_callbacks(self, row: sqlite3.Row, step: Step) -> None:
        if row["final_status"] is None and step.callback is None:
            return
        due_at = row["ready_at"] or format_instant(self.now())
        self._callbacks.owe(row, due_at=due_at, plan=step.callback)

    def _delay(self, step: Step, payment_reference: str) -> timedelta:
        if step.delay_ms is None:
            return self._policy.authorisation_delay(self._rng, payment_reference)
        low, high = step.delay_ms
        return timedelta(milliseconds=self._rng.between(low, high, "jitter", payment_reference))

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
                    NewRequest(
                        bank_id=bank_id,
                        request_id=request_id,
                        operation="authorise",
                        content="",
                        status="declined",
                        decline_code="cancelled_by_caller",
                        message=OUTCOMES["cancelled_by_caller"].message,
                    )
                )
                self._records.note(
                    bank_id, "cancel", request_id, {"status": "never_seen_and_blocked"}
                )
                return {"request_id": request_id, "status": "never_seen_and_blocked"}
            row = self._records.ripen(row)
            if row["status"] not in ("processing", "challenge"):
                self._records.note(bank_id, "cancel", request_id, {"status": "already_final"})
                return {**self._records.render(row), "status": "already_final"}
            self._records.change(
                row,
                "declined",
                at=format_instant(self.now()),
                decline_code="cancelled_by_caller",
                message=OUTCOMES["cancelled_by_caller"].message,
            )
            self._callbacks.forget(bank_id, request_id)
            self._records.note(bank_id, "cancel", request_id, {"status": "cancelled"})
            return {"request_id": request_id, "status": "cancelled"}

    def known(self, bank_id: str, request_id: str, content: str) -> Answer | None:
        """
        The stored answer of a request that was seen before.  Raises `Refusal` (409) when its content was another.
        """
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

    def _token(self, bank_id: str, wanted: Authorisation) -> sqlite3.Row | None:
        if wanted.token is None:
            return None
        return self._file.row(
            "SELECT * FROM tokens WHERE bank_id = :bank AND token = :token AND expires_at > :now",
            bank=bank_id,
            token=wanted.token,
            now=format_instant(self.now()),
        )

    def _live_token(self, bank_id: str, wanted: Authorisation) -> sqlite3.Row | None:
        token = self._token(bank_id, wanted)
        if wanted.token is not None and token is None:
            raise Refusal(
                422,
                "token_unknown",
                "token must come from POST /v1/tokens and be younger than 15 minutes.",
            )
        return token

    def _account(self, wanted: Authorisation, token: sqlite3.Row | None) -> str:
        if token is not None:
            return str(token["account"])
        if wanted.vpa is not None:
            return f"vpa:{wanted.vpa.lower()}"
        return f"{wanted.instrument_type}:{(wanted.bank_code or wanted.token or '').lower()}"

    def _decide(
        self,
        bank_id: str,
        wanted: Authorisation,
        header: str | None,
        step: Step,
        token: sqlite3.Row | None,
    ) -> Decision:
        row = self._file.row("SELECT outcome FROM programmed WHERE bank_id = :bank", bank=bank_id)
        programmed = step.outcome or (None if row is None else row["outcome"])
        return decide(
            header=header,
            programmed=programmed,
            instrument_type=wanted.instrument_type,
            instrument_trigger=None if token is None else token["trigger"],
            holder=None if token is None else token["holder_trigger"],
            vpa=wanted.vpa,
            bank_code=wanted.bank_code,
            amount_minor=wanted.amount_minor,
            defaults=self._policy.defaults,
            draw=lambda: self._rng.fraction("outcome", wanted.payment_reference),
        )
