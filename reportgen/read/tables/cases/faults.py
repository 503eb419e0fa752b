"""What is wrong with single cases: each kind of fault counted, and its first rows told with place and remedy.

Called only when something is wrong. Ids and officers are persons' numbers: no message quotes them.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportgen.model import Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.formats import ROC_OFFSET
from reportgen.model.hints import legible, near
from reportgen.model.messages import message, told
from reportgen.read.tables.cases.counting import Wanted, count_of
from reportgen.read.tables.cases.files import AMOUNTS, DATES, MOST, NUMBERS, TEXTS, Files, literal, relation
from reportgen.read.tables.declared import Cases

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Fault = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of fault: its name in both languages, its column, which rows have it, and what to say of one."""

    name: Fault
    column: str
    rows: str
    value: str
    say: Callable[[str], Fault]


def kinds(spec: Cases, want: Wanted, files: Files) -> Iterator[Kind]:
    """The faults that a row has by itself."""
    yield from _of_cells(files)
    yield from _of_years(spec)
    yield from _of_members(spec, want)


def _of_cells(files: Files) -> Iterator[Kind]:
    for name in (*TEXTS, *NUMBERS, "opened"):
        cell = name if name in TEXTS else f"t_{name}"
        yield Kind(
            name=told("tables.missing_cells"),
            column=name,
            rows=f"coalesce({cell}, '') = ''",
            value="''",
            say=lambda _: told("tables.cell_is_empty"),
        )
    for name in NUMBERS:
        wrong = f"{name} IS NULL"
        if files.is_csv:
            wrong = f"({wrong} OR CAST({name} AS VARCHAR) <> t_{name})"
        yield Kind(
            name=told("tables.cells_are_no_whole_number"),
            column=name,
            rows=f"t_{name} <> '' AND {wrong}",
            value=f"t_{name}",
            say=lambda value: told("tables.is_not_whole_number", value=value),
        )
    for name in AMOUNTS:
        yield Kind(
            name=told("tables.negative_amounts"),
            column=name,
            rows=f"{name} < 0",
            value=f"t_{name}",
            say=lambda value: told("tables.is_negative", value=value),
        )
        yield Kind(
            name=told("tables.amounts_are_too_large"),
            column=name,
            rows=f"{name} > {MOST}",
            value=f"t_{name}",
            say=lambda value: told("tables.has_more_than_digits", value=value),
        )
    for name in DATES:
        yield Kind(
            name=told("tables.cells_are_no_date"),
            column=name,
            rows=f"t_{name} <> '' AND {name} IS NULL",
            value=f"t_{name}",
            say=lambda value: told("tables.is_not_day_calendar", value=value),
        )


def _of_years(spec: Cases) -> Iterator[Kind]:
    years = f"{spec.years[0]}–{spec.years[1]}"
    yield Kind(
        name=told("tables.years_out_range"),
        column="roc_year",
        rows=f"roc_year NOT BETWEEN {spec.years[0]} AND {spec.years[1]}",
        value="t_roc_year",
        say=lambda value: told(
            "tables.is_not_within_roc_years",
            value=value,
            years=years,
            value2=Text(_common_era(value)[1], _common_era(value)[0]),
        ),
    )
    yield Kind(
        name=told("tables.cases_opened_another_year"),
        column="opened",
        rows=f"opened IS NOT NULL AND roc_year IS NOT NULL AND year(opened) IS DISTINCT FROM roc_year + {ROC_OFFSET}",
        value="concat(t_opened, ' / ', roc_year)",
        say=lambda value: told("tables.day_opening_year_case_are", value=value),
    )
    yield Kind(
        name=told("tables.cases_closed_before_they_were"),
        column="closed",
        rows="closed < opened",
        value="concat(t_closed, ' < ', t_opened)",
        say=lambda value: told("tables.case_is_closed_before_is", value=value),
    )
    end = f"{spec.years[1] + ROC_OFFSET}-12-31"
    yield Kind(
        name=told("tables.cases_closed_after_last_year"),
        column="closed",
        rows=f"closed > DATE '{end}'",
        value="t_closed",
        say=lambda value: told("tables.is_after_end_declared_years", value=value, end=end),
    )


