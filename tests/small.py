"""A dataset of few rows, made in memory, with the registry and the words that the program ships."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

from reportgen.compute.metrics import Figures
from reportgen.model import Exact, Gap, GapKind, Text
from reportgen.read.fixed_words import read_words
from reportgen.read.metrics import Registry, read_registry
from reportgen.read.tables import (
    Break,
    ColumnSpec,
    Dataset,
    Derivation,
    Dimension,
    Measure,
    Member,
    Record,
    Table,
)
from reportgen.read.tables.dimensions import Former
from reportgen.read.words import Words

ROOT = Path(__file__).resolve().parent.parent
Rows = Iterable[Mapping[str, Exact | int | str]]

UNITS = {
    "new_cases": "case",
    "closed_cases": "case",
    "overdue_cases": "case",
    "beyond_five_years": "case",
    "collected_of_year": "twd_10k",
    "pending_cases": "case",
    "collected": "twd_10k",
    "target": "twd_10k",
    "referred": "twd_10k",
    "cost": "twd_k",
    "budget": "twd_k",
    "final_account": "twd_k",
    "surplus": "twd_k",
    "staff": "person",
    "population": "person",
}
NORTH = Member(id="north", zh="北區分署", en="North Branch")
FAR_EAST = Member(
    id="far-east",
    zh="遠東分署",
    en="Far East Branch",
    earlier=(Former(until=98, zh="遠東行政執行處", en="Far East Enforcement Office"),),
)
SOUTH = Member(id="south", zh="南區分署", en="South Branch", first_year=99)
WEST = Member(id="west", zh="西區分署", en="West Branch")
WHOLE = Member(id="whole", zh="全署", en="All branches")

PENDING = Derivation(
    id="pending_cases",
    formula="running(new_cases - closed_cases)",
    from_year=90,
    unit="case",
    label=Text("未結件數", "Pending cases"),
    note=Text("新收減終結逐年累計。", "Running balance of new minus closed cases."),
)


@functools.cache
def registry() -> Registry:
    return read_registry(ROOT)


@functools.cache
def words() -> Words:
    return read_words(ROOT, "templates/bulletin/words.toml")


def gap(kind: GapKind, zh: str = "原因", en: str = "a reason") -> Gap:
    return Gap(kind, Text(zh, en))


def dataset(
    *tables: Rows,
    members: Iterable[Member] = (NORTH, FAR_EAST, SOUTH, WEST),
    total: str | None = None,
    derivations: Iterable[Derivation] = (),
    breaks: Iterable[Break] = (),
) -> Dataset:
    """Each table is a list of rows; its key is roc_year, and branch where the rows have one."""
    made = [_table(f"t{number}", list(rows)) for number, rows in enumerate(tables, 1)]
    return Dataset(
        id="small",
        label=Text("小統計", "Small statistics"),
        sample=None,
        time="roc_year",
        dimensions={
            "branch": Dimension(
                id="branch", label=Text("分署", "Branch"), members=tuple(members), total=total
            )
        },
        tables={table.name: table for table in made},
        measures={
            name: Measure(name, table.name, column.label, column.unit)
            for table in made
            for name, column in table.columns.items()
            if column.unit
        },
        derivations={derivation.id: derivation for derivation in derivations},
        breaks=tuple(breaks),
        files={table.file: "0" * 64 for table in made},
        file="inputs/datasets/small/dataset.toml",
    )


def _table(name: str, rows: list[Mapping[str, Exact | int | str]]) -> Table:
    key = tuple(part for part in ("roc_year", "branch") if any(part in row for row in rows))
    columns = {
        column: ColumnSpec(
            name=column,
            type="whole",
            label=Text(registry().metrics[column].name.zh, registry().metrics[column].name.en)
            if column in registry().metrics
            else Text("人口", "Population"),
            unit=UNITS.get(column, ""),
        )
        for row in rows
        for column in row
    }
    return Table(
        name=name,
        label=Text(f"第{name}表", f"Table {name}"),
        file=f"inputs/datasets/small/{name}.csv",
        sheet="",
        sha256="0" * 64,
        key=key,
        columns=columns,
        records=tuple(
            Record(
                number,
                tuple(_key_part(row[part]) for part in key),
                {
                    column: Fraction(cell) if isinstance(cell, int) else cell
                    for column, cell in row.items()
                    if column not in key
                },
            )
            for number, row in enumerate(rows, 2)
        ),
        coercions=(),
        source_column="",
    )


def _key_part(cell: Exact | int | str) -> int | str:
    assert isinstance(cell, int | str), cell
    return cell


def book(data: Dataset, period: int = 100, since: int = 90, of: Registry | None = None) -> Figures:
    return Figures(data, of or registry(), period, since)


def series(column: str, numbers: Mapping[int, Exact | int]) -> list[dict[str, Exact | int | str]]:
    """Rows of a table without branches: year -> number."""
    return [{"roc_year": year, column: number} for year, number in numbers.items()]


def branches(
    column: str, roc_year: int, numbers: Mapping[str, Exact | int]
) -> list[dict[str, Exact | int | str]]:
    """Rows of one year: branch -> number."""
    return [{"roc_year": roc_year, "branch": branch, column: number} for branch, number in numbers.items()]
