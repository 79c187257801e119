"""
The parties behind a barest page: what its buttons did is all that has happened.
"""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from conformance.harness.channels.browser import Visitor
from conformance.harness.client import Answer
from conformance.harness.inbox import Delivery
from conformance.harness.profile import load_profile
from conformance.harness.seen import PaymentSeen
from conformance.harness.signatures import hex_signature

HOME_URL = "http://127.0.0.1:4000/webhook/run"
_TEST = b'{"event":"webhook.test"}'


class Parties:
    """
    Gateway, inbox and subscription at once.
    """

    def __init__(self, visitor: Visitor) -> None:
        self._page = visitor.page
        self.profile = load_profile("canonical")
        self.home = HOME_URL

    async def get(self, operation: str, **asked: Any) -> Answer:
        """
        The payments that the page has made, or one of them.
        """
        made = await self._page.evaluate("window.made")
        if operation == "payments":
            return self._answer(200, {"data": made})
        found = [row for row in made if row["id"] == asked["payment_id"]]
        return self._answer(200, found[0]) if found else self._answer(404, {"error": {}})

    def _answer(self, status: int, document: Any) -> Answer:
        body = json.dumps(document).encode()
        return Answer(status=status, headers={}, body=body, document=document, profile=self.profile)

    async def successful_payment(self) -> PaymentSeen:
        """
        The payment that the pages know.
        """
        return PaymentSeen(id="pay_1", order_id="order_1", amount_minor=50_000, document={})

    @asynccontextmanager
    async def away(self, _gateway: object, _url: str | None) -> AsyncIterator[None]:
        """
        Another address for a while.
        """
        yield

    async def all(self) -> list[Delivery]:
        """
        One delivery before anybody asked for another.
        """
        return [_delivery(b"whsec_test_abc123")]

    async def about(self, *_: object) -> list[Delivery]:
        """
        The same.
        """
        return await self.all()

    async def arrive(self, *_: object, **__: object) -> list[Delivery]:
        """
        What came to the run's address, if that is the one that was saved.
        """
        return await self.all() if await self._page.evaluate("saved") == HOME_URL else []

    async def of_event(self, *_: object, **__: object) -> Delivery:
        """
        The test webhook, signed with what the page says.
        """
        return _delivery(str(await self._page.evaluate("tested")).encode())

    async def more_than(self, *_: object, **__: object) -> bool:
        """
        Whether somebody asked for another delivery.
        """
        return bool(await self._page.evaluate("again"))


def _delivery(key: bytes) -> Delivery:
    headers = [["X-Webhook-Signature", hex_signature(key, _TEST)]]
    body = base64.b64encode(_TEST).decode()
    return Delivery(
        {
            "event": "webhook.test", "json": json.loads(_TEST), "headers": headers, "body_base64": body, "body_text": _TEST.decode(),
            "received_at": "2026-01-01T00:00:00Z",
        }
    )  # fmt: skip
