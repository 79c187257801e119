"""
A merchant's webhook handler on the standard library: `python shop.py SCHEME [MISTAKE]` prints its port and serves until it is ended.

POST /webhook takes deliveries, GET /effects?payment=… counts what took effect, GET /fail makes the next delivery fail, GET /verify?payment=… is the
shop page's own check.
"""

import base64
import hashlib
import hmac
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "whsec_test_abc123"
SIGNING_SECRET = "whsec_wnU/dTajsA5waseqSk+21RJpQ+u/X1/LJFXAXQIpG3I="
TOLERANCE_S = 300


class Shop:
    """
    What the merchant knows.
    """

    def __init__(self, scheme: str, mistake: str) -> None:
        self.scheme = scheme
        self.mistake = mistake
        self.lock = threading.Lock()
        self.seen: set[str] = set()
        self.effects: dict[str, int] = {}
        self.fail_next = False

    def verified(self, headers: Any, body: bytes) -> bool:
        """
        Whether the delivery is genuine.
        """
        if self.mistake == "unverified":
            return True
        if self.mistake == "reserialises":
            body = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
        if self.scheme == "hex":
            expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            got = (headers.get("X-Webhook-Signature") or "").lower()
            return hmac.compare_digest(expected.encode(), got.encode("utf-8", "replace"))
        return self.standard(headers, body)

    def standard(self, headers: Any, body: bytes) -> bool:
        """
        Standard Webhooks 1.0.0.
        """
        event_id, timestamp = headers.get("webhook-id"), headers.get("webhook-timestamp")
        signatures = headers.get("webhook-signature")
        if not event_id or not timestamp or not signatures:
            return False
        if self.mistake != "trusts_any_time":
            if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
                return False
            if abs(int(timestamp) - time.time()) > TOLERANCE_S:
                return False
        key = base64.b64decode(SIGNING_SECRET.removeprefix("whsec_"))
        signed = f"{event_id}.{timestamp}.".encode("utf-8", "replace") + body
        made = hmac.new(key, signed, hashlib.sha256).digest()
        expected = b"v1," + base64.b64encode(made)
        entries = signatures.split(" ")
        if self.mistake == "looks_at_the_first_entry":
            entries = entries[:1]
        return any(
            hmac.compare_digest(expected, entry.encode("utf-8", "replace")) for entry in entries
        )

    def take(self, headers: Any, body: bytes) -> int:
        """
        The status to answer.
        """
        if self.mistake == "nothing":
            return 200
        if self.mistake == "slow":
            time.sleep(5.5)
        event_id = headers.get("webhook-id") or ""
        if self.mistake == "dedupes_before_verifying":
            if event_id in self.seen:
                return 200
            self.seen.add(event_id)
        if not self.verified(headers, body):
            return 401
        payment = self.payment(body)
        if payment is None:
            return 200
        return self.book(payment)

    def payment(self, body: bytes) -> str | None:
        """
        The id of a payment that succeeded, None for all other news.
        """
        if self.mistake == "breaks_on_strange_bodies":
            document = json.loads(body)
            found = document["data"]["payment"]["id"]
            return str(found) if document["event"] == "payment.success" else None
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return None
        event = document.get("event") if isinstance(document, dict) else None
        data = document.get("data") if isinstance(document, dict) else None
        payment = data.get("payment") if isinstance(data, dict) else None
        paid = event == "payment.success" or self.mistake == "takes_all_news_for_paid"
        found = payment.get("id") if isinstance(payment, dict) else None
        return found if paid and isinstance(found, str) else None

    def book(self, payment: str) -> int:
        """
        One effect for each payment; nothing is remembered that was not done.
        """
        if self.mistake == "races":
            new = payment not in self.effects
            time.sleep(0.05)
            if new:
                self.effects[payment] = self.effects.get(payment, 0) + 1
            return 200
        with self.lock:
            if self.mistake == "remembers_before_doing":
                known = payment in self.seen
                self.seen.add(payment)
            else:
                known = payment in self.effects and self.mistake != "never_dedupes"
            if self.fail_next:
                self.fail_next = False
                return 503
            if not known:
                self.effects[payment] = self.effects.get(payment, 0) + 1
        return 200


class Handler(BaseHTTPRequestHandler):
    """
    HTTP around the shop.
    """

    shop: Shop

    def do_POST(self) -> None:
        """
        A delivery.
        """
        body = self.body()
        if body is None:
            return
        if self.shop.mistake == "breaks_on_strange_bodies":
            try:
                status = self.shop.take(self.headers, body)
            except (ValueError, LookupError, TypeError, RecursionError):
                status = 500
        else:
            status = self.shop.take(self.headers, body)
        self.answer(status, {})

    def body(self) -> bytes | None:
        """
        The raw bytes; None when the connection ended before them.
        """
        if "chunked" in (self.headers.get("Transfer-Encoding") or ""):
            whole = b""
            while size := int(self.rfile.readline().strip() or b"0", 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            return whole
        length = int(self.headers.get("Content-Length") or 0)
        whole = self.rfile.read(length)
        return whole if len(whole) == length else None

    def do_GET(self) -> None:
        """
        Probe, failure switch, client-side verification.
        """
        parts = urlsplit(self.path)
        payment = parse_qs(parts.query).get("payment", [""])[0]
        if parts.path == "/effects":
            self.answer(200, {"count": self.shop.effects.get(payment, 0)})
        elif parts.path == "/fail":
            self.shop.fail_next = True
            self.answer(200, {})
        elif parts.path == "/verify":
            self.answer(self.shop.book(payment), {})
        else:
            self.answer(404, {})

    def answer(self, status: int, document: object) -> None:
        """
        JSON.
        """
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """
        Quiet.
        """


class Server(ThreadingHTTPServer):
    """
    One thread for each connection.
    """

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """
        Broken connections are part of the drills.
        """


class OneAtATime(HTTPServer):
    """
    A server that waits for each connection.
    """

    def handle_error(self, *_: object) -> None:
        """
        Broken connections are part of the drills.
        """


def main() -> None:
    """
    Serve.
    """
    scheme, mistake = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else "")
    Handler.shop = Shop(scheme, mistake)
    kind = OneAtATime if mistake == "one_at_a_time" else Server
    server = kind(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
