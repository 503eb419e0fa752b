"""From a specification to the finished SVG: checks it, has its form laid out, and lets vl-convert draw it.

What a chart looks like is said in `lines`, `bars` and `rows`; here is only what the engine gets and gives.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from reportgen.model import MOST_POINTS, MOST_SERIES, ChartSpec, Edition, Gap, Point
from reportgen.model.errors import Place, Problem, RenderError, problem
from reportgen.model.formats import MINUS
from reportgen.model.messages import told
from reportgen.read.theme import Theme
from reportgen.write.charts.forms import FORMS, Job, drawn_as
from reportgen.write.charts.words import text_width

POINTS_PER_MM = 72 / 25.4


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
    job = Job(
        spec=spec,
        form=drawn_as(spec),
        edition=edition,
        theme=theme,
        factor=tick_factor,
        width=spec.width_mm * POINTS_PER_MM,
        height=spec.height_mm * POINTS_PER_MM,
    )
    vega = specification(job)
    refuse_url(vega, name)
    return _finish(_convert(vega, name), job, name)


def specification(job: Job) -> dict[str, Any]:
    """The chart as Vega-Lite, in the look of the job's theme."""
    from altair.utils.schemapi import debug_mode

    from reportgen.write.charts import bars, lines, look, rows

    made = {
        "line": lines.line,
        "spark": lines.spark,
        "grouped_bar": bars.columns,
        "stacked_bar": bars.columns,
        "ranked_bar": rows.ranked,
        "dumbbell": rows.dumbbell,
        "heat_map": rows.heat_map,
    }
    look.register(job.theme)
    with debug_mode(False):  # Altair would check each part against its schema as it is made: half of the time
        return made[job.form](job)


def check_spec(spec: ChartSpec, *, tick_factor: Fraction = Fraction(1), name: str = "chart") -> None:
    """RenderError with every fault that Vega would answer with an empty or a wrong picture and a success."""
    if problems := tuple(_spec_faults(spec, tick_factor, name)):
        raise RenderError(problems)


def _spec_faults(spec: ChartSpec, factor: Fraction, name: str) -> Iterable[Problem]:
    def fault(where: str, en: str, zh: str) -> Problem:
        return Problem(Place(name, column=where), en, zh)

    if spec.form not in FORMS:
        yield fault("form", *told("charts.unknown_form", form=spec.form))
        return
    for side, length in (("width_mm", spec.width_mm), ("height_mm", spec.height_mm)):
        if not (math.isfinite(length) and 5 <= length <= 2000):
            yield fault(side, *told("charts.is_not_between_mm", length=length))
    if factor <= 0:
        yield fault("tick_factor", *told("charts.is_not_above", factor=factor))
        return
    points = spec.points + spec.target
    if len(points) > MOST_POINTS:
        many = len(points)
        yield fault("points", *told("charts.points", many=many, most_points=MOST_POINTS))
        return
    if all(point.figure.gap for point in spec.points):
        yield fault("points", *told("charts.is_no_figure_draw"))
    series, xs = [one.id for one in spec.series], [x for x, _ in spec.xs]
    for where, ids in (("series", series), ("xs", xs)):
        if len(set(ids)) != len(ids):
            yield fault(where, *told("charts.id_stands_twice"))
    seen = set()
    for point in spec.points:
        if point.series not in series:
            yield fault("points", *told("charts.unknown_series", series=point.series))
        if (point.series, point.x) in seen:
            yield fault("points", *told("charts.has_two_figures", series=point.series, x=point.x))
        seen.add((point.series, point.x))
    for where, some in (("points", spec.points), ("target", spec.target)):
        for point in some:
            if point.x not in xs:
                yield fault(where, *told("charts.is_not_axis", x=point.x))
            if wrong := _figure_fault(point, factor):
                yield fault(where, *wrong)
    for one in spec.events:
        if one.at not in xs:
            at = spec.calendar.label(one.at)
            yield fault("events", *told("charts.event_is_not_axis", at=at))
    if spec.events and spec.form not in ("line", "grouped_bar", "stacked_bar"):
        yield fault("events", *told("charts.no_place_for_events", form=spec.form))
    if spec.highlight and spec.highlight not in (*series, *xs):
        yield fault("highlight", *told("charts.is_no_series_member", highlight=spec.highlight))
    yield from (fault(where, en, zh) for where, en, zh in _form_faults(spec))


