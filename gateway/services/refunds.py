"""
Create refunds, settle them with the bank, read them.  Source: contract 1.5.5.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from gateway.bank.answers import Answered, BankAnswer, Deferred, NotFound
from gateway.domain.errors import BadRequest
from gateway.domain.errors import NotFound as NoSuchObject
from gateway.domain.events import EventType
from gateway.domain.facts import Facts, StateChange
from gateway.domain.idempotency import KeyedRequest, StoredResponse
from gateway.domain.ledger import JournalKind, journal
from gateway.domain.merchant import Behaviour, Merchant, Principal
from gateway.domain.money import parse_amount_minor
from gateway.domain.payment import Payment, PaymentStatus, inquiry_delay_s
from gateway.domain.refund import Refund, RefundStatus
from gateway.domain.work import CRASHES_MAX, Claim, NewWork, WorkKind, WorkRef
from gateway.services.announcing import announce_refund
from gateway.services.context import Context
from gateway.services.idempotent import KeyTaken, Reply, run_idempotent
from gateway.services.settling import call_of, seconds_until
from gateway.storage import merchants, refunds
from gateway.storage.refunds import RefundOutcome
from gateway.storage.uniqueness import IdTaken
from gateway.storage.work import DONE, PARKED, WAITING, release, release_after_call

_CREATED: Final = 201
#: Only a seed makes ids that others draw too: then each of many concurrent creations takes the next free number.
_ID_TRIES: Final = 256
_REASON_LENGTH_MAX: Final = 500


def _reason(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _REASON_LENGTH_MAX:
        raise BadRequest(
            f"reason must be text of at most {_REASON_LENGTH_MAX} characters", param="reason"
        )
    return value


def _new_refund(
    context: Context,
    payment: Payment,
    amount_minor: int,
    reason: str | None,
    *,
    at: datetime,
    number: int,
) -> Refund:
    refund_id = context.ids.new("rfnd_", payment.id, str(number))
    return Refund(
        id=refund_id,
        payment_id=payment.id,
        merchant_id=payment.merchant_id,
        amount_minor=amount_minor,
        reason=reason,
        status=RefundStatus.PENDING,
        created_at=at,
        processed_at=None,
        bank_state="none",
        bank_request_id=f"{refund_id}:refund:1",
        bank_reference=None,
        needs_review=None,
        version=1,
    )


def _facts_of_creation(
    context: Context, principal: Principal, payment: Payment, refund: Refund
) -> Facts:
    facts = Facts(merchant_id=refund.merchant_id, at=refund.created_at)
    facts.changes.append(
        StateChange(
            entity_id=refund.id,
            version=1,
            from_state="",
            to_state="pending",
            cause="created by the merchant",
        )
    )
    facts.journals.append(
        journal(
            JournalKind.REFUND_CREATED,
            entity_id=refund.id,
            payment_id=payment.id,
            currency=payment.currency,
            amount_minor=refund.amount_minor,
        )
    )
    announce_refund(context, facts, principal.merchant, EventType.REFUND_CREATED, refund)
    facts.work.append(
        NewWork(
            kind=WorkKind.REFUND,
            entity_id=refund.id,
            merchant_id=refund.merchant_id,
            due_at=refund.created_at,
        )
    )
    return facts


async def create_refund(
    context: Context,
    principal: Principal,
    payment_id: str,
    fields: dict[str, object],
    *,
    key: KeyedRequest | None,
    render: Callable[[Refund], dict[str, object]],
) -> Reply:
    """
    Reserve the amount and create a pending refund.  Raises `NotFound`, `BadRequest`, the idempotency errors.
    """

    async def effect(keep: Callable[[int, bytes], StoredResponse | None]) -> Reply:
        amount_minor = parse_amount_minor(
            fields.get("amount"), minimum_minor=1, description="amount must be a positive integer"
        )
        reason = _reason(fields.get("reason"))
        found = await refunds.payment_for_refund(
            context.database, payment_id, merchant_id=principal.merchant.id
        )
        if found is None:
            raise NoSuchObject("Payment not found")
        payment, number = found
        if payment.status is not PaymentStatus.SUCCESS or payment.paid_minor == 0:
            raise BadRequest("Payment not in refundable state")
        for attempt in range(_ID_TRIES):
            refund = _new_refund(
                context, payment, amount_minor, reason, at=principal.now, number=number + attempt
            )
            body = msgspec.json.encode(render(refund))
            facts = _facts_of_creation(context, principal, payment, refund)
            try:
                outcome = await refunds.insert_refund(
                    context.database, refund, facts, keep(_CREATED, body)
                )
            except IdTaken:
                continue
            if outcome == RefundOutcome.KEY_TAKEN:
                raise KeyTaken
            if outcome == RefundOutcome.NOT_ENOUGH:
                raise BadRequest("Refund amount exceeds available amount", param="amount")
            await context.hints.send(
                [work.ref for work in facts.work]
                + [WorkRef(WorkKind.DELIVERY, str(d.id)) for d in facts.deliveries]
            )
            return Reply(status=_CREATED, body=body)
        raise AssertionError("every id that was tried was taken")

    return await run_idempotent(context, principal, key, effect)


async def get_refund(context: Context, principal: Principal, refund_id: str) -> Refund:
    """
    The merchant's refund.  Raises `NotFound`.
    """
    refund = await refunds.find_refund(
        context.database, refund_id, merchant_id=principal.merchant.id
    )
    if refund is None:
        raise NoSuchObject("Refund not found")
    return refund


async def step_refund(context: Context, ref: WorkRef) -> float | None:
    """
    Claim the refund's work, talk to the bank, write the result; business seconds until the next step, None when there is none.
    """
    claimed = await refunds.claim_refund(
        context.database, ref, owner=context.worker_id, lease_s=context.policy.lease_s
    )
    if claimed is None:
        return None
    claim, refund, payment = claimed
    if claim.crashes >= CRASHES_MAX:
        await release(context.database, claim, state=PARKED)
        return None
    if refund.status is not RefundStatus.PENDING:
        await _look_again(context, claim, refund)
        return None
    answer: BankAnswer
    if claim.is_resend:
        answer = await context.bank.inquire(
            refund.bank_request_id,
            merchant_id=refund.merchant_id,
            amount_minor=refund.amount_minor,
            currency=payment.currency,
        )
        if isinstance(answer, NotFound):
            answer = await context.bank.refund(refund, payment)
    else:
        answer = await context.bank.refund(refund, payment)
    return await _write(context, claim, refund, payment, answer)


async def _look_again(context: Context, claim: Claim, refund: Refund) -> None:
    """
    A callback reopened work that was done.  The word that was written stands; when the bank now says another, a person has to look.
    """
    answer = await context.bank.inquire(refund.bank_request_id, merchant_id=refund.merchant_id)
    call = call_of(answer)
    written = "refunded" if refund.status is RefundStatus.PROCESSED else "declined"
    said = answer.status if isinstance(answer, Answered) else written
    if said == written or said not in ("refunded", "declined") or refund.needs_review is not None:
        await release_after_call(context.database, claim, work=(DONE, None), call=call)
        return
    reason = f"the bank said {written} and now says {said}"
    after = replace(refund, needs_review=reason, version=refund.version + 1)
    facts = Facts(merchant_id=refund.merchant_id, at=claim.now)
    facts.changes.append(
        StateChange(
            entity_id=refund.id,
            version=after.version,
            from_state=refund.status.value,
            to_state=refund.status.value,
            cause=f"review: {reason}",
        )
    )
    await refunds.settle_refund(
        context.database, claim, refund, after, work=(DONE, None), call=call, facts=facts
    )


async def _write(
    context: Context, claim: Claim, refund: Refund, payment: Payment, answer: BankAnswer
) -> float | None:
    call = call_of(answer)
    status = answer.status if isinstance(answer, Answered) else "unknown"
    if status not in ("refunded", "declined"):
        due_at = claim.now + timedelta(
            seconds=inquiry_delay_s(attempts=claim.attempts, test_mode=context.policy.test_mode)
        )
        if isinstance(answer, Answered) and answer.ready_at is not None:
            due_at = max(answer.ready_at, claim.now + timedelta(milliseconds=1))
        elif isinstance(answer, Deferred):
            due_at = claim.now + timedelta(seconds=answer.retry_after_s)
        await release_after_call(context.database, claim, work=(WAITING, due_at), call=call)
        return seconds_until(due_at, claim)
    merchant = await merchants.find_merchant(context.database, refund.merchant_id)
    assert merchant is not None, "a refund's merchant is never deleted"
    after = _after(refund, answer, merchant, claim)
    facts = _facts_of_outcome(context, merchant, payment, refund, after, claim)
    written = await refunds.settle_refund(
        context.database, claim, refund, after, work=(DONE, None), call=call, facts=facts
    )
    if written:
        await context.hints.send([WorkRef(WorkKind.DELIVERY, str(d.id)) for d in facts.deliveries])
    return None


def _after(refund: Refund, answer: BankAnswer, merchant: Merchant, claim: Claim) -> Refund:
    """
    The refund after the bank's definite word.  A declined refund fails in the strict profile; the contract knows no such state, so there it stays pending
    and goes to review (reliability 5.4).
    """
    assert isinstance(answer, Answered)
    changed = replace(
        refund,
        bank_state=answer.status,
        bank_reference=answer.bank_reference,
        version=refund.version + 1,
    )
    if answer.status == "refunded":
        return replace(changed, status=RefundStatus.PROCESSED, processed_at=claim.now)
    if merchant.behaviour is Behaviour.STRICT:
        return replace(changed, status=RefundStatus.FAILED)
    return replace(changed, needs_review=f"the bank declined the refund: {answer.decline_code}")


def _facts_of_outcome(
    context: Context,
    merchant: Merchant,
    payment: Payment,
    before: Refund,
    after: Refund,
    claim: Claim,
) -> Facts:
    facts = Facts(merchant_id=merchant.id, at=claim.now)
    facts.changes.append(
        StateChange(
            entity_id=after.id,
            version=after.version,
            from_state=before.status.value,
            to_state=after.status.value,
            cause=f"bank: {after.bank_state}",
        )
    )
    ends = {
        RefundStatus.PROCESSED: (JournalKind.REFUND_PROCESSED, EventType.REFUND_PROCESSED),
        RefundStatus.FAILED: (JournalKind.REFUND_FAILED, EventType.REFUND_FAILED),
    }
    if after.status in ends:
        kind, event = ends[after.status]
        facts.journals.append(
            journal(
                kind,
                entity_id=after.id,
                payment_id=payment.id,
                currency=payment.currency,
                amount_minor=after.amount_minor,
            )
        )
        announce_refund(context, facts, merchant, event, after)
    return facts
