"""
The clients for threads: `SyncClient` for the gateway's REST API, `SyncBank` for the simulated bank's control API.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar, cast

import httpx

from . import bank_operations, clock, operations, rng
from .binding import described
from .calls import Call, Document, following
from .conversation import TIMEOUT_S, Pause, Policy, converse
from .errors import TimedOut
from .hook_results import TestClock
from .results import Page, Payment

P = ParamSpec("P")
T = TypeVar("T")
#: Seconds between two looks at a payment that is not decided.
POLL_S: Final = 0.05


class SyncRunner:
    """
    Runs calls over one pool of connections.  `transport`, `sleep`, `now`, `monotonic_s` and `draw` can be passed in, for tests.
    """

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        *,
        timeout_s: float,
        transport: httpx.BaseTransport | None,
        sleep: Callable[[float], object],
        now: Callable[[], datetime],
        monotonic_s: Callable[[], float],
        draw: Callable[[], float],
    ) -> None:
        self._sleep = sleep
        self._monotonic_s = monotonic_s
        self._policy = Policy(timeout_s=timeout_s, now=now, draw=draw)
        self._http = httpx.Client(
            base_url=base_url,
            headers=dict(headers),
            timeout=timeout_s,
            transport=transport,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        """
        Use as a context manager to close the connections at the end.
        """
        return self

    def __exit__(self, *_: object) -> None:
        """
        Let go of the connections.
        """
        self.close()

    def close(self) -> None:
        """
        Let go of the connections.
        """
        self._http.close()

    def run(self, call: Call[T]) -> T:
        """
        The result of a call.  Raises `GatewayError`.
        """
        return call.read(self.ask(call))

    def ask(self, call: Call[Any]) -> Document:
        """
        The answer to a call as it came.  Raises `GatewayError`.
        """
        steps = converse(call, self._policy)
        step = next(steps)
        while True:
            heard: httpx.Response | httpx.HTTPError | None = None
            if isinstance(step, Pause):
                self._sleep(step.seconds)
            else:
                heard = self._exchange(step.call)
            try:
                step = steps.send(heard)
            except StopIteration as done:
                return cast("Document", done.value)

    def _exchange(self, call: Call[object]) -> httpx.Response | httpx.HTTPError:
        try:
            return self._http.request(
                call.method,
                call.path,
                json=call.body,
                params=call.query or None,
                headers=call.all_headers,
                timeout=call.timeout_s or self._policy.timeout_s,
            )
        except httpx.HTTPError as error:
            return error


def _one(build: Callable[P, Call[T]]) -> Callable[Concatenate[SyncRunner, P], T]:
    """
    A method that runs the call which `build` makes.
    """

    def method(self: SyncRunner, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.run(build(*args, **kwargs))

    return described(method, build)


def _each(build: Callable[P, Call[Page[T]]]) -> Callable[Concatenate[SyncRunner, P], Iterator[T]]:
    """
    A method that goes through all pages of a list, row by row.
    """

    def method(self: SyncRunner, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        call: Call[Page[T]] | None = build(*args, **kwargs)
        while call is not None:
            page = self.run(call)
            yield from page.data
            call = following(call, page)

    return described(method, build, iterates=True)


class SyncClient(SyncRunner):
    """
    One merchant's connection to the gateway at `base_url`.  The methods are documented in `operations.py`; `iterate_…` goes through all pages.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str,
        api_secret: str,
        timeout_s: float = TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = clock.sleep,
        now: Callable[[], datetime] = clock.now,
        monotonic_s: Callable[[], float] = clock.monotonic_s,
        draw: Callable[[], float] = rng.draw,
    ) -> None:
        super().__init__(
            base_url,
            {"X-Api-Key": api_key, "X-Api-Secret": api_secret},
            timeout_s=timeout_s,
            transport=transport,
            sleep=sleep,
            now=now,
            monotonic_s=monotonic_s,
            draw=draw,
        )

    create_order = _one(operations.create_order)
    get_order = _one(operations.get_order)
    create_payment = _one(operations.create_payment)
    get_payment = _one(operations.get_payment)
    capture_payment = _one(operations.capture_payment)
    void_payment = _one(operations.void_payment)
    create_refund = _one(operations.create_refund)
    get_refund = _one(operations.get_refund)
    list_orders = _one(operations.list_orders)
    list_payments = _one(operations.list_payments)
    list_refunds = _one(operations.list_refunds)
    list_refunds_of_payment = _one(operations.list_refunds_of_payment)
    list_deliveries = _one(operations.list_deliveries)
    list_events = _one(operations.list_events)
    iterate_orders = _each(operations.list_orders)
    iterate_payments = _each(operations.list_payments)
    iterate_refunds = _each(operations.list_refunds)
    iterate_refunds_of_payment = _each(operations.list_refunds_of_payment)
    iterate_deliveries = _each(operations.list_deliveries)
    iterate_events = _each(operations.list_events)
    get_webhook_config = _one(operations.get_webhook_config)
    set_webhook_config = _one(operations.set_webhook_config)
    regenerate_secret = _one(operations.regenerate_secret)
    send_test_webhook = _one(operations.send_test_webhook)
    retry_webhook = _one(operations.retry_webhook)
    list_attempts = _one(operations.list_attempts)
    get_health = _one(operations.get_health)
    get_jobs_status = _one(operations.get_jobs_status)
    get_test_clock = _one(operations.get_test_clock)
    set_test_clock = _one(operations.set_test_clock)
    freeze_test_clock = _one(operations.freeze_test_clock)
    auto_test_clock = _one(operations.auto_test_clock)
    real_test_clock = _one(operations.real_test_clock)
    advance_test_clock = _one(operations.advance_test_clock)

    def wait_for_payment(self, payment_id: str, *, within_s: float = 30.0) -> Payment:
        """
        The payment once it is decided.  Raises `TimedOut` when it still is not after `within_s` real seconds.
        """
        deadline_s = self._monotonic_s() + within_s
        while not (payment := self.get_payment(payment_id)).is_decided:
            if self._monotonic_s() >= deadline_s:
                raise TimedOut(f"{payment_id} is still {payment.status} after {within_s:g} s")
            self._sleep(POLL_S)
        return payment

    @contextmanager
    def frozen_clock(self, at: datetime | str | None = None) -> Iterator[TestClock]:
        """
        Stop the business clock for the length of the block; real again after it.
        """
        try:
            yield self.freeze_test_clock(at)
        finally:
            self.real_test_clock()


