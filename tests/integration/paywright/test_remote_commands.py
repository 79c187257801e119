"""
`paywright listen`, `trigger`, `clock`, `logs` and `events` against a running gateway.
"""

import contextlib
import http.server
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from paywright.cli import app
from paywright.commands.trigger import EVENTS
from paywright.launching import free_port
from paywright.parties import TEST_CREDENTIALS
from paywright.sandbox import Sandbox
from sdk.python import clock, webhooks
from sdk.python.sync_client import SyncClient


def run(sandbox: Sandbox | None, *words: str, status: int = 0) -> Result:
    """
    The command inside this process; checks its exit status.
    """
    api = [] if sandbox is None else ["--api", sandbox.urls.api]
    result = CliRunner().invoke(app, [*words, *api])
    assert result.exit_code == status, result.output
    return result


def documents(result: Result) -> list[dict[str, Any]]:
    """
    The lines of JSON on stdout.
    """
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[SyncClient]:
    """
    The test merchant; its webhooks go nowhere before and after.
    """
    credentials = {name: TEST_CREDENTIALS[name] for name in ("api_key", "api_secret")}
    with SyncClient(sandbox.urls.api, **credentials) as one:  # type: ignore[arg-type]
        one.set_webhook_config(webhook_url=None, events=None)
        yield one
        one.set_webhook_config(webhook_url=None, events=None)
        one.real_test_clock()


@dataclass
class Handler:
    """
    A merchant's own handler on a free port: answers in turn, the last one for ever.
    """

    statuses: list[int] = field(default_factory=lambda: [200])
    received: list[tuple[list[tuple[str, str]], bytes, str]] = field(default_factory=list)
    url: str = ""

    @contextlib.contextmanager
    def serving(self) -> Iterator["Handler"]:
        """
        Serve until the block ends.
        """
        owner = self

        class Requests(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.received.append((self.headers.items(), body, self.path))
                more = len(owner.statuses) > 1
                self.send_response(owner.statuses.pop(0) if more else owner.statuses[0])
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                del format, args

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Requests) as server:
            self.url = f"http://127.0.0.1:{server.server_address[1]}/hooks/?from=paywright"
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()


