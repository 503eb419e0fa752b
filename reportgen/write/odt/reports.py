"""Blocks of reports: sections, paragraphs, tables with their captions, charts, cards, annexes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.model import (
    EMPTY,
    Bullets,
    Cell,
    Chart,
    Column,
    Document,
    Edition,
    Illustration,
    KeyFigures,
    Line,
    MethodAnnex,
    Note,
    NoteBox,
    Own,
    PageBreak,
    Paragraphs,
    Row,
    Section,
    Table,
    Text,
)
from reportgen.model.messages import message
from reportgen.model.values import joined
from reportgen.write.html import Fit, Measure, fitted, widths
from reportgen.write.odt import grid
from reportgen.write.odt.pictures import picture
from reportgen.write.odt.tables import data_table, figures_table
from reportgen.write.odt.writer import Writer


def front(writer: Writer, document: Document) -> None:
    """Who issues a paper, when, and what it is."""
    if "emblem" in writer.pictures:
        picture(writer, writer.paragraph("Document_issuer"), "emblem", EMBLEM, EMBLEM)
    writer.inline(writer.paragraph("Document_issuer"), document.issuer)
    if document.setting == "news" and document.issued:
        writer.inline(writer.paragraph("Document_date"), document.issued)
    writer.both(document.title, "Document_title", "Document_title_English")
    if document.subtitle.zh or document.subtitle.en:
        writer.inline(writer.paragraph("Document_subtitle"), document.subtitle)


def section(writer: Writer, block: Section) -> None:
    measures = writer.measures.turned(block.landscape)
    if block.level == 1 and measures != writer.measures:
        writer.measures, writer.begin = measures, "Landscape" if block.landscape else "Standard"
    elif not block.flow and not writer.begin and writer.started:
        writer.begin = "page"
    heading = writer.heading("Heading", block.number)
    writer.bookmark(heading, block.anchor)
    if block.number:
        writer.add(heading, " ")
    writer.inline(heading, block.title)


def paragraphs(writer: Writer, block: Paragraphs) -> None:
    for place, line in enumerate(block.lines, 1):
        made = writer.lines(line, "Text", "Text_English")
        if block.footnote and place == len(block.lines):
            for paragraph, language in zip(made, writer.languages, strict=True):
                writer.footnote(paragraph, block.footnote, language)


def bullets(writer: Writer, block: Bullets) -> None:
    """Each entry begins with its number or a dot."""
    for number, line in enumerate(block.lines, 1):
        mark = (f"{number}. ",) if block.ordered else ("• ",)
        writer.lines(Line((*mark, *line.zh), (*mark, *line.en)), "Text", "Text_English")


def own(writer: Writer, block: Own) -> None:
    """The words of the block in the order in which they are declared; how its template sets them is for pages."""
    for _, line in block.words:
        writer.lines(line, "Text", "Text_English")


def illustration(writer: Writer, block: Illustration) -> None:
    frame = writer.paragraph("Text")
    width = min(block.width_mm, writer.measures.text_width)
    picture(writer, frame, block.anchor, width, block.height_mm * width / block.width_mm)
    caption(writer, EMPTY, block.caption, block.anchor)
    notes(writer, (), block.source)


def note_box(writer: Writer, block: NoteBox) -> None:
    if block.title:
        writer.inline(writer.paragraph("Note_title"), block.title)
    for place, line in enumerate(block.lines):
        writer.lines(line, "Note_text" if place or block.title else "Note_first", "Note_English")


def page_break(writer: Writer, _block: PageBreak) -> None:
    if writer.started and not writer.begin:
        writer.begin = "page"


def caption(writer: Writer, name: Text, words: Text, anchor: str) -> str:
    """A line for each language above a table; what it says is the table's name, too."""
    said: list[str] = []
    if not name.zh and (words.zh or words.en):  # without a number both halves stand in one line
        paragraph = writer.paragraph("Caption")
        writer.bookmark(paragraph, anchor)
        writer.inline(paragraph, words)
        return " ".join(half for half, _ in writer.say(words))
    for language in writer.languages:
        line = f"{name.say(language)} {words.say(language)}".strip()
        if not line or line in said:
            continue
        paragraph = writer.paragraph(writer.named("Caption", "Caption_English", language), "", language)
        if not said:
            writer.bookmark(paragraph, anchor)
        writer.add(paragraph, line)
        said.append(line)
    return " ".join(said)


