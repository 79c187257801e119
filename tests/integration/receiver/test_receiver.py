"""
The receiver on HTTP: never a 500, duplicates marked, a failed handler sees it again, misbehaviour on demand.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator

import httpx
import pytest

from paywright.sandbox import Sandbox

SECRET = "whsec_test_abc123"
BODY = b'{"event":"payment.success","timestamp":1,"data":{}}'


def _signed(body: bytes = BODY, extra: dict[str, str] | None = None) -> dict[str, str]:
    return {
        "X-Webhook-Signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
        "Content-Type": "application/json",
        **(extra or {}),
    }


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """
    The receiver; each test has an inbox of its own.
    """
    with httpx.Client(base_url=sandbox.urls.receiver, timeout=10, trust_env=False) as client:
        yield client


def _received(http: httpx.Client, inbox: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = http.get("/received", params={"inbox": inbox}).json()[
        "received"
    ]
    return found


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Webhook-Signature": ""},
        {"X-Webhook-Signature": "nonsense"},
        {"X-Webhook-Signature": "0" * 64},
        {"X-Webhook-Signature": "g" * 64},
        {"X-Webhook-Signature": "f" * 8000},
        {"webhook-id": "x"},
        {"webhook-id": "x", "webhook-timestamp": "y", "webhook-signature": "z"},
        {"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1,###"},
        _signed(
            extra={"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
        ),
    ],
    ids=lambda headers: ",".join(headers)[:40],
)
def test_bad_signatures_are_401_never_500(http: httpx.Client, headers: dict[str, str]) -> None:
    """
    Every malformed header is an answer, and is kept with its reason.
    """
    answer = http.post("/webhook/bad", content=BODY, headers=headers)

    assert answer.status_code == 401
    assert _received(http, "bad")[-1]["verified"] is False


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"[]", b"{" * 10_000, b"null"],
    ids=["empty", "binary", "array", "deep", "null"],
)
def test_signed_nonsense_is_taken(http: httpx.Client, body: bytes) -> None:
    """
    Verify bytes first, parse after; what cannot be parsed is still shown.
    """
    assert http.post("/webhook/nonsense", content=body, headers=_signed(body)).status_code == 200


def test_duplicates_are_marked_after_success_only(http: httpx.Client) -> None:
    """
    F149: a delivery whose handler failed is not a duplicate the next time.
    """
    http.put("/behaviour", json={"inbox": "dup", "rules": [{"first": 1, "status": 500}]})
    statuses = [
        http.post("/webhook/dup", content=BODY, headers=_signed()).status_code for _ in range(3)
    ]

    assert statuses == [500, 200, 200]
    assert [d["duplicate"] for d in _received(http, "dup")] == [False, False, True]


def test_misbehaviour_on_demand(http: httpx.Client) -> None:
    """
    Status, redirect, body, flapping, delay, per event.
    """

    def answer(rule: dict[str, object]) -> httpx.Response:
        http.put("/behaviour", json={"inbox": "odd", "rules": [rule]}).raise_for_status()
        return http.post("/webhook/odd", content=BODY, headers=_signed())

    assert answer({"status": 410}).status_code == 410
    assert answer({"redirect": "http://127.0.0.1:1/"}).headers["Location"] == "http://127.0.0.1:1/"
    assert len(answer({"body_bytes": 100_000}).content) == 100_000
    assert answer({"event": "other", "status": 500}).status_code == 200
    assert answer({"status": 429, "headers": {"Retry-After": "7"}}).headers["Retry-After"] == "7"
    began_s = time.monotonic()
    assert answer({"delay_ms": 200}).status_code == 200
    assert time.monotonic() - began_s >= 0.2
    http.put("/behaviour", json={"inbox": "odd", "rules": [{"flap": [500, 200]}]})
    assert [
        http.post("/webhook/odd", content=BODY, headers=_signed()).status_code for _ in range(4)
    ] == [500, 200, 500, 200]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/behaviour", {"rules": [{"colour": "red"}]}),
        ("PUT", "/behaviour", {"rules": [{"status": "x"}]}),
        ("PUT", "/behaviour", {}),
        ("PUT", "/secrets", {"webhook_secrets": "one"}),
        ("PUT", "/secrets", {"signing_secrets": ["whsec_###"]}),
        ("PUT", "/secrets", {"signing_secrets": ["whsec_"]}),
        ("PUT", "/clock", {"mode": "frozen", "now": "yesterday"}),
        ("GET", "/received?wait=999", None),
        ("GET", "/received?after=x", None),
    ],
)
def test_wrong_control_requests_are_400(
    http: httpx.Client, method: str, path: str, body: object
) -> None:
    """
    With a sentence.
    """
    answer = http.request(method, path, content=None if body is None else json.dumps(body))

    assert answer.status_code == 400
    assert len(answer.json()["error"]) > 15


def test_long_poll_returns_when_something_arrives(http: httpx.Client) -> None:
    """
    At once when it is there, after the wait when it is not.
    """
    http.post("/webhook/poll", content=BODY, headers=_signed())
    began_s = time.monotonic()
    there = http.get("/received", params={"inbox": "poll", "wait": 5}).json()["received"]
    missing = http.get("/received", params={"inbox": "nobody", "wait": 0.2}).json()["received"]

    assert (len(there), len(missing)) == (1, 0)
    assert 0.2 <= time.monotonic() - began_s < 3
