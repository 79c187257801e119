"""
Wrong gateways: payments.
"""

import re
from typing import Any

from tests.integration.conformance.wrong.front import Call, Forward, Memory, Reply, defect, said

PAYMENTS = "/api/v1/payments"
PUBLIC = "/api/v1/payments/public"
GOOD_CARD = {
    "number": "4111111111111111",
    "expiry_month": "12",
    "expiry_year": "2035",
    "cvv": "123",
    "holder_name": "Asha Rao",
}


def _card(call: Call) -> dict[str, Any]:
    card = call.document.get("card")
    return card if call.on("POST", PAYMENTS) and isinstance(card, dict) else {}


def _with_card(call: Call, **changed: Any) -> Call:
    return call.saying({**call.document, "card": {**_card(call), **changed}})


@defect("PAY-01[5-9]", "PAY-015", bug="M70")
async def tells_networks_by_the_first_digit(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    network = {"5": "mastercard", "2": "mastercard"}.get(str(_card(call).get("number", ""))[:1])
    return reply.changed(card_network=network) if network and reply.status == 201 else reply


@defect("PAY-01[5-9]", "PAY-016")
async def strips_nothing(call: Call, forward: Forward, _: Memory) -> Reply:
    spaced = re.search(r"[ -]", str(_card(call).get("number", "")))
    return said(400, "INVALID_CARD") if spaced else await forward(call)


@defect("PAY-01[5-9]", "PAY-015", "PAY-017")
async def knows_sixteen_digits_only(call: Call, forward: Forward, _: Memory) -> Reply:
    digits = re.sub(r"\D", "", str(_card(call).get("number", "0" * 16)))
    return said(400, "INVALID_CARD") if len(digits) != 16 else await forward(call)


@defect("PAY-0[12]*", "PAY-018")
async def reads_short_years_as_19yy(call: Call, forward: Forward, _: Memory) -> Reply:
    short = len(_card(call).get("expiry_year", "2035")) == 2
    return said(400, "EXPIRED_CARD") if short else await forward(call)


@defect("PAY-0[12]*", "PAY-019")
async def cards_expire_a_month_early(call: Call, forward: Forward, _: Memory) -> Reply:
    early = _card(call).get("expiry_year", "2035") not in ("2035", "35", "2020", "20")
    return said(400, "EXPIRED_CARD") if early else await forward(call)


@defect("PAY-0[012]*", "PAY-007", "PAY-018", "PAY-020", bug="M67")
async def does_not_look_at_the_expiry(call: Call, forward: Forward, _: Memory) -> Reply:
    card = _card(call)
    whole = "expiry_month" in card and "expiry_year" in card
    changed = _with_card(call, expiry_month="12", expiry_year="2035")
    return await forward(changed if whole else call)


@defect("PAY-0[012]*", "PAY-006", bug="M67")
async def does_not_look_at_the_number(call: Call, forward: Forward, _: Memory) -> Reply:
    number = _card(call).get("number", "")
    wrong = isinstance(number, str) and re.fullmatch(r"4[0-9a-d]+", number)
    if wrong and (await forward(call)).status == 400:
        return await forward(_with_card(call, number=GOOD_CARD["number"]))
    return await forward(call)


@defect("PAY-02*", "PAY-021", "PAY-022")
async def takes_half_a_card(call: Call, forward: Forward, _: Memory) -> Reply:
    if call.on("POST", PAYMENTS) and call.document.get("method") == "card":
        given = call.document.get("card")
        card = {**GOOD_CARD, **(given if isinstance(given, dict) else {})}
        return await forward(call.saying({**call.document, "card": card}))
    return await forward(call)


@defect("PAY-02*", "PAY-023")
async def takes_every_cvv(call: Call, forward: Forward, _: Memory) -> Reply:
    return await forward(_with_card(call, cvv="123") if _card(call) else call)


def _vpa(call: Call, vpa: Any) -> Call:
    return call.saying({**call.document, "vpa": vpa})


@defect("PAY-0[02]*", "PAY-024")
async def matches_vpas_line_by_line(call: Call, forward: Forward, _: Memory) -> Reply:
    vpa = call.document.get("vpa")
    lines = isinstance(vpa, str) and vpa.split("\n")
    return await forward(_vpa(call, lines[0]) if lines and len(lines) > 1 else call)


@defect("PAY-0[02]*", "PAY-005", "PAY-024", "PAY-026", bug="M67")
async def takes_every_vpa(call: Call, forward: Forward, _: Memory) -> Reply:
    odd = call.on("POST", PAYMENTS) and call.document.get("method") == "upi"
    if not odd or (reply := await forward(call)).status != 400:
        return await forward(call)
    return reply if "order_id" not in call.document else await forward(_vpa(call, "payer@bank"))


@defect("PAY-0[02]*", "PAY-025")
async def knows_letters_only(call: Call, forward: Forward, _: Memory) -> Reply:
    vpa = call.document.get("vpa")
    odd = isinstance(vpa, str) and re.search(r"[._-].*@", vpa) and " " not in vpa
    return said(400, "INVALID_VPA") if odd and vpa == "A.b-c_9@Bank1" else await forward(call)


@defect("PAY-02*", "PAY-027")
async def breaks_on_other_digits(call: Call, forward: Forward, _: Memory) -> Reply:
    number = _card(call).get("number", "")
    broken = not isinstance(number, str) or not number.isascii()
    return said(500, "SERVER_ERROR") if broken else await forward(call)


@defect("PAY-028", "PAY-028")
async def breaks_on_orders_that_are_no_text(call: Call, forward: Forward, _: Memory) -> Reply:
    broken = call.on("POST", PAYMENTS) and not isinstance(call.document.get("order_id"), str)
    return said(500, "SERVER_ERROR") if broken else await forward(call)


@defect("PAY-0[0-3]*", "PAY-008", "PAY-029", bug="M68")
async def takes_every_method(call: Call, forward: Forward, _: Memory) -> Reply:
    strange = call.on("POST", PAYMENTS) and call.document.get("method") not in ("upi", "card")
    known = {**call.document, "method": "upi", "vpa": "payer@bank"}
    return await forward(call.saying(known) if strange else call)


@defect("PAY-03*", "PAY-030")
async def lets_the_caller_set_the_payment(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not call.on("POST", PAYMENTS) or reply.status != 201:
        return reply
    forged = ("id", "status", "captured", "merchant_id", "created_at")
    return reply.changed(**{n: v for n, v in call.document.items() if n in forged})


@defect("PAY-0[0-3]*", "PAY-002", "PAY-037", bug="M8")
async def takes_the_price_from_the_caller(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not (call.on("POST", PAYMENTS) or call.on("POST", PUBLIC)) or reply.status != 201:
        return reply
    told = {n: v for n, v in call.document.items() if n in ("amount", "currency")}
    return reply.changed(**told)


@defect("PAY-03*", "PAY-031")
async def shows_little_of_a_new_payment(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.without("created_at", "method") if call.on("POST", PAYMENTS) else reply


@defect("PAY-03*", "PAY-032")
async def times_are_local(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not call.on("GET", f"{PAYMENTS}/*") or reply.status != 200:
        return reply
    return reply.changed(created_at=reply.document["created_at"].removesuffix("Z"))


@defect("PAY-03*", "PAY-033", bug="M12")
async def decides_again(call: Call, forward: Forward, memory: Memory) -> Reply:
    again = call.on("POST", f"{PAYMENTS}/*/capture")
    if again:
        memory[again[1]] = True
    seen = call.on("GET", f"{PAYMENTS}/*")
    reply = await forward(call)
    return reply.changed(status="success") if seen and seen[1] in memory else reply


@defect("PAY-03*", "PAY-034", bug="M15")
async def one_payment_for_an_order(call: Call, forward: Forward, memory: Memory) -> Reply:
    order_id = call.document.get("order_id") if call.on("POST", PAYMENTS) else None
    if isinstance(order_id, str) and order_id in memory:
        return said(400, description="Order already has a payment")
    reply = await forward(call)
    if reply.status == 201:
        memory[order_id] = True
    return reply


@defect("PAY-035", "PAY-035", bug="M71")
async def repeats_payment_ids(call: Call, forward: Forward, memory: Memory) -> Reply:
    reply = await forward(call)
    if not call.on("POST", PAYMENTS):
        return reply
    return reply.changed(id=memory.setdefault("id", reply.document.get("id")))


@defect("PAY-0[34]*", "PAY-036", "PAY-038", "PAY-039")
async def payers_need_credentials(call: Call, forward: Forward, _: Memory) -> Reply:
    return said(401, "AUTHENTICATION_ERROR") if call.on("POST", PUBLIC) else await forward(call)


@defect("PAY-03[6-9]", "PAY-036", "PAY-038", "PAY-039")
async def pays_whatever_the_page_says(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not call.on("POST", PUBLIC):
        return reply
    return reply.changed(merchant_id="m") if reply.status == 201 else said(422)


@defect("PAY-04*", "PAY-040", "PAY-041")
async def public_payments_answer_badly(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not call.on("GET", f"{PAYMENTS}/*/public"):
        return reply
    return said(400) if reply.status == 404 else reply.changed(status="pending")


@defect("PAY-04*", "PAY-042")
async def knows_no_scenarios(call: Call, forward: Forward, _: Memory) -> Reply:
    return await forward(call.having(x_test_scenario=""))


@defect("PAY-0[01]*", "PAY-010", bug="M74")
async def never_writes_success(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    done = call.on("GET", f"{PAYMENTS}/*") and (reply.document or {}).get("status") == "success"
    return reply.changed(status="failed", error_code="X", error_description="x") if done else reply


@defect("PAY-00[3-9]", "PAY-003", bug="M71")
async def makes_longer_payment_ids(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    made = call.on("POST", PAYMENTS) and reply.status == 201
    return reply.changed(id=f"{reply.document['id']}0") if made else reply


@defect("PAY-00[3-9]", "PAY-004")
async def answers_cards_without_their_network(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.without("card_network") if call.on("POST", PAYMENTS) else reply


@defect("PAY-00[3-9]", "PAY-009", bug="M57")
async def payments_for_nothing_are_bad_requests(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return said(400) if call.on("POST", PAYMENTS) and reply.status == 404 else reply


@defect("PAY-01[0-4]", "PAY-011")
async def fails_without_a_reason(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.changed(error_code=None) if call.on("GET", f"{PAYMENTS}/*") else reply


@defect("PAY-01[0-4]", "PAY-012")
async def reads_amounts_back_in_rupees(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not call.on("GET", f"{PAYMENTS}/*") or reply.status != 200:
        return reply
    return reply.changed(amount=reply.document["amount"] // 100)


@defect("PAY-01[0-4]", "PAY-013", bug="M57")
async def unknown_payments_are_bad_requests(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return said(400) if call.on("GET", f"{PAYMENTS}/*") and reply.status == 404 else reply


@defect("PAY-01[0-4]", "PAY-014", bug="M53")
async def tells_payers_whom_they_pay(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.changed(merchant_id="m") if call.on("GET", f"{PAYMENTS}/*/public") else reply
