"""The Altair specification of charts of rows, each with its name at the left: rankings, two years, shades."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import altair as alt

from reportgen.model import Text
from reportgen.write.charts import forms, frame
from reportgen.write.charts.forms import Job, Member
from reportgen.write.charts.frame import INK, MIDDLE, X2, Y2, Plot, Rows, X, Y, marks, span, word, words
from reportgen.write.charts.shades import Shades
from reportgen.write.charts.words import text_width


def _names(job: Job, plot: Plot, y: alt.Y, named: Iterable[tuple[int | str, Text]]) -> alt.Chart:
    size, colour, stressed = job.theme.type["chart"], job.theme.colour, job.spec.highlight
    inks = {True: colour["accent"], False: colour["ink"]}
    rows = [
        word(-plot.left, at, job.say(label), inks[bool(stressed) and id_ == stressed])
        for at, (id_, label) in enumerate(named)
    ]
    return words(rows, X, y, size=size, by=(0, size * MIDDLE))


def _names_width(job: Job, labels: Iterable[Text]) -> float:
    return max(text_width(job.say(label), job.theme.type["chart"]) for label in labels) + 8


def _figures_width(job: Job) -> float:
    return max(text_width(point.figure.plain, job.theme.type["chart"]) for point in job.spec.points)


# ---- rankings -------------------------------------------------------------------------------


def ranked(job: Job) -> frame.Specification:
    """Bars in their order; with a target the figures stand in a column of their own, clear of its line."""
    spec, colour, members = job.spec, job.theme.colour, forms.ranked_members(job.spec)
    axis = forms.close_axis([*job.numbers(), Fraction(0)])
    figures = _figures_width(job) + 6
    left = _names_width(job, (one.label for one in members)) + (
        figures if axis.low < 0 and not spec.target else 0
    )
    over = job.theme.type["chart"] * 1.6 * bool(spec.target and spec.target_label)
    plot = Plot(job=job, left=left, right=figures, top=frame.head_height(job) + 3 + over, bottom=2)
    x, y = frame.x_of(float(axis.low), float(axis.high)), frame.y_of(len(members) - 0.5, -0.5)
    others = colour["neutral" if spec.highlight else "lead_mid"]
    inks = [colour["accent"] if one.id == spec.highlight else others for one in members]
    bars = [
        span(0, at - 0.34, float(number), at + 0.34, inks[at])
        for at, one in enumerate(members)
        if (number := job.number(one.point)) is not None
    ]
    zero = marks([{"x": 0}]).mark_rule(color=colour["ink_soft"], strokeWidth=0.7)
    return frame.chart(
        plot,
        [
            marks(bars).mark_rect().encode(x, X2, y, Y2, INK),
            zero.encode(x),
            _names(job, plot, y, ((one.id, one.label) for one in members)),
            *_bar_figures(job, members, plot, x, y),
            *_bar_targets(job, members, plot, x, y),
            frame.head(job, plot),
        ],
    )


def _bar_figures(job: Job, members: list[Member], plot: Plot, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    size, colour = job.theme.type["chart"], job.theme.colour
    inks = [colour["accent" if one.id == job.spec.highlight else "ink"] for one in members]
    rows = [
        word(float(job.level(one.point)), at, one.point.figure.plain, inks[at])
        for at, one in enumerate(members)
    ]
    down = size * MIDDLE
    if job.spec.target:
        at_edge = [row | {"x": plot.width + plot.right} for row in rows]
        return [words(at_edge, X, y, size=size, align="right", by=(0, down))]
    below, above = ([row for row in rows if (row["x"] < 0) == negative] for negative in (True, False))
    return [
        words(above, x, y, size=size, by=(4, down)),
        words(below, x, y, size=size, align="right", by=(-4, down)),
    ]


def _bar_targets(job: Job, members: list[Member], plot: Plot, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """One rule through all bars where their targets are the same, named above it; else one across each bar."""
    size, ink, label = job.theme.type["chart"], job.theme.colour["ink"], job.spec.target_label
    targets = [job.number(one.target) if one.target else None for one in members]
    same = len(set(targets)) == 1
    half = 0.5 if same else 0.42
    rows = [
        span(float(number), at - half, float(number), at + half, ink)
        for at, number in enumerate(targets)
        if number is not None
    ]
    line = job.say(label) if label and rows else ""
    axis = forms.close_axis([*job.numbers(), Fraction(0)])
    room = plot.width + plot.right - text_width(line, size)
    start = plot.width * axis.share(targets[0] or Fraction(0)) - text_width(line, size) / 2 if same else 0.0
    named = [word(min(max(start, 0), room), -4, line, ink)] if line else []
    return [marks(rows).mark_rule(strokeWidth=1.2).encode(x, y, Y2, INK), words(named, X, Y, size=size)]


# ---- two years ------------------------------------------------------------------------------


def dumbbell(job: Job) -> frame.Specification:
    """Two years on one line for each series, in the order that is declared: a ring, then a disc, the change between them."""
    size, colour, series = job.theme.type["chart"], job.theme.colour, job.spec.series
    side = _figures_width(job) + 10
    left = _names_width(job, (one.label for one in series)) + side
    plot = Plot(job=job, left=left, right=side, top=frame.head_height(job) + size * 1.7, bottom=2)
    axis = forms.close_axis(job.numbers())
    x, y = frame.x_of(float(axis.low), float(axis.high)), frame.y_of(len(series) - 0.5, -0.5)
    rows = [row for at, one in enumerate(series) for row in _pair(job, at, one.id)]
    known = [[row for row in rows if row["known"] and row["order"] == order] for order in (0, 1)]
    change = [row for row in known[1] if row["x"] != row["x2"]]
    hairs = [span(-left, at - 0.5, plot.width + side, at - 0.5) for at in range(len(series) + 1)]
    figures = [[row for row in rows if row["left"] == left_of] for left_of in (True, False)]
    return frame.chart(
        plot,
        [
            marks(hairs).mark_rule().encode(X, X2, y),
            marks(change).mark_rule(color=colour["neutral"], strokeWidth=2.2).encode(x, X2, y),
            *_signs(job, known[0], known[1], x, y),
            words(figures[0], x, y, size=size, align="right", by=(-7, size * MIDDLE)),
            words(figures[1], x, y, size=size, by=(7, size * MIDDLE)),
            _names(job, plot, y, ((one.id, one.label) for one in series)),
            *_years(job, plot),
            frame.head(job, plot),
        ],
    )


def _pair(job: Job, at: int, series: str) -> Rows:
    """A row for each of both years; a figure stands on the outer side, a missing one beside that of the other year."""
    colour, points = job.theme.colour, job.of(series)
    numbers = [number for point in points if (number := job.number(point)) is not None]
    rows: Rows = []
    for point in points:
        number, order = job.number(point), job.place(point.x)
        place = number if number is not None else numbers[0] if numbers else min(job.numbers())
        other = numbers[1 - order] if len(numbers) == 2 else place
        stressed = order == 1 and series == job.spec.highlight
        ink = colour["accent" if stressed else "lead" if order else "ink_soft"]
        row = word(float(place), at, point.figure.plain or "–", ink) | {"x2": float(other)}
        left = order == 0 if place == other else place < other
        rows.append(row | {"known": number is not None, "order": order, "left": left})
    return rows


def _signs(job: Job, rings: Rows, discs: Rows, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    colour = job.theme.colour
    ring = marks(rings).mark_point(fill=colour["paper"], stroke=colour["ink_soft"], strokeWidth=1.3, size=34)
    return [ring.encode(x, y), marks(discs).mark_point(size=52).encode(x, y, INK)]


def _years(job: Job, plot: Plot) -> list[alt.Chart]:
    """Which year the ring is and which the disc, above the first row."""
    size, colour = job.theme.type["chart"], job.theme.colour
    x, y = 4 - plot.left, -size * 0.7
    signs: list[Rows] = []
    years: Rows = []
    for pair in job.spec.xs:
        signs.append([{"x": x, "y": y - size * MIDDLE, "ink": colour["lead"]}])
        x += 8
        for year in frame.x_names(job, *pair):
            years.append(word(x, y, year, colour["ink_soft"]))
            x += 6 + text_width(year, size)
        x += 12
    return [*_signs(job, signs[0], signs[1], X, Y), words(years, X, Y, size=size)]


# ---- shades ---------------------------------------------------------------------------------


def heat_map(job: Job) -> frame.Specification:
    """A cell for each series and place, shaded by the class of its figure."""
    spec, colour, shades = job.spec, job.theme.colour, Shades.of(job)
    left = max(_names_width(job, (one.label for one in spec.series)), frame.left_margin(job, ()))
    top = frame.head_height(job) + (3 if _scale_place(job, shades)[2] else job.theme.type["chart_small"] + 13)
    plot = Plot(job=job, left=left, right=3, top=max(top, 22), bottom=frame.foot_height(job))
    count = len(spec.xs)
    x, y = frame.x_of(-0.5, count - 0.5), frame.y_of(len(spec.series) - 0.5, -0.5)
    breaks = [{"x": job.place(b.at) - 0.5} for b in spec.breaks if b.at in dict(spec.xs[1:])]
    dashed = marks(breaks).mark_rule(color=colour["ink"], strokeDash=[2, 2], strokeWidth=1)
    return frame.chart(
        plot,
        [
            *_cells(job, shades, plot, x, y),
            dashed.encode(x),
            _names(job, plot, y, ((one.id, one.label) for one in spec.series)),
            frame.place_axis(job, plot, x, range(count), plot.width / count),
            words(frame.calendar_names(job, plot), X, Y, size=job.theme.type["chart_small"], align="right"),
            *_scale(job, shades, plot),
            frame.head(job, plot),
        ],
    )


def _cells(job: Job, shades: Shades, plot: Plot, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Cells with their figures where all find room; a missing one has no ground, a blank one is struck through."""
    small, spec, rule = job.theme.type["chart_small"], job.spec, job.theme.colour["rule"]
    ids = [one.id for one in spec.series]
    room = plot.width / len(spec.xs) - 3
    fits = plot.height / len(ids) >= small * 1.2 and all(
        text_width(p.figure.plain, small) <= room for p in spec.points
    )
    cells: Rows = []
    missing: Rows = []
    texts: Rows = []
    for point in spec.points:
        at, row, number = job.place(point.x), ids.index(point.series), job.number(point)
        ground = shades.ground(number) if number is not None else ""
        ink = job.theme.ink_on(ground) if ground else ""
        box = span(at - 0.5, row - 0.5, at + 0.5, row + 0.5, ground)
        (missing if number is None else cells).append(box | {"t": point.figure.plain})
        if fits or number is None:
            text = word(at, row, point.figure.plain, ink or job.theme.colour["ink_soft"])
            texts += [text] * bool(point.figure.plain)
    framed = marks(missing).mark_rect(filled=False, stroke=rule, strokeWidth=0.4, strokeDash=[1.5, 1.5])
    blank = [row for row in missing if not row["t"]]
    return [
        marks(cells).mark_rect().encode(x, X2, y, Y2, INK),
        framed.encode(x, X2, y, Y2),
        marks(blank).mark_rule(color=rule, strokeWidth=0.4).encode(x, X2, y, Y2),
        words(texts, x, y, size=small, align="center", by=(0, small * MIDDLE)),
    ]


