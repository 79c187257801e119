"""
The suite's own HMAC, and what is wrong with a signature that does not verify.

A diagnosis tries what senders do by mistake: other bytes, another key, another hash, another spelling, and any of them together.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from conformance.harness.signed_bytes import Form, forms, reserialised
from conformance.harness.signed_keys import keys

#: Characters of the signed bytes that the evidence shows.
_SHOWN_MAX: Final = 2_000
#: Bytes shown around the first difference.
_AROUND: Final = 24
_HASHES: Final = {"sha256": "HMAC-SHA256", "sha1": "HMAC-SHA1", "sha512": "HMAC-SHA512", "sha384": "HMAC-SHA384", "md5": "HMAC-MD5"}  # fmt: skip
_HEX: Final = frozenset("0123456789abcdef")
_PREFIXES: Final = ("sha256=", "sha1=", "sha512=", "v1=", "v1,", "hmac ", "HMAC ")
#: Fewer digits than this could agree by chance.
_CUT_MIN: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """
    What was signed, with which key and hash, and one sentence.  `valid` only over the raw bytes with the right key.

    `first_difference` counts hex digits of the signature, `first_differing_byte` bytes of what was signed against what was sent; None when equal.
    """

    valid: bool
    sentence: str
    scheme: str
    key: str
    key_fingerprint: str
    expected: str
    got: str
    signed: bytes
    sent: bytes

    @property
    def first_difference(self) -> int | None:
        """
        The first hex digit of the signature that is not the expected one.
        """
        return _first_difference(self.expected.encode(), self.got.lower().encode())

    @property
    def first_differing_byte(self) -> int | None:
        """
        The first byte where what was signed is not what was sent.
        """
        return _first_difference(self.signed, self.sent)

    def document(self) -> dict[str, Any]:
        """
        For the evidence; the key shows as a fingerprint only.
        """
        at = self.first_differing_byte
        around = None
        if at is not None:
            start, end = max(0, at - _AROUND), at + _AROUND
            around = {
                "offset": at,
                "signed": self.signed[start:end].decode("utf-8", "replace"),
                "sent": self.sent[start:end].decode("utf-8", "replace"),
            }
        return {
            "valid": self.valid,
            "sentence": self.sentence,
            "scheme": self.scheme,
            "key": self.key,
            "key_fingerprint": self.key_fingerprint,
            "expected": self.expected,
            "got": self.got,
            "first_difference": self.first_difference,
            "bytes_signed": self.signed[:_SHOWN_MAX].decode("utf-8", "replace"),
            "bytes_signed_count": len(self.signed),
            "first_differing_byte": around,
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


def verifies_with(key: bytes, body: bytes, header: str | None) -> bool:
    """
    Whether the header is the hex HMAC-SHA256 of the bytes under this key, in either case.
    """
    got = (header or "").strip().lower()
    return hmac.compare_digest(hex_signature(key, body).encode(), got.encode("utf-8", "replace"))


def recipe(body: bytes, header: str | None, secret: str) -> str:
    """
    Which receivers accept the signature: those that check the raw bytes, those that check `JSON.stringify(JSON.parse(body))`, both or neither.
    """
    again = reserialised(body)
    is_raw = verifies_with(secret.encode(), body, header)
    is_again = again is not None and verifies_with(secret.encode(), again, header)
    match is_raw, is_again:
        case True, True:
            return "raw and re-serialised"
        case True, False:
            return "raw only"
        case False, True:
            return "re-serialised only"
        case _:
            return "neither"


def _first_difference(left: bytes, right: bytes) -> int | None:
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return index
    return None if len(left) == len(right) else min(len(left), len(right))


@dataclass(frozen=True, slots=True)
class _Reading:
    """
    One way to read the header as a digest in lower hex; `mistake` says how it is spelt.
    """

    mistake: str
    digits: str


def _readings(got: str) -> Iterator[_Reading]:
    prefix = next((p for p in _PREFIXES if got.startswith(p)), "")
    plain = got.removeprefix(prefix)
    mistake = f"puts {prefix.strip()} before the hex signature" if prefix else ""
    if plain and set(plain.lower()) <= _HEX:
        yield _Reading(mistake, plain.lower())
        twice = _twice_hex(plain)
        if twice is not None:
            yield _Reading("hex-encodes the signature twice", twice)
    for name, decode in (("base64", base64.b64decode), ("base64url", base64.urlsafe_b64decode)):
        try:
            digest = decode(plain + "=" * (-len(plain) % 4))
        except (binascii.Error, ValueError):
            continue
        yield _Reading(f"sends the signature as {name}, not hex", digest.hex())


def _twice_hex(plain: str) -> str | None:
    try:
        inner = bytes.fromhex(plain).decode("ascii").lower()
    except ValueError:
        return None
    return inner if len(inner) >= _CUT_MIN and set(inner) <= _HEX else None


def diagnose(
    body: bytes,
    header: str | None,
    secret: str,
    *,
    headers: Callable[[str], str | None] = lambda _name: None,
    others: dict[str, str] | None = None,
) -> Diagnosis:
    """
    Check the contract's hex signature over the raw bytes, and name the mistake when it does not verify.

    `headers` reads the request's other headers, for schemes that sign a timestamp; `others` are further secrets of the merchant by name.
    """
    key = secret.encode()
    got = (header or "").strip()

    def result(
        sentence: str, *, valid: bool = False, used: tuple[str, bytes] | None = None,
        form: bytes = body, scheme: str = "hex HMAC-SHA256",
    ) -> Diagnosis:  # fmt: skip
        name, value = used or ("the whole secret", key)
        return Diagnosis(
            valid=valid,
            sentence=sentence,
            scheme=scheme,
            key=name,
            key_fingerprint=fingerprint(value),
            expected=hex_signature(key, body),
            got=got,
            signed=form,
            sent=body,
        )

    if header is None:
        return result("there is no X-Webhook-Signature header")
    if verifies_with(key, body, got):
        return result("signs the raw body with the whole secret", valid=True)
    if not got:
        return result("sends an empty signature")
    found = _explain(body, got, key_list=keys(secret, others or {}), form_list=forms(body, headers))
    if found is None:
        return result(
            "no known key, scheme or re-serialisation explains this signature; most likely another secret is the key"
        )
    mistakes, scheme, name, value, form = found
    return result(", and ".join(mistakes), used=(name, value), form=form, scheme=scheme)


_Explanation = tuple[list[str], str, str, bytes, bytes]


def _explain(
    body: bytes, got: str, *, key_list: list[tuple[str, bytes]], form_list: list[Form]
) -> _Explanation | None:
    """
    The explanation with the fewest mistakes; None when there is none.
    """
    best: _Explanation | None = None
    for reading in _readings(got):
        for algorithm, scheme in _HASHES.items():
            for name, key in key_list:
                for form in form_list:
                    digest = hmac.new(key, form.signed, algorithm).hexdigest()
                    cut = _cut(digest, reading.digits)
                    if cut is None:
                        continue
                    mistakes = _mistakes(form, name, scheme, reading.mistake, cut)
                    if best is None or len(mistakes) < len(best[0]):
                        best = (mistakes, f"hex {scheme}", name, key, form.signed)
        if best is None and reading.digits in _plain_hashes(body, key_list):
            best = (["sends a plain hash, not an HMAC"], "plain SHA-256", *key_list[0], body)
    return best


def _cut(digest: str, digits: str) -> str | None:
    """
    Empty when equal, a mistake when `digits` is the beginning of the digest, None when they differ.
    """
    if digest == digits:
        return ""
    if len(digits) >= _CUT_MIN and digest.startswith(digits):
        return f"cuts the hex signature to {len(digits)} of {len(digest)} digits"
    return None


def _mistakes(form: Form, key: str, scheme: str, spelling: str, cut: str) -> list[str]:
    found = []
    if key != "the whole secret":
        found.append(
            f"signs the raw body, but with {key} as key"
            if not form.mistake
            else f"with {key} as key"
        )
    if form.mistake:
        found.insert(0, form.mistake)
    if scheme != "HMAC-SHA256":
        found.append(f"uses {scheme}")
    return [*found, *filter(None, (spelling, cut))]


def _plain_hashes(body: bytes, key_list: list[tuple[str, bytes]]) -> set[str]:
    key = key_list[0][1]
    texts = (body, key + body, body + key)
    return {hashlib.sha256(text).hexdigest() for text in texts}


def diagnose_standard(body: bytes, headers: Callable[[str], str | None], secret: str) -> Diagnosis:
    """
    Check `webhook-signature` of Standard Webhooks 1.0.0 over `id.timestamp.body`, keyed with the base64-decoded secret.
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    webhook_id, timestamp, signatures = (headers(name) or "" for name in names)
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    versions = [
        entry.partition(",")[2] for entry in signatures.split(" ") if entry.startswith("v1,")
    ]

    def result(sentence: str, *, valid: bool = False) -> Diagnosis:
        return Diagnosis(
            valid=valid,
            sentence=sentence,
            scheme="Standard Webhooks v1 over id.timestamp.body",
            key="the base64-decoded signing secret",
            key_fingerprint=fingerprint(key),
            expected=expected,
            got=signatures,
            signed=signed,
            sent=signed,
        )

    for name, value in zip(names, (webhook_id, timestamp, signatures), strict=True):
        if not value:
            return result(f"there is no {name} header")
    if not timestamp.isdigit():
        return result(f"webhook-timestamp is no whole number of seconds: {timestamp!r}")
    if expected in versions:
        return result("signs id.timestamp.body with the decoded signing secret", valid=True)
    return result(_standard_mistake(signed, body, versions, key, secret))


def _standard_mistake(
    signed: bytes, body: bytes, versions: list[str], key: bytes, secret: str
) -> str:
    if not versions:
        return "webhook-signature has no v1 entry"
    tries = {
        "signs the body alone, without id and timestamp": (key, body),
        "uses the whole secret as key, not its decoded bytes": (secret.encode(), signed),
        "uses an empty secret as key": (b"", signed),
        "signs id.timestamp.body of another id or timestamp": (key, b"." + body),
    }
    for mistake, (used, text) in tries.items():
        digest = hmac.new(used, text, hashlib.sha256)
        if base64.b64encode(digest.digest()).decode() in versions:
            return mistake
        if digest.hexdigest() in versions:
            return f"{mistake}, and sends it as hex"
    if hmac.new(key, signed, hashlib.sha256).hexdigest() in versions:
        return "sends the v1 signature as hex, not base64"
    return "no known key or text explains the v1 signature"
