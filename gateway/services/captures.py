"""
Capture and void, and the bank's part of them, and the reversal of late authorisations.

In the contract a payment that succeeded is paid, and capturing it sets a flag (contract 1.5.4).  With `capture_method` manual the bank only holds the
money until the merchant captures (all or part, once) or voids.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import msgspec

from gateway.bank.answers import Answered, BankAnswer, Deferred, NotFound
from gateway.domain.errors import BadRequest, Conflict, DomainError
from gateway.domain.errors import NotFound as NoSuchObject
from gateway.domain.events import EventType
from gateway.domain.facts import Facts, StateChange
from gateway.domain.idempotency import KeyedRequest, StoredResponse
from gateway.domain.ledger import JournalKind, journal
from gateway.domain.merchant import Behaviour, Principal
from gateway.domain.money import parse_amount_minor
from gateway.domain.payment import (
    BankState,
    CaptureMethod,
    Payment,
    PaymentStatus,
    inquiry_delay_s,
)
from gateway.domain.work import CRASHES_MAX, Claim, NewWork, WorkKind, WorkRef
from gateway.services.announcing import announce_payment
from gateway.services.context import Context
from gateway.services.idempotent import KeyTaken, Reply, run_idempotent
from gateway.services.settling import call_of, seconds_until
from gateway.storage import captures, merchants, payments
from gateway.storage.captures import Change
from gateway.storage.work import DONE, PARKED, WAITING, release, release_after_call

_OK: Final = 200
_NOT_CAPTURABLE: Final = "Payment not in capturable state"
_NOT_VOIDABLE: Final = "Payment not in voidable state"


def _refused(principal: Principal, description: str) -> DomainError:
    if principal.merchant.behaviour is Behaviour.STRICT:
        return Conflict(description)
    return BadRequest(description)


async def _payment(context: Context, principal: Principal, payment_id: str) -> Payment:
    payment = await payments.find_payment(
        context.database, payment_id, merchant_id=principal.merchant.id
    )
    if payment is None:
        raise NoSuchObject("Payment not found")
    return payment


def _captured(principal: Principal, payment: Payment, value: object) -> Payment:
    """
    The payment after the capture.  Raises when it cannot be captured, or not with this amount.
    """
    amount_minor = parse_amount_minor(
        payment.amount_minor if value is None else value,
        minimum_minor=1,
        description="amount must be a positive integer",
    )
    if payment.status is not PaymentStatus.SUCCESS or payment.captured:
        raise _refused(principal, _NOT_CAPTURABLE)
    if amount_minor > payment.authorised_minor:
        raise BadRequest("amount must be at most the payment's amount", param="amount")
    if payment.capture_method is CaptureMethod.AUTOMATIC and amount_minor != payment.amount_minor:
        raise BadRequest(
            "amount must be the payment's amount; part of it can be captured when capture_method is manual",
            param="amount",
        )
    return replace(
        payment,
        captured=True,
        paid_minor=amount_minor,
        updated_at=principal.now,
        version=payment.version + 1,
    )


def _change(payment: Payment, after: Payment, principal: Principal, cause: str) -> Facts:
    facts = Facts(merchant_id=payment.merchant_id, at=principal.now)
    facts.changes.append(
        StateChange(
            entity_id=payment.id,
            version=after.version,
            from_state=f"{payment.status}/{payment.bank_state}",
            to_state=f"{after.status}/{after.bank_state}",
            cause=cause,
        )
    )
    return facts


def _work(kind: WorkKind, payment: Payment, principal: Principal) -> NewWork:
    return NewWork(
        kind=kind, entity_id=payment.id, merchant_id=payment.merchant_id, due_at=principal.now
    )


async def _apply(
    context: Context,
    principal: Principal,
    before: Payment,
    after: Payment,
    facts: Facts,
    keep: Callable[[int, bytes], StoredResponse | None],
    render: Callable[[Payment], dict[str, object]],
    refusal: str,
) -> Reply:
    body = msgspec.json.encode(render(after))
    outcome = await captures.change_payment(context.database, before, after, facts, keep(_OK, body))
    if outcome == Change.KEY_TAKEN:
        raise KeyTaken
    if outcome == Change.REFUSED:
        raise _refused(principal, refusal)
    await context.hints.send(
        [work.ref for work in facts.work]
        + [WorkRef(WorkKind.DELIVERY, str(d.id)) for d in facts.deliveries]
    )
    return Reply(status=_OK, body=body)


async def capture_payment(
    context: Context,
    principal: Principal,
    payment_id: str,
    fields: dict[str, object],
    *,
    key: KeyedRequest | None,
    render: Callable[[Payment], dict[str, object]],
) -> Reply:
    """
    Capture the payment.  Raises `NotFound`, `BadRequest` (`Conflict` in the strict profile), the idempotency errors.
    """

    async def effect(keep: Callable[[int, bytes], StoredResponse | None]) -> Reply:
        payment = await _payment(context, principal, payment_id)
        after = _captured(principal, payment, fields.get("amount"))
        facts = _change(payment, after, principal, "captured by the merchant")
        if payment.capture_method is CaptureMethod.MANUAL:
            facts.journals.append(
                journal(
                    JournalKind.CAPTURE,
                    entity_id=payment.id,
                    payment_id=payment.id,
                    currency=payment.currency,
                    amount_minor=after.paid_minor,
                )
            )
            facts.work.append(_work(WorkKind.CAPTURE, payment, principal))
        announce_payment(context, facts, principal.merchant, EventType.PAYMENT_CAPTURED, after)
        return await _apply(
            context, principal, payment, after, facts, keep, render, _NOT_CAPTURABLE
        )

    return await run_idempotent(context, principal, key, effect)


async def void_payment(
    context: Context,
    principal: Principal,
    payment_id: str,
    *,
    key: KeyedRequest | None,
    render: Callable[[Payment], dict[str, object]],
) -> Reply:
    """
    Release an uncaptured authorisation.  Raises as `capture_payment` does.
    """

    async def effect(keep: Callable[[int, bytes], StoredResponse | None]) -> Reply:
        payment = await _payment(context, principal, payment_id)
        voidable = (
            payment.status is PaymentStatus.SUCCESS
            and payment.capture_method is CaptureMethod.MANUAL
            and not payment.captured
        )
        if not voidable:
            raise _refused(principal, _NOT_VOIDABLE)
        after = replace(
            payment,
            status=PaymentStatus.VOIDED,
            updated_at=principal.now,
            version=payment.version + 1,
        )
        facts = _change(payment, after, principal, "voided by the merchant")
        facts.journals.append(
            journal(
                JournalKind.VOID,
                entity_id=payment.id,
                payment_id=payment.id,
                currency=payment.currency,
                amount_minor=payment.authorised_minor,
            )
        )
        facts.work.append(_work(WorkKind.VOID, payment, principal))
        announce_payment(context, facts, principal.merchant, EventType.PAYMENT_VOIDED, after)
        return await _apply(context, principal, payment, after, facts, keep, render, _NOT_VOIDABLE)

    return await run_idempotent(context, principal, key, effect)


#: What the bank calls the end of each kind of follow-up, and the state that it leaves.
_ENDS: Final = {
    WorkKind.CAPTURE: ("captured", BankState.CAPTURED),
    WorkKind.VOID: ("voided", BankState.VOIDED),
    WorkKind.REVERSAL: ("reversed", BankState.REVERSED),
}


async def step_followup(context: Context, ref: WorkRef) -> float | None:
    """
    The bank's part of a capture, void or reversal; business seconds until the next step, None when there is none.
    """
    request_id = f"{ref.entity_id}:{ref.kind.value}:1"
    claimed = await captures.claim_followup(
        context.database,
        ref,
        owner=context.worker_id,
        lease_s=context.policy.lease_s,
        bank_request_id=request_id,
    )
    if claimed is None:
        return None
    claim, payment = claimed
    if claim.crashes >= CRASHES_MAX:
        await release(context.database, claim, state=PARKED)
        return None
    if payment.bank_state is _ENDS[ref.kind][1]:
        await _look_again(context, claim, payment, request_id)
        return None
    answer = await _ask_bank(context, claim, payment, request_id)
    call = call_of(answer)
    status = answer.status if isinstance(answer, Answered) else "unknown"
    if status not in (_ENDS[ref.kind][0], "declined"):
        delay_s = inquiry_delay_s(attempts=claim.attempts, test_mode=context.policy.test_mode)
        due_at = claim.now + timedelta(seconds=delay_s)
        if isinstance(answer, Answered) and answer.ready_at is not None:
            due_at = max(answer.ready_at, claim.now + timedelta(milliseconds=1))
        elif isinstance(answer, Deferred):
            due_at = claim.now + timedelta(seconds=answer.retry_after_s)
        await release_after_call(context.database, claim, work=(WAITING, due_at), call=call)
        return seconds_until(due_at, claim)
    await _settle(context, claim, payment, status, call)
    return None


async def _look_again(context: Context, claim: Claim, payment: Payment, request_id: str) -> None:
    """
    A callback reopened work that was done.  The word that was written stands; when the bank now says another, a person has to look.
    """
    answer = await context.bank.inquire(request_id, merchant_id=payment.merchant_id)
    call = call_of(answer)
    declined = isinstance(answer, Answered) and answer.status == "declined"
    if not declined or payment.needs_review is not None:
        await release_after_call(context.database, claim, work=(DONE, None), call=call)
        return
    kind = claim.ref.kind.value
    reason = f"the bank took its {_ENDS[claim.ref.kind][0]} back: it now declines the {kind}"
    after = replace(payment, needs_review=reason, updated_at=claim.now, version=payment.version + 1)
    facts = Facts(merchant_id=payment.merchant_id, at=claim.now)
    facts.changes.append(
        StateChange(
            entity_id=payment.id,
            version=after.version,
            from_state=f"{payment.status}/{payment.bank_state}",
            to_state=f"{after.status}/{after.bank_state}",
            cause=f"review: {reason}",
        )
    )
    await captures.settle_followup(
        context.database, claim, payment, after, work=(DONE, None), call=call, facts=facts
    )


async def _ask_bank(
    context: Context, claim: Claim, payment: Payment, request_id: str
) -> BankAnswer:
    send = {
        WorkKind.CAPTURE: context.bank.capture,
        WorkKind.VOID: context.bank.void,
        WorkKind.REVERSAL: context.bank.reverse,
    }[claim.ref.kind]
    if claim.is_resend:
        answer = await context.bank.inquire(request_id, merchant_id=payment.merchant_id)
        if not isinstance(answer, NotFound):
            return answer
    return await send(payment, request_id=request_id)


async def _settle(
    context: Context, claim: Claim, payment: Payment, status: str, call: tuple[str, str | None]
) -> None:
    kind = claim.ref.kind
    merchant = await merchants.find_merchant(context.database, payment.merchant_id)
    assert merchant is not None, "a payment's merchant is never deleted"
    facts = Facts(merchant_id=merchant.id, at=claim.now)
    after = replace(payment, updated_at=claim.now, version=payment.version + 1)
    if status != "declined":
        after = replace(after, bank_state=_ENDS[kind][1])
    elif kind is WorkKind.CAPTURE and payment.refunded_minor == 0:
        after = replace(after, captured=False, paid_minor=0)
        facts.journals.append(
            journal(
                JournalKind.CAPTURE_FAILED,
                entity_id=payment.id,
                payment_id=payment.id,
                currency=payment.currency,
                amount_minor=payment.paid_minor,
            )
        )
        announce_payment(context, facts, merchant, EventType.PAYMENT_CAPTURE_FAILED, after)
    else:
        after = replace(after, needs_review=f"the bank declined the {kind.value}")
    facts.changes.append(
        StateChange(
            entity_id=payment.id,
            version=after.version,
            from_state=f"{payment.status}/{payment.bank_state}",
            to_state=f"{after.status}/{after.bank_state}",
            cause=f"bank: {kind.value} {status}",
        )
    )
    written = await captures.settle_followup(
        context.database, claim, payment, after, work=(DONE, None), call=call, facts=facts
    )
    if written:
        await context.hints.send([WorkRef(WorkKind.DELIVERY, str(d.id)) for d in facts.deliveries])
