"""Every colour of a laid out PDF into inks, and the file into PDF/X-4.

What is given is WeasyPrint's file with a bleed and without its own marks; what cannot be converted is an error.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Name

from reportgen.model.errors import Place, RenderError, problem
from reportgen.write.press import sheet
from reportgen.write.press.colours import (
    FIRST,
    NotConverted,
    Space,
    in_inks,
    lightness,
    number,
    numbers,
    outputs,
    space_of,
)
from reportgen.write.press.conditions import Conditions
from reportgen.write.press.inks import Press

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def to_press(content: bytes, conditions: Conditions, name: str, dated: datetime) -> bytes:
    """The PDF as PDF/X-4 in the inks of `conditions`; the same content and date give the same bytes.

    `name` is the document in messages; `dated` the date that the file bears.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        conversion = _Conversion(pdf, Press(conditions))
        try:
            for page in pdf.pages:
                conversion.page(page)
        except NotConverted as why:
            raise RenderError(problem(Place(name), "press.printer_s_edition", why=why.text)) from None
        return sheet.finished(pdf, conditions, dated)


Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


class _Conversion:
    """One walk over a file. `mask`: a soft mask's own colours are lightness, no inks, and become grey."""

    def __init__(self, pdf: pikepdf.Pdf, press: Press) -> None:
        self.pdf, self.press = pdf, press
        self.done: set[tuple[int, int]] = set()

    def once(self, item: pikepdf.Object) -> bool:
        if not item.is_indirect:
            return True
        known = item.objgen in self.done
        self.done.add(item.objgen)
        return not known

    # -- walking

    def page(self, page: pikepdf.Page) -> None:
        page.contents_coalesce()
        resources = page.obj.get("/Resources", Dictionary())
        # WeasyPrint shares one dictionary of resources between page and forms: streams first, names of spaces last.
        page.obj.Contents = self.pdf.make_stream(self.stream(page.obj.Contents, resources, mask=False))
        self.resources(resources, mask=False)
        page.obj.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK, I=True)
        sheet.remove(page.obj, "/Annots", "/StructParents", "/Tabs", "/AA")

    def resources(self, resources: pikepdf.Object, mask: bool) -> None:
        if not self.once(resources):
            return
        for state in _values(resources, "/ExtGState"):
            soft = state.get("/SMask")
            if soft is not None and not isinstance(soft, Name):
                self.form(soft.G, resources, mask=True)
        for drawn in _values(resources, "/XObject"):
            if drawn.get("/Subtype") == "/Image" and isinstance(drawn, pikepdf.Stream):
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
        sheet.remove(resources, "/ColorSpace")  # what is converted uses none of them

    def form(self, form: pikepdf.Object, above: pikepdf.Object, mask: bool) -> None:
        if not self.once(form):
            return
        resources = form.get("/Resources", above)
        form.write(self.stream(form, resources, mask))
        if "/Group" in form and "/CS" in form.Group:
            form.Group.CS = Name.DeviceGray if mask else Name.DeviceCMYK
        self.resources(resources, mask)

    # -- content streams

    def stream(self, stream: pikepdf.Object, resources: pikepdf.Object, mask: bool) -> bytes:
        kept: list[Instruction] = []
        spaces: tuple[Space, Space] = ("gray", "gray")  # of filling and of stroking
        stack = []
        for instruction in pikepdf.parse_content_stream(stream):
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                if not instruction.iimage.image_mask:
                    raise NotConverted("picture_within_page_s_text")
                kept.append(instruction)
                continue
            operands, operator = list(instruction.operands), str(instruction.operator)
            if operator == "q":
                stack.append(spaces)
            elif operator == "Q" and stack:
                spaces = stack.pop()
            elif operator in ("cs", "CS"):
                space = space_of(operands[0], resources)
                spaces = (space, spaces[1]) if operator == "cs" else (spaces[0], space)
            kept.append(self.converted(instruction, operands, operator, spaces, mask))
        return pikepdf.unparse_content_stream(kept)

    def converted(
        self,
        instruction: pikepdf.ContentStreamInstruction,
        operands: list[pikepdf.Object],
        operator: str,
        spaces: tuple[Space, Space],
        mask: bool,
    ) -> pikepdf.ContentStreamInstruction:
        """The instruction itself, or where it sets a colour the one that sets its inks (in a mask its lightness)."""
        space = spaces[operator.isupper()]
        if operator in ("rg", "RG"):
            space = "rgb"
        elif operator in ("k", "K") and mask:
            space = "cmyk"
        elif operator not in ("cs", "CS", "sc", "SC", "scn", "SCN"):
            return instruction
        if space == "pattern":
            if operator.lower() != "cs" and len(operands) > 1:
                raise NotConverted("pattern_without_colours_own_cannot")
            return instruction
        colour = FIRST.get(space, FIRST["rgb"]) if operator.lower() == "cs" else operands
        parts: Sequence[float] = [float(part) for part in colour]
        sets, parts = ("g", [lightness(space, parts)]) if mask else in_inks(self.press, space, parts)
        return pikepdf.ContentStreamInstruction(
            [number(part) for part in parts], pikepdf.Operator(sets.upper() if operator.isupper() else sets)
        )

    # -- shadings

    def shading(self, shading: pikepdf.Object, resources: pikepdf.Object, mask: bool) -> None:
        if not self.once(shading):
            return
        if int(shading.ShadingType) not in (1, 2, 3) or "/Function" not in shading:
            raise NotConverted("gradient_mesh_cannot_converted")
        space = space_of(shading.ColorSpace, resources)
        # WeasyPrint 70 declares DeviceCMYK for its gradients in PDF/X and gives them red, green and blue.
        values = outputs(shading.Function)
        if (values == 1 and space == "cmyk") or space == "gray":
            shading.ColorSpace = Name.DeviceGray
            return
        if space == "cmyk" and values == 4:
            return
        if values != 3 or space not in ("rgb", "cmyk"):
            raise NotConverted("gradient_colour_space_cannot_converted")
        shading.Function = self.function(shading.Function, mask)
        shading.ColorSpace = Name.DeviceGray if mask else Name.DeviceCMYK
        sheet.remove(shading, "/Background")

    def function(self, function: pikepdf.Object, mask: bool) -> pikepdf.Object:
        kind = int(function.FunctionType) if not isinstance(function, Array) else -1
        if kind == 3:
            function.Functions = Array([self.function(part, mask) for part in list(function.Functions)])
            return function
        if kind != 2:
            raise NotConverted("gradient_kind_function_cannot_converted")
        first = [float(part) for part in function.get("/C0", [0])]
        last = [float(part) for part in function.get("/C1", [1])]
        if mask:
            function.C0, function.C1 = (numbers([lightness("rgb", end)]) for end in (first, last))
            return function
        steps = self.press.gradient(first, last, float(function.N))
        return self.pdf.make_stream(
            bytes(round(part * 255) for parts in steps for part in parts),
            FunctionType=0,
            Domain=Array([0, 1]),
            Range=Array([0, 1] * 4),
            Size=Array([len(steps)]),
            BitsPerSample=8,
        )

    # -- pictures

    def image(self, image: pikepdf.Stream, resources: pikepdf.Object) -> None:
        if not self.once(image) or image.get("/ImageMask", False):
            return
        space = space_of(image.ColorSpace, resources)
        if space == "cmyk":
            return
        if "/SMask" in image and "/Matte" in image.SMask:
            raise NotConverted("picture_matte_colour_cannot_converted")
        if isinstance(image.get("/Mask"), Array):
            raise NotConverted("picture_colour_key_mask_cannot")
        if space not in ("rgb", "gray"):
            raise NotConverted("picture_colour_space_cannot_converted")
        try:
            picture = pikepdf.PdfImage(image).as_pil_image(apply_mask=False)
        except (pikepdf.PdfError, NotImplementedError, OSError, ValueError) as error:
            raise NotConverted("picture_cannot_read", it=error or type(error).__name__) from None
        name, pixels = self.press.picture(picture)
        colours = 1 if name == "DeviceGray" else 4
        height, width = pixels.shape[:2]
        image.write(
            zlib.compress(_predicted(pixels.reshape(height, width * colours), colours), 6),
            filter=Name.FlateDecode,
            decode_parms=Dictionary(Predictor=15, Colors=colours, BitsPerComponent=8, Columns=width),
        )
        image.ColorSpace, image.BitsPerComponent = Name(f"/{name}"), 8
        sheet.remove(image, "/Decode", "/Intent")


def _predicted(rows: NDArray[np.uint8], colours: int) -> bytes:
    """Rows as PNG writes them, each byte as the difference from the one above: photographs shrink by half."""
    import numpy as np

    above = np.zeros_like(rows)
    above[1:] = rows[:-1]
    lines = np.full((rows.shape[0], rows.shape[1] + 1), 2, np.uint8)
    lines[:, 1:] = rows - above
    return lines.tobytes()


def _values(resources: pikepdf.Object, key: str) -> list[pikepdf.Object]:
    return list(resources.get(key, {}).values())
