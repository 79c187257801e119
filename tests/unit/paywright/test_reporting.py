"""
The lines of `paywright listen`: one for each webhook, colour on a terminal only, nothing that steers a terminal.
"""

import io
import json
import sys
from dataclasses import replace

import httpx
import pytest

from paywright.commands.reporting import Reporter
from paywright.forwarding import Forwarded
from sdk.python import webhooks
from sdk.python.sync_client import SyncClient

BODY = b'{"event":"payment.success"}'
SECRET = "whsec_test_abc123"
SIGNED = tuple(webhooks.sign(BODY, webhook_id="x", timestamp_s=0, webhook_secret=SECRET).items())
LEGACY = tuple(pair for pair in SIGNED if not pair[0].startswith("webhook"))
FORWARDED = Forwarded(
    body=BODY,
    headers=LEGACY,
    event="payment.success",
    webhook_id="evt_1",
    attempt="2",
    forwarded=True,
    status=200,
    error=None,
    took_ms=12,
)


class Terminal(io.StringIO):
    """
    Says that somebody looks at it.
    """

    def isatty(self) -> bool:
        """
        Yes.
        """
        return True


def reporter(*, as_json: bool = False, secret: str | None = SECRET) -> Reporter:
    """
    A reporter whose gateway knows this secret.
    """
    settings = {"webhook_url": None, "webhook_secret": secret, "signing_secret": None}
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json=settings))
    client = SyncClient("http://g", api_key="k", api_secret="s", transport=answer)
    return Reporter(client, as_json=as_json)


async def _line(
    webhook: Forwarded,
    monkeypatch: pytest.MonkeyPatch,
    out: io.StringIO,
    secret: str | None = SECRET,
) -> str:
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    await reporter(secret=secret).report(webhook)
    return out.getvalue()


async def test_a_line_says_what_became_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Event, id, attempt, signature, answer, time; plain where nobody looks.
    """
    line = await _line(FORWARDED, monkeypatch, io.StringIO())

    assert line.endswith(
        "payment.success        evt_1  attempt 2  signature valid  → 200 in 12 ms\n"
    )
    assert "\x1b" not in line


async def test_a_terminal_gets_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Green for what is well, red for what is not.
    """
    good = await _line(FORWARDED, monkeypatch, Terminal())
    bad = await _line(replace(FORWARDED, status=500), monkeypatch, Terminal())

    assert "\x1b[32m" in good
    assert "\x1b[31m" not in good
    assert "\x1b[31m" in bad


async def test_strangers_do_not_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Escapes and line ends in names stay one line of text, however long.
    """
    name = "\x1b[2J\r\nfake line " + "x" * 500
    line = await _line(replace(FORWARDED, event=name, webhook_id=name), monkeypatch, Terminal())

    assert "\x1b[2J" not in line
    assert line.count("\n") == 1
    assert "\r" not in line


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"body": BODY + b" "}, "signature compact JSON was signed, other bytes were sent"),
        ({"headers": ()}, "signature there is no X-Webhook-Signature header"),
        ({"status": None, "error": "nothing is listening"}, "→ nothing is listening in 12 ms"),
        ({"status": None, "forwarded": False}, "→ printed"),
        ({"event": None, "webhook_id": None, "attempt": None}, "no event               -  signature"),
    ],
)  # fmt: skip
async def test_what_is_wrong_stands_in_the_line(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, object], said: str
) -> None:
    """
    In words.
    """
    webhook = replace(FORWARDED, **change)  # type: ignore[arg-type]

    assert said in await _line(webhook, monkeypatch, io.StringIO())


async def test_without_secrets_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A merchant that has none cannot check.
    """
    line = await _line(FORWARDED, monkeypatch, io.StringIO(), secret=None)

    assert "signature not checked: the merchant has no secrets" in line


async def test_json_is_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The same facts, for programs.
    """
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)

    await reporter(as_json=True).report(replace(FORWARDED, event="a\nb"))

    assert json.loads(out.getvalue()) == {
        "type": "webhook",
        "event": "a\nb",
        "webhook_id": "evt_1",
        "attempt": "2",
        "forwarded": True,
        "status": 200,
        "error": None,
        "took_ms": 12,
        "signature": "valid",
    }
    assert out.getvalue().count("\n") == 1
