"""What every form draws with: a canvas of words, rules and layers in points from the top left, axes, legends.

It knows no form: which marks a chart has, and where, is decided in `forms`.
"""

from __future__ import annotations

import copy
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from reportgen.model import ChartSpec, Edition, Gap, Point, Text
from reportgen.model.formats import MINUS, gregorian_year, grouped, half_up
from reportgen.read.theme import Theme

Align = Literal["left", "center", "right"]
Weight = Literal[400, 500]
Rows = list[dict[str, Any]]


# ---- words, rules and layers ----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is asked for, with the questions that every form has."""

    spec: ChartSpec
    edition: Edition
    theme: Theme
    factor: Fraction
    name: str

    def number(self, point: Point) -> Fraction | None:
        """The exact number in the printed unit; None for a gap."""
        exact = point.figure.value.exact
        return None if isinstance(exact, Gap) else Fraction(exact) / self.factor

    def say(self, text: Text) -> str:
        """One line in the edition's languages: `財稅 Tax`."""
        halves = self.halves(text)
        return " ".join(halves)

    def halves(self, text: Text) -> tuple[str, ...]:
        if self.edition == "both":
            return (text.zh,) if text.zh == text.en else tuple(half for half in (text.zh, text.en) if half)
        return (text.say(self.edition),)

    def inks(self) -> list[str]:
        """The colour of each series; when more than six share a chart, only the highlighted one has one."""
        series, colour = self.spec.series, self.theme.colour
        if len(series) > len(self.theme.palette):
            return [
                colour["accent"] if one.id == self.spec.highlight else colour["neutral"] for one in series
            ]
        return [
            colour["accent"] if one.id == self.spec.highlight else self.theme.palette[at]
            for at, one in enumerate(series)
        ]

    def dashes(self) -> list[list[float]]:
        if len(self.spec.series) > len(self.theme.dashes):
            return [[] for _ in self.spec.series]
        return [list(self.theme.dashes[at]) for at in range(len(self.spec.series))]

    def shapes(self) -> list[str]:
        if len(self.spec.series) > len(self.theme.shapes):
            return ["circle" for _ in self.spec.series]
        return list(self.theme.shapes[: len(self.spec.series)])

    def of(self, series: str) -> list[Point]:
        """The points of a series in the order of the axis."""
        at = {x: number for number, (x, _) in enumerate(self.spec.xs)}
        return sorted((point for point in self.spec.points if point.series == series), key=lambda p: at[p.x])


@dataclass(kw_only=True)
class Canvas:
    theme: Theme
    width: float
    height: float
    words: dict[tuple[Align, Weight], Rows] = field(default_factory=dict)
    under: Rows = field(default_factory=list)
    over: Rows = field(default_factory=list)
    layers: list[dict[str, Any]] = field(default_factory=list)

    def word(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        ink: str = "",
        align: Align = "left",
        weight: Weight = 400,
    ) -> None:
        """Words on the base line y.

        The size goes to Vega as a negative number, and `drawing._finish` turns it round: Vega measures every
        word above size 0, to no use here, for 0.3 ms each (a heat map 80 ms instead of 21), and with a Chinese
        font at hand it reads 7 MB for that (110 ms a chart).

        Every word begins at its left: WeasyPrint draws a word with another anchor as a form of its own, outside
        the figure's marked content, and a page of charts had 400 of them.
        """
        if text:
            x -= {"left": 0.0, "center": 0.5, "right": 1.0}[align] * text_width(text, size, weight)
            row = {"x": px(x), "y": px(y), "t": text, "size": -size, "ink": ink or self.theme.colour["ink"]}
            self.words.setdefault(("left", weight), []).append(row)

    def rule(
        self,
        x: float,
        y: float,
        x2: float,
        y2: float,
        ink: str,
        width: float = 0.5,
        dash: Sequence[float] = (),
        under: bool = False,
    ) -> None:
        row = {
            "x": px(x),
            "y": px(y),
            "x2": px(x2),
            "y2": px(y2),
            "ink": ink,
            "width": width,
            "dash": list(dash),
        }
        (self.under if under else self.over).append(row)

    def layer(self, template: str, rows: Rows, **scales: dict[str, Any]) -> None:
        """A layer of marks with its rows; `scales` give the domain and range of a channel."""
        if not rows:
            return
        layer = copy.deepcopy(_template(template))
        layer["data"] = {"values": rows}
        for channel, scale in scales.items():
            layer["encoding"][channel]["scale"] |= scale
        self.layers.append(layer)

    def vega(self) -> dict[str, Any]:
        layers = self.layers
        self.layers = []
        self.layer("rules", self.under)
        self.layers += layers
        self.layer("rules", self.over)
        for (align, weight), rows in sorted(self.words.items()):
            self.layer(f"words-{align}-{weight}", rows)
        return {
            "width": px(self.width),
            "height": px(self.height),
            "padding": 0,
            "autosize": {"type": "none"},
            "background": None,
            "config": {
                "aria": False,
                "view": {"stroke": None},
                "text": {"font": self.theme.fonts["sans"]},
                "bar": {"stroke": self.theme.colour["paper"], "strokeWidth": 0.5},
            },
            "layer": self.layers,
        }


