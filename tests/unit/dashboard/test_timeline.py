"""
The time-line: order, lanes, tones, the axis.
"""

from typing import Any

import pytest

from dashboard.axis import WIDTH, axis_of
from dashboard.timeline import (
    in_order,
    of_attempts,
    of_events,
    of_journal,
    of_refunds,
    of_timeline,
    pretty,
)

T = "2026-01-01T00:00:0{}.000000Z"


def _rows() -> list[dict[str, Any]]:
    return [
        {"kind": "state_change", "at": T.format(1), "entity_id": "pay_1", "version": 2, "from": "none", "to": "captured", "cause": "bank"},
        {"kind": "job", "at": T.format(0), "entity_id": "pay_1", "job": "payment", "state": "parked", "attempts": 3, "crashes": 2},
        {"kind": "bank_call", "at": T.format(0), "entity_id": "pay_1", "operation": "authorise", "bank_request_id": "pay_1:auth:1",
         "finished_at": "2026-01-01T00:00:00.250000Z", "outcome": "unknown", "clock": "real"},
        {"kind": "bank_callback", "at": T.format(2), "entity_id": "pay_1", "type": "operation.updated", "bank_event_id": "bev_1"},
        {"kind": "ledger", "at": T.format(1), "entity_id": "pay_1", "journal": "sale", "entries": [{"account": "a", "amount": 5, "currency": "INR"}]},
        {"kind": "request", "at": T.format(0), "entity_id": "pay_1", "method": "POST", "path": "/api/v1/payments/public", "status": 201},
        {"kind": "request", "at": T.format(3), "entity_id": "pay_1", "method": "POST", "path": "/api/v1/payments/pay_1/refunds", "status": 400,
         "error_code": "BAD_REQUEST_ERROR", "request_body": '{"amount":1}', "response_body": "{}", "idempotency_key": "k"},
        {"kind": "of another release", "at": T.format(1)},
        {"kind": "job", "at": "not an instant"},
    ]  # fmt: skip


def test_every_kind_has_its_lane_and_unknown_ones_are_left_out() -> None:
    """
    Calls of the payer's page stand apart; what cannot be placed in time is not guessed.
    """
    entries = in_order(of_timeline(_rows()))

    assert [entry.lane for entry in entries] == ["checkout", "job", "bank", "state", "money", "bank", "api"]  # fmt: skip
    assert {entry.title: entry.tone for entry in entries}["payment job"] == "bad"
    call = next(entry for entry in entries if entry.title == "authorise call")
    assert (call.took_ms, call.tone, call.clock) == (250.0, "bad", "real")
    refused = entries[-1]
    assert (refused.tone, refused.detail) == ("bad", "400 BAD_REQUEST_ERROR")
    assert refused.request == 'POST /api/v1/payments/pay_1/refunds\nIdempotency-Key: k\n\n{\n  "amount": 1\n}'  # fmt: skip


def test_attempts_show_bytes_both_ways_and_what_is_due() -> None:
    """
    A refused connection is bad and has its class; the next attempt stands in the future.
    """
    delivery = {"id": "d", "event": "payment.success", "status": "pending", "next_retry_at": T.format(9)}  # fmt: skip
    attempts = [
        {"number": 1, "started_at": T.format(1), "url": "http://m/w", "response_code": 500, "latency_ms": 12, "response_body": "<b>no</b>"},
        {"number": 2, "started_at": T.format(6), "url": "http://m/w", "response_code": None, "error_class": "connect", "latency_ms": None, "response_body": None},
    ]  # fmt: skip

    first, second, due = of_attempts(delivery, attempts, {"event": "payment.success"})

    assert first.request.startswith("POST http://m/w\n\n{")
    assert first.response == "500\n\n<b>no</b>"
    assert (second.tone, second.detail, second.response) == ("bad", "connect", "connect")
    assert (due.title, due.tone) == ("payment.success next attempt", "")


def test_journal_refunds_and_events() -> None:
    """
    The bank's line, both ends of a refund, an event with its body.
    """
    lines = [{"seq": 1, "at": T.format(1), "kind": "authorise", "status": "declined", "decline_code": "lost_card"}]  # fmt: skip
    refund = {"id": "rfnd_1", "status": "failed", "created_at": T.format(1), "processed_at": T.format(2)}  # fmt: skip
    event = {"id": "evt_1", "type": "payment.failed", "created_at": T.format(1), "payload": {"a": 1}}  # fmt: skip

    (bank,) = of_journal(lines)
    made, done = of_refunds([refund])
    (fact,) = of_events([event])

    assert (bank.detail, bank.tone) == ("declined lost_card", "bad")
    assert (made.title, done.title, done.tone) == ("refund created", "refund failed", "bad")
    assert (fact.tone, fact.link) == ("bad", "/dashboard/events/evt_1")


def test_axis_rises_with_time_and_keeps_apart_what_happens_at_once() -> None:
    """
    Two hours do not press the first second together, and no mark leaves the drawing.
    """
    rows = [
        {"id": str(n), "type": "payment.created", "created_at": at}
        for n, at in enumerate([T.format(0), T.format(0), T.format(1), "2026-01-01T02:00:00Z"])
    ]
    axis = axis_of(in_order(of_events(rows)))
    places = [mark.x for mark in axis.marks]

    assert places == sorted(places)
    assert len(set(places)) == 4
    assert places[2] - places[0] > 60
    assert all(0 <= x <= WIDTH for x in places)
    assert [mark.number for mark in axis.marks] == [1, 2, 3, 4]


def test_axis_of_one_entry_and_of_none() -> None:
    """
    No division by nothing.
    """
    one = of_events([{"id": "1", "type": "x", "created_at": T.format(0)}])

    assert len(axis_of(one).marks) == 1
    assert axis_of([]).marks == ()


@pytest.mark.parametrize(
    ("value", "shown"), [('{"a":1}', '{\n  "a": 1\n}'), ("<b>", "<b>"), (None, ""), ("[" * 9_000, "[" * 9_000)]
)  # fmt: skip
def test_only_json_is_laid_out(value: object, shown: str) -> None:
    """
    Everything else stays as it came.
    """
    assert pretty(value) == shown
