"""
Command line options about what becomes of a run's findings.
"""

from pathlib import Path
from typing import Annotated

import typer

BaselineFile = Annotated[
    Path | None,
    typer.Option(help="Known findings (.toml); a new failure or an unexpected pass fails."),
]
RubricName = Annotated[
    str | None, typer.Option(help="Give marks: a .toml file, or `forty-thirty`.")
]
Seed = Annotated[
    str | None, typer.Option(help="Seed of the run; printed, and taken again to repeat it.")
]
Only = Annotated[
    str | None, typer.Option(help="Requirement ids to run, with wildcards: PGC-REF-*.")
]
Out = Annotated[Path, typer.Option(help="Folder of the reports.")]
Strict = Annotated[bool, typer.Option(help="Count SHOULD as MUST.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print results.json instead of the table.")]
