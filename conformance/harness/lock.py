"""
The run lock: what a run was, so that it can be repeated and compared.  Source: features N5, F132.
"""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import conformance
from conformance.harness.redaction import Redactor
from conformance.harness.settings import RunSettings

_SUITE_FILES: Final = (".py", ".toml", ".ini", ".yaml", ".js")
_PACKAGES: Final = ("paywright", "httpx", "pytest")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLock:
    """
    Seed, hashes and versions.  Two runs of one lock on the reference gateway have equal `transcript_sha256` and `verdicts_sha256`.
    """

    seed: str
    suite_sha256: str
    config_sha256: str
    transcript_sha256: str
    verdicts_sha256: str
    config: Mapping[str, Any]
    versions: Mapping[str, str]

    def document(self) -> dict[str, Any]:
        """
        `run.lock`.
        """
        return {
            "schema": "paywright-lock/1",
            "seed": self.seed,
            "suite_sha256": self.suite_sha256,
            "config_sha256": self.config_sha256,
            "transcript_sha256": self.transcript_sha256,
            "verdicts_sha256": self.verdicts_sha256,
            "config": dict(self.config),
            "versions": dict(self.versions),
        }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def suite_sha256() -> str:
    """
    The hash of every file of the suite.
    """
    folder = Path(conformance.__file__).parent
    paths = sorted(path for path in folder.rglob("*") if path.suffix in _SUITE_FILES)
    whole = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return whole.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def make_lock(
    settings: RunSettings, *, transcript: bytes, verdicts: Iterable[tuple[str, str]]
) -> RunLock:
    """
    The lock of a run that has ended.
    """
    auth = settings.profile.auth
    redactor = Redactor([auth.get("secret", ""), auth.get("webhook_secret", "")])
    config = redactor.tree(
        {
            "profile": {"name": settings.profile.name, **settings.profile.data},
            "only": settings.only,
            "strict": settings.strict,
        }
    )
    return RunLock(
        seed=settings.seed,
        suite_sha256=suite_sha256(),
        config_sha256=_sha256(_canonical(config)),
        transcript_sha256=hashlib.sha256(transcript).hexdigest(),
        verdicts_sha256=_sha256("".join(f"{name} {verdict}\n" for name, verdict in verdicts)),
        config=config,
        versions={
            "python": platform.python_version(),
            **{package: _version(package) for package in _PACKAGES},
        },
    )
