"""
Test mode.
"""

from conformance.harness import expect
from conformance.harness.requirements import requirement
from conformance.harness.target import Gateway
from conformance.harness.verdict import Level


@requirement("PGC-TST-001", source="contract 1.5 row 2")
async def test_test_merchant_is_seeded(gateway: Gateway) -> None:
    """
    GET /test/merchant MUST answer 200 with the seeded merchant's id, email, key and `seeded` true.
    """
    answer = await gateway.get("test_merchant", auth={})

    expect.status(answer, 200)
    expect.equal(expect.field(answer, "api_key"), gateway.profile.auth["key"], "api_key")
    expect.equal(expect.field(answer, "seeded"), True, "seeded")
    expect.members(answer, ("id", "email"))


@requirement("PGC-TST-002", source="contract 1.5 row 2; wild-bugs M49", level=Level.SAFETY)
async def test_test_merchant_shows_no_secret(gateway: Gateway) -> None:
    """
    GET /test/merchant MUST NOT show the API secret or the webhook secret.
    """
    answer = await gateway.get("test_merchant", auth={})
    expect.precondition(answer, 200)

    secrets = {name: gateway.profile.auth[name] for name in ("secret", "webhook_secret")}
    expect.never_shows([answer], secrets)
    expect.precondition_shown(answer, gateway.profile.auth["key"], "the test merchant's key")


@requirement("PGC-TST-003", source="features N4", needs=("clock",), level=Level.EXTENSION)
async def test_clock_is_shown(gateway: Gateway) -> None:
    """
    GET /test/clock SHOULD show the business clock's mode and instant.
    """
    answer = await gateway.get("clock", auth={})

    expect.status(answer, 200)
    expect.instant(expect.field(answer, "now"), "now")
    expect.field(answer, "mode")
