"""
What pages for people are read from: figures, jobs, ledger, the request log.
"""

from pathlib import Path

from tortoise.migrations.migration import Migration as BaseMigration
from tortoise.migrations.operations import Operation, RunSQL

_SQL = Path(__file__).with_name("views.sql").read_text(encoding="utf-8")


class Migration(BaseMigration):
    """
    Adds columns, indexes and the request log; data of the first release is carried over.
    """

    dependencies: list[tuple[str, str]] = [("gateway", "m0001_initial")]
    operations: list[Operation] = [RunSQL(_SQL, reverse_sql=None)]
