"""
The bank console and the clock console.
"""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from paywright.sandbox import Sandbox
from tests.merchant import Merchant, wait_until

pytestmark = pytest.mark.browser
BANK_ID = {"X-Bank-Id": "550e8400-e29b-41d4-a716-446655440000"}


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def tidy_up(hosted: Sandbox, seller: Merchant) -> AsyncIterator[None]:
    """
    Nothing stays programmed for the next test.
    """
    yield
    async with httpx.AsyncClient(base_url=hosted.urls.bank, headers=BANK_ID) as bank:
        for path in ("/control/scenarios", "/control/faults"):
            await bank.delete(path)
        await bank.put("/control/outcome", json={"outcome": None})
    await seller.http.post("/api/v1/test/clock", json={"mode": "real"})


async def test_programmed_outcome_decides_payments(seller: Merchant, page: Page) -> None:
    """
    Every authorisation ends as programmed, and the page says what is programmed.
    """
    await page.goto("/dashboard/bank")
    await page.get_by_test_id("outcome-select").select_option("insufficient_funds")
    await page.get_by_test_id("program-outcome-button").click()
    await expect(page.get_by_test_id("notice")).to_contain_text("insufficient_funds")
    made = await seller.pay(await seller.order(), vpa="success@bank")
    decided = await seller.decided(made.json()["id"])

    assert decided["decline_code"] == "insufficient_funds"


async def test_scenario_on_and_off(seller: Merchant, page: Page) -> None:
    """
    While it is on, everything is declined; afterwards it is not.
    """
    await page.goto("/dashboard/bank")
    await page.get_by_test_id("scenario-select").select_option("decline-everything")
    await page.get_by_test_id("scenario-on-button").click()
    await expect(page.get_by_test_id("scenarios-on")).to_contain_text("decline-everything")
    declined = await seller.pay(await seller.order(), vpa="nobody@bank")
    assert (await seller.decided(declined.json()["id"]))["status"] == "failed"
    await page.get_by_role("button", name="Switch decline-everything off").click()
    await expect(page.get_by_test_id("scenarios-on")).to_have_count(0)

    await seller.paid(vpa="nobody@bank")


async def test_gate_holds_and_releases(seller: Merchant, page: Page) -> None:
    """
    A payment waits at the closed gate, is seen there, and goes on when it opens.
    """
    await page.goto("/dashboard/bank")
    await page.get_by_test_id("gate-name").fill("till")
    await page.get_by_test_id("gate-operation").select_option("authorise")
    await page.get_by_test_id("close-gate-button").click()
    await expect(page.get_by_test_id("gate")).to_contain_text("till")
    made = (await seller.pay(await seller.order())).json()["id"]

    async def waits() -> bool | None:
        await page.goto("/dashboard/bank")
        return True if await page.get_by_text("1 waiting").count() else None

    await wait_until(waits, what="the payment at the gate")
    assert (await seller.payment(made))["status"] == "pending"
    await page.get_by_role("button", name="Open till").click()
    await expect(page.get_by_test_id("notice")).to_have_text("Gate till is open.")

    assert (await seller.decided(made))["status"] == "success"


async def test_fault_is_set_and_cleared(page: Page) -> None:
    """
    It is listed with what it is about; clearing removes it.
    """
    await page.goto("/dashboard/bank")
    await page.get_by_test_id("fault-select").select_option("status/before")
    await page.get_by_test_id("fault-operation").select_option("refund")
    await page.get_by_test_id("set-fault-button").click()
    await expect(page.get_by_test_id("fault")).to_contain_text("status 503")
    await expect(page.get_by_test_id("fault")).to_contain_text("refund, before the effect, 1×")
    await page.get_by_test_id("clear-faults-button").click()

    await expect(page.get_by_test_id("fault")).to_have_count(0)


async def test_program_that_the_bank_refuses(page: Page) -> None:
    """
    Neither broken JSON nor a document that the bank does not know passes silently.
    """
    await page.goto("/dashboard/bank")
    for body, complaint in (("{", "not JSON"), ('{"fault": 1}', "faults")):
        await page.get_by_text("Settlement faults").click()
        await page.get_by_test_id("program-settlement-faults").fill(body)
        await page.get_by_test_id("send-settlement-faults").click()
        await expect(page.get_by_test_id("problem")).to_contain_text(complaint)


async def test_journal_lists_what_the_bank_saw(seller: Merchant, page: Page) -> None:
    """
    Filtered to one request.
    """
    payment_id = await seller.paid()
    await page.goto(f"/dashboard/bank?request_id_prefix={payment_id}")

    await expect(page.get_by_test_id("journal-table").locator("tbody tr").first).to_contain_text(
        f"{payment_id}:auth:1"
    )


async def test_clock_freezes_advances_and_steps_to_the_retry(seller: Merchant, page: Page) -> None:
    """
    The step goes to the next due instant, that of a failing webhook's retry, exactly.
    """
    await page.goto("/dashboard/clock")
    await expect(page.get_by_test_id("advance-button")).to_be_disabled()
    await page.get_by_test_id("clock-frozen").click()
    await expect(page.get_by_test_id("clock-mode")).to_have_text("frozen")
    await seller.behave([{"status": 503}])
    payment_id = await seller.paid()

    async def tried() -> str | None:
        query = {"entity_id": payment_id, "event": "payment.success", "status": "pending"}
        rows = (await seller.http.get("/api/v1/webhooks", params=query)).json()["data"]
        clock = (await seller.http.get("/api/v1/test/clock")).json()
        is_tried = bool(rows) and rows[0]["response_code"] == 503 and clock["outstanding"] == 0
        return str(clock["next_due_at"]) if is_tried else None

    due_at = await wait_until(tried, what="the first attempt")
    await page.goto(f"/dashboard/payments/{payment_id}")
    await page.get_by_test_id("step-button").click()
    await expect(page.get_by_test_id("notice")).to_contain_text("Moved")
    now = (await seller.http.get("/api/v1/test/clock")).json()["now"]
    await page.goto("/dashboard/clock")
    await page.get_by_test_id("advance-by").fill("1h30m")
    await page.get_by_test_id("advance-button").click()
    await expect(page.get_by_test_id("notice")).to_have_text("Advanced by 1h30m.")
    await seller.behave([])

    assert now == due_at
    await page.get_by_test_id("advance-by").fill("soon")
    await page.get_by_test_id("advance-button").click()
    await expect(page.get_by_test_id("problem")).to_contain_text("duration")
