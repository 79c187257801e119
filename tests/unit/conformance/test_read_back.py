"""
Looking at what was made: nobody waits for what never reads back.
"""

import json
from typing import Any

import pytest

from conformance.harness.client import Answer
from conformance.harness.outcomes import RequirementFailed
from conformance.harness.profile import load_profile
from conformance.harness.seen import UNREADABLE_LOOKS, ReadBack

CANONICAL = load_profile("canonical")


def _answer(status: int, document: Any) -> Answer:
    body = json.dumps(document).encode()
    return Answer(status=status, headers={}, body=body, document=document, profile=CANONICAL)


def test_shown_alone_or_in_a_list() -> None:
    """
    Some targets show a payment only in a list.
    """
    reading = ReadBack("p")

    assert reading.document(_answer(200, {"id": "p", "n": 1})) == {"id": "p", "n": 1}
    assert reading.document(_answer(200, {"data": [{"id": "q"}, {"id": "p"}]})) == {"id": "p"}
    assert reading.document(_answer(200, [{"id": "q"}])) is None


def test_what_never_reads_back_fails_soon() -> None:
    """
    A look that works in between starts the count anew.
    """
    reading = ReadBack("p")
    for _ in range(UNREADABLE_LOOKS - 1):
        assert reading.document(_answer(404, {})) is None
    reading.document(_answer(200, {"id": "p"}))
    for _ in range(UNREADABLE_LOOKS - 1):
        assert reading.document(_answer(500, {})) is None

    with pytest.raises(RequirementFailed, match="does not read back"):
        reading.document(_answer(404, {}))
