"""What stands around the marks of a chart: its size and margins, the line that names measure and unit, both axes, notes.

All lengths are points. Places on the plot are data in the scales of the axes; what stands in the margins is placed from
the plot's top left corner, without a scale.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from reportgen.model import Text
from reportgen.model.messages import message
from reportgen.model.periods import Period, as_period
from reportgen.write.charts.forms import Axis, End, Job, tick_labels
from reportgen.write.charts.look import label_ink
from reportgen.write.charts.words import text_width

Row = dict[str, Any]
Rows = list[Row]
Specification = dict[str, Any]  # Vega-Lite, as Altair writes it
POINTS_PER_MM = 72 / 25.4
MIDDLE = 0.36  # of the size, from the middle of a line of words down to its base line

# Places from the plot's corner, and colours that stand in the rows: no scale.
X, X2 = alt.X(field="x", type="quantitative", scale=None, axis=None), alt.X2(field="x2")
Y, Y2 = alt.Y(field="y", type="quantitative", scale=None, axis=None), alt.Y2(field="y2")
INK = alt.Color(field="ink", type="nominal", scale=None)
DASH = alt.StrokeDash(field="dash", type="nominal", scale=None)


def x_of(low: float, high: float) -> alt.X:
    return alt.X(
        field="x", type="quantitative", scale=alt.Scale(domain=[low, high], nice=False, zero=False), axis=None
    )


def y_of(low: float, high: float) -> alt.Y:
    """Upwards from low to high; downwards where low is the greater."""
    turned = low > high
    scale = alt.Scale(domain=sorted((low, high)), nice=False, zero=False, reverse=turned)
    return alt.Y(field="y", type="quantitative", scale=scale, axis=None)


def marks(rows: Iterable[Mapping[str, object]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=tuple(rows)))


def words(
    rows: Rows,
    x: alt.X,
    y: alt.Y,
    *,
    size: float,
    weight: Literal[400, 500] = 400,
    align: Literal["left", "center", "right"] = "left",
    by: tuple[float, float] = (0, 0),
) -> alt.Chart:
    """The words `t` of the rows, in the ink of each, `by` points right of their place and below it: that is on the line y."""
    text = marks(rows).mark_text(align=align, dx=by[0], dy=by[1], fontSize=size, fontWeight=weight)
    layer: alt.Chart = text.encode(x, y, alt.Text(field="t", type="nominal"), INK)
    return layer


def word(x: float, y: float, text: str, ink: str) -> Row:
    return {"x": x, "y": y, "t": text, "ink": ink}


def span(x: float, y: float, x2: float, y2: float, ink: str = "") -> Row:
    """A rule or a box from one corner to the other."""
    return {"x": x, "y": y, "x2": x2, "y2": y2, "ink": ink}


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Where the marks are: the chart within these margins."""

    job: Job
    left: float = 0
    right: float = 0
    top: float = 0
    bottom: float = 0

    @property
    def width(self) -> float:
        return self.job.width - self.left - self.right

    @property
    def height(self) -> float:
        return self.job.height - self.top - self.bottom


def chart(plot: Plot, layers: Iterable[alt.Chart]) -> Specification:
    """The layers within their margins, in the look of the theme; those that have nothing to show are left out.

    As `alt.layer` puts them together, which copies each of them four times: half of the time of a chart.
    """
    theme = alt.theme.get()
    return (dict(theme()) if theme else {}) | {
        "layer": [_written(layer) for layer in layers if layer.data.values],
        "autosize": {"type": "none"},
        "background": None,  # the paper is the page's
        "width": plot.width,
        "height": plot.height,
        "padding": {"left": plot.left, "right": plot.right, "top": plot.top, "bottom": plot.bottom},
    }


def _written(layer: alt.Chart) -> Specification:
    """A layer as a part of a chart; its rows are put in at the end, for Altair would look through them for types."""
    rows, layer.data = layer.data.values, alt.Undefined
    return layer.to_dict(validate=False, context={"top_level": False}) | {"data": {"values": rows}}


# ---- the line above the plot ----------------------------------------------------------------


