"""
The description is true: real answers and webhooks validate, and hostile requests made from it never break the gateway.
"""

import asyncio
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from paywright.sandbox import Sandbox
from tests.merchant import CARD, CREDENTIALS, Merchant, wait_until


def _validate(document: dict[str, Any], schema: dict[str, Any], value: object) -> None:
    whole = {
        **schema,
        "components": document["components"],
        "$schema": "https://json-schema.org/draft/2020-12/schema",
    }
    jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(value)


async def test_answers_validate(merchant: Merchant) -> None:
    """
    Every documented GET and the creating POSTs, with real objects behind them.
    """
    document = (await merchant.http.get("/openapi.json")).json()
    order_id = await merchant.order()
    card = {"order_id": order_id, "method": "card", "card": CARD}
    created = await merchant.http.post("/api/v1/payments", json=card)
    failed = await merchant.pay(order_id, vpa="failure@bank")
    await merchant.decided(failed.json()["id"])
    payment_id = await merchant.paid()
    refund = await merchant.refund(payment_id, 100)
    _validate(document, {"$ref": "#/components/schemas/Payment"}, created.json())
    _validate(document, {"$ref": "#/components/schemas/Refund"}, refund.json())
    delivery = (await merchant.http.get("/api/v1/webhooks")).json()["data"][0]["id"]
    ids = {
        "order_id": order_id,
        "payment_id": payment_id,
        "refund_id": refund.json()["id"],
        "delivery_id": delivery,
        "event_id": (await merchant.http.get("/api/v1/events")).json()["data"][0]["id"],
        "request_id": refund.headers["X-Request-Id"],
    }

    async def logged() -> bool | None:
        line = await merchant.http.get(f"/api/v1/request-log/{ids['request_id']}")
        return True if line.status_code == 200 else None

    await wait_until(logged)
    seen = 0
    for path, operations in document["paths"].items():
        if "get" in operations:
            answer = await merchant.http.get(path.format(**ids))
            assert answer.status_code == 200, path
            schema = operations["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            _validate(document, schema, answer.json())
            seen += 1

    assert seen == 28


async def test_webhooks_validate(merchant: Merchant) -> None:
    """
    The body of every contract event against the `webhooks` map.
    """
    document = (await merchant.http.get("/openapi.json")).json()
    payment_id = await merchant.paid()
    await merchant.decided(
        (await merchant.pay(await merchant.order(), vpa="failure@bank")).json()["id"]
    )
    await merchant.refund(payment_id, 100)
    await merchant.http.post("/api/v1/webhooks/test")
    wanted = set(document["webhooks"])

    async def everything() -> dict[str, Any] | None:
        found = {str(d["event"]): d["json"] for d in await merchant.received()}
        return found if set(found) >= wanted else None

    found = await wait_until(everything, what="every event")

    assert len(wanted) == 7
    for event in wanted:
        schema = document["webhooks"][event]["post"]["requestBody"]["content"]["application/json"][
            "schema"
        ]
        _validate(document, schema, found[event])


@pytest.mark.serial
async def test_generated_requests_never_break_the_gateway(sandbox: Sandbox) -> None:
    """
    Schemathesis over the whole document: 0 × 5xx, 0 undocumented statuses, 0 answers that miss their schema.
    """

    def run() -> int:
        schema = schemathesis.openapi.from_url(f"{sandbox.urls.api}/openapi.json")
        calls = 0
        for result in schema.get_all_operations():
            operation: Any = result.ok()  # type: ignore[union-attr]
            for case in _examples(operation, 25):
                answer = case.call(headers=CREDENTIALS)
                case.validate_response(
                    answer,
                    checks=[
                        not_a_server_error,
                        status_code_conformance,
                        response_schema_conformance,
                    ],
                )
                calls += 1
        return calls

    calls = await asyncio.to_thread(run)

    assert calls > 300


def _examples(operation: Any, count: int) -> list[Any]:
    """
    Generated cases of one operation, the same on every run.
    """
    found: list[Any] = []

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def collect(case: Any) -> None:
        found.append(case)

    collect()
    return found
