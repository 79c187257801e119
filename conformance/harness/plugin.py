"""
The pytest plugin: runs cases as requirements, turns their endings into verdicts, keeps the evidence.

pytest is the runner; its own idea of passed and failed is not used: a case that ends in any way but returning or a `CaseEnd` is an error of the suite.
"""

import fnmatch
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pytest_asyncio

from conformance.harness.client import RecordingClient
from conformance.harness.evidence import Redactor, Transcript
from conformance.harness.inbox import Inbox, Mailbox
from conformance.harness.outcomes import (
    Blocked,
    Dialect,
    NotApplicable,
    RequirementFailed,
    Untested,
)
from conformance.harness.patience import RunPatience
from conformance.harness.reach import TargetFell, WayToTarget
from conformance.harness.reports.model import Finding
from conformance.harness.reports.progress import Watcher
from conformance.harness.repro.script import make_script
from conformance.harness.requirements import Requirement, requirement_of
from conformance.harness.settings import RunSettings
from conformance.harness.target import CARD, DECIDED_WITHIN_S, REFUNDED_WITHIN_S, Gateway
from conformance.harness.verdict import Verdict, worst

_VERDICTS: dict[type[BaseException], Verdict] = {
    RequirementFailed: Verdict.FAIL,
    Dialect: Verdict.DIALECT,
    Blocked: Verdict.BLOCKED,
    NotApplicable: Verdict.NOT_APPLICABLE,
    Untested: Verdict.UNTESTED,
}

#: Fixtures that hold the target's clock.
_CLOCKED = frozenset({"undecided", "retries"})


@dataclass(slots=True)
class _Variant:
    verdict: Verdict
    reason: str
    duration_s: float
    transcript: dict[str, Any]
    script: str | None = None


@dataclass(slots=True)
class _Collected:
    requirement: Requirement
    variants: list[_Variant] = field(default_factory=list)


