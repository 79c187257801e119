"""
The HTTP layer: unknown paths, methods, sizes, headers.
"""

import gzip

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-LIM-001", source="contract 1.3")
async def test_unknown_paths_are_not_found(gateway: Gateway) -> None:
    """
    A path that does not exist MUST be answered with 404.
    """
    answer = await gateway.client.send("GET", f"{gateway.path('orders')}-of-nothing")

    expect.status(answer, 404)


@requirement("PGC-LIM-002", source="reliability 4 G 75; wild-bugs M66")
async def test_unknown_paths_are_answered_in_json(gateway: Gateway) -> None:
    """
    A path that does not exist SHOULD be answered with the JSON error envelope, not with a page.
    """
    answer = await gateway.client.send("GET", f"{gateway.path('orders')}-of-nothing")

    expect.is_refused(answer)
    expect.envelope(answer)


@requirement("PGC-LIM-003", source="reliability 4 G 74", level=Level.SAFETY)
@pytest.mark.parametrize("method", ["DELETE", "PATCH", "PUT"])
async def test_methods_that_are_not_there_do_nothing(
    gateway: Gateway, unpaid_order: str, method: str
) -> None:
    """
    An order MUST NOT be changed or deleted by methods that the contract does not have.
    """
    path = gateway.path("order", order_id=unpaid_order)

    answer = await gateway.client.send(method, path, body={"amount": 100})

    after = await gateway.get("order", order_id=unpaid_order)
    expect.is_refused(answer)
    expect.equal(expect.field(after, "amount"), 50_000, "amount of the order")


@requirement("PGC-LIM-004", source="reliability 4 A 14", level=Level.SAFETY)
async def test_large_bodies_do_not_break_the_gateway(gateway: Gateway) -> None:
    """
    A body of a megabyte SHOULD be refused with a 4xx status or a closed connection, and the next request answered.
    """
    path, large = gateway.path("orders"), b'{"amount":50000,"receipt":"' + b"x" * 1_000_000 + b'"}'

    answer = await gateway.client.send_unless_cut_off("POST", path, raw=large)

    after = await gateway.create_order(amount=50_000)
    expect.refused_or_cut_off(answer)
    expect.status(after, 201)


@requirement("PGC-LIM-005", source="reliability 4 A 12", level=Level.SAFETY)
async def test_compressed_bodies_do_not_break_the_gateway(gateway: Gateway) -> None:
    """
    A gzip body SHOULD be read or refused with 4xx, never answered with 5xx.
    """
    answer = await gateway.client.send(
        "POST",
        gateway.path("orders"),
        raw=gzip.compress(b'{"amount": 50000, "currency": "INR"}'),
        headers={"Content-Encoding": "gzip"},
    )

    expect.kept_or_refused(answer, "amount", 50_000)


@requirement(
    "PGC-LIM-006", source="reliability 4 A 13", needs=("strict_input",), level=Level.EXTENSION
)
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_other_content_types_are_refused(gateway: Gateway, kind: str) -> None:
    """
    JSON that is sent as text or as a form, as a foreign web page can, SHOULD be refused with a 4xx status.
    """
    answer = await gateway.client.send(
        "POST",
        gateway.path("orders"),
        raw=b'{"amount": 50000, "currency": "INR"}',
        headers={"Content-Type": kind},
    )

    expect.is_refused(answer)


@requirement("PGC-LIM-007", source="reliability 4 G 81", level=Level.SAFETY)
async def test_methods_are_not_overridden(gateway: Gateway, unpaid_order: str) -> None:
    """
    `X-HTTP-Method-Override` MUST NOT turn a read into a write.
    """
    answer = await gateway.get(
        "order", order_id=unpaid_order, headers={"X-HTTP-Method-Override": "DELETE"}
    )

    after = await gateway.get("order", order_id=unpaid_order)
    expect.status(answer, 200)
    expect.equal(expect.field(after, "id"), unpaid_order, "id of the order")


