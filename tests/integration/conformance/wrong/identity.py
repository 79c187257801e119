"""
Wrong gateways: health, credentials, merchants.
"""

from tests.integration.conformance.wrong.front import (
    MERCHANT,
    Call,
    Forward,
    Memory,
    Reply,
    defect,
    said,
)

_REFUSED = said(401, "AUTHENTICATION_ERROR", "Invalid API credentials")


def _is_public(call: Call) -> bool:
    return call.path.endswith("/public") or call.path == "/health" or "/test/" in call.path


def _knows(call: Call) -> bool:
    return all(call.header(name) == value for name, value in MERCHANT.items())


@defect("HLT-*", "HLT-001", "HLT-002", "HLT-003", "HLT-005")
async def health_wants_credentials(call: Call, forward: Forward, _: Memory) -> Reply:
    return _REFUSED if call.path == "/health" and not _knows(call) else await forward(call)


@defect("HLT-*", "HLT-004")
async def health_shows_the_database_url(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    url = "postgresql://gateway_user:gateway_pass@postgres:5432/payment_gateway"
    return reply.changed(database_url=url) if call.path == "/health" else reply


@defect("HLT-*", "HLT-005")
async def health_time_stands_still(call: Call, forward: Forward, memory: Memory) -> Reply:
    reply = await forward(call)
    if call.path != "/health":
        return reply
    return reply.changed(timestamp=memory.setdefault("at", reply.document["timestamp"]))


@defect("HLT-*", "HLT-002")
async def health_says_ok_only(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.changed(status="ok").without("database") if call.path == "/health" else reply


@defect(
    "AUT-*", "AUT-001", "AUT-002", "AUT-003", "AUT-004", "AUT-005", "AUT-006", "AUT-007", "AUT-008", "AUT-009", "AUT-010", "AUT-011", "AUT-012",
    bug="M52",
)  # fmt: skip
async def asks_nobody_for_credentials(call: Call, forward: Forward, _: Memory) -> Reply:
    return await forward(call if _is_public(call) else call.signed_in())


@defect("AUT-*", "AUT-004", bug="M52")
async def refunds_are_open(call: Call, forward: Forward, _: Memory) -> Reply:
    return await forward(call.signed_in() if call.path.endswith("/refunds") else call)


@defect("AUT-*", "AUT-002", "AUT-005", "AUT-006", "AUT-009", "AUT-011")
async def looks_at_the_key_only(call: Call, forward: Forward, _: Memory) -> Reply:
    known = call.header("x-api-key") == MERCHANT["x-api-key"]
    return await forward(call.signed_in() if known else call)


@defect("AUT-*", "AUT-008")
async def takes_credentials_from_the_query(call: Call, forward: Forward, _: Memory) -> Reply:
    return await forward(call.signed_in() if MERCHANT["x-api-secret"] in call.query else call)


@defect("AUT-*", "AUT-011")
async def compares_secrets_loosely(call: Call, forward: Forward, _: Memory) -> Reply:
    given = call.header("x-api-secret").lower()
    near = given.startswith(MERCHANT["x-api-secret"][:-1])
    return await forward(call.having(x_api_secret=MERCHANT["x-api-secret"]) if near else call)


@defect("AUT-*", "AUT-006")
async def breaks_on_strange_secrets(call: Call, forward: Forward, _: Memory) -> Reply:
    broken = not call.header("x-api-secret").isascii()
    return said(500, "INTERNAL_ERROR") if broken else await forward(call)


@defect("AUT-*", "AUT-007")
async def takes_the_first_of_two_keys(call: Call, forward: Forward, _: Memory) -> Reply:
    keys = [value for name, value in call.headers if name == "x-api-key"]
    return await forward(call.having(x_api_key=keys[0]) if len(keys) > 1 else call)


@defect("AUT-*", "AUT-009")
async def tells_unknown_keys(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    unknown = reply.status == 401 and call.header("x-api-key") == "key_test_nobody"
    return said(401, "AUTHENTICATION_ERROR", "Unknown API key") if unknown else reply


@defect("AUT-*", "AUT-010")
async def refuses_in_its_own_words(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return said(401, "AUTHENTICATION_ERROR", "nope") if reply.status == 401 else reply


@defect("AUT-*", "AUT-001", "AUT-003")
async def calls_it_unauthorized(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if reply.status != 401:
        return reply
    return said(401, "UNAUTHORIZED", "Invalid API credentials")


@defect("AUT-*", "AUT-012")
async def validates_before_it_asks(call: Call, forward: Forward, _: Memory) -> Reply:
    wrong = call.on("POST", "/api/v1/payments") and not isinstance(
        call.document.get("order_id", ""), str
    )
    return said(400) if wrong else await forward(call)


@defect(
    "ISO-*", "ISO-001", "ISO-002", "ISO-003", "ISO-004", "ISO-005", "ISO-006", "ISO-007", "ISO-008", "ISO-009", "ISO-010", "ISO-011", "ISO-012",
    bug="M9",
)  # fmt: skip
async def all_merchants_are_one(call: Call, forward: Forward, _: Memory) -> Reply:
    return await forward(call.signed_in() if call.header("x-api-key") else call)


@defect("ISO-*", "ISO-002", "ISO-010", bug="M9")
async def payments_are_read_without_their_merchant(
    call: Call, forward: Forward, _: Memory
) -> Reply:
    return await forward(call.signed_in() if call.on("GET", "/api/v1/payments/*") else call)


@defect("ISO-*", "ISO-007", bug="M16")
async def keys_are_everybodys(call: Call, forward: Forward, memory: Memory) -> Reply:
    key = call.header("idempotency-key")
    if key in memory:
        return memory[key]  # type: ignore[no-any-return]
    reply = await forward(call)
    if key and reply.status == 201:
        memory[key] = reply
    return reply


@defect("ISO-*", "ISO-010")
async def foreign_reads_unlike_absent(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if reply.status == 404 and "zzzz" not in call.path:
        return said(404, "NOT_FOUND_ERROR", "This is not yours")
    return reply
