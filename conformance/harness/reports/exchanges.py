"""
Transcripts as HTML: request beside answer, webhooks, signatures, and a curl line for each request.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from conformance.harness.redaction import REDACTED

#: Characters of one body on the page; the evidence file has all of it.
_BODY_LENGTH_MAX: Final = 3_000
#: Exchanges of one case on the page; bursts have hundreds.
_EXCHANGES_MAX: Final = 60
_FROM_ENVIRONMENT: Final = {"x-api-secret": "$API_SECRET", "authorization": "$AUTHORIZATION"}


def transcript_html(transcript: Mapping[str, Any], evidence: str) -> str:
    """
    One case, folded.  `evidence` is the path of the file that has everything.
    """
    exchanges = list(transcript.get("exchanges", []))
    shown = list(_without_polls(exchanges))
    parts = [_exchange(exchange, asked, evidence) for exchange, asked in shown[:_EXCHANGES_MAX]]
    if len(shown) > _EXCHANGES_MAX:
        parts.append(f'<p class="dim">{len(shown) - _EXCHANGES_MAX} more in {escape(evidence)}</p>')
    parts += [_note(note) for note in transcript.get("notes", [])]
    title = f"{transcript.get('case', 'case')}: {len(exchanges)} exchanges"
    return f"<details><summary>{escape(title)}</summary>{''.join(parts)}</details>"


def _without_polls(exchanges: list[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], int]]:
    """
    The same GET in a row once, by its last answer, with how often it was asked.
    """
    asked = 0
    for number, exchange in enumerate(exchanges):
        asked += 1
        following = exchanges[number + 1] if number + 1 < len(exchanges) else None
        request = exchange["request"]
        if following is not None and request["method"] == "GET" and following["request"] == request:
            continue
        yield exchange, asked
        asked = 0


def _exchange(exchange: Mapping[str, Any], asked: int, evidence: str) -> str:
    request, response = exchange["request"], exchange["response"]
    status = "no answer" if response is None else str(response["status"])
    often = f", asked {asked} times" if asked > 1 else ""
    head = f"{request['method']} {request['url']} → {status} ({exchange['duration_ms']} ms{often})"
    sent = f"{request['method']} {request['url']}\n{_message(request, evidence)}"
    came = (
        f"no answer: {exchange['failure']}"
        if response is None
        else f"{response['status']}\n{_message(response, evidence)}"
    )
    return (
        f'<details><summary class="status">{escape(head)}</summary><div class="exchange">'
        f"<pre>{escape(sent)}</pre><pre>{escape(came)}</pre></div>"
        f"<pre>{escape(curl(request))}</pre></details>"
    )


def _message(message: Mapping[str, Any], evidence: str) -> str:
    lines = [f"{name}: {value}" for name, value in message["headers"].items()]
    for kind, text in message["body"].items():
        if len(text) > _BODY_LENGTH_MAX:
            more = len(text) - _BODY_LENGTH_MAX
            text = f"{text[:_BODY_LENGTH_MAX]}\n… {more} more characters in {evidence}"  # noqa: PLW2901
        lines += ["", f"(base64) {text}" if kind == "base64" else text]
    return "\n".join(lines)


def curl(request: Mapping[str, Any]) -> str:
    """
    The request as a shell command; what was redacted comes from the reader's environment.
    """
    parts = ["curl", "-sS", "-i"]
    if request["method"] != "GET":
        parts += ["-X", request["method"]]
    parts.append(shlex.quote(request["url"]))
    for name, value in request["headers"].items():
        if value == REDACTED:
            variable = _FROM_ENVIRONMENT.get(name.lower(), "$SECRET")
            parts += ["-H", f'"{name}: {variable}"']
        else:
            parts += ["-H", shlex.quote(f"{name}: {value}")]
    text = request["body"].get("text")
    if text is not None:
        short = text if len(text) <= _BODY_LENGTH_MAX else text[:_BODY_LENGTH_MAX] + "…"
        parts += ["--data-binary", shlex.quote(short)]
    return " ".join(parts)


def _note(note: Mapping[str, Any]) -> str:
    """
    A webhook, a signature's diagnosis, or anything else a case wrote down.
    """
    if "webhook" in note and "body" in note:
        lines = [f"{name}: {value}" for name, value in note.get("headers", [])]
        text = "\n".join([*lines, "", str(note["body"])])
        title = f"webhook {note['webhook']} received at {note.get('received_at', '')}"
    elif isinstance(note.get("signature"), dict):
        found = note["signature"]
        text = "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in found.items())
        title = f"signature: {found.get('sentence', '')}"
    else:
        text = json.dumps(note, indent=1, ensure_ascii=False)
        title = f"note: {', '.join(map(str, note))}"
    return f"<details><summary>{escape(title)}</summary><pre>{escape(text)}</pre></details>"
