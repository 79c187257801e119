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
from tests.browser.suite.barest import (
    DOCS,
    HOME,
    HOSTED,
    LOG,
    LOGIN,
    SHOP,
    STRANGER,
    TRANSACTIONS,
    WEBHOOKS,
)
from tests.browser.suite.stand_ins import Parties

pytestmark = pytest.mark.browser
MODAL = SHOP + HOSTED


async def _given(case: Any, visitor: Visitor, url: str) -> dict[str, Any]:
    """
    What the case asks for, by the names of its arguments.
    """
    root, parties = url.removesuffix("/shop"), Parties(visitor)
    known = {
        "visitor": visitor,
        "checkout_url": root,
        "dashboard_url": root,
        "hosted": Hosted(visitor, "order_1"),
        "shop": Shop(visitor, "order_1"),
        "merchant": Merchant(visitor, root),
        "options": '{key: "k"}',
        "announced": None,
        "transcript": Transcript(),
        **dict.fromkeys(("gateway", "inbox", "subscription"), parties),
    }
    names = case.__code__.co_varnames[: case.__code__.co_argcount]
    return {name: known[name] for name in names}


#: The case, the page that is right, what is replaced in it by what, and words of the reason.
CASES: dict[str, tuple[Any, str, str, str, str]] = {
    "summary": (hosted_page.test_summary_is_shown, HOSTED, "order-summary", "gone", "order-summary"),
    "amount": (hosted_page.test_summary_is_shown, HOSTED, "₹500.00", "500", "order-amount to be '₹500.00'"),
    "order": (hosted_page.test_summary_is_shown, HOSTED, ">order_1<", ">order_2<", "order's id"),
    "upi-form": (hosted_page.test_upi_form, HOSTED, 'data-method="upi"', 'data-method="vpa"', "data-method to be 'upi'"),
    "card-form": (hosted_page.test_card_form, HOSTED, "cvv-input", "cvc-input", "cvv-input"),
    "other-payment": (hosted_page.test_upi_payment_succeeds, HOSTED, ">pay_1<", ">pay_2<", "expected a member order_id"),
    "other-method": (hosted_page.test_card_payment_succeeds, HOSTED, "method });", 'method: "upi" });', "method to be 'card'"),
    "processing": (hosted_page.test_processing_is_in_the_page, HOSTED, "processing-message", "moment", "processing-message"),
    "no-way-back": (hosted_page.test_failed_payment_can_be_tried_again, HOSTED, "onclick=\"show('payment-methods')\"", "", "payment-methods"),
    "pays-anyone": (hosted_page.test_malformed_vpa_is_not_paid, HOSTED, "[a-z]+@[a-z]+", ".*", r"payments to be \[\]"),
    "unknown-order": (hosted_page.test_unknown_order_is_said, HOSTED, 'show("error-state");\n', "show();\n", "error-message"),
    "keeps-the-card": (hosted_page.test_card_data_does_not_stay, HOSTED, "window.top.made.push", 'localStorage.last = at("card-number-input").value; window.top.made.push', "no card number"),
    "wide-page": (hosted_page.test_page_fits_a_phone, HOSTED, "<main", '<main style="width: 640px"', "it is 6.. wide"),
    "script": (script.test_script_is_served, MODAL, "window.PaymentGateway =", "window.Other =", "window.PaymentGateway"),
    "no-order": (script.test_required_options_are_checked, MODAL, " || !options.orderId", "", "complaint about"),
    "modal": (script.test_open_adds_the_modal, MODAL, 'class="modal-content"', "", "iframes and close buttons"),
    "not-embedded": (script.test_iframe_shows_the_hosted_page, MODAL, "&embedded=true", "", "embedded=true"),
    "key-in-address": (script.test_no_key_in_the_address, MODAL, "&embedded", "&key=${this.options.key}&embedded", "no API key"),
    "close-button": (script.test_close_button_closes, MODAL, ".onclick =", ".onblur =", "payment-modal to go away"),
    "close-method": (script.test_close_method_closes, MODAL, "this.options.onClose();", "", "the close callback"),
    "stays-open": (script.test_success_is_told, MODAL, "(data.data);\n      this.close();", "(data.data);", "payment-modal to go away"),
    "closes-on-failure": (script.test_failure_is_told, MODAL, "(data.data); return; }", "(data.data); this.close(); return; }", "payment-modal"),
    "believes-anyone": (script.test_forged_success_is_ignored, MODAL, "if (source !== frame) return;", "", r"callbacks to be \[\]"),
    "open-twice": (script.test_open_twice_shows_one_modal, MODAL, "if (document.getEl", "if (!document.getEl", "payment-modal|modals"),
    "tells-twice": (
        script.test_reopened_checkout_tells_once, MODAL, 'document.querySelector(".close-button").onclick =',
        "document.onclick = ((before) => () => { before?.(); this.close(); })(document.onclick); const unused =", "the callbacks to be",
    ),
    "wide-modal": (script.test_modal_fits_a_phone, MODAL, 'class="modal-content"', 'class="modal-content" style="width: 640px"', "it is 6.. wide"),
    "login": (dashboard.test_login_form, LOGIN, "password-input", "password", "password-input"),
    "other-key": (dashboard.test_credentials_are_shown, HOME, ">key_test_abc123<", ">key<", "api-key to be"),
    "open-secret": (dashboard.test_dashboard_needs_a_login, STRANGER, "Please log in", "secret_test_xyz789", "no API secret"),
    "counts-nothing": (dashboard.test_statistics_are_shown, HOME, "1,204", "0", "total-transactions"),
    "other-row": (dashboard.test_transactions_are_listed, TRANSACTIONS, 'data-payment-id="pay_1"', "", "rows of the payment"),
    "other-cell": (dashboard.test_transaction_cells, TRANSACTIONS, ">order_1<", "><", "order-id to be"),
    "docs": (dashboard.test_documentation_page, DOCS, "code-snippet-sdk", "sdk", "code-snippet-sdk"),
    "text-input": (webhooks_page.test_configuration_form, WEBHOOKS, 'type="url"', 'type="text"', "type to be 'url'"),
    "saves-nothing": (webhooks_page.test_saved_address_is_used, WEBHOOKS, "saved = doc", "doc", "address that was saved"),
    "signs-a-test-otherwise": (webhooks_page.test_test_button_sends_a_webhook, WEBHOOKS, "whsec_test_abc123", "secret", "does not verify"),
    "retries-another": (webhooks_page.test_log_is_shown, WEBHOOKS, 'retry-webhook-button" data-webhook-id="log_1"', 'retry-webhook-button" data-webhook-id="2"', "the id to be"),
    "columns": (webhooks_page.test_log_headings, LOG, "<th>Attempts</th>", "", "columns"),
    "retries-nothing": (webhooks_page.test_retry_button_sends_again, WEBHOOKS, "again = true", "", "arrive again"),
}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browser: Browser) -> AsyncIterator[Visitor]:
    """
    A page.
    """
    context = await browser.new_context()
    yield Visitor(await context.new_page(), Transcript())
    await context.close()


@pytest.mark.parametrize("name", CASES)
async def test_page_case_can_fail(
    name: str, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Right passes, spoilt fails, in words that say what is wrong; there with little patience.
    """
    case, right, old, new, words = CASES[name]
    assert old in right
    async with PageServer() as pages:
        pages.html = f"<!doctype html><meta charset=utf-8>{right}"
        await visitor.open(pages.url)
        await case(**await _given(case, visitor, pages.url))

        monkeypatch.setattr(Surface, "patience_s", 1.0)
        pages.html = pages.html.replace(old, new)
        await visitor.open(pages.url)
        with pytest.raises(RequirementFailed, match=words):
            await case(**await _given(case, visitor, pages.url))
