"""
`GET /demo`: a small shop that a newcomer opens first.  Its secret key stays in this process.
"""

import json
from typing import Any, Final

import httpx
from jinja2 import Environment
from quart import Blueprint, Response, redirect, request
from quart.typing import ResponseReturnValue

from sdk.checkout.assets import Assets
from sdk.checkout.config import Settings
from sdk.checkout.merchant import Merchant, ShopProblem
from sdk.checkout.policies import PAGE, demo_csp, is_other_spelling

#: Two cups, in paise.
_AMOUNT_MINOR: Final = 124_900
_CURRENCY: Final = "INR"
_PRICE: Final = f"₹{_AMOUNT_MINOR // 100:,}.{_AMOUNT_MINOR % 100:02d}"
_SHOWN: Final = (
    "id", "order_id", "amount", "currency", "method", "status", "captured", "error_code", "error_description",
)  # fmt: skip
_AFTER_MAX: Final = 2**53
_ID_LENGTH_MAX: Final = 64
_JSON: Final = "application/json"


class BadQuestion(ValueError):
    """
    A request to the shop's own server that the page would not send.
    """


class Demo:
    """
    The shop: its merchant's server and its one product.
    """

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self.merchant = Merchant(
            http,
            api_url=settings.api_url,
            receiver_url=settings.receiver_url,
            key=settings.api_key,
            secret=settings.api_secret,
        )
        self._key = settings.api_key

    async def order(self) -> dict[str, object]:
        """
        What the page needs to open the checkout and to watch for webhooks.
        """
        place = await self.merchant.webhook_place()
        after = 0 if place.inbox is None else await self.merchant.last_seq(place.inbox)
        order = await self.merchant.create_order(
            amount_minor=_AMOUNT_MINOR, currency=_CURRENCY, receipt="demo"
        )
        return {
            "order": order,
            "key": self._key,
            "webhook_url": place.url,
            "inbox": place.inbox,
            "after": after,
        }

    async def confirmation(self, claim: dict[str, Any]) -> dict[str, object]:
        """
        What the server knows of the payment that the browser claims.
        """
        payment_id, order_id = _id(claim, "paymentId"), _id(claim, "orderId")
        payment = await self.merchant.payment(payment_id)
        if payment.get("order_id") != order_id:
            raise BadQuestion("the payment belongs to another order")
        verdict = await self.merchant.signature_verdict(
            claim.get("signature"), order_id=order_id, payment_id=payment_id
        )
        shown = {name: payment[name] for name in _SHOWN if name in payment}
        return {"payment": shown, "signature": verdict}

    async def webhooks(self) -> dict[str, object]:
        """
        The deliveries of one order so far, by long poll.
        """
        after = request.args.get("after", "0")
        if not after.isascii() or not after.isdigit() or int(after) > _AFTER_MAX:
            raise BadQuestion("after must be a whole number")
        order_id, inbox = _id(request.args, "order_id"), _id(request.args, "inbox")
        newest, found = await self.merchant.webhooks(inbox, after=int(after), order_id=order_id)
        return {"after": newest, "webhooks": found}


def _id(fields: Any, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _ID_LENGTH_MAX:
        raise BadQuestion(f"{name} must be a text of 1 to {_ID_LENGTH_MAX} characters")
    return value


async def _body() -> dict[str, Any]:
    """
    The request's JSON object.  Other content types are refused: a form on another site cannot send this one.
    """
    if request.mimetype != _JSON:
        raise BadQuestion(f"Content-Type must be {_JSON}")
    document = await request.get_json(silent=True)
    if not isinstance(document, dict):
        raise BadQuestion("the body must be a JSON object")
    return document


def _answer(document: object, status: int = 200) -> Response:
    return Response(json.dumps(document), status, content_type=_JSON)


def demo(shop: Demo, settings: Settings, assets: Assets, templates: Environment) -> Blueprint:
    """
    The routes of the demo shop.
    """
    routes = Blueprint("demo", __name__)
    page = templates.get_template("demo/demo.html").render(
        assets=assets,
        sdk=assets.sdk["checkout.js"],
        price=_PRICE,
        dashboard_url=settings.dashboard_url,
        receiver_url=settings.public_receiver_url,
    )

    @routes.get("/demo")
    async def show() -> ResponseReturnValue:
        # The gateway answers the pages of one origin only: the shop moves there.
        if is_other_spelling(request.host, settings.checkout_url):
            return redirect(f"{settings.checkout_url}/demo", 307)
        headers = {**PAGE, "Content-Security-Policy": demo_csp(), "X-Frame-Options": "DENY"}
        return Response(page, 200, headers, content_type="text/html; charset=utf-8")

    @routes.post("/demo/orders")
    async def create_order() -> Response:
        await _body()
        return _answer(await shop.order(), 201)

    @routes.post("/demo/confirmations")
    async def confirm() -> Response:
        return _answer(await shop.confirmation(await _body()))

    @routes.get("/demo/webhooks")
    async def webhooks() -> Response:
        return _answer(await shop.webhooks())

    @routes.errorhandler(BadQuestion)
    async def on_bad_question(error: BadQuestion) -> Response:
        return _answer({"error": {"code": "BAD_REQUEST_ERROR", "description": str(error)}}, 400)

    @routes.errorhandler(ShopProblem)
    async def on_problem(error: ShopProblem) -> Response:
        return _answer({"error": {"code": "UPSTREAM_ERROR", "description": str(error)}}, 502)

    return routes
