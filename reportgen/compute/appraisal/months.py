"""The months of 執行態度考核: each person's score of a month, the months without one, the average and whether it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reportgen.compute.appraisal.periods import Period
from reportgen.compute.exact import number, written
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.values import Book, key_of
from reportgen.model import Exact, Gap, Source, Text, Value, merged_sources
from reportgen.model.errors import InputError, Place, problem
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.read.tables import Dataset, Record, Table
from reportgen.read.toml import at_most


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


def months(
    scheme: Scheme,
    dataset: Dataset,
    units: Mapping[str, Unit],
    book: Book,
    period: Period,
    table: str,
    by: str,
    items: Sequence[tuple[str, Fraction]],
    least: int,
    digits: int,
) -> dict[str, Months]:
    """By candidate. `items` are columns of the table with their weights in per cent; `least` months make an average.

    InputError where a person has two rows for a month.
    """
    of = dataset.tables[table]
    rows: dict[tuple[str, int], Record] = {}
    twice = []
    for record in of.records:
        if dataset.time in of.columns and book.said(of, record, dataset.time) != str(period.year):
            continue
        one = book.said(of, record, by), int(book.said(of, record, scheme.month))
        if one in rows:
            twice.append(
                problem(
                    Place(of.file, of.sheet, record.row, scheme.month),
                    "appraisal.score_month_stands_twice_first",
                    row=rows[one].row,
                )
            )
        rows.setdefault(one, record)
    if twice:
        raise InputError(at_most(twice))
    return {id_: _of_person(book, of, rows, id_, period, items, least, digits) for id_ in book.records}


def _of_person(
    book: Book,
    table: Table,
    rows: Mapping[tuple[str, int], Record],
    id_: str,
    period: Period,
    items: Sequence[tuple[str, Fraction]],
    least: int,
    digits: int,
) -> Months:
    found = [
        _month(book, table, rows.get((id_, number)), id_, number, items)
        for number in range(1, period.month + 1)
    ]
    scores = [(month.number, month.score) for month in found if isinstance(month.score.exact, Fraction)]
    exact = [number(score) for _, score in scores]
    sources = merged_sources(source for _, score in scores for source in score.sources)
    average: Exact
    if len(exact) < least or not exact:
        average = Gap(
            "not_available",
            Text(
                f"考核月數未達{least}個月",
                f"fewer than {least} month{'s' if least != 1 else ''} were assessed",
            ),
        )
    else:
        average = sum(exact, Fraction(0)) / len(exact)
    listed = ", ".join(written(score) for score in exact)
    return Months(
        candidate=id_,
        months=tuple(found),
        missing=tuple(month.number for month in found if isinstance(month.score.exact, Gap)),
        assessed=Value(
            metric="attitude.months",
            key=key_of(id_),
            exact=Fraction(len(exact)),
            unit="count",
            digits=0,
            formula="count of months with a score",
            worked=listed,
            sources=sources,
        ),
        average=Value(
            metric="attitude.average",
            key=key_of(id_),
            exact=average,
            unit="score",
            digits=digits,
            formula="mean of the months with a score",
            worked=listed,
            sources=sources,
        ),
    )


def _month(
    book: Book,
    table: Table,
    record: Record | None,
    id_: str,
    number: int,
    items: Sequence[tuple[str, Fraction]],
) -> Month:
    key = (*key_of(id_), ("month", number))
    formula = " + ".join(f"{name} * {written(weight)}%" for name, weight in items)
    if record is None:
        return Month(
            number,
            Value(
                metric="attitude.month", key=key, exact=NOT_ASSESSED, unit="score", digits=1, formula=formula
            ),
            {},
        )
    exact: Exact = Fraction(0)
    for name, weight in items:
        cell = book.cell(table, record, name)
        if isinstance(cell, Gap):
            exact = cell
            break
        assert isinstance(cell, Fraction) and isinstance(exact, Fraction)
        exact += cell * weight / 100
    worked = ", ".join(f"{name} = {book.said(table, record, name)}" for name, _ in items)
    sources = tuple(
        Source(file=table.file, sheet=table.sheet, rows=(record.row,), column=name) for name, _ in items
    )
    said = {name: book.label(table, record, name) for name in table.columns}
    place = Place(table.file, table.sheet, record.row)
    return Month(
        number,
        Value(
            metric="attitude.month",
            key=key,
            exact=exact,
            unit="score",
            digits=1,
            formula=formula,
            worked=worked,
            sources=sources,
        ),
        said,
        place,
    )
