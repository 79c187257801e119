"""
The gateway's statistics as totals and charts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.charts import Chart, Series, lines, stacked
from dashboard.instants import day, parsed

Row = Mapping[str, Any]
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """
    Money of one currency, minor units.
    """

    currency: str
    amount: int
    refunded: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """
    A chart with its words: `legend` is (class, name), `table` the same numbers for reading.
    """

    key: str
    title: str
    chart: Chart
    legend: tuple[tuple[str, str], ...]
    table: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """
    What home and webhooks pages show.  `rate` is a percentage of decided payments, None before the first.
    """

    payments: int
    success: int
    failed: int
    pending: int
    rate: float | None
    volumes: tuple[Volume, ...]
    attempts: int
    attempt_failures: int
    panels: tuple[Panel, ...]

    def panel(self, key: str) -> Panel:
        """
        The chart of that key.
        """
        return next(panel for panel in self.panels if panel.key == key)


def _whole(row: Row, name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) else 0


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def rate_of(success: int, failed: int) -> float | None:
    """
    Percentage of decided payments that succeeded.
    """
    decided = success + failed
    return round(_PERCENT * success / decided, 1) if decided else None


def _percentile(row: Row, member: str, name: str) -> float | None:
    values = row.get(member)
    return _number(values.get(name)) if isinstance(values, Mapping) else None


def _cell(value: float | None, unit: str = "") -> str:
    return "\u2013" if value is None else f"{value:g}{unit}"


def _panel(
    key: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    draw: Callable[[Sequence[str], Sequence[Series]], Chart],
    unit: str = "",
) -> Panel:
    rows = [
        (label, *(_cell(one.values[i], unit) for one in series)) for i, label in enumerate(labels)
    ]
    return Panel(
        key=key,
        title=title,
        chart=draw(labels, series),
        legend=tuple((one.kind, one.label) for one in series),
        table=(("Time (UTC)", *(one.label for one in series)), *rows),
    )


def _panels(buckets: Sequence[Row]) -> tuple[Panel, ...]:
    labels = [day(row.get("at")) for row in buckets]

    def counts(name: str) -> list[float]:
        return [float(_whole(row, name)) for row in buckets]

    payments = [
        Series(kind="good", label="succeeded", values=counts("success")),
        Series(kind="bad", label="failed", values=counts("failed")),
        Series(kind="wait", label="pending", values=counts("pending")),
    ]
    rates = [rate_of(_whole(row, "success"), _whole(row, "failed")) for row in buckets]
    latency = [
        Series(
            kind=kind, label=name, values=[_percentile(row, "latency_ms", name) for row in buckets]
        )
        for kind, name in (("first", "p50"), ("second", "p95"), ("third", "p99"))
    ]
    failures = counts("attempt_failures")
    delivered = [tried - missed for tried, missed in zip(counts("attempts"), failures, strict=True)]
    deliveries = [
        Series(kind="good", label="delivered", values=delivered),
        Series(kind="bad", label="failed", values=failures),
    ]
    success_rate = [Series(kind="first", label="success rate", values=rates)]
    return (
        _panel("payments", "Payments", labels, payments, stacked),
        _panel(
            "rate",
            "Success rate",
            labels,
            success_rate,
            lambda x, y: lines(x, y, unit=" %", top=_PERCENT),
            " %",
        ),
        _panel(
            "latency",
            "Time to decision",
            labels,
            latency,
            lambda x, y: lines(x, y, unit=" ms"),
            " ms",
        ),
        _panel("deliveries", "Webhook attempts", labels, deliveries, stacked),
    )


def figures_of(document: Row) -> Figures:
    """
    Read `GET /api/v1/statistics`; members that are missing count as nothing.
    """
    totals = document.get("totals")
    totals = totals if isinstance(totals, Mapping) else {}
    rows = document.get("buckets")
    buckets = [row for row in rows if parsed(row.get("at"))] if isinstance(rows, list) else []
    volumes = totals.get("volume")
    return Figures(
        payments=_whole(totals, "payments"),
        success=_whole(totals, "success"),
        failed=_whole(totals, "failed"),
        pending=_whole(totals, "pending"),
        rate=rate_of(_whole(totals, "success"), _whole(totals, "failed")),
        volumes=tuple(
            Volume(
                currency=str(row.get("currency")),
                amount=_whole(row, "amount"),
                refunded=_whole(row, "refunded"),
                count=_whole(row, "count"),
            )
            for row in (volumes if isinstance(volumes, list) else [])
        ),
        attempts=sum(_whole(row, "attempts") for row in buckets),
        attempt_failures=sum(_whole(row, "attempt_failures") for row in buckets),
        panels=_panels(buckets),
    )
