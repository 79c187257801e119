"""
What a probe found, and the profile that follows from it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.harness.profile import Profile, load_profile, profile_from_text, ready_profiles
from conformance.harness.profile_rules import LINES_MAX

_ORDER: Final = (
    "paths",
    "fields",
    "answers",
    "shape",
    "status",
    "codes",
    "webhook",
    "capabilities",
)
#: Operations that change the target if one asks for them.
_NOT_ASKED: Final = frozenset({"webhook_secret", "webhook_test"})
_COMMENT_COLUMNS: Final = 150


@dataclass(slots=True)
class Findings:
    """
    `sections` is what differs from the contract, `said` what was seen (subject, sentence), `unknown` what could not be seen.
    """

    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)

    def differs(self, section: str, key: str, value: Any, sentence: str) -> None:
        """
        Something the target spells in its own way.
        """
        self.sections.setdefault(section, {})[key] = value
        self.said.append((f"{section}.{key}", sentence))

    def same(self, subject: str, sentence: str) -> None:
        """
        Something that is as the contract has it.
        """
        self.said.append((subject, sentence))

    def not_seen(self, subject: str, why: str) -> None:
        """
        Something that stays `untested`.
        """
        self.unknown.append((subject, why))

    def capability(self, name: str, sentence: str) -> None:
        """
        An optional feature that was seen to work.
        """
        has = self.sections.setdefault("capabilities", {}).setdefault("has", [])
        has.append(name)
        self.said.append((name, sentence))


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        if not value:
            return "{}"
        return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def profile_text(findings: Findings, name: str, target: str) -> str:
    """
    The profile as TOML: what differs, and as comments what stays unknown.
    """
    lines = [f"# Found by `paywright probe {target}`.", f"name = {json.dumps(name)}"]
    least: dict[str, dict[str, Any]] = {"webhook": {"configure": {}}, "capabilities": {"has": []}}
    sections = least | findings.sections
    for section in _ORDER:
        content = sections.get(section)
        if content is not None:
            lines += ["", f"[{section}]", *(f"{k} = {_value(v)}" for k, v in content.items())]
    comments = [f"# unknown: {subject}: {why}" for subject, why in findings.unknown]
    if comments:
        room = max(0, LINES_MAX - len(lines) - 1)
        lines += ["", *(comment[:_COMMENT_COLUMNS] for comment in comments[:room])]
    return "\n".join(lines) + "\n"


def same_as_ready(profile: Profile) -> list[str]:
    """
    The ready profiles that say exactly what this one says.
    """
    found = [name for name in ready_profiles() if _meaning(load_profile(name)) == _meaning(profile)]
    return sorted(found)


def _meaning(profile: Profile) -> dict[str, Any]:
    """
    A profile without its name and without what repeats the contract.
    """
    data = {name: value for name, value in profile.data.items() if name != "name"}
    data["codes"] = {code: sorted(profile.codes(code)) for code in data["codes"]}
    data["status"] = {
        kind: sorted(set(values) - {201 if kind == "replay" else 0})
        for kind, values in data["status"].items()
    }
    data["paths"] = {name: path for name, path in data["paths"].items() if name not in _NOT_ASKED}
    data["capabilities"] = sorted(data["capabilities"].get("has", []))
    return data


def checked(findings: Findings, name: str, target: str) -> tuple[str, Profile]:
    """
    The profile's text and the profile that the loader makes of it: what a probe writes, the suite reads.
    """
    text = profile_text(findings, name, target)
    return text, profile_from_text(text, f"{name}.toml")
