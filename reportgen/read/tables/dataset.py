"""From the files of a dataset to a checked `Dataset` or all its problems; metrics are for `metrics`."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from reportgen.model import LANGUAGES, Source, Text
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.hints import at_most, legible, near
from reportgen.model.messages import told
from reportgen.read import digests, fonts, sheets
from reportgen.read.parity import Glossary, glossary_of
from reportgen.read.sheet_limits import MAX_COLUMNS
from reportgen.read.tables import cases
from reportgen.read.tables.cells import Cell, as_shown, judged_by_format, understand
from reportgen.read.tables.columns import ColumnSpec
from reportgen.read.tables.declaration import describe, unknown_one
from reportgen.read.tables.declared import TableSpec
from reportgen.read.tables.dimensions import Dimension
from reportgen.read.tables.laying import Laid, joined, lay_out
from reportgen.read.tables.laying.telling import readings
from reportgen.read.tables.model import Coercion, Dataset, Declaration, Parsed, Record, Rows, Table
from reportgen.read.tables.relations import names_in
from reportgen.read.tables.schema import check_all
from reportgen.read.tables.totals import agreeing, check_totals
from reportgen.read.toml_files import Languages

MAX_KEPT = 50_000  # rows: a run of many certificates has little use for the memory of more
_kept: dict[tuple[Path, str, Languages, Glossary | None], Dataset] = {}


def read_dataset(
    project: Path, name: str, tables: Collection[str] | None = None, languages: Languages = LANGUAGES
) -> Dataset:
    """The dataset with the named tables (all if None); InputError with all problems of all tables.

    The last whole one is kept, for the further documents of its publication, as long as its files have the same content.
    """
    if tables is not None:
        return _read(project, name, tables, languages)
    asked = (project.resolve(), name, languages, glossary_of(project))
    if (kept := _kept.get(asked)) and _is_as_read(project, kept):
        return kept
    read = _read(project, name, tables, languages)
    _kept.clear()
    if sum(len(table.records) for table in read.tables.values()) <= MAX_KEPT:
        _kept[asked] = read
    return read


def _is_as_read(project: Path, dataset: Dataset) -> bool:
    """Whether its files are the same, byte for byte; cases are counted anew, for theirs may be many."""
    files = dataset.files.items()
    try:
        return not any(table.cases for table in dataset.tables.values()) and all(
            (project / file).resolve() == project.resolve() / file and digests.digest(project, file) == sha256
            for file, sha256 in files
        )
    except OSError:
        return False


def _read(project: Path, name: str, tables: Collection[str] | None, languages: Languages) -> Dataset:
    declared = describe(project, name, languages)
    wanted = _wanted(declared, tables)
    problems: list[Problem] = []
    parsed: dict[str, Parsed] = {}
    counted = _counted(project, declared, wanted, problems)
    for table in wanted:
        if declared.tables[table].from_cases and counted is None:
            continue
        try:
            parsed[table] = _parse(project, declared, declared.tables[table], counted)
        except InputError as error:
            problems += error.problems
    stamp = _stamp(declared, parsed.values())
    if problems or any(one.problems for one in parsed.values()) or not stamp.exists():
        for found in check_all(declared, parsed).values():
            problems += at_most(sorted(found, key=lambda problem: problem.place))
    if problems:
        raise InputError(problems)
    with contextlib.suppress(OSError):  # without write access the same tables are checked again next time
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.touch()
    asked = [name for name in wanted if tables is None or name in tables]
    return _dataset(declared, {name: parsed[name] for name in asked})


def _counted(
    project: Path, declared: Declaration, wanted: Collection[str], problems: list[Problem]
) -> cases.Counted | None:
    """What the tables of single cases hold; None if there are none, or with what is wrong put among the problems."""
    if not any(declared.tables[table].from_cases for table in wanted):
        return None
    try:
        return cases.counted(project, declared)
    except InputError as error:
        problems += error.problems
        return None


def _stamp(declared: Declaration, parsed: Iterable[Parsed]) -> Path:
    """The file that says: these very tables passed this declaration under these very checks."""
    digest = hashlib.sha256(declared.sha256.encode())
    for one in parsed:
        digest.update(f"{one.spec.name} {one.sheet.sha256}\n".encode())
    for module in (
        *sorted(Path(__file__).parent.rglob("*.py")),
        *sorted(Path(str(sheets.__file__)).parent.glob("*.py")),
    ):
        digest.update(module.read_bytes())
    return fonts.font_folder().parent / "checked" / digest.hexdigest()


def _wanted(declared: Declaration, tables: Collection[str] | None) -> list[str]:
    """The tables to read: those asked for and those that their relations compare them with."""
    if tables is None:
        return list(declared.tables)
    unknown = sorted(set(tables) - set(declared.tables))
    if unknown:
        raise InputError(
            unknown_one(Place(declared.file), told("tables.table"), name, declared.tables) for name in unknown
        )
    beside = {other for name in tables for r in declared.tables[name].relations for _, other, _ in r.compared}
    return [name for name in declared.tables if name in tables or name in beside]


def _dataset(declared: Declaration, parsed: Mapping[str, Parsed]) -> Dataset:
    measures = {id: measure for id, measure in declared.measures.items() if measure.table in parsed}
    derivations = {
        id: derivation
        for id, derivation in declared.derivations.items()
        if names_in(derivation.formula) <= set(measures)
    }
    read = {name: _table(table, declared) for name, table in parsed.items()}
    return Dataset(
        id=declared.id,
        label=declared.label,
        sample=declared.sample,
        published=declared.published,
        time=declared.time,
        dimensions=declared.dimensions,
        tables=read,
        measures=measures,
        derivations=derivations,
        breaks=declared.breaks,
        file=declared.file,
        files={declared.file: declared.sha256, **{table.file: table.sha256 for table in read.values()}},
    )


def _table(parsed: Parsed, declared: Declaration) -> Table:
    spec, sheet = parsed.spec, parsed.sheet
    rest = [name for name in spec.columns if name not in spec.key]
    key = [(name, int if spec.columns[name].is_number else str) for name in spec.key]
    records = tuple(
        Record(
            sheet.row(number),
            tuple(kind(row[name]) for name, kind in key),
            {name: row[name] for name in rest},
            sheet.cells_of(number),
            sheet.place(number).sheet if spec.sheets else "",
        )
        for number, row in parsed.rows.items()
    )
    return Table(
        name=spec.name,
        label=spec.label,
        file=spec.file,
        sheet=next(reversed(spec.sheets), sheet.sheet),
        sheets=tuple(spec.sheets),
        sha256=sheet.sha256,
        key=spec.key,
        columns=spec.columns,
        records=records,
        coercions=tuple(parsed.coercions),
        source_column=spec.source_column,
        published=spec.published,
        compared_with=tuple(dict.fromkeys(other for one in spec.relations for _, other, _ in one.compared)),
        cases=declared.cases if spec.from_cases else None,
        remarks=parsed.remarks,
        readings=parsed.readings,
    )


# ---- the rows of one table ------------------------------------------------------------------


def _parse(project: Path, declared: Declaration, spec: TableSpec, counted: cases.Counted | None) -> Parsed:
    """The cells as exact values; InputError when the file can't be read or its head is wrong."""
    if counted and spec.from_cases:
        return _parse_sheet(declared, spec, cases.sheet(declared, spec.name, counted))
    path = project / spec.file
    if path.is_symlink() or not path.resolve().is_relative_to(project.resolve()):
        raise InputError(problem(Place(spec.file), "tables.leads_out_project"))
    names = spec.sheets or (spec.sheet,)
    grid, *more = (sheets.read_grid(path, spec.file, name, spec.encoding) for name in names)
    if spec.lies_apart:
        return _parse_laid(declared, spec, grid, *more)
    sheet = sheets.square(grid)
    if len(sheet.head) > MAX_COLUMNS:
        place, columns = Place(sheet.file, sheet.sheet, 1), len(sheet.head)
        raise InputError(problem(place, "sheets.has_more_columns", columns=columns, most=MAX_COLUMNS))
    if number := _lower_head(spec, sheet):
        lower = problem(sheet.place(number), "tables.head_is_not_in_row", number=number, above=number - 1)
        try:  # what would be told next, were it declared so, is told now
            parsed = _parse_laid(declared, spec.model_copy(update={"head": (number,)}), grid)
        except InputError as error:
            raise InputError([lower, *error.problems]) from None
        parsed.problems.append(lower)
        return parsed
    return _parse_sheet(declared, spec, sheet)


