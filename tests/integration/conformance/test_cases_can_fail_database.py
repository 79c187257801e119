"""
Every requirement about the database can fail: one thing is missing or changed, one requirement fails for it, and it is put back.
"""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from gateway.storage.schema import migrate
from paywright.sandbox import Sandbox
from tests.integration.conformance.wrong.databases import ROWS, SCHEMAS, WrongDatabase
from tests.integration.conformance.wrong.grading import Grader, failures

EMPTY = "of_another_schema"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def grader(sandbox: Sandbox) -> AsyncIterator[Grader]:
    """
    A process that grades again and again.
    """
    one = Grader(sandbox.urls.receiver, "canonical")
    yield one
    await one.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def schema(sandbox: Sandbox) -> AsyncIterator[str]:
    """
    The address of a database with the gateway's schema, which nobody uses.
    """
    head, _, options = sandbox.urls.database.partition("?")
    url = f"{head.rpartition('/')[0]}/{EMPTY}" + (f"?{options}" if options else "")
    admin = await asyncpg.connect(sandbox.urls.database)
    await admin.execute(f"CREATE DATABASE {EMPTY}")
    await migrate(url)
    yield url
    await admin.execute(f"DROP DATABASE {EMPTY}")
    await admin.close()


async def _check(
    wrong: WrongDatabase, sandbox: Sandbox, grader: Grader, url: str, only: str, seed: str
) -> None:
    """
    Exactly the requirement that the defect breaks fails, in words that name the defect.
    """
    connection = await asyncpg.connect(url)
    await connection.execute(wrong.do)
    try:
        found = await grader.grade(sandbox.urls.api, only, seed, sql=url)
    finally:
        await connection.execute(wrong.undo)
        await connection.close()

    failed = failures(found)
    assert set(failed) == {f"PGC-{wrong.fails}"}, failed
    assert wrong.says in failed[f"PGC-{wrong.fails}"]


@pytest.mark.parametrize("name", SCHEMAS)
async def test_wrong_schema_fails_exactly_this(
    name: str, sandbox: Sandbox, grader: Grader, schema: str
) -> None:
    """
    Tables, columns, types, keys, indexes.
    """
    only = "PGC-DBS-00*" if SCHEMAS[name].fails < "DBS-010" else "PGC-DBS-010"
    await _check(SCHEMAS[name], sandbox, grader, schema, only, name)


@pytest.mark.parametrize("name", ROWS)
async def test_wrong_rows_fail_exactly_this(name: str, sandbox: Sandbox, grader: Grader) -> None:
    """
    What the gateway answers is right, what it keeps is not.
    """
    url = sandbox.urls.database
    await _check(ROWS[name], sandbox, grader, url, "PGC-DBS-01*", name)


async def test_the_untouched_database_is_right(
    sandbox: Sandbox, grader: Grader, schema: str
) -> None:
    """
    After all that: everything was put back.
    """
    empty = await grader.grade(sandbox.urls.api, "PGC-DBS-0[01][0-9]", "plain", sql=schema)
    used = await grader.grade(sandbox.urls.api, "PGC-DBS-*", "whole", sql=sandbox.urls.database)

    assert len(used) == 15
    assert {name: told for name, told in used.items() if told[0] != "pass"} == {}
    schemas = {name: told for name, told in empty.items() if name <= "PGC-DBS-010"}
    assert {name: told for name, told in schemas.items() if told[0] != "pass"} == {}
