"""
One call of the API as a value: what to send and how to read the answer.  Knows no transport; sync and async clients run the same calls.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from urllib.parse import quote

from .errors import AnswerUnreadable

if TYPE_CHECKING:
    from .results import Page

T = TypeVar("T")
#: Source: docs/errors.md, IDEMPOTENCY_KEY_INVALID.
_KEY_LENGTH_MAX: Final = 255

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """
    What to send; `parse` makes the result from the answer's `member` (None: from the whole answer).

    `key` is the idempotency key; without one only reads are repeated.  `timeout_s` overrides the client's.  `also` are statuses from 400 up that are
    answers too.
    """

    method: str
    path: str
    parse: Callable[[Any], T]
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    member: str | None = None
    timeout_s: float | None = None
    also: frozenset[int] = frozenset()

    @property
    def repeatable(self) -> bool:
        """
        Whether sending it twice cannot do anything twice.
        """
        return self.method == "GET" or self.key is not None

    @property
    def all_headers(self) -> dict[str, str]:
        """
        The call's own headers, its idempotency key included.
        """
        return {**self.headers, **({} if self.key is None else {"Idempotency-Key": self.key})}

    def plain(self, document: Document) -> Any:
        """
        The part of the answer that the caller asked for, as it came.  Raises `AnswerUnreadable`.
        """
        if self.member is None:
            return document
        try:
            return document[self.member]
        except KeyError as error:
            raise AnswerUnreadable(f"the answer has no member {self.member}") from error

    def read(self, document: Document) -> T:
        """
        The result.  Raises `AnswerUnreadable`.
        """
        return self.parse(self.plain(document))


def following(call: "Call[Page[T]]", page: "Page[T]") -> "Call[Page[T]] | None":
    """
    The call for the next page, None after the last: by cursor where the gateway gives one, else by offset (contract 1.5, row 15).
    """
    if page.next_cursor is not None:
        if page.next_cursor == call.query.get("cursor"):
            raise AnswerUnreadable("the next page's cursor is this page's cursor")
        query = {name: value for name, value in call.query.items() if name != "offset"}
        return replace(call, query={**query, "cursor": page.next_cursor})
    if "next_cursor" in page.raw or not page.data:
        return None
    offset = page.offset + len(page.data)
    if page.has_more or (page.total is not None and offset < page.total):
        return replace(call, query={**call.query, "offset": offset})
    return None


def part(identifier: str) -> str:
    """
    An id as one segment of a path, whatever is in it.  Raises ValueError for what cannot be an id.
    """
    if not isinstance(identifier, str) or not identifier or set(identifier) <= {"."}:
        raise ValueError(f"expected an id, found {identifier!r}")
    return quote(identifier, safe="")


def checked_key(key: str | None) -> str | None:
    """
    The idempotency key.  Raises ValueError for one that the gateway would refuse.
    """
    if key is not None and not (
        0 < len(key) <= _KEY_LENGTH_MAX and key.isascii() and key.isprintable() and " " not in key
    ):
        raise ValueError(
            f"an idempotency key is 1 to {_KEY_LENGTH_MAX} printable ASCII characters without spaces, found {key!r}"
        )
    return key


def given(**fields: Any) -> Document:
    """
    The members that were given: None means left out.
    """
    return {name: value for name, value in fields.items() if value is not None}


def instant(at: datetime | str) -> str:
    """
    An instant as the wire writes it.  Raises ValueError for a time without a zone.
    """
    if isinstance(at, str):
        return at
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone")
    return at.isoformat()
