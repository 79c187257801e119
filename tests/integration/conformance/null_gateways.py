"""
Gateways that do nothing right, for the suite to fail (features N2).
"""

import itertools
import json
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KINDS = ("refuse", "empty", "echo", "created", "fixture")
_ORDER = {
    "id": "order_NXhj67fGH2jk9mPq",
    "merchant_id": "550e8400-e29b-41d4-a716-446655440000",
    "amount": 50_000,
    "currency": "INR",
    "receipt": "r-1",
    "notes": None,
    "status": "created",
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
}
_PAYMENT = {
    "id": "pay_H8sK3jD9s2L1pQr4",
    "order_id": _ORDER["id"],
    "amount": 50_000,
    "currency": "INR",
    "method": "upi",
    "vpa": "payer@bank",
    "status": "success",
    "captured": True,
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
}
_REFUND = {
    "id": "rfnd_K9pL2mN4oQ5rS6tU",
    "payment_id": _PAYMENT["id"],
    "amount": 10_000,
    "reason": "asked for",
    "status": "processed",
    "created_at": "2026-01-01T00:00:00Z",
    "processed_at": "2026-01-01T00:00:05Z",
}
_LOG = {
    "id": "00000000-0000-4000-8000-000000000001",
    "event": "payment.success",
    "status": "success",
    "attempts": 1,
    "created_at": "2026-01-01T00:00:00Z",
    "last_attempt_at": "2026-01-01T00:00:00Z",
    "response_code": 200,
}
_HEALTH = {"status": "healthy", "database": "connected", "timestamp": "2026-01-01T00:00:00Z"}
_MERCHANT = {
    "id": _ORDER["merchant_id"],
    "email": "test@example.com",
    "api_key": "key_test_abc123",
    "seeded": True,
}
_JOBS = {"pending": 0, "processing": 0, "completed": 7, "failed": 0, "worker_status": "running"}
#: What a recorded mock answers: the right shape for every path, whatever was asked.
_FIXTURES: tuple[tuple[str, Any], ...] = (
    (r"/health", _HEALTH),
    (r".*/test/merchant", _MERCHANT),
    (r".*/test/jobs/status", _JOBS),
    (r".*/webhooks/[^/]+/retry", {"id": _LOG["id"], "status": "pending", "message": "Webhook retry scheduled"}),
    (r".*/webhooks/config", {"webhook_url": "http://127.0.0.1:4000/webhook"}),
    (r".*/webhooks", {"data": [_LOG], "total": 1, "limit": 10, "offset": 0}),
    (r".*refunds.*", _REFUND),
    (r".*/payments.*", _PAYMENT),
    (r".*/orders.*", _ORDER),
)  # fmt: skip


def _fixture(method: str, path: str) -> tuple[int, bytes]:
    creates = re.fullmatch(r".*/(orders|payments|refunds|public)", path) and method == "POST"
    for pattern, document in _FIXTURES:
        if re.fullmatch(pattern, path):
            return 201 if creates else 200, json.dumps(document).encode()
    return 200, b"{}"


class _Null(BaseHTTPRequestHandler):
    """
    One of the kinds, over HTTP.
    """

    protocol_version = "HTTP/1.1"
    kind = "empty"
    numbers = itertools.count()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        number = next(self.numbers)
        status, sent = {
            "empty": (200, b""),
            "echo": (200, body),
            "created": (201, json.dumps({"id": f"x{number}"}).encode()),
            "fixture": _fixture(self.command, self.path.partition("?")[0]),
        }[self.kind]
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815  http.server's names

    def log_message(self, *_: object) -> None:
        """
        Quiet.
        """


class _Hangup(socketserver.BaseRequestHandler):
    """
    Answers once, so that somebody is there, and from then on hangs up on every request.
    """

    greeted = threading.Event()

    def handle(self) -> None:
        """
        One connection.
        """
        self.request.recv(65_536)
        if not self.greeted.is_set():
            self.greeted.set()
            self.request.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )


@contextmanager
def null_gateway(kind: str) -> Iterator[str]:
    """
    The address of a gateway of this kind.
    """
    server: socketserver.BaseServer
    if kind == "refuse":
        handler = type("Hangup", (_Hangup,), {"greeted": threading.Event()})
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    else:
        settings = {"kind": kind, "numbers": itertools.count()}
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Null,), settings))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
