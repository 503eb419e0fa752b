"""The files of single cases: which they are, that they can be read, and how a query names their rows.

    CSV file, Parquet file or folder of Parquet files ── look ── Files ── relation ── the same columns for all

What stands in the rows is for `faults` and `counting`.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.hints import legible, near
from reportgen.model.messages import message, told
from reportgen.read import parquet
from reportgen.read.tables.declared import CASE_COLUMNS, Cases

NUMBERS = ("roc_year", "referred_amount", "collected_amount", "cost")
AMOUNTS = NUMBERS[1:]
DATES = ("opened", "closed")
TEXTS = ("case_id", "branch", "unit", "officer", "case_type")
MOST = 10**18 - 1  # of an amount; the tables of the program hold 18 digits

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"U?(?:TINY|SMALL|BIG)?INT|U?INTEGER|DECIMAL\(\d+,0\)")
_NAME = re.compile(r"[\w .()=-]+")  # no letter in it means anything to a query


@dataclass(frozen=True, kw_only=True)
class Files:
    """What a query may read. `columns` says how each of our columns stands in it; `rows` is 0 where not yet known.

    `iso`: a CSV whose dates are read as 2015-02-28 and nothing else, which takes half the time.
    """

    kind: str
    root: Path
    paths: tuple[Path, ...]
    names: tuple[str, ...]  # as messages call them
    columns: Mapping[str, str]
    head: tuple[str, ...] = ()
    rows: int = 0
    partitioned: bool = False
    alike: bool = True
    iso: bool = False

    @property
    def is_csv(self) -> bool:
        return self.kind == "csv"

    def name_of(self, path: str) -> str:
        return self.names[[str(one) for one in self.paths].index(path)] if path else self.names[0]


def look(project: Path, spec: Cases) -> Files:
    """What can be known without reading the rows; InputError with all that is wrong with the files."""
    root = inside(project, spec)
    if root.is_dir():
        return _parquet(spec, root, _parts(spec, root))
    if root.stat().st_size == 0:
        raise _error(spec.file, *told("tables.file_is_empty_bytes"))
    if root.suffix == ".parquet":
        return _parquet(spec, root, [root])
    if root.suffix == ".csv":
        return _csv(spec, root)
    raise _error(spec.file, *told("tables.cases_are_read_from_csv"))


def inside(project: Path, spec: Cases) -> Path:
    """Where the cases lie; InputError if that is nowhere or outside of the project."""
    root = project / spec.file
    if root.is_symlink() or not root.resolve().is_relative_to(project.resolve()):
        raise _error(spec.file, *told("tables.leads_out_project"))
    if not root.is_file() and not root.is_dir():
        raise _error(spec.file, *told("tables.is_no_such_file_folder"))
    return root


def only(spec: Cases, root: Path, path: Path) -> Files:
    """One file of a folder that another machine has looked at already."""
    return _parquet(spec, root, [path])


def _error(file: str, en: str, zh: str, column: str = "", row: int = 0) -> InputError:
    return InputError(Problem(Place(file, "", row, column), en, zh))


def _parts(spec: Cases, root: Path) -> list[Path]:
    """The files of the folder in order; anything else that lies there is told."""
    found, problems = [], []
    for path in sorted(root.rglob("*")):
        name = f"{spec.file}/{path.relative_to(root).as_posix()}"
        if path.is_symlink():
            problems.append(problem(Place(name), "tables.is_link"))
        elif path.is_dir():
            continue
        elif path.suffix != ".parquet" or not all(map(_NAME.fullmatch, path.relative_to(root).parts)):
            problems.append(problem(Place(name), "tables.is_no_parquet_file_plain"))
        else:
            found.append(path)
    if not found and not problems:
        problems.append(problem(Place(spec.file), "tables.holds_no_parquet_file"))
    if problems:
        raise InputError(problems)
    return found


# ---- Parquet ----------------------------------------------------------------------------------


def _parquet(spec: Cases, root: Path, paths: list[Path]) -> Files:
    problems: list[Problem] = []
    names = [
        spec.file if path == root else f"{spec.file}/{path.relative_to(root).as_posix()}" for path in paths
    ]
    footers: list[parquet.Footer] = []
    for path, name in zip(paths, names, strict=True):
        try:
            footers.append(parquet.footer(path))
        except parquet.Damaged as error:
            problems.append(problem(Place(name), "tables.is_no_parquet_file_can", why=str(error)[:120]))
    from_folders = {
        part.partition("=")[0] for path in paths for part in path.relative_to(root).parts[:-1] if "=" in part
    }
    for name, footer in zip(names, footers, strict=False) if not problems else ():
        there = [column.name for column in footer.columns]
        problems.extend(_columns_missing(spec, name, [*there, *from_folders]))
        problems.extend(_wrong_types(spec, name, footer))
    if not problems and not any(footer.rows for footer in footers):
        problems.append(problem(Place(spec.file), "tables.holds_no_case"))
    if problems:
        raise InputError(problems)
    return Files(
        kind="parquet",
        root=root,
        paths=tuple(paths),
        names=tuple(names),
        columns={ours: parquet.quoted(theirs) for ours, theirs in spec.theirs.items()},
        rows=sum(footer.rows for footer in footers),
        partitioned=bool(from_folders),
        alike=all(footer.columns == footers[0].columns for footer in footers),
    )


def _columns_missing(spec: Cases, name: str, there: list[str]) -> Iterator[Problem]:
    for ours, theirs in spec.theirs.items():
        if there.count(theirs) != 1:
            listed = ", ".join(legible(one) for one in there[:30])
            renamed = f' (names.{ours} = "…" says which column it is)' if ours == theirs else ""
            zh = f'（可用 names.{ours} = "…" 指定欄名）' if ours == theirs else ""
            what = told("tables.is_missing") if theirs not in there else told("tables.stands_twice")
            yield problem(
                Place(name, column=theirs),
                "tables.column",
                theirs=theirs,
                listed=listed,
                what=Text(what[1], what[0]),
                zh=Text(zh, renamed),
                near=near(theirs, there),
            )


def _wrong_types(spec: Cases, name: str, footer: parquet.Footer) -> Iterator[Problem]:
    kinds = {column.name: column.kind for column in footer.columns}
    for ours, theirs in spec.theirs.items():
        if theirs not in kinds:
            continue
        if ours in TEXTS:
            right, what = kinds[theirs] == "VARCHAR", "tables.text"
        elif ours in DATES:
            right, what = kinds[theirs] == "DATE", "tables.date"
        else:
            right, what = bool(_WHOLE.fullmatch(kinds[theirs])), "tables.whole_number"
        if not right:
            place = Place(name, column=theirs)
            yield problem(place, "tables.column_is_type", kind=kinds[theirs].lower(), what=message(what))


# ---- CSV --------------------------------------------------------------------------------------


def _csv(spec: Cases, path: Path) -> Files:
    head, first = _head(spec, path)
    if problems := [*_columns_missing(spec, spec.file, head)]:
        raise InputError(problems)
    columns = {ours: f"c{head.index(theirs)}" for ours, theirs in spec.theirs.items()}
    opened = head.index(spec.theirs["opened"])
    iso = len(first) > opened and bool(_ISO.fullmatch(first[opened]))
    names = tuple(f"c{n}" for n in range(len(head)))
    return Files(
        kind="csv", root=path, paths=(path,), names=(spec.file,), columns=columns, head=names, iso=iso
    )


def _head(spec: Cases, path: Path) -> tuple[list[str], list[str]]:
    """The names of the columns, and the first row below them."""
    with path.open("rb") as stream:
        start = stream.read(1 << 16)
    for mark, what in (
        (codecs.BOM_UTF16_LE, "UTF-16"),
        (codecs.BOM_UTF16_BE, "UTF-16"),
        (b"PAR1", "Parquet"),
        (b"PK", "ZIP"),
    ):
        if start.startswith(mark):
            raise _error(spec.file, *told("tables.is_not_csv", what=what))
    try:
        text = start.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4 and b"\n" not in start[: error.start]:
            raise _error(spec.file, *told("tables.head_is_not_utf"), row=1) from None
        text = start.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    rows = csv.reader(text.splitlines(keepends=True))
    return next(rows, []), next(rows, [])


# ---- how a query names them -------------------------------------------------------------------


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def source(files: Files, paths: list[str] | None = None, numbered: bool = False) -> str:
    """The call that reads the files as they are; `numbered` also says file and row."""
    listed = ", ".join(literal(one) for one in paths or [str(path) for path in files.paths])
    if files.is_csv:
        dates = [files.columns[name] for name in DATES] if files.iso else []
        columns = ", ".join(f"'{name}': '{'DATE' if name in dates else 'VARCHAR'}'" for name in files.head)
        return (
            f"read_csv([{listed}], auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
            f"columns = {{{columns}}}, dateformat = '%Y-%m-%d', store_rejects = true)"
        )
    options = ""
    if files.partitioned:
        options += ", hive_partitioning = true, hive_types_autocast = false"
    if not files.alike:
        options += ", union_by_name = true"
    if numbered:
        options += ", filename = true, file_row_number = true"
    return f"read_parquet([{listed}]{options})"


def relation(files: Files, numbered: bool = False) -> str:
    """The cases with our columns: texts, whole numbers and dates, NULL where a cell is none.

    `t_…` holds the cell as text, to tell what is wrong with it; `nth` and `path` where the row stands.
    """
    chosen = [*(f"{files.columns[name]} AS {name}" for name in TEXTS)]
    for name in NUMBERS:
        kind = "INTEGER" if name == "roc_year" else "BIGINT"
        chosen.append(f"try_cast({files.columns[name]} AS {kind}) AS {name}")
        chosen.append(f"CAST({files.columns[name]} AS VARCHAR) AS t_{name}")
    for name in DATES:
        chosen.append(
            f"{files.columns[name] if files.iso or not files.is_csv else day(files.columns[name])} AS {name}"
        )
        chosen.append(f"CAST({files.columns[name]} AS VARCHAR) AS t_{name}")
    if numbered:
        place = (
            "'' AS path, row_number() OVER () AS nth"
            if files.is_csv
            else "filename AS path, file_row_number + 1 AS nth"
        )
        chosen.append(place)
    # A query that leaves out a column does not see its broken bytes, and would count the row: look at all of ours.
    whole = (
        f" WHERE concat({', '.join(files.columns.values())}) <> chr(1)" if numbered and files.is_csv else ""
    )
    return f"(SELECT {', '.join(chosen)} FROM {source(files, numbered=numbered)}{whole})"


def day(cell: str) -> str:
    """A cell of a CSV as a date: 2015-02-28, or 104/2/28 of the ROC calendar, the year + 1911 before anything else."""
    parts = [f"split_part(replace({cell}, '.', '/'), '/', {n})" for n in (1, 2, 3)]
    roc = f"try_cast(concat(CAST({parts[0]} AS INTEGER) + 1911, '-', {parts[1]}, '-', {parts[2]}) AS DATE)"
    return (
        f"CASE WHEN strlen({cell}) = 10 AND {cell}[5:5] = '-' AND {cell}[8:8] = '-' THEN try_cast({cell} AS DATE) "
        f"WHEN regexp_full_match({cell}, '[1-9][0-9]{{0,2}}[/.][0-9]{{1,2}}[/.][0-9]{{1,2}}') THEN {roc} END"
    )


__all__ = [
    "AMOUNTS",
    "CASE_COLUMNS",
    "DATES",
    "MOST",
    "NUMBERS",
    "TEXTS",
    "Files",
    "day",
    "literal",
    "look",
    "relation",
    "source",
]
