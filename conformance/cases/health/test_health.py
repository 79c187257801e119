"""
The health endpoint.
"""

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway


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
