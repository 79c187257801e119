"""
The transcript of a run without what may honestly differ between two runs of one seed, and its hash.

Taken out: instants and Unix times near the exchange, durations, addresses of this machine, signatures and hashes over such times, headers that carry
them, gauges of the job queue and the test clock, the rows of lists (they show all cases at once), ids of deliveries (the worker makes them as decisions come in).  A poll (the same GET in a row) is kept as
its last answer.  Of a case that has requests under way together only the requests are kept, ids masked, without repetitions: which of them wins is not
the seed's to say.  Everything else stays, ids included: they come from the seed.  Source: features N5.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+\-]\d\d:?\d\d)?"
)
_NUMBER: Final = re.compile(r"(?<!\w)(?<!\d\.)\d{10}(?:\d{3})?(?:\.\d+)?(?![\w])")
_ADDRESS: Final = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]|0\.0\.0\.0):\d+")
_SIGNATURE: Final = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Fa-f]{64}(?![0-9A-Za-z])|\bv1a?,[A-Za-z0-9+/=]+"
    r"|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])"
)
#: Headers that name a moment, a connection or a process.
_MOVING_HEADERS: Final = frozenset(
    {
        "date", "content-length", "host", "connection", "keep-alive", "age", "expires", "etag", "last-modified", "x-request-id", "request-id",
        "traceparent", "x-webhook-sequence", "server-timing", "x-response-time", "x-ratelimit-remaining", "x-ratelimit-reset", "user-agent", "accept-encoding",
    }
)  # fmt: skip
_ROWS: Final = frozenset({"total", "data", "has_more", "next_cursor"})
#: What an operation's answer says about a moment, by the end of its path.
_GAUGES: Final = {
    "/jobs/status": frozenset({"pending", "processing", "completed", "failed"}),
    # Lists show what all other cases made happen, bursts included.
    "/webhooks": _ROWS,
    "/payments": _ROWS,
    "/orders": _ROWS,
    "/refunds": _ROWS,
    "/clock": frozenset({"outstanding", "next_due_at", "followers_answered", "idle"}),
}
#: Members that say how far the work in the background is at a moment.
_PROGRESS: Final = frozenset({"next_retry_at", "test_trigger", "retry_after_ms"})
_DURATION: Final = re.compile(r"(?:^|[ _])m?s$")
_GZIP: Final = b"\x1f\x8b"
_ID: Final = re.compile(
    r"\b(?:[a-z]+_[A-Za-z0-9]{16}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
)
_UUID: Final = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
#: A number within this many seconds of the exchange is a time of it; a test clock moves by days.
_NEAR_S: Final = 40 * 86_400
_TAKEN_OUT: Final = (
    (_INSTANT, "<instant>"),
    (_ADDRESS, "<host>"),
    (_SIGNATURE, "<hash>"),
    (_UUID, "<uuid>"),
)


def _plain(text: str, around_s: float) -> str:
    def time(match: re.Match[str]) -> str:
        value = float(match.group())
        seconds = value / 1000 if value > 10**11 else value
        return "<unix>" if abs(seconds - around_s) < _NEAR_S else match.group()

    for pattern, name in _TAKEN_OUT:
        text = pattern.sub(name, text)
    return _NUMBER.sub(time, text)


def _body(body: Mapping[str, str], around_s: float, gauges: frozenset[str] = frozenset()) -> Any:
    text = body.get("text")
    if text is None:
        return {name: _without_gzip_time(value) for name, value in body.items()}
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return _plain(text, around_s)
    document = _gauged(document, gauges)
    shown = json.dumps(_without(document, _PROGRESS), sort_keys=True)
    return json.loads(_plain(shown, around_s).replace("<unix>", "0"))


def _gauged(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {
            n: "<gauge>" if n in names else _gauged(member, names) for n, member in value.items()
        }
    return [_gauged(member, names) for member in value] if isinstance(value, list) else value


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {
            name: _without(member, names) for name, member in value.items() if name not in names
        }
    return [_without(member, names) for member in value] if isinstance(value, list) else value


def _without_gzip_time(encoded: str) -> str:
    """
    A gzip body carries the time at which it was packed in its bytes 4 to 8.
    """
    plain = base64.b64decode(encoded)
    if not plain.startswith(_GZIP):
        return encoded
    return base64.b64encode(plain[:4] + bytes(4) + plain[8:]).decode()


def _headers(headers: Mapping[str, str], around_s: float) -> dict[str, str]:
    return {
        name.lower(): _plain(_in_order(value) if name.lower() == "allow" else value, around_s)
        for name, value in sorted(headers.items())
        if name.lower() not in _MOVING_HEADERS
    }


def _in_order(listed: str) -> str:
    return ", ".join(sorted(part.strip() for part in listed.split(",")))


def _gauges_of(method: str, path: str) -> frozenset[str]:
    found = next((g for end, g in _GAUGES.items() if path.endswith(end)), frozenset[str]())
    return frozenset() if found is _ROWS and method != "GET" else found


def _unix_s(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()


def _exchange(exchange: Mapping[str, Any]) -> dict[str, Any]:
    request, response = exchange["request"], exchange["response"]
    around_s = float(exchange.get("started_s", 0.0))
    url = urlsplit(request["url"])
    path = f"{url.path}?{url.query}" if url.query else url.path
    shown: dict[str, Any] = {
        "method": request["method"],
        "path": _plain(path, around_s),
        "headers": _headers(request["headers"], around_s),
        "body": _body(request["body"], around_s),
    }
    if response is None:
        return {"request": shown, "failure": str(exchange["failure"]).partition(":")[0]}
    gauges = _gauges_of(request["method"], url.path)
    return {
        "request": shown,
        "response": {
            "status": response["status"],
            "headers": _headers(response["headers"], around_s),
            "body": _body(response["body"], around_s, gauges),
        },
    }


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _together(exchanges: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """
    Exchanges that overlap in time, as one group.
    """
    group: list[Mapping[str, Any]] = []
    until_s = float("-inf")
    for exchange in exchanges:
        started_s = float(exchange.get("started_s", 0.0))
        if group and started_s >= until_s:
            yield group
            group, until_s = [], float("-inf")
        group.append(exchange)
        until_s = max(until_s, started_s + float(exchange.get("duration_ms", 0.0)) / 1000)
    if group:
        yield group


def _case(transcript: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    groups = list(_together(transcript.get("exchanges", [])))
    if any(len(group) > 1 for group in groups):
        found = {
            _ID.sub("<id>", _canonical({"request": _exchange(one)["request"]}))
            for group in groups
            for one in group
        }
        yield from map(json.loads, sorted(found))
        return
    before: dict[str, Any] | None = None
    for (exchange,) in groups:
        shown = _exchange(exchange)
        polled = (
            before is not None
            and before["request"] == shown["request"]
            and shown["request"]["method"] == "GET"
        )
        if before is not None and not polled:
            yield before
        before = shown
    if before is not None:
        yield before


def _notes(transcript: Mapping[str, Any]) -> list[Any]:
    times = [float(e.get("started_s", 0.0)) for e in transcript.get("exchanges", [])]
    notes = transcript.get("notes", [])
    received = [note["received_at"] for note in notes if "received_at" in note]
    around_s = max(times, default=0.0) or max(map(_unix_s, received), default=0.0)
    shown = [_note(note, around_s) for note in notes]
    # What a page asks for in the background has no place in the order of a run's requests, so its ids are nobody's to foretell.
    unordered = not times or any(
        len(group) > 1 for group in _together(transcript.get("exchanges", []))
    )
    if unordered:
        shown = [_ID.sub("<id>", text) for text in shown]
    return [json.loads(text) for text in sorted(shown)]


def _note(note: Mapping[str, Any], around_s: float) -> str:
    kept = {
        name: "<duration>" if _DURATION.search(name) else value
        for name, value in note.items()
        if name != "headers"
    }
    if "headers" in note:
        pairs = {str(name): str(value) for name, value in note["headers"]}
        kept["headers"] = _headers(pairs, around_s)
    if isinstance(note.get("body"), str):
        kept["body"] = _body({"text": note["body"]}, around_s)
    return _plain(json.dumps(kept, sort_keys=True), around_s).replace("<unix>", "0")


def lines(requirement_id: str, transcripts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """
    One line of JSON for each exchange and each note of a requirement.
    """
    for transcript in transcripts:
        head = {"requirement": requirement_id, "case": transcript.get("case", "")}
        for number, shown in enumerate(_case(transcript), 1):
            yield _canonical({**head, "exchange": number, **shown})
        for note in _notes(transcript):
            yield _canonical({**head, "note": note})


def ndjson(everything: Iterable[tuple[str, Iterable[Mapping[str, Any]]]]) -> bytes:
    """
    `transcript.ndjson`: requirements in order of id.
    """
    found = (line for name, transcripts in sorted(everything) for line in lines(name, transcripts))
    return "".join(f"{line}\n" for line in found).encode("ascii")


def fingerprint(transcript: bytes) -> str:
    """
    The hash that two runs of one seed share.
    """
    return hashlib.sha256(transcript).hexdigest()
