"""
A merchant's page with the checkout's script, for one order.
"""

import asyncio
import json
from typing import Final

from conformance.harness.channels.browser import Surface, Visitor
from conformance.harness.channels.pages import PageServer
from conformance.harness.outcomes import Blocked

#: What a page in another window, or the merchant's own, might say; orderId and paymentId look real.
_FORGED: Final = """type => window.postMessage({type, data: {paymentId: "pay_0000000000000000", orderId: "%s"}}, "*")"""
#: Seconds in which a forged message would have been believed.
_BELIEF_S: Final = 0.3

#: `fresh(options)` makes a checkout, `heard` is what its callbacks were told.
_PAGE: Final = """<!doctype html><meta charset="utf-8"><title>Shop</title><p>A merchant's page.</p>
<script>
window.heard = [];
window.fresh = (options) => {{
  window.checkout = new PaymentGateway({{
    key: {key}, orderId: {order_id},
    onSuccess: (r) => window.heard.push(["success", r && r.paymentId]),
    onFailure: (e) => window.heard.push(["failure", String(e && (e.description || e.message || e.code || e))]),
    onClose: () => window.heard.push(["close", null]),
    ...options,
  }});
  return true;
}};
</script>
<script src="{script}"></script>"""


class Shop:
    """
    The page, the order, and the moves of its payer.
    """

    @classmethod
    async def opened(
        cls, visitor: Visitor, pages: PageServer, *, script: str, key: str, order_id: str
    ) -> "Shop":
        """
        Open the page with the checkout's script on it.
        """
        pages.html = _PAGE.format(script=script, key=json.dumps(key), order_id=json.dumps(order_id))
        await visitor.open(pages.url)
        await visitor.page.wait_for_load_state("load")
        return cls(visitor, order_id)

    async def has_script(self) -> bool:
        """
        Whether the script has defined `PaymentGateway`.
        """
        return bool(await self.visitor.run("typeof window.PaymentGateway === 'function'"))

    def __init__(self, visitor: Visitor, order_id: str) -> None:
        self.visitor = visitor
        self.order_id = order_id

    @property
    def frame(self) -> Surface:
        """
        The hosted page inside the modal.
        """
        return self.visitor.frame("payment-iframe")

    async def complaint_about(self, options: str) -> bool:
        """
        Whether a checkout with these options alone is complained about when it is made or opened.
        """
        if not await self.has_script():
            raise Blocked("the script does not define PaymentGateway")
        said: list[str] = []
        self.visitor.page.on("console", lambda message: said.append(message.type))
        thrown = await self.visitor.run(
            f"(() => {{ try {{ new PaymentGateway({options}).open(); return false }} catch (e) {{ return true }} }})()"
        )
        return bool(thrown) or "error" in said

    async def open_checkout(self) -> None:
        """
        Make a checkout for the order and open it; fails when no modal shows.
        """
        if not await self.has_script():
            raise Blocked("the script does not define PaymentGateway")
        await self.visitor.run("window.fresh({}) && window.checkout.open()")
        await self.visitor.sees("payment-modal", "payment-iframe", "close-modal-button")

    async def pay_by_upi(self, vpa: str) -> None:
        """
        Choose UPI in the modal, type the address and pay.
        """
        await pay_by_upi(self.frame, vpa)

    async def forge(self, message: str) -> None:
        """
        Post a message to the merchant's page that is not the checkout's, and give it the time to be believed.
        """
        await self.visitor.page.evaluate(_FORGED % self.order_id, message)
        await asyncio.sleep(_BELIEF_S)


async def pay_by_upi(surface: Surface, vpa: str) -> None:
    """
    Choose UPI, type the address and pay.
    """
    await surface.click("method-upi")
    await surface.fill(vpa_input=vpa)
    await surface.click("pay-button")


async def pay_by_card(surface: Surface, *, number: str, expiry: str, cvv: str, name: str) -> None:
    """
    Choose card, type everything and pay.
    """
    await surface.click("method-card")
    await surface.fill(
        card_number_input=number, expiry_input=expiry, cvv_input=cvv, cardholder_name_input=name
    )
    await surface.click("pay-button")


class Hosted:
    """
    The hosted page of an order, opened by itself.
    """

    def __init__(self, visitor: Visitor, order_id: str) -> None:
        self.visitor = visitor
        self.order_id = order_id

    async def kept_by_the_browser(self) -> str:
        """
        Everything the page has put where it stays: address, history, storage, cookies.
        """
        stored = await self.visitor.run(
            "JSON.stringify([location.href, {...localStorage}, {...sessionStorage}, document.cookie, history.state])"
        )
        return str(stored)
