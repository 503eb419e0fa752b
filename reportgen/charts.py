"""One chart specification becomes one SVG for an edition, and an alternative text for a language.

Altair writes the layers, vl-convert draws them, and this module says where everything stands: margins,
labels and legends are laid out here, in points of the page, because a chart that is laid out by measuring
its labels changes with the fonts of the machine. Vega measures no word and formats no number, and 1 unit
of the SVG is 1 pt on paper.

Never fork a process that has drawn a chart: the engine inside vl-convert waits for threads that the child
does not have (spawn and forkserver are safe). After a RenderError of a conversion the engine may be
spoilt: end that process.
"""

from __future__ import annotations

import copy
import dataclasses
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from reportgen.errors import Place, Problem, RenderError
from reportgen.formats import MINUS, gregorian_year, grouped, half_up
from reportgen.model import ChartSpec, Edition, Gap, Language, Point, Text
from reportgen.theme import Theme

POINTS_PER_MM = 72 / 25.4
MOST_POINTS = 2000
MOST_TEXT = 600  # characters of an alternative text; longer ones are cut off or skipped by screen readers
ALTERNATIVE_SERIES = 6

Align = Literal["left", "center", "right"]
Weight = Literal[400, 500]
Rows = list[dict[str, Any]]


# ---- the drawing ----------------------------------------------------------------------------


def draw(
    spec: ChartSpec,
    edition: Edition,
    theme: Theme,
    *,
    tick_factor: Fraction = Fraction(1),
    name: str = "chart",
) -> bytes:
    """The chart as SVG (UTF-8) of exactly width_mm × height_mm; words are text in the theme's sans family.

    `tick_factor` is the factor of the unit in which the figures are printed (`formats.Unit.factor`):
    positions and axis are in that unit. `name` is how a message calls the chart, e.g. its anchor.
    """
    check_spec(spec, tick_factor=tick_factor, name=name)
    job = _Job(spec, edition, theme, tick_factor, name)
    canvas = _Canvas(theme, spec.width_mm * POINTS_PER_MM, spec.height_mm * POINTS_PER_MM)
    _FORMS[spec.form](job, canvas)
    vega = canvas.vega()
    refuse_url(vega, name)
    return _finish(_convert(vega, name), job)


def check_spec(spec: ChartSpec, *, tick_factor: Fraction = Fraction(1), name: str = "chart") -> None:
    """RenderError with every fault that Vega would answer with an empty or a wrong picture and a success."""
    if problems := tuple(_spec_faults(spec, tick_factor, name)):
        raise RenderError(problems)


def _spec_faults(spec: ChartSpec, factor: Fraction, name: str) -> Iterable[Problem]:
    def fault(where: str, en: str, zh: str) -> Problem:
        return Problem(Place(name, column=where), en, zh)

    if spec.form not in _FORMS:
        yield fault("form", f"unknown form {spec.form!r}", f"未知的圖表形式 {spec.form!r}")
        return
    for side, length in (("width_mm", spec.width_mm), ("height_mm", spec.height_mm)):
        if not (math.isfinite(length) and 5 <= length <= 2000):
            yield fault(side, f"{length} is not between 5 and 2000 mm", f"{length} 不在 5 至 2000 公釐之間")
    if factor <= 0:
        yield fault("tick_factor", f"{factor} is not above 0", f"{factor} 不大於 0")
        return
    points = spec.points + spec.target
    if len(points) > MOST_POINTS:
        many = len(points)
        yield fault(
            "points", f"{many} points; a chart holds {MOST_POINTS}", f"{many} 點，上限 {MOST_POINTS} 點"
        )
        return
    if all(point.figure.gap for point in spec.points):
        yield fault("points", "there is no figure to draw", "沒有可繪製的數值")
    series, xs = [one.id for one in spec.series], [x for x, _ in spec.xs]
    for where, ids in (("series", series), ("xs", xs)):
        if len(set(ids)) != len(ids):
            yield fault(where, "an id stands twice", "識別碼重複")
    seen = set()
    for point in spec.points:
        if point.series not in series:
            yield fault("points", f"unknown series {point.series!r}", f"未知的數列 {point.series!r}")
        if (point.series, point.x) in seen:
            yield fault(
                "points",
                f"{point.series!r} has two figures at {point.x!r}",
                f"{point.series!r} 在 {point.x!r} 有兩個數值",
            )
        seen.add((point.series, point.x))
    for where, some in (("points", spec.points), ("target", spec.target)):
        for point in some:
            if point.x not in xs:
                yield fault(where, f"{point.x!r} is not on the axis", f"{point.x!r} 不在座標軸上")
            if wrong := _figure_fault(point, factor):
                yield fault(where, *wrong)
    if spec.highlight and spec.highlight not in (*series, *xs):
        yield fault(
            "highlight", f"{spec.highlight!r} is no series or member", f"{spec.highlight!r} 不是數列或單位"
        )
    yield from (fault(where, en, zh) for where, en, zh in _form_faults(spec))


