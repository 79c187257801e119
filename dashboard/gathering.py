"""
Collects what every source knows of one payment, and says which source was silent.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from dashboard.axis import Axis, axis_of
from dashboard.bank import BankConsole
from dashboard.gateway import Gateway, offered
from dashboard.timeline import (
    Entry,
    in_order,
    of_attempts,
    of_events,
    of_journal,
    of_refunds,
    of_timeline,
)

Document = dict[str, Any]
_ROWS: Final = 100
_DELIVERIES_MAX: Final = 40
_REFUNDS_MAX: Final = 20
_JOURNAL_MAX: Final = 1_000
#: Deliveries whose attempts are read at once.
_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """
    One payment's time-line.  `silent` are sentences about sources that could not be read.
    """

    entries: list[Entry]
    axis: Axis
    deliveries: list[Document]
    silent: list[str]


async def _about(gateway: Gateway, name: str, ids: list[str]) -> list[Document]:
    """
    Rows of a list about each id, oldest first, so that entries of one instant keep their order.
    """
    pages = await asyncio.gather(
        *(gateway.list_page(name, limit=_ROWS, entity_id=one) for one in ids)
    )
    return [row for page in pages for row in reversed(page["data"])]


async def _attempts(
    gateway: Gateway, deliveries: list[Document], bodies: dict[str, object]
) -> list[Entry]:
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(delivery: Document) -> list[Entry]:
        async with turn:
            rows = await gateway.list_attempts(str(delivery["id"]))
        return of_attempts(delivery, rows, bodies.get(str(delivery.get("event_id"))))

    found = await asyncio.gather(*(one(delivery) for delivery in deliveries[:_DELIVERIES_MAX]))
    return [entry for entries in found for entry in entries]


async def read_journal(
    bank: BankConsole, merchant_id: str, ids: list[str]
) -> tuple[list[Document], str | None]:
    """
    What the bank saw of these payments and refunds, and why not when it cannot be read.  The gateway's request ids begin with the id they are about.
    """
    sources = await asyncio.gather(
        *(
            bank.offered(
                "/control/journal",
                "The bank's journal",
                merchant_id=merchant_id,
                query={"request_id_prefix": f"{one}:", "limit": _JOURNAL_MAX},
            )
            for one in ids
        )
    )
    found = [row for source in sources for row in (source.document or {}).get("journal") or []]
    problems = [source.problem for source in sources if source.problem]
    return found, problems[0] if problems else None


async def story_of(
    gateway: Gateway,
    bank: BankConsole,
    merchant_id: str,
    payment: Document,
    refunds: list[Document],
) -> Story:
    """
    Everything about one payment and its refunds.
    """
    ids = [str(payment["id"]), *(str(row["id"]) for row in refunds[:_REFUNDS_MAX])]
    timeline, events, deliveries, journal = await asyncio.gather(
        offered(gateway.timeline(ids[0]), "requests, state changes, jobs, bank calls and journals"),
        _about(gateway, "events", ids),
        _about(gateway, "webhooks", ids),
        read_journal(bank, merchant_id, ids),
    )
    bodies = {str(row["id"]): row.get("payload") for row in events}
    known = of_timeline(timeline.rows) if timeline.document else of_refunds(refunds)
    attempts = await _attempts(gateway, deliveries, bodies)
    entries = in_order([*known, *of_events(events), *of_journal(journal[0]), *attempts])
    silent = [one for one in (timeline.problem, journal[1]) if one is not None]
    if len(deliveries) > _DELIVERIES_MAX:
        silent.append(
            f"Only the newest {_DELIVERIES_MAX} of {len(deliveries)} deliveries are shown."
        )
    return Story(entries=entries, axis=axis_of(entries), deliveries=deliveries, silent=silent)
