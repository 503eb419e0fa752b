"""The forms of chart, one function each: puts the marks, labels and figures of a specification on a canvas.

It takes specifications that passed the checks of `drawing`, and never meets the engine that draws.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from reportgen.model import ChartSpec, Point, Text
from reportgen.model.formats import grouped, half_up
from reportgen.write.charts.canvas import (
    Axis,
    Canvas,
    Entry,
    Job,
    Rows,
    Weight,
    draw_value_axis,
    foot_height,
    left_margin,
    place_labels,
    px,
    round_axis,
    round_steps,
    sign_row,
    spread,
    text_width,
    write_head,
    write_legend,
)


def _parts(job: Job, points: Sequence[Point]) -> list[list[Point]]:
    """Runs of points that may be joined: cut at gaps, at missing years and at a break of the series."""
    parts: list[list[Point]] = [[]]
    cuts = {one.roc_year for one in job.spec.breaks}
    order = {x: number for number, (x, _) in enumerate(job.spec.xs)}
    for point in points:
        last = parts[-1][-1] if parts[-1] else None
        if job.number(point) is None:
            parts.append([])
            continue
        if last is not None:
            apart = order[point.x] - order[last.x] > 1
            if apart or any(int(last.x) < cut <= int(point.x) for cut in cuts):
                parts.append([])
        parts[-1].append(point)
    return [part for part in parts if part]


def _numbers(job: Job) -> list[Fraction]:
    return [n for point in job.spec.points + job.spec.target if (n := job.number(point)) is not None]


_TARGET = "\N{SYMBOL FOR NULL}target"  # an id that no series has


@dataclass(frozen=True)
class _End:
    """A label at the end of a line."""

    name: tuple[str, ...]
    value: str
    ink: str
    y: float


def _line(job: Job, canvas: Canvas) -> None:
    spec, theme = job.spec, job.theme
    size, small, colour = theme.type["chart"], theme.type["chart_small"], theme.colour
    top = write_head(job, canvas)
    bottom = canvas.height - foot_height(job)
    inks = dict(zip((one.id for one in spec.series), job.inks(), strict=True))
    named = [one for one in spec.series if len(spec.series) <= 6 or one.id == spec.highlight]
    direct = len(named) <= 5
    strip = _mark_rows(job, canvas) * small * 1.4
    axis = round_axis(_numbers(job), bottom, top + strip + 6, zero=False)
    ends = _ends(job, axis, inks, [one.id for one in named])
    twofold = job.edition == "both" and any(_end_width(job, end, False) > 0.24 * canvas.width for end in ends)
    high = size * 1.25 + (small * 1.2 if twofold else 0)
    places = spread([end.y for end in ends], high, top - 2, bottom + 8) if direct else None
    if places is None or any(abs(place - end.y) > 3 * high for place, end in zip(places, ends, strict=True)):
        direct = False
        entries = [
            Entry(job.say(one.label), inks[one.id], dash, shape)
            for one, dash, shape in zip(spec.series, job.dashes(), job.shapes(), strict=True)
            if one in named
        ]
        if spec.target and spec.target_label:
            entries.append(Entry(job.say(spec.target_label), colour["accent"], (3, 2)))
        top = write_legend(job, canvas, top, entries)
        axis = round_axis(_numbers(job), bottom, top + strip + 6, zero=False)
        ends = [
            _End((), end.value, end.ink, end.y) for end in _ends(job, axis, inks, [one.id for one in named])
        ]
        places = spread([end.y for end in ends], size * 1.2, top, bottom + 6) or [end.y for end in ends]
        twofold = False
    left = left_margin(job, axis)
    right = canvas.width - max([_end_width(job, end, twofold) for end in ends], default=0) - 12
    first, last = int(spec.xs[0][0]), int(spec.xs[-1][0])
    pad = 8.0
    span = max(1, last - first)

    def across(year: float) -> float:
        return left + pad + (right - left - 2 * pad) * (year - first) / span

    draw_value_axis(job, canvas, axis, left, right)
    place_labels(job, canvas, [across(int(x)) for x, _ in spec.xs], bottom, left)
    _draw_marks(job, canvas, across, top, bottom, left, right)
    _draw_lines(job, canvas, axis, across, bottom)
    for end, place in zip(ends, places, strict=True):
        _write_end(job, canvas, end, place, across(last), right, twofold)


def _end_width(job: Job, end: _End, twofold: bool) -> float:
    size, small = job.theme.type["chart"], job.theme.type["chart_small"]
    value = text_width(end.value, size, 500)
    if not end.name:
        return value
    if twofold and len(end.name) > 1:
        return max(text_width(end.name[0], size) + 4 + value, text_width(end.name[1], small))
    return text_width(" ".join(end.name), size) + 4 + value


def _write_end(
    job: Job, canvas: Canvas, end: _End, place: float, x: float, right: float, twofold: bool
) -> None:
    size, small, colour = job.theme.type["chart"], job.theme.type["chart_small"], job.theme.colour
    start = right + 8
    if abs(place - end.y) > 3.5:
        canvas.rule(x + 4, end.y, start - 2, place, end.ink, 0.5)
    base = place + size * 0.36 - (small * 0.6 if twofold and len(end.name) > 1 else 0)
    if end.name:
        first = end.name[0] if twofold else " ".join(end.name)
        canvas.word(start, base, first, size)
        start += text_width(first, size) + 4
        if twofold and len(end.name) > 1:
            canvas.word(right + 8, base + small * 1.2, end.name[1], small, colour["ink_soft"])
    canvas.word(start, base, end.value, size, weight=500)


def _ends(job: Job, axis: Axis, inks: Mapping[str, str], ids: Sequence[str]) -> list[_End]:
    found = []
    last_x = job.spec.xs[-1][0]
    for one in job.spec.series:
        points = job.of(one.id)
        drawn = [point for point in points if job.number(point) is not None]
        if one.id in ids and drawn:
            value = next((point.figure.plain for point in points if point.x == last_x), "")
            y = axis.at(job.number(drawn[-1]) or Fraction(0))
            alone = len(job.spec.series) == 1 and one.label == job.spec.measure and not job.spec.target
            found.append(_End(() if alone else job.halves(one.label), value, inks[one.id], y))
    drawn = [point for point in job.spec.target if job.number(point) is not None]
    if drawn and job.spec.target_label:
        y = axis.at(job.number(drawn[-1]) or Fraction(0))
        label = job.halves(job.spec.target_label)
        found.append(_End(label, drawn[-1].figure.plain, job.theme.colour["accent"], y))
    return found


def _mark_rows(job: Job, canvas: Canvas) -> int:
    """Lines of words that the labels of the breaks and events take above the plot."""
    labels = [one.label for one in job.spec.breaks] + [one.label for one in job.spec.events]
    return sum(len(_mark_lines(job, canvas, label)) for label in labels)


def _mark_lines(job: Job, canvas: Canvas, label: Text) -> tuple[str, ...]:
    whole = job.say(label)
    return (
        (whole,)
        if text_width(whole, job.theme.type["chart_small"]) < 0.45 * canvas.width
        else job.halves(label)
    )


def _draw_marks(
    job: Job,
    canvas: Canvas,
    across: Callable[[float], float],
    top: float,
    bottom: float,
    left: float,
    right: float,
) -> None:
    """A broken rule where a series breaks, a firm one in the year of an event; each begins at its words."""
    small, colour = job.theme.type["chart_small"], job.theme.colour
    y = top
    marks: list[tuple[float, Text, str, tuple[float, ...]]] = []
    marks += [(one.roc_year - 0.5, one.label, colour["ink_soft"], (2, 2)) for one in job.spec.breaks]
    marks += [(one.roc_year, one.label, colour["rule"], ()) for one in job.spec.events]
    for year, label, ink, dash in marks:
        x = across(year)
        if not left <= x <= right:
            continue
        canvas.rule(x, y, x, bottom, ink, 0.7, dash, under=not dash)
        lines = _mark_lines(job, canvas, label)
        fits = x + 4 + max(text_width(words, small) for words in lines) <= canvas.width
        for words in lines:
            wide, middle = text_width(words, small) + 4, y + small * 0.6
            edge = x + 2 if fits else x - 2 - wide  # the rules of earlier marks stop beside the words
            canvas.rule(edge, middle, edge + wide, middle, colour["paper"], small * 1.3, under=True)
            canvas.word(
                x + 4 if fits else x - 4,
                y + small * 0.95,
                words,
                small,
                colour["ink_soft"],
                "left" if fits else "right",
            )
            y += small * 1.4


def _draw_lines(
    job: Job, canvas: Canvas, axis: Axis, across: Callable[[float], float], bottom: float
) -> None:
    """The lines of all series and of the target, a point for each figure, the symbols of the gaps."""
    spec, colour, size = job.spec, job.theme.colour, job.theme.type["chart"]
    lines: Rows = []
    points: Rows = []
    many = len(spec.series) > 6
    inks = dict(zip((one.id for one in spec.series), job.inks(), strict=True))
    # The highlighted series last, for what is drawn later lies on top.
    for one in sorted(spec.series, key=lambda one: one.id == spec.highlight):
        parts = _parts(job, job.of(one.id))
        for number, part in enumerate(parts):
            for point in part:
                row = {
                    "x": px(across(int(point.x))),
                    "y": float(job.number(point) or 0),
                    "series": one.id,
                    "part": f"{one.id} {number}",
                }
                lines.append(row)
                if not many or one.id == spec.highlight or len(part) == 1:
                    last = point is parts[-1][-1] and len(part) > 1
                    points.append(row | {"size": 26 if last else 12})
        if many and one.id != spec.highlight:
            continue
        for point, y in _gap_places(job, axis, one.id):
            _gap_sign(canvas, across(int(point.x)), y, point.figure.plain, size, inks[one.id])
    target = [point for point in spec.target if job.number(point) is not None]
    for number, part in enumerate(_parts(job, target)):
        for point in part:
            row = {"x": px(across(int(point.x))), "y": float(job.number(point) or 0), "series": _TARGET}
            lines.append(row | {"part": f"{_TARGET} {number}"})
    ids = [one.id for one in spec.series]
    thick = [2.0 if one == spec.highlight else (0.8 if many else 1.5) for one in ids]
    scales = {
        "x": {"domain": [0, canvas.width], "range": [0, canvas.width], "zero": False, "nice": False},
        "y": axis.scale(),
        "color": {"domain": [*ids, _TARGET], "range": [*job.inks(), colour["accent"]]},
    }
    canvas.layer(
        "lines",
        lines,
        **scales,
        strokeDash={"domain": [*ids, _TARGET], "range": [*job.dashes(), [3, 2]]},
        strokeWidth={"domain": [*ids, _TARGET], "range": [*thick, 1.2]},
    )
    canvas.layer("points", points, **scales, shape={"domain": ids, "range": job.shapes()})


def _gap_places(job: Job, axis: Axis, series: str) -> list[tuple[Point, float]]:
    """The gaps of a line and where their symbols stand: in the hole, on the way between its neighbours."""
    points = job.of(series)
    order = {x: number for number, (x, _) in enumerate(job.spec.xs)}
    known = [(order[p.x], axis.at(number)) for p in points if (number := job.number(p)) is not None]
    found = []
    for point in points:
        if point.figure.gap and known:
            at = order[point.x]
            before = max((one for one in known if one[0] < at), default=None)
            after = min((one for one in known if one[0] > at), default=None)
            (a, y), (b, z) = before or after or known[0], after or before or known[0]
            found.append((point, y if a == b else y + (z - y) * (at - a) / (b - a)))
    return found


def _gap_sign(canvas: Canvas, x: float, y: float, symbol: str, size: float, ink: str = "") -> None:
    """The symbol of a missing figure; a blank cell has none, so a small open dash stands for it."""
    ink = ink or canvas.theme.colour["ink_soft"]
    if symbol:
        canvas.word(x, y + size * 0.36, symbol, size, ink, "center", 500)
    else:
        canvas.rule(x - 2.5, y, x + 2.5, y, ink, 0.8, (1, 1))


@dataclass(frozen=True, kw_only=True)
class _Bands:
    """Places of equal width along an axis; the same arithmetic as Vega's band scale without rounding."""

    count: int
    start: float
    end: float
    inner: float
    outer: float

    @property
    def step(self) -> float:
        return (self.end - self.start) / (self.count - self.inner + 2 * self.outer)

    @property
    def width(self) -> float:
        return self.step * (1 - self.inner)

    def left(self, number: int) -> float:
        return self.start + self.step * (self.outer + number)

    def middle(self, number: int) -> float:
        return self.left(number) + self.width / 2

    def scale(self, domain: Sequence[int | str]) -> dict[str, Any]:
        return {
            "domain": list(domain),
            "range": [px(self.start), px(self.end)],
            "paddingInner": self.inner,
            "paddingOuter": self.outer,
            "round": False,
        }


