"""
One payment's history.
"""

from typing import Any, Final

from quart import Blueprint, Response

from gateway.api.requests import identifier, json_response, principal
from gateway.api.rows import instant, request_row
from gateway.api.state import context
from gateway.services.timeline import Timeline, read_timeline

timeline = Blueprint("timeline", __name__)
Document = dict[str, object]
_MS_PER_S: Final = 1_000


def _change(row: Any) -> Document:
    return {
        "kind": "state_change",
        "at": instant(row["at"]),
        "entity_id": row["entity_id"],
        "version": row["version"],
        "from": row["from_state"],
        "to": row["to_state"],
        "cause": row["cause"],
    }


def _job(row: Any) -> Document:
    return {
        "kind": "job",
        "at": instant(row["created_at"]),
        "entity_id": row["entity_id"],
        "job": row["kind"],
        "state": row["state"],
        "due_at": instant(row["due_at"]),
        "attempts": row["attempts"],
        "crashes": row["crashes"],
        "finished_at": instant(row["finished_at"]),
        "lease_until": instant(row["lease_until"]),
    }


def _bank_call(row: Any) -> Document:
    """
    On the business axis the call ends as much later as it really took; calls of the first release have real instants only, and say so.
    """
    at = row["at"] or row["sent_at"]
    took = None if row["finished_at"] is None else row["finished_at"] - row["sent_at"]
    return {
        "kind": "bank_call",
        "at": instant(at),
        "entity_id": row["entity_id"],
        "operation": row["operation"],
        "bank_request_id": row["bank_request_id"],
        "finished_at": None if took is None else instant(at + took),
        "outcome": row["outcome"],
        "detail": row["detail"],
        "clock": "real" if row["at"] is None else "business",
        "sent_at": instant(row["sent_at"]),
        "duration_ms": None if took is None else round(took.total_seconds() * _MS_PER_S, 3),
    }


def _bank_callback(row: Any) -> Document:
    return {
        "kind": "bank_callback",
        "at": instant(row["received_at"]),
        "entity_id": row["entity_id"],
        "type": row["type"],
        "bank_event_id": row["bank_event_id"],
    }


def _journal(row: Any) -> Document:
    return {
        "kind": "ledger",
        "at": instant(row["at"]),
        "entity_id": row["entity_id"],
        "journal": row["kind"],
        "entries": row["entries"],
    }


def _rows(found: Timeline) -> list[Document]:
    return [
        *map(_change, found.changes),
        *map(_job, found.jobs),
        *map(_bank_call, found.bank_calls),
        *map(_bank_callback, found.bank_callbacks),
        *map(_journal, found.journals),
        *({"kind": "request", **request_row(row)} for row in found.requests),
    ]


@timeline.get("/api/v1/payments/<payment_id>/timeline")
async def get_timeline(payment_id: str) -> Response:
    """
    What happened to the payment, its refunds, captures and voids, oldest first.
    """
    who = await principal()
    wanted = identifier(payment_id, "pay_", "Payment not found")
    found = await read_timeline(context(), who, wanted)
    return json_response({"data": sorted(_rows(found), key=lambda row: str(row["at"]))})
