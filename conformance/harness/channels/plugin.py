"""
The fixtures of the channels: what cases look at beside plain HTTP.  Given to pytest together with the suite's own plugin.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio

from conformance.harness.channels.announced import Announced, announce
from conformance.harness.channels.bank import BankGates
from conformance.harness.channels.browser import BrowserChannel, Visitor
from conformance.harness.channels.endpoint import Endpoint
from conformance.harness.channels.log import WebhookLog
from conformance.harness.channels.merchant import Merchant
from conformance.harness.channels.outages import (
    Interrupted,
    KilledApi,
    StoppedWorker,
    play_killed_api,
    play_killed_worker,
    play_production,
    play_stopped_worker,
)
from conformance.harness.channels.pages import PageServer
from conformance.harness.channels.processes import Processes
from conformance.harness.channels.redelivered import Redelivered, play_redelivery
from conformance.harness.channels.retrying import RetryScene, play_retries
from conformance.harness.channels.scenes import Scene
from conformance.harness.channels.shop import Hosted, Shop
from conformance.harness.channels.slow import SlowScene, begin_slow
from conformance.harness.channels.sql import Database, SqlChannel
from conformance.harness.channels.subscription import Subscription
from conformance.harness.client import RecordingClient
from conformance.harness.evidence import Transcript
from conformance.harness.inbox import Inbox
from conformance.harness.outcomes import Untested
from conformance.harness.plugin import SuitePlugin
from conformance.harness.target import Gateway

#: Scenes that are begun before the first case, in this order; the others are played when a case first looks.
_EARLY: Final = ("stopped_worker", "production", "interrupted", "killed_api", "slow")
_SCENES: Final = (*_EARLY, "announced", "retries", "redelivered")


class ChannelPlugin:
    """
    One run's channels and scenes.
    """

    def __init__(self, suite: SuitePlugin) -> None:
        self._suite = suite
        self._channels = suite.settings.channels
        self._scenes = {name: Scene(name.replace("_", " ")) for name in _SCENES}
        self._worker_is_odd = False
        self._http: httpx.AsyncClient | None = None
        self._browser = BrowserChannel()
        self._gates = BankGates(self._channels.bank)
        self._sql = SqlChannel(self._channels.sql, suite.settings.seed)

    def gateway_for(self, transcript: Transcript) -> Gateway:
        """
        The target, its exchanges written into this transcript.
        """
        assert self._http is not None
        client = RecordingClient(self._http, self._suite.settings.profile, transcript)
        return Gateway(client, self._suite.patience)

    @pytest_asyncio.fixture(scope="session", loop_scope="session")
    async def subscription(self, target_http: httpx.AsyncClient) -> Subscription:
        """
        Where the target delivers.
        """
        del target_http
        settings = self._suite.settings
        home = f"{settings.receiver_address}/webhook/{self._suite.inbox_name}"
        return Subscription(home if self._suite.webhooks_configured else None)

    @pytest_asyncio.fixture(scope="session", loop_scope="session")
    async def endpoint(self) -> AsyncIterator[Endpoint]:
        """
        The endpoint that answers as it is told; the target reaches it under the receiver's host.
        """
        host = urlsplit(self._suite.settings.receiver_address or "").hostname or "127.0.0.1"
        async with Endpoint(host) as running:
            yield running

    @pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
    async def early_scenes(
        self,
        request: pytest.FixtureRequest,
        target_http: httpx.AsyncClient,
        receiver_http: httpx.AsyncClient,
        subscription: Subscription,
        endpoint: Endpoint,
    ) -> None:
        """
        Play what cases of this run will look at and what takes its time; only what is asked for.
        """
        self._http = target_http
        asked = {name for item in request.session.items for name in _names_of(item)}
        wanted = [name for name in _EARLY if name in asked]
        if not wanted and "inbox" not in asked:
            return
        box = self._inbox(receiver_http, Transcript())
        if subscription.home is not None:
            await box.behave([])
        plays = self._plays(box, subscription, endpoint)
        for name in wanted:
            await self._scenes[name].play(plays[name])
        if self._worker_is_odd:
            await self._restore_worker()

    def _inbox(self, http: httpx.AsyncClient, transcript: Transcript) -> Inbox:
        suite = self._suite
        return Inbox(
            http,
            suite.inbox_name,
            transcript,
            configured=suite.webhooks_configured,
            mailbox=suite.mailbox,
        )

    def _plays(
        self, inbox: Inbox, subscription: Subscription, endpoint: Endpoint
    ) -> dict[str, Callable[[], Awaitable[Any]]]:
        def target(name: str) -> Gateway:
            return self.gateway_for(self._scenes[name].transcript)

        async def stopped_worker() -> StoppedWorker:
            processes = self._processes("stop-worker", "start-worker")
            self._worker_is_odd = True
            gateway = target("stopped_worker")
            return await play_stopped_worker(gateway, subscription, endpoint, processes)

        async def production() -> RetryScene:
            if not self._suite.settings.profile.can("clock"):
                raise Untested("two hours and a half pass only on a test clock")
            self._processes("stop-worker", "start-worker")
            if not self._worker_is_odd:
                await self._restart_odd()
            return await play_production(self.gateway_for, subscription, endpoint)

        async def interrupted() -> Interrupted:
            processes = self._processes("kill-worker", "start-worker")
            subscription.check()
            made = await play_killed_worker(
                self.gateway_for(Transcript()), inbox, endpoint, processes, self._gates
            )
            self._worker_is_odd = False
            return made

        async def killed_api() -> KilledApi:
            processes = self._processes("kill-api", "start-api")
            seed = self._suite.settings.seed
            return await play_killed_api(self.gateway_for(Transcript()), processes, seed=seed)

        async def slow() -> SlowScene:
            subscription.check()
            return await begin_slow(target("slow"), inbox, subscription, endpoint)

        plays = (stopped_worker, production, interrupted, killed_api, slow)
        return dict(zip(_EARLY, plays, strict=True))

    def _processes(self, *commands: str) -> Processes:
        """
        Process control.  Raises `Untested` when one of the commands is missing.
        """
        found = self._channels.processes
        for command in commands:
            action, _, party = command.partition("-")
            if found is None or not found.can(action, party):
                raise Untested(f"there is no process control (--{command})")
        assert found is not None
        return found

    async def _restart_odd(self) -> None:
        from conformance.harness.channels.outages import PRODUCTION

        processes = self._processes("stop-worker", "start-worker")
        await processes.stop("worker")
        await processes.start("worker", PRODUCTION)
        self._worker_is_odd = True

    async def _restore_worker(self) -> None:
        """
        The worker with its usual settings again.
        """
        processes = self._processes("stop-worker", "start-worker")
        await processes.stop("worker")
        await processes.start("worker", {})
        self._worker_is_odd = False

    @pytest.fixture
    def bank_gates(self) -> BankGates:
        """
        Gates at the bank, which hold nothing where the target's bank is its own.
        """
        return self._gates

    @pytest.fixture
    def log(self, gateway: Gateway) -> WebhookLog:
        """
        The target's log of deliveries.
        """
        return WebhookLog(gateway)

    @pytest_asyncio.fixture(loop_scope="session")
    async def announced(
        self, inbox: Inbox, transcript: Transcript, subscription: Subscription
    ) -> Announced:
        """
        Payments, a refund, and the webhooks about them.
        """
        subscription.check()
        scene = self._scenes["announced"]
        if not scene.is_played:
            await scene.play(lambda: announce(self.gateway_for(scene.transcript), inbox))
        return scene.look(transcript, Announced)

    @pytest_asyncio.fixture(loop_scope="session")
    async def retries(
        self, transcript: Transcript, subscription: Subscription, endpoint: Endpoint
    ) -> RetryScene:
        """
        Webhooks that are answered badly, until the target gives up.
        """
        subscription.check()
        scene = self._scenes["retries"]
        if not scene.is_played:
            await scene.play(lambda: play_retries(self.gateway_for, subscription, endpoint))
        return scene.look(transcript, RetryScene)

    @pytest_asyncio.fixture(loop_scope="session")
    async def redelivered(
        self, inbox: Inbox, transcript: Transcript, subscription: Subscription
    ) -> Redelivered:
        """
        A webhook that was asked for again.
        """
        subscription.check()
        scene = self._scenes["redelivered"]
        if not scene.is_played:
            await scene.play(lambda: play_redelivery(self.gateway_for(scene.transcript), inbox))
        return scene.look(transcript, Redelivered)

    @pytest.fixture
    def production(self, transcript: Transcript) -> RetryScene:
        """
        A webhook that is never taken, by the production schedule.
        """
        return self._scenes["production"].look(transcript, RetryScene)

    @pytest.fixture
    def slow(self, transcript: Transcript) -> SlowScene:
        """
        Endpoints that take too long.
        """
        return self._scenes["slow"].look(transcript, SlowScene)

    @pytest.fixture
    def stopped_worker(self, transcript: Transcript) -> StoppedWorker:
        """
        What the target says while no worker runs.
        """
        return self._scenes["stopped_worker"].look(transcript, StoppedWorker)

    @pytest.fixture
    def interrupted(self, transcript: Transcript) -> Interrupted:
        """
        A batch of payments during which the worker was killed.
        """
        return self._scenes["interrupted"].look(transcript, Interrupted)

    @pytest.fixture
    def killed_api(self, transcript: Transcript) -> KilledApi:
        """
        Keyed requests during which the API was killed.
        """
        return self._scenes["killed_api"].look(transcript, KilledApi)

    @pytest_asyncio.fixture(loop_scope="session")
    async def database(self, transcript: Transcript, channels_closed: None) -> Database:
        """
        The target's database.
        """
        del channels_closed
        return await self._sql.database(transcript)

    @pytest_asyncio.fixture(scope="session", loop_scope="session")
    async def channels_closed(self) -> AsyncIterator[None]:
        """
        Close what was opened, when the run is over.
        """
        yield
        await self._browser.close()
        await self._sql.close()

    @pytest_asyncio.fixture(loop_scope="session")
    async def visitor(
        self, transcript: Transcript, channels_closed: None
    ) -> AsyncIterator[Visitor]:
        """
        A fresh browser page.
        """
        del channels_closed
        if self._channels.checkout is None and self._channels.dashboard is None:
            raise Untested("no browser was asked for (--browser)")
        visitor = await self._browser.visitor(transcript)
        yield visitor
        await visitor.keep()
        await visitor.page.context.close()

    @pytest.fixture
    def checkout_url(self) -> str:
        """
        The checkout's address.
        """
        if self._channels.checkout is None:
            raise Untested("the checkout's address was not given (--browser, --checkout)")
        return self._channels.checkout

    @pytest_asyncio.fixture(loop_scope="session")
    async def shop(
        self, visitor: Visitor, gateway: Gateway, checkout_url: str
    ) -> AsyncIterator[Shop]:
        """
        A merchant's page with the checkout's script and an order of 50 000.
        """
        order_id = await gateway.order()
        script, key = f"{checkout_url}/checkout.js", gateway.profile.auth["key"]
        async with PageServer() as pages:
            yield await Shop.opened(visitor, pages, script=script, key=key, order_id=order_id)

    @pytest_asyncio.fixture(loop_scope="session")
    async def hosted(self, visitor: Visitor, gateway: Gateway, checkout_url: str) -> Hosted:
        """
        The checkout's hosted page for an order of 50 000.
        """
        order_id = await gateway.order()
        await visitor.open(f"{checkout_url}/checkout?order_id={order_id}")
        return Hosted(visitor, order_id)

    @pytest_asyncio.fixture(loop_scope="session")
    async def merchant(self, visitor: Visitor, dashboard_url: str) -> Merchant:
        """
        The test merchant, logged in to the dashboard.
        """
        merchant = Merchant(visitor, dashboard_url)
        await merchant.log_in()
        return merchant

    @pytest.fixture
    def dashboard_url(self) -> str:
        """
        The dashboard's address.
        """
        if self._channels.dashboard is None:
            raise Untested("the dashboard's address was not given (--browser, --dashboard)")
        return self._channels.dashboard


def _names_of(item: pytest.Item) -> tuple[str, ...]:
    return tuple(getattr(item, "fixturenames", ()))
