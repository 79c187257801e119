"""
What each wire fault does to the bytes of an answer.  Writes past the HTTP server, straight to the connection, where HTTP would be too polite.
"""

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import Callable
from typing import Final

from quart import Response

from simulator.book.records import Answer
from simulator.domain.answers import Refusal
from simulator.domain.faults import WireFault
from simulator.wire import connection, respond

_HUGE_BYTES: Final = 50_000_000
_CHUNK_BYTES: Final = 65_536
#: Nobody listens there: a client that follows redirects shows it by failing.
_ELSEWHERE: Final = "http://127.0.0.1:1/elsewhere"
_LINGER_NONE: Final = struct.pack("ii", 1, 0)


def _body(answer: Answer | None) -> bytes:
    return json.dumps(answer or {}, separators=(",", ":")).encode()


def _head(length: int, *, extra: str = "") -> bytes:
    lines = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{extra}\r\n"
    return lines.encode()


def _reset() -> None:
    """
    Close so that the other side sees a reset and not an end.
    """
    writer = connection()
    handle = writer.get_extra_info("socket")
    with socket.socket(fileno=socket.dup(handle.fileno())) as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
    writer.transport.abort()


async def _write(*parts: bytes) -> None:
    writer = connection()
    for part in parts:
        writer.write(part)
        await writer.drain()


async def _drip(body: bytes, pause_s: float) -> None:
    await _write(_head(len(body)))
    for position in range(len(body)):
        await _write(body[position : position + 1])
        await asyncio.sleep(pause_s)


async def _huge() -> None:
    await _write(_head(_HUGE_BYTES))
    for _ in range(_HUGE_BYTES // _CHUNK_BYTES + 1):
        await _write(b" " * _CHUNK_BYTES)


def _bomb() -> bytes:
    return gzip.compress(b" " * _HUGE_BYTES, compresslevel=6)


async def _raw(fault: WireFault, answer: Answer | None) -> None:
    """
    Faults that break HTTP itself; the connection is over afterwards.
    """
    body = _body(answer)
    match fault.kind:
        case "timeout":
            await asyncio.sleep(fault.hold_ms / 1000)
        case "truncate":
            await _write(_head(len(body)), body[: len(body) // 2])
        case "slow_drip":
            await _drip(body, fault.hold_ms / 1000)
        case "huge_body":
            await _huge()
        case _:
            raise AssertionError(fault.kind)
    connection().close()


def _polite(fault: WireFault, answer: Answer | None) -> Response | None:
    """
    Faults that are well-formed HTTP; None for the others.
    """
    body = _body(answer)
    not_a_number = json.dumps({**(answer or {}), "amount": float("nan")})
    answers: dict[str, Callable[[], Response]] = {
        "garbage": lambda: _json(b"{not json"),
        "wrong_content_type": lambda: Response(b"<html>" + body, content_type="text/html"),
        "invalid_utf8": lambda: _json(body[:-1] + b',"note":"\xff\xfe"}'),
        "nan_amount": lambda: _json(not_a_number.encode()),
        "gzip_bomb": lambda: _json(_bomb(), {"Content-Encoding": "gzip"}),
        "redirect": lambda: Response("", 302, headers={"Location": _ELSEWHERE}),
        "status": lambda: _error(fault.status, "bank_fault", "A fault was asked for."),
        "rate_limited": lambda: _error(
            429, "rate_limited", "Too many requests.", {"Retry-After": str(fault.retry_after_s)}
        ),
    }
    make = answers.get(fault.kind)
    return None if make is None else make()


def _json(body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(body, headers=headers, content_type="application/json")


def _error(status: int, code: str, text: str, headers: dict[str, str] | None = None) -> Response:
    answer = respond({"error": {"code": code, "message": text}}, status)
    answer.headers.update(headers or {})
    return answer


async def strike(fault: WireFault, answer: Answer | None) -> Response:
    """
    Let the fault happen.  `answer` is None when the request had no effect.  Raises `Refusal` for the faults that are refusals.
    """
    if fault.kind == "not_found":
        raise Refusal(404, "not_found", "The bank has not seen this request_id.")
    polite = _polite(fault, answer)
    if polite is not None:
        return polite
    if fault.kind == "reset":
        _reset()
    else:
        try:
            await _raw(fault, answer)
        except ConnectionError:
            connection().close()
    # The connection is gone; whoever serves it cancels this task when it notices.
    await asyncio.Event().wait()
    raise AssertionError("the server did not notice that the connection is gone")
