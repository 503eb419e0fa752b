"""Which calendar the years of a workbook are counted by, and a draft that says its years so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from reportgen.model.formats import ROC_OFFSET
from reportgen.model.periods import Era
from reportgen.model.toml import Raw
from reportgen.read.sheets import Grid
from reportgen.run.importing.cells import years_said
from reportgen.run.importing.joining import years_of_sheets
from reportgen.run.importing.tables import YEAR, Table

COMMON = "common_era"


def era_of(grids: Iterable[Grid], tables: Sequence[Table]) -> Era:
    """Gregorian where years are written so in a table or above it, and none of the ROC stands anywhere in the workbook."""
    texts = [(grid.page.name, *(text for _, cells in grid.rows for text in cells)) for grid in grids]
    said = {era for words in texts for text in words for era, _ in years_said(text)}
    own = [table for table in tables if not years_of_sheets(table) and "constant" not in table.declared]
    counted = {COMMON in table.columns[YEAR].get("accept", ()) for table in own}
    return "roc" if "roc" in said or False in counted or not (said or counted) else "gregorian"


def in_common_era(table: Table) -> Table:
    """The table as a dataset with `calendar = "gregorian"` declares it."""
    declared, columns = dict(table.declared), dict(table.columns)
    if constant := declared.get("constant"):
        declared["constant"] = _later(constant)
    if "sheets" in declared:
        declared["sheets"] = {sheet: _later(said) for sheet, said in declared["sheets"].items()}
    year = dict(columns[YEAR])
    accept = [form for form in year.pop("accept", ()) if form != COMMON]
    columns[YEAR] = year | ({"accept": accept} if accept else {})
    return replace(table, declared=declared, columns=columns)


def _later(said: dict[str, Raw]) -> dict[str, Raw]:
    return {key: cast(int, value) + ROC_OFFSET if key == YEAR else value for key, value in said.items()}
