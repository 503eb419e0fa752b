"""What the file of a table is, by its name and its first bytes, before anything of it is read."""

from __future__ import annotations

from pathlib import Path

from reportgen.model import Text
from reportgen.model.messages import message, told
from reportgen.read.sheet_limits import MAX_BYTES, REMEDY, Refused

KINDS = (".csv", ".xlsx", ".ods", ".parquet")


def read_bytes(path: Path) -> bytes:
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


def kind_of(name: str, raw: bytes) -> str:
    """The kind by name, when the content agrees; else Refused with what the content is."""
    suffix = Path(name).suffix.lower()
    if suffix in (".pkl", ".pickle") or _is_pickle(raw):
        raise Refused(*told("sheets.is_python_pickle", remedy=REMEDY))
    if suffix not in KINDS:
        raise Refused(
            *told("sheets.files_named_are_not_read", it=suffix or message("sheets.no_ending"), remedy=REMEDY)
        )
    found = _content(raw)
    wanted = {".csv": "", ".parquet": "a Parquet file"}.get(suffix, "a zip archive or a workbook")
    if found[0] != wanted:
        what = found if found[0] else told("sheets.plain_text")
        raise Refused(
            *told("sheets.is_named_but_is", suffix=suffix, what=Text(what[1], what[0]), remedy=REMEDY)
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
