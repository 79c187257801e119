"""
Profiles: how a target spells the contract.  TOML, checked; a dialect's file stands on top of `canonical.toml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from conformance.harness.dialects.wire import reading, renamed, spelling
from conformance.harness.profile_rules import BadProfile, read_profile

__all__ = ["BadProfile", "Profile", "load_profile", "profile_from_text", "ready_profiles"]


@dataclass(frozen=True, slots=True)
class Profile:
    """
    A checked profile.
    """

    name: str
    data: Mapping[str, Any]

    def path(self, operation: str, **ids: str) -> str:
        """
        The path of an operation with ids filled in.
        """
        return str(self.data["paths"][operation]).format(**ids)

    def has_path(self, operation: str) -> bool:
        """
        Whether the target has this operation at all.
        """
        return bool(self.data["paths"].get(operation))

    def takes(self, operation: str, placeholder: str) -> bool:
        """
        Whether an operation's path carries this id; where it does not, the id goes into the body.
        """
        return f"{{{placeholder}}}" in str(self.data["paths"][operation])

    def field(self, name: str) -> str:
        """
        A request member's name on this wire.
        """
        return spelling(self.data["fields"], self.shape("requests"))(name)

    def contract_document(self, document: Any) -> Any:
        """
        An answer's document in the contract's names: unwrapped, members renamed back.
        """
        wrapper = self.shape("unwrap")
        if wrapper and isinstance(document, dict) and wrapper in document:
            document = document[wrapper]
        names = self.data["answers"]
        if not names and self.shape("answers") != "camel":
            return document
        return renamed(document, reading(names, self.shape("answers")))

    def codes(self, code: str) -> list[str]:
        """
        Every spelling of an error code, the contract's first.
        """
        return [code, *(c for c in self.data["codes"].get(code, []) if c != code)]

    def statuses(self, kind: str, canonical: int) -> list[int]:
        """
        The contract's status and those that this dialect declares instead.
        """
        return [canonical, *(s for s in self.data["status"].get(kind, []) if s != canonical)]

    def can(self, capability: str) -> bool:
        """
        Whether the target declares the optional feature.
        """
        return capability in self.data["capabilities"].get("has", [])

    def shape(self, name: str) -> str:
        """
        A choice of the [shape] section.
        """
        return str(self.data["shape"].get(name, ""))

    @property
    def auth(self) -> Mapping[str, str]:
        """
        Header names and credentials.
        """
        found: Mapping[str, str] = self.data["auth"]
        return found

    @property
    def webhook(self) -> Mapping[str, Any]:
        """
        How the webhook address is set.
        """
        found: Mapping[str, Any] = self.data["webhook"]
        return found


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in over.items():
        nested = (
            isinstance(value, dict) and isinstance(merged.get(name), dict) and name != "webhook"
        )
        merged[name] = _merge(merged[name], value) if nested else value
    return merged


def _canonical() -> dict[str, Any]:
    text = (files("conformance") / "profiles" / "canonical.toml").read_text(encoding="utf-8")
    return read_profile(text, "canonical.toml", None)


def ready_profiles() -> list[str]:
    """
    The names of the profiles that come with the suite.
    """
    folder = files("conformance") / "profiles"
    names = (entry.name for entry in folder.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def profile_from_text(text: str, origin: str) -> Profile:
    """
    A profile from TOML text, on top of the contract's.  `origin` names it in complaints.  Raises `BadProfile`.
    """
    canonical = _canonical()
    data = read_profile(text, origin, canonical)
    return Profile(str(data.get("name", Path(origin).stem)), _merge(canonical, data))


def load_profile(name: str) -> Profile:
    """
    A ready profile by name, or one of your own by path.  Raises `BadProfile`.
    """
    if name == "canonical":
        return Profile("canonical", _canonical())
    own = Path(name)
    if own.suffix == ".toml" and own.is_file():
        return profile_from_text(own.read_text(encoding="utf-8"), name)
    if name in ready_profiles():
        text = (files("conformance") / "profiles" / f"{name}.toml").read_text(encoding="utf-8")
        return profile_from_text(text, f"{name}.toml")
    raise BadProfile(
        f"There is no profile {name!r}; ready ones are {', '.join(ready_profiles())}, or give the path of a .toml file"
    )
