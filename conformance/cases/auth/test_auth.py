"""
Credentials.
"""

import pytest

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-AUT-001", source="contract 1.2")
@pytest.mark.parametrize("operation", ["orders", "payments"])
async def test_missing_credentials_are_refused(gateway: Gateway, operation: str) -> None:
    """
    A request without credentials to a protected endpoint MUST be refused with 401 AUTHENTICATION_ERROR.
    """
    body = {"amount": 50_000, "currency": "INR"}

    answer = await gateway.client.send("POST", gateway.profile.path(operation), body=body, auth={})

    expect.refusal(answer, 401, "AUTHENTICATION_ERROR", kind="unauthorised")


@requirement("PGC-AUT-002", source="contract 1.2", level=Level.SAFETY)
@pytest.mark.parametrize(
    ("key", "secret"),
    [
        pytest.param(None, "wrong", id="wrong-secret"),
        pytest.param("key_test_nobody", None, id="unknown-key"),
        pytest.param(None, "", id="empty-secret"),
    ],
)
async def test_wrong_credentials_are_refused(
    gateway: Gateway, key: str | None, secret: str | None
) -> None:
    """
    A request with a wrong key or secret MUST be refused with 401.
    """
    auth = gateway.profile.auth
    sent = {
        auth["key_header"]: auth["key"] if key is None else key,
        auth["secret_header"]: auth["secret"] if secret is None else secret,
    }

    answer = await gateway.get("order", auth=sent, order_id="order_0000000000000000")

    expect.status(answer, 401)


@requirement("PGC-AUT-003", source="contract 1.3")
async def test_refused_credentials_get_the_envelope(gateway: Gateway) -> None:
    """
    The refusal of credentials MUST carry the error envelope with `code` and `description`.
    """
    answer = await gateway.get("order", auth={}, order_id="order_0000000000000000")

    expect.refusal(answer, 401, "AUTHENTICATION_ERROR", kind="unauthorised")
    expect.that(
        answer.error_description is not None, f"expected error.description, got {answer.summary}"
    )
