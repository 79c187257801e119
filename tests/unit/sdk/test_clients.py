"""
Sync and async clients over a scripted transport: the same surface, typed results, tries, pages, waiting.
"""

import asyncio
import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import httpx
import pytest

from sdk.python import bank_operations, errors, operations
from sdk.python.async_client import AsyncBank, AsyncClient
from sdk.python.conversation import PAUSE_S_MAX, Policy, retry_after_s
from sdk.python.sync_client import SyncBank, SyncClient
from tests.unit.sdk.scripted import NOW, PAYMENT, Script

Run = Callable[[Script, str], Any]


def _sync(script: Script, name: str, *args: Any, **kwargs: Any) -> Any:
    with script.sync_client() as client:
        return getattr(client, name)(*args, **kwargs)


def _async(script: Script, name: str, *args: Any, **kwargs: Any) -> Any:
    async def run() -> Any:
        async with script.async_client() as client:
            found = getattr(client, name)(*args, **kwargs)
            return [row async for row in found] if hasattr(found, "__aiter__") else await found

    return asyncio.run(run())


both = pytest.mark.parametrize("call", [_sync, _async], ids=["sync", "async"])


def _ok(**members: Any) -> httpx.Response:
    return httpx.Response(200, json={**PAYMENT, **members})


def _surface(kind: type) -> dict[str, str]:
    return {
        name: str(inspect.signature(member).replace(return_annotation=None))
        for name, member in inspect.getmembers(kind, callable)
        if not name.startswith("_")
    }


@pytest.mark.parametrize(("one", "other"), [(SyncClient, AsyncClient), (SyncBank, AsyncBank)])
def test_both_kinds_have_the_same_surface(one: type, other: type) -> None:
    """
    The same names with the same arguments; nothing is in one only.
    """
    assert _surface(one) == _surface(other)


@pytest.mark.parametrize(
    ("module", "kind", "elsewhere"),
    [(operations, SyncClient, {"list_page"}), (bank_operations, SyncBank, set())],
)
def test_every_operation_is_bound(module: ModuleType, kind: type, elsewhere: set[str]) -> None:
    """
    A call that is built but cannot be reached would be dead.  `list_page` belongs to the plain client.
    """
    built = {
        name
        for name, member in inspect.getmembers(module, inspect.isfunction)
        if member.__module__ == module.__name__ and not name.startswith("_")
    }

    assert built - set(_surface(kind)) == elsewhere
    assert all(inspect.getdoc(getattr(kind, name)) for name in built - elsewhere)


@both
def test_results_are_typed_and_keep_what_they_do_not_know(call: Any) -> None:
    """
    Minor units, aware instants, unknown members under their own names.
    """
    payment = call(Script(_ok(sparkle=[1], captured=True)), "get_payment", "pay_1")

    assert payment.amount_minor == 50_000
    assert payment.created_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert payment.captured
    assert not payment.is_decided
    assert payment["sparkle"] == [1]
    assert hash(payment)
    with pytest.raises(AttributeError):
        payment.amount_minor = 1


@both
@pytest.mark.parametrize(
    "member",
    [
        {"amount": "50000"},
        {"amount": True},
        {"amount": 1.5},
        {"id": None},
        {"created_at": "yesterday"},
        {"captured": "yes"},
        {"next_action": []},
    ],
    ids=str,
)
def test_wrong_members_are_typed_errors(call: Any, member: dict[str, Any]) -> None:
    """
    A float or a bool is never money.
    """
    with pytest.raises(errors.AnswerUnreadable, match=f"^{next(iter(member))} must be"):
        call(Script(_ok(**member)), "get_payment", "pay_1")


@both
@pytest.mark.parametrize("content", [b"<html>", b"[]", b"null", b'"x"', b"", b"[" * 100_000])
def test_answers_that_are_no_documents_are_typed_errors(call: Any, content: bytes) -> None:
    """
    Also with a 200, and however deep.
    """
    with pytest.raises(errors.AnswerUnreadable):
        call(Script(httpx.Response(200, content=content)), "get_payment", "pay_1")


