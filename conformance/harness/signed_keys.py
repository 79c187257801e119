"""
The keys that senders use by mistake instead of the webhook secret.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Final

_EITHER: Final = str.maketrans("-_", "+/")


def keys(secret: str, others: Mapping[str, str]) -> list[tuple[str, bytes]]:
    """
    The whole secret first, then every other key with its name.
    """
    bare = secret.removeprefix("whsec_")
    found = {
        "the whole secret": secret.encode(),
        "an empty secret": b"",
        "the secret without whsec_": bare.encode(),
        "the secret with a line end": secret.encode() + b"\n",
        "the hash of the secret": hashlib.sha256(secret.encode()).digest(),
        "the hex hash of the secret": hashlib.sha256(secret.encode()).hexdigest().encode(),
        "the secret in base64": base64.b64encode(secret.encode()),
        "the word undefined": b"undefined",
        "the word null": b"null",
    }
    found |= {name: text.encode() for name, text in others.items() if text}
    decoded = {
        "the base64-decoded secret": _decoded(bare),
        "the whole secret, base64-decoded": _decoded(secret),
    }
    found |= {name: value for name, value in decoded.items() if value}
    unique = {value: name for name, value in reversed(found.items())}
    return [(name, value) for value, name in reversed(unique.items())]


def _decoded(text: str) -> bytes:
    """
    Base64 as lenient decoders read it (Node's among them): either alphabet, anything else left out, padding guessed; nothing when even that fails.
    """
    kept = "".join(c for c in text.translate(_EITHER) if c.isascii() and (c.isalnum() or c in "+/"))
    whole = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    try:
        return base64.b64decode(whole + "=" * (-len(whole) % 4))
    except (binascii.Error, ValueError):
        return b""
