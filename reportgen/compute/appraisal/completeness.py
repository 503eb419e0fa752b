"""Whether the rows that are counted are all there and all somebody's: a lost row lowers a figure, and nobody sees it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain, islice

from reportgen.compute.appraisal.periods import Period
from reportgen.compute.rules.columns import Complete
from reportgen.compute.rules.values import Book
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.hints import legible, near
from reportgen.read.tables import Record, Table

LISTED = 20  # of each kind of fault


def check_rows(book: Book, period: Period) -> None:
    """InputError for rows of nobody, rows of a candidate in another branch, and months without a row.

    `book` is that of the period.
    """
    problems = list(chain.from_iterable(_faults(book, period, rule) for rule in book.scheme.complete))
    if problems:
        raise InputError(problems)


def _faults(book: Book, period: Period, rule: Complete) -> Iterator[Problem]:
    table, scheme = book.dataset.tables[rule.table], book.scheme
    of_period = [record for record in table.records if _in_period(book, table, record, period)]
    listed = {
        book.said(book.table, record, scheme.candidates.id)
        for record in book.table.records
        if _in_period(book, book.table, record, period)
    }  # those whom the scheme does not appraise are somebody, too
    # Rows of units are of who held them; a unit that nobody held is shown as vacant.
    of_units = any((one.table, one.by) == (rule.table, rule.by) for one in book.posted())
    units = (
        {one.unit for one in book.posts.postings if one.within(book.posts.period)} if book.posts else set()
    )
    known: Collection[str] = units if of_units else book.records
    nobody, in_two = [], []
    months: dict[str, set[int]] = {}
    for record in of_period:
        candidate = book.said(table, record, rule.by)
        if candidate not in known:
            nobody += [] if of_units or candidate in listed else [record]
            continue
        if rule.branch and scheme.candidates.branch:
            own = book.said(book.table, book.records[candidate], scheme.candidates.branch)
            in_two += [record] if book.said(table, record, rule.branch) != own else []
        if scheme.month in table.columns:
            months.setdefault(candidate, set()).add(int(book.said(table, record, scheme.month)))
    faulty = {record.row: _nobody(book, table, record, rule) for record in nobody[:LISTED]}
    faulty |= {record.row: _in_two(book, table, record, rule) for record in in_two[:LISTED]}
    yield from (faulty[row] for row in sorted(faulty))
    if more := len(nobody[LISTED:]) + len(in_two[LISTED:]):
        yield problem(Place(table.file, table.sheet), "appraisal.more_rows_like_these", more=more)
    if rule.every_month:
        lacking = _holes(Place(table.file, table.sheet, column=rule.by), known, months, period)
        yield from islice(lacking, LISTED)
        if left := sum(1 for _ in lacking):
            yield problem(Place(table.file, table.sheet), "appraisal.more_lack_months", listed=left)


def _in_period(book: Book, table: Table, record: Record, period: Period) -> bool:
    time, month = book.dataset.time, book.scheme.month
    if time in table.columns and book.said(table, record, time) != str(period.year):
        return False
    return month not in table.columns or int(book.said(table, record, month)) <= period.month


def _nobody(book: Book, table: Table, record: Record, rule: Complete) -> Problem:
    candidate, place = book.said(table, record, rule.by), table.place(record, rule.by)
    slots = {"candidate": legible(candidate), "file": book.table.file, "near": near(candidate, book.records)}
    return problem(place, "appraisal.is_unknown", **slots)


def _in_two(book: Book, table: Table, record: Record, rule: Complete) -> Problem:
    candidate = book.said(table, record, rule.by)
    first = book.records[candidate]
    return problem(
        table.place(record, rule.branch),
        "appraisal.is_branch",
        candidate=legible(candidate),
        own=book.said(book.table, first, book.scheme.candidates.branch),
        file=book.table.file,
        row=first.row,
        there=book.said(table, record, rule.branch),
    )


def _holes(
    place: Place, known: Collection[str], months: dict[str, set[int]], period: Period
) -> Iterator[Problem]:
    """Candidates, or units, with months of the period that have no row, from the first on that has one."""
    for candidate in sorted(known):
        there = months.get(candidate, set())
        lost = [month for month in range(min(there, default=1), period.month + 1) if month not in there]
        if lost:
            slots = {"candidate": candidate, "year": period.year, "months": lost}
            yield problem(place, "appraisal.has_no_row_month", **slots)