def _of_members(spec: Cases, want: Wanted) -> Iterator[Kind]:
    branches = [member.id for member in want.branches]
    labels = {text: member.id for member in want.branches for text in (member.label.zh, member.label.en)}
    for name, known in (("branch", branches), ("case_type", list(want.limits))):
        listed = ", ".join(literal(one) for one in known)
        yield Kind(
            name=told("tables.unknown_members", name_=name),
            column=name,
            rows=f"{name} <> '' AND {name} NOT IN ({listed})",
            value=name,
            say=functools.partial(_unknown, known=known, labels=labels),
        )
    for member in want.branches:
        if member.first_year or member.last_year:
            ended = f"coalesce(year(closed) - {ROC_OFFSET}, {spec.years[1]}) > {member.last_year or spec.years[1]}"
            outside = f"branch = {literal(member.id)} AND (roc_year < {member.first_year or 0} OR {ended})"
            said = f"{member.first_year or '…'}–{member.last_year or '…'}"
            yield Kind(
                name=told("tables.cases_outside_years", label=Text(member.label.zh, member.id)),
                column="branch",
                rows=outside,
                value="roc_year",
                say=functools.partial(_outside, said),
            )


def _outside(said: str, value: str) -> Fault:
    return told("tables.branch_exists_roc_years", said=said, value=value)


def _common_era(value: str) -> Fault:
    if value.isdigit() and 1912 <= int(value) <= 2111:
        roc = int(value) - ROC_OFFSET
        return told("tables.is_year_common_era", roc=roc)
    return told("tables.correct_declare_other_years")


def _unknown(value: str, known: Sequence[str], labels: Mapping[str, str]) -> Fault:
    shown = legible(value)
    if value in labels:
        return told("tables.is_label", shown=shown, labels=labels[value])
    listed = ", ".join(known[:30])
    return told("tables.is_not_known", shown=shown, listed=listed, near=near(value, known))


def problems(
    connection: DuckDBPyConnection, files: Files, spec: Cases, want: Wanted, twice: Sequence[int]
) -> list[Problem]:
    """All faults: of each kind its first rows, and how many more there are."""
    told = [*kinds(spec, want, files)]
    broken = _broken_rows(connection, files, spec)
    cases = relation(files, numbered=True)
    filters = ", ".join(f"count(*) FILTER ({kind.rows})" for kind in told)
    counts = connection.execute(f"SELECT {filters} FROM {cases}").fetchone() or ()
    connection.execute("CREATE TEMP TABLE twice (h UBIGINT)")
    if twice:
        connection.executemany("INSERT INTO twice VALUES (?)", [[one] for one in twice])
    found: list[tuple[Kind, int, list[tuple[str, int, str]]]] = []
    for kind, count in zip(told, counts, strict=True):
        if count:
            rows = connection.execute(
                f"SELECT path, nth, CAST({kind.value} AS VARCHAR) FROM {cases} WHERE {kind.rows} "
                f"ORDER BY path, nth LIMIT {spec.listed}"
            ).fetchall()
            found.append((kind, count, rows))
    found += _among_rows(connection, cases, spec, want)
    rows_at = _row_numbers(files, found, broken)
    listed: list[Problem] = [*broken]
    for kind, count, rows in found:
        file = spec.file
        for path, nth, value in rows:
            en, zh = kind.say(legible(str(value or "")))
            row = rows_at[path, nth]
            if kind.name == _TWICE:
                path_before, nth_before = value.rsplit("|", 1)
                where = f"{files.name_of(path_before)}:{rows_at[path_before, int(nth_before)]}"
                en, zh = kind.say(where)
            listed.append(Problem(Place(files.name_of(path), "", row, spec.theirs[kind.column]), en, zh))
        listed.append(
            problem(
                Place(file, "", 0, spec.theirs[kind.column]),
                "tables.all",
                count=count,
                name_=Text(kind.name[1], kind.name[0]),
                more=message("tables.first_are_listed", listed=len(rows)) if count > len(rows) else "",
            )
        )
    return listed


# ---- faults among rows ------------------------------------------------------------------------

_TWICE = told("tables.ids_stand_twice")


