"""Colour spaces, colours and functions of a PDF, as far as they must be known to be converted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

import pikepdf
from pikepdf import Array, Dictionary, Name

from reportgen.model import Text
from reportgen.model.messages import message
from reportgen.write.press.inks import Parts, Press

Space = Literal["gray", "rgb", "cmyk", "lab", "pattern", "spot"]
Colour = tuple[Literal["g", "k"], Sequence[float]]  # the operator that sets it, and its parts

_DEVICE: dict[str, Space] = {
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
FIRST = {
    "gray": [0],
    "rgb": [0, 0, 0],
    "lab": [0, 0, 0],
    "cmyk": [0, 0, 0, 1],
}  # with which a space begins: its black


class NotConverted(Exception):
    """What a printer's edition cannot have, in a sentence."""

    def __init__(self, name: str, **slots: object) -> None:
        self.text: Text = message(f"press.{name}", **slots)
        super().__init__(self.text.en)


def space_of(given: pikepdf.Object, resources: pikepdf.Object) -> Space:
    """A colour space by its name in the resources, or as it stands. Raises NotConverted."""
    if isinstance(given, Name):
        if kind := _DEVICE.get(str(given)):
            return kind
        named = resources.get("/ColorSpace", Dictionary()).get(str(given))
        if named is None:
            raise NotConverted("colour_space_is_nowhere_declared", given=given)
        return space_of(named, resources)
    kind_of = str(given[0])
    if kind_of == "/ICCBased":
        return _of_profile(given[1])
    if kind_of == "/Indexed":
        return space_of(given[1], resources)
    kind = _DEVICE.get(kind_of, "spot")
    if kind == "spot":
        raise NotConverted("colour_space_cannot_converted", kind=kind_of)
    return kind


def _of_profile(profile: pikepdf.Object) -> Space:
    channels = int(profile.get("/N", 0))
    if channels not in (1, 3):
        raise NotConverted("colours_cmyk_profile_their_own")
    # WeasyPrint writes its own sRGB profile; another one would need a transform of its own.
    if channels == 3 and b"sRGB" not in profile.read_bytes():
        raise NotConverted("colour_space_icc_profile_other")
    return "gray" if channels == 1 else "rgb"


def in_inks(press: Press, space: Space, parts: Sequence[float]) -> Colour:
    if space == "gray":
        return "g", parts
    if space == "cmyk":
        return "k", parts
    return "k", _inks(press, space, parts)


def _inks(press: Press, space: Space, parts: Sequence[float]) -> Parts:
    if space == "rgb":
        return press.ink(parts[0], parts[1], parts[2])
    if space == "lab":
        return press.lab(parts[0], parts[1], parts[2])
    raise NotConverted("colours_space_cannot_converted", kind=space)


def lightness(space: Space, parts: Sequence[float]) -> float:
    """What a luminosity mask takes of a colour (ISO 32000-1, 11.5.3)."""
    if space == "gray":
        return parts[0]
    if space == "rgb":
        return 0.3 * parts[0] + 0.59 * parts[1] + 0.11 * parts[2]
    if space == "cmyk":
        cyan, magenta, yellow, black = parts
        return 1 - min(1.0, 0.3 * cyan + 0.59 * magenta + 0.11 * yellow + black)
    raise NotConverted("mask_space_cannot_converted", kind=space)


def outputs(function: pikepdf.Object) -> int:
    """How many values a function gives."""
    if isinstance(function, Array):
        return len(function)
    if int(function.FunctionType) == 3:
        return outputs(function.Functions[0])
    if int(function.FunctionType) == 2:
        return len(function.get("/C0", [0]))
    return len(function.Range) // 2


def number(part: float) -> Decimal:
    return Decimal(f"{part:.4f}")


def numbers(parts: Iterable[float]) -> Array:
    return Array([number(part) for part in parts])
