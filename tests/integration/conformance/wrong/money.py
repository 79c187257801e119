"""
Wrong gateways: captures, holds, refunds.
"""

from typing import Any

from tests.integration.conformance.wrong.front import Call, Forward, Memory, Reply, defect, said

PAYMENTS = "/api/v1/payments"
CAPTURE = "/api/v1/payments/*/capture"
VOID = "/api/v1/payments/*/void"
REFUNDS = "/api/v1/payments/*/refunds"
REFUND = "/api/v1/refunds/*"
EXCEEDS = "Refund amount exceeds available amount"


def _made_up(call: Call, number: int) -> Reply:
    """
    A refund that the reference would not make.
    """
    found = call.on("POST", REFUNDS)
    return Reply(201).saying(
        {
            "id": f"rfnd_{number:016d}",
            "payment_id": found[1] if found else "",
            "amount": call.document.get("amount"),
            "reason": None,
            "status": "pending",
            "created_at": "2026-01-01T00:00:00Z",
        }
    )


@defect("CAP-00[1-7]", "CAP-002", "CAP-006", "CAP-007")
async def captures_whatever_the_state(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    found = call.on("POST", CAPTURE)
    state = b"Payment not in capturable state" in reply.body
    if not found or not state:
        return reply
    payment = await forward(Call("GET", f"{PAYMENTS}/{found[1]}", "", call.headers, b""))
    return Reply(200).saying({**payment.document, "captured": True})


@defect("CAP-00[123]", "CAP-003", bug="M57")
async def capture_of_nothing_is_a_bad_request(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return said(400) if call.on("POST", CAPTURE) and reply.status == 404 else reply


@defect("CAP-00[67]", "CAP-007")
async def refuses_captures_in_its_own_words(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return said(400) if call.on("POST", CAPTURE) and reply.status == 400 else reply


@defect("CAP-0[01][08]", "CAP-008", "CAP-010", bug="M10")
async def captures_any_amount(call: Call, forward: Forward, _: Memory) -> Reply:
    if not call.on("POST", CAPTURE):
        return await forward(call)
    amount = call.document.get("amount")
    reply = await forward(call.saying({"amount": 50_000}))
    if reply.status == 400 and amount != 50_000:
        return Reply(200).saying({"amount": amount, "status": "success", "captured": True})
    return reply.changed(amount=amount) if reply.status == 200 else reply


@defect("CAP-0[01][08]", "CAP-010", bug="M65")
async def breaks_on_senseless_captures(call: Call, forward: Forward, _: Memory) -> Reply:
    senseless = call.on("POST", CAPTURE) and type(call.document.get("amount")) is not int
    return said(500, "SERVER_ERROR") if senseless else await forward(call)


@defect("CAP-*", "CAP-001", "CAP-005", "CAP-009", "CAP-012")
async def forgets_captures(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    seen = call.path.startswith(PAYMENTS) and reply.status == 200
    return reply.changed(captured=False) if seen else reply


@defect("CAP-00[14]", "CAP-004")
async def shows_little_of_a_capture(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.without("order_id", "updated_at") if call.on("POST", CAPTURE) else reply


@defect("CAP-0[01][19]", "CAP-009", bug="M10")
async def captures_twice_the_money(call: Call, forward: Forward, memory: Memory) -> Reply:
    reply = await forward(call)
    found = call.on("POST", CAPTURE)
    if found and reply.status == 200:
        memory[found[1]] = reply
    elif found and found[1] in memory:
        again: Reply = memory[found[1]]
        return again.changed(amount=100_000)
    return reply


@defect("CAP-01[12]", "CAP-011")
async def captured_money_stays(call: Call, forward: Forward, memory: Memory) -> Reply:
    captured, refund = call.on("POST", CAPTURE), call.on("POST", REFUNDS)
    if refund and refund[1] in memory:
        return said(400)
    reply = await forward(call)
    if captured and reply.status == 200:
        memory[captured[1]] = True
    return reply


@defect("[CR][AE][PF]-01*", "CAP-012", "REF-013", "REF-014", "REF-015", "REF-016", bug="M7")
async def a_refund_closes_the_payment(call: Call, forward: Forward, memory: Memory) -> Reply:
    refund = call.on("POST", REFUNDS)
    found = refund or call.on("POST", CAPTURE)
    if found and found[1] in memory and not (refund and call.header("idempotency-key")):
        return said(400, "STATE_ERROR", "Payment is refunded")
    reply = await forward(call)
    if refund and reply.status == 201:
        memory[refund[1]] = True
    return reply


@defect("VOI-*", "VOI-001", "VOI-002", "VOI-003", "VOI-006")
async def voids_nothing(call: Call, forward: Forward, _: Memory) -> Reply:
    if call.on("POST", VOID):
        return Reply(200).saying({"status": "success"})
    return await forward(call)


@defect("VOI-00[1-5]", "VOI-002")
async def voids_captured_payments(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    refused = call.on("POST", VOID) and reply.status == 400 and call.header("x-api-key")
    return Reply(200).saying({"status": "voided"}) if refused else reply


@defect("VOI-*", "VOI-004")
async def captures_everything_or_nothing(call: Call, forward: Forward, _: Memory) -> Reply:
    part = call.on("POST", CAPTURE) and call.document.get("amount") == 30_000
    return await forward(call.saying({"amount": 50_000}) if part else call)


@defect("VOI-*", "VOI-005")
async def captures_above_the_hold(call: Call, forward: Forward, _: Memory) -> Reply:
    above = call.on("POST", CAPTURE) and call.document.get("amount") == 50_001
    return Reply(200).saying({"amount": 50_001}) if above else await forward(call)


@defect("REF-00[1-5]", "REF-004", bug="M2, M3")
async def gives_back_nothing_and_less(call: Call, forward: Forward, memory: Memory) -> Reply:
    amount = call.document.get("amount")
    if call.on("POST", REFUNDS) and type(amount) is int and amount <= 0:
        memory["n"] = memory.get("n", 0) + 1
        return _made_up(call, memory["n"])
    return await forward(call)


@defect("REF-0[01][345]", "REF-003", "REF-014", "REF-015", bug="M5")
async def compares_with_the_payment_only(call: Call, forward: Forward, memory: Memory) -> Reply:
    reply = await forward(call)
    amount = call.document.get("amount")
    if EXCEEDS.encode() in reply.body and amount <= 50_000 and amount != 30_000:
        memory["n"] = memory.get("n", 0) + 1
        return _made_up(call, memory["n"])
    return reply


@defect(
    "REF-*",
    "REF-003",
    "REF-008",
    "REF-014",
    "REF-015",
    "REF-016",
    "REF-017",
    "REF-018",
    "REF-020",
    "REF-006",
)
async def adds_nothing_up(call: Call, forward: Forward, memory: Memory) -> Reply:
    reply = await forward(call)
    if EXCEEDS.encode() in reply.body or b"must be at most" in reply.body:
        memory["n"] = memory.get("n", 0) + 1
        return _made_up(call, memory["n"])
    return reply


@defect("REF-00[78]", "REF-008")
async def refuses_refunds_in_its_own_words(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return said(400, description="too much") if EXCEEDS.encode() in reply.body else reply


@defect("REF-0[01][09]", "REF-009", "REF-010")
async def refunds_whatever_the_state(call: Call, forward: Forward, memory: Memory) -> Reply:
    reply = await forward(call)
    if b"not in refundable state" in reply.body:
        memory["n"] = memory.get("n", 0) + 1
        return _made_up(call, memory["n"])
    return reply


@defect("REF-01*", "REF-012", bug="M57")
async def unknown_refunds_are_bad_requests(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return said(400) if call.on("GET", REFUND) and reply.status == 404 else reply


@defect("REF-011", "REF-011", bug="M58")
async def another_route_shadows_refunds(call: Call, forward: Forward, memory: Memory) -> Reply:
    found = call.on("GET", REFUND)
    reply = await forward(call)
    done = found and (reply.document or {}).get("status") == "processed"
    if done and memory.setdefault(found, 0) == 0 and memory.get("seen"):
        return said(404, "NOT_FOUND_ERROR", "Payment not found")
    memory["seen"] = memory.get("seen") or done
    return reply


@defect("REF-01[6-9]", "REF-018")
async def refused_refunds_are_reserved(call: Call, forward: Forward, memory: Memory) -> Reply:
    found = call.on("POST", REFUNDS)
    if found and found[1] in memory:
        return said(400)
    reply = await forward(call)
    if found and EXCEEDS.encode() in reply.body and call.document.get("amount") == 50_001:
        memory[found[1]] = True
    return reply


@defect("REF-0[01][59]", "REF-019", bug="M75")
async def processing_is_faked(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    done = call.on("GET", REFUND) and (reply.document or {}).get("processed_at")
    return reply.changed(processed_at=reply.document["created_at"]) if done else reply


@defect("REF-0[02][0124]", "REF-004", "REF-020", "REF-021", "REF-022", bug="M65")
async def breaks_on_senseless_refunds(call: Call, forward: Forward, _: Memory) -> Reply:
    if not call.on("POST", REFUNDS):
        return await forward(call)
    amount = call.document.get("amount")
    senseless = type(amount) is not int or amount > 2**31 - 1
    return said(500, "SERVER_ERROR") if senseless else await forward(call)


@defect("REF-02[12]", "REF-022")
async def reads_refunds_from_text(call: Call, forward: Forward, _: Memory) -> Reply:
    amount = call.document.get("amount")
    if call.on("POST", REFUNDS) and isinstance(amount, str) and amount.strip().isdigit():
        return await forward(call.saying({"amount": int(amount)}))
    return await forward(call)


@defect("REF-02[23]", "REF-023")
async def lets_the_caller_set_the_refund(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return (
        reply.changed(**call.document)
        if call.on("POST", REFUNDS) and reply.status == 201
        else reply
    )


@defect("REF-0[02][145]", "REF-001", "REF-024", "REF-025")
async def shows_little_of_a_refund(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if call.on("POST", REFUNDS):
        return reply.without("payment_id", "created_at")
    half = call.on("GET", f"{PAYMENTS}/*") and (reply.document or {}).get("amount_refunded")
    return reply.changed(status="failed") if half else reply


@defect("REF-02[56]", "REF-026")
async def refunds_know_no_keys(call: Call, forward: Forward, _: Memory) -> Reply:
    return await forward(call.having(idempotency_key="") if call.on("POST", REFUNDS) else call)


def _in_flight(memory: Memory, what: Any) -> int:
    memory[what] = memory.get(what, 0) + 1
    return int(memory[what])


@defect("[RC][EO][FN]-00[346]", "REF-003", "REF-006", "CON-003", "CON-006", bug="M1")
async def refunds_race(call: Call, forward: Forward, memory: Memory) -> Reply:
    found = call.on("POST", REFUNDS)
    if not found:
        return await forward(call)
    number = _in_flight(memory, found[1])
    reply = await forward(call)
    if EXCEEDS.encode() in reply.body and number <= 4:
        return _made_up(call, hash((found[1], number)) % 10**16)
    return reply


@defect("REF-006", "REF-006", bug="M1")
async def one_lucky_burst(call: Call, forward: Forward, memory: Memory) -> Reply:
    """
    Only every fourth payment is refunded twice: a single burst may well miss it.
    """
    found = call.on("POST", REFUNDS)
    if not found:
        return await forward(call)
    payments = memory.setdefault("payments", [])
    if found[1] not in payments:
        payments.append(found[1])
    number = _in_flight(memory, found[1])
    reply = await forward(call)
    unlucky = (
        payments.index(found[1]) % 4 == 2 and number == 2 and call.document["amount"] == 30_000
    )
    if EXCEEDS.encode() in reply.body and unlucky:
        return _made_up(call, payments.index(found[1]))
    return reply


@defect("CON-004", "CON-004")
async def losers_of_a_race_are_reserved(call: Call, forward: Forward, memory: Memory) -> Reply:
    found = call.on("POST", REFUNDS)
    if not found or call.document.get("amount") != 20_000 or call.header("idempotency-key"):
        if found and call.document.get("amount") == 30_000:
            memory[found[1]] = True
        return await forward(call)
    return said(400, description=EXCEEDS) if found[1] in memory else await forward(call)


@defect("CON-005", "CON-005")
async def captures_race(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return said(500, "SERVER_ERROR") if call.on("POST", CAPTURE) and reply.status == 400 else reply


@defect("CON-00[78]", "CON-007", "CON-008")
async def refunds_stand_in_each_others_way(call: Call, forward: Forward, memory: Memory) -> Reply:
    if not call.on("POST", REFUNDS):
        return await forward(call)
    memory["n"] = memory.get("n", 0) + 1
    try:
        return said(503, "RETRY_LATER") if memory["n"] > 2 else await forward(call)
    finally:
        memory["n"] -= 1


@defect("VOI-006", "VOI-006")
async def captures_and_voids_race(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    lost = reply.status == 400 and (call.on("POST", VOID) or call.on("POST", CAPTURE))
    return Reply(200).saying({"status": "success"}) if lost else reply


@defect("REF-00[1-47]", "REF-002")
async def makes_longer_refund_ids(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    made = call.on("POST", REFUNDS) and reply.status == 201 and call.document["amount"] == 10_000
    return reply.changed(id=f"{reply.document['id']}0") if made else reply


@defect("REF-00[1-57]", "REF-005")
async def processes_refunds_at_no_time(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.changed(processed_at=None) if call.on("GET", REFUND) else reply


@defect("REF-00[1-57]", "REF-007", bug="M57")
async def refunds_of_nothing_are_bad_requests(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return said(400) if call.on("POST", REFUNDS) and reply.status == 404 else reply
