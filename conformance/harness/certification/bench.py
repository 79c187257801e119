"""
Where a drill is played: makes deliveries, sends them, looks at answers and effects, keeps the evidence.
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any, Final

from conformance.harness.certification.deliveries import Delivery, Secrets, compact, signed
from conformance.harness.certification.probes import Probe
from conformance.harness.certification.wire import Handler, Reply
from conformance.harness.clock import monotonic_s, unix_s
from conformance.harness.evidence import Exchange, Transcript
from conformance.harness.outcomes import RequirementFailed, Untested
from conformance.harness.ports import pause

#: The contract's gateway gives up after five seconds.  Source: contract 1.7.
ACKNOWLEDGED_WITHIN_S: Final = 5.0
#: How long an effect that must not happen is watched for, once everything was answered.
_QUIET_S: Final = 0.15
_OK, _CLIENT, _SERVER = range(200, 300), range(400, 500), 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """
    What a certification works with.  `settle_s` is how long the handler may take to bring an effect about after it answered.
    """

    handler: Handler
    secrets: Secrets
    probe: Probe
    seed: str
    settle_s: float
    fail_next: Callable[[], None] | None = None
    client_verify: Callable[[str], None] | None = None


class Bench:
    """
    One drill's bench.
    """

    def __init__(self, setup: Setup, name: str) -> None:
        self.setup = setup
        self.transcript = Transcript()
        self._name = name
        self._made = 0

    def _id(self, prefix: str) -> str:
        """
        The next id; the same in every run of one seed.
        """
        self._made += 1
        drawn = hashlib.sha256(f"{self.setup.seed}:{self._name}:{self._made}".encode()).hexdigest()
        return f"{prefix}_{drawn[:16]}"

    def document(
        self, payment_id: str, event: str = "payment.success", **data: Any
    ) -> dict[str, Any]:
        """
        A webhook's document.
        """
        payment = {
            "id": payment_id,
            "order_id": self._id("order"),
            "amount": 50_000,
            "currency": "INR",
            "method": "upi",
            "vpa": "payer@bank",
            "status": event.rpartition(".")[2],
            "created_at": "2026-01-01T00:00:00Z",
            **data,
        }
        return {"event": event, "timestamp": self.now(), "data": {"payment": payment}}

    def now(self, shift_s: int = 0) -> int:
        """
        Unix seconds.
        """
        return int(unix_s()) + shift_s

    def payment_id(self) -> str:
        """
        A new payment.
        """
        return self._id("pay")

    def of(
        self, payment_id: str, event: str = "payment.success", *, shift_s: int = 0, **data: Any
    ) -> Delivery:
        """
        A genuine delivery of an event about a payment, attempted `shift_s` seconds from now.
        """
        return self.raw(
            compact(self.document(payment_id, event, **data)), payment_id, shift_s=shift_s
        )

    def new(self, event: str = "payment.success", *, shift_s: int = 0, **data: Any) -> Delivery:
        """
        A genuine delivery about a new payment.
        """
        return self.of(self.payment_id(), event, shift_s=shift_s, **data)

    def raw(self, body: bytes, payment_id: str = "", *, shift_s: int = 0) -> Delivery:
        """
        These bytes, properly signed.
        """
        at_s = self.now(shift_s)
        return signed(payment_id, self._id("evt"), body, self.setup.secrets, at_s=at_s)

    def again(self, delivery: Delivery, *, shift_s: int = 0) -> Delivery:
        """
        A later attempt at the same delivery: same id and bytes, its own time and signature.
        """
        at_s = self.now(shift_s)
        secrets = self.setup.secrets
        return signed(delivery.payment_id, delivery.event_id, delivery.body, secrets, at_s=at_s)

    def send(self, delivery: Delivery, *, chunked: bool = False) -> Reply:
        """
        One exchange, kept as evidence.
        """
        return self.recorded(delivery, lambda: self.setup.handler.send(delivery, chunked=chunked))

    def recorded(self, delivery: Delivery, exchange: Callable[[], Reply]) -> Reply:
        """
        Keep what is sent and what comes.
        """
        kept = Exchange(
            method=delivery.method,
            url=self.setup.handler.url,
            request_headers=dict(delivery.headers),
            request_body=delivery.body,
        )
        self.transcript.exchanges.append(kept)
        reply = exchange()
        kept.status, kept.failure = reply.status, reply.failure
        kept.response_headers, kept.response_body = reply.headers, reply.body
        kept.duration_ms = reply.duration_s * 1000
        return reply

    def together(self, deliveries: Sequence[Delivery]) -> list[Reply]:
        """
        All at one moment.
        """
        barrier = Barrier(len(deliveries))

        def one(delivery: Delivery) -> Reply:
            barrier.wait(10)
            return self.send(delivery)

        with ThreadPoolExecutor(len(deliveries)) as pool:
            return list(pool.map(one, deliveries))

    def beside(self, *actions: Callable[[], object]) -> None:
        """
        Different things at one moment.
        """
        barrier = Barrier(len(actions))

        def one(action: Callable[[], object]) -> None:
            barrier.wait(10)
            action()

        with ThreadPoolExecutor(len(actions)) as pool:
            list(pool.map(one, actions))

    def acknowledged(self, reply: Reply) -> None:
        """
        2xx in time.
        """
        if reply.status not in _OK:
            raise RequirementFailed(f"expected 2xx, got {reply.shown}")
        if reply.duration_s > ACKNOWLEDGED_WITHIN_S:
            raise RequirementFailed(
                f"expected an answer within {ACKNOWLEDGED_WITHIN_S:g} s, got it after {reply.duration_s:.1f} s"
            )

    def effects(self, delivery: Delivery, expected: int) -> None:
        """
        The payment took effect this often, no more and no less, once the handler has settled.
        """
        self.all_effects([delivery], expected)

    def all_effects(self, deliveries: Sequence[Delivery], expected: int) -> None:
        """
        Each of these payments took effect this often.
        """
        if not self.setup.probe.given:
            raise Untested("effects cannot be counted without --probe-url or --probe-command")
        deadline_s = monotonic_s() + self.setup.settle_s
        for delivery in deliveries:
            while self._count(delivery) < expected and monotonic_s() < deadline_s:
                pause()
        quiet_s = monotonic_s() + _QUIET_S
        while monotonic_s() < quiet_s:
            pause()
        for delivery in deliveries:
            found = self._count(delivery)
            self.transcript.notes.append({"effects of": delivery.payment_id, "count": found})
            if found != expected:
                times = {0: "not at all", 1: "once"}.get(expected, f"{expected} times")
                raise RequirementFailed(
                    f"expected the payment to take effect {times}, found {found}"
                )

    def _count(self, delivery: Delivery) -> int:
        return self.setup.probe.count(delivery.payment_id, delivery.event_id)

    def accepts(self, *deliveries: Delivery, effects: int = 1, chunked: bool = False) -> None:
        """
        Each acknowledged, and took effect this often.
        """
        for delivery in deliveries:
            self.acknowledged(self.send(delivery, chunked=chunked))
            self.effects(delivery, effects)

    def refuses(self, *deliveries: Delivery) -> None:
        """
        Each 4xx, and no effect.
        """
        for delivery in deliveries:
            reply = self.send(delivery)
            if reply.status not in _CLIENT:
                raise RequirementFailed(f"expected a 4xx refusal, got {reply.shown}")
        self.all_effects(deliveries, 0)

    def survives(self, *deliveries: Delivery) -> None:
        """
        For each any answer but a 5xx, and one at all.
        """
        for delivery in deliveries:
            reply = self.send(delivery)
            if reply.status is None or reply.status >= _SERVER:
                raise RequirementFailed(f"expected an answer below 500, got {reply.shown}")
