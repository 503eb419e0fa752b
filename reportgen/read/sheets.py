"""Bytes of a CSV, XLSX, ODS or Parquet file become numbered rows of text cells; their sense is for `tables`.

A file is looked at before a library opens it: its true kind, its size, how far its sheet reaches.
Numbers of a workbook become the shortest text that is the same number; a cell that was typed stays as typed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem
from reportgen.model.hints import at_most
from reportgen.model.messages import told
from reportgen.read import parquet
from reportgen.read.file_kinds import kind_of, read_bytes
from reportgen.read.sheet_limits import (
    MAX_CELL_LETTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_UNPACKED_BYTES,
    Numbered,
    Refused,
)
from reportgen.read.workbooks import sheet_names, workbook_sheet
from reportgen.read.worksheets import Cell, Origin, Worksheet, as_typed, cell_name

ENCODINGS = {"utf-8": "utf-8-sig", "cp950": "cp950", "big5": "cp950"}

_NOWHERE: Mapping[str, Cell] = {}
NUL = "\0"
LOST = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """All cells of one sheet as they lie there, and what its XML says of them; nothing is known of a head yet."""

    file: str
    sha256: str
    rows: tuple[Numbered, ...]
    page: Worksheet
    broken: tuple[Refused, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The cells of one sheet as text. `rows` go with the row numbers that a spreadsheet shows.

    `uneven` are rows that are empty or of another width; a problem tells of each. `percent` are the cells, by row and column, that the sheet shows as per cent;
    False where only some numbers are. `reshaped` are those of numbers that are not shown as the figure alone.
    `origins`: of a table that was laid out as declared, where each line stood before.
    """

    file: str
    sheet: str
    sha256: str
    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    problems: tuple[Problem, ...] = ()
    uneven: tuple[tuple[int, tuple[str, ...]], ...] = ()
    percent: Mapping[Cell, bool] = field(default_factory=dict)
    reshaped: Collection[Cell] = ()
    origins: Mapping[int, Origin] = field(default_factory=dict)

    def row(self, line: int) -> int:
        """The row of the file in which a line stands."""
        return self.origins[line].row if line in self.origins else line

    def cells_of(self, line: int) -> Mapping[str, Cell]:
        """The cells of the file from which those of a line come, by column, where it was laid out."""
        if line not in self.origins:
            return _NOWHERE
        cells = self.origins[line].cells
        return {name: cell for name, cell in zip(self.head, cells, strict=True) if cell}

    def place(self, line: int, column: str = "") -> Place:
        """Where a cell stands in the file itself: its row, and the letters of its column where the table was laid out."""
        origin = self.origins.get(line)
        if not origin:
            return Place(self.file, self.sheet, line, column)
        at = origin.cells[self.head.index(column)] if column in self.head else None
        sheet = origin.sheet or self.sheet
        return Place(self.file, sheet, origin.row, f"{column} ({cell_name(at)})" if at else column)


def read_sheet(path: Path, file: str, sheet: str = "", encoding: str = "utf-8") -> Sheet:
    """The table in `path`, whose head is row 1; messages call it `file`. InputError when it can't be read at all."""
    return square(read_grid(path, file, sheet, encoding))


def names_of_sheets(path: Path, file: str) -> list[str]:
    """The sheets of a workbook; the one without a name of a CSV. InputError when it can't be read at all."""
    try:
        raw = read_bytes(path)
        kind = kind_of(path.name, raw)
        return sheet_names(raw, kind) if kind in (".xlsx", ".ods") else [""]
    except Refused as why:
        raise InputError(told_of(file, why)) from None


def read_grid(path: Path, file: str, sheet: str = "", encoding: str = "utf-8") -> Grid:
    """All cells of the sheet; messages call it `file`. InputError when it can't be read at all."""
    page, broken = Worksheet(""), list[Refused]()
    try:
        raw = read_bytes(path)
        kind = kind_of(path.name, raw)
        if kind == ".csv":
            rows, broken = _csv_rows(raw, encoding)
        elif kind == ".parquet":
            rows = _parquet_rows(raw)
        else:
            page = workbook_sheet(raw, kind, sheet)
            rows = page.rows()
    except Refused as why:
        raise InputError(told_of(file, why)) from None
    digest = hashlib.sha256(raw).hexdigest()
    composed = tuple((number, _composed(row)) for number, row in rows)
    return Grid(file=file, sha256=digest, rows=composed, page=page, broken=tuple(broken))


