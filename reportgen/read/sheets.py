"""Bytes of a CSV, XLSX, ODS or Parquet file become numbered rows of text cells; their sense is for `tables`.

A file is looked at before a library opens it: its true kind, its size, how far its sheet reaches.
Numbers of a workbook become the shortest text that is the same number; a cell that was typed stays as typed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from xml.etree import ElementTree

from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem
from reportgen.model.messages import told
from reportgen.read import parquet

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

ENCODINGS = {"utf-8": "utf-8-sig", "cp950": "cp950", "big5": "cp950"}
KINDS = (".csv", ".xlsx", ".ods", ".parquet")

NUL = "\0"
LOST = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The cells of one sheet as text. `rows` go with the row numbers that a spreadsheet shows."""

    file: str
    sheet: str
    sha256: str
    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    problems: tuple[Problem, ...] = ()


class Refused(Exception):
    """Why a file can't be read; becomes a Problem where its place is known."""

    def __init__(self, en: str, zh: str, row: int = 0, column: str = "", sheet: str = "") -> None:
        super().__init__(en)
        self.en, self.zh, self.row, self.column, self.sheet = en, zh, row, column, sheet


Numbered = tuple[int, tuple[str, ...]]


def read_sheet(path: Path, file: str, sheet: str = "", encoding: str = "utf-8") -> Sheet:
    """The table in `path`; messages call it `file`. InputError when it can't be read at all."""
    try:
        raw = _read_bytes(path)
        kind = _kind(path.name, raw)
        name = ""
        cells: list[Numbered] = []
        broken: list[Refused] = []
        if kind == ".csv":
            cells, broken = _csv_rows(raw, encoding)
        elif kind == ".parquet":
            cells = _parquet_rows(raw)
        else:
            name, cells = _workbook_rows(raw, kind, sheet)
        head, rows, uneven = _square(cells)
    except Refused as why:
        place = Place(file, why.sheet, why.row, why.column)
        raise InputError(Problem(place, why.en, why.zh)) from None
    problems = [
        Problem(Place(file, name, why.row, why.column), why.en, why.zh)
        for why in (*broken, *uneven, *_damaged(head, rows))
    ]
    return Sheet(
        file=file,
        sheet=name,
        sha256=hashlib.sha256(raw).hexdigest(),
        head=head,
        rows=rows,
        problems=tuple(problems),
    )


# ---- what the file is -----------------------------------------------------------------------


