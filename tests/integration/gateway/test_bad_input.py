"""
Bad input gets the contract's envelope with 4xx, never HTML, never 5xx.
"""

from typing import Any

import pytest

from tests.late_body import send_late_body
from tests.merchant import CREDENTIALS, Merchant

ORDER = "/api/v1/orders"
PAYMENT = "/api/v1/payments"


@pytest.mark.parametrize(
    ("method", "path", "content", "headers", "status"),
    [
        pytest.param("POST", ORDER, b"{", {}, 400, id="malformed"),
        pytest.param("POST", ORDER, b"", {}, 400, id="empty"),
        pytest.param("POST", ORDER, b"[]", {}, 400, id="array"),
        pytest.param("POST", ORDER, b"[" * 60_000, {}, 400, id="deep"),
        pytest.param("POST", ORDER, b'{"amount":1,"amount":50000}', {}, 400, id="duplicate"),
        pytest.param("POST", ORDER, b'{"amount":"50000"}', {}, 400, id="text-amount"),
        pytest.param("POST", ORDER, b'{"amount":50000.0}', {}, 400, id="float-amount"),
        pytest.param("POST", ORDER, b'{"amount":true}', {}, 400, id="boolean-amount"),
        pytest.param("POST", ORDER, b'{"amount":9007199254740992}', {}, 400, id="huge-amount"),
        pytest.param(
            "POST", ORDER, b'{"amount":50000,"currency":"inr"}', {}, 400, id="lower-case-currency"
        ),
        pytest.param(
            "POST", ORDER, b'{"amount":50000,"currency":["INR"]}', {}, 400, id="list-currency"
        ),
        pytest.param("POST", ORDER, b'{"amount":50000,"notes":"x"}', {}, 400, id="text-notes"),
        pytest.param("POST", ORDER, b'{"amount":50000,"receipt":5}', {}, 400, id="number-receipt"),
        pytest.param("POST", ORDER, b'{"amount":50000,"receipt":"\\u0000"}', {}, 400, id="nul"),
        pytest.param("POST", ORDER, b"x" * 70_000, {}, 413, id="too-large"),
        pytest.param(
            "POST",
            ORDER,
            b"amount=5",
            {"Content-Type": "application/x-www-form-urlencoded"},
            415,
            id="form",
        ),
        pytest.param("POST", ORDER, b"{}", {"Content-Encoding": "gzip"}, 415, id="gzip"),
        pytest.param(
            "POST", ORDER, b'{"amount":50000}', {"X-Api-Secret": "wrong"}, 401, id="wrong-secret"
        ),
        pytest.param(
            "POST", ORDER, b'{"amount":50000}', {"X-Api-Secret": "s" * 300}, 401, id="long-secret"
        ),
        pytest.param(
            "POST", ORDER, b'{"amount":50000}', {"X-Api-Key": "key_nobody"}, 401, id="unknown-key"
        ),
        pytest.param("POST", PAYMENT, b'{"method":"upi","vpa":"a@b"}', {}, 400, id="no-order"),
        pytest.param(
            "POST",
            PAYMENT,
            b'{"order_id":5,"method":"upi","vpa":"a@b"}',
            {},
            400,
            id="number-order",
        ),
        pytest.param(
            "POST",
            PAYMENT,
            b'{"order_id":"order_0000000000000000","method":"upi","vpa":"a@b"}',
            {},
            404,
            id="unknown-order",
        ),
        pytest.param(
            "POST",
            PAYMENT,
            b'{"order_id":"order_0000000000000000","method":"upi","vpa":"a@b"}',
            {"Idempotency-Key": "x" * 256},
            400,
            id="long-key",
        ),
        pytest.param("GET", ORDER + "/nonsense", None, {}, 404, id="no-id"),
        pytest.param(
            "GET", ORDER + "/order_'; drop table orders; --", None, {}, 404, id="injection"
        ),
        pytest.param("GET", PAYMENT + "/rfnd_0000000000000000", None, {}, 404, id="other-kind"),
        pytest.param("GET", PAYMENT + "/pay_%00", None, {}, 404, id="nul-in-path"),
        pytest.param("GET", "/api/v1/webhooks?limit=abc&offset=-1", None, {}, 400, id="limit-abc"),
        pytest.param("GET", "/api/v1/webhooks?limit=1e2", None, {}, 400, id="limit-1e2"),
        pytest.param("GET", "/api/v1/webhooks?limit=101", None, {}, 400, id="limit-101"),
        pytest.param("GET", "/api/v1/webhooks?cursor=x", None, {}, 400, id="cursor"),
        pytest.param("POST", "/api/v1/webhooks/not-a-uuid/retry", b"", {}, 404, id="webhook-id"),
        pytest.param(
            "PUT", "/api/v1/webhooks/config", b'{"webhook_url":"ftp://x"}', {}, 400, id="ftp"
        ),
        pytest.param(
            "PUT",
            "/api/v1/webhooks/config",
            b'{"webhook_url":"http://169.254.169.254/"}',
            {},
            400,
            id="metadata",
        ),
        pytest.param(
            "PUT", "/api/v1/webhooks/config", b'{"events":["nothing"]}', {}, 400, id="unknown-event"
        ),
        pytest.param(
            "GET", "/api/v1/ledger/reconciliation?date=20261121", None, {}, 400, id="day-form"
        ),
        pytest.param(
            "GET", "/api/v1/ledger/reconciliation?date=9999-12-31", None, {}, 400, id="last-day"
        ),
        pytest.param("DELETE", ORDER, None, {}, 405, id="method"),
        pytest.param("GET", "/nothing/here", None, {"Accept": "text/html"}, 404, id="no-route"),
        pytest.param("POST", "/api/v1/bank/callbacks", b"{}", {}, 401, id="unsigned-callback"),
        pytest.param("POST", "/api/v1/test/clock", b'{"mode":"warp"}', {}, 400, id="clock-mode"),
        pytest.param(
            "POST", "/api/v1/test/clock", b'{"advance":"1h"}', {}, 400, id="advance-real-clock"
        ),
    ],
)
async def test_bad_input_gets_the_envelope(
    merchant: Merchant,
    method: str,
    path: str,
    content: bytes | None,
    headers: dict[str, str],
    status: int,
) -> None:
    """
    Status, JSON, code and a sentence.
    """
    sent = {"Content-Type": "application/json", **CREDENTIALS, **headers}

    answer = await merchant.http.request(method, path, content=content, headers=sent)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    error = answer.json()["error"]
    assert set(error) == {"code", "description"}
    assert error["code"].isupper()
    assert len(error["description"]) > 10


