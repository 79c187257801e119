"""
The bank's statement of a day on its wire, true and spoiled (B13).
"""

from pathlib import Path
from typing import Any

import pytest

from tests.integration.simulator.bank_process import BankProcess


def _ids(answer: Any) -> list[tuple[str, int]]:
    return [(line["request_id"], line["amount"]) for line in answer.json()["lines"]]


async def _freeze(bank: BankProcess, now: str) -> None:
    assert (await bank.http.put("/control/clock", json={"mode": "frozen", "now": now})).is_success


async def _statement(bank: BankProcess, date: str) -> list[tuple[str, int]]:
    return _ids(await bank.http.get(f"/v1/statements/{date}"))


async def test_statement_of_a_day(tmp_path: Path) -> None:
    """
    Money is dated when it moved, also when nobody asked until the next day; faults spoil, survive SIGKILL, and go with a reset.
    """
    bank = BankProcess(tmp_path, TEST_PROCESSING_DELAY="1000")
    await bank.start()
    try:
        await _freeze(bank, "2026-01-01T23:59:58.000000Z")
        await bank.authorise("a")
        assert await _statement(bank, "2026-01-01") == []
        await _freeze(bank, "2026-01-02T00:00:05.000000Z")
        await bank.authorise("b", amount=700)
        await _freeze(bank, "2026-01-02T09:00:00.000000Z")

        assert await _statement(bank, "2026-01-01") == [("a", 50_000)]
        assert await _statement(bank, "2026-01-02") == [("b", 700)]
        table = await bank.http.get("/v1/statements/2026-01-02?format=csv")
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        assert table.text.splitlines()[1].startswith("b,p-b,debit,700,INR,2026-01-02T")

        faults = [
            {"kind": "missing", "request_id": "b"},
            {"kind": "extra", "request_id": "x", "amount": 9},
        ]
        await bank.http.put("/control/settlement-faults", json={"faults": faults})
        bad = await bank.http.put("/control/settlement-faults", json={"faults": [{"kind": "?"}]})
        assert bad.status_code == 400
        bank.kill()
        await bank.start()
        await _freeze(bank, "2026-01-02T09:00:00.000000Z")
        assert await _statement(bank, "2026-01-02") == [("x", 9)]

        await bank.http.post("/control/reset")
        assert await _statement(bank, "2026-01-02") == []
    finally:
        bank.kill()
        await bank.http.aclose()


@pytest.mark.parametrize("query", ["20260101", "2026-13-01", "2026-01-01?format=x"])
async def test_wrong_statement_requests_are_refused(tmp_path: Path, query: str) -> None:
    """
    400 with what was expected.
    """
    bank = BankProcess(tmp_path)
    await bank.start()
    try:
        answer = await bank.http.get(f"/v1/statements/{query}")
        assert answer.status_code == 400
        assert "YYYY-MM-DD" in answer.json()["error"]["message"]
    finally:
        bank.kill()
        await bank.http.aclose()
