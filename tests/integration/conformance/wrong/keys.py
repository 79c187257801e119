"""
Wrong gateways: idempotency keys.
"""

import asyncio
import json
from dataclasses import replace
from typing import Any

from tests.integration.conformance.wrong.front import Call, Forward, Memory, Reply, defect, said

PAYMENTS = "/api/v1/payments"
_FIXTURE = {
    "id": "pay_AAAAAAAAAAAAAAAA",
    "order_id": "order_AAAAAAAAAAAAAAAA",
    "amount": 50_000,
    "currency": "INR",
    "method": "upi",
    "status": "pending",
    "created_at": "2026-01-01T00:00:00Z",
}


def _key(call: Call) -> str:
    return call.header("idempotency-key") if call.on("POST", PAYMENTS) else ""


def _bare(call: Call) -> Call:
    return call.having(idempotency_key="")


async def _claimed(call: Call, memory: Memory) -> bool:
    """
    Whether this is the first request with its key; check and act are a moment apart, as in the wild.
    """
    first = _key(call) not in memory
    await asyncio.sleep(0)
    memory.setdefault(_key(call), None)
    return first


@defect("IDM-00[123]", "IDM-003", bug="M13")
async def keys_race(call: Call, forward: Forward, memory: Memory) -> Reply:
    if not _key(call):
        return await forward(call)
    stored = memory.get(_key(call))
    if isinstance(stored, Reply):
        return stored
    reply = await forward(_bare(call))
    memory[_key(call)] = reply
    return reply


@defect("CON-00[12]", "CON-001", "CON-002", bug="M14")
async def twins_get_a_500(call: Call, forward: Forward, memory: Memory) -> Reply:
    if not _key(call) or await _claimed(call, memory):
        return await forward(call)
    reply = await forward(call)
    again = f"seen {_key(call)}"
    memory[again] = memory.get(again, 0) + 1
    alone = _key(call).startswith(("idm-001", "idm-002"))
    return reply if alone else said(500, "SERVER_ERROR", "duplicate")


@defect("CON-00[12]", "CON-001", bug="M15")
async def twins_are_bad_requests(call: Call, forward: Forward, memory: Memory) -> Reply:
    alone = _key(call).startswith(("idm-001", "idm-002"))
    if not _key(call) or alone or await _claimed(call, memory):
        return await forward(call)
    return said(400, description="Order already has a payment")


@defect("IDM-00[123]", "IDM-001", "IDM-002", "IDM-003", bug="static fixture")
async def always_shows_the_same_payment(call: Call, forward: Forward, _: Memory) -> Reply:
    if call.on("POST", PAYMENTS):
        return Reply(201).saying(_FIXTURE)
    if call.on("GET", f"{PAYMENTS}/*"):
        return Reply(200).saying(_FIXTURE)
    return await forward(call)


@defect(
    "IDM-0[01][14568]",
    "IDM-001",
    "IDM-004",
    "IDM-005",
    "IDM-006",
    "IDM-008",
    "IDM-014",
    "IDM-015",
    "IDM-016",
    bug="M18",
)
async def knows_no_keys(call: Call, forward: Forward, _: Memory) -> Reply:
    if _key(call).startswith("burst-"):
        return await forward(call)
    return await forward(_bare(call))


