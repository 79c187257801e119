"""
The gateway as the dashboard sees it: the Python client, and the reads that only a dashboard asks for.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sdk.python.calls import Call, part
from sdk.python.client import Client, Document
from sdk.python.errors import GatewayError, NotFound, RequestRefused

_NO_SUCH_METHOD: Final = 405
#: Seconds that an action may take; moving the clock answers when everything due has settled.
ACTION_TIMEOUT_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Source:
    """
    What a source answered: `document`, or the `problem` in one sentence for people.
    """

    document: Document | None
    problem: str | None = None

    @property
    def rows(self) -> list[Document]:
        """
        The members of a list; none when the source is away.
        """
        rows = (self.document or {}).get("data")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


async def offered(call: Awaitable[Document], what: str) -> Source:
    """
    The answer, or a plain sentence when the gateway has no such thing (an older release) or is away.
    """
    try:
        return Source(await call)
    except NotFound:
        return Source(None, f"This gateway does not offer {what}.")
    except RequestRefused as error:
        if error.status == _NO_SUCH_METHOD:
            return Source(None, f"This gateway does not offer {what}.")
        return Source(None, f"The gateway refused {what}: {error.description}")
    except GatewayError as error:
        return Source(None, f"{what[:1].upper()}{what[1:]} cannot be read now: {error}.")


class Gateway(Client):
    """
    One merchant's connection; it names itself, so that the request log can leave page views out.
    """

    def __init__(self, base_url: str, **options: Any) -> None:
        super().__init__(base_url, **options)
        self._http.headers["X-Paywright-Client"] = "dashboard"

    async def _read(self, path: str, query: Mapping[str, str | int] | None = None) -> Document:
        return await self.ask(Call(method="GET", path=path, query=query or {}, parse=dict))

    async def _do(self, path: str, body: Mapping[str, Any]) -> Document:
        call = Call(method="POST", path=path, body=body, parse=dict, timeout_s=ACTION_TIMEOUT_S)
        return await self.ask(call)

    async def statistics(self, **query: str | int) -> Document:
        """
        Totals of all time, and buckets of a period.
        """
        return await self._read("/api/v1/statistics", query)

    async def timeline(self, payment_id: str) -> Document:
        """
        State changes, jobs, bank calls, ledger and requests of one payment.
        """
        return await self._read(f"/api/v1/payments/{part(payment_id)}/timeline")

    async def get_delivery(self, delivery_id: str) -> Document:
        """
        One delivery with its body.
        """
        return await self._read(f"/api/v1/webhooks/{part(delivery_id)}")

    async def get_event(self, event_id: str) -> Document:
        """
        One event.
        """
        return await self._read(f"/api/v1/events/{part(event_id)}")

    async def get_request(self, request_id: str) -> Document:
        """
        One line of the request log.
        """
        return await self._read(f"/api/v1/request-log/{part(request_id)}")

    async def workers(self) -> Document:
        """
        Who works.
        """
        return await self._read("/api/v1/workers")

    async def job_counts(self) -> Document:
        """
        How much work waits, runs, is done, is parked.
        """
        return await self._read("/api/v1/test/jobs/status")

    async def retry_job(self, kind: str, entity_id: str) -> Document:
        """
        Make a parked job due now.
        """
        return await self._do(f"/api/v1/jobs/{kind}/{part(entity_id)}/retry", {})

    async def reconciliation(self, **query: str) -> Document:
        """
        The ledger of one UTC day against the bank's statement.
        """
        return await self._read("/api/v1/ledger/reconciliation", query)

    async def balances(self) -> Document:
        """
        The ledger's accounts.
        """
        return await self._read("/api/v1/ledger/balances")

    async def test_merchant(self) -> Document:
        """
        The seeded merchant, without secrets.
        """
        return await self._read("/api/v1/test/merchant")

    async def retry_webhooks(self, **filters: Any) -> Document:
        """
        Retry every delivery that fits, or only count with `dry_run`.
        """
        return await self._do("/api/v1/webhooks/retry", filters)

    async def move_clock(self, **fields: Any) -> Document:
        """
        Steer the business clock with the members of `POST /api/v1/test/clock`.
        """
        return await self._do("/api/v1/test/clock", fields)


def said(error: GatewayError) -> str:
    """
    What went wrong, without the status line where the gateway explained itself.
    """
    return error.description if isinstance(error, RequestRefused) else f"{error}"
