"""
The one renderer of errors: every `DomainError` becomes the contract's envelope, everything else a 500 that says nothing.
"""

import msgspec
import structlog
from quart import Quart, Response, request
from werkzeug.exceptions import HTTPException

from gateway.domain.errors import DomainError, MethodNotAllowed, NotFound, PayloadTooLarge

_log = structlog.get_logger("gateway.api")
_INTERNAL = 500


def render(error: DomainError) -> Response:
    """
    The contract's envelope; problem+json members beside it when the caller accepts them (conventions 4.3).
    """
    document: dict[str, object] = {"error": {"code": error.code, "description": error.description}}
    content_type = "application/json"
    if "application/problem+json" in request.headers.get("Accept", ""):
        content_type = "application/problem+json"
        document |= {
            "type": f"https://paywright.dev/errors/{error.code.lower()}",
            "title": error.code.replace("_", " ").capitalize(),
            "status": error.status,
            "detail": error.description,
            "code": error.code,
        }
        if error.param is not None:
            document["param"] = error.param
    response = Response(msgspec.json.encode(document), error.status, content_type=content_type)
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


async def _on_domain_error(error: DomainError) -> Response:
    return render(error)


async def _on_http_exception(error: HTTPException) -> Response:
    status = error.code or _INTERNAL
    known: dict[int, DomainError] = {
        404: NotFound(f"There is nothing at {request.method} {request.path[:100]}"),
        405: MethodNotAllowed(f"{request.path[:100]} does not know {request.method}"),
        413: PayloadTooLarge("The request body must be at most 65536 bytes."),
    }
    if status in known:
        response = render(known[status])
        allowed = error.get_response().headers.get("Allow")
        if allowed is not None:
            # The framework's order is that of a set: another one with every start.
            response.headers["Allow"] = ", ".join(sorted(allowed.split(", ")))
        return response
    body = {"error": {"code": "BAD_REQUEST_ERROR", "description": error.name}}
    return Response(msgspec.json.encode(body), status, content_type="application/json")


async def _on_anything(error: Exception) -> Response:
    _log.exception("unexpected_error", error=type(error).__name__, path=request.path)
    body = {
        "error": {
            "code": "INTERNAL_SERVER_ERROR",
            "description": "Something went wrong on our side",
        }
    }
    return Response(msgspec.json.encode(body), _INTERNAL, content_type="application/json")


def install(app: Quart) -> None:
    """
    Answer every error of the app in JSON.
    """
    app.register_error_handler(DomainError, _on_domain_error)
    app.register_error_handler(HTTPException, _on_http_exception)
    app.register_error_handler(Exception, _on_anything)
