"""
No requirement that cannot fail: each has a seeded defect for which a test expects it to fail.
"""

import ast
import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Final

import pytest

from conformance.cases.catalogue import all_requirements
from conformance.harness.requirements import requirement_of
from tests.integration.conformance.wrong.databases import ROWS, SCHEMAS
from tests.integration.conformance.wrong.front import DEFECTS
from tests.integration.conformance.wrong_hooks.defects import WRONG

#: Importing it registers the wrong gateways that it tries.
_GATEWAYS: Final = "tests.integration.conformance.test_cases_can_fail_http"
#: Tests that give cases a wrong scene or a wrong page, and expect them to fail.
_CALLING: Final = (
    "tests.unit.conformance.test_scene_cases",
    "tests.integration.conformance.test_cases_can_fail_scenes",
    "tests.browser.suite.test_page_cases_can_fail",
)
#: Requirements without a seeded defect: id and why there can be none.
WITHOUT: Final[dict[str, str]] = {}


def _seeded() -> set[str]:
    """
    Ids that a wrong gateway, sender or database is expected to fail.
    """
    importlib.import_module(_GATEWAYS)
    gateways = (defect.fails for defect in DEFECTS.values())
    senders = (wrong.fails for wrong in WRONG.values())
    databases = {f"PGC-{wrong.fails}" for wrong in (*SCHEMAS.values(), *ROWS.values())}
    return databases.union(*gateways, *senders)


def _expects_failure(part: ast.stmt) -> bool:
    """
    Whether a test expects a failure; tables and helpers serve those that do.
    """
    is_test = isinstance(part, ast.AsyncFunctionDef) and part.name.startswith("test_")
    return not is_test or "raises(RequirementFailed" in ast.unparse(part)


def _called_by(module: ModuleType) -> Iterator[str]:
    """
    Ids of the cases that the module names, such as `script.test_modal_fits_a_phone`.
    """
    for part in filter(_expects_failure, ast.parse(inspect.getsource(module)).body):
        for node in ast.walk(part):
            match node:
                case ast.Attribute(value=ast.Name(id=cases), attr=name) if name[:5] == "test_":
                    case = getattr(getattr(module, cases, None), name, None)
                    requirement = requirement_of(case)
                    if requirement is not None:
                        yield requirement.id


def test_every_requirement_has_a_defect_that_fails_it() -> None:
    """
    A new requirement comes with the gateway, schema, scene or page that it is there to find.
    """
    pytest.importorskip("playwright")
    known = {requirement.id for requirement in all_requirements()}
    called = {one for name in _CALLING for one in _called_by(importlib.import_module(name))}

    expected = _seeded() | called

    assert sorted(expected - known) == []
    assert sorted(known - expected) == sorted(WITHOUT)
