"""
One payment's history out of every table that knows of it.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from gateway.domain.errors import NotFound
from gateway.domain.merchant import Principal
from gateway.services.context import Context
from gateway.storage import timeline
from gateway.storage.request_log import requests_about

#: Polling clients ask hundreds of times; the newest are enough.
_REQUESTS_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """
    Rows by what they are; each list is oldest first.  Each is read on its own, so the newest moment may be half in view.
    """

    changes: list[Any]
    jobs: list[Any]
    bank_calls: list[Any]
    bank_callbacks: list[Any]
    journals: list[Any]
    requests: list[Any]


async def read_timeline(context: Context, principal: Principal, payment_id: str) -> Timeline:
    """
    What is known of the merchant's payment, its refunds, captures and voids.  Raises `NotFound`.
    """
    database, owner = context.database, principal.merchant.id
    entities = await timeline.entities_of(database, payment_id, merchant_id=owner)
    if not entities:
        raise NotFound("Payment not found")
    changes, jobs, bank_calls, bank_callbacks, journals, requests = await asyncio.gather(
        timeline.changes_of(database, entities),
        timeline.jobs_of(database, entities),
        timeline.bank_calls_of(database, entities),
        timeline.bank_callbacks_of(database, entities),
        timeline.journals_of(database, payment_id, merchant_id=owner),
        requests_about(database, entities, merchant_id=owner, limit=_REQUESTS_MAX),
    )
    return Timeline(
        changes=changes,
        jobs=jobs,
        bank_calls=bank_calls,
        bank_callbacks=bank_callbacks,
        journals=journals,
        requests=requests,
    )
