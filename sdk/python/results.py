"""
What the gateway answers, typed.  Each result keeps the whole answer in `raw`, so that members which this version does not know are not lost.

Money is whole minor units (`amount_minor`), instants are aware UTC.  A status is text: compare it with the enums here, and expect new ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, Self, TypeVar

from .errors import AnswerUnreadable

T = TypeVar("T")


class PaymentStatus(StrEnum):
    """
    `pending` becomes one of the others, for good.
    """

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"
    VOIDED = "voided"


class RefundStatus(StrEnum):
    """
    `pending` becomes one of the others, for good.
    """

    PENDING = "pending"
    PROCESSED = "processed"
    FAILED = "failed"


class DeliveryStatus(StrEnum):
    """
    `failed` after the last attempt; a retry makes it `pending` again.
    """

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"


class Wire:
    """
    Reads members of an answer with their types.  Raises `AnswerUnreadable`.
    """

    def __init__(self, document: object) -> None:
        if not isinstance(document, dict):
            raise AnswerUnreadable(f"expected a JSON object, found {type(document).__name__}")
        self._document: Mapping[str, Any] = document

    def _typed(self, name: str, kind: type[T], *, needed: bool) -> T | None:
        value = self._document.get(name)
        if value is None and not needed:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise AnswerUnreadable(f"{name} must be {kind.__name__}, found {value!r:.80}")
        return value

    def text(self, name: str) -> str:
        """
        Text that must be there.
        """
        return str(self._typed(name, str, needed=True))

    def whole(self, name: str) -> int:
        """
        A whole number that must be there.
        """
        return int(self._typed(name, int, needed=True) or 0)

    def text_or_none(self, name: str) -> str | None:
        """
        Text, if there.
        """
        return self._typed(name, str, needed=False)

    def whole_or_none(self, name: str) -> int | None:
        """
        A whole number, if there.
        """
        return self._typed(name, int, needed=False)

    def flag(self, name: str) -> bool:
        """
        True or false; false when it is not there.
        """
        return bool(self._typed(name, bool, needed=False))

    def instant(self, name: str) -> datetime | None:
        """
        An ISO 8601 instant, if there.
        """
        text = self.text_or_none(name)
        if text is None:
            return None
        try:
            at = datetime.fromisoformat(text)
        except ValueError as error:
            raise AnswerUnreadable(f"{name} must be an instant, found {text!r:.80}") from error
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

    def object(self, name: str) -> Mapping[str, Any]:
        """
        A JSON object; empty when it is not there.
        """
        return self._typed(name, dict, needed=False) or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """
    Base of all results: `result["name"]` reads a member under the wire's own name, known to this version or not.
    """

    raw: Mapping[str, Any] = field(repr=False, compare=False)

    def __getitem__(self, name: str) -> Any:
        """
        A member as it came.  Raises KeyError.
        """
        return self.raw[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Result):
    """
    What is to be paid.
    """

    id: str
    amount_minor: int
    currency: str
    status: str
    receipt: str | None
    notes: Mapping[str, Any]
    created_at: datetime | None
    updated_at: datetime | None

    @classmethod
    def from_wire(cls, document: Any) -> Self:
        """
        Read an answer.  Raises `AnswerUnreadable`.
        """
        wire = Wire(document)
        return cls(
            raw=document,
            id=wire.text("id"),
            amount_minor=wire.whole("amount"),
            currency=wire.text("currency"),
            status=wire.text("status"),
            receipt=wire.text_or_none("receipt"),
            notes=wire.object("notes"),
            created_at=wire.instant("created_at"),
            updated_at=wire.instant("updated_at"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Result):
    """
    One try to pay an order.  A declined one is `failed`, with `error_code` and the bank's `decline_code`.
    """

    id: str
    order_id: str
    amount_minor: int
    currency: str
    method: str
    status: str
    captured: bool
    amount_refunded_minor: int | None
    vpa: str | None
    card_network: str | None
    card_last4: str | None
    error_code: str | None
    error_description: str | None
    decline_code: str | None
    test_trigger: str | None
    next_action_url: str | None
    created_at: datetime | None
    updated_at: datetime | None

    @property
    def is_decided(self) -> bool:
        """
        Whether the bank has answered for good.
        """
        return self.status != PaymentStatus.PENDING

    @classmethod
    def from_wire(cls, document: Any) -> Self:
        """
        Read an answer.  Raises `AnswerUnreadable`.
        """
        wire = Wire(document)
        return cls(
            raw=document,
            id=wire.text("id"),
            order_id=wire.text("order_id"),
            amount_minor=wire.whole("amount"),
            currency=wire.text("currency"),
            method=wire.text("method"),
            status=wire.text("status"),
            captured=wire.flag("captured"),
            amount_refunded_minor=wire.whole_or_none("amount_refunded"),
            vpa=wire.text_or_none("vpa"),
            card_network=wire.text_or_none("card_network"),
            card_last4=wire.text_or_none("card_last4"),
            error_code=wire.text_or_none("error_code"),
            error_description=wire.text_or_none("error_description"),
            decline_code=wire.text_or_none("decline_code"),
            test_trigger=wire.text_or_none("test_trigger"),
            next_action_url=Wire(wire.object("next_action")).text_or_none("url"),
            created_at=wire.instant("created_at"),
            updated_at=wire.instant("updated_at"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Result):
    """
    Captured money given back.
    """

    id: str
    payment_id: str
    amount_minor: int
    status: str
    reason: str | None
    created_at: datetime | None
    processed_at: datetime | None

    @classmethod
    def from_wire(cls, document: Any) -> Self:
        """
        Read an answer.  Raises `AnswerUnreadable`.
        """
        wire = Wire(document)
        return cls(
            raw=document,
            id=wire.text("id"),
            payment_id=wire.text("payment_id"),
            amount_minor=wire.whole("amount"),
            status=wire.text("status"),
            reason=wire.text_or_none("reason"),
            created_at=wire.instant("created_at"),
            processed_at=wire.instant("processed_at"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Result):
    """
    An immutable fact; `payload` is the body that its webhooks carry.
    """

    id: str
    type: str
    entity_id: str | None
    payload: Mapping[str, Any]
    created_at: datetime | None

    @classmethod
    def from_wire(cls, document: Any) -> Self:
        """
        Read an answer.  Raises `AnswerUnreadable`.
        """
        wire = Wire(document)
        return cls(
            raw=document,
            id=wire.text("id"),
            type=wire.text("type"),
            entity_id=wire.text_or_none("entity_id"),
            payload=wire.object("payload"),
            created_at=wire.instant("created_at"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Result, Generic[T]):
    """
    Some rows of a list, newest first.  `total` None: the gateway does not say.
    """

    data: tuple[T, ...]
    total: int | None
    limit: int | None
    offset: int
    has_more: bool
    next_cursor: str | None


def page_of(row: Callable[[Any], T]) -> Callable[[Any], Page[T]]:
    """
    A reader of pages whose rows `row` reads.
    """

    def read(document: Any) -> Page[T]:
        wire = Wire(document)
        rows = document.get("data")
        if not isinstance(rows, list):
            raise AnswerUnreadable(f"data must be a list, found {rows!r:.80}")
        return Page(
            raw=document,
            data=tuple(map(row, rows)),
            total=wire.whole_or_none("total"),
            limit=wire.whole_or_none("limit"),
            offset=wire.whole_or_none("offset") or 0,
            has_more=wire.flag("has_more"),
            next_cursor=wire.text_or_none("next_cursor"),
        )

    return read


def rows_of(row: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    """
    A reader of plain lists.
    """

    def read(rows: Any) -> tuple[T, ...]:
        if not isinstance(rows, list):
            raise AnswerUnreadable(f"expected a list, found {rows!r:.80}")
        return tuple(map(row, rows))

    return read