def _parse_laid(declared: Declaration, spec: TableSpec, *grids: sheets.Grid) -> Parsed:
    laid, apart = list[Laid](), set[tuple[int, str]]()
    problems, told, faults = list[Problem](), list[Text](), list[Problem]()
    for grid in grids:
        constant = {**spec.constant, **spec.sheets.get(grid.page.name, {})}
        mine = spec.model_copy(update={"constant": constant}) if spec.sheets else spec
        try:
            laid.append(lay_out(grid, mine))
        except InputError as error:
            faults += error.problems
            continue
        found, sums = check_totals(declared, spec, laid[-1], apart)
        problems += found
        told += readings(mine, laid[-1], sums)
    if faults:
        raise InputError(faults)
    parsed = _parse_sheet(
        declared, spec, joined([one.sheet for one in laid]) if spec.sheets else laid[0].sheet
    )
    parsed.problems.extend((*problems, *agreeing(spec, apart)))
    remarks = tuple(dict.fromkeys(remark for one in laid for remark in one.remarks))
    return replace(parsed, remarks=remarks, readings=tuple(told))


def _parse_sheet(declared: Declaration, spec: TableSpec, sheet: sheets.Sheet) -> Parsed:
    later = [name for name, column in spec.columns.items() if column.judged_later]
    kept = {sheet.place(number, name) for name in later for number, _ in sheet.rows}
    problems = [problem for problem in sheet.problems if problem.place not in kept]
    problems += _head_problems(spec, sheet)
    rows: Rows = {number: {} for number, _ in sheet.rows}
    parsed = Parsed(spec=spec, sheet=sheet, rows=rows, coercions=[], problems=problems)
    for place, name in enumerate(sheet.head):
        if name in spec.columns and sheet.head.count(name) == 1:
            _parse_column(declared, parsed, place)
    parsed.coercions.sort(key=lambda coercion: coercion.place)
    again = [n for n, cells in sheet.rows if cells == sheet.head]
    _set_aside(parsed, again, "tables.head_stands_again")
    notes = _notes(declared, parsed)
    _set_aside(parsed, notes[-1:], "tables.notes_stand_below", notes)
    return parsed


