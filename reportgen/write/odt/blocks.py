"""Each block of the model as paragraphs and tables, in the order in which the PDF is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reportgen.model import (
    Block,
    Bullets,
    Certificate,
    Chart,
    Fields,
    FormHead,
    Illustration,
    KeyFigures,
    Labels,
    Listing,
    MethodAnnex,
    NoteBox,
    Own,
    PageBreak,
    Paragraphs,
    Section,
    Segment,
    Signature,
    Table,
)
from reportgen.write.odt import papers, reports, sheets
from reportgen.write.odt.tables import two_columns
from reportgen.write.odt.writer import Writer

_WRITE: Mapping[type, Callable[[Writer, Any], None]] = {
    Section: reports.section,
    Paragraphs: reports.paragraphs,
    KeyFigures: reports.key_figures,
    Table: reports.table,
    Chart: reports.chart,
    NoteBox: reports.note_box,
    Bullets: reports.bullets,
    Illustration: reports.illustration,
    Own: reports.own,
    PageBreak: reports.page_break,
    MethodAnnex: reports.method_annex,
    Listing: two_columns,
    FormHead: papers.form_head,
    Segment: papers.segment,
    Fields: papers.fields,
    Signature: papers.signature,
    Labels: sheets.labels,
    Certificate: sheets.certificate,
}


def write(writer: Writer, block: Block) -> None:
    _WRITE[type(block)](writer, block)
