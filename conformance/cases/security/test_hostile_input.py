"""
Hostile input: injection, confused types, prototype members, JSON that is none.
"""

import asyncio
from typing import Any

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway, PaymentSeen
from conformance.harness.verdict import Level

#: One of each family: SQL, markup, templates, shell, log lines, formulas, formats, right-to-left, emoji.
CORPUS = [
    "'; DROP TABLE orders; --",
    "1' OR '1'='1",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "$(id) `id` | id",
    'x\r\n{"level":"fake"}',
    "=cmd|' /C calc'!A0",
    "%s%n%x",
    "\u202egnp.exe",
    "₹ चाय ☕ 👩‍👩‍👧",
]
HOSTILE_BODIES = [
    pytest.param(b"", id="empty"),
    pytest.param(b"[]", id="array"),
    pytest.param(b'"text"', id="text"),
    pytest.param(b'{"amount": NaN}', id="nan"),
    pytest.param(b"{" * 20_000, id="deep"),
    pytest.param(b'{"amount": 1' + b"0" * 5_000 + b"}", id="long-number"),
    pytest.param(b"\xff\xfe", id="not-utf-8"),
]


@requirement("PGC-SEC-003", source="reliability 4 H 82, 86", level=Level.SAFETY)
async def test_text_is_kept_as_text(gateway: Gateway) -> None:
    """
    Text of any content in `receipt` and `notes` MUST be kept as it is, or refused with 4xx.
    """
    answers = await asyncio.gather(
        *(gateway.create_order(amount=50_000, receipt=t, notes={"n": t}) for t in CORPUS)
    )

    expect.each_kept_or_refused(answers, "receipt", CORPUS)
    expect.each_kept_or_refused(answers, "notes.n", CORPUS)


@requirement("PGC-SEC-004", source="reliability 4 H 82", level=Level.SAFETY)
async def test_reasons_are_kept_as_text(gateway: Gateway) -> None:
    """
    A refund's reason of any content MUST be kept as it is, or refused with 4xx.
    """
    payment = await gateway.successful_payment()

    answers = await asyncio.gather(
        *(gateway.refund(payment.id, 100, reason=text) for text in CORPUS)
    )

    expect.each_kept_or_refused(answers, "reason", CORPUS)


@requirement("PGC-SEC-005", source="reliability 4 A 17", level=Level.SAFETY)
async def test_prototype_members_change_nothing(gateway: Gateway) -> None:
    """
    Members called `__proto__` or `constructor` MUST NOT reach other objects.
    """
    polluted = b'{"amount":50000,"notes":{"__proto__":{"status":"paid"},"constructor":{"prototype":{"status":"paid"}}}}'

    first = await gateway.client.send("POST", gateway.path("orders"), raw=polluted)
    second = await gateway.create_order(amount=50_000)

    expect.not_broken([first])
    expect.status(second, 201)
    expect.equal(expect.field(second, "status"), "created", "status of the next order")


@requirement("PGC-SEC-006", source="reliability 4 A", level=Level.SAFETY)
@pytest.mark.parametrize("raw", HOSTILE_BODIES)
async def test_hostile_payments_do_not_break_the_gateway(gateway: Gateway, raw: bytes) -> None:
    """
    A hostile body at POST /payments SHOULD be refused with a 4xx status.
    """
    answer = await gateway.client.send("POST", gateway.path("payments"), raw=raw)

    expect.is_refused(answer)


@requirement("PGC-SEC-007", source="reliability 4 A", level=Level.SAFETY)
@pytest.mark.parametrize("raw", HOSTILE_BODIES)
async def test_hostile_refunds_do_not_break_the_gateway(
    gateway: Gateway, abused: PaymentSeen, raw: bytes
) -> None:
    """
    A hostile body at POST /payments/{id}/refunds SHOULD be refused with a 4xx status.
    """
    path = gateway.path("refunds", payment_id=abused.id)

    answer = await gateway.client.send("POST", path, raw=raw)

    expect.is_refused(answer)


@requirement(
    "PGC-SEC-008", source="reliability 4 A 4-11", needs=("strict_input",), level=Level.EXTENSION
)
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'{"amount":100,"amount":50000}', id="duplicate"),
        pytest.param(b'{"amount":50000}{"amount":100}', id="two-documents"),
        pytest.param(b'\xef\xbb\xbf{"amount":50000}', id="byte-order-mark"),
        pytest.param(b'{"amount":50000,"receipt":"\\ud800"}', id="half-surrogate"),
        pytest.param(b'{"amount":50000,"receipt":"\\u0000"}', id="nul"),
        pytest.param(b'{"amount":50000,"receipt":"\xff"}', id="not-utf-8"),
        pytest.param(b'{"amount":5e4}', id="exponent"),
        pytest.param(b'{"amount":50000.0}', id="fraction-of-zero"),
        pytest.param(b'{"amount":50000,}', id="trailing-comma"),
    ],
)
async def test_json_is_read_strictly(gateway: Gateway, raw: bytes) -> None:
    """
    A body that two JSON readers may read differently SHOULD be refused with a 4xx status.
    """
    answer = await gateway.client.send("POST", gateway.path("orders"), raw=raw)

    expect.is_refused(answer)


@requirement("PGC-SEC-009", source="wild-bugs M50", level=Level.SAFETY)
@pytest.mark.parametrize("sent", ["none", "wrong"])
async def test_webhook_address_is_the_merchants(gateway: Gateway, sent: str) -> None:
    """
    The webhook address MUST NOT be changed without the merchant's credentials.
    """
    auth, how = gateway.profile.auth, expect.configurable(gateway.profile.webhook)
    wrong = {auth["key_header"]: auth["key"], auth["secret_header"]: "wrong"}
    body: dict[str, Any] = {**how.get("members", {}), how["field"]: "http://127.0.0.1:9/stolen"}

    answer = await gateway.client.send(
        how["method"], how["path"], body=body, auth={"none": {}, "wrong": wrong}[sent]
    )

    expect.status(answer, 401, kind="unauthorised")
