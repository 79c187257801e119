"""
The bank on its own wire: one debit per request id, decisions in time, cancel, callbacks, a book that survives SIGKILL.
"""

import asyncio
import itertools
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.simulator.bank_process import BankProcess
from tests.late_body import send_late_body

_numbers = itertools.count()


def _id() -> str:
    return f"r{next(_numbers)}"


async def test_one_debit_per_request_id(shared: BankProcess) -> None:
    """
    The same request again, ten at once: one answer, one debit; other content is 409.
    """
    request_id = _id()
    answers = await asyncio.gather(*(shared.authorise(request_id) for _ in range(10)))
    other = await shared.authorise(request_id, amount=1)
    debits = [e for e in await shared.entries() if e["request_id"] == request_id]

    assert len({str(answer) for answer in answers}) == 1
    assert answers[0]["status"] == "captured"
    assert (other["http"], other["error"]["code"]) == (409, "request_id_reused")
    assert len(debits) == 1


async def test_capture_void_and_refund_follow_the_hold(shared: BankProcess) -> None:
    """
    A hold moves no money; a capture in part does; more than was captured cannot be refunded.
    """
    hold = _id()
    await shared.authorise(hold, capture=False)
    captured = await shared.post(
        "/v1/captures",
        request_id=_id(),
        authorisation_request_id=hold,
        amount=20_000,
        currency="INR",
    )
    void = await shared.post("/v1/voids", request_id=_id(), authorisation_request_id=hold)
    over = await shared.post(
        "/v1/refunds",
        request_id=_id(),
        authorisation_request_id=hold,
        amount=20_001,
        currency="INR",
    )
    full = await shared.post(
        "/v1/refunds",
        request_id=_id(),
        authorisation_request_id=hold,
        amount=20_000,
        currency="INR",
    )
    more = await shared.post(
        "/v1/refunds", request_id=_id(), authorisation_request_id=hold, amount=1, currency="INR"
    )

    assert [a["status"] for a in (captured, void, over, full, more)] == [
        "captured",
        "declined",
        "declined",
        "refunded",
        "declined",
    ]
    assert over["decline_code"] == more["decline_code"] == "refund_exceeds_capture"


async def test_reversed_sale_gives_back_what_was_not_refunded(shared: BankProcess) -> None:
    """
    A reversal of a captured sale credits the rest, once; a refund after it is declined.
    """
    sale, reversal = _id(), _id()
    await shared.authorise(sale)
    refunded = await shared.post(
        "/v1/refunds",
        request_id=_id(),
        authorisation_request_id=sale,
        amount=20_000,
        currency="INR",
    )
    first, again = [
        await shared.post("/v1/reversals", request_id=reversal, authorisation_request_id=sale)
        for _ in range(2)
    ]
    late = await shared.post(
        "/v1/refunds", request_id=_id(), authorisation_request_id=sale, amount=1, currency="INR"
    )
    moves = [
        (entry["kind"], entry["amount"])
        for entry in await shared.entries()
        if entry["payment_reference"] == f"p-{sale}"
    ]

    assert (refunded["status"], first["status"], again["status"]) == (
        "refunded",
        "reversed",
        "reversed",
    )
    assert late["status"] == "declined"
    assert moves == [("debit", 50_000), ("credit", 20_000), ("credit", 30_000)]


async def test_cancel_blocks_what_was_never_seen(shared: BankProcess) -> None:
    """
    A later arrival is declined; a final request stays as it is; an unknown one is 404.
    """
    never, final = _id(), _id()
    assert (await shared.http.get(f"/v1/requests/{never}")).status_code == 404
    blocked = await shared.post(f"/v1/requests/{never}/cancel")
    late = await shared.authorise(never)
    await shared.authorise(final)
    refused = await shared.post(f"/v1/requests/{final}/cancel")

    assert blocked["status"] == "never_seen_and_blocked"
    assert (late["status"], late["decline_code"]) == ("declined", "cancelled_by_caller")
    assert refused["status"] == "already_final"
    assert not [e for e in await shared.entries() if e["request_id"] == never]


