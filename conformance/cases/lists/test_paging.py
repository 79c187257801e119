"""
Lists and paging: the webhook log of the contract, and the lists of orders, payments and refunds where the target has them.
"""

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway, PaymentSeen
from conformance.harness.verdict import Level

LISTS = ("lists",)
EVERY = pytest.mark.parametrize("operation", ["orders", "payments_list", "refunds_list"])
BOUNDS = [
    pytest.param("limit=abc&offset=-1", id="word-and-negative"),
    pytest.param("limit=-5", id="negative"),
    pytest.param("limit=1e2", id="exponent"),
    pytest.param("limit=99999999999999999999&offset=99999999999999999999", id="huge"),
    pytest.param("limit[]=1&offset[$gt]=0", id="operators"),
    pytest.param("limit=10;DROP TABLE webhook_logs", id="sql"),
]


@requirement("PGC-LST-001", source="contract 1.14 item 7; wild-bugs M64", level=Level.SAFETY)
@pytest.mark.parametrize("query", BOUNDS)
async def test_senseless_pages_do_not_break_the_log(gateway: Gateway, query: str) -> None:
    """
    GET /webhooks with a senseless `limit` or `offset` SHOULD be answered with 200 or a 4xx refusal, never with 5xx.
    """
    answer = await gateway.get("webhooks", query=query)

    expect.not_broken([answer])


@requirement("PGC-LST-002", source="contract 1.5 row 15", level=Level.CONTRACT)
async def test_limit_is_kept(gateway: Gateway, paid: PaymentSeen) -> None:
    """
    GET /webhooks?limit=1 MUST answer with at most one delivery and say `limit` 1 and `offset` 0.
    """
    answer = await gateway.get("webhooks", query="limit=1&offset=0")

    expect.status(answer, 200)
    expect.that(bool(paid.id) and len(expect.rows(answer)) <= 1, "expected at most one delivery")
    expect.fields(answer, {"limit": 1, "offset": 0})


@requirement("PGC-LST-003", source="contract 1.5 row 15; wild-bugs M59")
async def test_offset_moves_on(gateway: Gateway, paid: PaymentSeen) -> None:
    """
    GET /webhooks with another `offset` MUST NOT show the same delivery again.

    The later page comes first: a delivery that is logged in between moves rows to later pages, never to the one that is looked at next.
    """
    later = await gateway.get("webhooks", query="limit=1&offset=2")

    earlier = await gateway.get("webhooks", query="limit=1&offset=1")

    ids = [expect.first_id(answer, f"a delivery, {paid.id}'s") for answer in (later, earlier)]
    expect.distinct(ids, "deliveries on two pages")


@requirement("PGC-LST-004", source="contract 1.5 row 15; wild-bugs M59")
async def test_log_counts_all(gateway: Gateway, paid: PaymentSeen) -> None:
    """
    The `total` of GET /webhooks MUST be an integer and count more than the page shows.
    """
    answer = await gateway.get("webhooks", query="limit=1&offset=0")

    expect.status(answer, 200)
    total = expect.integer(expect.field(answer, "total"), "total")
    expect.that(total >= len(expect.rows(answer)), f"expected a total, got {total}")
    expect.first_id(answer, f"a delivery about {paid.id}")


@requirement("PGC-LST-005", source="contract 1.5 row 15")
async def test_log_is_newest_first(gateway: Gateway) -> None:
    """
    GET /webhooks MUST list the newest delivery first.
    """
    payment = await gateway.successful_payment()
    created = expect.instant(payment.document.get("created_at"), "created_at of the payment")

    await gateway.newest_delivery(since=created.replace(microsecond=0))


@requirement("PGC-LST-006", source="wild-bugs M63", level=Level.SAFETY)
@pytest.mark.parametrize("webhook_id", ["abc", "1", "00000000-0000-0000-0000-00000000000g"])
async def test_retry_of_a_senseless_id_does_not_break(gateway: Gateway, webhook_id: str) -> None:
    """
    The retry of a delivery whose id is no UUID SHOULD be refused with a 4xx status.
    """
    answer = await gateway.post("webhook_retry", {}, webhook_id=webhook_id)

    expect.is_refused(answer)


