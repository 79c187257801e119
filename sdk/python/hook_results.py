"""
Results about webhooks, the test clock and the state of the gateway.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from .results import Result, Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookConfig(Result):
    """
    Where webhooks go, the secrets that sign them, and how the endpoint fares.  `events` None: the contract's events.
    """

    webhook_url: str | None
    webhook_secret: str | None
    signing_secret: str | None
    events: tuple[str, ...] | None
    behaviour: str | None
    endpoint_status: str | None
    disabled_reason: str | None

    @classmethod
    def from_wire(cls, document: Any) -> Self:
        """
        Read an answer.  Raises `AnswerUnreadable`.
        """
        wire = Wire(document)
        endpoint = Wire(wire.object("endpoint"))
        events = document.get("events")
        return cls(
            raw=document,
            webhook_url=wire.text_or_none("webhook_url"),
            webhook_secret=wire.text_or_none("webhook_secret"),
            signing_secret=wire.text_or_none("signing_secret"),
            events=tuple(map(str, events)) if isinstance(events, list) else None,
            behaviour=wire.text_or_none("behaviour"),
            endpoint_status=endpoint.text_or_none("status"),
            disabled_reason=endpoint.text_or_none("disabled_reason"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Result):
    """
    One event on its way to the merchant's endpoint.
    """

    id: str
    event: str
    status: str
    attempts: int
    response_code: int | None
    event_id: str | None
    entity_id: str | None
    created_at: datetime | None
    last_attempt_at: datetime | None
    next_retry_at: datetime | None

    @classmethod
    def from_wire(cls, document: Any) -> Self:
        """
        Read an answer.  Raises `AnswerUnreadable`.
        """
        wire = Wire(document)
        return cls(
            raw=document,
            id=wire.text("id"),
            event=wire.text("event"),
            status=wire.text("status"),
            attempts=wire.whole("attempts"),
            response_code=wire.whole_or_none("response_code"),
            event_id=wire.text_or_none("event_id"),
            entity_id=wire.text_or_none("entity_id"),
            created_at=wire.instant("created_at"),
            last_attempt_at=wire.instant("last_attempt_at"),
            next_retry_at=wire.instant("next_retry_at"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(Result):
    """
    One HTTP request of a delivery; `generation` counts manual retries from 1.
    """

    generation: int
    number: int
    url: str
    response_code: int | None
    error_class: str | None
    latency_ms: int | None
    response_body: str | None
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def from_wire(cls, document: Any) -> Self:
        """
        Read an answer.  Raises `AnswerUnreadable`.
        """
        wire = Wire(document)
        return cls(
            raw=document,
            generation=wire.whole("generation"),
            number=wire.whole("number"),
            url=wire.text("url"),
            response_code=wire.whole_or_none("response_code"),
            error_class=wire.text_or_none("error_class"),
            latency_ms=wire.whole_or_none("latency_ms"),
            response_body=wire.text_or_none("response_body"),
            started_at=wire.instant("started_at"),
            finished_at=wire.instant("finished_at"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled(Result):
    """
    A delivery that was put on its way.
    """

    id: str
    status: str
    message: str | None

    @classmethod
    def from_wire(cls, document: Any) -> Self:
        """
        Read an answer.  Raises `AnswerUnreadable`.
        """
        wire = Wire(document)
        return cls(
            raw=document,
            id=wire.text("id"),
            status=wire.text("status"),
            message=wire.text_or_none("message"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestClock(Result):
    """
    The business clock: `mode` is `real`, `frozen` or `auto`.
    """

    __test__ = False

    mode: str
    now: datetime | None

    @classmethod
    def from_wire(cls, document: Any) -> Self:
        """
        Read an answer.  Raises `AnswerUnreadable`.
        """
        wire = Wire(document)
        return cls(raw=document, mode=wire.text("mode"), now=wire.instant("now"))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsStatus(Result):
    """
    How much work waits, runs, is done and is parked.
    """

    pending: int
    processing: int
    completed: int
    failed: int
    worker_status: str

    @classmethod
    def from_wire(cls, document: Any) -> Self:
        """
        Read an answer.  Raises `AnswerUnreadable`.
        """
        wire = Wire(document)
        return cls(
            raw=document,
            pending=wire.whole("pending"),
            processing=wire.whole("processing"),
            completed=wire.whole("completed"),
            failed=wire.whole("failed"),
            worker_status=wire.text("worker_status"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Health(Result):
    """
    Whether the gateway is well: `healthy` or `unhealthy`.
    """

    status: str

    @classmethod
    def from_wire(cls, document: Any) -> Self:
        """
        Read an answer.  Raises `AnswerUnreadable`.
        """
        return cls(raw=document, status=Wire(document).text("status"))
