"""Every colour of a laid out PDF into inks, and the file into PDF/X-4: boxes, output intent, metadata.

What is given is WeasyPrint's file with a bleed and without its own marks; what cannot be converted is an error.
"""

from __future__ import annotations

import hashlib
import io
import uuid
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from reportgen.model import Text
from reportgen.model.errors import Place, RenderError, problem
from reportgen.model.messages import told
from reportgen.write.press.conditions import Conditions
from reportgen.write.press.inks import Parts, Press

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
_SPACE = uuid.UUID(
    "5b0cf5a8-6b0c-5d7e-8f43-2f9f0d3f3c55"
)  # of the identifiers of this program's printer's editions


def to_press(content: bytes, conditions: Conditions, name: str, dated: datetime) -> bytes:
    """The PDF as PDF/X-4 in the inks of `conditions`; the same content and date give the same bytes.

    `name` is the document in messages; `dated` the date that the file bears.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        conversion = _Conversion(pdf, Press(conditions), name)
        for page in pdf.pages:
            conversion.page(page)
            _boxes(page, conditions.slug_mm)
        for key in NOT_PRINTED:
            if key in pdf.Root:
                del pdf.Root[key]
        _intent(pdf, conditions)
        _metadata(pdf, dated)
        return _saved(pdf)


# ---- colours --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Space:
    """A colour space as far as it must be known to convert: `kind`, and where it is of ICC its profile's bytes."""

    kind: str  # gray, rgb, cmyk, lab, pattern, spot
    profile: bytes = b""


_DEVICE = {
    "/DeviceGray": "gray",
    "/G": "gray",
    "/CalGray": "gray",
    "/DeviceRGB": "rgb",
    "/RGB": "rgb",
    "/CalRGB": "rgb",
    "/DeviceCMYK": "cmyk",
    "/CMYK": "cmyk",
    "/Pattern": "pattern",
    "/Lab": "lab",
    "/Separation": "spot",
    "/DeviceN": "spot",
}


