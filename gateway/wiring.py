"""
Builds the objects that the entry points need from the settings.
"""

from dataclasses import dataclass

from redis.asyncio import Redis

from gateway.bank.client import BankClient
from gateway.clock import SystemClock
from gateway.config import Settings
from gateway.delivery.network import CheckedNetwork
from gateway.delivery.sender import WebhookSender
from gateway.domain.retries import RETRY_DELAYS_S, RETRY_DELAYS_TEST_S
from gateway.domain.secrets_at_rest import SecretBox
from gateway.domain.webhook_url import Egress
from gateway.domain.work import LEASE_S, LEASE_TEST_S
from gateway.jobs.queue import HintQueue, QueueHints, connect
from gateway.rng import Rng, SeededRng, SystemRng
from gateway.services.context import Context, Ids, Policy
from gateway.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """
    What a process holds open.
    """

    context: Context
    database: Database
    bank: BankClient
    sender: WebhookSender
    redis: Redis
    queue: HintQueue
    clock: SystemClock
    rng: Rng

    async def close(self) -> None:
        """
        Let go of everything.
        """
        await self.sender.close()
        await self.bank.close()
        await self.redis.aclose()
        await self.database.close()


def build(settings: Settings, *, name: str) -> Parts:
    """
    Construct, without connecting to anything yet.
    """
    clock = SystemClock()
    rng: Rng = (
        SeededRng(settings.test_seed) if settings.test_mode and settings.test_seed else SystemRng()
    )
    database = Database(
        settings.database_url, clock, connections_max=settings.connections_max, name=name
    )
    bank = BankClient(
        base_url=settings.bank_url,
        api_key=settings.bank_api_key,
        callback_url=f"{settings.public_url.rstrip('/')}/api/v1/bank/callbacks",
        timeout_s=settings.bank_timeout_ms / 1000,
    )
    egress = Egress(settings.webhook_egress)
    sender = WebhookSender(
        CheckedNetwork(egress=egress, own_ports=settings.own_ports), clock.monotonic_s
    )
    redis = connect(settings.redis_url)
    queue = HintQueue(redis, clock)
    context = Context(
        database=database,
        bank=bank,
        sender=sender,
        hints=QueueHints(queue, clock),
        ids=Ids(rng),
        rng=rng,
        clock=clock,
        secrets=SecretBox.from_text(settings.secrets_key),
        policy=Policy(
            test_mode=settings.test_mode,
            retry_delays_s=RETRY_DELAYS_TEST_S
            if settings.webhook_retry_intervals_test
            else RETRY_DELAYS_S,
            egress=egress,
            own_ports=settings.own_ports,
            lease_s=LEASE_TEST_S if settings.test_mode else LEASE_S,
            secret_overlap_s=settings.secret_overlap_s,
            breaker_enabled=not settings.test_mode,
        ),
        worker_id=settings.worker_id,
    )
    return Parts(
        context=context,
        database=database,
        bank=bank,
        sender=sender,
        redis=redis,
        queue=queue,
        clock=clock,
        rng=rng,
    )
