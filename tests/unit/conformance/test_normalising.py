"""
N5: what may honestly differ between two runs of one seed does not change the transcript's hash; everything else does.
"""

import hashlib
import json
from typing import Any

import pytest

from conformance.harness.normalising import fingerprint, ndjson
from tests.unit.conformance.reporting import exchange

NOW_S = 1_790_000_000.0
BODY = '{{"id":"{id}","status":"{status}","created_at":"{at}","timestamp":{unix}}}'


def _answer(
    status: str = "success",
    *,
    id_: str = "pay_1",
    at: str = "2026-09-21T13:33:20.123456Z",
    unix: int = 1_790_000_000,
) -> str:
    return BODY.format(id=id_, status=status, at=at, unix=unix)


def _hash(*exchanges: dict[str, Any], notes: tuple[dict[str, Any], ...] = ()) -> str:
    transcript = {"case": "test_it", "exchanges": list(exchanges), "notes": list(notes)}
    return fingerprint(ndjson([("PGC-PAY-001", [transcript])]))


def _get(answer: str, *, started_s: float = NOW_S, duration_ms: float = 1.0) -> dict[str, Any]:
    return exchange(
        "GET", "/api/v1/payments/pay_1", answer=answer, started_s=started_s, duration_ms=duration_ms
    )


def test_times_and_addresses_do_not_count() -> None:
    """
    Another moment, another duration, another port, another signature over them.
    """
    later = _get(
        _answer(at="2026-09-21T14:00:00Z", unix=1_790_001_600),
        started_s=NOW_S + 1600,
        duration_ms=9.0,
    )
    later["request"]["url"] = later["request"]["url"].replace(":8000", ":41234")
    first = _get(_answer())
    first["response"]["headers"] |= {"date": "Mon", "X-Webhook-Signature": "ab" * 32}
    later["response"]["headers"] |= {"date": "Tue", "X-Webhook-Signature": "cd" * 32}

    assert _hash(first) == _hash(later)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"pay_1"', '"pay_2"'),
        ('"success"', '"failed"'),
        ("1790000000}", "1490000000}"),
        ('"timestamp":', '"time":'),
        ("1790000000}", '"1790000000"}'),
    ],
    ids=["id", "state", "another year", "member", "type"],
)
def test_what_was_said_counts(old: str, new: str) -> None:
    """
    Ids, states, names, types, and times that are not about now.
    """
    assert old in _answer()
    assert _hash(_get(_answer())) != _hash(_get(_answer().replace(old, new)))


def test_status_and_order_count() -> None:
    """
    Another status, and requests one after the other in another order.
    """
    a = exchange("POST", "/a", status=201, started_s=NOW_S)
    b = exchange("POST", "/b", status=201, started_s=NOW_S + 1)

    assert _hash(a) != _hash({**a, "response": {**a["response"], "status": 200}})
    assert _hash(a, b) != _hash({**b, "started_s": NOW_S}, {**a, "started_s": NOW_S + 1})


def test_of_requests_under_way_together_the_requests_are_kept() -> None:
    """
    Which of a burst wins, and which id each got, is not the seed's to say; what was asked is.
    """

    def burst(first: str, second: str, body: str = '{"n":1}') -> str:
        one = exchange(
            "POST", f"/a/{first}", body=body, answer=f'{{"id":"{first}"}}', duration_ms=50
        )
        two = exchange("POST", f"/a/{second}", body=body, status=409, started_s=NOW_S + 0.01)
        return _hash(one, two)

    left, right = "pay_AAAAAAAAAAAAAAAA", "pay_BBBBBBBBBBBBBBBB"
    assert burst(left, right) == burst(right, left)
    assert burst(left, right) != burst(left, right, body='{"n":2}')


def test_polls_are_kept_as_their_last_answer() -> None:
    """
    How often one had to look does not count, what was seen in the end does.
    """
    pending, done = _answer("pending"), _answer()
    twice = [_get(pending), _get(pending, started_s=NOW_S + 1), _get(done, started_s=NOW_S + 2)]

    assert _hash(*twice) == _hash(_get(pending), _get(done, started_s=NOW_S + 1))
    assert _hash(*twice) != _hash(_get(pending))
    again = exchange("POST", "/a", started_s=NOW_S)
    assert _hash(again, {**again, "started_s": NOW_S + 1}) != _hash(again)


def test_gauges_of_the_queue_do_not_count_but_their_names_do() -> None:
    """
    How many jobs are pending at a moment is nobody's promise.
    """

    def jobs(text: str) -> str:
        return _hash(exchange("GET", "/api/v1/test/jobs/status", answer=text))

    assert jobs('{"pending":1,"worker_status":"running"}') == jobs(
        '{"pending":7,"worker_status":"running"}'
    )
    assert jobs('{"pending":1,"worker_status":"running"}') != jobs(
        '{"pending":1,"worker_status":"stopped"}'
    )
    assert jobs('{"pending":1}') != jobs('{"failed":1}')
    clock = [
        exchange("GET", "/api/v1/test/clock", answer=f'{{"mode":"{m}","outstanding":{n}}}')
        for m, n in (("real", 1), ("real", 2), ("auto", 1))
    ]
    assert _hash(clock[0]) == _hash(clock[1])
    assert _hash(clock[0]) != _hash(clock[2])


def test_webhooks_are_normalised_too() -> None:
    """
    Time of arrival and signature do not count, the event does.
    """

    def note(event: str, at: str, signature: str) -> dict[str, Any]:
        headers = [["X-Webhook-Signature", signature], ["Date", at]]
        return {
            "webhook": event,
            "received_at": at,
            "headers": headers,
            "body": json.dumps({"event": event}),
        }

    first = note("payment.success", "2026-09-21T13:33:20Z", "ab" * 32)

    assert _hash(notes=(first,)) == _hash(
        notes=(note("payment.success", "2026-09-21T13:34:20Z", "cd" * 32),)
    )
    assert _hash(notes=(first,)) != _hash(
        notes=(note("payment.failed", "2026-09-21T13:33:20Z", "ab" * 32),)
    )


def test_the_hash_is_of_the_file() -> None:
    """
    Anyone can check it: sha256sum transcript.ndjson.
    """
    content = ndjson(
        [
            ("PGC-B", [{"case": "b", "exchanges": [exchange()]}]),
            ("PGC-A", [{"case": "a", "exchanges": [exchange()]}]),
        ]
    )

    assert fingerprint(content) == hashlib.sha256(content).hexdigest()
    assert [json.loads(line)["requirement"] for line in content.splitlines()] == ["PGC-A", "PGC-B"]
