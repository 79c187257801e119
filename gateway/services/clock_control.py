"""
The test clock: freeze, advance, follow the next due instant.  `advance` returns when everything due by then has settled.

Every party is asked for its next timer, so that due instants happen in order across the system (docs/ARCHITECTURE.md, clock followers).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway.domain.errors import BadRequest, Conflict, RetryLater
from gateway.domain.timers import ClockStanding, ClockState, FollowerState
from gateway.services.context import Context
from gateway.storage import work
from gateway.storage.test_clock import read_clock, set_clock

#: Real seconds that one instant may take to settle before the caller is told what hangs.
SETTLE_S_MAX: Final = 30.0
_POLL_S: Final = 0.004
#: More instants than this in one advance is a loop in somebody's timers.
_INSTANTS_MAX: Final = 100_000
_MODES: Final = ("real", "frozen", "auto")


class Followers(Protocol):
    """
    The other parties that hold timers: bank and receiver.
    """

    def tell(self, mode: str, now: datetime, *, hold: bool) -> Awaitable[None]:
        """
        Set their clocks; `hold` keeps them from acting on it yet.
        """
        ...

    def ask(self) -> Awaitable[Sequence[FollowerState]]:
        """
        Their next timers.
        """
        ...


class NotSettled(Conflict):
    """
    Work that was due did not settle in time; the clock stands where it stopped.
    """


def _earliest_after(
    now: datetime, ours: datetime | None, followers: Sequence[FollowerState]
) -> datetime | None:
    due = [ours, *(state.next_due_at for state in followers)]
    return min((at for at in due if at is not None and at > now), default=None)


class ClockControl:
    """
    Steers the business clock; one change at a time in this process.
    """

    def __init__(self, context: Context, followers: Followers) -> None:
        self._context = context
        self._followers = followers
        self._lock = asyncio.Lock()

    async def show(self) -> ClockStanding:
        """
        The clock as it stands, and when something is due next.
        """
        clock = await read_clock(self._context.database)
        ours, outstanding, now = await work.horizon(self._context.database)
        followers: Sequence[FollowerState] | None = None
        with contextlib.suppress(RetryLater):
            followers = await self._followers.ask()
        return ClockStanding(
            clock=clock,
            next_due_at=_earliest_after(now, ours, followers or ()),
            outstanding=outstanding,
            followers_answered=followers is not None,
        )

    async def set_mode(self, mode: object, at: datetime | None) -> ClockState:
        """
        Change the mode; `at` sets the instant of a clock that is not real.  Raises `BadRequest`.
        """
        if mode not in _MODES:
            raise BadRequest(f"mode must be one of {', '.join(_MODES)}", param="mode")
        async with self._lock:
            if mode != "real" and at is None:
                at = (await read_clock(self._context.database)).now
            return await self._set(str(mode), at)

    async def advance(self, by: timedelta) -> ClockState:
        """
        Move a frozen clock forward, instant by instant, each settled before the next.  Raises `BadRequest`, `NotSettled`.
        """
        async with self._lock:
            state = await self._movable()
            target = state.now + by
            await self._settle()
            for _ in range(_INSTANTS_MAX):
                due_at = await self._next_due_at()
                if due_at is None or due_at > target:
                    break
                await self._move(state.mode, due_at)
            return await self._move(state.mode, target)

    async def advance_to_next(self) -> ClockState:
        """
        Move a frozen clock to the next due instant of any party and settle it.  Raises `BadRequest`, `NotSettled`, `Conflict` when nothing is due.
        """
        async with self._lock:
            state = await self._movable()
            await self._settle()
            due_at = await self._next_due_at()
            if due_at is None:
                raise Conflict("Nothing is due: no party holds a timer.")
            return await self._move(state.mode, due_at)

    async def _movable(self) -> ClockState:
        state = await read_clock(self._context.database)
        if state.mode == "real":
            raise BadRequest(
                'The clock is real; freeze it first with {"mode": "frozen"}', param="advance"
            )
        return state

    async def jump(self) -> bool:
        """
        In auto mode: when nothing is due, move to the next due instant.  False when there was nothing to do.
        """
        async with self._lock:
            state = await read_clock(self._context.database)
            if state.mode != "auto" or not await self._is_quiet():
                return False
            due_at = await self._next_due_at()
            if due_at is None:
                return False
            await self._move("auto", due_at)
            return True

    async def _move(self, mode: str, at: datetime) -> ClockState:
        state = await self._set(mode, at)
        await self._settle()
        return state

    async def _set(self, mode: str, at: datetime | None) -> ClockState:
        """
        Everybody gets the new time before anybody acts on it; else a webhook could arrive "before" it was sent.
        """
        told = "real" if at is None else "frozen"
        now = at or self._context.clock.now()
        await self._followers.tell(told, now, hold=True)
        state = await set_clock(self._context.database, mode=mode, at=at)
        await self._followers.tell(told, now, hold=False)
        return state

    async def _next_due_at(self) -> datetime | None:
        ours, _, now = await work.horizon(self._context.database)
        return _earliest_after(now, ours, await self._followers.ask())

    async def _is_quiet(self) -> bool:
        _, outstanding, now = await work.horizon(self._context.database)
        if outstanding:
            return False
        return all(
            state.idle and (state.next_due_at is None or state.next_due_at > now)
            for state in await self._followers.ask()
        )

    async def _settle(self) -> None:
        deadline = self._context.clock.monotonic_s() + SETTLE_S_MAX
        while not await self._is_quiet():
            if self._context.clock.monotonic_s() > deadline:
                raise NotSettled(
                    "Work that is due did not settle within 30 s; is a worker running? See GET /api/v1/test/jobs/status."
                )
            await self._context.clock.sleep(_POLL_S)
