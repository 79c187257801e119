"""
Retry schedule, endpoint health, and where webhooks may go.
"""

import ipaddress
import re
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.errors import BadRequest
from gateway.domain.redaction import mask_vpa, redact
from gateway.domain.retries import (
    RETRY_DELAYS_S,
    RETRY_DELAYS_TEST_S,
    EndpointHealth,
    next_delay_s,
    parse_retry_after,
)
from gateway.domain.webhook_url import Egress, address_allowed, validate_webhook_url

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_schedules_are_the_contracts() -> None:
    """
    Delay after the failure of attempts 1 to 5; none after the fifth.
    """
    for delays, expected in (
        (RETRY_DELAYS_S, [60, 300, 1800, 7200, None]),
        (RETRY_DELAYS_TEST_S, [5, 10, 15, 20, None]),
    ):
        assert [next_delay_s(attempt_number=n, delays_s=delays) for n in range(1, 6)] == expected


@pytest.mark.parametrize(("asked_s", "given_s"), [(None, 60), (1, 60), (90, 90), (1000, 120)])
def test_retry_after_counts_between_once_and_twice_the_delay(
    asked_s: float | None, given_s: float
) -> None:
    """
    Source: reliability 5.8.
    """
    assert next_delay_s(attempt_number=1, delays_s=RETRY_DELAYS_S, retry_after_s=asked_s) == given_s


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("Thu, 01 Jan 2026 00:02:00 GMT", 120.0),
        ("soon", None),
        ("-1", None),
        (None, None),
        ("9" * 30, None),
    ],
)
def test_retry_after_has_two_forms(header: str | None, seconds: float | None) -> None:
    """
    Seconds and HTTP date; anything else is ignored.
    """
    assert parse_retry_after(header, now=NOW) == seconds


def test_breaker_opens_after_ten_failures_over_a_minute() -> None:
    """
    Nine are not enough, nor are ten in a second; 410 and five days disable.
    """
    health = EndpointHealth()
    for n in range(10):
        health = health.after_failure(NOW + timedelta(seconds=7 * n), gone=False)
        assert (health.breaker_open_until is not None) == (n == 9)
    quick = EndpointHealth(consecutive_failures=20, failing_since=NOW)

    assert quick.after_failure(NOW + timedelta(seconds=1), gone=False).breaker_open_until is None
    assert quick.after_failure(NOW + timedelta(days=5), gone=False).disabled_reason
    assert EndpointHealth().after_failure(NOW, gone=True).disabled_reason
    assert health.after_success() == EndpointHealth()


#: Refused under any policy.  Source: reliability section 4 I.
NEVER = [
    "169.254.169.254", "100.64.0.1", "192.88.99.1", "192.0.0.9", "224.0.0.1", "0.0.0.0", "255.255.255.255", "10.0.0.1", "192.168.1.1",
    "::127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "fec0::1", "3fff::1", "5f00::1", "ff02::1",
    "fe80::1", "fd00:ec2::254", "fc00::1",
]  # fmt: skip


@pytest.mark.parametrize("egress", Egress)
@pytest.mark.parametrize("text", NEVER)
def test_internal_addresses_are_never_dialled(text: str, egress: Egress) -> None:
    """
    Metadata, tunnels, multicast, private ranges.
    """
    address = ipaddress.ip_address(text)

    assert not address_allowed(address, port=443, egress=egress, own_ports=frozenset())
    assert not address_allowed(address, port=8080, egress=egress, own_ports=frozenset())


@pytest.mark.parametrize("text", ["127.0.0.1", "127.8.9.1", "::1", "172.17.0.1"])
def test_sandbox_opens_loopback_and_docker_only(text: str) -> None:
    """
    High ports, and never our own.
    """
    address = ipaddress.ip_address(text)

    assert address_allowed(address, port=4000, egress=Egress.SANDBOX, own_ports=frozenset())
    assert not address_allowed(address, port=4000, egress=Egress.STRICT, own_ports=frozenset())
    assert not address_allowed(
        address, port=4000, egress=Egress.SANDBOX, own_ports=frozenset({4000})
    )
    assert not address_allowed(address, port=22, egress=Egress.SANDBOX, own_ports=frozenset())