def _form_faults(spec: ChartSpec) -> Iterable[tuple[str, str, str]]:
    years = all(isinstance(x, int) for x, _ in spec.xs)
    if spec.form in ("line", "small_multiples", "spark", "slope") and not years:
        yield "xs", *told("charts.runs_over_years", form=spec.form)
    if years and [x for x, _ in spec.xs] != sorted((x for x, _ in spec.xs), key=int):
        yield "xs", *told("charts.years_are_not_order")
    if spec.form == "slope" and len(spec.xs) != 2:
        yield "xs", *told("charts.slope_chart_has_two_years")
    if spec.form == "ranked_bar" and 1 not in (len(spec.series), len(spec.xs)):
        yield "points", *told("charts.ranked_bar_chart_has_one")
    drawn_apart = spec.form in ("line", "grouped_bar", "stacked_bar")
    if drawn_apart and len(spec.series) > MOST_SERIES and not (spec.form == "line" and spec.highlight):
        yield "series", *told("charts.more_than_series_cannot_told")


def _figure_fault(point: Point, factor: Fraction) -> tuple[str, str] | None:
    """A bar as long as another number than the one printed beside it: the unit's factor was forgotten."""
    exact = point.figure.value.exact
    if isinstance(exact, Gap):
        return None
    if isinstance(exact, float) and not math.isfinite(exact):
        return told("charts.is_not_number_draw", exact=exact)
    if abs(exact / factor) > 10**15:
        return told("charts.number_above_cannot_drawn")
    plain = point.figure.plain
    try:
        printed = Decimal(plain.replace(",", "").replace(MINUS, "-"))
    except InvalidOperation:
        return None  # "≈0" and the like
    half = Fraction(1, 2) * Fraction(10) ** int(printed.as_tuple().exponent)
    if abs(exact / factor - Fraction(printed)) <= half:
        return None
    return told("charts.other_unit", x=point.x, plain=plain, number=float(exact / factor))


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


