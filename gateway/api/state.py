"""
What handlers reach for: the context and the settings that show on the wire.
"""

from dataclasses import dataclass
from typing import cast

from quart import current_app

from gateway.services.clock_control import ClockControl
from gateway.services.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiState:
    """
    Built by the entry point, one per process.
    """

    context: Context
    clock_control: ClockControl
    test_mode: bool
    checkout_origin: str
    bank_callback_secret: str
    rate_limit_rps: int


def state() -> ApiState:
    """
    The running app's state.
    """
    return cast("ApiState", current_app.config["GATEWAY_STATE"])


def context() -> Context:
    """
    The running app's context.
    """
    return state().context
