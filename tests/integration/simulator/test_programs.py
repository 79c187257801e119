"""
Programs of the bank on its own wire: refused as a whole or taken, isolated, kept over a SIGKILL; gates, verification, accounts, disputes.
"""

import asyncio
import itertools
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.simulator.bank_process import BankProcess
from tests.merchant import wait_until

_numbers = itertools.count()


@pytest.fixture
def own(shared: BankProcess) -> str:
    """
    The name of an isolated bank for one test.
    """
    name = f"own-{next(_numbers)}"
    shared.http.headers["X-Bank-Id"] = name
    return name


async def _load(bank: BankProcess, **document: Any) -> httpx.Response:
    return await bank.http.post("/control/scenarios", json={"name": "mine", **document})


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        pytest.param("name: a\nrules:\n  - then: {outcome: nope}\n", 3, "rules[0].then.outcome: expected one of approve", id="outcome"),
        pytest.param("name: a\nrulez: []\n", 2, "rulez: unknown member", id="member"),
        pytest.param("name: a\nrules:\n  - when: {amount: {min: 5, max: 4}}\n    then: {gate: g}\n", 3, "max: expected a whole number from 5", id="range"),
        pytest.param("name: a\nrules:\n  - {}\n", 3, "either then or sequence", id="step"),
        pytest.param("rules: []\n", 1, "name is missing", id="name"),
        pytest.param("name: a\nname: b\n", 2, "name is written twice", id="twice"),
        pytest.param("name: a\nrules: [\n", 3, "not YAML", id="yaml"),
        pytest.param("name: ok\n---\nname: Not Ok\n", 3, "lower-case words", id="second-document"),
        pytest.param("name: a\noutages:\n  - for_ms: 10\n    fault: {kind: truncate, effect: before}\n", 4, "expected one of after", id="effect"),
        pytest.param("", 1, "expected a scenario", id="empty"),
    ],
)  # fmt: skip
async def test_wrong_file_is_refused_by_line_and_nothing_counts(
    shared: BankProcess, own: str, text: str, line: int, said: str
) -> None:
    """
    File, line, what was expected; not even the good document before the wrong one is loaded.
    """
    answer = await shared.http.post(
        "/control/scenarios",
        content=text,
        headers={"Content-Type": "application/yaml", "X-File": "mine.yml"},
    )
    loaded = (await shared.http.get("/control/scenarios")).json()["scenarios"]

    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(f"mine.yml:{line}: ")
    assert said in answer.json()["error"]["message"]
    assert loaded == []


async def test_banks_are_apart(shared: BankProcess, own: str) -> None:
    """
    A scenario of one bank is nothing to another, and goes with a reset.
    """
    await _load(shared, rules=[{"then": {"outcome": "lost_card"}}])
    here = await shared.authorise("a")
    there = await shared.authorise("a", headers={"X-Bank-Id": f"{own}-other"})
    await shared.http.post("/control/reset")
    after = await shared.authorise("a")

    assert (here["decline_code"], there["status"], after["status"]) == ("lost_card", "captured", "captured")  # fmt: skip


async def test_scenarios_survive_sigkill_and_count_on(tmp_path: Path) -> None:
    """
    A sequence goes on where it was.
    """
    bank = BankProcess(tmp_path)
    await bank.start()
    try:
        steps = [{"outcome": "lost_card"}, {"outcome": "stolen_card"}, {"outcome": "fraudulent"}]
        await _load(bank, rules=[{"sequence": steps}])
        first = await bank.authorise("a")
        bank.kill()
        await bank.start()
        second, third, fourth = [await bank.authorise(name) for name in "bcd"]

        codes = [answer["decline_code"] for answer in (first, second, third, fourth)]
        assert codes == ["lost_card", "stolen_card", "fraudulent", None]
    finally:
        bank.kill()
        await bank.http.aclose()


async def test_resent_request_uses_up_nothing(shared: BankProcess, own: str) -> None:
    """
    The same request id again gets its stored answer; the next payer's step is still there.
    """
    await _load(shared, rules=[{"sequence": [{"outcome": "lost_card"}, {"outcome": "approve"}]}])
    first, again = [await shared.authorise("a") for _ in range(2)]
    second = await shared.authorise("b")

    assert (first["status"], again["status"], second["status"]) == ("declined", "declined", "captured")  # fmt: skip


