"""What a finished printer's edition is made of, measured in the file itself, and what a printer would send back.

It reads every object of the file and trusts nothing that `conversion` says of itself.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.messages import message
from reportgen.write.press.conditions import Conditions
from reportgen.write.press.sheet import MM

SCREEN_SPACES = {"/DeviceRGB", "/CalRGB", "/CalGray", "/Lab"}
BLEED_MM = 3.0
SHOWN = 20  # colours that are listed; one is enough to refuse a file
MAX_PIXELS = 400_000_000  # of one picture: A0 at 300 dpi has 140 million

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class PrintedSheet:
    """A page: trimmed size and the room to the bleed and to the edge of the sheet, smallest side, in mm."""

    width_mm: float
    height_mm: float
    bleed_mm: float
    slug_mm: float


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """`screen_colours` are what is left of RGB, Lab and ICC; ink is the largest sum in percent, 0 where none is.

    `transparent` is told because old workflows ask; PDF/X-4 allows it.
    """

    name: str
    version: str
    identifier: str
    profile: str
    sheets: tuple[PrintedSheet, ...]
    screen_colours: tuple[str, ...]
    vector_ink: int
    picture_ink: int
    total_ink: int
    pictures: int
    fonts: tuple[str, ...]
    transparent: bool
    problems: tuple[Problem, ...]

    def lines(self) -> Iterator[Text]:
        """The figures, a line each; the problems are told by who calls."""
        nothing = message("press.nothing")
        yield message(
            "press.measured_version",
            version=self.version or nothing,
            identifier=self.identifier or nothing,
            profile=self.profile or nothing,
        )
        for sheet in self.sheets:
            yield message("press.measured_sheet", **vars(sheet))
        yield message("press.measured_ink", **vars(self))
        yield message(
            "press.measured_rest",
            left=len(self.screen_colours),
            fonts=len(self.fonts),
            transparent=message("press.transparent" if self.transparent else "press.opaque"),
        )


def check(content: bytes, conditions: Conditions, name: str) -> Inspection:
    """Reads the whole file. InputError when it is no PDF; what is wrong with it stands in `problems`."""
    try:
        pdf = pikepdf.open(io.BytesIO(content))
    except pikepdf.PdfError as error:
        raise InputError(problem(Place(name), "press.is_no_readable_pdf", error=error)) from None
    with pdf:
        look = _Look()
        for number, page in enumerate(pdf.pages, 1):
            look.contents(page, f"page {number}")
        for item in pdf.objects:
            look.item(item)
        identifier, profile, intent_faults = _intent(pdf, conditions)
        version = _version(pdf)
        sheets = tuple(_sheet(page) for page in pdf.pages)
        faults = [
            *intent_faults,
            *look.faults(conditions.total_ink),
            *_file_faults(pdf, version),
            *(fault for place, page in enumerate(pdf.pages, 1) for fault in _box_faults(page, place)),
        ]
        return Inspection(
            name=name,
            version=version,
            identifier=identifier,
            profile=profile,
            sheets=sheets,
            screen_colours=tuple(look.screen),
            vector_ink=look.percent(look.vector),
            picture_ink=look.percent(look.picture),
            total_ink=conditions.total_ink,
            pictures=look.pictures,
            fonts=tuple(sorted(look.embedded)),
            transparent=look.transparent,
            problems=tuple(Problem(Place(name), fault.en, fault.zh) for fault in faults),
        )


class _Look:
    """Gathers colours, ink, fonts while it reads; ink as a share where 1 is one full ink."""

    def __init__(self) -> None:
        self.screen: dict[str, None] = {}
        self.vector = self.picture = 0.0
        self.pictures = 0
        self.embedded: set[str] = set()
        self.loose_fonts: dict[str, None] = {}
        self.unreadable: dict[str, None] = {}
        self.transparent = False

    def percent(self, ink: float) -> int:
        return round(ink * 100)

    # -- content streams

    def contents(self, stream: pikepdf.Object | pikepdf.Page, where: str) -> None:
        try:
            instructions = pikepdf.parse_content_stream(stream)
        except pikepdf.PdfError as error:
            self.unreadable[f"{where}: {error}"] = None
            return
        for instruction in instructions:
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                space = str(instruction.iimage.obj.get("/ColorSpace", ""))
                if space in ("/DeviceRGB", "/RGB"):
                    self.screen[f"{where}: BI {space}"] = None
                continue
            operator = str(instruction.operator)
            if operator in ("rg", "RG"):
                parts = " ".join(f"{float(part):.3f}" for part in instruction.operands)
                self.screen[f"{where}: {parts} {operator}"] = None
            elif operator in ("k", "K"):
                self.vector = max(self.vector, sum(float(part) for part in instruction.operands))
            elif operator in ("cs", "CS") and str(instruction.operands[0]) in SCREEN_SPACES:
                self.screen[f"{where}: {instruction.operands[0]} {operator}"] = None

    # -- everything else

    def item(self, item: pikepdf.Object) -> None:
        """One numbered object with all that lies in it; what it points to has a number of its own."""
        waiting = [item]
        while waiting:
            one = waiting.pop()
            where = f"object {item.objgen[0]}"
            if isinstance(one, pikepdf.Array):
                self.array(one, where)
                waiting += [kid for kid in one if not _indirect(kid)]
            elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
                self.dictionary(one, where)
                waiting += [kid for _, kid in one.items() if not _indirect(kid)]
            elif isinstance(one, pikepdf.Name) and str(one) in SCREEN_SPACES:
                self.screen[f"{where}: {one}"] = None

    def array(self, array: pikepdf.Object, where: str) -> None:
        if len(array) == 2 and str(array[0]) == "/ICCBased":
            channels = array[1].get("/N", 0)
            self.screen[f"{where}: /ICCBased, {channels} channels"] = None

    def dictionary(self, one: pikepdf.Object, where: str) -> None:
        kind, form = str(one.get("/Type", "")), str(one.get("/Subtype", ""))
        if form == "/Image" and isinstance(one, pikepdf.Stream):
            self.image(one, where)
        elif isinstance(one, pikepdf.Stream) and (form == "/Form" or one.get("/PatternType") == 1):
            self.contents(one, where)
        elif form == "/Type3":
            for glyph in one.CharProcs.values():
                self.contents(glyph, where)
        elif kind == "/Font":
            self.font(one)
        elif "/ShadingType" in one and str(one.get("/ColorSpace")) == "/DeviceCMYK":
            self.function(one["/Function"] if "/Function" in one else pikepdf.Dictionary(), where)
        if any(key in one for key in ("/ca", "/CA")):
            self.transparent |= any(float(one.get(key, 1)) < 1 for key in ("/ca", "/CA"))
        if isinstance(one.get("/SMask"), pikepdf.Dictionary | pikepdf.Stream):
            self.transparent = True

    def function(self, function: pikepdf.Object, where: str) -> None:
        """The most ink that a gradient asks for; one with another number of values than inks is damaged."""
        kind = int(function.get("/FunctionType", -1))
        if kind == 3:
            for part in function.Functions:
                self.function(part, where)
        elif kind == 2 and len(function.C0) == 4:
            for end in (function.C0, function.C1):
                self.vector = max(self.vector, sum(float(part) for part in end))
        elif kind == 0 and len(function.Range) == 8 and int(function.BitsPerSample) == 8:
            table = function.read_bytes()
            sums = (sum(table[at : at + 4]) for at in range(0, len(table) - 3, 4))
            self.vector = max(self.vector, max(sums, default=0) / 255)
        else:
            self.screen[f"{where}: gradient whose function does not give four inks"] = None

    def image(self, image: pikepdf.Stream, where: str) -> None:
        import numpy as np

        if image.get("/ImageMask", False):
            return
        self.pictures += 1
        if str(image.get("/ColorSpace")) != "/DeviceCMYK":
            return
        if int(image.Width) * int(image.Height) > MAX_PIXELS:
            self.unreadable[f"{where}: {image.Width} × {image.Height} pixels"] = None
            return
        try:
            pixels = np.asarray(pikepdf.PdfImage(image).as_pil_image(apply_mask=False))
        except (pikepdf.PdfError, NotImplementedError, OSError, ValueError) as error:
            self.unreadable[f"{where}: {error}"] = None
            return
        if pixels.size:
            self.picture = max(self.picture, int(pixels.sum(axis=-1, dtype=np.int32).max()) / 255)

    def font(self, font: pikepdf.Object) -> None:
        name = str(font.get("/BaseFont", "?")).lstrip("/")
        if str(font.get("/Subtype")) == "/Type0":
            return  # its descendant is looked at
        descriptor = font.get("/FontDescriptor", pikepdf.Dictionary())
        if any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            self.embedded.add(name)
        else:
            self.loose_fonts[name] = None

    def faults(self, limit: int) -> Iterator[Text]:
        for colour in list(self.screen)[:SHOWN]:
            yield message("press.screen_colour_is_left", colour=colour)
        if (more := len(self.screen) - SHOWN) > 0:
            yield message("press.more_screen_colours", more=more)
        for ink, what in ((self.vector, "press.vectors"), (self.picture, "press.pictures")):
            # Half a percent is what 8-bit rounding of four inks may add.
            if ink * 100 > limit + 0.8:
                yield message(
                    "press.total_ink_is_limit_is", ink=self.percent(ink), limit=limit, what=message(what)
                )
        for name in self.loose_fonts:
            yield message("press.font_is_not_embedded", name_=name)
        for what in self.unreadable:
            yield message("press.cannot_looked", what=what)


def _indirect(item: pikepdf.Object) -> bool:
    return bool(getattr(item, "is_indirect", False))


def _intent(pdf: pikepdf.Pdf, conditions: Conditions) -> tuple[str, str, list[Text]]:
    """Identifier and profile of the output intent, and what is wrong with it."""
    intents = [one for one in pdf.Root.get("/OutputIntents", []) if str(one.get("/S")) == "/GTS_PDFX"]
    if len(intents) != 1:
        return "", "", [message("press.has_output_intents_pdf_x", intents_count=len(intents))]
    identifier = str(intents[0].get("/OutputConditionIdentifier", ""))
    faults: list[Text] = []
    if identifier != conditions.identifier:
        faults.append(
            message(
                "press.is_made_declared_condition_is",
                identifier=identifier,
                identifier2=conditions.identifier,
            )
        )
    profile = intents[0].get("/DestOutputProfile")
    content = profile.read_bytes() if profile is not None else b""
    if profile is None or content[12:20] != b"prtrCMYK" or int(profile.get("/N", 0)) != 4:
        faults.append(message("press.output_intent_holds_no_cmyk"))
        return identifier, "", faults
    if content != conditions.profile:
        faults.append(message("press.profile_inside_is_not_declared"))
    return identifier, _described(content), faults


def _described(content: bytes) -> str:
    from PIL import ImageCms

    try:
        return str(ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(content)))).strip()
    except (ImageCms.PyCMSError, OSError):
        return "?"


def _version(pdf: pikepdf.Pdf) -> str:
    """What the metadata say that the file is; a prefix of any name, as XMP allows."""
    metadata = pdf.Root.get("/Metadata")
    text = metadata.read_bytes().decode("utf-8", "replace") if metadata is not None else ""
    found = re.search(r"GTS_PDFXVersion\s*(?:>|=\s*[\"'])([^<\"']+)", text)
    return found[1].strip() if found else ""


def _file_faults(pdf: pikepdf.Pdf, version: str) -> Iterator[Text]:
    if version != "PDF/X-4":
        yield message("press.metadata_say", version=version or message("press.no_version"))
    if pdf.is_encrypted:
        yield message("press.is_encrypted")
    if str(pdf.docinfo.get("/Trapped", "") if "/Info" in pdf.trailer else "") not in ("/True", "/False"):
        yield message("press.does_not_say_whether_is")
    if "/ID" not in pdf.trailer:
        yield message("press.has_no_file_identifier")
    for item in pdf.objects:
        if getattr(item, "get", None) and str(item.get("/S", "")) == "/JavaScript":
            yield message("press.holds_javascript")
            break
    for key in ("/AcroForm", "/OpenAction", "/AA"):
        if key in pdf.Root:
            yield message("press.holds_printed_page_cannot_have", key=key)
    for place, page in enumerate(pdf.pages, 1):
        if len(page.obj.get("/Annots", [])):
            yield message("press.page_has_annotations_links", place=place)


def _box(page: pikepdf.Page, key: str) -> Box | None:
    if key not in page.obj and not (key == "/MediaBox" and page.mediabox is not None):
        return None
    one, two, three, four = (float(part) for part in (page.obj.get(key, page.mediabox)))
    return one, two, three, four


def _room(inner: Box, outer: Box) -> float:
    """The smallest distance from the inner to the outer box, in mm."""
    sides = (inner[0] - outer[0], inner[1] - outer[1], outer[2] - inner[2], outer[3] - inner[3])
    return round(min(sides) / MM, 2) + 0.0


def _sheet(page: pikepdf.Page) -> PrintedSheet:
    media = _box(page, "/MediaBox") or (0.0, 0.0, 0.0, 0.0)
    trim = _box(page, "/TrimBox") or media
    bleed = _box(page, "/BleedBox") or trim
    width, height = ((trim[at + 2] - trim[at]) / MM for at in (0, 1))
    return PrintedSheet(round(width, 1), round(height, 1), _room(trim, bleed), _room(bleed, media))


def _box_faults(page: pikepdf.Page, place: int) -> Iterator[Text]:
    for key in ("/TrimBox", "/BleedBox"):
        if key not in page.obj:
            yield message("press.page_has_no", place=place, key=key[1:])
    sheet = _sheet(page)
    if sheet.bleed_mm < BLEED_MM - 0.01:
        yield message("press.page_has_bleed_mm_mm", place=place, bleed_mm=sheet.bleed_mm, bleed_mm2=BLEED_MM)
    if sheet.slug_mm < 0:
        yield message("press.page", place=place)