def _set_aside(parsed: Parsed, told: Iterable[int], why: str, rows: Collection[int] = ()) -> None:
    """Rows that belong to no table: told as such, and of no cell of theirs is anything else said."""
    sheet, gone = parsed.sheet, {*told, *rows}
    silent = {(place.sheet, place.row) for place in map(sheet.place, gone)}
    parsed.problems[:] = [one for one in parsed.problems if (one.place.sheet, one.place.row) not in silent]
    parsed.problems.extend(problem(sheet.place(number), why) for number in told)
    for number in gone:
        parsed.rows.pop(number, None)


def _lower_head(spec: TableSpec, sheet: sheets.Sheet) -> int:
    """The row of a head that stands below a title, else 0: row 1 would be found wrong in every column."""
    lower = (n for n, cells in sorted((*sheet.rows, *sheet.uneven)) if set(spec.columns) <= set(cells))
    return 0 if set(spec.columns) <= set(sheet.head) else next(lower, 0)


def _notes(declared: Declaration, parsed: Parsed) -> list[int]:
    """The rows at the end, the last first, with at most a cell that its column does not understand: notes below the table."""
    sheet, notes = parsed.sheet, list[int]()
    for number, cells in sorted((*sheet.rows, *sheet.uneven), reverse=True):
        filled = [
            name
            for name, cell in zip(sheet.head, cells, strict=False)
            if cell and _stands_in_row(sheet, number, name)
        ]
        is_note = len(filled) == 1 and _no_value(declared, parsed, number, filled[0])
        if len(sheet.head) < 2 or (any(cells) and not is_note):
            break
        notes.append(number)
    return notes


def _stands_in_row(sheet: sheets.Sheet, number: int, name: str) -> bool:
    """Of a table that was laid out: no constant, no label of the head, nothing filled down."""
    at = sheet.cells_of(number).get(name)
    return not sheet.origins or (at is not None and at[0] == sheet.row(number))


