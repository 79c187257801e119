"""
How secrets are kept: API secrets as a keyed hash, webhook secrets encrypted.  Source: reliability 5.10.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES: Final = 12
#: Marks the form of a ciphertext, so that keys can be replaced one day.
_FORM: Final = b"\x01"
#: Compared with when the key is unknown, so that both ways take the same time.
NO_HASH: Final = hashlib.sha256(b"no such merchant").digest()


class SecretUnreadable(Exception):
    """
    A stored secret does not decrypt with the configured SECRETS_KEY.
    """


@dataclass(frozen=True, slots=True, repr=False)
class SecretBox:
    """
    Encrypts and hashes with keys derived from SECRETS_KEY.
    """

    key: bytes

    @classmethod
    def from_text(cls, text: str) -> "SecretBox":
        """
        Derive the box from the setting's text, of any length from 16 characters.
        """
        return cls(hashlib.sha256(b"paywright secrets " + text.encode()).digest())

    def hash_secret(self, secret: str) -> bytes:
        """
        The keyed hash of an API secret.  API secrets have 256 bits, so no slow hash is needed.
        """
        return hmac.new(
            self.key, secret.encode("utf-8", "surrogateescape"), hashlib.sha256
        ).digest()

    def matches(self, secret: str, stored: bytes | None) -> bool:
        """
        Whether the secret is the one that was hashed; takes the same time whether or not there is one.
        """
        return (
            hmac.compare_digest(self.hash_secret(secret), stored or NO_HASH) and stored is not None
        )

    def encrypt(self, secret: str, *, owner: str, nonce: bytes) -> bytes:
        """
        Encrypt for `owner` (a merchant id); `nonce` is 12 fresh bytes.
        """
        assert len(nonce) == _NONCE_BYTES
        return _FORM + nonce + AESGCM(self.key).encrypt(nonce, secret.encode(), owner.encode())

    def decrypt(self, ciphertext: bytes, *, owner: str) -> str:
        """
        The secret; raises `SecretUnreadable`.
        """
        nonce, sealed = ciphertext[1 : 1 + _NONCE_BYTES], ciphertext[1 + _NONCE_BYTES :]
        try:
            return AESGCM(self.key).decrypt(nonce, sealed, owner.encode()).decode()
        except InvalidTag as error:
            raise SecretUnreadable(
                "A stored webhook secret cannot be read with this SECRETS_KEY; start with the key it was written with."
            ) from error


def new_signing_secret(entropy: bytes) -> str:
    """
    A Standard Webhooks secret of 32 bytes.
    """
    return "whsec_" + base64.b64encode(entropy[:32]).decode()


#: The published Standard Webhooks secret of the seeded test merchant; anyone may know it.  Documented in the README.
TEST_SIGNING_SECRET: Final = new_signing_secret(
    hashlib.sha256(b"paywright test signing secret").digest()
)
