"""
Tells a taken id from other broken rules.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg


class IdTaken(Exception):
    """
    Another row has this id; draw the next one.
    """


class Tries:
    """
    Counts the runs of one transaction's function.  A first try whose COMMIT got lost may have committed: the id that a later try finds taken is ours.
    """

    def __init__(self) -> None:
        self.count = 0

    def begin(self) -> None:
        """
        Note that the function runs (again).
        """
        self.count += 1


@contextmanager
def id_taken_by(constraint: str, tries: Tries) -> Iterator[None]:
    """
    Turn the violation of this constraint into `IdTaken`; swallow it when an earlier try of ours wrote the row.
    """
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != constraint:
            raise
        if tries.count == 1:
            raise IdTaken(constraint) from error
