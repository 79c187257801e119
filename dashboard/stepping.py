"""
Where the clock stands, and the next instant at which anything is due, as far as each party says.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.bank import BankConsole
from dashboard.gateway import Gateway, Source, offered
from dashboard.instants import offset, parsed, precise

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """
    One party that holds timers; `problem` when it could not be asked.
    """

    name: str
    now: str | None
    next_due_at: str | None
    idle: bool | None
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    The business clock and everybody's timers.
    """

    clock: Source
    parties: tuple[Party, ...]

    @property
    def mode(self) -> str:
        """
        `real`, `frozen`, `auto`, or empty when unknown.
        """
        return str((self.clock.document or {}).get("mode", ""))

    @property
    def now(self) -> datetime | None:
        """
        Business time.
        """
        return parsed((self.clock.document or {}).get("now"))

    @property
    def next_due_at(self) -> datetime | None:
        """
        The earliest timer of any party, as the gateway says.
        """
        return parsed((self.clock.document or {}).get("next_due_at"))


def _party(name: str, source: Source) -> Party:
    document = source.document or {}
    idle = document.get("idle")
    return Party(
        name=name,
        now=document.get("now"),
        next_due_at=document.get("next_due_at"),
        idle=idle if isinstance(idle, bool) else None,
        problem=source.problem,
    )


async def standing(gateway: Gateway, bank: BankConsole, receiver_url: str) -> Standing:
    """
    Ask everybody.
    """

    async def nobody(name: str) -> Source:
        return Source(None, f"{name} is not set.")

    clock, at_bank, at_receiver = await asyncio.gather(
        offered(gateway.get_test_clock(), "the test clock"),
        bank.offered("/control/clock", "The bank's clock"),
        bank.follower(f"{receiver_url}/clock") if receiver_url else nobody("RECEIVER_URL"),
    )
    return Standing(
        clock=clock,
        parties=(
            _party("gateway", clock),
            _party("bank", at_bank),
            _party("receiver", at_receiver),
        ),
    )


async def step(gateway: Gateway) -> str:
    """
    Move a frozen clock to the next due instant; what to tell the person.  Raises the client's errors.
    """
    before = parsed((await gateway.get_test_clock()).get("now"))
    moved = await gateway.move_clock(advance="next")
    after = parsed(moved.get("now"))
    if before is None or after is None:
        return "Moved."
    return f"Moved {offset((after - before).total_seconds())} to {precise(moved.get('now'))}."
