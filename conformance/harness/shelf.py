"""
What several cases look at and none changes: made once in a run, and its exchanges stand in the evidence of every case that looks.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from conformance.harness.evidence import Exchange, Transcript
from conformance.harness.outcomes import Blocked, CaseEnd

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    failure: str | None
    exchanges: tuple[Exchange, ...]


class Shelf:
    """
    One run's shared preconditions, by name.
    """

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    async def once(
        self, name: str, transcript: Transcript, make: Callable[[], Awaitable[Made]]
    ) -> Made:
        """
        What `make` made the first time.  When it could not be made, every case that asks is `blocked`, without trying again.
        """
        kept = self._kept.get(name)
        if kept is None:
            kept = self._kept[name] = await _make(transcript, make)
        else:
            transcript.exchanges.extend(kept.exchanges)
        transcript.notes.append({"shared with other requirements": name})
        if kept.failure is not None:
            raise Blocked(kept.failure)
        made: Made = kept.value
        return made


async def _make(transcript: Transcript, make: Callable[[], Awaitable[Any]]) -> _Kept:
    before = len(transcript.exchanges)
    value, failure = None, None
    try:
        value = await make()
    except CaseEnd as ending:
        failure = str(ending)
    return _Kept(value, failure, tuple(transcript.exchanges[before:]))