def _columns(job: Job, canvas: Canvas) -> None:
    """Grouped and stacked columns over years or members."""
    spec, theme = job.spec, job.theme
    small, colour = theme.type["chart_small"], theme.colour
    stacked = spec.form == "stacked_bar"
    ids = [one.id for one in spec.series]
    inks = job.inks() if len(ids) > 1 else [colour["lead_mid"]]
    top = write_head(job, canvas)
    entries = [
        Entry(job.say(one.label), ink, shape="box") for one, ink in zip(spec.series, inks, strict=True)
    ]
    if spec.target and spec.target_label:
        entries.append(Entry(job.say(spec.target_label), colour["accent"]))
    if len(entries) > 1:
        top = write_legend(job, canvas, top, entries)
    bottom = canvas.height - foot_height(job)
    strip = _mark_rows(job, canvas) * small * 1.4
    rows, highs = _column_rows(job, stacked)
    numbers = [n for row in rows for n in (row["exact"], row["exact2"])] + _target_numbers(job)
    axis = round_axis(numbers or [Fraction(0)], bottom, top + strip + 9, zero=True)
    left, right = left_margin(job, axis), canvas.width
    xs = [x for x, _ in spec.xs]
    # Few columns stay columns: no wider than this, however much room there is.
    widest = 56 if stacked else 34 * len(ids)
    inner = max(0.3 if stacked or len(ids) == 1 else 0.22, 1 - widest * len(xs) / (right - left))
    bands = _Bands(count=len(xs), start=left, end=right, inner=round(inner, 4), outer=0.2)
    draw_value_axis(job, canvas, axis, left, right)
    place_labels(job, canvas, [bands.middle(n) for n in range(len(xs))], bottom, left)

    def across(year: float) -> float:
        return bands.left(0) + bands.width / 2 + bands.step * (year - int(xs[0]))

    if (spec.breaks or spec.events) and isinstance(xs[0], int):
        _draw_marks(job, canvas, across, top, bottom, left, right)
    scales = {"x": bands.scale(xs), "y": axis.scale(), "color": {"domain": ids, "range": inks}}
    shown = [{key: row[key] for key in ("x", "series", "y", "y2")} for row in rows]
    if stacked:
        canvas.layer("columns", shown, **scales)
    else:
        canvas.layer(
            "grouped", shown, **scales, xOffset={"domain": ids, "paddingInner": 0.08, "paddingOuter": 0}
        )
    _column_words(job, canvas, axis, bands, rows, stacked, highs)
    for point in spec.target:
        if (number := job.number(point)) is not None:
            at = bands.left(xs.index(point.x))
            canvas.rule(at - 2, axis.at(number), at + bands.width + 2, axis.at(number), colour["accent"], 1.4)


