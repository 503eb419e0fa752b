"""預測: what the year may come to, if its months run as those of the years before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from reportgen.compute import appraisal
from reportgen.compute.appraisal import Forecast
from reportgen.compute.rules.model import Person
from reportgen.kinds.appraisal.composer import AppraisalComposer
from reportgen.kinds.appraisal.league import KEPT
from reportgen.kinds.appraisal.plan import ForecastPlan
from reportgen.kinds.forms import joined
from reportgen.model import (
    Block,
    Chart,
    ChartSpec,
    Column,
    Gap,
    Line,
    NoteBox,
    Paragraphs,
    Point,
    Section,
    Series,
    Table,
    Text,
    Value,
    formats,
)
from reportgen.model.errors import InputError, Problem, problem
from reportgen.model.formats import lower_first
from reportgen.read.tables import Declaration
from reportgen.read.words import Slot

MOST_BARS = 40  # of a chart that fits its page


def outlook(composer: AppraisalComposer, plan: ForecastPlan, declared: Declaration) -> list[Block]:
    scheme, words = composer.level.declared_scheme, composer.words
    if lost := [key for key in ("column", "target") if getattr(plan, key) not in scheme.columns]:
        known = [*scheme.columns]
        raise InputError(
            problem(
                plan.spot.at(key),
                "appraisal.has_no_column",
                file=scheme.file,
                lost=getattr(plan, key),
                known=known,
            )
            for key in lost
        )
    if faults := list(_faults(composer, plan, declared)):
        raise InputError(faults)
    found = appraisal.forecasts(
        scheme,
        composer.dataset,
        declared,
        composer.units,
        composer.period,
        appraisal.ForecastRule(plan.column, plan.target, plan.years),
    )
    entries = [(decision.person, found[decision.person.id]) for decision in composer.level.result.decisions]
    entries.sort(key=lambda entry: -_rate(entry[1]))
    forecasts = [forecast for _, forecast in entries]
    whole = appraisal.forecast_of_all("all", forecasts)
    name = "forecast.how" if whole.years else "forecast.no_years"
    method = [
        composer.line(
            name,
            column=composer.stated(scheme.columns[plan.column].label),
            years=composer.stated(_years(whole)),
        )
    ]
    if any(forecast.years != whole.years for forecast in forecasts):
        method.append(composer.line("forecast.fewer_years"))
    return [
        Section(number="1", title=words["section.forecast"], anchor="s-forecast", flow=True),
        Paragraphs((_summary(composer, plan, forecasts, whole),)),
        NoteBox(words["forecast.method"], tuple(method)),
        _table(composer, plan, entries, whole),
        *_chart(composer, entries),
    ]


Entry = tuple[Person, Forecast]


def _faults(composer: AppraisalComposer, plan: ForecastPlan, declared: Declaration) -> Iterator[Problem]:
    """What is added up month by month can be forecast; what it is measured by is of the whole year, in the same unit."""
    scheme = composer.level.declared_scheme
    column, target = scheme.columns[plan.column], scheme.columns[plan.target]

    added = column.kind == "aggregate" and column.take == "sum" and not column.at_end
    if not added or not appraisal.monthly(scheme, declared, column.id):
        yield problem(plan.spot.at("column"), "appraisal.is_no_sum_over_months", id=column.id)
    if appraisal.monthly(scheme, declared, target.id):
        yield problem(plan.spot.at("target"), "appraisal.is_counted_months", id=target.id)
    if column.unit != target.unit:
        slots = {"id": target.id, "unit": target.unit, "id2": column.id, "unit2": column.unit}
        yield problem(plan.spot.at("target"), "appraisal.is", **slots)


def _summary(
    composer: AppraisalComposer, plan: ForecastPlan, forecasts: Sequence[Forecast], whole: Forecast
) -> Line:
    columns = composer.level.declared_scheme.columns
    slots: dict[str, Slot] = {
        "period": composer.said,
        "column": composer.stated(columns[plan.column].label),
        "so_far": composer.print(whole.so_far),
        "rate": composer.print(whole.rate_so_far),
    }
    rates = [forecast.rate.exact for forecast in forecasts if isinstance(forecast.rate.exact, Fraction)]
    if isinstance(whole.rate.exact, Gap) or not rates:
        return composer.line("forecast.summary_none", **slots)
    target = composer.stated(columns[plan.target].label)
    reached = sum(rate >= 1 for rate in rates)
    return composer.line(
        "forecast.summary",
        **slots,
        years=composer.stated(_years(whole)),
        year=composer.print(whole.year),
        forecast=composer.print(whole.rate),
        measure=composer.measure(len(rates)),
        target=Text(target.zh, lower_first(target.en)),
        reached=composer.count("forecast.reached", reached, "count of forecasts of 100% or more"),
        of=composer.count("forecast.of", len(rates), "count of forecasts"),
    )


def _years(forecast: Forecast) -> Text:
    return joined([Text(str(year), str(formats.gregorian_year(year))) for year in forecast.years])


def _table(
    composer: AppraisalComposer, plan: ForecastPlan, entries: Sequence[Entry], whole: Forecast
) -> Table:
    words, column = composer.words, composer.level.declared_scheme.columns
    unit, percent = composer.unit(whole.target), composer.head("percent")
    so_far = composer.say("forecast.so_far", column=composer.stated(column[plan.column].label))
    columns = (
        Column(composer.stated(column[plan.target].label), unit),
        Column(so_far, unit),
        Column(words["forecast.rate_so_far"], percent),
        Column(words["forecast.share"], percent),
        Column(words["forecast.year"], unit),
        Column(words["forecast.rate"], percent),
    )

    def values(found: Forecast) -> tuple[Value, ...]:
        return found.target, found.so_far, found.rate_so_far, found.share, found.year, found.rate

    rows = [
        composer.row(words["overdue.total"], *values(whole), role="total"),
        *(composer.row(composer.named(person), *values(found)) for person, found in entries),
    ]
    table = Table(
        anchor="t-forecast",
        caption=words["forecast.caption"],
        stub=words[f"who.{composer.level.name}"],
        columns=columns,
        rows=tuple(rows),
        notes=(composer.note("forecast.note"),),
        flows=len(rows) > KEPT,
    )
    return composer.numbered(table)


def _chart(composer: AppraisalComposer, entries: Sequence[Entry]) -> list[Block]:
    words = composer.words
    drawn = [(person, found) for person, found in entries if not isinstance(found.rate.exact, Gap)]
    if not drawn or len(drawn) > MOST_BARS:
        return []
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
    spec = ChartSpec(
        form="ranked_bar",
        series=(Series("value", words["forecast.rate"]),),
        xs=tuple((person.id, composer.named(person)) for person, _ in drawn),
        points=tuple(Point("value", person.id, composer.print(found.rate)) for person, found in drawn),
        measure=words["forecast.rate"],
        unit=composer.head("percent"),
        target=tuple(Point("target", person.id, line) for person, _ in drawn),
        target_label=words["forecast.line"],
        better="high",
        height_mm=14 + 6.2 * len(drawn),
    )
    notes = (composer.note("forecast.note"),)
    chart = Chart(anchor="c-forecast", caption=words["forecast.chart"], spec=spec, notes=notes)
    return [composer.numbered(chart)]


def _rate(forecast: Forecast) -> Fraction:
    return forecast.rate.exact if isinstance(forecast.rate.exact, Fraction) else Fraction(-1)
