"""
The faults that a scenario can ask for: on the wire to the acquirer, and in callbacks.  What each does to bytes stands in `api/breaking.py`.

Source: reliability 3.2 rows B1-B8.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from simulator.domain.reading import Node, optional

_HOUR_MS: Final = 3_600_000


class Effect(StrEnum):
    """
    Whether the request took effect before the answer went wrong.
    """

    BEFORE = "before"
    AFTER = "after"


#: Wire fault -> when it strikes.  `status` and `reset` and `timeout` can do either; `effect:` chooses.
WIRE_FAULTS: Final[dict[str, tuple[Effect, ...]]] = {
    "timeout": (Effect.AFTER, Effect.BEFORE),
    "reset": (Effect.AFTER, Effect.BEFORE),
    "status": (Effect.AFTER, Effect.BEFORE),
    "truncate": (Effect.AFTER,),
    "garbage": (Effect.AFTER,),
    "wrong_content_type": (Effect.AFTER,),
    "slow_drip": (Effect.AFTER,),
    "huge_body": (Effect.AFTER,),
    "gzip_bomb": (Effect.AFTER,),
    "invalid_utf8": (Effect.AFTER,),
    "nan_amount": (Effect.AFTER,),
    "redirect": (Effect.BEFORE,),
    "rate_limited": (Effect.BEFORE,),
    "not_found": (Effect.BEFORE,),
}

#: Callback faults.  `early` is sent before the answer; the others change or add callbacks.
CALLBACK_FAULTS: Final = (
    "early", "duplicate", "late", "reordered", "contradictory", "bad_signature", "stale_timestamp", "unknown_payment", "drop",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WireFault:
    """
    What goes wrong with one answer.  `hold_ms` in real milliseconds: how long a time-out is silent, or a drip waits between bytes.
    """

    kind: str
    effect: Effect
    hold_ms: int = 30_000
    status: int = 503
    retry_after_s: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackPlan:
    """
    Callbacks that a step asks for although the answer was final, and what is wrong with them.  `after_ms` on the bank's clock.
    """

    faults: tuple[str, ...] = ()
    copies: int = 2
    after_ms: int = 0


def read_fault(node: Node) -> WireFault:
    """
    A wire fault: its name, or a mapping with `kind` and settings.  Raises `BadProgram`.
    """
    if isinstance(node.value, str):
        kind = node.choice(WIRE_FAULTS)
        return WireFault(kind=kind, effect=WIRE_FAULTS[kind][0])
    members = node.members(
        ("kind", "effect", "hold_ms", "status", "retry_after_s"), required=("kind",)
    )
    kind = members["kind"].choice(WIRE_FAULTS)
    possible = WIRE_FAULTS[kind]
    effect = optional(members, "effect", lambda item: Effect(item.choice(possible)), possible[0])
    return WireFault(
        kind=kind,
        effect=effect,
        hold_ms=optional(
            members, "hold_ms", lambda item: item.number(least=1, most=60_000), 30_000
        ),
        status=optional(members, "status", lambda item: item.number(least=400, most=599), 503),
        retry_after_s=optional(members, "retry_after_s", lambda item: item.number(most=3600), 1),
    )


def read_callback(node: Node) -> CallbackPlan:
    """
    A callback plan: one fault's name, or a mapping.  Raises `BadProgram`.
    """
    if isinstance(node.value, str):
        return CallbackPlan(faults=(node.choice(CALLBACK_FAULTS),))
    members = node.members(("faults", "copies", "after_ms"))
    return CallbackPlan(
        faults=tuple(
            item.choice(CALLBACK_FAULTS)
            for item in (members["faults"].items() if "faults" in members else [])
        ),
        copies=optional(members, "copies", lambda item: item.number(least=2, most=200), 2),
        after_ms=optional(members, "after_ms", lambda item: item.number(most=100 * _HOUR_MS), 0),
    )
