"""
Webhooks as the contract's gateway sends them, made here with the suite's own HMAC, and the ways to spoil them.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from conformance.harness.signatures import hex_signature

HEX: Final = "X-Webhook-Signature"
ID: Final = "webhook-id"
TIME: Final = "webhook-timestamp"
STANDARD: Final = "webhook-signature"


def compact(document: Any) -> bytes:
    """
    JSON as the gateway writes it.
    """
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """
    The contract's secret (a text) and the one of Standard Webhooks (`whsec_` and base64).
    """

    webhook: str
    signing: str

    @property
    def standard_key(self) -> bytes:
        """
        The decoded bytes.
        """
        return base64.b64decode(self.signing.removeprefix("whsec_"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """
    One request to the handler.  Header names and values are sent as they stand here, in this order.
    """

    payment_id: str
    event_id: str
    body: bytes
    headers: tuple[tuple[str, str], ...]
    method: str = "POST"

    def having(self, name: str, value: str) -> "Delivery":
        """
        With this header instead of the one of that name.
        """
        kept = [(k, v) for k, v in self.headers if k.lower() != name.lower()]
        return replace(self, headers=(*kept, (name, value)))

    def also(self, name: str, value: str) -> "Delivery":
        """
        With one header more, before all others.
        """
        return replace(self, headers=((name, value), *self.headers))

    def without(self, *names: str) -> "Delivery":
        """
        Without these headers.
        """
        gone = {name.lower() for name in names}
        kept = tuple((k, v) for k, v in self.headers if k.lower() not in gone)
        return replace(self, headers=kept)

    def carrying(self, body: bytes) -> "Delivery":
        """
        With another body under the same signatures.
        """
        return replace(self, body=body)

    def value(self, name: str) -> str:
        """
        A header's value.
        """
        return next(v for k, v in self.headers if k.lower() == name.lower())


def standard_signature(key: bytes, event_id: str, timestamp: str, body: bytes) -> str:
    """
    `v1,` and the base64 HMAC-SHA256 over id, time and body.
    """
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signed(
    payment_id: str,
    event_id: str,
    body: bytes,
    secrets: Secrets,
    *,
    at_s: int,
    extra: Sequence[tuple[str, str]] = (),
) -> Delivery:
    """
    A delivery with both families of signatures over these bytes, attempted at this Unix time.
    """
    timestamp = str(at_s)
    headers = (
        ("Content-Type", "application/json"),
        (HEX, hex_signature(secrets.webhook.encode(), body)),
        (ID, event_id),
        (TIME, timestamp),
        (STANDARD, standard_signature(secrets.standard_key, event_id, timestamp, body)),
        *extra,
    )
    return Delivery(payment_id=payment_id, event_id=event_id, body=body, headers=headers)
