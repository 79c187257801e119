"""
HTTP/1.1 by hand: a client library would mend what a drill wants to send.
"""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlsplit

from conformance.harness.certification.deliveries import Delivery
from conformance.harness.clock import monotonic_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    What came back.  `status` None: nothing did, and `failure` says why.
    """

    status: int | None
    headers: dict[str, str]
    body: bytes
    duration_s: float
    failure: str | None

    @property
    def shown(self) -> str:
        """
        For messages.
        """
        if self.status is None:
            return f"no answer ({self.failure})"
        return f"{self.status} {self.body[:120].decode('utf-8', 'replace')}".strip()


class Handler:
    """
    The address of the handler under certification.
    """

    def __init__(self, url: str, *, timeout_s: float) -> None:
        parts = urlsplit(url)
        self.url = url
        self._host, self._tls = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._authority = parts.netloc.rpartition("@")[2]
        self._timeout_s = timeout_s

    def connect(self) -> socket.socket:
        """
        A connection.  Raises OSError.
        """
        plain = socket.create_connection((self._host, self._port), timeout=self._timeout_s)
        if not self._tls:
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self._host)

    def head(self, delivery: Delivery, *, chunked: bool = False) -> bytes:
        """
        Request line and headers as bytes.
        """
        lines = [f"{delivery.method} {self._path} HTTP/1.1", f"Host: {self._authority}"]
        lines += [f"{name}: {value}" for name, value in delivery.headers]
        lines += [
            "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(delivery.body)}"
        ]
        lines += ["Connection: close", "", ""]
        return "\r\n".join(lines).encode("utf-8")

    def send(self, delivery: Delivery, *, chunked: bool = False) -> Reply:
        """
        One whole request.
        """
        body = delivery.body
        if chunked:
            half = len(body) // 2
            pieces = [piece for piece in (body[:half], body[half:]) if piece]
            body = b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"
        content = self.head(delivery, chunked=chunked) + body

        def write(connection: socket.socket) -> None:
            # A handler may answer and close before it has read everything.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(content)

        return self.exchange(write, method=delivery.method)

    def exchange(self, write: Callable[[socket.socket], None], *, method: str = "POST") -> Reply:
        """
        Connect, write, read the answer.
        """
        began_s = monotonic_s()
        try:
            with self.connect() as connection:
                write(connection)
                response = HTTPResponse(connection, method=method)
                response.begin()
                body = response.read(1_000_000)
                return Reply(
                    status=response.status,
                    headers=dict(response.getheaders()),
                    body=body,
                    duration_s=monotonic_s() - began_s,
                    failure=None,
                )
        except (OSError, HTTPException) as error:
            return Reply(
                status=None,
                headers={},
                body=b"",
                duration_s=monotonic_s() - began_s,
                failure=f"{type(error).__name__} {error}".strip(),
            )
