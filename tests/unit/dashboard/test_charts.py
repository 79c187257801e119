"""
Charts: geometry that a template can draw without thinking.
"""

import pytest

from dashboard.charts import BOTTOM, HEIGHT, LEFT, TOP, WIDTH, Series, lines, stacked
from dashboard.figures import figures_of, rate_of


def test_bars_stand_on_each_other_inside_the_drawing() -> None:
    """
    The second series begins where the first ends.
    """
    chart = stacked(
        ["a", "b"],
        [
            Series(kind="good", label="g", values=[30, 0]),
            Series(kind="bad", label="b", values=[10, None]),
        ],
    )
    good, bad = chart.bars

    assert good.y + good.height == pytest.approx(HEIGHT - BOTTOM)
    assert bad.y + bad.height == pytest.approx(good.y, abs=0.02)
    assert bad.y >= TOP
    assert LEFT <= good.x < good.x + good.width <= WIDTH
    assert [tick.label for tick in chart.y_ticks] == ["0", "10", "20", "30", "40"]


def test_a_missing_value_breaks_the_line() -> None:
    """
    Nothing is drawn where nothing was measured.
    """
    chart = lines(list("abcd"), [Series(kind="first", label="p50", values=[1, 2, None, 4])])
    (line,) = chart.lines

    assert len(line.paths) == 1
    assert len(line.dots) == 3
    assert not chart.is_empty


def test_nothing_at_all_is_empty() -> None:
    """
    So that the template says so instead of drawing a zero line.
    """
    assert stacked(["a"], [Series(kind="good", label="g", values=[0])]).is_empty
    assert lines(["a"], [Series(kind="first", label="x", values=[None])]).is_empty
    assert stacked([], []).is_empty


@pytest.mark.parametrize("most", [1, 3, 7, 99, 1_001, 123_456_789, 0.004])
def test_the_axis_holds_its_largest_value(most: float) -> None:
    """
    At four equal steps.
    """
    chart = lines(["a"], [Series(kind="first", label="x", values=[most])])

    assert chart.lines[0].dots[0][1] >= TOP
    assert len(chart.y_ticks) == 5


def test_figures_read_the_gateways_statistics() -> None:
    """
    Totals of all time, charts of the period; missing members are nothing, not an error.
    """
    figures = figures_of(
        {
            "totals": {"payments": 10, "success": 6, "failed": 2, "pending": 2, "volume": [{"currency": "INR", "amount": 500, "refunded": 20, "count": 6}]},
            "buckets": [
                {"at": "2026-01-01T00:00:00Z", "payments": 2, "success": 1, "failed": 1, "attempts": 4, "attempt_failures": 1, "latency_ms": {"p50": 12.5, "p95": None}},
                {"at": "2026-01-01T01:00:00Z"},
            ],
        }
    )  # fmt: skip

    assert (figures.payments, figures.rate) == (10, 75.0)
    assert (figures.volumes[0].amount, figures.volumes[0].refunded) == (500, 20)
    assert (figures.attempts, figures.attempt_failures) == (4, 1)
    assert figures.panel("rate").table[1] == ("01 Jan 00:00", "50 %")
    assert figures.panel("rate").table[2] == ("01 Jan 01:00", "–")
    assert figures.panel("deliveries").table[1] == ("01 Jan 00:00", "3", "1")
    assert figures.panel("latency").table[1] == ("01 Jan 00:00", "12.5 ms", "–", "–")


def test_no_decision_is_no_rate() -> None:
    """
    Neither 0 nor 100 per cent.
    """
    assert rate_of(0, 0) is None
    assert figures_of({}).rate is None
