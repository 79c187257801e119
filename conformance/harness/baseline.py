"""
The baseline: findings of a target that are known, each with a reason and a day on which it ends.

A baseline keeps a pipeline useful while a fault is being mended.  It never makes a target conformant.  Source: features F105; conventions 4.6.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from conformance.harness.verdict import Known

_MEMBERS: Final = {"id", "reason", "expires", "link"}
_EXAMPLE: Final = '[[finding]] with id = "PGC-REF-003", reason = "…", expires = 2027-01-31'


class BadBaseline(ValueError):
    """
    A baseline cannot be used; the message names file, entry and what was expected.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFinding:
    """
    One entry.  It counts up to and including the day `expires`.
    """

    requirement_id: str
    reason: str
    expires: date
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """
    All entries of a file.
    """

    path: str
    findings: tuple[KnownFinding, ...]

    def on(self, started_at: str) -> tuple[Known, ...]:
        """
        The entries as the verdict needs them, for a run that started at this ISO 8601 instant.
        """
        day = started_at[:10]
        return tuple(
            Known(
                requirement_id=finding.requirement_id,
                reason=finding.reason,
                expires=finding.expires.isoformat(),
                expired=finding.expires.isoformat() < day,
            )
            for finding in self.findings
        )

    def check_ids(self, known: set[str]) -> None:
        """
        Raises `BadBaseline` for an id that no requirement has.
        """
        strange = sorted({finding.requirement_id for finding in self.findings} - known)
        if strange:
            raise BadBaseline(
                f"{self.path}: there is no requirement {strange[0]}; see `paywright conformance list`"
            )


def _entry(raw: Any, where: str) -> KnownFinding:
    if not isinstance(raw, dict) or not {"id", "reason", "expires"} <= set(raw) <= _MEMBERS:
        raise BadBaseline(f"{where}: expected {_EXAMPLE}")
    expires = raw["expires"]
    if type(expires) is not date:
        raise BadBaseline(f"{where}: expires must be a day such as 2027-01-31, found {expires!r}")
    for name in ("id", "reason", "link"):
        value = raw.get(name, "-")
        if not isinstance(value, str) or not value.strip():
            raise BadBaseline(f"{where}: {name} must be a text, found {value!r}")
    return KnownFinding(
        requirement_id=raw["id"],
        reason=" ".join(raw["reason"].split()),
        expires=expires,
        link=raw.get("link", ""),
    )


def load_baseline(path: Path) -> Baseline:
    """
    Read a baseline.  Raises `BadBaseline`.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadBaseline(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadBaseline(f"{path} is not TOML: {error}") from error
    strange = sorted(set(data) - {"finding"})
    if strange or not isinstance(data.get("finding", []), list):
        raise BadBaseline(f"{path}: expected {_EXAMPLE}, found {', '.join(strange) or 'finding'}")
    findings = tuple(
        _entry(raw, f"{path}, finding {number}")
        for number, raw in enumerate(data.get("finding", []), 1)
    )
    ids = [finding.requirement_id for finding in findings]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise BadBaseline(f"{path}: {twice[0]} stands there twice")
    return Baseline(path=str(path), findings=findings)
