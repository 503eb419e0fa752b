"""XLSX, whoever wrote it: elements are known by their local names, parts by their relations, what a cell shows by its number format."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote
from xml.etree import ElementTree

from reportgen.model.messages import told
from reportgen.read.number_formats import BUILT_IN, PLAIN, Shown, shown
from reportgen.read.recalculation import agrees
from reportgen.read.sheet_limits import Refused
from reportgen.read.worksheets import Cell, Worksheet, as_typed, cell_of, local

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_PRESERVED = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, kw_only=True)
class Book:
    """`sheets` and `hidden` by the names of the sheets; `computed`: no formula's value is a placeholder."""

    parts: Mapping[str, bytes]
    sheets: Mapping[str, str]
    hidden: frozenset[str]
    styles: tuple[Shown, ...]
    strings: tuple[str, ...]
    computed: bool
    first_day: datetime


def part_name(target: str, folder: str = "/") -> str:
    """As OPC names parts: without regard to case, `/` between folders."""
    path = posixpath.join("/", folder, unquote(target).replace("\\", "/"))
    return posixpath.normpath(path).lstrip("/").lower()


def book(parts: Mapping[str, bytes]) -> Book:
    """The relations of the package name the workbook, those of the workbook its sheets, styles and strings."""
    (main, *_) = (path for _, kind, path in relations(parts, "") if kind == "officeDocument")
    root = ElementTree.fromstring(parts[main])
    links = list(relations(parts, main))
    paths = {name: path for name, _, path in links}
    named = {kind: parts[path] for _, kind, path in links if path in parts}
    sheets = [element for element in root.iter() if local(element) == "sheet"]
    calculation = next((element for element in root if local(element) == "calcPr"), root)
    settings = next((element for element in root if local(element) == "workbookPr"), root)
    return Book(
        parts=parts,
        sheets={
            sheet.get("name", ""): paths.get(
                next((v for k, v in sheet.attrib.items() if k.endswith("}id")), ""), ""
            )
            for sheet in sheets
        },
        hidden=frozenset(s.get("name", "") for s in sheets if s.get("state", "visible") != "visible"),
        styles=_styles(named["styles"]) if "styles" in named else (),
        strings=_strings(named["sharedStrings"]) if "sharedStrings" in named else (),
        # What is stored is a placeholder else: the program that wrote it has not computed.
        computed=not _true(calculation.get("fullCalcOnLoad"))
        and _true(calculation.get("calcCompleted", "1")),
        first_day=datetime(1904, 1, 1) if _true(settings.get("date1904")) else datetime(1899, 12, 30),
    )


def relations(parts: Mapping[str, bytes], of: str) -> Iterator[tuple[str, str, str]]:
    folder, name = posixpath.split(of)
    links = parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    for link in ElementTree.fromstring(links) if links else ():
        kind = link.get("Type", "").rpartition("/")[2]
        yield link.get("Id", ""), kind, part_name(link.get("Target", ""), folder)


def _true(written: str | None) -> bool:
    return written in ("1", "true", "on")


def _styles(part: bytes) -> tuple[Shown, ...]:
    root = ElementTree.fromstring(part)
    codes = dict(BUILT_IN)
    for element in root.iter():
        if local(element) == "numFmt":
            codes[element.get("numFmtId", "")] = element.get("formatCode", "")
    named, cells = (
        list(next((e for e in root if local(e) == name), ())) for name in ("cellStyleXfs", "cellXfs")
    )
    return tuple(shown(codes.get(_format_of(style, named), "")) for style in cells)


def _format_of(style: ElementTree.Element, named: list[ElementTree.Element]) -> str:
    """The number of its format, or of that of the named style where it has none of its own."""
    parent = int(style.get("xfId", -1))
    inherited = named[parent].get("numFmtId", "0") if 0 <= parent < len(named) else "0"
    return style.get("numFmtId", inherited)


def _strings(part: bytes) -> tuple[str, ...]:
    return tuple(_text(item) for item in ElementTree.fromstring(part) if local(item) == "si")


def _text(item: ElementTree.Element) -> str:
    """Plain text and runs of rich text; `rPh` is how they are pronounced."""
    runs = (
        child
        for part in item
        if local(part) in ("t", "r")
        for child in ([part] if local(part) == "t" else part)
        if local(child) == "t"
    )
    return "".join(_letters(run) for run in runs)


def _letters(element: ElementTree.Element) -> str:
    text = element.text or ""
    kept = text if element.get(_PRESERVED) == "preserve" else text.strip(" \t\r\n")
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), kept)


# ---- one sheet --------------------------------------------------------------------------------


