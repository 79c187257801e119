"""
The sender against endpoints that hang, drip, flood, redirect and break, on real sockets; and the egress policy with injected names.
"""

import asyncio
import gzip
import ipaddress
import resource
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from gateway.delivery.network import CheckedNetwork
from gateway.delivery.sender import SendResult, WebhookSender
from gateway.domain.webhook_url import Address, Egress

TIMEOUT_S = 0.6
Endpoint = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _served(endpoint: Endpoint) -> AsyncIterator[int]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await endpoint(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()


async def _send(
    port: int, *, sender: WebhookSender | None = None, url: str | None = None
) -> SendResult:
    own = sender or WebhookSender(
        CheckedNetwork(egress=Egress.SANDBOX, own_ports=frozenset()),
        time.monotonic,
        timeout_s=TIMEOUT_S,
    )
    try:
        return await own.send(
            url=url or f"http://127.0.0.1:{port}/hook?x=1", body=b'{"a":1}', headers={"X-Test": "1"}
        )
    finally:
        await own.close()


def _answers(data: bytes) -> Endpoint:
    async def endpoint(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b'{"a":1}')
        writer.write(data)
        await writer.drain()

    return endpoint


async def _hang_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del writer
    await reader.read(-1)


async def _hang_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 500 X\r\nContent-Length: 9\r\n\r\nab")
    await reader.read(-1)


async def _drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b'{"a":1}')
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"x" * 500:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def _flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b'{"a":1}')
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
    for _ in range(1_000):
        writer.write(b"x" * 100_000)
        await writer.drain()


async def _reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b'{"a":1}')
    socket = writer.get_extra_info("socket")
    socket.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER 0: close sends RST
    writer.transport.abort()