def _scale_place(job: Job, shades: Shades) -> tuple[float, float, bool]:
    """Left edge and width of a class, and whether the scale stands beside the head: else below it."""
    small, labels = job.theme.type["chart_small"], shades.labels()
    wide = max(24.0, max(text_width(label, small) for label in labels) + 5)
    left = job.width - wide * len(shades.grounds) - text_width(labels[-1], small) / 2
    size = job.theme.type["chart_title"]
    used = max((row["x"] + text_width(row["t"], size) for row in frame.head_rows(job)), default=0.0)
    return left, wide, used + 12 < left - text_width(labels[0], small) / 2


def _scale(job: Job, shades: Shades, plot: Plot) -> list[alt.Chart]:
    """The classes with their limits."""
    small = job.theme.type["chart_small"]
    left, wide, beside = _scale_place(job, shades)
    y = (1.0 if beside else frame.head_height(job) + 1) - plot.top
    edges = [left - plot.left + wide * number for number in range(len(shades.limits))]
    boxes = [span(x, y, x + wide, y + 7, ground) for x, ground in zip(edges, shades.grounds, strict=False)]
    labels = zip(edges, shades.labels(), strict=True)
    limits = [word(x, y + 8 + small, label, job.theme.colour["ink_soft"]) for x, label in labels]
    return [
        marks(boxes).mark_rect().encode(X, X2, Y, Y2, INK),
        words(limits, X, Y, size=small, align="center"),
    ]
