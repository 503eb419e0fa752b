"""All text of a file of any format: its members, its attachments and what is packed in them."""

from __future__ import annotations

import gzip
import html
import io
import re
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reportgen.model import Text
from reportgen.model.messages import message
from reportgen.read import parquet

if TYPE_CHECKING:
    import pikepdf


# ---- all texts of a file ------------------------------------------------------------------------

APART = "\n\0"  # between texts that are read at once: no word goes over it
DEPTH = 4  # files within files
MOST = 256 * 1024 * 1024  # bytes of one unpacked file; more is told as a place that cannot be looked into


def _texts(content: bytes, name: Text | None = None, depth: int = 0) -> Iterator[tuple[Text, str]]:
    """Every text of a file with its place, whatever kind of file it is."""
    where = name or message("names.file")
    if depth > DEPTH:
        return
    if content[:1024].find(b"%PDF-") >= 0:
        yield from _pdf_texts(content, name, depth)
    elif content[:4] == b"PK\x03\x04":
        yield from _zip_texts(content, name, depth)
    elif content[:2] == b"\x1f\x8b":
        yield from _texts(_gunzipped(content), where, depth + 1)
    elif content[:4] == b"PAR1":
        yield from ((where, words) for words in _parquet_texts(content))
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        yield from ((where, words) for words in _workbook_texts(content))
        yield from ((where, content[at:].decode("utf-16-le", "ignore")) for at in (0, 1))
    else:
        yield from ((where, words) for words in _readings(content))


def _within(name: Text | None, place: Text) -> Text:
    return Text(f"{name.zh}：{place.zh}", f"{name.en}: {place.en}") if name else place


def _readings(content: bytes) -> Iterator[str]:
    """Bytes as text in the encodings that files here have, with what markup and escapes stand for."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        plain = [content.decode("utf-16", "ignore")]
    else:
        try:
            plain = [content.decode("utf-8-sig")]
        except UnicodeDecodeError:
            plain = [
                content.decode(encoding, "ignore")
                for encoding in ("utf-8", "cp950", "utf-16-be", "utf-16-le")
            ]
    for words in plain:
        yield from unescaped(words)


def unescaped(words: str) -> Iterator[str]:
    """The words, and again as JSON, markup or an address would have them read."""
    yield words
    if "\\u" in words:
        yield _from_json(words)
    if "<" in words:
        yield html.unescape(re.sub(r"<[^<>]*>", "", words))
    if "&" in words:
        yield html.unescape(words)
    if "%" in words:
        yield urllib.parse.unquote(words, errors="ignore")


def _from_json(words: str) -> str:
    def letters_of(match: re.Match[str]) -> str:
        units = bytes.fromhex(match[0].replace("\\u", ""))
        return units.decode("utf-16-be", "ignore")

    return re.sub(r"(?:\\u[0-9a-fA-F]{4})+", letters_of, words)


def _zip_texts(content: bytes, name: Text | None, depth: int) -> Iterator[tuple[Text, str]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        yield from ((name or message("names.file"), words) for words in _readings(content))
        return
    with archive:
        yield _within(name, message("names.comment")), archive.comment.decode("utf-8", "replace")
        for entry in archive.infolist():
            where = _within(name, Text(entry.filename, entry.filename))
            yield _within(name, message("names.file_name")), entry.filename
            yield where, entry.comment.decode("utf-8", "replace")
            try:
                with archive.open(entry) as member:
                    part = member.read(MOST + 1)
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error):
                continue
            yield from _texts(part[:MOST], where, depth + 1)


def _gunzipped(content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            return file.read(MOST)
    except (OSError, EOFError, zlib.error):
        return b""


def _parquet_texts(content: bytes) -> Iterator[str]:
    with parquet.as_file(content) as path:
        try:
            columns, rows = parquet.footer(path).columns, parquet.texts(path)
        except parquet.Damaged:
            return
    yield "\n".join(column.name for column in columns)
    for cells in zip(*rows, strict=True):
        yield "\n".join(cell or "" for cell in cells)


def _workbook_texts(content: bytes) -> Iterator[str]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet in book.sheet_names:
            yield sheet
            for row in book.get_sheet_by_name(sheet).to_python():
                yield "\n".join(map(str, row))
    except (CalamineError, OSError):
        return


_KEYS: Mapping[str, Text] = {
    "Title": message("names.title_bookmark"),
    "Alt": message("names.alternative_text"),
    "ActualText": message("names.actual_text"),
    "E": message("names.expansion_abbreviation"),
    "URI": message("names.link"),
    "UF": message("names.name_attachment"),
    "F": message("names.name_attachment"),
    "Desc": message("names.description_attachment"),
    "Names": message("names.name_attachment_destination"),
    "Author": message("names.document_information"),
    "Subject": message("names.document_information"),
    "Keywords": message("names.document_information"),
    "Contents": message("names.annotation"),
    "T": message("names.title_element"),
}
# As qpdf writes objects: parentheses inside a string are always escaped.
_TOKEN = re.compile(rb"/([^\s<>\[\]()/{}%]+)|\(((?:[^\\()]|\\.)*)\)|<([0-9a-fA-F]+)>", re.DOTALL)
# Streams that hold no words: fonts and their tables, profiles of colour. Their place says so, not their first bytes.
_MUTE = re.compile(rb"/(?:FontFile[23]?|CIDToGIDMap|CIDSet|ToUnicode|DestOutputProfile) (\d+) (\d+) R")
_DRAWING = re.compile(rb"/Contents (?:\[([^\]]*)\]|(\d+ \d+ R))")
# Pictures hold no letters; the objects in a stream of objects are read one by one.
_PASSED_OVER = (b"/Subtype /Image", b"/Type /ObjStm", b"/Type /XRef")
_REFERENCE = re.compile(rb"(\d+) (\d+) R")


def _pdf_texts(content: bytes, name: Text | None, depth: int) -> Iterator[tuple[Text, str]]:
    import pikepdf

    yield from _drawn(content, name)
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            strings: dict[str, dict[str, None]] = {}
            streams = []
            mute: set[tuple[int, int]] = set()
            drawing: set[tuple[int, int]] = set()
            attachments: dict[tuple[int, int], str] = {}
            _collect(pdf.trailer.unparse(), strings)
            for item in pdf.objects:
                if isinstance(item, pikepdf.Stream):
                    raw = item.stream_dict.unparse()
                    streams.append((item, raw))
                else:
                    raw = item.unparse(resolved=True)
                _collect(raw, strings)
                mute.update((int(number), int(version)) for number, version in _MUTE.findall(raw))
                for several, one in _DRAWING.findall(raw):
                    drawing.update((int(n), int(v)) for n, v in _REFERENCE.findall(several or one))
                if b"/EF" in raw and isinstance(item, pikepdf.Dictionary) and "/EF" in item:
                    for stream in item["/EF"].as_dict().values():
                        attachments[stream.objgen] = str(item.get("/UF", item.get("/F", "")))
            for key, found in strings.items():
                label = _KEYS.get(key, message("names.entry", key=key))
                joined = APART.join(found)
                yield from ((_within(name, label), words) for words in unescaped(joined))
            for stream, raw in streams:
                if stream.objgen in mute:
                    continue
                if stream.objgen in drawing or b"/Subtype /Form" in raw:
                    yield from _marked(stream, name)
                else:
                    yield from _stream_texts(stream, raw, attachments, name, depth)
    except pikepdf.PdfError:
        yield from ((name or message("names.file"), words) for words in _readings(content))


def _drawn(content: bytes, name: Text | None) -> Iterator[tuple[Text, str]]:
    """What is drawn as text, artefacts too, by page."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return
    try:
        for number, page in enumerate(pdf, 1):
            yield _within(name, message("names.page", number=number)), page.get_textpage().get_text_range()
    finally:
        pdf.close()


