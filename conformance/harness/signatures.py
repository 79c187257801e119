"""
The suite's own HMAC, and what is wrong with a signature that does not verify.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """
    What was signed, with which key, and one sentence.  `valid` only over the raw bytes.
    """

    valid: bool
    sentence: str
    scheme: str
    key_fingerprint: str
    expected: str
    got: str
    first_difference: int | None

    def document(self) -> dict[str, Any]:
        """
        For the evidence; the key shows as a fingerprint only.
        """
        return {
            "valid": self.valid,
            "sentence": self.sentence,
            "scheme": self.scheme,
            "key_fingerprint": self.key_fingerprint,
            "expected": self.expected,
            "got": self.got,
            "first_difference": self.first_difference,
        }


def hex_signature(key: bytes, body: bytes) -> str:
    """
    Lower-case hex HMAC-SHA256.
    """
    return hmac.new(key, body, hashlib.sha256).hexdigest()


def fingerprint(key: bytes) -> str:
    """
    The first eight hex characters of the key's hash.
    """
    return hashlib.sha256(key).hexdigest()[:8]


def _first_difference(left: str, right: str) -> int | None:
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return index
    return None if len(left) == len(right) else min(len(left), len(right))


def _spaces(text: str) -> int:
    return text.count(" ")


def _forms(body: bytes) -> dict[str, bytes]:
    """
    What senders sign by mistake instead of the bytes they send.
    """
    text = body.decode("utf-8", "replace")
    forms: dict[str, bytes] = {}
    try:
        document = json.loads(text)
    except ValueError:
        return forms
    compact = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    spaced = json.dumps(document, ensure_ascii=False)
    removed = _spaces(text) - _spaces(compact)
    added = _spaces(spaced) - _spaces(text)
    forms[f"signs re-serialised JSON: {removed} spaces removed"] = compact.encode()
    forms[f"signs re-serialised JSON: {added} spaces added"] = spaced.encode()
    forms["signs re-serialised JSON: members sorted"] = json.dumps(
        document, separators=(",", ":"), sort_keys=True, ensure_ascii=False
    ).encode()
    forms["signs re-serialised JSON: members sorted, spaces added"] = json.dumps(
        document, sort_keys=True, ensure_ascii=False
    ).encode()
    forms["signs re-serialised JSON: non-ASCII escaped"] = json.dumps(
        document, separators=(",", ":")
    ).encode()
    forms["signs pretty-printed JSON"] = json.dumps(document, indent=2, ensure_ascii=False).encode()
    if isinstance(document, dict) and "data" in document:
        data = json.dumps(document["data"], separators=(",", ":"), ensure_ascii=False).encode()
        forms["signs the data member only"] = data
    forms["signs the body with a line end added"] = body + b"\n"
    return forms


def _keys(secret: str) -> dict[str, bytes]:
    keys = {
        "the whole secret": secret.encode(),
        "an empty secret": b"",
        "the secret without whsec_": secret.removeprefix("whsec_").encode(),
        "the secret with a line end": secret.encode() + b"\n",
        "the hash of the secret": hashlib.sha256(secret.encode()).digest(),
    }
    try:
        keys["the base64-decoded secret"] = base64.b64decode(secret.removeprefix("whsec_"))
    except (binascii.Error, ValueError):
        return keys
    return keys


def diagnose(body: bytes, header: str | None, secret: str) -> Diagnosis:
    """
    Check the contract's hex signature over the raw bytes, and name the mistake when it does not verify.
    """
    key = secret.encode()
    expected = hex_signature(key, body)
    got = (header or "").strip()

    def result(sentence: str, *, valid: bool = False, used: bytes = key) -> Diagnosis:
        return Diagnosis(
            valid=valid,
            sentence=sentence,
            scheme="hex HMAC-SHA256 over the raw body",
            key_fingerprint=fingerprint(used),
            expected=expected,
            got=got,
            first_difference=_first_difference(expected, got.lower()),
        )

    if header is None:
        return result("there is no X-Webhook-Signature header")
    if hmac.compare_digest(expected.encode(), got.lower().encode("utf-8", "replace")):
        return result("signs the raw body with the whole secret", valid=True)
    for name, candidate in _keys(secret).items():
        if got.lower() == hex_signature(candidate, body):
            return result(f"signs the raw body, but with {name} as key", used=candidate)
        for mistake, form in _forms(body).items():
            if got.lower() == hex_signature(candidate, form):
                suffix = "" if candidate == key else f", with {name} as key"
                return result(mistake + suffix, used=candidate)
    return result(_other_scheme(body, got, key))


def _other_scheme(body: bytes, got: str, key: bytes) -> str:  # noqa: PLR0911  one return per mistake
    digest = hmac.new(key, body, hashlib.sha256).digest()
    plain = got.removeprefix("sha256=")
    if got.startswith("sha256=") and plain.lower() == digest.hex():
        return "puts sha256= before the hex signature"
    if got == base64.b64encode(digest).decode():
        return "sends the signature as base64, not hex"
    if got.lower() == hmac.new(key, body, hashlib.sha1).hexdigest():
        return "uses HMAC-SHA1"
    if got.lower() == hmac.new(key, body, hashlib.sha512).hexdigest():
        return "uses HMAC-SHA512"
    if got.lower() in (hashlib.sha256(body).hexdigest(), hashlib.sha256(key + body).hexdigest()):
        return "sends a plain hash, not an HMAC"
    if not got:
        return "sends an empty signature"
    return "no known secret, scheme or re-serialisation explains this signature"
