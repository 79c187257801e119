"""
The health endpoint.
"""

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-HLT-001", source="contract 1.5 row 1")
async def test_health_is_open_and_healthy(gateway: Gateway) -> None:
    """
    GET /health MUST answer 200 with a JSON object without credentials.
    """
    answer = await gateway.get("health", auth={})

    expect.status(answer, 200)
    expect.that(isinstance(answer.document, dict), f"expected a JSON object, got {answer.summary}")


@requirement("PGC-HLT-002", source="contract 1.5 row 1")
async def test_health_names_the_database(gateway: Gateway) -> None:
    """
    GET /health SHOULD say `status` healthy, `database` connected and a `timestamp`.
    """
    answer = await gateway.get("health", auth={})

    expect.equal(expect.field(answer, "status"), "healthy", "status")
    expect.equal(expect.field(answer, "database"), "connected", "database")
    expect.instant(expect.field(answer, "timestamp"), "timestamp")


@requirement("PGC-HLT-003", source="contract 1.5 row 1")
async def test_health_ignores_credentials(gateway: Gateway) -> None:
    """
    GET /health SHOULD answer 200 to wrong credentials, too: a probe has none that could be right.
    """
    auth = gateway.profile.auth
    wrong = {auth["key_header"]: "key_test_nobody", auth["secret_header"]: "wrong"}

    answer = await gateway.get("health", auth=wrong)

    expect.status(answer, 200)


@requirement("PGC-HLT-004", source="reliability 4 N", level=Level.SAFETY)
async def test_health_tells_no_secret(gateway: Gateway) -> None:
    """
    GET /health MUST NOT show passwords, connection strings or credentials.
    """
    answer = await gateway.get("health", auth={})

    expect.precondition(answer, 200)
    expect.that(isinstance(answer.document, dict), f"expected a JSON object, got {answer.summary}")
    expect.never_shows(
        [answer],
        {
            "database address": "postgres://",
            "address of the database": "postgresql://",
            "queue address": "redis://",
            "database password": "gateway_pass",
            "API secret": gateway.profile.auth["secret"],
            "webhook secret": gateway.profile.auth["webhook_secret"],
        },
    )


@requirement("PGC-HLT-005", source="contract 1.5 row 1")
async def test_health_time_moves_on(gateway: Gateway) -> None:
    """
    The `timestamp` of GET /health SHOULD be the time of the request, not of the start.
    """
    first = await gateway.get("health", auth={})
    await gateway.order()

    second = await gateway.get("health", auth={})

    expect.later(
        expect.field(second, "timestamp"), expect.field(first, "timestamp"), "the second timestamp"
    )
