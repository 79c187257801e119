"""
The verbs around a run: compare and, later on, whatever else is done with reports.
"""

import typer


def mount(app: typer.Typer) -> None:
    """
    Add the verbs to the command line.
    """
    from paywright.commands.compare import compare

    app.command("compare")(compare)
