"""
Every requirement, found by importing the cases.
"""

import importlib
import pkgutil

import conformance.cases as package
from conformance.harness.requirements import Requirement, requirement_of


def all_requirements() -> list[Requirement]:
    """
    Every requirement, by id.
    """
    found: dict[str, Requirement] = {}
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if module.name.rpartition(".")[2].startswith("test_"):
            for value in vars(importlib.import_module(module.name)).values():
                requirement = requirement_of(value)
                if requirement is not None:
                    found[requirement.id] = requirement
    return [found[requirement_id] for requirement_id in sorted(found)]
