"""
One payment on one axis: what every source knows, as entries in the order of the business clock.

Pure: rows in, entries out.  Rows stamped with real time are marked, because a frozen business clock stands still while real time goes on.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dashboard.instants import parsed

Row = Mapping[str, Any]

#: Lanes from top to bottom: key, label.
LANES: Final = (
    ("api", "API"),
    ("checkout", "Checkout"),
    ("state", "State"),
    ("event", "Events"),
    ("job", "Jobs"),
    ("bank", "Bank"),
    ("money", "Ledger"),
    ("webhook", "Webhooks"),
)
_RANK: Final = {lane: rank for rank, (lane, _) in enumerate(LANES)}
_GOOD: Final = frozenset(
    [
        "success",
        "processed",
        "captured",
        "authorised",
        "refunded",
        "voided",
        "reversed",
        "approve",
        "done",
        "answered",
        "processed",
    ]
)
_BAD: Final = frozenset(
    [
        "failed",
        "declined",
        "parked",
        "unknown",
        "exhausted",
        "cancelled",
        "not_sent",
        "late_authorised",
    ]
)
_REFUSED: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One thing that happened.  `request` and `response` are raw texts; `tone` is good, bad or empty; `clock` is business or real.
    """

    at: datetime
    lane: str
    title: str
    detail: str = ""
    tone: str = ""
    took_ms: float | None = None
    request: str = ""
    response: str = ""
    link: str = ""
    clock: str = "business"

    @property
    def lane_label(self) -> str:
        """
        The lane's name for people.
        """
        return dict(LANES)[self.lane]


def tone_of(word: object) -> str:
    """
    Whether a status is good, bad, or still open.
    """
    text = str(word or "").split("/")[0]
    return "good" if text in _GOOD else "bad" if text in _BAD else ""


