"""
Golden copies of the security headers.  A change here is a change of what docs/checkout.md promises; source: reliability 4 L, 116 and 128.
"""

import re
from typing import Final

import pytest
from quart.typing import TestClientProtocol as Client

_PLAIN: Final = ("content-length", "content-type", "date", "etag", "location")
_EVERYWHERE: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), usb=()",
}
_CLOSED: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGE: Final = {
    **_EVERYWHERE,
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_CHECKOUT: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src http://api.example; "
    "frame-src 'self' http://bank.example; form-action 'self'; base-uri 'none'; frame-ancestors "
)
_LOOPBACK: Final = "'self' http://localhost:* http://127.0.0.1:*"
_FILE: Final = {
    **_EVERYWHERE,
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "content-security-policy": _CLOSED,
}
_DATA: Final = {**_EVERYWHERE, "cache-control": "no-store", "content-security-policy": _CLOSED}
_DEMO: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_BACK: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors http: https:"
)

_GOLDEN: Final = {
    "/checkout?order_id=order_listed": (
        200,
        {**_PAGE, "content-security-policy": _CHECKOUT + "https://shop.example"},
    ),
    "/checkout?order_id=order_plain&embedded=true": (
        200,
        {**_PAGE, "content-security-policy": _CHECKOUT + _LOOPBACK},
    ),
    "/checkout?order_id=order_unknown": (
        404,
        {**_PAGE, "content-security-policy": _CHECKOUT + _LOOPBACK},
    ),
    "/checkout": (404, {**_PAGE, "content-security-policy": _CHECKOUT + _LOOPBACK}),
    "/checkout?order_id=order_away": (
        503,
        {**_PAGE, "content-security-policy": _CHECKOUT + _LOOPBACK},
    ),
    "/checkout/return": (200, {**_PAGE, "content-security-policy": _BACK}),
    "/demo": (200, {**_PAGE, "content-security-policy": _DEMO, "x-frame-options": "DENY"}),
    "/checkout.js": (200, {**_FILE, "cache-control": "public, max-age=300, must-revalidate"}),
    "/checkout.mjs": (200, {**_FILE, "cache-control": "public, max-age=300, must-revalidate"}),
    "/checkout.d.ts": (200, {**_FILE, "cache-control": "public, max-age=300, must-revalidate"}),
    "/loader.mjs": (200, {**_FILE, "cache-control": "public, max-age=300, must-revalidate"}),
    "/sri.json": (200, {**_DATA, "access-control-allow-origin": "*"}),
    "/scripts.json": (200, _DATA),
    "/health": (200, _DATA),
    "/nothing": (404, _DATA),
}


@pytest.mark.parametrize("path", _GOLDEN)
async def test_headers_are_the_golden_ones(path: str, client: Client) -> None:
    response = await client.get(path)

    headers = {
        name.lower(): value
        for name, value in response.headers.items()
        if name.lower() not in _PLAIN
    }
    assert (response.status_code, headers) == _GOLDEN[path]


async def test_page_of_an_order_whose_merchant_is_unknown_has_no_form(
    client: Client,
) -> None:
    response = await client.get("/checkout?order_id=order_away")

    assert b"&#34;is_down&#34;: true" in await response.get_data()


@pytest.mark.parametrize(
    "path",
    ["/checkout?order_id=order_plain", "/checkout?order_id=%22%3E%3Cscript%3E", "/demo", "/checkout/return"],
)  # fmt: skip
async def test_pages_have_nothing_inline(path: str, client: Client) -> None:
    html = await (await client.get(path)).get_data(as_text=True)

    assert "<style" not in html
    assert " style=" not in html
    assert re.findall(r'\son\w+="', html) == []
    assert html.count("<script") == html.count('<script type="module" src="/assets/') + html.count(
        '<script src="/checkout-'
    )
    assert html.count("<script") + html.count('rel="stylesheet"') <= html.count(
        'integrity="sha384-'
    )


async def test_hostile_order_id_is_data(client: Client) -> None:
    response = await client.get(
        "/checkout", query_string={"order_id": "'\"><script>alert(1)</script>"}
    )

    assert b"<script>alert" not in await response.get_data()


async def test_theme_and_language_come_from_a_list(client: Client) -> None:
    url = "/checkout?order_id=order_plain&theme=dark&locale=hi"
    wished = await (await client.get(url)).get_data(as_text=True)
    url = "/checkout?order_id=order_plain&theme=%22x&locale=%22x"
    hostile = await (await client.get(url)).get_data(as_text=True)

    assert '<html lang="en" data-theme="dark">' in wished
    assert "&#34;locale&#34;: &#34;hi&#34;" in wished
    assert '<html lang="en">' in hostile
    assert "&#34;locale&#34;: null" in hostile


async def test_shop_moves_to_the_origin_that_the_gateway_answers(
    client: Client,
) -> None:
    other = await client.get("/demo", headers={"Host": "127.0.0.1:3001"})
    own = await client.get("/demo", headers={"Host": "localhost:3001"})
    foreign = await client.get("/demo", headers={"Host": "evil.example:3001"})

    assert (other.status_code, other.headers["Location"]) == (307, "http://localhost:3001/demo")
    assert (own.status_code, foreign.status_code) == (200, 200)


async def test_shop_takes_orders_as_json_only(client: Client) -> None:
    response = await client.post("/demo/orders", form={"a": "b"})

    assert response.status_code == 400
