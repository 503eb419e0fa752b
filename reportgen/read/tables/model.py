"""What a dataset is, in frozen values from declaration to finished tables; nothing is read or judged here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from reportgen.model import Exact, GapKind, Source, Text
from reportgen.model.errors import Place, Problem
from reportgen.read import sheets
from reportgen.read.tables.columns import ColumnSpec, MeasureKind
from reportgen.read.tables.declared import Break, Cases, Derivation, TableSpec
from reportgen.read.tables.dimensions import Dimension


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
    """A row: `key` in the order of the table's key, `cells` by name for the other columns."""

    row: int
    key: tuple[int | str, ...]
    cells: Mapping[str, Exact | str | date]


@dataclass(frozen=True)
class Coercion:
    """A cell that was understood in another form than it was typed, as the declaration allows."""

    place: Place
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
            if (table.file, table.sheet) == (source.file, source.sheet):
                column = table.columns.get(source.column)
                of_column = column.published if column else None
                return of_column or table.published or self.published or self.label
        return None
