"""
Profiles: the ready ones load, and what could weaken a requirement is refused with file, line and what was expected.
"""

from importlib.resources import files
from pathlib import Path

import pytest

from conformance.harness.profile import (
    BadProfile,
    load_profile,
    profile_from_text,
    ready_profiles,
)
from conformance.harness.profile_rules import LINES_MAX


def test_ready_profiles_cover_the_dialects_of_the_field_trials() -> None:
    """
    At least eight beside the contract's own.
    """
    dialects = {
        "naga",
        "surya",
        "manasa",
        "siva",
        "chds",
        "nikhita",
        "sabbella",
        "ramesh",
        "charan",
    }

    assert dialects | {"canonical"} <= set(ready_profiles())


@pytest.mark.parametrize("name", ready_profiles())
def test_ready_profile_loads_and_is_short(name: str) -> None:
    """
    And it is called by its file's name.
    """
    text = (files("conformance") / "profiles" / f"{name}.toml").read_text(encoding="utf-8")

    assert load_profile(name).name == name
    assert len(text.splitlines()) <= LINES_MAX


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        pytest.param("\n[safety]\nrefunds = false", 2, "expected one of [answers, auth", id="section"),
        pytest.param("[skip]\nids = ['PGC-REF-006']", 1, "cannot skip a requirement", id="skip"),
        pytest.param("skip = ['PGC-REF-006']", 1, "cannot skip a requirement", id="skip-on-top"),
        pytest.param("[status]\n# replays\nreplay = [409]", 3, "expected a list of 201 and 200", id="replay-refused"),
        pytest.param("[status]\nvalidation = [201]", 2, "a refusal stays a refusal", id="refusal-accepted"),
        pytest.param("[status]\nunauthorised = [200]", 2, "expected a list of 401 and 403", id="no-credentials"),
        pytest.param("[status]\nover_refund = [400]", 2, "expected one of replay, unauthorised", id="unknown-status"),
        pytest.param("[webhook]\nsignature = 'reserialised'", 2, "raw body bytes are verified", id="signature"),
        pytest.param("[webhook]\nconfigure = { method = 'GET', path = '/x', field = 'url' }", 2, "PUT, POST, PATCH", id="method"),
        pytest.param("[webhook]\nconfigure = { path = '/x', secret = 'none' }", 2, "expected { method, path, field }", id="configure"),
        pytest.param("[auth]\nsecret = ''", 2, "a text that is not empty", id="empty-secret"),
        pytest.param("[auth]\nwebhook_secret = 7", 2, "a text that is not empty", id="secret-number"),
        pytest.param("[auth]\nscheme = 'none'", 2, "expected one of key", id="unknown-auth"),
        pytest.param("[paths]\npayment = ''", 2, "a text that is not empty", id="empty-path"),
        pytest.param("[paths]\npayment = 'api/{payment_id}'", 2, "starts with /", id="relative-path"),
        pytest.param("[paths]\npayment = '/p/{id}'", 2, "no other placeholders than ['payment_id']", id="placeholder"),
        pytest.param("[paths]\npayment = '/p'", 2, "expected the placeholder {payment_id}", id="no-placeholder"),
        pytest.param("[paths]\nteapot = '/p'", 2, "expected one of ", id="unknown-path"),
        pytest.param("[codes]\nNOT_FOUND_ERROR = 'NOT_FOUND'", 2, "a list of error codes", id="code-text"),
        pytest.param("[codes]\nTEAPOT = ['T']", 2, "expected one of AUTHENTICATION_ERROR", id="unknown-code"),
        pytest.param("[shape]\ncard = 'none'", 2, "expected nested or flat", id="card"),
        pytest.param("[shape]\nmoney = 'float'", 2, "expected one of answers, card", id="unknown-shape"),
        pytest.param("[answers]\namount = 'sum'\nstatus = 'sum'", 3, "expected one meaning for 'sum'", id="two-meanings"),
        pytest.param("[fields]\norder_id = 'or der'", 2, "the member's name on the wire", id="field"),
        pytest.param("[capabilities]\nhas = ['clock', 'double_charge']", 2, "found 'double_charge'", id="capability"),
        pytest.param("name = 7", 1, "expected a text", id="name"),
        pytest.param("# x\n" * 61, 61, "expected at most 60 lines, found 61", id="too-long"),
        pytest.param("= 1", None, "is not TOML", id="not-toml"),
    ],
)  # fmt: skip
def test_weakening_or_nonsense_is_refused(text: str, line: int | None, expected: str) -> None:
    """
    The complaint names the file and the line and says what was expected.
    """
    with pytest.raises(BadProfile) as caught:
        profile_from_text(text, "own.toml")

    assert str(caught.value).startswith(f"own.toml:{line}: " if line else "own.toml ")
    assert expected in str(caught.value)


def test_dialect_stands_on_top_of_the_contract() -> None:
    """
    What it does not say is the contract's; what it says comes beside the contract's spelling, which always passes.
    """
    profile = profile_from_text(
        '[paths]\nrefund = "/r/{refund_id}"\n[codes]\nNOT_FOUND_ERROR = ["NOT_FOUND"]\n[status]\nunknown = [400]',
        "own.toml",
    )

    assert profile.name == "own"
    assert profile.path("refund", refund_id="rfnd_1") == "/r/rfnd_1"
    assert profile.path("order", order_id="order_1") == "/api/v1/orders/order_1"
    assert profile.codes("NOT_FOUND_ERROR") == ["NOT_FOUND_ERROR", "NOT_FOUND"]
    assert profile.statuses("unknown", 404) == [404, 400]
    assert profile.statuses("validation", 400) == [400]


def test_answers_are_read_in_the_contracts_names() -> None:
    """
    Unwrapped, own names and case undone, the merchant's notes left alone.
    """
    profile = profile_from_text(
        '[shape]\nunwrap = "data"\nanswers = "camel"\n[answers]\npending = "pending_jobs"',
        "own.toml",
    )

    found = profile.contract_document(
        {
            "data": {
                "orderId": "o1",
                "pending_jobs": 2,
                "notes": {"someKey": 1},
                "rows": [{"createdAt": 1}],
            }
        }
    )

    assert found == {
        "order_id": "o1",
        "pending": 2,
        "notes": {"someKey": 1},
        "rows": [{"created_at": 1}],
    }


def test_unknown_name_lists_the_ready_ones(tmp_path: Path) -> None:
    """
    Neither a ready profile nor a file.
    """
    with pytest.raises(BadProfile, match="ready ones are canonical, charan"):
        load_profile(str(tmp_path / "nobody.toml"))
