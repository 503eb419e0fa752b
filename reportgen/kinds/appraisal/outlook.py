"""預測: what the year may come to, if its months run as those of the years before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from reportgen.compute import appraisal
from reportgen.compute.appraisal import Forecast
from reportgen.compute.rules.scheme import Scheme
from reportgen.kinds.appraisal.composer import AppraisalComposer, Level
from reportgen.kinds.appraisal.plan import OF_PERSONS, ForecastPlan
from reportgen.kinds.papers import joined
from reportgen.model import (
    Block,
    Cell,
    Chart,
    ChartSpec,
    Column,
    Gap,
    Line,
    NoteBox,
    Paragraphs,
    Point,
    Printed,
    Row,
    Section,
    Series,
    Table,
    Text,
    Value,
    formats,
)
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.messages import told
from reportgen.read.tables import Declaration


def outlook(
    composer: AppraisalComposer, level: Level, plan: ForecastPlan, declared: Declaration
) -> list[Block]:
    scheme = level.declared_scheme
    if lost := [name for name in (plan.column, plan.target) if name not in scheme.columns]:
        known = ", ".join(scheme.columns)
        raise InputError(
            problem(
                Place(composer.material.publication.file, column="forecast"),
                "appraisal.has_no_column",
                file=scheme.file,
                lost=[*lost],
                known=known,
            )
        )
    if faults := list(_faults(composer, scheme, plan, declared)):
        raise InputError(faults)
    found = appraisal.forecasts(
        scheme,
        composer.material.dataset,
        declared,
        composer.units,
        composer.period,
        appraisal.ForecastRule(plan.column, plan.target, plan.years),
    )
    order = [d.person.id for d in level.result.decisions]
    order.sort(key=lambda id_: -_rate(found[id_]))
    whole = appraisal.forecast_of_all("all", [found[id_] for id_ in order])
    words = composer.words
    name = "forecast.how" if whole.years else "forecast.no_years"
    lines = [composer.line(name, column=_label(scheme, plan.column), years=_years(whole))]
    if any(found[id_].years != whole.years for id_ in order):
        lines.append(composer.line("forecast.fewer_years"))
    return [
        Section(number="1", title=words["section.forecast"], anchor="s-forecast", flow=True),
        Paragraphs((_summary(composer, level, plan, [found[id_] for id_ in order], whole),)),
        NoteBox(words["forecast.method"], tuple(lines)),
        _table(composer, level, plan, order, found, whole),
        *_chart(composer, level, order, found),
    ]


def _faults(
    composer: AppraisalComposer, scheme: Scheme, plan: ForecastPlan, declared: Declaration
) -> Iterator[Problem]:
    """What is added up month by month can be forecast; what it is measured by is of the whole year, in the same unit."""
    column, target = scheme.columns[plan.column], scheme.columns[plan.target]

    def fault(name: str, en: str, zh: str) -> Problem:
        return Problem(Place(composer.material.publication.file, column=f"forecast: {name}"), en, zh)

    added = column.kind == "aggregate" and column.take == "sum" and not column.at_end
    if not added or not appraisal.monthly(scheme, declared, column.id):
        yield fault("column", *told("appraisal.is_no_sum_over_months", id=column.id))
    if appraisal.monthly(scheme, declared, target.id):
        yield fault("target", *told("appraisal.is_counted_months", id=target.id))
    if column.unit != target.unit:
        yield fault(
            "target", *told("appraisal.is", id=target.id, unit=target.unit, id2=column.id, unit2=column.unit)
        )


def _summary(
    composer: AppraisalComposer, level: Level, plan: ForecastPlan, found: Sequence[Forecast], whole: Forecast
) -> Line:
    scheme = level.declared_scheme
    given: dict[str, Text | Printed] = {
        "period": composer.period.said(),
        "column": _label(scheme, plan.column),
        "so_far": composer.print(whole.so_far),
        "rate": composer.print(whole.rate_so_far),
    }
    rates = [one.rate.exact for one in found if isinstance(one.rate.exact, Fraction)]
    if isinstance(whole.rate.exact, Gap) or not rates:
        return composer.line("forecast.summary_none", **given)
    target = _label(scheme, plan.target)
    return composer.line(
        "forecast.summary",
        **given,
        years=_years(whole),
        year=composer.print(whole.year),
        forecast=composer.print(whole.rate),
        measure=composer.measure(level.name, len(rates)),
        target=Text(target.zh, target.en[:1].lower() + target.en[1:]),
        reached=composer.count(
            "forecast.reached", sum(rate >= 1 for rate in rates), "count of forecasts of 100% or more"
        ),
        of=composer.count("forecast.of", len(rates), "count of forecasts"),
    )


def _label(scheme: Scheme, column: str) -> Text:
    return scheme.columns[column].label


def _years(forecast: Forecast) -> Text:
    return joined([Text(str(year), str(formats.gregorian_year(year))) for year in forecast.years])


def _table(
    composer: AppraisalComposer,
    level: Level,
    plan: ForecastPlan,
    order: Sequence[str],
    found: dict[str, Forecast],
    whole: Forecast,
) -> Table:
    words, scheme = composer.words, level.declared_scheme
    names = _names(composer, level)

    def cells(one: Forecast) -> tuple[Cell, ...]:
        values: list[Value] = [one.target, one.so_far, one.rate_so_far, one.share, one.year, one.rate]
        return tuple(Cell(composer.print(value)) for value in values)

    rows = [Row(head=words["overdue.total"], cells=cells(whole), role="total")]
    rows += [Row(head=names[id_], cells=cells(found[id_])) for id_ in order]
    unit, percent = composer.unit(whole.target), composer.units["percent"].head
    columns = (
        Column(_label(scheme, plan.target), unit),
        Column(composer.say("forecast.so_far", column=_label(scheme, plan.column)), unit),
        Column(words["forecast.rate_so_far"], percent),
        Column(words["forecast.share"], percent),
        Column(words["forecast.year"], unit),
        Column(words["forecast.rate"], percent),
    )
    name, number = composer.name_of_next("table")
    return Table(
        name=name,
        number=number,
        anchor="t-forecast",
        caption=words["forecast.caption"],
        stub=words[f"who.{level.name}"],
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(composer.note("forecast.note"),),
        flows=len(rows) > 24,
    )


def _chart(
    composer: AppraisalComposer, level: Level, order: Sequence[str], found: dict[str, Forecast]
) -> list[Block]:
    drawn = [id_ for id_ in order if not isinstance(found[id_].rate.exact, Gap)]
    if not drawn or len(drawn) > 40:
        return []
    names = _names(composer, level)
    line = composer.print(
        Value(
            metric="forecast.line",
            key=(),
            exact=Fraction(1),
            unit="percent",
            digits=0,
            formula="the line of comparison",
            worked="= 100%",
        )
    )
    marks = tuple(Point("value", id_, composer.print(found[id_].rate)) for id_ in drawn)
    spec = ChartSpec(
        form="ranked_bar",
        series=(Series("value", composer.words["forecast.rate"]),),
        xs=tuple((id_, names[id_]) for id_ in drawn),
        points=marks,
        measure=composer.words["forecast.rate"],
        unit=composer.units["percent"].head,
        target=tuple(Point("target", id_, line) for id_ in drawn),
        target_label=composer.words["forecast.line"],
        better="high",
        height_mm=14 + 6.2 * len(drawn),
    )
    name, number = composer.name_of_next("chart")
    return [
        Chart(
            name=name,
            number=number,
            anchor="c-forecast",
            caption=composer.words["forecast.chart"],
            spec=spec,
            notes=(composer.note("forecast.note"),),
        )
    ]


def _names(composer: AppraisalComposer, level: Level) -> dict[str, Text]:
    return {d.person.id: composer.named(d.person, level.name in OF_PERSONS) for d in level.result.decisions}


def _rate(forecast: Forecast) -> Fraction:
    return forecast.rate.exact if isinstance(forecast.rate.exact, Fraction) else Fraction(-1)
