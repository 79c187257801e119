"""
Takes the definitions that an expectation needs out of the harness: functions, classes, constants, imports.

By names: whatever a piece mentions is taken along when the harness defines it, so nothing that runs is left out.
"""

import ast
import inspect
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Final

from conformance.harness import bursts, client, expect, outcomes, profile, signatures
from conformance.harness.dialects import wire

#: Where definitions come from, in the order in which they stand in a script.
MODULES: Final[tuple[ModuleType, ...]] = (
    outcomes,
    wire,
    profile,
    client,
    expect,
    signatures,
    bursts,
)
#: Modules that a statement calls by their name.
NAMESPACES: Final = {"expect": expect, "bursts": bursts}
#: Definitions of which a script has its own, or none.
_LEFT_OUT: Final = frozenset(
    {
        "load_profile",
        "profile_from_text",
        "ready_profiles",
        "RecordingClient",
        "Gateway",
        "PaymentSeen",
        "BadProfile",
    }
)


class CannotBundle(Exception):
    """
    What is needed is not made of the standard library alone.
    """


def mentioned(node: ast.AST) -> set[str]:
    """
    Every name and attribute in a piece.
    """
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    found |= {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    texts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    return found | {text for text in texts if isinstance(text, str) and text.isidentifier()}


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def bundle(roots: Iterable[str]) -> str:
    """
    Source text that defines the roots and all they need, then namespaces for modules called by name.  Raises `CannotBundle`.
    """
    definitions: dict[str, tuple[int, ast.stmt]] = {}
    imports: dict[str, str] = {}
    for number, module in enumerate(MODULES):
        for node in ast.parse(inspect.getsource(module)).body:
            imports |= _imports(node)
            for name in _defined(node):
                if name not in _LEFT_OUT and name != "__all__":
                    definitions.setdefault(name, (number, node))
    needed: set[str] = set()
    waiting = set(roots)
    while waiting:
        name = waiting.pop()
        needed.add(name)
        if name in definitions:
            node = definitions[name][1]
            waiting |= (mentioned(node) & (definitions.keys() | imports.keys())) - needed
    pieces = sorted(
        {
            id(n): (number, n.lineno, n)
            for name, (number, n) in definitions.items()
            if name in needed
        }.values(),
        key=lambda piece: piece[:2],
    )
    lines = sorted(
        {imports[name] for name in needed if name in imports and name not in definitions}
    )
    texts = [ast.unparse(_without_async(node)) for _, _, node in pieces]
    return "\n".join([*lines, "", *texts, *_namespaces(needed, definitions)])


def _imports(node: ast.stmt) -> dict[str, str]:
    found: dict[str, str] = {}
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name.partition(".")[0] in sys.stdlib_module_names:
                found[alias.asname or alias.name] = ast.unparse(ast.Import(names=[alias]))
    elif (
        isinstance(node, ast.ImportFrom)
        and (node.module or "").partition(".")[0] in sys.stdlib_module_names
    ):
        for alias in node.names:
            text = ast.unparse(ast.ImportFrom(module=node.module, names=[alias], level=0))
            found[alias.asname or alias.name] = text
    return found


def _without_async(node: ast.stmt) -> ast.stmt:
    """
    A class without coroutines; nothing of a script is asynchronous.
    """
    if isinstance(node, ast.AsyncFunctionDef):
        raise CannotBundle(f"{node.name} is asynchronous")
    if isinstance(node, ast.ClassDef):
        node.body = [m for m in node.body if not isinstance(m, ast.AsyncFunctionDef)]
    return node


def _namespaces(needed: set[str], definitions: dict[str, tuple[int, ast.stmt]]) -> list[str]:
    lines = []
    for name, module in NAMESPACES.items():
        members = [
            n
            for n in sorted(needed & definitions.keys())
            if definitions[n][0] == MODULES.index(module)
        ]
        pairs = ", ".join(f"{member}={member}" for member in members)
        lines.append(f"{name} = types.SimpleNamespace({pairs})")
    return lines