BOMB = gzip.compress(b"x" * 5_000_000)
CASES: dict[str, tuple[Endpoint, bool, str | None]] = {
    "ok": (_answers(b"HTTP/1.1 204 No Content\r\n\r\n"), True, None),
    "hang-headers": (_hang_headers, False, "timeout"),
    "hang-body": (_hang_body, False, "timeout"),
    "drip": (_drip, False, "timeout"),
    "flood": (_flood, True, None),
    "gzip-bomb": (
        _answers(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB)
            + BOMB
        ),
        True,
        None,
    ),
    "redirect": (
        _answers(b"HTTP/1.1 302 F\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
        False,
        "redirect",
    ),
    "error": (_answers(b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"), False, "status"),
    "close": (_answers(b""), False, "protocol"),
    "reset": (_reset, False, "reset"),
    "garbage": (_answers(b"what?\r\n\r\n"), False, "protocol"),
    "cut-after-2xx": (_answers(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf"), True, None),
}


@pytest.mark.parametrize("name", CASES)
async def test_every_ending_is_a_result_in_time(name: str) -> None:
    """
    Never an exception, never longer than the time-out, never more than a snippet kept.
    """
    endpoint, succeeded, error_class = CASES[name]
    async with _served(endpoint) as port:
        began_s = time.monotonic()
        result = await _send(port)
        took_s = time.monotonic() - began_s

    assert (result.succeeded, result.error_class) == (succeeded, error_class), result
    assert took_s < TIMEOUT_S + 0.5
    assert len(result.response_snippet) <= 1_024


async def test_a_flood_does_not_fill_memory() -> None:
    """
    100 MB are announced and sent; 4 KiB are read.
    """
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with _served(_flood) as port:
        await _send(port)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 30_000


async def test_gone_and_retry_after_are_told() -> None:
    """
    410 disables; Retry-After is passed on as it came.
    """
    async with _served(
        _answers(b"HTTP/1.1 410 Gone\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n")
    ) as port:
        result = await _send(port)

    assert (result.status, result.disable, result.retry_after) == (410, True, "7")


async def test_nobody_listening_is_refused() -> None:
    """
    One word for the log.
    """
    async with _served(_hang_headers) as port:
        closed = port
    assert (await _send(closed)).error_class == "refused"


@pytest.mark.parametrize(
    "url", ["", "nonsense", "ftp://x/", "http://exämple.com/", "http://"], ids=repr
)
async def test_urls_that_slipped_through_are_results(url: str) -> None:
    """
    Saved by another way than the API: still no exception.
    """
    assert not (await _send(0, url=url or "x")).succeeded


def _resolver(*answers: list[str]) -> Callable[[str, int], Awaitable[list[Address]]]:
    turns = iter(answers)

    async def resolve(host: str, port: int) -> list[Address]:
        del host, port
        return [ipaddress.ip_address(text) for text in next(turns)]

    return resolve


@pytest.mark.parametrize(
    ("egress", "addresses"),
    [
        (Egress.STRICT, ["127.0.0.1"]),
        (Egress.STRICT, ["93.184.216.34", "10.0.0.1"]),
        (Egress.SANDBOX, ["127.0.0.1", "169.254.169.254"]),
        (Egress.SANDBOX, ["192.168.1.1"]),
        (Egress.STRICT, ["::ffff:127.0.0.1"]),
    ],
)
async def test_one_forbidden_address_blocks_the_name(egress: Egress, addresses: list[str]) -> None:
    """
    Mixed answers too: nothing is dialled.
    """
    network = CheckedNetwork(egress=egress, own_ports=frozenset(), resolver=_resolver(addresses))
    sender = WebhookSender(network, time.monotonic, timeout_s=TIMEOUT_S)

    result = await _send(
        0,
        sender=sender,
        url="http://name.example:8080/" if egress is Egress.SANDBOX else "https://name.example/",
    )

    assert result.error_class == "blocked_address"


async def test_rebinding_gains_nothing() -> None:
    """
    The name is allowed once and internal the second time: the checked address is the dialled one, and every attempt checks anew.
    """
    async with _served(_answers(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as port:
        network = CheckedNetwork(
            egress=Egress.SANDBOX,
            own_ports=frozenset(),
            resolver=_resolver(["127.0.0.1"], ["169.254.169.254"]),
        )
        sender = WebhookSender(network, time.monotonic, timeout_s=TIMEOUT_S)
        first = await sender.send(url=f"http://name.example:{port}/", body=b'{"a":1}', headers={})
        second = await sender.send(url=f"http://name.example:{port}/", body=b'{"a":1}', headers={})
        await sender.close()

    assert first.succeeded
    assert second.error_class == "blocked_address"


async def test_a_second_address_is_tried() -> None:
    """
    A name with an IPv6 address that nobody serves and an IPv4 one that somebody does.
    """
    async with _served(_answers(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as port:
        network = CheckedNetwork(
            egress=Egress.SANDBOX, own_ports=frozenset(), resolver=_resolver(["::1", "127.0.0.1"])
        )
        sender = WebhookSender(network, time.monotonic, timeout_s=TIMEOUT_S)

        assert (await _send(0, sender=sender, url=f"http://both.example:{port}/")).succeeded


@pytest.mark.parametrize("url", ["http://127.0.0.1:70000/", "ftp://127.0.0.1/", "http://[::1/"])
async def test_malformed_urls_are_named_so(url: str) -> None:
    """
    Port out of range, foreign scheme, broken literal.
    """
    assert (await _send(0, url=url)).error_class == "bad_url"


async def test_strict_sends_nothing_in_the_clear() -> None:
    """
    An http URL that was saved under sandbox is refused once the policy is strict, before any name is looked up.
    """
    network = CheckedNetwork(egress=Egress.STRICT, own_ports=frozenset(), resolver=_resolver())
    sender = WebhookSender(network, time.monotonic, timeout_s=TIMEOUT_S)

    result = await _send(0, sender=sender, url="http://name.example/")

    assert result.error_class == "blocked_address"