def _target_numbers(job: Job) -> list[Fraction]:
    return [n for point in job.spec.target if (n := job.number(point)) is not None]


def _column_rows(job: Job, stacked: bool) -> tuple[Rows, dict[int | str, Fraction]]:
    """The columns with both ends; stacked exactly, not in floating point."""
    rows: Rows = []
    highs: dict[int | str, Fraction] = {}
    lows: dict[int | str, Fraction] = {}
    for one in job.spec.series:
        for point in job.of(one.id):
            number = job.number(point)
            if number is None:
                continue
            base = Fraction(0)
            if stacked:
                heap = highs if number >= 0 else lows
                base = heap.get(point.x, Fraction(0))
                heap[point.x] = number = base + number
            rows.append(
                {
                    "x": point.x,
                    "series": one.id,
                    "y": float(number),
                    "y2": float(base),
                    "exact": number,
                    "exact2": base,
                    "plain": point.figure.plain,
                }
            )
    return rows, highs


def _column_words(
    job: Job,
    canvas: Canvas,
    axis: Axis,
    bands: _Bands,
    rows: Rows,
    stacked: bool,
    highs: Mapping[int | str, Fraction],
) -> None:
    """Printed figures on the columns where there is room for all of them, and the symbols of the gaps."""
    spec, small = job.spec, job.theme.type["chart_small"]
    xs = [x for x, _ in spec.xs]
    ids = [one.id for one in spec.series]
    inks = dict(zip(ids, job.inks(), strict=True))
    slot = bands.width if stacked else bands.width / len(ids)
    room = slot - 2 if stacked else slot + 1
    fits = all(text_width(row["plain"], small) <= room for row in rows)
    for row in rows if fits else ():
        x = (
            bands.middle(xs.index(row["x"]))
            if stacked
            else _slot(bands, xs.index(row["x"]), ids.index(row["series"]), len(ids))
        )
        one, other = axis.at(row["exact"]), axis.at(row["exact2"])
        if not stacked and spec.target and row["exact"] > 0:
            # Beside the line of a target a figure would be struck through: it stands at the foot of its column.
            ink = job.theme.ink_on(inks[row["series"]] if len(ids) > 1 else job.theme.colour["lead_mid"])
            canvas.word(x, other - 3.5, row["plain"], small, ink, "center")
        elif not stacked:
            y = one - 3 if row["exact"] >= 0 else one + small
            half = text_width(row["plain"], small) / 2 + 1.5  # the grid stops beside the figure
            middle = y - small * 0.36
            canvas.rule(x - half, middle, x + half, middle, job.theme.colour["paper"], small, under=True)
            canvas.word(x, y, row["plain"], small, align="center")
        elif abs(one - other) >= small * 1.25:
            ink = job.theme.ink_on(inks[row["series"]])
            canvas.word(x, (one + other) / 2 + small * 0.36, row["plain"], small, ink, "center")
    stacks: dict[int | str, int] = {}
    for point in spec.points:
        if point.figure.gap:
            at = xs.index(point.x)
            if stacked:
                x, y = bands.middle(at), axis.at(highs.get(point.x, Fraction(0))) - small * 0.6
                y -= small * stacks.setdefault(point.x, 0)
                stacks[point.x] += 1
            else:
                x, y = _slot(bands, at, ids.index(point.series), len(ids)), axis.at(Fraction(0)) - small * 0.6
            _gap_sign(canvas, x, y, point.figure.plain, small)