def _collect(raw: bytes, strings: dict[str, dict[str, None]]) -> None:
    """The strings of an object by the key before each, and its names."""
    key = ""
    for name, literal, digits in _TOKEN.findall(raw):
        if name:
            key = _name(name) if b"#" in name else name.decode("latin-1")
            strings.setdefault("name", {})[key] = None
        elif literal or digits:
            strings.setdefault(key, {})[_string(literal, digits)] = None


def _name(name: bytes) -> str:
    plain = re.sub(rb"#([0-9a-fA-F]{2})", lambda match: bytes([int(match[1], 16)]), name)
    return plain.decode("utf-8", "replace")


def _string(literal: bytes, digits: bytes) -> str:
    if digits:
        raw = bytes.fromhex(digits.decode() + "0" * (len(digits) % 2))
    elif b"\\" in literal:
        raw = _unescaped_literal(literal)
    else:
        raw = literal
    if raw[:2] == b"\xfe\xff":
        return raw[2:].decode("utf-16-be", "replace")
    if raw[:2] == b"\xff\xfe":
        return raw[2:].decode("utf-16-le", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _unescaped_literal(literal: bytes) -> bytes:
    def letter(match: re.Match[bytes]) -> bytes:
        if match[1]:
            return bytes([int(match[1], 8) & 255])
        return b"" if match[2] in (b"\n", b"\r") else _ESCAPES.get(match[2], match[2])

    return re.sub(rb"\\(?:([0-7]{1,3})|(.))", letter, literal, flags=re.DOTALL)


def _stream_texts(
    stream: pikepdf.Stream,
    raw: bytes,
    attachments: Mapping[tuple[int, int], str],
    name: Text | None,
    depth: int,
) -> Iterator[tuple[Text, str]]:
    """Attached files, metadata, scripts, and what else there may be."""
    import pikepdf

    if any(kind in raw for kind in _PASSED_OVER):
        return
    try:
        content = stream.read_bytes()
    except pikepdf.PdfError:
        content = stream.read_raw_bytes()
    if stream.objgen in attachments:
        file = attachments[stream.objgen]
        yield from _texts(content, _within(name, message("names.attachment", file=file)), depth + 1)
    elif b"/Metadata" in raw:
        where = _within(name, message("names.xmp_metadata"))
        yield from ((where, words) for words in _readings(content))
    else:
        where = _within(name, message("names.other_data"))
        yield from ((where, words) for words in _readings(content))


def _marked(stream: Any, name: Text | None) -> Iterator[tuple[Text, str]]:
    """Of drawing instructions the texts that they carry for a reader (ActualText of a span)."""
    import pikepdf

    try:
        content = stream.read_bytes()
    except pikepdf.PdfError:
        return
    if not any(key in content for key in (b"/ActualText", b"/Alt", b"/E ", b"/E(", b"/E<")):
        return
    where = _within(name, message("names.actual_text_in_page"))
    for instruction in pikepdf.parse_content_stream(stream, operators="BDC DP"):
        for operand in instruction.operands:
            if isinstance(operand, pikepdf.Dictionary):
                yield where, APART.join(str(value) for value in operand.as_dict().values())