def square(grid: Grid) -> Sheet:
    """The sheet as a table whose head is row 1."""
    file, page = grid.file, grid.page
    if refused := page.refused():
        raise InputError(at_most([told_of(file, why) for why in refused]))
    if grid.broken and grid.broken[0].row == 1:
        raise InputError(told_of(file, grid.broken[0]))
    try:
        head, rows, uneven = _square(grid.rows)
    except Refused as why:
        raise InputError(told_of(file, why)) from None
    problems = [
        Problem(Place(file, page.name, why.row, why.column), why.en, why.zh)
        for why in (
            *grid.broken,
            *(uneven_row(number, row, len(grid.rows[0][1])) for number, row in uneven),
            *_damaged(head, rows),
        )
    ]
    return Sheet(
        file=file,
        sheet=page.name,
        sha256=grid.sha256,
        head=head,
        rows=rows,
        problems=tuple(problems),
        uneven=uneven,
        percent=page.percent,
        reshaped=page.reshaped,
    )


def _composed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Letters written in parts as the one letter that they mean (NFC), as every reader takes them."""
    if all(map(str.isascii, cells)):
        return cells
    return tuple(unicodedata.normalize("NFC", cell) for cell in cells)


def told_of(file: str, why: Refused) -> Problem:
    return Problem(Place(file, why.sheet, why.row, why.column), why.en, why.zh)


# ---- CSV ------------------------------------------------------------------------------------


def _csv_rows(raw: bytes, encoding: str) -> tuple[list[Numbered], list[Refused]]:
    """Rows with their numbers. Rows with bytes that are no letters are left out and reported."""
    text, exact = _decoded(raw, encoding)
    rows: list[Numbered] = []
    broken: list[Refused] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            if number > MAX_ROWS:
                raise _too_many_rows()
            if exact or not _bad_byte(row):
                rows.append((number, tuple(row)))
            else:
                broken.append(_not_decoded(row, number, encoding))
    except csv.Error as error:
        raise Refused(*told("sheets.quotes_row_don_t_close", error=error), row=number + 1) from None
    if broken and _reads_as_cp950(raw, encoding):
        raise Refused(*told("sheets.from_row_file_is_not", encoding=encoding), row=broken[0].row)
    return rows, broken


def _decoded(raw: bytes, encoding: str) -> tuple[str, bool]:
    codec = ENCODINGS[encoding]
    if codec == "cp950" and _reads_as_utf_8(raw):
        raise Refused(*told("sheets.file_is_marked_utf_byte"))
    try:
        return raw.decode(codec), True
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode(codec, "surrogateescape"), False
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        byte = raw[error.start]
        raise Refused(*told("sheets.byte_x_is_not", byte=byte, encoding=encoding), row=row) from None


def _bad_byte(row: Sequence[str]) -> bool:
    return any(not cell.isascii() and any("\udc80" <= letter <= "\udcff" for letter in cell) for cell in row)


def _not_decoded(row: Sequence[str], number: int, encoding: str) -> Refused:
    byte = next(ord(c) - 0xDC00 for cell in row for c in cell if "\udc80" <= c <= "\udcff")
    place = next(i for i, cell in enumerate(row, start=1) if _bad_byte([cell]))
    return Refused(
        *told("sheets.cell_holds_byte_x_is", place=place, byte=byte, encoding=encoding), row=number
    )


def _reads_as_cp950(raw: bytes, encoding: str) -> bool:
    if ENCODINGS[encoding] == "cp950":
        return False
    try:
        raw.decode("cp950")
    except UnicodeDecodeError:
        return False
    return True


def _reads_as_utf_8(raw: bytes) -> bool:
    """Marked, or with letters of Chinese: no text in CP950 reads so by chance."""
    try:
        return raw.startswith(b"\xef\xbb\xbf") or any(letter >= "\u2e80" for letter in raw.decode("utf-8"))
    except UnicodeDecodeError:
        return False


# ---- Parquet --------------------------------------------------------------------------------


def _parquet_rows(raw: bytes) -> list[Numbered]:
    with parquet.as_file(raw) as path:
        try:
            footer = parquet.footer(path)
            if footer.rows >= MAX_ROWS:
                raise _too_many_rows()
            if footer.unpacked > MAX_UNPACKED_BYTES or len(footer.columns) > MAX_COLUMNS:
                raise Refused(*told("sheets.unpacks_far_more_than_table"))
            for column in footer.columns:
                if not column.exact:
                    raise Refused(*told("sheets.decimal_is_too_long"), row=1, column=column.name)
            table = parquet.rows(path, footer.columns)
        except parquet.Damaged as error:
            raise Refused(*told("sheets.parquet_file_is_damaged", error=error)) from None
    head = tuple(column.name for column in footer.columns)
    columns = [
        _parquet_column(name, cells) for name, cells in zip(head, zip(*table, strict=True), strict=False)
    ]
    return [(1, head), *((n, row) for n, row in enumerate(zip(*columns, strict=True), start=2))]


def _parquet_column(name: str, values: Iterable[object]) -> list[str]:
    cells = []
    for number, value in enumerate(values, start=2):
        if value is None:
            cells.append("")
        elif isinstance(value, (str, bool, int, float, date)):
            cells.append(as_typed(value))
        elif isinstance(value, Decimal):
            cells.append(f"{value:f}")
        else:
            kind = type(value).__name__
            raise Refused(*told("sheets.holds", kind=kind), number, name)
    return cells


# ---- one shape for all ----------------------------------------------------------------------


def _too_many_rows() -> Refused:
    return Refused(*told("sheets.has_more_than_rows", max_rows=MAX_ROWS))


def _square(cells: Sequence[Numbered]) -> tuple[tuple[str, ...], tuple[Numbered, ...], tuple[Numbered, ...]]:
    """Head and rows of one width, and the other rows; empty rows and columns at the end are dropped."""
    rows = list(cells)
    while rows and not any(rows[-1][1]):
        rows.pop()
    if not rows or rows[0][0] != 1 or not any(rows[0][1]):
        raise Refused(*told("sheets.row_is_empty"), row=1)
    head = rows[0][1]
    check_separator(head)
    width = len(head)
    while width and not head[width - 1] and not any("".join(row[width - 1 :]) for _, row in rows):
        width -= 1
    even = [(number, row[:width]) for number, row in rows[1:] if len(row) == len(head) and any(row)]
    uneven = [(number, row) for number, row in rows[1:] if len(row) != len(head) or not any(row)]
    return head[:width], tuple(even), tuple(uneven)


def uneven_row(number: int, row: Sequence[str], width: int) -> Refused:
    if not any(row):
        return Refused(*told("sheets.row_is_empty_2"), number)
    return Refused(*told("sheets.row_has_cells_but_row", row_count=len(row), width=width), number)


_SEPARATORS = {";": told("sheets.semicolons"), "\t": told("sheets.tabs"), "|": told("sheets.bars")}


def check_separator(head: Sequence[str]) -> None:
    if head[0].strip().lower().startswith("sep=") and not any(head[1:]):
        raise Refused(*told("sheets.row_is_hint_for_excel", hint=head[0].strip()), row=1)
    for separator, (en, zh) in _SEPARATORS.items():
        if len(head) == 1 and separator in head[0]:
            raise Refused(*told("sheets.columns_are_separated", zh=Text(zh, en)), row=1)


def _damaged(head: Sequence[str], rows: Sequence[Numbered]) -> Iterator[Refused]:
    """Cells that no table may hold: NUL, U+FFFD (a letter was lost before), a text without end."""
    for number, row in ((1, tuple(head)), *rows):
        whole = "".join(row)
        if NUL not in whole and LOST not in whole and len(whole) <= MAX_CELL_LETTERS:
            continue
        for name, cell in zip(head, row, strict=True):
            yield from damage(name.replace(NUL, ""), number, cell)


def damage(name: str, number: int, cell: str) -> Iterator[Refused]:
    if NUL in cell:
        yield Refused(*told("sheets.holds_nul_character"), number, name)
    if LOST in cell:
        yield Refused(*told("sheets.holds_u_fffd"), number, name)
    if len(cell) > MAX_CELL_LETTERS:
        yield Refused(*told("sheets.cell_has_letters", cell_count=len(cell)), number, name)