class _Conversion:
    """One walk over a file. `mask`: a soft mask's own colours are lightness, no inks, and become grey."""

    def __init__(self, pdf: Any, press: Press, name: str) -> None:
        self.pdf, self.press, self.name = pdf, press, name
        self.done: set[tuple[int, int]] = set()

    def fault(self, en: str, zh: str) -> RenderError:
        return RenderError(problem(Place(self.name), "press.printer_s_edition", zh=Text(zh, en)))

    def once(self, item: Any) -> bool:
        if not item.is_indirect:
            return True
        key = item.objgen
        if key in self.done:
            return False
        self.done.add(key)
        return True

    # -- walking

    def page(self, page: Any) -> None:
        page.contents_coalesce()
        resources = page.obj.get("/Resources", self._dictionary())
        # WeasyPrint shares one dictionary of resources between page and forms: streams first, names of spaces last.
        stream = self.stream(page.obj.Contents, resources, mask=False)
        page.obj.Contents = self.pdf.make_stream(stream)
        self.resources(resources, mask=False)
        if "/Annots" in page.obj:
            del page.obj["/Annots"]
        page.obj.Group = self._dictionary(S=_name("Transparency"), CS=_name("DeviceCMYK"), I=True)
        for key in ("/StructParents", "/Tabs", "/AA"):
            if key in page.obj:
                del page.obj[key]

    def resources(self, resources: Any, mask: bool) -> None:
        if not self.once(resources):
            return
        for state in _values(resources, "/ExtGState"):
            soft = state.get("/SMask")
            if soft is not None and not _is_name(soft):
                self.form(soft.G, resources, mask=True)
        for drawn in _values(resources, "/XObject"):
            if drawn.get("/Subtype") == "/Image":
                self.image(drawn, resources)
            else:
                self.form(drawn, resources, mask)
        for pattern in _values(resources, "/Pattern"):
            if pattern.get("/PatternType") == 1:
                self.form(pattern, resources, mask)
            elif self.once(pattern):
                self.shading(pattern.Shading, resources, mask)
        for shading in _values(resources, "/Shading"):
            self.shading(shading, resources, mask)
        for font in _values(resources, "/Font"):
            if font.get("/Subtype") == "/Type3" and self.once(font):
                own = font.get("/Resources", resources)
                for glyph in list(font.CharProcs.values()):
                    glyph.write(self.stream(glyph, own, mask))
                self.resources(own, mask)
        if "/ColorSpace" in resources:
            del resources["/ColorSpace"]  # what is converted uses none of them

    def form(self, form: Any, above: Any, mask: bool) -> None:
        if not self.once(form):
            return
        resources = form.get("/Resources", above)
        form.write(self.stream(form, resources, mask))
        if "/Group" in form and "/CS" in form.Group:
            form.Group.CS = _name("DeviceGray" if mask else "DeviceCMYK")
        self.resources(resources, mask)

    # -- content streams

    def stream(self, stream: Any, resources: Any, mask: bool) -> bytes:
        import pikepdf

        kept: list[Any] = []
        fill, stroke = _Space("gray"), _Space("gray")
        stack: list[tuple[_Space, _Space]] = []
        for instruction in pikepdf.parse_content_stream(stream):
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                if not instruction.iimage.image_mask:
                    raise self.fault(*told("press.picture_within_page_s_text"))
                kept.append(instruction)
                continue
            operands, operator = list(instruction.operands), str(instruction.operator)
            if operator == "q":
                stack.append((fill, stroke))
            elif operator == "Q" and stack:
                fill, stroke = stack.pop()
            if operator in ("rg", "RG"):
                kept.append(self.colour(_Space("rgb"), operands, operator == "RG", mask))
            elif operator in ("k", "K") and mask:
                kept.append(self.colour(_Space("cmyk"), operands, operator == "K", mask))
            elif operator in ("cs", "CS"):
                space = self.space(operands[0], resources)
                if operator == "cs":
                    fill = space
                else:
                    stroke = space
                if space.kind == "pattern":
                    kept.append(instruction)
                else:  # a space begins with its black
                    first = (
                        [0, 0, 0, 1]
                        if space.kind == "cmyk"
                        else [0, 0, 0][: 1 if space.kind == "gray" else 3]
                    )
                    kept.append(self.colour(space, first, operator == "CS", mask))
            elif operator in ("sc", "scn", "SC", "SCN"):
                space = stroke if operator.isupper() else fill
                if space.kind == "pattern":
                    if len(operands) > 1:
                        raise self.fault(*told("press.pattern_without_colours_own_cannot"))
                    kept.append(instruction)
                else:
                    kept.append(self.colour(space, operands, operator.isupper(), mask))
            else:
                kept.append(instruction)
        return pikepdf.unparse_content_stream(kept)

    def colour(self, space: _Space, operands: Sequence[Any], stroke: bool, mask: bool) -> Any:
        """The instruction that sets the colour in inks, or in a mask its lightness."""
        import pikepdf

        parts = [float(part) for part in operands]
        if mask:
            grey, operator = [_lightness(space.kind, parts, self)], "g"
        elif space.kind == "gray":
            grey, operator = parts, "g"
        elif space.kind == "cmyk":
            grey, operator = parts, "k"
        else:
            grey, operator = list(self.inks(space, parts)), "k"
        return pikepdf.ContentStreamInstruction(
            [_number(part) for part in grey], pikepdf.Operator(operator.upper() if stroke else operator)
        )

    def inks(self, space: _Space, parts: Sequence[float]) -> Parts:
        if space.kind == "rgb":
            return self.press.ink(parts[0], parts[1], parts[2])
        if space.kind == "lab":
            return self.press.lab(parts[0], parts[1], parts[2])
        raise self.fault(*told("press.colours_space_cannot_converted", kind=space.kind))

    def space(self, given: Any, resources: Any) -> _Space:
        """A colour space by its name in the resources, or as it stands."""
        if _is_name(given):
            if kind := _DEVICE.get(str(given)):
                return _Space(kind)
            named = resources.get("/ColorSpace", {}).get(str(given))
            if named is None:
                raise self.fault(*told("press.colour_space_is_nowhere_declared", given=given))
            return self.space(named, resources)
        kind = str(given[0])
        if kind == "/ICCBased":
            channels = int(given[1].get("/N", 0))
            if channels in (1, 3):
                # WeasyPrint writes its own sRGB profile; another one would need a transform of its own.
                if channels == 3 and b"sRGB" not in given[1].read_bytes():
                    raise self.fault(*told("press.colour_space_icc_profile_other"))
                return _Space("gray" if channels == 1 else "rgb")
            raise self.fault(*told("press.colours_cmyk_profile_their_own"))
        if kind == "/Indexed":
            return self.space(given[1], resources)
        if kind in _DEVICE and _DEVICE[kind] != "spot":
            return _Space(_DEVICE[kind])
        raise self.fault(*told("press.colour_space_cannot_converted", kind=kind))

    # -- shadings

    def shading(self, shading: Any, resources: Any, mask: bool) -> None:
        if not self.once(shading):
            return
        if int(shading.ShadingType) not in (1, 2, 3) or "/Function" not in shading:
            raise self.fault(*told("press.gradient_mesh_cannot_converted"))
        space = self.space(shading.ColorSpace, resources)
        # WeasyPrint 70 declares DeviceCMYK for its gradients in PDF/X and gives them red, green and blue.
        values = _outputs(shading.Function)
        if (values == 1 and space.kind == "cmyk") or space.kind == "gray":
            shading.ColorSpace = _name("DeviceGray")
            return
        if space.kind == "cmyk" and values == 4:
            return
        if values != 3 or space.kind not in ("rgb", "cmyk"):
            raise self.fault(*told("press.gradient_colour_space_cannot_converted"))
        shading.Function = self.function(shading.Function, mask)
        shading.ColorSpace = _name("DeviceGray" if mask else "DeviceCMYK")
        if "/Background" in shading:
            del shading["/Background"]

    def function(self, function: Any, mask: bool) -> Any:
        import pikepdf

        kind = int(function.FunctionType) if not isinstance(function, pikepdf.Array) else -1
        if kind == 3:
            function.Functions = pikepdf.Array([self.function(one, mask) for one in list(function.Functions)])
            return function
        if kind != 2:
            raise self.fault(*told("press.gradient_kind_function_cannot_converted"))
        first = [float(part) for part in function.get("/C0", [0])]
        last = [float(part) for part in function.get("/C1", [1])]
        if mask:
            function.C0 = pikepdf.Array([_number(_lightness("rgb", first, self))])
            function.C1 = pikepdf.Array([_number(_lightness("rgb", last, self))])
            return function
        steps = self.press.gradient(first, last, float(function.N))
        table = bytes(round(part * 255) for parts in steps for part in parts)
        sampled = self.pdf.make_stream(
            table,
            FunctionType=0,
            Domain=pikepdf.Array([0, 1]),
            Range=pikepdf.Array([0, 1] * 4),
            Size=pikepdf.Array([len(steps)]),
            BitsPerSample=8,
        )
        return sampled

    # -- pictures

    def image(self, image: Any, resources: Any) -> None:
        import pikepdf

        if not self.once(image) or image.get("/ImageMask", False):
            return
        space = self.space(image.ColorSpace, resources)
        if space.kind == "cmyk":
            return
        if "/SMask" in image and "/Matte" in image.SMask:
            raise self.fault(*told("press.picture_matte_colour_cannot_converted"))
        if isinstance(image.get("/Mask"), pikepdf.Array):
            raise self.fault(*told("press.picture_colour_key_mask_cannot"))
        if space.kind not in ("rgb", "gray"):
            raise self.fault(*told("press.picture_colour_space_cannot_converted"))
        try:
            picture = pikepdf.PdfImage(image).as_pil_image(apply_mask=False)
        except (pikepdf.PdfError, NotImplementedError, OSError, ValueError) as error:
            raise self.fault(*told("press.picture_cannot_read", it=error or type(error).__name__)) from None
        name, pixels = self.press.picture(picture)
        colours = 1 if name == "DeviceGray" else 4
        height, width = pixels.shape[:2]
        image.write(
            zlib.compress(_predicted(pixels.reshape(height, width * colours), colours), 6),
            filter=_name("FlateDecode"),
            decode_parms=self._dictionary(Predictor=15, Colors=colours, BitsPerComponent=8, Columns=width),
        )
        image.ColorSpace, image.BitsPerComponent = _name(name), 8
        for key in ("/Decode", "/Intent"):
            if key in image:
                del image[key]

    def _dictionary(self, **values: Any) -> Any:
        import pikepdf

        return pikepdf.Dictionary(**values)


