"""Whether the rows that are counted are all there and all somebody's: a lost row lowers a figure, and nobody sees it."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.compute.appraisal.periods import Period
from reportgen.compute.rules.scheme import Complete, Scheme
from reportgen.compute.rules.values import Book
from reportgen.model.errors import InputError, Place, Problem
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
        yield Problem(
            Place(table.file, table.sheet),
            f"and {more} more rows like these; mend them all",
            f"另有 {more} 列同類問題；請一併改正",
        )
    if rule.every_month:
        yield from _holes(table, rule, book, months, period)


def _in_period(scheme: Scheme, book: Book, table: Table, record: Record, time: str, period: Period) -> bool:
    if time in table.columns and book.said(table, record, time) != str(period.year):
        return False
    return scheme.month not in table.columns or int(book.said(table, record, scheme.month)) <= period.month


def _nobody(table: Table, record: Record, rule: Complete, candidate: str, book: Book) -> Problem:
    en, zh = nearest(candidate, book.records)
    return Problem(
        Place(table.file, table.sheet, record.row, rule.by),
        f"{legible(candidate)!r} is unknown: {book.table.file} has no such row for the period{en}; add it there or mend it here",
        f"不認識「{legible(candidate)}」：{book.table.file} 於本期無此列{zh}；請於該處增列，或在此更正",
    )


def _in_two(book: Book, table: Table, record: Record, rule: Complete, candidate: str, own: str) -> Problem:
    there = book.said(table, record, rule.branch)
    return Problem(
        Place(table.file, table.sheet, record.row, rule.branch),
        f"{legible(candidate)} is of the branch {own} ({book.table.file}:{book.records[candidate].row}) and stands here in {there}: one branch for each; give the second one a number of its own",
        f"{legible(candidate)} 屬於 {own}（{book.table.file}:{book.records[candidate].row}），此處卻列於 {there}：同一期間僅能屬一分署；若已調任請另編代號",
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
        yield Problem(
            Place(table.file, table.sheet, column=rule.by),
            f"{candidate} has no row for month {said} of {period.year}: its sums would lack them; add the rows, with 0 where nothing was done",
            f"{candidate} 缺 {period.year} 年 {said.replace(', ', '、')} 月之資料，合計將短少；請補列，無辦理者填 0",
        )
    if listed > LISTED:
        yield Problem(
            Place(table.file, table.sheet),
            f"and {listed - LISTED} more lack months; mend them all",
            f"另有 {listed - LISTED} 筆缺月；請一併補列",
        )