async def test_gate_arranges_an_order(shared: BankProcess, own: str) -> None:
    """
    Three wait before their effect; the book has them in the order in which they were let go.
    """
    await shared.http.put("/control/gates/g", json={"when": {"operation": "authorise"}})
    running = [asyncio.create_task(shared.authorise(name)) for name in "abc"]
    waiting = await shared.http.get("/control/gates/g?count=3&within_ms=5000")
    assert waiting.json()["complete"]
    assert await shared.entries() == []

    released = await shared.http.post("/control/gates/g/release", json={"order": ["c", "a", "b"]})
    await asyncio.gather(*running)
    await shared.http.delete("/control/gates/g")
    unhindered = await shared.authorise("d")

    assert released.json()["released"] == ["c", "a", "b"]
    assert [entry["request_id"] for entry in await shared.entries()] == ["c", "a", "b", "d"]
    assert unhindered["status"] == "captured"


async def test_verification_names_the_first_difference(shared: BankProcess, own: str) -> None:
    """
    200 when the journal is as expected, 409 with a sentence when it is not.
    """
    await shared.authorise("a")
    await shared.http.get("/v1/requests/a")
    expected = [
        {"kind": "authorise", "request_id": "a", "status": "captured"},
        {"kind": "inquire"},
    ]

    async def verify(**body: Any) -> tuple[int, str | None]:
        answer = await shared.http.post("/control/journal/verify", json=body)
        return answer.status_code, answer.json()["difference"]

    assert await verify(expect=expected, mode="exact") == (200, None)
    assert await verify(expect=expected[1:], mode="in_order") == (200, None)
    assert await verify(expect=expected[:1], mode="exact", kinds=["authorise"]) == (200, None)
    status, said = await verify(expect=expected[::-1], mode="in_order")
    assert status == 409
    assert said is not None
    assert said.startswith("expect[1]")
    status, said = await verify(expect=expected[:1], mode="exact")
    assert (status, said) == (409, "1 lines were expected, the journal has 2")


async def test_account_holds_and_pays(shared: BankProcess, own: str) -> None:
    """
    A hold reserves, a capture takes, a void frees, a refund gives back; what is not there is declined.
    """
    await shared.http.put("/control/accounts", json={"vpa": "payer@bank", "balance": 60_000})

    async def available() -> tuple[int, int]:
        account = (await shared.http.get("/control/accounts")).json()["accounts"][0]
        return account["balance"], account["available"]

    await shared.authorise("hold", capture=False)
    held = await available()
    poor = await shared.authorise("poor", amount=10_001)
    await shared.post(
        "/v1/captures",
        request_id="c",
        authorisation_request_id="hold",
        amount=20_000,
        currency="INR",
    )
    captured = await available()
    await shared.post(
        "/v1/refunds",
        request_id="r",
        authorisation_request_id="hold",
        amount=20_000,
        currency="INR",
    )
    await shared.authorise("second", capture=False)
    await shared.post("/v1/voids", request_id="v", authorisation_request_id="second")

    assert held == (60_000, 10_000)
    assert poor["decline_code"] == "insufficient_funds"
    assert captured == (40_000, 40_000)
    assert await available() == (60_000, 60_000)


async def test_dispute_moves_money_and_is_called_back(shared: BankProcess, own: str) -> None:
    """
    Opened: the payer has the money back; won: the acquirer has it again; a closed dispute stays closed.
    """
    await shared.authorise("a", callback_url="http://127.0.0.1:1/nobody")
    await shared.authorise("h", capture=False)
    opened = await shared.post(
        "/control/disputes", payment_reference="p-a", reason="product_not_received", amount=20_000
    )
    won = await shared.post(f"/control/disputes/{opened['dispute_id']}/won")
    again = await shared.post(f"/control/disputes/{opened['dispute_id']}/lost")
    uncaptured = await shared.post("/control/disputes", payment_reference="p-h")
    moves = [(entry["kind"], entry["amount"]) for entry in await shared.entries()]
    types = [c["type"] for c in (await shared.http.get("/control/callbacks")).json()["callbacks"]]

    assert (opened["status"], won["status"]) == ("open", "won")
    assert (again["http"], uncaptured["http"]) == (409, 409)
    assert moves == [("debit", 50_000), ("credit", 20_000), ("debit", 20_000)]
    assert types == ["dispute.opened", "dispute.won"]


