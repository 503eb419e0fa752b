"""Blocks of official papers: the head of a form, segments with clauses, entries, signatures."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.model import Field, Fields, FormHead, Line, Segment, Signature, formats
from reportgen.read.words import said
from reportgen.write.odt import grid
from reportgen.write.odt.measures import PT
from reportgen.write.odt.styles import Named, indent_of, mm, size_of
from reportgen.write.odt.writer import Writer


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
        if not block.salutation:
            writer.add(title, "\N{IDEOGRAPHIC SPACE}" if language == "zh" else "\n")
            writer.add(title, block.form.say(language))
    for words in block.window:
        writer.both(words, "Form_field")
    for field in block.contact:
        labelled(writer, field, "Form_contact")
    for field in block.fields:
        labelled(writer, field, _FIELD_STYLE.get(field.role, "Form_field"))
    if block.salutation:
        writer.both(block.salutation, "Segment")


def segment(writer: Writer, block: Segment) -> None:
    field = Field(block.label, (block.line,) if block.line else ())
    labelled(writer, field, "Segment" if block.line else "Segment_head")
    for clause in block.clauses:
        try:
            number = formats.clause_number(clause.level, clause.number)
        except ValueError:
            writer.problem("layout.clause_has_no_number", level=clause.level, number=clause.number)
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
    odf = grid.table(writer, block.fields[0].label.say(writer.languages[0]), widths, head_column=False)
    for start in range(0, len(block.fields), across):
        row = grid.row(writer, odf)
        for place in range(start, start + across):
            with grid.cell(writer, row, "EntryCell", {"fo:padding": "0.5mm", "fo:border": "none"}):
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
    if block.closing:
        writer.both(block.closing, "Segment")
    style = "Signature_sealed" if block.seal else "Signature"
    for language in writer.languages:
        title, name = block.title.say(language), block.name.say(language)
        order = (title, name) if language == "zh" else (name, title)
        between = "\N{IDEOGRAPHIC SPACE}" if language == "zh" else "\n"
        writer.paragraph(style, between.join(filter(None, order)), language)
        style = "Signature_more"
