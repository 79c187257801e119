"""
Takes webhooks and hands them on: the raw bytes and every header as they came, and the handler's answer back to the sender.

A pure ASGI app over httpx.  Nothing is parsed before it is handed on, and nothing is kept.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

import httpx

Pairs = list[tuple[bytes, bytes]]

#: Bytes of a webhook that are taken.  Source: the gateway's bodies are below 20 kB.
BODY_BYTES_MAX: Final = 2 * 1024 * 1024
#: Bytes of the handler's answer that are handed back.
ANSWER_BYTES_MAX: Final = 1024 * 1024
#: Headers between two neighbours on the way, which nobody hands on.  Source: RFC 9110, 7.6.1.
_HOP_BY_HOP: Final = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
)  # fmt: skip
_BAD_GATEWAY: Final = 502
_TOO_LARGE: Final = 413


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """
    One webhook and what became of it.  `status` None: there was no answer, `error` says why; `forwarded` False: its event was not asked for.
    """

    body: bytes
    headers: Sequence[tuple[str, str]]
    event: str | None
    webhook_id: str | None
    attempt: str | None
    forwarded: bool
    status: int | None
    error: str | None
    took_ms: int


Report = Callable[[Forwarded], Awaitable[None]]


def event_of(body: bytes) -> str | None:
    """
    The event's name, None when the body does not say.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    event = document.get("event", document.get("type")) if isinstance(document, dict) else None
    return event if isinstance(event, str) else None


class Forwarder:
    """
    Hands webhooks on to `target`; with `events` (patterns such as `payment.*`) the others are taken and go no further.  `target` None: all are.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        target: str | None,
        *,
        events: Sequence[str],
        report: Report,
        monotonic_s: Callable[[], float],
    ) -> None:
        self._http = http
        self._target = None if target is None else httpx.URL(target)
        self._events = events
        self._report = report
        self._monotonic_s = monotonic_s

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """
        Serve one request.
        """
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        body = await _body(receive)
        if body is None:
            await _answer(send, _TOO_LARGE, [], b"")
            return
        status, headers, answer = await self._take(body, list(scope["headers"]))
        await _answer(send, status, headers, answer)

    async def _take(self, body: bytes, headers: Pairs) -> tuple[int, Pairs, bytes]:
        began_s = self._monotonic_s()
        event = event_of(body)
        wanted = not self._events or any(fnmatchcase(event or "", one) for one in self._events)
        handed_on = wanted and self._target is not None
        error: str | None = None
        found: tuple[int, Pairs, bytes] = (200, [], b"")
        if handed_on:
            try:
                found = await self._exchange(body, headers)
            except httpx.HTTPError as problem:
                error = _why(problem)
                found = (_BAD_GATEWAY, [], json.dumps({"error": error}).encode())
        named = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in headers}
        if wanted:
            await self._report(
                Forwarded(
                    body=body,
                    headers=[(n.decode("latin-1"), v.decode("latin-1")) for n, v in headers],
                    event=event,
                    webhook_id=named.get("webhook-id"),
                    attempt=named.get("x-webhook-attempt"),
                    forwarded=handed_on,
                    status=found[0] if handed_on and error is None else None,
                    error=error,
                    took_ms=round((self._monotonic_s() - began_s) * 1000),
                )
            )
        return found

    async def _exchange(self, body: bytes, headers: Pairs) -> tuple[int, Pairs, bytes]:
        assert self._target is not None
        request = httpx.Request(
            "POST", self._target, headers=_handed_on(headers, self._target), content=body
        )
        answer = await self._http.send(request, stream=True)
        try:
            taken = bytearray()
            async for chunk in answer.aiter_raw():
                taken += chunk
                if len(taken) >= ANSWER_BYTES_MAX:
                    break
        finally:
            await answer.aclose()
        kept = [
            (name, value)
            for name, value in answer.headers.raw
            if name.lower() not in _HOP_BY_HOP and name.lower() != b"content-length"
        ]
        return answer.status_code, kept, bytes(taken[:ANSWER_BYTES_MAX])


def _handed_on(headers: Pairs, target: httpx.URL) -> Pairs:
    """
    The headers as they came, but for those that belong to one connection; `Host` names the handler.
    """
    host = b"Host", target.netloc
    unfit = _HOP_BY_HOP | {b"host"}
    return [host, *((name, value) for name, value in headers if name.lower() not in unfit)]


def _why(problem: httpx.HTTPError) -> str:
    match problem:
        case httpx.ConnectError():
            return "nothing is listening"
        case httpx.TimeoutException():
            return "no answer in time"
        case _:
            return str(problem) or type(problem).__name__


async def _body(receive: Any) -> bytes | None:
    """
    The request's bytes, None when they are too many or the sender left.
    """
    taken = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        taken += message.get("body", b"")
        if len(taken) > BODY_BYTES_MAX:
            return None
        if not message.get("more_body", False):
            return bytes(taken)


async def _answer(send: Any, status: int, headers: Pairs, body: bytes) -> None:
    is_bodiless = status in (204, 304)
    length = [] if is_bodiless else [(b"Content-Length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": b"" if is_bodiless else body})


async def _live(receive: Any, send: Any) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