@both
def test_reads_are_tried_three_times_with_growing_pauses(call: Any) -> None:
    """
    Then the last failure is raised, with its cause.
    """
    script = Script(httpx.ConnectError("no"), httpx.Response(503), httpx.ReadTimeout("slow"))

    with pytest.raises(errors.TimedOut, match="ReadTimeout: slow") as caught:
        call(script, "get_payment", "pay_1")

    assert script.pauses == [0.1, 0.2]
    assert isinstance(caught.value.__cause__, httpx.ReadTimeout)


WRITES = [
    ("create_payment", ("order_1",), {"method": "upi"}),
    ("capture_payment", ("pay_1",), {}),
    ("void_payment", ("pay_1",), {}),
]


@both
@pytest.mark.parametrize(("name", "args", "more"), WRITES, ids=[w[0] for w in WRITES])
@pytest.mark.parametrize("answer", [503, 429, None], ids=str)
def test_writes_are_repeated_with_a_key_only(
    call: Any, name: str, args: tuple[str, ...], more: dict[str, Any], answer: int | None
) -> None:
    """
    Nobody pays twice because a client was eager; with a key every repeat carries it, and the same body.
    """

    def failure() -> httpx.Response | Exception:
        return httpx.ReadTimeout("no") if answer is None else httpx.Response(answer)

    once = Script(failure(), _ok())
    with pytest.raises(errors.GatewayUnavailable):
        call(once, name, *args, **more)
    script = Script(failure(), failure(), _ok())
    call(script, name, *args, **more, idempotency_key="k-1")

    assert len(once.requests) == 1
    assert [request.headers["Idempotency-Key"] for request in script.requests] == ["k-1"] * 3
    assert len({request.content for request in script.requests}) == 1


@both
def test_orders_and_settings_are_sent_once(call: Any) -> None:
    """
    They have no idempotency key in the contract.
    """
    for name, args, more in (
        ("create_order", (500,), {}),
        ("set_webhook_config", (), {"webhook_url": None}),
        ("regenerate_secret", (), {}),
    ):
        script = Script(httpx.Response(503), _ok())
        with pytest.raises(errors.GatewayUnavailable):
            call(script, name, *args, **more)
        assert len(script.requests) == 1


@both
def test_a_request_in_progress_is_waited_for(call: Any) -> None:
    """
    409 IDEMPOTENCY_KEY_IN_USE is not an answer yet; another 409 is.
    """
    busy = {"error": {"code": "IDEMPOTENCY_KEY_IN_USE", "description": "wait"}}
    script = Script(httpx.Response(409, json=busy, headers={"Retry-After": "1"}), _ok())
    call(script, "capture_payment", "pay_1", idempotency_key="k")

    conflict = {"error": {"code": "CONFLICT", "description": "voided"}}
    with pytest.raises(errors.StateConflict, match="409 CONFLICT: voided"):
        call(
            Script(httpx.Response(409, json=conflict)), "capture_payment", "p", idempotency_key="k"
        )
    assert script.pauses == [1.0]


@pytest.mark.parametrize(
    ("header", "expected_s"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Thu, 01 Jan 2026 00:00:05 GMT", 5.0),
        ("Wed, 31 Dec 2025 23:59:00 GMT", 0.0),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("²", None),
        ("", None),
        (None, None),
        ("9" * 400, 999_999_999.0),
        ("Thu, 01 Jan 99999 00:00:05 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str | None, expected_s: float | None) -> None:
    """
    Seconds or a date; anything else was not asked.
    """
    assert retry_after_s(header, NOW) == expected_s


@both
def test_nobody_waits_for_ever(call: Any) -> None:
    """
    However long the gateway asks for; and the error says how long that was.
    """
    told = [httpx.Response(429, headers={"Retry-After": "86400"}) for _ in range(3)]
    script = Script(*told)

    with pytest.raises(errors.RateLimited) as caught:
        call(script, "get_payment", "pay_1")

    assert script.pauses == [PAUSE_S_MAX, PAUSE_S_MAX]
    assert caught.value.retry_after_s == 86_400


def test_pauses_are_spread_and_bounded() -> None:
    """
    From half to the whole of the doubled pause, never above the bound.
    """
    drawn = Policy(timeout_s=1, now=lambda: NOW, draw=lambda: 1.0)
    full = Policy(timeout_s=1, now=lambda: NOW, draw=lambda: 0.0)

    assert [full.pause_before(turn) for turn in (1, 2, 3, 40)] == [0.1, 0.2, 0.4, PAUSE_S_MAX]
    assert [drawn.pause_before(turn) for turn in (1, 2)] == [0.05, 0.1]


@both
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "BAD_REQUEST_ERROR", errors.RequestRefused),
        (401, "AUTHENTICATION_ERROR", errors.NotAuthenticated),
        (404, "NOT_FOUND_ERROR", errors.NotFound),
        (409, "CONFLICT", errors.StateConflict),
        (422, "IDEMPOTENCY_KEY_MISMATCH", errors.KeyReused),
        (422, "SOMETHING", errors.RequestRefused),
    ],
)
def test_refusals_have_classes(
    call: Any, status: int, code: str, kind: type[errors.RequestRefused]
) -> None:
    """
    With the gateway's code and request id; never repeated.
    """
    body = {"error": {"code": code, "description": "D"}}
    script = Script(httpx.Response(status, json=body, headers={"X-Request-Id": "req_1"}))

    with pytest.raises(errors.RequestRefused) as caught:
        call(script, "get_payment", "pay_1")

    found = caught.value
    assert (type(found), found.code, found.description) == (kind, code, "D")
    assert found.request_id == "req_1"


