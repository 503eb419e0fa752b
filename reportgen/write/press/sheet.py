"""A converted file as PDF/X-4: the boxes of its pages with crop marks, output intent, metadata."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Mapping
from datetime import datetime
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from reportgen.model.version import VERSION
from reportgen.write.press.colours import numbers
from reportgen.write.press.conditions import Conditions

MM = 72 / 25.4
MARK_WIDTH = 0.25  # pt, the thinnest line that prints everywhere
MARK_GAP_MM = 1.0  # between bleed and mark
# What a press has no use for and PDF/X-4 forbids or leaves to others.
NOT_PRINTED = (
    "/AcroForm",
    "/OpenAction",
    "/AA",
    "/Names",
    "/Outlines",
    "/StructTreeRoot",
    "/MarkInfo",
    "/PageMode",
)
# Of the identifiers of this program's printer's editions.
_SPACE = uuid.UUID("5b0cf5a8-6b0c-5d7e-8f43-2f9f0d3f3c55")


def finished(pdf: pikepdf.Pdf, conditions: Conditions, dated: datetime) -> bytes:
    for page in pdf.pages:
        _put_boxes(page, conditions.slug_mm * MM)
    remove(pdf.Root, *NOT_PRINTED)
    _put_intent(pdf, conditions)
    _put_metadata(pdf, dated)
    return _saved(pdf)


def remove(holder: pikepdf.Object, *keys: str) -> None:
    for key in keys:
        if key in holder:
            del holder[key]


def _put_boxes(page: pikepdf.Page, slug: float) -> None:
    """Paper around the bleed with crop marks in the colour of all inks; WeasyPrint sets trim and bleed."""
    trim = [float(part) for part in page.obj.get("/TrimBox", page.mediabox)]
    bleed = [float(part) for part in page.obj.get("/BleedBox", trim)]
    media = [bleed[0] - slug, bleed[1] - slug, bleed[2] + slug, bleed[3] + slug]
    page.obj.TrimBox, page.obj.BleedBox, page.obj.MediaBox = map(numbers, (trim, bleed, media))
    remove(page.obj, "/CropBox", "/ArtBox")
    lines = []
    gap = MARK_GAP_MM * MM
    for x in (trim[0], trim[2]):
        lines += [(x, media[1], x, bleed[1] - gap), (x, bleed[3] + gap, x, media[3])]
    for y in (trim[1], trim[3]):
        lines += [(media[0], y, bleed[0] - gap, y), (bleed[2] + gap, y, media[2], y)]
    drawn = " ".join(f"{a:.3f} {b:.3f} m {c:.3f} {d:.3f} l S" for a, b, c, d in lines)
    clip = f"{bleed[0]:.3f} {bleed[1]:.3f} {bleed[2] - bleed[0]:.3f} {bleed[3] - bleed[1]:.3f} re W n"
    page.contents_add(f"q {clip}".encode(), prepend=True)
    page.contents_add(f"Q q /PressAll CS 1 SCN {MARK_WIDTH} w {drawn} Q".encode())
    page.contents_coalesce()
    if "/ColorSpace" not in page.resources:
        page.resources.ColorSpace = Dictionary()
    full = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([0] * 4), C1=Array([1] * 4), N=1)
    page.resources.ColorSpace.PressAll = Array([Name.Separation, Name.All, Name.DeviceCMYK, full])


def _put_intent(pdf: pikepdf.Pdf, conditions: Conditions) -> None:
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFX,
        OutputConditionIdentifier=String(conditions.identifier),
        OutputCondition=String(conditions.condition),
        Info=String(conditions.condition),
        DestOutputProfile=pdf.make_stream(conditions.profile, N=4, Alternate=Name.DeviceCMYK),
    )
    if conditions.registry:
        intent.RegistryName = String(conditions.registry)
    pdf.Root.OutputIntents = Array([intent])


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/">
<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<xmp:CreatorTool>{tool}</xmp:CreatorTool>
<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate><xmp:MetadataDate>{date}</xmp:MetadataDate>
<pdf:Producer>{producer}</pdf:Producer><pdf:Trapped>False</pdf:Trapped>
<xmpMM:DocumentID>uuid:{identifier}</xmpMM:DocumentID><xmpMM:RenditionClass>default</xmpMM:RenditionClass><xmpMM:VersionID>1</xmpMM:VersionID>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def _put_metadata(pdf: pikepdf.Pdf, dated: datetime) -> None:
    """Dates are the given one, the identifier is a digest of the converted content: no clock, no chance."""
    known = {key: str(value) for key, value in pdf.docinfo.items()} if "/Info" in pdf.trailer else {}
    words = {name: known.get(f"/{name.title()}", "") for name in ("title", "author", "producer")}
    words["tool"] = f"reportgen {VERSION}"
    offset = dated.strftime("%z") or "+0000"
    hours, minutes = offset[:3], offset[3:5]
    _put_info(pdf, words, f"D:{dated:%Y%m%d%H%M%S}{hours}'{minutes}'")
    remove(pdf.trailer, "/ID")  # its first half would be kept, and WeasyPrint makes it with its clock
    remove(pdf.Root, "/Metadata", "/ViewerPreferences")
    identifier = uuid.uuid5(_SPACE, hashlib.sha256(_saved(pdf)).hexdigest())
    words["date"] = f"{dated:%Y-%m-%dT%H:%M:%S}{hours}:{minutes}"
    xmp = _XMP.format(identifier=identifier, **{name: escape(value) for name, value in words.items()})
    pdf.Root.Metadata = pdf.make_stream(xmp.encode(), Type=Name.Metadata, Subtype=Name.XML)


def _put_info(pdf: pikepdf.Pdf, words: Mapping[str, str], date: str) -> None:
    info = Dictionary(
        Title=String(words["title"]),
        Author=String(words["author"]),
        Creator=String(words["tool"]),
        Producer=String(words["producer"]),
        CreationDate=String(date),
        ModDate=String(date),
        Trapped=Name("/False"),
    )
    pdf.trailer.Info = pdf.make_indirect(info)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    pdf.remove_unreferenced_resources()
    target = io.BytesIO()
    pdf.save(
        target,
        min_version="1.6",
        deterministic_id=True,
        compress_streams=True,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
    )
    return target.getvalue()
