"""The text of a show as its parts in order: plain text, Markdown, ODT or DOCX.

A heading has a level from 1; in plain text, where nothing says so, a short line without a full stop is one: of level 1 where another
follows it, else of level 2. A line that begins with ▲ is a caption, with the lines up to the next blank one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from reportgen.model.errors import InputError, Place, not_utf8, problem
from reportgen.read.sheet_limits import Refused
from reportgen.read.words import flat
from reportgen.read.workbooks import unpacked

SHORT = 24  # characters of a heading in plain text
MOST_BYTES = 4 * 2**20
_ENDED = re.compile(r"[。．.！？!?；;：:，,、]$")
_ODT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_DOCX = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Passage:
    """`words` are as they stand in the text, its lines joined; `level` is that of a heading, `row` its line."""

    kind: Literal["heading", "paragraph", "caption"]
    words: str
    level: int = 0
    row: int = 0


def read(path: Path) -> list[Passage]:
    """The parts of the text; InputError for what is no text or cannot be read."""
    raw = path.read_bytes()
    if len(raw) > MOST_BYTES:
        raise InputError(problem(Place(str(path)), "manuscripts.too_long", most=MOST_BYTES // 2**20))
    if path.suffix.lower() in (".odt", ".docx"):
        return list(_of_office(path, raw))
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError(not_utf8(str(path), error)) from None
    return list(_of_text(text))


def _of_text(text: str) -> Iterator[Passage]:
    marked = bool(re.search(r"(?m)^#{1,6} ", text))
    groups = list(_groups(text))
    for number, (row, lines) in enumerate(groups):
        if match := re.fullmatch(r"(#{1,6}) +(.*?)(?: +#+)?", lines[0]):
            yield Passage("heading", match[2], len(match[1]), row)
            lines = lines[1:]
        elif not marked and _is_short(lines):
            following = groups[number + 1][1] if number + 1 < len(groups) else []
            yield Passage("heading", lines[0], 1 if _is_short(following) else 2, row)
            continue
        if lines:
            beside = len(lines) > 1 and all(_is_short([line]) for line in lines)  # a motto on two lines
            words = "　".join(lines) if beside else flat("\n".join(lines))
            yield _passage(words, row)


def _passage(words: str, row: int) -> Passage:
    return (
        Passage("caption", words[1:].strip(), 0, row)
        if words[0] == "▲"
        else Passage("paragraph", words, 0, row)
    )


def _groups(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that stand together, with the number of the first; a caption begins a group of its own."""
    group: list[str] = []
    begun = 0
    for row, line in enumerate([*text.split("\n"), ""], 1):
        words = line.strip()
        if group and (not words or words.startswith(("▲", "#"))):
            yield begun, group
            group = []
        if words:
            begun = begun if group else row
            group.append(words)


def _is_short(lines: list[str]) -> bool:
    return (
        len(lines) == 1
        and len(lines[0]) <= SHORT
        and not lines[0].startswith("▲")
        and not _ENDED.search(lines[0])
    )


def _of_office(path: Path, raw: bytes) -> Iterator[Passage]:
    is_odt = path.suffix.lower() == ".odt"
    try:
        root = ElementTree.fromstring(unpacked(raw)["content.xml" if is_odt else "word/document.xml"])
    except (Refused, KeyError, ElementTree.ParseError) as error:
        raise InputError(problem(Place(str(path)), "manuscripts.damaged", error=error)) from None
    tags = (f"{_ODT}h", f"{_ODT}p") if is_odt else (f"{_DOCX}p",)
    for row, element in enumerate((one for one in root.iter() if one.tag in tags), 1):
        level = _level_odt(element) if is_odt else _level_docx(element)
        words = flat("".join(_words(element)))
        if words and level:
            yield Passage("heading", words, level, row)
        elif words:
            yield _passage(words, row)


def _words(element: ElementTree.Element) -> Iterator[str]:
    """The letters of a paragraph: in a DOCX those of its runs, in an ODT all that stands in it."""
    for one in element.iter():
        name = one.tag.rpartition("}")[2]
        if name in ("line-break", "br", "tab"):
            yield "\n"
        elif name == "s":
            yield " "
        if one.tag.startswith(_DOCX):
            yield (one.text or "") if name == "t" else ""
            continue
        yield one.text or ""
        yield (one.tail or "") if one is not element else ""


def _level_odt(element: ElementTree.Element) -> int:
    return int(element.get(f"{_ODT}outline-level", "1")) if element.tag == f"{_ODT}h" else 0


def _level_docx(element: ElementTree.Element) -> int:
    style = element.find(f"{_DOCX}pPr/{_DOCX}pStyle")
    name = style.get(f"{_DOCX}val", "") if style is not None else ""
    if match := re.fullmatch(r"[Hh]eading ?([1-6])|([1-6])", name):
        return int(match[1] or match[2])
    return int(name == "Title")
