"""What a dataset is, in frozen values from declaration to finished tables; nothing is read or judged here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reportgen.model import Exact, GapKind, Source, Text
from reportgen.model.errors import Place, Problem
from reportgen.model.periods import KINDS, Span, Year, span
from reportgen.read import sheets
from reportgen.read.tables.columns import ColumnSpec, MeasureKind
from reportgen.read.tables.declared import Break, Cases, Derivation, TableSpec
from reportgen.read.tables.dimensions import Dimension
from reportgen.read.tables.laying import Remark
from reportgen.read.worksheets import Cell


@dataclass(frozen=True)
class Measure:
    """A column of figures; its kind is `assumed` where the declaration does not say it."""

    id: str
    table: str
    label: Text
    unit: str
    kind: MeasureKind = "flow"
    assumed: bool = False


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """All that dataset.toml says; no table is read for it."""

    id: str
    label: Text
    sample: Text | None
    published: Text | None
    time: str
    dimensions: Mapping[str, Dimension]
    tables: Mapping[str, TableSpec]
    measures: Mapping[str, Measure]
    derivations: Mapping[str, Derivation]
    breaks: tuple[Break, ...]
    symbols: Mapping[str, GapKind]
    file: str
    sha256: str
    cases: Cases | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A row: `key` in the order of the table's key, `cells` by name for the other columns.

    `at`: of a table that was laid out, where the cells stand in the sheet; `sheet`: which one, of a table of several.
    """

    row: int
    key: tuple[int | str, ...]
    cells: Mapping[str, Exact | str | date]
    at: Mapping[str, Cell] = field(default_factory=dict)
    sheet: str = ""


@dataclass(frozen=True)
class Coercion:
    """A cell that was understood in another form than it was typed, as the declaration allows."""

    place: Place
    column: str
    rule: str
    before: str
    after: str


Rows = dict[int, dict[str, Any]]  # by row number; None where a cell could not be understood


@dataclass(frozen=True, kw_only=True)
class Parsed:
    spec: TableSpec
    sheet: sheets.Sheet
    rows: Rows
    coercions: list[Coercion]
    problems: list[Problem]
    remarks: tuple[Remark, ...] = ()
    readings: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    name: str
    label: Text
    file: str
    sheet: str
    sha256: str
    key: tuple[str, ...]
    columns: Mapping[str, ColumnSpec]
    records: tuple[Record, ...]
    coercions: tuple[Coercion, ...]
    source_column: str
    published: Text | None = None
    compared_with: tuple[str, ...] = ()
    cases: Cases | None = None
    remarks: tuple[Remark, ...] = ()
    readings: tuple[Text, ...] = ()  # how it was laid out, as `check` lists it
    sheets: tuple[str, ...] = ()  # of a table of several; `sheet` is then the last

    def place(self, record: Record, column: str = "") -> Place:
        return Place(self.file, record.sheet or self.sheet, record.row, column)

    def gave(self, source: Source) -> bool:
        """Whether a number was read here; several tables may lie in one sheet."""
        here = source.file == self.file and source.sheet in (self.sheets or (self.sheet,))
        return here and (not self.readings or source.column in self.columns)

    @property
    def periods(self) -> Span:
        """All from the first to the last of its rows: years, or the parts of a year that its key has; none where it has no years."""
        year = next((at for at, name in enumerate(self.key) if self.columns[name].type == "roc_year"), None)
        if year is None or not self.records:
            return ()
        part = next((at for at, name in enumerate(self.key) if self.columns[name].part_of_year), None)
        kind = Year if part is None else KINDS[self.columns[self.key[part]].part_of_year or "year"]
        there = [
            kind.of(int(one.key[year]), 1 if part is None else int(one.key[part])) for one in self.records
        ]
        return span(min(there), max(there))

    def source(self, records: Iterable[Record], column: str, query: str = "") -> Source:
        """Where a number was read that was made of these rows of the column."""
        found = list(records)
        return Source(
            file=self.file,
            sheet=found[0].sheet or self.sheet if found else self.sheet,
            rows=tuple(dict.fromkeys(record.row for record in found)),
            column=column,
            cells=tuple(record.at[column] for record in found if column in record.at),
            query=query,
        )


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """The tables that were asked for, with what is declared about them."""

    id: str
    label: Text
    sample: Text | None
    time: str
    dimensions: Mapping[str, Dimension]
    tables: Mapping[str, Table]
    measures: Mapping[str, Measure]
    derivations: Mapping[str, Derivation]
    breaks: tuple[Break, ...]
    files: Mapping[str, str]
    file: str = ""
    published: Text | None = None

    def published_in(self, source: Source) -> Text | None:
        """What a figure was taken from, as declared of its column, its table or all tables, else the dataset's name."""
        for table in self.tables.values():
            if table.gave(source):
                column = table.columns.get(source.column)
                of_column = column.published if column else None
                return of_column or table.published or self.published or self.label
        return None
