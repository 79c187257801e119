"""
JSON Schemas of what pages for people are made from: figures, history, jobs, ledger, single deliveries.
"""

from typing import Final

from gateway.api.shapes import (
    COUNT,
    CURRENCY,
    INSTANT,
    INSTANT_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    Schema,
    object_of,
    page_of,
)

_SUM: Final[Schema] = {"type": "integer", "minimum": 0}
_MS: Final[Schema] = {"type": ["number", "null"]}
_PERCENTILES: Final[Schema] = object_of({"p50": _MS, "p95": _MS, "p99": _MS})
_COUNTS: Final[dict[str, Schema]] = {
    "payments": COUNT,
    "success": COUNT,
    "failed": COUNT,
    "pending": COUNT,
    "voided": COUNT,
}
_ENTRIES: Final[Schema] = {
    "type": "array",
    "items": object_of({"account": TEXT, "amount": {"type": "integer"}, "currency": CURRENCY}),
}
_JOB_STATE: Final[Schema] = {"enum": ["waiting", "running", "done", "parked"]}
_HAPPENED: Final[dict[str, Schema]] = {"at": INSTANT, "entity_id": TEXT_OR_NULL}

_REQUEST: Final[dict[str, Schema]] = {
    "id": TEXT,
    "request_id": TEXT,
    "at": INSTANT,
    "method": TEXT,
    "path": TEXT,
    "status": {"type": "integer"},
    "duration_ms": {"type": "number", "minimum": 0},
    "entity_id": TEXT_OR_NULL,
    "idempotency_key": TEXT_OR_NULL,
    "replayed": {"type": "boolean"},
    "error_code": TEXT_OR_NULL,
    "request_body": TEXT_OR_NULL,
    "response_body": TEXT_OR_NULL,
}

VIEW_SCHEMAS: Final[dict[str, Schema]] = {
    "Statistics": object_of(
        {
            "from": INSTANT,
            "to": INSTANT,
            "bucket_s": {"type": "integer", "minimum": 1},
            "totals": object_of(
                {
                    **_COUNTS,
                    "volume": {
                        "type": "array",
                        "items": object_of(
                            {"currency": CURRENCY, "amount": _SUM, "refunded": _SUM, "count": COUNT}
                        ),
                    },
                }
            ),
            "buckets": {
                "type": "array",
                "items": object_of(
                    {
                        "at": INSTANT,
                        **_COUNTS,
                        "volume": {"type": "object", "additionalProperties": _SUM},
                        "latency_ms": _PERCENTILES,
                        "attempts": COUNT,
                        "attempt_failures": COUNT,
                        "delivery_latency_ms": _PERCENTILES,
                    }
                ),
            },
        }
    ),
    "Timeline": object_of(
        {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Happening"}}}
    ),
    "Happening": {
        "oneOf": [
            object_of(
                {
                    "kind": {"const": "state_change"},
                    **_HAPPENED,
                    "version": COUNT,
                    "from": TEXT,
                    "to": TEXT,
                    "cause": TEXT,
                }
            ),
            object_of(
                {
                    "kind": {"const": "job"},
                    **_HAPPENED,
                    "job": TEXT,
                    "state": _JOB_STATE,
                    "due_at": INSTANT,
                    "attempts": COUNT,
                    "crashes": COUNT,
                    "finished_at": INSTANT_OR_NULL,
                    "lease_until": INSTANT_OR_NULL,
                }
            ),
            object_of(
                {
                    "kind": {"const": "bank_call"},
                    **_HAPPENED,
                    "operation": TEXT,
                    "bank_request_id": TEXT,
                    "finished_at": INSTANT_OR_NULL,
                    "outcome": TEXT_OR_NULL,
                    "detail": TEXT_OR_NULL,
                    "clock": {"enum": ["business", "real"]},
                    "sent_at": INSTANT,
                    "duration_ms": _MS,
                }
            ),
            object_of(
                {
                    "kind": {"const": "bank_callback"},
                    **_HAPPENED,
                    "type": TEXT,
                    "bank_event_id": TEXT,
                }
            ),
            object_of(
                {"kind": {"const": "ledger"}, **_HAPPENED, "journal": TEXT, "entries": _ENTRIES}
            ),
            object_of({"kind": {"const": "request"}, **_REQUEST}),
        ]
    },
    "Job": object_of(
        {
            "id": TEXT,
            "kind": TEXT,
            "entity_id": TEXT,
            "state": _JOB_STATE,
            "due_at": INSTANT,
            "attempts": COUNT,
            "crashes": COUNT,
            "lease_owner": TEXT_OR_NULL,
            "lease_until": INSTANT_OR_NULL,
            "created_at": INSTANT,
            "finished_at": INSTANT_OR_NULL,
        }
    ),
    "JobPage": page_of("Job"),
    "Workers": object_of(
        {
            "data": {
                "type": "array",
                "items": object_of(
                    {
                        "worker_id": TEXT,
                        "started_at": INSTANT,
                        "seen_at": INSTANT,
                        "alive": {"type": "boolean"},
                    }
                ),
            }
        }
    ),
    "Journal": object_of(
        {
            "id": TEXT,
            "kind": TEXT,
            "entity_id": TEXT,
            "payment_id": TEXT,
            "at": INSTANT,
            "entries": _ENTRIES,
        }
    ),
    "JournalPage": page_of("Journal"),
    "Balances": object_of(
        {
            "data": {
                "type": "array",
                "items": object_of(
                    {"account": TEXT, "currency": CURRENCY, "balance": {"type": "integer"}}
                ),
            }
        }
    ),
    "Reconciliation": object_of(
        {
            "date": {"type": "string", "format": "date"},
            "agrees": {"type": "boolean"},
            "mismatches": {
                "type": "array",
                "items": object_of(
                    {
                        "class": {
                            "enum": [
                                "missing_at_bank",
                                "missing_at_us",
                                "amount_mismatch",
                                "duplicate",
                            ]
                        },
                        "request_id": TEXT,
                        "kind": {"enum": ["debit", "credit"]},
                        "ours": {"type": ["integer", "null"]},
                        "bank": {"type": ["integer", "null"]},
                        "currency": CURRENCY,
                    }
                ),
            },
        }
    ),
    "LoggedRequest": object_of(_REQUEST),
    "LoggedRequestPage": page_of("LoggedRequest"),
    "WholeDelivery": object_of(
        {
            "id": {"type": "string", "format": "uuid"},
            "event": TEXT,
            "status": {"enum": ["pending", "success", "failed"]},
            "attempts": COUNT,
            "created_at": INSTANT,
            "last_attempt_at": INSTANT_OR_NULL,
            "response_code": {"type": ["integer", "null"]},
            "next_retry_at": INSTANT_OR_NULL,
            "event_id": TEXT,
            "entity_id": TEXT,
            "payload": {"type": "object"},
            "body": TEXT,
        }
    ),
    "NewBulkRetry": object_of(
        {},
        {
            "status": {"enum": ["pending", "success", "failed"]},
            "event": {"type": ["string", "null"], "minLength": 1, "maxLength": 64},
            "entity_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 64},
            "event_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 64},
            "created_from": INSTANT_OR_NULL,
            "created_to": INSTANT_OR_NULL,
            "dry_run": {"type": "boolean"},
        },
    ),
    "BulkRetry": object_of({"count": COUNT, "scheduled": COUNT}),
}
