"""
The dashboard over HTTP: the contract's hooks, the flows, and what must not work.
"""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from paywright.pytest_plugin import SandboxFactory
from paywright.sandbox import Sandbox
from tests.merchant import Merchant, open_merchant, wait_until

#: Source: contract 1.12.
HOOKS = {
    "/dashboard": "dashboard api-credentials api-key api-secret stats-container total-transactions total-amount success-rate",
    "/dashboard/transactions": "transactions-table transaction-row payment-id order-id amount method status created-at",
    "/dashboard/webhooks": (
        "webhook-config webhook-config-form webhook-url-input webhook-secret regenerate-secret-button save-webhook-button test-webhook-button "
        "webhook-logs-table webhook-log-item webhook-event webhook-status webhook-attempts webhook-last-attempt webhook-response-code "
        "retry-webhook-button"
    ),
    "/dashboard/docs": (
        "api-docs section-create-order code-snippet-create-order section-sdk-integration code-snippet-sdk section-webhook-verification "
        "code-snippet-webhook"
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hosted(new_sandbox: SandboxFactory) -> AsyncIterator[Sandbox]:
    """
    A sandbox with the dashboard.
    """
    async with new_sandbox(parties=("bank", "receiver", "api", "worker", "dashboard")) as sandbox:
        yield sandbox


@pytest_asyncio.fixture(loop_scope="session")
async def seller(hosted: Sandbox) -> AsyncIterator[Merchant]:
    """
    The merchant behind the dashboard.
    """
    async with open_merchant(hosted) as merchant:
        yield merchant


def _csrf(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None, page.text[:500]
    return found.group(1)


@pytest_asyncio.fixture(loop_scope="session")
async def browser(hosted: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """
    Somebody who is logged in.
    """
    async with httpx.AsyncClient(
        base_url=hosted.urls.dashboard, follow_redirects=True, trust_env=False
    ) as client:
        page = await client.get("/login")
        for hook in ("login-form", "email-input", "password-input", "login-button"):
            assert f'data-test-id="{hook}"' in page.text
        home = await client.post(
            "/login", data={"csrf": _csrf(page), "email": "test@example.com", "password": "any"}
        )
        assert home.url.path == "/dashboard"
        yield client


@pytest.mark.parametrize("path", HOOKS)
async def test_every_hook_of_the_contract_is_there(
    seller: Merchant, browser: httpx.AsyncClient, path: str
) -> None:
    """
    With a payment and a delivery behind it.
    """
    payment_id = await seller.paid()

    page = await browser.get(path)

    assert page.status_code == 200
    missing = [hook for hook in HOOKS[path].split() if f'data-test-id="{hook}"' not in page.text]
    assert not missing
    if path.endswith("transactions"):
        assert f'data-payment-id="{payment_id}"' in page.text


async def test_secrets_are_masked_until_asked_for(browser: httpx.AsyncClient) -> None:
    """
    Neither secret is in the page before "Show".
    """
    assert "secret_test_xyz789" not in (await browser.get("/dashboard")).text
    assert "secret_test_xyz789" in (await browser.get("/dashboard?secret")).text
    assert "whsec_test_abc123" not in (await browser.get("/dashboard/webhooks")).text
    assert "whsec_test_abc123" in (await browser.get("/dashboard/webhooks?secret")).text


async def test_webhook_flow(seller: Merchant, hosted: Sandbox, browser: httpx.AsyncClient) -> None:
    """
    Save an address, send a test, see it arrive, retry it; a wrong address says why.
    """
    page = await browser.get("/dashboard/webhooks")
    url = f"{hosted.urls.receiver}/webhook/{seller.inbox}"
    saved = await browser.post(
        "/dashboard/webhooks/save", data={"csrf": _csrf(page), "webhook_url": url}
    )
    assert "Saved." in saved.text
    assert url in saved.text
    await browser.post("/dashboard/webhooks/test", data={"csrf": _csrf(page)})

    async def arrived() -> bool | None:
        return True if await seller.received(event="webhook.test") else None

    await wait_until(arrived)
    log = await browser.get("/dashboard/webhooks")
    delivery = re.search(r'data-webhook-id="([0-9a-f-]{36})"', log.text)
    assert delivery is not None
    retried = await browser.post(
        f"/dashboard/webhooks/{delivery.group(1)}/retry", data={"csrf": _csrf(page)}
    )
    refused = await browser.post(
        "/dashboard/webhooks/save",
        data={"csrf": _csrf(page), "webhook_url": "http://169.254.169.254/"},
    )

    assert "Retry scheduled." in retried.text
    assert "may not point to 169.254.169.254" in refused.text


async def test_payment_page_shows_events_and_deliveries(
    seller: Merchant, browser: httpx.AsyncClient
) -> None:
    """
    What happened to one payment.
    """
    payment_id = await seller.paid()
    await seller.refund(payment_id, 1_200, reason="<img src=x onerror=alert(1)>")

    page = await browser.get(f"/dashboard/payments/{payment_id}")

    assert all(
        event in page.text for event in ("payment.created", "payment.pending", "payment.success")
    )
    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text
    assert (await browser.get("/dashboard/payments/pay_0000000000000000")).status_code == 404


async def test_what_must_not_work(hosted: Sandbox, browser: httpx.AsyncClient) -> None:
    """
    No session, wrong e-mail, no token, framing.
    """
    async with httpx.AsyncClient(base_url=hosted.urls.dashboard, trust_env=False) as stranger:
        for path in (*HOOKS, "/dashboard/payments/x"):
            assert (await stranger.get(path)).headers["Location"] == "/login"
        page = await stranger.get("/login")
        wrong = await stranger.post(
            "/login",
            data={"csrf": _csrf(page), "email": "who@example.com", "password": "x"},
            follow_redirects=True,
        )
        assert "Unknown e-mail" in wrong.text
    for path in (
        "/dashboard/webhooks/save",
        "/dashboard/webhooks/test",
        "/dashboard/webhooks/regenerate",
        "/dashboard/webhooks/00000000-0000-4000-8000-000000000000/retry",
        "/logout",
        "/login",
    ):
        assert (await browser.post(path, data={"csrf": "guess"})).status_code == 403
    headers = (await browser.get("/dashboard")).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/dashboard/transactions", "/dashboard/webhooks"])
@pytest.mark.parametrize("offset", ["", "-1", "abc", "\u00b2", "9" * 30])
async def test_an_unusable_offset_is_the_first_page(
    browser: httpx.AsyncClient, path: str, offset: str
) -> None:
    """
    A mistyped address is never an error page; a superscript two is a digit to Python, not to `int`.
    """
    page = await browser.get(path, params={"offset": offset, "status": "'"})

    assert page.status_code == 200
    assert ">Newer</a>" not in page.text


async def test_deliveries_are_filtered_by_status(
    seller: Merchant, browser: httpx.AsyncClient
) -> None:
    """
    Only the asked status is listed, and an offset past the first page leads back.
    """
    await seller.paid()

    async def delivered() -> str | None:
        text = (await browser.get("/dashboard/webhooks?status=success")).text
        return text if 'data-test-id="webhook-log-item"' in text else None

    listed = await wait_until(delivered)
    shown = re.findall(r'data-test-id="webhook-status"><span class="badge (\w+)"', listed)
    later = await browser.get("/dashboard/webhooks?status=success&offset=20")

    assert set(shown) == {"success"}
    assert "?status=success&amp;offset=0" in later.text


async def test_a_delivery_shows_its_attempts(seller: Merchant, browser: httpx.AsyncClient) -> None:
    """
    The address and the answer of each; an unknown delivery is 404.
    """
    await seller.paid()

    async def delivered() -> str | None:
        text = (await browser.get("/dashboard/webhooks?status=success")).text
        found = re.search(r'data-webhook-id="([0-9a-f-]{36})"', text)
        return found.group(1) if found else None

    delivery_id = await wait_until(delivered)
    page = await browser.get(f"/dashboard/webhooks/{delivery_id}")
    unknown = await browser.get("/dashboard/webhooks/00000000-0000-4000-8000-000000000000")

    assert page.status_code == 200
    assert "Attempt 1" in page.text
    assert "/webhook/" in page.text
    assert "<dd>200</dd>" in page.text
    assert unknown.status_code == 404
