"""
The dialect adapter's translations, and that the suite reads back what the adapter spells.
"""

import json
from typing import Any

import pytest

from conformance.harness.dialects.answers import spelt
from conformance.harness.dialects.requests import understood
from conformance.harness.dialects.routes import Meant, Routes
from conformance.harness.dialects.wire import camel, nested_card, snake
from conformance.harness.profile import load_profile, profile_from_text
from conformance.harness.seen import CARD, flat_card

REFUSAL = {"error": {"code": "NOT_FOUND_ERROR", "description": "Payment not found"}}


@pytest.mark.parametrize("name", ["order_id", "card_last4", "amount", "created_at"])
def test_case_is_undone(name: str) -> None:
    """
    Camel and back.
    """
    assert snake(camel(name)) == name


def test_flat_card_is_undone() -> None:
    """
    What the suite flattens, the adapter nests again.
    """
    body = nested_card({"method": "card", **flat_card(CARD)})

    assert body == {"method": "card", "card": dict(CARD)}


@pytest.mark.parametrize(
    ("profile", "method", "path", "operation", "canonical"),
    [
        ("ramesh", "GET", "/api/v1/payments/webhooks", "webhooks", "/api/v1/webhooks"),
        ("ramesh", "GET", "/api/v1/payments/pay_1", "payment", "/api/v1/payments/pay_1"),
        ("ramesh", "GET", "/api/v1/payments/refunds/r1", "refund", "/api/v1/refunds/r1"),
        ("manasa", "GET", "/api/v1/payments/public/p1", "payment_public", "/api/v1/payments/p1/public"),
        ("naga", "PATCH", "/api/v1/merchant/webhook", "configure", "/api/v1/webhooks/config"),
        ("canonical", "POST", "/api/v1/payments/p%2F1/refunds", "refunds", "/api/v1/payments/p%2F1/refunds"),
    ],
)  # fmt: skip
def test_routes_find_the_operation(
    profile: str, method: str, path: str, operation: str, canonical: str
) -> None:
    """
    The most literal path wins; ids are carried over as they are.
    """
    meant = Routes(load_profile(profile)).meant(method, path)

    assert meant is not None
    assert (meant.operation, meant.path) == (operation, canonical)


def test_moved_operation_is_gone_from_its_old_place() -> None:
    """
    Or a profile with a wrong path would go unnoticed.
    """
    routes = Routes(load_profile("ramesh"))

    assert routes.meant("GET", "/api/v1/refunds/r1") is None
    assert routes.is_canonical("GET", "/api/v1/refunds/r1")
    assert not routes.is_canonical("GET", "/somewhere/else")


def test_id_in_the_body_goes_into_the_path() -> None:
    """
    POST /refunds {payment_id}.
    """
    profile = profile_from_text('[paths]\nrefunds = "/api/v1/refunds"', "own.toml")
    meant = Routes(profile).meant("POST", "/api/v1/refunds")
    assert meant is not None

    path, body = understood(profile, meant, b'{"payment_id":"pay_1","amount":5}')

    assert (path, json.loads(body)) == ("/api/v1/payments/pay_1/refunds", {"amount": 5})


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b'{"amount": NaN}', b'{"amount": 1, "amount": 2}', b"[" * 50_000, b"\xff", b'{"amount": 1.0}'],
    ids=["empty", "array", "nan", "twice", "deep", "bytes", "nothing-to-translate"],
)  # fmt: skip
def test_bodies_are_passed_on_byte_for_byte(raw: bytes) -> None:
    """
    Hostile bodies are the gateway's to refuse.
    """
    profile = load_profile("chds")

    assert understood(profile, Meant("payments", "POST", "/p"), raw) == ("/p", raw)


@pytest.mark.parametrize(
    ("profile", "operation", "status", "document", "told", "body"),
    [
        ("canonical", "payment", 404, REFUSAL, 404, REFUSAL),
        ("surya", "payment", 404, REFUSAL, 404, {"error": {"code": "NOT_FOUND", "description": "Payment not found"}}),
        ("surya", "payments", 404, REFUSAL, 400, {"error": {"code": "NOT_FOUND", "description": "Payment not found"}}),
        ("nikhita", "payment", 404, REFUSAL, 404, {"error": "Payment not found"}),
        ("ramesh", "payment", 404, REFUSAL, 400, {"detail": REFUSAL}),
        ("ramesh", "orders", 400, REFUSAL, 422, {"detail": [{"msg": "Payment not found"}]}),
        ("ramesh", "orders", 401, REFUSAL, 401, {"detail": REFUSAL}),
    ],
)  # fmt: skip
def test_refusals_are_spelt_in_the_dialect(
    profile: str, operation: str, status: int, document: Any, told: int, body: Any
) -> None:
    """
    Status, envelope, code.
    """
    answer = spelt(load_profile(profile), operation, status, document, replayed=False)

    assert answer.status == told
    assert json.loads(answer.body or json.dumps(document)) == body


@pytest.mark.parametrize(("name", "told"), [("naga", 200), ("manasa", 201)])
def test_replay_has_the_dialects_status(name: str, told: int) -> None:
    """
    Only a replay; a first answer stays 201.
    """
    profile = load_profile(name)

    assert spelt(profile, "payments", 201, {"id": "p"}, replayed=True).status == told
    assert spelt(profile, "payments", 201, {"id": "p"}, replayed=False).status == 201


def test_suite_reads_back_what_the_adapter_spells() -> None:
    """
    Wrapped, renamed and in camelCase.
    """
    profile = profile_from_text(
        '[shape]\nunwrap = "data"\nanswers = "camel"\n[answers]\npending = "pending_jobs"',
        "own.toml",
    )
    document = {"order_id": "o", "pending": 1, "data": [{"last_attempt_at": None}]}

    answer = spelt(profile, "jobs_status", 200, document, replayed=False)

    assert answer.body is not None
    assert b"orderId" in answer.body
    assert profile.contract_document(json.loads(answer.body)) == document