def px(number: float) -> float:
    return round(number, 2)


_WORDS: Mapping[str, tuple[Align, Weight]] = {
    "words-left-400": ("left", 400),
    "words-left-500": ("left", 500),
    "words-center-400": ("center", 400),
    "words-center-500": ("center", 500),
    "words-right-400": ("right", 400),
    "words-right-500": ("right", 500),
}


@cache
def _template(name: str) -> dict[str, Any]:
    """A layer as Altair writes it, without rows and domains.

    Once a process and kind: Altair takes 10 ms a layer, and a chart has about ten of them.
    """
    import altair as alt

    empty = alt.Chart(alt.InlineData(values=[]))
    if name.startswith("words-"):
        align, weight = _WORDS[name]
        chart = empty.mark_text(align=align, baseline="alphabetic", fontWeight=weight).encode(
            x=alt.X("x:Q", scale=None, axis=None),
            y=alt.Y("y:Q", scale=None, axis=None),
            text=alt.Text("t:N"),
            size=alt.Size("size:Q", scale=None),
            color=alt.Color("ink:N", scale=None),
        )
    elif name == "rules":
        chart = empty.mark_rule(strokeCap="butt").encode(
            x=alt.X("x:Q", scale=None, axis=None),
            y=alt.Y("y:Q", scale=None, axis=None),
            x2="x2",
            y2="y2",
            color=alt.Color("ink:N", scale=None),
            strokeWidth=alt.StrokeWidth("width:Q", scale=None),
            strokeDash=alt.StrokeDash("dash:N", scale=None),
        )
    elif name == "lines":
        chart = empty.mark_line(strokeJoin="round").encode(
            x=alt.X("x:Q", scale=alt.Scale(zero=False), axis=None),
            y=alt.Y("y:Q", scale=alt.Scale(zero=False), axis=None),
            color=alt.Color("series:N", scale=alt.Scale(), legend=None),
            strokeDash=alt.StrokeDash("series:N", scale=alt.Scale(), legend=None),
            strokeWidth=alt.StrokeWidth("series:N", scale=alt.Scale(type="ordinal"), legend=None),
            detail="part:N",
        )
    elif name == "strokes":
        chart = empty.mark_line(strokeJoin="round", strokeWidth=1.3).encode(
            x=alt.X("x:Q", scale=None, axis=None),
            y=alt.Y("y:Q", scale=None, axis=None),
            color=alt.Color("ink:N", scale=None),
            strokeDash=alt.StrokeDash("dash:N", scale=None),
            detail="part:N",
        )
    elif name == "points":
        chart = empty.mark_point(filled=True, opacity=1).encode(
            x=alt.X("x:Q", scale=alt.Scale(zero=False), axis=None),
            y=alt.Y("y:Q", scale=alt.Scale(zero=False), axis=None),
            color=alt.Color("series:N", scale=alt.Scale(), legend=None),
            shape=alt.Shape("series:N", scale=alt.Scale(), legend=None),
            size=alt.Size("size:Q", scale=None),
        )
    elif name == "signs":
        chart = empty.mark_point(filled=True, opacity=1).encode(
            x=alt.X("x:Q", scale=None, axis=None),
            y=alt.Y("y:Q", scale=None, axis=None),
            color=alt.Color("ink:N", scale=None),
            shape=alt.Shape("shape:N", scale=None),
            size=alt.Size("size:Q", scale=None),
        )
    elif name == "columns":
        chart = empty.mark_bar().encode(
            x=alt.X("x:O", scale=alt.Scale(type="band"), axis=None),
            y=alt.Y("y:Q", scale=alt.Scale(), axis=None),
            y2="y2",
            color=alt.Color("series:N", scale=alt.Scale(), legend=None),
        )
    elif name == "grouped":
        chart = empty.mark_bar().encode(
            x=alt.X("x:O", scale=alt.Scale(type="band"), axis=None),
            xOffset=alt.XOffset("series:N", scale=alt.Scale()),
            y=alt.Y("y:Q", scale=alt.Scale(), axis=None),
            y2="y2",
            color=alt.Color("series:N", scale=alt.Scale(), legend=None),
        )
    elif name == "bars":
        chart = empty.mark_bar().encode(
            x=alt.X("x:Q", scale=alt.Scale(), axis=None),
            x2="x2",
            y=alt.Y("y:O", scale=alt.Scale(type="band"), axis=None),
            color=alt.Color("ink:N", scale=None),
        )
    else:
        assert name == "cells", name
        chart = empty.mark_rect().encode(
            x=alt.X("x:O", scale=alt.Scale(type="band"), axis=None),
            y=alt.Y("y:O", scale=alt.Scale(type="band"), axis=None),
            color=alt.Color("ink:N", scale=None),
        )
    layer: dict[str, Any] = chart.to_dict(validate=False)
    return {part: layer[part] for part in ("mark", "encoding")}


