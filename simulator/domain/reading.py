"""
Reads programs (scenarios, accounts, faults) from plain data; the first thing that is wrong is named by its path, with what was expected.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

Part = str | int
T = TypeVar("T")
_SHOWN: Final = 60
#: Largest number that survives JSON in every language.
NUMBER_MAX: Final = 2**53 - 1


class BadProgram(ValueError):
    """
    A program cannot be used: where in it, and what was expected there.
    """

    def __init__(self, path: tuple[Part, ...], expected: str) -> None:
        super().__init__(f"{format_path(path)}: {expected}")
        self.path = path
        self.expected = expected


def format_path(path: tuple[Part, ...]) -> str:
    """
    `rules[0].when.amount`; the top is `the document`.
    """
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "the document"


@dataclass(frozen=True, slots=True)
class Node:
    """
    A value and where it stands.
    """

    value: Any
    path: tuple[Part, ...] = ()

    def fail(self, expected: str) -> BadProgram:
        """
        The exception that says what was expected here and what was found.
        """
        found = repr(self.value)
        shown = found if len(found) <= _SHOWN else found[:_SHOWN] + "…"
        return BadProgram(self.path, f"expected {expected}, found {shown}")

    def members(self, known: Iterable[str], *, required: Iterable[str] = ()) -> "dict[str, Node]":
        """
        The members of a mapping.  Raises `BadProgram` for other things, unknown members and missing ones.
        """
        names = tuple(known)
        if not isinstance(self.value, Mapping):
            raise self.fail(f"a mapping with {', '.join(names)}")
        for name in self.value:
            if name not in names:
                where = Node(name, (*self.path, str(name)))
                raise BadProgram(where.path, f"unknown member; expected one of {', '.join(names)}")
        for name in required:
            if name not in self.value:
                raise BadProgram(self.path, f"{name} is missing")
        return {str(name): Node(item, (*self.path, str(name))) for name, item in self.value.items()}

    def items(self) -> "list[Node]":
        """
        The items of a list.  Raises `BadProgram`.
        """
        if not isinstance(self.value, list):
            raise self.fail("a list")
        return [Node(item, (*self.path, index)) for index, item in enumerate(self.value)]

    def text(self, *, most: int = 255) -> str:
        """
        Text of 1 to `most` characters.  Raises `BadProgram`.
        """
        if not isinstance(self.value, str) or not 0 < len(self.value) <= most:
            raise self.fail(f"text of 1 to {most} characters")
        return self.value

    def number(self, *, least: int = 0, most: int = NUMBER_MAX) -> int:
        """
        A whole number.  Raises `BadProgram`.
        """
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.fail(f"a whole number from {least} to {most}")
        return value

    def flag(self) -> bool:
        """
        True or false.  Raises `BadProgram`.
        """
        if not isinstance(self.value, bool):
            raise self.fail("true or false")
        return self.value

    def choice(self, known: Iterable[str]) -> str:
        """
        One of some words.  Raises `BadProgram`.
        """
        names = tuple(known)
        if self.value not in names:
            raise self.fail(f"one of {', '.join(names)}")
        return str(self.value)


def optional(members: dict[str, Node], name: str, read: Callable[[Node], T], default: T) -> T:
    """
    The member as `read` reads it, or the default when it is absent.
    """
    return read(members[name]) if name in members else default
