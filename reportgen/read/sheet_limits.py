"""What the file of a table may hold at most, and how it is refused."""

from __future__ import annotations

from reportgen.model.messages import message

# A table of a publication has thousands of rows, not millions: what is larger is a mistake or an attack.
MAX_BYTES = 64 * 2**20
MAX_ROWS = 300_000
MAX_COLUMNS = 500
MAX_CELLS = 5_000_000
MAX_CELL_LETTERS = 100_000

MAX_PARTS = 2_000
MAX_UNPACKED_BYTES = 512 * 2**20
# Real sheets shrink 10 to 40 times; only parts of more than a megabyte are judged.
MAX_RATIO = 200

REMEDY = message("sheets.save_csv_utf_comma_xlsx")

Numbered = tuple[int, tuple[str, ...]]


class Refused(Exception):
    """Why a file can't be read; becomes a Problem where its place is known."""

    def __init__(self, en: str, zh: str, row: int = 0, column: str = "", sheet: str = "") -> None:
        super().__init__(en)
        self.en, self.zh, self.row, self.column, self.sheet = en, zh, row, column, sheet
