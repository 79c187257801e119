"""
The way to the target: a target that falls over is told apart from a line that was cut, and one that comes back is waited for.
"""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from conformance.harness import reach
from conformance.harness.ports import free_port
from conformance.harness.reach import TargetFell, WayToTarget

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


class _Handler(socketserver.BaseRequestHandler):
    """
    Answers GET; over a POST it cuts the line, and where `falls` is set nobody listens afterwards.
    """

    falls = False
    server: socketserver.TCPServer

    def handle(self) -> None:
        """
        One connection.
        """
        if self.request.recv(65_536).startswith(b"GET"):
            self.request.sendall(_ANSWER)
        elif self.falls:
            self.server.socket.close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def _target(*, falls: bool, port: int = 0) -> Iterator[str]:
    server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"falls": falls}))
    threading.Thread(target=_serve, args=(server,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _serve(server: _Server) -> None:
    try:
        server.serve_forever(poll_interval=0.01)
    except (OSError, ValueError):
        # Its own handler closed the socket: that is how this target falls.
        return


async def test_cut_line_stays_an_error_of_the_line() -> None:
    """
    Somebody still listens.
    """
    with _target(falls=False) as url:
        async with httpx.AsyncClient(transport=WayToTarget()) as http:
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                await http.post(url)
            assert (await http.get(url)).status_code == 200


async def test_target_that_falls_over_a_request_is_named() -> None:
    """
    Nobody listens afterwards: the request's failure, with method and path.
    """
    port = free_port()
    with pytest.raises(TargetFell, match="POST /orders"):
        await _post_to_falling(port)


async def _post_to_falling(port: int) -> None:
    server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"falls": True}))
    thread = threading.Thread(target=_serve, args=(server,), daemon=True)
    thread.start()
    async with httpx.AsyncClient(transport=WayToTarget()) as http:
        await http.post(f"http://127.0.0.1:{port}/orders")


async def test_target_that_comes_back_is_waited_for() -> None:
    """
    A request that found nobody was not sent, so it is sent when somebody is there.
    """
    port = free_port()
    started = threading.Event()

    def start() -> None:
        with _target(falls=False, port=port):
            started.set()
            done.wait(10)

    done = threading.Event()
    timer = threading.Timer(0.4, start)
    timer.start()
    try:
        async with httpx.AsyncClient(transport=WayToTarget()) as http:
            assert (await http.get(f"http://127.0.0.1:{port}/health")).status_code == 200
    finally:
        done.set()
        timer.join(10)
    assert started.is_set()


async def test_target_that_stays_away_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Or every case of a dead target would cost as much.
    """
    monkeypatch.setattr(reach, "RETURNS_WITHIN_S", 0.2)
    looks = 0
    way = WayToTarget()
    listens = way._listens

    async def counted(request: httpx.Request, *, within_s: float) -> bool:
        nonlocal looks
        looks += 1
        return await listens(request, within_s=within_s)

    monkeypatch.setattr(way, "_listens", counted)
    async with httpx.AsyncClient(transport=way) as http:
        for _ in range(3):
            with pytest.raises(httpx.ConnectError):
                await http.get(f"http://127.0.0.1:{free_port()}/")

    assert looks == 1
