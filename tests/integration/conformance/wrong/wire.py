"""
Wrong gateways: errors, lists, the HTTP layer, card data, secrets.
"""

import html
import re
from dataclasses import replace

from tests.integration.conformance.wrong.front import Call, Forward, Memory, Reply, defect, said

ORDERS = "/api/v1/orders"
PAYMENTS = "/api/v1/payments"
WEBHOOKS = "/api/v1/webhooks"
_PAGE = {"content-type": "text/html"}


@defect("ERR-*", "ERR-001", "ERR-002", "ERR-003", "ERR-004", "ERR-005", "ERR-008")
async def errors_are_text(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return reply.saying({"error": "wrong"}) if reply.status in (400, 404) else reply


@defect("ERR-*", "ERR-004", "ERR-005")
async def errors_have_other_words(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if reply.status not in (400, 404) or "type" in (reply.document or {}):
        return reply
    return said(reply.status, reply.document["error"]["code"], "wrong")


@defect("ERR-*", "ERR-006", bug="M56, M82")
async def errors_show_the_driver(call: Call, forward: Forward, _: Memory) -> Reply:
    if call.path.startswith(f"{WEBHOOKS}/not-a-uuid"):
        return said(500, "22P02", 'invalid input syntax for type uuid: "not-a-uuid"')
    return await forward(call)


@defect(
    "[EL][RI][RM]-*", "ERR-002", "ERR-004", "ERR-007", "ERR-008", "LIM-002", "LIM-010", bug="M66"
)
async def errors_are_pages(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return Reply(404, b"<html>Not Found</html>", _PAGE) if reply.status == 404 else reply


@defect("ERR-*", "ERR-008")
async def knows_no_problem_json(call: Call, forward: Forward, _: Memory) -> Reply:
    return await forward(call.having(accept="application/json"))


@defect("LST-0[01][01]", "LST-001", "LST-010", bug="M64")
async def breaks_on_senseless_pages(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    return said(500, "SERVER_ERROR") if "limit" in call.query and reply.status == 400 else reply


@defect("LST-*", "LST-002", "LST-003", "LST-008", "LST-012")
async def shows_everything_on_every_page(call: Call, forward: Forward, _: Memory) -> Reply:
    senseless = not re.fullmatch(r"(limit=\d{1,2})?(&offset=\d+)?", call.query)
    return await forward(call if senseless else replace(call, query="limit=50&offset=0"))


@defect("LST-0[01][23]", "LST-003", "LST-012")
async def turns_no_page(call: Call, forward: Forward, _: Memory) -> Reply:
    return await forward(replace(call, query=re.sub(r"&offset=\d+$", "&offset=0", call.query)))


@defect("LST-00[248]", "LST-002", "LST-004", "LST-008", bug="M59")
async def lists_without_counts(call: Call, forward: Forward, _: Memory) -> Reply:
    return (await forward(call)).without("total", "limit")


@defect("LST-00[59]", "LST-005", "LST-009")
async def lists_the_oldest_first(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if call.query not in ("limit=1&offset=0", "limit=5") or reply.status != 200:
        return reply
    oldest = replace(call, query=f"limit=1&offset={reply.document['total'] - 1}")
    return await forward(oldest)


@defect("LST-00[67]", "LST-006", bug="M63")
async def breaks_on_ids_that_are_no_uuids(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    broken = call.on("POST", f"{WEBHOOKS}/*/retry") and reply.status == 404
    return said(500, "SERVER_ERROR") if broken else reply


@defect("LST-00[67]", "LST-007", bug="M80")
async def the_log_shows_the_merchant(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not call.on("GET", WEBHOOKS) or reply.status != 200:
        return reply
    return reply.changed(data=[{**row, "merchant_id": "m"} for row in reply.document["data"]])


@defect("LST-0[01][0-289]", "LST-008", "LST-009", "LST-010", "LST-011", "LST-012")
async def knows_no_lists(call: Call, forward: Forward, _: Memory) -> Reply:
    listed = call.method == "GET" and (
        call.path in (ORDERS, PAYMENTS, "/api/v1/refunds") or call.path.endswith("/refunds")
    )
    return Reply(200).saying({"data": [], "total": None}) if listed else await forward(call)


@defect("LIM-*", "LIM-001", "LIM-002")
async def unknown_paths_are_welcome(call: Call, forward: Forward, _: Memory) -> Reply:
    return Reply(200, b"<html>", _PAGE) if "-of-nothing" in call.path else await forward(call)


@defect("LIM-*", "LIM-003")
async def orders_can_be_deleted(call: Call, forward: Forward, _: Memory) -> Reply:
    return Reply(200).saying({}) if call.method == "DELETE" else await forward(call)


@defect("LIM-*", "LIM-004", "LIM-005")
async def breaks_on_heavy_bodies(call: Call, forward: Forward, _: Memory) -> Reply:
    heavy = len(call.body) > 100_000 or call.header("content-encoding") == "gzip"
    return said(500, "SERVER_ERROR") if heavy else await forward(call)


@defect("LIM-*", "LIM-006")
async def reads_forms_as_json(call: Call, forward: Forward, _: Memory) -> Reply:
    return await forward(call.having(content_type="application/json") if call.body else call)


@defect("LIM-*", "LIM-007")
async def methods_are_overridden(call: Call, forward: Forward, _: Memory) -> Reply:
    return Reply(204) if call.header("x-http-method-override") else await forward(call)


@defect("LIM-*", "LIM-008")
async def breaks_on_nul(call: Call, forward: Forward, _: Memory) -> Reply:
    return said(500, "SERVER_ERROR") if "%00" in call.path else await forward(call)


@defect("LIM-*", "LIM-009")
async def ids_have_no_kind(call: Call, forward: Forward, _: Memory) -> Reply:
    kind = re.sub(r"/(payments|refunds)/(?=order_)", "/orders/", call.path)
    return await forward(replace(call, path=kind))


@defect("LIM-*", "LIM-010", bug="M66")
async def browsers_get_pages(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    page = "text/html" in call.header("accept") and reply.status >= 400
    return Reply(reply.status, b"<html>", _PAGE) if page else reply


@defect("LIM-*", "LIM-011", "LIM-012", "LIM-013", "LIM-014")
async def headers_are_careless(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    careless = {"x-powered-by": "Express/4.18.2", "access-control-allow-credentials": "true"}
    careless["access-control-allow-origin"] = call.header("origin") or "https://shop.test"
    careless["content-type"] = reply.headers.get("content-type", "")
    return replace(reply, headers=careless)


@defect("SEC-0[01][0-4]", "SEC-001", "SEC-010", "SEC-013", bug="M45, M46, M53")
async def shows_card_numbers(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    seen = call.path.startswith(PAYMENTS) and (reply.document or {}).get("method") == "card"
    return reply.changed(card_number="4111111111111111") if seen else reply


@defect("SEC-01*", "SEC-012", "SEC-013")
async def shows_the_expiry(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    seen = call.method == "GET" and call.path.startswith(PAYMENTS) and reply.status == 200
    return reply.changed(expiry_month="12") if seen else reply


@defect("SEC-01*", "SEC-011")
async def repeats_refused_cards(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    card = call.document.get("card")
    if reply.status != 400 or not isinstance(card, dict):
        return reply
    return said(400, "INVALID_CARD", f"{card['number']} is wrong")


@defect("SEC-00[2678]", "SEC-002", "SEC-006", "SEC-007", "SEC-008", bug="M66")
async def breaks_on_hostile_bodies(call: Call, forward: Forward, _: Memory) -> Reply:
    hostile = call.method == "POST" and not call.document and call.body != b"{}"
    return said(500, "SERVER_ERROR", "parse error") if hostile else await forward(call)


@defect("SEC-00[345]", "SEC-003", "SEC-004")
async def escapes_what_it_keeps(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    found = reply.document if isinstance(reply.document, dict) else {}
    kept = {
        n: html.escape(found[n]) for n in ("receipt", "reason") if isinstance(found.get(n), str)
    }
    return reply.changed(**kept) if kept else reply


@defect("SEC-00[35]", "SEC-005")
async def prototypes_leak(call: Call, forward: Forward, memory: Memory) -> Reply:
    reply = await forward(call)
    memory["polluted"] = memory.get("polluted") or b"__proto__" in call.body
    leaked = memory["polluted"] and call.on("POST", ORDERS) and b"__proto__" not in call.body
    return reply.changed(status="paid") if leaked else reply


@defect("SEC-00[28]", "SEC-008")
async def reads_json_loosely(call: Call, forward: Forward, _: Memory) -> Reply:
    found = call.document
    loose = call.on("POST", ORDERS) and "amount" in found and found.get("receipt") is None
    return await forward(
        call.saying({"amount": 50_000})
        if loose and call.body[:1] == b"{" and found["amount"] == 50_000
        else call
    )


@defect("SEC-0[01][49]", "SEC-009", bug="M50")
async def anyone_moves_the_webhook(call: Call, forward: Forward, _: Memory) -> Reply:
    stolen = call.path == f"{WEBHOOKS}/config" and b"stolen" in call.body
    return Reply(200).saying({}) if stolen else await forward(call)


@defect("SEC-01[24]", "SEC-014", bug="M49")
async def job_counts_show_secrets(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    shown = call.path.endswith("/jobs/status")
    return reply.changed(webhook_secret="whsec_test_abc123") if shown else reply
