"""
The dashboard's webhooks page.
"""

from conformance.harness import expect
from conformance.harness.channels.announced import Announced
from conformance.harness.channels.merchant import Merchant
from conformance.harness.channels.signing import diagnosed
from conformance.harness.channels.subscription import Subscription
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Inbox
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway

_PAGE = "/dashboard/webhooks"
_HEADINGS = ["Event", "Status", "Attempts", "Last Attempt", "Response Code", "Actions"]


@requirement("PGC-DSH-008", source="contract 1.12")
async def test_configuration_form(merchant: Merchant) -> None:
    """
    /dashboard/webhooks MUST show `webhook-config` with a form, the URL, the secret and the buttons to save, regenerate and test.
    """
    page = await merchant.goes_to(_PAGE)

    await page.sees("webhook-config", "webhook-config-form", "webhook-url-input", "webhook-secret")
    await page.sees("save-webhook-button", "regenerate-secret-button", "test-webhook-button")
    expect.equal(await page.attribute("webhook-url-input", "type"), "url", "the input's type")


@requirement("PGC-DSH-009", source="contract 1.12")
async def test_saved_address_is_used(
    merchant: Merchant, gateway: Gateway, inbox: Inbox, subscription: Subscription
) -> None:
    """
    An address that is typed into `webhook-url-input` and saved MUST be where webhooks go from then on.
    """
    async with subscription.away(gateway, None):
        page = await merchant.goes_to(_PAGE)
        await page.fill(webhook_url_input=str(subscription.home))
        await page.click("save-webhook-button")
        await page.sees("webhook-config")
        payment = await gateway.successful_payment()
        found = await inbox.arrive(payment.id, "payment.success", count=1, within_s=5)

    expect.that(bool(found), "expected the webhook at the address that was saved")


@requirement("PGC-DSH-010", source="contract 1.8, 1.12")
async def test_test_button_sends_a_webhook(
    merchant: Merchant, gateway: Gateway, inbox: Inbox, transcript: Transcript
) -> None:
    """
    `test-webhook-button` MUST send a signed webhook to the merchant's address.
    """
    page = await merchant.goes_to(_PAGE)

    await page.click("test-webhook-button")

    found = await inbox.of_event({"webhook.test", "test.webhook"}, transcript, within_s=8)
    diagnosis = diagnosed(found, gateway.profile, transcript)
    expect.that(diagnosis.valid, f"the signature does not verify: {diagnosis.sentence}")


@requirement("PGC-DSH-011", source="contract 1.12")
async def test_log_is_shown(announced: Announced, merchant: Merchant) -> None:
    """
    /dashboard/webhooks MUST list deliveries in `webhook-logs-table` as `webhook-log-item` with `data-webhook-id` and a cell for each fact.
    """
    del announced
    page = await merchant.goes_to(_PAGE)

    await page.sees("webhook-logs-table", "webhook-log-item")

    row = page.inside("webhook-log-item")
    await row.sees("webhook-event", "webhook-status", "webhook-attempts", "webhook-last-attempt")
    await row.sees("webhook-response-code", "retry-webhook-button")
    named = await page.attribute("webhook-log-item", "data-webhook-id")
    expect.equal(await row.attribute("retry-webhook-button", "data-webhook-id"), named, "the id")


@requirement("PGC-DSH-012", source="contract 1.12")
async def test_log_headings(announced: Announced, merchant: Merchant) -> None:
    """
    The columns of `webhook-logs-table` MUST be Event, Status, Attempts, Last Attempt, Response Code and Actions.
    """
    del announced
    page = await merchant.goes_to(_PAGE)
    await page.sees("webhook-logs-table")

    script = "[...document.querySelectorAll('[data-test-id=webhook-logs-table] th')].map(h => h.textContent.trim())"
    found = await page.run(script)

    kept = [heading for heading in found if heading in _HEADINGS]
    expect.equal(kept, _HEADINGS, "the contract's columns")


@requirement("PGC-DSH-013", source="contract 1.12")
async def test_retry_button_sends_again(merchant: Merchant, gateway: Gateway, inbox: Inbox) -> None:
    """
    `retry-webhook-button` of a delivery MUST send its webhook again.
    """
    payment = await gateway.successful_payment()
    await inbox.about(payment.id, "payment.success")
    before = len(await inbox.all())

    page = await merchant.goes_to(_PAGE)
    await page.click("retry-webhook-button")

    arrived = await inbox.more_than(before, within_s=5)
    expect.that(arrived, "expected a webhook to arrive again")
