"""The Altair specification of charts of lines: marks, encodings, scales and layers.

Strings and colours stand in the rows; a mark says how it is drawn and a channel where it lies. What is not said here is in
the theme.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import altair as alt

from reportgen.model import MOST_SERIES, Point
from reportgen.write.charts import forms, frame
from reportgen.write.charts.forms import Axis, Job
from reportgen.write.charts.frame import DASH, INK, Plot, Row, Rows, marks, word, words
from reportgen.write.charts.look import label_ink
from reportgen.write.charts.words import text_width


def line(job: Job) -> frame.Specification:
    """Series over years, each named at its end; the plot reaches half a year beyond the first and the last."""
    top, bottom = frame.head_height(job) + frame.notes_height(job) + 6, frame.foot_height(job)
    height = job.height - top - bottom
    axis = forms.round_axis(job.numbers(), height, zero=False)
    labels = forms.apart(job, forms.ends(job, axis, height), height)
    right = max((label.width(job) for label in labels), default=0) + 6
    plot = Plot(
        job=job,
        left=frame.left_margin(job, forms.tick_labels(job, axis)),
        right=right,
        top=top,
        bottom=bottom,
    )
    at = [job.place(x) for x, _ in job.spec.xs]
    low, high = at[0] - 0.5, at[-1] + 0.5
    x, y = frame.x_of(low, high), frame.y_of(float(axis.low), float(axis.high))
    year = plot.width / (high - low)
    step = year * min((b - a for a, b in pairwise(at)), default=1)
    return frame.chart(
        plot,
        [
            *frame.value_axis(job, axis, plot, y),
            frame.place_axis(job, plot, x, at, step),
            *frame.notes(job, plot, low, high),
            *_turning(job, axis, plot, x),
            *_strokes(job, x, y),
            _points(job, x, y),
            *_gaps(job, axis, plot, x, y),
            *frame.end_labels(job, plot, labels, leader=plot.width - year / 2),
            frame.head(job, plot),
        ],
    )


def _rows(job: Job, points: Iterable[Point], series: str) -> Rows:
    """A row for each figure; `part` is one for those that are joined, `alone` says that there is nothing to join."""
    return [
        {
            "x": job.place(point.x),
            "y": float(job.level(point)),
            "part": f"{series} {number}",
            "alone": len(part) == 1,
        }
        for number, part in enumerate(forms.parts(job, points))
        for point in part
    ]


def _strokes(job: Job, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The line of the target, and those of all series: colours and dashes tell them apart."""
    spec, inks, many = job.spec, job.inks(), len(job.spec.series) > MOST_SERIES
    rows: Rows = []
    for number, one in enumerate(spec.series):
        look = {"ink": inks[one.id], "dash": [1, 0], "width": 0.8 if many else 1.6}
        if not many:
            look["dash"] = list(job.theme.dashes[number]) or [1, 0]
        if one.id == spec.highlight:
            look["width"] = 2.0
        drawn = [row | look for row in _rows(job, job.of(one.id), one.id)]
        rows = (
            rows + drawn if one.id == spec.highlight or not spec.highlight else drawn + rows
        )  # it lies on top
    soft = job.theme.colour["ink_soft"]
    target = marks(_rows(job, spec.target, "")).mark_line(color=soft, strokeDash=[3, 2], strokeWidth=1.2)
    part, width = (
        alt.Detail(field="part", type="nominal"),
        alt.StrokeWidth(field="width", type="quantitative", scale=None),
    )
    return [target.encode(x, y, part), marks(rows).mark_line().encode(x, y, INK, DASH, width, part)]


def _points(job: Job, x: alt.X, y: alt.Y) -> alt.Chart:
    """A point for each figure, larger at the end; of many series only for the stressed one, and where no line is.

    The last figure of a single series has the colour of the subject.
    """
    spec, inks, many = job.spec, job.inks(), len(job.spec.series) > MOST_SERIES
    rows: Rows = []
    for number, (id_, ink) in enumerate(inks.items()):
        look = {"ink": ink, "size": 12, "shape": "circle" if many else job.theme.shapes[number]}
        drawn = [row | look for row in _rows(job, job.of(id_), id_)]
        if drawn:
            drawn[-1] |= {"size": 28, "ink": job.theme.colour["accent"] if len(inks) == 1 else ink}
        rows += [row for row in drawn if not many or id_ == spec.highlight or row["alone"]]
    size, shape = (
        alt.Size(field="size", type="quantitative", scale=None),
        alt.Shape(field="shape", type="nominal", scale=None),
    )
    layer: alt.Chart = marks(rows).mark_point().encode(x, y, INK, size, shape)
    return layer


