"""What the XML of a sheet says of its cells beside their values: shown as per cent, an error, never computed, merged, hidden.

The library that reads the values makes blank or 0 of most of these. Elements are known by their namespace or local name, not by a prefix.
"""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from reportgen.model.formats import capital_letters
from reportgen.model.messages import told
from reportgen.read.sheet_limits import Refused

Cell = tuple[int, int]  # row and column, both from 1

LISTED = 10  # rows, columns or ranges that one message names


@dataclass(frozen=True)
class Signs:
    """`percent`: cells of numbers shown as per cent; False where the format shows only some numbers so."""

    name: str
    percent: dict[Cell, bool] = field(default_factory=dict)
    faults: list[Refused] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    filled_columns: set[int] = field(default_factory=set)
    remarks: dict[Cell, str] = field(default_factory=dict)

    def refuse(self, cell: Cell, message: str) -> None:
        self.faults.append(Refused(*told(message), cell[0], capital_letters(cell[1]), self.name))

    def refused(self) -> list[Refused]:
        """What makes the sheet one that would be guessed at: each cell, then what lies over several."""
        over: list[tuple[str, Iterable[str]]] = [
            ("sheets.cells_are_merged", self.merged),
            ("sheets.rows_are_hidden", map(str, self.hidden_rows)),
            (
                "sheets.columns_are_hidden",
                map(capital_letters, sorted(self.hidden_columns & self.filled_columns)),
            ),
        ]
        listed = [(message, _listed(them)) for message, them in over]
        return [
            *self.faults,
            *(Refused(*told(message, listed=them), sheet=self.name) for message, them in listed if them),
        ]


def _listed(them: Iterable[str]) -> str:
    whole = list(them)
    return ", ".join(whole[:LISTED]) + (f", … ({len(whole)})" if len(whole) > LISTED else "")


def cell_name(cell: Cell) -> str:
    return f"{capital_letters(cell[1])}{cell[0]}"


def cell_of(name: str) -> Cell | None:
    """`B4` -> (4, 2)."""
    at = _REFERENCE.fullmatch(name)
    return (int(at[2]), column_number(at[1])) if at else None


def column_number(name: str) -> int:
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number


def local_name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _true(written: str | None) -> bool:
    return written in ("1", "true", "on")


# ---- XLSX -----------------------------------------------------------------------------------

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True)
class Book:
    """The parts of a workbook that its sheets refer to."""

    sheets: Mapping[str, str]
    styles: tuple[bool | None, ...]  # by style: shown as per cent; None where only some numbers are
    computed: bool


def xlsx_signs(parts: Mapping[str, bytes], name: str) -> Signs:
    book = read_book(parts)
    signs = Signs(name)
    row = column = 0
    hidden = False
    for event, element in ElementTree.iterparse(io.BytesIO(parts[book.sheets[name]]), ("start", "end")):
        what = local_name(element)
        if event == "start":
            if what == "row":
                row, column = int(element.get("r") or row + 1), 0
                hidden = _true(element.get("hidden"))
        elif what == "c":
            at = _REFERENCE.fullmatch(element.get("r", ""))
            column = column_number(at[1]) if at else column + 1
            if _xlsx_cell(signs, book, (row, column), element) and hidden:
                signs.hidden_rows.append(row)
                hidden = False
        elif what == "row":
            element.clear()
        elif what == "col" and _true(element.get("hidden")):
            signs.hidden_columns.update(_span(element))
        elif what == "mergeCell" and len({*element.get("ref", "").split(":")}) > 1:
            signs.merged.append(element.get("ref", ""))
    return signs


def _span(column: ElementTree.Element) -> range:
    return range(int(column.get("min", 1)), min(int(column.get("max", 0)), 20_000) + 1)


def _xlsx_cell(signs: Signs, book: Book, cell: Cell, element: ElementTree.Element) -> bool:
    """Whether the cell holds anything."""
    inner = {local_name(child): child for child in element}
    kind, value = element.get("t", "n"), inner.get("v")
    stored = value is not None and bool(value.text)
    if kind == "e":
        signs.refuse(cell, "sheets.cell_shows_error_such_div")
    elif "f" in inner and not (book.computed and (stored or (value is not None and kind == "str"))):
        signs.refuse(cell, "sheets.cell_holds_formula_was_never")
    elif kind == "n" and stored:
        style = int(element.get("s", 0))
        shown = book.styles[style] if style < len(book.styles) else False
        if shown is not False:
            signs.percent[cell] = bool(shown)
    filled = stored or "f" in inner or "is" in inner
    if filled:
        signs.filled_columns.add(cell[1])
    return filled


