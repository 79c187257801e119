"""
The target's database, where the operator gives its address: tables, columns, indexes, and what stands in them.
"""

import re
from collections.abc import Iterable
from typing import Final

from conformance.harness.channels.postgres import Address, Connection, Row, SqlProblem, literal
from conformance.harness.evidence import Transcript
from conformance.harness.outcomes import Blocked, RequirementFailed, Untested

_COLUMNS: Final = """
SELECT column_name, data_type, character_maximum_length, is_nullable, column_default
FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = {table} ORDER BY ordinal_position"""
_CONSTRAINTS: Final = """
SELECT pg_get_constraintdef(c.oid) AS definition FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = current_schema() AND t.relname = {table}"""
_INDEXES: Final = (
    "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = {table}"
)
_TEXTS: Final = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea')"""
#: What the contract's types are called in the catalogue.  A wider integer is the same to a caller.
_TYPES: Final = {
    "uuid": ("uuid",),
    "varchar": ("character varying", "text"),
    "text": ("text", "character varying"),
    "int": ("integer", "bigint"),
    "bool": ("boolean",),
    "json": ("json", "jsonb"),
    "time": ("timestamp with time zone", "timestamp without time zone"),
}
_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Database:
    """
    The database behind one case; every statement goes into the case's evidence.
    """

    def __init__(self, connection: Connection, transcript: Transcript) -> None:
        self._connection = connection
        self._transcript = transcript

    async def query(self, template: str, **texts: str) -> list[Row]:
        """
        Rows of one statement, its `{names}` replaced by texts as literals; `blocked` when the database refuses it.
        """
        sql = template.format(**{name: literal(text) for name, text in texts.items()})
        try:
            rows = await self._connection.query(sql)
        except SqlProblem as problem:
            raise Blocked(f"the database refused: {problem}") from problem
        self._transcript.notes.append({"sql": " ".join(sql.split()), "row_count": len(rows)})
        return rows

    async def check_columns(self, table: str, expected: dict[str, str]) -> None:
        """
        Fail unless the table has these columns with types of these kinds.
        """
        rows = await self.query(_COLUMNS, table=table)
        if not rows:
            raise RequirementFailed(f"there is no table {table}")
        found = {str(row["column_name"]): str(row["data_type"]) for row in rows}
        missing = sorted(set(expected) - set(found))
        if missing:
            raise RequirementFailed(f"{table} has no column {', '.join(missing)}")
        for column, kind in expected.items():
            if found[column] not in _TYPES[kind]:
                raise RequirementFailed(
                    f"expected {table}.{column} to be {' or '.join(_TYPES[kind])}, found {found[column]}"
                )

    async def default_of(self, table: str, column: str) -> str:
        """
        A column's default as the catalogue spells it; empty when there is none.
        """
        rows = await self.query(_COLUMNS, table=table)
        found = next((row for row in rows if row["column_name"] == column), None)
        if found is None:
            raise Blocked(f"{table} has no column {column}")
        return str(found["column_default"] or "")

    async def check_constraint(self, table: str, pattern: str, what: str) -> None:
        """
        Fail unless a constraint of the table matches.
        """
        rows = await self.query(_CONSTRAINTS, table=table)
        definitions = [str(row["definition"]) for row in rows]
        if not any(re.search(pattern, d, re.IGNORECASE) for d in definitions):
            raise RequirementFailed(f"{table} has no {what}; its constraints are {definitions}")

    async def check_unique(self, table: str, column: str) -> None:
        """
        Fail unless the column alone is unique, by a constraint or an index.
        """
        rows = await self.query(_INDEXES, table=table)
        pattern = rf'UNIQUE INDEX .*\("?{column}"?\)'
        if not any(re.search(pattern, str(row["indexdef"]), re.IGNORECASE) for row in rows):
            raise RequirementFailed(f"{table}.{column} is not unique")

    async def check_index(self, table: str, column: str, *, where: str = "") -> None:
        """
        Fail unless an index begins with the column, restricted as `where` says.
        """
        rows = await self.query(_INDEXES, table=table)
        pattern = rf'\("?{column}"?[ ,)]' + (rf".*WHERE.*{where}" if where else "")
        if not any(re.search(pattern, str(row["indexdef"]), re.IGNORECASE) for row in rows):
            raise RequirementFailed(
                f"{table} has no index on {column}{f' where {where}' if where else ''}; it has {[row['indexdef'] for row in rows]}"
            )

    async def places_of(self, texts: Iterable[str]) -> list[str]:
        """
        Every table and column that holds one of the texts somewhere.
        """
        found = []
        columns = await self.query(_TEXTS)
        for row in columns:
            table, column = str(row["table_name"]), str(row["column_name"])
            if not (_IDENTIFIER.fullmatch(table) and _IDENTIFIER.fullmatch(column)):
                continue
            is_bytes = row["data_type"] == "bytea"
            readable = f"encode(\"{column}\", 'escape')" if is_bytes else f'"{column}"::text'
            holds = " OR ".join(f"position({literal(text)} in {readable}) > 0" for text in texts)
            held = await self.query(f'SELECT 1 FROM "{table}" WHERE {holds} LIMIT 1')  # noqa: S608  names of the catalogue, quoted
            if held:
                found.append(f"{table}.{column}")
        return found


class SqlChannel:
    """
    One connection for the whole run, made when a case first asks.
    """

    def __init__(self, url: str | None, nonce: str) -> None:
        self._url = url
        self._nonce = nonce
        self._connection: Connection | None = None

    async def database(self, transcript: Transcript) -> Database:
        """
        The database for one case.  Raises `Untested`.
        """
        if self._url is None:
            raise Untested("the database's address was not given (--sql)")
        if self._connection is None:
            try:
                address = Address.parse(self._url)
                self._connection = await Connection.connect(address, nonce=self._nonce)
            except SqlProblem as problem:
                raise Untested(f"the database cannot be read: {problem}") from problem
        return Database(self._connection, transcript)

    async def close(self) -> None:
        """
        Let go of the connection.
        """
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