@requirement("PGC-LST-007", source="wild-bugs M80", level=Level.SAFETY)
async def test_log_tells_no_more_than_it_should(gateway: Gateway, paid: PaymentSeen) -> None:
    """
    The rows of GET /webhooks SHOULD NOT show the merchant's id, secret or signature.
    """
    answer = await gateway.get("webhooks", query="limit=3")

    expect.first_id(answer, f"a delivery about {paid.id}")
    names = {name for row in expect.rows(answer) for name in row}
    shown = sorted(names & {"merchant_id", "merchant", "secret", "webhook_secret", "signature"})
    expect.that(not shown, f"expected no {', '.join(shown)} in the log")


@requirement("PGC-LST-008", source="contract 1.5 rows 11, 18", needs=LISTS, level=Level.EXTENSION)
@EVERY
async def test_lists_are_paged(gateway: Gateway, operation: str) -> None:
    """
    The lists of orders, payments and refunds SHOULD keep to `limit` and count in `total`.
    """
    answer = await gateway.get(operation, query="limit=1")

    expect.status(answer, 200)
    expect.that(len(expect.rows(answer)) <= 1, "expected at most one row")
    expect.integer(expect.field(answer, "total"), "total")


@requirement("PGC-LST-009", source="contract 1.5 row 11", needs=LISTS, level=Level.EXTENSION)
async def test_new_payment_is_listed_first(gateway: Gateway) -> None:
    """
    A new payment SHOULD be first in the list of payments.
    """
    payment = await gateway.pending_payment()

    answer = await gateway.get("payments_list", query="limit=5")

    expect.status(answer, 200)
    listed = [expect.member(row, "id", str(row)) for row in expect.rows(answer)]
    expect.equal(listed[:1], [payment.id], "the first payment's id")


@requirement("PGC-LST-010", source="reliability 4 G 78", needs=LISTS, level=Level.EXTENSION)
@EVERY
async def test_senseless_pages_of_lists_are_refused(gateway: Gateway, operation: str) -> None:
    """
    A list with `limit=abc`, a negative or a huge one SHOULD be refused with a 4xx status.
    """
    queries = ("limit=abc", "limit=-1", "limit=1000000000", "offset=-1", "limit=1e2")

    answers = [await gateway.get(operation, query=query) for query in queries]

    expect.statuses(answers, range(400, 500), "refusals")


@requirement("PGC-LST-011", source="contract 1.5 row 18", needs=LISTS, level=Level.EXTENSION)
async def test_refunds_of_a_payment_are_listed(gateway: Gateway) -> None:
    """
    The refunds of a payment SHOULD be listed with their amounts.
    """
    payment = await gateway.successful_payment()
    created = [await gateway.refund(payment.id, amount) for amount in (100, 200)]

    answer = await gateway.get("refunds", payment_id=payment.id)

    expect.status(answer, 200)
    listed = {expect.member(row, "id", str(row)) for row in expect.rows(answer)}
    expect.equal(listed, {expect.field(one, "id") for one in created}, "the refunds listed")


@requirement("PGC-LST-012", source="reliability 4 G 78", needs=LISTS, level=Level.EXTENSION)
async def test_pages_do_not_overlap(gateway: Gateway) -> None:
    """
    Two pages in a row SHOULD show different payments.
    """
    await gateway.pending_payment()
    await gateway.pending_payment()

    pages = [
        await gateway.get("payments_list", query=f"limit=1&offset={offset}") for offset in (1, 0)
    ]

    shown = [expect.member(row, "id", str(row)) for page in pages for row in expect.rows(page)]
    expect.equal(len(shown), 2, "number of payments on two pages")
    expect.distinct(shown, "payments on two pages")
