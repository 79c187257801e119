"""
The verbs around a run: what is done with its reports, and with submissions and handlers.
"""

import typer


def mount(app: typer.Typer) -> None:
    """
    Add the verbs to the command line.
    """
    from paywright.commands.bundle import app as bundle
    from paywright.commands.certify import certify_receiver
    from paywright.commands.compare import compare
    from paywright.commands.evaluate import evaluate
    from paywright.commands.replay import replay

    app.command("compare")(compare)
    app.command("evaluate")(evaluate)
    app.command("certify-receiver")(certify_receiver)
    app.command("replay")(replay)
    app.add_typer(bundle, name="bundle")
