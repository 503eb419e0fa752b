"""What a chart shows, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reportgen.model import limits
from reportgen.model.periods import ROC, Calendar
from reportgen.model.values import Printed, Text


@dataclass(frozen=True)
class Series:
    id: str
    label: Text


@dataclass(frozen=True)
class Point:
    """One mark of a chart: the series, the place on the axis (a period or a member's id), the figure."""

    series: str
    x: int | str
    figure: Printed


@dataclass(frozen=True)
class SeriesBreak:
    """From this period on the series counts something else."""

    at: int
    label: Text


@dataclass(frozen=True)
class Event:
    """What happened in a period, to be read beside the figures of it."""

    at: int
    label: Text


ChartForm = Literal[
    "line", "grouped_bar", "stacked_bar", "ranked_bar", "heat_map", "slope", "small_multiples", "spark"
]


MOST_POINTS = limits.CHART_POINTS
MOST_PANELS = (
    limits.CHART_PANELS
)  # more small multiples are shades: their lines, in one chart, would run over one another
MOST_SERIES = limits.CHART_SERIES  # more cannot be told apart by their colours


@dataclass(frozen=True, kw_only=True)
class ChartSpec:
    """All that a chart shows, in both languages, before anything is drawn.

    `xs` are the places on the axis in their order (periods, a bare number being a ROC year, else member ids); `calendar` names them; `target` are
    points of the target line; `highlight` is the id of the series or member to stress; `headed` says whether measure and unit stand
    in the drawing, or are said above it. Widths and heights in mm; within `bounds_mm` the planner of pages may change the height (none: within
    those of the theme).
    """

    form: ChartForm
    series: tuple[Series, ...]
    xs: tuple[tuple[int | str, Text], ...]
    points: tuple[Point, ...]
    measure: Text
    unit: Text
    target: tuple[Point, ...] = ()
    target_label: Text | None = None
    breaks: tuple[SeriesBreak, ...] = ()
    events: tuple[Event, ...] = ()
    highlight: str = ""
    better: Literal["high", "low", ""] = ""
    calendar: Calendar = ROC
    headed: bool = True
    width_mm: float = 170.0
    height_mm: float = 78.0
    bounds_mm: tuple[float, float] | None = None
