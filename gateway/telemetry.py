"""
Structured logs without secrets, and the counters that Prometheus reads.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

from gateway.domain.redaction import redact

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "gateway_http_requests",
    "Requests by route, method and status",
    ("route", "method", "status"),
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "gateway_http_request_seconds",
    "Seconds from request to answer, by route",
    ("route",),
    registry=REGISTRY,
)


def _redacted(
    _logger: Any, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """
    The last filter before a line is written: nothing that looks like a secret or a card number passes.
    """
    for name, value in entry.items():
        if isinstance(value, str):
            entry[name] = redact(value)
    return entry


def configure_logs(*, level: int = logging.INFO) -> None:
    """
    One JSON object a line, on standard error.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redacted,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("saq").setLevel(logging.ERROR)
