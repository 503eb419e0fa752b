"""What `check` lists of a table that was laid out: nothing of the sheet is changed or left out in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reportgen.model import Text
from reportgen.model.hints import legible
from reportgen.model.messages import message
from reportgen.read.tables.declared import TableSpec
from reportgen.read.tables.laying import Laid
from reportgen.read.worksheets import cell_name


def readings(spec: TableSpec, laid: Laid, sums: Iterable[Text]) -> tuple[Text, ...]:
    """A line each: the rows, the constants, the sums, the words that are kept."""
    sheet = laid.sheet
    where = f"{sheet.file} [{sheet.sheet}]" if sheet.sheet else sheet.file
    rows = sorted({origin.row for origin in sheet.origins.values()})
    lines = [message("workbook.rows_read", count=len(rows), first=rows[0], last=rows[-1])]
    lines += [*_constants(spec, laid), *sums]
    lines += [
        message("workbook.remark_kept", cell=cell_name(one.cell), words=legible(one.words, 60))
        for one in laid.remarks
    ]
    return tuple(message("workbook.listed", where=where, table=spec.name, what=line) for line in lines)


def _constants(spec: TableSpec, laid: Laid) -> Iterator[Text]:
    """Beside what stands above the head, where last year's constant would be seen to be wrong."""
    above = [
        " ".join(cell.split())
        for row, cells in laid.grid.rows
        if row < laid.head
        for cell in cells
        if cell.strip()
    ]
    words = legible(" / ".join(above), 80) or "-"
    for name, value in spec.constant.items():
        yield message("workbook.constant_given", name_=name, value=value, above=words)
