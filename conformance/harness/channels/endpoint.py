"""
A merchant's endpoint that answers exactly as a case wants: any status, late, drop by drop, without end, or not at all.

It sees what the target sent byte for byte and when the target let go of the connection.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any, Final, Self

from conformance.harness.clock import monotonic_s, wait_until

#: Seconds that an answer without end goes on when the target does not let go.
_PATIENCE_S: Final = 15.0
_DRIP_S: Final = 0.25
_BLOCK: Final = b"x" * 65_536
#: Bytes of an endless answer after which the target has shown that it takes anything.
ENDLESS_BYTES_MAX: Final = 64 * 1024 * 1024


class Manner(StrEnum):
    """
    How an answer is given.
    """

    WHOLE = "whole"
    HANG = "hang"
    DRIP = "drip"
    ENDLESS = "endless"
    CLOSE = "close"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    One answer; `delay_s` passes before its first byte.
    """

    status: int = 200
    location: str | None = None
    delay_s: float = 0.0
    manner: Manner = Manner.WHOLE


@dataclass(slots=True, kw_only=True)
class Call:
    """
    One request as it arrived.  `ended_s` is when the connection ended (monotonic), `let_go` whether the target ended it before the answer was over.
    """

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    arrived_s: float
    reply: Reply = field(default_factory=Reply)
    sent_bytes: int = 0
    ended_s: float | None = None
    let_go: bool = False

    @property
    def event(self) -> str | None:
        """
        The event's name.
        """
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        event = document.get("event") if isinstance(document, dict) else None
        return event if isinstance(event, str) else None

    def header(self, name: str) -> str | None:
        """
        A header's value.
        """
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def note(self) -> dict[str, Any]:
        """
        For the evidence; whole seconds, so that two runs of one seed say the same.
        """
        took_s = None if self.ended_s is None else round(self.ended_s - self.arrived_s)
        return {
            "webhook": self.event,
            "path": self.path,
            "headers": self.headers,
            "body": self.body.decode("utf-8", "replace"),
            "answered": f"{self.reply.status} {self.reply.manner.value}",
            "connection ended after s": took_s,
            "ended by the target": self.let_go,
        }


@dataclass(slots=True)
class _Script:
    needle: bytes
    event: str | None
    replies: Sequence[Reply]
    calls: list[Call] = field(default_factory=list)

    def fits(self, call: Call) -> bool:
        return self.needle in call.body and self.event in (None, call.event)


class Endpoint:
    """
    An async context manager; answers 200 to everything that no script is about.  `host` is this machine as the target sees it.
    """

    def __init__(self, host: str) -> None:
        self._host = host
        self._server: asyncio.Server | None = None
        self._scripts: list[_Script] = []
        self.calls: list[Call] = []
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """
        Listen on a free port of every interface.
        """
        self._server = await asyncio.start_server(self._accept, "0.0.0.0", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """
        Stop listening, and end what is still under way.
        """
        assert self._server is not None
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    @property
    def url(self) -> str:
        """
        The address to give to the target.
        """
        assert self._server is not None
        return f"http://{self._host}:{self._server.sockets[0].getsockname()[1]}/endpoint"

    def script(self, needle: str, event: str, replies: Sequence[Reply]) -> None:
        """
        Answer the webhooks of this event whose body has `needle` with these replies in turn; the last one repeats.
        """
        self._scripts.append(_Script(needle.encode(), event, replies))

    def about(self, needle: str, event: str) -> list[Call]:
        """
        The calls so far, in order.
        """
        return [c for c in self.calls if needle.encode() in c.body and c.event == event]

    async def until(
        self, needle: str, event: str, *, count: int = 1, within_s: float = 10.0
    ) -> list[Call]:
        """
        The calls once there are `count`, or what there is after `within_s`.
        """

        async def look() -> list[Call] | None:
            found = self.about(needle, event)
            return found if len(found) >= count else None

        return await wait_until(look, within_s=within_s) or self.about(needle, event)

    async def ended(self, call: Call, *, within_s: float) -> bool:
        """
        Whether the connection of the call ended in time.
        """

        async def look() -> bool | None:
            return True if call.ended_s is not None else None

        return bool(await wait_until(look, within_s=within_s))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError, ValueError):
                await self._answer_once(await _read(reader), reader, writer)
        finally:
            writer.close()

    async def _answer_once(
        self, call: Call, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.calls.append(call)
        script = next((script for script in self._scripts if script.fits(call)), None)
        if script is not None:
            call.reply = script.replies[min(len(script.calls), len(script.replies) - 1)]
            script.calls.append(call)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await _answer(call, reader, writer)
        except TimeoutError:
            call.let_go = False
        except OSError:
            call.let_go = True
        call.ended_s = monotonic_s()


async def _read(reader: asyncio.StreamReader) -> Call:
    """
    One request.  Raises `asyncio.IncompleteReadError` or `ValueError` when it is none.
    """
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = [line.partition(":") for line in lines if line]
    headers = [(name, value.strip()) for name, _, value in pairs]
    by_name = {name.lower(): value for name, value in headers}
    if by_name.get("transfer-encoding", "").lower() == "chunked":
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(by_name.get("content-length") or 0))
    return Call(method=method, path=path, headers=headers, body=body, arrived_s=monotonic_s())


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).partition(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def _answer(call: Call, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    reply = call.reply
    if reply.manner is Manner.CLOSE:
        return
    gone = asyncio.ensure_future(_until_gone(reader))
    talk = asyncio.ensure_future(_talk(call, writer))
    try:
        await asyncio.wait({gone, talk}, return_when=asyncio.FIRST_COMPLETED)
        call.let_go = not talk.done()
        if talk.done():
            await talk
    finally:
        for task in (gone, talk):
            task.cancel()
        await asyncio.gather(gone, talk, return_exceptions=True)


async def _until_gone(reader: asyncio.StreamReader) -> None:
    with suppress(OSError):
        while await reader.read(4096):
            continue


async def _talk(call: Call, writer: asyncio.StreamWriter) -> None:
    reply = call.reply
    await asyncio.sleep(reply.delay_s)
    match reply.manner:
        case Manner.HANG:
            await asyncio.sleep(_PATIENCE_S)
        case Manner.GARBAGE:
            await _send(call, writer, b"this is not HTTP\r\n\r\n")
        case Manner.DRIP:
            await _send(call, writer, b"HTTP/1.1 200 OK\r\nX-Drip: ")
            for _ in range(int(_PATIENCE_S / _DRIP_S)):
                await asyncio.sleep(_DRIP_S)
                await _send(call, writer, b".")
        case Manner.ENDLESS:
            await _send(call, writer, b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
            while call.sent_bytes < ENDLESS_BYTES_MAX:
                await _send(call, writer, _BLOCK)
        case _:
            location = f"Location: {reply.location}\r\n" if reply.location else ""
            body = "" if reply.status in (204, 304) else "{}"
            head = f"HTTP/1.1 {reply.status} Suite\r\n{location}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            await _send(call, writer, head.encode() + body.encode())


async def _send(call: Call, writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()
    call.sent_bytes += len(data)
