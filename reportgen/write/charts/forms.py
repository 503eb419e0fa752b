"""Which form a specification is drawn in, and what is printed in it: exact numbers, strings, and where a label finds room.

It knows neither Altair nor a page. It takes specifications that passed the checks of `drawing`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Literal, get_args

from reportgen.model import (
    MOST_PANELS,
    MOST_SERIES,
    ChartForm,
    ChartSpec,
    Edition,
    Gap,
    Language,
    Point,
    Text,
)
from reportgen.model.formats import grouped, half_up
from reportgen.model.messages import message
from reportgen.read.theme import Theme
from reportgen.write.charts.words import spread, text_width

Drawn = Literal[
    "line", "grouped_bar", "stacked_bar", "ranked_bar", "heat_map", "dumbbell", "small_multiples", "spark"
]
FORMS: tuple[ChartForm, ...] = get_args(ChartForm)
EMPTY = Fraction(3, 10)  # of the axis: so much above the highest number is no use
FOOT = Fraction(3, 20)  # of the axis: as much room as the figure of a trough takes
CUT = Fraction(1, 4)  # of the highest value: lines that move less may leave zero out


def drawn_as(spec: ChartSpec) -> Drawn:
    """Two years are points on one line; what would be many small panels is one chart: of lines, or of shades."""
    if spec.form == "slope":
        return "dumbbell"
    if spec.form == "small_multiples":
        return "line" if len(spec.series) <= MOST_PANELS else "heat_map"
    return spec.form


def exact_number(point: Point) -> Fraction | None:
    exact = point.figure.value.exact
    return None if isinstance(exact, Gap) else Fraction(exact)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is asked for, with the questions that every form has. Lengths are in points."""

    spec: ChartSpec
    form: Drawn
    edition: Edition
    theme: Theme
    factor: Fraction
    width: float
    height: float

    @property
    def languages(self) -> tuple[Language, ...]:
        return ("zh", "en") if self.edition == "both" else (self.edition,)

    def number(self, point: Point) -> Fraction | None:
        """The exact number in the printed unit; None for a gap."""
        exact = exact_number(point)
        return None if exact is None else exact / self.factor

    def level(self, point: Point) -> Fraction:
        return self.number(point) or Fraction(0)

    def numbers(self) -> list[Fraction]:
        known = (number for point in self.spec.points if (number := self.number(point)) is not None)
        return [*known, *self.targets()]

    def targets(self) -> list[Fraction]:
        return [number for point in self.spec.target if (number := self.number(point)) is not None]

    def say(self, text: Text) -> str:
        """One line in the edition's languages: `財稅 Tax`."""
        return " ".join(self.halves(text))

    def halves(self, text: Text) -> tuple[str, ...]:
        return tuple(dict.fromkeys(half for language in self.languages if (half := text.say(language))))

    def place(self, x: int | str) -> int:
        """Where on its axis: a line runs through the years as they pass, bars stand side by side."""
        if self.form in ("line", "spark") and isinstance(x, int):
            return int(x)
        return [place for place, _ in self.spec.xs].index(x)

    def of(self, series: str) -> list[Point]:
        """The points of a series in the order of the axis."""
        return sorted((p for p in self.spec.points if p.series == series), key=lambda p: self.place(p.x))

    def known(self, series: str) -> list[Point]:
        return [point for point in self.of(series) if self.number(point) is not None]

    def inks(self) -> dict[str, str]:
        """The colour of each series; when more than six share a chart, only the highlighted one has one."""
        series, colour = self.spec.series, self.theme.colour
        many = len(series) > MOST_SERIES
        own = [colour["neutral"]] * len(series) if many else self.theme.palette
        return {
            one.id: colour["accent"] if one.id == self.spec.highlight else own[at]
            for at, one in enumerate(series)
        }


