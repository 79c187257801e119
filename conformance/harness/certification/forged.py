"""
Drills with forged deliveries: none may take effect, and none may break the handler.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Final

from conformance.harness.certification.bench import Bench
from conformance.harness.certification.deliveries import (
    HEX,
    ID,
    STANDARD,
    TIME,
    Delivery,
    standard_signature,
)
from conformance.harness.certification.drills import drill
from conformance.harness.signatures import hex_signature

_STANDARD: Final = "conventions 4.1; Standard Webhooks 1.0.0"


def _with(
    delivery: Delivery, change_hex: Callable[[str], str], change_standard: Callable[[str], str]
) -> Delivery:
    """
    Both families changed.
    """
    return delivery.having(HEX, change_hex(delivery.value(HEX))).having(
        STANDARD, change_standard(delivery.value(STANDARD))
    )


def _signed_with(delivery: Delivery, key: bytes) -> Delivery:
    """
    Signed with another key.
    """
    forged = standard_signature(key, delivery.event_id, delivery.value(TIME), delivery.body)
    return _with(delivery, lambda _: hex_signature(key, delivery.body), lambda _: forged)


def _undecoded(bench: Bench) -> Delivery:
    """
    Keys that come of misreading a secret: the whole text where it is base64, and the text without its prefix.
    """
    delivery, secrets = bench.new(), bench.setup.secrets
    standard = standard_signature(
        secrets.signing.encode(), delivery.event_id, delivery.value(TIME), delivery.body
    )
    plain = secrets.webhook.removeprefix("whsec_").encode()
    return _with(delivery, lambda _: hex_signature(plain, delivery.body), lambda _: standard)


def _unkeyed(bench: Bench) -> Delivery:
    delivery = bench.new()
    digest = hashlib.sha256(delivery.body).hexdigest()
    return _with(delivery, lambda _: digest, lambda _: "v1," + digest)


def _reserialised(bench: Bench) -> Delivery:
    """
    Signed over compact JSON, sent with spaces: right for whoever parses first.
    """
    delivery = bench.new()
    return delivery.carrying(json.dumps(json.loads(delivery.body), indent=1).encode())


def _dearer(bench: Bench) -> Delivery:
    delivery = bench.new()
    return delivery.carrying(delivery.body.replace(b"50000", b"90000"))


def _flipped(bench: Bench) -> Delivery:
    delivery = bench.new()
    place = delivery.body.index(b"payer@bank")
    return delivery.carrying(delivery.body[:place] + b"P" + delivery.body[place + 1 :])


def _borrowed(bench: Bench) -> Delivery:
    """
    The signatures of another genuine delivery.
    """
    other, delivery = bench.new("payment.created"), bench.new()
    return _with(delivery, lambda _: other.value(HEX), lambda _: other.value(STANDARD))


def _sha1(bench: Bench) -> Delivery:
    delivery, secrets = bench.new(), bench.setup.secrets
    made = hmac.new(secrets.webhook.encode(), delivery.body, hashlib.sha1).hexdigest()
    return _with(delivery, lambda _: made, lambda _: "v1," + made)


def _time_is(bench: Bench, value: str) -> Delivery:
    """
    Another time, properly signed.
    """
    delivery = bench.new()
    key = bench.setup.secrets.standard_key
    signature = standard_signature(key, delivery.event_id, value, delivery.body)
    return delivery.having(TIME, value).having(STANDARD, signature)


def _each(bench: Bench, values: tuple[str, ...]) -> None:
    bench.refuses(*(_time_is(bench, value) for value in values))


def _other_id(bench: Bench) -> Delivery:
    return bench.new().having(ID, "evt_of_someone_else")


def _forged_first(bench: Bench) -> None:
    genuine = bench.new()
    bench.refuses(_with(genuine, lambda _: "0" * 64, lambda _: "v1," + "A" * 43 + "="))
    bench.accepts(genuine)


FORGED: Final = (
    drill(30, "A delivery without any signature MUST be refused with 4xx and take no effect.", lambda b: b.refuses(b.new().without(HEX, STANDARD))),
    drill(31, "An empty signature MUST be refused.", lambda b: b.refuses(_with(b.new(), lambda _: "", lambda _: ""))),
    drill(32, "A signature with another secret MUST be refused.", lambda b: b.refuses(_signed_with(b.new(), b"another secret altogether"))),
    drill(33, "A signature with the empty secret MUST be refused.", lambda b: b.refuses(_signed_with(b.new(), b""))),
    drill(34, "A signature with a misread secret MUST be refused.", lambda b: b.refuses(_undecoded(b))),
    drill(35, "A body with one letter changed MUST be refused.", lambda b: b.refuses(_flipped(b))),
    drill(36, "A body with another amount MUST be refused.", lambda b: b.refuses(_dearer(b))),
    drill(37, "A body with something added MUST be refused.", lambda b: b.refuses((d := b.new()).carrying(d.body + b" "))),
    drill(38, "A signature over re-serialised JSON MUST NOT be accepted for other bytes.", lambda b: b.refuses(_reserialised(b)), source="contract 1.8"),
    drill(39, "The signature of another delivery MUST be refused.", lambda b: b.refuses(_borrowed(b))),
    drill(40, "The first half of a signature MUST be refused.", lambda b: b.refuses(_with(b.new(), lambda h: h[:32], lambda s: s[:24]))),
    drill(41, "A signature with something after it MUST be refused.", lambda b: b.refuses(_with(b.new(), lambda h: h + "00", lambda s: s + "AAAA"))),
    drill(42, "A hash without a key MUST be refused.", lambda b: b.refuses(_unkeyed(b))),
    drill(43, "A signature with HMAC-SHA1 MUST be refused.", lambda b: b.refuses(_sha1(b))),
    drill(44, "A signature that is no hex and no base64 MUST be refused, not break the handler.", lambda b: b.refuses(_with(b.new(), lambda _: "zz" * 32, lambda _: "v1,%%%"))),
    drill(45, "A signature with letters beyond ASCII MUST be refused, not break the handler.", lambda b: b.refuses(_with(b.new(), lambda h: "é" + h[1:], lambda s: s[:-1] + "é"))),
    drill(46, "A signature of eight kilobytes MUST be refused, not break the handler.", lambda b: b.refuses(_with(b.new(), lambda _: "a" * 8_000, lambda _: "v1," + "A" * 8_000)), source="features N11"),
    drill(47, "A delivery six minutes old MUST be refused.", lambda b: b.refuses(b.new(shift_s=-360)), source=_STANDARD, needs=("standard",)),
    drill(48, "A delivery six minutes in the future MUST be refused.", lambda b: b.refuses(b.new(shift_s=360)), source=_STANDARD, needs=("standard",)),
    drill(49, "A delivery without a timestamp MUST be refused.", lambda b: b.refuses(b.new().without(TIME)), source=_STANDARD, needs=("standard",)),
    drill(50, "A timestamp that is no whole number MUST be refused, not break the handler.", lambda b: _each(b, ("soon", "nan", "inf", "1e9", "")), source=_STANDARD, needs=("standard",)),
    drill(51, "A timestamp beyond all time MUST be refused, not break the handler.", lambda b: _each(b, ("-1", "9" * 30, "0")), source=_STANDARD, needs=("standard",)),
    drill(52, "A delivery under another id MUST be refused.", lambda b: b.refuses(_other_id(b)), source=_STANDARD, needs=("standard",)),
    drill(53, "A delivery without an id MUST be refused.", lambda b: b.refuses(b.new().without(ID)), source=_STANDARD, needs=("standard",)),
    drill(54, "Signatures of unknown versions alone MUST be refused.", lambda b: b.refuses((d := b.new()).having(STANDARD, "v2," + d.value(STANDARD)[3:])), source=_STANDARD, needs=("standard",)),
    drill(55, "A signature without its version MUST be refused, not break the handler.", lambda b: b.refuses((d := b.new()).having(STANDARD, d.value(STANDARD)[3:])), source=_STANDARD, needs=("standard",)),
    drill(56, "An old timestamp with the signature of a new one MUST be refused.", lambda b: b.refuses(b.new().having(TIME, str(b.now(-360)))), source=_STANDARD, needs=("standard",)),
    drill(57, "A forged delivery MUST NOT keep the genuine one of the same id from taking effect.", _forged_first, source="frappe/payments #240"),
)  # fmt: skip
