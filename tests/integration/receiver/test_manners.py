"""
The receiver over real sockets: rules, connections that end, headers as on the wire, secrets that change.
"""

import concurrent.futures
import itertools
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from merchant_receiver.config import SIGNING_SECRET, WEBHOOK_SECRET
from paywright.sandbox import Sandbox
from sdk.python import webhooks

BODY = b'{"event":"payment.success","timestamp":1,"data":{}}'
_ids = itertools.count()


def _signed(body: bytes = BODY, secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    """
    The legacy family alone; it has no time in it.
    """
    headers = webhooks.sign(
        body, webhook_id="unused", timestamp_s=0, webhook_secret=secret, signing_secrets=[]
    )
    return {name: headers[name] for name in ("Content-Type", "X-Webhook-Signature")}


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """
    The receiver.
    """
    with httpx.Client(base_url=sandbox.urls.receiver, timeout=10, trust_env=False) as client:
        yield client


@pytest.fixture
def inbox() -> str:
    """
    A name that no other test uses.
    """
    return f"manners-{next(_ids)}"


def _rules(http: httpx.Client, inbox: str, *rules: dict[str, Any]) -> None:
    http.put("/behaviour", json={"inbox": inbox, "rules": list(rules)}).raise_for_status()


def _received(http: httpx.Client, inbox: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = http.get("/received", params={"inbox": inbox}).json()["received"]
    return found


@pytest.mark.parametrize(
    "rule",
    [
        {"status": 200},
        {"status": 500},
        {"redirect": "http://127.0.0.1:1/"},
        {"hang": True},
        {"close": True},
        {"flap": [200]},
        {"delay_ms": 600_000},
    ],
    ids=str,
)
def test_no_rule_overrides_a_401(http: httpx.Client, inbox: str, rule: dict[str, Any]) -> None:
    """
    At once, and the rule keeps its count for webhooks that are verified.
    """
    _rules(http, inbox, {**rule, "first": 1})

    answer = http.post(f"/webhook/{inbox}", content=BODY, headers={"X-Webhook-Signature": "0" * 64})

    assert (answer.status_code, answer.json()) == (401, {"error": "signature"})
    assert http.get("/behaviour").json()["rules"][inbox][0]["matched"] == 0


@pytest.mark.parametrize("rule", [{"close": True}, {"reset": True}, {"truncate": True}], ids=str)
def test_connections_end_and_the_repeat_is_a_duplicate(
    http: httpx.Client, inbox: str, rule: dict[str, Any]
) -> None:
    """
    The work was done before the answer got lost, so it is not done again; the receiver lives on.
    """
    _rules(http, inbox, {**rule, "first": 1})

    with pytest.raises(httpx.RemoteProtocolError if "reset" not in rule else httpx.ReadError):
        http.post(f"/webhook/{inbox}", content=BODY, headers=_signed())
    again = http.post(f"/webhook/{inbox}", content=BODY, headers=_signed())

    assert again.status_code == 200
    assert [(d["processed"], d["duplicate"]) for d in _received(http, inbox)] == [
        (True, False),
        (False, True),
    ]


def test_a_closed_connection_carried_no_answer_at_all(http: httpx.Client, inbox: str) -> None:
    """
    Not even a status line.
    """
    _rules(http, inbox, {"close": True})
    at = urlsplit(str(http.base_url))
    head = f"POST /webhook/{inbox} HTTP/1.1\r\nHost: x\r\nX-Webhook-Signature: {_signed()['X-Webhook-Signature']}\r\n"

    with socket.create_connection((at.hostname, at.port), timeout=5) as wire:
        wire.sendall(f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)
        assert wire.recv(1024) == b""


def test_a_hanging_answer_ends_with_its_sender(http: httpx.Client, inbox: str) -> None:
    """
    It is kept before it hangs.
    """
    _rules(http, inbox, {"hang": True})

    with pytest.raises(httpx.ReadTimeout):
        http.post(f"/webhook/{inbox}", content=BODY, headers=_signed(), timeout=0.3)

    assert len(_received(http, inbox)) == 1


def test_a_huge_body_is_streamed(http: httpx.Client, inbox: str) -> None:
    """
    32 MiB and a bit, without holding it.
    """
    size_bytes = 32 * 1024 * 1024 + 17
    _rules(http, inbox, {"body_bytes": size_bytes})

    with http.stream("POST", f"/webhook/{inbox}", content=BODY, headers=_signed()) as answer:
        assert sum(len(chunk) for chunk in answer.iter_bytes()) == size_bytes


@pytest.mark.parametrize(
    ("rule", "statuses"),
    [
        ({"first": 2, "status": 503}, [503, 503, 200, 200]),
        ({"event": "payment.*", "first": 1, "status": 429}, [429, 200, 200, 200]),
        ({"event": "refund.*", "status": 500}, [200, 200, 200, 200]),
        ({"flap": [500, 204]}, [500, 204, 500, 204]),
        ({"status": 304}, [304, 304, 304, 304]),
        ({"status": 307, "redirect": "/elsewhere"}, [307, 307, 307, 307]),
    ],
    ids=str,
)
def test_rules_by_event_and_count(
    http: httpx.Client, inbox: str, rule: dict[str, Any], statuses: list[int]
) -> None:
    """
    Fail the first N, only some events, in turn, without a body where HTTP forbids one.
    """
    _rules(http, inbox, rule)

    found = [
        http.post(f"/webhook/{inbox}", content=BODY, headers=_signed()).status_code
        for _ in range(4)
    ]

    assert found == statuses


def test_rules_are_shown_with_their_matches(http: httpx.Client, inbox: str) -> None:
    """
    Only what was given.
    """
    _rules(http, inbox, {"event": "payment.success", "first": 3, "flap": [500, 200]})
    http.post(f"/webhook/{inbox}", content=BODY, headers=_signed())

    assert http.get("/behaviour").json()["rules"][inbox] == [
        {"event": "payment.success", "first": 3, "flap": [500, 200], "matched": 1}
    ]


@pytest.mark.parametrize(
    "rule",
    [
        [],
        {"colour": "red"},
        {"status": 99},
        {"status": 100},
        {"status": 600},
        {"status": True},
        {"status": 200.0},
        {"first": 0},
        {"first": -1},
        {"delay_ms": 10**9},
        {"body_bytes": 10**12},
        {"hang": "yes"},
        {"close": 1},
        {"redirect": ""},
        {"redirect": "a\r\nb: c"},
        {"headers": {"X-A": "é"}},
        {"headers": {"X A": "b"}},
        {"headers": {"X-A": "b\nc"}},
        {"headers": ["X-A"]},
        {"flap": [True]},
        {"flap": [99]},
        {"event": 7},
    ],
    ids=str,
)
def test_rules_that_cannot_be_carried_out_are_refused(http: httpx.Client, rule: object) -> None:
    """
    When they are set, not when a webhook arrives.
    """
    answer = http.put("/behaviour", json={"inbox": "never", "rules": [rule]})

    assert answer.status_code == 400
    assert len(answer.json()["error"]) > 15
    assert "never" not in http.get("/behaviour").json()["rules"]


def test_headers_are_kept_as_on_the_wire(http: httpx.Client, inbox: str) -> None:
    """
    Spelling, order, repetitions, bytes beyond ASCII; and nothing that was not sent.
    """
    sent = [
        ("hOST", "example.test"),
        ("X-Twice", "one"),
        ("x-webhook-SIGNATURE", _signed()["X-Webhook-Signature"]),
        ("X-Twice", "two"),
        ("X-Latin", "caf\xe9"),
        ("content-length", str(len(BODY))),
        ("Connection", "close"),
    ]
    at = urlsplit(str(http.base_url))
    head = "".join(f"{name}: {value}\r\n" for name, value in sent)
    with socket.create_connection((at.hostname, at.port), timeout=5) as wire:
        wire.sendall(f"POST /webhook/{inbox} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + BODY)
        assert wire.recv(1024).startswith(b"HTTP/1.1 200")

    assert [tuple(pair) for pair in _received(http, inbox)[0]["headers"]] == sent


def test_a_repeated_signature_header_is_malformed(http: httpx.Client, inbox: str) -> None:
    """
    Two lines are one value with a comma; no guessing which one counts.
    """
    good = _signed()["X-Webhook-Signature"]
    pairs = [("X-Webhook-Signature", "0" * 64), ("X-Webhook-Signature", good)]

    answer = http.post(f"/webhook/{inbox}", content=BODY, headers=pairs)

    assert answer.status_code == 401
    assert _received(http, inbox)[0]["signature"]["legacy"]["status"] == "malformed"


def test_one_delivery_shows_each_step(http: httpx.Client, inbox: str) -> None:
    """
    By id, with or without its prefix; unknown ids are 404.
    """
    http.post(f"/webhook/{inbox}", content=BODY, headers=_signed())
    http.post(f"/webhook/{inbox}", content=BODY, headers=_signed())
    first, again = (one["id"] for one in _received(http, inbox))

    found = http.get(f"/received/{again}").json()
    assert found["duplicate_of"] == first
    steps = found["signature"]["legacy"]["steps"]
    assert [step["name"] for step in steps] == ["header", "form", "signed bytes", "HMAC"]
    assert all(step["is_right"] for step in steps)
    assert http.get(f"/received/{again.removeprefix('rcv_')}").json() == found
    for unknown in ("rcv_999999", "rcv_", "x", "rcv_²", "9" * 40):
        assert http.get(f"/received/{unknown}").status_code == 404


def test_old_and_new_secrets_overlap(http: httpx.Client, inbox: str) -> None:
    """
    Both families: new alone, old alone, both; then the old one is gone.
    """
    old, new = "whsec_old", "whsec_new"
    new_signing = "whsec_" + "A" * 32
    now_s = int(time.time())

    def status(body: bytes, webhook_secret: str, signing: list[str]) -> int:
        headers = webhooks.sign(
            body,
            webhook_id=f"evt_{next(_ids)}",
            timestamp_s=now_s,
            webhook_secret=webhook_secret,
            signing_secrets=signing,
        )
        return http.post(f"/webhook/{inbox}", content=body, headers=headers).status_code

    try:
        http.put(
            "/secrets",
            json={"webhook_secrets": [new, old], "signing_secrets": [new_signing, SIGNING_SECRET]},
        ).raise_for_status()
        overlap = [
            status(BODY, new, [new_signing]),
            status(BODY, old, [SIGNING_SECRET]),
            status(BODY, new, [SIGNING_SECRET, new_signing]),
            status(BODY, WEBHOOK_SECRET, [new_signing]),
        ]
        http.put(
            "/secrets", json={"webhook_secrets": [new], "signing_secrets": [new_signing]}
        ).raise_for_status()
        after = [status(BODY, new, [new_signing]), status(BODY, old, [SIGNING_SECRET])]
        counts = http.get("/secrets").json()
    finally:
        http.put(
            "/secrets",
            json={"webhook_secrets": [WEBHOOK_SECRET], "signing_secrets": [SIGNING_SECRET]},
        ).raise_for_status()

    assert overlap == [200, 200, 200, 401]
    assert after == [200, 401]
    assert counts == {"webhook_secrets": 1, "signing_secrets": 1}


def test_twenty_at_once_are_processed_once(http: httpx.Client, inbox: str) -> None:
    """
    Dedupe is atomic, also while answers are slow.
    """
    _rules(http, inbox, {"delay_ms": 100})

    def send(_: int) -> int:
        return http.post(f"/webhook/{inbox}", content=BODY, headers=_signed()).status_code

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(send, range(20)))

    found = _received(http, inbox)
    assert statuses == [200] * 20
    assert sum(d["processed"] for d in found) == 1
    assert sum(d["duplicate"] for d in found) == 19


def test_a_long_poll_wakes_for_what_it_waits_for(http: httpx.Client, inbox: str) -> None:
    """
    Other inboxes and events do not end it.
    """
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        query = f"inbox={inbox}&event=payment.success&wait=10"
        waiting = pool.submit(http.get, f"/received?{query}")
        other = b'{"event":"payment.failed"}'
        http.post(f"/webhook/{inbox}-other", content=BODY, headers=_signed())
        http.post(f"/webhook/{inbox}", content=other, headers=_signed(other))
        http.post(f"/webhook/{inbox}", content=BODY, headers=_signed())
        found = waiting.result(timeout=10).json()["received"]

    assert [one["event"] for one in found] == ["payment.success"]


@pytest.mark.parametrize("wait", ["nan", "inf", "-1", "31", "x", "1e9"])
def test_waits_that_cannot_be_are_refused(http: httpx.Client, wait: str) -> None:
    """
    400 with a sentence.
    """
    assert http.get("/received", params={"wait": wait}).status_code == 400
