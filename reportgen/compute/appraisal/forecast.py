"""The forecast of a year from its first months, by the pattern of the years before: plain, declared, marked as a forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from reportgen.compute.appraisal.periods import Period, at
from reportgen.compute.exact import number, total, written
from reportgen.compute.formulas import names_of
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.values import Book, key_of
from reportgen.model import Exact, Gap, Value
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.model.values import merged_sources
from reportgen.read.tables import Dataset, Declaration


@dataclass(frozen=True)
class ForecastRule:
    """What is forecast: a `column` that is summed over months, the `target` of the whole year, `years` of pattern."""

    column: str
    target: str
    years: int


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """`so_far` ÷ `share` = `year`; `year` ÷ `target` = `rate`. `rate_so_far` is what has been reached already.

    `share` is what the same months had of the whole years in `years`, the years of the pattern that have data.
    """

    candidate: str
    years: tuple[int, ...]
    so_far: Value
    share: Value
    year: Value
    target: Value
    rate_so_far: Value
    rate: Value


_Pair = tuple[int, Value, Value]  # a year, its first months, all of it


def forecasts(
    scheme: Scheme,
    dataset: Dataset,
    declared: Declaration,
    units: Mapping[str, Unit],
    period: Period,
    rule: ForecastRule,
) -> dict[str, Forecast]:
    """By candidate."""

    def book(year: int, month: int) -> Book:
        return Book(at(scheme, declared, Period(year, month)), dataset, units)

    now, column = book(period.year, period.month), rule.column
    years = range(period.year - rule.years, period.year)
    books = {year: (book(year, period.month), book(year, 12)) for year in years}
    found = {}
    for id_ in now.records:
        pairs = [
            (year, months.value(column, id_), whole.value(column, id_))
            for year, (months, whole) in books.items()
            if id_ in whole.records and _complete(whole, column, id_)
        ]
        so_far, target = now.value(column, id_), now.value(rule.target, id_)
        found[id_] = _forecast(id_, so_far, target, column, pairs)
    return found


def monthly(scheme: Scheme, declared: Declaration, column: str) -> bool:
    """Whether a column counts rows of months, by itself or through a formula."""
    spec = scheme.columns[column]
    if spec.kind == "formula":
        return any(monthly(scheme, declared, name) for name in names_of(spec.formula))
    return spec.kind == "aggregate" and scheme.month in declared.tables[spec.table].columns


def _complete(book: Book, column: str, id_: str) -> bool:
    """Whether every month of the year has a row: a year that lacks some has no pattern."""
    spec = book.scheme.columns[column]
    rows = book.rows_of(spec, id_)
    months = {book.said(book.dataset.tables[spec.table], row, book.scheme.month) for row in rows}
    return months >= {str(month) for month in range(1, 13)}


def _forecast(id_: str, so_far: Value, target: Value, column: str, pairs: Sequence[_Pair]) -> Forecast:
    known = [
        (year, part, whole)
        for year, part, whole in pairs
        if isinstance(part.exact, Fraction) and isinstance(whole.exact, Fraction) and whole.exact > 0
    ]
    years = tuple(year for year, _, _ in known)
    exact: Exact = Gap("not_available", message("appraisal.no_months_earlier_years"))
    worked = ""
    if known:
        parts = total(number(part) for _, part, _ in known)
        wholes = total(number(whole) for _, _, whole in known)
        exact, worked = parts / wholes, f"{written(parts)} / {written(wholes)}"
    share = Value(
        metric="forecast.share",
        key=key_of(id_),
        exact=exact,
        unit="percent",
        digits=1,
        formula=f"months / year of {column}, {', '.join(map(str, years))}",
        worked=worked,
        sources=merged_sources(source for _, part, whole in known for source in part.sources + whole.sources),
    )
    year = replace(_rate("forecast.year", so_far, share), unit=so_far.unit, digits=so_far.digits)
    return _completed(id_, years, so_far, share, year, target)


def forecast_of_all(name: str, parts: Sequence[Forecast]) -> Forecast:
    """All candidates together: their sums; the share follows from them."""
    so_far, year, target = (
        _summed(name, [getattr(part, field) for part in parts]) for field in ("so_far", "year", "target")
    )
    years = tuple(sorted({year for part in parts for year in part.years}))
    return _completed(name, years, so_far, _rate("forecast.share", so_far, year), year, target)


def _summed(name: str, values: Sequence[Value]) -> Value:
    gap = next((value.exact for value in values if isinstance(value.exact, Gap)), None)
    return replace(
        values[0],
        key=key_of(name),
        exact=gap or total(map(number, values)),
        formula="sum",
        worked=f"{len(values)} values",
        sources=merged_sources(source for value in values for source in value.sources),
    )


def _completed(
    id_: str, years: tuple[int, ...], so_far: Value, share: Value, year: Value, target: Value
) -> Forecast:
    return Forecast(
        candidate=id_,
        years=years,
        so_far=so_far,
        share=share,
        year=year,
        target=target,
        rate_so_far=_rate("forecast.rate_so_far", so_far, target),
        rate=_rate("forecast.rate", year, target),
    )


def _rate(metric: str, above: Value, below: Value) -> Value:
    """One value by another, both of one candidate; the gap of either, or that the denominator is zero."""
    exact: Exact
    worked = ""
    if isinstance(above.exact, Gap):
        exact = above.exact
    elif isinstance(below.exact, Gap):
        exact = below.exact
    else:
        worked = f"{written(above.exact)} / {written(below.exact)}"
        zero = Gap("undefined", message("appraisal.denominator_is_zero"))
        exact = above.exact / below.exact if below.exact else zero
    return Value(
        metric=metric,
        key=above.key,
        exact=exact,
        unit="percent",
        digits=1,
        formula=f"{above.metric.rpartition('.')[2]} / {below.metric.rpartition('.')[2]}",
        worked=worked,
        sources=merged_sources((*above.sources, *below.sources)),
    )
