"""
What `paywright listen` hands on, over a scripted handler and without a socket.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from paywright.forwarding import BODY_BYTES_MAX, Forwarded, Forwarder

BODY = b'{ "event" : "payment.success",\n "x": "\xe2\x82\xb9" }'
SENT = [
    (b"Host", b"127.0.0.1:1"),
    (b"X-TWICE", b"1"),
    (b"webhook-id", b"evt_1"),
    (b"x-twice", b"2"),
    (b"Connection", b"keep-alive"),
    (b"X-Latin", b"caf\xe9"),
    (b"X-Webhook-Attempt", b"3"),
    (b"Accept-Encoding", b"identity"),
    (b"Content-Length", str(len(BODY)).encode()),
]


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _answer(status: int, body: bytes = b"", **headers: str) -> httpx.Response:
    """
    An answer whose body is still to be read, as from a socket.
    """
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, content=_chunks(body))


class Handler:
    """
    A merchant's handler, and who asks it.
    """

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.requests: list[httpx.Request] = []
        self.reports: list[Forwarded] = []
        self._answer = answer

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """
        Answer, and remember.
        """
        self.requests.append(request)
        return self._answer(request)

    async def report(self, forwarded: Forwarded) -> None:
        """
        Only remember.
        """
        self.reports.append(forwarded)

    async def take(
        self,
        *,
        body: bytes = BODY,
        events: tuple[str, ...] = (),
        target: str | None = "http://h/a?b=1",
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """
        Send one webhook through a forwarder; what its sender hears.
        """  # fmt: skip
        halves = [
            {"type": "http.request", "body": body[:5], "more_body": True},
            {"type": "http.request", "body": body[5:], "more_body": False},
        ]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return halves.pop(0)

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async with httpx.AsyncClient(transport=httpx.MockTransport(self.handle)) as http:
            forwarder = Forwarder(
                http, target, events=events, report=self.report, monotonic_s=lambda: 0.0
            )
            await forwarder({"type": "http", "headers": SENT}, receive, send)
        return sent[0]["status"], sent[0]["headers"], sent[1]["body"]


async def test_bytes_and_headers_are_handed_on_unchanged() -> None:
    """
    Spelling, order, repetitions; only what belongs to one connection is not, and Host names the handler.
    """
    handler = Handler(lambda _: _answer(200))

    await handler.take()

    request = handler.requests[0]
    unfit = (b"Host", b"Connection")
    assert request.content == BODY
    assert str(request.url) == "http://h/a?b=1"
    assert request.headers.raw == [
        (b"Host", b"h"),
        *(pair for pair in SENT if pair[0] not in unfit),
    ]


async def test_the_answer_goes_back() -> None:
    """
    Status, headers and bytes, so that the gateway decides by the handler's word.
    """
    answer = _answer(429, b"later", Retry_After="7", Connection="close")

    status, headers, body = await Handler(lambda _: answer).take()

    assert (status, body) == (429, b"later")
    assert (b"Retry-After", b"7") in headers
    assert (b"Content-Length", b"5") in headers
    assert not {b"transfer-encoding", b"connection"} & {name.lower() for name, _ in headers}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (httpx.ConnectError("refused"), "nothing is listening"),
        (httpx.ReadTimeout(""), "no answer in time"),
        (httpx.RemoteProtocolError("cut"), "cut"),
    ],
)
async def test_a_handler_that_fails_is_a_502(error: Exception, said: str) -> None:
    """
    So the gateway tries again.
    """

    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    handler = Handler(fail)

    assert (await handler.take())[0] == 502
    assert (handler.reports[0].status, handler.reports[0].error) == (None, said)


@pytest.mark.parametrize(
    ("events", "count"),
    [
        ((), 1),
        (("payment.success",), 1),
        (("refund.*", "payment.*"), 1),
        (("refund.*",), 0),
        (("payment",), 0),
    ],
)
async def test_other_events_go_no_further(events: tuple[str, ...], count: int) -> None:
    """
    They are taken, so that the gateway does not repeat them, and nothing is said.
    """
    handler = Handler(lambda _: _answer(500))

    status, _, _ = await handler.take(events=events)

    assert (len(handler.requests), len(handler.reports)) == (count, count)
    assert status == (500 if count else 200)


async def test_without_a_handler_webhooks_are_only_reported() -> None:
    """
    With everything that the line needs.
    """
    handler = Handler(lambda _: _answer(500))

    status, _, _ = await handler.take(target=None)

    report = handler.reports[0]
    assert (status, handler.requests) == (200, [])
    assert (report.event, report.webhook_id, report.attempt) == ("payment.success", "evt_1", "3")
    assert not report.forwarded


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"[" * 100_000])
async def test_whatever_the_body_is_it_is_handed_on(body: bytes) -> None:
    """
    Nothing is parsed first.
    """
    handler = Handler(lambda _: _answer(204))

    assert (await handler.take(body=body))[0] == 204
    assert handler.requests[0].content == body


async def test_a_body_without_end_is_refused() -> None:
    """
    Memory is bounded.
    """
    handler = Handler(lambda _: _answer(200))

    assert (await handler.take(body=b"x" * (BODY_BYTES_MAX + 1)))[0] == 413
    assert handler.requests == []
