"""
A case's exchanges as steps that can be played again: ids come from earlier answers, keys are fresh, credentials stay outside.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from conformance.harness.client import Answer
from conformance.harness.evidence import Exchange
from conformance.harness.profile import Profile
from conformance.harness.redaction import Redactor

_OK: Final = range(200, 300)
_PENDING: Final = ("pending", "processing")
_LEAF_LENGTH_MIN: Final = 8
_CARD: Final = re.compile(r"[0-9](?:[ \-]?[0-9]){12,18}")
#: Headers that belong to one connection.
_LEFT_OUT: Final = frozenset({"host", "content-length", "connection", "transfer-encoding"})
_CREDENTIALS: Final = (
    ("key_header", "key", "API_KEY"),
    ("secret_header", "secret", "API_SECRET"),
    ("key_header", "other_key", "OTHER_API_KEY"),
    ("secret_header", "other_secret", "OTHER_API_SECRET"),
)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def leaves(document: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """
    Every text in a document, with its dotted path.
    """
    members: list[tuple[Any, Any]] = []
    if isinstance(document, dict):
        members = list(document.items())
    elif isinstance(document, list):
        members = list(enumerate(document))
    for name, value in members:
        at = f"{path}.{name}" if path else str(name)
        if isinstance(value, str):
            yield at, value
        else:
            yield from leaves(value, at)


def _within(document: Any, wanted: Any, path: str = "") -> str | None:
    if document == wanted and type(document) is type(wanted):
        return path
    pairs = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    for name, value in pairs:
        found = _within(value, wanted, f"{path}.{name}" if path else str(name))
        if found is not None:
            return found
    return None


def _follows(before: Exchange, after: Exchange) -> bool:
    return before.started_s + before.duration_ms / 1000 <= after.started_s


def _text(exchange: Exchange) -> str:
    body = exchange.request_body.decode("utf-8", "replace")
    return f"{exchange.url} {body} {' '.join(exchange.request_headers.values())}"


class Documents:
    """
    The exchanges without repeated polls, in the order they began, and what their answers said.
    """

    def __init__(self, exchanges: Sequence[Exchange], profile: Profile) -> None:
        self.profile = profile
        self.steps: list[Exchange] = []
        self._polled: list[bool] = []
        polls: dict[str, int] = {}
        for exchange in sorted(exchanges, key=lambda one: one.started_s):
            at = polls.get(exchange.url) if exchange.method == "GET" else None
            if at is not None and _follows(self.steps[at], exchange):
                self.steps[at] = replace(exchange, started_s=self.steps[at].started_s)
                self._polled[at] = True
                continue
            self.steps.append(exchange)
            self._polled.append(False)
            polls = {**polls, exchange.url: len(self.steps) - 1} if exchange.method == "GET" else {}
        self.raw = [_json(step.response_body) for step in self.steps]
        self.documents = [profile.contract_document(document) for document in self.raw]
        self._origins = self._find_origins(self.documents)
        self._raw_origins = self._find_origins(self.raw)

    def _find_origins(self, documents: Sequence[Any]) -> dict[str, tuple[int, str]]:
        """
        Texts that first came up in an answer: ids, for instance.
        """
        found: dict[str, tuple[int, str]] = {}
        sent = ""
        for index, document in enumerate(documents):
            sent += _text(self.steps[index]) + "\n"
            for path, text in leaves(document):
                if len(text) >= _LEAF_LENGTH_MIN and text not in found and text not in sent:
                    found[text] = (index, path)
        return found

    def origin(self, text: str) -> tuple[int, str] | None:
        """
        Step and path of the answer in which the text first came up; None when the suite sent it first.
        """
        return self._origins.get(text)

    def place(self, value: Any) -> tuple[int, str] | None:
        """
        Step and path of the newest answer that has this object or array.
        """
        for index in reversed(range(len(self.documents))):
            path = _within(self.documents[index], value)
            if path is not None:
                return index, path
        return None

    def step_of(self, answer: Answer) -> int | None:
        """
        The step that got this answer.
        """
        same = [
            n
            for n, step in enumerate(self.steps)
            if step.response_body is answer.body and answer.body
        ]
        alike = [
            n
            for n, step in enumerate(self.steps)
            if step.response_body == answer.body and step.status == answer.status
        ]
        found = same or alike
        return found[-1] if found else None

    def groups(self) -> list[int]:
        """
        The group of each step: writes that were under way together share one, unless one needs the answer of another.
        """
        found: list[int] = []
        until_s, members = float("-inf"), set[int]()
        for index, step in enumerate(self.steps):
            alone = step.method == "GET" or step.started_s >= until_s
            if alone or self._needs(index) & members:
                until_s, members = float("-inf"), set()
            found.append(found[-1] if members else (found[-1] + 1 if found else 0))
            if step.method != "GET":
                members.add(index)
                until_s = max(until_s, step.started_s + step.duration_ms / 1000)
        return found

    def _needs(self, index: int) -> set[int]:
        """
        The steps whose answers this one carries something of.
        """
        sent = _text(self.steps[index])
        return {n for leaf, (n, _) in self._raw_origins.items() if n < index and leaf in sent}

    def rendered(self, redactor: Redactor, judged: frozenset[int]) -> list[dict[str, Any]]:
        """
        The steps as a script has them.
        """
        groups = self.groups()
        return [
            self._step(index, groups[index], redactor, needed=index not in judged)
            for index in range(len(self.steps))
        ]

    def _step(self, index: int, group: int, redactor: Redactor, *, needed: bool) -> dict[str, Any]:
        step = self.steps[index]
        url = urlsplit(step.url)
        path = f"{url.path}?{url.query}" if url.query else url.path
        headers, credentials = self._headers(index, step.request_headers, redactor)
        document = self.raw[index]
        done = isinstance(document, dict) and document.get("status") not in _PENDING
        return {
            "method": step.method,
            "path": self._linked(index, path, redactor),
            "headers": headers,
            "credentials": credentials,
            "body": self._body(index, step.request_body, redactor),
            "group": group,
            "poll": step.method == "GET" and (self._polled[index] or done),
            "status": step.status or 0,
            "needed": needed and step.status in _OK,
        }

    def _headers(
        self, index: int, sent: Mapping[str, str], redactor: Redactor
    ) -> tuple[dict[str, str], dict[str, str]]:
        headers, credentials = {}, {}
        secrets = {
            (self.profile.auth[header].lower(), self.profile.auth.get(member)): variable
            for header, member, variable in reversed(_CREDENTIALS)
        }
        for name, value in sent.items():
            variable = secrets.get((name.lower(), value))
            if variable:
                credentials[name] = variable
            elif name.lower() == "idempotency-key" and value and not set("{}") & set(value):
                headers[name] = f"{{{{fresh {value}}}}}"
            elif name.lower() not in _LEFT_OUT:
                headers[name] = self._linked(index, value, redactor)
        return headers, credentials

    def _body(self, index: int, body: bytes, redactor: Redactor) -> dict[str, str] | None:
        if not body:
            return None
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(body).decode()}
        return {"text": self._linked(index, text, redactor)}

    def _linked(self, index: int, text: str, redactor: Redactor) -> str:
        """
        The text with ids of earlier answers as references, test card numbers in pieces, and no secrets.
        """
        for leaf, (origin, path) in self._raw_origins.items():
            if origin < index and leaf in text:
                text = text.replace(leaf, f"{{{{answer {origin} {path}}}}}")
        text = _CARD.sub(lambda match: _in_pieces(match.group(), redactor), text)
        return redactor.text(text)


def _in_pieces(digits: str, redactor: Redactor) -> str:
    """
    A card number that the suite itself sends, so that no scanner takes the file for one with card data.
    """
    if redactor.text(digits) == digits:
        return digits
    pieces = "/".join(digits[at : at + 6] for at in range(0, len(digits), 6))
    return f"{{{{digits {pieces}}}}}"