class SyncBank(SyncRunner):
    """
    The control API of the simulated bank at `base_url`; `bank_id` is the isolated bank that is meant: the gateway names it after its merchant's id.
    """

    def __init__(
        self,
        base_url: str,
        *,
        bank_id: str = "default",
        bank_key: str = "bank_test_key",
        timeout_s: float = TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = clock.sleep,
    ) -> None:
        super().__init__(
            base_url,
            {"X-Bank-Id": bank_id, "X-Bank-Key": bank_key},
            timeout_s=timeout_s,
            transport=transport,
            sleep=sleep,
            now=clock.now,
            monotonic_s=clock.monotonic_s,
            draw=rng.draw,
        )

    outcomes = _one(bank_operations.outcomes)
    control = _one(bank_operations.control)
    program_outcome = _one(bank_operations.program_outcome)
    load_scenario = _one(bank_operations.load_scenario)
    clear_scenarios = _one(bank_operations.clear_scenarios)
    break_answers = _one(bank_operations.break_answers)
    close_gate = _one(bank_operations.close_gate)
    wait_at_gate = _one(bank_operations.wait_at_gate)
    release_gate = _one(bank_operations.release_gate)
    open_gate = _one(bank_operations.open_gate)
    set_account = _one(bank_operations.set_account)
    open_dispute = _one(bank_operations.open_dispute)
    close_dispute = _one(bank_operations.close_dispute)
    journal = _one(bank_operations.journal)
    entries = _one(bank_operations.entries)
    statement = _one(bank_operations.statement)
    inquire = _one(bank_operations.inquire)
    reset = _one(bank_operations.reset)
