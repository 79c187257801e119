"""
Stored card numbers are found whatever else a target's tables lack.
"""

from collections.abc import Iterable
from typing import cast

import pytest

from conformance.cases.database.test_rows import test_card_number_is_not_stored as the_case
from conformance.harness.channels.sql import Database
from conformance.harness.channels.subscription import Subscription
from conformance.harness.inbox import Inbox
from conformance.harness.outcomes import Blocked, RequirementFailed
from conformance.harness.target import CARD, PaymentSeen

PAYMENT = PaymentSeen(id="pay_1", order_id="order_1", amount_minor=50_000, document={})
NOBODY = cast("Inbox", None)


class _Tables:
    """
    A database that keeps card numbers in these columns; `card_last4` None: there is no such column.
    """

    def __init__(self, places: list[str], card_last4: str | None) -> None:
        self._places = places
        self._card_last4 = card_last4

    async def places_of(self, texts: Iterable[str]) -> list[str]:
        assert list(texts) == [CARD["number"]]
        return self._places

    async def query(self, _template: str, **_: str) -> list[dict[str, str]]:
        if self._card_last4 is None:
            raise Blocked("the database refused: column card_last4 does not exist (42703)")
        return [{"card_last4": self._card_last4}]


async def _look(places: list[str], card_last4: str | None) -> None:
    tables = cast("Database", _Tables(places, card_last4))
    await the_case(PAYMENT, tables, Subscription(None), NOBODY)


async def test_a_number_in_the_table_fails_without_last_four_digits() -> None:
    """
    Wild-bugs M45 as it was met: `card_number` is stored, `card_last4` does not exist, no webhook is ever sent.
    """
    with pytest.raises(RequirementFailed, match=r"found it in .*payments\.card_number"):
        await _look(["payments.card_number"], None)


@pytest.mark.parametrize("card_last4", [None, "", "4111"])
async def test_a_table_without_the_last_four_digits_is_blocked(card_last4: str | None) -> None:
    """
    No number is there, but nothing shows that the target ever looked at the card: neither a pass nor a failure.
    """
    await _look([], "1111")

    with pytest.raises(Blocked, match="card_last4"):
        await _look([], card_last4)
