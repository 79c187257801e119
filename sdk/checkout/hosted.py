"""
`GET /checkout`: the hosted page, framed by whom the merchant allows.
"""

import json
from typing import Final

import httpx
from jinja2 import Environment
from quart import Blueprint, Response, request

from sdk.checkout.assets import Assets
from sdk.checkout.config import Settings
from sdk.checkout.orders import OrderFacts, Standing, order_facts
from sdk.checkout.policies import PAGE, page_csp, return_csp

_STATUS: Final = {Standing.KNOWN: 200, Standing.MISSING: 404, Standing.UNREACHABLE: 503}
_THEMES: Final = ("light", "dark")
_LANGUAGES: Final = ("en", "hi")


class HostedPage:
    """
    Renders the page and its headers.
    """

    def __init__(self, settings: Settings, assets: Assets, templates: Environment) -> None:
        self._settings = settings
        self._assets = assets
        self._template = templates.get_template("page/checkout.html")
        self._back = templates.get_template("back/back.html").render(assets=assets)
        self._modules = [
            path
            for path in assets.page
            if path.startswith("page/") and path.endswith(".js") and path != "page/main.js"
        ]

    def _config(self, order_id: str, origins: tuple[str, ...], *, is_down: bool) -> str:
        settings = self._settings
        return json.dumps(
            {
                "order_id": order_id,
                "api_url": settings.public_api_url,
                "origins": list(origins),
                "timeout_ms": settings.payment_timeout_s * 1000,
                "test_mode": settings.test_mode,
                "is_down": is_down,
                "locale": request.args.get("locale")
                if request.args.get("locale") in _LANGUAGES
                else None,
            }
        )

    def render(self, order_id: str, facts: OrderFacts) -> Response:
        """
        The page.  A gateway that is away gives a page without a form, so that its frame policy, then unknown, protects nothing.
        """
        settings = self._settings
        origins = facts.origins if facts.origins is not None else settings.frame_ancestors
        theme = request.args.get("theme")
        body = self._template.render(
            assets=self._assets,
            modules=self._modules,
            config=self._config(order_id, origins, is_down=facts.standing is Standing.UNREACHABLE),
            embedded=request.args.get("embedded") == "true",
            test_mode=settings.test_mode,
            theme=theme if theme in _THEMES else None,
        )
        csp = page_csp(
            api_url=settings.public_api_url,
            frame_ancestors=origins,
            challenge_sources=settings.challenge_sources,
        )
        headers = {**PAGE, "Content-Security-Policy": csp}
        return Response(
            body, _STATUS[facts.standing], headers, content_type="text/html; charset=utf-8"
        )

    def render_return(self) -> Response:
        """
        The page that a bank leads back to; the same for every payment.
        """
        headers = {**PAGE, "Content-Security-Policy": return_csp()}
        return Response(self._back, 200, headers, content_type="text/html; charset=utf-8")


def hosted(page: HostedPage, http: httpx.AsyncClient, settings: Settings) -> Blueprint:
    """
    The routes of the hosted page.
    """
    routes = Blueprint("hosted", __name__)

    @routes.get("/checkout")
    async def checkout() -> Response:
        order_id = request.args.get("order_id", "")
        return page.render(order_id, await order_facts(http, settings.api_url, order_id))

    @routes.route("/checkout/return", methods=["GET", "POST"])
    async def come_back() -> Response:
        return page.render_return()

    return routes