def _slot(bands: _Bands, number: int, series: int, count: int) -> float:
    return bands.left(number) + bands.width * (series + 0.5) / count


@dataclass(frozen=True)
class Member:
    id: int | str
    label: Text
    point: Point | None
    target: Point | None


def ranked_members(spec: ChartSpec) -> list[Member]:
    """The members of a ranking: the places of the axis, or the series when there is one place only."""
    by_x = len(spec.xs) > 1 or len(spec.series) == 1
    pairs = spec.xs if by_x else tuple((one.id, one.label) for one in spec.series)

    def of(points: Sequence[Point], member: int | str) -> Point | None:
        return next((p for p in points if (p.x if by_x else p.series) == member), None)

    return [
        Member(member, label, of(spec.points, member), of(spec.target, member)) for member, label in pairs
    ]


def _ranked(job: Job, canvas: Canvas) -> None:
    """Bars in their order; with a target the figures stand in a column of their own, clear of its line."""
    spec, theme = job.spec, job.theme
    size, colour = theme.type["chart"], theme.colour
    top = write_head(job, canvas)
    if spec.target and spec.target_label:
        top = write_legend(job, canvas, top, [Entry(job.say(spec.target_label), colour["accent"])])
    bottom = canvas.height - 2
    members = _ordered(job)
    labels = [job.say(member.label) for member, _ in members]
    bands = _Bands(count=len(members), start=top, end=bottom, inner=0.32, outer=0.1)
    figures = max(text_width(point.figure.plain, size, 500) for _, point in members) + 6
    names = max(text_width(label, size, 500) for label in labels) + 2
    low, high = min(*_numbers(job), Fraction(0)), max(*_numbers(job), Fraction(0))
    apart = bool(spec.target)
    left = names + 6 + (figures if low < 0 and not apart else 0)
    axis = Axis(low=low, high=high, ticks=(), digits=0, start=left, end=canvas.width - figures)
    zero = axis.at(Fraction(0))
    rows: Rows = []
    for at, ((member, point), label) in enumerate(zip(members, labels, strict=True)):
        stressed = member.id == spec.highlight
        weight: Weight = 500 if stressed else 400
        base = bands.middle(at) + size * 0.36
        canvas.word(names, base, label, size, align="right", weight=weight)
        number = job.number(point)
        plain = point.figure.plain
        if number is not None:
            ink = (
                colour["accent"] if stressed else colour["neutral"] if spec.highlight else colour["lead_mid"]
            )
            rows.append({"x": float(number), "x2": 0.0, "y": str(member.id), "ink": ink})
        if apart:
            canvas.word(canvas.width, base, plain, size, align="right", weight=weight)
        elif number is None:
            _gap_sign(canvas, zero + 8, bands.middle(at), plain, size)
        elif number >= 0:
            canvas.word(axis.at(number) + 4, base, plain, size, weight=weight)
        else:
            canvas.word(axis.at(number) - 4, base, plain, size, align="right", weight=weight)
    canvas.layer("bars", rows, x=axis.scale(), y=bands.scale([str(member.id) for member, _ in members]))
    canvas.rule(zero, top, zero, bottom, colour["rule"], 0.7)
    targets = [
        (at, number)
        for at, (member, _) in enumerate(members)
        if (number := _member_target(job, member)) is not None
    ]
    if len(targets) == len(members) and len({number for _, number in targets}) == 1:
        x = axis.at(targets[0][1])
        canvas.rule(x, top, x, bottom, colour["accent"], 1.2)
        return
    for at, number in targets:
        x = axis.at(number)
        canvas.rule(x, bands.left(at) - 1.5, x, bands.left(at) + bands.width + 1.5, colour["accent"], 1.4)


