"""
The hosted checkout page.
"""

from conformance.harness import expect
from conformance.harness.channels.browser import Visitor
from conformance.harness.channels.shop import Hosted, pay_by_card, pay_by_upi
from conformance.harness.requirements import requirement
from conformance.harness.target import CARD, Gateway
from conformance.harness.verdict import Level

_NOBODY = "order_0000000000000000"


@requirement("PGC-CHK-014", source="contract 1.11")
async def test_summary_is_shown(hosted: Hosted) -> None:
    """
    The hosted page MUST show `checkout-container`, `order-summary`, `order-amount` and `order-id`.
    """
    page = hosted.visitor

    await page.sees("checkout-container", "order-summary", "order-amount", "order-id")

    expect.that(hosted.order_id in await page.text("order-id"), "expected the order's id")
    expect.equal(await page.text("order-amount"), "₹500.00", "order-amount")


@requirement("PGC-CHK-015", source="contract 1.11")
async def test_upi_form(hosted: Hosted) -> None:
    """
    Choosing `method-upi` of `payment-methods` MUST show `upi-form` with `vpa-input` and `pay-button`.
    """
    page = hosted.visitor
    await page.sees("payment-methods")

    await page.click("method-upi")

    await page.sees("upi-form", "vpa-input", "pay-button")
    expect.equal(await page.attribute("method-upi", "data-method"), "upi", "data-method")


@requirement("PGC-CHK-016", source="contract 1.11")
async def test_card_form(hosted: Hosted) -> None:
    """
    Choosing `method-card` MUST show `card-form` with inputs for number, expiry, CVV and the cardholder's name.
    """
    page = hosted.visitor

    await page.click("method-card")

    await page.sees("card-form", "card-number-input", "expiry-input", "cvv-input")
    await page.sees("cardholder-name-input", "pay-button")


@requirement("PGC-CHK-017", source="contract 1.11")
async def test_upi_payment_succeeds(hosted: Hosted, gateway: Gateway) -> None:
    """
    A UPI payment on the hosted page MUST end at `success-state` with `payment-id` and `success-message`.
    """
    page = hosted.visitor

    await pay_by_upi(page, "success@bank")

    await page.sees("success-state", "payment-id", "success-message", within_s=15)
    answer = await gateway.get("payment", payment_id=await page.text("payment-id"))
    expect.fields(answer, {"order_id": hosted.order_id, "status": "success"})


@requirement("PGC-CHK-018", source="contract 1.11")
async def test_card_payment_succeeds(hosted: Hosted, gateway: Gateway) -> None:
    """
    A card payment on the hosted page MUST end at `success-state` with `payment-id`.
    """
    page = hosted.visitor

    await pay_by_card(page, number=CARD["number"], expiry="12/35", cvv="123", name="Asha Rao")

    await page.sees("success-state", "payment-id", within_s=15)
    answer = await gateway.get("payment", payment_id=await page.text("payment-id"))
    expect.fields(answer, {"order_id": hosted.order_id, "method": "card"})


@requirement("PGC-CHK-019", source="contract 1.11")
async def test_processing_is_in_the_page(hosted: Hosted) -> None:
    """
    The hosted page MUST have `processing-state` with `processing-message`.
    """
    await pay_by_upi(hosted.visitor, "success@bank")

    await hosted.visitor.has("processing-state", "processing-message")


@requirement("PGC-CHK-020", source="contract 1.11", needs=("decline_vpa",))
async def test_failed_payment_can_be_tried_again(hosted: Hosted) -> None:
    """
    A declined payment on the hosted page MUST end at `error-state` with `error-message` and a `retry-button` that leads back to the form.
    """
    page = hosted.visitor

    await pay_by_upi(page, "failure@bank")

    await page.sees("error-state", "error-message", "retry-button", within_s=15)
    await page.click("retry-button")
    await page.sees("payment-methods")


@requirement("PGC-CHK-021", source="contract 1.11")
async def test_malformed_vpa_is_not_paid(hosted: Hosted, gateway: Gateway) -> None:
    """
    A malformed UPI address on the hosted page SHOULD NOT cause a payment.
    """
    await pay_by_upi(hosted.visitor, "no-handle")

    page = await gateway.get("payments", query="limit=20&offset=0")
    made = [row for row in expect.rows(page) if row.get("order_id") == hosted.order_id]
    expect.equal(made, [], "the order's payments")


@requirement("PGC-CHK-022", source="contract 1.11")
async def test_unknown_order_is_said(visitor: Visitor, checkout_url: str) -> None:
    """
    The hosted page of an unknown order SHOULD say so in `error-message`.
    """
    await visitor.open(f"{checkout_url}/checkout?order_id={_NOBODY}")

    await visitor.sees("error-message")


@requirement("PGC-CHK-023", source="contract 1.5.2; reliability 4 L 127", level=Level.SAFETY)
async def test_card_data_does_not_stay(hosted: Hosted) -> None:
    """
    After a card payment neither the page's address nor the browser's storage MUST ever hold the card number.
    """
    page = hosted.visitor
    await pay_by_card(page, number=CARD["number"], expiry="12/35", cvv="123", name="Asha Rao")
    await page.sees("success-state", within_s=15)

    kept = (await hosted.kept_by_the_browser()).replace(" ", "")

    expect.that(CARD["number"] not in kept, "expected no card number in address or storage")


@requirement("PGC-CHK-024", source="contract 1.10")
async def test_page_fits_a_phone(hosted: Hosted) -> None:
    """
    On a screen 360 pixels wide the hosted page SHOULD fit without scrolling sideways.
    """
    await hosted.visitor.resize(360, 640)
    await hosted.visitor.sees("payment-methods")

    wide = await hosted.visitor.run("document.documentElement.scrollWidth")

    expect.that(wide <= 360, f"expected the page to fit 360 pixels, it is {wide} wide")
