"""
A drill: one requirement of a handler and how it is looked at.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from conformance.harness.certification.bench import Bench
from conformance.harness.requirements import Requirement
from conformance.harness.verdict import Keyword, Level

_KEYWORDS: Final = re.compile(r"\b(MUST NOT|MUST|SHOULD NOT|SHOULD|MAY)\b")
#: What a drill may need, and what it means when it is not there.
NEEDS: Final = {
    "hex": "the handler verifies webhook-signature (--scheme standard)",
    "standard": "the handler verifies X-Webhook-Signature (--scheme hex)",
    "fail": "no way to make the handler fail was given (--fail-url)",
    "client_verify": "no client-side verification was given (--client-verify-url)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """
    The requirement and the play; `play` raises one of the case endings.
    """

    requirement: Requirement
    play: Callable[[Bench], None]


def drill(
    number: int,
    sentence: str,
    play: Callable[[Bench], None],
    *,
    source: str = "contract 1.8",
    needs: tuple[str, ...] = (),
) -> Drill:
    """
    A drill `PGC-RCV-<number>`; the sentence has exactly one MUST, SHOULD or MAY.
    """
    words = _KEYWORDS.findall(sentence)
    assert len(words) == 1, sentence
    assert set(needs) <= set(NEEDS), needs
    requirement = Requirement(
        id=f"PGC-RCV-{number:03d}",
        sentence=sentence,
        keyword=Keyword(words[0].split()[0]),
        level=Level.SAFETY,
        source=source,
        needs=needs,
    )
    return Drill(requirement=requirement, play=play)
