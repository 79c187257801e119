"""
Health, readiness, metrics.
"""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from quart import Blueprint, Response

from gateway.api.requests import json_response
from gateway.api.state import context
from gateway.domain.instants import format_instant
from gateway.services.health import database_time, worker_runs
from gateway.telemetry import REGISTRY

health = Blueprint("health", __name__)


@health.get("/health")
async def get_health() -> Response:
    """
    200 while the database answers, 503 otherwise; workers are reported, not required.
    """
    at = await database_time(context())
    document: dict[str, object] = {
        "status": "unhealthy" if at is None else "healthy",
        "database": "disconnected" if at is None else "connected",
        "worker": "running" if at is not None and await worker_runs(context()) else "stopped",
        "timestamp": format_instant(context().clock.now() if at is None else at),
    }
    return json_response(document, 503 if at is None else 200)


@health.get("/ready")
async def get_ready() -> Response:
    """
    Whether requests should be sent here.
    """
    at = await database_time(context())
    return json_response({"ready": at is not None}, 503 if at is None else 200)


@health.get("/metrics")
async def get_metrics() -> Response:
    """
    Prometheus text.
    """
    return Response(generate_latest(REGISTRY), 200, content_type=CONTENT_TYPE_LATEST)