async def test_challenge_page_does_what_its_buttons_say(shared: BankProcess, own: str) -> None:
    """
    Confirm confirms, reject rejects, a second click and a wrong token change nothing; then back to the merchant.
    """
    instrument = {
        "type": "netbanking",
        "bank_code": "HDFC",
        "return_url": "http://shop.example/done?a=1",
    }
    pages = []
    for name in ("yes", "no"):
        answer = await shared.authorise(name, instrument=instrument)
        assert answer["status"] == "challenge"
        pages.append(answer["challenge_url"])
    forged = await shared.http.get(pages[0][:-1] + ("0" if pages[0][-1] != "0" else "1"))
    confirmed = await shared.http.post(pages[0], data={"choice": "approve"})
    rejected = await shared.http.post(pages[1], data={"choice": "reject"})
    again = await shared.http.post(pages[1], data={"choice": "approve"})
    states = [(await shared.http.get(f"/v1/requests/{name}")).json() for name in ("yes", "no")]

    assert forged.status_code == 404
    assert confirmed.headers["Location"] == "http://shop.example/done?a=1&payment_id=p-yes&result=success"  # fmt: skip
    assert rejected.headers["Location"] == again.headers["Location"]
    assert rejected.headers["Location"].endswith("result=failed")
    assert [state["status"] for state in states] == ["captured", "declined"]
    assert states[1]["decline_code"] == "authentication_failed"


async def test_same_seed_and_scenario_give_the_same_journal(tmp_path: Path) -> None:
    """
    Two processes with different PYTHONHASHSEED, one scenario with jitter, sequences, faults and late decisions: the same bytes.
    """
    rules = [
        {"when": {"operation": "authorise", "request_id": "s*"}, "sequence": [{"outcome": "lost_card"}, {"delay_ms": {"min": 1, "max": 99_999}}], "per": "payment"},
        {"when": {"operation": "authorise", "request_id": "f*"}, "then": {"fault": "garbage"}},
        {"when": {"operation": "authorise", "request_id": "l*"}, "then": {"outcome": "fraudulent", "later": {"after_ms": 5, "approve": True}}},
        {"then": {"delay_ms": {"min": 10, "max": 90_000}}},
    ]  # fmt: skip

    async def journal(hash_seed: str) -> tuple[bytes, bytes]:
        bank = BankProcess(tmp_path / hash_seed, PYTHONHASHSEED=hash_seed, TEST_SEED="s")
        await bank.start()
        try:
            clock = {"mode": "frozen", "now": "2026-01-01T00:00:00.000000Z"}
            await bank.http.put("/control/clock", json=clock)
            await _load(bank, rules=rules)
            for number in range(30):
                for kind in "sflx":
                    with_body = await bank.http.post(
                        "/v1/authorisations",
                        json={
                            "request_id": f"{kind}{number}", "amount": 500, "currency": "INR", "payment_reference": f"p{number % 7}",
                            "instrument": {"type": "upi", "vpa": "a@b"},
                        },
                    )  # fmt: skip
                    assert with_body.status_code == 200
            await bank.http.put("/control/clock", json={**clock, "now": "2026-01-01T01:00:00.000000Z"})  # fmt: skip
            statement = (await bank.http.get("/v1/statements/2026-01-01")).content
            return (await bank.http.get("/control/journal")).content, statement
        finally:
            bank.kill()
            await bank.http.aclose()

    first, second = await journal("1"), await journal("2")

    assert first == second
    assert first[0].count(b'"kind":"fault"') == 30


async def test_closed_door_refuses_and_opens_again(tmp_path: Path) -> None:
    """
    Nothing listens for half a second; then the bank is there as before.
    """
    bank = BankProcess(tmp_path)
    await bank.start()
    try:
        await bank.authorise("a")
        await bank.http.post("/control/refuse", json={"for_ms": 500})

        async def refused() -> bool | None:
            try:
                await bank.http.get("/health")
            except httpx.ConnectError:
                return True
            except httpx.TransportError:
                return None
            return None

        async def back() -> bool | None:
            try:
                return (await bank.http.get("/health")).is_success or None
            except httpx.TransportError:
                return None

        await wait_until(refused, what="a refusal")
        await wait_until(back, what="the bank's return")
        assert [entry["request_id"] for entry in await bank.entries()] == ["a"]
    finally:
        bank.kill()
        await bank.http.aclose()