class SuitePlugin:
    """
    One run's plugin instance, given to `pytest.main`.
    """

    def __init__(self, settings: RunSettings, watcher: Watcher) -> None:
        self.settings = settings
        self._watcher = watcher
        self.known_ids: set[str] = set()
        self._collected: dict[str, _Collected] = {}
        self._transcripts: dict[str, Transcript] = {}
        auth = settings.profile.auth
        kept = [value for name, value in auth.items() if name.endswith("secret")]
        self._redactor = Redactor([*kept, CARD["number"]])
        self.notes: list[str] = []
        self.broken: list[str] = []
        self.inbox_name = f"run-{settings.seed}"
        self.webhooks_configured = False
        self.mailbox = Mailbox()
        self.patience = RunPatience(decided_s=DECIDED_WITHIN_S, refunded_s=REFUNDED_WITHIN_S)

    def findings(self) -> tuple[Finding, ...]:
        """
        Every collected requirement, in order of id; one that no variant ran for is untested.
        """
        return tuple(_finding(collected) for _, collected in sorted(self._collected.items()))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """
        Keep what `--only` asks for; cases that hold the clock come last.
        """
        kept = []
        for item in items:
            requirement = requirement_of(getattr(item, "function", None))
            if requirement is None:
                self.broken.append(f"{item.nodeid} is not bound to a requirement")
                continue
            self.known_ids.add(requirement.id)
            if self.settings.only and not fnmatch.fnmatch(requirement.id, self.settings.only):
                continue
            self._collected.setdefault(requirement.id, _Collected(requirement))
            kept.append(item)
        # A test clock that moves waits until deliveries under way have ended, those of the slow scene after five seconds: the others go first.
        items[:] = sorted(kept, key=_holds_clock)
        self._watcher.started(len(kept))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """
        A file that cannot be collected is an error of the suite.
        """
        if report.failed:
            self.broken.append(str(report.longrepr))

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """
        A requirement that needs a feature the target declares not to have does not apply.
        """
        requirement = requirement_of(getattr(item, "function", None))
        if requirement is None:
            return
        for capability in requirement.needs:
            if not self.settings.profile.can(capability):
                raise NotApplicable(f"the profile does not declare {capability}")

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, None]:
        """
        Turn the ending of a case into a verdict.
        """
        yield
        requirement = requirement_of(getattr(item, "function", None))
        if requirement is None or call.when == "teardown":
            return
        if call.when == "setup" and call.excinfo is None:
            return
        verdict, reason = _verdict_of(call.excinfo)
        transcript = self._transcripts.pop(item.nodeid, Transcript())
        document = {"case": item.name, **transcript.document(self._redactor)}
        variant = _Variant(verdict, self._redactor.text(reason), call.duration, document)
        if verdict is Verdict.FAIL:
            variant.script = self._script(requirement, variant.reason, transcript, call.excinfo)
        self._collected[requirement.id].variants.append(variant)
        self._watcher.ended(requirement.id, verdict)

    def _script(
        self,
        requirement: Requirement,
        reason: str,
        transcript: Transcript,
        ending: "pytest.ExceptionInfo[BaseException] | None",
    ) -> str | None:
        """
        The repro of a failure.
        """
        return make_script(
            requirement,
            reason=reason,
            target=self.settings.target,
            profile=self.settings.profile,
            exchanges=transcript.exchanges,
            trace=None if ending is None else ending.tb,
            redactor=self._redactor,
        )

    @pytest_asyncio.fixture(scope="session", loop_scope="session")
    async def target_http(self) -> AsyncIterator[httpx.AsyncClient]:
        """
        Connections to the target, warm over the whole run.
        """
        async with httpx.AsyncClient(
            base_url=self.settings.target, timeout=20.0, transport=WayToTarget()
        ) as http:
            await self._configure_webhooks(http)
            yield http

    async def _configure_webhooks(self, http: httpx.AsyncClient) -> None:
        """
        Tell the target where to deliver.
        """
        how = self.settings.profile.webhook.get("configure")
        address = self.settings.receiver_address
        if not how or not address:
            self.notes.append(
                "webhooks are untested: the profile does not say how the target is told where to deliver"
            )
            return
        client = RecordingClient(http, self.settings.profile, Transcript())
        url = f"{address}/webhook/{self.inbox_name}"
        body = {**how.get("members", {}), how["field"]: url}
        answer = await client.send(how["method"], how["path"], body=body)
        self.webhooks_configured = 200 <= answer.status < 300  # noqa: PLR2004  2xx
        if not self.webhooks_configured:
            self.notes.append(
                f"webhooks are untested: {how['method']} {how['path']} answered {answer.summary}"
            )

    @pytest_asyncio.fixture(scope="session", loop_scope="session")
    async def receiver_http(self) -> AsyncIterator[httpx.AsyncClient]:
        """
        Connections to the receiver.
        """
        async with httpx.AsyncClient(
            base_url=self.settings.receiver or "http://127.0.0.1:9", timeout=40.0, trust_env=False
        ) as http:
            yield http

    @pytest.fixture
    def transcript(self, request: pytest.FixtureRequest) -> Transcript:
        """
        The evidence of this case.
        """
        return self._transcripts.setdefault(request.node.nodeid, Transcript())

    @pytest.fixture
    def gateway(self, target_http: httpx.AsyncClient, transcript: Transcript) -> Gateway:
        """
        The target.
        """
        return Gateway(
            RecordingClient(target_http, self.settings.profile, transcript), self.patience
        )

    @pytest.fixture
    def inbox(
        self,
        target_http: httpx.AsyncClient,
        receiver_http: httpx.AsyncClient,
        transcript: Transcript,
    ) -> Inbox:
        """
        What the target delivered.
        """
        del target_http
        return Inbox(
            receiver_http,
            self.inbox_name,
            transcript,
            configured=self.webhooks_configured,
            mailbox=self.mailbox,
        )

    @pytest.fixture
    def run_seed(self) -> str:
        """
        The run's seed, for keys that must not repeat between runs.
        """
        return self.settings.seed


def _holds_clock(item: pytest.Item) -> bool:
    requirement = requirement_of(getattr(item, "function", None))
    needs = () if requirement is None else requirement.needs
    return "clock" in needs or bool(_CLOCKED & set(getattr(item, "fixturenames", ())))


def _finding(collected: _Collected) -> Finding:
    script = next((v.script for v in collected.variants if v.script), None)
    return Finding(
        requirement=collected.requirement,
        verdict=worst(variant.verdict for variant in collected.variants),
        reason=_reason(collected.variants),
        duration_s=sum(variant.duration_s for variant in collected.variants),
        transcripts=tuple(variant.transcript for variant in collected.variants),
        repro=f"repro/{collected.requirement.id}.py" if script else None,
        script=script,
    )


def _verdict_of(ending: "pytest.ExceptionInfo[BaseException] | None") -> tuple[Verdict, str]:
    if ending is None:
        return Verdict.PASS, ""
    error = ending.value
    for kind, verdict in _VERDICTS.items():
        if isinstance(error, kind):
            return verdict, str(error)
    if isinstance(error, TargetFell):
        return Verdict.FAIL, str(error)
    if isinstance(error, httpx.HTTPError):
        return Verdict.ERROR, f"the target did not answer: {type(error).__name__} {error}"
    return Verdict.ERROR, f"the suite broke: {type(error).__name__}: {error}"


def _reason(variants: list[_Variant]) -> str:
    verdict = worst(variant.verdict for variant in variants)
    reasons = [v.reason for v in variants if v.verdict is verdict and v.reason]
    return reasons[0] if reasons else ""
