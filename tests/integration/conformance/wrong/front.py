"""
A front for the reference gateway that spoils one thing: a small wrong gateway for each defect, without touching the real one.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import httpx
from hypercorn.asyncio import serve
from hypercorn.config import Config

from conformance.harness.ports import free_port

MERCHANT = {"x-api-key": "key_test_abc123", "x-api-secret": "secret_test_xyz789"}
#: What belongs to one connection, or is made anew.
_HOP = {"host", "connection", "content-length", "transfer-encoding", "keep-alive"}


@dataclass(frozen=True, slots=True)
class Call:
    """
    A request as it came in.  Header names are lower case; the last of a repeated header wins in `header`.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """
        A header's value, empty without one.
        """
        return dict(self.headers).get(name.lower(), "")

    @property
    def document(self) -> Any:
        """
        The body as JSON, `{}` when it is not an object.
        """
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def on(self, method: str, path: str) -> re.Match[str] | None:
        """
        Whether this is the operation; `*` in the path stands for an id.
        """
        if self.method != method:
            return None
        return re.fullmatch(re.escape(path).replace(r"\*", "([^/]+)"), self.path)

    def having(self, **headers: str) -> "Call":
        """
        With these headers instead of those of the same names; underscores stand for dashes, an empty value takes the header away.
        """
        named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        kept = [(n, v) for n, v in self.headers if n not in named]
        return replace(self, headers=(*kept, *((n, v) for n, v in named.items() if v)))

    def saying(self, document: Any) -> "Call":
        """
        With this document as body.
        """
        return replace(self, body=json.dumps(document).encode())

    def signed_in(self) -> "Call":
        """
        With the test merchant's credentials.
        """
        return self.having(**MERCHANT)


@dataclass(frozen=True, slots=True)
class Reply:
    """
    An answer.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})

    @property
    def document(self) -> Any:
        """
        The body as JSON, None when it is none.
        """
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def saying(self, document: Any, *, status: int | None = None) -> "Reply":
        """
        With this document, and another status where given.
        """
        return replace(self, status=status or self.status, body=json.dumps(document).encode())

    def changed(self, **members: Any) -> "Reply":
        """
        With these members of the object changed or added; anything but an object stays.
        """
        found = self.document
        return self.saying({**found, **members}) if isinstance(found, dict) else self

    def without(self, *names: str) -> "Reply":
        """
        With these members of the object left out.
        """
        found = self.document
        if not isinstance(found, dict):
            return self
        return self.saying({n: v for n, v in found.items() if n not in names})


def said(status: int, code: str = "BAD_REQUEST_ERROR", description: str = "no") -> Reply:
    """
    An error in the contract's envelope.
    """
    return Reply(status).saying({"error": {"code": code, "description": description}})


Memory: TypeAlias = dict[Any, Any]
Forward: TypeAlias = Callable[[Call], Awaitable[Reply]]
Spoil: TypeAlias = Callable[[Call, Forward, Memory], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """
    A wrong gateway: what it does wrong, what to look at, and exactly which of that must fail.  `bug` is its number in the list of bugs in the wild.
    """

    name: str
    only: str
    fails: frozenset[str]
    bug: str
    spoil: Spoil


DEFECTS: dict[str, Defect] = {}


def defect(only: str, *fails: str, bug: str = "") -> Callable[[Spoil], Spoil]:
    """
    Register a defect under the function's name; `fails` are ids without `PGC-`, `only` is the suite's selection without it.
    """

    def register(spoil: Spoil) -> Spoil:
        name = getattr(spoil, "__name__", "")
        assert name not in DEFECTS, name
        ids = frozenset(f"PGC-{one}" for one in fails)
        DEFECTS[name] = Defect(name=name, only=f"PGC-{only}", fails=ids, bug=bug, spoil=spoil)
        return spoil

    return register


class Front:
    """
    The server: `defect` decides what happens to each call; each defect starts with an empty memory.
    """

    def __init__(self, upstream: str) -> None:
        self.url = ""
        self._upstream = httpx.URL(upstream)
        self._spoil: Spoil | None = None
        self._memory: Memory = {}
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
        self._http = httpx.AsyncClient(timeout=30, trust_env=False, limits=limits)

    def become(self, defect: Defect | None) -> None:
        """
        Do this wrong from now on; None does nothing wrong.
        """
        self._spoil, self._memory = (defect.spoil if defect else None), {}

    async def forward(self, call: Call) -> Reply:
        """
        Ask the reference.
        """
        raw = call.path.encode() + (f"?{call.query}".encode() if call.query else b"")
        headers = [(n.encode(), v.encode()) for n, v in call.headers if n not in _HOP]
        url = self._upstream.copy_with(raw_path=raw)
        try:
            answer = await self._http.request(
                call.method, url, headers=headers, content=call.body or None
            )
        except (httpx.ReadError, httpx.WriteError):
            return said(413, description="the reference closed the connection")
        kept = {n: v for n, v in answer.headers.items() if n not in _HOP}
        return Reply(answer.status_code, answer.content, kept)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """
        The ASGI application.
        """
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = tuple(
            (n.decode().lower(), v.decode("utf-8", "replace")) for n, v in scope["headers"]
        )
        raw_path = scope["raw_path"].decode("latin-1").partition("?")[0]
        call = Call(scope["method"], raw_path, scope["query_string"].decode(), headers, body)
        if self._spoil is None:
            reply = await self.forward(call)
        else:
            reply = await self._spoil(call, self.forward, self._memory)
        sent = [(n.encode(), v.encode()) for n, v in reply.headers.items()]
        sent.append((b"content-length", str(len(reply.body)).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": sent})
        await send({"type": "http.response.body", "body": reply.body})

    async def close(self) -> None:
        """
        Close the connections to the reference.
        """
        await self._http.aclose()


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


@asynccontextmanager
async def running_front(upstream: str) -> AsyncIterator[Front]:
    """
    A front on a free port.
    """
    front = Front(upstream)
    config = Config()
    config.bind = [f"127.0.0.1:{free_port()}"]
    config.accesslog = config.errorlog = None
    config.include_server_header = False
    front.url = f"http://{config.bind[0]}"
    stop = asyncio.Event()
    server = asyncio.create_task(serve(front, config, shutdown_trigger=stop.wait))
    try:
        yield front
    finally:
        stop.set()
        await server
        await front.close()