def _read_bytes(path: Path) -> bytes:
    if not path.exists():
        beside = path.parent.iterdir() if path.parent.is_dir() else ()
        there = sorted(entry.name for entry in beside if entry.suffix in KINDS)
        listed = ", ".join(there) or "-"
        raise Refused(*told("sheets.is_no_such_file", listed=listed))
    if not path.is_file():
        raise Refused(*told("sheets.is_not_file"))
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Refused(*told("sheets.has_mb", size=size / 2**20, max_bytes=MAX_BYTES // 2**20))
    if size == 0:
        raise Refused(*told("sheets.file_is_empty_empty"))
    return path.read_bytes()


_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG", *told("sheets.png_picture")),
    (b"\xff\xd8\xff", *told("sheets.jpeg_picture")),
    (b"%PDF", *told("sheets.pdf_document")),
    (b"\xd0\xcf\x11\xe0", *told("sheets.old_xls_password_protected_workbook")),
    (b"\x1f\x8b", *told("sheets.gzip_archive")),
    (b"PK\x03\x04", *told("sheets.zip_archive_workbook")),
    (b"PAR1", *told("sheets.parquet_file")),
    (b"\xff\xfe", *told("sheets.utf_text_excel_calls_unicode")),
    (b"\xfe\xff", *told("sheets.utf_text_excel_calls_unicode")),
)
_REMEDY = told("sheets.save_csv_utf_comma_xlsx")


def _kind(name: str, raw: bytes) -> str:
    """The kind by name, when the content agrees; else Refused with what the content is."""
    suffix = Path(name).suffix.lower()
    if suffix in (".pkl", ".pickle") or _is_pickle(raw):
        raise Refused(*told("sheets.is_python_pickle", remedy=Text(_REMEDY[1], _REMEDY[0])))
    if suffix not in KINDS:
        raise Refused(
            *told(
                "sheets.files_named_are_not_read",
                it=Text(suffix or "（無）", suffix or "(no ending)"),
                remedy=Text(_REMEDY[1], _REMEDY[0]),
            )
        )
    found = _content(raw)
    wanted = {".csv": "", ".parquet": "a Parquet file"}.get(suffix, "a zip archive or a workbook")
    if found[0] != wanted:
        what = found if found[0] else told("sheets.plain_text")
        raise Refused(
            *told(
                "sheets.is_named_but_is",
                suffix=suffix,
                what=Text(what[1], what[0]),
                remedy=Text(_REMEDY[1], _REMEDY[0]),
            )
        )
    return suffix


def _is_pickle(raw: bytes) -> bool:
    return raw[:1] == b"\x80" and 2 <= raw[1] <= 5 if len(raw) > 1 else False


def _content(raw: bytes) -> tuple[str, str]:
    for magic, en, zh in _MAGIC:
        if raw.startswith(magic):
            return en, zh
    start = raw[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<meta")):
        return told("sheets.web_page_html_xml")
    if raw[:200].count(b"\0") > len(raw[:200]) // 4:
        return told("sheets.utf_text_binary_file")
    return "", ""


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
    if broken and broken[0].row == 1:
        raise broken[0]
    return rows, broken


def _decoded(raw: bytes, encoding: str) -> tuple[str, bool]:
    codec = ENCODINGS[encoding]
    if codec == "cp950" and raw.startswith(b"\xef\xbb\xbf"):
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


# ---- workbooks ------------------------------------------------------------------------------

_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,6})(\d{1,12})["']""")
_DIMENSION = re.compile(
    rb"""<(?:\w+:)?dimension\b[^>]*\bref\s*=\s*["'][^"':]*:?([A-Za-z]{1,6})(\d{1,12})["']"""
)
# calamine makes an empty cell of an error value, so that #DIV/0! would look like "left blank".
_ERROR_CELL = re.compile(rb"""<(?:\w+:)?c\b(?=[^>]*\st=["']e["'])[^>]*\sr=["']([A-Za-z]{1,3})(\d{1,7})["']""")
# A formula that no program has computed has no stored value and would look blank as well.
_UNCOMPUTED = re.compile(
    rb"""<c\b[^>]*\sr=["']([A-Za-z]{1,3})(\d{1,7})["'][^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>\s*|<v></v>\s*)?</c>"""
)


def _workbook_rows(raw: bytes, kind: str, wanted: str) -> tuple[str, list[Numbered]]:
    from python_calamine import CalamineError, CalamineWorkbook

    parts = _parts(raw)
    if ("content.xml" in parts) != (kind == ".ods") or (kind == ".xlsx" and "xl/workbook.xml" not in parts):
        raise Refused(*told("sheets.is_zip_archive_but_no", kind=kind, remedy=Text(_REMEDY[1], _REMEDY[0])))
    if kind == ".ods":
        _check_ods_extent(parts["content.xml"])
    else:
        _check_xlsx_extent(parts)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_repacked(parts)))
        name = _chosen(book.sheet_names, wanted)
        if kind == ".xlsx":
            _check_xlsx_values(parts, name)
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise Refused(*told("sheets.workbook_is_damaged", error=error)) from None
    except BaseException as error:  # a panic of the Rust library is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise Refused(*told("sheets.workbook_is_damaged_2")) from None
    return name, [(n, tuple(map(_as_typed, row))) for n, row in enumerate(cells, start=1)]


def _chosen(names: Sequence[str], wanted: str) -> str:
    if wanted in names or (not wanted and len(names) == 1):
        return wanted or names[0]
    listed = ", ".join(names)
    if not wanted:
        raise Refused(*told("sheets.has_several_sheets", listed=listed))
    raise Refused(*told("sheets.has_no_sheet", wanted=wanted, listed=listed))