async def test_vault_keeps_no_number_and_triggers_work(shared: BankProcess, tmp_path: Path) -> None:
    """
    A magic card declines through its token; header and control outrank it; banks are apart.
    """
    card = {
        "pan": "4000000000009995",
        "expiry_month": "12",
        "expiry_year": "2035",
        "cvv": "123",
        "holder_name": "A",
    }
    token = (await shared.http.post("/v1/tokens", json=card)).json()["token"]
    instrument = {"type": "card", "token": token}

    plain = await shared.authorise(_id(), instrument=instrument)
    header = await shared.authorise(
        _id(), instrument=instrument, headers={"X-Test-Scenario": "approve"}
    )
    elsewhere = await shared.authorise(_id(), instrument=instrument, headers={"X-Bank-Id": "other"})
    await shared.http.put(
        "/control/outcome", json={"outcome": "lost_card"}, headers={"X-Bank-Id": "third"}
    )
    control = await shared.authorise(_id(), headers={"X-Bank-Id": "third"})

    assert (plain["decline_code"], plain["trigger"]["source"]) == (
        "insufficient_funds",
        "instrument",
    )
    assert (header["status"], header["trigger"]["source"]) == ("captured", "header")
    assert elsewhere["error"]["code"] == "token_unknown"
    assert (control["decline_code"], control["trigger"]["source"]) == ("lost_card", "control")
    assert "4000000000009995" not in str((await shared.http.get("/control/journal")).json())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": 0}, "invalid_request"),
        ({"amount": 1.5}, "invalid_request"),
        ({"currency": "RUPEES"}, "invalid_request"),
        ({"instrument": {"type": "cheque"}}, "invalid_request"),
        ({"instrument": {"type": "card", "token": "tok_none"}}, "token_unknown"),
        ({"capture": "yes"}, "invalid_request"),
        ({"headers": {"X-Test-Scenario": "nothing"}}, "scenario_unknown"),
        ({"headers": {"X-Bank-Id": "a b"}}, "invalid_bank_id"),
        ({"headers": {"X-Bank-Key": "wrong"}}, "unauthorised"),
    ],
    ids=str,
)
async def test_wrong_requests_are_refused(
    shared: BankProcess, change: dict[str, Any], code: str
) -> None:
    """
    4xx with a code and a sentence.
    """
    answer = await shared.authorise(_id(), **change)

    assert 400 <= answer["http"] < 500
    assert answer["error"]["code"] == code
    assert len(answer["error"]["message"]) > 20


async def test_delayed_decision_ripens_on_the_clock(tmp_path: Path) -> None:
    """
    `processing` with `ready_at`; undecided until then, decided after; the clock says what is next.
    """
    bank = BankProcess(tmp_path, TEST_PROCESSING_DELAY="60000")
    await bank.start()
    try:
        await bank.http.put(
            "/control/clock", json={"mode": "frozen", "now": "2026-01-01T00:00:00.000000Z"}
        )
        first = await bank.authorise("d1")
        clock = (await bank.http.get("/control/clock")).json()
        await bank.http.put(
            "/control/clock", json={"mode": "frozen", "now": "2026-01-01T00:00:59.999999Z"}
        )
        early = (await bank.http.get("/v1/requests/d1")).json()
        await bank.http.put(
            "/control/clock", json={"mode": "frozen", "now": "2026-01-01T00:01:00.000000Z"}
        )
        late = (await bank.http.get("/v1/requests/d1")).json()

        assert (first["status"], first["ready_at"]) == ("processing", "2026-01-01T00:01:00.000000Z")
        assert clock["next_due_at"] == first["ready_at"]
        assert (early["status"], late["status"]) == ("processing", "captured")
        assert len(await bank.entries()) == 1
    finally:
        bank.kill()
        await bank.http.aclose()


async def test_sigkill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    """
    Killed in the middle of 200 authorisations: every answered one is known after the restart, none is doubled.
    """
    bank = BankProcess(tmp_path)
    await bank.start()
    answered: list[str] = []
    enough = asyncio.Event()

    async def one(request_id: str) -> None:
        try:
            await bank.authorise(request_id)
        except httpx.TransportError:
            return
        answered.append(request_id)
        if len(answered) == 60:
            enough.set()

    gate = asyncio.Semaphore(8)

    async def gated(request_id: str) -> None:
        async with gate:
            await one(request_id)

    running = asyncio.gather(*(gated(f"k{n}") for n in range(200)))
    await enough.wait()
    bank.kill()
    await running
    assert 60 <= len(answered) < 200
    await bank.start()
    try:
        for request_id in answered:
            assert (await bank.http.get(f"/v1/requests/{request_id}")).json()[
                "status"
            ] == "captured"
        for n in range(200):
            await bank.authorise(f"k{n}")
        debits = [e["request_id"] for e in await bank.entries()]
        assert len(debits) == len(set(debits)) == 200
    finally:
        bank.kill()
        await bank.http.aclose()


async def test_same_seed_gives_the_same_journal(tmp_path: Path) -> None:
    """
    Two processes with different PYTHONHASHSEED: the same journal, byte for byte.
    """

    async def journal(seed: str) -> bytes:
        bank = BankProcess(
            tmp_path / seed,
            PYTHONHASHSEED=seed,
            TEST_MODE="false",
            TEST_SEED="s",
            PROCESSING_DELAY_MIN="1",
            PROCESSING_DELAY_MAX="9000",
        )
        await bank.start()
        try:
            await bank.http.put(
                "/control/clock", json={"mode": "frozen", "now": "2026-01-01T00:00:00.000000Z"}
            )
            for n in range(50):
                await bank.authorise(f"j{n}")
            return (await bank.http.get("/control/journal")).content
        finally:
            bank.kill()
            await bank.http.aclose()

    first, second = await journal("1"), await journal("2")

    assert first == second
    assert b"declined" in first
    assert b"captured" in first


async def test_answer_before_the_body_does_not_cost_the_next_request(shared: BankProcess) -> None:
    """
    What needs no body waits for it all the same; one that never comes ends the connection, announced.
    """
    url = f"http://127.0.0.1:{shared.port}/control/disputes/none/won"

    assert await send_late_body(url, body=b"{}") == [(404, False), (200, False)]
    assert await send_late_body(url, body=None) == [(404, True)]