# ---- the value axis -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A linear scale of exact numbers, with its ticks."""

    low: Fraction
    high: Fraction
    ticks: tuple[Fraction, ...] = ()
    digits: int = 0

    @property
    def cut(self) -> bool:
        return self.low > 0

    def share(self, number: Fraction) -> float:
        """0 at the low end, 1 at the high one."""
        return float((number - self.low) / (self.high - self.low))

    def y(self, number: Fraction, height: float) -> float:
        """From the top of a plot of this height."""
        return height * (1 - self.share(number))

    def labels(self) -> list[str]:
        return [grouped(half_up(tick, self.digits)) for tick in self.ticks]


_SIZES: Mapping[Edition, tuple[tuple[int, str], ...]] = {
    "zh": ((10**8, "large"), (10**4, "middle")),
    "en": ((10**9, "large"), (10**6, "middle")),
}


def tick_labels(job: Job, axis: Axis) -> list[str]:
    """The numbers of the axis; of figures in single pieces all in one larger unit where one language says it: 50萬, 1.5 million.

    Both languages together have none in common: 萬 is no power of a thousand.
    """
    for size, name in _SIZES.get(job.edition, ()) if job.factor == 1 else ():
        tenths = [tick * 10 / size for tick in axis.ticks]
        if max(map(abs, axis.ticks)) >= size and all(tenth.denominator == 1 for tenth in tenths):
            digits = int(any(tenth % 10 for tenth in tenths))
            sign = message(f"charts.{name}").say(job.languages[0])
            numbers = [grouped(half_up(tick / size, digits)) for tick in axis.ticks]
            return [number + sign if tick else "0" for tick, number in zip(axis.ticks, numbers, strict=True)]
    return axis.labels()


def round_steps(low: Fraction, high: Fraction, most: int) -> tuple[list[Fraction], int]:
    """Round ticks that enclose low..high, at most `most` intervals, and the decimals that they need."""
    if low == high:
        low, high = (low - abs(low) / 2, high + abs(high) / 2) if low else (Fraction(0), Fraction(1))
    power = math.floor(math.log10((high - low) / most))
    for exponent in (power, power + 1, power + 2):
        for lead in (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5)):
            step = lead * Fraction(10) ** exponent
            first, last = math.floor(low / step), math.ceil(high / step)
            if last - first <= most:
                digits = max(0, -exponent + (lead.denominator == 2))
                return [step * number for number in range(first, last + 1)], digits
    raise AssertionError("no step found")


def _ends_of_axis(numbers: Sequence[Fraction], zero: bool = False) -> tuple[Fraction, Fraction]:
    """The lowest and the highest number, or zero: a line may leave it out where it would else run flat, a bar never."""
    low, high = min(numbers), max(numbers)
    if zero or low <= 0 or low == high or high - low >= CUT * high:
        return min(low, Fraction(0)), max(high, Fraction(0))
    return low, high


def round_axis(numbers: Sequence[Fraction], height: float, *, zero: bool) -> Axis:
    """About four round ticks, at least 26 points from one another."""
    most = max(2, min(5, int(height / 26)))
    low, high = _ends_of_axis(numbers, zero)
    ticks, digits = round_steps(low, high, most)
    step = ticks[1] - ticks[0]
    if ticks[0] > step and low - ticks[0] < FOOT * (ticks[-1] - ticks[0]):
        ticks = [ticks[0] - step, *ticks]  # the axis is cut: below a trough is room for its figure
    if len(ticks) > 2 and high > low and ticks[-1] - high > EMPTY * (ticks[-1] - ticks[0]):
        return Axis(low=ticks[0], high=high, ticks=tuple(ticks[:-1]), digits=digits)
    return Axis(low=ticks[0], high=ticks[-1], ticks=tuple(ticks), digits=digits)


def close_axis(numbers: Sequence[Fraction]) -> Axis:
    """From the lowest number to the highest, without ticks."""
    low, high = min(numbers), max(numbers)
    return Axis(low=low, high=high if high > low else low + 1)


# ---- lines ----------------------------------------------------------------------------------