def _member_target(job: Job, member: Member) -> Fraction | None:
    return job.number(member.target) if member.target else None


def _ordered(job: Job) -> list[tuple[Member, Point]]:
    """Best first: the highest, or the lowest where low is better; members without a figure last."""
    sign = 1 if job.spec.better == "low" else -1

    def key(pair: tuple[Member, Point]) -> tuple[bool, Fraction]:
        number = job.number(pair[1])
        return number is None, sign * (number or Fraction(0))

    return sorted(((one, one.point) for one in ranked_members(job.spec) if one.point), key=key)


def _heat(job: Job, canvas: Canvas) -> None:
    spec, theme = job.spec, job.theme
    size, small, colour = theme.type["chart"], theme.type["chart_small"], theme.colour
    numbers = _numbers(job)
    steps, digits = round_steps(min(numbers), max(numbers), len(theme.ramp))
    classes = len(steps) - 1
    shades = [round(n * (len(theme.ramp) - 1) / max(1, classes - 1)) for n in range(classes)]
    top = _heat_legend(job, canvas, steps, digits, shades)
    labels = [job.say(one.label) for one in spec.series]
    xs = [x for x, _ in spec.xs]
    left = max(text_width(label, size, 500) for label in labels) + 8
    if job.edition != "en":
        left = max(left, text_width("民國年", small) + 6)
    columns = _Bands(count=len(xs), start=left, end=canvas.width, inner=0.04, outer=0)
    rows_ = _Bands(count=len(labels), start=top, end=canvas.height - foot_height(job), inner=0.08, outer=0)
    cells: Rows = []
    fits = (
        all(text_width(p.figure.plain, small) <= columns.width - 2 for p in spec.points)
        and rows_.width >= small * 1.15
    )
    ids = [one.id for one in spec.series]
    for point in spec.points:
        column, row = xs.index(point.x), ids.index(point.series)
        x, y = columns.middle(column), rows_.middle(row)
        number = job.number(point)
        if number is None:
            box = (
                columns.left(column),
                rows_.left(row),
                columns.left(column) + columns.width,
                rows_.left(row) + rows_.width,
            )
            _missing_cell(canvas, box, point.figure.plain, small)
            continue
        at = next((n for n in range(classes) if number < steps[n + 1]), classes - 1)
        ground, ink = theme.step(shades[at])
        cells.append({"x": point.x, "y": point.series, "ink": ground})
        if fits:
            canvas.word(x, y + small * 0.36, point.figure.plain, small, ink, "center")
    canvas.layer("cells", cells, x=columns.scale(xs), y=rows_.scale(ids))
    for at, (one, label) in enumerate(zip(spec.series, labels, strict=True)):
        stressed = one.id == spec.highlight
        ink = colour["accent"] if stressed else ""
        canvas.word(
            left - 6, rows_.middle(at) + size * 0.36, label, size, ink, "right", 500 if stressed else 400
        )
    for one_break in spec.breaks:
        if one_break.roc_year in xs[1:]:
            x = columns.left(xs.index(one_break.roc_year)) - columns.step * columns.inner / 2
            canvas.rule(x, top - 2, x, canvas.height - foot_height(job) + 2, colour["ink"], 1, (2, 2))
    place_labels(
        job, canvas, [columns.middle(n) for n in range(len(xs))], canvas.height - foot_height(job) - 2, left
    )


