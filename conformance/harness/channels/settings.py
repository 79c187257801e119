"""
Which channels a run has; what is None cannot be looked at and is `untested`.
"""

from dataclasses import dataclass
from typing import Final

from conformance.harness.channels.processes import Processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """
    Addresses of the checkout and the dashboard for the browser, the database's for SQL, paywright's bank where the target uses it, and how processes are stopped and started.
    """

    checkout: str | None = None
    dashboard: str | None = None
    sql: str | None = None
    bank: str | None = None
    processes: Processes | None = None


#: Plain HTTP and webhooks, nothing else.
NO_CHANNELS: Final = Channels()
