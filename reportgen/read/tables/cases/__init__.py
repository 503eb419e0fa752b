"""Single cases become finished tables: found, checked, counted by DuckDB, remembered by the hash of the files.

    [cases] in dataset.toml ── files.look ── counting.scan ──> tables as text cells, then as any other table
                                    faults ──> all that is wrong, counted and listed

No case leaves this package: what it gives are sums, and queries that a person can run.
"""

from __future__ import annotations

import contextlib
import csv
import fcntl
import hashlib
import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.toml import Raw
from reportgen.read import digests, fonts, sheet_limits, sheets
from reportgen.read.tables.cases import counting, faults, files, ids
from reportgen.read.tables.cases.counting import Part
from reportgen.read.tables.cases.queries import query
from reportgen.read.tables.declaration import describe
from reportgen.read.tables.declared import Cases
from reportgen.read.tables.model import Declaration

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = [
    "Counted",
    "Part",
    "Spread",
    "count_cases",
    "counted",
    "in_place_of",
    "kept_back",
    "part_of",
    "query",
    "sheet",
]

Rows = Sequence[Sequence[str]]
_NUMBER = re.compile(r"-?\d+")
# Gives the part of each file of a folder, in their order, from other machines.
Spread = Callable[[Declaration, Path, Sequence[Path]], Iterator[Part]]


@dataclass(frozen=True)
class Counted:
    """The cells of each table of cases below its head, and the SHA-256 of the files that they were counted from."""

    sha256: str
    tables: Mapping[str, Rows]


def counted(project: Path, declared: Declaration, threads: int = 0, spread: Spread | None = None) -> Counted:
    """The tables of the dataset's cases, counted once for the same files; InputError with all that is wrong with them."""
    spec = declared.cases
    assert spec
    if not (project / spec.file).exists() and spec.file in (sent := digests.sent(project)):
        return _found(json.loads(sent[spec.file]["counted"]))
    files.inside(project, spec)
    place = f"{declared.sha256} {(project / spec.file).resolve()}"
    with _one_at_a_time(_notes() / f"{hashlib.sha256(place.encode()).hexdigest()}.lock"):
        if known := digests.known(project, spec.file):
            with contextlib.suppress(OSError):
                return _found(json.loads(_note(declared, known).read_text("utf-8")))
        # Of a large file that nobody has hashed yet there is hardly a note: its hash is made beside the count.
        with ThreadPoolExecutor(1) as beside:
            hashed = beside.submit(digests.digest, project, spec.file)
            record = _count(declared, spec, files.look(project, spec), threads, spread)
            record["sha256"] = hashed.result()
        with contextlib.suppress(OSError):  # without write access they are counted again next time
            _write(_note(declared, record["sha256"]), json.dumps(record, ensure_ascii=False))
    return _found(record)


def _found(record: Mapping[str, Raw]) -> Counted:
    if record["problems"]:
        raise InputError(
            Problem(Place(file, "", row, column), en, zh) for file, row, column, en, zh in record["problems"]
        )
    return Counted(record["sha256"], record["tables"])


def _notes() -> Path:
    return fonts.font_folder().parent / "checked"


def _note(declared: Declaration, sha256: str) -> Path:
    """The file that holds what was counted from these very cases by this very program."""
    digest = hashlib.sha256(f"{declared.sha256} {sha256} {version('duckdb')}".encode())
    for module in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(module.read_bytes())
    return _notes() / f"{digest.hexdigest()}.json"


