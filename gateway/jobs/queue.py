"""
SAQ as a carrier of hints.  A job says "look at payment X"; the truth is the work item in PostgreSQL, so a lost or doubled job changes nothing.

SAQ's defaults are overridden where they were measured to lose work or spin (reliability, appendix 1-3).
"""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from saq.job import Job
from saq.queue.redis import RedisQueue

from gateway.clock import Clock
from gateway.domain.work import WorkRef

QUEUE_NAME: Final = "paywright"
FUNCTION: Final = "step"
#: Real seconds that a request waits for Valkey to take its hint.  Source: reliability 5.5 step 6.
SEND_TIMEOUT_S: Final = 0.25
#: After a failure, hints are not even tried for this long, so that a dead Valkey costs requests nothing.
REST_S: Final = 1.0
_BLOCK_S: Final = 1.0
_BACKOFF_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
_log = structlog.get_logger("gateway.queue")


class HintQueue(RedisQueue):
    """
    SAQ's queue whose `dequeue` rests while Valkey is away, instead of spinning.
    """

    def __init__(self, redis: Redis, clock: Clock) -> None:
        super().__init__(redis, name=QUEUE_NAME, max_concurrent_ops=64)
        self._clock = clock
        self._failures = 0

    async def dequeue(self, timeout: float = 0.0, poll_interval: float = 0.0) -> Job | None:  # noqa: ASYNC109  SAQ's signature
        """
        The next hint, or None after a second or when Valkey is away.
        """
        del timeout
        try:
            job = await super().dequeue(_BLOCK_S, poll_interval)
        except (RedisError, OSError, TimeoutError) as error:
            delay_s = _BACKOFF_S[min(self._failures, len(_BACKOFF_S) - 1)]
            if self._failures == 0:
                _log.warning("valkey_away", reason=type(error).__name__)
            self._failures += 1
            await self._clock.sleep(delay_s)
            return None
        if self._failures:
            _log.info("valkey_back")
            self._failures = 0
        return job


def connect(redis_url: str) -> Redis:
    """
    A Valkey client that fails at once instead of retrying inside.
    """
    return Redis.from_url(
        redis_url,
        socket_connect_timeout=1.0,
        socket_timeout=5.0,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )


class QueueHints:
    """
    Sends hints through SAQ.  Swallows every failure of Valkey, counted: the sweeper finds what a hint missed.
    """

    def __init__(self, queue: HintQueue, clock: Clock) -> None:
        self._queue = queue
        self._clock = clock
        self._rest_until_s = 0.0
        self.failures = 0

    async def send(self, refs: Iterable[WorkRef]) -> None:
        """
        Hint at these work items, within a quarter of a second or not at all.
        """
        wanted = list(refs)
        if not wanted or self._clock.monotonic_s() < self._rest_until_s:
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                for ref in wanted:
                    await self._queue.enqueue(
                        Job(
                            function=FUNCTION,
                            kwargs={"kind": ref.kind.value, "entity_id": ref.entity_id},
                            retries=1,
                            timeout=10,
                            ttl=-1,
                        )
                    )
        except (RedisError, OSError, TimeoutError):
            self.failures += 1
            self._rest_until_s = self._clock.monotonic_s() + REST_S


class NoHints:
    """
    For processes without Valkey: everything is found by the sweeper.
    """

    async def send(self, refs: Iterable[WorkRef]) -> None:
        """
        Drop the hint.
        """
        del refs


def job_settings() -> dict[str, Any]:
    """
    SAQ's timers: its sweep is not needed for hints, its schedule is not used.
    """
    return {"schedule": 60, "worker_info": 30, "sweep": 60, "abort": 60}