# Advances of ASCII 32–126 in Noto Sans TC Regular, in thousandths of the size. Widths are needed to
# decide what fits, and a table is the same on every machine.
_ADVANCES = (
    (224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392)
    + (555,) * 10
    + (278, 278, 555, 555, 555, 474, 946)
    + (
        608,
        657,
        638,
        688,
        589,
        552,
        689,
        728,
        293,
        535,
        646,
        543,
        812,
        723,
        742,
        633,
        742,
        635,
        596,
        599,
        721,
        575,
        878,
    )
    + (573, 531, 603, 338, 392, 338, 555, 559, 606)
    + (
        563,
        618,
        510,
        620,
        554,
        325,
        564,
        607,
        275,
        275,
        552,
        284,
        926,
        610,
        606,
        620,
        620,
        388,
        468,
        377,
        607,
        521,
        802,
    )
    + (498, 521, 475, 338, 270, 338, 555)
)


def _advance(character: str) -> int:
    at = ord(character) - 32
    if 0 <= at < len(_ADVANCES):
        return _ADVANCES[at]
    if character == MINUS:
        return 555
    return 1000 if unicodedata.east_asian_width(character) in "WFA" else 600


def text_width(text: str, size: float, weight: Weight = 400) -> float:
    """How wide the words are set, in points; a bold Latin letter is about 4 % wider."""
    return sum(map(_advance, text)) * size / 1000 * (1.03 if weight > 400 else 1)


# ---- axes, heads, legends -------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A linear scale of exact numbers, with its ticks."""

    low: Fraction
    high: Fraction
    ticks: tuple[Fraction, ...]
    digits: int
    start: float  # where `low` lies on the page
    end: float

    def at(self, number: Fraction) -> float:
        return self.start + (self.end - self.start) * float((number - self.low) / (self.high - self.low))

    def scale(self) -> dict[str, Any]:
        return {
            "domain": [float(self.low), float(self.high)],
            "range": [px(self.start), px(self.end)],
            "nice": False,
            "zero": False,
        }

    def labels(self) -> list[str]:
        return [grouped(half_up(tick, self.digits)) for tick in self.ticks]


