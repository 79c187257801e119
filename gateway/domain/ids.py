"""
Identifiers on the wire: a prefix and 16 characters of `[A-Za-z0-9]` (contract 1.4), webhook log ids are UUIDs.

Pure: entropy comes in as bytes, from `rng.py`.
"""

import uuid
from typing import Final

ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#: Characters after the prefix.  Source: contract 1.4.
BODY_LENGTH: Final = 16
#: Bytes of entropy that an id needs; 62**16 is just under 2**96, 16 bytes make the bias of the modulo negligible.
ENTROPY_BYTES: Final = 16


def encode_id(prefix: str, entropy: bytes) -> str:
    """
    Build `prefix` + 16 alphanumerics from at least `ENTROPY_BYTES` bytes.
    """
    assert len(entropy) >= ENTROPY_BYTES
    number = int.from_bytes(entropy[:ENTROPY_BYTES], "big")
    characters = []
    for _ in range(BODY_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[index])
    return prefix + "".join(characters)


def encode_uuid(entropy: bytes) -> uuid.UUID:
    """
    Build a version 4 UUID from at least 16 bytes.
    """
    return uuid.UUID(bytes=entropy[:16], version=4)
