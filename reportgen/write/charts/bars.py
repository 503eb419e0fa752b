"""The Altair specification of charts of columns, over years or members: side by side or stacked.

A column has both its ends in its row, in the scales of the axes, and begins at zero or on the one below it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import altair as alt

from reportgen.model import Point
from reportgen.write.charts import forms, frame
from reportgen.write.charts.forms import Axis, End, Job
from reportgen.write.charts.frame import INK, MIDDLE, X2, Y2, Plot, Row, Rows, marks, span, word, words
from reportgen.write.charts.words import text_width


@dataclass(frozen=True, kw_only=True)
class _Column:
    """One figure, from `low` to `high`, exactly; `left` and `wide` in places of the axis."""

    point: Point
    low: Fraction
    high: Fraction
    left: float
    wide: float
    ink: str

    def rect(self) -> Row:
        return span(self.left, float(self.high), self.left + self.wide, float(self.low), self.ink)

    def row(self, y: Fraction, ink: str) -> Row:
        """A word in the middle of the column."""
        return word(self.left + self.wide / 2, float(y), self.point.figure.plain, ink)


def columns(job: Job) -> frame.Specification:
    """The series of several are named beside the last columns."""
    spec, count = job.spec, len(job.spec.xs)
    top, bottom = frame.head_height(job) + frame.notes_height(job) + 10, frame.foot_height(job)
    height = job.height - top - bottom
    axis = forms.round_axis([*_tops(job), *job.targets()], height, zero=True)
    labels = forms.apart(job, [*_names(job, axis, height), *forms.target_end(job, axis, height)], height)
    swatches = len(spec.series) > 1
    right = max((label.width(job) + (16 if swatches else 6) for label in labels), default=0)
    plot = Plot(
        job=job,
        left=frame.left_margin(job, forms.tick_labels(job, axis)),
        right=right,
        top=top,
        bottom=bottom,
    )
    x, y = frame.x_of(-0.5, count - 0.5), frame.y_of(float(axis.low), float(axis.high))
    step = plot.width / count
    drawn = _columns(job, step)
    zero = marks([{"y": 0}]).mark_rule(color=job.theme.colour["ink_soft"], strokeWidth=0.7)
    return frame.chart(
        plot,
        [
            *frame.value_axis(job, axis, plot, y),
            frame.place_axis(job, plot, x, range(count), step),
            *frame.notes(job, plot, -0.5, count - 0.5),
            marks(one.rect() for one in drawn).mark_rect().encode(x, X2, y, Y2, INK),
            zero.encode(y),
            _targets(job, drawn, x, y),
            *_figures(job, drawn, axis, (plot, step), (x, y)),
            *_missing(job, drawn, step, x, y),
            *frame.end_labels(job, plot, labels, swatches=swatches),
            frame.head(job, plot),
        ],
    )


def _heap(job: Job) -> dict[tuple[str, int | str], tuple[Fraction, Fraction]]:
    """Where each column begins and ends; a part of a stack begins where the one below ends."""
    tops: dict[tuple[int | str, bool], Fraction] = {}
    ends = {}
    for one in job.spec.series:
        for point in job.known(one.id):
            exact = job.number(point) or Fraction(0)
            pile = point.x, exact >= 0
            base = tops.get(pile, Fraction(0)) if job.form == "stacked_bar" else Fraction(0)
            tops[pile] = base + exact
            ends[one.id, point.x] = base, base + exact
    return ends


def _tops(job: Job) -> list[Fraction]:
    return [end for both in _heap(job).values() for end in both]


def _columns(job: Job, step: float) -> list[_Column]:
    """All columns of known figures. Few stay columns: no wider than 28 points, however much room there is."""
    spec, heap = job.spec, _heap(job)
    many = 1 if job.form == "stacked_bar" else len(spec.series)
    half = min(0.43, (28 if many == 1 else 17 * many) / step)
    wide = 2 * half / many
    return [
        _Column(
            point=point,
            low=heap[one.id, point.x][0],
            high=heap[one.id, point.x][1],
            left=job.place(point.x) - half + wide * (number if many > 1 else 0),
            wide=wide,
            ink=_ink(job, point),
        )
        for number, one in enumerate(spec.series)
        for point in job.known(one.id)
    ]


def _ink(job: Job, point: Point) -> str:
    """The series' colour; of a single series the subject is stressed: the member that is named, or the last year."""
    spec, colour = job.spec, job.theme.colour
    if len(spec.series) > 1:
        return job.inks()[point.series]
    last = spec.xs[-1][0]
    subject = spec.highlight or (last if isinstance(last, int) else "")
    return colour["accent" if point.x == subject else "lead_mid"]


