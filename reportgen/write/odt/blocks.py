"""Each block of the model as paragraphs and tables, in the order in which the PDF is read."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from odfdo import Element

from reportgen.model import (
    Block,
    Cell,
    Certificate,
    CertificateField,
    Chart,
    Column,
    Document,
    Field,
    Fields,
    FormHead,
    KeyFigures,
    Labels,
    Language,
    Line,
    Listing,
    MethodAnnex,
    Note,
    NoteBox,
    PageBreak,
    Paragraphs,
    Row,
    Section,
    Segment,
    Signature,
    Table,
    Text,
    formats,
)
from reportgen.model.errors import Place, Problem
from reportgen.model.messages import message
from reportgen.read.words import said
from reportgen.write.odt.measures import PT
from reportgen.write.odt.styles import Named, field_style, indent_of, mm, size_of
from reportgen.write.odt.tables import data_table, figures_table, two_columns
from reportgen.write.odt.writer import Writer

Colophon = Sequence[tuple[Text, tuple[tuple[Text, str], ...]]]


def write(writer: Writer, block: Block, colophon: Colophon) -> None:
    if isinstance(block, Listing) and block.role == "colophon":
        block = replace(block, rows=tuple(colophon))
    _WRITE[type(block)](writer, block)


# ---- reports ----------------------------------------------------------------------------------


def front(writer: Writer, document: Document) -> None:
    """Who issues a paper, when, and what it is."""
    writer.inline(writer.paragraph("Document_issuer"), document.issuer)
    if document.name == "report" and document.issued:
        writer.inline(writer.paragraph("Document_date"), document.issued)
    writer.both(document.title, "Document_title", "Document_title_English")
    if document.subtitle.zh or document.subtitle.en:
        writer.inline(writer.paragraph("Document_subtitle"), document.subtitle)


def plain_title(writer: Writer, document: Document, languages: tuple[Language, ...]) -> str:
    """The title as it stands in the properties of the file."""
    return writer.clean(" / ".join(dict.fromkeys(document.title.say(language) for language in languages)))


def section(writer: Writer, block: Section) -> None:
    if not block.flow and not writer.begin and writer.started:
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
    title = caption(writer, block.name, block.caption, block.anchor)
    if block.unit:
        unit = writer.paragraph("Table_unit")
        writer.inline(unit, writer.words["table.unit"])
        writer.add(unit, writer.colon)
        writer.inline(unit, block.unit)
    figures_table(writer, block, title)
    notes(writer, block.notes, block.source)


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
        paragraph = writer.paragraph("Table_source")
        writer.inline(paragraph, writer.words["table.source"])
        writer.add(paragraph, writer.colon)
        writer.inline(paragraph, source)


AS_TABLE = message("layout.figures_chart_stand_table_below")


def chart(writer: Writer, block: Chart) -> None:
    """The picture, if the caller hands it in, else the figures that it shows."""
    title = caption(writer, block.name, block.caption, block.anchor)
    if block.anchor in writer.pictures:
        width = min(block.spec.width_mm, writer.measures.text_width)
        height = block.spec.height_mm * width / block.spec.width_mm
        writer.picture(writer.paragraph("Picture"), block.anchor, width, height)
    else:
        writer.both(AS_TABLE, "Table_unit")
        data_table(writer, block.spec, title)
    notes(writer, block.notes, block.source)


CARDS = 4  # in a row


def key_figures(writer: Writer, block: KeyFigures) -> None:
    """A cell for each card: what it counts, the figure, its unit, the change."""
    across = min(len(block.cards), CARDS)
    if not across:
        return
    title = " ".join(card.label.say(writer.languages[0]) for card in block.cards)
    widths = [writer.measures.text_width / across] * across
    odf = writer.table(title, widths, head_column=False)
    for start in range(0, len(block.cards), across):
        row = writer.row(odf)
        for card in block.cards[start : start + across]:
            with writer.card_cell(row):
                writer.both(card.label, "Card_label", "Card_English")
                writer.paragraph("Card_figure", card.figure.plain)
                writer.inline(writer.paragraph("Card_label"), card.unit)
                if card.change:
                    writer.lines(card.change, "Card_label", "Card_English")
        for _ in range(start + across - len(block.cards)):
            with writer.card_cell(row):
                writer.paragraph("Card_label")
    writer.paragraph("After_table")


def method_annex(writer: Writer, block: MethodAnnex) -> None:
    heads = tuple(Column(writer.words[f"method.{name}"]) for name in ("formula", "unit", "better", "basis"))
    rows = []
    for one in block.definitions:
        remarks = Text("\n".join(r.zh for r in one.remarks), "\n".join(r.en for r in one.remarks))
        cells = tuple(Cell(text=text) for text in (one.formula, one.unit, one.better, remarks))
        rows.append(Row(head=one.label, cells=cells))
    empty = Text("", "")
    made = Table(
        name=empty,
        number="",
        anchor="",
        caption=empty,
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


def listing(writer: Writer, block: Listing) -> None:
    two_columns(writer, block)


# ---- official papers --------------------------------------------------------------------------


def labelled(writer: Writer, field: Field, style: str) -> None:
    """受文者：… with its further lines below the first; nothing behind the colon where the form stays blank."""
    said = list(writer.say(field.label))
    words = " ".join(words for words, _ in said) + writer.colon
    english = writer.languages == ("en",)
    points = size_of(style, writer.styles, writer.measures)
    hang = 8.0 if english or len(said) > 1 else len(words) * points * PT
    left = indent_of(style, writer.styles)
    kept = {"fo:margin-left": mm(left + hang), "fo:text-indent": mm(-hang)}
    name = f"{style}_{len(words)}" if not english and len(said) == 1 else f"{style}_long"
    first = writer.paragraph(writer.derived(name, Named(style, kept)))
    writer.inline(first, field.label)
    writer.add(first, writer.colon)
    brief = len(field.lines) == 1 and len(writer.languages) > 1 and _brief(field.lines[0])
    for place, line in enumerate(field.lines):
        for half, language in enumerate(writer.languages):
            to = first
            if half and brief:
                writer.add(first, " ")
            elif place or half:
                more = Named(style, {**kept, "fo:text-indent": "0mm", "fo:margin-top": "0mm"})
                to = writer.paragraph(writer.derived(f"{name}_more", more), "", language)
            run_style = writer.named("", "English", language) if to is first else ""
            writer.runs(to, line.say(language), language, run_style)


def _brief(line: Line) -> bool:
    """Both halves have room in one line."""
    return len(said(line.zh, "zh")) * 2 + len(said(line.en, "en")) <= 72


_FIELD_STYLE: Mapping[str, str] = {
    "": "Form_field",
    "to": "Form_to",
    "archive": "Form_archive",
    "contact": "Form_contact",
}


def form_head(writer: Writer, block: FormHead) -> None:
    if writer.languages == ("en",) and writer.bilingual:
        writer.both(writer.words["paper.translation"], "Translation")
    for field in block.archive:
        labelled(writer, field, "Form_archive")
    for language in writer.languages:
        title = writer.paragraph("Form_title", "", language)
        writer.add(title, block.issuer.say(language))
        writer.add(title, "\N{IDEOGRAPHIC SPACE}" if language == "zh" else "\n")
        writer.add(title, block.form.say(language))
    for field in block.contact:
        labelled(writer, field, "Form_contact")
    for field in block.fields:
        labelled(writer, field, _FIELD_STYLE[field.role])


def segment(writer: Writer, block: Segment) -> None:
    field = Field(block.label, (block.line,) if block.line else ())
    labelled(writer, field, "Segment" if block.line else "Segment_head")
    for clause in block.clauses:
        try:
            number = formats.clause_number(clause.level, clause.number)
        except ValueError as error:
            writer.problems.append(
                Problem(
                    Place(writer.file, column=writer.place),
                    f"{error}; levels are 1 to 6, 甲 and （甲） count to ten",
                    f"第 {clause.level} 層無第 {clause.number} 項；層級為 1 至 6，甲、（甲）至多十項",
                )
            )
            continue
        for language in writer.languages:
            english = language == "en"
            style = (
                f"Clause_{clause.level}_lettered" if english else writer.clause_style(clause.level, number.zh)
            )
            paragraph = writer.paragraph(style, "", language)
            writer.add(paragraph, number.say(language) + ("\t" if english else ""))
            writer.runs(paragraph, clause.line.say(language), language)


def fields(writer: Writer, block: Fields) -> None:
    """Entries below each other; they are the body of a form, or stand small below one."""
    if writer.dense:
        _beside(writer, block)
        return
    body = writer.before is FormHead
    for place, field in enumerate(block.fields):
        style = "Entry_of_form" if body else "Entry" if place or not writer.official else "Entry_first"
        labelled(writer, field, _FIELD_STYLE.get(field.role, style))


def _beside(writer: Writer, block: Fields) -> None:
    """Short entries three in a row, the label above its value."""
    across = min(len(block.fields), 3)
    if not across:
        return
    widths = [writer.measures.text_width / across] * across
    odf = writer.table(block.fields[0].label.say(writer.languages[0]), widths, head_column=False)
    for start in range(0, len(block.fields), across):
        row = writer.row(odf)
        for place in range(start, start + across):
            with writer.cell_in(row, "EntryCell", {"fo:padding": "0.5mm", "fo:border": "none"}):
                if place >= len(block.fields):
                    writer.paragraph("Card_label")
                    continue
                writer.inline(writer.paragraph("Card_entry"), block.fields[place].label)
                for line in block.fields[place].lines:
                    value = writer.paragraph("Table_text")
                    for half, language in enumerate(writer.languages):
                        writer.add(value, " " if half else "")
                        writer.runs(
                            value, line.say(language), language, writer.named("", "English", language)
                        )
    writer.paragraph("After_table")


def signature(writer: Writer, block: Signature) -> None:
    style = "Signature_sealed" if block.seal else "Signature"
    for language in writer.languages:
        title, name = block.title.say(language), block.name.say(language)
        order = (title, name) if language == "zh" else (name, title)
        between = "\N{IDEOGRAPHIC SPACE}" if language == "zh" else "\n"
        writer.paragraph(style, between.join(filter(None, order)), language)
        style = "Signature_more"


# ---- certificates and labels ------------------------------------------------------------------


def labels(writer: Writer, block: Labels) -> None:
    """A table for each sheet; a label is a cell, as high and as wide as the sheet is divided."""
    width, height = 210 / block.across, 296 / block.down
    each = block.across * block.down
    for start in range(0, len(block.labels), each):
        sheet = block.labels[start : start + each]
        writer.begin = "Labels" if not start else "page"
        odf = writer.table(_name(writer, sheet[0].addressee), [width] * block.across, head_column=False)
        for at in range(0, len(sheet), block.across):
            row = writer.row(odf, height)
            for label in sheet[at : at + block.across]:
                with writer.cell_in(
                    row,
                    "LabelCell",
                    {"fo:padding": "4mm", "fo:padding-left": "9mm", "style:vertical-align": "middle"},
                ):
                    if label.postcode:
                        writer.paragraph("Label_text", label.postcode, "zh")
                    writer.both(label.address, "Label_text", "Label_English")
                    writer.both(label.addressee, "Label_to", "Label_English")
            for _ in range(block.across - len(sheet[at : at + block.across])):
                with writer.cell_in(row, "LabelCell", {}):
                    writer.paragraph("Label_text")
    writer.paragraph("Sheet_end")


def _name(writer: Writer, text: Text) -> str:
    return text.say(writer.languages[0])


def certificate(writer: Writer, block: Certificate) -> None:
    writer.begin = "Certificate"
    for place, language in enumerate(writer.languages):
        style = "Certificate_title" if not place else "Certificate_title_English"
        writer.paragraph(style, block.heading.say(language), language)
    if block.sample:
        writer.inline(writer.paragraph("Certificate_sample"), block.sample)
    for one in block.fields:
        _certificate_field(writer, one)
    for language in writer.languages:
        for line in block.citation:
            name = writer.named("Certificate_citation", "Certificate_English", language)
            writer.runs(writer.paragraph(name, "", language), line.say(language), language)
    writer.both(block.issuer, "Certificate_issuer", "Certificate_issuer_English")
    for language in writer.languages:
        name = writer.named("Certificate_signer", "Certificate_issuer_English", language)
        signed = writer.paragraph(name, block.signer.say(language), language)
        writer.add(signed, " " + block.signer_name.say(language))
    for place, (words, language) in enumerate(writer.say(block.date)):
        style = writer.named("Certificate_date", "Certificate_date_English", language)
        date = writer.paragraph(style, words, language)
        last = place == len(list(writer.say(block.date))) - 1
        if last:
            _check(writer, date, block)


def _check(writer: Writer, to: Element, block: Certificate) -> None:
    """The code and how it is checked, in the lower left corner, whatever the length of the citation."""
    with writer.frame(to, (23, 151 if block.qr else 180), (52, 38 if block.qr else 10)):
        if block.qr:
            _code(writer, writer.paragraph("Certificate_code"), block.qr)
        writer.both(block.check, "Certificate_check", "Certificate_check_English")


def _certificate_field(writer: Writer, one: CertificateField) -> None:
    style = field_style(one.id, one.size)[0]
    if one.id == "serial":
        writer.inline(writer.paragraph(style), one.text)
    else:
        writer.both(one.text, style, f"{style}_English")


CODE = message("layout.qr_code")


def _code(writer: Writer, to: Element, payload: str) -> None:
    if payload not in writer.pictures:
        alternative = " ".join(CODE.say(language) for language in writer.languages)
        svg = base64.b64encode(_svg(payload)).decode("ascii")
        writer.pictures = {**writer.pictures, payload: (f"data:image/svg+xml;base64,{svg}", alternative)}
    writer.picture(to, payload, 26, 26)


def _svg(payload: str) -> bytes:
    """The QR code as the certificate's PDF has it: error level M, a white border of four modules."""
    import zxingcpp

    code = zxingcpp.create_barcode(
        payload, zxingcpp.BarcodeFormat.QRCode, ec_level="M", eci="UTF-8", data_mask=3
    )
    image = code.to_image(scale=1, add_quiet_zones=False)
    side = image.shape[0]
    dark = memoryview(image).tobytes()  # type: ignore[arg-type]
    squares = "".join(
        f"M{at % side + 4} {at // side + 4}h1v1h-1z" for at in range(side * side) if not dark[at]
    )
    whole = side + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" width="{whole}" height="{whole}">'
        f'<path d="{squares}" fill="#000000"/></svg>'
    ).encode("ascii")


_WRITE: Mapping[type, Callable[[Writer, Any], None]] = {
    Section: section,
    Paragraphs: paragraphs,
    KeyFigures: key_figures,
    Table: table,
    Chart: chart,
    NoteBox: note_box,
    PageBreak: page_break,
    MethodAnnex: method_annex,
    Listing: listing,
    FormHead: form_head,
    Segment: segment,
    Fields: fields,
    Signature: signature,
    Labels: labels,
    Certificate: certificate,
}
