"""
Senders that are wrong in one way each, and exactly what must fail for it.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from paywright.parties import TEST_CREDENTIALS
from tests.integration.conformance.wrong.front import Call, Forward, Memory, Reply, Spoil, said
from tests.integration.conformance.wrong_hooks.relay import Change, Hook, unchanged

SECRET = b"whsec_test_abc123"
LOG = "/api/v1/webhooks"
#: Groups in the spelling of `--only`: webhooks and signatures; retries but the slow endpoints; everything about one delivery.
HOOKS = "[WS][HI][KG]-00*"
RETRIES = "RTY-0[01][0-5]*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """
    A wrong gateway: which of its deliveries or answers is spoilt, what to look at, and which of that must fail.
    """

    name: str
    only: str
    fails: frozenset[str]
    bug: str
    change: Change = unchanged
    status: Callable[[int], int] = int
    follows: bool = False
    holds: bool = False
    hears: bool = False
    answer: Spoil | None = None


WRONG: dict[str, Wrong] = {}


def _add(name: str, only: str, fails: str, bug: str, **how: Any) -> None:
    assert name not in WRONG, name
    ids = frozenset(f"PGC-{one}" for one in fails.split())
    WRONG[name] = Wrong(name=name, only=f"PGC-{only}", fails=ids, bug=bug, **how)


def delivers(only: str, fails: str, *, bug: str = "", **how: Any) -> Callable[[Change], Change]:
    """
    Register a sender whose deliveries are changed by the function, and which is wrong in these other ways, too.
    """

    def register(change: Change) -> Change:
        _add(getattr(change, "__name__", ""), only, fails, bug, change=change, **how)
        return change

    return register


def answers(only: str, fails: str, *, bug: str = "") -> Callable[[Spoil], Spoil]:
    """
    Register a gateway whose answers are spoilt by the function.
    """

    def register(spoil: Spoil) -> Spoil:
        _add(getattr(spoil, "__name__", ""), only, fails, bug, answer=spoil)
        return spoil

    return register


def _signed(hook: Hook, body: bytes, *, key: bytes = SECRET) -> Hook:
    signature = hmac.new(key, body, hashlib.sha256).hexdigest()
    return hook.saying(body).having(x_webhook_signature=signature)


def _well_signed(hook: Hook, body: bytes) -> Hook:
    """
    Another body, signed as it is, in both schemes.
    """
    key = base64.b64decode(TEST_CREDENTIALS["signing_secret"].removeprefix("whsec_"))
    signed = b".".join(
        (hook.header("webhook-id").encode(), hook.header("webhook-timestamp").encode(), body)
    )
    standard = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return _signed(hook, body).having(webhook_signature=f"v1,{standard}")


def _document(hook: Hook) -> Any:
    return json.loads(hook.body)


def _compact(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


# What is signed, and with what.


@delivers(HOOKS, "WHK-002 SIG-004 SIG-006", bug="M23")
def signs_compact_sends_spaced(hook: Hook, _: Memory) -> list[Hook]:
    return [hook.saying(json.dumps(_document(hook), ensure_ascii=False).encode())]


@delivers(HOOKS, "WHK-002 SIG-002 SIG-003 SIG-004", bug="M24")
def signs_with_an_empty_secret(hook: Hook, _: Memory) -> list[Hook]:
    return [_signed(hook, hook.body, key=b"")]


@delivers("SIG-*", "SIG-001 SIG-003 SIG-004 SIG-005")
def signs_in_base64(hook: Hook, _: Memory) -> list[Hook]:
    return [hook.having(x_webhook_signature="c2lnbmVkIGluIGJhc2U2NA==")]


@delivers("SIG-*", "SIG-003 SIG-004 SIG-005")
def signs_everything_alike(hook: Hook, _: Memory) -> list[Hook]:
    return [hook.having(x_webhook_signature="0" * 64)]


@delivers("SIG-00[36]", "SIG-003 SIG-006")
def sends_spaces_and_signs_them(hook: Hook, _: Memory) -> list[Hook]:
    return [_signed(hook, json.dumps(_document(hook), ensure_ascii=False).encode())]


@delivers("SIG-00[6-9]", "SIG-006 SIG-008 SIG-009")
def pins_the_standard_headers(hook: Hook, _: Memory) -> list[Hook]:
    return [hook.having(webhook_id="same", webhook_timestamp="1700000000")]


@delivers("SIG-00[6-9]", "SIG-006 SIG-007")
def numbers_each_attempt(hook: Hook, memory: Memory) -> list[Hook]:
    memory["count"] = memory.get("count", 0) + 1
    return [hook.having(webhook_id=f"evt_{memory['count']}")]


# Which events come, how often, with what in them.


@delivers("WHK-0[01]*", "WHK-008 WHK-013", bug="M43")
def never_announces_creation(hook: Hook, _: Memory) -> list[Hook]:
    silent = ("payment.created", "payment.pending", "refund.created")
    return [] if _document(hook)["event"] in silent else [hook]


@delivers("WHK-00[1-5]", "WHK-001 WHK-002 WHK-003 WHK-004 WHK-005", bug="M37")
def never_announces_success(hook: Hook, _: Memory) -> list[Hook]:
    return [] if _document(hook)["event"] == "payment.success" else [hook]


@delivers("WHK-0[02]*", "WHK-007 WHK-021", bug="M38")
def sends_refunds_without_data(hook: Hook, _: Memory) -> list[Hook]:
    document = _document(hook)
    if document["event"] == "refund.processed":
        return [
            _signed(hook, _compact({**document, "data": {"of": document["data"]["refund"]["id"]}}))
        ]
    return [hook]


@delivers("WHK-0[012]*", "WHK-004 WHK-019 WHK-022", bug="M38")
def sends_no_timestamp(hook: Hook, _: Memory) -> list[Hook]:
    document = _document(hook)
    del document["timestamp"]
    return [_signed(hook, _compact(document))]


@delivers("WHK-02*", "WHK-020 WHK-024")
def tells_too_much_and_too_little(hook: Hook, _: Memory) -> list[Hook]:
    body = hook.body.replace(b'"card_last4":"1111"', b'"card_last4":"1111","n":"4111111111111111"')
    return [_signed(hook, body.replace(b'"status":"failed"', b'"status":"success"'))]


@delivers("WHK-0[0123]*", "WHK-009 WHK-012 WHK-038", bug="M29")
def delivers_twice(hook: Hook, _: Memory) -> list[Hook]:
    return [hook, hook]


@delivers("WHK-0[13]*", "WHK-012 WHK-035", bug="M28")
def makes_each_body_anew(hook: Hook, memory: Memory) -> list[Hook]:
    memory["count"] = memory.get("count", 0) + 1
    return [_well_signed(hook, _compact({**_document(hook), "sent": memory["count"]}))]


@delivers("WHK-0[01][156]", "WHK-006 WHK-015")
def announces_failures_as_success(hook: Hook, _: Memory) -> list[Hook]:
    return [_well_signed(hook, hook.body.replace(b'"payment.failed"', b'"payment.success"'))]


@delivers("WHK-0[012][38]", "WHK-018")
def sends_payments_without_their_currency(hook: Hook, _: Memory) -> list[Hook]:
    return [_well_signed(hook, hook.body.replace(b'"currency":"INR",', b""))]


@delivers("WHK-01[0-3]", "WHK-010")
def signs_in_one_scheme_only(hook: Hook, _: Memory) -> list[Hook]:
    return [hook.having(webhook_id="", webhook_timestamp="", webhook_signature="")]


@delivers("WHK-02*", "WHK-023")
def puts_instead_of_posting(hook: Hook, _: Memory) -> list[Hook]:
    return [replace(hook, method="PUT")]


# When it is tried again.


@delivers(RETRIES, "RTY-001 RTY-003", bug="M39")
def gives_up_after_four(hook: Hook, _: Memory) -> list[Hook]:
    return [] if hook.header("X-Webhook-Attempt") == "5" else [hook]


@delivers(RETRIES, "RTY-004 RTY-005 RTY-015", bug="M28", hears=True)
def forgets_what_it_sent(hook: Hook, _: Memory) -> list[Hook]:
    """
    Later attempts have another body under the first one's signature; and no answer is a good answer.
    """
    again = hook.header("X-Webhook-Attempt") != "1"
    return [hook.saying(hook.body.replace(b'"data"', b'"again":1,"data"')) if again else hook]


@delivers("RTY-00[4-9]", "RTY-008 RTY-009", bug="M29")
def two_pollers_find_each_retry(hook: Hook, _: Memory) -> list[Hook]:
    return [hook] if hook.header("X-Webhook-Attempt") == "1" else [hook, hook]


def _redirects_are_fine(status: int) -> int:
    return 200 if 300 <= status < 400 else status


_add("takes_redirects_for_success", RETRIES, "RTY-012", "M44", status=_redirects_are_fine)
_add("follows_redirects", RETRIES, "RTY-012 RTY-013", "M44", follows=True)
_add(
    "takes_any_answer_for_success", "RTY-01[0-3]*", "RTY-011 RTY-012", "M44",
    status=lambda _: 200,
)  # fmt: skip
_add(
    "takes_only_200_for_success", "RTY-01[0-5]*", "RTY-010", "",
    status=lambda status: 500 if 200 < status < 300 else status,
)  # fmt: skip
_add("waits_for_ever", "RTY-01[678]*", "RTY-016", "M35", holds=True)


# What it says about itself.


@answers("WHK-03*", "WHK-031 WHK-032", bug="M64, M80")
async def logs_secrets_and_breaks_on_pages(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if call.on("GET", LOG) and reply.status == 400:
        return said(500, "SERVER_ERROR")
    if call.on("GET", LOG) and reply.status == 200:
        return reply.changed(secret=SECRET.decode())
    return reply


@answers("WHK-0[234]*", "WHK-034 WHK-035 WHK-038 WHK-040", bug="M63")
async def ignores_manual_retries(call: Call, forward: Forward, _: Memory) -> Reply:
    if call.on("POST", f"{LOG}/not-a-uuid/retry"):
        return said(500, "SERVER_ERROR", "invalid input syntax")
    if call.on("POST", f"{LOG}/*/retry") and call.header("x-api-key"):
        reply = await forward(replace(call, method="GET", path=LOG))
        known = call.path.split("/")[4] in reply.body.decode()
        return Reply(200).saying({"message": "ok"}) if known else await forward(call)
    return await forward(call)


@answers("[WR][HT][KY]-0[03]*", "RTY-006 RTY-008 WHK-033", bug="M30, M32")
async def logs_each_attempt_as_failed(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not (call.on("GET", LOG) and reply.status == 200):
        return reply
    rows = []
    for row in reply.document["data"]:
        failed = {**row, "status": "failed"} if row["status"] == "pending" else row
        rows += [failed] * max(1, row["attempts"]) if row["attempts"] > 1 else [failed]
    return reply.changed(data=[{**r, "attempts": 1} if r["attempts"] == 3 else r for r in rows])


@answers("RTY-014", "RTY-014")
async def takes_gone_for_success(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not (call.on("GET", LOG) and reply.status == 200):
        return reply
    rows = reply.document["data"]
    return reply.changed(
        data=[{**r, "status": "success"} if r["response_code"] == 410 else r for r in rows]
    )


@answers("WHK-01[67]", "WHK-016", bug="M36")
async def logs_without_an_address(call: Call, forward: Forward, memory: Memory) -> Reply:
    if call.on("PUT", "/api/v1/webhooks/config"):
        memory["is_off"] = call.document.get("webhook_url", "") is None
    reply = await forward(call)
    if call.on("POST", "/api/v1/payments") and memory.get("is_off"):
        memory["rows"] = memory.get("rows", 0) + 1
    if call.on("GET", LOG) and reply.status == 200:
        return reply.changed(total=reply.document["total"] + memory.get("rows", 0))
    return reply


@answers("WHK-02*", "WHK-027 WHK-028 WHK-029", bug="M59")
async def lists_the_log_upside_down(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not (call.on("GET", LOG) and reply.status == 200):
        return reply
    rows = reply.document["data"]
    return reply.changed(data=rows[::-1], total=len(rows))


@answers("WHK-01[4-7]", "WHK-014")
async def announces_what_it_has_not_written(call: Call, forward: Forward, memory: Memory) -> Reply:
    reply = await forward(call)
    found = call.on("GET", "/api/v1/payments/*")
    if not found or memory.get(found[1]):
        return reply
    memory[found[1]] = True
    return reply.changed(status="pending")


@answers("WHK-01[4-7]", "WHK-017")
async def payments_fail_where_nobody_listens(call: Call, forward: Forward, memory: Memory) -> Reply:
    if call.on("PUT", "/api/v1/webhooks/config"):
        memory["is_off"] = call.document.get("webhook_url", "") is None
    if call.on("POST", "/api/v1/payments") and memory.get("is_off"):
        call = call.saying({**call.document, "vpa": "failure@bank"})
    return await forward(call)


@answers("WHK-0[13][01]", "WHK-011 WHK-030", bug="M59")
async def shows_the_log_to_anyone(call: Call, forward: Forward, _: Memory) -> Reply:
    if not call.on("GET", LOG):
        return await forward(call)
    return (await forward(call.signed_in())).without("offset")


@answers("[WR][HT][KY]-0[02][567]", "WHK-025 WHK-026 RTY-007")
async def logs_in_its_own_words(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not (call.on("GET", LOG) and reply.status == 200):
        return reply
    rows = [
        {**row, "id": row["id"].replace("-", ""), "created_at": row["created_at"].rstrip("Z")}
        for row in reply.document["data"]
    ]
    return reply.changed(
        data=[{**r, "status": "exhausted"} if r["status"] == "failed" else r for r in rows]
    )


@answers("WHK-0[34][14-9]", "WHK-036 WHK-037 WHK-039 WHK-041", bug="M32")
async def retries_by_hand_are_other_webhooks(call: Call, forward: Forward, memory: Memory) -> Reply:
    """
    Anyone's request makes a further row, which counts on where the first one ended.
    """
    asked = call.on("POST", f"{LOG}/*/retry")
    reply = await forward(call.signed_in() if asked else call)
    if asked and reply.status == 404:
        return said(400)
    if asked and reply.status == 200:
        memory[asked[1]] = 1
    if not (call.on("GET", LOG) and reply.status == 200):
        return reply
    rows = reply.document["data"]
    counted = [{**r, "attempts": r["attempts"] + memory.get(r["id"], 0)} for r in rows]
    return reply.changed(data=counted, total=reply.document["total"] + len(memory))


@answers("JOB-00[1-4]", "JOB-001 JOB-002 JOB-003 JOB-004", bug="M60, M61")
async def hides_its_workers(call: Call, forward: Forward, _: Memory) -> Reply:
    reply = await forward(call)
    if not call.path.endswith("/jobs/status"):
        return reply
    return said(401, "AUTHENTICATION_ERROR")


@answers("TST-00[4-9]", "TST-005 TST-007", bug="M73")
async def draws_outcomes_and_jumps(call: Call, forward: Forward, memory: Memory) -> Reply:
    if call.on("POST", "/api/v1/payments"):
        memory["count"] = memory.get("count", 0) + 1
        if memory["count"] % 10 == 5:
            return await forward(call.saying({**call.document, "vpa": "failure@bank"}))
    if call.document.get("advance") == "90s":
        return await forward(call.saying({"advance": "91s"}))
    return await forward(call)
