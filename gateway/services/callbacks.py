"""
Takes the bank's callbacks.  A callback is a hint with a signature: it makes an inquiry due, and the bank's answer to that is what counts.

So duplicates, reordered and contradictory callbacks need no rules of their own (fault row B8).
"""

from typing import Final

from gateway.domain.work import WorkKind, WorkRef
from gateway.services.context import Context
from gateway.storage import payments, refunds
from gateway.storage.bank_events import take_bank_event

#: What a callback's `request_id` may end in, and the work that it concerns.
_KINDS: Final = {
    "auth": WorkKind.PAYMENT,
    "refund": WorkKind.REFUND,
    "capture": WorkKind.CAPTURE,
    "void": WorkKind.VOID,
    "reversal": WorkKind.REVERSAL,
}


async def take_callback(
    context: Context,
    *,
    event_id: str,
    event_type: str,
    request_id: str,
    dispute_id: str | None,
    body: bytes,
) -> str:
    """
    Note a verified callback: `taken`, `known` (seen before) or `unknown` (about nothing of ours).
    """
    entity_id, _, rest = request_id.partition(":")
    kind = _KINDS.get(rest.partition(":")[0])
    if kind is None:
        return "unknown"
    if kind is WorkKind.REFUND:
        refund = await refunds.find_refund(context.database, entity_id, merchant_id=None)
        owner = None if refund is None else refund.merchant_id
    else:
        payment = await payments.find_payment(context.database, entity_id, merchant_id=None)
        owner = None if payment is None else payment.merchant_id
    if owner is None:
        return "unknown"
    ref = WorkRef(kind, entity_id)
    if event_type.startswith("dispute."):
        if dispute_id is None:
            return "unknown"
        ref = WorkRef(WorkKind.DISPUTE, dispute_id)
    taken = await take_bank_event(
        context.database,
        event_id=event_id,
        event_type=event_type,
        body=body,
        ref=ref,
        merchant_id=owner,
    )
    if taken:
        await context.hints.send([ref])
    return "taken" if taken else "known"
