"""
Geometry of the charts: numbers in, coordinates of an SVG of fixed view box out.  Templates draw them; no script, no inline style.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 180
LEFT: Final = 52
BOTTOM: Final = 24
TOP: Final = 10
_TICKS: Final = 4
_LABELS_MAX: Final = 4
_STEPS: Final = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """
    One rectangle of a stack; `kind` is its class, `title` what a pointer is told.
    """

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    One series: `paths` are its unbroken stretches, `dots` its points.
    """

    kind: str
    paths: tuple[str, ...]
    dots: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """
    A labelled place on an axis.
    """

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """
    Everything a template draws.  `is_empty`: there was no number above 0.
    """

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    is_empty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """
    One named row of numbers; None = no value there.
    """

    kind: str
    label: str
    values: Sequence[float | None]


def _ceiling(most: float) -> float:
    """
    The top of an axis that holds `most`: ticks at round numbers.
    """
    if most <= 0:
        return 1.0
    raw = most / _TICKS
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(step for step in _STEPS if step * magnitude >= raw * (1 - 1e-9))
    return float(step * magnitude * _TICKS)


def _label(value: float, unit: str) -> str:
    if value >= 1_000_000:  # noqa: PLR2004  from here on a million is a unit
        text = f"{value / 1_000_000:g} M"
    elif value >= 10_000:  # noqa: PLR2004  five digits are too wide for the axis
        text = f"{value / 1_000:g} k"
    else:
        text = f"{value:g}"
    return text + unit


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(value, top) / top, 2)


def _y_ticks(top: float, unit: str) -> tuple[Tick, ...]:
    whole = [top * n / _TICKS for n in range(_TICKS + 1)]
    return tuple(Tick(at=_y(value, top), label=_label(value, unit)) for value in whole)


def _x_ticks(labels: Sequence[str]) -> tuple[Tick, ...]:
    if not labels:
        return ()
    slot = (WIDTH - LEFT) / len(labels)
    every = max(1, math.ceil(len(labels) / _LABELS_MAX))
    return tuple(
        Tick(at=round(LEFT + slot * index, 2), label=labels[index])
        for index in range(0, len(labels), every)
    )


def stacked(labels: Sequence[str], series: Sequence[Series]) -> Chart:
    """
    Bars per label, the first series at the bottom.
    """
    totals = [sum(one.values[i] or 0 for one in series) for i in range(len(labels))]
    top = _ceiling(max(totals, default=0))
    slot = (WIDTH - LEFT) / max(len(labels), 1)
    bars = []
    for index, label in enumerate(labels):
        below = 0.0
        for one in series:
            value = one.values[index] or 0
            if value <= 0:
                continue
            upper, lower = _y(below + value, top), _y(below, top)
            bars.append(
                Bar(
                    x=round(LEFT + slot * index + slot * 0.12, 2),
                    y=upper,
                    width=round(slot * 0.76, 2),
                    height=round(max(lower - upper, 0.5), 2),
                    kind=one.kind,
                    title=f"{label}: {value:g} {one.label}",
                )
            )
            below += value
    return Chart(
        bars=tuple(bars),
        lines=(),
        x_ticks=_x_ticks(labels),
        y_ticks=_y_ticks(top, ""),
        is_empty=not any(totals),
    )


def _stretches(points: Sequence[tuple[float, float] | None]) -> tuple[str, ...]:
    paths: list[str] = []
    stretch: list[str] = []
    for point in [*points, None]:
        if point is not None:
            stretch.append(f"{'L' if stretch else 'M'}{point[0]} {point[1]}")
            continue
        if len(stretch) > 1:
            paths.append(" ".join(stretch))
        stretch = []
    return tuple(paths)


def lines(
    labels: Sequence[str], series: Sequence[Series], *, unit: str = "", top: float | None = None
) -> Chart:
    """
    A line per series; a missing value breaks it.  `top` fixes the axis, such as 100 for percentages.
    """
    known = [value for one in series for value in one.values if value is not None]
    ceiling = top or _ceiling(max(known, default=0))
    slot = (WIDTH - LEFT) / max(len(labels), 1)
    drawn = []
    for one in series:
        points = [
            None if value is None else (round(LEFT + slot * (i + 0.5), 2), _y(value, ceiling))
            for i, value in enumerate(one.values)
        ]
        dots = tuple(
            (point[0], point[1], f"{labels[i]}: {one.label} {value:g}{unit}")
            for i, (point, value) in enumerate(zip(points, one.values, strict=True))
            if point is not None and value is not None
        )
        drawn.append(Line(kind=one.kind, paths=_stretches(points), dots=dots))
    return Chart(
        bars=(),
        lines=tuple(drawn),
        x_ticks=_x_ticks(labels),
        y_ticks=_y_ticks(ceiling, unit),
        is_empty=not known,
    )
