"""A dataset: what `dataset.toml` declares and what its tables hold, checked, with exact numbers.

Bytes become cells in `sheets`; metrics belong to `metrics`. Every fault of every table is found in one run.

    dataset.toml ── describe ── Declaration ──┐
    cells of the tables ── _parse ── rows ────┴── pandera schema, relations ── Dataset or InputError
"""

from __future__ import annotations

from reportgen.tables.cells import text_fault
from reportgen.tables.dataset import read_dataset
from reportgen.tables.declaration import (
    COERCIONS,
    COLUMN_TYPES,
    DEFAULT_SYMBOLS,
    GAPS,
    MAX_PROBLEMS,
    RELATION_KEYS,
    describe,
)
from reportgen.tables.model import (
    Break,
    Coercion,
    ColumnSpec,
    Dataset,
    Declaration,
    Derivation,
    Dimension,
    Measure,
    Member,
    Record,
    Relation,
    Table,
    TableSpec,
)

__all__ = [
    "COERCIONS",
    "COLUMN_TYPES",
    "DEFAULT_SYMBOLS",
    "GAPS",
    "MAX_PROBLEMS",
    "RELATION_KEYS",
    "Break",
    "Coercion",
    "ColumnSpec",
    "Dataset",
    "Declaration",
    "Derivation",
    "Dimension",
    "Measure",
    "Member",
    "Record",
    "Relation",
    "Table",
    "TableSpec",
    "describe",
    "read_dataset",
    "text_fault",
]
