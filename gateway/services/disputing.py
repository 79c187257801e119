"""
One step of a dispute: ask the bank, write what it said, tell the merchant.  Safe to run at any time, any number of times.
"""

from datetime import timedelta

from gateway.domain.dispute import EFFECTS, Dispute, DisputeStatus, moves
from gateway.domain.facts import Facts, StateChange
from gateway.domain.instants import format_instant
from gateway.domain.ledger import journal
from gateway.domain.merchant import Merchant
from gateway.domain.payment import Payment, inquiry_delay_s
from gateway.domain.work import CRASHES_MAX, WorkKind, WorkRef
from gateway.services.announcing import announce
from gateway.services.context import Context
from gateway.services.settling import seconds_until
from gateway.storage import disputes, merchants, payments
from gateway.storage.disputes import SeenDispute
from gateway.storage.work import DONE, PARKED, WAITING, release


async def step_dispute(context: Context, ref: WorkRef) -> float | None:
    """
    Claim the dispute's work, ask the bank, write the news; business seconds until the next step, None when there is none.
    """
    seen = await disputes.claim_dispute(
        context.database, ref, owner=context.worker_id, lease_s=context.policy.lease_s
    )
    if seen is None:
        return None
    claim = seen.claim
    if claim.crashes >= CRASHES_MAX:
        await release(context.database, claim, state=PARKED)
        return None
    dispute = await context.bank.dispute(ref.entity_id, merchant_id=claim.merchant_id)
    if dispute is None:
        delay_s = inquiry_delay_s(attempts=claim.attempts, test_mode=context.policy.test_mode)
        due_at = claim.now + timedelta(seconds=delay_s)
        await release(context.database, claim, state=WAITING, due_at=due_at)
        return seconds_until(due_at, claim)
    payment = await payments.find_payment(
        context.database, dispute.payment_id, merchant_id=claim.merchant_id
    )
    merchant = await merchants.find_merchant(context.database, claim.merchant_id)
    is_ours = payment is not None and (payment.currency == dispute.currency)
    if payment is None or merchant is None or not is_ours or dispute.amount_minor > payment.paid_minor:  # fmt: skip
        # About nothing that we know of, or about more than was paid: reconciliation tells it, the merchant is not bothered.
        await release(context.database, claim, state=PARKED)
        return None
    await _write(context, seen, dispute, payment, merchant)
    return None


async def _write(
    context: Context, seen: SeenDispute, dispute: Dispute, payment: Payment, merchant: Merchant
) -> None:
    state = None if seen.state is None else DisputeStatus(seen.state)
    facts = Facts(merchant_id=merchant.id, at=seen.claim.now)
    for number, status in enumerate(moves(state, dispute.status), seen.version + 1):
        facts.changes.append(
            StateChange(
                entity_id=dispute.id,
                version=number,
                from_state="" if state is None else state.value,
                to_state=status.value,
                cause=f"bank: {dispute.reason}",
            )
        )
        event, kind = EFFECTS[status]
        if kind is not None:
            facts.journals.append(
                journal(
                    kind,
                    entity_id=dispute.id,
                    payment_id=payment.id,
                    currency=dispute.currency,
                    amount_minor=dispute.amount_minor,
                )
            )
        announce(context, facts, merchant, event, dispute.id, _data(dispute, status, facts))
        state = status
    if not facts.changes:
        await release(context.database, seen.claim, state=DONE)
        return
    if await disputes.settle_dispute(context.database, seen.claim, facts):
        await context.hints.send([WorkRef(WorkKind.DELIVERY, str(d.id)) for d in facts.deliveries])


def _data(dispute: Dispute, status: DisputeStatus, facts: Facts) -> dict[str, object]:
    return {
        "dispute": {
            "id": dispute.id,
            "payment_id": dispute.payment_id,
            "amount": dispute.amount_minor,
            "currency": dispute.currency,
            "reason": dispute.reason,
            "status": status.value,
            "updated_at": format_instant(facts.at),
        }
    }
