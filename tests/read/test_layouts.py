"""Tables that lie in a sheet as an office keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest
from office_workbook import COLUMNS, dataset

from reportgen.read.tables import Dataset, read_dataset


def figures(read: Dataset) -> dict[str, dict[object, object]]:
    return {
        name: {record.key: dict(record.cells) for record in table.records}
        for name, table in read.tables.items()
    }


@pytest.mark.parametrize("suffix", [".xlsx", ".ods", ".csv"])
def test_an_offices_own_workbook_gives_the_figures_of_clean_tables(suffix: str, tmp_path: Path) -> None:
    for name, form in (("own", suffix), ("clean", "")):
        dataset(tmp_path / "inputs/datasets" / name, form)
    own, clean = (figures(read_dataset(tmp_path, name)) for name in ("own", "clean"))
    assert own == clean
    assert list(own) == list(COLUMNS)
