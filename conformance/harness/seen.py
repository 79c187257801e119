"""
What preconditions make and show: payments, refunds, the usual card.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.harness.client import Answer
from conformance.harness.outcomes import RequirementFailed

#: Looks without a 200 after which something that was made counts as not there; at 20 ms a look half a second, so that nobody waits for what never comes.
UNREADABLE_LOOKS: Final = 25
_OK: Final = 200
CARD: Final = {
    "number": "4111111111111111",
    "expiry_month": "12",
    "expiry_year": "2035",
    "cvv": "123",
    "holder_name": "Asha Rao",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSeen:
    """
    A payment that a precondition made.
    """

    id: str
    order_id: str
    amount_minor: int
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSeen:
    """
    A payment of 50 000 with one refund of 20 000 that was processed.
    """

    payment_id: str
    refund_id: str
    created: Mapping[str, Any]
    processed: Mapping[str, Any]


def one_of(document: Any, entity_id: str) -> Any:
    """
    The entity itself, or the one of a list that has this id: some targets show a payment only there.
    """
    rows = document.get("data") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        return document
    return next((r for r in rows if isinstance(r, dict) and r.get("id") == entity_id), None)


def flat_card(card: Mapping[str, str]) -> dict[str, str]:
    """
    The card as flat members; what the nested card lacks is left out here, too.
    """
    flat = {"card_number": card.get("number"), "card_cvv": card.get("cvv")}
    flat["card_holder_name"] = card.get("holder_name")
    if "expiry_month" in card and "expiry_year" in card:
        flat["card_expiry"] = f"{card['expiry_month']}/{card['expiry_year'][-2:]}"
    return {name: value for name, value in flat.items() if value is not None}


class ReadBack:
    """
    Looks at one payment or refund again and again.
    """

    def __init__(self, entity_id: str) -> None:
        self._id = entity_id
        self._misses = 0

    def document(self, answer: Answer) -> dict[str, Any] | None:
        """
        What the answer shows of it, None when nothing; fails when it has not read back for a while.
        """
        if answer.status == _OK:
            self._misses = 0
            found = one_of(answer.document, self._id)
            return found if isinstance(found, dict) else None
        self._misses += 1
        if self._misses >= UNREADABLE_LOOKS:
            raise RequirementFailed(f"{self._id} does not read back: {answer.summary}")
        return None
