"""The printer's edition: a page as panels are made, turned into inks, and looked at with other eyes."""

from __future__ import annotations

import base64
import io
import itertools
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from reportgen.model.errors import InputError, KindError, RenderError
from reportgen.write.press.conditions import Conditions, read_conditions
from reportgen.write.press.conversion import to_press
from reportgen.write.press.inks import Press
from reportgen.write.press.inspection import check

ROOT = Path(__file__).resolve().parents[2]
DATED = datetime(2016, 3, 1, tzinfo=UTC)
MM = 72 / 25.4
INK = "#16222e"


def picture(mode: str, file_format: str) -> str:
    """A small picture with all hues, as an address within the page."""
    width, height = 96, 64
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    channels = {"R": x, "G": y, "B": 255 - x, "L": x, "A": np.hypot(x - 128, y - 128) * 1.4}
    pixels = np.stack([channels[one].clip(0, 255) for one in mode], axis=-1).astype(np.uint8)
    content = io.BytesIO()
    Image.fromarray(pixels.squeeze(), mode).save(content, file_format)
    return f"data:image/{file_format.lower()};base64,{base64.b64encode(content.getvalue()).decode()}"


CHART = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 90" width="200" height="90">
<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#0f3d5e"/>
<stop offset=".5" stop-color="#2b7084"/><stop offset="1" stop-color="#e6eff3" stop-opacity=".4"/></linearGradient>
<radialGradient id="r"><stop offset="0" stop-color="#b8431a"/><stop offset="1" stop-color="{INK}"/></radialGradient></defs>
<rect x="10" y="20" width="40" height="60" fill="url(#g)"/><rect x="60" y="40" width="40" height="40" fill="#1d7986" opacity=".5"/>
<circle cx="140" cy="50" r="25" fill="url(#r)"/><path d="M5 80H195" stroke="#8fa0ad"/>
<text x="10" y="14" font-family="Noto Sans TC" font-size="10" fill="{INK}">達成率 104.3%</text></svg>"""


@cache
def laid_out(extra: str = "", variant: str | None = "pdf/x-4") -> bytes:
    from weasyprint import CSS, HTML

    chart = base64.b64encode(CHART.encode()).decode()
    html = f"""<html lang="zh-Hant-TW"><head><title>引進企業化經營理念</title><meta name="author" content="範例機關"></head><body>
    <h1>稽核管考、績效達標</h1><p class="soft">Audited and achieved</p>
    <img src="data:image/svg+xml;base64,{chart}" alt=""><div class="row"><img src="{picture("RGB", "JPEG")}" alt="">
    <img src="{picture("RGBA", "PNG")}" alt=""><img src="{picture("L", "PNG")}" alt=""></div>
    <div class="css">outline</div><p class="see">seen through</p>{extra}</body></html>"""
    css = f"""@page {{ size: 120mm 160mm; margin: 10mm; bleed: 3mm; background: #e6eff3 }}
    body {{ font: 12pt 'Noto Sans TC'; color: {INK} }} h1 {{ color: #0f3d5e; margin: 0 }} .soft {{ color: #4b5a68 }}
    .css {{ height: 20mm; border: 1mm solid #b8431a; border-radius: 3mm; background: linear-gradient(90deg, #ffffff, #b97a24) }}
    .row img {{ width: 28mm }} .see {{ opacity: .6; color: #7d3a5c }} a {{ color: #12305a }}"""
    return bytes(HTML(string=html).write_pdf(stylesheets=[CSS(string=css)], pdf_variant=variant))


@cache
def conditions() -> Conditions:
    return read_conditions(ROOT)


@cache
def printed() -> bytes:
    return to_press(laid_out(), conditions(), "panel", DATED)


def raster(content: bytes) -> np.ndarray:
    """The trimmed page as a viewer shows it."""
    with pypdfium2.PdfDocument(content) as document:
        page = document[0]
        page.set_cropbox(*page.get_trimbox())
        return np.asarray(page.render(scale=100 / 72).to_pil().convert("RGB")).astype(int)


def operators(content: bytes) -> list[tuple[str, list[Any]]]:
    """All instructions of page, forms and patterns."""
    found = []
    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = [pdf.pages[0]]
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream) and (
                item.get("/Subtype") == "/Form" or item.get("/PatternType") == 1
            ):
                streams.append(item)
        for stream in streams:
            for instruction in pikepdf.parse_content_stream(stream):
                found.append((str(instruction.operator), list(instruction.operands)))
    return found


def test_the_page_before_holds_what_is_to_be_converted() -> None:
    """Else the other tests would prove nothing."""
    kinds = {operator for operator, _ in operators(laid_out())}
    assert {"rg", "RG", "sh", "gs", "Do"} <= kinds
    found = check(laid_out(), conditions(), "panel")
    assert any("rg" in colour for colour in found.screen_colours)
    assert any("/DeviceRGB" in colour for colour in found.screen_colours)
    assert any("four inks" in colour for colour in found.screen_colours)


def test_nothing_but_inks_is_left() -> None:
    found = check(printed(), conditions(), "panel")
    assert found.screen_colours == ()
    assert [problem.say() for problem in found.problems] == []
    assert {operator for operator, _ in operators(printed())}.isdisjoint(
        {"rg", "RG", "cs", "sc", "SC", "ri"} - {"cs"}
    )
    assert b"DeviceRGB" not in uncompressed(printed())


def uncompressed(content: bytes) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(target, stream_decode_level=pikepdf.StreamDecodeLevel.specialized, compress_streams=False)
    return target.getvalue()


def test_text_is_black_ink_alone() -> None:
    inks = [
        [float(part) for part in operands] for operator, operands in operators(printed()) if operator == "k"
    ]
    assert [0, 0, 0, 1] in inks
    assert [0, 0, 0, 0.75] in inks
    assert [round(part, 2) for part in Press(conditions()).ink(0x16 / 255, 0x22 / 255, 0x2E / 255)] == [
        0,
        0,
        0,
        1,
    ]


def test_the_sheet_has_trim_bleed_and_room_for_the_marks() -> None:
    (sheet,) = check(printed(), conditions(), "panel").sheets
    assert (sheet.width_mm, sheet.height_mm, sheet.bleed_mm, sheet.slug_mm) == (120, 160, 3, 10)
    with pikepdf.open(io.BytesIO(printed())) as pdf:
        page = pdf.pages[0].obj
        trim, bleed, media = (
            [float(part) for part in page[key]] for key in ("/TrimBox", "/BleedBox", "/MediaBox")
        )
    assert [round((a - b) / MM, 2) for a, b in zip(trim, bleed, strict=True)] == [3, 3, -3, -3]
    assert [round((a - b) / MM, 2) for a, b in zip(bleed, media, strict=True)] == [10, 10, -10, -10]


def test_crop_marks_stand_outside_the_bleed_and_in_line_with_the_trim() -> None:
    with pypdfium2.PdfDocument(printed()) as document:
        page = document[0]
        left, _bottom, right, _top = page.get_mediabox()
        drawn = np.asarray(page.render(scale=4).to_pil().convert("L"))
    assert round((right - left) / MM) == 120 + 26
    dark = np.argwhere(drawn[: int(9 * MM * 4), :] < 128)  # the strip above the bleed
    columns = {round(column / 4 / MM) for column in dark[:, 1]}
    assert columns == {13, 133}
    white = drawn[int(9.2 * MM * 4) : int(9.8 * MM * 4), :]  # between mark and bleed nothing is printed
    assert white.min() > 250


def test_the_output_intent_holds_the_declared_profile() -> None:
    with pikepdf.open(io.BytesIO(printed())) as pdf:
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFX"
        assert str(intent.OutputConditionIdentifier) == "FOGRA39"
        assert intent.DestOutputProfile.read_bytes() == (ROOT / conditions().profile_file).read_bytes()
        assert intent.DestOutputProfile.N == 4
        assert pdf.docinfo["/Trapped"] == "/False"
        assert "GTS_PDFXVersion>PDF/X-4<" in pdf.Root.Metadata.read_bytes().decode()
        assert "引進企業化經營理念" in pdf.Root.Metadata.read_bytes().decode()
        assert pdf.pdf_version == "1.6"


@pytest.mark.slow
def test_bytes_depend_on_content_and_date_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    laid_out.cache_clear()
    first = laid_out()
    laid_out.cache_clear()
    monkeypatch.setattr("weasyprint.pdf.pdfx.localtime", lambda: time.gmtime(86_400))
    second = laid_out()
    assert first != second, "WeasyPrint writes its clock; the test can fail"
    again = to_press(second, conditions(), "panel", DATED)
    assert again == to_press(first, conditions(), "panel", DATED)
    assert again != to_press(first, conditions(), "panel", datetime(2016, 3, 2, tzinfo=UTC))


def test_the_page_looks_as_before() -> None:
    # Not the file that was converted: in PDF/X, WeasyPrint 70 gives gradients a wrong space and they vanish.
    before, after = raster(laid_out(variant=None)), raster(printed())
    assert before.shape == after.shape
    difference = np.abs(before - after).mean(axis=2)
    # Press inks are duller than a screen, and PDFium shows CMYK without a profile: roughly alike is all there is.
    assert difference.mean() < 12
    assert np.corrcoef(before.mean(axis=2).ravel(), after.mean(axis=2).ravel())[0, 1] > 0.98
    blank = np.full_like(after, 255)
    assert np.abs(before - blank).mean() > 25


def test_pictures_stay_pictures_with_their_masks() -> None:
    with pikepdf.open(io.BytesIO(printed())) as pdf:
        images = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        ]
        spaces = sorted(str(image.ColorSpace) for image in images if "/SMask" not in image)
        masked = [image for image in images if "/SMask" in image]
        assert [str(image.ColorSpace) for image in masked] == ["/DeviceCMYK"]
        assert spaces == ["/DeviceCMYK", "/DeviceGray", "/DeviceGray"]  # JPEG, grey PNG, the mask
        for image in images:
            pikepdf.PdfImage(image).as_pil_image(apply_mask=False).load()
        grey = next(image for image in images if image.ColorSpace == "/DeviceGray" and "/SMask" not in image)
        assert (int(grey.Width), int(grey.Height)) == (96, 64)


def test_ink_stays_within_the_total() -> None:
    dense = replace(conditions(), total_ink=150)
    content = to_press(laid_out(), dense, "panel", DATED)
    found = check(content, dense, "panel")
    assert found.picture_ink <= 150 and found.pictures == 4
    assert check(printed(), conditions(), "panel").picture_ink > 150, "so the limit did something"


def test_greys_are_black_alone_and_lighter_greys_take_less() -> None:
    inks = Press(conditions())
    greys = [inks.ink(part / 255, part / 255, part / 255) for part in range(256)]
    assert all(one[:3] == (0, 0, 0) for one in greys)
    assert greys[0][3] == 1 and greys[255][3] == 0
    assert all(one[3] >= other[3] for one, other in itertools.pairwise(greys))


def test_a_gradient_meets_the_flat_colours_at_its_ends() -> None:
    inks = Press(conditions())
    first, last = (0x16 / 255, 0x22 / 255, 0x2E / 255), (0xB8 / 255, 0x43 / 255, 0x1A / 255)
    steps = inks.gradient(first, last, 1)
    assert steps[0] == inks.ink(*first)
    assert max(abs(a - b) for a, b in zip(steps[-1], inks.ink(*last), strict=True)) < 1e-9
    jumps = [
        max(abs(a - b) for a, b in zip(one, other, strict=True)) for one, other in itertools.pairwise(steps)
    ]
    assert max(jumps) < 0.1


def test_a_file_with_screen_colours_is_found_with_their_places() -> None:
    with pikepdf.open(io.BytesIO(printed())) as pdf:
        pdf.pages[0].contents_add(b"q 1 0 0 rg 0 0 10 10 re f /Seen cs Q")
        pdf.pages[0].resources.ColorSpace.Seen = pikepdf.Array(
            [pikepdf.Name.Lab, pikepdf.Dictionary(WhitePoint=[0.9642, 1, 0.8249])]
        )
        target = io.BytesIO()
        pdf.save(target)
    found = check(target.getvalue(), conditions(), "panel.pdf")
    assert "page 1: 1.000 0.000 0.000 rg" in found.screen_colours
    assert any("/Lab" in colour for colour in found.screen_colours)
    said = [problem.say() for problem in found.problems] + [problem.say("zh") for problem in found.problems]
    assert any("panel.pdf: a screen colour is left: page 1: 1.000" in words for words in said)
    assert any("尚有非印刷色" in words for words in said)


def test_what_a_printer_would_send_back_is_found() -> None:
    drawing = io.BytesIO()
    image = Image.new("CMYK", (10, 10), (255, 255, 255, 255))
    ImageDraw.Draw(image).point((1, 1), (0, 0, 0, 0))
    image.save(drawing, "PDF")
    said = "\n".join(problem.en for problem in check(drawing.getvalue(), conditions(), "x").problems)
    for part in (
        "0 output intents",
        "total ink of pictures is 400 %",
        "no TrimBox",
        "no BleedBox",
        "instead of PDF/X-4",
        "trapped",
    ):
        assert part in said


def test_vectors_with_too_much_ink_are_found() -> None:
    with pikepdf.open(io.BytesIO(printed())) as pdf:
        pdf.pages[0].contents_add(b"q 1 1 .9 .5 k 0 0 10 10 re f Q")
        target = io.BytesIO()
        pdf.save(target)
    found = check(target.getvalue(), conditions(), "x")
    assert found.vector_ink == 340
    assert [problem.en for problem in found.problems] == ["total ink of vectors is 340 %, the limit is 300 %"]


def test_links_and_scripts_do_not_reach_the_printer() -> None:
    linked = laid_out('<a href="https://example.org/">a page</a>')
    with pikepdf.open(io.BytesIO(linked)) as pdf:
        assert "/Annots" in pdf.pages[0].obj
    found = check(to_press(linked, conditions(), "panel", DATED), conditions(), "panel")
    assert found.problems == ()


def test_a_colour_that_cannot_be_converted_is_an_error_and_not_left() -> None:
    with pikepdf.open(io.BytesIO(laid_out())) as pdf:
        pdf.pages[0].resources.ColorSpace = pikepdf.Dictionary(
            Odd=pikepdf.Array([pikepdf.Name.ICCBased, pdf.make_stream(b"another profile", N=3)])
        )
        pdf.pages[0].contents_add(b"/Odd cs 1 0 0 scn")
        target = io.BytesIO()
        pdf.save(target)
    with pytest.raises(RenderError, match=r"panel: the printer's edition: a colour space of an ICC profile"):
        to_press(target.getvalue(), conditions(), "panel", DATED)


def test_lab_colours_are_converted() -> None:
    with_lab = laid_out('<p style="color: lab(54 81 70)">red</p>')
    assert b"lab-d50" in uncompressed(with_lab)
    content = to_press(with_lab, conditions(), "panel", DATED)
    assert check(content, conditions(), "panel").problems == ()
    inks = Press(conditions())
    told, red = inks.lab(54.3, 80.8, 69.9), inks.ink(1, 0, 0)
    assert max(abs(a - b) for a, b in zip(told, red, strict=True)) < 0.05


def test_check_of_something_else_is_an_input_error() -> None:
    with pytest.raises(InputError, match="x: is no readable PDF"):
        check(b"no pdf", conditions(), "x")


def declared(folder: Path, *changes: tuple[str, str]) -> Path:
    shutil.copytree(ROOT / "styles", folder / "styles")
    tokens = folder / "styles/tokens.toml"
    words = tokens.read_text("utf-8")
    for old, new in changes:
        assert old in words
        words = words.replace(old, new)
    tokens.write_text(words, "utf-8")
    return folder


def test_all_faults_of_the_declaration_come_at_once(tmp_path: Path) -> None:
    project = declared(
        tmp_path,
        ("total_ink = 300", "total_ink = 900"),
        ("slug_mm = 10", "slug = 10"),
        ('"#16222e" = [0, 0, 0, 100]', '"#16222E" = [0, 0, 0, 100]'),
        ("[0, 0, 0, 75]", "[0, 0, 75]"),
        ('identifier = "FOGRA39"', "identifier = 39"),
    )
    with pytest.raises(KindError) as caught:
        read_conditions(project)
    said = [problem.say() for problem in caught.value.problems]
    for part in (
        "press: total_ink: 900 is out of range; write a number from 200 to 400",
        "press: slug_mm: is missing",
        "press: slug:",
        "press: identifier: 39 is not a text",
        'press.ink: #16222E: "#16222E" is not a colour',
        "press.ink: #4b5a68 4: is missing",
    ):
        assert any(part in words for words in said), (part, said)
    assert all(problem.zh and problem.place.row for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("styles/press/fogra39-coated.icc", "styles/press/none.icc"), "cannot be read"),
        (("styles/press/fogra39-coated.icc", "../x.icc"), "outside the project"),
        (("styles/press/fogra39-coated.icc", "styles/tokens.toml"), "is not an ICC output profile"),
        (('profile_sha256 = "1b', 'profile_sha256 = "2b'), "its SHA-256 is 1b80"),
        (("[0, 0, 0, 13]", "[100, 100, 100, 13]"), "asks for 313 % of ink"),
    ],
)
def test_a_wrong_profile_or_recipe_is_told(tmp_path: Path, change: tuple[str, str], part: str) -> None:
    with pytest.raises(KindError, match=part):
        read_conditions(declared(tmp_path, change))


def test_a_project_without_a_press_is_told_so(tmp_path: Path) -> None:
    project = declared(tmp_path)
    tokens = project / "styles/tokens.toml"
    tokens.write_text(tokens.read_text("utf-8").partition("[press]")[0], "utf-8")
    with pytest.raises(KindError, match=r"\[press\] is missing"):
        read_conditions(project)


def test_figures_are_told_in_both_languages() -> None:
    found = check(printed(), conditions(), "panel")
    english, chinese = ("\n".join(line.say(language) for line in found.lines()) for language in ("en", "zh"))
    assert "trimmed 120 × 160 mm, bleed 3 mm" in english and "limit 300 %" in english
    assert "裁切尺寸 120 × 160 mm，出血 3 mm" in chinese and "上限 300%" in chinese
