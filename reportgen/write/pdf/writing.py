"""A layout as PDF/A-3a with what is attached; its metadata say that it is PDF/UA, too."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from reportgen.write.pdf import engine, layout
from reportgen.write.pdf.boxes import Layout, Numbering, number_pages, starts

if TYPE_CHECKING:
    import pydyf
    from weasyprint import Attachment
    from weasyprint.document import Document as LaidDocument


@dataclass(frozen=True)
class Attached:
    """A file inside the PDF. `relationship` as in PDF/A-3: `Source` for inputs, `Data` for the ledger."""

    name: str
    content: bytes
    description: str
    relationship: str


def write(
    name: str,
    parts: Sequence[Layout],
    place: int,
    numbering: Numbering,
    attached: Sequence[Attached],
    dated: datetime,
) -> bytes:
    """The PDF of the part `place` of `parts`, that `lay_out` has kept under `name`, with its page numbers."""
    document = layout.drop(name)
    with engine.strict(name), engine.patient_collector():
        number_pages(document, parts, starts(parts)[place], numbering)
        for part in parts:
            for anchor in part.targets:
                # A link into another part needs a target here; `assemble` puts the true one in its place.
                document.pages[0].anchors.setdefault(anchor, (0, 0, 0, 0))
        metadata = document.metadata
        metadata.generate_rdf_metadata = partial(_rdf, metadata.generate_rdf_metadata)
        attachments = [_attachment(file, dated.astimezone(UTC)) for file in attached]
        content = document.write_pdf(pdf_variant="pdf/a-3a", attachments=attachments, finisher=_finish)
    return bytes(content)


def _attachment(file: Attached, dated: datetime) -> Attachment:
    return engine.weasyprint().Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        relationship=file.relationship,
        created=dated,
        modified=dated,
    )


_NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}
_PDF_UA = (
    '<rdf:Description rdf:about="" pdfuaid:part="1"/>'
    '<rdf:Description rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    f"<pdfaSchema:namespaceURI>{_NAMESPACES['pdfuaid']}</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    "<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)


def _rdf(original: Callable[..., bytes], *arguments: object) -> bytes:
    """PDF/A's RDF with PDF/UA's identification in the same rdf:RDF, and the schema that declares it."""
    for prefix, uri in _NAMESPACES.items():
        ElementTree.register_namespace(prefix, uri)
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    rdf = ElementTree.fromstring(original(*arguments))
    rdf.extend(ElementTree.fromstring(f"<rdf:RDF {declared}>{_PDF_UA}</rdf:RDF>"))
    return bytes(ElementTree.tostring(rdf, encoding="utf-8"))


def _finish(document: LaidDocument, pdf: pydyf.PDF) -> None:
    """Readers of metadata want it uncompressed (PDF/A asks for it in part 1, habit in part 3)."""
    for item in pdf.objects:
        extra = getattr(item, "extra", None)
        if isinstance(extra, dict) and extra.get("Type") == "/Metadata":
            item.compress = False
        if isinstance(extra, dict) and extra.get("Subtype") == "/Image":
            extra["Interpolate"] = "false"  # PDF/A-3, 6.2.8


@contextlib.contextmanager
def unembedded() -> Iterator[None]:
    """Within it `write` names the fonts and leaves their outlines out, for a caller who puts in what it has cut
    itself: WeasyPrint copies each whole font file before it cuts it, 50 MB and a tenth of a second for a Chinese one."""
    engine.weasyprint()
    from weasyprint.pdf import fonts

    content, clean = fonts.get_hb_object_data, fonts.Font.clean
    fonts.get_hb_object_data = lambda *_: b"OTTO"
    fonts.Font.clean = lambda *_: None
    try:
        yield
    finally:
        fonts.get_hb_object_data, fonts.Font.clean = content, clean