def _heat_legend(
    job: Job, canvas: Canvas, steps: Sequence[Fraction], digits: int, shades: Sequence[int]
) -> float:
    """The classes with their limits at the top right; on a line of its own when the head is long."""
    small, soft = job.theme.type["chart_small"], job.theme.colour["ink_soft"]
    labels = [grouped(half_up(step, digits)) for step in steps]
    wide = max(24.0, max(text_width(label, small) for label in labels) + 5)
    x = canvas.width - wide * len(shades) - text_width(labels[-1], small) / 2
    top = write_head(job, canvas)
    used = max(
        (
            row["x"] + text_width(row["t"], -row["size"], 500)
            for rows in canvas.words.values()
            for row in rows
        ),
        default=0.0,
    )
    y = 1.0 if used + 12 < x - text_width(labels[0], small) / 2 else top + 1
    signs: Rows = []
    for number, shade in enumerate(shades):
        signs.append(
            {
                "x": px(x + wide * number),
                "x2": px(x + wide * (number + 1)),
                "y": px(y + 3.5),
                "y2": px(y + 3.5),
            }
        )
        signs[-1] |= {"ink": job.theme.ramp[shade], "width": 7, "dash": []}
    canvas.layer("rules", signs)
    for number, label in enumerate(labels):
        canvas.word(x + wide * number, y + 8 + small, label, small, soft, "center")
    return max(top, y + 8 + small * 1.9)


def _missing_cell(canvas: Canvas, box: tuple[float, float, float, float], symbol: str, size: float) -> None:
    """No ground, a fine frame, and the symbol; a blank cell is struck through."""
    left, top, right, bottom = box
    ink = canvas.theme.colour["rule"]
    for one in (
        (left, top, right, top),
        (left, bottom, right, bottom),
        (left, top, left, bottom),
        (right, top, right, bottom),
    ):
        canvas.rule(*one, ink, 0.4, (1.5, 1.5))
    if symbol:
        canvas.word(
            (left + right) / 2,
            (top + bottom) / 2 + size * 0.36,
            symbol,
            size,
            canvas.theme.colour["ink_soft"],
            "center",
        )
    else:
        canvas.rule(left, bottom, right, top, ink, 0.4)


def _slope(job: Job, canvas: Canvas) -> None:
    spec, theme = job.spec, job.theme
    size, colour = theme.type["chart"], theme.colour
    top = write_head(job, canvas) + 4
    bottom = canvas.height - foot_height(job) - 2
    numbers = _numbers(job)
    low, high = min(numbers), max(numbers)
    axis = Axis(
        low=low, high=high if high > low else low + 1, ticks=(), digits=0, start=bottom - size, end=top + size
    )
    start_year, end_year = (x for x, _ in spec.xs)
    lines: list[tuple[str, Point | None, Point | None]] = []
    for one in spec.series:
        here = {point.x: point for point in job.of(one.id)}
        lines.append((one.id, here.get(start_year), here.get(end_year)))
    bold: Weight = 500
    names = {one.id: job.say(one.label) for one in spec.series}
    left = max([text_width(p.figure.plain, size, bold) for _, p, _ in lines if p], default=0) + 10
    tail = max(
        text_width(f"{names[id_]}", size, bold) + text_width(p.figure.plain, size, bold) + 5 if p else 0
        for id_, _, p in lines
    )
    # The names stand once, at the right, where the line leads to; the left end has the figure only.
    left = max(left, canvas.width * 0.08)
    right = canvas.width - tail - 14
    inks = []
    several = len(spec.series) > 6 or bool(spec.highlight)
    for (id_, _, _), own in zip(lines, job.inks(), strict=True):
        inks.append(colour["accent"] if id_ == spec.highlight else colour["neutral"] if several else own)
    for side, x in ((0, left), (1, right)):
        canvas.rule(x, top - 2, x, bottom + 2, colour["grid"], 0.7, under=True)
        _slope_words(job, canvas, axis, lines, names, side, x, top, bottom)
    rows: Rows = []
    for id_, first, last in lines:
        for x, point in ((left, first), (right, last)):
            number = job.number(point) if point else None
            if number is not None:
                rows.append({"x": px(x), "y": float(number), "series": id_, "part": id_, "size": 26})
    ids = [one.id for one in spec.series]
    horizontal = {"domain": [0, canvas.width], "range": [0, canvas.width], "zero": False, "nice": False}
    ranges = {"color": {"domain": ids, "range": inks}}
    thick = [2.0 if one == spec.highlight else 1.1 for one in ids]
    canvas.layer(
        "lines",
        rows,
        x=horizontal,
        y=axis.scale(),
        **ranges,
        strokeDash={"domain": ids, "range": [[] for _ in ids]},
        strokeWidth={"domain": ids, "range": thick},
    )
    canvas.layer(
        "points",
        rows,
        x=horizontal,
        y=axis.scale(),
        **ranges,
        shape={"domain": ids, "range": ["circle" for _ in ids]},
    )
    place_labels(job, canvas, [left, right], bottom + 2, 0)


