"""
What the request log keeps of a body, and the figures' periods.
"""

from datetime import UTC, datetime

import pytest

from gateway.domain.request_record import BODY_LENGTH_MAX, readable_body
from gateway.domain.statistics import period_until


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"", None),
        (b'{"amount": 500, "receipt": "\xe2\x82\xb9"}', '{"amount":500,"receipt":"₹"}'),
        (b'{"card": {"number": "4111 1111 1111 1112", "CVV": 123, "cv-v": ""}}', '{"card":{"number":"[card …1112]","CVV":"[redacted]","cv-v":"[redacted]"}}'),
        (b'[{"number": 1, "note": "pay 4111111111111111 now"}]', '[{"number":1,"note":"pay [card …1111] now"}]'),
        (b'{"webhook_secret": "plain", "signing_secret": null}', '{"webhook_secret":"[redacted]","signing_secret":null}'),
        (b'{"\\u0063vv": "123"', "[18 bytes that are no JSON]"),
        (b'{"cvv": "12 3", "amount": 5', '{"cvv": [redacted], "amount": 5'),
        (b"cvv=123&amount=5", "cvv=[redacted]&amount=5"),
        (b"\xff\x00", "\ufffd\ufffd"),
        (b'{"a": "\\ud800"}', '{"a":"?"}'),
    ],
)  # fmt: skip
def test_bodies_without_secrets(body: bytes, kept: str | None) -> None:
    """
    JSON member by member, other text by pattern; always text that PostgreSQL takes.
    """
    assert readable_body(body) == kept


def test_long_bodies_are_cut_after_they_were_redacted() -> None:
    """
    A card number across the cut leaves nothing.
    """
    body = b'"' + b"x" * (BODY_LENGTH_MAX - 9) + b' 4111111111111111"'

    kept = readable_body(body)

    assert kept is not None
    assert len(kept) == BODY_LENGTH_MAX
    assert "4111" not in kept


def test_deeply_nested_bodies_do_not_break_the_log() -> None:
    """
    The parser's limit is answered with the pattern.
    """
    assert readable_body(b"[" * 100_000) is not None


@pytest.mark.parametrize(
    ("period_s", "buckets", "bucket_s"), [(60, 60, 1), (61, 60, 2), (86_400, 24, 3_600), (60, 120, 1)]
)  # fmt: skip
def test_periods_are_cut_into_whole_seconds(period_s: int, buckets: int, bucket_s: int) -> None:
    """
    The period grows rather than shrinks; the last bucket ends at its end.
    """
    to = datetime(2026, 3, 1, tzinfo=UTC)

    period = period_until(to, period_s=period_s, buckets=buckets)

    assert period.bucket_s == bucket_s
    assert len(period.starts) == buckets
    assert (to - period.starts[-1]).total_seconds() == bucket_s
    assert (to - period.starts[0]).total_seconds() == bucket_s * buckets >= period_s