def round_steps(low: Fraction, high: Fraction, most: int) -> tuple[list[Fraction], int]:
    """Round ticks that enclose low..high, at most `most` intervals, and the decimals that they need."""
    if low == high:
        low, high = (low - abs(low) / 2, high + abs(high) / 2) if low else (Fraction(0), Fraction(1))
    rough = (high - low) / most
    power = math.floor(math.log10(rough))
    for exponent in (power, power + 1, power + 2):
        for lead in (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5)):
            step = lead * Fraction(10) ** exponent
            first, last = math.floor(low / step), math.ceil(high / step)
            if last - first <= most:
                digits = max(0, -exponent + (lead.denominator == 2))
                return [step * number for number in range(first, last + 1)], digits
    raise AssertionError("no step found")


def round_axis(numbers: Sequence[Fraction], start: float, end: float, zero: bool, apart: float = 24) -> Axis:
    """Round ticks at least about `apart` points from one another."""
    low, high = min(numbers), max(numbers)
    # A line may leave zero out, but only where it would else run flat along the top; a bar never may.
    if zero or low < 0 or low < high * Fraction(3, 5):
        low, high = min(low, Fraction(0)), max(high, Fraction(0))
    most = max(2, min(6, int(abs(end - start) / apart)))
    ticks, digits = round_steps(low, high, most)
    return Axis(low=ticks[0], high=ticks[-1], ticks=tuple(ticks), digits=digits, start=start, end=end)


def write_head(job: Job, canvas: Canvas) -> float:
    """Measure and unit at the top left; gives the y below."""
    colour, size = job.theme.colour, job.theme.type["chart_title"]
    line = size * 1.45
    halves = []
    for language in ("zh", "en") if job.edition == "both" else (job.edition,):
        words, unit = job.spec.measure.say(language), job.spec.unit.say(language)
        halves.append(words + (f"（{unit}）" if language == "zh" else f" ({unit})") * bool(unit))
    y = size
    x = 0.0
    for number, words in enumerate(halves):
        weight: Weight = 400 if number else 500
        wide = text_width(words, size, weight)
        if number and x + wide > canvas.width:
            x, y = 0.0, y + line
        canvas.word(x, y, words, size, colour["ink_soft"] if number else colour["ink"], weight=weight)
        x += wide + (2 if words.endswith("）") else 7)
    return y + line * 0.75


@dataclass(frozen=True)
class Entry:
    label: str
    ink: str
    dash: Sequence[float] = ()
    shape: str = ""  # empty: a dash only; "box": a filled box


def write_legend(job: Job, canvas: Canvas, y: float, entries: Sequence[Entry], x0: float = 0.0) -> float:
    size = job.theme.type["chart"]
    line = size * 1.5
    x, base = x0, y + size
    signs: Rows = []
    for entry in entries:
        sign = 9.0 if entry.shape == "box" else 20.0
        wide = sign + 4 + text_width(entry.label, size)
        if x > x0 and x + wide > canvas.width:
            x, base = x0, base + line
        middle = base - size * 0.36
        if entry.shape == "box":
            signs.append(sign_row(x + 4, middle, entry.ink, "square", 52))
        else:
            canvas.rule(x, middle, x + 20, middle, entry.ink, 1.5, entry.dash)
            if entry.shape:
                signs.append(sign_row(x + 10, middle, entry.ink, entry.shape, 22))
        canvas.word(x + sign + 4, base, entry.label, size)
        x += wide + 14
    canvas.layer("signs", signs)
    return base + line * 0.6


def sign_row(x: float, y: float, ink: str, shape: str, size: float) -> dict[str, Any]:
    return {"x": px(x), "y": px(y), "ink": ink, "shape": shape, "size": size}