def _parts(raw: bytes) -> dict[str, bytes]:
    """The parts of the zip that matter, unpacked within limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            parts = {e.filename: archive.read(e) for e in entries if _matters(e.filename)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Refused(*told("sheets.workbook_is_damaged_3", error=error)) from None
    except Exception as error:  # zlib.error and lzma.LZMAError have no common parent
        if type(error).__name__ not in ("error", "LZMAError"):
            raise
        raise Refused(*told("sheets.workbook_is_damaged_3", error=error)) from None
    for name, part in parts.items():
        _check_xml(name, part)
    return parts


def _matters(name: str) -> bool:
    return name.endswith((".xml", ".rels")) or name == "mimetype"


def _check_entries(entries: Sequence[zipfile.ZipInfo]) -> None:
    total = sum(e.file_size for e in entries)
    bomb = any(e.file_size > 2**20 and e.file_size > MAX_RATIO * max(e.compress_size, 1) for e in entries)
    if len(entries) > MAX_PARTS or total > MAX_UNPACKED_BYTES or bomb:
        raise Refused(
            *told("sheets.unpacks_mb_parts_far_more", total=total / 2**20, entries_count=len(entries))
        )
    if any(e.flag_bits & 1 for e in entries):
        raise Refused(*told("sheets.is_protected_password"))
    names = [e.filename for e in entries]
    if len(set(names)) != len(names):
        raise Refused(*told("sheets.holds_same_part_twice"))


def _check_xml(name: str, part: bytes) -> None:
    """No document type, no entities: a table needs none and they can expand without end."""
    head = part[:200].lower()
    declared = re.search(rb"""encoding\s*=\s*["']([^"']*)""", head)
    odd = b"\0" in head or (declared is not None and declared[1] not in (b"utf-8", b"us-ascii", b"ascii"))
    if odd or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise Refused(*told("sheets.part_holds_document_type_entities", name_=name))


def _repacked(parts: dict[str, bytes]) -> bytes:
    """A zip of just what was looked at, so that the reader can't find anything else in the file."""
    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return clean.getvalue()


def _check_extent(rows: int, columns: int) -> None:
    """A 5 KB workbook with one far cell takes gigabytes in the libraries, or ends the process."""
    if rows <= MAX_ROWS and columns <= MAX_COLUMNS and rows * columns <= MAX_CELLS:
        return
    raise Refused(
        *told(
            "sheets.sheet_reaches_row_column",
            rows=rows,
            columns=columns,
            max_rows=MAX_ROWS,
            max_columns=MAX_COLUMNS,
        )
    )


def _check_xlsx_extent(parts: dict[str, bytes]) -> None:
    for name, part in parts.items():
        if not name.startswith("xl/worksheets/"):
            continue
        found = {(letters.upper(), int(number)) for letters, number in _references(part)}
        rows = max((number for _, number in found), default=0)
        columns = max((_column_number(letters) for letters in {letters for letters, _ in found}), default=0)
        _check_extent(rows, columns)


def _references(part: bytes) -> Iterator[tuple[bytes, bytes]]:
    for match in (*_DIMENSION.finditer(part), *_REFERENCE.finditer(part)):
        yield match[1], match[2]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_xlsx_values(parts: dict[str, bytes], name: str) -> None:
    sheet = parts.get(_sheet_part(parts, name), b"")
    if match := _ERROR_CELL.search(sheet):
        raise Refused(*told("sheets.cell_shows_error_such_div"), int(match[2]), match[1].decode(), name)
    if match := _UNCOMPUTED.search(sheet):
        raise Refused(*told("sheets.cell_holds_formula_was_never"), int(match[2]), match[1].decode(), name)


def _sheet_part(parts: dict[str, bytes], name: str) -> str:
    """The part that holds the sheet: workbook.xml gives its relation, the relations give the path."""
    try:
        book = ElementTree.fromstring(parts["xl/workbook.xml"])
        links = ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    except (KeyError, ElementTree.ParseError):
        return ""
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for entry in book.iter():
        if entry.tag.endswith("}sheet") and entry.get("name") == name:
            relation = next((v for k, v in entry.attrib.items() if k.endswith("}id")), "")
            target = targets.get(relation, "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def _check_ods_extent(content: bytes) -> None:
    """Repeated cells and rows count as often as they repeat; empty ones at the end count nothing."""
    rows = columns = row = 0
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(content), ("start", "end")):
            if event == "start":
                if element.tag == f"{_TABLE}table":
                    row = 0
            elif element.tag == f"{_TABLE}table-row":
                row += _repeats(element, "rows")
                width = _width(element)
                if width:
                    rows, columns = max(rows, row), max(columns, width)
                    _check_extent(rows, columns)
                element.clear()
    except ElementTree.ParseError as error:
        raise Refused(*told("sheets.workbook_is_damaged_3", error=error)) from None


def _repeats(element: ElementTree.Element, what: str) -> int:
    written = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return int(written) if written.isdecimal() and len(written) < 10 else 10**9


def _width(row: ElementTree.Element) -> int:
    """The number of columns up to the last cell of the row that holds anything."""
    width = place = 0
    for cell in row:
        place += _repeats(cell, "columns")
        if len(cell) or cell.get(f"{_OFFICE}value-type"):
            width = place
    return width


def _as_typed(value: object) -> str:
    """A workbook's value as text: 103.0 -> 103 (Excel stores whole numbers so), 0.1 -> 0.1."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def number_text(value: float) -> str:
    """The shortest decimal that is this very float, without exponent."""
    if not isfinite(value):
        return str(value)
    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


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
            cells.append(_as_typed(value))
        elif isinstance(value, Decimal):
            cells.append(f"{value:f}")
        else:
            kind = type(value).__name__
            raise Refused(*told("sheets.holds", kind=kind), number, name)
    return cells


# ---- one shape for all ----------------------------------------------------------------------


def _too_many_rows() -> Refused:
    return Refused(*told("sheets.has_more_than_rows", max_rows=MAX_ROWS))


def _square(cells: Sequence[Numbered]) -> tuple[tuple[str, ...], tuple[Numbered, ...], list[Refused]]:
    """Head and rows of one width; empty rows and columns at the end are dropped, others are reported."""
    rows = list(cells)
    while rows and not any(rows[-1][1]):
        rows.pop()
    if not rows or rows[0][0] != 1 or not any(rows[0][1]):
        raise Refused(*told("sheets.row_is_empty"), row=1)
    head = rows[0][1]
    _check_separator(head)
    width = len(head)
    while width and not head[width - 1] and not any("".join(row[width - 1 :]) for _, row in rows):
        width -= 1
    even, uneven = [], []
    for number, row in rows[1:]:
        if len(row) == len(head) and any(row):
            even.append((number, row[:width]))
        else:
            uneven.append(_uneven(number, row, len(head)))
    return head[:width], tuple(even), uneven


def _uneven(number: int, row: Sequence[str], width: int) -> Refused:
    if not any(row):
        return Refused(*told("sheets.row_is_empty_2"), number)
    return Refused(*told("sheets.row_has_cells_but_row", row_count=len(row), width=width), number)


_SEPARATORS = {";": told("sheets.semicolons"), "\t": told("sheets.tabs"), "|": told("sheets.bars")}


def _check_separator(head: Sequence[str]) -> None:
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
            yield from _damage(name.replace(NUL, ""), number, cell)


def _damage(name: str, number: int, cell: str) -> Iterator[Refused]:
    if NUL in cell:
        yield Refused(*told("sheets.holds_nul_character"), number, name)
    if LOST in cell:
        yield Refused(*told("sheets.holds_u_fffd"), number, name)
    if len(cell) > MAX_CELL_LETTERS:
        yield Refused(*told("sheets.cell_has_letters", cell_count=len(cell)), number, name)
