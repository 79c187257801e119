"""
Which requests a rule is about: members, globs, ranges, and all / any / not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from simulator.domain.reading import Node

OPERATIONS: Final = ("tokenise", "authorise", "capture", "void", "reversal", "refund", "inquire", "cancel")  # fmt: skip
#: What a rule may look at; `asked` is the operation an inquiry or a cancel is about.
_TEXTS: Final = (
    "asked", "instrument", "vpa", "bank_code", "network", "last4", "currency", "request_id", "payment_reference", "order_reference",
)  # fmt: skip
_MEMBERS: Final = ("operation", *_TEXTS, "amount", "capture", "all", "any", "not")

#: The members of a request that rules look at.
Facts = Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """
    Everything that is set must hold.  `texts` are globs, any of a member's is enough; `amounts` are inclusive ranges in minor units.
    """

    texts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    amounts: tuple[tuple[int, int], ...] = ()
    capture: bool | None = None
    every: "tuple[Condition, ...]" = ()
    some: "tuple[Condition, ...]" = ()
    none: "tuple[Condition, ...]" = ()

    def holds(self, facts: Facts) -> bool:
        """
        Whether the request is meant.
        """
        for name, globs in self.texts:
            value = facts.get(name)
            if value is None or not any(fnmatchcase(str(value), glob) for glob in globs):
                return False
        amount = facts.get("amount")
        if self.amounts and not any(
            isinstance(amount, int) and low <= amount <= high for low, high in self.amounts
        ):
            return False
        if self.capture is not None and facts.get("capture") is not self.capture:
            return False
        return (
            all(part.holds(facts) for part in self.every)
            and (not self.some or any(part.holds(facts) for part in self.some))
            and not any(part.holds(facts) for part in self.none)
        )


def _globs(node: Node) -> tuple[str, ...]:
    items = node.items() if isinstance(node.value, list) else [node]
    return tuple(item.text() for item in items)


def _range(node: Node) -> tuple[int, int]:
    if isinstance(node.value, dict):
        members = node.members(("min", "max"))
        low = members["min"].number() if "min" in members else 0
        return low, members["max"].number(least=low) if "max" in members else 2**53
    exact = node.number(least=1)
    return exact, exact


def read_condition(node: Node) -> Condition:
    """
    A condition from plain data.  Raises `BadProgram`.
    """
    members = node.members(_MEMBERS)
    texts: list[tuple[str, tuple[str, ...]]] = [
        (name, _globs(members[name])) for name in _TEXTS if name in members
    ]
    if "operation" in members:
        operation = members["operation"]
        several = operation.items() if isinstance(operation.value, list) else [operation]
        texts.append(("operation", tuple(item.choice(OPERATIONS) for item in several)))
    amounts: tuple[tuple[int, int], ...] = ()
    if "amount" in members:
        amount = members["amount"]
        amounts = tuple(map(_range, amount.items() if isinstance(amount.value, list) else [amount]))

    def parts(name: str) -> tuple[Condition, ...]:
        if name not in members:
            return ()
        several = members[name].items() if name != "not" else [members[name]]
        return tuple(map(read_condition, several))

    return Condition(
        texts=tuple(texts),
        amounts=amounts,
        capture=members["capture"].flag() if "capture" in members else None,
        every=parts("all"),
        some=parts("any"),
        none=parts("not"),
    )