BAD_URLS = [
    "", "nonsense", "ftp://example.com/", "file:///etc/passwd", "http://user@example.com/", "http://example.com@127.0.0.1/", "http://", "http:///x",
    "http://127.0.0.1:22/", "http://127.0.0.1:99999/", "http://169.254.169.254/", "http://[::ffff:127.0.0.1]/", "http://2130706433/",
    "http://0x7f.1/", "http://127.1/", "http://0177.0.0.1/", "http://exa mple.com/", "http://example.com\\@evil/", "http://①②⑦.0.0.1/",
    "http://example.com:0/", "http://localhost:25/", "http://a\nb.com/", "x" * 3000, None, 5,
]  # fmt: skip


@pytest.mark.parametrize("url", BAD_URLS, ids=repr)
@pytest.mark.parametrize("egress", Egress)
def test_bad_urls_are_refused_when_saved(url: object, egress: Egress) -> None:
    """
    Syntax, scheme, user, port, literal addresses in every spelling.
    """
    with pytest.raises(BadRequest):
        validate_webhook_url(url, egress=egress)


def test_good_urls_pass() -> None:
    """
    Strict wants https and a usual port.
    """
    assert validate_webhook_url("https://shop.example/hook", egress=Egress.STRICT)
    assert validate_webhook_url("http://host.docker.internal:4000/webhook", egress=Egress.SANDBOX)
    assert validate_webhook_url("http://127.0.0.1:4000/webhook", egress=Egress.SANDBOX)
    with pytest.raises(BadRequest):
        validate_webhook_url("http://shop.example/hook", egress=Egress.STRICT)


def test_logs_lose_secrets_and_card_numbers() -> None:
    """
    With separators too; other numbers stay.
    """
    text = redact(
        "pan 4111 1111 1111 1111 key secret_test_xyz789 whsec_test_abc123 order 1795241119"
    )

    assert text == "pan [card …1111] key secret_[redacted] whsec_[redacted] order 1795241119"
    assert mask_vpa("asha@bank") == "as***@bank"


@pytest.mark.parametrize(
    "text",
    [
        "order 12 4111111111111111",
        "2024-11-21 4111 1111 1111 1111",
        "amount 50000 4111-1111-1111-1111",
        "4111111111111111 123",
        "4111.1111.1111.1111",
        "4111  1111  1111  1111",
        "4111111111111111/4111111111111111",
    ],
)
def test_card_numbers_beside_other_digits_are_found(text: str) -> None:
    """
    Every window of a run of digits is looked at, not the whole run.
    """
    shown = redact(text).replace(" ", "").replace("-", "").replace(".", "")

    assert "411111111111" not in shown
    assert "[card…1111]" in shown


def test_no_tail_of_a_card_number_is_left_beside_other_digits() -> None:
    """
    Digits in front can make an earlier window look like a card; what it does not cover of the real one must go all the same.
    """
    for prefix in range(1_000):
        shown = redact(f"{prefix:03d}5555555555554444{prefix % 10}")
        left = re.sub(r"\[card …\d{4}\]", "", shown)

        assert len(left) <= 4, (prefix, shown)


def test_times_and_ids_stay_readable() -> None:
    """
    An instant is no card.
    """
    text = "2026-11-21T06:05:19.075363Z pay_4T1abc 1795241119"

    assert redact(text) == text


def test_hostile_retry_after_is_ignored_and_never_shortens() -> None:
    """
    A date out of range is no date; jitter does not undercut what the endpoint asked for.
    """
    assert parse_retry_after("Sat, 21 Nov 2026 99999999999999999999:00:00 GMT", now=NOW) is None
    assert (
        next_delay_s(attempt_number=1, delays_s=RETRY_DELAYS_S, retry_after_s=1, jitter=-0.1) == 60
    )


def test_a_date_before_http_is_no_date() -> None:
    """
    A year that no HTTP server ever sent.
    """
    assert parse_retry_after("Sat, 21 Nov 0027 00:00:00 GMT", now=NOW) is None