def _form_faults(spec: ChartSpec) -> Iterable[tuple[str, str, str]]:
    years = all(isinstance(x, int) for x, _ in spec.xs)
    if spec.form in ("line", "small_multiples", "spark", "slope") and not years:
        yield "xs", f"a {spec.form} chart runs over years", "此圖表形式的橫軸須為年度"
    if years and [x for x, _ in spec.xs] != sorted((x for x, _ in spec.xs), key=int):
        yield "xs", "the years are not in order", "年度未依序排列"
    if spec.form == "slope" and len(spec.xs) != 2:
        yield "xs", "a slope chart has two years", "斜率圖須為兩個年度"
    if spec.form == "ranked_bar" and 1 not in (len(spec.series), len(spec.xs)):
        yield "points", "a ranked bar chart has one figure a member", "排序長條圖每一單位只有一個數值"
    drawn_apart = spec.form in ("line", "grouped_bar", "stacked_bar")
    if drawn_apart and len(spec.series) > 6 and not (spec.form == "line" and spec.highlight):
        yield "series", "more than 6 series cannot be told apart", "超過 6 個數列無法辨識"


def _figure_fault(point: Point, factor: Fraction) -> tuple[str, str] | None:
    """A bar as long as another number than the one printed beside it: the unit's factor was forgotten."""
    exact = point.figure.value.exact
    if isinstance(exact, Gap):
        return None
    if isinstance(exact, float) and not math.isfinite(exact):
        return f"{exact} is not a number to draw", f"{exact} 不是可繪製的數值"
    if abs(exact / factor) > 10**15:
        return "a number above 10^15 cannot be drawn", "數值超過 10^15，無法繪製"
    plain = point.figure.plain
    try:
        printed = Decimal(plain.replace(",", "").replace(MINUS, "-"))
    except InvalidOperation:
        return None  # "≈0" and the like
    half = Fraction(1, 2) * Fraction(10) ** int(printed.as_tuple().exponent)
    if abs(exact / factor - Fraction(printed)) <= half:
        return None
    return (
        f"the figure at {point.x!r} prints {plain} but is {float(exact / factor):g} in the chart's unit: "
        "give the unit's factor as tick_factor",
        f"{point.x!r} 的數值印為 {plain}，與圖表單位不符：請給予單位的換算係數",
    )


def refuse_url(spec: Mapping[str, Any], name: str = "chart") -> None:
    """RenderError when a Vega-Lite specification loads, computes or makes up data: it may draw inline rows.

    `url` and `href` fetch or link (vl-convert joins a relative one to a public address), `sequence` can
    fill the engine's memory and end the process, a failing `calculate` gives an empty chart and no error.
    """
    if problems := tuple(
        Problem(Place(name, column=where), *message) for where, message in _foreign(spec, "")
    ):
        raise RenderError(problems)


_REFUSED = frozenset(
    {
        *("url", "href", "sequence", "graticule", "sphere", "calculate", "filter", "lookup"),
        *("expr", "signal", "test", "labelExpr", "params", "usermeta"),
    }
)


