"""
Sends one webhook attempt and says what became of it.  Nothing that an endpoint does can raise here, hang, or fill memory.

Source: contract 1.7 (5 s), reliability 5.8 and fault rows M1-M7.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpcore

from gateway.delivery.network import BlockedAddress, CheckedNetwork

#: Real seconds for everything: name, connect, TLS, request, answer.  Source: contract 1.7.
TIMEOUT_S: Final = 5.0
CONNECT_TIMEOUT_S: Final = 2.0
#: Bytes of the answer that are read; then the connection is closed.
RESPONSE_BYTES_MAX: Final = 4_096
#: Bytes of the answer that are kept and shown to the merchant.
SNIPPET_BYTES_MAX: Final = 1_024
_GONE: Final = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """
    What became of an attempt.  `error_class` names the failure in one word; `disable` is the endpoint's 410.
    """

    succeeded: bool
    status: int | None = None
    error_class: str | None = None
    response_snippet: bytes = b""
    retry_after: str | None = None
    latency_ms: int = 0
    disable: bool = False


def _error_class(error: BaseException) -> str:  # noqa: PLR0911  one word per cause
    seen: BaseException | None = error
    while seen is not None:
        match seen:
            case BlockedAddress():
                return "blocked_address"
            case socket.gaierror():
                return "dns"
            case ssl.SSLError():
                return "tls"
            case ConnectionRefusedError():
                return "refused"
            case TimeoutError() | httpcore.TimeoutException():
                return "timeout"
            case ConnectionResetError():
                return "reset"
            case IndexError() | TypeError() | httpcore.UnsupportedProtocol():
                return "bad_url"
            case httpcore.RemoteProtocolError():
                return "protocol"
            case _:
                seen = seen.__cause__ or seen.__context__
    return "connect" if isinstance(error, httpcore.ConnectError) else "network"


class WebhookSender:
    """
    One sender for all merchants; every attempt has a connection of its own, so nothing is shared between endpoints.
    """

    def __init__(
        self,
        network: CheckedNetwork,
        monotonic_s: Callable[[], float],
        *,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._monotonic_s = monotonic_s
        self._timeout_s = timeout_s
        self._https_only = network.https_only
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=256,
            max_keepalive_connections=0,
            http1=True,
            http2=False,
            retries=0,
            network_backend=network,
        )

    async def close(self) -> None:
        """
        Drop whatever is open.
        """
        await self._pool.aclose()

    async def send(self, *, url: str, body: bytes, headers: Mapping[str, str]) -> SendResult:
        """
        POST the exact bytes.  2xx is success, redirects are failures, the answer is read up to 4 KiB.
        """
        started_s = self._monotonic_s()
        flaw = _flaw(url, https_only=self._https_only)
        if flaw is not None:
            return SendResult(succeeded=False, error_class=flaw)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._exchange(url, body, headers, started_s)
        except (
            httpcore.NetworkError,
            httpcore.TimeoutException,
            httpcore.ProtocolError,
            httpcore.UnsupportedProtocol,
            httpcore.ConnectionNotAvailable,
            BlockedAddress,
            OSError,
            ValueError,
            IndexError,
            TypeError,
        ) as error:
            return SendResult(
                succeeded=False,
                error_class=_error_class(error),
                latency_ms=self._since_ms(started_s),
            )

    def _since_ms(self, started_s: float) -> int:
        return int((self._monotonic_s() - started_s) * 1000)

    async def _exchange(
        self, url: str, body: bytes, headers: Mapping[str, str], started_s: float
    ) -> SendResult:
        sent = [
            *headers.items(),
            ("Accept-Encoding", "identity"),
            ("Content-Length", str(len(body))),
        ]
        timeouts = {
            "connect": CONNECT_TIMEOUT_S,
            "read": self._timeout_s,
            "write": self._timeout_s,
            "pool": self._timeout_s,
        }
        async with self._pool.stream(
            "POST",
            url,
            headers=[("Host", _host_of(url)), *sent],
            content=body,
            extensions={"timeout": timeouts},
        ) as response:
            status = response.status
            received = bytearray()
            # An endpoint that said 2xx has taken the webhook; what it does with the rest of its answer changes nothing.
            with contextlib.suppress(httpcore.NetworkError, httpcore.ProtocolError):
                async for chunk in response.aiter_stream():
                    received += chunk
                    if len(received) >= RESPONSE_BYTES_MAX:
                        break
            succeeded = 200 <= status < 300  # noqa: PLR2004  2xx
            retry_after = next(
                (
                    value.decode("latin-1")
                    for name, value in response.headers
                    if name.lower() == b"retry-after"
                ),
                None,
            )
            return SendResult(
                succeeded=succeeded,
                status=status,
                error_class=None if succeeded else "redirect" if 300 <= status < 400 else "status",  # noqa: PLR2004  3xx
                response_snippet=bytes(received[:SNIPPET_BYTES_MAX]),
                retry_after=retry_after,
                latency_ms=self._since_ms(started_s),
                disable=status == _GONE,
            )


def _flaw(url: str, *, https_only: bool) -> str | None:
    """
    The error class of an URL that is not even dialled, None when it may be.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "bad_url"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "bad_url"
    return "blocked_address" if https_only and parts.scheme != "https" else None


def _host_of(url: str) -> str:
    return url.split("//", 1)[1].split("/", 1)[0].split("?", 1)[0].split("#", 1)[0]
