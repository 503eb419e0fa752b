"""Tables of figures and words: heads that are repeated, columns as wide as their longest word, marks, shades."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from odfdo import Element

from reportgen.model import EMPTY, Cell, ChartSpec, Column, Line, Listing, Row, Table, Text
from reportgen.write.html import grouped
from reportgen.write.odt import grid
from reportgen.write.odt.measures import PT
from reportgen.write.odt.package import append, element
from reportgen.write.odt.writer import Writer

_LOOKS = {"total": "Total", "group": "Group", "subtotal": "Group"}
_HEADS = {"total": "Table_total", "group": "Table_total", "subtotal": "Table_total"}
SHORT = 24  # letters of both halves that stand in one line of a cell


def figures_table(
    writer: Writer,
    block: Table,
    title: str,
    shares: Sequence[float] = (),
    anchors: Sequence[str] = (),
    width: float = 0,
) -> None:
    """The table itself. `shares` are its columns' parts of the width, else they follow the longest words."""
    width = width or writer.measures.text_width
    widths = [width * share for share in shares] or _widths(writer, block, width)
    odf = grid.table(writer, title, widths, "；".join(_said(writer, note.line) for note in block.notes))
    heads = element("table:table-header-rows")
    append(odf, heads)
    _heads(writer, block, heads)
    for place, one in enumerate(block.rows):
        row = grid.row(writer, odf)
        look = _LOOKS.get(one.role) or ("Gap" if place in block.break_after else "Body")
        look = "Group" if one.own else look
        alone = one.role == "group" and not any(_holds(cell) for cell in one.cells)
        with grid.body_cell(writer, row, look, span=len(one.cells) + 1 if alone else 1):
            _row_head(writer, one, anchors[place] if anchors else "")
        if alone:
            continue
        for cell in one.cells:
            with grid.body_cell(writer, row, look, cell.shade):
                _cell(writer, cell)


def _heads(writer: Writer, block: Table, to: Element) -> None:
    """A row of heads; common heads stand in one above it."""
    groups = grouped(block, range(len(block.columns))) if block.wide else []
    spanned = any(group for group, _ in groups)
    row = grid.row(writer, to)
    with grid.head_cell(writer, row, rows=1 + spanned):
        writer.both(block.stub, "Table_head", "Table_head_English")
    for group, places in groups if spanned else ():
        with grid.head_cell(writer, row, len(places) if group else 1, 1 if group else 2):
            if group:
                writer.both(group, "Table_head", "Table_head_English")
            else:
                _head(writer, block.columns[places[0]])
    if spanned:
        row = grid.row(writer, to)
        append(row, element("table:covered-table-cell"))
    for group, places in groups if spanned else [(EMPTY, tuple(range(len(block.columns))))]:
        for column in (block.columns[place] for place in places):
            if group is None:
                append(row, element("table:covered-table-cell"))
                continue
            with grid.head_cell(writer, row):
                _head(writer, replace(column, group=None) if spanned else column)


def _holds(cell: Cell) -> bool:
    return bool(cell.figure or cell.mark or (cell.text and (cell.text.zh or cell.text.en)))


def _said(writer: Writer, line: Line) -> str:
    runs = line.say(writer.languages[0])
    return "".join(run if isinstance(run, str) else run.text.say(writer.languages[0]) for run in runs)


def _head(writer: Writer, column: Column) -> None:
    if column.group:
        writer.both(column.group, "Table_head", "Table_head_English")
    said = list(writer.say(column.label))
    for place, (words, language) in enumerate(said, 1):
        style = writer.named("Table_head", "Table_head_English", language)
        paragraph = writer.paragraph(style, words, language)
        if column.mark and place == len(said):
            writer.add(paragraph, column.mark, "Mark")
    if column.unit:
        writer.inline(writer.paragraph("Table_head_unit"), column.unit)


def _row_head(writer: Writer, row: Row, anchor: str) -> None:
    inner = "Table_row_within" if row.within else "Table_row_head"
    paragraph = writer.paragraph("Table_total" if row.own and not row.within else _HEADS.get(row.role, inner))
    if anchor:
        writer.bookmark(paragraph, anchor)
    if row.latin and len(writer.languages) > 1:
        writer.add(paragraph, row.head.zh)
        writer.add(paragraph, " ")
        writer.add(paragraph, row.latin, "Latin_name")
    else:
        writer.inline(paragraph, row.head)
    if row.mark:
        writer.add(paragraph, row.mark, "Mark")