@contextlib.contextmanager
def listening(sandbox: Sandbox, *options: str) -> Iterator[list[dict[str, Any]]]:
    """
    `paywright listen --json` until the block ends; its lines, complete after that.
    """
    command = [sys.executable, "-m", "paywright.cli", "listen", "--json", *options]
    process = subprocess.Popen(
        [*command, "--api", sandbox.urls.api],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines: list[dict[str, Any]] = []
    try:
        first = process.stdout.readline()
        assert first, process.communicate()[1]
        lines.append(json.loads(first))
        yield lines
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    lines += [json.loads(line) for line in out.splitlines()]
    assert (process.returncode, "Traceback" in err) == (0, False), err


def test_listen_hands_on_and_the_handlers_answer_counts(
    sandbox: Sandbox, client: SyncClient
) -> None:
    """
    A failure is retried by the gateway with the same bytes; both arrive with signatures that verify; the old address comes back.
    """
    client.set_webhook_config(webhook_url="http://127.0.0.1:49999/before")
    now = client.freeze_test_clock().now
    assert now is not None
    with (
        Handler([500, 200]).serving() as handler,
        listening(sandbox, "--forward-to", handler.url) as lines,
    ):
        run(sandbox, "trigger", "webhook.test")
        moved = client.advance_test_clock("5s")

    (first, again) = handler.received
    assert first[1] == again[1]
    assert first[2] == "/hooks/?from=paywright"
    for headers, body, _ in handler.received:
        assert {"webhook-id", "X-Webhook-Signature", "X-Webhook-Attempt"} <= {n for n, _ in headers}
        webhooks.verify(
            body,
            headers,
            webhook_secrets=[TEST_CREDENTIALS["webhook_secret"]],
            signing_secrets=[TEST_CREDENTIALS["signing_secret"]],
            now_s=moved.now.timestamp() if moved.now else 0,
        )
    assert lines[0]["type"] == "ready"
    assert [(one["attempt"], one["status"], one["signature"]) for one in lines[1:]] == [
        ("1", 500, "valid"),
        ("2", 200, "valid"),
    ]
    assert client.get_webhook_config().webhook_url == "http://127.0.0.1:49999/before"


def test_listen_filters_events(sandbox: Sandbox, client: SyncClient) -> None:
    """
    Others are taken, not handed on, and not tried again.
    """
    with (
        Handler().serving() as handler,
        listening(sandbox, "--forward-to", handler.url, "--events", "payment.s*, refund.*") as lines,
    ):  # fmt: skip
        paid = documents(run(sandbox, "trigger", "payment.success", "--json", "--within", "30"))[0][
            "payment"
        ]
        _until_delivered(client, paid, count=3)

    assert [one["event"] for one in lines[1:]] == ["payment.success"]
    assert [json.loads(body)["event"] for _, body, _ in handler.received] == ["payment.success"]


def _until(look: Callable[[], bool], *, within_s: float = 30.0) -> None:
    """
    Ask again until it is so; fails the test when it is not in time.
    """
    deadline_s = clock.monotonic_s() + within_s
    while not look():
        assert clock.monotonic_s() < deadline_s
        clock.sleep(0.02)


def _until_delivered(client: SyncClient, entity_id: str, *, count: int) -> None:
    _until(lambda: client.list_deliveries(entity_id=entity_id, status="success").total == count)


def test_an_address_that_was_changed_meanwhile_is_left_alone(
    sandbox: Sandbox, client: SyncClient
) -> None:
    """
    Somebody else's setting is not undone.
    """
    with listening(sandbox):
        client.set_webhook_config(webhook_url="http://127.0.0.1:49999/other")

    assert client.get_webhook_config().webhook_url == "http://127.0.0.1:49999/other"


NOBODY = [
    ("listen", "--forward-to", "http://127.0.0.1:{port}/"),
    ("listen", "--api", "http://127.0.0.1:{port}"),
    ("trigger", "payment.success", "--api", "http://127.0.0.1:{port}"),
    ("clock", "show", "--api", "http://127.0.0.1:{port}"),
    ("clock", "advance", "1h", "--api", "http://127.0.0.1:{port}"),
    ("logs", "--api", "http://127.0.0.1:{port}"),
    ("events", "list", "--api", "http://127.0.0.1:{port}"),
    ("events", "resend", "evt_1", "--api", "http://127.0.0.1:{port}"),
]


@pytest.mark.parametrize("words", NOBODY, ids=" ".join)
def test_nothing_listening_is_one_line_and_status_4(words: tuple[str, ...]) -> None:
    """
    Which address, and what to do.
    """
    port = free_port()
    result = run(None, *(word.format(port=port) for word in words), status=4)

    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert f":{port}" in result.stderr
    assert "start" in result.stderr


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("trigger", "payment.exploded"), 2),
        (("trigger", "no_such_outcome"), 2),
        (("trigger", "payment.success", "--set", "amount"), 2),
        (("trigger", "payment.success", "--set", "amount=1"), 1),
        (("trigger", "webhook.test"), 1),
        (("clock", "advance", "soon"), 1),
        (("clock", "freeze", "yesterday"), 1),
        (("logs", "00000000-0000-0000-0000-000000000000"), 1),
        (("events", "resend", "evt_none"), 1),
        (("events", "resend", "00000000-0000-0000-0000-000000000000"), 1),
        (("clock", "show", "--api-secret", "wrong"), 0),
        (("logs", "--api-secret", "wrong"), 1),
    ],
    ids=str,
)
def test_refusals_are_one_line(
    sandbox: Sandbox, client: SyncClient, words: tuple[str, ...], status: int
) -> None:
    """
    1 when the gateway refuses, 2 when the command is wrong; never a traceback.
    """
    del client
    result = run(sandbox, *words, status=status)

    assert len(result.stderr.splitlines()) == (1 if status else 0)


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_can_be_triggered(sandbox: Sandbox, client: SyncClient, event: str) -> None:
    """
    It stands in the merchant's events, about the thing that the command names.
    """
    client.set_webhook_config(webhook_url=f"{sandbox.urls.receiver}/webhook/trigger", events=None)

    (made,) = documents(run(sandbox, "trigger", event, "--json"))

    about = made.get("refund") if event.startswith("refund") else made.get("payment")
    query = {} if about is None else {"entity_id": about}
    assert event in {one.type for one in client.list_events(limit=50, **query).data}


