"""Scans as they may be printed: read within bounds, turned upright, in sRGB, what is redacted taken out of the pixels.

Nothing of the file itself goes on: a scan's thumbnail or its metadata can show what the picture hides. How large a
picture is printed, and whether its pixels are enough for that, is not known here.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.model import Text, limits
from reportgen.model.errors import InputError, Place, Problem, ReportgenError, problem
from reportgen.model.messages import message

FORMATS = ("JPEG", "PNG", "TIFF")
MAX_PIXELS = limits.PICTURE_PIXELS
QUALITY = 92
GREY = (128, 128, 128)


@dataclass(frozen=True)
class Redaction:
    """An area to take out: pixels of the upright picture from its upper left corner."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Scan:
    """A picture ready for print: upright, sRGB or grey, redacted; `content` is a JPEG. Sizes in pixels.

    `colour` says how it came to sRGB: `profile` by its own profile, `assumed` where it has none.
    """

    content: bytes
    width: int
    height: int
    colour: str


@contextlib.contextmanager
def whole_pictures() -> Iterator[None]:
    """WeasyPrint, once imported, makes Pillow fill the lost half of a damaged picture with grey in silence."""
    from PIL import ImageFile

    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def size_of(project: Path, file: str) -> tuple[int, int]:
    """Width and height in pixels of the upright picture, without reading its pixels."""
    with _opened(project, file) as picture, _reading(file):
        # Exif's Orientation: on its side. A TIFF gives its size as it will be when it is upright.
        turned = picture.format != "TIFF" and picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        return (picture.height, picture.width) if turned else (picture.width, picture.height)


def read(project: Path, file: str, redactions: Iterable[Redaction] = ()) -> Scan:
    """The scan as it is printed. InputError for what cannot be read, is too large, or a redaction outside of it."""
    from PIL import ImageDraw, ImageOps

    with _opened(project, file) as opened, _reading(file):
        opened.load()
        picture: Any = ImageOps.exif_transpose(opened)
        picture, colour = _in_srgb(picture, file)
    problems = []
    draw = ImageDraw.Draw(picture)
    fill = GREY[0] if picture.mode == "L" else GREY
    for number, one in enumerate(redactions, 1):
        if told := outside(one, picture.width, picture.height):
            problems.append(Problem(Place(file, column=f"redaction {number}"), told.en, told.zh))
            continue
        right, bottom = one.left + one.width, one.top + one.height
        draw.rectangle((one.left, one.top, right - 1, bottom - 1), fill=fill)
    if problems:
        raise InputError(problems)
    target = io.BytesIO()
    picture.info.clear()
    picture.save(target, "JPEG", quality=QUALITY, subsampling=0)
    return Scan(target.getvalue(), picture.width, picture.height, colour)


def outside(one: Redaction, width: int, height: int) -> Text | None:
    """What is wrong with an area that does not lie wholly within a picture of this size."""
    right, bottom = one.left + one.width, one.top + one.height
    if 0 <= one.left < right <= width and 0 <= one.top < bottom <= height:
        return None
    box = f"[{one.left}, {one.top}, {one.width}, {one.height}]"
    return message("pictures.lies_outside_picture_is_pixels", box=box, width=width, height=height)


def _in_srgb(picture: Any, file: str) -> tuple[Any, str]:
    """The picture in sRGB, or grey; transparent parts become paper."""
    from PIL import Image, ImageCms

    profile = picture.info.get("icc_profile")
    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "F"):  # 16 bits of grey: the upper eight
        low, high = (0, 65535) if picture.mode != "F" else picture.getextrema()
        scale = 255 / ((high - low) or 1)
        picture = picture.convert("F").point(lambda v: v * scale + -low * scale).convert("L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        paper = Image.new("RGBA", seen.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(paper, seen).convert("RGB")
    elif picture.mode in ("1", "P", "HSV", "YCbCr", "LAB"):
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    if profile and picture.mode in ("RGB", "L", "CMYK"):
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            done: Any = ImageCms.profileToProfile(picture, own, srgb, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError) as error:
            raise InputError(
                problem(Place(file), "pictures.colour_profile_cannot_used", error=error)
            ) from None
        return (done if picture.mode != "L" else done.convert("L")), "profile"
    if picture.mode == "CMYK":
        raise InputError(problem(Place(file), "pictures.is_cmyk_without_colour_profile"))
    return picture if picture.mode in ("RGB", "L") else picture.convert("RGB"), "assumed"


def _opened(project: Path, file: str) -> Any:
    """The picture, its pixels not read yet. Inside of the project, of a known format, not too large."""
    from PIL import Image

    path = project / file
    if not path.resolve().is_relative_to(project.resolve()):
        raise InputError(problem(Place(file), "pictures.leads_out_project"))
    with _reading(file):
        try:
            # Not by its path: at an error within a decoder the file would stay open.
            picture = Image.open(io.BytesIO(path.read_bytes()), formats=FORMATS)
        except FileNotFoundError:
            raise InputError(problem(Place(file), "pictures.is_no_such_scan")) from None
        pages = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    if picture.width * picture.height > MAX_PIXELS:
        picture.close()
        raise InputError(_too_large(file))
    if pages > 1:
        picture.close()
        raise InputError(problem(Place(file), "pictures.has_pages", pages=pages))
    return picture


@contextlib.contextmanager
def _reading(file: str) -> Iterator[None]:
    """What a damaged file brings about as InputError: the decoders let through errors of every kind."""
    from PIL import Image

    try:
        with whole_pictures(), warnings.catch_warnings():
            # The limit of pixels is ours, above; the other warnings are of metadata, which goes no further.
            warnings.simplefilter("ignore")
            yield
    except ReportgenError:
        raise
    except Image.DecompressionBombError:
        raise InputError(_too_large(file)) from None
    except Exception as error:
        raise _broken(file, error) from None


def _too_large(file: str) -> Problem:
    return problem(Place(file), "pictures.has_more_than_pixels", max_pixels=MAX_PIXELS)


def _broken(file: str, error: Exception) -> InputError:
    from PIL import UnidentifiedImageError

    # The name of the file on this machine stands in the words of many errors, and is nobody's business.
    words = (
        (error.strerror or "")
        if isinstance(error, OSError) and error.strerror
        else str(error).partition("\n")[0]
    )
    said = f": {words}" if words and not isinstance(error, UnidentifiedImageError) else ""
    return InputError(problem(Place(file), "pictures.is_not_whole", formats=[*FORMATS], error=Text("", said)))
