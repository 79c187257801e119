"""
The channels themselves: the SQL client on a real PostgreSQL, the endpoint over real connections, commands as processes.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from conformance.harness.channels.bank import BankGates
from conformance.harness.channels.endpoint import Endpoint, Manner, Reply
from conformance.harness.channels.postgres import Address, Connection, SqlProblem, literal
from conformance.harness.channels.processes import Commands
from conformance.harness.channels.sql import Database, SqlChannel
from conformance.harness.client import RecordingClient
from conformance.harness.evidence import Transcript
from conformance.harness.outcomes import Blocked, RequirementFailed, Untested
from conformance.harness.profile import load_profile
from conformance.harness.target import Gateway
from paywright.sandbox import Sandbox

BODY = b'{"event":"payment.success","data":{"payment":{"order_id":"order_1"}}}'


@pytest_asyncio.fixture(loop_scope="session")
async def database(sandbox: Sandbox) -> AsyncIterator[Database]:
    """
    The sandbox's database as a case sees it.
    """
    channel = SqlChannel(sandbox.urls.database, "nonce")
    yield await channel.database(Transcript())
    await channel.close()


def _over_tcp(sandbox: Sandbox) -> Address:
    """
    The same server by TCP, where it asks for SCRAM-SHA-256.
    """
    here = Address.parse(sandbox.urls.database)
    return Address(
        host="127.0.0.1",
        port=here.port,
        user=here.user,
        password=here.password,
        database=here.database,
    )


async def test_login_by_scram(sandbox: Sandbox) -> None:
    """
    A password over TCP, and the server's own proof.
    """
    connection = await Connection.connect(_over_tcp(sandbox), nonce="abc")

    rows = await connection.query("SELECT 1 AS one, NULL AS nothing, 'ü' AS letter")

    assert rows == [{"one": "1", "nothing": None, "letter": "ü"}]
    await connection.close()


async def test_wrong_password_is_said(sandbox: Sandbox) -> None:
    """
    In the server's words.
    """
    right = _over_tcp(sandbox)
    wrong = Address(
        host=right.host,
        port=right.port,
        user=right.user,
        password="wrong",
        database=right.database,
    )

    with pytest.raises(SqlProblem, match="password authentication failed"):
        await Connection.connect(wrong, nonce="abc")


async def test_nothing_can_be_changed(database: Database) -> None:
    """
    The suite reads; a statement that writes is refused, and the connection goes on.
    """
    with pytest.raises(Blocked, match="read-only"):
        await database.query("DELETE FROM merchants")

    assert len(await database.query("SELECT 1 AS one FROM merchants LIMIT 1")) == 1


async def test_texts_are_literals(database: Database) -> None:
    """
    A text cannot end its own quotes.
    """
    rows = await database.query("SELECT {text} AS text", text="a'; DROP TABLE orders; --")

    assert rows == [{"text": "a'; DROP TABLE orders; --"}]
    assert literal("'") == "''''"


async def test_missing_columns_and_indexes_fail(database: Database) -> None:
    """
    Schema requirements can fail.
    """
    with pytest.raises(RequirementFailed, match="there is no table nowhere"):
        await database.check_columns("nowhere", {"id": "uuid"})
    with pytest.raises(RequirementFailed, match="orders has no column colour"):
        await database.check_columns("orders", {"colour": "text"})
    with pytest.raises(
        RequirementFailed, match=r"expected orders\.amount to be uuid, found bigint"
    ):
        await database.check_columns("orders", {"amount": "uuid"})
    with pytest.raises(RequirementFailed, match="no index on receipt"):
        await database.check_index("orders", "receipt")
    with pytest.raises(RequirementFailed, match="is not unique"):
        await database.check_unique("orders", "receipt")
    with pytest.raises(RequirementFailed, match="no foreign key"):
        await database.check_constraint("orders", "FOREIGN KEY .*colour", "foreign key")


async def test_stored_texts_are_found_in_any_type(database: Database) -> None:
    """
    Text, JSON and bytes are searched.
    """
    places = await database.places_of(["whsec_test_abc123"])

    assert "merchants.webhook_secret" in places


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param(None, "--sql", id="none"),
        pytest.param("mysql://x", "begins with postgresql://", id="scheme"),
        pytest.param("postgresql://u:p@127.0.0.1:1/d", "nothing answers", id="nobody"),
    ],
)
async def test_a_database_that_cannot_be_read_is_untested(url: str | None, words: str) -> None:
    """
    Never a failure of the target's.
    """
    with pytest.raises(Untested, match=words):
        await SqlChannel(url, "nonce").database(Transcript())


async def _post(endpoint: Endpoint, **timeout: float) -> httpx.Response:
    port = endpoint.url.split(":")[2]
    async with httpx.AsyncClient(trust_env=False, **timeout) as http:  # type: ignore[arg-type]
        return await http.post(f"http://127.0.0.1:{port}", content=BODY)


async def test_endpoint_follows_its_script() -> None:
    """
    Replies in turn, the last one repeats; other webhooks are taken.
    """
    async with Endpoint("127.0.0.1") as endpoint:
        endpoint.script("order_1", "payment.success", [Reply(status=503), Reply(status=226)])
        endpoint.script("order_2", "payment.success", [Reply(status=500)])

        statuses = [(await _post(endpoint)).status_code for _ in range(3)]

        assert statuses == [503, 226, 226]
        assert [call.body for call in endpoint.about("order_1", "payment.success")] == [BODY] * 3


async def test_endpoint_sees_when_it_is_let_go() -> None:
    """
    A caller that gives up, and one that waits.
    """
    async with Endpoint("127.0.0.1") as endpoint:
        endpoint.script(
            "order_1", "payment.success", [Reply(manner=Manner.HANG), Reply(delay_s=0.2)]
        )

        with pytest.raises(httpx.ReadTimeout):
            await _post(endpoint, timeout=0.3)
        await _post(endpoint)
        hung, waited = endpoint.about("order_1", "payment.success")
        await endpoint.ended(hung, within_s=2)
        await endpoint.ended(waited, within_s=2)

        assert (hung.let_go, waited.let_go) == (True, False)
        assert hung.ended_s is not None
        assert 0.2 < hung.ended_s - hung.arrived_s < 1.5


@pytest.mark.parametrize("manner", [Manner.CLOSE, Manner.GARBAGE])
async def test_endpoint_breaks_the_protocol_when_told(manner: Manner) -> None:
    """
    No answer, or none of HTTP.
    """
    async with Endpoint("127.0.0.1") as endpoint:
        endpoint.script("order_1", "payment.success", [Reply(manner=manner)])

        with pytest.raises(httpx.RemoteProtocolError):
            await _post(endpoint)


async def test_endpoint_never_ends_when_told() -> None:
    """
    A caller that reads on is given more than any buffer holds.
    """
    async with Endpoint("127.0.0.1") as endpoint:
        endpoint.script("order_1", "payment.success", [Reply(manner=Manner.ENDLESS)])

        answer = await _post(endpoint)

        assert len(answer.content) > 32 * 1024 * 1024


async def test_commands_get_their_variables(tmp_path: Path) -> None:
    """
    A start command sees what the scene sets for it; a missing stop is done by kill.
    """
    told = tmp_path / "told"
    commands = Commands({"start-worker": f"echo $SCHEDULE > {told}", "kill-worker": "true"})

    await commands.start("worker", {"SCHEDULE": "production"})
    await commands.stop("worker")

    assert told.read_text().strip() == "production"
    assert commands.can("stop", "worker")
    assert not commands.can("kill", "api")


async def test_commands_that_fail_block() -> None:
    """
    Their status is said; what was not given is untested.
    """
    commands = Commands({"kill-worker": "exit 3"})

    with pytest.raises(Blocked, match="ended with status 3"):
        await commands.kill("worker")
    with pytest.raises(Untested, match="--start-worker"):
        await commands.start("worker", {})


@pytest_asyncio.fixture(loop_scope="session")
async def gateway(sandbox: Sandbox) -> AsyncIterator[Gateway]:
    """
    The sandbox's gateway as a case sees it.
    """
    async with httpx.AsyncClient(base_url=sandbox.urls.api, trust_env=False) as http:
        yield Gateway(RecordingClient(http, load_profile("canonical"), Transcript()))


async def test_gate_holds_the_bank_until_the_end(sandbox: Sandbox, gateway: Gateway) -> None:
    """
    A refund waits at the bank while the gate is closed, and is processed afterwards.
    """
    payment = await gateway.successful_payment()

    async with BankGates(sandbox.urls.bank).held(gateway, "refund") as gate:
        refund_id = (await gateway.refund(payment.id, 100)).document["id"]
        waits = await gate.until_somebody_waits()
        meanwhile = (await gateway.get("refund", refund_id=refund_id)).document["status"]

    assert (waits, meanwhile) == (True, "pending")
    assert (await gateway.processed_refund(refund_id))["status"] == "processed"
    assert gateway.client.transcript.notes == [{"gate at the bank": "refund", "at": "before"}]


async def test_without_a_bank_nothing_is_held(gateway: Gateway) -> None:
    """
    A race is then left to its barrier.
    """
    async with BankGates(None).held(gateway, "refund") as gate:
        assert not await gate.until_somebody_waits()

    assert gateway.client.transcript.notes == []


async def test_bank_that_is_not_there_is_said(gateway: Gateway) -> None:
    """
    The option was wrong: blocked, with its name.
    """
    with pytest.raises(Blocked, match="correct --bank"):
        async with BankGates("http://127.0.0.1:1").held(gateway, "refund"):
            pytest.fail("nothing can be held there")
