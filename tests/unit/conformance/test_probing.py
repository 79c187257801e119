"""
What a probe writes: a profile that the loader takes, with what stays unknown as comments.
"""

import pytest

from conformance.harness.probing.asking import Reply
from conformance.harness.probing.findings import Findings, checked, profile_text, same_as_ready
from conformance.harness.probing.service import error_code, error_shape
from conformance.harness.profile_rules import LINES_MAX


def test_findings_become_a_profile_that_loads() -> None:
    """
    Sections, inline tables, lists.
    """
    findings = Findings()
    findings.differs("status", "replay", [200], "a replay is answered 200")
    findings.differs(
        "webhook", "configure", {"method": "PATCH", "path": "/api/v1/merchant/webhook", "field": "webhook_url"}, ""
    )  # fmt: skip
    findings.capability("public_routes", "seen")
    findings.capability("test_retry_schedule", "seen")

    text, profile = checked(findings, "found", "http://127.0.0.1:1")

    assert text.startswith("# Found by `paywright probe http://127.0.0.1:1`.\n")
    assert profile.statuses("replay", 201) == [201, 200]
    assert profile.webhook["configure"]["method"] == "PATCH"
    assert same_as_ready(profile) == ["naga"]


def test_unknown_things_are_comments_and_webhooks_stay_untested() -> None:
    """
    Nothing is guessed.
    """
    findings = Findings()
    findings.not_seen("shape.card", "nested and flat card data get the same answer")

    text, profile = checked(findings, "found", "http://t")

    assert "# unknown: shape.card: nested and flat card data get the same answer" in text
    assert profile.webhook["configure"] == {}
    assert not profile.can("public_routes")


def test_profile_stays_short_whatever_is_unknown() -> None:
    """
    Comments give way.
    """
    findings = Findings()
    for number in range(100):
        findings.not_seen(f"thing {number}", "x" * 500)

    lines = profile_text(findings, "found", "http://t").splitlines()

    assert len(lines) <= LINES_MAX
    assert max(map(len, lines)) <= 150


@pytest.mark.parametrize(
    ("document", "text", "shape", "code"),
    [
        ({"error": {"code": "NOT_FOUND", "description": ""}}, "", "nested", "NOT_FOUND"),
        ({"error": "Not found"}, "", "string", None),
        ({"detail": {"error": {"code": "NOT_FOUND"}}}, "", "detail", "NOT_FOUND"),
        ({"detail": "Not found"}, "", "detail", None),
        (None, "Not found", "text", None),
        (None, "<!DOCTYPE html>", None, None),
        ({"message": "no"}, "", None, None),
    ],
)
def test_error_shapes_are_told_apart(
    document: object, text: str, shape: str | None, code: str | None
) -> None:
    """
    A page is no shape.
    """
    reply = Reply(404, document, text)

    assert (error_shape(reply), error_code(reply)) == (shape, code)
