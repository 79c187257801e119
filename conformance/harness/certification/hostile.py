"""
Drills with what no gateway sends: none may break the handler or keep it from its work.
"""

import socket
from contextlib import suppress
from dataclasses import replace
from threading import Event as Flag
from threading import Thread
from typing import Final

from conformance.harness.certification.bench import Bench
from conformance.harness.certification.deliveries import HEX, STANDARD, Delivery, compact
from conformance.harness.certification.drills import drill
from conformance.harness.outcomes import RequirementFailed

_LORISES: Final = 10
_DRIP_S: Final = 0.2
_NESTED: Final = 20_000


def _wrong_method(bench: Bench) -> None:
    delivery = replace(bench.new(), method="GET", body=b"")
    reply = bench.send(delivery)
    if reply.status is None or reply.status >= 500:  # noqa: PLR2004  5xx
        raise RequirementFailed(f"expected a refusal of GET, got {reply.shown}")
    bench.effects(delivery, 0)


def _duplicate_members(bench: Bench) -> Delivery:
    payment_id = bench.payment_id()
    body = compact(bench.document(payment_id))
    return bench.raw(body.replace(b'"amount":', b'"amount":1,"amount":'), payment_id)


def _shapes(bench: Bench) -> list[Delivery]:
    bodies = (
        b"[]", b"null", b'"payment.success"', b"7", b"{}", b'{"event":"payment.success"}', b'{"event":"payment.success","data":null}',
        b'{"event":"payment.success","data":{"payment":[]}}', b'{"event":7,"data":{"payment":{"id":{}}}}',
        b'{"event":"payment.success","data":{"payment":{"amount":"much"}}}',
    )  # fmt: skip
    return [bench.raw(body) for body in bodies]


def _no_json(bench: Bench) -> list[Delivery]:
    return [
        bench.raw(body)
        for body in (b"", b"payment.success", b'{"event":', b"\xff\xfe\x00", b"\x00")
    ]


def _twice_signed(bench: Bench) -> Delivery:
    """
    Two headers of one name, the first of them wrong.
    """
    return bench.new().also(STANDARD, "v1,AAAA").also(HEX, "0" * 64)


def _slow_loris(bench: Bench) -> None:
    """
    Ten connections that send a byte now and then, and a genuine delivery beside them.
    """
    handler = bench.setup.handler
    stop = Flag()

    def drip(delivery: Delivery) -> None:
        with suppress(OSError), handler.connect() as connection:
            head = handler.head(delivery)
            connection.sendall(head[:20])
            for byte in head[20:]:
                if stop.wait(_DRIP_S):
                    connection.shutdown(socket.SHUT_RDWR)
                    return
                connection.sendall(bytes([byte]))

    threads = [Thread(target=drip, args=(bench.new(),), daemon=True) for _ in range(_LORISES)]
    for thread in threads:
        thread.start()
    try:
        bench.accepts(bench.new())
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)


def _still_there(bench: Bench) -> None:
    for delivery in (*_no_json(bench), *_shapes(bench)):
        bench.send(delivery)
    bench.accepts(bench.new())


HOSTILE: Final = (
    drill(80, "A signed body that is no JSON MUST be answered below 500.", lambda b: b.survives(*_no_json(b)), source="features N11"),
    drill(81, "Signed JSON of another shape MUST be answered below 500.", lambda b: b.survives(*_shapes(b)), source="contract 1.8"),
    drill(82, "A member that stands twice in a signed body MUST NOT break the handler.", lambda b: b.survives(_duplicate_members(b)), source="adcp #2445"),
    drill(83, "Twenty thousand nested arrays in a signed body SHOULD be answered below 500.", lambda b: b.survives(b.raw(b"[" * _NESTED + b"]" * _NESTED))),
    drill(84, "A signed delivery of another content type MUST be answered below 500.", lambda b: b.survives(b.new().having("Content-Type", "text/plain"), b.new().without("Content-Type"), b.new().having("Content-Type", "application/json; charset=nobody"))),
    drill(85, "Two signature headers, the first of them wrong, MUST be answered below 500.", lambda b: b.survives(_twice_signed(b))),
    drill(86, "GET MUST take no effect and be answered below 500.", _wrong_method),
    drill(87, "Connections that drip a byte at a time MUST NOT keep a genuine delivery from being answered.", _slow_loris, source="features N11"),
    drill(88, "A signed body of an unknown charset or with a byte order mark MUST be answered below 500.", lambda b: b.survives(b.raw(b"\xef\xbb\xbf" + b.new().body), b.raw(b.new().body.decode().encode("utf-16")))),
    drill(89, "After all of this a genuine delivery MUST still be taken.", _still_there),
)  # fmt: skip