def test_the_tree_has_one_root() -> None:
    """
    Webhook errors included.
    """
    from sdk.python import webhooks

    kinds = [
        member
        for module in (errors, webhooks)
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Exception) and member is not webhooks.BadSecret
    ]

    assert len(kinds) >= 12
    assert all(issubclass(kind, errors.PaywrightError) for kind in kinds)


@both
def test_every_request_has_a_time_out(call: Any) -> None:
    """
    Moving the clock may take longer than other calls.
    """
    clock = {"mode": "frozen", "now": "2026-01-01T00:00:00Z"}
    script = Script(_ok(), httpx.Response(200, json=clock))
    call(script, "get_payment", "pay_1")
    call(script, "advance_test_clock", timedelta(minutes=90))

    first, second = (request.extensions["timeout"] for request in script.requests)
    assert set(first.values()) == {10.0}
    assert set(second.values()) == {operations.CLOCK_TIMEOUT_S}
    assert script.requests[1].content == b'{"advance":5400.0}'


def _rows(*ids: str) -> list[dict[str, Any]]:
    return [{**PAYMENT, "id": one} for one in ids]


def _page(*ids: str, **members: Any) -> httpx.Response:
    return httpx.Response(200, json={"data": _rows(*ids), **members})


def _listed(call: Any, script: Script, **query: Any) -> list[str]:
    return [row.id for row in call(script, "iterate_payments", **query)]


def _sync_rows(script: Script, name: str, **query: Any) -> Any:
    return list(getattr(script.sync_client(), name)(**query))


each = pytest.mark.parametrize("call", [_sync_rows, _async], ids=["sync", "async"])


@each
def test_pages_by_cursor(call: Any) -> None:
    """
    Filters are kept, the offset is not.
    """
    script = Script(
        _page("c", "b", next_cursor="b", total=3), _page("a", next_cursor=None, total=3)
    )

    assert _listed(call, script, limit=2, offset=1, status="success") == ["c", "b", "a"]
    assert dict(script.requests[1].url.params) == {
        "limit": "2",
        "status": "success",
        "cursor": "b",
    }


@each
def test_pages_by_offset_where_there_is_no_cursor(call: Any) -> None:
    """
    The contract's own paging: until `total` rows are seen.
    """
    script = Script(
        _page("c", "b", total=3, limit=2, offset=0), _page("a", total=3, limit=2, offset=2)
    )

    assert _listed(call, script, limit=2) == ["c", "b", "a"]
    assert dict(script.requests[1].url.params) == {"limit": "2", "offset": "2"}


@each
def test_paging_ends(call: Any) -> None:
    """
    On an empty page, and on a cursor that leads nowhere.
    """
    assert _listed(call, Script(_page(total=99)), limit=2) == []
    with pytest.raises(errors.AnswerUnreadable, match="cursor"):
        _listed(call, Script(_page("a", next_cursor="x"), _page("b", next_cursor="x")))


