"""
The home page: credentials, totals, charts, the newest payments.
"""

import asyncio
from typing import Any, Final

from quart import Blueprint, request

from dashboard.figures import Figures, figures_of
from dashboard.frame import gateway, settings, show
from dashboard.gateway import Source, offered
from dashboard.session import logged_in

home = Blueprint("home", __name__)
_RECENT: Final = 6
#: Period by name: hours that the charts go back, buckets.
PERIODS: Final = {"1h": (1, 30), "24h": (24, 24), "7d": (168, 28), "30d": (720, 30)}


async def read_figures(period: str) -> tuple[Figures | None, Source]:
    """
    What the charts show, None with the reason when the gateway has no statistics.
    """
    hours, buckets = PERIODS[period]
    source = await offered(
        gateway().statistics(period_s=hours * 3_600, buckets=buckets), "statistics"
    )
    return (figures_of(source.document) if source.document else None), source


def period_asked() -> str:
    """
    The period of the address, a day when it names none.
    """
    asked = request.args.get("period", "")
    return asked if asked in PERIODS else "24h"


@home.get("/dashboard")
@logged_in
async def show_home() -> str:
    """
    Credentials and statistics.
    """
    period = period_asked()
    (figures, source), recent = await asyncio.gather(
        read_figures(period), gateway().list_page("payments", limit=_RECENT, count="none")
    )
    values: dict[str, Any] = {
        "figures": figures,
        "statistics": source,
        "recent": recent["data"],
        "total": recent["total"],
        "period": period,
        "period_names": list(PERIODS),
    }
    return await show("home.html", settings=settings(), shown="secret" in request.args, **values)
