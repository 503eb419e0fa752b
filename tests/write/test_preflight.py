"""What is measured of a panel, and how its sheet is filled."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pypdfium2
import pytest
from compilation_project import project, swap
from hypothesis import given
from hypothesis import strategies as st
from making import attempt, draft, sample

from reportgen.model import Edition
from reportgen.model.job import Inline, Job
from reportgen.model.job import Written as Result
from reportgen.read.theme import load_theme
from reportgen.write import fitting, pdf, preflight
from reportgen.write.sheet import LaidSheet, lay_out

ROOT = Path(__file__).resolve().parents[2]
NAME = "exhibition-efficient-government"


def laid(folder: Path, panel: str, edition: Edition = "both") -> LaidSheet:
    made = lay_out(draft(Job(project=folder, publication=NAME, document=panel, edition=edition)), Inline())
    pdf.drop(made.name)
    return made


def figures(made: LaidSheet) -> Mapping[str, str]:
    return {one.what.en: one.figure for one in made.preflight.findings}


def test_a_letter_is_as_large_as_it_is_seen() -> None:
    """18 pt are 6.35 mm; from 2 m that is 10.9 minutes of arc."""
    assert preflight.minutes_of_arc(18, 2.0) == pytest.approx(10.915, abs=0.001)
    assert preflight.minutes_of_arc(36, 4.0) == pytest.approx(preflight.minutes_of_arc(18, 2.0))


@pytest.mark.slow
def test_each_figure_is_that_of_the_sheet() -> None:
    found = figures(laid(ROOT, "efficiency-kindness"))
    assert found["smallest type"].startswith("22.0 pt, 13.3′")  # the foot, panel_type.foot
    assert found["smallest running text"].startswith("36.0 pt")  # panel_type.body; the English is short
    assert found["contrast #0f3d5e on #f8f5ee"] == "10.4:1"
    assert 31 <= int(found["characters per line, Chinese"]) <= 34  # 419 mm hold 33 characters of 36 pt
    # The English of the section, 77 mm wide in a band of 108.
    assert float(found["distance to trim"].split()[0]) == pytest.approx((108 - 77) / 2, abs=0.5)


@pytest.mark.slow
def test_dots_an_inch_are_those_of_the_printed_size(tmp_path: Path) -> None:
    made = laid(ROOT, "efficiency-kindness")
    told = float(figures(made)["picture approval-90"].split()[0])
    pictures = []
    document = pypdfium2.PdfDocument(sample(NAME, "efficiency-kindness").result.content)
    for item in document[0].get_objects():
        if item.type == 3:  # an image
            left, _, right, _ = item.get_bounds()
            pictures.append(1654 / ((right - left) / 72))
    assert any(dots == pytest.approx(told, abs=1.5) for dots in pictures), (told, pictures)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "turned", "mm"),
    [
        ("A0", False, (841, 1189)),
        ("A0", True, (1189, 841)),
        ("B1", False, (707, 1000)),
        ("JIS B1", True, (1030, 728)),
        ("roll-up", False, (600, 1600)),
        ("own", False, (500, 900)),
    ],
)
def test_a_panel_is_one_page_of_its_size_and_filled(
    size: str, turned: bool, mm: tuple[float, float], tmp_path: Path
) -> None:
    folder = project(tmp_path)
    swap(folder, "styles/tokens.toml", "roll-up = [600, 1600]", "roll-up = [600, 1600]\nown = [500, 900]")
    file = f"inputs/{NAME}/panels/targets-met/panel.md"
    orientation = "landscape" if turned else "portrait"
    swap(
        folder,
        file,
        'layout = "chart"',
        f'layout = "chart"\nsize = "{size}"\norientation = "{orientation}"\nallow = ["type"]',
    )
    made = laid(folder, "targets-met")
    assert made.fitted.part.pages == 1 and not made.preflight.faults
    assert made.fitted.free_mm >= 0
    scale = min(mm) / 594
    if made.fitted.growth < fitting.LARGEST["figures"]:
        assert made.fitted.free_mm < 40 * scale  # no empty third of a sheet
    result = attempt(Job(project=folder, publication=NAME, document="targets-met", edition="both"))
    assert isinstance(result, Result)
    page = pypdfium2.PdfDocument(result.content)[0]
    assert tuple(round(side * 25.4 / 72) for side in page.get_size()) == mm


@pytest.mark.slow
def test_every_limit_can_be_broken_and_is_told() -> None:
    made = laid(ROOT, "efficiency-kindness")
    theme = load_theme(ROOT / "styles/tokens.toml")
    strict = dataclasses.replace(
        theme,
        panel_limit={
            **theme.panel_limit,
            "smallest_type": 40.0,
            "smallest_text": 40.0,
            "most_characters_zh": 5.0,
            "most_characters_en": 5.0,
            "most_words": 10.0,
            "least_contrast": 20.0,
            "least_dpi": 1000.0,
            "least_trim": 100.0,
        },
    )
    plain = draft(Job(project=ROOT, publication=NAME, document="efficiency-kindness", edition="both"))
    strict_draft = dataclasses.replace(plain, design=dataclasses.replace(plain.design, theme=strict))
    again = lay_out(strict_draft, Inline())
    pdf.drop(again.name)
    broken = {one.limit for one in again.preflight.findings if not one.kept}
    assert broken == {"type", "characters", "words", "contrast", "dpi", "trim"}
    assert len(again.preflight.faults) == sum(not one.kept for one in again.preflight.findings)
    assert not made.preflight.faults


# ---- the tries ------------------------------------------------------------------------------------


@given(total=st.floats(100, 900), grows=st.floats(20, 800), kind=st.sampled_from(["figures", "type"]))
def test_the_tries_end_with_what_fits_best_or_with_the_smallest(
    total: float, grows: float, kind: str
) -> None:
    """A sheet of 700 mm whose content is `total` mm high at 100 per cent, of which `grows` grow."""
    grows = min(grows, total)
    tried: dict[int, float] = {}
    growth = 100
    for _ in range(40):
        tried.pop(growth, None)
        tried[growth] = 700 - (total - grows + grows * growth / 100)
        following = fitting._next(kind, tried, grows, 8.0)
        if following is None:
            break
        assert fitting.SMALLEST[kind] <= following <= fitting.LARGEST[kind]
        growth = following
    else:
        raise AssertionError("the tries do not end")
    smallest = 700 - (total - grows + grows * fitting.SMALLEST[kind] / 100)
    assert tried[growth] >= 0 or smallest < 0 or len(tried) >= fitting.TRIES
    assert growth == max((one for one, free in tried.items() if free >= 0), default=growth)
