"""
docs/checkout.md says what the files say: hooks, options, messages, settings.
"""

import re
from pathlib import Path
from typing import Final

from sdk.checkout.app import FOLDER

_ROOT: Final = FOLDER.parent.parent
_TEXT: Final = (_ROOT / "docs" / "checkout.md").read_text("utf-8")
_SDK: Final = (FOLDER / "checkout.js").read_text("utf-8")


def _section(title: str) -> str:
    return _TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _rows(text: str) -> list[list[str]]:
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if not row[0].startswith("---")][1:]


def _names(cell: str) -> list[str]:
    return re.findall(r"`([\w-]+)`", cell)


def _files(*names: str) -> str:
    return "".join((FOLDER / name).read_text("utf-8") for name in names)


def test_table_of_hooks_is_complete() -> None:
    html = _files("page/checkout.html", "back/back.html", "demo/demo.html", "page/view.js")
    found = set(re.findall(r'data-test-id="([\w-]+)"', html))
    found |= set(re.findall(r'dataset\.testId = "([\w-]+)"', html))
    found |= set(re.findall(r'"data-test-id": "([\w-]+)"', _SDK))

    table = _section("Test hooks").split("| where |")[1]
    documented = [
        name for line in table.splitlines() for name in _names(re.sub(r"\([^)]*\)", "", line))
    ]

    assert len(documented) == len(set(documented))
    assert set(documented) == found


def test_table_of_options_is_complete() -> None:
    options = set(re.findall(r'(?:own|text|callback)\(options, "(\w+)"', _SDK))
    documented = [_names(row[0])[0] for row in _rows(_section("Options").split("`open()`")[0])]

    assert set(documented) == options


def test_table_of_messages_is_complete() -> None:
    schemas = _SDK.split("const SCHEMAS = {")[1].split("};")[0]
    to_page = set(re.findall(r'this\.send\("(\w+)"', _SDK))
    rows = [_names(row[0]) for row in _rows(_section("Messages"))]
    documented = {name for row in rows for name in row}

    assert documented == set(re.findall(r"^    (\w+):", schemas, re.MULTILINE)) | to_page


def test_table_of_settings_is_complete() -> None:
    read = re.findall(r'environ,\s*"([A-Z_]+)"', (FOLDER / "config.py").read_text("utf-8"))
    documented = [
        name for row in _rows(_section("Settings of the process")) for name in _names(row[0])
    ]

    assert sorted(documented) == sorted(set(read))


def test_named_files_exist() -> None:
    linked = re.findall(r"\]\((decisions/[\w.-]+)\)", _TEXT)
    commands = re.findall(r"`pytest (tests/[\w/]+)`", _TEXT)

    assert len(linked) >= 2
    assert len(commands) >= 4
    assert [name for name in linked if not (_ROOT / "docs" / name).is_file()] == []
    assert [name for name in commands if not Path(_ROOT / name).is_dir()] == []
