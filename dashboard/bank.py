"""
The simulated bank's control API, in test mode.  The dashboard looks at one isolated bank: the merchant's.
"""

from collections.abc import Mapping
from typing import Any, Final

import httpx

from dashboard.gateway import Source

TIMEOUT_S: Final = 5.0
_REFUSED: Final = 400
_MISSING: Final = (404, 405)

Document = dict[str, Any]


class BankRefused(Exception):
    """
    The bank is away or refused; the message is for people.
    """


class BankConsole:
    """
    Reads and programs the bank at `base_url`; also reads other clock followers by full URL.
    """

    def __init__(self, base_url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._base_url = base_url
        self._http = httpx.AsyncClient(timeout=TIMEOUT_S, transport=transport, trust_env=False)

    @property
    def is_configured(self) -> bool:
        """
        Whether there is a bank to look at.
        """
        return bool(self._base_url)

    async def close(self) -> None:
        """
        Let go of the connections.
        """
        await self._http.aclose()

    async def send(
        self,
        method: str,
        path: str,
        *,
        merchant_id: str = "default",
        query: Mapping[str, str | int] | None = None,
        body: object = None,
    ) -> Document:
        """
        One exchange with the bank.  Raises `BankRefused`.
        """
        if not self._base_url:
            raise BankRefused("No bank is configured: set BANK_URL and TEST_MODE=true.")
        return await self._exchange(
            method, self._base_url + path, {"X-Bank-Id": merchant_id}, query, body
        )

    async def offered(
        self,
        path: str,
        what: str,
        *,
        merchant_id: str = "default",
        query: Mapping[str, str | int] | None = None,
    ) -> Source:
        """
        A read that may be missing or fail, with the sentence to show then.
        """
        try:
            return Source(await self.send("GET", path, merchant_id=merchant_id, query=query))
        except BankRefused as error:
            return Source(None, f"{what}: {error}")

    async def follower(self, url: str) -> Source:
        """
        Another party's clock.
        """
        try:
            return Source(await self._exchange("GET", url, {}, None, None))
        except BankRefused as error:
            return Source(None, str(error))

    async def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        query: Mapping[str, str | int] | None,
        body: object,
    ) -> Document:
        try:
            answer = await self._http.request(
                method, url, headers=dict(headers), params=query, json=body
            )
            document = answer.json()
        except httpx.HTTPError as error:
            raise BankRefused(f"{url} does not answer ({type(error).__name__}).") from error
        except ValueError as error:
            raise BankRefused(f"{url} answered {answer.status_code} without JSON.") from error
        if answer.status_code in _MISSING:
            raise BankRefused("this bank does not offer it.")
        if not isinstance(document, dict):
            raise BankRefused(f"{url} answered something else than a JSON object.")
        if answer.status_code >= _REFUSED:
            refusal = document.get("error")
            message = refusal.get("message") if isinstance(refusal, dict) else None
            raise BankRefused(str(message or f"{url} answered {answer.status_code}."))
        return document
