"""Charts: what is printed stands in them as text, what is missing is shown, the bytes are always the same."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import random
import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from reportgen.model import (
    LANGUAGES,
    ChartForm,
    ChartSpec,
    Edition,
    Gap,
    Language,
    Point,
    Printed,
    Series,
    SeriesBreak,
    Text,
    Value,
    formats,
)
from reportgen.model.errors import RenderError
from reportgen.read.theme import Theme, load_theme
from reportgen.write import charts
from reportgen.write.charts import drawing, forms, shades

ROOT = Path(__file__).parents[2]
EDITIONS: tuple[Edition, ...] = ("both", "zh", "en")
PERCENT = Fraction(1, 100)
NO_DATA = Gap("not_available", Text("無資料", "no data"))
BLANK = Gap("blank", Text("空白", "blank"))
BREAK = SeriesBreak(93, Text("改按批計件", "counted in batches"))
RATE = Series("rate", Text("達成率", "Achievement rate"))
KINDS = (
    Series("tax", Text("財稅", "Tax")),
    Series("nhi", Text("健保", "NHI")),
    Series("fine", Text("罰鍰", "Fines")),
)
BRANCHES = tuple(
    Series(f"b{number}", Text(f"{zh}分署", f"{en} Branch"))
    for number, (zh, en) in enumerate(
        (
            *(("臺北", "Taipei"), ("新北", "New Taipei"), ("士林", "Shilin"), ("桃園", "Taoyuan")),
            *(("新竹", "Hsinchu"), ("臺中", "Taichung"), ("彰化", "Changhua"), ("嘉義", "Chiayi")),
        )
    )
)


def printed(exact: Fraction | Gap, digits: int = 1, factor: Fraction = PERCENT) -> Printed:
    plain = formats.plain(exact, digits, factor)
    return Printed(
        number=1,
        value=Value(metric="m", key=(), exact=exact, unit="u", digits=digits),
        plain=plain,
        text=Text(plain, plain),
    )


def percent(number: str) -> Printed:
    return printed(Fraction(number) / 100)


def years(first: int, last: int) -> tuple[tuple[int, Text], ...]:
    return tuple((year, formats.roc_year(year)) for year in range(first, last + 1))


def figures(series: tuple[Series, ...], first: int, last: int) -> tuple[Point, ...]:
    """Numbers from 85.0 to 112.0 that go up and down, no two the same in a series."""
    return tuple(
        Point(one.id, year, percent(f"{85 + (at * 37 + year * 71) % 271 / 10:.1f}"))
        for at, one in enumerate(series)
        for year in range(first, last + 1)
    )


def spec_of(form: ChartForm) -> ChartSpec:
    measure, unit = RATE.label, Text("%", "%")
    goal = Text("目標", "Target")
    if form == "ranked_bar":
        points = tuple(
            Point("rate", one.id, p.figure)
            for one, p in zip(BRANCHES, figures(BRANCHES, 90, 90), strict=True)
        )
        xs = tuple((one.id, one.label) for one in BRANCHES)
        return ChartSpec(
            form=form,
            series=(RATE,),
            xs=xs,
            points=points,
            measure=measure,
            unit=unit,
            highlight="b1",
            better="high",
        )
    if form == "slope":
        points = tuple(p for p in figures(BRANCHES, 90, 95) if p.x in (90, 95))
        return ChartSpec(
            form=form,
            series=BRANCHES,
            xs=(years(90, 90) + years(95, 95)),
            points=points,
            measure=measure,
            unit=unit,
            highlight="b1",
        )
    if form == "heat_map":
        return ChartSpec(
            form=form,
            series=BRANCHES,
            xs=years(90, 97),
            points=figures(BRANCHES, 90, 97),
            measure=measure,
            unit=unit,
        )
    series = KINDS[:1] if form == "spark" else KINDS
    spec = ChartSpec(
        form=form, series=series, xs=years(90, 97), points=figures(series, 90, 97), measure=measure, unit=unit
    )
    if form in ("line", "small_multiples"):
        target = tuple(Point("target", year, percent("100")) for year, _ in years(90, 97))
        spec = dataclasses.replace(spec, target=target, target_label=goal, breaks=(BREAK,))
    if form in ("grouped_bar", "stacked_bar"):
        spec = dataclasses.replace(spec, xs=years(90, 93), points=figures(series, 90, 93))
    if form == "spark":
        spec = dataclasses.replace(spec, width_mm=40, height_mm=10)
    return spec


FORMS: tuple[ChartForm, ...] = forms.FORMS


def exact(point: Point) -> Fraction:
    assert isinstance(point.figure.value.exact, Fraction)
    return point.figure.value.exact


# Which of the printed strings a form shows as words.
SHOWN: dict[str, Callable[[ChartSpec], list[Point]]] = {
    "line": lambda spec: [point for point in spec.points if point.x == 97],
    "small_multiples": lambda spec: [point for point in spec.points if point.x == 97],
    "grouped_bar": lambda spec: list(spec.points),
    "stacked_bar": lambda spec: list(spec.points),
    "ranked_bar": lambda spec: list(spec.points),
    "heat_map": lambda spec: list(spec.points),
    "slope": lambda spec: list(spec.points),
    "spark": lambda spec: [edge(spec.points, key=exact) for edge in (min, max)],
}


@pytest.fixture(scope="module")
def theme() -> Theme:
    return load_theme(ROOT / "styles" / "tokens.toml")


def drawn(
    spec: ChartSpec, theme: Theme, edition: Edition = "both", factor: Fraction = PERCENT
) -> ElementTree.Element:
    return ElementTree.fromstring(charts.draw(spec, edition, theme, tick_factor=factor, name="figure-1"))


def plot_of(svg: ElementTree.Element) -> tuple[float, float]:
    """Where the plot begins: all marks are placed from there."""
    moved = re.fullmatch(r"translate\(([\d.]+),([\d.]+)\)", svg[0].get("transform", ""))
    assert moved
    return float(moved[1]), float(moved[2])


def words_of(svg: ElementTree.Element) -> list[str]:
    return ["".join(one.itertext()) for one in svg.iter("{http://www.w3.org/2000/svg}text")]


def changed(spec: ChartSpec, series: str, x: int | str, figure: Printed) -> ChartSpec:
    points = tuple(Point(p.series, p.x, figure) if (p.series, p.x) == (series, x) else p for p in spec.points)
    return dataclasses.replace(spec, points=points)


# ---- every form -----------------------------------------------------------------------------


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_draws_in_every_edition(form: ChartForm, edition: Edition, theme: Theme) -> None:
    spec = spec_of(form)
    raw = charts.draw(spec, edition, theme, tick_factor=PERCENT).decode()
    svg = ElementTree.fromstring(raw)
    words = words_of(svg)
    shown = [point.figure.plain for point in SHOWN[form](spec)]
    assert [plain for plain in shown if plain not in words] == []
    assert svg.get("width") == f"{spec.width_mm:g}mm" and svg.get("height") == f"{spec.height_mm:g}mm"
    assert svg.get("viewBox") == f"0 0 {spec.width_mm * 72 / 25.4:.4f} {spec.height_mm * 72 / 25.4:.4f}"
    assert "url(" not in raw and "href" not in raw and "aria-" not in raw and "role=" not in raw
    assert re.findall(r"https?://[^\"]*", raw) == ["http://www.w3.org/2000/svg"]
    assert "NaN" not in raw and "undefined" not in raw and "null" not in raw
    families = set(re.findall(r'font-family="([^"]*)"', raw))
    assert families == {"Noto Sans TC"}
    assert set(re.findall(r'font-size="([^"]*)"', raw)) <= {"7.5px", "8.5px"}
    han = bool(re.search(r"[\u4e00-\u9fff]", "".join(words)))
    assert han == (edition != "en" and form != "spark")


Box = tuple[float, float, float, float, str]


def boxes_of(svg: ElementTree.Element) -> list[Box]:
    """Where each word stands in the chart: left, top, right, bottom."""
    boxes: list[Box] = []
    left, top = plot_of(svg)
    for one in svg.iter("{http://www.w3.org/2000/svg}text"):
        place = re.fullmatch(r"translate\(([-\d.]+),([-\d.]+)\)", one.get("transform", ""))
        assert place and one.get("text-anchor") is None
        size = float(one.get("font-size", "").removesuffix("px"))
        words = "".join(one.itertext())
        wide = charts.text_width(words, size, int(one.get("font-weight") or 400))
        x, y = left + float(place[1]), top + float(place[2])
        boxes.append((x, y - size * 0.75, x + wide, y + size * 0.1, words))
    return boxes


def assert_all_words_can_be_read(spec: ChartSpec, svg: ElementTree.Element) -> None:
    """None leaves the chart, and none lies on another."""
    boxes = boxes_of(svg)
    width, height = spec.width_mm * 72 / 25.4, spec.height_mm * 72 / 25.4
    for left, top, right, bottom, words in boxes:
        assert left >= -0.5 and right <= width + 0.5 and top >= -0.5 and bottom <= height, words
    for one, other in itertools.combinations(boxes, 2):
        across = min(one[2], other[2]) - max(one[0], other[0])
        down = min(one[3], other[3]) - max(one[1], other[1])
        assert across <= 0.5 or down <= 0.5, (one[4], other[4])


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("form", FORMS)
def test_no_word_leaves_the_chart_or_lies_on_another(form: ChartForm, edition: Edition, theme: Theme) -> None:
    spec = spec_of(form)
    assert_all_words_can_be_read(spec, drawn(spec, theme, edition))


@pytest.mark.parametrize("form", ["line", "grouped_bar", "stacked_bar", "small_multiples", "spark"])
def test_all_words_can_be_read_whatever_the_figures(form: ChartForm, theme: Theme) -> None:
    """One year or 26, one series or six with long names, ties, zeros, gaps, large and negative numbers."""
    chance = random.Random(form)
    for _ in range(12):
        names = (("財稅", "Tax"), ("全民健康保險", "National health insurance"), ("費用", "Fees"))
        count = 1 if form == "spark" else chance.choice((1, 2, 4, 6))
        series = tuple(Series(f"s{n}", Text(*chance.choice(names))) for n in range(count))
        xs = years(90, 90 + chance.choice((0, 1, 3, 8, 17, 25)))
        least, scale = chance.choice((0, 0, -100)), chance.choice((1, 10, 10**6))
        points = tuple(
            Point(one.id, x, printed(NO_DATA) if chance.random() < 0.1 else number)
            for one in series
            for x, _ in xs
            for number in (printed(Fraction(chance.randint(least, 300) * scale), 1, Fraction(1)),)
        )
        points = (
            points
            if any(p.figure.gap is None for p in points)
            else (Point("s0", 90, printed(Fraction(1), 1, Fraction(1))),)
        )
        size = {"width_mm": 44.0, "height_mm": 11.0} if form == "spark" else {"height_mm": 64.0}
        spec = dataclasses.replace(one_line(**size), form=form, series=series, xs=xs, points=points)
        assert_all_words_can_be_read(spec, drawn(spec, theme, chance.choice(EDITIONS), Fraction(1)))


def test_one_chart_serves_both_languages(theme: Theme) -> None:
    words = words_of(drawn(spec_of("line"), theme))
    assert set(words) >= {"達成率（%）", "Achievement rate (%)", "財稅 Tax", "97", "2008", "民國年", "Year"}


def test_no_number_is_made_by_the_drawing_engine(theme: Theme) -> None:
    """13,246 units a tick: an engine that prints its own numbers would write 20k or 20000."""
    points = tuple(
        Point("tax", year, printed(Fraction(13246 * number), 0, Fraction(1)))
        for number, (year, _) in enumerate(years(90, 97))
    )
    spec = dataclasses.replace(spec_of("line"), series=KINDS[:1], points=points, target=(), target_label=None)
    words = words_of(drawn(spec, theme, "en", Fraction(1)))
    assert {"0", "20,000", "40,000", "60,000", "80,000", "100,000", "92,722"} <= set(words)


def test_a_column_is_as_long_as_its_figure(theme: Theme) -> None:
    points = (
        Point("tax", 90, percent("25")),
        Point("nhi", 90, percent("50")),
        Point("fine", 90, percent("-25")),
    )
    spec = dataclasses.replace(spec_of("grouped_bar"), xs=years(90, 90), points=points)
    raw = charts.draw(spec, "en", theme, tick_factor=PERCENT).decode()
    (group, *_) = re.findall(r'<g class="mark-rect role-mark [^"]*">(.*?)</g>', raw)
    paths = re.findall(r'd="M[-\d.]+,[-\d.]+h[-\d.]+v([-\d.]+)h[-\d.]+Z" fill="#\w+" stroke="#ffffff"', group)
    quarter, half, below = (abs(float(path)) for path in paths)
    assert half == pytest.approx(2 * quarter, abs=0.01) and below == pytest.approx(quarter, abs=0.01)


def test_a_ranking_is_sorted_and_stresses_one(theme: Theme) -> None:
    words = words_of(drawn(spec_of("ranked_bar"), theme, "en"))
    plains = [float(word) for word in words if re.fullmatch(r"\d+\.\d", word)]
    stressed = next(point.figure.plain for point in spec_of("ranked_bar").points if point.x == "b1")
    calm = [number for number in plains if number != float(stressed)]
    assert calm == sorted(calm, reverse=True) and len(plains) == len(BRANCHES)
    raw = charts.draw(spec_of("ranked_bar"), "en", theme, tick_factor=PERCENT).decode()
    assert len(re.findall(f'<path [^>]*fill="{theme.colour["accent"]}"', raw)) == 1


def test_where_low_is_better_the_lowest_comes_first(theme: Theme) -> None:
    spec = dataclasses.replace(spec_of("ranked_bar"), better="low", highlight="")
    plains = [float(word) for word in words_of(drawn(spec, theme, "en")) if re.fullmatch(r"\d+\.\d", word)]
    assert plains == sorted(plains)


# ---- breaks, gaps, targets ------------------------------------------------------------------


def lines_of(spec: ChartSpec, theme: Theme) -> list[str]:
    raw = charts.draw(spec, "zh", theme, tick_factor=PERCENT).decode()
    groups = re.findall(r'<g class="mark-line role-mark [^"]*">(.*?)</g>', raw)
    return [path for group in groups for path in re.findall(r' d="(M[^"]*)"', group)]


def one_line(**changes: object) -> ChartSpec:
    points = figures(KINDS[:1], 90, 97)
    spec = ChartSpec(
        form="line",
        series=KINDS[:1],
        xs=years(90, 97),
        points=points,
        measure=RATE.label,
        unit=Text("%", "%"),
    )
    return dataclasses.replace(spec, **changes)  # type: ignore[arg-type]


def test_a_break_of_the_series_parts_the_line_and_is_labelled(theme: Theme) -> None:
    whole, parted = one_line(), one_line(breaks=(BREAK,))
    assert [path.count("L") for path in lines_of(whole, theme)] == [7]
    assert [path.count("L") for path in lines_of(parted, theme)] == [2, 4]
    assert BREAK.label.zh in words_of(drawn(parted, theme, "zh"))
    raw = charts.draw(parted, "zh", theme, tick_factor=PERCENT).decode()
    rules = re.findall(
        r'<line transform="translate\(([\d.]+),-?[\d.]+\)" x2="0" [^>]*stroke-dasharray="2,2"', raw
    )
    assert len(rules) == 1
    before, after = (lines_of(parted, theme)[0].split("L")[-1], lines_of(parted, theme)[1][1:])
    assert float(before.split(",")[0]) < float(rules[0]) < float(after.split(",")[0])


@pytest.mark.parametrize("form", ["line", "small_multiples", "spark"])
def test_every_line_form_shows_the_break(form: ChartForm, theme: Theme) -> None:
    spec = spec_of(form)
    raw = charts.draw(dataclasses.replace(spec, breaks=(BREAK,)), "zh", theme, tick_factor=PERCENT).decode()
    bare = charts.draw(dataclasses.replace(spec, breaks=()), "zh", theme, tick_factor=PERCENT).decode()
    dashed = r'<line [^>]*stroke-dasharray="[\d.]+,[\d.]+"'
    assert len(re.findall(dashed, raw)) > len(re.findall(dashed, bare))


def test_a_gap_parts_the_line_and_shows_its_symbol(theme: Theme) -> None:
    spec = changed(one_line(), "tax", 93, printed(NO_DATA))
    assert [path.count("L") for path in lines_of(spec, theme)] == [2, 3]
    assert "…" in words_of(drawn(spec, theme, "zh"))


def test_a_figure_between_two_gaps_is_still_seen(theme: Theme) -> None:
    spec = changed(changed(one_line(), "tax", 91, printed(NO_DATA)), "tax", 93, printed(NO_DATA))
    raw = charts.draw(spec, "zh", theme, tick_factor=PERCENT).decode()
    symbols = re.search(r'<g class="mark-symbol role-mark [^"]*">(.*?)</g>', raw)
    assert symbols and symbols[1].count("<path") == 6


@pytest.mark.parametrize(
    "form", ["line", "grouped_bar", "stacked_bar", "small_multiples", "heat_map", "slope"]
)
def test_a_missing_figure_shows_its_symbol(form: ChartForm, theme: Theme) -> None:
    spec = spec_of(form)
    point = spec.points[1]
    assert "…" in words_of(drawn(changed(spec, point.series, point.x, printed(NO_DATA)), theme))


def test_a_blank_cell_of_the_heat_map_is_struck_through_and_not_shaded(theme: Theme) -> None:
    spec = spec_of("heat_map")
    raw = charts.draw(changed(spec, "b1", 92, printed(BLANK)), "zh", theme, tick_factor=PERCENT).decode()
    cells = re.search(r'<g class="mark-rect role-mark [^"]*">(.*?)</g>', raw)
    assert cells and cells[1].count("<path") == len(spec.points) - 1
    whole = charts.draw(spec, "zh", theme, tick_factor=PERCENT).decode()
    assert raw.count("<line") == whole.count("<line") + 1
    framed = r'<path [^>]*d="M[^"]*Z"[^>]*stroke-dasharray="1.5,1.5"'
    assert (len(re.findall(framed, raw)), len(re.findall(framed, whole))) == (1, 0)


def test_the_target_is_dashed_and_labelled(theme: Theme) -> None:
    spec = spec_of("line")
    raw = charts.draw(spec, "en", theme, tick_factor=PERCENT).decode()
    dashed = f'<path [^>]*stroke="{theme.colour["ink_soft"]}"[^>]*stroke-dasharray="3,2"'
    assert len(re.findall(dashed, raw)) == 2
    assert {"Target", "100.0"} <= set(words_of(ElementTree.fromstring(raw)))


def test_six_lines_are_named_at_their_ends(theme: Theme) -> None:
    series = tuple(Series(str(number), Text(f"第{number}類", f"Type {number}")) for number in "ABCDEF")
    points = figures(series, 90, 97)
    spec = dataclasses.replace(one_line(), series=series, points=points)
    words = words_of(drawn(spec, theme, "en"))
    assert [word for word in words if word.startswith("Type")] == [f"Type {number}" for number in "ABCDEF"]


# ---- the same bytes -------------------------------------------------------------------------

AGAIN = """
import hashlib, sys
sys.path[:0] = [{tests!r}, {tests!r} + '/write']
from test_charts import *
theme = load_theme(ROOT / "styles" / "tokens.toml")
forms = {order}
found = {{form: charts.draw(spec_of(form), "both", theme, tick_factor=PERCENT) for form in forms}}
print(hashlib.sha256(b"".join(found[form] for form in sorted(found))).hexdigest())
"""


@pytest.mark.slow
def test_two_fresh_processes_draw_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for seed, order in (("1", FORMS), ("2", FORMS[::-1])):
        script = AGAIN.format(tests=str(Path(__file__).parents[1]), order=order)
        run = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": str(ROOT),
                "HOME": str(tmp_path),
                "TZ": f"Asia/Taipei{seed}",
            },
        )
        digests.append(run.stdout)
    assert digests[0] == digests[1]


def test_the_fonts_of_the_machine_are_not_asked(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown family gives the same places: words are laid out by the table of widths."""
    other = dataclasses.replace(theme, fonts={**theme.fonts, "sans": "No Such Family"})
    spec = spec_of("heat_map")
    one, two = (charts.draw(spec, "both", some, tick_factor=PERCENT) for some in (theme, other))
    assert one == two.replace(b"No Such Family", b"Noto Sans TC")


