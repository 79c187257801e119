"""
A proxy in front of the reference gateway that speaks a dialect, driven by the same profile that the suite reads it with.

Webhooks do not pass through it: their bytes are signed, and no dialect may change them.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import httpx

from conformance.harness.dialects.answers import spelt
from conformance.harness.dialects.requests import understood
from conformance.harness.dialects.routes import Meant, Routes
from conformance.harness.profile import Profile, load_profile

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
#: Headers of one hop, which a proxy makes anew.
_HOP: Final = frozenset(
    {b"host", b"content-length", b"content-encoding", b"connection", b"transfer-encoding", b"keep-alive"}
)  # fmt: skip
_NOT_FOUND: Final = 404
_TOO_LARGE: Final = 413
#: How many rows a list gives where the dialect looks for a payment in it.
_LIST_LIMIT: Final = b"limit=100"


class DialectAdapter:
    """
    The ASGI application.  `http` is connected to the reference gateway.
    """

    def __init__(self, profile: Profile, http: httpx.AsyncClient) -> None:
        self._profile = profile
        self._http = http
        self._routes = Routes(profile)
        self._headers = _header_names(profile)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """
        One request.
        """
        if scope["type"] != "http":
            return
        content = await _content(receive)
        method, path = scope["method"], scope["raw_path"].decode("latin-1")
        meant = self._routes.meant(method, path)
        if meant is None and self._routes.is_canonical(method, path):
            await _answer(send, _NOT_FOUND, [], b'{"error":{"code":"NOT_FOUND","description":"no such path"}}')  # fmt: skip
            return
        await self._pass_on(meant or Meant("", method, path), scope, content, send)

    async def _pass_on(self, meant: Meant, scope: Message, content: bytes, send: Send) -> None:
        path, body = understood(self._profile, meant, content)
        query = scope.get("query_string") or b""
        if meant.operation == "payments_list" and b"limit" not in query:
            query = b"&".join(part for part in (query, _LIST_LIMIT) if part)
        url = f"{path}?{query.decode('latin-1')}" if query else path
        try:
            response = await self._http.request(
                meant.method, url, content=body, headers=self._sent(scope)
            )
        except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            # The gateway cuts the line over a body that is too large; a proxy has no line to cut, so it says so.
            await _answer(send, _TOO_LARGE, [], b'{"error":{"code":"BAD_REQUEST_ERROR","description":"the gateway closed the connection"}}')  # fmt: skip
            return
        replayed = response.headers.get("Idempotent-Replayed") == "true"
        answer = spelt(
            self._profile,
            meant.operation,
            response.status_code,
            _document(response.content),
            replayed=replayed,
        )
        headers = [(n.lower(), v) for n, v in response.headers.raw if n.lower() not in _HOP]
        await _answer(
            send, answer.status, headers, response.content if answer.body is None else answer.body
        )

    def _sent(self, scope: Message) -> list[tuple[bytes, bytes]]:
        return [(self._headers.get(n, n), v) for n, v in scope["headers"] if n not in _HOP]


def _header_names(profile: Profile) -> dict[bytes, bytes]:
    """
    The dialect's credential headers and what the contract calls them.
    """
    contract = load_profile("canonical").auth
    names = ("key_header", "secret_header")
    return {profile.auth[n].lower().encode(): contract[n].encode() for n in names}


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


async def _content(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