@pytest.mark.parametrize(
    "name", ["status", "captured", "merchant_id", "id", "amount", "created_at"]
)
async def test_members_that_are_not_the_callers_are_never_applied(
    merchant: Merchant, name: str
) -> None:
    """
    Mass assignment.
    """
    intruder: dict[str, Any] = {name: "intruder"}
    order_id = await merchant.order()

    answer = await merchant.pay(order_id, **intruder)

    assert answer.status_code == 201
    assert answer.json().get(name) != "intruder"


async def test_missing_and_wrong_credentials_look_the_same(merchant: Merchant) -> None:
    """
    No oracle.
    """
    bodies = set()
    for headers in (
        {},
        {"X-Api-Key": "key_test_abc123"},
        {**CREDENTIALS, "X-Api-Secret": "no"},
        {**CREDENTIALS, "X-Api-Key": "no"},
    ):
        client = merchant.http.build_request("GET", "/api/v1/orders/order_0000000000000000")
        for name in CREDENTIALS:
            client.headers.pop(name, None)
        client.headers.update(headers)
        answer = await merchant.http.send(client)
        assert answer.status_code == 401
        bodies.add(answer.content)

    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("body", "size_bytes", "expected"),
    [
        pytest.param(b"{}", 2, [(401, False), (200, False)], id="late"),
        pytest.param(b"x" * 1_000_000, 1_000_000, [(401, False), (200, False)], id="large"),
        pytest.param(None, 2, [(401, True)], id="never"),
    ],
)
async def test_refusal_before_the_body_does_not_cost_the_next_request(
    merchant: Merchant, body: bytes | None, size_bytes: int, expected: list[tuple[int, bool]]
) -> None:
    """
    The connection goes on once the body came; when none comes, the answer says that it ends.
    """
    found = await send_late_body(
        str(merchant.http.base_url.join(ORDER)), body=body, size_bytes=size_bytes
    )

    assert found == expected


async def test_allowed_methods_are_listed_in_order(merchant: Merchant) -> None:
    """
    The same header with every start.
    """
    answer = await merchant.http.delete("/api/v1/webhooks/config", headers=CREDENTIALS)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, PUT"
