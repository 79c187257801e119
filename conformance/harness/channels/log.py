"""
The target's own log of deliveries, as GET /webhooks shows it.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from conformance.harness import expect
from conformance.harness.client import Answer
from conformance.harness.clock import wait_until
from conformance.harness.outcomes import Blocked
from conformance.harness.target import LOGGED_WITHIN_S, Gateway

#: Rows asked for at once; most targets cap a page at 100.
_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class LogRow:
    """
    One row of the log.
    """

    document: dict[str, Any]

    @property
    def id(self) -> str:
        """
        The delivery's id.
        """
        return str(self.document.get("id"))

    def field(self, name: str) -> Any:
        """
        A member; fails when there is none.
        """
        return expect.member(self.document, name, str(self.document))

    def has(self, *names: str) -> None:
        """
        Fail unless the row has these members.
        """
        for name in names:
            self.field(name)

    def has_instants(self, *names: str) -> None:
        """
        Fail unless these members are ISO 8601 instants in UTC.
        """
        for name in names:
            expect.instant(self.field(name), name)

    def check(self, expected: dict[str, Any]) -> None:
        """
        Fail unless these members have these values.
        """
        for name, value in expected.items():
            expect.equal(self.field(name), value, f"{name} of the log's row")


class WebhookLog:
    """
    The log behind one case's gateway.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def page(self, *, limit: object, offset: object) -> Answer:
        """
        One page, whatever comes.
        """
        return await self._gateway.get("webhooks", query=f"limit={limit}&offset={offset}")

    async def rows(self, *, limit: int = _ROWS) -> list[LogRow]:
        """
        The newest rows; `blocked` when there is no log.
        """
        answer = await self.page(limit=limit, offset=0)
        expect.precondition(answer, 200)
        return [LogRow(row) for row in expect.rows(answer) if isinstance(row, dict)]

    async def rows_beside(self, known: Collection[str]) -> list[LogRow]:
        """
        The newest rows once one of them is none of the known, or as they are after `LOGGED_WITHIN_S`: some targets write the row when they deliver.
        """

        async def look() -> list[LogRow] | None:
            rows = await self.rows()
            return rows if any(row.id not in known for row in rows) else None

        return await wait_until(look, within_s=LOGGED_WITHIN_S) or await self.rows()

    async def total(self) -> int:
        """
        How many deliveries there are.
        """
        answer = await self.page(limit=1, offset=0)
        return expect.integer(expect.field(answer, "total"), "total")

    async def retry(self, delivery_id: str, *, auth: dict[str, str] | None = None) -> Answer:
        """
        Ask for a delivery again.
        """
        path = self._gateway.path("webhook_retry", webhook_id=delivery_id)
        return await self._gateway.client.send("POST", path, auth=auth)

    async def when(self, delivery_id: str, status: str, *, within_s: float = 5.0) -> LogRow:
        """
        The row once it has this status, or as it is after `within_s`; `blocked` when it is gone.
        """
        row = _with_id(await self.rows(), delivery_id)
        for _ in range(int(within_s / 0.05)):
            if row.document.get("status") == status:
                break
            await asyncio.sleep(0.05)
            row = _with_id(await self.rows(), delivery_id)
        return row


def _with_id(rows: Iterable[LogRow], delivery_id: str) -> LogRow:
    found = next((row for row in rows if row.id == delivery_id), None)
    if found is None:
        raise Blocked(f"the log does not show the delivery {delivery_id}")
    return found


def answered(rows: Iterable[LogRow], status: int) -> list[LogRow]:
    """
    The rows whose last answer had this status.
    """
    return [row for row in rows if row.document.get("response_code") == status]


def the_row_answered(rows: Iterable[LogRow], status: int) -> LogRow:
    """
    The one row whose last answer had this status; `blocked` when there is none.
    """
    found = answered(rows, status)
    if not found:
        raise Blocked(f"the log shows no delivery that was answered {status}")
    return found[0]


def first_row(answer: Answer) -> dict[str, Any]:
    """
    The first row of a page; `blocked` when the page has none.
    """
    expect.precondition(answer, 200)
    found = expect.rows(answer)
    if not found or not isinstance(found[0], dict):
        raise Blocked(f"needed a row in the log, got {answer.summary}")
    row: dict[str, Any] = found[0]
    return row


def place_of_first(rows: Sequence[LogRow], ids: Collection[str]) -> int:
    """
    Where the first of these deliveries stands in the list, from 0; `blocked` when none does.
    """
    found = [place for place, row in enumerate(rows) if row.id in ids]
    if not found:
        raise Blocked("the log does not show the deliveries of a payment that was just made")
    return found[0]
