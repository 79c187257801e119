"""
Whatever stands in the signature headers: 401, never 500.  The whole app is asked, without a socket.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchant_receiver.app import create_app
from merchant_receiver.clock import FollowerClock
from merchant_receiver.config import SIGNING_SECRET, WEBHOOK_SECRET, Settings
from merchant_receiver.inbox import Inbox
from merchant_receiver.receiving import Receiver
from sdk.python import webhooks

NOW = 1_767_225_600
BODY = b'{"event":"payment.success"}'
Pairs = list[tuple[bytes, bytes]]


@pytest.fixture(scope="module")
def app() -> Iterator[Any]:
    """
    A receiver of its own, everything in memory, with the published secrets.
    """
    receiver = Receiver(Settings.from_env({}), Inbox(None), FollowerClock())
    receiver.clock.follow(datetime.fromtimestamp(NOW, UTC))
    yield create_app(receiver)
    receiver.inbox.close()


def _good() -> dict[str, str]:
    return webhooks.sign(
        BODY,
        webhook_id="evt_1",
        timestamp_s=NOW,
        webhook_secret=WEBHOOK_SECRET,
        signing_secrets=[SIGNING_SECRET],
    )


async def _status(app: Any, headers: Pairs) -> int:
    """
    The status of a webhook with these raw headers, straight through the ASGI app.
    """
    scope = {
        "type": "http",
        "http_version": "1.1",
        "asgi": {"spec_version": "2.1", "version": "3.0"},
        "method": "POST",
        "scheme": "http",
        "path": "/webhook/malformed",
        "raw_path": b"/webhook/malformed",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "extensions": {},
    }
    messages = [{"type": "http.request", "body": BODY, "more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await asyncio.sleep(3_600)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return int(sent[0]["status"])


def _wire(headers: dict[str, str]) -> Pairs:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


async def test_good_headers_are_taken(app: Any) -> None:
    """
    Else the rest of this file would prove nothing.
    """
    assert await _status(app, _wire(_good())) == 200


MALFORMED = {
    "empty": {"X-Webhook-Signature": ""},
    "short": {"X-Webhook-Signature": "ab"},
    "odd": {"X-Webhook-Signature": "a" * 63},
    "long": {"X-Webhook-Signature": "a" * 65},
    "not hex": {"X-Webhook-Signature": "g" * 64},
    "spaced hex": {"X-Webhook-Signature": "a b " * 16},
    "latin-1": {"X-Webhook-Signature": "\xe9" * 64},
    "superscript": {"X-Webhook-Signature": "\xb2" * 64},
    "nul": {"X-Webhook-Signature": "\0" * 64},
    "base64": {"X-Webhook-Signature": "A" * 43 + "="},
    "scheme": {"X-Webhook-Signature": "sha256=" + "0" * 64},
    "huge": {"X-Webhook-Signature": "f" * 100_000},
    "wrong": {"X-Webhook-Signature": "0" * 64},
    "no timestamp": {"webhook-id": "a", "webhook-signature": "v1,AAAA"},
    "id only": {"webhook-id": "a"},
    "empty id": {"webhook-id": ""},
    "long id": {"webhook-id": "i" * 10_000},
    "latin-1 id": {"webhook-id": "\xe9"},
    "time of letters": {"webhook-timestamp": "now"},
    "negative time": {"webhook-timestamp": "-1"},
    "time with point": {"webhook-timestamp": f"{NOW}.0"},
    "superscript time": {"webhook-timestamp": "\xb2" * 10},
    "huge time": {"webhook-timestamp": "9" * 5_000},
    "milliseconds": {"webhook-timestamp": f"{NOW}000"},
    "beyond calendars": {"webhook-timestamp": "9" * 12},
    "empty signatures": {"webhook-signature": ""},
    "no version": {"webhook-signature": "AAAA"},
    "other version": {"webhook-signature": "v1a,AAAA"},
    "bad base64": {"webhook-signature": "v1,???"},
    "bad padding": {"webhook-signature": "v1,AAA"},
    "empty entry": {"webhook-signature": "v1,"},
    "latin-1 entry": {"webhook-signature": "v1,\xe9\xe9\xe9\xe9"},
    "many": {"webhook-signature": "v1,AAAA " * 5_000},
    "commas": {"webhook-signature": "," * 100},
}


@pytest.mark.parametrize("headers", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.parametrize("beside", ["alone", "good"])
async def test_malformed_headers_are_401(app: Any, headers: dict[str, str], beside: str) -> None:
    """
    Alone, and in the place of one of the good ones.
    """
    sent = headers if beside == "alone" else {**_good(), **headers}

    assert await _status(app, _wire(sent)) == 401


_NAMES = st.sampled_from(
    [b"X-Webhook-Signature", b"X-Webhook-Signature-Old", b"webhook-id", b"webhook-timestamp", b"webhook-signature", b"WEBHOOK-SIGNATURE"]
)  # fmt: skip
#: The server refuses line ends and NUL inside a value before the app sees them.
_BYTES = st.binary(max_size=80).map(lambda raw: raw.translate(None, b"\r\n\0"))
_VALUES = st.one_of(
    _BYTES,
    st.text("0123456789abcdefABCDEF", min_size=62, max_size=66).map(str.encode),
    st.integers(-(10**14), 10**14).map(lambda n: str(n).encode()),
    st.lists(st.sampled_from([b"v1,", b"v1a,AAAA", b"v1,AAAA", b" ", b",", b"v1,====", b"v1,\xff"]), max_size=30).map(b" ".join),
)  # fmt: skip


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(headers=st.lists(st.tuples(_NAMES, _VALUES), max_size=8))
def test_no_headers_at_all_can_break_it(app: Any, headers: Pairs) -> None:
    """
    Random bytes under the names that matter, repeated and mixed.
    """
    assert asyncio.run(_status(app, headers)) == 401
