"""What a dataset is, in frozen values from declaration to finished tables; nothing is read or judged here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from reportgen.model import Exact, GapKind, Text
from reportgen.model.errors import Place, Problem
from reportgen.read import sheets


@dataclass(frozen=True, kw_only=True)
class Member:
    """One value of a dimension. `names` are earlier names with the last ROC year in which they held."""

    id: str
    label: Text
    first_year: int | None = None
    last_year: int | None = None
    names: tuple[tuple[int, Text], ...] = ()
    group: str = ""

    def name_in(self, roc_year: int) -> Text:
        """The name that the member had in that year: 板橋行政執行處 up to 100, then 新北分署."""
        return next((name for until, name in self.names if roc_year <= until), self.label)


@dataclass(frozen=True)
class Dimension:
    id: str
    label: Text
    members: tuple[Member, ...]
    total: str | None = None

    def member(self, id: str) -> Member:
        return next(member for member in self.members if member.id == id)


@dataclass(frozen=True)
class Measure:
    id: str
    table: str
    label: Text
    unit: str


@dataclass(frozen=True)
class Break:
    roc_year: int
    measures: tuple[str, ...]
    text: Text


@dataclass(frozen=True, kw_only=True)
class Derivation:
    id: str
    formula: str
    from_year: int
    unit: str
    label: Text
    note: Text


@dataclass(frozen=True, kw_only=True)
class ColumnSpec:
    """A declared column. `personal` text is never quoted in a message.

    A `judged_later` name is kept as it is typed: what is wrong with it stops the paper that prints it, not the table.
    `counts` is what a column of a table of cases counts or adds up.
    """

    name: str
    type: str
    label: Text
    unit: str = ""
    dimension: str = ""
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    digits: int = 0
    max_letters: int = 200
    accept: tuple[str, ...] = ()
    missing: tuple[GapKind, ...] = ()
    personal: bool = False
    judged_later: bool = False
    counts: str = ""
    reasons: Mapping[GapKind, Text] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        return self.type in ("whole", "decimal", "percent", "roc_year")


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Arithmetic that must hold in a table within `tolerance`, in units of the columns.

    `pairs` are (own column, other table, its column); `where` fixes key columns of the other table.
    """

    kind: str
    tolerance: Fraction
    columns: tuple[str, ...] = ()
    over: str = ""
    total: str = ""
    formula: str = ""
    pairs: tuple[tuple[str, str, str], ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    first: str = ""
    last: str = ""
    stock: str = ""
    add: str = ""
    subtract: str = ""


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    name: str
    label: Text
    file: str
    sheet: str
    encoding: str
    key: tuple[str, ...]
    columns: Mapping[str, ColumnSpec]
    relations: tuple[Relation, ...]
    source_column: str
    from_cases: bool = False

    @property
    def year_column(self) -> str:
        return next((name for name in self.key if self.columns[name].type == "roc_year"), "")


@dataclass(frozen=True, kw_only=True)
class CasesSpec:
    """Single cases from which tables are counted. `names` are the columns of the file by ours.

    `limits` are months by case type: a case that is pending longer is overdue. `listed` faults of each kind are told.
    """

    label: Text
    file: str
    first_year: int
    last_year: int
    names: Mapping[str, str]
    limits: Mapping[str, int]
    memory: str
    threads: int
    listed: int


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """All that dataset.toml says; no table is read for it."""

    id: str
    label: Text
    sample: Text | None
    time: str
    dimensions: Mapping[str, Dimension]
    tables: Mapping[str, TableSpec]
    measures: Mapping[str, Measure]
    derivations: Mapping[str, Derivation]
    breaks: tuple[Break, ...]
    symbols: Mapping[str, GapKind]
    file: str
    sha256: str
    cases: CasesSpec | None = None


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
    compared_with: tuple[str, ...] = ()
    cases: CasesSpec | None = None


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
