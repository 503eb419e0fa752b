"""The cells of an imported workbook as clean CSVs, one row a record, taken from the workbook by another reader than the program's."""

from __future__ import annotations

import csv
from collections.abc import Container
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineWorkbook

from reportgen.kinds import kinds
from reportgen.kinds.material import read_material
from reportgen.model import toml
from reportgen.model.formats import ROC_OFFSET
from reportgen.read.sheets import read_grid
from reportgen.read.tables import Record, Table, read_dataset
from reportgen.read.worksheets import Cell
from reportgen.run.importing.keeping import LAYOUT


def written_clean(project: Path, name: str, workbook: Path) -> None:
    """Dataset and publication `<name>-clean`: the same declarations without what says how a table lies."""
    text = (project / f"inputs/datasets/{name}/dataset.toml").read_text("utf-8")
    folder, publication = project / f"inputs/datasets/{name}-clean", project / f"inputs/{name}-clean"
    folder.mkdir()
    publication.mkdir()
    lines = [text[: text.index("\n[table.")]]
    book = CalamineWorkbook.from_path(str(workbook))
    for id, table in read_dataset(project, name).tables.items():
        _write(folder / f"{id}.csv", table, project / f"inputs/datasets/{name}", book)
        lines += ["", f"[table.{toml.key_written(id)}]", f"file = {toml.written(f'{id}.csv')}"]
        declared = toml.parse(text)["table"][id]
        kept = {
            key: value for key, value in declared.items() if key == "key" or key not in (*LAYOUT, "column")
        }
        lines += [f"{key} = {toml.written(value)}" for key, value in kept.items()]
        lines += [
            f"column.{toml.key_written(key)} = {toml.written(column)}"
            for key, column in declared["column"].items()
        ]
    (folder / "dataset.toml").write_text("\n".join(lines) + "\n", "utf-8")
    said = (project / f"inputs/{name}/publication.toml").read_text("utf-8")
    (publication / "publication.toml").write_text(
        said.replace(f'dataset = "{name}"', f'dataset = "{name}-clean"'), "utf-8"
    )


def _write(file: Path, table: Table, folder: Path, book: CalamineWorkbook) -> None:
    rows, percent = {}, {}
    for sheet in table.sheets or (table.sheet,):
        rows[sheet] = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        percent[sheet] = read_grid(folder / Path(table.file).name, table.file, sheet).page.percent
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table.columns)
        for record in table.records:
            sheet = record.sheet or table.sheet
            writer.writerow(
                _cell(table, record, column, rows[sheet], percent[sheet]) for column in table.columns
            )


def _cell(
    table: Table, record: Record, column: str, rows: list[list[object]], percent: Container[Cell]
) -> str:
    """A part of the key as the program has it, a figure as it stands in the workbook."""
    if column in table.key:
        part = record.key[table.key.index(column)]
        return str(int(part) + ROC_OFFSET if table.columns[column].gregorian else part)
    row, at = record.at[column]
    cell = rows[row - 1][at - 1]
    if (row, at) in percent:
        return f"{(Decimal(repr(cell)) * 100).normalize():f}"
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def figures_of(project: Path, name: str) -> dict[str, str]:
    """Every figure that the documents of a publication print, by metric and key, as it is printed and exactly."""
    material = read_material(project, name)
    document = kinds()[material.publication.kind].compose(material, material.publication.kind)
    return {
        f"{one.value.metric} {one.value.key} {one.plain}": str(one.value.exact) for one in document.printed
    }
