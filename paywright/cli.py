"""
`paywright`: the command line.
"""

import typer

from paywright.commands.bench import bench
from paywright.commands.browser import browser
from paywright.commands.clock import clock
from paywright.commands.conformance import mount as mount_conformance
from paywright.commands.doctor import doctor
from paywright.commands.events import events
from paywright.commands.grading import mount as mount_grading
from paywright.commands.listen import listen
from paywright.commands.logs import logs
from paywright.commands.probe import mount as mount_probe
from paywright.commands.trigger import trigger
from paywright.commands.up import up

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Payment gateway simulator and conformance suite: a sandbox that starts in seconds, and a grader that cannot lie green.",
)
app.command("up")(up)
app.command("doctor")(doctor)
app.command("browser")(browser)
app.command("bench-start")(bench)
app.command("listen")(listen)
app.command("trigger")(trigger)
app.command("logs")(logs)
app.add_typer(clock, name="clock")
app.add_typer(events, name="events")
mount_conformance(app)
mount_grading(app)
mount_probe(app)


def main() -> None:
    """
    Run the command line.
    """
    app()


if __name__ == "__main__":
    main()