def head_rows(job: Job) -> Rows:
    """Measure and unit, from the chart's top left corner; the languages in two lines where one is too short."""
    size, ink = job.theme.type["chart_title"], job.theme.colour["ink_soft"]
    rows: Rows = []
    x, y = 0.0, size
    for language in job.languages if job.spec.headed else ():
        measure, unit = job.spec.measure.say(language), job.spec.unit.say(language)
        line = measure + (f"（{unit}）" if language == "zh" else f" ({unit})") * bool(unit)
        wide = text_width(line, size)
        if rows and x + wide > job.width:
            x, y = 0.0, y + size * 1.35
        rows.append(word(x, y, line, ink))
        x += wide + (2 if line.endswith("）") else 8)
    return rows


def head_height(job: Job) -> float:
    rows = head_rows(job)
    return float(rows[-1]["y"]) + job.theme.type["chart_title"] * 0.9 if rows else 4.0


def head(job: Job, plot: Plot) -> alt.Chart:
    rows = [row | {"x": row["x"] - plot.left, "y": row["y"] - plot.top} for row in head_rows(job)]
    return words(rows, X, Y, size=job.theme.type["chart_title"])


# ---- axes -----------------------------------------------------------------------------------

_DROP = 4.0  # between the axis and its labels, so that the lowest number of the value axis stands clear


def left_margin(job: Job, labels: Iterable[str]) -> float:
    """Room at the left for the numbers of an axis and the names of the calendars."""
    return 6 + max(
        text_width(label, job.theme.type["chart_small"]) for label in ("", *labels, *_calendars(job))
    )


def foot_height(job: Job) -> float:
    """Height of the labels below the axis."""
    lines = max(len(x_lines(job, x, label)) for x, label in job.spec.xs)
    return _DROP + job.theme.type["chart_small"] * (1.25 * lines + 0.3)


def x_lines(job: Job, x: int | str, label: Text) -> tuple[str, ...]:
    """What stands below a place: a member's name, a year in each calendar, or a month above its year."""
    calendar = job.spec.calendar
    if not isinstance(x, int):
        return job.halves(label)
    if as_period(x).per_year == 1:
        return job.halves(calendar.bare_year(as_period(x).year))
    tick = calendar.tick(as_period(x))
    return (
        tick.zh if job.edition == "zh" or (tick.zh.isdecimal() and job.edition == "both") else tick.en,
        "",
    )


def x_names(job: Job, x: int | str, label: Text) -> tuple[str, ...]:
    """The same in full, where a place stands alone."""
    return job.halves(label) if isinstance(x, Period) and x.per_year > 1 else x_lines(job, x, label)


def _calendars(job: Job) -> tuple[str, ...]:
    """What the lines of years are called; the Gregorian years alone need no name, nor do months above their year."""
    first = job.spec.xs[0][0]
    named = isinstance(first, int) and as_period(first).per_year == 1 and job.spec.calendar.era == "roc"
    return job.halves(message("charts.calendars")) if named and job.edition != "en" else ()


def _levels(job: Job, plot: Plot) -> list[float]:
    """Where the lines of labels below the axis stand."""
    size = job.theme.type["chart_small"]
    return [plot.height + _DROP + size * (1 + 1.25 * line) for line in range(2)]


def calendar_names(job: Job, plot: Plot) -> Rows:
    names = zip(_levels(job, plot), _calendars(job), strict=False)
    return [word(-5, y, name, job.theme.colour["ink_soft"]) for y, name in names]


def value_axis(job: Job, axis: Axis, plot: Plot, y: alt.Y) -> list[alt.Chart]:
    """Quiet lines across, their numbers left of them; the zero line is firm, and an axis that is cut shows it."""
    colour, size = job.theme.colour, job.theme.type["chart_small"]
    rules = [span(0, float(t), plot.width, float(t), colour["grid" if t else "ink_soft"]) for t in axis.ticks]
    numbers = [
        word(-5, axis.y(tick, plot.height) + size * MIDDLE, label, colour["ink_soft"])
        for tick, label in zip(axis.ticks, tick_labels(job, axis), strict=True)
    ]
    strokes = [span(-3, plot.height - up, 3, plot.height - up - 3) for up in (5, 2.5)] if axis.cut else []
    return [
        marks(rules).mark_rule().encode(X, X2, y, INK),
        words([*numbers, *calendar_names(job, plot)], X, Y, size=size, align="right"),
        marks(strokes).mark_rule(color=colour["ink_soft"], strokeWidth=0.7).encode(X, X2, Y, Y2),
    ]


