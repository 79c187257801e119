"""
docs/wild-bugs-caught.md names requirements and wrong gateways that exist.
"""

import re
from pathlib import Path

from conformance.cases.catalogue import all_requirements

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "wild-bugs-caught.md").read_text(encoding="utf-8")
WRONG = ROOT / "tests" / "integration" / "conformance" / "wrong"


def test_every_id_on_the_page_is_a_requirement() -> None:
    """
    No id is left over from a requirement that is gone.
    """
    known = {requirement.id for requirement in all_requirements()}

    named = set(re.findall(r"PGC-[A-Z]{3}-\d{3}", PAGE))

    assert named - known == set()


def test_every_wrong_gateway_on_the_page_exists() -> None:
    """
    No proof is named that nobody wrote.
    """
    source = "".join(path.read_text(encoding="utf-8") for path in WRONG.glob("*.py"))

    named = set(re.findall(r"`([a-z_]+_[a-z_]+)`", PAGE)) - {"processed_at"}

    assert {name for name in named if f"async def {name}(" not in source} == set()


def test_every_bug_of_the_http_half_is_on_the_page() -> None:
    """
    M1 to M22 and M45 to M82, without the numbers that were never given.
    """
    wanted = {
        1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 45, 46, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 63, 64,
        65, 66, 67, 68, 70, 71, 73, 74, 75, 77, 78, 80, 81, 82,
    }  # fmt: skip

    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| M")]

    assert {int(n) for row in rows for n in re.findall(r"M(\d+)", row)} == wanted
