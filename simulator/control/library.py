"""
The ready scenarios that come with the bank: `simulator/scenarios/*.yml`.
"""

from functools import cache
from importlib.resources import files
from typing import Any

from simulator.control.documents import read_documents


@cache
def library() -> dict[str, Any]:
    """
    Name -> scenario as plain data, in the order of names.  Raises `BadDocument` when a file of ours is wrong.
    """
    found: dict[str, Any] = {}
    folder = files("simulator") / "scenarios"
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".yml"):
            for document in read_documents(file.read_text("utf-8"), file=file.name):
                found[document.data["name"]] = document.data
    return dict(sorted(found.items()))
