"""
Reads a request body as one JSON object, strictly.  Every trap of reliability section 4 A ends in `BadRequest`, never in a crash.
"""

import json
import math
from typing import Any, Final, NoReturn

from gateway.domain.errors import BadRequest, PayloadTooLarge

#: Largest body in bytes.  Source: reliability section 4, case 14.
SIZE_BYTES_MAX: Final = 65_536
DEPTH_MAX: Final = 32
#: Longest number that is read; PostgreSQL's bigint has 19 digits.
_DIGITS_MAX: Final = 40


def _refuse(what: str) -> NoReturn:
    raise BadRequest(f"The request body must be a JSON object; {what}.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = ""
        for name, _ in pairs:
            if name in seen:
                twice = name
                break
            seen.add(name)
        _refuse(f"member {twice[:40]!r} stands in it twice")
    return members


def _integer(text: str) -> int:
    if len(text) > _DIGITS_MAX:
        _refuse(f"a number has more than {_DIGITS_MAX} digits")
    return int(text)


def _fraction(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        _refuse("a number is too large")
    return value


def _constant(name: str) -> NoReturn:
    _refuse(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)


def _deepest(text: str) -> int:
    """
    How deep brackets nest, outside strings; linear, without recursion.
    """
    depth = deepest = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def parse_object(
    raw: bytes, *, size_bytes_max: int = SIZE_BYTES_MAX, depth_max: int = DEPTH_MAX
) -> dict[str, Any]:
    """
    The object in `raw`.  Raises `PayloadTooLarge`, and `BadRequest` that says what was found instead.
    """
    if len(raw) > size_bytes_max:
        raise PayloadTooLarge(f"The request body must be at most {size_bytes_max} bytes.")
    if not raw.strip():
        _refuse("it is empty")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(f"byte {error.start} is not UTF-8")
    if text.startswith("\ufeff"):
        _refuse("it begins with a byte order mark")
    if (text.count("[") + text.count("{")) > depth_max and _deepest(text) > depth_max:
        _refuse(f"it nests deeper than {depth_max}")
    try:
        value, end = _DECODER.raw_decode(text.lstrip(" \t\r\n"))
    except ValueError as error:
        _refuse(
            f"it is not JSON ({error})"
            if isinstance(error, json.JSONDecodeError)
            else "it is not JSON"
        )
    if text.lstrip(" \t\r\n")[end:].strip(" \t\r\n"):
        _refuse("something follows it")
    if not isinstance(value, dict):
        _refuse(f"found {_kind(value)}")
    if "\\u" in text or "\x00" in text:
        _check_text(value)
    return value


def _kind(value: object) -> str:
    names = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _check_text(value: object) -> None:
    """
    Refuse NUL and lone surrogates, which PostgreSQL cannot store.
    """
    if isinstance(value, str):
        if "\x00" in value:
            _refuse("a string contains the character NUL")
        if any("\ud800" <= character <= "\udfff" for character in value):
            _refuse("a string contains half of a surrogate pair")
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_text(name)
            _check_text(member)
    elif isinstance(value, list):
        for member in value:
            _check_text(member)