def _predicted(rows: NDArray[np.uint8], colours: int) -> bytes:
    """Rows as PNG writes them, each byte as the difference from the one above: photographs shrink by half."""
    import numpy as np

    above = np.zeros_like(rows)
    above[1:] = rows[:-1]
    lines = np.full((rows.shape[0], rows.shape[1] + 1), 2, np.uint8)
    lines[:, 1:] = rows - above
    return lines.tobytes()


def _lightness(kind: str, parts: Sequence[float], conversion: _Conversion) -> float:
    """What a luminosity mask takes of a colour (ISO 32000-1, 11.5.3)."""
    if kind == "gray":
        return parts[0]
    if kind == "rgb":
        return 0.3 * parts[0] + 0.59 * parts[1] + 0.11 * parts[2]
    if kind == "cmyk":
        cyan, magenta, yellow, black = parts
        return 1 - min(1.0, 0.3 * cyan + 0.59 * magenta + 0.11 * yellow + black)
    raise conversion.fault(*told("press.mask_space_cannot_converted", kind=kind))


def _outputs(function: Any) -> int:
    """How many values a function gives."""
    import pikepdf

    if isinstance(function, pikepdf.Array):
        return len(function)
    if int(function.FunctionType) == 3:
        return _outputs(function.Functions[0])
    if int(function.FunctionType) == 2:
        return len(function.get("/C0", [0]))
    return len(function.Range) // 2