def place_axis(job: Job, plot: Plot, x: alt.X, at: Sequence[float], step: float) -> alt.Chart:
    """Periods or members below their places `at`, `step` points apart; of too many years every fifth and the last."""
    size, soft = job.theme.type["chart_small"], job.theme.colour["ink_soft"]
    lines, first = [x_lines(job, *pair) for pair in job.spec.xs], job.spec.xs[0][0]
    levels = _levels(job, plot)
    if isinstance(first, Period) and first.per_year > 1:
        ticks = _shown_parts(job, lines, step)
        rows = [word(at[n], levels[0], lines[n][0], soft) for n in ticks]
        rows += [word(at[n], levels[1], year, soft) for n, year in _shown_years_below(job, step).items()]
    else:
        shown = _shown_years(job, lines, step) if isinstance(first, int) else range(len(at))
        rows = [
            word(at[n], y, label, soft) for n in shown for y, label in zip(levels, lines[n], strict=False)
        ]
    return words(rows, x, Y, size=size, align="center")


def _shown_parts(job: Job, lines: Sequence[tuple[str, ...]], step: float) -> list[int]:
    """Months, quarters or halves: all, or every second, third, sixth of a year, or its first, as many as find room."""
    wide = 3 + max(text_width(line[0], job.theme.type["chart_small"]) for line in lines)
    periods = _periods(job)
    per_year = periods[0].per_year
    each = next((n for n in (1, 2, 3, 6, 12) if not per_year % n and wide <= n * step), per_year)
    return [n for n, one in enumerate(periods) if not (one.part - 1) % each]


def _shown_years_below(job: Job, step: float) -> dict[int, str]:
    """The year below the first of its months; where years are too narrow, every second, fifth or tenth one."""
    periods, size = _periods(job), job.theme.type["chart_small"]
    names = {n: job.say(job.spec.calendar.year(one.year)) for n, one in enumerate(periods) if one.part == 1}
    if 0 not in names:  # the rest of a year at the left, where its name does not reach into the next
        names = {0: job.say(job.spec.calendar.year(periods[0].year)), **names}
    wide = 6 + max(text_width(name, size) for name in names.values())
    each = next((n for n in (1, 2, 5, 10) if wide <= n * step * periods[0].per_year), 20)
    shown = {
        n: name for n, name in names.items() if n == 0 or not (periods[n].year - periods[-1].year) % each
    }
    second = min((n for n in shown if n), default=len(periods))
    return shown if second * step >= wide or len(shown) == 1 else {n: name for n, name in shown.items() if n}


def _periods(job: Job) -> list[Period]:
    return [as_period(x) for x, _ in job.spec.xs if isinstance(x, int)]


def _shown_years(job: Job, lines: Sequence[tuple[str, ...]], step: float) -> list[int]:
    wide = 2 + max(text_width(label, job.theme.type["chart_small"]) for line in lines for label in line)
    last = len(lines) - 1
    if wide <= step:
        return list(range(last + 1))
    fifth = 5 * math.ceil(wide / (5 * step))
    years = [n for n in range(last) if int(job.spec.xs[n][0]) % fifth == 0 and (last - n) * step >= wide]
    return [*years, last]


# ---- labels at marks --------------------------------------------------------------------


def end_labels(
    job: Job, plot: Plot, labels: Sequence[End], *, leader: float = 0, swatches: bool = False
) -> list[alt.Chart]:
    """Figures and names right of the plot, with a rule from the mark at `leader` where a label had to move away from it."""
    theme, size, small = job.theme, job.theme.type["chart"], job.theme.type["chart_small"]
    x = plot.width + 6
    figures: Rows = []
    names: Rows = []
    leaders: Rows = []
    boxes: Rows = []
    for label in labels:
        y = label.middle - label.height(job) / 2
        ink = theme.colour["ink"] if swatches else label_ink(theme, label.ink)
        at = x + (10 if swatches else 0)
        if label.value:
            y += size * 1.2
            figures.append(word(at, y - size * 0.25, label.value, ink))
        for line in label.name:
            y += small * 1.2
            names.append(word(at, y - small * 0.25, line, ink))
        middle = label.middle
        if swatches:
            boxes.append(span(x, middle - 3, x + 6, middle + 3, label.ink))
        elif abs(middle - label.y) > 6:
            leaders.append(span(leader + 4, label.y, x - 2, middle, label.ink))
    return [
        marks(leaders).mark_rule().encode(X, X2, Y, Y2, INK),
        marks(boxes).mark_rect().encode(X, X2, Y, Y2, INK),
        words(figures, X, Y, size=size, weight=500),
        words(names, X, Y, size=small),
    ]


