"""
Wrong gateways: orders.
"""

from typing import Any

from tests.integration.conformance.wrong.front import Call, Forward, Memory, Reply, defect, said

ORDERS = "/api/v1/orders"


@defect("ORD-*", "ORD-011")
async def wants_more_than_the_minimum(call: Call, forward: Forward, _: Memory) -> Reply:
    small = call.on("POST", ORDERS) and call.document.get("amount") == 100
    return said(400) if small else await forward(call)


@defect("ORD-*", "ORD-004")
async def takes_small_amounts(call: Call, forward: Forward, _: Memory) -> Reply:
    amount = call.document.get("amount")
    if call.on("POST", ORDERS) and type(amount) is int and amount < 100:
        reply = await forward(call.saying({**call.document, "amount": 100}))
        return reply.changed(amount=amount)
    return await forward(call)


@defect("ORD-*", "ORD-012", "ORD-013")
async def drops_notes(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.without("notes") if call.path.startswith(ORDERS) else reply


@defect("ORD-*", "ORD-006")
async def shortens_receipts(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.changed(receipt="r") if call.on("GET", f"{ORDERS}/*") else reply


@defect("ORD-*", "ORD-014")
async def forgets_the_last_change(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.without("updated_at") if call.on("GET", f"{ORDERS}/*") else reply


@defect("ORD-015", "ORD-015")
async def lets_the_caller_set_the_order(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.changed(**call.document) if call.on("POST", ORDERS) else reply


def _read(value: Any) -> Any:
    """
    An amount as a careless reader takes it.
    """
    text = str(value).strip().replace("_", "")
    digits = "".join(c for c in text if c.isdecimal())
    return int(digits) if isinstance(value, str) and digits else value


@defect("ORD-*", "ORD-016", "ORD-017")
async def reads_numbers_from_text(call: Call, forward: Forward, _: Memory) -> Reply:
    if not call.on("POST", ORDERS):
        return await forward(call)
    amount = (
        max(_read(call.document.get("amount")) or 0, 50_000)
        if isinstance(call.document.get("amount"), str)
        and _read(call.document["amount"]) != call.document["amount"]
        else call.document.get("amount")
    )
    return await forward(
        call.saying({**call.document, "amount": amount}) if call.document else call
    )


@defect("ORD-*", "ORD-018", bug="M65")
async def keeps_amounts_as_doubles(call: Call, forward: Forward, _: Memory) -> Reply:
    amount = call.document.get("amount")
    if call.on("POST", ORDERS) and isinstance(amount, int) and amount >= 2**53:
        reply = await forward(call.saying({**call.document, "amount": 2**53 - 1}))
        return reply.changed(amount=int(float(amount)) - 1)
    return await forward(call)


@defect("ORD-*", "ORD-005", "ORD-010", "ORD-016", "ORD-017", bug="M65, M66")
async def breaks_on_amounts_of_another_type(call: Call, forward: Forward, _: Memory) -> Reply:
    given = call.on("POST", ORDERS) and type(call.document.get("amount", 0.0)) is not int
    return said(500, "SERVER_ERROR") if given else await forward(call)


@defect("ORD-019", "ORD-019")
async def takes_every_currency(call: Call, forward: Forward, _: Memory) -> Reply:
    named = call.on("POST", ORDERS) and "currency" in call.document
    return await forward(call.saying({**call.document, "currency": "INR"}) if named else call)


@defect("ORD-020", "ORD-020", bug="M71")
async def draws_ids_from_the_clock(call: Call, forward: Forward, memory: Memory) -> Reply:
    reply = await forward(call)
    if not call.on("POST", ORDERS):
        return reply
    return reply.changed(id=memory.setdefault("id", reply.document.get("id")))


@defect("ORD-002", "ORD-002", bug="M71")
async def makes_shorter_ids(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    made = call.on("POST", ORDERS) and reply.status == 201
    return reply.changed(id=reply.document["id"][:16]) if made else reply


@defect("ORD-*", "ORD-009", bug="M53")
async def shows_the_whole_order_to_anyone(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.changed(merchant_id="m", receipt="r") if call.path.endswith("/public") else reply


@defect("ORD-*", "ORD-021", "ORD-022")
async def public_orders_answer_badly(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not call.path.endswith("/public"):
        return reply
    return said(400) if reply.status == 404 else reply.without("status")


@defect("ORD-*", "ORD-003", "ORD-020", "ORD-023")
async def wants_a_currency(call: Call, forward: Forward, _: Memory) -> Reply:
    bare = call.on("POST", ORDERS) and set(call.document) == {"amount"}
    return said(400) if bare else await forward(call)


@defect("ORD-00*", "ORD-001")
async def calls_new_orders_open(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    made = call.on("POST", ORDERS) and reply.status == 201
    return reply.changed(status="open") if made else reply


@defect("ORD-00*", "ORD-007", bug="M57")
async def unknown_orders_are_bad_requests(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return said(400) if call.on("GET", f"{ORDERS}/*") and reply.status == 404 else reply


@defect("ORD-00*", "ORD-008")
async def orders_are_of_no_time_zone(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not call.on("POST", ORDERS) or reply.status != 201:
        return reply
    return reply.changed(created_at=reply.document["created_at"].removesuffix("Z"))