def _names(job: Job, axis: Axis, height: float) -> list[End]:
    """A name for each series beside its last column; a single series is named above the plot."""
    series, heap = job.spec.series, _heap(job)
    labels = []
    for one in series if len(series) > 1 else ():
        low, high = next(
            (ends for (id_, _), ends in reversed(heap.items()) if id_ == one.id), (Fraction(0),) * 2
        )
        level = (low + high) / 2 if job.form == "stacked_bar" else high
        end = partial(End, value="", name=forms.name_lines(job, one.label), ink=job.inks()[one.id])
        labels.append(end(y=axis.y(level, height)))
    return labels


def _targets(job: Job, drawn: Sequence[_Column], x: alt.X, y: alt.Y) -> alt.Chart:
    """A rule across the columns of each place."""
    half = max(abs(one.left - job.place(one.point.x)) for one in drawn) + 0.05
    known = [(job.place(p.x), float(n)) for p in job.spec.target if (n := job.number(p)) is not None]
    rows = [span(at - half, level, at + half, level) for at, level in known]
    rule = marks(rows).mark_rule(color=job.theme.colour["ink"], strokeWidth=1.2)
    layer: alt.Chart = rule.encode(x, X2, y)
    return layer


def _figures(
    job: Job, drawn: Sequence[_Column], axis: Axis, room: tuple[Plot, float], scales: tuple[alt.X, alt.Y]
) -> list[alt.Chart]:
    """The printed figures where there is room for all of them; of a single series else the subject's and the highest."""
    small, colour = job.theme.type["chart_small"], job.theme.colour
    plot, step = room
    stacked = job.form == "stacked_bar"
    widest = max(text_width(one.point.figure.plain, small) for one in drawn)
    within = stacked or bool(job.spec.target)
    fits = widest <= drawn[0].wide * step + (-2 if within else 1)
    inside: Rows = []
    above: Rows = []
    for one in drawn if fits else _stressed(job, drawn, (widest + 4) / step):
        paper = job.theme.ink_on(one.ink)
        tall = abs(axis.share(one.high) - axis.share(one.low)) * plot.height
        if stacked:
            inside += [one.row((one.low + one.high) / 2, paper)] * (tall >= small * 1.25)
        elif job.spec.target and one.high > 0:
            # Beside the rule of a target a figure would be struck through: it stands at the foot of its column.
            inside.append(one.row(Fraction(0), paper))
        else:
            top = axis.y(max(one.high, Fraction(0)), plot.height)  # of a negative one at its other end
            row = one.row(one.high, colour["ink"])
            edge = len(job.spec.xs) - 0.5 - text_width(row["t"], small) / 2 / step
            above.append(row | {"x": min(row["x"], edge), "y": top - 3})
    x, y = scales
    down = small * MIDDLE if stacked else -3.5
    return [
        *frame.on_paper(job, above, x, step),
        words(inside, x, y, size=small, align="center", by=(0, down)),
    ]


def _stressed(job: Job, drawn: Sequence[_Column], apart: float) -> list[_Column]:
    """The subject, the highest and the lowest of a single series, where no column beside them is in the way."""
    if len(job.spec.series) > 1 or job.spec.target or job.form == "stacked_bar":
        return []
    subject = [one for one in drawn if one.ink == job.theme.colour["accent"]]
    ends = (pick(drawn, key=lambda one: one.high) for pick in (max, min))
    stressed = dict.fromkeys([*subject, *ends])
    near = {one: [other for other in drawn if 0 < abs(other.left - one.left) < apart] for one in stressed}
    return [one for one, others in near.items() if all(other.high <= one.high for other in others)]


def _missing(job: Job, drawn: Sequence[_Column], step: float, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The symbol of a missing figure at the foot of its column, one for all of a place where they are too narrow for it.

    Above a stack they stand one over the other.
    """
    small, ids = job.theme.type["chart_small"], [one.id for one in job.spec.series]
    stacked, narrow = job.form == "stacked_bar", drawn[0].wide * step < job.theme.type["chart"] + 2
    layers: list[alt.Chart] = []
    over: Counter[int | str] = Counter()
    for point in job.spec.points:
        if point.figure.gap and (stacked or not narrow or not over[point.x]):
            beside = 0.0 if stacked or narrow else ids.index(point.series) + 0.5 - len(ids) / 2
            tops = [one.high for one in drawn if stacked and one.point.x == point.x and one.high > 0]
            place, level = job.place(point.x) + beside * drawn[0].wide, float(max(tops, default=0))
            sign = word(place, level, point.figure.plain, job.theme.colour["ink_soft"])
            up = small * (0.8 + over[point.x] * stacked)
            layers += frame.gap_signs(job, [sign], x, y, dy=-up)
            over[point.x] += 1
    return layers
