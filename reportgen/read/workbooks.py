"""XLSX and ODS: looked at before a library opens them, then rows of text cells as they were typed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from xml.etree import ElementTree

from reportgen.model.messages import told
from reportgen.read.remarks import ods_remarks, xlsx_remarks
from reportgen.read.sheet_limits import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_PARTS,
    MAX_RATIO,
    MAX_ROWS,
    MAX_UNPACKED_BYTES,
    REMEDY,
    Numbered,
    Refused,
)
from reportgen.read.worksheets import TABLE, Signs, column_number, ods_cells, ods_signs, repeats, xlsx_signs

_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,6})(\d{1,12})["']""")
_DIMENSION = re.compile(
    rb"""<(?:\w+:)?dimension\b[^>]*\bref\s*=\s*["'][^"':]*:?([A-Za-z]{1,6})(\d{1,12})["']"""
)


def workbook_rows(raw: bytes, kind: str, wanted: str) -> tuple[Signs, list[Numbered]]:
    from python_calamine import CalamineError, CalamineWorkbook

    parts = _parts(raw)
    if ("content.xml" in parts) != (kind == ".ods") or (kind == ".xlsx" and "xl/workbook.xml" not in parts):
        raise Refused(*told("sheets.is_zip_archive_but_no", kind=kind, remedy=REMEDY))
    if kind == ".ods":
        _check_ods_extent(parts["content.xml"])
    else:
        _check_xlsx_extent(parts)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_repacked(parts)))
        name = _chosen(book.sheet_names, wanted)
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise Refused(*told("sheets.workbook_is_damaged", error=error)) from None
    except BaseException as error:  # a panic of the Rust library is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise Refused(*told("sheets.workbook_is_damaged_2")) from None
    return _signs(parts, kind, name), [(n, tuple(map(as_typed, row))) for n, row in enumerate(cells, start=1)]


def _signs(parts: dict[str, bytes], kind: str, name: str) -> Signs:
    try:
        if kind == ".ods":
            signs = ods_signs(parts["content.xml"], name)
            signs.remarks.update(ods_remarks(parts["content.xml"], name))
        else:
            signs = xlsx_signs(parts, name)
            signs.remarks.update(xlsx_remarks(parts, name))
        return signs
    except (KeyError, ValueError, ElementTree.ParseError) as error:
        raise Refused(*told("sheets.workbook_is_damaged_3", error=error)) from None


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
        found = {match.groups() for match in (*_DIMENSION.finditer(part), *_REFERENCE.finditer(part))}
        rows = max((int(number) for _, number in found), default=0)
        columns = {letters for letters, _ in found}
        _check_extent(rows, max((column_number(letters.decode()) for letters in columns), default=0))


def _check_ods_extent(content: bytes) -> None:
    """Repeated cells and rows count as often as they repeat; empty ones at the end count nothing."""
    rows = columns = row = 0
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(content), ("start", "end")):
            if event == "start":
                if element.tag == f"{TABLE}table":
                    row = 0
            elif element.tag == f"{TABLE}table-row":
                row += repeats(element, "rows")
                if cells := list(ods_cells(element)):
                    rows, columns = max(rows, row), max(columns, cells[-1][0][-1])
                    _check_extent(rows, columns)
                element.clear()
    except ElementTree.ParseError as error:
        raise Refused(*told("sheets.workbook_is_damaged_3", error=error)) from None


def as_typed(value: object) -> str:
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
