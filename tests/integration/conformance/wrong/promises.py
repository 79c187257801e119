"""
Wrong gateways: what test mode promises.
"""

import asyncio
from datetime import datetime, timedelta

from tests.integration.conformance.wrong.front import Call, Forward, Memory, Reply, defect

ORDERS = "/api/v1/orders"
PAYMENT = "/api/v1/payments/*"
CLOCK = "/api/v1/test/clock"
MERCHANT = "/api/v1/test/merchant"
#: Real seconds, more than a decision may take in test mode.
SLOW_S = 4.2


@defect("TST-00[1235]", "TST-001", "TST-002", "TST-003", bug="M49")
async def tells_secrets_and_no_clock(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if call.on("GET", MERCHANT):
        return reply.changed(seeded="yes", api_secret="secret_test_xyz789")
    return reply.without("mode") if call.on("GET", CLOCK) else reply


@defect("TST-00[12458]", "TST-004", bug="M73")
async def takes_its_time_in_test_mode(call: Call, forward: Forward, memory: Memory) -> Reply:
    """
    The first look at a payment is answered after the bank of normal mode would have decided.
    """
    reply = await forward(call)
    if call.on("GET", PAYMENT) and memory.setdefault("first", True):
        memory["first"] = False
        await asyncio.sleep(SLOW_S)
    return reply


@defect("TST-00[6-9]", "TST-006", bug="M73")
async def frozen_clocks_go_on(call: Call, forward: Forward, memory: Memory) -> Reply:
    if call.on("POST", ORDERS):
        memory["late"] = memory.get("late", 0) + 1
    reply = await forward(call)
    if not call.on("GET", CLOCK) or not memory.get("late"):
        return reply
    later = datetime.fromisoformat(reply.document["now"]) + timedelta(seconds=memory["late"])
    return reply.changed(now=later.isoformat().replace("+00:00", "Z"))


@defect("TST-00[6-9]", "TST-008", "TST-009")
async def advances_without_waiting(call: Call, forward: Forward, memory: Memory) -> Reply:
    """
    And takes whatever it does not know.
    """
    reply = await forward(call)
    if call.on("POST", CLOCK) and reply.status >= 400:
        return Reply(200).saying({"mode": "real"})
    found = call.on("GET", PAYMENT)
    if not found or memory.get(found[1]):
        return reply
    memory[found[1]] = True
    return reply.changed(status="pending")
