"""What the next year asks of a dataset: limits of its years, tables that end before it, and a dataset of its own where last year's has one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.model import Text, toml
from reportgen.model.errors import Place
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read import tables
from reportgen.read.tables import Dataset
from reportgen.read.toml_files import TomlFile, open_toml
from reportgen.run import schemas
from reportgen.run.new_year.moving import HISTORY, Draft, Moving
from reportgen.run.new_year.years import Move


@dataclass(frozen=True)
class Limit:
    """A greatest year that stops the next one: where it stands, and what it has to be."""

    path: toml.Path
    place: Place
    now: int
    wanted: int

    @property
    def key(self) -> str:
        return str(next(step for step in reversed(self.path) if isinstance(step, str)))


def limits(file: TomlFile, move: Move, own: bool = False) -> Iterator[Limit]:
    """Limits below the new year in a dataset.toml. `own`: of a dataset of one year, whose least year moves with the greatest."""

    def limit(path: toml.Path, now: int) -> Limit:
        return Limit(path, file.place(path), now, now + move.shift)

    for table, declared in _tables(file.values.get("table")):
        for column, constant in (declared.get("constant") or {}).items() if own else ():
            if constant == move.before.year:
                yield limit(("table", table, "constant", column), constant)
        for column, spec in _tables(declared.get("column")):
            greatest, path = spec.get("max"), ("table", table, "column", column)
            if spec.get("type") == "roc_year" and isinstance(greatest, int) and greatest < move.after.year:
                yield limit((*path, "max"), greatest)
                if own and spec.get("min") == greatest:
                    yield limit((*path, "min"), greatest)
    years = dict(_tables({"cases": file.values.get("cases")})).get("cases", {}).get("years", ())
    if len(years) == 2 and years[1] < move.after.year:
        yield limit(("cases", "years", 1), years[1])


def _tables(raw: Raw) -> Iterator[tuple[str, Mapping[str, Raw]]]:
    if isinstance(raw, Mapping):
        yield from ((key, inner) for key, inner in raw.items() if isinstance(inner, Mapping))


def with_limits(text: str, found: list[Limit]) -> str:
    """The declaration with its limits moved; all else stays as it is."""
    draft, spans = Draft(text=text), toml.spans(text)
    for limit in found:
        draft.replace(spans[limit.path], str(limit.wanted))
    return draft.finished()


def lacking(dataset: Dataset, move: Move) -> Iterator[Text]:
    """A line for each table that goes as far as the last period and has nothing of the next."""
    spans, passed = {name: _years(table) for name, table in dataset.tables.items()}, passed_on(dataset, move)
    for name, table in dataset.tables.items():
        rows = spans[name]
        if any(column.name in passed for column in _measures(table)):
            continue
        if move.after.year in rows or max(rows, default=0) < move.before.year - 1:
            continue
        last = max(rows)
        place = f"{table.file}:{table.sheet}" if table.sheet else table.file
        yield message(
            _way_of_years(table),
            file=place,
            table=name,
            year=last + move.shift,
            last=last,
            count=rows[last],
            key=[key for key in table.key],
        )


def passed_on(dataset: Dataset, move: Move) -> dict[str, str]:
    """The columns of tables that end before the next period, each by the one of the same head in a table of the same shape that has it.

    A sheet of one year is a table by itself; the sheet of the next year is the next one.
    """
    ended: list[tables.Table] = []
    there: list[tables.Table] = []
    for table in dataset.tables.values():
        years = _years(table)
        if years:
            (there if move.after.year in years else ended).append(table)
    found: dict[str, str] = {}
    for old in ended:
        for new in there:
            if _shape(old) == _shape(new):
                columns = zip(_measures(old), _measures(new), strict=True)
                found |= {before.name: after.name for before, after in columns}
                break
    return found


def _measures(table: tables.Table) -> list[tables.ColumnSpec]:
    return [column for name, column in table.columns.items() if name not in table.key]


def _shape(table: tables.Table) -> tuple[object, ...]:
    return table.key, tuple((column.label, column.type, column.unit) for column in _measures(table))


def _way_of_years(table: tables.Table) -> str:
    """What is to be added, by where the years of the table stand: in its rows, across the top, or in the title alone."""
    key = next(name for name in table.key if table.columns[name].type == "roc_year")
    cells = [(record.row, record.at.get(key)) for record in table.records if record.at]
    if cells and all(cell is None for _, cell in cells):
        return "new_year.lacks_sheet_of_table" if table.sheets else "new_year.lacks_sheet"
    return "new_year.lacks_column" if any(cell and cell[0] < row for row, cell in cells) else "new_year.lacks"


def _years(table: tables.Table) -> Mapping[int, int]:
    """How many rows there are of each year, where the table has a column of years in its key."""
    counts: dict[int, int] = {}
    at = next((n for n, key in enumerate(table.key) if table.columns[key].type == "roc_year"), None)
    for record in table.records if at is not None else ():
        year = int(record.key[at or 0])
        counts[year] = counts.get(year, 0) + 1
    return counts


def of_next_year(
    project: Path, name: str, new: str, move: Move
) -> tuple[dict[str, bytes], list[str], list[str]]:
    """The files of a dataset of its own for the next year: what it declares, moved, and its tables with their heads alone.

    Also the tables that are to be filled in, and those that are to be put there as a file.
    """
    folder = f"inputs/datasets/{name}"
    opened = open_toml(project, f"{folder}/dataset.toml")
    moving = Moving(
        move=move,
        schema=schemas.schema_of(project, opened.file),
        sentences=False,
        history=(*HISTORY, "years"),
    )
    text = moving.declaration(
        opened.file, with_limits(opened.raw.decode("utf-8-sig"), [*limits(opened, move, True)])
    )
    files, heads, absent = {"dataset.toml": text.encode()}, [], []
    for table in tables.describe(project, name, languages=()).tables.values():
        source = project / table.file
        inside = move.name(source.relative_to(project / folder).as_posix())
        file = f"inputs/datasets/{new}/{inside}"
        if source.suffix.lower() == ".csv" and not table.lies_apart:
            files[inside] = source.read_bytes().partition(b"\n")[0].rstrip(b"\r") + b"\n"
            heads.append(file)
        else:
            absent.append(file)
    return files, [*dict.fromkeys(heads)], [*dict.fromkeys(absent)]