def on_paper(job: Job, rows: Rows, x: alt.X, step: float) -> list[alt.Chart]:
    """Small figures over their places, `step` points apart, with paper behind them where a line of the grid would pass."""
    small = job.theme.type["chart_small"]
    half = [text_width(row["t"], small) / 2 / step for row in rows]
    middle = [row["y"] - small * MIDDLE for row in rows]
    strips = [span(row["x"] - by, y, row["x"] + by, y) for row, by, y in zip(rows, half, middle, strict=True)]
    paper = marks(strips).mark_rule(color=job.theme.colour["paper"], strokeWidth=small)
    return [paper.encode(x, X2, Y), words(rows, x, Y, size=small, align="center")]


def gap_signs(job: Job, rows: Rows, x: alt.X, y: alt.Y, *, dy: float = 0) -> list[alt.Chart]:
    """The symbols of missing figures; a blank cell has none, so a small open dash stands for it."""
    size = job.theme.type["chart"]
    blank = [row for row in rows if not row["t"]]
    dash = marks(blank).mark_point(
        shape="stroke", filled=False, size=30, strokeDash=[1, 1], strokeWidth=0.8, yOffset=dy
    )
    named = [row for row in rows if row["t"]]
    return [
        words(named, x, y, size=size, weight=500, align="center", by=(0, dy + size * MIDDLE)),
        dash.encode(x, y, INK),
    ]


# ---- breaks and events ----------------------------------------------------------------------


def notes_height(job: Job) -> float:
    """Height of the words of breaks and events above the plot."""
    labels = [one.label for one in job.spec.breaks] + [one.label for one in job.spec.events]
    lines = sum(len(_note_lines(job, label)) for label in labels)
    return lines * job.theme.type["chart_small"] * 1.35 + (5 if lines else 0)


def _note_lines(job: Job, label: Text) -> tuple[str, ...]:
    whole = job.say(label)
    fits = text_width(whole, job.theme.type["chart_small"]) < 0.45 * job.width
    return (whole,) if fits else job.halves(label)


def notes(job: Job, plot: Plot, low: float, high: float) -> list[alt.Chart]:
    """A broken rule where a series breaks, a firm one in the year of an event; each begins at its words.

    The words stand right of their rule, or left where the chart ends. From the highest to the lowest they go so that no rule
    runs through the words of another; where one does all the same, it stops beside them.
    """
    small, colour = job.theme.type["chart_small"], job.theme.colour
    noted = [(job.place(one.at) - 0.5, one.label, colour["ink_soft"], [2, 2]) for one in job.spec.breaks]
    noted += [(job.place(one.at), one.label, colour["rule"], [1, 0]) for one in job.spec.events]
    placed = []
    for place, label, ink, dash in noted:
        x, lines = (place - low) / (high - low) * plot.width, _note_lines(job, label)
        left = x + 4 + max(text_width(line, small) for line in lines) > plot.width + plot.right
        placed.append((not left, -x if left else x, x, lines, {"ink": ink, "dash": dash}))
    y = -notes_height(job)
    rules: Rows = []
    grounds: Rows = []
    texts: Rows = []
    for right, _, x, lines, look in sorted(placed, key=lambda one: one[:2]):
        rules.append(span(x, y, x, plot.height) | look)
        for line in lines:
            wide = text_width(line, small)
            start = x + 4 if right else x - 4 - wide
            grounds.append(span(start - 1, y, start + wide + 1, y + small * 1.3))
            texts.append(word(start, y + small * 0.95, line, colour["ink_soft"]))
            y += small * 1.35
    return [
        marks(rules).mark_rule(strokeWidth=0.7).encode(X, X2, Y, Y2, INK, DASH),
        marks(grounds if len(placed) > 1 else ()).mark_rect(fill=colour["paper"]).encode(X, X2, Y, Y2),
        words(texts, X, Y, size=small),
    ]
