"""
Named gates: requests wait at them, in the order of their arrival, until a tester lets them go together or in a chosen order.  A race is arranged, not hoped for.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any, Final

#: Real seconds after which a forgotten gate lets a request through.
PATIENCE_S: Final = 60.0


@dataclass(slots=True, eq=False)
class _Ticket:
    bank_id: str
    gate: str
    request_id: str
    operation: str
    go: asyncio.Event = field(default_factory=asyncio.Event)


class Gates:
    """
    Who waits where.  Lives in memory: a request that waits dies with the process that holds its connection.
    """

    def __init__(self) -> None:
        self._waiting: list[_Ticket] = []
        self._changed = asyncio.Condition()

    async def wait(self, bank_id: str, gate: str, *, request_id: str, operation: str) -> None:
        """
        Wait until somebody lets this request go, `PATIENCE_S` at most.
        """
        ticket = _Ticket(bank_id, gate, request_id, operation)
        self._waiting.append(ticket)
        await self._tell()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await ticket.go.wait()
        finally:
            if ticket in self._waiting:
                self._waiting.remove(ticket)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def listed(self, bank_id: str, gate: str | None = None) -> list[dict[str, Any]]:
        """
        Who waits at the gates of a bank, first come first.
        """
        return [
            {"gate": t.gate, "request_id": t.request_id, "operation": t.operation}
            for t in self._waiting
            if t.bank_id == bank_id and gate in (None, t.gate)
        ]

    async def until(
        self, bank_id: str, gate: str, *, count: int, within_s: float
    ) -> list[dict[str, Any]]:
        """
        Who waits at a gate, as soon as they are `count`, or after `within_s` real seconds.
        """

        def enough() -> bool:
            return len(self.listed(bank_id, gate)) >= count

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s), self._changed:
                await self._changed.wait_for(enough)
        return self.listed(bank_id, gate)

    def release(
        self, bank_id: str, gate: str, *, order: list[str] | None, count: int | None
    ) -> list[str]:
        """
        Let go: those of `order` one after the other, or the first `count` (None = all) together; their request ids.
        """
        here = [t for t in self._waiting if t.bank_id == bank_id and t.gate == gate]
        if order is not None:
            chosen = [t for wanted in order for t in here if t.request_id == wanted]
        else:
            chosen = here[:count]
        for ticket in chosen:
            self._waiting.remove(ticket)
            ticket.go.set()
        return [ticket.request_id for ticket in chosen]