def pretty(value: object) -> str:
    """
    JSON for reading; text that is JSON is laid out, other text stays as it is.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return str(value)
    if value is None:
        return ""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _http(first: str, headers: object, body: object) -> str:
    named = headers.items() if isinstance(headers, Mapping) else []
    head = "\n".join([first, *(f"{name}: {value}" for name, value in named)])
    text = pretty(body)
    return f"{head}\n\n{text}" if text else head


def of_events(rows: Iterable[Row]) -> list[Entry]:
    """
    Announced facts.
    """
    return [
        Entry(
            at=at,
            lane="event",
            title=str(row.get("type")),
            detail=str(row.get("id")),
            tone=tone_of(str(row.get("type")).rpartition(".")[2]),
            request=pretty(row.get("payload")),
            link=f"/dashboard/events/{row.get('id')}",
        )
        for row in rows
        if (at := parsed(row.get("created_at")))
    ]


def of_attempts(delivery: Row, attempts: Iterable[Row], body: object) -> list[Entry]:
    """
    The HTTP requests of one delivery, and the next one that is due.
    """
    link = f"/dashboard/webhooks/{delivery.get('id')}"
    found = []
    for row in attempts:
        at = parsed(row.get("started_at"))
        if at is None:
            continue
        code = row.get("response_code")
        answered = code if code is not None else row.get("error_class") or "no answer yet"
        head = f"{code}" if code is not None else str(row.get("error_class") or "")
        found.append(
            Entry(
                at=at,
                lane="webhook",
                title=f"{delivery.get('event')} attempt {row.get('number')}",
                detail=f"{answered}",
                tone="good" if isinstance(code, int) and code // 100 == 2 else "bad",  # noqa: PLR2004  2xx
                took_ms=row.get("latency_ms"),
                request=_http(f"POST {row.get('url')}", row.get("request_headers"), body),
                response=_http(head, row.get("response_headers"), row.get("response_body")),
                link=link,
            )
        )
    due = parsed(delivery.get("next_retry_at"))
    if due is not None and delivery.get("status") == "pending":
        title = f"{delivery.get('event')} next attempt"
        found.append(Entry(at=due, lane="webhook", title=title, detail="due", link=link))
    return found


def of_journal(lines: Iterable[Row]) -> list[Entry]:
    """
    What the bank wrote down.
    """
    found = []
    for row in lines:
        at = parsed(row.get("at"))
        if at is None:
            continue
        rest = {name: value for name, value in row.items() if name not in ("request", "response")}
        status = str(row.get("status") or "")
        found.append(
            Entry(
                at=at,
                lane="bank",
                title=f"{row.get('kind')} at the bank",
                detail=" ".join(filter(None, (status, str(row.get("decline_code") or "")))),
                tone=tone_of(status),
                took_ms=row.get("duration_ms"),
                request=pretty(row.get("request") or rest),
                response=pretty(row.get("response")),
            )
        )
    return found


def of_refunds(rows: Iterable[Row]) -> list[Entry]:
    """
    Refunds made and done; for gateways that offer no state changes.
    """
    found = []
    for row in rows:
        for member, word in (("created_at", "created"), ("processed_at", str(row.get("status")))):
            at = parsed(row.get(member))
            if at is not None:
                title = f"refund {word}"
                detail = str(row.get("id"))
                found.append(
                    Entry(at=at, lane="state", title=title, detail=detail, tone=tone_of(word))
                )
    return found


def _state_change(row: Row) -> Entry | None:
    at = parsed(row.get("at"))
    if at is None:
        return None
    cause = str(row.get("cause") or "")
    return Entry(
        at=at,
        lane="state",
        title=f"{row.get('from')} → {row.get('to')}",
        detail=f"{row.get('entity_id')} · {cause}" if cause else str(row.get("entity_id")),
        tone=tone_of(row.get("to")),
    )


def _job(row: Row) -> Entry | None:
    at = parsed(row.get("at"))
    if at is None:
        return None
    state = str(row.get("state"))
    tries = f"{row.get('attempts')} {'step' if row.get('attempts') == 1 else 'steps'}" + (
        f", {row['crashes']} crashes" if row.get("crashes") else ""
    )
    return Entry(
        at=at,
        lane="job",
        title=f"{row.get('job')} job",
        detail=f"{state} · {tries}",
        tone=tone_of(state),
        request=pretty(dict(row)),
        link=f"/dashboard/queues?entity_id={row.get('entity_id')}",
    )


def _bank_call(row: Row) -> Entry | None:
    at = parsed(row.get("at"))
    if at is None:
        return None
    ended = parsed(row.get("finished_at"))
    took_ms = None if ended is None else round((ended - at).total_seconds() * 1000, 1)
    outcome = str(row.get("outcome") or "no answer yet")
    return Entry(
        at=at,
        lane="bank",
        title=f"{row.get('operation')} call",
        detail=outcome,
        tone=tone_of(row.get("outcome")),
        took_ms=took_ms,
        request=pretty(dict(row)),
        clock=str(row.get("clock") or "business"),
    )


def _bank_callback(row: Row) -> Entry | None:
    at = parsed(row.get("at"))
    if at is None:
        return None
    return Entry(
        at=at,
        lane="bank",
        title=f"callback {row.get('type')}",
        detail=str(row.get("bank_event_id")),
        request=pretty(dict(row)),
        clock=str(row.get("clock") or "business"),
    )


def _ledger(row: Row) -> Entry | None:
    at = parsed(row.get("at"))
    if at is None:
        return None
    return Entry(
        at=at,
        lane="money",
        title=str(row.get("journal")),
        detail=str(row.get("entity_id")),
        request=pretty(row.get("entries")),
        link="/dashboard/ledger",
    )


def of_request(row: Row) -> Entry | None:
    """
    One line of the request log; calls of the payer's page stand in a lane of their own.
    """
    at = parsed(row.get("at"))
    if at is None:
        return None
    status, path = row.get("status"), str(row.get("path"))
    key = f"Idempotency-Key: {row['idempotency_key']}" if row.get("idempotency_key") else ""
    replayed = "replayed" if row.get("replayed") else ""
    refused = isinstance(status, int) and status >= _REFUSED
    first = f"{row.get('method')} {path}" + (f"\n{key}" if key else "")
    return Entry(
        at=at,
        lane="checkout" if path.endswith("/public") else "api",
        title=f"{row.get('method')} {path}",
        detail=" ".join(filter(None, (str(status), str(row.get("error_code") or ""), replayed))),
        tone="bad" if refused else "good",
        took_ms=row.get("duration_ms"),
        request=_http(first, None, row.get("request_body")),
        response=_http(str(status), None, row.get("response_body")),
        link=f"/dashboard/requests?q={row.get('request_id')}" if row.get("request_id") else "",
        clock=str(row.get("clock") or "business"),
    )


_BUILDERS: Final = {
    "state_change": _state_change,
    "job": _job,
    "bank_call": _bank_call,
    "bank_callback": _bank_callback,
    "ledger": _ledger,
    "request": of_request,
}


def of_timeline(rows: Iterable[Row]) -> list[Entry]:
    """
    What the gateway's database knows; kinds that are not known here are left out.
    """
    built = (_BUILDERS[kind](row) for row in rows if (kind := str(row.get("kind"))) in _BUILDERS)
    return [entry for entry in built if entry is not None]


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """
    By time, then from cause to effect: the request before the state, the state before the webhook.
    """
    return sorted(entries, key=lambda entry: (entry.at, _RANK[entry.lane]))
