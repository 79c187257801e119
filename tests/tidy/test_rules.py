"""
The product keeps the rules, and each rule can fail.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cases.catalogue import all_requirements
from conformance.cases.document import document
from tests.tidy.rules import EXCEPTIONS, ROOT, check, product_files


def test_the_product_keeps_the_rules() -> None:
    """
    Every module of every party.
    """
    found = [
        finding
        for path in product_files()
        for finding in check(str(path.relative_to(ROOT)), path.read_text("utf-8"))
    ]

    assert not found, "\n" + "\n".join(map(str, found))


BAD = {
    "clock": "from datetime import datetime\nx = datetime.now()\n",
    "rng": "import random\n",
    "function-size": "def f():\n" + "    x = 1\n" * 70,
    "module-size": "x = 1\n" * 401,
    "handler-size": "@app.get('/')\ndef f():\n" + "    x = 1\n" * 30,
    "broad-except": "try:\n    x = 1\nexcept Exception:\n    x = 2\n",
    "silent-except": "try:\n    x = 1\nexcept ValueError:\n    pass\n",
    "docstring": '"""Here already."""\n',
}


#: Spellings that hide a broken rule.
HIDDEN = [
    ("clock", "from time import time, sleep\nx = time()\n"),
    ("clock", "import time as t\nx = t.time()\n"),
    ("broad-except", "try:\n    x = 1\nexcept (Exception, KeyError):\n    x = 2\n"),
    ("silent-except", "try:\n    x = 1\nexcept ValueError:\n    ...\n"),
]


@pytest.mark.parametrize(("rule", "text"), HIDDEN)
def test_other_spellings_are_seen(rule: str, text: str) -> None:
    """
    Aliases, tuples, an ellipsis for a pass.
    """
    assert rule in {finding.rule for finding in check("gateway/domain/sample.py", text)}


@pytest.mark.parametrize("rule", BAD)
def test_every_rule_can_fail(rule: str) -> None:
    """
    A small bad module each.
    """
    assert rule in {finding.rule for finding in check("gateway/domain/sample.py", BAD[rule])}


def test_rules_that_look_at_the_path_can_fail() -> None:
    """
    Names, sleeps in cases, floats in amounts.
    """
    assert {f.rule for f in check("gateway/utils.py", "")} == {"vague-name"}
    assert {f.rule for f in check("conformance/cases/x/test_x.py", "asyncio.sleep(1)\n")} == {
        "bare-sleep"
    }
    assert {
        f.rule for f in check("gateway/domain/money.py", "def f(amount_minor: float): ...\n")
    } == {"float-money"}


def test_exceptions_are_still_needed() -> None:
    """
    An excuse for a file that is gone is removed.
    """
    assert all((ROOT / path).exists() for _, path in EXCEPTIONS)


def test_import_contracts_hold_and_can_fail(tmp_path: Path) -> None:
    """
    import-linter over the real tree; and a tree with a deliberate violation is refused.
    """
    program = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    good = subprocess.run(
        [*program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    for package in ("gateway", "simulator"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(
            "import simulator\n" if package == "gateway" else ""
        )
    (tmp_path / "pyproject.toml").write_text(
        '[tool.importlinter]\nroot_packages = ["gateway", "simulator"]\n[[tool.importlinter.contracts]]\nname = "apart"\n'
        'type = "independence"\nmodules = ["gateway", "simulator"]\n'
    )
    bad = subprocess.run(
        [*program, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert good.returncode == 0, good.stdout + good.stderr
    assert bad.returncode != 0


def test_requirements_page_is_fresh() -> None:
    """
    docs/requirements.md is generated; run `make requirements`.
    """
    assert (ROOT / "docs" / "requirements.md").read_text("utf-8") == document()


def test_requirements_are_well_formed() -> None:
    """
    At least 25, unique ids, one keyword each (checked at import), a source each.
    """
    found = all_requirements()

    assert len(found) >= 25
    assert all(requirement.source for requirement in found)


def test_no_workplace_paths_are_committed() -> None:
    """
    No absolute path of anybody's machine in a tracked file.
    """
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    pattern = re.compile(r"(?<![\w.$}/-])/(home|root|Users|work|farm)/[a-z]")
    found = [
        f"{name}:{number}"
        for name in listed
        if (ROOT / name).suffix in (".py", ".md", ".toml", ".yml", ".yaml", ".txt", "")
        and (ROOT / name).is_file()
        for number, line in enumerate((ROOT / name).read_text("utf-8", "replace").splitlines(), 1)
        if pattern.search(line)
    ]

    assert not found


def test_readme_names_only_make_targets_that_exist() -> None:
    """
    README's commands are the truth.
    """
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)", (ROOT / "README.md").read_text("utf-8")))

    assert {"conformance", "test", "up"} <= named <= targets
