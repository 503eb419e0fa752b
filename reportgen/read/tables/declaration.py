"""`dataset.toml` becomes a `Declaration`, or the list of its faults; no table is opened here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from fractions import Fraction
from pathlib import Path

from reportgen.model import LANGUAGES, GapKind, Text
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.hints import near
from reportgen.model.messages import message, told
from reportgen.read.parity import glossary_of
from reportgen.read.schema import open_toml, read
from reportgen.read.tables.columns import ColumnSpec, MeasureKind
from reportgen.read.tables.declared import (
    CASE_COUNTS,
    CASE_STOCKS,
    Cases,
    CountedSpec,
    CountedTable,
    DatasetFile,
    Symbols,
    TableSpec,
)
from reportgen.read.tables.dimensions import Dimension
from reportgen.read.tables.model import Declaration, Measure
from reportgen.read.tables.relations import Balance
from reportgen.read.toml_files import Languages

DEFAULT_SYMBOLS: Mapping[str, GapKind] = {
    "": "blank",
    "-": "none",
    "…": "not_available",
    "...": "not_available",
    "<0.5": "under_half",
}
_AT_END = re.compile(r"at the end of|year-end|pending|outstanding|[年月期季]底|期末|年終|未結", re.IGNORECASE)
_CASE_LABELS: Mapping[str, Text] = {
    "roc_year": message("tables.year"),
    "unit": message("tables.unit"),
    "officer": message("tables.officer"),
}


def describe(project: Path, name: str, languages: Languages = LANGUAGES) -> Declaration:
    """What the dataset declares, without reading a table; `languages` are the halves that its texts must have."""
    folder = f"inputs/datasets/{name}"
    known = sorted(p.parent.name for p in (project / "inputs/datasets").glob("*/dataset.toml"))
    if name not in known:
        place = Place(f"{folder}/dataset.toml")
        raise InputError(unknown_one(place, told("tables.dataset"), name, known))
    file = open_toml(project, f"{folder}/dataset.toml", languages=languages)
    glossary = glossary_of(project)
    # Heads of columns may be one character, and say it shorter than the glossary: 股, 件.
    declared = read(DatasetFile, file, glossary=glossary.of_words() if glossary else None)
    tables = {
        id: _counted(table, declared.cases, declared.dimension) if isinstance(table, CountedTable) else table
        for id, table in declared.table.items()
    }
    return Declaration(
        id=name,
        label=declared.name,
        sample=declared.sample,
        published=declared.published,
        time=declared.time,
        dimensions=declared.dimension,
        tables=tables,
        measures={
            name: _measure(column, spec)
            for spec in tables.values()
            for name, column in spec.columns.items()
            if column.unit and name not in spec.key
        },
        derivations=declared.derive,
        breaks=declared.breaks,
        symbols=_symbols(declared.symbols),
        file=file.file,
        sha256=hashlib.sha256(file.raw).hexdigest(),
        cases=declared.cases,
    )


def _measure(column: ColumnSpec, table: TableSpec) -> Measure:
    """A column of figures; where it is not said, a per cent is a rate, and what is there at the end of a year a stock."""
    kind: MeasureKind = column.measure or "flow"
    balanced = any(isinstance(one, Balance) and one.stock == column.name for one in table.relations)
    if not column.measure:
        if column.type == "percent" or column.unit in ("percent", "point"):
            kind = "rate"
        elif balanced or _AT_END.search(f"{column.label.zh} {column.label.en}"):
            kind = "stock"
    return Measure(column.name, table.name, column.label, column.unit, kind, not column.measure)


def unknown_one(place: Place, what: tuple[str, str], name: str, known: Collection[str]) -> Problem:
    return problem(
        place,
        "tables.is_no",
        name_=name,
        what=Text(what[1], what[0]),
        it=Text("、".join(known) or "-", ", ".join(known) or "-"),
        near=near(name, known),
    )


def _symbols(declared: Symbols) -> Mapping[str, GapKind]:
    """The signs for missing figures; a sign of the dataset's own takes the place of the usual one."""
    own: dict[GapKind, str | None] = {
        "none": declared.none,
        "not_available": declared.not_available,
        "under_half": declared.under_half,
    }
    usual = {sign: kind for sign, kind in DEFAULT_SYMBOLS.items() if own.get(kind) is None}
    return usual | {sign: kind for kind, sign in own.items() if sign is not None}


def _counted(table: CountedTable, cases: Cases | None, dimensions: Mapping[str, Dimension]) -> TableSpec:
    assert cases  # the models see to it
    columns: dict[str, ColumnSpec] = {name: _case_key(name, cases, dimensions) for name in table.key}
    for name, column in table.columns.items():
        columns[name] = ColumnSpec(
            name=name,
            type="whole",
            label=column.label,
            unit=CASE_COUNTS[column.counts],
            minimum=Fraction(0),
            measure="stock" if column.counts in CASE_STOCKS else "flow",
            counts=column.counts,
            better=column.better,
            phrase=column.phrase,
        )
    return CountedSpec.model_construct(
        name=table.id,
        label=table.label,
        file=cases.file,
        sheet=f"{table.id}.csv",
        key=table.key,
        columns=columns,
        published=table.published,
        relations=table.relations,
    )


def _case_key(name: str, cases: Cases, dimensions: Mapping[str, Dimension]) -> ColumnSpec:
    label = dimensions[name].label if name in dimensions else _CASE_LABELS[name]
    if name == "roc_year":
        first, last = cases.years
        return ColumnSpec(
            name=name, type="roc_year", label=label, minimum=Fraction(first), maximum=Fraction(last)
        )
    if name in ("branch", "case_type"):
        return ColumnSpec(name=name, type="member", label=label, dimension=name)
    return ColumnSpec(name=name, type="text", label=label)
