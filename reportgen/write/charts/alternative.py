"""The words for a reader who does not see the chart: from a specification to sentences in one language.

It draws nothing and formats no figure: what it says of a figure is the string that is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reportgen.model import ChartSpec, Gap, Language, Point, Text
from reportgen.model.formats import gregorian_year
from reportgen.model.messages import message
from reportgen.write.charts.forms import ranked_members

MOST_TEXT = 600  # characters of an alternative text; longer ones are cut off or skipped by screen readers
ALTERNATIVE_SERIES = 6


_FORM_NAMES: Mapping[str, Text] = {
    "line": message("charts.line_chart"),
    "grouped_bar": message("charts.grouped_column_chart"),
    "stacked_bar": message("charts.stacked_column_chart"),
    "ranked_bar": message("charts.ranked_bar_chart"),
    "heat_map": message("charts.heat_map"),
    "slope": message("charts.slope_chart"),
    "small_multiples": message("charts.small_line_charts_side_side"),
    "spark": message("charts.trend_line"),
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
    members = [one for one in ranked_members(spec) if one.point is not None]
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
    """Target, breaks of the series, events, missing figures."""
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
    for event in spec.events:
        year, label = _where(spec, event.roc_year, language), event.label.say(language)
        words.append(f"{year}：{label}。" if zh else f"{year}: {label}.")
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
