"""
Sends the callbacks that are due, signed.
"""

import asyncio
import hashlib
import hmac

import httpx

from simulator.book.callbacks import Callback, CallbackBook
from simulator.clock import FollowerClock

_POLL_S = 0.25
_TIMEOUT_S = 5.0


class CallbackSender:
    """
    One task that sends what is due, in order of time.
    """

    def __init__(self, book: CallbackBook, secret: str, clock: FollowerClock) -> None:
        self._book = book
        self._secret = secret.encode()
        self._clock = clock
        self._wake = asyncio.Event()
        self._busy = False
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
                for callback in [] if self._clock.held else self._book.due():
                    self._book.finish(callback, taken=await self._send(callback))
            finally:
                self._busy = False
            try:
                async with asyncio.timeout(_POLL_S):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _send(self, callback: Callback) -> bool:
        timestamp = str(int(self._clock.now().timestamp()))
        signature = hmac.new(
            self._secret, timestamp.encode() + b"." + callback.body, hashlib.sha256
        ).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Bank-Id": callback.bank_id,
            "X-Bank-Timestamp": timestamp,
            "X-Bank-Signature": signature,
        }
        try:
            answer = await self._http.post(callback.url, content=callback.body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        return answer.is_success

    async def close(self) -> None:
        """
        Let go of the connections.
        """
        await self._http.aclose()
