"""
A gateway that answers from a list, for both kinds of client.
"""

from datetime import UTC, datetime

import httpx

from sdk.python.async_client import AsyncClient
from sdk.python.client import Client
from sdk.python.sync_client import SyncBank, SyncClient

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAYMENT = {
    "id": "pay_1",
    "order_id": "order_1",
    "amount": 50_000,
    "currency": "INR",
    "method": "upi",
    "status": "pending",
    "created_at": "2026-01-01T00:00:00.000000Z",
}


class Script:
    """
    Answers in turn, and keeps the requests and pauses it saw; every second of a pause passes at once.
    """

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        """
        The next answer.
        """
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def answer_async(self, request: httpx.Request) -> httpx.Response:
        """
        The next answer.
        """
        return self.answer(request)

    def sleep(self, pause_s: float) -> None:
        """
        Only remember.
        """
        self.pauses.append(pause_s)

    async def sleep_async(self, pause_s: float) -> None:
        """
        Only remember.
        """
        self.pauses.append(pause_s)

    def monotonic_s(self) -> float:
        """
        The pauses so far.
        """
        return sum(self.pauses)

    def sync_client(self) -> SyncClient:
        """
        A client for threads that talks to this script.
        """
        return SyncClient(
            "http://gateway.invalid",
            api_key="k",
            api_secret="s",
            transport=httpx.MockTransport(self.answer),
            sleep=self.sleep,
            now=lambda: NOW,
            monotonic_s=self.monotonic_s,
            draw=lambda: 0.0,
        )

    def async_client(self) -> AsyncClient:
        """
        A client for asyncio that talks to this script.
        """
        return AsyncClient(
            "http://gateway.invalid",
            api_key="k",
            api_secret="s",
            transport=httpx.MockTransport(self.answer_async),
            sleep=self.sleep_async,
            now=lambda: NOW,
            monotonic_s=self.monotonic_s,
            draw=lambda: 0.0,
        )

    def client(self) -> Client:
        """
        A client with plain documents that talks to this script.
        """
        return Client(
            "http://gateway.invalid",
            api_key="k",
            api_secret="s",
            transport=httpx.MockTransport(self.answer_async),
            sleep=self.sleep_async,
            now=lambda: NOW,
            draw=lambda: 0.0,
        )

    def bank(self) -> SyncBank:
        """
        The bank's control API over this script.
        """
        return SyncBank(
            "http://bank.invalid",
            bank_id="b1",
            transport=httpx.MockTransport(self.answer),
            sleep=self.sleep,
        )
