"""
Rubrics: marks from verdicts, nothing for what was not looked at.
"""

from pathlib import Path

import pytest

from conformance.harness.rubric import BadRubric, Rubric, award, load_rubric
from conformance.harness.verdict import Keyword, Verdict
from tests.unit.conformance.reporting import finding

RUBRIC = """
name = "two parts"
[weights]
MUST = 2
SHOULD = 1
[[part]]
name = "orders"
marks = 60
requirements = ["PGC-ORD-*"]
[[part]]
name = "refunds"
marks = 40
requirements = ["PGC-REF-001", "PGC-REF-1*"]
"""


def _rubric(tmp_path: Path, text: str = RUBRIC) -> Rubric:
    path = tmp_path / "rubric.toml"
    path.write_text(text)
    return load_rubric(str(path))


def test_marks_are_the_share_of_weight_that_holds(tmp_path: Path) -> None:
    """
    Two thirds of 60, rounded down to a tenth; dialect holds, untested does not, what does not apply is left out.
    """
    graded = [
        finding("PGC-ORD-001", Verdict.PASS).graded,
        finding("PGC-ORD-002", Verdict.UNTESTED).graded,
        finding("PGC-ORD-003", Verdict.DIALECT).graded,
        finding("PGC-ORD-004", Verdict.NOT_APPLICABLE).graded,
        finding("PGC-ORD-005", Verdict.FAIL, keyword=Keyword.SHOULD).graded,
        finding("PGC-REF-101", Verdict.PASS).graded,
        finding("PGC-WHK-001", Verdict.PASS).graded,
    ]

    marks = award(_rubric(tmp_path), graded)

    assert [(p.name, p.text, p.held, p.counted, p.not_looked_at) for p in marks.parts] == [
        ("orders", "34.2", 2, 4, 1),
        ("refunds", "40.0", 1, 1, 0),
    ]
    assert (marks.text, marks.of) == ("74.2", 100)
    assert marks.uncovered == ("PGC-WHK-001",)


def test_full_marks_need_everything(tmp_path: Path) -> None:
    """
    999 of 1000 is not 60.
    """
    graded = [finding(f"PGC-ORD-{n:03d}").graded for n in range(999)]
    graded.append(finding("PGC-ORD-999", Verdict.FAIL).graded)

    assert award(_rubric(tmp_path), graded).parts[0].text == "59.9"


def test_a_part_with_nothing_in_it_earns_nothing(tmp_path: Path) -> None:
    """
    An empty run has no marks.
    """
    assert award(_rubric(tmp_path), []).text == "0.0"


def test_the_example_is_ready() -> None:
    """
    40, 30, 20, 10.
    """
    assert [part.marks for part in load_rubric("forty-thirty").parts] == [40, 30, 20, 10]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("marks = 60", "marks = -1", "part 1: marks must be a whole number"),
        ("marks = 60", "marks = 6.5", "part 1: marks must be a whole number"),
        ("MUST = 2", "MUST = -2", "weights"),
        ("SHOULD = 1", "COULD = 1", "weights"),
        ('["PGC-ORD-*"]', '["ORD"]', "patterns"),
        ("[weights]", "[weight]", "found weight"),
    ],
    ids=["negative", "fraction", "weight", "keyword", "pattern", "section"],
)
def test_bad_rubrics_are_refused_with_a_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    """
    File and part are named.
    """
    with pytest.raises(BadRubric, match=message):
        _rubric(tmp_path, RUBRIC.replace(old, new))


def test_unknown_rubrics_are_refused() -> None:
    """
    Neither ready nor a file.
    """
    with pytest.raises(BadRubric, match="There is no rubric"):
        load_rubric("nobody")
