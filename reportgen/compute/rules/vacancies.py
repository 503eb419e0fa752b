"""The units that nobody held on some days: shown beside those who are ranked, and counted for no one."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.compute.ledger import counted
from reportgen.compute.rules.postings import Span
from reportgen.compute.rules.values import Book
from reportgen.compute.rules.vocabulary import Column
from reportgen.model import Value


@dataclass(frozen=True, kw_only=True)
class Vacancy:
    """`branch` is empty where no row says it; `amounts` are what was counted on these days, by column."""

    unit: str
    branch: str
    spans: tuple[Span, ...]
    days: Value
    amounts: dict[str, Value]


def vacancies(book: Book) -> list[Vacancy]:
    """By unit. Where rows are by month, only days of months that have one are looked at: a unit may be new, or closed."""
    posts, month = book.posts, book.scheme.month
    if posts is None:
        return []
    spans: dict[str, set[Span]] = {}
    by_month = [one for one in book.posted() if month in book.dataset.tables[one.table].columns]
    for column in by_month or book.posted():
        table = book.dataset.tables[column.table]
        for unit, rows in book.index(column.table, column.by, column.where).items():
            spans.setdefault(unit, set()).update(book.span(table, row) for row in rows)
    found = {unit: posts.vacancies(unit, spans[unit]) for unit in sorted(spans)}
    return [_vacancy(book, unit, days) for unit, days in found.items() if days]


def _vacancy(book: Book, unit: str, spans: list[Span]) -> Vacancy:
    number = sum((last - first).days + 1 for first, last in spans)
    return Vacancy(
        unit=unit,
        branch=next(filter(None, (_branch(book, column, unit) for column in book.posted())), ""),
        spans=tuple(spans),
        days=counted("appraisal.vacant", number, "count of days without anybody", key=(("unit", unit),)),
        amounts={column.id: book.vacant(column, unit) for column in book.posted()},
    )


def _branch(book: Book, column: Column, unit: str) -> str:
    """The branch of a unit in a table that has the column of branches which the candidates have."""
    table, name = book.dataset.tables[column.table], book.scheme.candidates.branch
    rows = book.index(column.table, column.by, column.where).get(unit, [])
    return book.said(table, rows[-1], name) if rows and name in table.columns else ""
