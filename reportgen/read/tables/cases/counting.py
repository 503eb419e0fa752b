"""From the rows of cases to the rows of tables, in DuckDB: one machine's, or several machines' parts added up.

    files ── scan ──> sums, counts, lates, officers (grouped) + hashes of ids ── add_up ──> events ──> tables
                          (a part for each file with a cluster)

Whole numbers only: DuckDB adds BIGINT into HUGEINT, and Python's int takes it from there.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model.formats import ROC_OFFSET
from reportgen.read.tables.cases.files import AMOUNTS, MOST, Files, literal, relation, source
from reportgen.read.tables.declared import Cases, TableSpec
from reportgen.read.tables.dimensions import Member
from reportgen.read.tables.model import Declaration

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from reportgen.read.tables.cases.ids import Hashes, Seen

FIVE_YEARS = 60  # months; Administrative Execution Act, Art. 7
BATCH = 4_000_000  # hashes: 32 MB


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be counted: by which columns of a case, besides its year, and with which limits in months."""

    by: tuple[str, ...]
    limits: Mapping[str, int]
    branches: tuple[Member, ...]
    first_year: int
    last_year: int

    @property
    def rests(self) -> tuple[int, ...]:
        """The months of the limits beyond whole years: they decide in which of two years a case becomes overdue."""
        return tuple(sorted({months % 12 for months in (FIVE_YEARS, *self.limits.values())}))


@dataclass(frozen=True)
class Part:
    """What one file holds, grouped, as it travels from another machine: Parquet, in which amounts are decimals of 38 digits."""

    grouped: Mapping[str, bytes]
    hashes: list[Hashes]


def wanted(declared: Declaration, spec: Cases) -> Wanted:
    keys = {name for table in declared.tables.values() if table.from_cases for name in table.key}
    by = ("branch", *(name for name in ("unit", "officer") if name in keys), "case_type")
    branch = declared.dimensions["branch"]
    members = tuple(member for member in branch.members if member.id != branch.total)
    return Wanted(
        by=by, limits=spec.limits, branches=members, first_year=spec.years[0], last_year=spec.years[1]
    )


