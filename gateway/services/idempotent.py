"""
Runs a use case under an idempotency key: replay what is stored, or do it and store the answer in the same transaction.

Source: contract 1.5.3, conventions 4.2, reliability 5.6.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.domain.errors import IdempotencyInProgress, IdempotencyKeyReused
from gateway.domain.idempotency import KeyedRequest, StoredResponse
from gateway.domain.merchant import Behaviour, Principal
from gateway.services.context import Context
from gateway.storage.database import RowBusy
from gateway.storage.idempotency import find_response


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    The answer to send: exact bytes, and whether they were stored before.  `other_body` is set when the contract profile replays for another body.
    """

    status: int
    body: bytes
    replayed: bool = False
    other_body: bool = False


class KeyTaken(Exception):
    """
    A rival stored its answer first; nothing was done.
    """


def _replay(principal: Principal, request: KeyedRequest, stored: StoredResponse) -> Reply:
    same = stored.request.fingerprint == request.fingerprint
    if stored.request.operation != request.operation or (
        not same and principal.merchant.behaviour is Behaviour.STRICT
    ):
        raise IdempotencyKeyReused(
            "This Idempotency-Key was used for another request; use a new key for a new request."
        )
    return Reply(status=stored.status, body=stored.body, replayed=True, other_body=not same)


async def run_idempotent(
    context: Context,
    principal: Principal,
    request: KeyedRequest | None,
    effect: Callable[[Callable[[int, bytes], StoredResponse | None]], Awaitable[Reply]],
) -> Reply:
    """
    Replay the stored answer, or run `effect`, which gets a function that makes the row to store and raises `KeyTaken` when a rival won.

    Raises `IdempotencyKeyReused`, `IdempotencyInProgress` and whatever `effect` raises (refusals are not stored).
    """
    if request is None:
        return await effect(lambda _status, _body: None)
    key = request
    stored = await find_response(
        context.database, principal.merchant.id, key.key, now=principal.now
    )
    if stored is not None:
        return _replay(principal, key, stored)
    try:
        return await effect(
            lambda status, body: StoredResponse(request=key, status=status, body=body)
        )
    except RowBusy as error:
        raise IdempotencyInProgress from error
    except KeyTaken as error:
        stored = await find_response(
            context.database, principal.merchant.id, key.key, now=principal.now
        )
        if stored is None:
            raise IdempotencyInProgress from error
        return _replay(principal, key, stored)
