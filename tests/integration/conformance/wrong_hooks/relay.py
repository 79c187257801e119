"""
Stands between the reference gateway and the merchant, and spoils deliveries: what leaves the gateway right arrives wrong.

It works on connections, so that answers that hang, drip or never end pass through as they are.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from urllib.parse import urlsplit

Memory: TypeAlias = dict[Any, Any]
#: Headers of the connection, which is the relay's own.
_OWN = ("host", "content-length", "connection")
_TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Hook:
    """
    One delivery on its way; `to` is where the merchant wants it.
    """

    to: str
    method: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """
        A header's value, empty without one.
        """
        return next((v for n, v in self.headers if n.lower() == name.lower()), "")

    def having(self, **headers: str) -> "Hook":
        """
        With these headers; underscores stand for dashes, an empty value takes the header away.
        """
        named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        kept = [(n, v) for n, v in self.headers if n.lower() not in named]
        return replace(self, headers=(*kept, *((n, v) for n, v in named.items() if v)))

    def saying(self, body: bytes) -> "Hook":
        """
        With another body.
        """
        return replace(self, body=body)

    def request(self) -> bytes:
        """
        The request's bytes for the merchant.
        """
        parts = urlsplit(self.to)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        kept = [(n, v) for n, v in self.headers if n.lower() not in _OWN]
        lines = [f"{self.method} {path} HTTP/1.1", f"Host: {parts.netloc}"]
        lines += [f"{n}: {v}" for n, v in kept]
        lines += [f"Content-Length: {len(self.body)}", "Connection: close", "", ""]
        return "\r\n".join(lines).encode("utf-8") + self.body


Change: TypeAlias = Callable[[Hook, Memory], list[Hook]]


def unchanged(hook: Hook, _: Memory) -> list[Hook]:
    """
    Pass on as it is.
    """
    return [hook]


class Relay:
    """
    The server.  `change` says what is delivered instead (nothing: the gateway hears 200); `status` which answer the gateway hears instead;
    `follows` redirects; `holds` the merchant's connection although the gateway let go; `hears` success where the merchant said nothing of HTTP.
    """

    def __init__(self) -> None:
        self.change: Change = unchanged
        self.status: Callable[[int], int] = int
        self.follows = False
        self.holds = False
        self.hears = False
        self.memory: Memory = {}
        self.url = ""
        self._serving: set[asyncio.Task[None]] = set()

    def reset(self) -> None:
        """
        Spoil nothing.
        """
        self.change, self.status, self.memory = unchanged, int, {}
        self.follows = self.holds = self.hears = False

    def address(self, to: str) -> str:
        """
        The address to give to the gateway instead of the merchant's.
        """
        return f"{self.url}/relay/{base64.urlsafe_b64encode(to.encode()).decode()}"

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """
        A new connection.
        """
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def close(self) -> None:
        """
        End what is still under way.
        """
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            hook = await _read(reader)
            hooks = self.change(hook, self.memory)
            for extra in hooks[1:]:
                await self._deliver(extra, reader, None)
            if hooks:
                await self._deliver(hooks[0], reader, writer)
            else:
                writer.write(_TAKEN)
                await writer.drain()
        writer.close()

    async def _deliver(
        self, hook: Hook, gateway: asyncio.StreamReader, writer: asyncio.StreamWriter | None
    ) -> None:
        parts = urlsplit(hook.to)
        theirs, ours = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            ours.write(hook.request())
            await ours.drain()
            answer = asyncio.ensure_future(self._answer(hook, theirs, writer))
            gone = asyncio.ensure_future(_until_gone(gateway))
            waiting = {answer} if self.holds or writer is None else {answer, gone}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in (answer, gone):
                task.cancel()
            await asyncio.gather(answer, gone, return_exceptions=True)
        finally:
            ours.close()

    async def _answer(
        self,
        hook: Hook,
        theirs: asyncio.StreamReader,
        writer: asyncio.StreamWriter | None,
    ) -> None:
        head = await _first_line(theirs)
        if self.hears and not head.startswith(b"HTTP/"):
            head = _TAKEN
        version, _, rest = head.partition(b" ")
        code, _, words = rest.partition(b" ")
        if code.isdigit() and self.follows and 300 <= int(code) < 400:
            await self._follow(hook, theirs)
            code = b"200"
        if code.isdigit():
            head = b" ".join((version, str(self.status(int(code))).encode(), words))
        while head:
            if writer is not None:
                writer.write(head)
                await writer.drain()
            head = await theirs.read(65_536)

    async def _follow(self, hook: Hook, theirs: asyncio.StreamReader) -> None:
        lines = (await theirs.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        location = next(
            x.partition(":")[2].strip() for x in lines if x.lower().startswith("location:")
        )
        parts = urlsplit(hook.to)
        to = f"{parts.scheme}://{parts.netloc}{location}"
        target, sending = await asyncio.open_connection(parts.hostname, parts.port)
        sending.write(replace(hook, to=to).request())
        await sending.drain()
        await target.readuntil(b"\r\n\r\n")
        sending.close()


async def _read(reader: asyncio.StreamReader) -> Hook:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("utf-8", "replace")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    length = next((v for n, v in headers if n.lower() == "content-length"), "0")
    to = base64.urlsafe_b64decode(path.rpartition("/")[2]).decode()
    return Hook(to, method, headers, await reader.readexactly(int(length)))


async def _first_line(theirs: asyncio.StreamReader) -> bytes:
    try:
        return await theirs.readuntil(b"\r\n")
    except asyncio.IncompleteReadError as short:
        return short.partial


async def _until_gone(reader: asyncio.StreamReader) -> None:
    with suppress(OSError):
        while await reader.read(4096):
            continue


@asynccontextmanager
async def running_relay() -> AsyncIterator[Relay]:
    """
    A relay on a free port.
    """
    relay = Relay()
    server = await asyncio.start_server(relay.accept, "127.0.0.1", 0)
    relay.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield relay
    finally:
        server.close()
        await relay.close()