def _cell(writer: Writer, cell: Cell) -> None:
    if cell.figure:
        paragraph = writer.paragraph("Table_figure_light" if _dark(writer, cell.shade) else "Table_figure")
        writer.add(paragraph, cell.figure.plain)
        if cell.mark:
            writer.add(paragraph, cell.mark, "Mark")
        return
    text = cell.text or EMPTY
    if text.zh == text.en and all(not letter.isalpha() for letter in text.zh):
        paragraph = writer.paragraph("Table_text", text.zh)
    elif not _in_one_line(writer, text):
        for words, language in writer.say(text):
            paragraph = writer.paragraph(
                writer.named("Table_text", "Table_English", language), words, language
            )
    else:
        paragraph = writer.paragraph("Table_text")
        writer.inline(paragraph, text)
    if cell.mark:
        writer.add(paragraph, cell.mark, "Mark")


def _in_one_line(writer: Writer, text: Text) -> bool:
    return writer.dense or len(writer.languages) == 1 or text.zh == text.en or len(text.zh + text.en) <= SHORT


def _dark(writer: Writer, shade: float | None) -> bool:
    return shade is not None and writer.theme.shade(shade)[1] == writer.theme.colour["paper"]


# ---- widths -----------------------------------------------------------------------------------


def _ems(words: str) -> float:
    """How wide the words are, in half the size of the letters."""
    return sum(2.0 if unicodedata.east_asian_width(letter) in "WFA" else 1.05 for letter in words)


def _widths(writer: Writer, block: Table, width: float) -> list[float]:
    """Each column as wide as its longest figure or word, and what is left by how much its cells have to say."""

    def halves(text: Text | None) -> list[str]:
        return [words for words, _ in writer.say(text)] if text else []

    def least(words: str) -> float:
        chinese = any(unicodedata.east_asian_width(letter) in "WF" for letter in words)
        longest = max((_ems(part) for part in words.split()), default=0.0)
        return min(longest, 12.0) if chinese else longest

    def column(texts: list[Text | None], figures: list[str]) -> tuple[float, float]:
        words = [half for text in texts for half in halves(text)]
        need = max([*(least(half) for half in words), *(_ems(figure) for figure in figures), 3.0]) + 2
        if len(writer.languages) > 1:
            words += [
                f"{text.zh} {text.en}"
                for text in texts
                if text and len(text.zh + text.en) <= SHORT and text.zh != text.en
            ]
        want = max([*(_ems(half) for half in words), *(_ems(figure) for figure in figures)], default=0.0) + 2
        return need, max(need, min(want, 90.0))

    columns = [column([block.stub, *(row.head for row in block.rows if row.role != "group")], [])]
    for place, head in enumerate(block.columns):
        cells = [row.cells[place] for row in block.rows if place < len(row.cells)]
        figures = [cell.figure.plain + cell.mark for cell in cells if cell.figure]
        columns.append(column([head.label, head.group, head.unit, *(cell.text for cell in cells)], figures))
    room = width / (writer.measures.table * PT / 2)
    need = sum(one for one, _ in columns)
    want = sum(two - one for one, two in columns) or 1.0
    if need >= room:
        return [width * one / need for one, _ in columns]
    rest = room - need
    return [
        width * (one + rest * (two - one or want / len(columns) / 99) / (want + want / 99)) / room
        for one, two in columns
    ]


# ---- the other tables -------------------------------------------------------------------------


def data_table(writer: Writer, spec: ChartSpec, title: str) -> None:
    """What a chart shows: its places as rows, its series as columns."""
    found = {(point.series, point.x): point.figure for point in spec.points}
    columns = tuple(Column(series.label) for series in spec.series)
    if spec.target:
        columns = (*columns, Column(spec.target_label or EMPTY))
    aims = {point.x: point.figure for point in spec.target}
    rows = []
    for x, label in spec.xs:
        cells = [Cell(found.get((series.id, x)), EMPTY) for series in spec.series]
        if spec.target:
            cells.append(Cell(aims.get(x), EMPTY))
        rows.append(Row(head=label, cells=tuple(cells)))
    writer.entry("Table_unit", "table.unit", spec.unit)
    made = Table(
        name=EMPTY,
        number="",
        anchor="",
        caption=EMPTY,
        stub=spec.measure,
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
    )
    figures_table(writer, made, title)


def two_columns(writer: Writer, block: Listing) -> None:
    """Terms and what is said of them."""
    if not block.rows:
        return
    width = writer.measures.text_width
    title = " ".join(words for words, _ in writer.say(block.rows[0][0]))
    odf = grid.table(writer, title, [width * 0.28, width * 0.72])
    for term, lines in block.rows:
        row = grid.row(writer, odf)
        with grid.body_cell(writer, row, "Body"):
            writer.both(term, "Table_row_head", "Table_English")
        with grid.body_cell(writer, row, "Body"):
            for text, code in lines:
                if text.zh or text.en:
                    writer.both(text, "Table_text", "Table_English")
                if code:
                    writer.add(writer.paragraph("Table_text"), code, "Code")
            if not lines:
                writer.paragraph("Table_text")
    writer.paragraph("After_table")
