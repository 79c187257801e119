"""
Two runs side by side: which verdicts differ, and where two transcripts first part.

What differs in every pair of runs (ids, ports, instants, keys, lengths) is masked, so that the first difference that is shown means something.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Final

from dashboard.runs import Run

Document = Mapping[str, Any]

#: What is replaced before comparing: pattern, mask.
_MASKS: Final = (
    (re.compile(r"\b(order|pay|rfnd|evt|req|tok|rcv)_[A-Za-z0-9_]{6,}"), r"\1_…"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"), "<instant>"),
    (
        re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"),
        "<instant>",
    ),
    (re.compile(r"(https?://[A-Za-z0-9.\[\]-]+):\d{1,5}"), r"\1:<port>"),
    (re.compile(r"\b[0-9a-f]{32,128}\b"), "<hex>"),
    (re.compile(r"v1,[A-Za-z0-9+/]{20,}={0,2}"), "v1,<base64>"),
    (re.compile(r"\b1[5-9]\d{8}\b"), "<unix>"),
)
_UNSTEADY: Final = frozenset(("date", "x-request-id", "content-length", "idempotency-key"))


def masked(text: str) -> str:
    """
    The text without what differs in every pair of runs.
    """
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    One requirement in both runs; None = it was not in that run.
    """

    requirement_id: str
    sentence: str
    before: str | None
    after: str | None
    reason_before: str
    reason_after: str

    @property
    def differs(self) -> bool:
        """
        Whether the verdict changed.
        """
        return self.before != self.after


def changes(before: Run, after: Run) -> list[Change]:
    """
    Every requirement of either run, in the order of the first one's report.
    """
    left = {str(row.get("id")): row for row in before.findings}
    right = {str(row.get("id")): row for row in after.findings}
    ids = [*left, *(one for one in right if one not in left)]
    return [
        Change(
            requirement_id=one,
            sentence=str((left.get(one) or right[one]).get("sentence", "")),
            before=str(left[one].get("verdict")) if one in left else None,
            after=str(right[one].get("verdict")) if one in right else None,
            reason_before=str(left.get(one, {}).get("reason") or ""),
            reason_after=str(right.get(one, {}).get("reason") or ""),
        )
        for one in ids
    ]


def _body(part: Document) -> list[str]:
    body = part.get("body")
    text = str(body.get("text", body.get("base64", ""))) if isinstance(body, Mapping) else ""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False).splitlines()
    except (ValueError, RecursionError):
        return text.splitlines()


def _headers(part: Document) -> list[str]:
    headers = part.get("headers")
    named = headers.items() if isinstance(headers, Mapping) else []
    return [f"{name}: {value}" for name, value in named if str(name).lower() not in _UNSTEADY]


def lines_of(exchange: Document) -> list[str]:
    """
    One exchange as text, line by line.
    """
    request, response = exchange.get("request") or {}, exchange.get("response") or {}
    answer = [f"← {response.get('status')}"] if response else []
    failure = exchange.get("failure")
    return [
        f"→ {request.get('method')} {request.get('url')}",
        *_headers(request),
        *_body(request),
        *answer,
        *_headers(response),
        *_body(response),
        *([f"✗ {failure}"] if failure else []),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """
    One line of both runs; `is_first` marks the first divergence of the whole comparison.
    """

    left: str | None
    right: str | None
    differs: bool
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One exchange of both runs.
    """

    case: str
    number: int
    pairs: tuple[Pair, ...]

    @property
    def differs(self) -> bool:
        """
        Whether any line does.
        """
        return any(pair.differs for pair in self.pairs)

    @property
    def is_first(self) -> bool:
        """
        Whether the first divergence is here.
        """
        return any(pair.is_first for pair in self.pairs)


def _exchanges(document: Document) -> Iterator[tuple[str, Document]]:
    for transcript in document.get("transcripts") or []:
        for exchange in _settled(transcript.get("exchanges") or []):
            yield str(transcript.get("case")), exchange


def _settled(exchanges: Sequence[Document]) -> Iterator[Document]:
    """
    Polls of the same thing count once, by their last answer: how often a run asked is luck.
    """
    for exchange, following in zip_longest(exchanges, exchanges[1:]):
        request = exchange.get("request") or {}
        later = (following or {}).get("request") or {}
        is_poll = request.get("method") == "GET" and request == later
        if not is_poll:
            yield exchange


def _aligned(
    left: Sequence[str], right: Sequence[str]
) -> Iterator[tuple[str | None, str | None, bool]]:
    """
    The lines of both beside each other, so that one inserted line does not shift the rest.
    """
    matcher = SequenceMatcher(None, [masked(one) for one in left], [masked(one) for one in right])
    for word, i1, i2, j1, j2 in matcher.get_opcodes():
        for one, other in zip_longest(left[i1:i2], right[j1:j2]):
            yield one, other, word != "equal"


def steps(before: Document, after: Document) -> list[Step]:
    """
    Both transcripts of one requirement, exchange by exchange, with the first divergence marked.
    """
    found: list[Step] = []
    is_found = False
    both = zip_longest(_exchanges(before), _exchanges(after))
    for number, (left, right) in enumerate(both, start=1):
        pairs = []
        for one, other, differs in _aligned(
            lines_of(left[1]) if left else [], lines_of(right[1]) if right else []
        ):
            is_first = differs and not is_found
            pairs.append(Pair(left=one, right=other, differs=differs, is_first=is_first))
            is_found = is_found or differs
        case = (left or right or ("", {}))[0]
        found.append(Step(case=case, number=number, pairs=tuple(pairs)))
    return found
