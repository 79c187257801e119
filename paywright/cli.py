"""
`paywright`: the command line.
"""

import typer

from paywright.commands.bench import bench
from paywright.commands.conformance import mount as mount_conformance
from paywright.commands.doctor import doctor
from paywright.commands.up import up

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Payment gateway simulator and conformance suite: a sandbox that starts in seconds, and a grader that cannot lie green.",
)
app.command("up")(up)
app.command("doctor")(doctor)
app.command("bench-start")(bench)
mount_conformance(app)


def main() -> None:
    """
    Run the command line.
    """
    app()


if __name__ == "__main__":
    main()