def _among_rows(
    connection: DuckDBPyConnection, cases: str, spec: Cases, want: Wanted
) -> Iterator[tuple[Kind, int, list[tuple[str, int, str]]]]:
    """Ids that stand twice, and officers in two branches in one year; an id is compared itself, not its hash."""
    connection.execute(
        f"CREATE TEMP TABLE candidates AS SELECT case_id, path, nth FROM {cases} "
        "WHERE case_id <> '' AND hash(case_id) IN (SELECT h FROM twice)"
    )
    numbered = (
        "(SELECT path, nth, row_number() OVER (PARTITION BY case_id ORDER BY path, nth) AS time, "
        "first_value(concat(path, '|', nth)) OVER (PARTITION BY case_id ORDER BY path, nth) AS before FROM candidates)"
    )
    if count := count_of(connection, f"{numbered} WHERE time > 1"):
        rows = connection.execute(
            f"SELECT path, nth, before FROM {numbered} WHERE time > 1 ORDER BY path, nth LIMIT {spec.listed}"
        ).fetchall()
        kind = Kind(
            name=_TWICE,
            column="case_id",
            rows="",
            value="",
            say=lambda value: told("tables.case_stands_already", value=value),
        )
        yield kind, count, rows
    known = f"officer <> '' AND branch IN ({', '.join(literal(member.id) for member in want.branches)})"
    moved = f"(SELECT roc_year, officer FROM officers WHERE {known} GROUP BY roc_year, officer HAVING min(branch) <> max(branch))"
    if count := count_of(connection, moved):
        first = (
            f"SELECT path, nth, branch, roc_year, officer, row_number() OVER (PARTITION BY roc_year, officer, branch ORDER BY path, nth) AS time "
            f"FROM {cases} SEMI JOIN {moved} USING (roc_year, officer) WHERE {known}"
        )
        rows = connection.execute(
            f"SELECT path, nth, concat(roc_year, ': ', branch, ', ', earlier) FROM (SELECT *, lag(branch) OVER "
            f"(PARTITION BY roc_year, officer ORDER BY path, nth) AS earlier FROM ({first}) WHERE time = 1) "
            f"WHERE earlier IS NOT NULL ORDER BY path, nth LIMIT {spec.listed}"
        ).fetchall()
        kind = Kind(
            name=told("tables.officers_two_branches_one_year"),
            column="officer",
            rows="",
            value="",
            say=lambda value: told("tables.officer_has_cases_two_branches", value=value),
        )
        yield kind, count, rows


# ---- rows of a CSV ----------------------------------------------------------------------------


def _broken_rows(connection: DuckDBPyConnection, files: Files, spec: Cases) -> list[Problem]:
    """Rows that are no row of the table: another number of cells, bytes that are no letters, an open quote."""
    if not files.is_csv:
        return []
    connection.execute(f"SELECT count(*) FROM {relation(files, numbered=True)}").fetchall()
    rejected = connection.execute(
        "SELECT DISTINCT line, error_type FROM reject_errors ORDER BY line"
    ).fetchall()
    said: list[Problem] = []
    by_type: dict[str, int] = {}
    for line, error in rejected:
        by_type[error] = by_type.get(error, 0) + 1
        if by_type[error] <= spec.listed:
            en, zh = _BROKEN.get(error, _BROKEN[""])
            said.append(Problem(Place(spec.file, "", int(line)), en, zh))
    for error, count in by_type.items():
        said.append(
            problem(
                Place(spec.file),
                "tables.all_2",
                count=count,
                it=Text(_BROKEN.get(error, _BROKEN[""])[1].split("；")[0], error.lower()),
            )
        )
    return said


_BROKEN: Mapping[str, Fault] = {
    "MISSING COLUMNS": told("tables.has_fewer_cells_than_head"),
    "TOO MANY COLUMNS": told("tables.has_more_cells_than_head"),
    "INVALID ENCODING": told("tables.holds_bytes_are_not_utf"),
    "UNQUOTED VALUE": told("tables.quotes_row_don_t_close"),
    "": told("tables.cannot_read_row_csv"),
}


def _row_numbers(
    files: Files, found: Sequence[tuple[Kind, int, list[tuple[str, int, str]]]], broken: Sequence[Problem]
) -> dict[tuple[str, int], int]:
    """The row that a spreadsheet shows for the nth case of a file; in a CSV, rows that are none are counted, too."""
    asked = {(path, int(nth)) for _, _, rows in found for path, nth, _ in rows}
    for kind, _, rows in found:
        if kind.name == _TWICE:
            for _, _, before in rows:
                earlier, _, place = before.rpartition("|")
                asked.add((earlier, int(place)))
    if not files.is_csv or not asked:
        return {(path, nth): nth + 1 for path, nth in asked}
    wanted = {nth for _, nth in asked}
    rows_at: dict[tuple[str, int], int] = {}
    for nth, row in _good_rows(files):
        if nth in wanted:
            rows_at["", nth] = row
            if len(rows_at) == len(wanted):
                break
    return {place: rows_at.get(place, place[1] + 1) for place in asked}


def _good_rows(files: Files) -> Iterator[tuple[int, int]]:
    """Which number the rows have that are read as cases: blank ones and broken ones are left out."""
    nth, width = 0, len(files.head)
    ours = [files.head.index(name) for name in files.columns.values()]
    with files.paths[0].open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        reader = csv.reader(stream)
        for row, cells in enumerate(reader, start=1):
            good = len(cells) == width and not any(_is_broken(cells[place]) for place in ours)
            if row > 1 and good:
                nth += 1
                yield nth, row


def _is_broken(cell: str) -> bool:
    return not cell.isascii() and any("\udc80" <= letter <= "\udcff" for letter in cell)
