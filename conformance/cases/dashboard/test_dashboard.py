"""
The merchant's dashboard.
"""

from conformance.harness import expect
from conformance.harness.channels.browser import Visitor
from conformance.harness.channels.merchant import Merchant
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-DSH-001", source="contract 1.12")
async def test_login_form(visitor: Visitor, dashboard_url: str) -> None:
    """
    /login MUST show `login-form` with `email-input`, `password-input` and `login-button`.
    """
    await visitor.open(f"{dashboard_url}/login")

    await visitor.sees("login-form", "email-input", "password-input", "login-button")


@requirement("PGC-DSH-002", source="contract 1.12")
async def test_credentials_are_shown(merchant: Merchant, gateway: Gateway) -> None:
    """
    After login with any password /dashboard MUST show `api-credentials` with `api-key` and `api-secret`.
    """
    page = await merchant.goes_to("/dashboard")

    await page.sees("dashboard", "api-credentials", "api-key", "api-secret")

    expect.equal(await page.text("api-key"), gateway.profile.auth["key"], "api-key")


@requirement("PGC-DSH-003", source="contract 1.12", level=Level.SAFETY)
async def test_dashboard_needs_a_login(
    visitor: Visitor, dashboard_url: str, gateway: Gateway
) -> None:
    """
    Without a login /dashboard MUST NOT show the API secret.
    """
    await visitor.open(f"{dashboard_url}/dashboard")

    shown = await visitor.run("document.documentElement.outerHTML")

    expect.that(gateway.profile.auth["secret"] not in shown, "expected no API secret")


@requirement("PGC-DSH-004", source="contract 1.12")
async def test_statistics_are_shown(merchant: Merchant, gateway: Gateway) -> None:
    """
    /dashboard MUST show `stats-container` with `total-transactions`, `total-amount` and `success-rate`.
    """
    await gateway.successful_payment()

    page = await merchant.goes_to("/dashboard")

    await page.sees("stats-container", "total-transactions", "total-amount", "success-rate")
    count = (await page.text("total-transactions")).replace(",", "")
    expect.matches(count, "[1-9][0-9]*", "total-transactions")


@requirement("PGC-DSH-005", source="contract 1.12")
async def test_transactions_are_listed(merchant: Merchant, gateway: Gateway) -> None:
    """
    /dashboard/transactions MUST list a new payment as a `transaction-row` with its `data-payment-id`.
    """
    payment = await gateway.successful_payment()

    page = await merchant.goes_to("/dashboard/transactions")

    await page.sees("transactions-table", "transaction-row")
    count = await page.matching(f'[data-test-id=transaction-row][data-payment-id="{payment.id}"]')
    expect.equal(count, 1, "the number of rows of the payment")


@requirement("PGC-DSH-006", source="contract 1.12")
async def test_transaction_cells(merchant: Merchant, gateway: Gateway) -> None:
    """
    A `transaction-row` MUST hold `payment-id`, `order-id`, `amount`, `method`, `status` and `created-at`.
    """
    payment = await gateway.successful_payment()

    page = await merchant.goes_to("/dashboard/transactions")

    row = page.inside("transaction-row")
    await row.sees("payment-id", "order-id", "amount", "method", "status", "created-at")
    expect.equal(await row.text("payment-id"), payment.id, "payment-id")
    expect.equal(await row.text("order-id"), payment.order_id, "order-id")
    expect.equal(await row.text("status"), "success", "status")


@requirement("PGC-DSH-007", source="contract 1.12")
async def test_documentation_page(merchant: Merchant) -> None:
    """
    /dashboard/docs MUST show `api-docs` with sections and snippets for orders, the SDK and webhook verification.
    """
    page = await merchant.goes_to("/dashboard/docs")

    await page.sees("api-docs", "section-create-order", "code-snippet-create-order")
    await page.sees("section-sdk-integration", "code-snippet-sdk")
    await page.sees("section-webhook-verification", "code-snippet-webhook")
