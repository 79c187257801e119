"""
What a request meets on its way: the gate, the fault, the effect, the spoiled answer - in this order, as its step says.
"""

import sqlite3
from collections.abc import Callable
from typing import Protocol, cast

from quart import Response, current_app

from simulator.api.breaking import strike
from simulator.book.gates import Gates
from simulator.book.programs import Programs
from simulator.book.records import Answer, Records
from simulator.domain.faults import Effect, WireFault
from simulator.domain.matching import Facts
from simulator.domain.scenario import Step
from simulator.wire import bank_id, respond


class Sender(Protocol):
    """
    Whoever sends the callbacks.
    """

    async def send_now(self, bank_id: str, request_id: str) -> None:
        """
        Send what is due about one request, and come back when it is sent.
        """

    def wake(self) -> None:
        """
        Look at once for what is due.
        """


async def _gate(step: Step, facts: Facts, at: str) -> None:
    if step.gate is not None and step.gate_at == at:
        await cast("Gates", current_app.config["GATES"]).wait(
            bank_id(),
            step.gate,
            request_id=str(facts.get("request_id") or ""),
            operation=str(facts["operation"]),
        )


async def _break(fault: WireFault, facts: Facts, answer: Answer | None) -> Response:
    records = cast("Records", current_app.config["RECORDS"])
    request_id = facts.get("request_id")
    records.note(
        bank_id(),
        "fault",
        None if request_id is None else str(request_id),
        {"fault": fault.kind, "effect": fault.effect.value, "operation": facts["operation"]},
    )
    return await strike(fault, answer)


async def meet(facts: Facts, act: Callable[[Step], Answer], status: int = 200) -> Response:
    """
    Answer a request: `act` has the effect and makes the true answer.  Raises `Refusal`.
    """
    step = cast("Programs", current_app.config["PROGRAMS"]).step(bank_id(), facts)
    sender = cast("Sender", current_app.config["SENDER"])
    await _gate(step, facts, "before")
    if step.fault is not None and step.fault.effect is Effect.BEFORE:
        return await _break(step.fault, facts, None)
    answer = act(step)
    if step.callback is not None and "early" in step.callback.faults:
        await sender.send_now(bank_id(), str(facts["request_id"]))
    sender.wake()
    await _gate(step, facts, "after")
    answer = {**answer, **dict(step.echo)}
    if step.fault is not None:
        return await _break(step.fault, facts, answer)
    return respond(answer, status)


def known_as(row: sqlite3.Row | None) -> dict[str, str | int | bool | None]:
    """
    What scenarios may look at of a request that the bank has seen, for inquiries and cancels.
    """
    if row is None:
        return {}
    return {
        "asked": row["operation"],
        "payment_reference": row["payment_reference"],
        "amount": row["amount"],
        "currency": row["currency"],
        "subject": row["account"],
    }