def _no_value(declared: Declaration, parsed: Parsed, number: int, name: str) -> bool:
    if number not in parsed.rows:
        return True
    value, column = parsed.rows[number].get(name), parsed.spec.columns.get(name)
    if column and column.type == "member":
        return all(value != member.id for member in declared.dimensions[column.dimension].members)
    return value is None


def _parse_column(declared: Declaration, parsed: Parsed, place: int) -> None:
    """Reads a column of the sheet into the rows; a cell that the sheet itself told of is not told again."""
    sheet, rows, coercions, problems = parsed.sheet, parsed.rows, parsed.coercions, parsed.problems
    column = parsed.spec.columns[sheet.head[place]]
    damaged = {problem.place for problem in sheet.problems}
    labels = _labels(declared.dimensions.get(column.dimension))
    percent = _shown_as_percent(column, sheet, place + 1)
    known: dict[tuple[str, bool | None], Cell] = {}
    name = column.name
    for number, cells in sheet.rows:
        typed, shown = cells[place], percent.get(number)
        if not column.is_number and (
            (number, place + 1) in sheet.reshaped or (number, place + 1) in sheet.percent
        ):
            where = Place(sheet.file, sheet.sheet, number, name)
            problems.append(problem(where, "tables.number_is_shown_otherwise", stored=legible(typed)))
        found = known.get((typed, shown))
        if found is None:
            found = understand(column, as_shown(typed) if shown else typed, declared.symbols, labels)
            if percent:
                found = judged_by_format(typed, bool(shown), found)
            known[typed, shown] = found
        value, steps, fault = found
        rows[number][name] = value
        if steps or fault:
            where = sheet.place(number, name)
            coercions.extend(Coercion(where, name, *step) for step in steps)
            if fault and where not in damaged:
                problems.append(Problem(where, *fault))


def _shown_as_percent(column: ColumnSpec, sheet: sheets.Sheet, place: int) -> dict[int, bool]:
    """The rows of a column of per cent that the sheet shows so: 0.91 is stored where 91 % is shown."""
    if "percent" not in (column.type, column.unit):
        return {}
    return {row: shown for (row, at), shown in sheet.percent.items() if at == place}


def _labels(dimension: Dimension | None) -> dict[str, str]:
    """Every name of every member, also the earlier ones, with the member's id."""
    labels: dict[str, str] = {}
    for member in dimension.members if dimension else ():
        for text in (*(name for _, name in member.former), member.label):
            labels[text.zh] = labels[text.en] = member.id
    return labels


def _head_problems(spec: TableSpec, sheet: sheets.Sheet) -> Iterator[Problem]:
    expected = ", ".join(spec.columns)
    for name in spec.columns:
        if name not in sheet.head:
            yield problem(
                Place(sheet.file, sheet.sheet, 1, name),
                "tables.column_is_missing",
                name_=name,
                expected=expected,
            )
    for name in dict.fromkeys(sheet.head):
        places = ", ".join(str(n) for n, other in enumerate(sheet.head, start=1) if other == name)
        where = Place(sheet.file, sheet.sheet, 1, legible(name))
        if sheet.head.count(name) > 1:
            yield problem(where, "tables.column_name_stands_twice_columns", places=places)
        elif name not in spec.columns:
            yield problem(
                where,
                "tables.column_is_not_declared",
                places=places,
                name_=legible(name),
                expected=expected,
                near=near(name, spec.columns),
            )


# ---- where figures come from ------------------------------------------------------------------


def sources_of(table: Table, records: Iterable[Record], column: str) -> tuple[Source, ...]:
    """Where a number was read that was made of these rows; of a table of cases also which cases each row counts."""
    found = sorted(records, key=lambda record: record.row)
    if not table.cases:
        sheets_of = dict.fromkeys(record.sheet for record in found)
        return tuple(
            table.source([one for one in found if one.sheet == sheet], column) for sheet in sheets_of
        )
    counts = table.columns[column].counts
    return tuple(
        table.source(
            [record],
            column,
            cases.query(table.cases, counts, dict(zip(table.key, record.key, strict=True))) if counts else "",
        )
        for record in found
    )