def _foreign(node: object, where: str, rows: bool = False) -> Iterable[tuple[str, tuple[str, str]]]:
    """What is refused; within `rows` any field may have any name, and only numbers are looked at."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            here = f"{where}.{key}" if where else str(key)
            if key in _REFUSED and not rows:
                yield here, told("charts.is_not_allowed_chart", key=key)
            else:
                yield from _foreign(value, here, rows or key in ("values", "datasets"))
    elif isinstance(node, list | tuple):
        for number, value in enumerate(node):
            yield from _foreign(value, f"{where}[{number}]", rows)
    elif rows and isinstance(node, int | float) and not abs(node) <= 10**15:
        yield where, told("charts.cannot_drawn", node=node)


def _convert(vega: dict[str, Any], name: str) -> str:
    import vl_convert

    try:
        svg: str = vl_convert.vegalite_to_svg(_for_engine(vega), allowed_base_urls=[], show_warnings=False)
    except Exception as error:  # whatever the engine throws, it is this chart that cannot be made
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise RenderError(problem(Place(name), "charts.chart_could_not_drawn", said=said)) from error
    return svg


def _for_engine(vega: dict[str, Any]) -> str:
    """The specification as the engine draws it soonest, which looks the same.

    Words that have no scale become one layer for each weight. All sizes are negative, and `_finish` turns them round: above 0
    Vega measures every word, to no use here, for 0.3 ms each, and with a Chinese font at hand it reads 7 MB for that.
    """
    layers: list[dict[str, Any]] = []
    words: dict[int, dict[str, Any]] = {}
    for layer in vega.get("layer", ()):
        mark, encoding = layer["mark"], layer["encoding"]
        if mark["type"] != "text":
            layers.append(layer)
        elif encoding["x"]["scale"] is encoding["y"]["scale"] is None:
            size = {"field": "size", "type": "quantitative", "scale": None}
            plain = {"type": "text", "align": "left", "fontWeight": mark["fontWeight"]}
            joined = {"mark": plain, "encoding": encoding | {"size": size}, "data": {"values": []}}
            words.setdefault(mark["fontWeight"], joined)["data"]["values"] += _left_words(layer)
        else:
            layers.append(layer | {"mark": mark | {"fontSize": -mark["fontSize"]}})
    return json.dumps(vega | {"layer": [*layers, *words.values()]})


def _left_words(layer: dict[str, Any]) -> Iterable[dict[str, Any]]:
    mark = layer["mark"]
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[mark["align"]]
    for row in layer["data"]["values"]:
        x = row["x"] + mark["dx"] - share * text_width(row["t"], mark["fontSize"], mark["fontWeight"])
        yield row | {"x": x, "y": row["y"] + mark["dy"], "size": -mark["fontSize"]}


_TEXT = re.compile(r'<text ([^>]*?)transform="translate\(([-\d.]+),([-\d.]+)\)"([^>]*)>([^<]*)</text>')


def _from_left(match: re.Match[str]) -> str:
    """A word that begins at its left: WeasyPrint draws one with another anchor as a form of its own, outside of the
    figure's marked content, and a page of charts has 400 of them."""
    anchor, x, y, rest, words = match.groups()
    share = {"middle": 0.5, "end": 1.0}.get(_value("text-anchor", anchor), 0.0)
    size = float(_value("font-size", rest).removesuffix("px"))
    wide = text_width(html.unescape(words), size, int(_value("font-weight", rest) or 400))
    return f'<text transform="translate({round(float(x) - share * wide, 2):g},{y})"{rest}>{words}</text>'


def _value(name: str, attributes: str) -> str:
    match = re.search(rf'{name}="([^"]*)"', attributes)
    return match[1] if match else ""


_MARKS = re.compile(r'<g class="mark-[a-z]+ role-mark [^"]*"[^>]*>(</g>)?')
_TAG = re.compile(r"<[a-zA-Z][^>]*>")
_ACCESSIBILITY = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"')
_FINE = re.compile(r"(\d\.\d\d)\d+")
_IDS = re.compile(r"\b((?:gradient|clip)_?)(\d+)\b")


def _finish(svg: str, job: Job, name: str) -> bytes:
    """The SVG with its size in mm, the real family, ids counted from 0, and without Vega's English ARIA."""
    groups = _MARKS.findall(svg)
    if not groups or any(groups):
        raise RenderError(problem(Place(name), "charts.part_chart_is_empty"))
    numbers: dict[str, int] = {}  # Vega counts its ids through the life of the process

    def tag(match: re.Match[str]) -> str:
        words = _ACCESSIBILITY.sub("", match[0])
        words = words.replace('font-size="-', 'font-size="').replace(' opacity="1"', "")
        words = _FINE.sub(r"\1", words)  # a hundredth of a point is finer than any printer
        return _IDS.sub(lambda one: f"{one[1]}{numbers.setdefault(one[2], len(numbers))}", words)

    svg = _TEXT.sub(_from_left, _TAG.sub(tag, svg))
    if "NaN" in "".join(_TAG.findall(svg)):
        raise RenderError(problem(Place(name), "charts.mark_has_no_place"))
    width, height = job.spec.width_mm, job.spec.height_mm
    box = f'viewBox="0 0 {width * POINTS_PER_MM:.4f} {height * POINTS_PER_MM:.4f}"'
    size = f'width="{width:g}mm" height="{height:g}mm"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" {size} {box}>'
    return re.sub(r"^<svg[^>]*>", head, svg).encode()
