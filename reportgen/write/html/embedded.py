"""Pictures that are embedded in a page: only SVG and PNG, whole and of a bounded size; nothing runs or loads in them."""

from __future__ import annotations

import base64
import binascii
import io
import re
import struct
from typing import NoReturn
from xml.parsers import expat

from reportgen.model import Text, limits
from reportgen.model.messages import message
from reportgen.read.pictures import whole_pictures
from reportgen.write.html.css import style_faults

MAX_PIXELS = limits.EMBEDDED_PIXELS
MAX_DEPTH = limits.DRAWING_DEPTH
MAX_USES = limits.DRAWING_USES
SVG, PNG = "data:image/svg+xml;base64,", "data:image/png;base64,"

_RUNNING = frozenset(
    "script image feimage foreignobject iframe embed object video audio handler listener animate animatemotion "
    "animatetransform animatecolor set discard mpath a".split()
)
_TARGET = re.compile(r"url\([\"'\s]*(?!#|[\"'\s])", re.IGNORECASE)


def check_picture(address: str) -> Text | None:
    """What is wrong with the address of a picture.

    `chart:` and an anchor is a chart of this document, which the layout is given and does not load.
    """
    if re.fullmatch(r"chart:[\w-]+", address):
        return None
    for start, check in ((SVG, _svg), (PNG, _png)):
        if address.startswith(start):
            try:
                content = base64.b64decode(address[len(start) :], validate=True)
            except (binascii.Error, ValueError):
                return message("templates.embedded_picture_is_no_base")
            return check(content)
    return message("templates.asks", address=shortened(address))


def shortened(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 60 else words[:59] + "…"


def _png(content: bytes) -> Text | None:
    from PIL import Image

    # The size is read by hand: Pillow warns of large pictures and goes on.
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR" or len(content) < 33:
        return message("templates.embedded_picture_is_called_png")
    width, height = struct.unpack(">II", content[16:24])
    if width * height > MAX_PIXELS:
        return message(
            "templates.picture_has_pixels_more_than", width=width, height=height, max_pixels=MAX_PIXELS
        )
    try:
        with whole_pictures():
            Image.open(
                io.BytesIO(content), formats=["PNG"]
            ).verify()  # every chunk with its check sum, down to the end
            Image.open(io.BytesIO(content), formats=["PNG"]).load()
    except Exception:  # the decoders let through errors of every kind
        return message("templates.embedded_picture_is_damaged_cut")
    return None


def _svg(content: bytes) -> Text | None:
    if b"\0" in content:  # another encoding than the layout's
        return message("templates.svg_holds_declarations_doctype_entity")
    try:
        _Drawing().read(content)
    except _Refused as refused:
        return refused.fault
    except (expat.ExpatError, ValueError) as error:
        return message("templates.svg_cannot_read", error=error)
    return None


class _Refused(Exception):
    def __init__(self, fault: Text) -> None:
        self.fault = fault


class _Drawing:
    """An SVG as expat reads it, which reads it for the layout, too; _Refused at its first fault."""

    def __init__(self) -> None:
        self.named: list[bool] = []  # the open elements, and which of them can be repeated by their id
        self.uses = 0
        self.style: list[str] | None = None

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._words
        parser.StartDoctypeDeclHandler = parser.ProcessingInstructionHandler = self._declared
        parser.StartCdataSectionHandler = self._declared
        parser.Parse(content, True)

    def _declared(self, *_: object) -> NoReturn:
        raise _Refused(message("templates.svg_holds_declarations_doctype_entity"))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = name.rpartition(" ")[2].lower()
        if not self.named and element != "svg":
            raise _Refused(message("templates.embedded_picture_is_called_svg"))
        if len(self.named) >= MAX_DEPTH:
            raise _Refused(message("templates.svg_is_nested_more_than", max_depth=MAX_DEPTH))
        if element in _RUNNING:
            raise _Refused(message("templates.svg_holds", element=element))
        self.named.append("id" in attributes)
        self.style = [] if element == "style" else None
        if element == "use":
            self.uses += 1
            # One use of a thing that uses a thing … is 10⁷ drawings after seven lines.
            if self.uses > MAX_USES or any(self.named):
                raise _Refused(message("templates.svg_repeats_drawings_within_repeated", max_uses=MAX_USES))
        for long_name, value in attributes.items():
            attribute = long_name.rpartition(" ")[2].lower()
            if _loads(attribute, value):
                said = {"attribute": attribute, "value": shortened(value), "element": element}
                raise _Refused(message("templates.svg_holds_2", **said))

    def _end(self, _name: str) -> None:
        self.named.pop()
        for fault, _ in style_faults("".join(self.style or ()), _nothing):
            raise _Refused(fault)
        self.style = None

    def _words(self, words: str) -> None:
        if self.style is not None:
            self.style.append(words)


def _nothing(address: str) -> Text:
    return message("templates.asks", address=shortened(address))


def _loads(attribute: str, value: str) -> bool:
    return (
        attribute.startswith("on")
        or (attribute in ("href", "src", "base") and not value.startswith("#"))
        or (attribute == "style" and any(style_faults(value, _nothing)))
        or "\\" in value
        or ("(" in value and bool(_TARGET.search(value)))
    )