@requirement("PGC-LIM-008", source="reliability 4 G 77", level=Level.SAFETY)
@pytest.mark.parametrize(
    "order_id",
    [
        pytest.param("%00", id="nul"),
        pytest.param("%2e%2e%2ftest%2fmerchant", id="dots"),
        pytest.param("order_%0d%0aX-Evil:%201", id="header"),
        pytest.param("x" * 4_000, id="long"),
        pytest.param("%ff%fe", id="not-utf-8"),
        pytest.param("'%20OR%20'1'='1", id="sql"),
        pytest.param("[object%20Object]", id="object"),
    ],
)
async def test_hostile_ids_are_refused(gateway: Gateway, order_id: str) -> None:
    """
    An id of any content MUST be refused with a 4xx status unless it is an order's.
    """
    answer = await gateway.get("order", order_id=order_id)

    expect.is_refused(answer)
    expect.that("X-Evil" not in answer.headers, "expected no header from the path")


@requirement("PGC-LIM-009", source="reliability 4 E 55", level=Level.SAFETY)
async def test_ids_of_another_kind_are_not_found(gateway: Gateway, unpaid_order: str) -> None:
    """
    An order's id MUST NOT be found where a payment or a refund is asked for.
    """
    payment = await gateway.get("payment", payment_id=unpaid_order)
    refund = await gateway.get("refund", refund_id=unpaid_order)

    expect.is_refused(payment)
    expect.is_refused(refund)


@requirement("PGC-LIM-010", source="reliability 4 G 76")
async def test_browsers_get_json_too(gateway: Gateway) -> None:
    """
    With `Accept: text/html` an error SHOULD still be JSON.
    """
    answer = await gateway.get(
        "order", order_id="order_zzzzzzzzzzzzzzzz", headers={"Accept": "text/html"}
    )

    expect.is_refused(answer)
    expect.envelope(answer)


@requirement(
    "PGC-LIM-011", source="reliability 4 L 128", needs=("hardened_headers",), level=Level.EXTENSION
)
async def test_answers_are_not_cached_or_sniffed(gateway: Gateway, unpaid_order: str) -> None:
    """
    Answers SHOULD carry `Cache-Control: no-store` and `X-Content-Type-Options: nosniff`.
    """
    answer = await gateway.get("order", order_id=unpaid_order)

    expect.status(answer, 200)
    expect.equal(answer.headers.get("Cache-Control"), "no-store", "Cache-Control")
    expect.equal(answer.headers.get("X-Content-Type-Options"), "nosniff", "X-Content-Type-Options")


@requirement(
    "PGC-LIM-012", source="reliability 4", needs=("hardened_headers",), level=Level.EXTENSION
)
async def test_requests_can_be_traced(gateway: Gateway, unpaid_order: str) -> None:
    """
    Every answer SHOULD carry an `X-Request-Id`, the caller's own where it sent one.
    """
    given = await gateway.get(
        "order", order_id=unpaid_order, headers={"X-Request-Id": "lim-012-given"}
    )
    refused = await gateway.get("order", auth={}, order_id=unpaid_order)

    expect.equal(given.headers.get("X-Request-Id"), "lim-012-given", "X-Request-Id")
    expect.that(bool(refused.headers.get("X-Request-Id")), "expected an X-Request-Id on errors")


@requirement("PGC-LIM-013", source="reliability 4 N 137", level=Level.SAFETY)
async def test_versions_are_not_announced(gateway: Gateway) -> None:
    """
    Answers SHOULD NOT name the versions of the software that made them.
    """
    answer = await gateway.get("health", auth={})

    expect.status(answer, 200)
    shown = " ".join(answer.headers.get(n, "") for n in ("Server", "X-Powered-By", "Via"))
    expect.matches(shown, r"[^/]*(/\D[^/]*)?", "the headers Server and X-Powered-By")


@requirement("PGC-LIM-014", source="reliability 4 L 125", level=Level.SAFETY)
async def test_other_sites_do_not_read_with_credentials(
    gateway: Gateway, unpaid_order: str
) -> None:
    """
    An order MUST NOT be readable with credentials by a page of any other site.
    """
    answer = await gateway.get(
        "order", order_id=unpaid_order, headers={"Origin": "https://evil.test"}
    )

    expect.status(answer, 200)
    allowed = answer.headers.get("Access-Control-Allow-Origin", "")
    credentials = answer.headers.get("Access-Control-Allow-Credentials", "").lower() == "true"
    open_to_all = allowed in ("https://evil.test", "null") and credentials
    expect.that(not open_to_all, f"expected no credentials for another site, got {allowed}")
