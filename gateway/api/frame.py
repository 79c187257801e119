"""
What surrounds every request: its id, limits, security headers, CORS for the checkout page, counters.
"""

import re
from typing import Final

import structlog
from quart import Quart, Response, g, request

from gateway.api.problems import render
from gateway.api.state import context, state
from gateway.domain.errors import RateLimited
from gateway.domain.origins import spellings
from gateway.domain.strict_json import SIZE_BYTES_MAX
from gateway.telemetry import REQUEST_SECONDS, REQUESTS

_log = structlog.get_logger("gateway.api")
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{8,128}")
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_BUCKETS_MAX: Final = 10_000


class RateLimiter:
    """
    A token bucket per API key in this process; `rps` 0 turns it off.
    """

    def __init__(self, rps: int) -> None:
        self._rps = rps
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str, now_s: float) -> float:
        """
        0 when the request may go on, else real seconds until it may.
        """
        if self._rps == 0:
            return 0.0
        tokens, seen_s = self._buckets.get(key, (2.0 * self._rps, now_s))
        tokens = min(2.0 * self._rps, tokens + (now_s - seen_s) * self._rps)
        if tokens < 1.0:
            self._buckets[key] = (tokens, now_s)
            return (1.0 - tokens) / self._rps
        if len(self._buckets) >= _BUCKETS_MAX:
            self._buckets.clear()
        self._buckets[key] = (tokens - 1.0, now_s)
        return 0.0


def install(app: Quart, limiter: RateLimiter) -> None:
    """
    Put the frame around the app's requests.
    """
    app.config["MAX_CONTENT_LENGTH"] = SIZE_BYTES_MAX
    app.config["BODY_TIMEOUT"] = 10

    @app.before_request
    async def begin() -> Response | None:
        given = request.headers.get("X-Request-Id", "")
        valid = _REQUEST_ID.fullmatch(given) is not None
        g.request_id = given if valid else "req_" + context().rng.secret(8).hex()
        g.started_s = context().clock.monotonic_s()
        if request.method == "OPTIONS" and _is_public(request.path):
            return Response("", 204)
        wait_s = limiter.take(
            request.headers.get("X-Api-Key", request.remote_addr or ""), g.started_s
        )
        if wait_s > 0:
            return render(RateLimited("Too many requests", retry_after_s=max(1, round(wait_s))))
        return None

    @app.after_request
    async def finish(response: Response) -> Response:
        response.headers.update(_HEADERS)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if _is_public(request.path):
            response.headers["Access-Control-Allow-Origin"] = _allowed_origin()
            response.headers["Access-Control-Allow-Headers"] = (
                "Content-Type, Idempotency-Key, X-Test-Scenario"
            )
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Max-Age"] = "600"
            response.headers["Vary"] = "Origin"
        route = request.url_rule.rule if request.url_rule is not None else "none"
        duration_s = context().clock.monotonic_s() - g.get("started_s", 0.0)
        REQUESTS.labels(route, request.method, str(response.status_code)).inc()
        REQUEST_SECONDS.labels(route).observe(duration_s)
        if response.status_code >= 500:  # noqa: PLR2004  5xx
            _log.warning(
                "request_failed",
                route=route,
                method=request.method,
                status=response.status_code,
                request_id=g.get("request_id"),
            )
        return response


def _allowed_origin() -> str:
    """
    The checkout page's origin, in the spelling that the browser uses for it.
    """
    checkout = state().checkout_origin
    asked = request.headers.get("Origin", "")
    return asked if asked in spellings(checkout) else checkout


def _is_public(path: str) -> bool:
    return path.startswith("/api/v1/") and path.endswith("/public")
