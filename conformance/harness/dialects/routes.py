"""
Which operation a request of a dialect means.  Pure.
"""

import re
from dataclasses import dataclass
from typing import Final

from conformance.harness.profile import Profile, load_profile

#: The reference takes the webhook address here, too.
_ALSO_CONFIGURES: Final = "/api/v1/merchants/me"
_PLACEHOLDER: Final = re.compile(r"{([a-z_]+)}")
_READ: Final = ("GET",)
_WRITE: Final = ("POST",)
#: Methods of the operations that are not only read.
_METHODS: Final = {
    "orders": ("POST", "GET"),
    "payments": _WRITE,
    "payments_public": _WRITE,
    "capture": _WRITE,
    "void": _WRITE,
    "refunds": ("POST", "GET"),
    "webhook_retry": _WRITE,
    "webhook_test": _WRITE,
    "webhook_secret": _WRITE,
    "clock": ("GET", "POST"),
}


@dataclass(frozen=True, slots=True)
class Meant:
    """
    An operation of the contract: its name, its method and its path with the ids in place.
    """

    operation: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class _Route:
    operation: str
    methods: tuple[str, ...]
    pattern: re.Pattern[str]
    canonical: str
    placeholders: int


class Routes:
    """
    The routes of one dialect.
    """

    def __init__(self, profile: Profile) -> None:
        contract = load_profile("canonical")
        self._configure = dict(profile.webhook.get("configure") or {})
        self._configured = dict(contract.webhook["configure"])
        self._own = _routes(profile, contract)
        self._canonical = _routes(contract, contract)

    def meant(self, method: str, path: str) -> Meant | None:
        """
        The operation; None for a path that this dialect does not have.
        """
        if (method, path) == (self._configure.get("method"), self._configure.get("path")):
            return Meant("configure", self._configured["method"], self._configured["path"])
        for route in self._own:
            found = route.pattern.fullmatch(path)
            if found is not None and method in route.methods:
                return Meant(route.operation, method, _filled(route.canonical, found.groupdict()))
        return None

    def is_canonical(self, method: str, path: str) -> bool:
        """
        Whether the contract has an operation here; where the dialect has moved it, nobody answers.
        """
        if path in (self._configured["path"], _ALSO_CONFIGURES):
            return True
        return any(r.pattern.fullmatch(path) and method in r.methods for r in self._canonical)


def _routes(profile: Profile, contract: Profile) -> list[_Route]:
    """
    The most literal first, so that /payments/webhooks is not taken for a payment's id.
    """
    routes = []
    for operation, template in profile.data["paths"].items():
        canonical = str(contract.data["paths"].get(operation, template))
        given = set(_PLACEHOLDER.findall(template))
        if set(_PLACEHOLDER.findall(canonical)) - given and operation != "refunds":
            continue
        pattern = _PLACEHOLDER.sub(r"(?P<\1>[^/]+)", re.escape(template).replace(r"\{", "{").replace(r"\}", "}"))  # fmt: skip
        methods = _METHODS.get(operation, _READ)
        routes.append(_Route(operation, methods, re.compile(pattern), canonical, len(given)))
    return sorted(routes, key=lambda route: route.placeholders)


def _filled(template: str, ids: dict[str, str]) -> str:
    """
    The path with the ids that are known; one that comes in the body stays a placeholder.
    """
    return _PLACEHOLDER.sub(lambda match: ids.get(match.group(1), match.group(0)), template)