@both
def test_waiting_for_a_payment_ends_either_way(call: Any) -> None:
    """
    Decided, or out of time.
    """
    decided = Script(_ok(), _ok(), _ok(status="failed"))
    assert call(decided, "wait_for_payment", "pay_1").status == "failed"
    never = Script(*[_ok() for _ in range(9)])
    with pytest.raises(errors.TimedOut, match=r"pay_1 is still pending after 0\.2 s"):
        call(never, "wait_for_payment", "pay_1", within_s=0.2)
    assert len(never.requests) == 5


@pytest.mark.parametrize("bad", ["", ".", "..", None, 7])
def test_ids_that_cannot_be_one_are_refused(bad: Any) -> None:
    """
    Before anything is sent.
    """
    script = Script()

    with pytest.raises(ValueError, match="expected an id"):
        script.sync_client().get_payment(bad)


def test_ids_stay_one_segment_of_the_path() -> None:
    """
    Slashes and question marks in an id reach nothing else.
    """
    script = Script(_ok())
    script.sync_client().get_payment("../orders?x=1#y")

    assert script.requests[0].url.raw_path == b"/api/v1/payments/..%2Forders%3Fx%3D1%23y"


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256, "a\nb"])
def test_keys_that_no_gateway_takes_are_refused(key: str) -> None:
    """
    A ValueError instead of a request.
    """
    with pytest.raises(ValueError, match="idempotency key"):
        Script().sync_client().void_payment("pay_1", idempotency_key=key)


def test_members_are_left_out_or_null_as_asked() -> None:
    """
    `webhook_url=None` turns webhooks off; not given leaves it alone.
    """
    config = {"webhook_url": None, "events": None}
    script = Script(*[httpx.Response(200, json=config) for _ in range(3)])
    client = script.sync_client()
    client.set_webhook_config(webhook_url=None)
    client.set_webhook_config(events=["payment.success"])
    client.set_webhook_config(events=None, behaviour="strict")

    assert [request.content for request in script.requests] == [
        b'{"webhook_url":null}',
        b'{"events":["payment.success"]}',
        b'{"events":null,"behaviour":"strict"}',
    ]


def test_the_clock_is_real_again_after_the_block() -> None:
    """
    Also when the block fails.
    """
    answer = {"mode": "frozen", "now": "2026-01-01T00:00:00Z"}
    script = Script(*[httpx.Response(200, json=answer) for _ in range(2)])

    with pytest.raises(ZeroDivisionError), script.sync_client().frozen_clock(NOW):
        raise ZeroDivisionError

    assert [request.content for request in script.requests] == [
        b'{"mode":"frozen","now":"2026-01-01T00:00:00+00:00"}',
        b'{"mode":"real"}',
    ]


def test_a_time_without_a_zone_is_refused() -> None:
    """
    It would mean another instant on every machine.
    """
    with pytest.raises(ValueError, match="time zone"):
        Script().sync_client().freeze_test_clock(datetime(2026, 1, 1))  # noqa: DTZ001


def test_an_unhealthy_gateway_is_an_answer() -> None:
    """
    503 with a body, asked once.
    """
    script = Script(httpx.Response(503, json={"status": "unhealthy"}))

    assert script.sync_client().get_health().status == "unhealthy"


def test_the_bank_is_told_which_bank_is_meant() -> None:
    """
    Known calls have names, new ones go through `control`; the bank's refusals are the same tree.
    """
    refusal = {"error": {"code": "outcome_unknown", "message": "outcome must be …"}}
    script = Script(
        httpx.Response(200, json={"outcome": "lost_card"}),
        httpx.Response(200, json={"journal": [{"seq": 1}]}),
        httpx.Response(200, json={"gate": "g"}),
        httpx.Response(400, json=refusal),
    )
    bank = script.bank()
    bank.program_outcome("lost_card")
    assert bank.journal(kind="request", after=4) == [{"seq": 1}]
    bank.control("post", "/control/new/a%20b", body={"open": True}, limit=3)
    with pytest.raises(errors.RequestRefused, match="400 outcome_unknown: outcome must be"):
        bank.program_outcome("nonsense")

    assert [(r.method, r.url.raw_path.decode()) for r in script.requests] == [
        ("PUT", "/control/outcome"),
        ("GET", "/control/journal?after=4&limit=1000&kind=request"),
        ("POST", "/control/new/a%20b?limit=3"),
        ("PUT", "/control/outcome"),
    ]
    assert {request.headers["X-Bank-Id"] for request in script.requests} == {"b1"}
