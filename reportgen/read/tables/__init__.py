"""A dataset: what `dataset.toml` declares and what its tables hold, checked, with exact numbers.

Bytes become cells in `sheets`; metrics belong to `metrics`. Every fault of every table is found in one run.

    dataset.toml ── describe ── Declaration ──┐
    cells of the tables ── _parse ── rows ────┴── limits, keys, relations ── Dataset or InputError
"""

from __future__ import annotations

from reportgen.model.hints import MAX_PROBLEMS
from reportgen.read.tables.cases import Part, Spread, count_cases, in_place_of, kept_back, part_of
from reportgen.read.tables.cases import query as case_query
from reportgen.read.tables.cells import text_fault
from reportgen.read.tables.columns import ColumnSpec, MeasureKind
from reportgen.read.tables.dataset import read_dataset, sources_of
from reportgen.read.tables.declaration import DEFAULT_SYMBOLS, describe
from reportgen.read.tables.declared import (
    CASE_COLUMNS,
    CASE_COUNTS,
    Break,
    Cases,
    DatasetFile,
    Derivation,
    TableSpec,
)
from reportgen.read.tables.dimensions import Dimension, Member
from reportgen.read.tables.model import Coercion, Dataset, Declaration, Measure, Record, Table
from reportgen.read.tables.relations import RELATIONS, Relation

__all__ = [
    "CASE_COLUMNS",
    "CASE_COUNTS",
    "DEFAULT_SYMBOLS",
    "MAX_PROBLEMS",
    "RELATIONS",
    "Break",
    "Cases",
    "Coercion",
    "ColumnSpec",
    "Dataset",
    "DatasetFile",
    "Declaration",
    "Derivation",
    "Dimension",
    "Measure",
    "MeasureKind",
    "Member",
    "Part",
    "Record",
    "Relation",
    "Spread",
    "Table",
    "TableSpec",
    "case_query",
    "count_cases",
    "describe",
    "in_place_of",
    "kept_back",
    "part_of",
    "read_dataset",
    "sources_of",
    "text_fault",
]
