"""
Sends the callbacks that are due, signed.
"""

import asyncio
import hashlib
import hmac

import httpx

from simulator.book.callbacks import Callback, CallbackBook
from simulator.book.disputes import Disputes
from simulator.clock import FollowerClock

_POLL_S = 0.25
_TIMEOUT_S = 5.0
#: Older than any reader's tolerance (5 minutes, docs/bank-wire.md).
_STALE_S = 601


class CallbackSender:
    """
    One task that sends what is due, in order of time.
    """

    def __init__(
        self, book: CallbackBook, disputes: Disputes, secret: str, clock: FollowerClock
    ) -> None:
        self._book = book
        self._disputes = disputes
        self._secret = secret.encode()
        self._clock = clock
        self._wake = asyncio.Event()
        self._busy = False
        self._sending: set[int] = set()
        self._http = httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False, follow_redirects=False)

    @property
    def is_idle(self) -> bool:
        """
        Whether nothing that is due is still to be sent.
        """
        return not self._busy and not self._book.due()

    def wake(self) -> None:
        """
        Look at once for what is due.
        """
        self._wake.set()

    async def run(self) -> None:
        """
        Send for ever.
        """
        while True:
            self._wake.clear()
            self._busy = True
            try:
                if not self._clock.held:
                    self._disputes.open_due()
                    for callback in self._book.due():
                        await self._deliver(callback)
            finally:
                self._busy = False
            try:
                async with asyncio.timeout(_POLL_S):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def send_now(self, bank_id: str, request_id: str) -> None:
        """
        Send what is due about one request, and come back when it is sent.
        """
        for callback in self._book.due(bank_id=bank_id, request_id=request_id):
            await self._deliver(callback)

    async def _deliver(self, callback: Callback) -> None:
        if callback.id in self._sending:
            return
        self._sending.add(callback.id)
        try:
            result, taken = await self._send(callback)
            self._book.finish(callback, result=result, taken=taken)
        finally:
            self._sending.discard(callback.id)

    async def _send(self, callback: Callback) -> tuple[str, bool]:
        at = int(self._clock.now().timestamp())
        timestamp = str(at - _STALE_S if callback.fault == "stale_timestamp" else at)
        secret = b"not-the-secret" if callback.fault == "bad_signature" else self._secret
        signature = hmac.new(
            secret, timestamp.encode() + b"." + callback.body, hashlib.sha256
        ).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Bank-Id": callback.bank_id,
            "X-Bank-Timestamp": timestamp,
            "X-Bank-Signature": signature,
        }
        try:
            answer = await self._http.post(callback.url, content=callback.body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return type(error).__name__, False
        return str(answer.status_code), answer.is_success

    async def close(self) -> None:
        """
        Let go of the connections.
        """
        await self._http.aclose()