@contextlib.contextmanager
def session(files: Files, memory: str, threads: int) -> Iterator[tuple[DuckDBPyConnection, Path]]:
    """A DuckDB that can read these files and nothing else, with a folder of its own for what memory cannot hold."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix=f"reportgen-cases-{os.getpid()}-") as name:
        connection = duckdb.connect(
            config={
                "memory_limit": memory,
                "threads": threads or os.cpu_count() or 1,
                "temp_directory": name,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        try:
            allowed = ", ".join(literal(str(path)) for path in files.paths)
            connection.execute(f"SET allowed_paths = [{allowed}]")
            connection.execute(f"SET allowed_directories = [{literal(name)}]")
            connection.execute("SET python_enable_replacements = false")
            # A row of a CSV has no number but its place among the others.
            connection.execute(f"SET preserve_insertion_order = {'true' if files.is_csv else 'false'}")
            # The statistics of a Parquet file may be wrong: no filter is found needless by them.
            connection.execute("SET disabled_optimizers = 'statistics_propagation'")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection, Path(name)
        finally:
            connection.close()


# ---- one scan ---------------------------------------------------------------------------------

GROUPED = ("sums", "counts", "lates", "officers", "faulty")


def scan(connection: DuckDBPyConnection, files: Files, want: Wanted) -> None:
    """Groups the rows of the files into temporary tables.

    `sums` of all cases by their year, `counts` of the closed ones by both years, `lates` of those opened so late in a
    year that their period ends in a later one, `officers` with their branches, `faulty`: how many rows are not sound.
    """
    cases = f"(SELECT *, year(closed) - {ROC_OFFSET} AS closed_year FROM {relation(files)})"
    sound = f"coalesce({_sound(files, want)}, false)"
    if files.is_csv:
        _scan_once(connection, cases, want, sound)
        return
    by = ", ".join(want.by)
    lates = " UNION ALL ".join(
        f"SELECT {by}, roc_year, closed_year, {rest} AS rest, count(*) AS n FROM {cases} WHERE {_late(rest, want)}{_of(rest, want)} GROUP BY ALL"
        for rest in want.rests
    )
    # Parquet gives a column quickly; a filter costs less than a count beside others (`IS NOT NULL` would believe the statistics).
    for name, query in (
        ("sums", f"SELECT {by}, roc_year, count(*) AS n, {_sums(AMOUNTS)} FROM {cases} GROUP BY ALL"),
        (
            "counts",
            f"SELECT {by}, roc_year, closed_year, count(*) AS n FROM {cases} WHERE isfinite(closed) GROUP BY ALL",
        ),
        ("lates", lates),
        ("officers", f"SELECT DISTINCT roc_year, officer, branch FROM {cases}"),
        ("faulty", f"SELECT count(*) AS n FROM {cases} WHERE NOT {sound}"),
    ):
        connection.execute(f"CREATE TEMP TABLE {name} AS {query}")


def _scan_once(connection: DuckDBPyConnection, cases: str, want: Wanted, sound: str) -> None:
    """A CSV is grouped once: to take it apart is most of the work."""
    by = ", ".join(want.by)
    named = ", ".join(dict.fromkeys([*want.by, "officer"]))
    late = "".join(f", count(*) FILTER ({_late(rest, want)}) AS late_{rest}" for rest in want.rests)
    connection.execute(
        f"CREATE TEMP TABLE grouped AS SELECT {named}, roc_year, closed_year, "
        f"count(*) AS n{late}, {_sums(AMOUNTS)}, count(*) FILTER (NOT {sound}) AS faulty "
        f"FROM {cases} GROUP BY ALL"
    )
    lates = " UNION ALL ".join(
        f"SELECT {by}, roc_year, closed_year, {rest} AS rest, late_{rest} AS n FROM grouped WHERE late_{rest} > 0{_of(rest, want)}"
        for rest in want.rests
    )
    for name, query in (
        ("sums", f"SELECT {by}, roc_year, {_sums(('n', *AMOUNTS))} FROM grouped GROUP BY ALL"),
        (
            "counts",
            f"SELECT {by}, roc_year, closed_year, sum(n) AS n FROM grouped WHERE closed_year IS NOT NULL GROUP BY ALL",
        ),
        ("lates", lates),
        ("officers", "SELECT DISTINCT roc_year, officer, branch FROM grouped"),
        ("faulty", "SELECT coalesce(sum(faulty), 0) AS n FROM grouped"),
    ):
        connection.execute(f"CREATE TEMP TABLE {name} AS {query}")
    connection.execute("DROP TABLE grouped")


def _sums(columns: Sequence[str]) -> str:
    return ", ".join(f"sum({name}) AS {name}" for name in columns)


def exported(connection: DuckDBPyConnection, files: Files, folder: Path) -> Part:
    """The grouped rows and the hashes of the ids, to be added up elsewhere; `folder` is that of the session."""
    wide = ", ".join(f"CAST({name} AS DECIMAL(38, 0)) AS {name}" for name in AMOUNTS)
    path = folder / "grouped.parquet"
    grouped = {}
    for name in GROUPED:
        what = f"* REPLACE ({wide})" if name == "sums" else "*"  # Parquet has no whole numbers of 128 bits
        connection.execute(f"COPY (SELECT {what} FROM {name}) TO {literal(str(path))} (FORMAT parquet)")
        grouped[name] = path.read_bytes()
    return Part(grouped, [*hashes(connection, files)])


def imported(connection: DuckDBPyConnection, parts: Sequence[Part], seen: Seen, folder: Path) -> None:
    """The tables of one scan from those of several: the same groups meet again when they are added up."""
    for name in GROUPED:
        paths = [folder / f"{name}-{number}.parquet" for number in range(len(parts))]
        for path, part in zip(paths, parts, strict=True):
            path.write_bytes(part.grouped[name])
        listed = ", ".join(literal(str(path)) for path in paths)
        connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM read_parquet([{listed}])")
    for part in parts:
        for chunk in part.hashes:
            seen.add(chunk)


def _late(rest: int, want: Wanted) -> str:
    """Whether `rest` months after the day of opening, the period is over only in the next year.

    The last day of a period of months is the same day of the month, else the month's last (Civil Code, Arts. 120, 121);
    overdue is what is pending after it. It lies before December 31 unless the case was opened on or after this day.
    """
    month = 12 - rest
    day = "31" if month in (1, 3, 5, 7, 8, 10, 12) else "01"
    if day == "01":
        month += 1
    late = f"opened >= make_date(roc_year + {ROC_OFFSET}, {month}, {int(day)})"
    if rest:
        return late
    days = ", ".join(
        f"DATE '{year + ROC_OFFSET}-12-31'" for year in range(want.first_year, want.last_year + 1)
    )
    return f"opened + 0 IN ({days}) AND {late}"  # `opened IN` would believe the statistics of a Parquet file


def _of(rest: int, want: Wanted) -> str:
    """The types of which a period has these months beyond whole years; that of five years is of all."""
    if rest == FIVE_YEARS % 12:
        return ""
    return f" AND case_type IN ({', '.join(literal(kind) for kind, months in want.limits.items() if months % 12 == rest)})"


def _sound(files: Files, want: Wanted) -> str:
    """That a row has no fault of its own; what a group shows (members, years) is looked at there."""
    checks = [f"{name} BETWEEN 0 AND {MOST}" for name in AMOUNTS]
    checks += [f"{name} <> ''" for name in ("case_id", "unit", "officer")]
    checks.append(f"year(opened) = roc_year + {ROC_OFFSET}")
    pending = "coalesce(t_closed, '') = ''" if files.is_csv and not files.iso else "closed IS NULL"
    end = f"DATE '{want.last_year + ROC_OFFSET}-12-31'"
    checks.append(f"({pending} OR closed BETWEEN opened AND {end})")
    if files.is_csv:
        checks += [f"CAST({name} AS VARCHAR) = t_{name}" for name in ("roc_year", *AMOUNTS)]
    return " AND ".join(checks)


def count_of(connection: DuckDBPyConnection, rows: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {rows}").fetchone()
    return int(found[0]) if found else 0


def hashes(connection: DuckDBPyConnection, files: Files) -> Iterator[Hashes]:
    """The hash of each id, a chunk at a time; a missing id is another fault.

    DuckDB gives Python a whole result at once, so a query asks for so many rows. Those of Parquet are found by their
    number; those of a CSV go through a table, which DuckDB keeps within its memory.
    """
    if files.is_csv:
        ids = f"SELECT hash(case_id) AS h FROM {relation(files)} WHERE case_id <> ''"
        connection.execute(f"CREATE TEMP TABLE ids AS {ids}")
        tables, what, number, named = ["ids"], "h", "rowid", "true"
    else:
        column = files.columns["case_id"]
        tables = [source(files, [str(path)], numbered=True) for path in files.paths]
        what, number, named = f"hash({column})", "file_row_number", f"{column} <> ''"
    for table in tables:
        for start in range(0, count_of(connection, table), BATCH):
            chosen = f"{number} BETWEEN {start} AND {start + BATCH - 1} AND {named}"
            yield connection.execute(f"SELECT {what} AS h FROM {table} WHERE {chosen}").fetchnumpy()["h"]
    connection.execute("DROP TABLE IF EXISTS ids")


# ---- what the groups say ----------------------------------------------------------------------


def suspicious(connection: DuckDBPyConnection, want: Wanted) -> bool:
    """Whether anything but a repeated id is wrong: rows that say so, unknown members, years, officers in two branches."""
    in_years = " OR ".join(
        f"(branch = {literal(member.id)} AND roc_year >= {max(member.first_year or 0, want.first_year)})"
        for member in want.branches
    )
    types = ", ".join(literal(name) for name in want.limits)
    right = f"({in_years}) AND roc_year <= {want.last_year} AND case_type IN ({types})"
    last = " ".join(f"WHEN {literal(one.id)} THEN {one.last_year}" for one in want.branches if one.last_year)
    ended = (
        # Closed after the end of its branch; or not at all.
        f"SELECT 1 FROM counts WHERE closed_year > CASE branch {last} END",
        "SELECT 1 FROM (SELECT branch, n FROM sums UNION ALL SELECT branch, -n FROM counts) "
        f"GROUP BY branch HAVING sum(n) > 0 AND CASE branch {last} END < {want.last_year}",
    )
    for query in (
        "SELECT 1 FROM faulty WHERE n > 0",
        f"SELECT 1 FROM sums WHERE NOT coalesce({right}, false)",
        "SELECT 1 FROM officers GROUP BY roc_year, officer HAVING min(branch) <> max(branch)",
        *(ended if last else ()),
    ):
        if connection.execute(f"{query} LIMIT 1").fetchall():
            return True
    return False


def add_up(connection: DuckDBPyConnection, want: Wanted) -> None:
    """The table `events`: what happens to the cases of a group in a year, each case opened, closed, from now on overdue.

    Every case comes into what is overdue after its limit, and leaves when it is closed, or in the same year if it was closed before;
    those that were opened late come and leave a year later.
    """
    by = ", ".join(want.by)
    zero = {name: "0" for name in ("opened", "closed", "overdue", "five", *AMOUNTS)}

    def happened(table: str, year: str, where: str, **what: str) -> str:
        cells = ", ".join(f"{value} AS {name}" for name, value in (zero | what).items())
        return f"SELECT {by}, {year} AS year, {cells} FROM {table} WHERE {where}"

    selects = [
        happened("sums", "roc_year", "true", opened="n", **{name: name for name in AMOUNTS}),
        happened("counts", "closed_year", "true", closed="n"),
    ]
    for what, limits in (("five", dict.fromkeys(want.limits, FIVE_YEARS)), ("overdue", want.limits)):
        begins = f"(roc_year + {_by_type({kind: months // 12 for kind, months in limits.items()})})"
        late = f"rest = {_by_type({kind: months % 12 for kind, months in limits.items()})}"
        for year in (begins, f"greatest({begins}, closed_year)"):
            table, sign = ("sums", "") if year == begins else ("counts", "-")
            there = f"{year} <= {want.last_year}"
            selects.append(happened(table, year, there, **{what: f"{sign}n"}))
        for begun, sign in ((begins, "-"), (f"{begins} + 1", "")):
            other = "" if sign else "-"
            gone = f"greatest({begun}, closed_year)"
            closed = f"{late} AND closed_year IS NOT NULL AND {gone} <= {want.last_year}"
            selects.append(
                happened("lates", begun, f"{late} AND {begun} <= {want.last_year}", **{what: f"{sign}n"})
            )
            selects.append(happened("lates", gone, closed, **{what: f"{other}n"}))
    connection.execute(
        f"CREATE TEMP TABLE events AS SELECT {by}, year, {_sums([*zero])} FROM ({' UNION ALL '.join(selects)}) GROUP BY ALL"
    )


def _by_type(values: Mapping[str, object]) -> str:
    """A value for each type of case; one for all where they are the same."""
    if len(set(values.values())) == 1:
        return str(next(iter(values.values())))
    return f"(CASE case_type {' '.join(f'WHEN {literal(kind)} THEN {value}' for kind, value in values.items())} END)"


# What a measure shows: a flow of the year, or a stock, which is all that came in and went out up to its end.
_MEASURES: Mapping[str, str] = {
    "new": "opened",
    "closed": "closed",
    "pending": "sum(opened - closed) OVER stock",
    "overdue": "sum(overdue) OVER stock",
    "beyond_five_years": "sum(five) OVER stock",
    "referred": "referred_amount",
    "collected": "collected_amount",
    "cost": "cost",
}


def table(
    connection: DuckDBPyConnection, want: Wanted, spec: TableSpec, declared: Declaration
) -> list[list[str]]:
    """The rows of a table in the order of its key: each group from its first year on, with its zeros."""
    rest = [name for name in spec.key if name != "roc_year"]
    short = [name for name in rest if name != "case_type"]
    every = ", ".join(["year", *rest])
    what = ("opened", "closed", "overdue", "five", *AMOUNTS)
    added = ", ".join(f"sum({name}) AS {name}" for name in what)
    cells = ", ".join(f"coalesce({name}, 0) AS {name}" for name in what)
    kinds = (
        f"(SELECT unnest([{', '.join(map(literal, want.limits))}]) AS case_type)"
        if "case_type" in rest
        else "(SELECT 1)"
    )
    groups = ", ".join(short) + ", " if short else ""
    measures = ", ".join(
        f"CAST({_MEASURES[spec.columns[name].counts]} AS VARCHAR)"
        for name in spec.columns
        if name not in spec.key
    )
    partition = f"PARTITION BY {', '.join(rest)}" if rest else ""
    key = ", ".join("CAST(year AS VARCHAR)" if name == "roc_year" else name for name in spec.key)
    order = ", ".join(_order(name, declared) for name in spec.key)
    query = f"""
        WITH counted AS (SELECT {every}, {added} FROM events GROUP BY ALL),
        begun AS (SELECT {groups}min(year) AS first FROM counted {"GROUP BY ALL" if short else ""}),
        grid AS (
            SELECT {every} FROM begun CROSS JOIN {kinds} CROSS JOIN
                (SELECT unnest(range(1, {want.last_year + 1})) AS year) WHERE year >= first
        ),
        filled AS (SELECT {every}, {cells} FROM grid LEFT JOIN counted USING ({every})),
        measured AS (
            SELECT {", ".join([*rest, "year"])}, [{key}, {measures}] AS row FROM filled
            WINDOW stock AS ({partition} ORDER BY year ROWS UNBOUNDED PRECEDING)
        )
        SELECT row FROM measured WHERE {_existing(want) if "branch" in rest else "true"} ORDER BY {order}
    """
    return [row for (row,) in connection.execute(query).fetchall()]


def _existing(want: Wanted) -> str:
    """A branch has no row for a year before it was established or after it ended."""
    outside = [
        f"(branch = {literal(member.id)} AND year NOT BETWEEN {member.first_year or 0} AND {member.last_year or 999})"
        for member in want.branches
        if member.first_year or member.last_year
    ]
    return f"NOT ({' OR '.join(outside)})" if outside else "true"


def _order(name: str, declared: Declaration) -> str:
    """Members stand in the order of their declaration, texts in that of their letters."""
    if name == "roc_year":
        return "year"
    if name not in ("branch", "case_type"):
        return name
    return f"list_position([{', '.join(literal(member.id) for member in declared.dimensions[name].members)}], {name})"
