"""
Scenario files: YAML read so that a mistake is told with file, line and what was expected, and nothing of a wrong file counts.
"""

from dataclasses import dataclass
from typing import Any

import yaml

from simulator.domain.reading import BadProgram, Node, Part, format_path
from simulator.domain.scenario import read_scenario


class BadDocument(ValueError):
    """
    A scenario file is malformed; the message starts with `file:line:`.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """
    One scenario as plain data, and the file it stands in.
    """

    file: str
    data: Any


def _line_of(node: yaml.Node, path: tuple[Part, ...]) -> int:
    """
    The line (from 1) of the deepest node on the path that exists.
    """
    line = node.start_mark.line + 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == part), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value)
        ):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            return line
    return line


def _refuse_twice(node: yaml.Node, file: str) -> None:
    """
    Raise for a member that is written twice: the parser would silently keep the last.
    """
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                raise BadDocument(f"{file}:{key.start_mark.line + 1}: {key.value} is written twice")
            seen.add(key.value)
            _refuse_twice(value, file)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_twice(item, file)


def read_documents(text: str, *, file: str) -> list[Document]:
    """
    The scenarios of a file (`---` between several), checked.  Raises `BadDocument`; then none of them may be used.
    """
    documents = []
    try:
        nodes = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
        values = list(yaml.safe_load_all(text))
    except yaml.MarkedYAMLError as error:
        line = 0 if error.problem_mark is None else error.problem_mark.line + 1
        raise BadDocument(f"{file}:{line}: not YAML: {error.problem}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise BadDocument(f"{file}:1: not YAML: {error}") from error
    for node, value in zip(nodes, values, strict=True):
        if node is None:
            raise BadDocument(f"{file}:1: expected a scenario, found an empty document")
        _refuse_twice(node, file)
        try:
            read_scenario(Node(value))
        except BadProgram as error:
            line = _line_of(node, error.path)
            raise BadDocument(
                f"{file}:{line}: {format_path(error.path)}: {error.expected}"
            ) from error
        documents.append(Document(file=file, data=value))
    if not documents:
        raise BadDocument(f"{file}:1: expected a scenario, found nothing")
    return documents
