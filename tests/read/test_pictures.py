"""Scans: upright, in sRGB, what is redacted gone from the pixels, and nothing of the file itself in the result."""

from __future__ import annotations

import io
import resource
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, ImageOps

from reportgen.model.errors import InputError, Problem
from reportgen.read import pictures
from reportgen.read.pictures import GREY, MAX_PIXELS, Redaction, Scan

HOSTILE = Path(__file__).parents[1] / "hostile" / "pages"
FILE = "scans/a.png"
RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 160, 60), (30, 60, 200), (255, 255, 255)


def corners(size: tuple[int, int] = (120, 80)) -> Image.Image:
    """Another colour in each corner: which way is up can be seen."""
    width, height = size
    picture = Image.new("RGB", size, WHITE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=RED)
    draw.rectangle((width // 2, 0, width - 1, height // 2 - 1), fill=GREEN)
    draw.rectangle((0, height // 2, width // 2 - 1, height - 1), fill=BLUE)
    return picture


def saved(project: Path, picture: Image.Image, file: str = FILE, **options: Any) -> None:
    (project / file).parent.mkdir(parents=True, exist_ok=True)
    picture.save(project / file, **options)


def written(project: Path, content: bytes, file: str = FILE) -> None:
    (project / file).parent.mkdir(parents=True, exist_ok=True)
    (project / file).write_bytes(content)


def read(project: Path, *redactions: Redaction, file: str = FILE) -> tuple[Scan, Any]:
    """The scan and its pixels, read back from the JPEG."""
    scan = pictures.read(project, file, redactions)
    with Image.open(io.BytesIO(scan.content)) as opened:
        assert opened.format == "JPEG" and opened.mode in ("RGB", "L")
        assert opened.size == (scan.width, scan.height)
        assert not opened.getexif() and "icc_profile" not in opened.info and "comment" not in opened.info
        pixels = numpy.asarray(opened.convert("RGB"), dtype=int)
    return scan, pixels


def near(pixels: Any, x: int, y: int, colour: tuple[int, int, int], within: int = 8) -> bool:
    return bool(abs(pixels[y, x] - numpy.array(colour)).max() <= within)


def refused(project: Path, *redactions: Redaction, file: str = FILE) -> list[Problem]:
    with pytest.raises(InputError) as found:
        pictures.size_of(project, file)
        pictures.read(project, file, redactions)
    assert all(one.place.file == file and one.zh != one.en for one in found.value.problems)
    return list(found.value.problems)


# ---- upright --------------------------------------------------------------------------------

TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_a_scan_is_turned_as_its_exif_says(orientation: int, suffix: str, tmp_path: Path) -> None:
    turn = TURNS[orientation]
    lying = corners().transpose(turn) if turn is not None else corners()
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = f"scans/a.{suffix}"
    saved(tmp_path, lying, file, exif=exif, **({"quality": 98, "subsampling": 0} if suffix == "jpg" else {}))
    assert pictures.size_of(tmp_path, file) == (120, 80)
    scan, pixels = read(tmp_path, file=file)
    assert (scan.width, scan.height) == (120, 80)
    assert near(pixels, 20, 15, RED) and near(pixels, 100, 15, GREEN)
    assert near(pixels, 20, 65, BLUE) and near(pixels, 100, 65, WHITE)


@pytest.mark.parametrize("orientation", [0, 9, 300])
def test_an_orientation_that_does_not_exist_is_none(orientation: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    saved(tmp_path, corners(), exif=exif)
    assert pictures.size_of(tmp_path, FILE) == (120, 80)
    assert near(read(tmp_path)[1], 20, 15, RED)


# ---- colour ---------------------------------------------------------------------------------


def profile(primaries: tuple[tuple[float, float], ...], gamma: float) -> bytes:
    """A matrix profile (ICC 2.1) as cameras and scanners carry: white D50, primaries adapted to it, one gamma."""

    def fixed(number: float) -> bytes:
        return struct.pack(">i", round(number * 65536))

    def xyz(values: Any) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(fixed(float(value)) for value in values)

    bradford = numpy.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    d65, d50 = numpy.array([0.9505, 1.0, 1.0890]), numpy.array([0.9642, 1.0, 0.8249])
    columns = numpy.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    matrix = columns * numpy.linalg.solve(columns, d65)
    adapted = numpy.linalg.inv(bradford) @ numpy.diag((bradford @ d50) / (bradford @ d65)) @ bradford @ matrix
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    words = b"test\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(words)) + words + b"\0" * 79,
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": xyz(d50),
        b"rXYZ": xyz(adapted[:, 0]),
        b"gXYZ": xyz(adapted[:, 1]),
        b"bXYZ": xyz(adapted[:, 2]),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        content += b"\0" * (-len(content) % 4)
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content
    head = struct.pack(">I4s4s4s4s4s", 0, b"\0" * 4, b"\x02\x10\0\0", b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    head += fixed(0.9642) + fixed(1.0) + fixed(0.8249) + b"\0" * 48
    whole = head + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


ADOBE_RGB = profile(((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), 563 / 256)


def test_a_scan_with_a_profile_goes_to_srgb(tmp_path: Path) -> None:
    """Numbers of Adobe RGB are duller than the colours that they mean; computed by hand from both standards."""
    picture = Image.new("RGB", (60, 60), (150, 100, 60))
    saved(tmp_path, picture, icc_profile=ADOBE_RGB)
    scan, pixels = read(tmp_path)
    assert scan.colour == "profile"
    linear = (numpy.array([150, 100, 60]) / 255) ** (563 / 256)
    to_xyz = numpy.array(
        [[0.57667, 0.18556, 0.18823], [0.29734, 0.62736, 0.07529], [0.02703, 0.07069, 0.99134]]
    )
    to_srgb = numpy.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
    light = to_srgb @ to_xyz @ linear
    meant = numpy.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    assert meant[0] - 150 > 8  # the profile matters
    assert abs(pixels[30, 30] - meant).max() <= 3


def test_a_scan_without_a_profile_is_taken_for_srgb(tmp_path: Path) -> None:
    saved(tmp_path, corners())
    scan, pixels = read(tmp_path)
    assert scan.colour == "assumed" and near(pixels, 20, 15, RED)


def test_a_grey_scan_stays_grey(tmp_path: Path) -> None:
    saved(tmp_path, corners().convert("L"))
    scan, pixels = read(tmp_path)
    with Image.open(io.BytesIO(scan.content)) as opened:
        assert opened.mode == "L"
    assert near(pixels, 100, 65, WHITE, 2)


def test_a_broken_profile_is_told(tmp_path: Path) -> None:
    saved(tmp_path, corners(), icc_profile=ADOBE_RGB[:200])
    (problem,) = refused(tmp_path)
    assert (
        "its colour profile cannot be used" in problem.en
        and "save the scan with an sRGB profile" in problem.en
    )


def test_a_profile_of_another_kind_of_picture_is_told(tmp_path: Path) -> None:
    saved(tmp_path, corners().convert("CMYK"), "scans/a.tif", icc_profile=ADOBE_RGB)
    (problem,) = refused(tmp_path, file="scans/a.tif")
    assert "its colour profile cannot be used" in problem.en


@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_inks_without_a_profile_mean_nothing(suffix: str, tmp_path: Path) -> None:
    file = f"scans/a.{suffix}"
    saved(tmp_path, corners().convert("CMYK"), file)
    (problem,) = refused(tmp_path, file=file)
    assert "is in CMYK without a colour profile" in problem.en and "無色彩描述檔" in problem.zh


@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_inks_with_their_profile_go_to_srgb(suffix: str, tmp_path: Path) -> None:
    coated = (Path(__file__).parents[2] / "styles/press/fogra39-coated.icc").read_bytes()
    srgb = ImageCms.createProfile("sRGB")
    inks = ImageCms.profileToProfile(
        corners(), srgb, ImageCms.ImageCmsProfile(io.BytesIO(coated)), outputMode="CMYK"
    )
    assert inks is not None
    file = f"scans/a.{suffix}"
    saved(tmp_path, inks, file, icc_profile=coated)
    scan, pixels = read(tmp_path, file=file)
    assert scan.colour == "profile"
    assert near(pixels, 20, 15, RED, 10) and near(pixels, 100, 65, WHITE, 8)
    assert pixels[65, 20].argmax() == 2 and pixels[15, 100].argmax() == 1


def _grey_16(lowest: int, highest: int) -> Image.Image:
    return Image.fromarray(numpy.tile(numpy.linspace(lowest, highest, 100).astype(numpy.uint16), (40, 1)))


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_of_grey_keep_their_tones(suffix: str, tmp_path: Path) -> None:
    file = f"scans/a.{suffix}"
    saved(tmp_path, _grey_16(8000, 60000), file)
    pixels = read(tmp_path, file=file)[1]
    for x in (2, 50, 97):
        tone = (8000 + (60000 - 8000) * x / 99) / 257
        assert abs(pixels[20, x, 0] - tone) <= 3, x


def test_a_thousand_tones_in_floating_point_are_read(tmp_path: Path) -> None:
    tones = numpy.tile(numpy.linspace(0, 1, 100, dtype=numpy.float32), (40, 1))
    saved(tmp_path, Image.fromarray(tones), "scans/a.tif")
    pixels = read(tmp_path, file="scans/a.tif")[1]
    assert abs(pixels[20, 50, 0] - 255 * 50 / 99) <= 3


def _palette() -> Image.Image:
    picture = corners().quantize(8)
    picture.info["transparency"] = picture.getpixel((20, 15))  # the red corner
    return picture


@pytest.mark.parametrize(
    ("make", "red"),
    [
        (lambda: corners().quantize(8), RED),
        (_palette, WHITE),
        (lambda: corners().convert("RGBA"), RED),
        (lambda: corners().convert("LA"), (89, 89, 89)),
        (lambda: corners().convert("1"), None),
    ],
    ids=["palette", "palette with a transparent colour", "RGBA", "LA", "one bit"],
)
def test_every_kind_of_pixel_is_read(make: Callable[[], Image.Image], red: Any, tmp_path: Path) -> None:
    picture = make()
    options = {"transparency": picture.info["transparency"]} if "transparency" in picture.info else {}
    saved(tmp_path, picture, **options)
    pixels = read(tmp_path)[1]
    assert near(pixels, 110, 75, WHITE, 2)
    if red:
        assert near(pixels, 20, 15, red, 12)


def test_what_is_transparent_is_paper(tmp_path: Path) -> None:
    picture = corners().convert("RGBA")
    picture.putalpha(Image.new("L", picture.size, 0))
    saved(tmp_path, picture)
    assert near(read(tmp_path)[1], 20, 15, WHITE, 2)


def test_a_transparent_scan_is_converted_by_its_profile_as_well(tmp_path: Path) -> None:
    plain = Image.new("RGB", (60, 60), (150, 100, 60))
    saved(tmp_path, plain, icc_profile=ADOBE_RGB)
    saved(tmp_path, plain.convert("RGBA"), "scans/b.png", icc_profile=ADOBE_RGB)
    assert near(read(tmp_path, file="scans/b.png")[1], 30, 30, tuple(read(tmp_path)[1][30, 30]), 2)


# ---- redaction ------------------------------------------------------------------------------


def noise(size: tuple[int, int] = (200, 150)) -> Image.Image:
    generator = numpy.random.default_rng(7)
    small = generator.integers(0, 255, (size[1] // 10, size[0] // 10, 3), dtype=numpy.uint8)
    return Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)


BOX = Redaction(48, 32, 80, 48)


def test_what_is_redacted_is_flat_grey_and_the_rest_unchanged(tmp_path: Path) -> None:
    saved(tmp_path, noise())
    before, after = read(tmp_path)[1], read(tmp_path, BOX)[1]
    inside = after[BOX.top : BOX.top + BOX.height, BOX.left : BOX.left + BOX.width]
    assert abs(inside - GREY[0]).max() <= 3
    outside = numpy.ones(after.shape[:2], dtype=bool)
    # A JPEG has blocks of 8 pixels; those at the edge of the box change a little.
    outside[BOX.top - 8 : BOX.top + BOX.height + 8, BOX.left - 8 : BOX.left + BOX.width + 8] = False
    assert abs(before - after)[outside].max() == 0
    assert abs(before - after).mean() > 2


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_box_within_the_picture_is_grey_to_its_edges(data: st.DataObject) -> None:
    from tempfile import TemporaryDirectory

    left, top = data.draw(st.integers(0, 199)), data.draw(st.integers(0, 149))
    width, height = data.draw(st.integers(1, 200 - left)), data.draw(st.integers(1, 150 - top))
    with TemporaryDirectory() as folder:
        saved(Path(folder), Image.new("RGB", (200, 150), WHITE))
        pixels = read(Path(folder), Redaction(left, top, width, height))[1]
    grey = abs(pixels - GREY[0]).max(axis=2) < 64
    assert grey.sum() == width * height
    assert grey[top : top + height, left : left + width].all()


def test_a_redaction_is_measured_on_the_upright_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    saved(tmp_path, corners().transpose(Image.Transpose.ROTATE_90), exif=exif)
    pixels = read(tmp_path, Redaction(0, 0, 60, 40))[1]
    assert near(pixels, 20, 15, GREY) and near(pixels, 100, 15, GREEN) and near(pixels, 20, 65, BLUE)


def test_a_grey_scan_is_redacted_too(tmp_path: Path) -> None:
    saved(tmp_path, corners().convert("L"))
    assert near(read(tmp_path, Redaction(0, 0, 60, 40))[1], 20, 15, GREY, 2)


@pytest.mark.parametrize(
    "box",
    [
        (-1, 0, 10, 10),
        (0, -1, 10, 10),
        (0, 0, 121, 10),
        (0, 0, 10, 81),
        (119, 79, 2, 1),
        (5, 5, 0, 10),
        (5, 5, 10, -3),
        (500, 500, 10, 10),
    ],
)
def test_a_redaction_outside_of_the_picture_is_told_with_sizes(
    box: tuple[int, int, int, int], tmp_path: Path
) -> None:
    saved(tmp_path, corners())
    problems = refused(tmp_path, Redaction(0, 0, 10, 10), Redaction(*box))
    (problem,) = problems
    assert problem.place.column == "redaction 2"
    assert f"{list(box)} lies outside of the picture, which is 120 × 80 pixels" in problem.en
    assert f"{list(box)} 超出圖片範圍" in problem.zh and "120 × 80" in problem.zh


def test_all_redactions_outside_are_told_at_once(tmp_path: Path) -> None:
    saved(tmp_path, corners())
    assert len(refused(tmp_path, Redaction(-1, 0, 5, 5), Redaction(0, 0, 999, 5))) == 2


def test_nothing_of_the_file_itself_goes_on(tmp_path: Path) -> None:
    """Not the words of its metadata, not its thumbnail, not what is hidden behind the end of the picture."""
    thumbnail = io.BytesIO()
    corners((40, 40)).save(thumbnail, "JPEG")
    exif = Image.Exif()
    exif[0x010E] = "SECRET-DESCRIPTION"
    exif[0x8298] = "SECRET-OWNER"
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0SECRET-COMMENT"
    saved(tmp_path, noise(), "scans/a.jpg", exif=exif, comment=b"SECRET-REMARK")
    content = (tmp_path / "scans/a.jpg").read_bytes()
    written(tmp_path, content + b"SECRET-TAIL" + thumbnail.getvalue(), "scans/a.jpg")
    assert b"SECRET-DESCRIPTION" in content and b"SECRET-REMARK" in content
    scan, _ = read(tmp_path, BOX, file="scans/a.jpg")
    assert b"SECRET" not in scan.content and b"Exif" not in scan.content and b"http" not in scan.content
    # Behind its tables, which are those of every JPEG.
    assert thumbnail.getvalue()[-90:-2] not in scan.content
    assert scan.content.count(b"\xff\xd8\xff") == 1 and scan.content.endswith(b"\xff\xd9")


def test_words_of_a_png_do_not_go_on(tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Author", "SECRET-AUTHOR")
    told.add_itxt("XML:com.adobe.xmp", "<x>SECRET-XMP</x>")
    saved(tmp_path, noise(), pnginfo=told, dpi=(72, 72))
    assert b"SECRET" not in read(tmp_path)[0].content


def test_the_same_scan_gives_the_same_bytes(tmp_path: Path) -> None:
    saved(tmp_path, noise(), icc_profile=ADOBE_RGB)
    assert read(tmp_path, BOX)[0] == read(tmp_path, BOX)[0]


def test_a_scan_of_several_pages_is_told(tmp_path: Path) -> None:
    saved(tmp_path, corners(), "scans/a.tif", save_all=True, append_images=[noise()])
    (problem,) = refused(tmp_path, file="scans/a.tif")
    assert (
        "has 2 pages; save the one that is shown as a file of its own" in problem.en and "2 頁" in problem.zh
    )


# ---- what is no scan, or a bomb -------------------------------------------------------------


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def bomb(width: int, height: int, rows: int) -> bytes:
    """A PNG of one colour: some kilobytes for a hundred million pixels."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packed = zlib.compress((b"\0" + b"\0" * ((width + 7) // 8 if rows else 0)) * rows, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [12_000, 30_000, 2**31 - 1])
def test_a_bomb_is_refused_before_its_pixels_are_read(side: int, tmp_path: Path) -> None:
    written(tmp_path, bomb(side, side, side if side < 20_000 else 0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (problem,) = refused(tmp_path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kilobytes
    assert f"has more than {MAX_PIXELS:,} pixels; scan it at 300 to 600 dots an inch" in problem.en


def test_a_large_scan_of_a_whole_sheet_is_read(tmp_path: Path) -> None:
    written(tmp_path, bomb(9100, 9100, 9100))
    assert pictures.size_of(tmp_path, FILE) == (9100, 9100)


@pytest.mark.parametrize("name", ["asset_png_bomb", "asset_png_truncated", "asset_eps_named_png"])
def test_a_hostile_picture_is_refused_by_its_name(name: str, tmp_path: Path) -> None:
    written(tmp_path, (HOSTILE / name / "x.png").read_bytes(), "scans/x.png")
    (problem,) = refused(tmp_path, file="scans/x.png")
    assert (
        "pixels" in problem.en
        if name == "asset_png_bomb"
        else "is no whole picture (JPEG, PNG, TIFF)" in problem.en
    )


def _truncated(picture: Image.Image, form: str) -> bytes:
    target = io.BytesIO()
    picture.save(target, form)
    return target.getvalue()[: len(target.getvalue()) // 2]


@pytest.mark.parametrize(
    "content",
    [
        _truncated(noise(), "JPEG"),
        _truncated(noise(), "PNG"),
        _truncated(noise(), "TIFF"),
        b"",
        b"\xff\xd8\xff",
        "文字".encode(),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
        b"%PDF-1.4\n",
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 0, 0, 8, 2, 0, 0, 0)),
    ],
    ids=[
        "half a JPEG",
        "half a PNG",
        "half a TIFF",
        "nothing",
        "three bytes",
        "words",
        "EPS",
        "SVG",
        "GIF",
        "PDF",
        "no pixels",
    ],
)
@pytest.mark.parametrize("file", ["scans/a.jpg", "scans/a.png"])
def test_what_is_no_whole_picture_is_told(content: bytes, file: str, tmp_path: Path) -> None:
    written(tmp_path, content, file)
    (problem,) = refused(tmp_path, file=file)
    assert "is no whole picture (JPEG, PNG, TIFF)" in problem.en and "請重新掃描或匯出" in problem.zh
    assert str(tmp_path) not in problem.en + problem.zh


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=6), st.integers(0, 3000), st.sampled_from(["JPEG", "PNG", "TIFF"]))
def test_a_damaged_picture_is_read_or_told_and_never_a_traceback(damage: bytes, at: int, form: str) -> None:
    import warnings
    from tempfile import TemporaryDirectory

    target = io.BytesIO()
    ImageOps.posterize(noise((40, 30)), 4).save(target, form)
    content = bytearray(target.getvalue())
    at %= len(content)
    content[at : at + len(damage)] = damage
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        written(Path(folder), bytes(content))
        try:
            pictures.size_of(Path(folder), FILE)
            pictures.read(Path(folder), FILE, [Redaction(0, 0, 1, 1)])
        except InputError as error:
            assert error.problems


def test_a_scan_that_is_not_there_is_told(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path)
    assert (
        "there is no such scan; put the file there, or declare the item as placeholder = true" in problem.en
    )


def test_a_folder_is_no_scan(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir(parents=True)
    (problem,) = refused(tmp_path)
    assert "is no whole picture" in problem.en and str(tmp_path) not in problem.en


@pytest.mark.parametrize(
    "file", ["../a.png", "scans/../../a.png", "scans/link.png", "linked/a.png", "/etc/passwd"]
)
def test_a_way_out_of_the_project_is_refused(file: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    saved(project, corners())
    saved(tmp_path, corners(), "a.png")
    (project / "scans/link.png").symlink_to(tmp_path / "a.png")
    (project / "linked").symlink_to(tmp_path)
    assert ((project / file).exists() or file == "/etc/passwd") and refused(project, file=file)
    (problem,) = refused(project, file=file)
    assert "leads out of the project; copy the scan into it" in problem.en and "指向專案之外" in problem.zh


def test_a_link_within_the_project_is_followed(tmp_path: Path) -> None:
    saved(tmp_path, corners())
    (tmp_path / "scans/link.png").symlink_to("a.png")
    assert near(read(tmp_path, file="scans/link.png")[1], 20, 15, RED)


def test_half_a_scan_is_refused_also_when_the_layout_has_made_pillow_lenient(tmp_path: Path) -> None:
    import weasyprint

    assert weasyprint  # it tells Pillow to be content with half a picture, for the whole process
    whole = io.BytesIO()
    Image.new("RGB", (400, 200), "white").save(whole, "JPEG")
    (tmp_path / "scan.jpg").write_bytes(whole.getvalue()[: len(whole.getvalue()) * 4 // 5])
    with pytest.raises(InputError, match="is no whole picture"):
        pictures.read(tmp_path, "scan.jpg")