def parts(job: Job, points: Iterable[Point]) -> list[list[Point]]:
    """Runs of points that may be joined: cut at gaps, at missing years and at a break of the series."""
    runs: list[list[Point]] = [[]]
    cuts = {one.at for one in job.spec.breaks}
    order = {x: number for number, (x, _) in enumerate(job.spec.xs)}
    for point in points:
        last = runs[-1][-1] if runs[-1] else None
        if job.number(point) is None:
            runs.append([])
            continue
        if last is not None:
            apart = order[point.x] - order[last.x] > 1
            if apart or any(int(last.x) < cut <= int(point.x) for cut in cuts):
                runs.append([])
        runs[-1].append(point)
    return [run for run in runs if run]


def gap_places(job: Job, series: str) -> list[tuple[Point, Fraction]]:
    """The gaps of a line and where their symbols stand: in the hole, on the way between its neighbours."""
    known = [(job.place(p.x), number) for p in job.of(series) if (number := job.number(p)) is not None]
    found = []
    for point in job.of(series):
        if point.figure.gap and known:
            at = job.place(point.x)
            before = max((one for one in known if one[0] < at), default=None)
            after = min((one for one in known if one[0] > at), default=None)
            (a, y), (b, z) = before or after or known[0], after or before or known[0]
            found.append((point, y if a == b else y + (z - y) * Fraction(at - a, b - a)))
    return found


def turning_points(job: Job, axis: Axis, width: float, height: float) -> list[tuple[Point, float, bool]]:
    """Peak (True) and trough of the comparable years, and the peak of those before, with the place of their figures.

    Left out where a line or another figure is, or the foot of the plot. The last year is named at the end of its line.
    """
    small, spec = job.theme.type["chart_small"], job.spec
    first = job.place(spec.xs[0][0]) - 0.5
    year = width / (job.place(spec.xs[-1][0]) + 0.5 - first)

    def at(point: Point) -> tuple[float, float]:
        return (job.place(point.x) - first) * year, axis.y(job.level(point), height)

    drawn = [job.of(one.id) for one in spec.series] + [list(spec.target)]
    curves = [[at(point) for point in run] for line in drawn for run in parts(job, line)]
    for gap, number in (gap for one in spec.series for gap in gap_places(job, one.id)):
        x, y = at(gap)[0], axis.y(number, height)
        curves.append([(x - 4, y - 3), (x + 4, y + 3)])
    turning: list[tuple[Point, float, bool]] = []
    for line in drawn[:-1] if len(spec.series) <= 3 else ():
        runs = parts(job, line)
        for run in runs:
            low, high = min(run, key=job.level), max(run, key=job.level)
            for point, peak in ((high, True), (low, False)) if run is runs[-1] else ((high, True),):
                half = text_width(point.figure.plain, small) / 2 + 2
                x, y = at(point)
                x = max(x, at(run[0])[0] - year / 2 + half)  # the label stays on this side of a break
                top, foot = (y - small - 5, y - 4) if peak else (y + 4, y + small + 5)
                box = (x - half, top, x + half, foot)
                if len(run) > 2 and point is not runs[-1][-1] and foot < height and not _meets(box, curves):
                    turning.append((point, first + x / year, peak))
                    curves.append([(box[0], top), (box[2], foot)])
    return turning


def _meets(box: tuple[float, float, float, float], curves: Iterable[Sequence[tuple[float, float]]]) -> bool:
    """Whether a curve runs through the box; looked at in steps, for a label is wider than a twentieth of any stretch."""
    return any(
        box[0] <= ax + (bx - ax) * step / 20 <= box[2] and box[1] <= ay + (by - ay) * step / 20 <= box[3]
        for curve in curves
        for (ax, ay), (bx, by) in pairwise(curve)
        for step in range(21)
    )


# ---- labels at the end ----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class End:
    """The label at the end of a series: its last figure, below it the name."""

    value: str
    name: tuple[str, ...]
    ink: str
    y: float  # from the plot's top, where its mark is
    middle: float = 0.0  # where the label finds room

    def width(self, job: Job) -> float:
        size, small = job.theme.type["chart"], job.theme.type["chart_small"]
        return max(text_width(self.value, size, 500), *(text_width(line, small) for line in (*self.name, "")))

    def height(self, job: Job) -> float:
        size, small = job.theme.type["chart"], job.theme.type["chart_small"]
        return 1.2 * (size * bool(self.value) + small * len(self.name))


