"""
A scene is played once in a run, in the order below, and its ending is kept: every requirement that looks at it gets what it made, or why it ended.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from conformance.harness.evidence import Transcript
from conformance.harness.outcomes import Blocked, CaseEnd, Untested

Made = TypeVar("Made")


@dataclass(slots=True)
class Scene:
    """
    What one scene made, or the ending it met; and the exchanges of it.
    """

    name: str
    transcript: Transcript = field(default_factory=Transcript)
    made: Any = None
    ending: CaseEnd | None = None
    is_played: bool = False

    async def play(self, make: Callable[[], Awaitable[Any]]) -> None:
        """
        Play it; a target that falls over ends the scene, not the run.
        """
        self.is_played = True
        try:
            self.made = await make()
        except CaseEnd as ending:
            self.ending = ending
        except httpx.HTTPError as error:
            self.ending = Blocked(f"the target did not answer: {type(error).__name__} {error}")

    def look(self, transcript: Transcript, kind: type[Made]) -> Made:
        """
        What it made, its exchanges put into the evidence of the case that looks.  Raises `Untested` or `Blocked` when it was not played to its end.
        """
        transcript.notes.append({"shared with other requirements": self.name})
        transcript.exchanges.extend(self.transcript.exchanges)
        if isinstance(self.ending, Untested):
            raise Untested(str(self.ending))
        if self.ending is not None:
            raise Blocked(str(self.ending))
        assert isinstance(self.made, kind)
        return self.made