# ---- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"points": ()}, "figure-1: points: there is no figure to draw"),
        ({"points": (Point("tax", 90, printed(NO_DATA)),)}, "there is no figure to draw"),
        ({"points": (Point("nobody", 90, percent("1")),)}, "unknown series 'nobody'"),
        ({"points": (Point("tax", 150, percent("1")),)}, "150 is not on the axis"),
        ({"points": (Point("tax", 90, percent("1")),) * 2}, "'tax' has two figures at 90"),
        ({"points": (Point("tax", 90, percent("1")),) * 2001}, "2001 points; a chart holds 2000"),
        ({"points": (Point("tax", 90, percent("1" + "0" * 20)),)}, "a number above 10^15 cannot be drawn"),
        ({"highlight": "nobody"}, "figure-1: highlight: 'nobody' is no series or member"),
        ({"series": KINDS[:1] * 2}, "figure-1: series: an id stands twice"),
        ({"xs": years(90, 97)[::-1]}, "the years are not in order"),
        ({"form": "pie"}, "figure-1: form: unknown form 'pie'"),
        ({"form": "slope"}, "a slope chart has two years"),
        ({"width_mm": math.nan}, "figure-1: width_mm: nan is not between 5 and 2000 mm"),
        ({"target": (Point("t", 80, percent("1")),)}, "figure-1: target: 80 is not on the axis"),
    ],
)
def test_a_specification_is_checked_before_it_is_drawn(changes: dict[str, object], message: str) -> None:
    with pytest.raises(RenderError) as caught:
        charts.check_spec(one_line(**changes), tick_factor=PERCENT, name="figure-1")
    assert message in str(caught.value)