def _values(resources: Any, key: str) -> list[Any]:
    return list(resources.get(key, {}).values())


def _is_name(item: Any) -> bool:
    import pikepdf

    return isinstance(item, pikepdf.Name)


def _name(word: str) -> Any:
    import pikepdf

    return pikepdf.Name(f"/{word}")


def _number(part: float) -> Any:
    from decimal import Decimal

    return Decimal(f"{part:.4f}")


# ---- the sheet --------------------------------------------------------------------------------------------


def _boxes(page: Any, slug_mm: float) -> None:
    """Paper around the bleed with crop marks in the colour of all inks; WeasyPrint sets trim and bleed."""
    import pikepdf

    trim = [float(part) for part in page.obj.get("/TrimBox", page.mediabox)]
    bleed = [float(part) for part in page.obj.get("/BleedBox", trim)]
    slug = slug_mm * MM
    media = [bleed[0] - slug, bleed[1] - slug, bleed[2] + slug, bleed[3] + slug]
    page.obj.TrimBox, page.obj.BleedBox = _box(trim), _box(bleed)
    page.obj.MediaBox = _box(media)
    for key in ("/CropBox", "/ArtBox"):
        if key in page.obj:
            del page.obj[key]
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
    all_inks = pikepdf.Array(
        [
            _name("Separation"),
            _name("All"),
            _name("DeviceCMYK"),
            pikepdf.Dictionary(
                FunctionType=2,
                Domain=pikepdf.Array([0, 1]),
                C0=pikepdf.Array([0] * 4),
                C1=pikepdf.Array([1] * 4),
                N=1,
            ),
        ]
    )
    if "/ColorSpace" not in page.resources:
        page.resources.ColorSpace = pikepdf.Dictionary()
    page.resources.ColorSpace.PressAll = all_inks


def _box(parts: Iterable[float]) -> Any:
    import pikepdf

    return pikepdf.Array([_number(part) for part in parts])


def _intent(pdf: Any, conditions: Conditions) -> None:
    import pikepdf

    profile = pdf.make_stream(conditions.profile, N=4, Alternate=_name("DeviceCMYK"))
    intent = pikepdf.Dictionary(
        Type=_name("OutputIntent"),
        S=_name("GTS_PDFX"),
        OutputConditionIdentifier=pikepdf.String(conditions.identifier),
        OutputCondition=pikepdf.String(conditions.condition),
        Info=pikepdf.String(conditions.condition),
        DestOutputProfile=profile,
    )
    if conditions.registry:
        intent.RegistryName = pikepdf.String(conditions.registry)
    pdf.Root.OutputIntents = pikepdf.Array([intent])


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


def _metadata(pdf: Any, dated: datetime) -> None:
    """Dates are the given one, the identifier is a digest of the converted content: no clock, no chance."""
    import pikepdf

    from reportgen.model.version import VERSION

    said = {key: str(value) for key, value in pdf.docinfo.items()} if "/Info" in pdf.trailer else {}
    title, author = said.get("/Title", ""), said.get("/Author", "")
    producer, tool = said.get("/Producer", ""), f"reportgen {VERSION}"
    offset = dated.strftime("%z") or "+0000"
    zone = f"{offset[:3]}'{offset[3:5]}'"
    pdf_date = f"D:{dated:%Y%m%d%H%M%S}{zone}"
    pdf.trailer.Info = pdf.make_indirect(
        pikepdf.Dictionary(
            Title=pikepdf.String(title),
            Author=pikepdf.String(author),
            Creator=pikepdf.String(tool),
            Producer=pikepdf.String(producer),
            CreationDate=pikepdf.String(pdf_date),
            ModDate=pikepdf.String(pdf_date),
            Trapped=_name("False"),
        )
    )
    if "/ID" in pdf.trailer:
        del pdf.trailer["/ID"]  # its first half would be kept, and WeasyPrint makes it with its clock
    for key in ("/Metadata", "/ViewerPreferences"):
        if key in pdf.Root:
            del pdf.Root[key]
    identifier = uuid.uuid5(_SPACE, hashlib.sha256(_saved(pdf)).hexdigest())
    date = f"{dated:%Y-%m-%dT%H:%M:%S}{offset[:3]}:{offset[3:5]}"
    words = {"title": title, "author": author, "tool": tool, "producer": producer, "date": date}
    xmp = _XMP.format(identifier=identifier, **{key: escape(value) for key, value in words.items()})
    pdf.Root.Metadata = pdf.make_stream(xmp.encode(), Type=_name("Metadata"), Subtype=_name("XML"))


def _saved(pdf: Any) -> bytes:
    import pikepdf

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
