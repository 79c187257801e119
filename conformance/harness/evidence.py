"""
Evidence: every exchange of a case, in order, secrets taken out.
"""

from dataclasses import dataclass, field
from typing import Any

from conformance.harness.clock import unix_s
from conformance.harness.redaction import REDACTED, Redactor

__all__ = ["REDACTED", "Exchange", "Redactor", "Transcript"]


@dataclass(slots=True, kw_only=True)
class Exchange:
    """
    One HTTP exchange as it was seen; `failure` when there was no answer.  `started_s` is Unix time.
    """

    method: str
    url: str
    request_headers: dict[str, str]
    request_body: bytes
    status: int | None = None
    response_headers: dict[str, str] = field(default_factory=dict)
    response_body: bytes = b""
    duration_ms: float = 0.0
    failure: str | None = None
    started_s: float = field(default_factory=unix_s)


@dataclass(slots=True)
class Transcript:
    """
    What a case did and saw.
    """

    exchanges: list[Exchange] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def document(self, redactor: Redactor) -> dict[str, Any]:
        """
        The transcript as JSON, redacted.
        """
        for exchange in self.exchanges:
            redactor.learn_from(exchange.response_body.decode("utf-8", "replace"))
        return {
            "exchanges": [_exchange(exchange, redactor) for exchange in self.exchanges],
            "notes": [redactor.tree(note) for note in self.notes],
        }


def _exchange(exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    return {
        "request": {
            "method": exchange.method,
            "url": redactor.text(exchange.url),
            "headers": redactor.headers(exchange.request_headers),
            "body": redactor.body(exchange.request_body),
        },
        "response": None
        if exchange.status is None
        else {
            "status": exchange.status,
            "headers": redactor.headers(exchange.response_headers),
            "body": redactor.body(exchange.response_body),
        },
        "started_s": round(exchange.started_s, 6),
        "duration_ms": round(exchange.duration_ms, 1),
        "failure": None if exchange.failure is None else redactor.text(exchange.failure),
    }
