"""預測: what the year may come to, if its months run as those of the years before."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reportgen import appraisal, formats
from reportgen.appraisal import Forecast
from reportgen.appraisal.forecast import total
from reportgen.errors import InputError, Place, Problem
from reportgen.kinds.appraisal.plan import ForecastPlan
from reportgen.kinds.appraisal.scribe import Level, Scribe
from reportgen.model import (
    Block,
    Cell,
    Chart,
    ChartSpec,
    Column,
    Gap,
    NoteBox,
    Paragraphs,
    Point,
    Row,
    Section,
    Series,
    Table,
    Text,
    Value,
)
from reportgen.tables import Declaration


def outlook(scribe: Scribe, level: Level, plan: ForecastPlan, declared: Declaration) -> list[Block]:
    scheme = level.declared_scheme
    if lost := [name for name in (plan.column, plan.target) if name not in scheme.columns]:
        known = ", ".join(scheme.columns)
        raise InputError(
            Problem(
                Place(scribe.material.publication.file, column="forecast"),
                f"{scheme.file} has no column {', '.join(lost)}; it has {known}",
                f"{scheme.file} 沒有欄位 {'、'.join(lost)}；可用：{known}",
            )
        )
    found = appraisal.forecasts(
        scheme,
        scribe.material.dataset,
        declared,
        dict(scribe.units),
        scribe.period,
        plan.column,
        plan.target,
        plan.years,
    )
    order = [d.person.id for d in level.result.decisions]
    order.sort(key=lambda id_: -_rate(found[id_]))
    whole = total("all", [found[id_] for id_ in order])
    words = scribe.words
    reached = sum(_rate(found[id_]) >= 1 for id_ in order)
    summary = scribe.line(
        "forecast.summary", period=scribe.period.said(), so_far=scribe.print(whole.so_far),
        rate=scribe.print(whole.rate_so_far), year=scribe.print(whole.year), forecast=scribe.print(whole.rate),
        reached=scribe.counted("forecast.reached", reached, "count of forecasts of 100% or more"),
        of=scribe.counted("forecast.of", len(order), "count of forecasts"),
    )  # fmt: skip
    return [
        Section("1", words["section.forecast"], "s-forecast", flow=True),
        Paragraphs((summary,)),
        NoteBox(words["forecast.method"], (scribe.line("forecast.how", years=_years(whole)),)),
        _table(scribe, level, order, found, whole),
        *_chart(scribe, level, order, found),
    ]


def _years(forecast: Forecast) -> Text:
    years = [str(year) for year in forecast.years]
    return Text("、".join(years), ", ".join(str(formats.gregorian_year(year)) for year in forecast.years))


def _table(
    scribe: Scribe, level: Level, order: Sequence[str], found: dict[str, Forecast], whole: Forecast
) -> Table:
    words = scribe.words
    persons = {d.person.id: d.person for d in level.result.decisions}

    def cells(one: Forecast) -> tuple[Cell, ...]:
        values: list[Value] = [one.target, one.so_far, one.rate_so_far, one.share, one.year, one.rate]
        return tuple(Cell(scribe.print(value)) for value in values)

    rows = [Row(words["overdue.total"], cells(whole), "total")]
    rows += [Row(persons[id_].names, cells(found[id_])) for id_ in order]
    twd, percent = scribe.units[whole.target.unit].head, scribe.units["percent"].head
    columns = (
        Column(words["forecast.target"], twd), Column(words["forecast.so_far"], twd),
        Column(words["forecast.rate_so_far"], percent), Column(words["forecast.share"], percent),
        Column(words["forecast.year"], twd), Column(words["forecast.rate"], percent),
    )  # fmt: skip
    name, number = scribe.table_name()
    return Table(
        name, number, "t-forecast", words["forecast.caption"], words[f"who.{level.name}"], columns, tuple(rows), None,
        (scribe.note("forecast.note"),), flows=len(rows) > 24,
    )  # fmt: skip


def _chart(scribe: Scribe, level: Level, order: Sequence[str], found: dict[str, Forecast]) -> list[Block]:
    drawn = [id_ for id_ in order if not isinstance(found[id_].rate.exact, Gap)]
    if not drawn or len(drawn) > 40:
        return []
    persons = {d.person.id: d.person for d in level.result.decisions}
    line = scribe.print(
        Value("forecast.line", (), Fraction(1), "percent", 0, "the line of comparison", "= 100%")
    )
    marks = tuple(Point("value", id_, scribe.print(found[id_].rate)) for id_ in drawn)
    spec = ChartSpec(
        "ranked_bar", (Series("value", scribe.words["forecast.rate"]),), tuple((id_, persons[id_].names) for id_ in drawn),
        marks, scribe.words["forecast.rate"], scribe.units["percent"].head,
        target=tuple(Point("target", id_, line) for id_ in drawn), target_label=scribe.words["forecast.line"],
        better="high", height_mm=14 + 6.2 * len(drawn),
    )  # fmt: skip
    name, number = scribe.chart_name()
    return [
        Chart(
            name, number, "c-forecast", scribe.words["forecast.chart"], spec, (scribe.note("forecast.note"),)
        )
    ]


def _rate(forecast: Forecast) -> Fraction:
    return forecast.rate.exact if isinstance(forecast.rate.exact, Fraction) else Fraction(-1)
