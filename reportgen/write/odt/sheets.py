"""Blocks that fill their pages: address labels and certificates."""

from __future__ import annotations

import base64

from odfdo import Element

from reportgen.model import Certificate, CertificateField, Labels
from reportgen.model.messages import message
from reportgen.write import codes
from reportgen.write.odt import grid
from reportgen.write.odt.pictures import frame, picture
from reportgen.write.odt.styles import Named, field_style, mm
from reportgen.write.odt.writer import Writer


def labels(writer: Writer, block: Labels) -> None:
    """A table for each sheet; a label is a cell, as high and as wide as the sheet is divided."""
    width, height = 210 / block.across, 296 / block.down
    each = block.across * block.down
    props = {"fo:padding": "4mm", "fo:padding-left": "9mm", "style:vertical-align": "middle"}
    for start in range(0, len(block.labels), each):
        sheet = block.labels[start : start + each]
        writer.begin = "Labels" if not start else "page"
        odf = grid.table(
            writer, sheet[0].addressee.say(writer.languages[0]), [width] * block.across, head_column=False
        )
        for at in range(0, len(sheet), block.across):
            row = grid.row(writer, odf, height)
            for label in sheet[at : at + block.across]:
                with grid.cell(writer, row, "LabelCell", props):
                    if label.sender:
                        first = writer.languages[0]
                        writer.paragraph("Label_from", label.sender.say(first), first)
                    if label.postcode:
                        writer.paragraph("Label_text", label.postcode, "zh")
                    writer.both(label.address, "Label_text", "Label_English")
                    writer.both(label.addressee, "Label_to", "Label_English")
            for _ in range(block.across - len(sheet[at : at + block.across])):
                with grid.cell(writer, row, "LabelCell", {}):
                    writer.paragraph("Label_text")
    writer.paragraph("Sheet_end")


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
    issuer, signer, english = (
        writer.derived(f"{name}_upright", Named(name, {"fo:margin-left": mm(70)})) if block.upright else name
        for name in ("Certificate_issuer", "Certificate_signer", "Certificate_issuer_English")
    )
    writer.both(block.issuer, issuer, english)
    for language in writer.languages:
        name = writer.named(signer, english, language)
        signed = writer.paragraph(name, block.signer.say(language), language)
        writer.add(signed, " " + block.signer_name.say(language))
    dates = [
        writer.paragraph(
            writer.named("Certificate_date", "Certificate_date_English", language), words, language
        )
        for words, language in writer.say(block.date)
    ]
    _check(writer, dates[-1], block)


def _check(writer: Writer, to: Element, block: Certificate) -> None:
    """The code and how it is checked, in the lower left corner, whatever the length of the citation; where there is one."""
    if not block.qr:
        return
    with frame(writer, to, (23, 238 if block.upright else 151), (52, 38)):
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
    """The code as the certificate's PDF has it."""
    if payload not in writer.pictures:
        alternative = " ".join(CODE.say(language) for language in writer.languages)
        svg = base64.b64encode(codes.svg(payload, singly=True)).decode("ascii")
        writer.pictures[payload] = (f"data:image/svg+xml;base64,{svg}", alternative)
    picture(writer, to, payload, 26, 26)
