"""
The recording client and the business clock, over a transport in memory.
"""

import json
from collections.abc import Callable

import httpx
import pytest

from conformance.harness.business_clock import frozen
from conformance.harness.client import RecordingClient
from conformance.harness.evidence import Transcript
from conformance.harness.outcomes import RequirementFailed
from conformance.harness.profile import load_profile
from conformance.harness.target import Gateway

Handler = Callable[[httpx.Request], httpx.Response]


def _client(handler: Handler) -> RecordingClient:
    http = httpx.AsyncClient(
        base_url="http://target", transport=httpx.MockTransport(handler), trust_env=False
    )
    return RecordingClient(http, load_profile("canonical"), Transcript())


async def test_headers_may_repeat_and_be_any_text() -> None:
    """
    What a careless client sends can be sent, and stands in the evidence.
    """
    seen: list[list[tuple[bytes, bytes]]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(list(request.headers.raw))
        return httpx.Response(200, json={})

    client = _client(handler)
    await client.send("GET", "/", headers={"X-Test": "चाबी"}, repeated=[("X-Api-Key", "other")])

    names = [name.lower() for name, _ in seen[0]]
    assert names.count(b"x-api-key") == 2
    assert ("चाबी".encode()) in [value for _, value in seen[0]]
    assert client.transcript.exchanges[0].request_headers["X-Api-Key"].endswith(", other")


async def test_another_merchant_has_its_own_credentials_and_the_same_evidence() -> None:
    """
    Both merchants' exchanges belong to the case.
    """
    keys: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["X-Api-Key"])
        return httpx.Response(200, json={})

    gateway = Gateway(_client(handler))
    await gateway.get("payments_list")
    await gateway.other_merchant().get("payments_list")

    assert keys == ["key_test_abc123", "key_test_other789"]
    assert len(gateway.client.transcript.exchanges) == 2


async def test_a_closed_connection_is_an_answer_where_it_may_be() -> None:
    """
    A target may hang up on a megabyte; elsewhere that is an error of the run.
    """

    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset", request=request)

    client = _client(handler)

    assert await client.send_unless_cut_off("POST", "/", raw=b"x") is None
    with pytest.raises(httpx.ReadError):
        await client.send("GET", "/")
    assert [exchange.failure for exchange in client.transcript.exchanges] == [
        "ReadError: reset",
        "ReadError: reset",
    ]


async def test_warming_is_no_evidence() -> None:
    """
    Handshakes are not what a case saw; and a case warms once.
    """
    counted: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        counted.append(request.url.path)
        return httpx.Response(201, json={"id": "order_0000000000000000"})

    gateway = Gateway(_client(handler))
    for _ in range(2):
        answers = await gateway.together(*(gateway.create_order(amount=100) for _ in range(3)))
        assert len(answers) == 3

    assert counted.count("/health") == 3
    assert len(gateway.client.transcript.exchanges) == 6


async def test_the_clock_is_given_back_as_it_was() -> None:
    """
    Also when the case fails while it holds it.
    """
    told: list[dict[str, str]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            told.append(json.loads(request.content))
        return httpx.Response(200, json={"mode": "real", "now": "2026-01-02T00:00:00Z"})

    async def case() -> None:
        async with frozen(Gateway(_client(handler)), hours_ago=24) as clock:
            await clock.advance("1h")
            raise RequirementFailed("as seen")

    with pytest.raises(RequirementFailed):
        await case()

    assert told == [
        {"mode": "frozen", "now": "2026-01-01T00:00:00Z"},
        {"advance": "1h"},
        {"mode": "real"},
    ]
