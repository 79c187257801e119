"""
The log of deliveries.
"""

import pytest

from conformance.harness import expect
from conformance.harness.channels.announced import Announced
from conformance.harness.channels.log import (
    LogRow,
    WebhookLog,
    first_row,
    place_of_first,
    the_row_answered,
)
from conformance.harness.channels.retrying import EXHAUSTED_STATUS, RetryScene
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level

_UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


@requirement("PGC-WHK-011", source="contract 1.5.6; wild-bugs M59")
async def test_log_lists_deliveries(announced: Announced, log: WebhookLog) -> None:
    """
    GET /webhooks MUST answer `data`, `total`, `limit` and `offset`, and each delivery with id, event, status and attempts.
    """
    del announced

    answer = await log.page(limit=5, offset=0)

    expect.status(answer, 200)
    expect.members(answer, ("data", "total", "limit", "offset"))
    newest = LogRow(first_row(answer))
    newest.has("id", "event", "status", "attempts")


@requirement("PGC-WHK-025", source="contract 1.5.6")
async def test_row_of_a_delivered_webhook(retries: RetryScene) -> None:
    """
    The log's row of a webhook MUST show `response_code`, and `created_at` and `last_attempt_at` as ISO 8601 instants in UTC.
    """
    row = the_row_answered(retries.last_rows, EXHAUSTED_STATUS)

    expect.integer(row.field("response_code"), "response_code")
    row.has_instants("created_at", "last_attempt_at")


@requirement("PGC-WHK-026", source="contract 1.4")
async def test_ids_are_uuids(announced: Announced, log: WebhookLog) -> None:
    """
    A delivery's id MUST be a UUID.
    """
    del announced

    answer = await log.page(limit=1, offset=0)

    newest = first_row(answer)
    expect.matches(expect.member(newest, "id", str(newest)), _UUID, "id")


@requirement("PGC-WHK-027", source="contract 1.5 row 15")
async def test_newest_comes_first(log: WebhookLog, gateway: Gateway) -> None:
    """
    GET /webhooks MUST list the newest delivery first.
    """
    before = {row.id for row in await log.rows()}
    await gateway.successful_payment()
    middle = {row.id for row in await log.rows_beside(before)}
    await gateway.successful_payment()

    rows = await log.rows_beside(middle)

    older = place_of_first(rows, middle - before)
    younger = [place for place, row in enumerate(rows) if row.id not in middle]
    expect.that(bool(younger), "expected a new delivery among the newest")
    expect.that(max(younger) < older, "expected younger deliveries before older ones")


@requirement("PGC-WHK-028", source="contract 1.5 row 15")
async def test_pages_follow_each_other(announced: Announced, log: WebhookLog) -> None:
    """
    `limit` and `offset` MUST page through the log: a page has at most `limit` rows, and the next one begins where it ended.
    """
    del announced
    whole = await log.page(limit=4, offset=0)
    first, second = await log.page(limit=2, offset=0), await log.page(limit=2, offset=2)

    ids = [row.get("id") for answer in (first, second) for row in expect.rows(answer)]

    expect.equal(ids, [row.get("id") for row in expect.rows(whole)], "the ids of two pages")
    expect.fields(second, {"limit": 2, "offset": 2})


@requirement("PGC-WHK-029", source="contract 1.5 row 15")
async def test_total_counts_the_whole_log(announced: Announced, log: WebhookLog) -> None:
    """
    `total` MUST count the deliveries of the whole log, not of the page.
    """
    del announced

    answer = await log.page(limit=1, offset=0)

    total = expect.integer(expect.field(answer, "total"), "total")
    expect.that(total >= 3, f"expected a total of at least 3, got {total}")


@requirement("PGC-WHK-030", source="contract 1.2")
async def test_log_needs_credentials(gateway: Gateway) -> None:
    """
    GET /webhooks without credentials MUST be refused with 401 AUTHENTICATION_ERROR.
    """
    answer = await gateway.get("webhooks", auth={})

    expect.refusal(answer, 401, "AUTHENTICATION_ERROR", kind="unauthorised")


@requirement("PGC-WHK-031", source="wild-bugs M80", level=Level.SAFETY)
async def test_log_shows_no_secret(announced: Announced, log: WebhookLog, gateway: Gateway) -> None:
    """
    GET /webhooks MUST NOT show the API secret or the webhook secret.
    """
    del announced
    answer = await log.page(limit=10, offset=0)
    expect.precondition(answer, 200)

    secrets = {name: gateway.profile.auth[name] for name in ("secret", "webhook_secret")}

    expect.never_shows([answer], secrets)
    first_row(answer)


@requirement("PGC-WHK-032", source="contract 1.14 item 7; wild-bugs M64")
@pytest.mark.parametrize(
    ("limit", "offset"),
    [
        pytest.param("abc", "0", id="word"),
        pytest.param("-1", "0", id="negative-limit"),
        pytest.param("10", "-1", id="negative-offset"),
        pytest.param("10", "99999999999999999999", id="huge-offset"),
    ],
)
async def test_strange_pages_are_no_server_error(log: WebhookLog, limit: str, offset: str) -> None:
    """
    GET /webhooks with a `limit` or `offset` that is no count SHOULD NOT be answered with a 5xx status.
    """
    answer = await log.page(limit=limit, offset=offset)

    expect.not_broken([answer])


@requirement("PGC-WHK-033", source="contract 1.14 item 11; wild-bugs M32")
async def test_one_row_for_each_event(retries: RetryScene) -> None:
    """
    A webhook that is attempted several times MUST have one row in the log.
    """
    the_row_answered(retries.last_rows, EXHAUSTED_STATUS)

    rows = [r for r in retries.last_rows if r.document.get("response_code") == EXHAUSTED_STATUS]

    expect.that(len(rows) == 1, f"expected one row for five attempts, got {len(rows)}")
