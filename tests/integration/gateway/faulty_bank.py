"""
A front for the real bank that breaks single exchanges on the wire: what a hostile network or bank does to the gateway.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_GARBAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{not json"
)
_HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<html>ok</html>"
_HUGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50000000\r\n\r\n"
    + b"x" * 200_000
)
_REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
_BUSY = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"


def _status(code: int) -> bytes:
    return f"HTTP/1.1 {code} X\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}".encode()


@dataclass
class FaultyBank:
    """
    `fault` names what happens to the next `left` requests whose first line contains `path`; everything else passes.
    """

    upstream: tuple[str, int]
    url: str = ""
    fault: str = ""
    path: str = "/v1/authorisations"
    left: int = 0
    hits: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def arm(self, fault: str, *, times: int = 1, path: str = "/v1/authorisations") -> None:
        """
        Break the next requests.
        """
        self.fault, self.left, self.path, self.hits = fault, times, path, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """
        One request per connection.
        """
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length")
                ),
                0,
            )
            body = await reader.readexactly(length)
            if self.left > 0 and self.path.encode() in head.split(b"\r\n", 1)[0]:
                self.left -= 1
                self.hits += 1
                await self._break(head, body, writer)
            else:
                writer.write(await self._forward(head, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _forward(self, head: bytes, body: bytes) -> bytes:
        lines = [
            line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")
        ]
        lines.insert(1, b"Connection: close")
        reader, writer = await asyncio.open_connection(*self.upstream)
        writer.write(b"\r\n".join(lines) + body)
        await writer.drain()
        answer = await reader.read()
        writer.close()
        return answer.replace(b"HTTP/1.1 200 \r\n", b"HTTP/1.1 200 OK\r\n")

    async def _break(self, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        if self.fault == "drop-before-effect":
            return
        if self.fault in ("busy", "redirect"):
            writer.write(_BUSY if self.fault == "busy" else _REDIRECT)
            await writer.drain()
            return
        answer = await self._forward(head, body)
        broken = {
            "drop-after-effect": b"",
            "truncate": answer[:-20],
            "garbage": _GARBAGE,
            "html": _HTML,
            "huge": _HUGE,
            "500-after-effect": _status(500),
            "503-after-effect": _status(503),
            "wrong-amount": answer.replace(b'"amount":50000', b'"amount":50001'),
            "wrong-request": answer.replace(b":auth:1", b":auth:9"),
            "says-declined": answer.replace(b'"status":"captured"', b'"status":"declined"'),
            "not-a-number": answer.replace(b'"amount":50000', b'"amount":NaN'),
        }
        writer.write(broken[self.fault])
        await writer.drain()


FAULTS = (
    "drop-before-effect", "drop-after-effect", "truncate", "garbage", "html", "huge", "500-after-effect", "503-after-effect", "wrong-amount",
    "wrong-request", "not-a-number", "busy", "redirect",
)  # fmt: skip


@asynccontextmanager
async def faulty_front(upstream_url: str, port: int) -> AsyncIterator[FaultyBank]:
    """
    Listen on `port` in front of the bank at `upstream_url`.
    """
    parts = urlsplit(upstream_url)
    bank = FaultyBank((parts.hostname or "", parts.port or 0), url=f"http://127.0.0.1:{port}")
    server = await asyncio.start_server(bank.serve, "127.0.0.1", port)
    try:
        yield bank
    finally:
        server.close()
        await server.wait_closed()
