"""
Deliveries as people handle them: one with its bytes, and many retried at once.
"""

import uuid
from typing import Any, Final

from gateway.domain.errors import BadRequest, NotFound
from gateway.domain.merchant import Principal
from gateway.domain.query_values import parse_moment
from gateway.domain.work import WorkKind, WorkRef
from gateway.services.context import Context
from gateway.storage import deliveries
from gateway.storage.deliveries import DeliveryFilter

#: Deliveries that one call reopens, so that its statement stays far below its time-out; call again for the rest.
RETRIES_MAX: Final = 10_000
#: The sweeper finds those beyond.
_HINTS_MAX: Final = 200
_STATUSES: Final = ("pending", "success", "failed")
_TEXTS: Final = ("event", "entity_id", "event_id")
_INSTANTS: Final = ("created_from", "created_to")
_LENGTH_MAX: Final = 64


async def get_delivery(context: Context, principal: Principal, delivery_id: uuid.UUID) -> Any:
    """
    The merchant's delivery with its payload and the exact bytes of its attempts.  Raises `NotFound`.
    """
    found = await deliveries.find_delivery(
        context.database, delivery_id, merchant_id=principal.merchant.id
    )
    if found is None:
        raise NotFound("Webhook not found")
    return found


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not (
        isinstance(value, str) and 0 < len(value) <= _LENGTH_MAX and value.isprintable()
    ):
        raise BadRequest(
            f"{name} must be at most {_LENGTH_MAX} printable characters, or absent", param=name
        )
    return value


def _filter(fields: dict[str, Any]) -> DeliveryFilter:
    strange = set(fields) - {"status", "dry_run", *_TEXTS, *_INSTANTS}
    if strange:
        # A misspelt restriction would send everything again.
        raise BadRequest(f"{min(strange)[:64]!r} is not known here", param=min(strange)[:64])
    status = fields.get("status", "failed")
    if status not in _STATUSES:
        raise BadRequest(f"status must be one of {', '.join(_STATUSES)}", param="status")
    return DeliveryFilter(
        status=status,
        event=_text(fields, "event"),
        entity_id=_text(fields, "entity_id"),
        event_id=_text(fields, "event_id"),
        created_from=parse_moment(_text(fields, "created_from"), "created_from"),
        created_to=parse_moment(_text(fields, "created_to"), "created_to"),
    )


async def retry_deliveries(
    context: Context, principal: Principal, fields: dict[str, Any]
) -> tuple[int, int]:
    """
    Deliver again what fits (`status`, failed by default; `event`, `entity_id`, `event_id`, `created_from`, `created_to`), counting attempts from 0.

    How many fit and how many were scheduled: none with `dry_run`, `RETRIES_MAX` at most.  Raises `BadRequest`.
    """
    which, is_rehearsal = _filter(fields), fields.get("dry_run", False)
    if not isinstance(is_rehearsal, bool):
        raise BadRequest("dry_run must be true or false", param="dry_run")
    owner = principal.merchant.id
    count = await deliveries.count_deliveries(context.database, owner, which)
    if is_rehearsal or count == 0:
        return count, 0
    reopened = await deliveries.reopen_deliveries(context.database, owner, which, limit=RETRIES_MAX)
    await context.hints.send(WorkRef(WorkKind.DELIVERY, one) for one in reopened[:_HINTS_MAX])
    return count, len(reopened)
