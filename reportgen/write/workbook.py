"""The tables of a document as an OpenDocument workbook: a sheet a table, figures as numbers that show what is printed.

Every figure keeps its exact value (to the digits that a spreadsheet holds); its format shows the string of the paper. A
document's `records` are sheets of plain columns for programs, among them our own: a dataset reads them back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from odfdo import Cell as OdfCell
from odfdo import Document as OdfDocument
from odfdo import Element
from odfdo import Row as OdfRow
from odfdo import Table as OdfTable

from reportgen.model import (
    LANGUAGES,
    Cell,
    Column,
    Document,
    Edition,
    Language,
    NoteBox,
    Printed,
    Records,
    Table,
    Text,
)
from reportgen.model.formats import SYMBOL, Unit, decimals, half_up
from reportgen.read.words import Words, said
from reportgen.write import ods
from reportgen.write.odt import package

if TYPE_CHECKING:
    from reportgen.write.draft import Draft


_NOT_IN_A_NAME = re.compile(r"[\[\]*?:/\\'\"]+")


def beside(draft: Draft) -> bytes:
    """The tables of a draft; empty where there is none."""
    if not tables(draft.document):
        return b""
    design = draft.design
    return write(draft.document, draft.job.edition, design.words, draft.registry.units, draft.dated)


def write(
    document: Document, edition: Edition, words: Words, units: Mapping[str, Unit], dated: datetime
) -> bytes:
    """The bytes of an ODF 1.3 spreadsheet: the same at every run."""
    return _Book(document, edition, words, units).packed(dated)


def tables(document: Document) -> list[Table]:
    """Those with a number; where none has one, those with figures. Places for signatures and the tables of single sheets
    beside numbered ones stay on paper. Without any there is no workbook to make.
    """
    found = [block for block in document.blocks if isinstance(block, Table)]
    numbered = [table for table in found if table.number]
    return numbered or [one for one in found if any(c.figure for row in one.rows for c in row.cells)]


class _Book:
    def __init__(self, document: Document, edition: Edition, words: Words, units: Mapping[str, Unit]) -> None:
        self.document, self.edition, self.words, self.units = document, edition, words, units
        self.languages: tuple[Language, ...] = LANGUAGES if edition == "both" else (edition,)
        self.formats: dict[str, Element] = {}
        self.widths: dict[int, str] = {}
        self.frozen: dict[str, int] = {}

    def packed(self, dated: datetime) -> bytes:
        odf = package.empty("spreadsheet")
        sheets = [
            self.about(),
            *map(self.sheet, tables(self.document)),
            *map(self.records, self.document.records),
        ]
        self.put_styles(odf)
        for sheet in sheets:
            odf.body.append(sheet)
        title = f"{self.plain(self.document.issuer)} {self.plain(self.document.title)}"
        package.describe(odf, title, self.document, self.edition, self.languages[0], dated)
        files = {"settings.xml": (self.settings(), "text/xml")}
        return package.packed(odf, files, dated)

    # -- words

    def plain(self, text: Text, between: str = " / ") -> str:
        if self.edition != "both" or text.zh == text.en:
            return text.say(self.languages[0])
        return f"{text.zh}{between}{text.en}"

    def labelled(self, name: str, text: Text) -> str:
        colon = ": " if self.edition == "en" else "："
        return f"{self.plain(self.words[name], ' ')}{colon}{self.plain(text)}"

    def name(self, wanted: str) -> str:
        """A name of a sheet: at most 31 letters, none that a program refuses, each once."""
        clean = _NOT_IN_A_NAME.sub(" ", wanted).strip()[:31].strip() or "-"
        number = 2
        while clean in self.frozen:
            tail = f" {number}"
            clean, number = clean[: 31 - len(tail)] + tail, number + 1
        return clean

    # -- sheets

    def about(self) -> OdfTable:
        """What the workbook is, from when and of which standing, and what stands on which sheet."""
        document = self.document
        lines = [
            self.plain(text)
            for text in (
                document.issuer,
                document.title,
                document.subtitle,
                document.period,
                document.issued,
                document.sample,
            )
            if text and text.zh
        ]
        rows = [[ods.words(line, "Title" if place == 1 else "")] for place, line in enumerate(lines)]
        for box in (block for block in document.blocks if isinstance(block, NoteBox)):
            rows.append([ods.words("")])
            rows += [[ods.words(self.plain(box.title))]] if box.title else []
            rows += [[ods.words(said(line.say(one), one))] for line in box.lines for one in self.languages]
        rows.append([ods.words("")])
        for table in tables(self.document):
            rows.append([ods.words(f"{self.plain(table.name)}  {self.plain(table.caption)}".strip())])
        return self.made(self.plain(self.words["workbook.about"], " "), rows, [80], 0)

    def sheet(self, table: Table) -> OdfTable:
        """Caption, unit, the heads (frozen), the rows, notes and source."""
        rows = [[ods.words(self.plain(table.name), "Note")]] if table.name.zh else []
        rows.append([ods.words(self.plain(table.caption, "\n"), "Title")])
        if table.unit:
            rows.append([ods.words(self.labelled("table.unit", table.unit), "Note")])
        columns = [Column(table.stub), *table.columns]
        if any(column.group for column in columns):
            rows.append([self.head(column.group) for column in columns])
        rows.append([self.head(column.label, column.unit, column.mark) for column in columns])
        head = len(rows)
        for row in table.rows:
            sums = row.role in ("total", "subtotal")
            style = "Total" if sums else ""
            rows.append(
                [ods.words(self.plain(row.head), style), *(self.cell(one, sums) for one in row.cells)]
            )
        foot = [
            f"{note.mark}  " * bool(note.mark)
            + " / ".join(said(note.line.say(one), one) for one in self.languages)
            for note in table.notes
        ]
        if table.source:
            foot.append(self.labelled("table.source", table.source))
        rows += [[ods.words("")], *([ods.words(line, "Note")] for line in foot)] if foot else []
        name = f"{table.name.say(self.languages[0])} {table.caption.say(self.languages[0])}"
        return self.made(name, rows, self.widths_of(table), head)

    def records(self, records: Records) -> OdfTable:
        """Plain columns: names in the first row, numbers and words below, nothing else."""
        rows = [[ods.words(name, "Head") for name in records.columns]]
        for row in records.rows:
            rows.append([self.record(one) for one in row])
        return self.made(records.name, rows, [14] * len(records.columns), 1)

    def record(self, one: int | Fraction | str) -> OdfCell:
        """Words, or a number with the decimals that it has, at most two."""
        if isinstance(one, str):
            return ods.words(one)
        exact = Fraction(one)
        digits = decimals(exact)
        self.number_format(f"n{digits}p", digits, False)
        return ods.number(exact, f"{half_up(exact, digits):f}", f"n{digits}p")

    def made(
        self, wanted: str, rows: Sequence[Sequence[OdfCell]], widths: Sequence[int], head: int
    ) -> OdfTable:
        name = self.name(wanted)
        self.frozen[name] = head
        sheet = OdfTable(name)
        sheet.set_attribute("table:style-name", "ta1")
        for column in list(sheet.get_elements("table:table-column")):
            sheet.delete(column)
        for width in widths:
            style = self.widths.setdefault(width, f"co{len(self.widths) + 1}")
            column = Element.from_tag("table:table-column")
            column.set_attribute("table:style-name", style)
            sheet.append(column)
        for cells in rows:
            row = OdfRow()
            for cell in cells:
                row.append(cell)
            sheet.append(row)
        return sheet

    # -- cells

    def head(self, label: Text | None, unit: Text | None = None, mark: str = "") -> OdfCell:
        parts = [self.plain(label, "\n")] if label else [""]
        if unit:
            parts.append(self.plain(unit, " "))
        return ods.words("\n".join(parts) + (f" {mark}" if mark else ""), "Head")

    def cell(self, cell: Cell, total: bool) -> OdfCell:
        if cell.figure:
            return self.figure(cell.figure, total, cell.mark)
        return ods.words(self.plain(cell.text) if cell.text else "", "Total" if total else "")

    def figure(self, printed: Printed, total: bool, mark: str = "") -> OdfCell:
        """The number in the unit of the paper; a gap is its symbol."""
        if not isinstance(printed.value.exact, Fraction):
            return ods.words(printed.plain, "Right")
        exact = printed.value.exact / self.units[printed.unit].factor
        if printed.plain == SYMBOL["under_half"]:
            style = self.number_format("under", 0, total, printed.plain)
        else:
            digits = len(printed.plain.partition(".")[2])
            style = self.number_format(f"n{digits}", digits, total)
        cell = ods.number(exact, printed.plain, style)
        if mark:
            cell.append(ods.annotation(mark))
        return cell

    def number_format(self, name: str, digits: int, total: bool, instead: str = "") -> str:
        """The style of a figure's cell, with thousands in threes and a true minus sign as on paper."""
        style = f"{name}{'t' if total else ''}"
        if style not in self.formats:
            for part in ods.number_styles(f"N{name}", digits, instead, plain=name.endswith("p")):
                self.formats.setdefault(str(part.get_attribute("style:name")), part)
            cell = Element.from_tag("style:style")
            cell.set_attribute("style:name", style)
            cell.set_attribute("style:family", "table-cell")
            cell.set_attribute("style:parent-style-name", "Total" if total else "Default")
            cell.set_attribute("style:data-style-name", f"N{name}")
            self.formats[style] = cell
        return style

    def widths_of(self, table: Table) -> list[int]:
        """In letters: the longest figure or line of a head."""

        def long(words: str) -> int:
            return max(sum(2 if ord(c) > 0x2E80 else 1 for c in line) for line in words.split("\n"))

        widths = [
            max([long(self.plain(table.stub, "\n")), *(long(self.plain(row.head)) for row in table.rows)])
        ]
        for place, column in enumerate(table.columns):
            cells = [row.cells[place] for row in table.rows if place < len(row.cells)]
            figures = [len(cell.figure.plain) for cell in cells if cell.figure]
            texts = [long(self.plain(cell.text)) for cell in cells if cell.text]
            heads = [long(self.plain(text, "\n")) for text in (column.label, column.unit) if text]
            widths.append(min(max([8, *figures, *texts, *heads]), 60))
        return [width + 2 for width in widths]

    # -- styles and settings

    def put_styles(self, odf: OdfDocument) -> None:
        for style in ods.named():
            ods.part(odf, "styles.xml", "office:styles").append(style)
        automatic = ods.part(odf, "content.xml", "office:automatic-styles")
        for width, name in self.widths.items():
            wide = {"style:column-width": f"{width * 1.95 + 2:.1f}mm"}
            automatic.append(ods.style(name, "table-column", "table-column-properties", wide))
        sheet = ods.style("ta1", "table", "table-properties", {"table:display": "true"})
        sheet.set_attribute("style:master-page-name", "Sheet")
        automatic.append(sheet)
        for style in self.formats.values():
            automatic.append(style)
        ods.part(odf, "styles.xml", "office:automatic-styles").append(ods.page())
        master = Element.from_tag("style:master-page")
        master.set_attribute("style:name", "Sheet")
        master.set_attribute("style:page-layout-name", "Paper")
        ods.part(odf, "styles.xml", "office:master-styles").append(master)

    def settings(self) -> bytes:
        """Where each sheet is frozen: below its heads."""
        item = '<config:config-item config:name="{}" config:type="{}">{}</config:config-item>'
        entries = []
        for name, head in self.frozen.items():
            held = [
                item.format("HorizontalSplitMode", "short", 2 if head else 0),
                item.format("VerticalSplitMode", "short", 2 if head else 0),
                item.format("HorizontalSplitPosition", "int", 1 if head else 0),
                item.format("VerticalSplitPosition", "int", head),
                item.format("ActiveSplitRange", "short", 3 if head else 2),
                item.format("PositionRight", "int", 1 if head else 0),
                item.format("PositionBottom", "int", head),
            ]
            entries.append(
                f'<config:config-item-map-entry config:name="{ods.escaped(name)}">{"".join(held)}</config:config-item-map-entry>'
            )
        first = item.format("ActiveTable", "string", ods.escaped(next(iter(self.frozen))))
        return _SETTINGS.format(tables="".join(entries), active=first).encode("utf-8")


_SETTINGS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<office:document-settings xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0"'
    ' xmlns:ooo="http://openoffice.org/2004/office" office:version="1.3"><office:settings>'
    '<config:config-item-set config:name="ooo:view-settings">'
    '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
    '<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>'
    '<config:config-item-map-named config:name="Tables">{tables}</config:config-item-map-named>{active}'
    "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
    "</office:settings></office:document-settings>"
)
