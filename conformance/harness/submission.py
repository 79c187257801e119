"""
Reads a `submission.yml`: what to run to set a gateway up, start, test, verify and shut it down.

Shapes in the wild: the five sections on top, or below `commands`; `tests` for `test`; an item is a command or `{name, command | run, expected}`.
Source: contract 1.13.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

PHASES: Final = ("setup", "start", "test", "verify", "shutdown")
_SPELLINGS: Final = {**{phase: phase for phase in PHASES}, "tests": "test"}
_NAMES: Final = ("submission.yml", "submission.yaml")
_ITEM_MEMBERS: Final = {"name", "command", "run", "expected", "description"}
#: Bytes; the files seen have at most a few thousand.
_SIZE_MAX: Final = 262_144


class BadSubmission(ValueError):
    """
    A submission cannot be read; the message has file, line and what was expected.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """
    One command line for a shell.  `expected` is what its author says it should give: an exit status, or words.
    """

    text: str
    name: str
    expected: str | int | None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """
    The commands of each phase; a phase that the file does not have is missing here.
    """

    path: Path
    phases: dict[str, tuple[Command, ...]]


class _Reader:
    """
    Knows the file for its complaints.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def refuse(self, node: Node | None, expected: str) -> BadSubmission:
        line = 1 if node is None else node.start_mark.line + 1
        return BadSubmission(f"{self.path}:{line}: expected {expected}, found {_shown(node)}")

    def members(self, node: Node, expected: str) -> dict[str, Node]:
        if not isinstance(node, MappingNode):
            raise self.refuse(node, expected)
        found: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise self.refuse(key, "a name as key")
            if key.value in found:
                raise self.refuse(key, f"{key.value} once")
            found[key.value] = value
        return found

    def phase(self, node: Node) -> tuple[Command, ...]:
        if isinstance(node, ScalarNode):
            return () if _is_null(node) else (self.command(node),)
        if not isinstance(node, SequenceNode):
            raise self.refuse(node, "a list of commands")
        return tuple(self.command(item) for item in node.value)

    def command(self, node: Node) -> Command:
        line = node.start_mark.line + 1
        if isinstance(node, ScalarNode):
            return Command(text=self._text(node, "a command"), name="", expected=None, line=line)
        expected = "a command, or {name, command, expected}"
        members = self.members(node, expected)
        text = members.get("command", members.get("run"))
        if text is None or not set(members) <= _ITEM_MEMBERS:
            raise self.refuse(node, expected)
        name = members.get("name")
        return Command(
            text=self._text(text, "a command"),
            name="" if name is None else self._text(name, "a name"),
            expected=self._expected(members.get("expected")),
            line=line,
        )

    def _text(self, node: Node, expected: str) -> str:
        if not isinstance(node, ScalarNode) or _is_null(node) or not node.value.strip():
            raise self.refuse(node, expected)
        return str(node.value)

    def _expected(self, node: Node | None) -> str | int | None:
        if node is None or (isinstance(node, ScalarNode) and _is_null(node)):
            return None
        if not isinstance(node, ScalarNode):
            raise self.refuse(node, "an exit status or words")
        if node.tag.endswith(":int") and node.value.isdigit():
            return int(node.value)
        return str(node.value)


def _is_null(node: ScalarNode) -> bool:
    return bool(node.tag.endswith(":null"))


def _shown(node: Node | None) -> str:
    if node is None:
        return "nothing"
    if isinstance(node, ScalarNode):
        return "nothing" if _is_null(node) else repr(node.value[:60])
    return "a list" if isinstance(node, SequenceNode) else "a mapping"


def find_submission(folder: Path) -> Path:
    """
    The file in a folder, or the file itself.  Raises `BadSubmission`.
    """
    if folder.is_file():
        return folder
    for name in _NAMES:
        if (folder / name).is_file():
            return folder / name
    raise BadSubmission(f"{folder}: expected a {_NAMES[0]} in this folder, found none")


def load_submission(folder: Path) -> Submission:
    """
    Read the submission of a folder.  Raises `BadSubmission`.
    """
    path = find_submission(folder)
    reader = _Reader(path)
    try:
        content = path.read_bytes()
        if len(content) > _SIZE_MAX:
            raise BadSubmission(
                f"{path}:1: expected at most {_SIZE_MAX} bytes, found {len(content)}"
            )
        root = yaml.compose(content.decode(), Loader=yaml.SafeLoader)
    except OSError as error:
        raise BadSubmission(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadSubmission(
            f"{path}:{line}: expected UTF-8, found byte {content[error.start]:#04x}"
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        raise BadSubmission(
            f"{path}:{line}: expected YAML, found a mistake: {error.problem}"
        ) from error
    except yaml.YAMLError as error:
        raise BadSubmission(f"{path}:1: expected YAML, found a mistake: {error}") from error
    return Submission(path=path, phases=_phases(reader, root))


def _phases(reader: _Reader, root: Node | None) -> dict[str, tuple[Command, ...]]:
    wanted = f"the sections {', '.join(PHASES)}"
    if root is None:
        raise reader.refuse(root, wanted)
    members = reader.members(root, wanted)
    if not set(members) & set(_SPELLINGS) and "commands" in members:
        root = members["commands"]
        members = reader.members(root, f"{wanted} below commands")
    found: dict[str, tuple[Command, ...]] = {}
    for name, node in members.items():
        phase = _SPELLINGS.get(name)
        if phase is None:
            continue
        if phase in found:
            raise reader.refuse(node, "one of test and tests, not both")
        found[phase] = reader.phase(node)
    if not found.get("start"):
        raise reader.refuse(members.get("start", root), "a section start with one command or more")
    return found
