"""
Idempotency keys: what may be a key, what binds a request to it, what is stored.  Source: contract 1.5.3, conventions 4.2, reliability 5.6.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gateway.domain.errors import IdempotencyKeyInvalid

#: How long a key answers.  Source: contract 1.5.3.
LIFETIME: Final = timedelta(hours=24)
LENGTH_MAX: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """
    A request that carries a key: the operation (method and path) and the fingerprint of its content.
    """

    key: str
    operation: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResponse:
    """
    The answer that every repetition gets, byte for byte.
    """

    request: KeyedRequest
    status: int
    body: bytes


def parse_key(values: list[str]) -> str | None:
    """
    The key of the header's values, None when there is none; a quoted key and a bare one are the same.  Raises `IdempotencyKeyInvalid`.
    """
    if not values:
        return None
    if len(values) > 1:
        raise IdempotencyKeyInvalid("Send the Idempotency-Key header once.")
    key = values[0]
    if len(key) >= 2 and key[0] == key[-1] == '"':  # noqa: PLR2004  two quotes
        key = key[1:-1]
    if not key or len(key) > LENGTH_MAX or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid(
            f"Idempotency-Key must be 1 to {LENGTH_MAX} printable ASCII characters."
        )
    return key


def fingerprint(operation: str, body: Mapping[str, object]) -> bytes:
    """
    What binds a key to its request: the operation and the body, independent of member order and white space.
    """
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{operation}\n{canonical}".encode("utf-8", "surrogatepass")).digest()
