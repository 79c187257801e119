"""
What the demo shop's server does with its secret key: it creates orders, checks payments, and reads what its webhook receiver got.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx

_TIMEOUT_S: Final = 5.0
#: Longest poll of the receiver; below what proxies cut.
_WAIT_S: Final = 10
_INBOX: Final = "demo"


class ShopProblem(Exception):
    """
    A party that the shop needs gave no usable answer.  The message says which and what to do.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPlace:
    """
    Where the gateway sends this merchant's webhooks; `inbox` is None when that is not our receiver.
    """

    url: str
    inbox: str | None


def inbox_of(url: str, receiver_url: str) -> str | None:
    """
    The receiver's inbox that a webhook URL names: `/webhook/demo` is `demo`, `/webhook` is `default`, anything else None.
    """
    url, prefix = _one_loopback(url), f"{_one_loopback(receiver_url)}/webhook"
    if url == prefix:
        return "default"
    return url.removeprefix(prefix + "/") if url.startswith(prefix + "/") else None


def _one_loopback(url: str) -> str:
    """
    The address with the loopback spelt in one way.
    """
    return url.replace("//localhost:", "//127.0.0.1:", 1)


def checkout_signature(secret: str, *, order_id: str, payment_id: str) -> str:
    """
    Hexadecimal HMAC-SHA256 over `order_id|payment_id`, keyed with the merchant's webhook secret.  Source: conventions 4.7.
    """
    return hmac.new(
        secret.encode(), f"{order_id}|{payment_id}".encode(), hashlib.sha256
    ).hexdigest()


class Merchant:
    """
    The merchant's side of the demo.  Every method raises `ShopProblem` when the gateway or the receiver is away.
    """

    def __init__(
        self, http: httpx.AsyncClient, *, api_url: str, receiver_url: str, key: str, secret: str
    ) -> None:
        self._http = http
        self._api = f"{api_url}/api/v1"
        self._receiver = receiver_url
        self._headers = {"X-Api-Key": key, "X-Api-Secret": secret}

    async def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        try:
            response = await self._http.request(
                method, self._api + path, json=body, headers=self._headers, timeout=_TIMEOUT_S
            )
            document = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ShopProblem(
                f"The gateway at {self._api} does not answer. Is it running?"
            ) from error
        if not isinstance(document, dict) or not response.is_success:
            said = document.get("error", {}) if isinstance(document, dict) else {}
            reason = said.get("description", "no reason given") if isinstance(said, dict) else said
            raise ShopProblem(
                f"{method} {path} was answered with {response.status_code}: {reason}. Check TEST_API_KEY and TEST_API_SECRET."
            )
        return document

    async def webhook_place(self) -> WebhookPlace:
        """
        The merchant's webhook URL; a merchant without one gets our receiver's demo inbox.
        """
        url = (await self._call("GET", "/webhooks/config")).get("webhook_url")
        if not isinstance(url, str) or not url:
            url = f"{self._receiver}/webhook/{_INBOX}"
            await self._call("PUT", "/webhooks/config", {"webhook_url": url})
        return WebhookPlace(url=url, inbox=inbox_of(url, self._receiver))

    async def create_order(
        self, *, amount_minor: int, currency: str, receipt: str
    ) -> dict[str, Any]:
        """
        A new order.
        """
        body = {"amount": amount_minor, "currency": currency, "receipt": receipt}
        return await self._call("POST", "/orders", body)

    async def payment(self, payment_id: str) -> dict[str, Any]:
        """
        A payment as the merchant's server sees it.
        """
        return await self._call("GET", f"/payments/{quote(payment_id, safe='')}")

    async def signature_verdict(self, signature: object, *, order_id: str, payment_id: str) -> str:
        """
        `valid`, `invalid`, or `absent` when the gateway signs no checkouts.
        """
        if not isinstance(signature, str) or not signature:
            return "absent"
        secret = str((await self._call("GET", "/webhooks/config")).get("webhook_secret"))
        expected = checkout_signature(secret, order_id=order_id, payment_id=payment_id)
        return "valid" if hmac.compare_digest(expected.encode(), signature.encode()) else "invalid"

    async def _received(self, **query: str | int) -> dict[str, Any]:
        try:
            response = await self._http.get(
                f"{self._receiver}/received", params=query, timeout=_WAIT_S + _TIMEOUT_S
            )
            document = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ShopProblem(
                f"The receiver at {self._receiver} does not answer. Is it running?"
            ) from error
        if not isinstance(document, dict) or not isinstance(document.get("received"), list):
            raise ShopProblem(f"The receiver at {self._receiver} gave an answer of another kind.")
        return document

    async def last_seq(self, inbox: str) -> int:
        """
        The number of the newest delivery, so that older ones are not shown.
        """
        return int((await self._received(inbox=inbox, limit=1)).get("last_seq", 0))

    async def webhooks(
        self, inbox: str, *, after: int, order_id: str
    ) -> tuple[int, list[dict[str, Any]]]:
        """
        Deliveries about an order after a number, waiting for the next one; and the number to go on from.
        """
        found = (await self._received(inbox=inbox, after=after, wait=_WAIT_S))["received"]
        newest = max([after, *(int(one.get("seq", 0)) for one in found)])
        return newest, [one for one in found if _order_of(one.get("json")) == order_id]


def _order_of(event: object) -> object:
    """
    The order that a webhook's body speaks of.
    """
    for name in ("data", "payment", "order_id"):
        event = event.get(name) if isinstance(event, dict) else None
    return event
