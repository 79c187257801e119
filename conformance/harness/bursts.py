"""
Bursts: the same request many times at one moment, over warm connections, released by one barrier, several rounds.

One lucky burst must not acquit a gateway: of eleven public gateways eight failed the first burst, and two of the other three a later one.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from conformance.harness import expect
from conformance.harness.channels.bank import BankGates
from conformance.harness.client import Answer
from conformance.harness.outcomes import Blocked
from conformance.harness.target import Gateway, PaymentSeen

#: Source: issue "conformance suite", item 5; wild-bugs 3.6.
ROUNDS: Final = 5
SIZE: Final = 8
KEYED_SIZE: Final = 10
_CREATED: Final = 201
_ACCEPTED: Final = (200, 201)
#: What a request that lost against a twin in flight may be told: wait, or come back.
_IN_FLIGHT: Final = (409, 425, 429)


@dataclass(frozen=True, slots=True)
class Round:
    """
    One burst: what it was about, and every answer that came.
    """

    subject: str
    answers: list[Answer]

    def made(self) -> set[Any]:
        """
        The ids of what the successful answers show.
        """
        accepted = (a for a in self.answers if a.status in _ACCEPTED)
        return {expect.field(answer, "id") for answer in accepted}

    def accepted(self) -> int:
        """
        How many requests were accepted.
        """
        return sum(answer.status in _ACCEPTED for answer in self.answers)


async def payments_with_one_key(gateway: Gateway, seed: str) -> list[Round]:
    """
    Bursts of one payment request with one key; another order and key each round.
    """
    orders = await asyncio.gather(*(gateway.order() for _ in range(ROUNDS)))
    rounds = []
    for number, order_id in enumerate(orders):
        key = f"burst-{seed}-{number}"
        same = (gateway.upi_payment(order_id, key=key) for _ in range(KEYED_SIZE))
        rounds.append(Round(order_id, await gateway.together(*same)))
    return rounds


async def orders_with_one_key(gateway: Gateway, seed: str) -> list[Round]:
    """
    Bursts with one key where half of the requests pay one order and half another.
    """
    orders = await asyncio.gather(*(gateway.order() for _ in range(2 * ROUNDS)))
    rounds = []
    for number in range(ROUNDS):
        key = f"mixed-{seed}-{number}"
        pair = orders[2 * number : 2 * number + 2]
        mixed = (gateway.upi_payment(order_id, key=key) for order_id in pair * (SIZE // 2))
        rounds.append(Round(pair[0], await gateway.together(*mixed)))
    return rounds


async def refunds(
    gateway: Gateway,
    amount_minor: int,
    *,
    gates: BankGates,
    keys: str | None = None,
    with_captures: bool = False,
) -> list[Round]:
    """
    Bursts of one refund, each round of another payment of 50 000; with one key each round, or half of them captures instead, where asked for.

    Where the bank can be held it answers no refund until all rounds are over: what is still under way there counts, too.
    """
    payments = await gateway.successful_payments(ROUNDS)
    async with gates.held(gateway, "refund"):
        return [
            await _refund_round(
                gateway,
                payment,
                amount_minor,
                key=f"{keys}-{number}" if keys else None,
                captures_count=SIZE // 2 if with_captures else 0,
            )
            for number, payment in enumerate(payments)
        ]


async def _refund_round(
    gateway: Gateway,
    payment: PaymentSeen,
    amount_minor: int,
    *,
    key: str | None,
    captures_count: int,
) -> Round:
    beside = [gateway.capture(payment.id, 50_000) for _ in range(captures_count)]
    same = [gateway.refund(payment.id, amount_minor, key=key) for _ in range(SIZE - captures_count)]
    return Round(payment.id, await gateway.together(*same, *beside))


async def captures(gateway: Gateway) -> list[Round]:
    """
    Bursts of one capture, each round of another payment.
    """
    payments: Sequence[PaymentSeen] = await gateway.successful_payments(ROUNDS)
    return [
        Round(
            payment.id,
            await gateway.together(*(gateway.capture(payment.id, 50_000) for _ in range(SIZE))),
        )
        for payment in payments
    ]


def about_refunds(answers: Sequence[Answer]) -> list[Answer]:
    """
    Those of the answers that are refusals or refunds, not captures.
    """
    return [a for a in answers if a.status not in _ACCEPTED or a.status == _CREATED]


def with_one_accepted(rounds: Sequence[Round]) -> list[Round]:
    """
    The rounds in which exactly one request was accepted; `blocked` when there is none, for then nothing is left to look at.
    """
    found = [one for one in rounds if sum(a.status in _ACCEPTED for a in one.answers) == 1]
    if not found:
        raise Blocked("needed a burst in which exactly one request was accepted")
    return found


def expect_one_each(rounds: Sequence[Round], what: str) -> None:
    """
    Each round made exactly one thing, and each round another one: a gateway that always shows the same thing is not acquitted.
    """
    for number, one in enumerate(rounds, 1):
        made = one.made()
        expect.that(
            len(made) == 1,
            f"expected one {what} for {len(one.answers)} concurrent requests, got {len(made)} (round {number})",
        )
    expect.distinct([made for one in rounds for made in one.made()], what)


def expect_accepted(rounds: Sequence[Round], *, least: int, most: int, what: str) -> None:
    """
    Each round accepted at least `least` and at most `most` requests.
    """
    for number, one in enumerate(rounds, 1):
        found = one.accepted()
        wanted = str(most) if least == most else f"{least} to {most}"
        expect.that(
            least <= found <= most,
            f"expected {wanted} of {len(one.answers)} concurrent {what} to be accepted, got {found} (round {number})",
        )


def expect_orderly(rounds: Sequence[Round], what: str) -> None:
    """
    Every answer is the result or says that a twin is in flight; no 5xx, and no other refusal of what was asked for rightly.
    """
    for one in rounds:
        expect.statuses(one.answers, [*_ACCEPTED, *_IN_FLIGHT], what)


def expect_unbroken(rounds: Sequence[Round]) -> None:
    """
    No 5xx in any round, and no request without an answer.
    """
    for one in rounds:
        expect.not_broken(one.answers, "no 5xx in the burst")
