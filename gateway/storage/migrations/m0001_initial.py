"""
The first schema.
"""

from pathlib import Path

from tortoise.migrations.migration import Migration as BaseMigration
from tortoise.migrations.operations import Operation, RunSQL

_SQL = Path(__file__).with_name("initial.sql").read_text(encoding="utf-8")


class Migration(BaseMigration):
    """
    Creates every table of the first release; there is no way back but a new database.
    """

    initial = True
    operations: list[Operation] = [RunSQL(_SQL, reverse_sql=None)]
