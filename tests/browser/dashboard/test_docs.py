"""
The checkout snippet of the docs page, in a shop.
"""

import contextlib

import httpx
import pytest
from playwright.async_api import Page, expect
from quart import Quart, Response

from tests.browser.serving import port_of, reserve, served
from tests.merchant import Merchant, wait_until

pytestmark = pytest.mark.browser


async def test_sdk_snippet_opens_the_checkout(seller: Merchant, page: Page) -> None:
    """
    Pasted into a page of somebody's shop with a real order, it shows the payment window.
    """
    await page.goto("/dashboard/docs")
    snippet = await page.get_by_test_id("code-snippet-sdk").inner_text()
    order_id = await seller.order()
    shop = Quart("shop")

    @shop.get("/")
    async def show() -> Response:
        text = snippet.replace("order_xyz", order_id)
        icon = '<link rel="icon" href="data:,">'
        return Response(
            f"<!doctype html><title>Shop</title>{icon}<body><h1>Shop</h1>{text}",
            content_type="text/html",
        )

    listening = reserve()
    address = f"http://127.0.0.1:{port_of(listening)}/"
    async with served(shop, listening):

        async def listens() -> bool | None:
            async with httpx.AsyncClient(trust_env=False) as http:
                with contextlib.suppress(httpx.ConnectError):
                    return (await http.get(address)).is_success or None
            return None

        await wait_until(listens, what="the shop")
        await page.goto(address)
        await expect(page.get_by_test_id("payment-modal")).to_be_visible()
        frame = await page.get_by_test_id("payment-iframe").get_attribute("src")

    assert frame is not None
    assert order_id in frame
