"""
The order of the log, at targets that write a delivery's row a moment after the payment is decided.
"""

from typing import Any, cast

import pytest

from conformance.cases.webhooks.test_log import test_newest_comes_first as the_case
from conformance.harness.channels.log import WebhookLog
from conformance.harness.client import Answer
from conformance.harness.outcomes import RequirementFailed
from conformance.harness.profile import load_profile
from conformance.harness.target import Gateway

PROFILE = load_profile("canonical")


class _LateLog:
    """
    A target whose log shows a delivery at the second look after the payment.
    """

    def __init__(self, *, newest_first: bool) -> None:
        self._newest_first = newest_first
        self._shown = ["wh_0"]
        self._due: list[str] = []

    async def successful_payment(self) -> None:
        self._due = [f"wh_{len(self._shown)}"]

    async def get(self, _operation: str, **_: Any) -> Answer:
        ids = self._shown[::-1] if self._newest_first else list(self._shown)
        self._shown, self._due = [*self._shown, *self._due], []
        document = {"data": [{"id": i} for i in ids]}
        return Answer(status=200, headers={}, body=b"", document=document, profile=PROFILE)


async def _look(*, newest_first: bool) -> None:
    target = cast("Gateway", _LateLog(newest_first=newest_first))
    await the_case(WebhookLog(target), target)


async def test_a_row_that_comes_late_is_waited_for() -> None:
    """
    Neither `blocked` nor a failure.
    """
    await _look(newest_first=True)


async def test_oldest_first_fails() -> None:
    """
    However late the rows come.
    """
    with pytest.raises(RequirementFailed, match="younger deliveries before older"):
        await _look(newest_first=False)
