"""
Questions about the service: health, test merchant, job status, clock; and how it refuses.
"""

from typing import Any, Final

from conformance.harness.probing.asking import Asker, Reply
from conformance.harness.probing.findings import Findings

_HEALTH: Final = ("/health", "/api/v1/health", "/api/health", "/actuator/health", "/healthz")
_MERCHANT: Final = ("/api/v1/test/merchant", "/test/merchant")
_JOBS: Final = ("/api/v1/test/jobs/status", "/api/v1/jobs/status", "/test/jobs/status")
_COUNTS: Final = ("pending", "processing", "completed", "failed")
NOBODY: Final = "zzzzzzzzzzzzzzzz"


async def first_path(
    asker: Asker, findings: Findings, operation: str, candidates: tuple[str, ...]
) -> Reply | None:
    """
    The first of these paths that answers a GET without credentials.
    """
    for path in candidates:
        reply = await asker.ask("GET", path, signed_in=False)
        if reply.accepted:
            if path == candidates[0]:
                findings.same(f"paths.{operation}", f"GET {path} answers {reply.status}")
            else:
                findings.differs("paths", operation, path, f"GET {path} answers {reply.status}")
            return reply
    findings.not_seen(f"paths.{operation}", f"none of {', '.join(candidates)} answers")
    return None


async def ask_about_service(asker: Asker, findings: Findings) -> None:
    """
    Health, test merchant, job status with its members, clock.
    """
    await first_path(asker, findings, "health", _HEALTH)
    await first_path(asker, findings, "test_merchant", _MERCHANT)
    jobs = await first_path(asker, findings, "jobs_status", _JOBS)
    if jobs is not None:
        for name in _COUNTS:
            _job_count(findings, jobs, name)
    clock = await asker.ask("GET", asker.contract.path("clock"), signed_in=False)
    if clock.accepted and clock.member("mode") and clock.member("now"):
        findings.capability("clock", "a test clock answers")


def _job_count(findings: Findings, jobs: Reply, name: str) -> None:
    if jobs.member(name) is not None:
        return
    for spelling in (f"{name}_jobs", f"{name}Jobs", f"{name}_count"):
        if jobs.member(spelling) is not None:
            findings.differs("answers", name, spelling, f"job status counts {spelling}")
            return
    findings.not_seen(f"answers.{name}", "job status has no such count")


def error_shape(reply: Reply) -> str | None:
    """
    Where this refusal says what is wrong; None when it cannot be told.
    """
    document = reply.document
    if not isinstance(document, dict):
        return "text" if reply.text and not reply.text.lstrip().startswith("<") else None
    if "detail" in document:
        return "detail"
    error = document.get("error")
    if isinstance(error, dict) and isinstance(error.get("code"), str):
        return "nested"
    return "string" if isinstance(error, str) else None


def error_code(reply: Reply) -> str | None:
    """
    The refusal's code in any of the shapes that have one.
    """
    document: Any = reply.document
    if isinstance(document, dict) and isinstance(document.get("detail"), dict):
        document = document["detail"]
    error = document.get("error") if isinstance(document, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else None


async def ask_about_refusals(asker: Asker, findings: Findings, order_id: str | None) -> None:
    """
    Statuses, codes and shape of refusals: no credentials, unknown things, an amount below the minimum, a malformed VPA.
    """
    contract = asker.contract
    upi = {"method": "upi", "vpa": "payer@bank"}
    asked = [
        ("unauthorised", 401, "AUTHENTICATION_ERROR",
         await asker.ask("GET", contract.path("payment", payment_id=f"pay_{NOBODY}"), signed_in=False)),
        ("unknown", 404, "NOT_FOUND_ERROR",
         await asker.ask("GET", contract.path("order", order_id=f"order_{NOBODY}"))),
        ("unknown", 404, "NOT_FOUND_ERROR",
         await asker.ask("POST", contract.path("capture", payment_id=f"pay_{NOBODY}"), {"amount": 100})),
        ("unknown", 404, "NOT_FOUND_ERROR",
         await asker.ask("POST", contract.path("refunds", payment_id=f"pay_{NOBODY}"), {"amount": 100})),
        ("unknown_order", 404, "NOT_FOUND_ERROR",
         await asker.ask("POST", contract.path("payments"), {"order_id": f"order_{NOBODY}", **upi})),
        ("validation", 400, "BAD_REQUEST_ERROR",
         await asker.ask("POST", contract.path("orders"), {"amount": 1, "currency": "INR"})),
    ]  # fmt: skip
    if order_id:
        body = {"order_id": order_id, "method": "upi", "vpa": "no-handle"}
        reply = await asker.ask("POST", contract.path("payments"), body)
        asked.append(("validation", 400, "INVALID_VPA", reply))
    shapes: set[str] = set()
    for kind, status, code, reply in asked:
        _status(findings, kind, status, reply)
        _code(findings, code, reply, status)
        shapes |= {shape for shape in (error_shape(reply),) if shape and _is_refusal(reply)}
    _shape(findings, shapes)


def _is_refusal(reply: Reply) -> bool:
    return 400 <= reply.status < 500  # noqa: PLR2004  4xx


def _status(findings: Findings, kind: str, status: int, reply: Reply) -> None:
    from conformance.harness.profile_rules import STATUSES

    if reply.status == status:
        return
    if reply.status in STATUSES[kind]:
        findings.differs("status", kind, [reply.status], f"answers {reply.status} for {kind}")
    else:
        findings.not_seen(f"status.{kind}", f"answered {reply.status} where {status} was due")


def _code(findings: Findings, code: str, reply: Reply, status: int) -> None:
    found = error_code(reply)
    if found in (None, code) or not _is_refusal(reply):
        return
    if reply.status != status and found == "BAD_REQUEST_ERROR":
        return
    known = findings.sections.get("codes", {}).get(code, [])
    if found not in known:
        findings.differs("codes", code, [*known, found], f"says {found} for {code}")


def _shape(findings: Findings, shapes: set[str]) -> None:
    other = sorted(shapes - {"nested"})
    if len(other) == 1:
        findings.differs("shape", "error", other[0], f"errors come as {other[0]}")
    elif shapes == {"nested"}:
        findings.same("shape.error", "errors have the contract's envelope")
    else:
        findings.not_seen("shape.error", f"refusals come in {len(shapes)} shapes")
