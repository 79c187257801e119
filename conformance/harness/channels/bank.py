"""
A gate at paywright's own bank, when the target uses it: races that are arranged there instead of hoped for.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx

from conformance.harness.evidence import Transcript
from conformance.harness.outcomes import Blocked
from conformance.harness.target import Gateway

#: Real milliseconds until the first request must have come to the gate.
_COMES_WITHIN_MS: Final = 2_000
_OK: Final = 200


class BankGates:
    """
    Holds what the target asks its bank.  Without `url` nothing is held, and a race is left to its barrier.
    """

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._bank_id: str | None = None

    @asynccontextmanager
    async def held(
        self, gateway: Gateway, operation: str, *, at: str = "before"
    ) -> AsyncIterator["BankGate"]:
        """
        Close a gate for an operation (bank-wire: `refund`, `authorise` …), `before` its effect or `after`; everybody goes on together in the end.

        Raises `Blocked` when the bank that was named does not answer.
        """
        if self._url is None:
            yield BankGate(None, "", gateway.client.transcript)
            return
        bank_id = await self._own_bank(gateway)
        async with httpx.AsyncClient(
            base_url=self._url, headers={"X-Bank-Id": bank_id}, timeout=10.0, trust_env=False
        ) as http:
            gate = BankGate(http, f"suite-{operation}", gateway.client.transcript)
            await gate.close(operation, at)
            try:
                yield gate
            finally:
                await gate.open()

    async def _own_bank(self, gateway: Gateway) -> str:
        """
        The bank is divided by merchants.
        """
        if self._bank_id is None:
            answer = await gateway.get("test_merchant", auth={})
            known = answer.document.get("id") if isinstance(answer.document, dict) else None
            if not isinstance(known, str):
                raise Blocked(
                    f"needed the merchant's id for the gate at the bank, got {answer.summary}"
                )
            self._bank_id = known
        return self._bank_id


class BankGate:
    """
    One gate; does nothing where there is no bank to hold.
    """

    def __init__(self, http: httpx.AsyncClient | None, name: str, transcript: Transcript) -> None:
        self._http = http
        self._path = f"/control/gates/{name}"
        self._transcript = transcript

    async def close(self, operation: str, at: str) -> None:
        """
        From now on requests about the operation wait.
        """
        await self._ask("PUT", "", {"when": {"operation": operation}, "at": at})
        self._transcript.notes.append({"gate at the bank": operation, "at": at})

    async def until_somebody_waits(self) -> bool:
        """
        Whether a request of the target's has come to the gate, after at most 2 s.
        """
        if self._http is None:
            return False
        answer = await self._ask("GET", f"?count=1&within_ms={_COMES_WITHIN_MS}", None)
        return bool(answer.json().get("complete"))

    async def open(self) -> None:
        """
        Let everybody go on.
        """
        await self._ask("DELETE", "", None)

    async def _ask(self, method: str, more: str, body: Any) -> httpx.Response:
        assert self._http is not None
        try:
            answer = await self._http.request(method, self._path + more, json=body)
        except httpx.HTTPError as error:
            raise Blocked(
                f"the bank at {self._http.base_url} does not answer ({type(error).__name__}); correct --bank"
            ) from error
        if answer.status_code not in (_OK, 201):
            raise Blocked(f"the bank refused a gate: {answer.status_code} {answer.text[:200]}")
        return answer
