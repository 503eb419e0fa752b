"""XLSX and ODS: looked at before they are read, then rows of text cells as they were typed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from xml.etree import ElementTree

from reportgen.model.messages import told
from reportgen.read import ods, remarks, xlsx
from reportgen.read.sheet_limits import MAX_PARTS, MAX_RATIO, MAX_UNPACKED_BYTES, REMEDY, Refused
from reportgen.read.worksheets import Worksheet

T = TypeVar("T")


def workbook_sheet(raw: bytes, kind: str, wanted: str) -> Worksheet:
    return _opened(raw, kind, lambda parts: _sheet(parts, kind, wanted))


def sheet_names(raw: bytes, kind: str) -> list[str]:
    """All sheets of the workbook, hidden ones, too."""
    return _opened(raw, kind, lambda parts: _names(parts, kind))


def _opened(raw: bytes, kind: str, read: Callable[[Mapping[str, bytes]], T]) -> T:
    parts = unpacked(raw)
    if ("content.xml" in parts) != (kind == ".ods") or (
        kind == ".xlsx" and not any("workbook" in name for name in parts)
    ):
        raise Refused(*told("sheets.is_zip_archive_but_no", kind=kind, remedy=REMEDY))
    try:
        return read(parts)
    except (KeyError, ValueError, ElementTree.ParseError) as error:
        raise Refused(*told("sheets.workbook_is_damaged", error=error)) from None


def _names(parts: Mapping[str, bytes], kind: str) -> list[str]:
    if kind == ".xlsx":
        return list(xlsx.book(parts).sheets)
    _check_open(parts)
    return ods.sheet_names(parts["content.xml"])[0]


def _check_open(parts: Mapping[str, bytes]) -> None:
    if b"encryption-data" in parts.get("meta-inf/manifest.xml", b""):
        raise Refused(*told("sheets.is_protected_password"))


def _sheet(parts: Mapping[str, bytes], kind: str, wanted: str) -> Worksheet:
    if kind == ".xlsx":
        book = xlsx.book(parts)
        page = xlsx.read(book, _chosen(list(book.sheets), wanted))
        page.remarks.update(remarks.of_xlsx(book, page.name))
        return page
    _check_open(parts)
    content = parts["content.xml"]
    names, hidden = ods.sheet_names(content)
    name = _chosen(names, wanted)
    page = ods.read(content, name, hidden=name in hidden)
    page.remarks.update(remarks.of_ods(content, name))
    return page


def _chosen(names: Sequence[str], wanted: str) -> str:
    if wanted in names or (not wanted and len(names) == 1):
        return wanted or names[0]
    listed = ", ".join(names)
    if not wanted:
        raise Refused(*told("sheets.has_several_sheets", listed=listed))
    raise Refused(*told("sheets.has_no_sheet", wanted=wanted, listed=listed))


def unpacked(raw: bytes) -> dict[str, bytes]:
    """The parts of the zip that matter, unpacked within limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            parts = {xlsx.part_name(e.filename): archive.read(e) for e in entries if _matters(e.filename)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Refused(*told("sheets.workbook_is_damaged", error=error)) from None
    except Exception as error:  # zlib.error and lzma.LZMAError have no common parent
        if type(error).__name__ not in ("error", "LZMAError"):
            raise
        raise Refused(*told("sheets.workbook_is_damaged", error=error)) from None
    return {name: _checked(name, part) for name, part in parts.items()}


def _matters(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _check_entries(entries: Sequence[zipfile.ZipInfo]) -> None:
    total = sum(e.file_size for e in entries)
    bomb = any(e.file_size > 2**20 and e.file_size > MAX_RATIO * max(e.compress_size, 1) for e in entries)
    if len(entries) > MAX_PARTS or total > MAX_UNPACKED_BYTES or bomb:
        raise Refused(
            *told("sheets.unpacks_mb_parts_far_more", total=total / 2**20, entries_count=len(entries))
        )
    if any(e.flag_bits & 1 for e in entries):
        raise Refused(*told("sheets.is_protected_password"))
    names = [xlsx.part_name(e.filename) for e in entries]
    if len(set(names)) != len(names):
        raise Refused(*told("sheets.holds_same_part_twice"))


def _checked(name: str, part: bytes) -> bytes:
    """As UTF-8. No document type, no entities: a table needs none and they can expand without end."""
    if part.startswith((b"\xff\xfe", b"\xfe\xff")):
        part = re.sub(r"^<\?xml[^>]*>", "", part.decode("utf-16", "replace")).encode("utf-8", "replace")
    head = part[:200].lower()
    declared = re.search(rb"""encoding\s*=\s*["']([^"']*)""", head)
    odd = b"\0" in head or (declared is not None and declared[1] not in (b"utf-8", b"us-ascii", b"ascii"))
    if odd or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise Refused(*told("sheets.part_holds_document_type_entities", name_=name))
    return part
