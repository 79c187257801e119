"""
Every call of the merchant's API, built as a `Call`.  The clients bind these functions as methods, so that all of them have the same surface.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from .calls import Call, checked_key, given, instant, part
from .hook_results import (
    Attempt,
    Delivery,
    Health,
    JobsStatus,
    Scheduled,
    TestClock,
    WebhookConfig,
)
from .results import Event, Order, Page, Payment, Refund, Result, page_of, rows_of

#: Real seconds that moving the clock may take: the gateway answers when everything due has settled.
CLOCK_TIMEOUT_S: Final = 120.0
_UNHEALTHY: Final = frozenset({503})


class _Unset:
    """
    The default of members where None means something.
    """


UNSET: Final = _Unset()


def create_order(
    amount_minor: int,
    *,
    currency: str = "INR",
    receipt: str | None = None,
    notes: Mapping[str, Any] | None = None,
) -> Call[Order]:
    """
    A new order, in minor units of its currency.
    """
    body = {"amount": amount_minor, "currency": currency, **given(receipt=receipt, notes=notes)}
    return Call(method="POST", path="/api/v1/orders", body=body, parse=Order.from_wire)


def get_order(order_id: str) -> Call[Order]:
    """
    An order as it is now.
    """
    return Call(method="GET", path=f"/api/v1/orders/{part(order_id)}", parse=Order.from_wire)


def create_payment(
    order_id: str,
    *,
    method: str,
    vpa: str | None = None,
    card: Mapping[str, str] | None = None,
    card_token: str | None = None,
    bank_code: str | None = None,
    capture_method: str | None = None,
    scenario: str | None = None,
    idempotency_key: str | None = None,
    **fields: Any,
) -> Call[Payment]:
    """
    A new payment of the order: `upi` with `vpa`, `card` with `card` or `card_token`, `netbanking` with `bank_code`.

    `capture_method` is `automatic` or `manual`; `scenario` names the bank's outcome in test mode.  With an idempotency key it is repeated when no
    answer comes, without one it never is.
    """
    body = {
        **given(
            vpa=vpa,
            card=card,
            card_token=card_token,
            bank_code=bank_code,
            capture_method=capture_method,
        ),
        **fields,
        "order_id": order_id,
        "method": method,
    }
    return Call(
        method="POST",
        path="/api/v1/payments",
        body=body,
        headers={} if scenario is None else {"X-Test-Scenario": scenario},
        key=checked_key(idempotency_key),
        parse=Payment.from_wire,
    )


def get_payment(payment_id: str) -> Call[Payment]:
    """
    A payment as it is now.
    """
    return Call(method="GET", path=f"/api/v1/payments/{part(payment_id)}", parse=Payment.from_wire)


def capture_payment(
    payment_id: str, amount_minor: int | None = None, *, idempotency_key: str | None = None
) -> Call[Payment]:
    """
    Claim the held money, all of it when no amount is given.
    """
    return Call(
        method="POST",
        path=f"/api/v1/payments/{part(payment_id)}/capture",
        body=given(amount=amount_minor),
        key=checked_key(idempotency_key),
        parse=Payment.from_wire,
    )


def void_payment(payment_id: str, *, idempotency_key: str | None = None) -> Call[Payment]:
    """
    Release an uncaptured authorisation.
    """
    return Call(
        method="POST",
        path=f"/api/v1/payments/{part(payment_id)}/void",
        body={},
        key=checked_key(idempotency_key),
        parse=Payment.from_wire,
    )


def create_refund(
    payment_id: str,
    amount_minor: int,
    *,
    reason: str | None = None,
    idempotency_key: str | None = None,
) -> Call[Refund]:
    """
    Give money back, in full or in part.
    """
    return Call(
        method="POST",
        path=f"/api/v1/payments/{part(payment_id)}/refunds",
        body={"amount": amount_minor, **given(reason=reason)},
        key=checked_key(idempotency_key),
        parse=Refund.from_wire,
    )


def get_refund(refund_id: str) -> Call[Refund]:
    """
    A refund as it is now.
    """
    return Call(method="GET", path=f"/api/v1/refunds/{part(refund_id)}", parse=Refund.from_wire)


def list_orders(**query: str | int) -> Call[Page[Order]]:
    """
    A page of orders; filters: `status`; `limit` with `offset` or `cursor`.
    """
    return Call(method="GET", path="/api/v1/orders", query=query, parse=page_of(Order.from_wire))


def list_payments(**query: str | int) -> Call[Page[Payment]]:
    """
    A page of payments; filters: `status`, `method`, `order_id`; `limit` with `offset` or `cursor`.
    """
    return Call(
        method="GET", path="/api/v1/payments", query=query, parse=page_of(Payment.from_wire)
    )


def list_refunds(**query: str | int) -> Call[Page[Refund]]:
    """
    A page of refunds; filters: `status`, `payment_id`; `limit` with `offset` or `cursor`.
    """
    return Call(method="GET", path="/api/v1/refunds", query=query, parse=page_of(Refund.from_wire))


def list_refunds_of_payment(payment_id: str, **query: str | int) -> Call[Page[Refund]]:
    """
    A page of one payment's refunds.
    """
    path = f"/api/v1/payments/{part(payment_id)}/refunds"
    return Call(method="GET", path=path, query=query, parse=page_of(Refund.from_wire))


def list_deliveries(**query: str | int) -> Call[Page[Delivery]]:
    """
    A page of webhook deliveries; filters: `status`, `event`, `entity_id`; `limit` with `offset` or `cursor`.
    """
    return Call(
        method="GET", path="/api/v1/webhooks", query=query, parse=page_of(Delivery.from_wire)
    )


def list_events(**query: str | int) -> Call[Page[Event]]:
    """
    A page of events; filters: `type`, `entity_id`; `limit` with `offset` or `cursor`.
    """
    return Call(method="GET", path="/api/v1/events", query=query, parse=page_of(Event.from_wire))


def list_page(name: str, **query: str | int) -> Call[Page[Result]]:
    """
    A page of `orders`, `payments`, `refunds`, `webhooks` or `events`: `{data, total, limit, offset, has_more, next_cursor}`.
    """
    rows = page_of(lambda row: Result(raw=row))
    return Call(method="GET", path=f"/api/v1/{part(name)}", query=query, parse=rows)


def get_webhook_config() -> Call[WebhookConfig]:
    """
    The webhook settings, secrets in clear.
    """
    return Call(method="GET", path="/api/v1/webhooks/config", parse=WebhookConfig.from_wire)


def set_webhook_config(
    *,
    webhook_url: str | _Unset | None = UNSET,
    events: Sequence[str] | _Unset | None = UNSET,
    behaviour: str | _Unset = UNSET,
    **fields: Any,
) -> Call[WebhookConfig]:
    """
    Change what is given: the URL (None turns webhooks off), the events (None: the contract's), the behaviour (`contract` or `strict`).
    """
    named = {"webhook_url": webhook_url, "events": events, "behaviour": behaviour}
    body = {name: value for name, value in named.items() if value is not UNSET}
    return Call(
        method="PUT",
        path="/api/v1/webhooks/config",
        body={**body, **fields},
        parse=WebhookConfig.from_wire,
    )


def regenerate_secret() -> Call[WebhookConfig]:
    """
    New webhook secrets; the old ones keep signing beside them for a day.
    """
    path = "/api/v1/webhooks/config/regenerate-secret"
    return Call(method="POST", path=path, parse=WebhookConfig.from_wire)


def send_test_webhook() -> Call[Scheduled]:
    """
    Deliver a `webhook.test` event.
    """
    return Call(method="POST", path="/api/v1/webhooks/test", parse=Scheduled.from_wire)


def retry_webhook(delivery_id: str) -> Call[Scheduled]:
    """
    Deliver again, with the same bytes and the same webhook id.
    """
    path = f"/api/v1/webhooks/{part(delivery_id)}/retry"
    return Call(method="POST", path=path, parse=Scheduled.from_wire)


def list_attempts(delivery_id: str) -> Call[tuple[Attempt, ...]]:
    """
    Every attempt of a delivery, oldest first.
    """
    path = f"/api/v1/webhooks/{part(delivery_id)}/attempts"
    return Call(method="GET", path=path, member="data", parse=rows_of(Attempt.from_wire))


def get_health() -> Call[Health]:
    """
    Whether the gateway is well; an unhealthy one is an answer, not an error.
    """
    return Call(method="GET", path="/health", also=_UNHEALTHY, parse=Health.from_wire)


def get_jobs_status() -> Call[JobsStatus]:
    """
    How much work waits, in test mode.
    """
    return Call(method="GET", path="/api/v1/test/jobs/status", parse=JobsStatus.from_wire)


def get_test_clock() -> Call[TestClock]:
    """
    The business clock.
    """
    return Call(method="GET", path="/api/v1/test/clock", parse=TestClock.from_wire)


def _clock(**body: Any) -> Call[TestClock]:
    return Call(
        method="POST",
        path="/api/v1/test/clock",
        body=body,
        timeout_s=CLOCK_TIMEOUT_S,
        parse=TestClock.from_wire,
    )


def set_test_clock(mode: str, *, now: datetime | str | None = None) -> Call[TestClock]:
    """
    `real`, `frozen` or `auto`; `now` is where a clock that is not real stands.
    """
    return _clock(mode=mode, **({} if now is None else {"now": instant(now)}))


def freeze_test_clock(at: datetime | str | None = None) -> Call[TestClock]:
    """
    Stop the clock, here or at an instant.
    """
    return set_test_clock("frozen", now=at)


def auto_test_clock(at: datetime | str | None = None) -> Call[TestClock]:
    """
    Let the clock jump to the next due instant whenever everything is quiet.
    """
    return set_test_clock("auto", now=at)


def real_test_clock() -> Call[TestClock]:
    """
    Back to the machine's time.
    """
    return set_test_clock("real")


def advance_test_clock(by: str | float | timedelta) -> Call[TestClock]:
    """
    Move a frozen clock: `2h`, seconds, or a timedelta; answers when everything due by then has settled.
    """
    return _clock(advance=by.total_seconds() if isinstance(by, timedelta) else by)
