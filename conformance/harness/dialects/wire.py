"""
Member names and envelopes, both ways, driven by a profile.  Pure.

`to_wire` and `from_wire` undo each other: what the adapter spells, the suite reads back.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

_HUMP: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")
_SNAKE: Final = re.compile(r"_([a-z0-9])")
#: Members of the flat card shape, contract name of the card's member first.
FLAT_CARD: Final = ("card_number", "card_expiry", "card_cvv", "card_holder_name")


def camel(name: str) -> str:
    """
    `order_id` as `orderId`.
    """
    return _SNAKE.sub(lambda match: match.group(1).upper(), name)


def snake(name: str) -> str:
    """
    `orderId` as `order_id`.
    """
    return _HUMP.sub(lambda match: f"_{match.group(1).lower()}", name)


def renamed(
    document: Any, name_of: Callable[[str], str], *, opaque: tuple[str, ...] = ("notes",)
) -> Any:
    """
    The document with every member renamed, also within; a merchant's own `notes` are left alone.
    """
    if isinstance(document, list):
        return [renamed(item, name_of, opaque=opaque) for item in document]
    if not isinstance(document, dict):
        return document
    return {
        name_of(name): value if name in opaque else renamed(value, name_of, opaque=opaque)
        for name, value in document.items()
    }


def spelling(names: Mapping[str, str], case: str) -> Callable[[str], str]:
    """
    Contract name to wire name: the profile's own table first, then its case.
    """

    def spell(name: str) -> str:
        if name in names:
            return names[name]
        return camel(name) if case == "camel" else name

    return spell


def reading(names: Mapping[str, str], case: str) -> Callable[[str], str]:
    """
    Wire name to contract name; undoes `spelling`.
    """
    back = {wire: contract for contract, wire in names.items()}

    def read(name: str) -> str:
        if name in back:
            return back[name]
        return snake(name) if case == "camel" else name

    return read


def nested_card(body: Mapping[str, Any]) -> dict[str, Any]:
    """
    A request body with flat card members as the contract has it, expiry MM/YY; a nested card means nothing to such a gateway.
    """
    if not any(name in body for name in FLAT_CARD):
        return {name: value for name, value in body.items() if name != "card"}
    number, expiry, cvv, holder = (body.get(name) for name in FLAT_CARD)
    month, _, year = str(expiry or "").partition("/")
    card = {
        "number": number,
        "expiry_month": month,
        "expiry_year": f"20{year}",
        "cvv": cvv,
        "holder_name": holder,
    }
    rest = {name: value for name, value in body.items() if name not in FLAT_CARD}
    return {**rest, "card": {name: value for name, value in card.items() if value is not None}}
