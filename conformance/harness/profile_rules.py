"""
What a profile may say.  It renames and re-shapes; whatever could weaken a safety property has no key, and is refused with file, line and what was
expected.

Source: issue "conformance suite", profiles; contract 2.2.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Final

#: A profile is read by people; longer ones are a second contract.
LINES_MAX: Final = 60
#: What is graded whatever a profile says; the refusal of an unknown key repeats it.
NEVER_WEAKER: Final = (
    "a profile renames and re-shapes; it cannot skip a requirement, allow a second charge or a refund above the payment, "
    "or make do with a weaker signature"
)
#: Optional features; a requirement that needs one which the profile does not declare is not applicable.
CAPABILITIES: Final = (
    "clock",
    "decline_vpa",
    "hardened_headers",
    "idempotent_writes",
    "lists",
    "openapi",
    "problem_json",
    "public_routes",
    "replay_header",
    "scenario_header",
    "second_merchant",
    "standard_webhooks",
    "strict_input",
    "test_retry_schedule",
    "void",
)
#: Other refusals than the contract's, and 200 instead of 201 for a replay (contract 1.5.3).  Nothing else can be declared.
STATUSES: Final[Mapping[str, tuple[int, ...]]] = {
    "validation": (400, 422),
    "unknown": (404, 400),
    "unknown_order": (404, 400),
    "unauthorised": (401, 403),
    "replay": (201, 200),
}
#: Error codes that may be spelled otherwise.  Source: contract 1.3.
CODES: Final = (
    "AUTHENTICATION_ERROR",
    "BAD_REQUEST_ERROR",
    "NOT_FOUND_ERROR",
    "INVALID_VPA",
    "INVALID_CARD",
    "EXPIRED_CARD",
)
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "card": ("nested", "flat"),
    "error": ("nested", "detail", "string", "text"),
    "requests": ("snake", "camel"),
    "answers": ("snake", "camel"),
}
_PLACEHOLDER: Final = re.compile(r"{([a-z_]+)}")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,63}")
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,63}")
#: Credentials that only some targets have: a second merchant, for the requirements about isolation.
_OTHER_MERCHANT: Final = frozenset({"other_key", "other_secret"})
_CONFIGURE: Final = frozenset({"method", "path", "field", "members"})
_METHODS: Final = ("PUT", "POST", "PATCH")


class BadProfile(ValueError):
    """
    A profile cannot be used; the message names file, line and what was expected.
    """


class _Reader:
    """
    One profile being checked: its origin and its lines, for messages.
    """

    def __init__(self, origin: str, text: str, canonical: Mapping[str, Any]) -> None:
        self.origin = origin
        self.lines = text.splitlines()
        self.canonical = canonical

    def line_of(self, section: str | None, key: str | None = None) -> int:
        """
        The line where a section or one of its keys stands, counted from 1; the first line where neither is found.
        """
        inside = section is None
        for number, line in enumerate(self.lines, 1):
            code = line.partition("#")[0].strip()
            if code.startswith("["):
                header = code.strip("[] ")
                inside = header == section
                if (key is None and inside) or (section is None and header == key):
                    return number
            elif inside and key and re.match(rf"[\"']?{re.escape(key)}[\"']?\s*=", code):
                return number
        return self.line_of(None, section) if section and key else 1

    def refuse(self, expected: str, section: str | None, key: str | None = None) -> BadProfile:
        """
        The complaint about one place.
        """
        place = ".".join(part for part in (section, key) if part)
        return BadProfile(f"{self.origin}:{self.line_of(section, key)}: {place}: {expected}")


def read_profile(text: str, origin: str, canonical: Mapping[str, Any] | None) -> dict[str, Any]:
    """
    The checked content of a profile; `canonical` None reads the contract's own.  Raises `BadProfile`.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(f"{origin} is not TOML: {error}") from error
    reader = _Reader(origin, text, data if canonical is None else canonical)
    if len(reader.lines) > LINES_MAX and canonical is not None:
        raise BadProfile(
            f"{origin}:{LINES_MAX + 1}: expected at most {LINES_MAX} lines, found {len(reader.lines)}"
        )
    for section, content in data.items():
        if section == "name":
            _check_text(reader, None, "name", content)
            continue
        check = _SECTIONS.get(section)
        if check is None:
            known = ", ".join(sorted(_SECTIONS))
            raise reader.refuse(f"expected one of [{known}]; {NEVER_WEAKER}", None, section)
        if not isinstance(content, dict):
            raise reader.refuse(f"expected a section [{section}]", None, section)
        check(reader, section, content)
    return data


