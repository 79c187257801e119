"""
The checkout's app without sockets, before a gateway that answers from a table.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from quart.typing import TestClientProtocol as Client

from sdk.checkout.app import FOLDER, create_app
from sdk.checkout.assets import Assets, load_assets
from sdk.checkout.config import Settings

#: Orders by id, as the gateway's public route gives them; what is no dictionary is an HTTP status.
ORDERS: dict[str, Any] = {
    "order_listed": {
        "id": "order_listed",
        "amount": 100,
        "currency": "INR",
        "status": "created",
        "checkout_origins": ["https://shop.example", "https://*.evil.example", "javascript:1"],
    },
    "order_plain": {
        "id": "order_plain",
        "amount": 100,
        "currency": "INR",
        "status": "created",
        "checkout_origins": [],
    },
    "order_away": 503,
}


def _gateway(request: httpx.Request) -> httpx.Response:
    found = ORDERS.get(request.url.path.split("/")[4], 404)
    if isinstance(found, int):
        return httpx.Response(found, json={"error": {"code": "X", "description": "x"}})
    return httpx.Response(200, json=found)


@pytest.fixture(scope="session")
def assets() -> Assets:
    """
    What browsers load.
    """
    return load_assets(FOLDER)


@pytest_asyncio.fixture(loop_scope="session")
async def client(assets: Assets) -> AsyncIterator[Client]:
    """
    A client of the app; the gateway is at http://api.example.
    """
    settings = Settings.from_env(
        {"API_URL": "http://api.example", "BANK_URL": "http://bank.example", "TEST_MODE": "true"}
    )
    async with httpx.AsyncClient(transport=httpx.MockTransport(_gateway)) as http:
        yield create_app(settings, http, assets).test_client()
