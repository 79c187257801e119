"""
The webhook receiver as the demo shop's server sees it.
"""

import asyncio
from typing import Any

from quart import Quart, Response, jsonify, request


class FakeReceiver:
    """
    One list of deliveries for all inboxes.
    """

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.is_verifying = True

    def deliver(self, event: str, payment: dict[str, Any]) -> None:
        """
        A webhook arrives.
        """
        self.received.append(
            {
                "seq": len(self.received) + 1,
                "event": event,
                "verified": self.is_verifying,
                "json": {"event": event, "data": {"payment": payment}},
            }
        )

    async def after(self, seq: int, wait_s: float) -> list[dict[str, Any]]:
        """
        Deliveries after a number; looks again until there is one or the time is up.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        while not (found := self.received[seq:]) and loop.time() < deadline:  # noqa: ASYNC110  a poll
            await asyncio.sleep(0.02)
        return found


def receiver_app(receiver: FakeReceiver) -> Quart:
    """
    `GET /received` with long poll.
    """
    app = Quart("fake_receiver")

    @app.get("/received")
    async def received() -> Response:
        found = await receiver.after(
            int(request.args.get("after", 0)), min(float(request.args.get("wait", 0)), 2.0)
        )
        return jsonify({"received": found, "last_seq": len(receiver.received)})

    return app
