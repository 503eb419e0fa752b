"""What bench/cases.py measures, each call in a process of its own; all make the same table from the same file.

data ROWS FOLDER [shuffled]             cases.parquet, cases.csv and a dataset, made by DuckDB from a seed, streamed to disk
duckdb|polars|pandas|reportgen FILE     year × branch × unit × type with eight measures; prints their totals
reportgen_read FOLDER                   the same as a build reads it: also checked cell by cell and row by row, as any table
scan_only|ids_only FILE                 of this program's work the scans alone, the search for repeated ids alone

A case is opened in a year and closed in a year or pending. The peers read and count; they check nothing.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FIRST, LAST = 90, 104
LIMITS = {"tax": 24, "nhi": 12, "fine": 12, "fee": 12}
BRANCHES = (
    ("taipei", 62),
    ("shilin", 28),
    ("new-taipei", 56),
    ("taoyuan", 42),
    ("hsinchu", 28),
    ("taichung", 50),
    ("changhua", 24),
    ("chiayi", 20),
    ("tainan", 28),
    ("kaohsiung", 40),
    ("pingtung", 14),
    ("hualien", 10),
    ("yilan", 10),
)
KEYS = ("branch", "unit", "case_type")
AMOUNTS = ("referred_amount", "collected_amount", "cost")
MEASURES = ("new", "closed", "pending", "overdue", "beyond_five_years", "referred", "collected", "cost")
MEMORY, THREADS = "512MB", 2


# ---- data -------------------------------------------------------------------------------------


PRIME = (
    7_368_787  # times it, modulo any number of cases that it does not divide, numbers stand in another order
)


def data(rows: str, folder: str, order: str = "") -> None:
    """Cases in the order in which they were opened, as a register gives them; ids count up within a year, or are shuffled."""
    import duckdb

    connection = duckdb.connect(config={"memory_limit": "1GB", "threads": THREADS})
    units = [(name, number) for name, count in BRANCHES for number in range(1, count + 1)]
    connection.execute("CREATE TABLE units (place INTEGER, branch VARCHAR, unit VARCHAR)")
    connection.executemany(
        "INSERT INTO units VALUES (?, ?, ?)",
        [(n, name, f"{number:02}") for n, (name, number) in enumerate(units)],
    )
    kinds = ", ".join(f"'{kind}'" for kind in LIMITS)
    years = LAST - FIRST + 1
    number = f"(i * {PRIME}) % {rows}" if order == "shuffled" else "i"
    query = f"""
        SELECT printf('%03d-%09d', roc_year, {number}) AS case_id, branch, unit, printf('%04d%d', u.place, officer) AS officer,
            roc_year, [{kinds}][kind] AS case_type, opened, CASE WHEN closing <= DATE '{LAST + 1911}-12-31' THEN closing END AS closed,
            CAST(exp(ln(8000) + 3 * (a - 0.5)) AS BIGINT) * CAST(1 + k % 7 AS BIGINT) AS referred_amount, CAST(k % 300000 AS BIGINT) AS collected_amount,
            CAST(k % 3000 AS BIGINT) AS "cost"
        FROM (
            SELECT i, h % {len(units)} AS place, CAST(1 + (h >> 12) % 4 AS INTEGER) AS kind, 1 + (k % 3)::INTEGER AS officer, k,
                (k % 10007) / 10007.0 AS a, CAST({FIRST} + (i * {years}) // {rows} AS SMALLINT) AS roc_year,
                make_date({FIRST} + ((i * {years}) // {rows})::INTEGER + 1911, 1, 1)
                    + (((i * {years}) % {rows}) * 365 // {rows})::INTEGER AS opened,
                opened + ((g % 400) * (g % 7) * (1 + (g >> 20) % 2))::INTEGER AS closing
            FROM (SELECT i, hash(i * 7 + 1) AS h, hash(i * 13 + 5) AS g, hash(i * 31 + 11) AS k FROM range({rows}) t(i))
        ) c JOIN units u ON u.place = c.place
    """
    connection.execute("SET preserve_insertion_order = true")
    parquet, text = Path(folder, "cases.parquet"), Path(folder, "cases.csv")
    connection.execute(f"COPY ({query}) TO '{parquet}' (FORMAT parquet)")
    if int(rows) <= 20_000_000:
        connection.execute(f"COPY (SELECT * FROM '{parquet}') TO '{text}' (HEADER, FORMAT csv)")
    for file in (parquet, text):
        if file.exists():
            home = Path(folder, "project", "inputs", "datasets", file.suffix[1:])
            home.mkdir(parents=True)
            file.rename(home / file.name)
            (home / "dataset.toml").write_text(declaration(file.name), "utf-8")


def declaration(file: str) -> str:
    def label(words: str) -> str:
        return f'{{ zh = "{words}", en = "{words}" }}'

    def members(dimension: str, ids: Sequence[str]) -> str:
        return f"[dimension.{dimension}]\nlabel = {label(dimension)}\n" + "".join(
            f'[[dimension.{dimension}.member]]\nid = "{id}"\nzh = "{id}"\nen = "{id}"\n' for id in ids
        )

    columns = "".join(f'[table.t.column.{one}]\ncounts = "{one}"\nlabel = {label(one)}\n' for one in MEASURES)
    limits = "".join(f"{kind} = {months}\n" for kind, months in LIMITS.items())
    return (
        f"name = {label('bench')}\n{members('branch', [name for name, _ in BRANCHES])}{members('case_type', [*LIMITS])}"
        f'[cases]\nlabel = {label("cases")}\nfile = "{file}"\nyears = [{FIRST}, {LAST}]\nmemory = "{MEMORY}"\nthreads = {THREADS}\n'
        f'[cases.limit]\n{limits}[table.t]\nfrom = "cases"\nlabel = {label("t")}\nkey = ["roc_year", "branch", "unit", "case_type"]\n{columns}'
    )


# ---- DuckDB, bare -------------------------------------------------------------------------------

LATE = "opened >= make_date(roc_year + 1911, 12, 31)"  # then a period of whole years ends on the last day of a year
TYPED = {
    "case_id": "VARCHAR",
    "branch": "VARCHAR",
    "unit": "VARCHAR",
    "officer": "VARCHAR",
    "roc_year": "SMALLINT",
    "case_type": "VARCHAR",
    "opened": "DATE",
    "closed": "DATE",
    "referred_amount": "BIGINT",
    "collected_amount": "BIGINT",
    "cost": "BIGINT",
}


def duckdb(file: str) -> list[int]:
    """One statement, as good as we could write it: from a CSV one scan, from Parquet three, which is quicker there."""
    import duckdb as engine

    connection = engine.connect(
        config={"memory_limit": MEMORY, "threads": THREADS, "temp_directory": f"{file}.tmp"}
    )
    keys, sums = ", ".join(KEYS), ", ".join(f"sum({one}) AS {one}" for one in AMOUNTS)
    if file.endswith(".csv"):
        source = f"read_csv('{file}', header = true, columns = {TYPED})"
        groups = f"""
            read AS MATERIALIZED (SELECT {keys}, roc_year, year(closed) - 1911 AS gone, count(*) AS n, count(*) FILTER ({LATE}) AS late,
                {sums} FROM {source} GROUP BY ALL),
            counts AS (SELECT {keys}, roc_year, gone, n FROM read WHERE gone IS NOT NULL),
            lates AS (SELECT {keys}, roc_year, gone, late AS n FROM read WHERE late > 0),
            sums AS MATERIALIZED (SELECT {keys}, roc_year, sum(n) AS n, {sums} FROM read GROUP BY ALL)"""
    else:
        source = f"read_parquet('{file}')"
        days = ", ".join(f"DATE '{year + 1911}-12-31'" for year in range(FIRST, LAST + 1))
        groups = f"""
            counts AS MATERIALIZED (SELECT {keys}, roc_year, year(closed) - 1911 AS gone, count(*) AS n
                FROM {source} WHERE closed IS NOT NULL GROUP BY ALL),
            lates AS MATERIALIZED (SELECT {keys}, roc_year, year(closed) - 1911 AS gone, count(*) AS n
                FROM {source} WHERE opened IN ({days}) GROUP BY ALL),
            sums AS MATERIALIZED (SELECT {keys}, roc_year, count(*) AS n, {sums} FROM {source} GROUP BY ALL)"""
    limit = "CASE case_type WHEN 'tax' THEN 2 ELSE 1 END"
    stays = [
        f"SELECT {keys}, {year} AS year, 0 AS n, 0 AS gone, {f'{sign}n' if what == 'o' else 0} AS overdue, "
        f"{f'{sign}n' if what == 'f' else 0} AS five, 0 AS r, 0 AS c, 0 AS k FROM {table} WHERE {year} <= {LAST}{there}"
        for what, length in (("o", f"(roc_year + {limit})"), ("f", "(roc_year + 5)"))
        for table, sign, year, there in (
            ("sums", "", length, ""),
            ("counts", "-", f"greatest({length}, gone)", ""),
            ("lates", "-", length, ""),
            ("lates", "", f"{length} + 1", ""),
            ("lates", "", f"greatest({length}, gone)", " AND gone IS NOT NULL"),
            ("lates", "-", f"greatest({length} + 1, gone)", " AND gone IS NOT NULL"),
        )
    ]
    query = f"""
        WITH {groups},
        events AS (
            SELECT {keys}, roc_year AS year, n, 0 AS gone, 0 AS overdue, 0 AS five, {", ".join(f"{a} AS {b}" for a, b in zip(AMOUNTS, "rck", strict=True))}
            FROM sums
            UNION ALL SELECT {keys}, gone, 0, n, 0, 0, 0, 0, 0 FROM counts
            UNION ALL {" UNION ALL ".join(stays)}
        ),
        counted AS (SELECT {keys}, year, {", ".join(f"sum({one}) AS {one}" for one in ("n", "gone", "overdue", "five", *"rck"))} FROM events GROUP BY ALL),
        grid AS (SELECT {keys}, year FROM (SELECT DISTINCT {keys} FROM counted), range({FIRST}, {LAST + 1}) t(year))
        SELECT year, {keys}, coalesce(n, 0), coalesce(gone, 0), sum(n - gone) OVER up, sum(overdue) OVER up, sum(five) OVER up,
            coalesce(r, 0), coalesce(c, 0), coalesce(k, 0)
        FROM grid LEFT JOIN counted USING ({keys}, year)
        WINDOW up AS (PARTITION BY {keys} ORDER BY year) ORDER BY year, {keys}
    """
    return totals(connection.execute(query).fetchall())


def totals(rows: Sequence[Sequence[Any]]) -> list[int]:
    return [sum(int(row[place]) for row in rows) for place in range(4, 4 + len(MEASURES))]


# ---- Polars and pandas ------------------------------------------------------------------------


def polars(file: str) -> list[int]:
    import polars as engine

    column = engine.col
    wanted = [*KEYS, "roc_year", "opened", "closed", *AMOUNTS]
    kinds = {"VARCHAR": engine.String, "SMALLINT": engine.Int16, "BIGINT": engine.Int64, "DATE": engine.Date}
    if file.endswith(".csv"):
        frame = engine.scan_csv(file, schema={name: kinds[kind] for name, kind in TYPED.items()})
    else:
        frame = engine.scan_parquet(file)
    late = (column("opened").dt.month() == 12) & (column("opened").dt.day() == 31)
    counts = (
        frame.select(wanted)
        .with_columns(gone=column("closed").dt.year() - 1911)
        .group_by([*KEYS, "roc_year", "gone"])
        .agg(
            engine.len().cast(engine.Int64).alias("n"),
            late.sum().cast(engine.Int64).alias("late"),
            *(column(one).sum() for one in AMOUNTS),
        )
        .collect(engine="streaming")
    )
    return expanded(counts.to_pandas())


def pandas(file: str) -> list[int]:
    import pandas as engine

    wanted = [*KEYS, "roc_year", "opened", "closed", *AMOUNTS]
    if file.endswith(".csv"):
        frame = engine.read_csv(file, usecols=wanted, parse_dates=["opened", "closed"], dtype={"unit": str})
    else:
        frame = engine.read_parquet(file, columns=wanted)
        frame = frame.assign(**{one: engine.to_datetime(frame[one]) for one in ("opened", "closed")})
    frame["gone"] = frame["closed"].dt.year - 1911
    frame["late"] = ((frame["opened"].dt.month == 12) & (frame["opened"].dt.day == 31)).astype("int64")
    frame["n"] = 1
    keys = [*KEYS, "roc_year", "gone"]
    return expanded(frame.groupby(keys, dropna=False)[["n", "late", *AMOUNTS]].sum().reset_index())


def expanded(counts: Any) -> list[int]:
    """From groups of cases to the table, in pandas: a small part of the work."""
    import numpy
    import pandas as engine

    keys = [*KEYS]
    years = range(FIRST, LAST + 1)
    places, groups = counts.groupby(keys).ngroup().to_numpy(), counts[keys].drop_duplicates()
    table = numpy.zeros((7, len(groups), len(years) + 8), dtype="int64")
    begun, gone = (
        counts["roc_year"].to_numpy().astype("int64") - FIRST,
        counts["gone"].to_numpy(dtype="float64", na_value=999),
    )
    gone = numpy.where(numpy.isnan(gone), 999, gone).astype("int64") - FIRST
    n, late = counts["n"].to_numpy(), counts["late"].to_numpy()
    numpy.add.at(table[0], (places, begun), n)
    closed = gone < 900 - FIRST
    numpy.add.at(table[1], (places[closed], gone[closed]), n[closed])
    limit = numpy.where(counts["case_type"] == "tax", 2, 1)
    for what, length in ((2, limit), (3, 5)):
        for more, cases in ((0, n - late), (1, late)):
            start = begun + length + more
            stays = (gone > start) & (start < len(years))
            numpy.add.at(table[what], (places[stays], start[stays]), cases[stays])
            numpy.add.at(table[what], (places[stays & closed], gone[stays & closed]), -cases[stays & closed])
    for what, amount in enumerate(AMOUNTS, start=4):
        numpy.add.at(table[what], (places, begun), counts[amount].to_numpy())
    cut = table[:, :, : len(years)]
    shown = [cut[0], cut[1], (cut[0] - cut[1]).cumsum(1), cut[2].cumsum(1), cut[3].cumsum(1), *cut[4:]]
    whole = engine.DataFrame({name: part.ravel() for name, part in zip(MEASURES, shown, strict=True)})
    return [int(whole[name].sum()) for name in MEASURES]


# ---- this program -----------------------------------------------------------------------------


def _dataset(file: str) -> tuple[Path, Any]:
    from reportgen.read.tables.declaration import describe

    home = Path(file).parent
    project = home.parents[2]
    return project, describe(project, home.name)


def reportgen(file: str) -> list[int]:
    """All that it does for the tables of cases: hash of the file, scans, every check, the tables as text, the note of them."""
    from reportgen.read.tables import cases

    project, declared = _dataset(file)
    return totals(cases.counted(project, declared).tables["t"])


def reportgen_read(file: str) -> list[int]:
    from reportgen.read.tables import read_dataset

    project, declared = _dataset(file)
    records = read_dataset(project, declared.id).tables["t"].records
    return [int(sum(record.cells[name] for record in records)) for name in MEASURES]  # type: ignore[misc, arg-type]


@contextmanager
def _session(file: str) -> Iterator[tuple[Any, Any, Any, Path]]:
    from reportgen.read.tables.cases import counting, files

    project, declared = _dataset(file)
    found = files.look(project, declared.cases)
    with counting.session(found, MEMORY, THREADS) as (connection, folder):
        yield connection, found, counting.wanted(declared, declared.cases), folder


def scan_only(file: str) -> list[int]:
    from reportgen.read.tables.cases import counting

    with _session(file) as (connection, found, want, _):
        counting.scan(connection, found, want)
    return []


def ids_only(file: str) -> list[int]:
    from reportgen.read.tables.cases import counting, ids

    with _session(file) as (connection, found, _, folder):
        assert not counting.see(connection, found, ids.Seen(folder)).twice()
    return []


CALLS: dict[str, Callable[[str], list[int]]] = {
    "duckdb": duckdb,
    "polars": polars,
    "pandas": pandas,
    "reportgen": reportgen,
    "reportgen_read": reportgen_read,
    "scan_only": scan_only,
    "ids_only": ids_only,
}

if __name__ == "__main__":
    if sys.argv[1] == "data":
        data(*sys.argv[2:])
    else:
        os.environ["POLARS_MAX_THREADS"] = str(THREADS)
        began = time.perf_counter()
        print(json.dumps({"totals": CALLS[sys.argv[1]](sys.argv[2]), "seconds": time.perf_counter() - began}))