def read(of: Book, name: str) -> Worksheet:
    sheet = Worksheet(name)
    if name in of.hidden:
        sheet.faults.append(Refused(*told("sheets.sheet_is_hidden"), sheet=name))
    row = column = 0
    hidden = False
    part = io.BytesIO(of.parts[of.sheets[name]])
    for event, element in ElementTree.iterparse(part, ("start", "end")):
        what = local(element)
        if event == "start":
            if what == "row":
                row, column = int(element.get("r") or row + 1), 0
                hidden = _is_hidden(element, "ht")
        elif what == "c":
            row, column = _place(element, (row, column))
            if _cell(sheet, of, (row, column), element) and hidden:
                sheet.hidden_rows.append(row)
                hidden = False
        elif what == "row":
            element.clear()
        elif what == "col" and _is_hidden(element, "width"):
            sheet.hidden_columns.update(_span(element))
        elif what == "mergeCell" and len({*element.get("ref", "").split(":")}) > 1:
            sheet.merged.append(element.get("ref", ""))
    for cell, formula in sheet.uncertain.items():
        if not agrees(sheet, cell, formula):
            sheet.refuse(cell, "sheets.cell_holds_formula_was_never")
    return sheet


def _is_hidden(element: ElementTree.Element, size: str) -> bool:
    return _true(element.get("hidden")) or float(element.get(size) or 1) == 0


def _place(cell: ElementTree.Element, before: Cell) -> Cell:
    if not (written := cell.get("r")):
        return before[0], before[1] + 1
    if not (at := cell_of(written)):
        raise ValueError(written)
    return at


def _span(column: ElementTree.Element) -> range:
    return range(max(int(column.get("min", 1)), 1), min(int(column.get("max", 0)), 20_000) + 1)


def _cell(sheet: Worksheet, of: Book, cell: Cell, element: ElementTree.Element) -> bool:
    """Whether the cell holds anything."""
    inner = {local(child): child for child in element}
    kind, value = element.get("t", "n"), inner.get("v")
    stored = (value.text or "") if value is not None else ""
    if kind == "e":
        sheet.refuse(cell, "sheets.cell_shows_error_such_div")
    elif "f" in inner and not (stored or (of.computed and value is not None and kind == "str")):
        sheet.refuse(cell, "sheets.cell_holds_formula_was_never")
    elif kind == "n" and stored:
        _number(sheet, of, cell, element, stored)
    elif stored or "is" in inner:
        text = _TEXTS[kind](of, stored, inner.get("is")) if kind in _TEXTS else None
        if text is None:
            sheet.refuse(cell, "sheets.cell_cannot_be_read")
        sheet.put(cell, text or "")
    if "f" in inner and stored and not of.computed and kind != "e":
        sheet.uncertain[cell] = (inner["f"].text or "") if inner["f"].get("t", "normal") == "normal" else ""
    return bool(stored) or "f" in inner or "is" in inner


def _number(sheet: Worksheet, of: Book, cell: Cell, element: ElementTree.Element, stored: str) -> None:
    style = int(element.get("s", 0))
    form = of.styles[style] if 0 <= style < len(of.styles) else PLAIN
    if form.day:
        day = _day(of, stored)
        if not day:
            sheet.refuse(cell, "sheets.cell_cannot_be_read")
        sheet.put(cell, day)
        return
    sheet.put_number(cell, stored)
    if form.scaled:
        sheet.refuse(cell, "sheets.cell_is_scaled")
    elif form.sized:
        sheet.refuse(cell, "sheets.cell_says_a_size")
    if form.nothing:
        sheet.refuse(cell, "sheets.cell_is_not_shown")
    if form.percent is not False:
        sheet.percent[cell] = bool(form.percent)
    if form.reshaped:
        sheet.reshaped.add(cell)


def _day(of: Book, stored: str) -> str:
    """Days are counted; Excel counts a 29 February 1900 that never was. Empty where it is no day."""
    try:
        days = float(stored)
        if of.first_day.year < 1900 and days < 61:
            if days >= 60:
                return ""
            days += 1
        return as_typed(of.first_day + timedelta(seconds=round(days * 86_400)))
    except (ValueError, OverflowError):
        return ""


def _shared(of: Book, stored: str, inline: ElementTree.Element | None) -> str | None:
    number = int(stored) if stored.isdecimal() and len(stored) < 10 else -1
    return of.strings[number] if 0 <= number < len(of.strings) else None


def _inline(of: Book, stored: str, inline: ElementTree.Element | None) -> str | None:
    return stored if inline is None else _text(inline)


def _plain(of: Book, stored: str, inline: ElementTree.Element | None) -> str | None:
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), stored)


def _boolean(of: Book, stored: str, inline: ElementTree.Element | None) -> str | None:
    return {"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}.get(stored)


def _iso_day(of: Book, stored: str, inline: ElementTree.Element | None) -> str | None:
    try:
        return as_typed(datetime.fromisoformat(stored).replace(tzinfo=None))
    except ValueError:
        return None


_TEXTS = {"s": _shared, "inlineStr": _inline, "str": _plain, "b": _boolean, "d": _iso_day}
