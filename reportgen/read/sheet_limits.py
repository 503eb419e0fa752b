"""What the file of a table may hold at most, and how it is refused."""

from __future__ import annotations

from reportgen.model import limits
from reportgen.model.messages import message

MAX_BYTES = limits.TABLE_BYTES
MAX_ROWS = limits.TABLE_ROWS
MAX_COLUMNS = limits.TABLE_COLUMNS
MAX_CELLS = limits.TABLE_CELLS
MAX_CELL_LETTERS = limits.CELL_LETTERS
MAX_PARTS = limits.WORKBOOK_PARTS
MAX_UNPACKED_BYTES = limits.UNPACKED_BYTES
MAX_RATIO = limits.UNPACKED_TIMES  # only parts of more than a megabyte are judged

REMEDY = message("sheets.save_csv_utf_comma_xlsx")

Numbered = tuple[int, tuple[str, ...]]


class Refused(Exception):
    """Why a file can't be read; becomes a Problem where its place is known."""

    def __init__(self, en: str, zh: str, row: int = 0, column: str = "", sheet: str = "") -> None:
        super().__init__(en)
        self.en, self.zh, self.row, self.column, self.sheet = en, zh, row, column, sheet
