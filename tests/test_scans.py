"""Scans: upright, in sRGB, redacted, within bounds."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy
import pytest
from PIL import Image, ImageCms, ImageDraw

from reportgen import pictures
from reportgen.errors import InputError
from reportgen.pictures import Redaction


def corner(mode: str = "RGB") -> Image.Image:
    """40 × 20 with a red corner at the upper left."""
    picture = Image.new("RGB", (40, 20), "white")
    ImageDraw.Draw(picture).rectangle((0, 0, 9, 9), fill=(200, 30, 30))
    return picture.convert(mode)


def pixels(content: bytes) -> Any:
    with Image.open(io.BytesIO(content)) as picture:
        assert not picture.getexif() and "icc_profile" not in picture.info
        return numpy.asarray(picture.convert("RGB"), dtype=int)


def is_red(pixel: Any) -> bool:
    return bool(pixel[0] > 150 and pixel[1] < 90 and pixel[2] < 90)


TURNED = {
    1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
}  # fmt: skip


@pytest.mark.parametrize("orientation", TURNED)
def test_a_scan_is_turned_upright_as_its_exif_says(orientation: int, tmp_path: Path) -> None:
    stored, how = corner(), TURNED[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    (stored.transpose(how) if how is not None else stored).save(tmp_path / "scan.jpg", exif=exif, quality=95)
    assert pictures.size_of(tmp_path, "scan.jpg") == (40, 20)
    scan = pictures.read(tmp_path, "scan.jpg")
    assert (scan.width, scan.height) == (40, 20)
    assert is_red(pixels(scan.content)[4, 4])


def test_colours_are_brought_to_srgb_by_the_scans_own_profile(tmp_path: Path) -> None:
    """A profile that exchanges red and green would be seen at once; this one is sRGB with another gamma."""
    corner().save(tmp_path / "plain.png")
    lab = ImageCms.createProfile("LAB")
    assert lab
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    corner().save(tmp_path / "tagged.png", icc_profile=srgb)
    assert pictures.read(tmp_path, "plain.png").colour == "assumed"
    tagged = pictures.read(tmp_path, "tagged.png")
    assert tagged.colour == "profile" and is_red(pixels(tagged.content)[4, 4])


def test_inks_with_a_profile_become_light_and_without_one_are_refused(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parent.parent
    profile = (root / "styles/press/fogra39-coated.icc").read_bytes()
    inks = Image.new("CMYK", (40, 20), (0, 255, 255, 0))
    inks.save(tmp_path / "inks.tif", icc_profile=profile)
    assert is_red(pixels(pictures.read(tmp_path, "inks.tif").content)[4, 4])
    inks.save(tmp_path / "bare.tif")
    with pytest.raises(InputError, match="CMYK without a colour profile"):
        pictures.read(tmp_path, "bare.tif")


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "LA"])
def test_every_usual_form_of_a_scan_is_read(mode: str, tmp_path: Path) -> None:
    corner(mode).save(tmp_path / "scan.png")
    found = pixels(pictures.read(tmp_path, "scan.png").content)
    assert found.shape == (20, 40, 3) and found[4, 4].sum() < found[15, 30].sum()


def test_sixteen_bits_of_grey_keep_their_tones(tmp_path: Path) -> None:
    tones = numpy.linspace(0, 65535, 40 * 20).reshape(20, 40).astype(numpy.uint16)
    Image.fromarray(tones).save(tmp_path / "scan.tif")
    found = pixels(pictures.read(tmp_path, "scan.tif").content)
    assert found[0, 0, 0] < 5 and found[-1, -1, 0] > 250 and abs(int(found[10, 0, 0]) - 128) < 6


def test_what_is_transparent_becomes_paper(tmp_path: Path) -> None:
    Image.new("RGBA", (40, 20), (0, 0, 0, 0)).save(tmp_path / "scan.png")
    assert pixels(pictures.read(tmp_path, "scan.png").content).min() > 250


def test_what_is_redacted_is_gone_and_the_rest_is_as_it_was(tmp_path: Path) -> None:
    secret = numpy.random.default_rng(1).integers(0, 255, (200, 300, 3)).astype(numpy.uint8)
    exif = Image.Exif()
    exif[0x010E] = "the name is Wang"
    Image.fromarray(secret).save(tmp_path / "scan.png", exif=exif)
    whole = pixels(pictures.read(tmp_path, "scan.png").content)
    scan = pictures.read(tmp_path, "scan.png", [Redaction(96, 48, 64, 32)])
    found = pixels(scan.content)
    assert abs(found[50:78, 98:158] - 128).max() <= 2
    assert (found[:40] == whole[:40]).all() and (found[96:] == whole[96:]).all()
    assert b"Wang" not in scan.content


@pytest.mark.parametrize("box", [(290, 10, 20, 10), (-1, 0, 5, 5), (0, 0, 0, 5), (0, 199, 10, 2)])
def test_a_redaction_outside_of_the_picture_is_a_fault(
    box: tuple[int, int, int, int], tmp_path: Path
) -> None:
    Image.new("RGB", (300, 200), "white").save(tmp_path / "scan.png")
    with pytest.raises(InputError, match="300 × 200 pixels when upright; nothing would be hidden there"):
        pictures.read(tmp_path, "scan.png", [Redaction(*box)])


def test_pictures_that_are_none_are_refused(tmp_path: Path) -> None:
    import weasyprint

    assert weasyprint  # it tells Pillow to be content with half a picture, for the whole process
    good = io.BytesIO()
    corner().resize((400, 200)).save(good, "JPEG")
    files = {
        "cut.jpg": good.getvalue()[: len(good.getvalue()) * 4 // 5],
        "eps.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "words.jpg": b"no picture",
        "empty.png": b"",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=f"^{name}: is no whole picture"):
            pictures.read(tmp_path, name)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    Image.new("1", (12_000, 12_000)).save(tmp_path / "bomb.png")
    for ask in (pictures.size_of, pictures.read):
        with pytest.raises(InputError, match="more than 120,000,000 pixels"):
            ask(tmp_path, "bomb.png")


def test_a_scan_lies_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    corner().save(tmp_path / "outside.png")
    (tmp_path / "project/link.png").symlink_to(tmp_path / "outside.png")
    for name in ("../outside.png", "link.png"):
        with pytest.raises(InputError, match="leads out of the project"):
            pictures.size_of(tmp_path / "project", name)
