"""
The client with plain documents over a scripted transport: as the dashboard uses it.
"""

from collections.abc import Callable

import httpx
import pytest

from sdk.python import errors
from sdk.python.client import PAUSE_S_MAX, Client
from tests.unit.sdk.scripted import Script


def _ok() -> httpx.Response:
    return httpx.Response(200, json={"id": "pay_1"})


async def test_reads_are_repeated_with_growing_pauses() -> None:
    """
    Three requests in all, two pauses.
    """
    script = Script(httpx.ConnectError("no"), httpx.Response(503), _ok())

    assert await script.client().get_payment("pay_1") == {"id": "pay_1"}
    assert script.pauses == [0.1, 0.2]


@pytest.mark.parametrize(
    ("header", "pause_s"),
    [("7", 7.0), ("999999999999", PAUSE_S_MAX), ("-1", 0.1), ("soon", 0.1), ("²", 0.1)],
)
async def test_retry_after_is_honoured_within_bounds(header: str, pause_s: float) -> None:
    """
    Whole seconds count; nonsense does not, and nothing waits for ever.
    """
    told = httpx.Response(429, headers=[(b"Retry-After", header.encode())])
    script = Script(told, _ok())

    await script.client().get_payment("pay_1")

    assert script.pauses == [pause_s]


async def test_a_payment_without_a_key_is_sent_once() -> None:
    """
    Nobody pays twice because a client was eager.
    """
    script = Script(httpx.ReadTimeout("no"), _ok())

    with pytest.raises(errors.GatewayUnavailable):
        await script.client().create_payment("order_1", method="upi", vpa="a@b")
    assert len(script.requests) == 1


async def test_a_payment_with_a_key_is_repeated_with_the_same_key() -> None:
    """
    The key makes the repeat safe.
    """
    script = Script(httpx.ReadTimeout("no"), _ok())

    await script.client().create_payment("order_1", idempotency_key="once", method="upi", vpa="a@b")

    assert [r.headers["Idempotency-Key"] for r in script.requests] == ["once", "once"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.RequestRefused),
        (401, errors.NotAuthenticated),
        (404, errors.NotFound),
        (409, errors.StateConflict),
    ],
)
async def test_refusals_have_classes(status: int, kind: type[errors.RequestRefused]) -> None:
    """
    With the gateway's code; a refusal is never repeated.
    """
    script = Script(httpx.Response(status, json={"error": {"code": "C", "description": "D"}}))

    with pytest.raises(errors.RequestRefused) as caught:
        await script.client().get_payment("pay_1")
    assert (type(caught.value), caught.value.code, len(script.requests)) == (kind, "C", 1)


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"null", b'{"error":[]}'])
async def test_odd_answers_are_typed_errors(content: bytes) -> None:
    """
    Only the documented tree leaves the client.
    """
    script = Script(httpx.Response(400, content=content))

    with pytest.raises(errors.GatewayError):
        await script.client().get_payment("pay_1")


async def test_iteration_follows_cursors_and_keeps_filters() -> None:
    """
    Until there is no next page.
    """
    script = Script(
        httpx.Response(200, json={"data": [{"id": "c"}, {"id": "b"}], "next_cursor": "b"}),
        httpx.Response(200, json={"data": [{"id": "a"}], "next_cursor": None}),
    )

    rows = [row["id"] async for row in script.client().iterate("payments", limit=2)]

    assert rows == ["c", "b", "a"]
    assert dict(script.requests[1].url.params) == {"limit": "2", "cursor": "b"}


@pytest.mark.parametrize(
    ("call", "method", "path"),
    [
        (lambda c: c.get_order("o"), "GET", "/api/v1/orders/o"),
        (lambda c: c.void_payment("p"), "POST", "/api/v1/payments/p/void"),
        (lambda c: c.get_refund("r"), "GET", "/api/v1/refunds/r"),
        (lambda c: c.list_refunds_of_payment("p"), "GET", "/api/v1/payments/p/refunds"),
        (lambda c: c.get_test_clock(), "GET", "/api/v1/test/clock"),
        (lambda c: c.advance_test_clock("2h"), "POST", "/api/v1/test/clock"),
        (lambda c: c.set_test_clock("real"), "POST", "/api/v1/test/clock"),
    ],
)
async def test_each_call_has_its_path(
    call: Callable[[Client], object], method: str, path: str
) -> None:
    """
    As the gateway's routes are named.
    """
    script = Script(_ok())

    await call(script.client())  # type: ignore[misc]

    assert (script.requests[0].method, script.requests[0].url.path) == (method, path)
