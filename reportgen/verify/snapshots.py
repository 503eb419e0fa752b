"""Small grey pictures of the pages of a PDF, and what is different between those of before and those of now."""

from __future__ import annotations

import difflib
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

DOTS = 40  # an inch
LONGEST = 468  # pixels: A4 at these dots; larger sheets are as small
GREYS = 16
STEP = 255 // (GREYS - 1)
ROUNDED = 0.02  # the share of dots that may be one step off: renderers round otherwise


@dataclass(frozen=True)
class Change:
    """A page that is not as it was: its number now (`gone`: its number before) and its pictures."""

    kind: Literal["changed", "new", "gone"]
    page: int
    before: Image | None
    after: Image | None


def pictures(content: bytes, most: int) -> tuple[list[Image], int]:
    """The first `most` pages in `GREYS` greys, and how many pages there are."""
    import pypdfium2

    def taken(page: pypdfium2.PdfPage) -> Image:
        scale = min(DOTS / 72, LONGEST / max(page.get_size()))
        picture: Image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
        return picture.point([round(grey / STEP) * STEP for grey in range(256)])

    with pypdfium2.PdfDocument(content) as document:
        return [taken(page) for page in itertools.islice(document, most)], len(document)


def png(picture: Image) -> bytes:
    """The same bytes for the same picture: half a byte for each dot of a grey one."""
    made = io.BytesIO()
    if picture.mode != "L":
        picture.save(made, "PNG", optimize=True)
        return made.getvalue()
    few = picture.point([grey // STEP for grey in range(256)])
    few.putpalette([step * STEP for step in range(GREYS) for _ in "rgb"])
    few.save(made, "PNG", optimize=True, bits=4)
    return made.getvalue()


def read(content: bytes) -> Image:
    """A picture that `png` made. OSError for bytes that are none."""
    from PIL import Image

    return Image.open(io.BytesIO(content)).convert("L")


def changes(before: Sequence[Image], after: Sequence[Image]) -> tuple[Change, ...]:
    """In order of the pages; one that was put in between or taken out makes the pages behind it no other ones."""
    was, now = ([(one.size, one.tobytes()) for one in row] for row in (before, after))
    found: list[Change] = []
    steps = difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    for _, first, last, start, end in (step for step in steps if step[0] != "equal"):
        pairs = min(last - first, end - start)
        for old, new in zip(range(first, first + pairs), range(start, start + pairs), strict=True):
            if differs(before[old], after[new]):
                found.append(Change("changed", new + 1, before[old], after[new]))
        found += [Change("gone", old + 1, before[old], None) for old in range(first + pairs, last)]
        found += [Change("new", new + 1, None, after[new]) for new in range(start + pairs, end)]
    return tuple(found)


def differs(before: Image, after: Image) -> bool:
    """Whether a dot is two steps of grey off, or more dots than `ROUNDED` are one: a pale ground that was not there."""
    from PIL import ImageChops

    if before.size != after.size:
        return True
    dots = ImageChops.difference(before, after).histogram()
    return any(dots[STEP + 1 :]) or sum(dots[1:]) > ROUNDED * before.width * before.height


def difference(before: Image, after: Image) -> Image:
    """Both on one sheet: red is what was there before alone, blue what is there now alone, and what is in both is grey."""
    from PIL import Image, ImageChops

    size = (max(before.width, after.width), max(before.height, after.height))
    sheets = [Image.new("L", size, 255) for _ in range(2)]
    for sheet, picture in zip(sheets, (before, after), strict=True):
        sheet.paste(picture)
    return Image.merge("RGB", (sheets[1], ImageChops.darker(*sheets), sheets[0]))
