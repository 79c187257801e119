"""
Two merchants of one target.  Needs the second one's credentials (profile: auth.other_key, auth.other_secret).
"""

from conformance.harness import expect
from conformance.harness.evidence import Transcript
from conformance.harness.requirements import requirement
from conformance.harness.shelf import Shelf
from conformance.harness.target import Gateway, PaymentSeen
from conformance.harness.verdict import Level

TWO = ("second_merchant",)


@requirement("PGC-ISO-001", source="contract 1.2; wild-bugs M9", needs=TWO, level=Level.SAFETY)
async def test_order_of_another_merchant_is_not_found(gateway: Gateway, unpaid_order: str) -> None:
    """
    Another merchant's order MUST be answered with 404 NOT_FOUND_ERROR.
    """
    answer = await gateway.other_merchant().get("order", order_id=unpaid_order)

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown")


@requirement("PGC-ISO-002", source="contract 1.2; wild-bugs M9", needs=TWO, level=Level.SAFETY)
async def test_payment_of_another_merchant_is_not_found(
    gateway: Gateway, paid: PaymentSeen
) -> None:
    """
    Another merchant's payment MUST be answered with 404 NOT_FOUND_ERROR.
    """
    answer = await gateway.other_merchant().get("payment", payment_id=paid.id)

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown")


@requirement("PGC-ISO-003", source="contract 1.2", needs=TWO, level=Level.SAFETY)
async def test_refund_of_another_merchant_is_not_found(
    gateway: Gateway, shelf: Shelf, transcript: Transcript
) -> None:
    """
    Another merchant's refund MUST be answered with 404 NOT_FOUND_ERROR.
    """
    refund = await shelf.once("a processed refund", transcript, gateway.refunded_payment)

    answer = await gateway.other_merchant().get("refund", refund_id=refund.refund_id)

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown")


@requirement("PGC-ISO-004", source="contract 1.2; wild-bugs M9", needs=TWO, level=Level.SAFETY)
async def test_order_of_another_merchant_is_not_paid(gateway: Gateway, unpaid_order: str) -> None:
    """
    A payment for another merchant's order MUST be refused with 404 NOT_FOUND_ERROR.
    """
    answer = await gateway.other_merchant().upi_payment(unpaid_order)

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown_order")


@requirement("PGC-ISO-005", source="contract 1.2", needs=TWO, level=Level.SAFETY)
async def test_payment_of_another_merchant_is_not_captured(
    gateway: Gateway, paid: PaymentSeen
) -> None:
    """
    The capture of another merchant's payment MUST be refused with 404 NOT_FOUND_ERROR and change nothing.
    """
    answer = await gateway.other_merchant().capture(paid.id, paid.amount_minor)

    after = await gateway.get("payment", payment_id=paid.id)
    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown")
    expect.ignored_or_refused(after, {"captured": True})


@requirement("PGC-ISO-006", source="contract 1.2, 1.5.5", needs=TWO, level=Level.SAFETY)
async def test_payment_of_another_merchant_is_not_refunded(
    gateway: Gateway, paid: PaymentSeen
) -> None:
    """
    The refund of another merchant's payment MUST be refused with 404 NOT_FOUND_ERROR.
    """
    answer = await gateway.other_merchant().refund(paid.id, 100)

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown")


@requirement("PGC-ISO-007", source="contract 1.5.3; wild-bugs M16", needs=TWO, level=Level.SAFETY)
async def test_keys_belong_to_their_merchant(gateway: Gateway, run_seed: str) -> None:
    """
    An Idempotency-Key of one merchant MUST NOT bring another merchant the stored response.
    """
    other, key = gateway.other_merchant(), f"iso-007-{run_seed}"
    mine = await gateway.upi_payment(await gateway.order(), key=key)

    theirs = await other.upi_payment(await other.order(), key=key)

    expect.status(theirs, 201)
    expect.distinct([expect.field(a, "id") for a in (mine, theirs)], "payments")


@requirement(
    "PGC-ISO-008", source="contract 1.5 row 15; wild-bugs M59", needs=TWO, level=Level.SAFETY
)
async def test_delivery_log_shows_own_only(gateway: Gateway, paid: PaymentSeen) -> None:
    """
    GET /webhooks MUST NOT show another merchant's deliveries.
    """
    mine = await gateway.get("webhooks", query="limit=50")
    theirs = await gateway.other_merchant().get("webhooks", query="limit=50")

    own = {str(expect.member(row, "id", str(row))) for row in expect.rows(mine)}
    shown = {str(expect.member(row, "id", str(row))) for row in expect.rows(theirs)}
    expect.that(bool(paid.id and own), "needed deliveries of the first merchant, found none")
    expect.that(not own & shown, f"expected no delivery in both logs, got {len(own & shown)}")


@requirement("PGC-ISO-009", source="contract 1.2, 1.5.6", needs=TWO, level=Level.SAFETY)
async def test_delivery_of_another_merchant_is_not_retried(
    gateway: Gateway, paid: PaymentSeen
) -> None:
    """
    The retry of another merchant's delivery MUST be refused with 404 NOT_FOUND_ERROR.
    """
    log = await gateway.get("webhooks", query="limit=1")
    webhook_id = str(expect.first_id(log, f"a delivery about {paid.id}"))

    answer = await gateway.other_merchant().post("webhook_retry", {}, webhook_id=webhook_id)

    expect.refusal(answer, 404, "NOT_FOUND_ERROR", kind="unknown")


@requirement("PGC-ISO-010", source="reliability 4 E 51", needs=TWO, level=Level.SAFETY)
async def test_foreign_and_absent_read_the_same(gateway: Gateway, paid: PaymentSeen) -> None:
    """
    The refusal of another merchant's payment SHOULD read like that of one that does not exist.
    """
    other = gateway.other_merchant()

    foreign = await other.get("payment", payment_id=paid.id)
    absent = await other.get("payment", payment_id="pay_zzzzzzzzzzzzzzzz")

    expect.is_refused(foreign)
    expect.equal(foreign.status, absent.status, "status of the refusal")
    expect.equal(foreign.document, absent.document, "the refusal")


@requirement(
    "PGC-ISO-011",
    source="contract 1.5 row 11",
    needs=("second_merchant", "lists"),
    level=Level.SAFETY,
)
async def test_payment_list_shows_own_only(gateway: Gateway, paid: PaymentSeen) -> None:
    """
    The list of payments MUST NOT show another merchant's payments.
    """
    mine = await gateway.get("payments_list", query="limit=50")
    theirs = await gateway.other_merchant().get("payments_list", query="limit=50")

    expect.status(mine, 200)
    expect.status(theirs, 200)
    expect.that(bool(expect.rows(mine)), "needed payments of the first merchant, found none")
    expect.never_shows([theirs], {"payment of another merchant": paid.id})


@requirement("PGC-ISO-012", source="reliability 4 D 42", needs=TWO, level=Level.SAFETY)
async def test_key_and_secret_belong_together(gateway: Gateway, unpaid_order: str) -> None:
    """
    One merchant's key with another's secret MUST be refused with 401.
    """
    auth = gateway.profile.auth
    mixed = {
        auth["key_header"]: auth["key"],
        auth["secret_header"]: gateway.other_merchant().client.credentials[auth["secret_header"]],
    }

    answer = await gateway.get("order", auth=mixed, order_id=unpaid_order)

    expect.status(answer, 401, kind="unauthorised")
