"""
What happens between asking and knowing, without any I/O: which answers end a call, which are asked for again, and after how long.

A conversation is a generator.  It yields `Send` or `Pause`; the driver (sync or async) does it and sends back the answer, or the transport's error.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

import httpx

from .calls import Call, Document
from .errors import (
    AnswerUnreadable,
    GatewayUnavailable,
    KeyReused,
    NotAuthenticated,
    NotFound,
    RateLimited,
    RequestRefused,
    StateConflict,
    TimedOut,
)

#: Real seconds for each request: connect, write, read.
TIMEOUT_S: Final = 10.0
#: How often a repeatable request is sent in all.
TRIES: Final = 3
#: Seconds before the second try; doubled for each further one.
PAUSE_S: Final = 0.1
#: The longest pause between two tries, in seconds, also when a `Retry-After` asks for more.
PAUSE_S_MAX: Final = 30.0
_REFUSED: Final = 400
_CONFLICT: Final = 409
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_REFUSALS: Final = {401: NotAuthenticated, 404: NotFound, 409: StateConflict, 422: KeyReused}
_IN_USE: Final = "IDEMPOTENCY_KEY_IN_USE"
_DIGITS_MAX: Final = 9

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    How patient a client is.  `now` reads dates in `Retry-After`; `draw` (0 to 1) spreads the pauses of many clients.
    """

    timeout_s: float
    now: Callable[[], datetime]
    draw: Callable[[], float]
    tries: int = TRIES
    pause_s: float = PAUSE_S
    pause_s_max: float = PAUSE_S_MAX

    def pause_before(self, turn: int) -> float:
        """
        Seconds before try number `turn` (from 1): doubled each time, bounded, the upper half of it drawn.
        """
        full_s = min(self.pause_s * 2.0 ** (turn - 1), self.pause_s_max)
        return full_s * (1.0 - self.draw() / 2)


@dataclass(frozen=True, slots=True)
class Send:
    """
    Send the call now.
    """

    call: Call[Any]


@dataclass(frozen=True, slots=True)
class Pause:
    """
    Wait this many seconds.
    """

    seconds: float


Conversation = Generator[Send | Pause, httpx.Response | httpx.HTTPError | None, Document]


def converse(call: Call[Any], policy: Policy) -> Conversation:
    """
    Ask until there is an answer that ends it.  Returns the answer's document; raises `GatewayError`.
    """
    turn = 0
    while True:
        answer = yield Send(call)
        turn += 1
        is_last = turn >= policy.tries or not call.repeatable
        asked_s: float | None = None
        if isinstance(answer, httpx.Response):
            problem = _problem(answer, call)
            if problem is None:
                return _document(answer, call)
            asked_s = problem.retry_after_s = retry_after_s(
                answer.headers.get("Retry-After"), policy.now()
            )
        else:
            assert isinstance(answer, httpx.HTTPError)
            problem = _silence(answer)
        if is_last:
            raise problem from (None if isinstance(answer, httpx.Response) else answer)
        pause_s = policy.pause_before(turn) if asked_s is None else asked_s
        yield Pause(min(pause_s, policy.pause_s_max))


def _silence(error: httpx.HTTPError) -> GatewayUnavailable:
    kind = TimedOut if isinstance(error, httpx.TimeoutException) else GatewayUnavailable
    return kind(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


def _problem(answer: httpx.Response, call: Call[Any]) -> GatewayUnavailable | None:
    """
    Why the answer does not end the call, None when it does.
    """
    status = answer.status_code
    if status in call.also:
        return None
    if status == _CONFLICT and call.key is not None and _error_of(answer)[0] == _IN_USE:
        kind, message = GatewayUnavailable, "the first request with this key is still in progress"
    elif status == _TOO_MANY:
        kind, message = RateLimited, "the gateway answered 429"
    elif status >= _SERVER_ERROR:
        kind, message = GatewayUnavailable, f"the gateway answered {status}"
    else:
        return None
    return kind(message, status=status, request_id=answer.headers.get("X-Request-Id"))


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """
    Seconds that the gateway asked for, as a number or as a date; None when it asked for nothing that makes sense.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:_DIGITS_MAX])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return max(0.0, (at - now).total_seconds())


def _document(answer: httpx.Response, call: Call[Any]) -> Document:
    if answer.status_code >= _REFUSED and answer.status_code not in call.also:
        raise _refusal(answer)
    try:
        document = answer.json()
    except (ValueError, RecursionError) as error:
        raise AnswerUnreadable(f"the answer to {call.method} {call.path} is not JSON") from error
    if not isinstance(document, dict):
        raise AnswerUnreadable(f"the answer to {call.method} {call.path} is not a JSON object")
    return document


def _error_of(answer: httpx.Response) -> tuple[str, str]:
    """
    Code and description, as the gateway (`description`) or the bank (`message`) spells them.
    """
    try:
        document = answer.json()
    except (ValueError, RecursionError):
        document = None
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict):
        return "UNKNOWN", answer.text[:200] or answer.reason_phrase
    return str(error.get("code")), str(error.get("description", error.get("message")))


def _refusal(answer: httpx.Response) -> RequestRefused:
    code, description = _error_of(answer)
    kind = _REFUSALS.get(answer.status_code, RequestRefused)
    if kind is KeyReused and not code.startswith("IDEMPOTENCY_KEY"):
        kind = RequestRefused
    request_id = answer.headers.get("X-Request-Id")
    return kind(answer.status_code, code, description, request_id=request_id)