def table(writer: Writer, block: Table) -> None:
    fit, m = fit_of(writer, block), writer.measures
    measure = Measure(edition_of(writer), writer.theme)
    width = m.height - m.left - m.right if fit.turned else m.text_width
    if fit.turned:
        writer.begin = "Landscape"
    for number, places in enumerate(fit.parts):
        name = joined([block.name, writer.words["table.continued"]], "", "") if number else block.name
        title = caption(writer, name, block.caption, "" if number else block.anchor)
        if block.unit:
            writer.entry("Table_unit", "table.unit", block.unit)
        writer.small = bool(block.wide and fit.size)
        shares = [float(share) / 100 for share in widths([block], places, fit, measure)] if block.wide else ()
        figures_table(writer, part_of(block, places), title, shares, width=width)
        writer.small = False
    notes(writer, block.notes, block.source)
    if fit.turned:
        writer.begin = "Standard"


def fit_of(writer: Writer, block: Table) -> Fit:
    return fitted(block, edition_of(writer), writer.theme)


def edition_of(writer: Writer) -> Edition:
    return "both" if len(writer.languages) > 1 else writer.languages[0]


def part_of(block: Table, places: Sequence[int]) -> Table:
    """The table with these columns alone."""
    rows = (
        replace(row, cells=tuple(row.cells[place] for place in places if place < len(row.cells)))
        for row in block.rows
    )
    return replace(block, columns=tuple(block.columns[place] for place in places), rows=tuple(rows))


def notes(writer: Writer, found: Sequence[Note], source: Text | None) -> None:
    for note in found:
        paragraph = writer.paragraph("Table_note")
        if note.mark:
            writer.add(paragraph, note.mark, "Mark")
            writer.add(paragraph, " ")
        for place, language in enumerate(writer.languages):
            if place:
                writer.add(paragraph, " ")
            writer.runs(paragraph, note.line.say(language), language, writer.named("", "English", language))
    if source:
        writer.entry("Table_source", "table.source", source)


AS_TABLE = message("layout.figures_chart_stand_table_below")


def chart(writer: Writer, block: Chart) -> None:
    """The figures that it shows: a picture could not be edited."""
    title = caption(writer, block.name, block.caption, block.anchor)
    shows = block.title or Line((), ())
    for language in writer.languages if block.title else ():
        paragraph = writer.paragraph(writer.named("", "English", language), "", language)
        writer.runs(paragraph, shows.say(language), language)
    writer.both(AS_TABLE, "Table_unit")
    data_table(writer, block.spec, title)
    notes(writer, block.notes, block.source)


EMBLEM = 18.0  # mm
CARDS = 4  # in a row


def key_figures(writer: Writer, block: KeyFigures) -> None:
    """A cell for each card: what it counts, the figure, its unit, the change."""
    across = min(len(block.cards), CARDS)
    if not across:
        return
    title = " ".join(card.label.say(writer.languages[0]) for card in block.cards)
    widths = [writer.measures.text_width / across] * across
    odf = grid.table(writer, title, widths, head_column=False)
    for start in range(0, len(block.cards), across):
        row = grid.row(writer, odf)
        for card in block.cards[start : start + across]:
            with grid.card_cell(writer, row):
                writer.both(card.label, "Card_label", "Card_English")
                writer.paragraph("Card_figure", card.figure.plain)
                writer.inline(writer.paragraph("Card_label"), card.unit)
                if card.change:
                    writer.lines(card.change, "Card_label", "Card_English")
        for _ in range(start + across - len(block.cards)):
            with grid.card_cell(writer, row):
                writer.paragraph("Card_label")
    writer.paragraph("After_table")


def method_annex(writer: Writer, block: MethodAnnex) -> None:
    heads = tuple(Column(writer.words[f"method.{name}"]) for name in ("formula", "unit", "better", "basis"))
    rows = []
    for one in block.definitions:
        remarks = Text("\n".join(r.zh for r in one.remarks), "\n".join(r.en for r in one.remarks))
        cells = tuple(Cell(text=text) for text in (one.formula, one.unit, one.better, remarks))
        rows.append(Row(head=one.label, cells=cells))
    made = Table(
        name=EMPTY,
        number="",
        anchor="",
        caption=EMPTY,
        stub=writer.words["method.metric"],
        columns=heads,
        rows=tuple(rows),
        unit=None,
        notes=(),
        flows=True,
    )
    title = " ".join(writer.words["method.metric"].say(language) for language in writer.languages)
    figures_table(
        writer, made, title, (0.19, 0.29, 0.13, 0.11, 0.28), [one.anchor for one in block.definitions]
    )
    writer.paragraph("After_table")