def test_an_outcome_of_the_bank_can_be_triggered_with_settings(
    sandbox: Sandbox, client: SyncClient
) -> None:
    """
    `--set` reaches order and payment; numbers are numbers.
    """
    words = ("--set", "amount=70000", "--set", "vpa=asha@upi", "--set", "receipt=r-1", "--json")
    (made,) = documents(run(sandbox, "trigger", "insufficient_funds", *words))

    payment, order = client.get_payment(made["payment"]), client.get_order(made["order"])
    assert (payment.status, payment.decline_code) == ("failed", "insufficient_funds")
    assert (payment.vpa, order.amount_minor, order.receipt) == ("asha@upi", 70_000, "r-1")


def test_who_hears_nothing_is_told_why(sandbox: Sandbox, client: SyncClient) -> None:
    """
    Without an address, and for events that must be asked for.
    """
    assert "no webhook URL is set" in run(sandbox, "trigger", "payment.created").stderr
    client.set_webhook_config(webhook_url=f"{sandbox.urls.receiver}/webhook/trigger")
    assert "name it in their events" in run(sandbox, "trigger", "payment.voided").stderr
    assert run(sandbox, "trigger", "payment.created").stderr == ""


def test_the_clock_is_shown_and_moved(sandbox: Sandbox, client: SyncClient) -> None:
    """
    Each mode; the JSON is the gateway's.
    """
    del client
    assert run(sandbox, "clock", "freeze", "2026-01-01T00:00:00Z").stdout == (
        "frozen, 2026-01-01T00:00:00.000000Z\n"
    )
    assert documents(run(sandbox, "clock", "advance", "1h30m", "--json")) == [
        {"mode": "frozen", "now": "2026-01-01T01:30:00.000000Z"}
    ]
    assert run(sandbox, "clock", "auto").stdout.startswith("auto, 2026-01-01T01:30")
    (found,) = documents(run(sandbox, "clock", "real", "--json"))
    assert found["mode"] == "real"
    assert datetime.fromisoformat(found["now"]).year > 2026 - 1
    assert run(sandbox, "clock", "show").stdout.startswith("real, ")


def test_logs_and_resend(sandbox: Sandbox, client: SyncClient) -> None:
    """
    From the list to one delivery's attempts; resending keeps the id and adds an attempt.
    """
    client.set_webhook_config(webhook_url=f"{sandbox.urls.receiver}/webhook/resend")
    (made,) = documents(run(sandbox, "trigger", "payment.success", "--json", "--within", "30"))
    _until_delivered(client, made["payment"], count=3)

    rows = documents(run(sandbox, "logs", "--about", made["payment"], "--json"))
    assert [row["event"] for row in rows][-1] == "payment.success"
    text = run(sandbox, "logs", "--about", made["payment"], "--event", "payment.success").stdout
    assert f"success  200  1 attempt  {made['payment']}  {rows[-1]['id']}" in text
    run(sandbox, "events", "resend", rows[-1]["event_id"])
    run(sandbox, "events", "resend", rows[-2]["id"])
    _until_attempts(client, rows[-1]["id"], count=2)

    attempts = documents(run(sandbox, "logs", rows[-1]["id"], "--json"))
    assert [(one["generation"], one["response_code"]) for one in attempts] == [(1, 200), (2, 200)]
    assert "attempt 1 of retry 1  200" in run(sandbox, "logs", rows[-1]["id"]).stdout
    listed = documents(run(sandbox, "events", "list", "--about", made["payment"], "--json"))
    assert {one["id"] for one in listed} == {row["event_id"] for row in rows}


def _until_attempts(client: SyncClient, delivery_id: str, *, count: int) -> None:
    def answers() -> list[int | None]:
        return [attempt.response_code for attempt in client.list_attempts(delivery_id)]

    _until(lambda: answers() == [200] * count)
