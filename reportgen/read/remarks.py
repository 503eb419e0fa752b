"""The remarks (cell comments) of a sheet, by the cell that they hang on."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from reportgen.read import ods, xlsx
from reportgen.read.worksheets import Cell, cell_of, local


def of_xlsx(book: xlsx.Book, name: str) -> dict[Cell, str]:
    """Those of Excel's threads take the place of the stand-ins that it writes for older programs."""
    found: dict[str, dict[Cell, list[str]]] = {"comments": {}, "threadedComment": {}}
    for _, kind, path in xlsx.relations(book.parts, book.sheets[name]):
        if kind in found and path in book.parts:
            for cell, words in _part(book.parts[path]):
                found[kind].setdefault(cell, []).append(words)
    return {cell: " ".join(words) for cell, words in (found["comments"] | found["threadedComment"]).items()}


def _part(part: bytes) -> Iterator[tuple[Cell, str]]:
    root = ElementTree.fromstring(part)
    authors = [element.text or "" for element in root.iter() if local(element) == "author"]
    for element in root.iter():
        cell = cell_of(element.get("ref", ""))
        if cell and local(element) in ("comment", "threadedComment"):
            texts = (inner for inner in element.iter() if local(inner) in ("t", "text"))
            words = _one_line("".join(inner.text or "" for inner in texts))
            by = element.get("authorId", "")
            author = authors[int(by)] if by.isdecimal() and int(by) < len(authors) else ""
            yield cell, words.removeprefix(f"{author}:").strip() if author else words


def of_ods(content: bytes, name: str) -> dict[Cell, str]:
    found: dict[Cell, str] = {}
    if b"annotation" not in content:
        return found
    for table in ElementTree.fromstring(content).iter(f"{ods.TABLE}table"):
        row = 0
        for element in table.iter(f"{ods.TABLE}table-row") if table.get(f"{ods.TABLE}name") == name else ():
            for columns, cell in ods.cells_of(element):
                for remark in cell.iter(f"{ods.OFFICE}annotation"):
                    lines = ("".join(part.itertext()) for part in remark if local(part) == "p")
                    found[row + 1, columns[0]] = _one_line(" ".join(lines))
            row += ods.repeats(element, "rows")
    return found


def _one_line(words: str) -> str:
    return " ".join(words.split())
