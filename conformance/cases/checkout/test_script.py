"""
The script for the merchant's page.
"""

import pytest

from conformance.harness import expect
from conformance.harness.channels.shop import Shop
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-CHK-001", source="contract 1.1, 1.10")
async def test_script_is_served(shop: Shop) -> None:
    """
    GET /checkout.js of the checkout MUST be a script that defines `window.PaymentGateway`.
    """
    defined = await shop.has_script()

    expect.that(defined, "expected the script to define window.PaymentGateway")


@requirement("PGC-CHK-002", source="contract 1.10")
@pytest.mark.parametrize(
    "options",
    [pytest.param('{orderId: "order_0"}', id="key"), pytest.param('{key: "k"}', id="orderId")],
)
async def test_required_options_are_checked(shop: Shop, options: str) -> None:
    """
    `new PaymentGateway` without `key` or `orderId` MUST complain, by an exception or on the console.
    """
    complaint = await shop.complaint_about(options)

    expect.that(complaint, f"expected a complaint about {options}")


@requirement("PGC-CHK-003", source="contract 1.10")
async def test_open_adds_the_modal(shop: Shop) -> None:
    """
    `open()` MUST add `div#payment-gateway-modal[data-test-id=payment-modal]` with an overlay, a content box, the iframe and the close button.
    """
    await shop.open_checkout()

    path = "div#payment-gateway-modal[data-test-id=payment-modal] .modal-overlay .modal-content"
    frames = await shop.visitor.matching(f"{path} iframe[data-test-id=payment-iframe]")
    buttons = await shop.visitor.matching(f"{path} button[data-test-id=close-modal-button]")
    expect.equal([frames, buttons], [1, 1], "the number of iframes and close buttons in the modal")


@requirement("PGC-CHK-004", source="contract 1.10")
async def test_iframe_shows_the_hosted_page(shop: Shop, checkout_url: str) -> None:
    """
    The iframe's address MUST be the checkout's page with `order_id` and `embedded=true`.
    """
    await shop.open_checkout()

    source = await shop.visitor.attribute("payment-iframe", "src")

    wanted = (checkout_url, "/checkout", f"order_id={shop.order_id}", "embedded=true")
    missing = [part for part in wanted if part not in str(source)]
    expect.that(not missing, f"expected {missing} in the iframe's address, got {source}")


@requirement("PGC-CHK-005", source="wild-bugs M55", level=Level.SAFETY)
async def test_no_key_in_the_address(shop: Shop, gateway: Gateway) -> None:
    """
    The iframe's address SHOULD NOT carry the API key.
    """
    await shop.open_checkout()

    source = str(await shop.visitor.attribute("payment-iframe", "src"))

    key = gateway.profile.auth["key"]
    expect.that(key not in source, "expected no API key in the iframe's address")


@requirement("PGC-CHK-006", source="contract 1.10")
async def test_close_button_closes(shop: Shop) -> None:
    """
    The close button MUST remove the modal from the page and call `onClose`.
    """
    await shop.open_checkout()
    await shop.visitor.rests()

    await shop.visitor.click("close-modal-button")

    await shop.visitor.loses("payment-modal")
    await shop.visitor.hears("close")


@requirement("PGC-CHK-007", source="contract 1.10")
async def test_close_method_closes(shop: Shop) -> None:
    """
    `close()` MUST remove the modal from the page and call `onClose`.
    """
    await shop.open_checkout()

    await shop.visitor.run("window.checkout.close()")

    await shop.visitor.loses("payment-modal")
    await shop.visitor.hears("close")


@requirement("PGC-CHK-008", source="contract 1.10")
async def test_success_is_told(shop: Shop, gateway: Gateway) -> None:
    """
    A payment that succeeds in the modal MUST call `onSuccess` with `paymentId`, remove the modal and call `onClose`.
    """
    await shop.open_checkout()
    await shop.pay_by_upi("success@bank")

    payment_id = await shop.visitor.hears("success", within_s=15)

    await shop.visitor.loses("payment-modal")
    expect.equal(await shop.visitor.heard(), ["success", "close"], "the callbacks")
    answer = await gateway.get("payment", payment_id=str(payment_id))
    expect.fields(answer, {"order_id": shop.order_id, "status": "success"})


@requirement("PGC-CHK-009", source="contract 1.10", needs=("decline_vpa",))
async def test_failure_is_told(shop: Shop) -> None:
    """
    A payment that fails in the modal MUST call `onFailure` and leave the modal open for another try.
    """
    await shop.open_checkout()
    await shop.pay_by_upi("failure@bank")

    await shop.visitor.hears("failure", within_s=15)

    await shop.visitor.sees("payment-modal")
    expect.equal(await shop.visitor.heard(), ["failure"], "the callbacks")


@requirement("PGC-CHK-010", source="wild-bugs M54; reliability 4 L 120", level=Level.SAFETY)
async def test_forged_success_is_ignored(shop: Shop) -> None:
    """
    A `payment_success` message that does not come from the checkout's own page SHOULD NOT call `onSuccess`.
    """
    await shop.open_checkout()

    await shop.forge("payment_success")

    expect.equal(await shop.visitor.heard(), [], "the callbacks")


@requirement("PGC-CHK-011", source="wild-bugs M54")
async def test_open_twice_shows_one_modal(shop: Shop) -> None:
    """
    A second `open()` SHOULD NOT show a second modal.
    """
    await shop.open_checkout()
    await shop.visitor.run("window.checkout.open()")

    count = await shop.visitor.count("payment-modal")

    expect.equal(count, 1, "the number of modals")


@requirement("PGC-CHK-012", source="wild-bugs M54")
async def test_reopened_checkout_tells_once(shop: Shop) -> None:
    """
    After close and open again each callback SHOULD be called once.
    """
    await shop.open_checkout()
    await shop.visitor.run("window.checkout.close()")
    await shop.visitor.hears("close")
    await shop.open_checkout()

    await shop.visitor.click("close-modal-button")

    await shop.visitor.loses("payment-modal")
    expect.equal(await shop.visitor.heard(), ["close", "close"], "the callbacks")


@requirement("PGC-CHK-013", source="contract 1.10")
async def test_modal_fits_a_phone(shop: Shop) -> None:
    """
    On a screen 360 pixels wide the modal SHOULD fit without scrolling sideways.
    """
    await shop.visitor.resize(360, 640)

    await shop.open_checkout()

    wide = await shop.visitor.run("document.documentElement.scrollWidth")
    expect.that(wide <= 360, f"expected the page to fit 360 pixels, it is {wide} wide")
