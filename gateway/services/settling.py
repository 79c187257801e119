"""
One step of a payment: ask the bank, or ask again, and write what it said.  Safe to run at any time, any number of times.

Source: reliability 5.5.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from gateway.bank.answers import Answered, BankAnswer, Blocked, Deferred, NotFound, NotSent
from gateway.domain.errors import NotFound as NoSuchObject
from gateway.domain.events import EventType
from gateway.domain.facts import Facts, StateChange
from gateway.domain.ledger import JournalKind, journal
from gateway.domain.merchant import Merchant
from gateway.domain.payment import (
    UNDECIDED_S_MAX,
    BankState,
    BankWord,
    CaptureMethod,
    Contradiction,
    Payment,
    PaymentStatus,
    advance,
    inquiry_delay_s,
    is_decided,
    status_of,
)
from gateway.domain.work import CRASHES_MAX, Claim, NewWork, WorkKind, WorkRef
from gateway.services.announcing import announce_payment
from gateway.services.context import Context
from gateway.storage import merchants, payments
from gateway.storage.orders import mark_paid
from gateway.storage.work import DONE, PARKED, WAITING, release, release_after_call

_DECLINED_TEXT: Final = "The bank declined the payment"
_TIMEOUT_TEXT: Final = "The bank did not decide in time; the payment was cancelled"


async def step_payment(context: Context, ref: WorkRef) -> float | None:
    """
    Claim the payment's work, talk to the bank, write the result; business seconds until the next step, None when there is none.
    """
    claimed = await payments.claim_payment(
        context.database, ref, owner=context.worker_id, lease_s=context.policy.lease_s
    )
    if claimed is None:
        return None
    claim, payment = claimed
    if claim.crashes >= CRASHES_MAX:
        await release(context.database, claim, state=PARKED)
        return None
    answer = await _ask_bank(context, claim, payment)
    return await _write(context, claim, payment, answer)


def _is_overdue(claim: Claim, payment: Payment) -> bool:
    age = claim.now - payment.created_at
    return not is_decided(payment.bank_state) and age > timedelta(seconds=UNDECIDED_S_MAX)


async def _ask_bank(context: Context, claim: Claim, payment: Payment) -> BankAnswer | Blocked:
    """
    The one exchange of this step: send first, inquire after, cancel when the payer has waited too long.
    """
    if not claim.is_resend and not is_decided(payment.bank_state):
        if _is_overdue(claim, payment):
            return await context.bank.cancel(
                payment.bank_request_id, merchant_id=payment.merchant_id
            )
        return await context.bank.authorise(payment)
    answer = await context.bank.inquire(
        payment.bank_request_id,
        merchant_id=payment.merchant_id,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
    )
    if _is_overdue(claim, payment) and not (
        isinstance(answer, Answered) and answer.word is not BankWord.CHALLENGE
    ):
        return await context.bank.cancel(payment.bank_request_id, merchant_id=payment.merchant_id)
    if isinstance(answer, NotFound) and not is_decided(payment.bank_state):
        # The bank keeps one debit per request id, so sending the same id again is safe and the payer's money still arrives.
        return await context.bank.authorise(payment)
    return answer


def _word_of(answer: BankAnswer | Blocked) -> BankWord:
    if isinstance(answer, Answered):
        return answer.word
    if isinstance(answer, Blocked):
        return BankWord.CANCELLED
    return BankWord.UNKNOWN


def call_of(answer: BankAnswer | Blocked) -> tuple[str, str | None]:
    """
    How the exchange is recorded in `bank_calls`: outcome and detail.
    """
    match answer:
        case Answered():
            return "answered", answer.status
        case Blocked():
            return "answered", "cancelled"
        case NotSent():
            return "not_sent", answer.reason[:500]
        case Deferred():
            return "deferred", f"429, {answer.retry_after_s:g} s"
        case NotFound():
            return "answered", "not found"
        case _:
            return "unknown", answer.reason[:500]


def _after(
    payment: Payment, answer: BankAnswer | Blocked, state: BankState, claim: Claim
) -> Payment:
    """
    The payment as it is when the bank's word is applied.
    """
    changed = replace(
        payment,
        bank_state=state,
        status=status_of(state),
        updated_at=claim.now,
        version=payment.version + 1,
        next_action_url=None,
    )
    if isinstance(answer, Answered):
        changed = replace(
            changed,
            bank_reference=answer.bank_reference or payment.bank_reference,
            test_trigger=answer.trigger or payment.test_trigger,
            next_action_url=answer.challenge_url if state is BankState.CHALLENGE else None,
        )
    if changed.status is PaymentStatus.SUCCESS and payment.status is PaymentStatus.PENDING:
        paid = payment.amount_minor if payment.capture_method is CaptureMethod.AUTOMATIC else 0
        return replace(changed, authorised_minor=payment.amount_minor, paid_minor=paid)
    if changed.status is PaymentStatus.FAILED and payment.status is PaymentStatus.PENDING:
        code = answer.decline_code if isinstance(answer, Answered) else None
        timed_out = state is BankState.CANCELLED
        text = answer.message if isinstance(answer, Answered) else None
        return replace(
            changed,
            decline_code=code,
            error_code="BANK_TIMEOUT" if timed_out else "PAYMENT_FAILED",
            error_description=_TIMEOUT_TEXT if timed_out else text or _DECLINED_TEXT,
        )
    return changed


async def _write(
    context: Context, claim: Claim, payment: Payment, answer: BankAnswer | Blocked
) -> float | None:
    word, call = _word_of(answer), call_of(answer)
    try:
        state = advance(payment.bank_state, word)
    except Contradiction as contradiction:
        await _review(context, claim, payment, call, str(contradiction))
        return None
    work = _next_work(context, claim, answer, state)
    if state is payment.bank_state:
        await release_after_call(context.database, claim, work=work, call=call)
        return seconds_until(work[1], claim)
    after = _after(payment, answer, state, claim)
    merchant = await merchants.find_merchant(context.database, payment.merchant_id)
    if merchant is None:
        raise NoSuchObject("the payment's merchant is gone")
    facts = _facts(context, claim, payment, after, merchant, cause=call[1] or call[0])
    written = await payments.settle_payment(
        context.database, claim, payment, after, work=work, call=call, facts=facts
    )
    if written:
        if after.status is PaymentStatus.SUCCESS and merchant.behaviour == "strict":
            await mark_paid(context.database, payment.order_id)
        await context.hints.send(
            [WorkRef(WorkKind.DELIVERY, str(delivery.id)) for delivery in facts.deliveries]
            + [item.ref for item in facts.work]
        )
    return seconds_until(work[1], claim)


def seconds_until(due_at: datetime | None, claim: Claim) -> float | None:
    """
    Business seconds from the claim to the next step.
    """
    return None if due_at is None else (due_at - claim.now).total_seconds()


def _next_work(
    context: Context, claim: Claim, answer: BankAnswer | Blocked, state: BankState
) -> tuple[str, datetime | None]:
    """
    Whether the payment needs another step, and when.
    """
    if is_decided(state):
        return DONE, None
    delay_s = inquiry_delay_s(attempts=claim.attempts, test_mode=context.policy.test_mode)
    due_at = claim.now + timedelta(seconds=delay_s)
    if isinstance(answer, Answered) and answer.ready_at is not None:
        due_at = max(answer.ready_at, claim.now + timedelta(milliseconds=1))
    elif isinstance(answer, Deferred):
        due_at = claim.now + timedelta(seconds=answer.retry_after_s)
    elif state is BankState.CHALLENGE:
        # The bank calls back when the payer is done; this is for the callback that got lost.
        due_at = claim.now + timedelta(seconds=60)
    return WAITING, due_at


def _facts(
    context: Context,
    claim: Claim,
    before: Payment,
    after: Payment,
    merchant: Merchant,
    *,
    cause: str,
) -> Facts:
    facts = Facts(merchant_id=merchant.id, at=claim.now)
    facts.changes.append(
        StateChange(
            entity_id=after.id,
            version=after.version,
            from_state=f"{before.status}/{before.bank_state}",
            to_state=f"{after.status}/{after.bank_state}",
            cause=cause,
        )
    )
    if before.status is PaymentStatus.PENDING and after.status is PaymentStatus.SUCCESS:
        kind = JournalKind.SALE if after.paid_minor else JournalKind.HOLD
        facts.journals.append(
            journal(
                kind,
                entity_id=after.id,
                payment_id=after.id,
                currency=after.currency,
                amount_minor=after.authorised_minor,
            )
        )
        announce_payment(context, facts, merchant, EventType.PAYMENT_SUCCESS, after)
    if before.status is PaymentStatus.PENDING and after.status is PaymentStatus.FAILED:
        announce_payment(context, facts, merchant, EventType.PAYMENT_FAILED, after)
    if after.bank_state is BankState.LATE_AUTHORISED:
        facts.work.append(
            NewWork(
                kind=WorkKind.REVERSAL,
                entity_id=after.id,
                merchant_id=merchant.id,
                due_at=claim.now,
            )
        )
    return facts


async def _review(
    context: Context,
    claim: Claim,
    payment: Payment,
    call: tuple[str, str | None],
    reason: str,
) -> None:
    """
    The bank contradicts itself: the first word stands, a person has to look.
    """
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
    await payments.settle_payment(
        context.database, claim, payment, after, work=(DONE, None), call=call, facts=facts
    )
