"""
Profiles: how a target spells the contract.  TOML, checked; a dialect's file stands on top of `canonical.toml`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

_LINES_MAX: Final = 60
_SECTIONS: Final = {
    "name", "auth", "paths", "fields", "shape", "status", "codes", "webhook", "capabilities", "states",
}  # fmt: skip


class BadProfile(ValueError):
    """
    A profile cannot be used; the message names file, member and what was expected.
    """


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

    def field(self, name: str) -> str:
        """
        A request member's name on this wire.
        """
        return str(self.data["fields"].get(name, name))

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


def _read(text: str, origin: str) -> dict[str, Any]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(f"{origin} is not TOML: {error}") from error
    strange = sorted(set(data) - _SECTIONS)
    if strange:
        raise BadProfile(f"{origin} has [{strange[0]}]; known are {', '.join(sorted(_SECTIONS))}")
    return data


def load_profile(name: str) -> Profile:
    """
    A ready profile by name, or one of your own by path.  Raises `BadProfile`.
    """
    folder = files("conformance") / "profiles"
    canonical = _read((folder / "canonical.toml").read_text(encoding="utf-8"), "canonical.toml")
    if name == "canonical":
        return Profile("canonical", canonical)
    own = Path(name)
    ready = folder / f"{name}.toml"
    if own.suffix == ".toml" and own.is_file():
        text = own.read_text(encoding="utf-8")
    elif ready.is_file():
        text = ready.read_text(encoding="utf-8")
    else:
        known = sorted(
            entry.name.removesuffix(".toml")
            for entry in folder.iterdir()
            if entry.name.endswith(".toml")
        )
        raise BadProfile(
            f"There is no profile {name!r}; ready ones are {', '.join(known)}, or give the path of a .toml file"
        )
    data = _read(text, name)
    return Profile(str(data.get("name", own.stem)), _merge(canonical, data))
