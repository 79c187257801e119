"""
Drills with genuine deliveries: all must be taken, whatever is unusual about them.
"""

import json
from typing import Final

from conformance.harness.certification.bench import Bench
from conformance.harness.certification.deliveries import (
    HEX,
    STANDARD,
    Delivery,
    compact,
    standard_signature,
)
from conformance.harness.certification.drills import drill
from conformance.harness.outcomes import RequirementFailed

_STANDARD: Final = "conventions 4.1; Standard Webhooks 1.0.0"
_OLD_KEY: Final = b"the secret before the rotation.."


def _renamed(delivery: Delivery) -> Delivery:
    return Delivery(
        payment_id=delivery.payment_id,
        event_id=delivery.event_id,
        body=delivery.body,
        headers=tuple((name.upper(), value) for name, value in delivery.headers),
    )


def _spaced(bench: Bench) -> Delivery:
    payment_id = bench.payment_id()
    text = json.dumps(bench.document(payment_id), indent=2)
    return bench.raw(text.encode(), payment_id)


def _escaped(bench: Bench) -> Delivery:
    """
    Members in another order, letters as escapes: the same JSON, other bytes than a serialiser would write.
    """
    payment_id = bench.payment_id()
    document = bench.document(payment_id, holder="Zoë / Ω")
    turned = {name: document[name] for name in reversed(document)}
    text = json.dumps(turned, separators=(",", ":")).replace("/", "\\/")
    return bench.raw(text.encode(), payment_id)


def _unicode(bench: Bench) -> Delivery:
    return bench.new(holder="Zoë Ωmega ₹ 🙂")


def _numbers(bench: Bench) -> Delivery:
    """
    Numbers that a JSON library writes differently than it read them.
    """
    payment_id = bench.payment_id()
    body = compact(bench.document(payment_id, note="NUMBERS"))
    return bench.raw(body.replace(b'"NUMBERS"', b"[1.0,1e2,9007199254740993,-0.0]"), payment_id)


def _ending(bench: Bench) -> Delivery:
    payment_id = bench.payment_id()
    return bench.raw(compact(bench.document(payment_id)) + b"\n", payment_id)


def _large(bench: Bench) -> Delivery:
    return bench.new(padding="x" * 1_000_000)


def _signatures(bench: Bench, template: str) -> Delivery:
    """
    The signature list of Standard Webhooks after a template: {ok}, {old} (another secret's), {v2}.
    """
    delivery = bench.new()
    old = standard_signature(
        _OLD_KEY, delivery.event_id, delivery.value("webhook-timestamp"), delivery.body
    )
    ok = delivery.value(STANDARD)
    value = template.format(ok=ok, old=old, v2="v2," + ok[3:], v1a="v1a," + "A" * 86 + "==")
    return delivery.having(STANDARD, value)


def _secret_is_kept(bench: Bench) -> None:
    delivery = bench.new()
    replies = [
        bench.send(delivery),
        bench.send(delivery.having(HEX, "0" * 64).having(STANDARD, "v1,AAAA")),
    ]
    shown = b" ".join(r.body + json.dumps(r.headers).encode() for r in replies)
    secrets = bench.setup.secrets
    for secret in (secrets.webhook, secrets.signing):
        if secret.encode() in shown:
            raise RequirementFailed("an answer shows the secret")


GENUINE: Final = (
    drill(1, "A genuine `payment.success` MUST be answered 2xx within five seconds and take effect once.", lambda b: b.accepts(b.new()), source="contract 1.7, 1.8"),
    drill(2, "A genuine `payment.failed` MUST be answered 2xx without the effect of a paid order.", lambda b: b.accepts(b.new("payment.failed"), effects=0)),
    drill(3, "A genuine `payment.created` or `payment.pending` MUST be answered 2xx without an effect.", lambda b: b.accepts(b.new("payment.created"), b.new("payment.pending"), effects=0)),
    drill(4, "A genuine refund event, which has no `data.payment`, MUST be answered 2xx.", lambda b: b.acknowledged(b.send(b.raw(compact({"event": "refund.processed", "timestamp": b.now(), "data": {"refund": {"id": "rfnd_0123456789abcdef", "payment_id": b.payment_id(), "amount": 100, "status": "processed"}}})))), source="contract 1.8"),
    drill(5, "An event of an unknown kind SHOULD be answered 2xx without an effect.", lambda b: b.accepts(b.new("payment.something_new"), effects=0)),
    drill(6, "Unknown members MUST NOT keep a genuine delivery from taking effect.", lambda b: b.accepts(b.new(brand_new={"a": [1, None]}))),
    drill(7, "Header names MUST be understood in any case.", lambda b: b.accepts(_renamed(b.new())), source="RFC 9110 5.1"),
    drill(8, "A hex signature in upper case SHOULD be accepted.", lambda b: b.accepts((d := b.new()).having(HEX, d.value(HEX).upper())), needs=("hex",)),
    drill(9, "`application/json; charset=utf-8` MUST be accepted.", lambda b: b.accepts(b.new().having("Content-Type", "application/json; charset=utf-8"))),
    drill(10, "The signature MUST be verified over the raw bytes: JSON with spaces and line ends.", lambda b: b.accepts(_spaced(b))),
    drill(11, "The signature MUST be verified over the raw bytes: members in another order, escaped letters.", lambda b: b.accepts(_escaped(b))),
    drill(12, "The signature MUST be verified over the raw bytes: letters beyond ASCII as UTF-8.", lambda b: b.accepts(_unicode(b))),
    drill(13, "The signature MUST be verified over the raw bytes: numbers such as 1.0 and 1e2.", lambda b: b.accepts(_numbers(b))),
    drill(14, "The signature MUST be verified over the raw bytes: a line end after the document.", lambda b: b.accepts(_ending(b))),
    drill(15, "A delivery in chunks SHOULD be accepted.", lambda b: b.accepts(b.new(), chunked=True), source="RFC 9112 7.1"),
    drill(16, "A delivery of one megabyte SHOULD be accepted.", lambda b: b.accepts(_large(b)), source="features N11"),
    drill(17, "While the secret is rotated, a list with the old and the new signature MUST be accepted, in either order.", lambda b: b.accepts(_signatures(b, "{old} {ok}"), _signatures(b, "{ok} {old}")), source=_STANDARD, needs=("standard",)),
    drill(18, "A signature of an unknown version before the right one MUST be skipped.", lambda b: b.accepts(_signatures(b, "{v2} {ok}"), _signatures(b, "{v1a} {ok}")), source=_STANDARD, needs=("standard",)),
    drill(19, "A malformed entry before the right signature MUST be skipped.", lambda b: b.accepts(_signatures(b, "garbage {ok}"), _signatures(b, "v1,%%% {ok}")), source=_STANDARD, needs=("standard",)),
    drill(20, "Four minutes in the past MUST be within the tolerance.", lambda b: b.accepts(b.new(shift_s=-240)), source=_STANDARD, needs=("standard",)),
    drill(21, "Four minutes in the future MUST be within the tolerance.", lambda b: b.accepts(b.new(shift_s=240)), source=_STANDARD, needs=("standard",)),
    drill(22, "No answer MUST show the secret.", _secret_is_kept, source="features N19"),
)  # fmt: skip
