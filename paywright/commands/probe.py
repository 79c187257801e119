"""
`paywright probe`: finds a gateway's dialect; the suite's command under a shorter name.
"""

import typer


def mount(app: typer.Typer) -> None:
    """
    Add the command to the command line.
    """
    from conformance.harness.probing.command import probe_target

    app.command("probe")(probe_target)
