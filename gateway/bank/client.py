"""
HTTP to the bank.  Classifies every ending as definite, unknown or not sent, and trusts no answer that is not about our request.

Source: docs/bank-wire.md; reliability 5.5 step 4 and fault rows B1–B7.
"""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

import httpx
import msgspec

from gateway.bank.answers import (
    BankAnswer,
    BankUnavailable,
    Blocked,
    Deferred,
    NotFound,
    NotSent,
    Unknown,
    VaultRefused,
    VaultToken,
    VaultUnavailable,
)
from gateway.bank.reading import (
    Exchange,
    dispute_of,
    refusal,
    retry_after_s,
    statement_of,
    trusted,
)
from gateway.domain.cards import Card
from gateway.domain.dispute import Dispute
from gateway.domain.payment import Payment
from gateway.domain.reconciliation import Movement
from gateway.domain.refund import Refund

#: Real seconds for one exchange, all in all.  Source: reliability B5.
TIMEOUT_S: Final = 10.0
#: Real seconds for the vault, which stands in the payer's way.
VAULT_TIMEOUT_S: Final = 3.0
ANSWER_BYTES_MAX: Final = 65_536
_OK: Final = 200
_CREATED: Final = 201
_NOT_FOUND: Final = 404
_TOO_MANY: Final = 429
#: Malformed, declined, unacceptable: the request had no effect and never will.  Source: reliability B4.
_REFUSALS: Final = frozenset([400, 402, 422])


