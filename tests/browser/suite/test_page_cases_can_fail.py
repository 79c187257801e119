"""
Browser cases can fail: each passes on a plain page that has everything, and fails on the same page without one thing.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from conformance.cases.checkout import test_hosted_page as hosted_page
from conformance.cases.checkout import test_script as script
from conformance.cases.dashboard import test_dashboard as dashboard
from conformance.cases.dashboard import test_webhooks_page as webhooks_page
from conformance.harness.channels.browser import Surface, Visitor
from conformance.harness.channels.merchant import Merchant
from conformance.harness.channels.pages import PageServer
from conformance.harness.channels.shop import Hosted, Shop
from conformance.harness.evidence import Transcript
from conformance.harness.outcomes import RequirementFailed

pytestmark = pytest.mark.browser


def _elements(*ids: str) -> str:
    return "".join(f'<p data-test-id="{name}">x</p>' for name in ids)


HOSTED = (
    '<main data-test-id="checkout-container"><div data-test-id="order-summary">'
    '<b data-test-id="order-amount">₹500.00</b><i data-test-id="order-id">order_1</i></div>'
    '<button data-test-id="method-card">Card</button><form data-test-id="card-form">'
    '<input data-test-id="card-number-input"><input data-test-id="expiry-input"><input data-test-id="cvv-input">'
    '<input data-test-id="cardholder-name-input"><button data-test-id="pay-button">Pay</button></form></main>'
)
LOGIN = _elements("login-form", "email-input", "password-input", "login-button")
DOCS = _elements(
    "api-docs", "section-create-order", "code-snippet-create-order", "section-sdk-integration", "code-snippet-sdk",
    "section-webhook-verification", "code-snippet-webhook",
)  # fmt: skip
LOG = '<table data-test-id="webhook-logs-table"><tr>' + "".join(
    f"<th>{name}</th>"
    for name in ("Event", "Status", "Attempts", "Last Attempt", "Response Code", "Actions")
)
#: The script of a checkout in its barest form.
SCRIPT = """<script>
window.heard = [];
class PaymentGateway {
  constructor(options) { if (!options.key || !options.orderId) throw new Error("required"); }
  open() {
    if (document.getElementById("payment-gateway-modal")) return;
    document.body.insertAdjacentHTML("beforeend", `<div id="payment-gateway-modal" data-test-id="payment-modal"><div class="modal-overlay">
      <div class="modal-content"><iframe data-test-id="payment-iframe" src="/checkout?order_id=order_1&embedded=true"></iframe>
      <button class="close-button" data-test-id="close-modal-button">×</button></div></div></div>`);
    document.querySelector(".close-button").onclick = () => this.close();
  }
  close() { document.getElementById("payment-gateway-modal").remove(); window.heard.push(["close", null]); }
}
window.PaymentGateway = PaymentGateway;
window.fresh = () => { window.checkout = new PaymentGateway({ key: "k", orderId: "order_1" }); return true; };
</script>"""


async def _hosted(case: Any, visitor: Visitor, url: str) -> None:
    await visitor.open(url)
    await case(Hosted(visitor, "order_1"))


async def _login(case: Any, visitor: Visitor, url: str) -> None:
    await case(visitor, url.removesuffix("/shop"))


async def _merchant(case: Any, visitor: Visitor, url: str) -> None:
    await case(Merchant(visitor, url.removesuffix("/shop")))


async def _log(case: Any, visitor: Visitor, url: str) -> None:
    await case(None, Merchant(visitor, url.removesuffix("/shop")))


async def _shop(case: Any, visitor: Visitor, url: str) -> None:
    await visitor.open(url)
    await case(Shop(visitor, "order_1"))


CASES = {
    "summary": (hosted_page.test_summary_is_shown, _hosted, HOSTED, "order-summary", "gone"),
    "amount": (hosted_page.test_summary_is_shown, _hosted, HOSTED, "₹500.00", "500"),
    "order": (hosted_page.test_summary_is_shown, _hosted, HOSTED, ">order_1<", "><"),
    "card-form": (hosted_page.test_card_form, _hosted, HOSTED, "cvv-input", "cvc-input"),
    "login": (dashboard.test_login_form, _login, LOGIN, "password-input", "password"),
    "docs": (dashboard.test_documentation_page, _merchant, DOCS, "code-snippet-sdk", "sdk"),
    "columns": (webhooks_page.test_log_headings, _log, LOG, "<th>Attempts</th>", ""),
    "script": (script.test_script_is_served, _shop, SCRIPT, "window.PaymentGateway =", "window.Other ="),
    "modal": (script.test_open_adds_the_modal, _shop, SCRIPT, 'class="modal-content"', ""),
    "close-button": (script.test_close_button_closes, _shop, SCRIPT, ".onclick =", ".onblur ="),
    "close-method": (script.test_close_method_closes, _shop, SCRIPT, 'window.heard.push(["close", null]);', ""),
    "open-twice": (script.test_open_twice_shows_one_modal, _shop, SCRIPT, "if (document.getEl", "if (!document.getEl"),
}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Visitor]:
    """
    A page, with little patience.
    """
    monkeypatch.setattr(Surface, "patience_s", 1.0)
    context = await browser.new_context()
    yield Visitor(await context.new_page(), Transcript())
    await context.close()


@pytest.mark.parametrize("name", CASES)
async def test_page_case_can_fail(name: str, visitor: Visitor) -> None:
    """
    Right passes, spoilt fails.
    """
    case, look, right, old, new = CASES[name]
    assert old in right
    async with PageServer() as pages:
        pages.html = f"<!doctype html><meta charset=utf-8>{right}"
        await look(case, visitor, pages.url)

        pages.html = pages.html.replace(old, new)
        with pytest.raises(RequirementFailed):
            await look(case, visitor, pages.url)
