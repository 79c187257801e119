"""
Tells the other parties the business time and asks for their timers (clock follower protocol, docs/ARCHITECTURE.md).

Lives beside the bank client because it is the same kind of thing: our side of a wire to another party.
"""

from collections.abc import Sequence
from datetime import datetime

import httpx

from gateway.domain.errors import RetryLater
from gateway.domain.instants import format_instant, parse_instant
from gateway.domain.timers import FollowerState


class HttpFollowers:
    """
    Followers at fixed URLs.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = tuple(urls)
        self._http = httpx.AsyncClient(timeout=5.0, trust_env=False)

    async def close(self) -> None:
        """
        Let go of the connections.
        """
        await self._http.aclose()

    async def tell(self, mode: str, now: datetime, *, hold: bool) -> None:
        """
        Set every follower's clock; `hold` keeps them from acting on it yet.  Raises `RetryLater` naming the one that did not take it.
        """
        body: dict[str, object] = {"mode": mode, "hold": hold}
        if mode != "real":
            body["now"] = format_instant(now)
        for url in self._urls:
            try:
                (await self._http.put(url, json=body)).raise_for_status()
            except httpx.HTTPError as error:
                raise RetryLater(
                    f"The clock follower {url} did not take the time ({type(error).__name__}); is that party running?"
                ) from error

    async def ask(self) -> Sequence[FollowerState]:
        """
        Every follower's next timer.  Raises `RetryLater` naming the one that did not answer.
        """
        states = []
        for url in self._urls:
            try:
                document = (await self._http.get(url)).raise_for_status().json()
                due = document.get("next_due_at")
                states.append(
                    FollowerState(
                        next_due_at=None if due is None else parse_instant(due),
                        idle=bool(document.get("idle", True)),
                    )
                )
            except (httpx.HTTPError, ValueError) as error:
                raise RetryLater(
                    f"The clock follower {url} did not answer ({type(error).__name__}); is that party running?"
                ) from error
        return states
