"""
The texts that senders sign by mistake instead of the bytes they send.
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

_TIMESTAMP_HEADERS: Final = (
    "X-Webhook-Timestamp", "X-Timestamp", "X-Signature-Timestamp", "webhook-timestamp",
)  # fmt: skip
_ID_HEADERS: Final = ("webhook-id", "X-Webhook-Id", "X-Webhook-Event-Id")


@dataclass(frozen=True, slots=True)
class Form:
    """
    A text that may have been signed; `mistake` is empty for the raw body.
    """

    mistake: str
    signed: bytes


def reserialised(body: bytes) -> bytes | None:
    """
    The body as `JSON.stringify(JSON.parse(body))` gives it; None when it is not JSON.
    """
    try:
        document = json.loads(body, parse_float=_javascript_number)
    except (ValueError, RecursionError):
        return None
    return _compact(document)


def _javascript_number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _compact(document: Any, **options: Any) -> bytes:
    return _dumped(document, separators=(",", ":"), **options)


def _dumped(document: Any, **options: Any) -> bytes:
    return json.dumps(document, **{"ensure_ascii": False, **options}).encode("utf-8", "replace")


def forms(body: bytes, headers: Callable[[str], str | None]) -> list[Form]:
    """
    The raw body first, then every other text; those that are the same bytes as an earlier one are left out.
    """
    found: dict[bytes, Form] = {body: Form("", body)}
    for form in (*_of_json(body), *_around(body), *_stamped(body, headers)):
        found.setdefault(form.signed, form)
    return list(found.values())


def _spaces_outside(text: str) -> int:
    """
    How many space characters there are.
    """
    return text.count(" ")


def _of_json(body: bytes) -> Iterator[Form]:
    text = body.decode("utf-8", "replace")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    compact, spaced = _compact(document), _dumped(document)
    removed = _spaces_outside(text) - _spaces_outside(compact.decode())
    added = _spaces_outside(spaced.decode()) - _spaces_outside(text)
    again = "signs re-serialised JSON"
    yield Form(f"{again}: {removed} spaces removed", compact)
    yield Form(f"{again}: {added} spaces added", spaced)
    yield Form(f"{again}: members sorted", _compact(document, sort_keys=True))
    yield Form(f"{again}: members sorted, spaces added", _dumped(document, sort_keys=True))
    yield Form(f"{again}: non-ASCII escaped", _compact(document, ensure_ascii=True))
    yield Form(f"{again}: non-ASCII escaped, spaces added", _dumped(document, ensure_ascii=True))
    sorted_ascii = _compact(document, ensure_ascii=True, sort_keys=True)
    yield Form(f"{again}: members sorted, non-ASCII escaped", sorted_ascii)
    sorted_spaced = _dumped(document, ensure_ascii=True, sort_keys=True)
    yield Form(f"{again}: members sorted, non-ASCII escaped, spaces added", sorted_spaced)
    yield Form(f"{again}: slashes escaped", compact.replace(b"/", b"\\/"))
    for indent in (2, 4, "\t"):
        yield Form("signs pretty-printed JSON", _dumped(document, indent=indent))
        escaped = _dumped(document, indent=indent, ensure_ascii=True)
        yield Form("signs pretty-printed JSON with non-ASCII escaped", escaped)
    yield from _parts(document)


def _parts(document: Any) -> Iterator[Form]:
    if not isinstance(document, dict):
        return
    for name in ("data", "event", "timestamp", "id"):
        if name in document:
            yield from _part(f"the {name} member", document[name])
    data = document.get("data")
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _part(f"data.{name}", value)
            if isinstance(value, dict) and isinstance(value.get("id"), str):
                yield Form(f"signs the id of data.{name} only", value["id"].encode())
    if isinstance(document.get("event"), str):
        yield Form("signs the event's name only", document["event"].encode())


def _part(what: str, value: Any) -> Iterator[Form]:
    yield Form(f"signs {what} only", _compact(value))
    yield Form(f"signs {what} only, re-serialised with spaces", _dumped(value))


def _around(body: bytes) -> Iterator[Form]:
    text = body.decode("utf-8", "replace")
    yield Form("signs the body with a line end added", body + b"\n")
    yield Form("signs the body with a line end added (CR LF)", body + b"\r\n")
    yield Form("signs the body without the white space around it", body.strip())
    yield Form("signs the body encoded as JSON once more", _dumped(text))
    yield Form("signs the body encoded as JSON once more", _dumped(text, ensure_ascii=True))
    yield Form("signs the base64 of the body", base64.b64encode(body))
    yield Form("signs an empty body", b"")
    yield Form("signs [object Object], not the body", b"[object Object]")


def _stamped(body: bytes, headers: Callable[[str], str | None]) -> Iterator[Form]:
    bodies = {"": body, ", re-serialised": reserialised(body) or body}
    ids = [value for value in map(headers, _ID_HEADERS) if value]
    for stamp in _stamps(body, headers):
        for how, text in bodies.items():
            yield Form(f"signs timestamp.body, not the body{how}", f"{stamp}.".encode() + text)
            yield Form(f"signs timestamp and body, not the body{how}", stamp.encode() + text)
            for webhook_id in ids:
                whole = f"{webhook_id}.{stamp}.".encode() + text
                yield Form(f"signs id.timestamp.body, not the body{how}", whole)


def _stamps(body: bytes, headers: Callable[[str], str | None]) -> list[str]:
    """
    Every timestamp in sight: of headers and of the body, in seconds and milliseconds.
    """
    found = [value for value in map(headers, _TIMESTAMP_HEADERS) if value]
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    stamp = document.get("timestamp") if isinstance(document, dict) else None
    if isinstance(stamp, int | str) and not isinstance(stamp, bool):
        found.append(str(stamp))
    if isinstance(stamp, int):
        found.append(str(stamp * 1000))
    return list(dict.fromkeys(found))