def _gaps(job: Job, axis: Axis, plot: Plot, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The symbol of each missing figure, one for lines that miss theirs at the same place."""
    inks, many = job.inks(), len(job.spec.series) > MOST_SERIES
    signs: dict[tuple[int, float], Row] = {}
    for one in job.spec.series:
        if many and one.id != job.spec.highlight:
            continue
        for point, number in forms.gap_places(job, one.id):
            place, down = job.place(point.x), axis.y(number, plot.height)
            if all(at != place or abs(down - level) > job.theme.type["chart"] for at, level in signs):
                ink = label_ink(job.theme, inks[one.id])
                signs[place, down] = word(place, float(number), point.figure.plain, ink)
    return frame.gap_signs(job, list(signs.values()), x, y)


def _turning(job: Job, axis: Axis, plot: Plot, x: alt.X) -> list[alt.Chart]:
    """Peaks with their figure above, troughs with theirs below."""
    inks, rows = job.inks(), []
    for point, place, peak in forms.turning_points(job, axis, plot.width, plot.height):
        level = axis.y(job.level(point), plot.height) + (-5 if peak else job.theme.type["chart_small"] + 4)
        rows.append(word(place, level, point.figure.plain, label_ink(job.theme, inks[point.series])))
    year = plot.width / (job.place(job.spec.xs[-1][0]) - job.place(job.spec.xs[0][0]) + 1)
    return frame.on_paper(job, rows, x, year)


# ---- a trend for a card ---------------------------------------------------------------------


def spark(job: Job) -> frame.Specification:
    """A line that names its lowest and its highest figure; the last one is a disc, which the card names."""
    small, colour = job.theme.type["chart_small"], job.theme.colour
    plot = Plot(job=job, left=3, right=4, top=small + 4, bottom=small + 3)
    axis = forms.close_axis(job.numbers())
    low = job.place(job.spec.xs[0][0])
    high = max(job.place(job.spec.xs[-1][0]), low + 1)
    x, y = frame.x_of(low, high), frame.y_of(float(axis.low), float(axis.high))
    rows = [row for one in job.spec.series for row in _rows(job, job.of(one.id), one.id)]
    breaks = [{"x": job.place(one.at) - 0.5} for one in job.spec.breaks]
    dashed = marks(breaks).mark_rule(color=colour["rule"], strokeDash=[1.5, 1.5])
    named = _named(job, axis, plot)
    stroke = marks(rows).mark_line(strokeWidth=1.3, color=colour["lead_mid"])
    dots = [dot for _, dot in named] + [row for row in rows if row["alone"]]
    small_dots = [dot | {"size": 9, "ink": colour["lead_mid"]} for dot in dots]
    points = marks([*small_dots, rows[-1] | {"size": 22, "ink": colour["accent"]}]).mark_point()
    return frame.chart(
        plot,
        [
            dashed.encode(x),
            stroke.encode(x, y, alt.Detail(field="part", type="nominal")),
            points.encode(x, y, INK, alt.Size(field="size", type="quantitative", scale=None)),
            words([label for label, _ in named], x, frame.Y, size=small, align="center"),
        ],
    )


def _named(job: Job, axis: Axis, plot: Plot) -> list[tuple[Row, Row]]:
    """The lowest and the highest figure but the last one, each with its point; none of a flat line."""
    small, ink = job.theme.type["chart_small"], job.theme.colour["ink_soft"]
    known = [point for one in job.spec.series for point in job.known(one.id)]
    low, high = (job.place(job.spec.xs[at][0]) for at in (0, -1))
    ordered = sorted(known, key=job.level)
    named = []
    for point, down in ((ordered[0], small + 2), (ordered[-1], -4.0)):
        if point is not known[-1] and job.level(ordered[0]) != job.level(ordered[-1]):
            half = text_width(point.figure.plain, small) / 2 * (high - low) / plot.width
            place, level = job.place(point.x), job.level(point)
            inside = min(max(place, low + half), high - half)
            label = word(inside, axis.y(level, plot.height) + down, point.figure.plain, ink)
            named.append((label, {"x": place, "y": float(level)}))
    return named
