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
    "changed",
    [
        pytest.param({"secret": "wrong"}, id="wrong-secret"),
        pytest.param({"key": "key_test_nobody"}, id="unknown-key"),
        pytest.param({"secret": ""}, id="empty-secret"),
    ],
)
async def test_wrong_credentials_are_refused(gateway: Gateway, changed: dict[str, str]) -> None:
    """
    A request with a wrong key or secret MUST be refused with 401.
    """
    auth = {**gateway.profile.auth, **changed}
    sent = {auth["key_header"]: auth["key"], auth["secret_header"]: auth["secret"]}

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


PROTECTED = [
    pytest.param("GET", "order", {"order_id": "order_0000000000000000"}, id="order"),
    pytest.param("GET", "payment", {"payment_id": "pay_0000000000000000"}, id="payment"),
    pytest.param("POST", "capture", {"payment_id": "pay_0000000000000000"}, id="capture"),
    pytest.param("POST", "refunds", {"payment_id": "pay_0000000000000000"}, id="refunds"),
    pytest.param("GET", "refund", {"refund_id": "rfnd_0000000000000000"}, id="refund"),
    pytest.param("GET", "webhooks", {}, id="webhooks"),
    pytest.param(
        "POST", "webhook_retry", {"webhook_id": "00000000-0000-4000-8000-000000000000"}, id="retry"
    ),
]


@requirement("PGC-AUT-004", source="contract 1.2; wild-bugs M52", level=Level.SAFETY)
@pytest.mark.parametrize(("method", "operation", "ids"), PROTECTED)
async def test_every_protected_route_asks_for_credentials(
    gateway: Gateway, method: str, operation: str, ids: dict[str, str]
) -> None:
    """
    Every operation that is not public MUST be refused with 401 without credentials.
    """
    bodies = {"GET": None, "POST": {"amount": 100}}

    answer = await gateway.client.send(
        method, gateway.path(operation, **ids), body=bodies[method], auth={}
    )

    expect.status(answer, 401, kind="unauthorised")


@requirement("PGC-AUT-005", source="contract 1.2", level=Level.SAFETY)
@pytest.mark.parametrize("alone", ["key_header", "secret_header"], ids=["key", "secret"])
async def test_half_of_the_credentials_is_refused(gateway: Gateway, alone: str) -> None:
    """
    A request with only one of the two credential headers MUST be refused with 401.
    """
    auth = gateway.profile.auth
    half = {auth[alone]: auth[alone.removesuffix("_header")]}

    answer = await gateway.post("orders", {"amount": 50_000}, auth=half)

    expect.status(answer, 401, kind="unauthorised")


@requirement("PGC-AUT-006", source="reliability 4 D 44-45", level=Level.SAFETY)
@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("पासवर्ड", id="not-ascii"),
        pytest.param("x" * 6_000, id="long"),
        pytest.param("%00%0a", id="escapes"),
        pytest.param("' OR '1'='1", id="sql"),
        pytest.param('{"$ne": null}', id="operator"),
    ],
)
async def test_hostile_secrets_are_refused(gateway: Gateway, secret: str) -> None:
    """
    A secret of any content MUST be refused with a 4xx status unless it is the right one.
    """
    auth = gateway.profile.auth
    sent = {auth["key_header"]: auth["key"], auth["secret_header"]: secret}

    answer = await gateway.post("orders", {"amount": 50_000}, auth=sent)

    expect.is_refused(answer)


@requirement("PGC-AUT-007", source="reliability 4 D 43", level=Level.SAFETY)
async def test_repeated_key_header_is_refused(gateway: Gateway) -> None:
    """
    A request with two different keys SHOULD be refused with a 4xx status.
    """
    auth = gateway.profile.auth
    again = [(auth["key_header"], "key_test_nobody")]

    answer = await gateway.client.send(
        "POST", gateway.path("orders"), body={"amount": 50_000}, repeated=again
    )

    expect.is_refused(answer)


@requirement("PGC-AUT-008", source="contract 1.2; reliability 4 D 46", level=Level.SAFETY)
async def test_credentials_in_the_query_are_no_credentials(gateway: Gateway) -> None:
    """
    Credentials in the query string, where every log keeps them, MUST be refused with 401.
    """
    auth = gateway.profile.auth
    query = f"{auth['key_header']}={auth['key']}&{auth['secret_header']}={auth['secret']}"
    query += f"&api_key={auth['key']}&api_secret={auth['secret']}"

    answer = await gateway.client.send(
        "POST", f"{gateway.path('orders')}?{query}", body={"amount": 50_000}, auth={}
    )

    expect.status(answer, 401, kind="unauthorised")


@requirement("PGC-AUT-009", source="reliability 4 D 41", level=Level.SAFETY)
async def test_refusals_do_not_tell_keys_from_secrets(gateway: Gateway) -> None:
    """
    The refusal of an unknown key and of a wrong secret SHOULD read the same.
    """
    auth = gateway.profile.auth
    unknown = {auth["key_header"]: "key_test_nobody", auth["secret_header"]: "wrong"}
    wrong = {auth["key_header"]: auth["key"], auth["secret_header"]: "wrong"}

    answers = [
        await gateway.get("order", auth=sent, order_id="order_0000000000000000")
        for sent in (unknown, wrong)
    ]

    expect.statuses(answers, [401, 403], "refusals")
    expect.equal(answers[1].document, answers[0].document, "the refusal of a wrong secret")


@requirement("PGC-AUT-010", source="contract 1.3")
async def test_refused_credentials_are_described(gateway: Gateway) -> None:
    """
    The refusal of credentials SHOULD be described as "Invalid API credentials".
    """
    answer = await gateway.get("order", auth={}, order_id="order_0000000000000000")

    expect.status(answer, 401, kind="unauthorised")
    expect.described(answer, "Invalid API credentials")


@requirement("PGC-AUT-011", source="contract 1.2", level=Level.SAFETY)
@pytest.mark.parametrize("change", ["upper", "longer", "shorter"])
async def test_secrets_are_compared_whole(gateway: Gateway, change: str) -> None:
    """
    A secret that differs in case or length MUST be refused with 401.
    """
    auth = gateway.profile.auth
    secret = auth["secret"]
    near = {"upper": secret.upper(), "longer": f"{secret}0", "shorter": secret[:-1]}[change]
    sent = {auth["key_header"]: auth["key"], auth["secret_header"]: near}

    answer = await gateway.post("orders", {"amount": 50_000}, auth=sent)

    expect.status(answer, 401, kind="unauthorised")


@requirement("PGC-AUT-012", source="contract 1.5.2", level=Level.SAFETY)
async def test_authentication_comes_before_validation(gateway: Gateway) -> None:
    """
    A request that is wrong in content, too, MUST be refused for its credentials.
    """
    answer = await gateway.post("payments", {"order_id": 5}, auth={})

    expect.status(answer, 401, kind="unauthorised")
