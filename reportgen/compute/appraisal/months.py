"""The months of 執行態度考核: each person's score of a month, the months without one, the average and whether it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from reportgen.compute.appraisal.periods import Period
from reportgen.compute.exact import number, total, written
from reportgen.compute.rules.values import Book, key_of
from reportgen.model import Exact, Gap, Text, Value
from reportgen.model.errors import InputError, Place, problem
from reportgen.model.hints import at_most
from reportgen.model.messages import message
from reportgen.model.values import merged_sources
from reportgen.read.tables import Record, Table


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Whose scores of months stand where: `items` are columns of the table with their weights in per cent.

    `by` is its column of candidates, `least` how many months make an average, `digits` those of the average.
    """

    table: str
    by: str
    items: tuple[tuple[str, Fraction], ...]
    least: int
    digits: int


@dataclass(frozen=True)
class Month:
    """A person's score of a month; a gap where it was not assessed. `said` are the cells of the row at `place` by column."""

    number: int
    score: Value
    said: Mapping[str, Text]
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Months:
    """`average` over the months with a score; a gap where they are fewer than the least that is declared."""

    candidate: str
    months: tuple[Month, ...]
    missing: tuple[int, ...]
    assessed: Value
    average: Value


NOT_ASSESSED = Gap("not_available", message("appraisal.not_assessed_month"))


def months(book: Book, period: Period, assessment: Assessment) -> dict[str, Months]:
    """By candidate; InputError where a person has two rows for a month."""
    table, time, month = book.dataset.tables[assessment.table], book.dataset.time, book.scheme.month
    rows: dict[tuple[str, int], Record] = {}
    twice = []
    for record in table.records:
        if time in table.columns and book.said(table, record, time) != str(period.year):
            continue
        name = book.said(table, record, assessment.by), int(book.said(table, record, month))
        if name in rows:
            place, first = table.place(record, month), rows[name].row
            twice.append(problem(place, "appraisal.score_month_stands_twice_first", row=first))
        rows.setdefault(name, record)
    if twice:
        raise InputError(at_most(twice))
    numbers = range(1, period.month + 1)
    return {
        id_: _of_person(
            id_, [_month(book, table, rows.get((id_, n)), id_, n, assessment) for n in numbers], assessment
        )
        for id_ in book.records
    }


def _of_person(id_: str, months: list[Month], assessment: Assessment) -> Months:
    scores = [month.score for month in months if isinstance(month.score.exact, Fraction)]
    made = partial(
        Value,
        key=key_of(id_),
        worked=", ".join(written(number(score)) for score in scores),
        sources=merged_sources(source for score in scores for source in score.sources),
    )
    average: Exact = Gap("not_available", message("appraisal.too_few_months", least=assessment.least))
    if scores and len(scores) >= assessment.least:
        average = total(map(number, scores)) / len(scores)
    return Months(
        candidate=id_,
        months=tuple(months),
        missing=tuple(month.number for month in months if isinstance(month.score.exact, Gap)),
        assessed=made(
            metric="attitude.months",
            exact=Fraction(len(scores)),
            unit="count",
            digits=0,
            formula="count of months with a score",
        ),
        average=made(
            metric="attitude.average",
            exact=average,
            unit="score",
            digits=assessment.digits,
            formula="mean of the months with a score",
        ),
    )


def _month(
    book: Book, table: Table, record: Record | None, id_: str, month: int, assessment: Assessment
) -> Month:
    items = assessment.items
    formula = " + ".join(f"{name} * {written(weight)}%" for name, weight in items)
    key = (*key_of(id_), ("month", month))
    score = partial(Value, metric="attitude.month", key=key, unit="score", digits=1, formula=formula)
    if record is None:
        return Month(month, score(exact=NOT_ASSESSED), {})
    exact: Exact = Fraction(0)
    for name, weight in items:
        cell = book.cell(table, record, name)
        if isinstance(cell, Gap):
            exact = cell
            break
        assert isinstance(cell, Fraction) and isinstance(exact, Fraction)
        exact += cell * weight / 100
    worked = ", ".join(f"{name} = {book.said(table, record, name)}" for name, _ in items)
    sources = tuple(table.source([record], name) for name, _ in items)
    said = {name: book.label(table, record, name) for name in table.columns}
    place = table.place(record)
    return Month(month, score(exact=exact, worked=worked, sources=sources), said, place)
