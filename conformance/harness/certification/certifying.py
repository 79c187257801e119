"""
Runs the drills and makes the report of them, the same kind as a gateway's.
"""

import fnmatch
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import httpx

from conformance.harness.certification.bench import Bench, Setup
from conformance.harness.certification.drills import NEEDS, Drill
from conformance.harness.certification.forged import FORGED
from conformance.harness.certification.genuine import GENUINE
from conformance.harness.certification.hostile import HOSTILE
from conformance.harness.certification.repeated import REPEATED
from conformance.harness.clock import monotonic_s, unix_s
from conformance.harness.outcomes import (
    Blocked,
    CaseEnd,
    NotApplicable,
    RequirementFailed,
    Untested,
)
from conformance.harness.redaction import Redactor
from conformance.harness.reports.model import Finding, RunReport
from conformance.harness.reports.progress import Watcher
from conformance.harness.verdict import Verdict

DRILLS: Final[tuple[Drill, ...]] = (*GENUINE, *FORGED, *REPEATED, *HOSTILE)
_VERDICTS: Final[dict[type[CaseEnd], Verdict]] = {
    RequirementFailed: Verdict.FAIL,
    Blocked: Verdict.BLOCKED,
    Untested: Verdict.UNTESTED,
    NotApplicable: Verdict.NOT_APPLICABLE,
}


class NoSuchDrill(ValueError):
    """
    The selection is empty; the message says so.
    """


def _played(drill: Drill, setup: Setup, has: frozenset[str], redactor: Redactor) -> Finding:
    bench = Bench(setup, drill.requirement.id)
    began_s = monotonic_s()
    verdict, reason = Verdict.PASS, ""
    missing = [need for need in drill.requirement.needs if need not in has]
    if missing:
        verdict, reason = Verdict.NOT_APPLICABLE, NEEDS[missing[0]]
    else:
        try:
            drill.play(bench)
        except CaseEnd as ending:
            verdict, reason = _VERDICTS[type(ending)], str(ending)
    document = {"case": drill.requirement.id, **bench.transcript.document(redactor)}
    return Finding(
        requirement=drill.requirement,
        verdict=verdict,
        reason=redactor.text(reason),
        duration_s=monotonic_s() - began_s,
        transcripts=(document,) if bench.transcript.exchanges else (),
    )


def certify(
    setup: Setup, *, scheme: str, only: str | None, strict: bool, watcher: Watcher
) -> RunReport:
    """
    Play every drill that `only` leaves, one after the other.  Raises `NoSuchDrill`.
    """
    chosen = [d for d in DRILLS if not only or fnmatch.fnmatch(d.requirement.id, only)]
    if not chosen:
        raise NoSuchDrill(
            f"no drill matches --only {only!r}; they are called PGC-RCV-001 and so on"
        )
    has = {scheme}
    has |= {"fail"} if setup.fail_next else set()
    has |= {"client_verify"} if setup.client_verify else set()
    redactor = Redactor([setup.secrets.webhook, setup.secrets.signing])
    started_at = datetime.fromtimestamp(unix_s(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    began_s = monotonic_s()
    watcher.started(len(chosen))
    findings = []
    try:
        for drill in chosen:
            found = _played(drill, setup, frozenset(has), redactor)
            watcher.ended(found.requirement.id, found.verdict)
            findings.append(found)
    finally:
        watcher.closed()
    probe = setup.probe.given
    return RunReport(
        target=setup.handler.url,
        profile=f"webhook handler, {scheme}",
        seed=setup.seed,
        strict=strict,
        started_at=started_at,
        duration_s=monotonic_s() - began_s,
        findings=tuple(findings),
        notes=() if probe else ("effects are untested: no --probe-url and no --probe-command",),
    )


def asker(url: str) -> Callable[[str], None]:
    """
    GETs a URL with `{payment_id}` filled in; any answer will do.  Raises `Blocked`.
    """
    http = httpx.Client(timeout=10.0, trust_env=False)

    def ask(payment_id: str) -> None:
        try:
            http.get(url.replace("{payment_id}", payment_id))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Blocked(f"{url} did not answer: {type(error).__name__}") from error

    return ask