def name_lines(job: Job, label: Text) -> tuple[str, ...]:
    """A name in one line; each language in its own where it would take a sixth of the chart, and very long ones in two."""
    small, most = job.theme.type["chart_small"], 0.17 * job.width
    if text_width(job.say(label), small) <= most:
        return (job.say(label),)
    return tuple(
        line for half in job.halves(label) for line in _halved(half, text_width(half, small) > 1.2 * most)
    )


def _halved(name: str, long: bool) -> tuple[str, ...]:
    """Parted at the space that is nearest to the middle."""
    spaces = [at for at, letter in enumerate(name) if letter == " "]
    if not long or not spaces:
        return (name,)
    middle = min(spaces, key=lambda at: abs(at - len(name) / 2))
    return name[:middle], name[middle + 1 :]


def ends(job: Job, axis: Axis, height: float) -> list[End]:
    """The labels of a chart of lines, as near to the ends of the lines as there is room."""
    spec = job.spec
    found = []
    for one in spec.series:
        if (len(spec.series) <= MOST_SERIES or one.id == spec.highlight) and (known := job.known(one.id)):
            value = next((p.figure.plain for p in job.of(one.id) if p.x == spec.xs[-1][0]), "")
            alone = len(spec.series) == 1 and one.label == spec.measure
            name, y = () if alone else name_lines(job, one.label), axis.y(job.level(known[-1]), height)
            found.append(End(value=value, name=name, ink=job.inks()[one.id], y=y))
    return found + target_end(job, axis, height)


def target_end(job: Job, axis: Axis, height: float) -> list[End]:
    known = job.targets()
    if not known or not job.spec.target_label:
        return []
    label, plain = job.spec.target_label, job.spec.target[-1].figure.plain
    said = any(plain in half for half in job.halves(label))  # `目標 100%` says its figure
    name, ink = name_lines(job, label), job.theme.colour["ink_soft"]
    return [End(value="" if said else plain, name=name, ink=ink, y=axis.y(known[-1], height))]


def apart(job: Job, labels: Sequence[End], height: float) -> list[End]:
    """The labels where they do not lie on one another: in fewer lines where all would find no room."""
    shorter = [
        labels,
        [replace(label, name=tuple(filter(None, (" ".join(label.name),)))) for label in labels],
        [replace(label, value="", name=(" ".join((label.value, *label.name)),)) for label in labels],
    ]
    room = height + 8 + (labels[0].height(job) / 2 if labels else 0)
    fitting = (some for some in shorter if sum(label.height(job) + 2 for label in some) <= room)
    fit = next(fitting, shorter[-1])
    highs = [label.height(job) + 2 for label in fit]
    middles = spread([label.y for label in fit], highs, height + 8 - room, height + 8)
    return [replace(label, middle=middle) for label, middle in zip(fit, middles, strict=True)]


# ---- rankings and two years -----------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    id: int | str
    label: Text
    point: Point
    target: Point | None


def ranked_members(spec: ChartSpec) -> list[Member]:
    """Best first: the highest, or the lowest where low is better; members without a figure last.

    The members are the places of the axis, or the series when there is one place only.
    """
    by_x = len(spec.xs) > 1 or len(spec.series) == 1
    pairs = spec.xs if by_x else tuple((one.id, one.label) for one in spec.series)

    def by_member(points: Sequence[Point]) -> Mapping[int | str, Point]:
        return {(point.x if by_x else point.series): point for point in reversed(points)}

    points, targets = by_member(spec.points), by_member(spec.target)
    members = [Member(id_, label, points[id_], targets.get(id_)) for id_, label in pairs if id_ in points]
    sign = 1 if spec.better == "low" else -1

    def rank(member: Member) -> tuple[bool, Fraction]:
        exact = exact_number(member.point)
        return exact is None, sign * (exact or Fraction(0))

    return sorted(members, key=rank)
