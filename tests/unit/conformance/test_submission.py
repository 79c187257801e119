"""
Submissions: every shape seen in the wild is read, every mistake is named with file, line and what was expected.
"""

from pathlib import Path

import pytest

from conformance.harness.submission import BadSubmission, Submission, load_submission


def _load(tmp_path: Path, text: str) -> Submission:
    (tmp_path / "submission.yml").write_text(text, encoding="utf-8")
    return load_submission(tmp_path)


def _texts(submission: Submission) -> dict[str, list[str]]:
    return {name: [c.text for c in commands] for name, commands in submission.phases.items()}


def test_five_sections_of_commands(tmp_path: Path) -> None:
    """
    The usual shape; other keys are left alone.
    """
    text = (
        "name: shop\nsetup:\n  - npm ci\nstart:\n  - docker-compose up -d\ntest: []\nverify:\n"
        "  - curl -s localhost:8000/health\nshutdown:\n  - docker-compose down\n"
    )

    assert _texts(_load(tmp_path, text)) == {
        "setup": ["npm ci"],
        "start": ["docker-compose up -d"],
        "test": [],
        "verify": ["curl -s localhost:8000/health"],
        "shutdown": ["docker-compose down"],
    }


def test_nested_tests_and_items_with_names(tmp_path: Path) -> None:
    """
    Below `commands`, `tests` for `test`, `run` for `command`, an expectation in words and as a status.
    """
    text = (
        "commands:\n  start: make up\n  tests:\n    - name: health\n      run: curl x\n      expected: healthy\n"
        "    - {command: exit 3, expected: 3}\n  setup:\n"
    )

    submission = _load(tmp_path, text)

    assert _texts(submission) == {"start": ["make up"], "test": ["curl x", "exit 3"], "setup": []}
    first, second = submission.phases["test"]
    assert (first.name, first.expected, first.line) == ("health", "healthy", 4)
    assert (second.name, second.expected, second.line) == ("", 3, 7)


def test_blocks_of_several_lines_are_one_command(tmp_path: Path) -> None:
    """
    Literal scalars stay as they are.
    """
    submission = _load(tmp_path, "start:\n  - |\n    cd api\n    npm start\n")

    assert submission.phases["start"][0].text == "cd api\nnpm start\n"


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("", 1, "the sections"),
        ("- a\n", 1, "the sections"),
        ("setup: [a]\n", 1, "a section start"),
        ("start: []\n", 1, "a section start"),
        ("start: [a]\nsetup: {a: b}\n", 2, "a list of commands"),
        ("start:\n  - a\n  - [b]\n", 3, "a command, or"),
        ("start:\n  - a\n  - name: b\n", 3, "a command, or"),
        ("start:\n  - command: ''\n", 2, "a command"),
        ("start:\n  - {run: a, shell: b}\n", 2, "a command, or"),
        ("start: [a]\nstart: [b]\n", 2, "start once"),
        ("start: [a]\ntest: [b]\ntests: [c]\n", 3, "one of test and tests"),
        ("start: [a]\nverify:\n  - {run: a, expected: [1]}\n", 3, "an exit status or words"),
        ("start:\n - a\n   b: c\n", 3, "YAML"),
        ("start: [a\nsetup: b]\n\n", 2, "YAML"),
        ("start: &x [a]\nsetup: *y\n", 2, "YAML"),
        ("start:\n\t- a\n", 2, "YAML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, line: int, expected: str) -> None:
    """
    One line: file, line, expected, found.
    """
    with pytest.raises(BadSubmission) as problem:
        _load(tmp_path, text)

    message = str(problem.value)
    assert message.startswith(f"{tmp_path / 'submission.yml'}:{line}: expected {expected}"), message
    assert "\n" not in message


def test_missing_files_and_other_bytes_are_named(tmp_path: Path) -> None:
    """
    No file, bytes that are no UTF-8, and a file of a megabyte.
    """
    with pytest.raises(
        BadSubmission, match=r"expected a submission.yml in this folder, found none"
    ):
        load_submission(tmp_path)
    path = tmp_path / "submission.yml"
    path.write_bytes(b"start:\n  - a\xff\n")
    with pytest.raises(BadSubmission, match=r":2: expected UTF-8, found byte 0xff"):
        load_submission(path)
    path.write_text("#" * 1_000_000)
    with pytest.raises(BadSubmission, match="expected at most"):
        load_submission(tmp_path)