def _foreign(node: object, where: str) -> Iterable[tuple[str, tuple[str, str]]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            here = f"{where}.{key}" if where else str(key)
            if key in ("values", "datasets"):  # rows: data, whatever their fields are called
                yield from _foreign_numbers(value, here)
            elif key in _REFUSED:
                yield here, (f"`{key}` is not allowed in a chart", f"圖表不得使用 {key}")
            else:
                yield from _foreign(value, here)
    elif isinstance(node, list | tuple):
        for number, value in enumerate(node):
            yield from _foreign(value, f"{where}[{number}]")


def _foreign_numbers(node: object, where: str) -> Iterable[tuple[str, tuple[str, str]]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _foreign_numbers(value, f"{where}.{key}")
    elif isinstance(node, list | tuple):
        for number, value in enumerate(node):
            yield from _foreign_numbers(value, f"{where}[{number}]")
    elif isinstance(node, int | float) and not abs(node) <= 10**15:
        yield where, (f"{node} cannot be drawn", f"{node} 無法繪製")


def _convert(vega: dict[str, Any], name: str) -> str:
    import vl_convert

    try:
        svg: str = vl_convert.vegalite_to_svg(vega, allowed_base_urls=[], show_warnings=False)
    except Exception as error:  # whatever the engine throws, it is this chart that cannot be made
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise RenderError(
            Problem(Place(name), f"the chart could not be drawn: {said}", f"無法繪製圖表：{said}")
        ) from error
    return svg


_MARKS = re.compile(r'<g class="mark-[a-z]+ role-mark [^"]*"[^>]*>(</g>)?')
_TAG = re.compile(r"<[a-zA-Z][^>]*>")
_ACCESSIBILITY = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"')
_IDS = re.compile(r"\b((?:gradient|clip)_?)(\d+)\b")


def _finish(svg: str, job: _Job) -> bytes:
    """The SVG with its size in mm, the real family, ids counted from 0, and without Vega's English ARIA."""
    groups = _MARKS.findall(svg)
    if not groups or any(groups):
        raise RenderError(Problem(Place(job.name), "a part of the chart is empty", "圖表有一部分是空的"))
    numbers: dict[str, int] = {}  # Vega counts its ids through the life of the process

    def tag(match: re.Match[str]) -> str:
        words = _ACCESSIBILITY.sub("", match[0])
        words = words.replace('font-size="-', 'font-size="')  # see `_Canvas.word`
        words = words.replace(' text-anchor="start"', "").replace(' opacity="1"', "")
        return _IDS.sub(lambda one: f"{one[1]}{numbers.setdefault(one[2], len(numbers))}", words)

    svg = _TAG.sub(tag, svg)
    if "NaN" in "".join(_TAG.findall(svg)):
        raise RenderError(Problem(Place(job.name), "a mark has no place", "有圖形元素沒有位置"))
    width, height = job.spec.width_mm, job.spec.height_mm
    box = f'viewBox="0 0 {width * POINTS_PER_MM:.4f} {height * POINTS_PER_MM:.4f}"'
    size = f'width="{width:g}mm" height="{height:g}mm"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" {size} {box}>'
    return re.sub(r"^<svg[^>]*>", head, svg).encode()


# ---- canvas: words, rules and layers, in points from the top left ---------------------------


@dataclass(frozen=True)
class _Job:
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


@dataclass
class _Canvas:
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

        The size goes to Vega as a negative number, and `_finish` turns it round: Vega measures every word
        above size 0, to no use here, for 0.3 ms each (a heat map 80 ms instead of 21), and with a Chinese
        font at hand it reads 7 MB for that (110 ms a chart).

        Every word begins at its left: WeasyPrint draws a word with another anchor as a form of its own, outside
        the figure's marked content, and a page of charts had 400 of them.
        """
        if text:
            x -= {"left": 0.0, "center": 0.5, "right": 1.0}[align] * text_width(text, size, weight)
            row = {"x": _px(x), "y": _px(y), "t": text, "size": -size, "ink": ink or self.theme.colour["ink"]}
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
            "x": _px(x),
            "y": _px(y),
            "x2": _px(x2),
            "y2": _px(y2),
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
            "width": _px(self.width),
            "height": _px(self.height),
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


def _px(number: float) -> float:
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


@dataclass(frozen=True)
class _Axis:
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
            "range": [_px(self.start), _px(self.end)],
            "nice": False,
            "zero": False,
        }

    def labels(self) -> list[str]:
        return [grouped(half_up(tick, self.digits)) for tick in self.ticks]


def _steps(low: Fraction, high: Fraction, most: int) -> tuple[list[Fraction], int]:
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


def _axis(numbers: Sequence[Fraction], start: float, end: float, zero: bool, apart: float = 24) -> _Axis:
    """Round ticks at least about `apart` points from one another."""
    low, high = min(numbers), max(numbers)
    # A line may leave zero out, but only where it would else run flat along the top; a bar never may.
    if zero or low < 0 or low < high * Fraction(3, 5):
        low, high = min(low, Fraction(0)), max(high, Fraction(0))
    most = max(2, min(6, int(abs(end - start) / apart)))
    ticks, digits = _steps(low, high, most)
    return _Axis(ticks[0], ticks[-1], tuple(ticks), digits, start, end)


def _head(job: _Job, canvas: _Canvas) -> float:
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
class _Entry:
    label: str
    ink: str
    dash: Sequence[float] = ()
    shape: str = ""  # empty: a dash only; "box": a filled box


def _legend(job: _Job, canvas: _Canvas, y: float, entries: Sequence[_Entry], x0: float = 0.0) -> float:
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
            signs.append(_sign(x + 4, middle, entry.ink, "square", 52))
        else:
            canvas.rule(x, middle, x + 20, middle, entry.ink, 1.5, entry.dash)
            if entry.shape:
                signs.append(_sign(x + 10, middle, entry.ink, entry.shape, 22))
        canvas.word(x + sign + 4, base, entry.label, size)
        x += wide + 14
    canvas.layer("signs", signs)
    return base + line * 0.6


def _sign(x: float, y: float, ink: str, shape: str, size: float) -> dict[str, Any]:
    return {"x": _px(x), "y": _px(y), "ink": ink, "shape": shape, "size": size}


def _value_axis(job: _Job, canvas: _Canvas, axis: _Axis, left: float, right: float) -> None:
    """Quiet lines across, the numbers left of them; the zero line is the firm one."""
    size, colour = job.theme.type["chart"], job.theme.colour
    for tick, label in zip(axis.ticks, axis.labels(), strict=True):
        y = axis.at(tick)
        firm = tick == 0
        canvas.rule(
            left, y, right, y, colour["rule" if firm else "grid"], 0.7 if firm else 0.5, under=not firm
        )
        canvas.word(left - 5, y + size * 0.36, label, size, colour["ink_soft"], "right")


def _margin(job: _Job, axis: _Axis) -> float:
    """Room at the left for the numbers of the axis and the head of the year line."""
    size = job.theme.type["chart"]
    return 6 + max(
        *(text_width(label, size) for label in axis.labels()),
        text_width("民國年", job.theme.type["chart_small"]) if job.edition != "en" else 0,
    )


_DROP = 4.0  # between the axis and its labels, so that the lowest number of the value axis stands clear


def _foot(job: _Job) -> float:
    """Height of the labels under the axis."""
    size, small = job.theme.type["chart"], job.theme.type["chart_small"]
    return _DROP + size * 1.25 + small * (1.6 if job.edition == "both" else 0.4)


def _place_labels(
    job: _Job, canvas: _Canvas, at: Sequence[float], y: float, left: float, ends: bool = False
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


def _x_lines(job: _Job, x: int | str, label: Text) -> tuple[str, ...]:
    if isinstance(x, int):
        zh, en = str(x), str(gregorian_year(x))
        return {"zh": (zh,), "en": (en,), "both": (zh, en)}[job.edition]
    return job.halves(label)


def _spread(wanted: Sequence[float], high: float, top: float, bottom: float) -> list[float] | None:
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


# ---- the forms ------------------------------------------------------------------------------


def _parts(job: _Job, points: Sequence[Point]) -> list[list[Point]]:
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


def _numbers(job: _Job) -> list[Fraction]:
    return [n for point in job.spec.points + job.spec.target if (n := job.number(point)) is not None]


_TARGET = "\N{SYMBOL FOR NULL}target"  # an id that no series has


@dataclass(frozen=True)
class _End:
    """A label at the end of a line."""

    name: tuple[str, ...]
    value: str
    ink: str
    y: float


def _line(job: _Job, canvas: _Canvas) -> None:
    spec, theme = job.spec, job.theme
    size, small, colour = theme.type["chart"], theme.type["chart_small"], theme.colour
    top = _head(job, canvas)
    bottom = canvas.height - _foot(job)
    inks = dict(zip((one.id for one in spec.series), job.inks(), strict=True))
    named = [one for one in spec.series if len(spec.series) <= 6 or one.id == spec.highlight]
    direct = len(named) <= 5
    strip = _break_rows(job, canvas) * small * 1.4
    axis = _axis(_numbers(job), bottom, top + strip + 6, zero=False)
    ends = _ends(job, axis, inks, [one.id for one in named])
    twofold = job.edition == "both" and any(_end_width(job, end, False) > 0.24 * canvas.width for end in ends)
    high = size * 1.25 + (small * 1.2 if twofold else 0)
    places = _spread([end.y for end in ends], high, top - 2, bottom + 8) if direct else None
    if places is None or any(abs(place - end.y) > 3 * high for place, end in zip(places, ends, strict=True)):
        direct = False
        entries = [
            _Entry(job.say(one.label), inks[one.id], dash, shape)
            for one, dash, shape in zip(spec.series, job.dashes(), job.shapes(), strict=True)
            if one in named
        ]
        if spec.target and spec.target_label:
            entries.append(_Entry(job.say(spec.target_label), colour["accent"], (3, 2)))
        top = _legend(job, canvas, top, entries)
        axis = _axis(_numbers(job), bottom, top + strip + 6, zero=False)
        ends = [
            _End((), end.value, end.ink, end.y) for end in _ends(job, axis, inks, [one.id for one in named])
        ]
        places = _spread([end.y for end in ends], size * 1.2, top, bottom + 6) or [end.y for end in ends]
        twofold = False
    left = _margin(job, axis)
    right = canvas.width - max([_end_width(job, end, twofold) for end in ends], default=0) - 12
    first, last = int(spec.xs[0][0]), int(spec.xs[-1][0])
    pad = 8.0
    span = max(1, last - first)

    def across(year: float) -> float:
        return left + pad + (right - left - 2 * pad) * (year - first) / span

    _value_axis(job, canvas, axis, left, right)
    _place_labels(job, canvas, [across(int(x)) for x, _ in spec.xs], bottom, left)
    _draw_breaks(job, canvas, across, top, bottom, left, right)
    _draw_lines(job, canvas, axis, across, bottom)
    for end, place in zip(ends, places, strict=True):
        _write_end(job, canvas, end, place, across(last), right, twofold)


def _end_width(job: _Job, end: _End, twofold: bool) -> float:
    size, small = job.theme.type["chart"], job.theme.type["chart_small"]
    value = text_width(end.value, size, 500)
    if not end.name:
        return value
    if twofold and len(end.name) > 1:
        return max(text_width(end.name[0], size) + 4 + value, text_width(end.name[1], small))
    return text_width(" ".join(end.name), size) + 4 + value


def _write_end(
    job: _Job, canvas: _Canvas, end: _End, place: float, x: float, right: float, twofold: bool
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


def _ends(job: _Job, axis: _Axis, inks: Mapping[str, str], ids: Sequence[str]) -> list[_End]:
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


def _break_rows(job: _Job, canvas: _Canvas) -> int:
    """Lines of words that the labels of the breaks take above the plot."""
    small = job.theme.type["chart_small"]
    rows = 0
    for one in job.spec.breaks:
        whole = text_width(job.say(one.label), small)
        rows += 1 if whole < 0.45 * canvas.width else len(job.halves(one.label))
    return rows


def _draw_breaks(
    job: _Job,
    canvas: _Canvas,
    across: Callable[[float], float],
    top: float,
    bottom: float,
    left: float,
    right: float,
) -> None:
    small, soft = job.theme.type["chart_small"], job.theme.colour["ink_soft"]
    y = top
    for one in job.spec.breaks:
        x = across(one.roc_year - 0.5)
        if not left <= x <= right:
            continue
        canvas.rule(x, y, x, bottom, soft, 0.7, (2, 2))
        whole = job.say(one.label)
        lines = (whole,) if text_width(whole, small) < 0.45 * canvas.width else job.halves(one.label)
        fits = x + 4 + max(text_width(words, small) for words in lines) <= canvas.width
        for words in lines:
            canvas.word(
                x + 4 if fits else x - 4, y + small * 0.95, words, small, soft, "left" if fits else "right"
            )
            y += small * 1.4


def _draw_lines(
    job: _Job,
    canvas: _Canvas,
    axis: _Axis,
    across: Callable[[float], float],
    bottom: float,
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
                    "x": _px(across(int(point.x))),
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
            row = {"x": _px(across(int(point.x))), "y": float(job.number(point) or 0), "series": _TARGET}
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


def _gap_places(job: _Job, axis: _Axis, series: str) -> list[tuple[Point, float]]:
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


def _gap_sign(canvas: _Canvas, x: float, y: float, symbol: str, size: float, ink: str = "") -> None:
    """The symbol of a missing figure; a blank cell has none, so a small open dash stands for it."""
    ink = ink or canvas.theme.colour["ink_soft"]
    if symbol:
        canvas.word(x, y + size * 0.36, symbol, size, ink, "center", 500)
    else:
        canvas.rule(x - 2.5, y, x + 2.5, y, ink, 0.8, (1, 1))


@dataclass(frozen=True)
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
            "range": [_px(self.start), _px(self.end)],
            "paddingInner": self.inner,
            "paddingOuter": self.outer,
            "round": False,
        }


def _columns(job: _Job, canvas: _Canvas) -> None:
    """Grouped and stacked columns over years or members."""
    spec, theme = job.spec, job.theme
    small, colour = theme.type["chart_small"], theme.colour
    stacked = spec.form == "stacked_bar"
    ids = [one.id for one in spec.series]
    inks = job.inks() if len(ids) > 1 else [colour["lead_mid"]]
    top = _head(job, canvas)
    entries = [
        _Entry(job.say(one.label), ink, shape="box") for one, ink in zip(spec.series, inks, strict=True)
    ]
    if spec.target and spec.target_label:
        entries.append(_Entry(job.say(spec.target_label), colour["accent"]))
    if len(entries) > 1:
        top = _legend(job, canvas, top, entries)
    bottom = canvas.height - _foot(job)
    strip = _break_rows(job, canvas) * small * 1.4
    rows, highs = _column_rows(job, stacked)
    numbers = [n for row in rows for n in (row["exact"], row["exact2"])] + _target_numbers(job)
    axis = _axis(numbers or [Fraction(0)], bottom, top + strip + 9, zero=True)
    left, right = _margin(job, axis), canvas.width
    xs = [x for x, _ in spec.xs]
    # Few columns stay columns: no wider than this, however much room there is.
    widest = 56 if stacked else 34 * len(ids)
    inner = max(0.3 if stacked or len(ids) == 1 else 0.22, 1 - widest * len(xs) / (right - left))
    bands = _Bands(len(xs), left, right, round(inner, 4), 0.2)
    _value_axis(job, canvas, axis, left, right)
    _place_labels(job, canvas, [bands.middle(n) for n in range(len(xs))], bottom, left)

    def across(year: float) -> float:
        return bands.left(0) + bands.width / 2 + bands.step * (year - int(xs[0]))

    if spec.breaks and isinstance(xs[0], int):
        _draw_breaks(job, canvas, across, top, bottom, left, right)
    scales = {
        "x": bands.scale(xs),
        "y": axis.scale(),
        "color": {"domain": ids, "range": inks},
    }
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


def _target_numbers(job: _Job) -> list[Fraction]:
    return [n for point in job.spec.target if (n := job.number(point)) is not None]


def _column_rows(job: _Job, stacked: bool) -> tuple[Rows, dict[int | str, Fraction]]:
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
    job: _Job,
    canvas: _Canvas,
    axis: _Axis,
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
        if not stacked:
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
class _Member:
    id: int | str
    label: Text
    point: Point | None
    target: Point | None


def _members(spec: ChartSpec) -> list[_Member]:
    """The members of a ranking: the places of the axis, or the series when there is one place only."""
    by_x = len(spec.xs) > 1 or len(spec.series) == 1
    pairs = spec.xs if by_x else tuple((one.id, one.label) for one in spec.series)

    def of(points: Sequence[Point], member: int | str) -> Point | None:
        return next((p for p in points if (p.x if by_x else p.series) == member), None)

    return [
        _Member(member, label, of(spec.points, member), of(spec.target, member)) for member, label in pairs
    ]


def _ranked(job: _Job, canvas: _Canvas) -> None:
    """Bars in their order; with a target the figures stand in a column of their own, clear of its line."""
    spec, theme = job.spec, job.theme
    size, colour = theme.type["chart"], theme.colour
    top = _head(job, canvas)
    if spec.target and spec.target_label:
        top = _legend(job, canvas, top, [_Entry(job.say(spec.target_label), colour["accent"])])
    bottom = canvas.height - 2
    members = _ordered(job)
    labels = [job.say(member.label) for member, _ in members]
    bands = _Bands(len(members), top, bottom, 0.32, 0.1)
    figures = max(text_width(point.figure.plain, size, 500) for _, point in members) + 6
    names = max(text_width(label, size, 500) for label in labels) + 2
    low, high = min(*_numbers(job), Fraction(0)), max(*_numbers(job), Fraction(0))
    apart = bool(spec.target)
    left = names + 6 + (figures if low < 0 and not apart else 0)
    axis = _Axis(low, high, (), 0, left, canvas.width - figures)
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


def _member_target(job: _Job, member: _Member) -> Fraction | None:
    return job.number(member.target) if member.target else None


def _ordered(job: _Job) -> list[tuple[_Member, Point]]:
    """Best first: the highest, or the lowest where low is better; members without a figure last."""
    sign = 1 if job.spec.better == "low" else -1

    def key(pair: tuple[_Member, Point]) -> tuple[bool, Fraction]:
        number = job.number(pair[1])
        return number is None, sign * (number or Fraction(0))

    return sorted(((one, one.point) for one in _members(job.spec) if one.point), key=key)


def _heat(job: _Job, canvas: _Canvas) -> None:
    spec, theme = job.spec, job.theme
    size, small, colour = theme.type["chart"], theme.type["chart_small"], theme.colour
    numbers = _numbers(job)
    steps, digits = _steps(min(numbers), max(numbers), len(theme.ramp))
    classes = len(steps) - 1
    shades = [round(n * (len(theme.ramp) - 1) / max(1, classes - 1)) for n in range(classes)]
    top = _heat_legend(job, canvas, steps, digits, shades)
    labels = [job.say(one.label) for one in spec.series]
    xs = [x for x, _ in spec.xs]
    left = max(text_width(label, size, 500) for label in labels) + 8
    if job.edition != "en":
        left = max(left, text_width("民國年", small) + 6)
    columns = _Bands(len(xs), left, canvas.width, 0.04, 0)
    rows_ = _Bands(len(labels), top, canvas.height - _foot(job), 0.08, 0)
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
            canvas.rule(x, top - 2, x, canvas.height - _foot(job) + 2, colour["ink"], 1, (2, 2))
    _place_labels(
        job, canvas, [columns.middle(n) for n in range(len(xs))], canvas.height - _foot(job) - 2, left
    )


def _heat_legend(
    job: _Job, canvas: _Canvas, steps: Sequence[Fraction], digits: int, shades: Sequence[int]
) -> float:
    """The classes with their limits at the top right; on a line of its own when the head is long."""
    small, soft = job.theme.type["chart_small"], job.theme.colour["ink_soft"]
    labels = [grouped(half_up(step, digits)) for step in steps]
    wide = max(24.0, max(text_width(label, small) for label in labels) + 5)
    x = canvas.width - wide * len(shades) - text_width(labels[-1], small) / 2
    top = _head(job, canvas)
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
                "x": _px(x + wide * number),
                "x2": _px(x + wide * (number + 1)),
                "y": _px(y + 3.5),
                "y2": _px(y + 3.5),
            }
        )
        signs[-1] |= {"ink": job.theme.ramp[shade], "width": 7, "dash": []}
    canvas.layer("rules", signs)
    for number, label in enumerate(labels):
        canvas.word(x + wide * number, y + 8 + small, label, small, soft, "center")
    return max(top, y + 8 + small * 1.9)


def _missing_cell(canvas: _Canvas, box: tuple[float, float, float, float], symbol: str, size: float) -> None:
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


def _slope(job: _Job, canvas: _Canvas) -> None:
    spec, theme = job.spec, job.theme
    size, colour = theme.type["chart"], theme.colour
    top = _head(job, canvas) + 4
    bottom = canvas.height - _foot(job) - 2
    numbers = _numbers(job)
    low, high = min(numbers), max(numbers)
    axis = _Axis(low, high if high > low else low + 1, (), 0, bottom - size, top + size)
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
                rows.append({"x": _px(x), "y": float(number), "series": id_, "part": id_, "size": 26})
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
    _place_labels(job, canvas, [left, right], bottom + 2, 0)


def _slope_words(
    job: _Job,
    canvas: _Canvas,
    axis: _Axis,
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
    places = _spread([y for _, _, y in shown], size * 1.16, top - 4, bottom + 4)
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


def _small_multiples(job: _Job, canvas: _Canvas) -> None:
    """A panel for each series, all on one scale."""
    spec, theme = job.spec, job.theme
    size, small, colour = theme.type["chart"], theme.type["chart_small"], theme.colour
    top = _head(job, canvas)
    entries = [_Entry(job.say(one.label), colour["ink_soft"], (2, 2)) for one in spec.breaks]
    if spec.target and spec.target_label:
        entries.insert(0, _Entry(job.say(spec.target_label), colour["accent"], (3, 2)))
    if entries:
        top = _legend(job, canvas, top, entries)
    count, foot = len(spec.series), _foot(job)
    columns = _panel_columns(count)
    rows = math.ceil(count / columns)
    gap = 10.0 if rows > 1 else 0.0
    high = (canvas.height - top - foot + gap) / rows
    title_high = size + 9 + (small * 1.2 if job.edition == "both" else 0)
    shared = _axis(_numbers(job), max(high - gap - title_high, 10), 0, zero=False, apart=15)
    left = _margin(job, shared)
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
            _place_labels(job, canvas, [across(int(x)) for x, _ in spec.xs], axis.start, 0, ends=True)
    canvas.layer("strokes", strokes)
    canvas.layer("signs", signs)


def _panel_columns(count: int) -> int:
    """Half as many again across as down (a page is wide), and no row with fewer panels than it must have."""
    rows = math.ceil(count / math.ceil(math.sqrt(count * 1.5)))
    return math.ceil(count / rows)


def _panel(
    job: _Job,
    canvas: _Canvas,
    axis: _Axis,
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
            places = [(_px(across(int(p.x))), _px(axis.at(job.number(p) or Fraction(0)))) for p in part]
            name = f"{series} {kind} {number}"
            strokes += [{"x": x, "y": y, "part": name, "ink": stroke, "dash": dash} for x, y in places]
            if len(part) == 1:
                signs.append(_sign(*places[0], stroke, "circle", 6))
    for point in points:
        if point.figure.gap:
            _gap_sign(canvas, across(int(point.x)), axis.start - small * 0.7, point.figure.plain, small)
    drawn = [point for point in points if job.number(point) is not None]
    if drawn:
        x, y = across(int(drawn[-1].x)), axis.at(job.number(drawn[-1]) or Fraction(0))
        signs.append(_sign(x, y, ink, "circle", 16))
        canvas.word(x + 4, y + small * 0.36, drawn[-1].figure.plain, small, weight=500)


def _spark(job: _Job, canvas: _Canvas) -> None:
    """A trend without words for a card: the line, its breaks, the last point."""
    spec, colour = job.spec, job.theme.colour
    numbers = _numbers(job)
    low, high = min(numbers), max(numbers)
    axis = _Axis(low, high if high > low else low + 1, (), 0, canvas.height - 4, 4)
    first, last = int(spec.xs[0][0]), int(spec.xs[-1][0])

    def across(year: float) -> float:
        return 3 + (canvas.width - 7) * (year - first) / max(1, last - first)

    rows: Rows = []
    ends: Rows = []
    for one in spec.series:
        parts = _parts(job, job.of(one.id))
        for number, part in enumerate(parts):
            for point in part:
                row = {"x": _px(across(int(point.x))), "y": float(job.number(point) or 0), "series": one.id}
                rows.append(row | {"part": f"{one.id} {number}"})
            final = number == len(parts) - 1
            if len(part) == 1 or final:
                end = part[-1]
                place = across(int(end.x)), axis.at(job.number(end) or Fraction(0))
                ends.append(
                    _sign(*place, colour["accent" if final else "lead_mid"], "circle", 18 if final else 6)
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


_FORMS: Mapping[str, Callable[[_Job, _Canvas], None]] = {
    "line": _line,
    "grouped_bar": _columns,
    "stacked_bar": _columns,
    "ranked_bar": _ranked,
    "heat_map": _heat,
    "slope": _slope,
    "small_multiples": _small_multiples,
    "spark": _spark,
}


# ---- the alternative text -------------------------------------------------------------------


_FORM_NAMES: Mapping[str, Text] = {
    "line": Text("折線圖", "Line chart"),
    "grouped_bar": Text("分組直條圖", "Grouped column chart"),
    "stacked_bar": Text("堆疊直條圖", "Stacked column chart"),
    "ranked_bar": Text("排序橫條圖", "Ranked bar chart"),
    "heat_map": Text("熱度圖", "Heat map"),
    "slope": Text("斜率圖", "Slope chart"),
    "small_multiples": Text("並列折線圖", "Small line charts side by side"),
    "spark": Text("趨勢線", "Trend line"),
}


def alternative(spec: ChartSpec, language: Language) -> str:
    """What the chart shows, for a reader who does not see it; its numbers are printed strings and years."""
    head = _alternative_head(spec, language)
    tail = _alternative_tail(spec, language)
    bodies: list[list[str]]
    if spec.form == "ranked_bar":
        bodies = [_ranking_words(spec, language), _extreme_words(spec, language)]
    elif spec.form == "slope":
        bodies = [_slope_sentences(spec, language), _extreme_words(spec, language)]
    elif len(spec.series) <= ALTERNATIVE_SERIES:
        bodies = [
            _series_words(spec, language, True),
            _series_words(spec, language, False),
            _extreme_words(spec, language),
        ]
    else:
        bodies = [_extreme_words(spec, language)]
    space = "" if language == "zh" else " "
    for body in bodies:
        whole = space.join([head, *body, *tail])
        if len(whole) <= MOST_TEXT:
            return whole
    return whole if len(whole) <= MOST_TEXT else space.join([head, *bodies[-1]])[:MOST_TEXT]


def _alternative_head(spec: ChartSpec, language: Language) -> str:
    form, measure, unit = (one.say(language) for one in (_FORM_NAMES[spec.form], spec.measure, spec.unit))
    xs = [x for x, _ in spec.xs]
    years = ""
    if all(isinstance(x, int) for x in xs):
        first, last = _where(spec, xs[0], language), _where(spec, xs[-1], language)
        if language == "zh":
            years = f"，民國{first}" + (f"至{last}" if len(xs) > 1 else "")
        else:
            years = f", {first}" + (f" to {last}" if len(xs) > 1 else "")
    if language == "zh":
        return f"{form}：{measure}" + f"（{unit}）" * bool(unit) + f"{years}。"
    return f"{form}: {measure}" + f" ({unit})" * bool(unit) + f"{years}."


def _where(spec: ChartSpec, x: int | str, language: Language) -> str:
    if isinstance(x, int):
        return f"{x}年" if language == "zh" else str(gregorian_year(x))
    return next(label for one, label in spec.xs if one == x).say(language)


def _drawn(spec: ChartSpec, series: str = "") -> list[Point]:
    at = {x: number for number, (x, _) in enumerate(spec.xs)}
    some = [p for p in spec.points if p.figure.gap is None and (not series or p.series == series)]
    return sorted(some, key=lambda point: at[point.x])


def _exact(point: Point) -> Fraction:
    exact = point.figure.value.exact
    return Fraction(0) if isinstance(exact, Gap) else exact


def _at(spec: ChartSpec, point: Point, language: Language) -> str:
    """`121,587 in 2018`, `107年 121,587`; the place alone when it is a member."""
    where = _where(spec, point.x, language)
    if language == "zh":
        return f"{where} {point.figure.plain}"
    return f"{point.figure.plain} {'in' if isinstance(point.x, int) else 'for'} {where}"


def _series_words(spec: ChartSpec, language: Language, extremes: bool) -> list[str]:
    words = []
    years = isinstance(spec.xs[0][0], int)
    for one in spec.series:
        points = _drawn(spec, one.id)
        label = one.label.say(language)
        if not points:
            words.append(f"{label}：無數值。" if language == "zh" else f"{label}: no figure.")
            continue
        ends = [points[0], points[-1]] if years else []
        high, low = max(points, key=_exact), min(points, key=_exact)
        parts = [_at(spec, point, language) for point in dict.fromkeys(ends)]
        if (extremes or not years) and len(points) > 2 - (not years):
            parts.append(("最高 " if language == "zh" else "highest ") + _at(spec, high, language))
            parts.append(("最低 " if language == "zh" else "lowest ") + _at(spec, low, language))
        elif not parts:
            parts = [_at(spec, points[0], language)]
        words.append(
            f"{label}：{'，'.join(parts)}。" if language == "zh" else f"{label}: {', '.join(parts)}."
        )
    return words


def _extreme_words(spec: ChartSpec, language: Language) -> list[str]:
    """The highest and the lowest figure of all, and those of the highlighted series."""
    points = _drawn(spec)
    if not points:
        return []
    high, low = max(points, key=_exact), min(points, key=_exact)
    labels = {one.id: one.label.say(language) for one in spec.series}
    several = len(spec.series) > 1

    def words(point: Point) -> str:
        place = _at(spec, point, language)
        if not several:
            return place
        return f"{labels[point.series]} {place}" if language == "zh" else f"{labels[point.series]}, {place}"

    if language == "zh":
        said = [f"最高：{words(high)}；最低：{words(low)}。"]
    else:
        said = [f"Highest: {words(high)}; lowest: {words(low)}."]
    stressed = [point for point in points if spec.highlight in (point.series, point.x) and spec.highlight]
    if stressed:
        ends = dict.fromkeys((stressed[0], stressed[-1]))
        if language == "zh":
            said.append(f"標示：{'；'.join(words(point) for point in ends)}。")
        else:
            said.append(f"Highlighted: {'; '.join(words(point) for point in ends)}.")
    if several and isinstance(spec.xs[-1][0], int) and len(spec.xs) > 1:
        last = [point for point in points if point.x == spec.xs[-1][0]]
        if len(last) > 1:
            top, bottom = max(last, key=_exact), min(last, key=_exact)
            year = _where(spec, spec.xs[-1][0], language)
            if language == "zh":
                best = f"{labels[top.series]} {top.figure.plain} 最高"
                pair = f"{best}，{labels[bottom.series]} {bottom.figure.plain} 最低"
                said.append(f"{year}以{pair}。")
            else:
                pair = f"{labels[top.series]} was highest with {top.figure.plain}"
                said.append(f"In {year}, {pair}, {labels[bottom.series]} lowest with {bottom.figure.plain}.")
    return said


def _ranking_words(spec: ChartSpec, language: Language) -> list[str]:
    sign = 1 if spec.better == "low" else -1
    members = [one for one in _members(spec) if one.point is not None]
    ranked = sorted(
        (
            (one.label.say(language), one.point)
            for one in members
            if one.point and one.point.figure.gap is None
        ),
        key=lambda pair: sign * _exact(pair[1]),
    )
    listed = [f"{label} {point.figure.plain}" for label, point in ranked]
    if language == "zh":
        return [("由低至高：" if sign == 1 else "由高至低：") + "、".join(listed) + "。"]
    return [("From low to high: " if sign == 1 else "From high to low: ") + ", ".join(listed) + "."]


def _slope_sentences(spec: ChartSpec, language: Language) -> list[str]:
    words = []
    for one in spec.series:
        points = _drawn(spec, one.id)
        label = one.label.say(language)
        if len(points) == 2:
            first, last = (point.figure.plain for point in points)
            words.append(
                f"{label}由 {first} 至 {last}" if language == "zh" else f"{label} from {first} to {last}"
            )
    if not words:
        return []
    return ["；".join(words) + "。"] if language == "zh" else ["; ".join(words) + "."]


def _alternative_tail(spec: ChartSpec, language: Language) -> list[str]:
    """Target, breaks of the series, missing figures."""
    zh = language == "zh"
    words = []
    targets = [point for point in spec.target if point.figure.gap is None]
    if targets and spec.target_label:
        label = spec.target_label.say(language)
        strings = list(dict.fromkeys(point.figure.plain for point in targets))
        if len(strings) == 1:
            words.append(f"{label}：{strings[0]}。" if zh else f"{label}: {strings[0]}.")
        elif isinstance(targets[-1].x, int):
            place = _at(spec, targets[-1], language)
            words.append(f"{label}：{place}。" if zh else f"{label}: {place}.")
    for one in spec.breaks:
        year, label = _where(spec, one.roc_year, language), one.label.say(language)
        words.append(f"數列自{year}起不連續：{label}。" if zh else f"The series breaks in {year}: {label}.")
    gaps = [point for point in spec.points if point.figure.gap is not None]
    if gaps:
        labels = {one.id: one.label.say(language) for one in spec.series}
        several = len(spec.series) > 1
        places = [
            (f"{labels[point.series]} " if several else "") + _where(spec, point.x, language)
            for point in gaps
        ]
        if len(places) <= 4:
            words.append(f"無數值：{'、'.join(places)}。" if zh else f"No figure: {', '.join(places)}.")
        else:
            words.append("部分數值從缺。" if zh else "Some figures are missing.")
    return words