@pytest.mark.parametrize("number", [math.inf, math.nan])
def test_a_float_without_end_is_refused(number: float) -> None:
    figure = dataclasses.replace(percent("1"), value=dataclasses.replace(percent("1").value, exact=number))  # type: ignore[arg-type]
    with pytest.raises(RenderError, match="is not a number to draw"):
        charts.check_spec(one_line(points=(Point("tax", 90, figure),)), tick_factor=PERCENT)


def test_a_forgotten_factor_is_found() -> None:
    with pytest.raises(RenderError, match="give the unit's factor as tick_factor"):
        charts.check_spec(one_line(), name="figure-1")


def test_an_empty_group_of_marks_is_an_error(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = '<svg><g class="mark-line role-mark layer_0_marks"></g></svg>'
    monkeypatch.setattr(drawing, "_convert", lambda vega, name: empty)
    with pytest.raises(RenderError, match="figure-1: a part of the chart is empty"):
        charts.draw(one_line(), "zh", theme, tick_factor=PERCENT, name="figure-1")


def test_a_fault_of_the_drawing_engine_is_told_with_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import vl_convert

    def fail(*args: object, **options: object) -> str:
        raise ValueError("Vega-Lite to SVG conversion failed:\nat line 1")

    monkeypatch.setattr(vl_convert, "vegalite_to_svg", fail)
    with pytest.raises(
        RenderError, match=r"^figure-1: the chart could not be drawn: Vega-Lite to SVG conversion failed:$"
    ):
        drawing._convert({}, "figure-1")


HOSTILE = {
    "url_relative": "data.url",
    "url_protocol_relative": "data.url",
    "url_data_uri": "data.url",
    "geo_url": "data.url",
    "sequence_1e9": "data.sequence",
    "expr_runtime_error": "calculate",
    "href": "href",
    "inf_value": ".b",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_specification_that_loads_or_computes_is_refused(case: str) -> None:
    spec = json.loads((ROOT / "tests" / "hostile" / "charts" / f"{case}.vl.json").read_text("utf-8"))
    with pytest.raises(RenderError) as caught:
        charts.refuse_url(spec, case)
    assert HOSTILE[case] in str(caught.value)


def test_a_plain_specification_passes() -> None:
    charts.refuse_url(json.loads((ROOT / "tests" / "hostile" / "charts" / "ok.vl.json").read_text("utf-8")))
    charts.refuse_url({"data": {"values": [{"url": "only a word", "b": 1}]}, "mark": "bar"})


def test_every_hostile_case_is_tried() -> None:
    folder = ROOT / "tests" / "hostile" / "charts"
    names = {path.name.removesuffix(".vl.json") for path in folder.glob("*.vl.json")}
    assert names == {*HOSTILE, "ok"}


def test_markup_in_a_label_is_printed_as_itself(theme: Theme) -> None:
    wild = '</text><script>alert("{{7*7}}")</script> font-size="-3"'
    series = (Series("tax", Text(wild, wild)),)
    svg = drawn(one_line(series=series, points=figures(series, 90, 97)), theme)
    assert wild in " ".join(words_of(svg))  # a long name stands in two lines
    assert not [one for one in svg.iter() if one.tag.endswith("script")]


# ---- axes and shades ------------------------------------------------------------------------


def test_an_axis_of_one_language_has_one_larger_unit(theme: Theme) -> None:
    cases = (500_000, 1_500_000, 2_000_000)
    points = tuple(Point("tax", 90 + at, printed(Fraction(n), 0, Fraction(1))) for at, n in enumerate(cases))
    spec = one_line(series=KINDS[:1], points=points, xs=years(90, 92))
    labels = {
        edition: words_of(ElementTree.fromstring(charts.draw(spec, edition, theme))) for edition in EDITIONS
    }
    assert {"50萬", "150萬", "200萬", "0"} <= {*labels["zh"]}
    assert {"0.5 million", "1.5 million", "2.0 million"} <= {*labels["en"]}
    assert {"500,000", "2,000,000"} <= {*labels["both"]}


@pytest.mark.parametrize(("better", "warm"), [("high", 0), ("low", -1)])
def test_shades_are_palest_at_the_meaningful_value(theme: Theme, better: Any, warm: int) -> None:
    spec = dataclasses.replace(spec_of("heat_map"), better=better)
    goal = tuple(Point("target", x, percent("100")) for x, _ in spec.xs)
    job = forms.Job(
        spec=dataclasses.replace(spec, target=goal),
        form="heat_map",
        edition="zh",
        theme=theme,
        factor=PERCENT,
        width=400,
        height=200,
    )
    found = shades.Shades.of(job)
    assert found.limits[2] == 100
    assert found.ground(Fraction(100)) == theme.diverging[2]
    assert found.ground(found.limits[0]) == found.grounds[0] == theme.diverging[0 if warm == 0 else 4]
    assert len({found.ground(number) for number in (found.limits[0], found.limits[-1])}) == 2
    assert found.limits[0] <= min(job.numbers()) <= max(job.numbers()) <= found.limits[-1]


# ---- alternative texts ----------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_the_numbers_of_an_alternative_text_are_printed_strings_or_years(
    form: ChartForm, language: Language
) -> None:
    spec = spec_of(form)
    words = charts.alternative(spec, language)
    allowed = {point.figure.plain for point in spec.points + spec.target}
    for year in range(80, 110):
        allowed.add(str(year if language == "zh" else formats.gregorian_year(year)))
    assert set(re.findall(r"\d[\d,.]*\d|\d", words)) - allowed == set()
    assert len(words) <= charts.MOST_TEXT
    assert bool(re.search(r"[\u4e00-\u9fff]", words)) == (language == "zh")
    assert words.endswith("。" if language == "zh" else ".")


def test_an_alternative_text_says_the_course_of_a_line() -> None:
    numbers = ["104.25", "98.45", "104.35"]
    points = tuple(Point("tax", 90 + at, percent(number)) for at, number in enumerate(numbers))
    spec = one_line(xs=years(90, 92), points=points, breaks=(SeriesBreak(92, BREAK.label),))
    assert charts.alternative(spec, "en") == (
        "Line chart: Achievement rate (%), 2001 to 2003. "
        "Tax: 104.3 in 2001, 104.4 in 2003, highest 104.4 in 2003, lowest 98.5 in 2002. "
        "The series breaks in 2003: counted in batches."
    )
    assert charts.alternative(spec, "zh") == (
        "折線圖：達成率（%），民國90年至92年。財稅：90年 104.3，92年 104.4，最高 92年 104.4，最低 91年 98.5。"
        "數列自92年起不連續：改按批計件。"
    )


def test_an_alternative_text_says_what_is_missing() -> None:
    spec = changed(one_line(), "tax", 93, printed(NO_DATA))
    assert charts.alternative(spec, "en").endswith("No figure: 2004.")
    assert charts.alternative(spec, "zh").endswith("無數值：93年。")


def test_an_alternative_text_names_more_than_four_gaps_or_says_their_number() -> None:
    def with_gaps(count: int) -> ChartSpec:
        points = [Point("tax", 90 + at, percent("9")) for at in range(3)]
        points += [Point("tax", 93 + at, printed(NO_DATA)) for at in range(count)]
        return one_line(xs=years(90, 92 + count), points=tuple(points))

    assert charts.alternative(with_gaps(5), "en").endswith("No figure: 2004, 2005, 2006, 2007, 2008.")
    assert charts.alternative(with_gaps(5), "zh").endswith("無數值：93年、94年、95年、96年、97年。")
    assert charts.alternative(with_gaps(40), "en").endswith("No figure in 40 of 43 places.")
    assert charts.alternative(with_gaps(40), "zh").endswith("43 處中有 40 處無數值。")


@pytest.mark.parametrize(
    ("numbers", "en", "zh"),
    [
        (
            (9, 3, 9, 4),
            "highest 9.0 in 2001, 2003, lowest 3.0 in 2002.",
            "最高 90年、92年 9.0，最低 91年 3.0。",
        ),
        ((9, 9, 9, 9), "all of them 9.0.", "均為 9.0。"),
        (
            (9, 9, 9, 3, 9),
            "highest 9.0 in four years, lowest 3.0 in 2004.",
            "最高 四個年度 9.0，最低 93年 3.0。",
        ),
    ],
)
def test_an_alternative_text_names_all_that_are_highest(numbers: tuple[int, ...], en: str, zh: str) -> None:
    points = tuple(Point("tax", 90 + at, percent(str(number))) for at, number in enumerate(numbers))
    spec = one_line(xs=years(90, 89 + len(numbers)), points=points)
    assert charts.alternative(spec, "en").endswith(en)
    assert charts.alternative(spec, "zh").endswith(zh)


def test_a_member_without_a_figure_has_its_row_in_a_ranked_chart(theme: Theme) -> None:
    spec = spec_of("ranked_bar")
    lost = spec.points[0]
    spec = dataclasses.replace(
        spec, points=(dataclasses.replace(lost, figure=printed(NO_DATA)), *spec.points[1:]), highlight=""
    )
    label = dict(spec.xs)[lost.x].en
    assert label in " ".join(words_of(drawn(spec, theme, "en")))
    assert charts.alternative(spec, "en").endswith(f"No figure: {label}.")


def test_the_alternative_text_of_shades_says_how_many_hold_the_highest() -> None:
    series = tuple(Series(f"s{at}", Text(f"甲{at}", f"A{at}")) for at in range(8))
    points = tuple(Point(one.id, 90, percent("100" if at < 6 else "50")) for at, one in enumerate(series))
    spec = one_line(form="heat_map", series=series, xs=years(90, 90), points=points)
    assert "Highest: 100.0 for six places; lowest: 50.0 for A6 (2001), A7 (2001)." in charts.alternative(
        spec, "en"
    )
    assert "最高：六處 100.0；最低：甲6（90年）、甲7（90年） 50.0。" in charts.alternative(spec, "zh")


def test_a_long_alternative_text_becomes_a_shorter_one() -> None:
    series = tuple(
        Series(f"s{number}", Text("很長的類別名稱" * 4, "A category with a rather long and winding name"))
        for number in range(6)
    )
    spec = one_line(series=series, points=figures(series, 90, 97))
    assert len(charts.alternative(spec, "en")) <= charts.MOST_TEXT
    assert charts.alternative(spec, "en").endswith(".")
