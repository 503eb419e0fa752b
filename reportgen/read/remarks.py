"""The remarks (cell comments) of a sheet, by the cell that they hang on."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from reportgen.read.worksheets import OFFICE, TABLE, Cell, cell_of, local_name, ods_cells, read_book, repeats


def xlsx_remarks(parts: Mapping[str, bytes], name: str) -> dict[Cell, str]:
    """Those of Excel's threads take the place of the stand-ins that it writes for older programs."""
    sheet = read_book(parts).sheets[name]
    folder, _, file = sheet.rpartition("/")
    links = parts.get(f"{folder}/_rels/{file}.rels")
    found: dict[str, dict[Cell, list[str]]] = {"comments": {}, "threadedComment": {}}
    for link in ElementTree.fromstring(links) if links else ():
        kind = link.get("Type", "").rpartition("/")[2]
        part = parts.get(posixpath.normpath(posixpath.join("/", folder, link.get("Target", ""))).lstrip("/"))
        if part and kind in found:
            for cell, words in _xlsx_part(part):
                found[kind].setdefault(cell, []).append(words)
    return {cell: " ".join(words) for cell, words in (found["comments"] | found["threadedComment"]).items()}


def _xlsx_part(part: bytes) -> Iterator[tuple[Cell, str]]:
    root = ElementTree.fromstring(part)
    authors = [element.text or "" for element in root.iter() if local_name(element) == "author"]
    for element in root.iter():
        cell = cell_of(element.get("ref", ""))
        if cell and local_name(element) in ("comment", "threadedComment"):
            texts = (inner for inner in element.iter() if local_name(inner) in ("t", "text"))
            words = _one_line("".join(inner.text or "" for inner in texts))
            by = element.get("authorId", "")
            author = authors[int(by)] if by.isdecimal() and int(by) < len(authors) else ""
            yield cell, words.removeprefix(f"{author}:").strip() if author else words


def ods_remarks(content: bytes, name: str) -> dict[Cell, str]:
    remarks: dict[Cell, str] = {}
    if b"annotation" not in content:
        return remarks
    for table in ElementTree.fromstring(content).iter(f"{TABLE}table"):
        row = 0
        for element in table.iter(f"{TABLE}table-row") if table.get(f"{TABLE}name") == name else ():
            for columns, cell in ods_cells(element):
                for remark in cell.iter(f"{OFFICE}annotation"):
                    lines = ("".join(part.itertext()) for part in remark if local_name(part) == "p")
                    remarks[row + 1, columns[0]] = _one_line(" ".join(lines))
            row += repeats(element, "rows")
    return remarks


def _one_line(words: str) -> str:
    return " ".join(words.split())
