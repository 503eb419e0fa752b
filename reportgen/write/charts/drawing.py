"""From a specification to the finished SVG: checks it, has its form laid out, and lets vl-convert draw it.

Where a mark stands is decided in `forms` and `canvas`; here is only what the engine gets and gives.
"""

from __future__ import annotations

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
from reportgen.write.charts.canvas import Canvas, Job
from reportgen.write.charts.forms import FORMS

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
    job = Job(spec=spec, edition=edition, theme=theme, factor=tick_factor, name=name)
    canvas = Canvas(theme=theme, width=spec.width_mm * POINTS_PER_MM, height=spec.height_mm * POINTS_PER_MM)
    FORMS[spec.form](job, canvas)
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
        if one.roc_year not in xs:
            yield fault("events", *told("charts.event_is_not_axis", roc_year=one.roc_year))
    if spec.events and spec.form not in ("line", "grouped_bar", "stacked_bar"):
        yield fault("events", f"a {spec.form} chart has no place for events", "此圖表形式無法標示事件")
    if spec.highlight and spec.highlight not in (*series, *xs):
        yield fault("highlight", *told("charts.is_no_series_member", highlight=spec.highlight))
    yield from (fault(where, en, zh) for where, en, zh in _form_faults(spec))


def _form_faults(spec: ChartSpec) -> Iterable[tuple[str, str, str]]:
    years = all(isinstance(x, int) for x, _ in spec.xs)
    if spec.form in ("line", "small_multiples", "spark", "slope") and not years:
        yield "xs", f"a {spec.form} chart runs over years", "此圖表形式的橫軸須為年度"
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
                yield here, told("charts.is_not_allowed_chart", key=key)
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
        yield where, told("charts.cannot_drawn", node=node)


def _convert(vega: dict[str, Any], name: str) -> str:
    import vl_convert

    try:
        svg: str = vl_convert.vegalite_to_svg(vega, allowed_base_urls=[], show_warnings=False)
    except Exception as error:  # whatever the engine throws, it is this chart that cannot be made
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise RenderError(problem(Place(name), "charts.chart_could_not_drawn", said=said)) from error
    return svg


_MARKS = re.compile(r'<g class="mark-[a-z]+ role-mark [^"]*"[^>]*>(</g>)?')
_TAG = re.compile(r"<[a-zA-Z][^>]*>")
_ACCESSIBILITY = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"')
_IDS = re.compile(r"\b((?:gradient|clip)_?)(\d+)\b")


def _finish(svg: str, job: Job) -> bytes:
    """The SVG with its size in mm, the real family, ids counted from 0, and without Vega's English ARIA."""
    groups = _MARKS.findall(svg)
    if not groups or any(groups):
        raise RenderError(problem(Place(job.name), "charts.part_chart_is_empty"))
    numbers: dict[str, int] = {}  # Vega counts its ids through the life of the process

    def tag(match: re.Match[str]) -> str:
        words = _ACCESSIBILITY.sub("", match[0])
        words = words.replace('font-size="-', 'font-size="')  # see `Canvas.word`
        words = words.replace(' text-anchor="start"', "").replace(' opacity="1"', "")
        return _IDS.sub(lambda one: f"{one[1]}{numbers.setdefault(one[2], len(numbers))}", words)

    svg = _TAG.sub(tag, svg)
    if "NaN" in "".join(_TAG.findall(svg)):
        raise RenderError(problem(Place(job.name), "charts.mark_has_no_place"))
    width, height = job.spec.width_mm, job.spec.height_mm
    box = f'viewBox="0 0 {width * POINTS_PER_MM:.4f} {height * POINTS_PER_MM:.4f}"'
    size = f'width="{width:g}mm" height="{height:g}mm"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" {size} {box}>'
    return re.sub(r"^<svg[^>]*>", head, svg).encode()