@contextlib.contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    """The first process counts, the others wait and read what it found."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = lock.open("w")
    except OSError:
        yield
        return
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _write(note: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=note.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(name, note)


def _count(
    declared: Declaration, spec: Cases, found: files.Files, threads: int, spread: Spread | None
) -> dict[str, Raw]:
    import duckdb

    want = counting.wanted(declared, spec)
    try:
        with counting.session(found, spec.memory, spec.threads or threads) as (connection, folder):
            seen = ids.Seen(folder)
            parts = [*spread(declared, found.root, found.paths)] if spread and len(found.paths) > 1 else []
            with ThreadPoolExecutor(1) as beside:  # ids are read and sorted beside the scans and the tables
                if parts:
                    counting.imported(connection, parts, seen, folder)
                    repeated = beside.submit(seen.twice)
                else:
                    cursor = connection.cursor()
                    repeated = beside.submit(lambda: seen.adding(counting.hashes(cursor, found)).twice())
                    counting.scan(connection, found, want)
                wrong = counting.suspicious(connection, want) or _rejected(connection, found)
                tables = {} if wrong else _tables(connection, declared, want)
                twice = repeated.result()
            if (wrong or twice) and found.iso:
                # Some dates may be of the ROC calendar; and to tell what is wrong, each cell is looked at as text.
                return _count(declared, spec, replace(found, iso=False), threads, spread)
            if (wrong or twice) and (problems := faults.problems(connection, found, spec, want, twice)):
                return _record(problems)
            if not connection.execute("SELECT 1 FROM sums LIMIT 1").fetchall():
                return _record([problem(Place(spec.file), "tables.holds_no_case")])
            if wrong:
                tables = _tables(connection, declared, want)
    except duckdb.OutOfMemoryException:
        return _record([_too_small(spec)])
    except duckdb.Error as error:
        why = str(error).split("\n")[0][:160]
        en = f"cannot be read as cases ({why}); export the file again, with the same line ends in each row"
        return _record(
            [Problem(Place(spec.file), en, f"無法讀為個案資料（{why}）；請重新匯出，各列換行須一致")]
        )
    problems = [
        problem(
            Place(declared.file, column=f"table.{name}"),
            "tables.would_have_rows_most_is",
            rows_count=len(rows),
            max_rows=sheet_limits.MAX_ROWS,
        )
        for name, rows in tables.items()
        if len(rows) > sheet_limits.MAX_ROWS
    ]
    return _record(problems, {} if problems else tables)


def _tables(connection: DuckDBPyConnection, declared: Declaration, want: counting.Wanted) -> dict[str, Rows]:
    counting.add_up(connection, want)
    return {
        name: counting.table(connection, want, table, declared)
        for name, table in declared.tables.items()
        if table.from_cases
    }


def _rejected(connection: DuckDBPyConnection, found: files.Files) -> bool:
    return found.is_csv and bool(connection.execute("SELECT 1 FROM reject_errors LIMIT 1").fetchall())


def _too_small(spec: Cases) -> Problem:
    return problem(Place(spec.file), "tables.memory_is_too_small_these", memory=spec.memory)


def _record(problems: Sequence[Problem], tables: Mapping[str, Rows] | None = None) -> dict[str, Raw]:
    told = [[one.place.file, one.place.row, one.place.column, one.en, one.zh] for one in problems]
    return {"sha256": "", "problems": told, "tables": tables or {}}


# ---- for others -------------------------------------------------------------------------------


def sheet(declared: Declaration, table: str, found: Counted) -> sheets.Sheet:
    """A table of cases as if it had been read from a CSV file."""
    spec = declared.tables[table]
    rows = tuple((number, tuple(cells)) for number, cells in enumerate(found.tables[table], start=2))
    return sheets.Sheet(
        file=spec.file, sheet=spec.sheet, sha256=found.sha256, head=tuple(spec.columns), rows=rows
    )


def part_of(declared: Declaration, file: str, content: bytes) -> Part:
    """What one Parquet file of a folder holds, given its name there and its bytes: it does not lie on this machine."""
    spec = declared.cases
    assert spec
    with tempfile.TemporaryDirectory(prefix=f"reportgen-part-{os.getpid()}-") as name:
        path = Path(name, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        alone = files.only(spec, Path(name), path)
        with counting.session(alone, spec.memory, 1) as (connection, folder):
            counting.scan(connection, alone, counting.wanted(declared, spec))
            return counting.exported(connection, alone, folder)


def count_cases(project: Path, name: str, threads: int, spread: Spread | None = None) -> None:
    """Counts the cases of a dataset, if it has any, so that who reads it afterwards finds it done.

    What is wrong with them is told where they are read.
    """
    with contextlib.suppress(InputError):
        declared = describe(project, name, ())
        if declared.cases:
            counted(project, declared, threads, spread)


def in_place_of(project: Path, file: str) -> dict[str, bytes] | None:
    """What a document carries instead of a file of cases: its tables as CSV, but those by officer; None for other files."""
    parts = Path(file).parts
    if parts[:2] != ("inputs", "datasets") or len(parts) < 4 or file.endswith("dataset.toml"):
        return None
    declared = describe(project, parts[2], ())
    if not declared.cases or declared.cases.file != file:
        return None
    found = counted(project, declared)
    return {
        spec.sheet: _csv([[*spec.columns], *found.tables[name]])
        for name, spec in declared.tables.items()
        if spec.from_cases and "officer" not in spec.key
    }


def _csv(rows: Rows) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([*map(_harmless, row)] for row in rows)
    return text.getvalue().encode("utf-8")


def kept_back(project: Path) -> dict[str, dict[str, str]]:
    """The files of cases, which do not leave this machine, each with its SHA-256 and what was counted from it."""
    kept: dict[str, dict[str, str]] = {}
    for path in sorted((project / "inputs" / "datasets").glob("*/dataset.toml")):
        name = path.parent.name
        with contextlib.suppress(InputError):  # told by the job that needs it
            declared = describe(project, name, ())
            if declared.cases:
                try:
                    found = counted(project, declared)
                    record = _record((), found.tables) | {"sha256": found.sha256}
                except InputError as error:
                    record = _record(error.problems)
                kept[declared.cases.file] = {
                    "sha256": str(record["sha256"]),
                    "counted": json.dumps(record, ensure_ascii=False),
                }
    return kept


def _harmless(cell: str) -> str:
    """A text that a spreadsheet would compute is marked as text."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) and not _NUMBER.fullmatch(cell) else cell