def _slope_words(
    job: Job,
    canvas: Canvas,
    axis: Axis,
    lines: Sequence[tuple[str, Point | None, Point | None]],
    names: Mapping[str, str],
    side: int,
    x: float,
    top: float,
    bottom: float,
) -> None:
    size, colour = job.theme.type["chart"], job.theme.colour
    shown: list[tuple[str, Point, float]] = []
    for id_, *both in lines:
        point = both[side]
        if point is not None:
            number = job.number(point)
            shown.append((id_, point, bottom if number is None else axis.at(number)))
    places = spread([y for _, _, y in shown], size * 1.16, top - 4, bottom + 4)
    for (id_, point, y), place in zip(shown, places or [y for _, _, y in shown], strict=True):
        weight: Weight = 500 if id_ == job.spec.highlight else 400
        base = place + size * 0.36
        out = -1 if side == 0 else 1
        if abs(place - y) > 1.5 and point.figure.gap is None:
            canvas.rule(x + out * 3, y, x + out * 8, place, colour["rule"], 0.5)
        if side == 0:
            canvas.word(x - 9, base, point.figure.plain, size, align="right", weight=weight)
            continue
        canvas.word(x + 9, base, point.figure.plain, size, weight=weight)
        widest = max(text_width(other.figure.plain, size, 500) for _, other, _ in shown)
        canvas.word(x + 9 + widest + 5, base, names[id_], size, weight=weight)


def _small_multiples(job: Job, canvas: Canvas) -> None:
    """A panel for each series, all on one scale."""
    spec, theme = job.spec, job.theme
    size, small, colour = theme.type["chart"], theme.type["chart_small"], theme.colour
    top = write_head(job, canvas)
    entries = [Entry(job.say(one.label), colour["ink_soft"], (2, 2)) for one in spec.breaks]
    if spec.target and spec.target_label:
        entries.insert(0, Entry(job.say(spec.target_label), colour["accent"], (3, 2)))
    if entries:
        top = write_legend(job, canvas, top, entries)
    count, foot = len(spec.series), foot_height(job)
    columns = _panel_columns(count)
    rows = math.ceil(count / columns)
    gap = 10.0 if rows > 1 else 0.0
    high = (canvas.height - top - foot + gap) / rows
    title_high = size + 9 + (small * 1.2 if job.edition == "both" else 0)
    shared = round_axis(_numbers(job), max(high - gap - title_high, 10), 0, zero=False, apart=15)
    left = left_margin(job, shared)
    wide = (canvas.width - left) / columns
    last = max(text_width(point.figure.plain, small, 500) for point in spec.points)
    titles = [job.halves(one.label) for one in spec.series]
    twofold = (
        any(text_width(" ".join(title), size, 500) > wide - 8 for title in titles) and job.edition == "both"
    )
    first_year, last_year = int(spec.xs[0][0]), int(spec.xs[-1][0])
    strokes: Rows = []
    signs: Rows = []
    for number, (one, title) in enumerate(zip(spec.series, titles, strict=True)):
        column, row = number % columns, number // columns
        x0 = left + wide * column + 3
        x1 = left + wide * (column + 1) - last - 12
        y = top + high * row + size
        ink = colour["accent"] if one.id == spec.highlight else colour["lead_mid"]
        stressed = colour["accent"] if one.id == spec.highlight else ""
        canvas.word(x0, y, title[0] if twofold else " ".join(title), size, stressed, weight=500)
        if twofold:
            y += small * 1.2
            canvas.word(x0, y, "".join(title[1:]), small, colour["ink_soft"])
        axis = dataclasses.replace(shared, start=top + high * (row + 1) - gap, end=y + 9)
        for tick, label in zip(axis.ticks, axis.labels(), strict=True):
            firm = tick == axis.ticks[0]
            canvas.rule(
                x0, axis.at(tick), x1 + 3, axis.at(tick), colour["rule" if firm else "grid"], 0.5, under=True
            )
            if column == 0:
                canvas.word(left - 3, axis.at(tick) + small * 0.36, label, small, colour["ink_soft"], "right")

        def across(year: float, x0: float = x0, x1: float = x1) -> float:
            return x0 + 2 + (x1 - x0 - 2) * (year - first_year) / max(1, last_year - first_year)

        _panel(job, canvas, axis, across, one.id, ink, strokes, signs)
        if number + columns >= count:
            place_labels(job, canvas, [across(int(x)) for x, _ in spec.xs], axis.start, 0, ends=True)
    canvas.layer("strokes", strokes)
    canvas.layer("signs", signs)