def _check_text(reader: _Reader, section: str | None, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise reader.refuse(f"expected a text that is not empty, found {value!r}", section, key)
    return value


def _check_known(reader: _Reader, section: str, key: str) -> None:
    known = reader.canonical.get(section, {})
    if key not in known:
        raise reader.refuse(
            f"expected one of {', '.join(sorted(known))}; {NEVER_WEAKER}", section, key
        )


def _check_auth(reader: _Reader, section: str, content: Mapping[str, Any]) -> None:
    for key, value in content.items():
        if key not in _OTHER_MERCHANT:
            _check_known(reader, section, key)
        _check_text(reader, section, key, value)


def _check_paths(reader: _Reader, section: str, content: Mapping[str, Any]) -> None:
    for key, value in content.items():
        _check_known(reader, section, key)
        path = _check_text(reader, section, key, value)
        expected = set(_PLACEHOLDER.findall(str(reader.canonical[section][key])))
        found = set(_PLACEHOLDER.findall(path))
        if not path.startswith("/") or "?" in path or "#" in path:
            raise reader.refuse(
                f"expected a path that starts with / and has no query, found {path!r}", section, key
            )
        if found - expected:
            raise reader.refuse(
                f"expected no other placeholders than {sorted(expected)}", section, key
            )
        if expected - found and key not in {"refunds", "payment_state"}:
            raise reader.refuse(
                f"expected the placeholder {{{min(expected - found)}}} in {path!r}",
                section,
                key,
            )


def _check_names(reader: _Reader, section: str, content: Mapping[str, Any]) -> None:
    for key, value in content.items():
        name = _check_text(reader, section, key, value)
        if not _NAME.fullmatch(name):
            raise reader.refuse(
                f"expected the member's name on the wire, found {name!r}", section, key
            )
    values = list(content.values())
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        key = [name for name, value in content.items() if value == twice][-1]
        raise reader.refuse(f"expected one meaning for {twice!r}, found two", section, key)


def _check_shape(reader: _Reader, section: str, content: Mapping[str, Any]) -> None:
    for key, value in content.items():
        if key == "unwrap":
            if not isinstance(value, str):
                raise reader.refuse(f"expected a member's name, found {value!r}", section, key)
        elif key not in CHOICES:
            known = ", ".join(sorted([*CHOICES, "unwrap"]))
            raise reader.refuse(f"expected one of {known}; {NEVER_WEAKER}", section, key)
        elif value not in CHOICES[key]:
            raise reader.refuse(
                f"expected {' or '.join(CHOICES[key])}, found {value!r}", section, key
            )


def _check_statuses(reader: _Reader, section: str, content: Mapping[str, Any]) -> None:
    for key, value in content.items():
        allowed = STATUSES.get(key)
        if allowed is None:
            raise reader.refuse(
                f"expected one of {', '.join(sorted(STATUSES))}; {NEVER_WEAKER}", section, key
            )
        if not isinstance(value, list) or not value or any(v not in allowed for v in value):
            raise reader.refuse(
                f"expected a list of {' and '.join(map(str, allowed))}, found {value!r}; a refusal stays a refusal",
                section,
                key,
            )


def _check_codes(reader: _Reader, section: str, content: Mapping[str, Any]) -> None:
    for key, value in content.items():
        if key not in CODES:
            raise reader.refuse(f"expected one of {', '.join(CODES)}", section, key)
        texts = isinstance(value, list) and value and all(isinstance(v, str) for v in value)
        if not texts or not all(_CODE.fullmatch(v) for v in value):
            raise reader.refuse(f"expected a list of error codes, found {value!r}", section, key)


def _check_webhook(reader: _Reader, section: str, content: Mapping[str, Any]) -> None:
    for key, value in content.items():
        if key != "configure":
            raise reader.refuse(
                f"expected configure only; {NEVER_WEAKER}: raw body bytes are verified whatever the dialect",
                section,
                key,
            )
        if not isinstance(value, dict) or set(value) - _CONFIGURE:
            raise reader.refuse(
                "expected { method, path, field }, and members where the request needs more",
                section,
                key,
            )
        if value and (
            value.get("method") not in _METHODS
            or not str(value.get("path", "")).startswith("/")
            or not _NAME.fullmatch(str(value.get("field", "")))
            or not isinstance(value.get("members", {}), dict)
        ):
            raise reader.refuse(
                f"expected a method of {', '.join(_METHODS)}, a path from / and the field that takes the address, found {value!r}",
                section,
                key,
            )


def _check_capabilities(reader: _Reader, section: str, content: Mapping[str, Any]) -> None:
    known = sorted({*CAPABILITIES, *reader.canonical.get(section, {}).get("has", [])})
    for key, value in content.items():
        if key != "has" or not isinstance(value, list):
            raise reader.refuse(f"expected has, a list of {', '.join(known)}", section, key)
        strange = [v for v in value if v not in known]
        if strange:
            raise reader.refuse(
                f"expected only {', '.join(known)}, found {strange[0]!r}", section, key
            )


_SECTIONS: Final[Mapping[str, Callable[[_Reader, str, Mapping[str, Any]], None]]] = {
    "auth": _check_auth,
    "paths": _check_paths,
    "fields": _check_names,
    "answers": _check_names,
    "shape": _check_shape,
    "status": _check_statuses,
    "codes": _check_codes,
    "webhook": _check_webhook,
    "capabilities": _check_capabilities,
}
