"""
The Python client against the running gateway and bank: the whole surface once, typed, over real HTTP.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from paywright.parties import TEST_CREDENTIALS
from paywright.sandbox import Sandbox
from sdk.python import clock, errors
from sdk.python.async_client import AsyncClient
from sdk.python.results import DeliveryStatus, Payment, PaymentStatus, RefundStatus
from sdk.python.rng import new_idempotency_key
from sdk.python.sync_client import SyncBank, SyncClient

CARD = {
    "number": "4242424242424242",
    "expiry_month": "12",
    "expiry_year": "2035",
    "cvv": "123",
    "holder_name": "Asha",
}
#: Only a failing test waits so long.
PATIENCE_S = 30.0
KEY, SECRET = TEST_CREDENTIALS["api_key"], TEST_CREDENTIALS["api_secret"]


def until(look: Callable[[], bool], *, within_s: float = PATIENCE_S) -> None:
    """
    Ask again until it is so; fails the test when it is not in time.
    """
    deadline_s = clock.monotonic_s() + within_s
    while not look():
        assert clock.monotonic_s() < deadline_s
        clock.sleep(0.02)


def decided(client: SyncClient, payment_id: str) -> Payment:
    """
    The payment once it is decided.
    """
    return client.wait_for_payment(payment_id, within_s=PATIENCE_S)


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[SyncClient]:
    """
    The test merchant, whose webhooks go nowhere.
    """
    with SyncClient(sandbox.urls.api, api_key=KEY, api_secret=SECRET) as one:
        one.set_webhook_config(webhook_url=None)
        yield one
        one.real_test_clock()


@pytest.fixture
def bank(sandbox: Sandbox) -> Iterator[SyncBank]:
    """
    The bank of the test merchant; programmed by nobody before and after.
    """
    me = httpx.get(f"{sandbox.urls.api}/api/v1/test/merchant").json()["id"]
    with SyncBank(sandbox.urls.bank, bank_id=me) as one:
        one.program_outcome(None)
        yield one
        one.program_outcome(None)


def test_money_goes_and_comes_back(client: SyncClient) -> None:
    """
    Order, payment, refund; a repeat with the same key is the same payment.
    """
    order = client.create_order(70_000, receipt="r-1", notes={"shirt": "blue"})
    key = new_idempotency_key()
    payment = client.create_payment(order.id, method="card", card=CARD, idempotency_key=key)
    again = client.create_payment(order.id, method="card", card=CARD, idempotency_key=key)
    paid = decided(client, payment.id)
    refund = client.create_refund(paid.id, 20_000, reason="late", idempotency_key=key + "r")
    until(lambda: client.get_refund(refund.id).status != RefundStatus.PENDING)
    given = client.get_refund(refund.id)

    assert client.get_order(order.id).notes == {"shirt": "blue"}
    assert again.id == payment.id
    assert (paid.status, paid.amount_minor, paid.card_last4) == (
        PaymentStatus.SUCCESS,
        70_000,
        "4242",
    )
    assert (given.status, given.amount_minor, given.reason) == ("processed", 20_000, "late")
    assert client.get_payment(paid.id).amount_refunded_minor == 20_000
    assert [one.id for one in client.iterate_refunds_of_payment(paid.id)] == [refund.id]


def test_a_hold_is_captured_or_voided(client: SyncClient) -> None:
    """
    And neither twice.
    """

    def held() -> str:
        order = client.create_order(10_000)
        payment = client.create_payment(
            order.id, method="upi", vpa="success@bank", capture_method="manual"
        )
        return decided(client, payment.id).id

    captured = client.capture_payment(held(), 10_000, idempotency_key=new_idempotency_key())
    voided = client.void_payment(held(), idempotency_key=new_idempotency_key())

    assert captured.captured
    assert voided.status == PaymentStatus.VOIDED
    with pytest.raises(errors.RequestRefused, match="400 BAD_REQUEST_ERROR"):
        client.capture_payment(voided.id)


def test_errors_are_the_trees(client: SyncClient, sandbox: Sandbox) -> None:
    """
    With the gateway's code and request id.
    """
    with pytest.raises(errors.NotFound) as missing:
        client.get_payment("pay_0000000000000000")
    with pytest.raises(errors.RequestRefused, match="amount must be at least 100"):
        client.create_order(1)
    with (
        SyncClient(sandbox.urls.api, api_key=KEY, api_secret="wrong") as stranger,
        pytest.raises(errors.NotAuthenticated),
    ):
        stranger.list_orders()
    with (
        SyncClient("http://127.0.0.1:1", api_key=KEY, api_secret=SECRET) as nowhere,
        pytest.raises(errors.GatewayUnavailable, match="ConnectError"),
    ):
        nowhere.get_health()

    assert missing.value.code == "NOT_FOUND_ERROR"
    assert missing.value.request_id


def test_pages_have_every_row_once(client: SyncClient) -> None:
    """
    By cursor while rows are added, and by offset as the contract has it.
    """
    made = [client.create_order(500 + n).id for n in range(7)]
    rows = client.iterate_orders(limit=3)
    first = [next(rows) for _ in range(3)]
    late = client.create_order(999)

    by_cursor = [one.id for one in first] + [one.id for one in rows]
    pages = [client.list_orders(limit=3, offset=offset) for offset in (1, 4)]

    assert by_cursor[:7] == made[::-1]
    assert late.id not in by_cursor
    assert len(by_cursor) == len(set(by_cursor))
    assert [one.id for page in pages for one in page.data] == made[:0:-1]
    assert (pages[0].limit, pages[0].offset, pages[0].has_more) == (3, 1, True)


def test_webhooks_are_set_sent_and_read(client: SyncClient, sandbox: Sandbox) -> None:
    """
    Settings, test webhook, deliveries, attempts, retry, events.
    """
    url = f"{sandbox.urls.receiver}/webhook/sdk-{new_idempotency_key()}"
    config = client.set_webhook_config(webhook_url=url, events=["payment.success", "webhook.test"])
    sent = client.send_test_webhook()

    def delivered() -> list[int | None]:
        return [attempt.response_code for attempt in client.list_attempts(sent.id)]

    until(lambda: delivered() == [200])
    client.retry_webhook(sent.id)
    until(lambda: delivered() == [200, 200])
    found = next(one for one in client.iterate_deliveries(event="webhook.test") if one.id == sent.id)  # fmt: skip

    assert (config.webhook_url, config.events) == (url, ("payment.success", "webhook.test"))
    assert found.status == DeliveryStatus.SUCCESS
    assert found.created_at is not None
    assert [one.generation for one in client.list_attempts(sent.id)] == [1, 2]
    assert found.event_id in {one.id for one in client.iterate_events(type="webhook.test")}
    assert client.get_jobs_status().worker_status == "running"
    assert client.set_webhook_config(webhook_url=None, events=None).events is None


def test_the_clock_is_frozen_advanced_and_let_go(client: SyncClient) -> None:
    """
    A duration as text, seconds or timedelta.
    """
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with client.frozen_clock(start) as frozen:
        assert (frozen.mode, frozen.now) == ("frozen", start)
        client.advance_test_clock("1h")
        client.advance_test_clock(90)
        assert client.advance_test_clock(timedelta(seconds=30)).now == start + timedelta(minutes=62)
        order = client.create_order(500)
        assert order.created_at == start + timedelta(minutes=62)
        assert client.auto_test_clock().mode == "auto"

    assert client.get_test_clock().mode == "real"


def test_the_bank_is_programmed_and_read(client: SyncClient, bank: SyncBank) -> None:
    """
    An outcome for everything, the journal of it, the money of it; unknown outcomes are refused.
    """
    bank.program_outcome("insufficient_funds")
    order = client.create_order(12_300)
    payment = client.create_payment(order.id, method="upi", vpa="success@bank")
    declined = decided(client, payment.id)
    bank.program_outcome(None)

    assert declined.decline_code == "insufficient_funds"
    assert any(payment.id in str(line) for line in bank.journal(limit=10_000))
    assert bank.control("GET", "entries")["entries"] == bank.entries()
    assert "insufficient_funds" in str(bank.outcomes())
    with pytest.raises(errors.RequestRefused):
        bank.program_outcome("nonsense")
    with pytest.raises(errors.NotFound):
        bank.inquire("never-seen")


def test_the_bank_acts_out_scenarios_faults_and_gates(client: SyncClient, bank: SyncBank) -> None:
    """
    Each helper once: what it does is seen from the merchant's side.
    """

    def pay(vpa: str = "success@bank") -> str:
        payment = client.create_payment(client.create_order(10_000).id, method="upi", vpa=vpa)
        return payment.id

    assert bank.load_scenario("decline-then-approve")
    first = decided(client, pay("again@bank"))
    second = decided(client, pay("again@bank"))
    bank.clear_scenarios()
    bank.close_gate("held", when={"operation": "authorise"})
    held = pay()
    assert bank.wait_at_gate("held", count=1, within_s=10)["complete"]
    still = client.get_payment(held)
    bank.release_gate("held")
    bank.open_gate("held")
    bank.set_account(5_000, vpa="poor@bank")
    poor = decided(client, pay("poor@bank"))
    bank.break_answers("status", when={"operation": "authorise"})
    bumpy = decided(client, pay())

    assert (first.status, second.status) == ("failed", "success")
    assert (still.status, decided(client, held).status) == ("pending", "success")
    assert poor.decline_code == "insufficient_funds"
    assert bumpy.status == "success"


def test_disputes_and_statements_are_reached(client: SyncClient, bank: SyncBank) -> None:
    """
    A captured payment is disputed and won; the day's statement has its debit.
    """
    order = client.create_order(10_000)
    payment = client.create_payment(order.id, method="upi", vpa="success@bank")
    decided(client, payment.id)
    dispute = bank.open_dispute(payment.id)
    closed = bank.close_dispute(str(dispute["dispute_id"]), won=True)
    day = bank.control("GET", "clock")["now"][:10]

    assert closed["status"] == "won"
    assert any(payment.id in str(line) for line in bank.statement(day))


async def test_the_async_client_does_the_same(sandbox: Sandbox) -> None:
    """
    The path of a payment, pages and the clock, awaited.
    """
    async with AsyncClient(sandbox.urls.api, api_key=KEY, api_secret=SECRET) as client:
        order = await client.create_order(45_600)
        payment = await client.create_payment(
            order.id, method="upi", vpa="failure@bank", idempotency_key=new_idempotency_key()
        )
        failed = await client.wait_for_payment(payment.id, within_s=PATIENCE_S)
        rows = [one.id async for one in client.iterate_payments(order_id=order.id, limit=1)]
        async with client.frozen_clock("2026-01-01T00:00:00Z") as frozen:
            assert frozen.mode == "frozen"
        assert (await client.get_test_clock()).mode == "real"

    assert (failed.status, failed.error_code) == ("failed", "PAYMENT_FAILED")
    assert rows == [payment.id]
