"""
Gateway and receiver meet: what the gateway's own signing path signs is accepted, and refused with one flipped bit.
"""

import base64
import random
from typing import Any

import httpx
import pytest

from gateway.domain.signing import serialise, webhook_headers
from merchant_receiver.config import SIGNING_SECRET, WEBHOOK_SECRET
from merchant_receiver.receiving import judge
from paywright.sandbox import Sandbox
from sdk.python.webhooks import Status

NOW = 1_767_225_600
COUNT = 20_000
PARTS = 4
OVER_HTTP = 250
_LETTERS = 'aZ0 é₹\U0001f600\u2028\n"\\/<&\u00a0'


def _text(generator: random.Random) -> str:
    return "".join(generator.choices(_LETTERS, k=generator.randrange(24)))


def _value(generator: random.Random, depth: int) -> Any:
    kind = generator.randrange(7 if depth else 5)
    if kind == 0:
        return generator.choice([None, True, False])
    if kind == 1:
        return generator.randrange(-(2**53) + 1, 2**53)
    if kind in (2, 3, 4):
        return _text(generator)
    if kind == 5:
        return [_value(generator, depth - 1) for _ in range(generator.randrange(4))]
    return {
        f"m{_text(generator)}": _value(generator, depth - 1) for _ in range(generator.randrange(4))
    }


def _signed(generator: random.Random, number: int, *, at: int) -> tuple[bytes, dict[str, str]]:
    """
    A random webhook as the gateway's sender makes it.
    """
    body = serialise(
        {
            "event": generator.choice(["payment.success", "refund.processed"]),
            "timestamp": at,
            "data": {"payment": {"id": f"pay_{number:016d}", "x": _value(generator, 2)}},
        }
    )
    headers = webhook_headers(
        body=body,
        webhook_id=f"evt_{number:016d}",
        timestamp_s=at,
        attempt_number=1,
        legacy_secret=WEBHOOK_SECRET,
        legacy_secret_old=None,
        signing_secrets=[SIGNING_SECRET],
    )
    return body, headers


def _flipped(body: bytes, generator: random.Random) -> bytes:
    at = generator.randrange(len(body))
    return body[:at] + bytes([body[at] ^ (1 << generator.randrange(8))]) + body[at + 1 :]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_payload_is_accepted_and_refused_with_one_flipped_bit(part: int) -> None:
    """
    20,000 random payloads; the flip must be noticed by each signature family on its own.
    """
    generator = random.Random(2026 + part)
    secrets = {"webhook_secrets": (WEBHOOK_SECRET,), "signing_secrets": (SIGNING_SECRET,)}
    for number in range(COUNT // PARTS):
        body, headers = _signed(generator, number, at=NOW)
        pairs = list(headers.items())
        assert judge(body, pairs, now_s=NOW, **secrets).is_verified, body
        refused = judge(_flipped(body, generator), pairs, now_s=NOW, **secrets)
        assert refused.legacy.status is refused.standard.status is Status.INVALID, body


@pytest.fixture
def http(sandbox: Sandbox) -> Any:
    """
    The receiver's process.
    """
    with httpx.Client(base_url=sandbox.urls.receiver, timeout=10, trust_env=False) as client:
        yield client


def test_the_receivers_process_says_the_same(http: httpx.Client) -> None:
    """
    A sample over real HTTP, at the receiver's own time; and the bytes it kept are the bytes that were sent.
    """
    generator = random.Random(7)
    http.put("/clock", json={"mode": "frozen", "now": "2026-01-01T00:00:00Z"}).raise_for_status()
    try:
        sent = [_signed(generator, number, at=NOW) for number in range(OVER_HTTP)]
        for body, headers in sent:
            good = http.post("/webhook/random", content=body, headers=headers)
            bad = http.post(
                "/webhook/random-bad", content=_flipped(body, generator), headers=headers
            )
            assert (good.status_code, bad.status_code) == (200, 401)
    finally:
        http.put("/clock", json={"mode": "real"}).raise_for_status()
    kept = http.get("/received", params={"inbox": "random"}).json()["received"]
    assert [base64.b64decode(one["body_base64"]) for one in kept] == [body for body, _ in sent]
