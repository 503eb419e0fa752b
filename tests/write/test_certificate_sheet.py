"""The sheet of a certificate: its border, its axis, the room for the seal, the form for a printing office."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from math import isclose
from types import SimpleNamespace
from typing import Any

import certificate_people as people
import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.read import theme
from reportgen.write import certificates, html
from reportgen.write.certificates import forms, ornament

THEME = theme.load_theme(people.ROOT / "styles/tokens.toml")
MM = 72 / 25.4


def made(upright: bool, signed: bool) -> bytes:
    css = html.style_sheet(people.ROOT, "styles/certificate.css", THEME, certificates.tokens(THEME, upright))
    (order,) = people.people(1, seed=3)
    order = replace(order, certificate=replace(order.certificate, upright=upright))
    plan = certificates.plan(
        [order], people.page("both", css), css, "both", people.DATED, people.payload if signed else None
    )
    assert not plan.problems
    (done,) = certificates.finish(plan.jobs, plan.shapes)
    return done.content


def lines(content: bytes) -> dict[str, tuple[float, float, float, float]]:
    """Each line of text with its box in mm from the upper left corner: left, top, right, bottom."""
    found = {}
    with pypdfium2.PdfDocument(content) as file:
        page = file[0]
        height, text = page.get_size()[1], page.get_textpage()
        for place in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(place)
            words = text.get_text_bounded(left, bottom, right, top)
            found["".join(words.split())] = (
                left / MM,
                (height - top) / MM,
                right / MM,
                (height - bottom) / MM,
            )
    return found


@given(st.floats(0.1, 1), st.floats(-0.3, 0.3), st.integers(1, 3), st.integers(2, 12))
def test_a_wave_ends_where_the_next_one_begins(middle: float, swing: float, turns: int, count: int) -> None:
    for strand in ornament._strands(middle, swing, turns, count):
        assert isclose(strand(0.0)[1], strand(1.0)[1], abs_tol=1e-9)
        slopes = [(strand(t + 1e-5)[1] - strand(t - 1e-5)[1]) for t in (0.0, 1.0)]
        assert isclose(*slopes, abs_tol=1e-7)


@pytest.mark.parametrize("upright", [False, True])
def test_the_border_is_the_same_at_every_run_and_stays_within_its_band(upright: bool) -> None:
    drawn = ornament.frame(THEME, upright)
    assert drawn == ornament.frame(THEME, upright)
    half = (ornament.BAND[1] - ornament.BAND[0]) / 2
    for strand in (*ornament._strands(0.72, 0.24, 1, 10), *ornament._strands(0.40, -0.18, 2, 6)):
        assert max(abs(strand(place / 200)[1]) for place in range(201)) <= half
    assert len(drawn) < 70_000  # it is in every file


def test_the_gold_and_the_rest_make_the_whole() -> None:
    def strokes(foil: bool | None) -> list[str]:
        picture = ornament.frame(THEME, foil=foil).decode()
        return sorted(
            re.sub(r'"#[0-9a-f]{6}"|[wc]\d+', "", part)
            for part in re.findall(r"<(?:path|rect|circle|use)[^>]*>", picture)
        )

    assert strokes(None) == sorted(strokes(True) + strokes(False))
    assert set(re.findall(r"#[0-9a-f]{6}", ornament.frame(THEME, foil=True).decode())) == {"#000000"}


@pytest.mark.slow
@pytest.mark.parametrize(("upright", "axis"), [(False, 148.5), (True, 105.0)])
def test_all_that_is_centred_lies_on_one_axis_and_the_seal_has_its_room(upright: bool, axis: float) -> None:
    found = lines(made(upright, signed=True))
    centred = [
        words
        for words in found
        if re.match("獎|CertificateofAward|範例機關.*官|範例機關.*員|中華民國|20January", words)
    ]
    assert len(centred) >= 4
    for words in centred:
        left, _, right, _ = found[words]
        # The last letter of a spaced line ends before its room does.
        assert abs((left + right) / 2 - axis) < 0.8, words
    seal = (axis - 33, 140.5 if not upright else 224, axis + 33, 186.5 if not upright else 273)
    for words, (left, top, right, bottom) in found.items():
        if left < seal[2] and right > seal[0] and top < seal[3] and bottom > seal[1]:
            assert re.match("中華民國|20January", words), words


@pytest.mark.slow
def test_nothing_is_printed_for_a_signature_that_is_not_there() -> None:
    signed, bare = made(False, signed=True), made(False, signed=False)
    assert "掃描查驗真偽" in lines(signed) and "掃描查驗真偽" not in lines(bare)
    with pikepdf.open(io.BytesIO(bare)) as file:
        assert "/Figure" not in str(file.Root.StructTreeRoot)
    (with_code, without) = (set(lines(one)) for one in (signed, bare))
    assert without < with_code


@pytest.mark.slow
def test_the_form_for_the_printing_office_has_a_bleed_and_the_gold_a_plate_of_its_own() -> None:
    job = SimpleNamespace(project=people.ROOT, publication="small", document="certificates", edition="both")
    draft: Any = SimpleNamespace(job=job, design=SimpleNamespace(theme=THEME), dated=people.DATED)
    order = replace(people.people(1)[0].certificate, bleed_mm=3, foil=True)
    plates = dict(forms.forms(draft, order, ""))
    assert list(plates) == ["certificates.press.pdf", "certificates.foil.pdf"]
    for content in plates.values():
        with pikepdf.open(io.BytesIO(content)) as file:
            page = file.pages[0]
            trim, bleed = ([float(side) / MM for side in box] for box in (page.TrimBox, page.BleedBox))
            assert [round(side) for side in trim[2:]] == [297, 210]
            assert all(isclose(abs(a - b), 3, abs_tol=0.01) for a, b in zip(trim, bleed, strict=True))
    with pikepdf.open(io.BytesIO(plates["certificates.foil.pdf"])) as file:
        inks = set(re.findall(rb"([\d.]+ [\d.]+ [\d.]+ [\d.]+) [kK]\b", b"".join(_streams(file))))
        assert inks and all(not any(map(float, ink.split()[:3])) for ink in inks)


def _streams(file: pikepdf.Pdf) -> list[bytes]:
    found = []
    for one in file.objects:
        if isinstance(one, pikepdf.Stream) and one.get("/Subtype") != "/XML" and "/N" not in one:
            found.append(one.read_bytes())
    return found
