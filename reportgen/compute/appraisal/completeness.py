"""Whether the rows that are counted are all there and all somebody's: a lost row lowers a figure, and nobody sees it."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.compute.appraisal.periods import Period
from reportgen.compute.rules.scheme import Complete, Scheme
from reportgen.compute.rules.values import Book
from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.read.tables import Dataset, Record, Table
from reportgen.read.toml import legible, nearest

LISTED = 20  # of each kind of fault


def check_rows(scheme: Scheme, book: Book, dataset: Dataset, period: Period) -> None:
    """InputError for rows of nobody, rows of a candidate in another branch, and months without a row.

    `scheme` and `book` are those of the period.
    """
    problems: list[Problem] = []
    for rule in scheme.complete:
        problems += _faults(scheme, book, dataset, period, rule)
    if problems:
        raise InputError(problems)


def _faults(
    scheme: Scheme, book: Book, dataset: Dataset, period: Period, rule: Complete
) -> Iterator[Problem]:
    table = dataset.tables[rule.table]
    months: dict[str, set[int]] = {}
    counts = {"nobody": 0, "branch": 0}
    listed = {
        book.said(book.table, record, scheme.candidates.id)
        for record in book.table.records
        if _in_period(scheme, book, book.table, record, dataset.time, period)
    }
    for record in table.records:
        if not _in_period(scheme, book, table, record, dataset.time, period):
            continue
        candidate = book.said(table, record, rule.by)
        if candidate not in book.records and candidate in listed:
            continue  # somebody, whom the scheme does not appraise
        if candidate not in book.records:
            counts["nobody"] += 1
            if counts["nobody"] <= LISTED:
                yield _nobody(table, record, rule, candidate, book)
            continue
        if rule.branch and scheme.candidates.branch:
            own = book.said(book.table, book.records[candidate], scheme.candidates.branch)
            if book.said(table, record, rule.branch) != own:
                counts["branch"] += 1
                if counts["branch"] <= LISTED:
                    yield _in_two(book, table, record, rule, candidate, own)
        if scheme.month in table.columns:
            months.setdefault(candidate, set()).add(int(book.said(table, record, scheme.month)))
    more = sum(max(0, count - LISTED) for count in counts.values())
    if more:
        yield problem(Place(table.file, table.sheet), "appraisal.more_rows_like_these", more=more)
    if rule.every_month:
        yield from _holes(table, rule, book, months, period)


def _in_period(scheme: Scheme, book: Book, table: Table, record: Record, time: str, period: Period) -> bool:
    if time in table.columns and book.said(table, record, time) != str(period.year):
        return False
    return scheme.month not in table.columns or int(book.said(table, record, scheme.month)) <= period.month


def _nobody(table: Table, record: Record, rule: Complete, candidate: str, book: Book) -> Problem:
    en, zh = nearest(candidate, book.records)
    return problem(
        Place(table.file, table.sheet, record.row, rule.by),
        "appraisal.is_unknown",
        candidate=legible(candidate),
        file=book.table.file,
        zh=Text(zh, en),
    )


def _in_two(book: Book, table: Table, record: Record, rule: Complete, candidate: str, own: str) -> Problem:
    there = book.said(table, record, rule.branch)
    return problem(
        Place(table.file, table.sheet, record.row, rule.branch),
        "appraisal.is_branch",
        candidate=legible(candidate),
        own=own,
        file=book.table.file,
        row=book.records[candidate].row,
        there=there,
    )


def _holes(
    table: Table, rule: Complete, book: Book, months: dict[str, set[int]], period: Period
) -> Iterator[Problem]:
    listed = 0
    for candidate in sorted(book.records):
        there = months.get(candidate, set())
        lost = [month for month in range(min(there, default=1), period.month + 1) if month not in there]
        listed += bool(lost)
        if not lost or listed > LISTED:
            continue
        said = ", ".join(map(str, lost))
        yield problem(
            Place(table.file, table.sheet, column=rule.by),
            "appraisal.has_no_row_month",
            candidate=candidate,
            year=period.year,
            it=Text(said.replace(", ", "、"), said),
        )
    if listed > LISTED:
        yield problem(Place(table.file, table.sheet), "appraisal.more_lack_months", listed=listed - LISTED)
