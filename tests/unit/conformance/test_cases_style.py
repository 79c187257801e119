"""
The shape of cases: one id each, short, without branches; extensions never bind.
"""

import ast
import importlib
import pkgutil
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

import conformance.cases as package
from conformance.cases.catalogue import all_requirements
from conformance.harness.requirements import requirement_of
from conformance.harness.verdict import Keyword, Level

CASES = Path(str(package.__file__)).parent
FOLDERS = (
    "auth", "capture", "concurrency", "errors", "health", "idempotency", "isolation", "limits", "lists", "orders", "payments", "refunds", "security",
)  # fmt: skip
BRANCHES = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.IfExp, ast.Try)


def _modules() -> list[ModuleType]:
    names = (m.name for m in pkgutil.walk_packages(package.__path__, "conformance.cases."))
    return [importlib.import_module(n) for n in names if n.rpartition(".")[2].startswith("test_")]


def test_no_id_is_used_twice() -> None:
    """
    Two cases with one id would hide each other in the catalogue.
    """
    bound = [requirement_of(value) for module in _modules() for value in vars(module).values()]

    counts = Counter(requirement.id for requirement in bound if requirement is not None)

    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_cases_are_straight_lines(folder: str) -> None:
    """
    Arrange, act, expect: no if, loop or try in a case.
    """
    found = [
        f"{path.name}: {node.name}"
        for path in sorted((CASES / folder).glob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_")
        if any(isinstance(inner, BRANCHES) for inner in ast.walk(node))
    ]

    assert found == []


def test_extensions_never_bind() -> None:
    """
    Nobody fails a MUST of ours that the contract does not have.
    """
    found = [
        r.id for r in all_requirements() if r.level is Level.EXTENSION and r.keyword is Keyword.MUST
    ]

    assert found == []


def test_there_are_enough() -> None:
    """
    The number that the project promises.
    """
    assert len(all_requirements()) >= 180
