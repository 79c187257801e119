"""
Pages of rows that have no model: conditions with numbered arguments, and one way to read a page.
"""

from typing import Any
from uuid import UUID

from gateway.storage.database import Database
from gateway.storage.lists import Page, PageRequest


class Conditions:
    """
    What rows must fulfil; `?` in a clause stands for its next argument.
    """

    def __init__(self, merchant_id: UUID) -> None:
        self._clauses = ["merchant_id = $1"]
        self.arguments: list[Any] = [merchant_id]

    def add(self, clause: str, *arguments: Any) -> None:
        """
        Demand this too.
        """
        for argument in arguments:
            self.arguments.append(argument)
            clause = clause.replace("?", f"${len(self.arguments)}", 1)
        self._clauses.append(clause)

    def between(self, column: str, wanted: PageRequest) -> None:
        """
        Demand the request's range of instants.
        """
        if wanted.created_from is not None:
            self.add(f"{column} >= ?", wanted.created_from)
        if wanted.created_to is not None:
            self.add(f"{column} < ?", wanted.created_to)

    def __str__(self) -> str:
        """
        As it stands behind WHERE.
        """
        return " AND ".join(self._clauses)


async def count(database: Database, table: str, conditions: Conditions) -> int:
    """
    How many rows of `table` fit.
    """
    row = await database.read_one(
        f"SELECT count(*) AS n FROM {table} WHERE {conditions}", *conditions.arguments
    )
    assert row is not None
    return int(row["n"])


async def read_page(
    database: Database, query: str, conditions: Conditions, order: str, wanted: PageRequest
) -> tuple[list[Any], bool]:
    """
    The rows of `query` (a SELECT up to its FROM) in `order`, and whether more follow.
    """
    rows = await database.read(
        f"{query} WHERE {conditions} ORDER BY {order} OFFSET {wanted.offset} LIMIT {wanted.limit + 1}",
        *conditions.arguments,
    )
    return rows[: wanted.limit], len(rows) > wanted.limit


def empty_page(total: int | None) -> Page:
    """
    The page behind a cursor that points at nothing.
    """
    return Page(rows=[], total=total, has_more=False)