class BankClient:
    """
    The bank of all merchants; each has its own namespace there (`X-Bank-Id`).
    """

    def __init__(
        self, *, base_url: str, api_key: str, callback_url: str | None, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._callback_url = callback_url
        self._timeout_s = timeout_s
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"X-Bank-Key": api_key, "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(timeout_s, connect=min(2.0, timeout_s)),
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=128, max_keepalive_connections=64),
        )

    async def close(self) -> None:
        """
        Let go of the connections.
        """
        await self._http.aclose()

    async def tokenise(self, card: Card, *, merchant_id: UUID) -> VaultToken:
        """
        Put the card into the bank's vault.  Raises `VaultRefused` and `VaultUnavailable`.
        """
        body = {
            "pan": card.pan,
            "expiry_month": f"{card.expiry_month:02d}",
            "expiry_year": f"{card.expiry_year:04d}",
            "cvv": card.cvv,
            "holder_name": card.holder_name,
        }
        answer = await self._exchange(
            "POST", "/v1/tokens", merchant_id, body, None, timeout_s=VAULT_TIMEOUT_S
        )
        if not isinstance(answer, Exchange):
            raise VaultUnavailable(answer.reason)
        document = answer.document() or {}
        token, last4 = document.get("token"), document.get("last4")
        if answer.status == _CREATED and isinstance(token, str) and isinstance(last4, str):
            return VaultToken(token=token, network=document.get("network"), last4=last4)
        if 400 <= answer.status < 500 and answer.status != _TOO_MANY:  # noqa: PLR2004
            raise VaultRefused(f"the vault answered {answer.status}")
        raise VaultUnavailable(f"the vault answered {answer.status}")

    async def authorise(self, payment: Payment) -> BankAnswer:
        """
        Ask for the authorisation, or sale; the same request id for the life of the payment.
        """
        body = {
            "request_id": payment.bank_request_id,
            "amount": payment.amount_minor,
            "currency": payment.currency,
            "instrument": payment.bank_instrument,
            "capture": payment.capture_method == "automatic",
            "order_reference": payment.order_id,
            "payment_reference": payment.id,
            "callback_url": self._callback_url,
        }
        return await self._ask(
            "POST",
            "/v1/authorisations",
            payment.merchant_id,
            body,
            request_id=payment.bank_request_id,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            scenario=payment.scenario,
        )

    async def capture(self, payment: Payment, *, request_id: str) -> BankAnswer:
        """
        Claim `payment.paid_minor` of the hold.
        """
        return await self._ask(
            "POST",
            "/v1/captures",
            payment.merchant_id,
            {
                "request_id": request_id,
                "authorisation_request_id": payment.bank_request_id,
                "amount": payment.paid_minor,
                "currency": payment.currency,
            },
            request_id=request_id,
            amount_minor=payment.paid_minor,
            currency=payment.currency,
        )

    async def void(self, payment: Payment, *, request_id: str) -> BankAnswer:
        """
        Release the uncaptured hold.
        """
        return await self._follow_up("/v1/voids", payment, request_id)

    async def reverse(self, payment: Payment, *, request_id: str) -> BankAnswer:
        """
        Undo whatever the authorisation did.
        """
        return await self._follow_up("/v1/reversals", payment, request_id)

    async def _follow_up(self, path: str, payment: Payment, request_id: str) -> BankAnswer:
        return await self._ask(
            "POST",
            path,
            payment.merchant_id,
            {"request_id": request_id, "authorisation_request_id": payment.bank_request_id},
            request_id=request_id,
        )

    async def refund(self, refund: Refund, payment: Payment) -> BankAnswer:
        """
        Give the refund's amount back to the payer.
        """
        return await self._ask(
            "POST",
            "/v1/refunds",
            refund.merchant_id,
            {
                "request_id": refund.bank_request_id,
                "authorisation_request_id": payment.bank_request_id,
                "amount": refund.amount_minor,
                "currency": payment.currency,
                "refund_reference": refund.id,
            },
            request_id=refund.bank_request_id,
            amount_minor=refund.amount_minor,
            currency=payment.currency,
        )

    async def inquire(
        self,
        request_id: str,
        *,
        merchant_id: UUID,
        amount_minor: int | None = None,
        currency: str | None = None,
    ) -> BankAnswer:
        """
        Ask what became of a request.
        """
        return await self._ask(
            "GET",
            f"/v1/requests/{request_id}",
            merchant_id,
            None,
            request_id=request_id,
            amount_minor=amount_minor,
            currency=currency,
        )

    async def cancel(self, request_id: str, *, merchant_id: UUID) -> Blocked | BankAnswer:
        """
        Make sure that the request never takes effect; `Answered` when it was final already.
        """
        answer = await self._exchange(
            "POST", f"/v1/requests/{request_id}/cancel", merchant_id, {}, None
        )
        if not isinstance(answer, Exchange):
            return answer
        document = answer.document()
        if answer.status == _OK and document is not None:
            if document.get("status") in ("cancelled", "never_seen_and_blocked"):
                return Blocked()
            if document.get("status") == "already_final":
                return await self.inquire(request_id, merchant_id=merchant_id)
        return Unknown(f"the bank answered {answer.status} to a cancel")

    async def statement(self, day: date, *, merchant_id: UUID) -> list[Movement]:
        """
        The bank's statement of one UTC day.  Raises `BankUnavailable`.
        """
        try:
            answer = await self._http.get(
                f"/v1/statements/{day.isoformat()}", headers={"X-Bank-Id": str(merchant_id)}
            )
            answer.raise_for_status()
            return statement_of(answer.json())
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise BankUnavailable(
                f"no statement of {day}: {type(error).__name__}: {error}"
            ) from error

    async def dispute(self, dispute_id: str, *, merchant_id: UUID) -> Dispute | None:
        """
        The dispute as it stands at the bank, or None when there is no answer that can be trusted.
        """
        answer = await self._exchange("GET", f"/v1/disputes/{dispute_id}", merchant_id, None, None)
        document = answer.document() if isinstance(answer, Exchange) else None
        return dispute_of(dispute_id, document)

    async def _ask(
        self,
        method: str,
        path: str,
        merchant_id: UUID,
        body: Mapping[str, object] | None,
        *,
        request_id: str,
        amount_minor: int | None = None,
        currency: str | None = None,
        scenario: str | None = None,
    ) -> BankAnswer:
        answer = await self._exchange(method, path, merchant_id, body, scenario)
        if not isinstance(answer, Exchange):
            return answer
        if answer.status == _TOO_MANY:
            return Deferred(retry_after_s(answer.headers.get("retry-after")))
        if answer.status == _NOT_FOUND and method == "GET":
            return NotFound() if answer.document() is not None else Unknown("404 that is not JSON")
        if answer.status in _REFUSALS:
            return refusal(answer)
        if answer.status != _OK:
            return Unknown(f"the bank answered {answer.status}")
        return trusted(
            answer.document(), request_id=request_id, amount_minor=amount_minor, currency=currency
        )

    async def _exchange(
        self,
        method: str,
        path: str,
        merchant_id: UUID,
        body: Mapping[str, object] | None,
        scenario: str | None,
        *,
        timeout_s: float | None = None,
    ) -> "Exchange | NotSent | Unknown":
        headers = {"X-Bank-Id": str(merchant_id)}
        if scenario is not None:
            headers["X-Test-Scenario"] = scenario
        content = None
        if body is not None:
            content = msgspec.json.encode(body)
            headers["Content-Type"] = "application/json"
        try:
            async with asyncio.timeout(timeout_s or self._timeout_s):
                async with self._http.stream(
                    method, path, headers=headers, content=content
                ) as response:
                    received = bytearray()
                    async for chunk in response.aiter_raw():
                        received += chunk
                        if len(received) > ANSWER_BYTES_MAX:
                            return Unknown("bank_protocol_error: answer over 64 KiB")
                    return Exchange(response.status_code, response.headers, bytes(received))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return NotSent(f"{type(error).__name__}: {error}")
        except (httpx.HTTPError, TimeoutError, httpx.StreamError) as error:
            return Unknown(f"{type(error).__name__}: {error}")
