"""
Drills with deliveries that come again, together, late or in the wrong order: each payment takes effect once.
"""

import socket
from contextlib import suppress
from functools import partial
from typing import Final

from conformance.harness.certification.bench import Bench
from conformance.harness.certification.deliveries import Delivery
from conformance.harness.certification.drills import drill
from conformance.harness.outcomes import Blocked, RequirementFailed

_BURST: Final = 8
_MANY: Final = 20
_SERVER: Final = 500


def _twice(bench: Bench) -> None:
    delivery = bench.new()
    bench.accepts(delivery, delivery)


def _later_attempt(bench: Bench) -> None:
    """
    A retry has its own timestamp and signature; the id is the same.
    """
    delivery = bench.new(shift_s=-20)
    bench.accepts(delivery, bench.again(delivery))


def _burst(bench: Bench) -> None:
    """
    Three rounds: one lucky burst must not acquit a handler.
    """
    for _ in range(3):
        delivery = bench.new()
        replies = bench.together([delivery] * _BURST)
        if not any(reply.status in range(200, 300) for reply in replies):
            raise RequirementFailed(f"expected one 2xx of {_BURST}, got {replies[0].shown}")
        bench.effects(delivery, 1)


def _other_event(bench: Bench) -> None:
    """
    The same success announced under two event ids.
    """
    first = bench.new()
    bench.accepts(first, bench.of(first.payment_id))


def _two_payments(bench: Bench) -> None:
    bench.accepts(bench.new(), bench.new())


def _late_news(bench: Bench) -> None:
    """
    What happened before the success arrives after it, and the success once more.
    """
    first = bench.new()
    bench.accepts(first)
    for event in ("payment.created", "payment.pending"):
        bench.accepts(bench.of(first.payment_id, event))
    bench.accepts(bench.again(first))


def _late_failure(bench: Bench) -> None:
    """
    A success is not taken back by an older failure.
    """
    first = bench.new()
    bench.accepts(first)
    bench.accepts(bench.of(first.payment_id, "payment.failed"))


def _failure_then_success(bench: Bench) -> None:
    """
    A payment that failed at first and then succeeded is paid.
    """
    failed = bench.new("payment.failed")
    bench.accepts(failed, effects=0)
    bench.accepts(bench.of(failed.payment_id))


def _reordered(bench: Bench) -> None:
    """
    Pending arrives before created, and then success.
    """
    early = bench.new("payment.pending")
    bench.accepts(early, effects=0)
    bench.accepts(bench.of(early.payment_id, "payment.created"), effects=0)
    bench.accepts(bench.of(early.payment_id))


def _gone_before_the_answer(bench: Bench) -> None:
    """
    The gateway loses the connection before it has the answer, and sends again.
    """
    delivery = bench.new()
    handler = bench.setup.handler
    with suppress(OSError), handler.connect() as connection:
        connection.sendall(handler.head(delivery) + delivery.body)
    bench.accepts(bench.again(delivery))


def _cut_in_half(bench: Bench) -> None:
    """
    The connection breaks in the middle of the body, and the gateway sends again.
    """
    delivery = bench.new()
    handler = bench.setup.handler
    half = len(delivery.body) // 2
    with suppress(OSError), handler.connect() as connection:
        connection.sendall(handler.head(delivery) + delivery.body[:half])
        connection.shutdown(socket.SHUT_RDWR)
    bench.accepts(bench.again(delivery))


def _fail_then_retry(bench: Bench) -> None:
    """
    What the handler failed to do must be done on the retry: a duplicate is what was done, not what was seen.
    """
    fail_next = bench.setup.fail_next
    if fail_next is None:
        raise Blocked("no way to make the handler fail was given")
    fail_next()
    delivery = bench.new()
    reply = bench.send(delivery)
    if reply.status is not None and reply.status < _SERVER:
        raise Blocked(f"the handler was to fail, but answered {reply.shown}")
    bench.effects(delivery, 0)
    bench.accepts(bench.again(delivery))


def _beside_the_client(bench: Bench) -> None:
    """
    The shop's own page asks the server to verify the payment while the webhook arrives.
    """
    verify = bench.setup.client_verify
    if verify is None:
        raise Blocked("no client-side verification was given")
    for _ in range(3):
        delivery = bench.new()
        bench.beside(partial(verify, delivery.payment_id), partial(bench.send, delivery))
        bench.effects(delivery, 1)


def _many(bench: Bench) -> None:
    deliveries: list[Delivery] = [bench.new() for _ in range(_MANY)]
    for reply in bench.together(deliveries):
        bench.acknowledged(reply)
    bench.all_effects(deliveries, 1)


REPEATED: Final = (
    drill(60, "The same delivery twice MUST be answered 2xx both times and take effect once.", _twice),
    drill(61, "Concurrent copies of a delivery MUST take effect once.", _burst, source="features F148"),
    drill(62, "A retry with its own timestamp MUST NOT take effect again.", _later_attempt, source="conventions 4.1"),
    drill(63, "The same payment announced under another event id SHOULD take effect once.", _other_event),
    drill(64, "Two payments MUST both take effect.", _two_payments),
    drill(65, "Older news after a success MUST NOT change that the payment took effect once.", _late_news, source="features F150"),
    drill(66, "A failure that arrives after a success SHOULD NOT make it take effect again or less.", _late_failure, source="features F150"),
    drill(67, "A success after a failure of the same payment MUST take effect.", _failure_then_success),
    drill(68, "Events of a payment in the wrong order MUST end in one effect.", _reordered, source="features F150"),
    drill(69, "A delivery whose answer the gateway did not get MUST take effect once, retry included.", _gone_before_the_answer, source="reliability; contract 1.7"),
    drill(70, "A delivery that was cut in half MUST take effect when it comes again whole.", _cut_in_half),
    drill(71, "A delivery that the handler failed to process MUST be processed when it comes again.", _fail_then_retry, source="frappe/payments #240", needs=("fail",)),
    drill(72, "A webhook beside the client's own verification MUST take effect once in total.", _beside_the_client, source="features F154", needs=("client_verify",)),
    drill(73, "Twenty deliveries at one moment SHOULD all be taken and take effect.", _many),
)  # fmt: skip
