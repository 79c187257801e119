"""
Command line options of a certification.
"""

from typing import Annotated

import typer

Url = Annotated[str, typer.Option(help="Address of the handler.")]
ProbeUrl = Annotated[
    str | None,
    typer.Option(
        help="GETs how often a payment took effect, such as http://shop/effects?payment={payment_id}."
    ),
]
ProbeCommand = Annotated[
    str | None,
    typer.Option(help="Prints how often a payment took effect; {payment_id}, {event_id}."),
]
Scheme = Annotated[
    str,
    typer.Option(
        help="What the handler verifies: hex (X-Webhook-Signature) or standard (webhook-signature)."
    ),
]
WebhookSecret = Annotated[
    str | None,
    typer.Option(
        envvar="WEBHOOK_SECRET",
        help="Key of X-Webhook-Signature; default the published test secret.",
    ),
]
SigningSecret = Annotated[
    str | None,
    typer.Option(
        envvar="SIGNING_SECRET",
        help="Key of webhook-signature, whsec_ and base64; default the published one.",
    ),
]
FailUrl = Annotated[
    str | None, typer.Option(help="Asked before a delivery that the handler is to fail.")
]
ClientVerifyUrl = Annotated[
    str | None, typer.Option(help="The shop's client-side verification; {payment_id}.")
]
Settle = Annotated[float, typer.Option(help="Seconds in which an effect may follow the answer.")]
Drills = Annotated[str | None, typer.Option(help="Drills to play, with wildcards: PGC-RCV-06*.")]
