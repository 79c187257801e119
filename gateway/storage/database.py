"""
The connection pool and the one way to write: `transact`, with bounded retries.

READ COMMITTED everywhere; money changes by conditional UPDATE (reliability 5.3).  A transaction that fails at COMMIT may have committed, so every
function given to `transact` must be safe to run again: its ids are drawn outside, its updates are guarded.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias, TypeVar

import asyncpg

from gateway.clock import Clock
from gateway.domain.errors import RetryLater

T = TypeVar("T")
#: asyncpg ships no types for its pool connections.
Connection: TypeAlias = Any

#: PostgreSQL error classes after which the same transaction may be tried again.  Source: reliability 5.3.
_RETRYABLE_STATES: Final = frozenset(
    {"40001", "40P01", "57P01", "57P02", "57P03", "25006", "53300", "25P03"}
)
#: Real seconds that a caller waits for a database that is away before it gets 503.  Source: reliability D1.
BUDGET_S: Final = 2.0
_SETTINGS: Final = {
    "lock_timeout": "1000",
    "statement_timeout": "5000",
    "idle_in_transaction_session_timeout": "10000",
    "jit": "off",
    # Starting a process for a query of some milliseconds costs more than it saves (figures over 100,000 payments: 39 ms of work instead of 24).
    "max_parallel_workers_per_gather": "0",
}


#: A row that somebody else holds for longer than `lock_timeout`, or a statement over its time.
_BUSY_STATES: Final = frozenset({"55P03", "57014"})


class RowBusy(RetryLater):
    """
    Another transaction holds the row for longer than this one may wait; nothing was done.
    """

    def __init__(self) -> None:
        super().__init__("Another request is changing the same object; send the request again.")


def is_retryable(error: BaseException) -> bool:
    """
    Whether the failure says nothing about the request itself: lost connection, serialisation, dead-lock, server starting or stopping.
    """
    if isinstance(error, asyncpg.PostgresError):
        state = getattr(error, "sqlstate", None) or ""
        return state in _RETRYABLE_STATES or state.startswith("08")
    return isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError | OSError)


async def _keep(_connection: object) -> None:
    """
    Take the place of asyncpg's reset query: nothing here sets session state, so a round trip per use is saved.
    """


class Database:
    """
    PostgreSQL as the gateway sees it.
    """

    def __init__(self, dsn: str, clock: Clock, *, connections_max: int, name: str) -> None:
        self.dsn = dsn
        self._clock = clock
        self._connections_max = connections_max
        self._name = name
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self) -> None:
        """
        Connect; raises asyncpg's or the system's error when the server is away.
        """
        self._pool = await asyncpg.create_pool(
            self.dsn,
            min_size=2,
            max_size=self._connections_max,
            reset=_keep,
            command_timeout=10,
            server_settings={**_SETTINGS, "application_name": self._name},
        )

    async def close(self) -> None:
        """
        Let go of every connection.
        """
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    @property
    def pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        """
        The open pool.
        """
        assert self._pool is not None, "the database is not open"
        return self._pool

    async def read(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """
        Run one statement, retried while the server is away; raises `RetryLater` when it stays away.
        """

        async def once(connection: Connection) -> list[asyncpg.Record]:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
            return rows

        return await self._with_retries(once)

    async def read_one(self, query: str, *arguments: Any) -> asyncpg.Record | None:
        """
        The first row of one statement, or None.
        """
        rows = await self.read(query, *arguments)
        return rows[0] if rows else None

    async def statement(self, query: str, *arguments: Any) -> asyncpg.Record | None:
        """
        Run one writing statement in its own transaction; safe to repeat, or guarded.
        """
        return await self.read_one(query, *arguments)

    async def transact(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """
        Run `work` in one transaction, retried when the failure is nobody's fault.
        """

        async def once(connection: Connection) -> T:
            async with connection.transaction():
                return await work(connection)

        return await self._with_retries(once)

    async def _with_retries(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        deadline = self._clock.monotonic_s() + BUDGET_S
        delay_s = 0.01
        while True:
            try:
                async with asyncio.timeout(BUDGET_S):
                    connection = await self.pool.acquire()
                try:
                    return await work(connection)
                finally:
                    await asyncio.shield(self.pool.release(connection))
            except (
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                asyncpg.InternalClientError,
                OSError,
                TimeoutError,
            ) as error:
                if getattr(error, "sqlstate", None) in _BUSY_STATES:
                    raise RowBusy from error
                if not isinstance(error, TimeoutError) and not is_retryable(error):
                    raise
                if self._clock.monotonic_s() + delay_s > deadline:
                    raise RetryLater(
                        "The database is away; nothing was done. Send the request again with the same Idempotency-Key."
                    ) from error
            await self._clock.sleep(delay_s)
            delay_s = min(delay_s * 2, 0.2)