def draw_value_axis(job: Job, canvas: Canvas, axis: Axis, left: float, right: float) -> None:
    """Quiet lines across, the numbers left of them; the zero line is the firm one."""
    size, colour = job.theme.type["chart"], job.theme.colour
    for tick, label in zip(axis.ticks, axis.labels(), strict=True):
        y = axis.at(tick)
        firm = tick == 0
        canvas.rule(
            left, y, right, y, colour["rule" if firm else "grid"], 0.7 if firm else 0.5, under=not firm
        )
        canvas.word(left - 5, y + size * 0.36, label, size, colour["ink_soft"], "right")


def left_margin(job: Job, axis: Axis) -> float:
    """Room at the left for the numbers of the axis and the head of the year line."""
    size = job.theme.type["chart"]
    return 6 + max(
        *(text_width(label, size) for label in axis.labels()),
        text_width("民國年", job.theme.type["chart_small"]) if job.edition != "en" else 0,
    )


_DROP = 4.0  # between the axis and its labels, so that the lowest number of the value axis stands clear


def foot_height(job: Job) -> float:
    """Height of the labels under the axis."""
    size, small = job.theme.type["chart"], job.theme.type["chart_small"]
    return _DROP + size * 1.25 + small * (1.6 if job.edition == "both" else 0.4)


def place_labels(
    job: Job, canvas: Canvas, at: Sequence[float], y: float, left: float, ends: bool = False
) -> None:
    """Years (or members) under their places; when they are too many every second, third…, and the last."""
    size, small, soft = job.theme.type["chart"], job.theme.type["chart_small"], job.theme.colour["ink_soft"]
    years = isinstance(job.spec.xs[0][0], int)
    lines = [_x_lines(job, x, label) for x, label in job.spec.xs]
    wide = 3 + max(
        text_width(words, small if at else size) for both in lines for at, words in enumerate(both)
    )
    gap = min((b - a for a, b in pairwise(at)), default=canvas.width)
    every = max(1, math.ceil(wide / gap)) if years else 1
    shown = {0, len(at) - 1} if ends else {n for n in range(len(at)) if (len(at) - 1 - n) % every == 0}
    y += _DROP
    for number in sorted(shown):
        first, *second = lines[number]
        canvas.word(at[number], y + size * 1.25, first, size, align="center")
        for words in second:
            canvas.word(at[number], y + size * 1.25 + small * 1.25, words, small, soft, "center")
    if years and job.edition != "en" and left > text_width("民國年", small):
        canvas.word(left - 5, y + size * 1.25, "民國年", small, soft, "right")
        if job.edition == "both":
            canvas.word(left - 5, y + size * 1.25 + small * 1.25, "Year", small, soft, "right")


def _x_lines(job: Job, x: int | str, label: Text) -> tuple[str, ...]:
    if isinstance(x, int):
        zh, en = str(x), str(gregorian_year(x))
        return {"zh": (zh,), "en": (en,), "both": (zh, en)}[job.edition]
    return job.halves(label)


def spread(wanted: Sequence[float], high: float, top: float, bottom: float) -> list[float] | None:
    """Middles of labels `high` tall, as near as can be to where they are wanted; None if there is no room."""
    if len(wanted) * high > bottom - top:
        return None
    order = sorted(range(len(wanted)), key=lambda number: wanted[number])
    # Groups of labels that touch; a group lies where the mean of its wishes is.
    groups: list[tuple[list[int], float]] = []
    for number in order:
        members, middle = [number], wanted[number]
        while True:
            half = len(members) * high / 2
            middle = min(max(sum(wanted[one] for one in members) / len(members), top + half), bottom - half)
            if not groups or groups[-1][1] + len(groups[-1][0]) * high / 2 <= middle - half + 1e-9:
                break
            members = groups.pop()[0] + members
        groups.append((members, middle))
    found = [0.0] * len(wanted)
    for members, middle in groups:
        for place, number in enumerate(members):
            found[number] = middle + (place - (len(members) - 1) / 2) * high
    return found