def _panel_columns(count: int) -> int:
    """Half as many again across as down (a page is wide), and no row with fewer panels than it must have."""
    rows = math.ceil(count / math.ceil(math.sqrt(count * 1.5)))
    return math.ceil(count / rows)


def _panel(
    job: Job,
    canvas: Canvas,
    axis: Axis,
    across: Callable[[float], float],
    series: str,
    ink: str,
    strokes: Rows,
    signs: Rows,
) -> None:
    small, colour = job.theme.type["chart_small"], job.theme.colour
    for one in job.spec.breaks:
        x = across(one.roc_year - 0.5)
        canvas.rule(x, axis.start, x, axis.end - 3, colour["ink_soft"], 0.6, (2, 2))
    points = job.of(series)
    for kind, some, stroke, dash in (
        ("t", job.spec.target, colour["accent"], [3, 2]),
        ("s", points, ink, []),
    ):
        for number, part in enumerate(_parts(job, some)):
            places = [(px(across(int(p.x))), px(axis.at(job.number(p) or Fraction(0)))) for p in part]
            name = f"{series} {kind} {number}"
            strokes += [{"x": x, "y": y, "part": name, "ink": stroke, "dash": dash} for x, y in places]
            if len(part) == 1:
                signs.append(sign_row(*places[0], stroke, "circle", 6))
    for point in points:
        if point.figure.gap:
            _gap_sign(canvas, across(int(point.x)), axis.start - small * 0.7, point.figure.plain, small)
    drawn = [point for point in points if job.number(point) is not None]
    if drawn:
        x, y = across(int(drawn[-1].x)), axis.at(job.number(drawn[-1]) or Fraction(0))
        signs.append(sign_row(x, y, ink, "circle", 16))
        canvas.word(x + 4, y + small * 0.36, drawn[-1].figure.plain, small, weight=500)


def _spark(job: Job, canvas: Canvas) -> None:
    """A trend without words for a card: the line, its breaks, the last point."""
    spec, colour = job.spec, job.theme.colour
    numbers = _numbers(job)
    low, high = min(numbers), max(numbers)
    axis = Axis(
        low=low, high=high if high > low else low + 1, ticks=(), digits=0, start=canvas.height - 4, end=4
    )
    first, last = int(spec.xs[0][0]), int(spec.xs[-1][0])

    def across(year: float) -> float:
        return 3 + (canvas.width - 7) * (year - first) / max(1, last - first)

    rows: Rows = []
    ends: Rows = []
    for one in spec.series:
        parts = _parts(job, job.of(one.id))
        for number, part in enumerate(parts):
            for point in part:
                row = {"x": px(across(int(point.x))), "y": float(job.number(point) or 0), "series": one.id}
                rows.append(row | {"part": f"{one.id} {number}"})
            final = number == len(parts) - 1
            if len(part) == 1 or final:
                end = part[-1]
                place = across(int(end.x)), axis.at(job.number(end) or Fraction(0))
                ends.append(
                    sign_row(*place, colour["accent" if final else "lead_mid"], "circle", 18 if final else 6)
                )
    for one_break in spec.breaks:
        x = across(one_break.roc_year - 0.5)
        canvas.rule(x, 2, x, canvas.height - 2, colour["rule"], 0.5, (1.5, 1.5))
    ids = [one.id for one in spec.series]
    canvas.layer(
        "lines",
        rows,
        x={"domain": [0, canvas.width], "range": [0, canvas.width], "zero": False, "nice": False},
        y=axis.scale(),
        color={"domain": ids, "range": [colour["lead_mid"], *job.theme.palette][: len(ids)]},
        strokeDash={"domain": ids, "range": [[] for _ in ids]},
        strokeWidth={"domain": ids, "range": [1.2 for _ in ids]},
    )
    canvas.layer("signs", ends)


FORMS: Mapping[str, Callable[[Job, Canvas], None]] = {
    "line": _line,
    "grouped_bar": _columns,
    "stacked_bar": _columns,
    "ranked_bar": _ranked,
    "heat_map": _heat,
    "slope": _slope,
    "small_multiples": _small_multiples,
    "spark": _spark,
}