@defect("IDM-0[01][145]", "IDM-001", "IDM-004", "IDM-005", "IDM-015", bug="M19")
async def replays_with_200(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return replace(reply, status=200) if "idempotent-replayed" in reply.headers else reply


@defect("IDM-00[14]", "IDM-004")
async def reorders_stored_members(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if "idempotent-replayed" not in reply.headers:
        return reply
    return replace(reply, body=json.dumps(reply.document, sort_keys=True).encode())


@defect("IDM-00[15]", "IDM-005")
async def replays_the_payment_as_it_is_now(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    stale = "idempotent-replayed" in reply.headers and _key(call).startswith("idm-005")
    return reply.changed(status="success") if stale else reply


@defect("IDM-00[16]", "IDM-006")
async def another_body_is_another_payment(call: Call, forward: Forward, memory: Memory) -> Reply:
    key = (_key(call), call.document.get("order_id"))
    other = key[0] and memory.setdefault(key[0], key[1]) != key[1]
    return await forward(_bare(call) if other else call)


@defect("IDM-00[17]", "IDM-007")
async def stores_refusals(call: Call, forward: Forward, memory: Memory) -> Reply:
    stored = memory.get(_key(call))
    if isinstance(stored, Reply):
        return stored
    reply = await forward(call)
    if _key(call) and reply.status == 400:
        memory[_key(call)] = reply
    return reply


@defect("IDM-00[18]", "IDM-008")
async def cuts_keys_short(call: Call, forward: Forward, _: Memory) -> Reply:
    cut = call.having(idempotency_key=_key(call)[:64])
    return await forward(cut if len(_key(call)) == 255 else call)


@defect("IDM-0[01][09]", "IDM-009")
async def breaks_on_long_keys(call: Call, forward: Forward, _: Memory) -> Reply:
    return said(500, "SERVER_ERROR") if len(_key(call)) > 255 else await forward(call)


@defect("IDM-01[01]", "IDM-010")
async def breaks_on_quotes_in_keys(call: Call, forward: Forward, _: Memory) -> Reply:
    broken = "'" in _key(call) and not _key(call).startswith("x")
    return said(500, "SERVER_ERROR", "syntax error") if broken else await forward(call)


@defect("IDM-01[01]", "IDM-011")
async def keys_have_no_case(call: Call, forward: Forward, _: Memory) -> Reply:
    folded = call.having(idempotency_key=_key(call).lower())
    return await forward(folded if _key(call) else call)


@defect("IDM-01[23]", "IDM-012")
async def replays_to_anyone(call: Call, forward: Forward, _: Memory) -> Reply:
    return await forward(call.signed_in() if _key(call) else call)


@defect("IDM-01[23]", "IDM-013")
async def keys_know_no_operation(call: Call, forward: Forward, memory: Memory) -> Reply:
    key = call.header("idempotency-key")
    if key in memory and call.path.endswith("/refunds"):
        return memory[key]  # type: ignore[no-any-return]
    reply = await forward(call)
    if key:
        memory.setdefault(key, reply)
    return reply


@defect("IDM-01[34]", "IDM-014")
async def does_not_mark_replays(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    kept = {n: v for n, v in reply.headers.items() if n != "idempotent-replayed"}
    return replace(reply, headers=kept)


@defect("IDM-01[567]", "IDM-016", bug="M17")
async def keys_never_expire(call: Call, forward: Forward, memory: Memory) -> Reply:
    if _key(call) in memory:
        return memory[_key(call)]  # type: ignore[no-any-return]
    reply = await forward(call)
    if _key(call):
        memory[_key(call)] = reply
    return reply


async def _hours(call: Call, forward: Forward) -> Any:
    reply = await forward(Call("GET", "/api/v1/test/clock", "", (), b""))
    return reply.document["now"]


@defect("IDM-01[567]", "IDM-016", bug="M18")
async def expired_keys_stay_expired(call: Call, forward: Forward, memory: Memory) -> Reply:
    """
    The row of an expired key is never deleted, so what comes after expiry is never stored.
    """
    if not _key(call):
        return await forward(call)
    reply = await forward(call)
    first = memory.setdefault(_key(call), reply)
    if reply.document.get("id") != first.document.get("id"):
        return await forward(_bare(call))
    return reply


@defect("IDM-01[567]", "IDM-015", "IDM-016", "IDM-017")
async def keys_expire_after_an_hour(call: Call, forward: Forward, memory: Memory) -> Reply:
    if not _key(call):
        return await forward(call)
    now = await _hours(call, forward)
    born = memory.setdefault(_key(call), now)
    return await forward(call if now[:13] == born[:13] else _bare(call))


@defect("IDM-01[567]", "IDM-017", bug="M22")
async def expiry_is_injected(call: Call, forward: Forward, memory: Memory) -> Reply:
    """
    Deleting an expired key deletes what its text says.
    """
    if "' OR '1'='1" in _key(call):
        memory["hostile"] = memory.get("hostile", 0) + 1
    wiped = memory.get("hostile", 0) > 1 and _key(call).startswith("idm-017")
    return await forward(_bare(call) if wiped else call)


@defect("CON-009", "CON-009", bug="M21")
async def refusals_hold_on_to_connections(call: Call, forward: Forward, memory: Memory) -> Reply:
    reply = await forward(call)
    if _key(call) and reply.status == 400:
        memory["held"] = memory.get("held", 0) + 1
    if memory.get("held", 0) >= 20 and reply.status == 201 and call.on("POST", PAYMENTS):
        return said(500, "SERVER_ERROR", "timeout acquiring a connection")
    return reply


@defect("[PI]*-001", "IDM-001", "PAY-001", bug="M81")
async def answers_500_after_the_payment(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    made = call.on("POST", PAYMENTS) and reply.status == 201
    return said(500, "SERVER_ERROR", "merchant_id: field required") if made else reply
