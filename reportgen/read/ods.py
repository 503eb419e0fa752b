"""ODS, whoever wrote it: elements and attributes are known by their namespaces, not by prefixes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from xml.etree import ElementTree
from xml.parsers import expat

from reportgen.model.formats import capital_letters
from reportgen.model.messages import told
from reportgen.read.number_formats import SIZE
from reportgen.read.sheet_limits import Refused
from reportgen.read.worksheets import Cell, Worksheet, as_typed

_NAMES = "{urn:oasis:names:tc:opendocument:xmlns:"
TABLE, OFFICE, TEXT, STYLE = (f"{_NAMES}{name}:1.0}}" for name in ("table", "office", "text", "style"))
ERROR = re.compile(r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!)|Err:[0-9]+")
_NUMBERS = ("float", "percentage", "currency")
_APART = 100  # repeated rows that are looked at one by one; the others are the same
_NOT_SHOWN = ("collapse", "filter")
_BLANK = re.compile("[ \t\r\n]+")
_LETTER = re.compile(r"[^\W\d_]")
_SHOWN_NUMBER = re.compile(r"[^0-9]*?([-−(]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?([^0-9]*)")


def sheet_names(content: bytes) -> tuple[list[str], frozenset[str]]:
    """All sheets, and those that are hidden; what LibreOffice remembers of other files is none."""
    names: list[str] = []
    hidden, concealed, style = set[str](), set[str](), ""

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal style
        if tag == f"{STYLE[1:]}style":
            style = attributes.get(f"{STYLE[1:]}name", "")
        elif tag == f"{STYLE[1:]}table-properties" and attributes.get(f"{TABLE[1:]}display") == "false":
            concealed.add(style)
        elif tag == f"{TABLE[1:]}table" and (name := attributes.get(f"{TABLE[1:]}name", "")):
            if not name.startswith("'file:"):
                names.append(name)
            if attributes.get(f"{TABLE[1:]}style-name") in concealed:
                hidden.add(name)

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = start
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
    return names, frozenset(hidden)


def repeats(element: ElementTree.Element, what: str) -> int:
    written = element.get(f"{TABLE}number-{what}-repeated", "1")
    return (int(written) if written.isdecimal() and len(written) < 10 else 0) or 10**9


def read(content: bytes, name: str, hidden: bool) -> Worksheet:
    sheet = Worksheet(name)
    if hidden:
        sheet.faults.append(Refused(*told("sheets.sheet_is_hidden"), sheet=name))
    row = column = depth = folded = 0
    for event, element in ElementTree.iterparse(io.BytesIO(content), ("start", "end")):
        what, start = element.tag.removeprefix(TABLE), event == "start"
        if what == "table":
            if start and (depth or element.get(f"{TABLE}name") == name):
                depth += 1
            elif not start and depth:
                depth -= 1
        if depth > 1:
            raise ValueError("<table:table> in a cell")
        if not depth:
            if what == "table-row" and not start:
                element.clear()
        elif what in ("table-row-group", "table-column-group"):
            if element.get(f"{TABLE}display") == "false":
                folded += 1 if start else -1
        elif start:
            continue
        elif what == "table-row":
            _row(sheet, row + 1, element, hidden=folded > 0)
            row += repeats(element, "rows")
            element.clear()
        elif what == "table-column":
            count = min(repeats(element, "columns"), 20_000)
            if folded or element.get(f"{TABLE}visibility") in _NOT_SHOWN:
                sheet.hidden_columns.update(range(column + 1, column + count + 1))
            column += count
    return sheet


def _row(sheet: Worksheet, first: int, row: ElementTree.Element, *, hidden: bool) -> None:
    cells = list(cells_of(row))
    if not cells:
        return
    numbers = range(first, first + repeats(row, "rows"))
    sheet.extend((numbers[-1], cells[-1][0][-1]))
    if hidden or row.get(f"{TABLE}visibility") in _NOT_SHOWN:
        sheet.hidden_rows.extend(numbers)
    for columns, cell in cells:
        wide, high = (int(cell.get(f"{TABLE}number-{what}-spanned", 1)) for what in ("columns", "rows"))
        if wide > 1 or high > 1:
            last = f"{capital_letters(columns[0] + wide - 1)}{first + high - 1}"
            sheet.merged.append(f"{capital_letters(columns[0])}{first}:{last}")
        for at in ((number, column) for number in numbers[:_APART] for column in columns):
            _cell(sheet, at, cell)
    for number in numbers[_APART:]:
        sheet.repeat(first, number)


def cells_of(row: ElementTree.Element) -> Iterator[tuple[range, ElementTree.Element]]:
    """The cells of a row that hold anything, with the columns in which they stand."""
    place = 1
    for cell in row:
        count = repeats(cell, "columns")
        if len(cell) or cell.get(f"{OFFICE}value-type") or cell.get(f"{TABLE}formula"):
            yield range(place, place + count), cell
        place += count


def _cell(sheet: Worksheet, at: Cell, cell: ElementTree.Element) -> None:
    kind, formula = cell.get(f"{OFFICE}value-type", ""), cell.get(f"{TABLE}formula")
    paragraphs = cell.findall(f"{TEXT}p")  # without those of remarks and drawings
    text = "\n".join(map(_letters, paragraphs))
    stored = cell.get(f"{OFFICE}value") if kind in _NUMBERS else _stored(cell, kind, text)
    if text[:1] in ("#", "E") and _is_error(cell, text, formula or kind != "string"):
        sheet.refuse(at, "sheets.cell_shows_error_such_div")
    elif formula and not (stored or kind == "string" or (not kind and paragraphs)):
        sheet.refuse(at, "sheets.cell_holds_formula_was_never")
    elif not stored and kind not in ("", "string"):
        sheet.refuse(at, "sheets.cell_cannot_be_read")
    elif stored and kind in _NUMBERS and text not in ("TRUE", "FALSE"):
        if (number := sheet.put_number(at, stored)) is not None:
            if number and not text and paragraphs:
                sheet.refuse(at, "sheets.cell_is_not_shown")
            _look(sheet, at, kind, text, number)
    elif stored:
        sheet.put(at, text if kind in _NUMBERS else stored)


def _stored(cell: ElementTree.Element, kind: str, text: str) -> str:
    if kind == "date":
        return _day(cell.get(f"{OFFICE}date-value", ""))
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value", "").upper()
    return cell.get(f"{OFFICE}string-value", text)


def _is_error(cell: ElementTree.Element, text: str, computed: object) -> bool:
    said = any(name.endswith("}value-type") and value == "error" for name, value in cell.attrib.items())
    return said or bool(computed and ERROR.fullmatch(text.strip()))


def _day(written: str) -> str:
    try:
        return as_typed(datetime.fromisoformat(written))
    except ValueError:
        return ""


def _look(sheet: Worksheet, at: Cell, kind: str, text: str, stored: Decimal) -> None:
    """What the cell shows beside what it stores: as per cent, in thousands, with zeros in front or among words."""
    if text.isdecimal() and text[0] != "0" and Decimal(text) == stored:
        return
    match = _SHOWN_NUMBER.fullmatch(text.strip())
    if kind == "percentage":
        sheet.percent[at] = not text or "%" in text or "％" in text
    if not match:
        return
    _, whole, decimals, behind = match.groups()
    figure = Decimal(f"{whole.replace(',', '')}.{decimals or '0'}")
    half = Decimal(5).scaleb(-len(decimals or "") - 1)

    def shows(times: int) -> bool:
        return abs(figure - abs(stored).scaleb(times)) <= half

    if not shows(0) and kind != "percentage":
        if behind.strip()[:1] in ("%", "％") and shows(2):
            sheet.percent[at] = True
        elif any(shows(times) for times in (-3, -6, -9)):
            sheet.refuse(at, "sheets.cell_is_scaled")
    if SIZE.search(behind) and shows(0):
        sheet.refuse(at, "sheets.cell_says_a_size")
    if re.match("0[0-9]", whole) or _LETTER.search(text):
        sheet.reshaped.add(at)


def _letters(paragraph: ElementTree.Element) -> str:
    """White space counts once and not at the ends, but where it has an element of its own."""
    if not len(paragraph):
        return _BLANK.sub(" ", paragraph.text or "").strip(" ")
    text = _BLANK.sub(" ", "".join(_runs(paragraph))).strip(" ")
    return text.translate({1: " ", 2: "\t", 3: "\n"})


def _runs(element: ElementTree.Element) -> Iterator[str]:
    """Letters that are meant to be read; a ruby text is how they are pronounced."""
    yield element.text or ""
    for child in element:
        if child.tag == f"{TEXT}s":
            yield "\1" * min(int(child.get(f"{TEXT}c", 1)), 1_000)
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag.startswith(TEXT) and child.tag != f"{TEXT}ruby-text":
            yield from _runs(child)
        yield child.tail or ""


_SIGNS = {f"{TEXT}tab": "\2", f"{TEXT}line-break": "\3"}