def read_book(parts: Mapping[str, bytes]) -> Book:
    """workbook.xml gives the relation of each sheet, the relations give the paths."""
    book = ElementTree.fromstring(parts["xl/workbook.xml"])
    links = list(ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"]))
    paths = {link.get("Id", ""): _path(link.get("Target", "")) for link in links}
    styles = [paths[link.get("Id", "")] for link in links if link.get("Type", "").endswith("/styles")]
    sheets, computed = {}, True
    for element in book.iter():
        if local_name(element) == "sheet":
            relation = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            sheets[element.get("name", "")] = paths.get(relation, "")
        elif local_name(element) == "calcPr":
            # What is stored is a placeholder then: the program that wrote it has not computed.
            computed = not _true(element.get("fullCalcOnLoad")) and _true(element.get("calcCompleted", "1"))
    return Book(sheets, _styles(parts[styles[0]]) if styles and styles[0] in parts else (), computed)


def _path(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _styles(part: bytes) -> tuple[bool | None, ...]:
    root = ElementTree.fromstring(part)
    codes = {"9": "0%", "10": "0.00%"}
    for element in root.iter():
        if local_name(element) == "numFmt":
            codes[element.get("numFmtId", "")] = element.get("formatCode", "")
    cells = next((element for element in root if local_name(element) == "cellXfs"), ())
    return tuple(shown_as_percent(codes.get(style.get("numFmtId", "0"), "")) for style in cells)


_NO_SIGNS = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]')


def shown_as_percent(code: str) -> bool | None:
    """Whether a number format shows numbers as per cent; None where its sections (positive; negative; zero) differ."""
    sections = _NO_SIGNS.sub("", code).split(";")[:3]
    shown = {"%" in section for section in sections if re.search("[0#?]|General", section)}
    return shown.pop() if len(shown) == 1 else (None if shown else False)


# ---- ODS ------------------------------------------------------------------------------------

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
ERROR = re.compile(r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!)|Err:[0-9]+")
_STORED = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}


def repeats(element: ElementTree.Element, what: str) -> int:
    written = element.get(f"{TABLE}number-{what}-repeated", "1")
    return (int(written) if written.isdecimal() and len(written) < 10 else 0) or 10**9


def ods_signs(content: bytes, name: str) -> Signs:
    """The extent of the sheet is known to be within limits."""
    signs = Signs(name)
    row = column = 0
    inside = False
    for event, element in ElementTree.iterparse(io.BytesIO(content), ("start", "end")):
        if event == "start":
            if element.tag == f"{TABLE}table":
                inside, row, column = element.get(f"{TABLE}name") == name, 0, 0
        elif element.tag == f"{TABLE}table-row":
            if inside:
                _ods_row(signs, row + 1, element)
            row += repeats(element, "rows")
            element.clear()
        elif inside and element.tag == f"{TABLE}table-column":
            count = min(repeats(element, "columns"), 20_000)
            if element.get(f"{TABLE}visibility") in ("collapse", "filter"):
                signs.hidden_columns.update(range(column + 1, column + count + 1))
            column += count
    return signs


def _ods_row(signs: Signs, first: int, row: ElementTree.Element) -> None:
    cells = list(ods_cells(row))
    if not cells:
        return
    numbers = range(first, first + repeats(row, "rows"))
    if row.get(f"{TABLE}visibility") in ("collapse", "filter"):
        signs.hidden_rows.extend(numbers)
    for columns, cell in cells:
        signs.filled_columns.update(columns)
        wide, high = (int(cell.get(f"{TABLE}number-{what}-spanned", 1)) for what in ("columns", "rows"))
        if wide > 1 or high > 1:
            last = f"{capital_letters(columns[0] + wide - 1)}{first + high - 1}"
            signs.merged.append(f"{capital_letters(columns[0])}{first}:{last}")
        for at in ((number, column) for number in numbers for column in columns):
            _ods_cell(signs, at, cell)


def ods_cells(row: ElementTree.Element) -> Iterator[tuple[range, ElementTree.Element]]:
    """The cells of a row that hold anything, with the columns in which they stand."""
    place = 1
    for cell in row:
        count = repeats(cell, "columns")
        if len(cell) or cell.get(f"{OFFICE}value-type") or cell.get(f"{TABLE}formula"):
            yield range(place, place + count), cell
        place += count


def _shown(cell: ElementTree.Element) -> str:
    """Its text without that of remarks."""
    return "".join(text for child in cell if local_name(child) == "p" for text in child.itertext()).strip()


def _ods_cell(signs: Signs, at: Cell, cell: ElementTree.Element) -> None:
    kind, formula = cell.get(f"{OFFICE}value-type", ""), cell.get(f"{TABLE}formula")
    if any(name.endswith("}value-type") and value == "error" for name, value in cell.attrib.items()) or (
        formula and ERROR.fullmatch(_shown(cell))
    ):
        signs.refuse(at, "sheets.cell_shows_error_such_div")
    elif formula and (
        not kind or (kind != "string" and not cell.get(f"{OFFICE}{_STORED.get(kind, 'value')}"))
    ):
        signs.refuse(at, "sheets.cell_holds_formula_was_never")
    elif kind == "percentage" and cell.get(f"{OFFICE}value"):
        signs.percent[at] = True
