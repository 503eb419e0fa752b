"""What is wrong with single cases: each kind of fault counted, and its first rows told with place and remedy.

Called only when something is wrong. Ids and officers are persons' numbers: no message quotes them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.model.errors import Place, Problem
from reportgen.model.formats import ROC_OFFSET
from reportgen.read.tables.cases.counting import Wanted
from reportgen.read.tables.cases.files import AMOUNTS, DATES, MOST, NUMBERS, TEXTS, Files, literal, relation
from reportgen.read.tables.declaration import legible, nearest
from reportgen.read.tables.model import CasesSpec

Fault = tuple[str, str]


@dataclass(frozen=True)
class Kind:
    """A kind of fault: its name in both languages, its column, which rows have it, and what to say of one."""

    name: Fault
    column: str
    rows: str
    value: str
    say: Callable[[str], Fault]


def kinds(spec: CasesSpec, want: Wanted, files: Files) -> Iterator[Kind]:
    """The faults that a row has by itself."""
    for name in (*TEXTS, *NUMBERS, "opened"):
        cell = name if name in TEXTS else f"t_{name}"
        yield Kind(("missing cells", "空白儲存格"), name, f"coalesce({cell}, '') = ''", "''", lambda _: (
            "the cell is empty; fill it in", "儲存格空白；請填寫"))  # fmt: skip
    for name in NUMBERS:
        wrong = f"{name} IS NULL"
        if files.is_csv:
            wrong = f"({wrong} OR CAST({name} AS VARCHAR) <> t_{name})"
        yield Kind(("cells that are no whole number", "非整數"), name, f"t_{name} <> '' AND {wrong}", f"t_{name}", lambda value: (
            f"{value!r} is not a whole number; write digits only, for example 1234",
            f"「{value}」不是整數；請只寫數字，例如 1234"))  # fmt: skip
    for name in AMOUNTS:
        yield Kind(("negative amounts", "負數金額"), name, f"{name} < 0", f"t_{name}", lambda value: (
            f"{value} is negative; an amount is 0 or more: correct it in the source",
            f"{value} 為負數；金額不得小於 0，請更正來源"))  # fmt: skip
        yield Kind(("amounts that are too large", "過大金額"), name, f"{name} > {MOST}", f"t_{name}", lambda value: (
            f"{value} has more than 18 digits; correct it in the source", f"{value} 超過 18 位數；請更正來源"))  # fmt: skip
    for name in DATES:
        yield Kind(("cells that are no date", "非日期"), name, f"t_{name} <> '' AND {name} IS NULL", f"t_{name}", lambda value: (
            f"{value!r} is not a day of the calendar; write 2015-02-28 or 104/2/28",
            f"「{value}」不是曆法上的日期；請寫 2015-02-28 或 104/2/28"))  # fmt: skip
    years = f"{spec.first_year}–{spec.last_year}"
    yield Kind(("years out of range", "年度超出範圍"), "roc_year",
        f"roc_year NOT BETWEEN {spec.first_year} AND {spec.last_year}", "t_roc_year", lambda value: (
            f"{value} is not within the ROC years {years} that [cases] declares" + _common_era(value)[0],
            f"{value} 不在 [cases] 宣告之民國 {years} 年內" + _common_era(value)[1]))  # fmt: skip
    yield Kind(("cases opened in another year", "收案日期與年度不符"), "opened",
        f"opened IS NOT NULL AND roc_year IS NOT NULL AND year(opened) IS DISTINCT FROM roc_year + {ROC_OFFSET}", "concat(t_opened, ' / ', roc_year)",
        lambda value: (
            f"the day of opening and the year of the case are not of the same year ({value}); correct one of them",
            f"收案日期與案件年度不同年（{value}）；請更正其一"))  # fmt: skip
    yield Kind(("cases closed before they were opened", "終結早於收案"), "closed", "closed < opened",
        "concat(t_closed, ' < ', t_opened)", lambda value: (
            f"the case is closed before it is opened ({value}); correct one of the dates",
            f"終結日期早於收案日期（{value}）；請更正其一"))  # fmt: skip
    end = f"{spec.last_year + ROC_OFFSET}-12-31"
    yield Kind(("cases closed after the last year", "終結晚於最後年度"), "closed", f"closed > DATE '{end}'", "t_closed", lambda value: (
        f"{value} is after {end}, the end of the declared years; put the last year in years, or leave the date out",
        f"{value} 晚於宣告年度之末日 {end}；請將該年列入 years，或不填日期"))  # fmt: skip
    branches = [member.id for member in want.branches]
    labels = {text: member.id for member in want.branches for text in (member.label.zh, member.label.en)}
    for name, known in (("branch", branches), ("case_type", list(want.limits))):
        listed = ", ".join(literal(one) for one in known)
        yield Kind((f"unknown members of {name}", f"未知之 {name}"), name, f"{name} <> '' AND {name} NOT IN ({listed})", name,
            lambda value, known=known: _unknown(value, known, labels))  # type: ignore[misc]  # fmt: skip
    for member in want.branches:
        if member.first_year or member.last_year:
            ended = f"coalesce(year(closed) - {ROC_OFFSET}, {spec.last_year}) > {member.last_year or spec.last_year}"
            outside = f"branch = {literal(member.id)} AND (roc_year < {member.first_year or 0} OR {ended})"
            said = f"{member.first_year or '…'}–{member.last_year or '…'}"
            yield Kind((f"cases of {member.id} outside of its years", f"{member.label.zh}存在期間外之案件"), "branch", outside,
                "roc_year", lambda value, said=said: (  # type: ignore[misc]
                    f"the branch exists in the ROC years {said}; the case is of {value} or not closed by then: name the branch that has it",
                    f"該分署存在於民國 {said} 年；本件為 {value} 年或屆時未結：請填承接之分署"))  # fmt: skip


def _common_era(value: str) -> Fault:
    if value.isdigit() and 1912 <= int(value) <= 2111:
        roc = int(value) - ROC_OFFSET
        return f"; it is a year of the Common Era: write {roc}", f"；此為西元年：請寫 {roc}"
    return "; correct it, or declare other years", "；請更正，或宣告其他年度"


def _unknown(value: str, known: Sequence[str], labels: Mapping[str, str]) -> Fault:
    shown = legible(value)
    if value in labels:
        return f"{shown!r} is a label; write {labels[value]!r}", f"「{shown}」是名稱；請寫「{labels[value]}」"
    near = nearest(value, known)
    listed = ", ".join(known[:30])
    return f"{shown!r} is not known; known: {listed}{near[0]}", f"不認識「{shown}」；可用：{listed}{near[1]}"


def problems(
    connection: Any, files: Files, spec: CasesSpec, want: Wanted, twice: Sequence[int]
) -> list[Problem]:
    """All faults: of each kind its first rows, and how many more there are."""
    told = [*kinds(spec, want, files)]
    broken = _broken_rows(connection, files, spec)
    cases = relation(files, numbered=True)
    filters = ", ".join(f"count(*) FILTER ({kind.rows})" for kind in told)
    counts = connection.execute(f"SELECT {filters} FROM {cases}").fetchone()
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
            listed.append(Problem(Place(files.name_of(path), "", row, spec.names[kind.column]), en, zh))
        listed.append(
            Problem(
                Place(file, "", 0, spec.names[kind.column]),
                f"{count:,} in all: {kind.name[0]}"
                + (f"; the first {len(rows)} are listed" if count > len(rows) else ""),
                f"共 {count:,} 筆：{kind.name[1]}"
                + (f"；列出前 {len(rows)} 筆" if count > len(rows) else ""),
            )
        )
    return listed


# ---- faults among rows ------------------------------------------------------------------------

_TWICE = ("ids that stand twice", "案號重複")


def _among_rows(
    connection: Any, cases: str, spec: CasesSpec, want: Wanted
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
    count = connection.execute(f"SELECT count(*) FROM {numbered} WHERE time > 1").fetchone()[0]
    if count:
        rows = connection.execute(
            f"SELECT path, nth, before FROM {numbered} WHERE time > 1 ORDER BY path, nth LIMIT {spec.listed}"
        ).fetchall()
        kind = Kind(_TWICE, "case_id", "", "", lambda value: (
            f"the case stands in {value} already; one row for each case", f"此案號已見於 {value}；每案只能有一列"))  # fmt: skip
        yield kind, count, rows
    known = f"officer <> '' AND branch IN ({', '.join(literal(member.id) for member in want.branches)})"
    moved = f"(SELECT roc_year, officer FROM officers WHERE {known} GROUP BY roc_year, officer HAVING min(branch) <> max(branch))"
    count = connection.execute(f"SELECT count(*) FROM {moved}").fetchone()[0]
    if count:
        first = (
            f"SELECT path, nth, branch, roc_year, officer, row_number() OVER (PARTITION BY roc_year, officer, branch ORDER BY path, nth) AS time "
            f"FROM {cases} SEMI JOIN {moved} USING (roc_year, officer) WHERE {known}"
        )
        rows = connection.execute(
            f"SELECT path, nth, concat(roc_year, ': ', branch, ', ', earlier) FROM (SELECT *, lag(branch) OVER "
            f"(PARTITION BY roc_year, officer ORDER BY path, nth) AS earlier FROM ({first}) WHERE time = 1) "
            f"WHERE earlier IS NOT NULL ORDER BY path, nth LIMIT {spec.listed}"
        ).fetchall()
        kind = Kind(("officers in two branches in one year", "同年屬兩分署之承辦人"), "officer", "", "", lambda value: (
            f"the officer has cases of two branches in one year ({value}); give the officer of each branch a number of its own",
            f"承辦人同年有兩分署之案件（{value}）；各分署之承辦人請用各自之代號"))  # fmt: skip
        yield kind, count, rows


# ---- rows of a CSV ----------------------------------------------------------------------------


def _broken_rows(connection: Any, files: Files, spec: CasesSpec) -> list[Problem]:
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
            Problem(
                Place(spec.file),
                f"{count:,} in all: rows that cannot be read ({error.lower()})",
                f"共 {count:,} 列無法讀取（{_BROKEN.get(error, _BROKEN[''])[1].split('；')[0]}）",
            )
        )
    return said


_BROKEN: Mapping[str, Fault] = {
    "MISSING COLUMNS": ("has fewer cells than the head; write one for each column", "儲存格比表頭少；每欄須有一格"),
    "TOO MANY COLUMNS": (
        'has more cells than the head; a cell with a comma stands in "…"',
        '儲存格比表頭多；含逗號之儲存格須以 "…" 括住',
    ),
    "INVALID ENCODING": (
        "holds bytes that are not UTF-8: a letter is damaged; type it again and save as CSV UTF-8",
        "含有非 UTF-8 位元組：有字損壞；請重新輸入並存為 CSV UTF-8",
    ),
    "UNQUOTED VALUE": ("the quotes of this row don't close; double a quote inside a cell", "本列引號不成對；儲存格內之引號須寫兩次"),
    "": ("cannot be read as a row of a CSV; write the cells with commas between them", "無法讀為 CSV 之一列；儲存格間以逗號分隔"),
}  # fmt: skip


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
