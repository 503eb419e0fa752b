"""The forecast of a year from its first months, by the pattern of the years before: plain, declared, marked as a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from reportgen.compute.appraisal.periods import Period, at
from reportgen.compute.exact import number, written
from reportgen.compute.formulas import names_of
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.values import Book, key_of
from reportgen.model import Exact, Gap, Value, merged_sources
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.read.tables import Dataset, Declaration


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


def forecasts(
    scheme: Scheme,
    dataset: Dataset,
    declared: Declaration,
    units: dict[str, Unit],
    period: Period,
    column: str,
    target: str,
    pattern: int,
) -> dict[str, Forecast]:
    """By candidate; `column` is summed over months, `target` is that of the whole year, `pattern` counts years."""
    now = Book(at(scheme, declared, period), dataset, units)
    years = [period.year - back for back in range(pattern, 0, -1)]
    books = {
        (year, month): Book(at(scheme, declared, Period(year, month)), dataset, units)
        for year in years
        for month in (period.month, 12)
    }
    found = {}
    for id_ in now.records:
        pairs = [
            (year, books[year, period.month].value(column, id_), books[year, 12].value(column, id_))
            for year in years
            if id_ in books[year, 12].records and _whole(books[year, 12], column, id_)
        ]
        found[id_] = _forecast(now.value(column, id_), now.value(target, id_), pairs, id_, column)
    return found


def monthly(scheme: Scheme, declared: Declaration, column: str) -> bool:
    """Whether a column counts rows of months, by itself or through a formula."""
    spec = scheme.columns[column]
    if spec.kind == "formula":
        return any(monthly(scheme, declared, name) for name in names_of(spec.formula))
    return spec.kind == "aggregate" and scheme.month in declared.tables[spec.table].columns


def _whole(book: Book, column: str, id_: str) -> bool:
    """Whether every month of the year has a row: a year that lacks some has no pattern."""
    spec = book.scheme.columns[column]
    table = book.dataset.tables[spec.table]
    wanted = book.said(book.table, book.records[id_], spec.match) if spec.match else id_
    rows = book.index(spec.table, spec.by, spec.where).get(wanted, [])
    return {book.said(table, row, book.scheme.month) for row in rows} >= {str(n) for n in range(1, 13)}


def _forecast(
    so_far: Value, target: Value, pairs: Sequence[tuple[int, Value, Value]], id_: str, column: str
) -> Forecast:
    known = [
        (year, part, whole)
        for year, part, whole in pairs
        if isinstance(part.exact, Fraction) and isinstance(whole.exact, Fraction) and whole.exact > 0
    ]
    years = tuple(year for year, _, _ in known)
    share: Exact = Gap("not_available", message("appraisal.no_months_earlier_years"))
    worked = ""
    if known:
        parts = sum((number(part) for _, part, _ in known), Fraction(0))
        wholes = sum((number(whole) for _, _, whole in known), Fraction(0))
        share = parts / wholes
        worked = f"{written(parts)} / {written(wholes)}"
    sources = merged_sources(source for _, part, whole in known for source in (*part.sources, *whole.sources))
    of_share = Value(
        metric="forecast.share",
        key=key_of(id_),
        exact=share,
        unit="percent",
        digits=1,
        formula=f"months / year of {column}, {', '.join(map(str, years))}",
        worked=worked,
        sources=sources,
    )
    year = _divided("forecast.year", so_far, of_share, so_far.unit, so_far.digits, id_)
    return Forecast(
        candidate=id_,
        years=years,
        so_far=so_far,
        share=of_share,
        year=year,
        target=target,
        rate_so_far=_divided("forecast.rate_so_far", so_far, target, "percent", 1, id_),
        rate=_divided("forecast.rate", year, target, "percent", 1, id_),
    )


def total(name: str, parts: Sequence[Forecast]) -> Forecast:
    """All candidates together: their sums; the share follows from them."""

    def summed(field: str) -> Value:
        values: list[Value] = [getattr(part, field) for part in parts]
        gap = next((value.exact for value in values if isinstance(value.exact, Gap)), None)
        exact: Exact = gap or sum((number(value) for value in values), Fraction(0))
        return replace(
            values[0],
            key=(("candidate", name),),
            exact=exact,
            formula="sum",
            worked=f"{len(values)} values",
            sources=merged_sources(source for value in values for source in value.sources),
        )

    so_far, year, target = summed("so_far"), summed("year"), summed("target")
    return Forecast(
        candidate=name,
        years=tuple(sorted({year for part in parts for year in part.years})),
        so_far=so_far,
        share=_divided("forecast.share", so_far, year, "percent", 1, name),
        year=year,
        target=target,
        rate_so_far=_divided("forecast.rate_so_far", so_far, target, "percent", 1, name),
        rate=_divided("forecast.rate", year, target, "percent", 1, name),
    )


def _divided(metric: str, above: Value, below: Value, unit: str, digits: int, id_: str) -> Value:
    exact: Exact
    if isinstance(above.exact, Gap):
        exact = above.exact
    elif isinstance(below.exact, Gap):
        exact = below.exact
    elif below.exact == 0:
        exact = Gap("undefined", message("appraisal.denominator_is_zero"))
    else:
        exact = above.exact / below.exact
    names = f"{above.metric.rpartition('.')[2]} / {below.metric.rpartition('.')[2]}"
    worked = (
        f"{written(above.exact)} / {written(below.exact)}"
        if isinstance(above.exact, Fraction) and isinstance(below.exact, Fraction)
        else ""
    )
    return Value(
        metric=metric,
        key=key_of(id_),
        exact=exact,
        unit=unit,
        digits=digits,
        formula=names,
        worked=worked,
        sources=merged_sources((*above.sources, *below.sources)),
    )
