"""A title set vertically: its cells by themselves, and on a sheet that was laid out."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import pikepdf
import pypdfium2
import pytest
import small_panels
from hypothesis import given, settings
from hypothesis import strategies as st
from making import attempt

from reportgen.kinds.panels.vertical import TOGETHER, Cell, cells
from reportgen.model.errors import RenderError
from reportgen.model.job import Job
from reportgen.model.job import Written as Result
from reportgen.write import pdf
from reportgen.write.fitting import MM


def advance(run: str) -> float:
    return len(run) * 0.5


def of(words: str) -> list[tuple[str, str, float]]:
    return [(cell.kind, cell.text, cell.length) for cell in cells(words, advance)]


def kinds(words: str) -> str:
    """The first letter of each kind: u, m, t(ogether), T(urned), g."""
    letters = {"upright": "u", "mark": "m", "together": "t", "turned": "T", "gap": "g"}
    return "".join(letters[cell.kind] for cell in cells(words, advance))


def test_chinese_characters_stand_upright_one_below_the_other() -> None:
    assert of("效能政府") == [("upright", letter, 1.0) for letter in "效能政府"]


@pytest.mark.parametrize("number", ["10", "104", "88"])
def test_a_number_of_two_or_three_digits_stands_in_one_cell(number: str) -> None:
    assert of(f"第{number}年") == [("upright", "第", 1.0), ("together", number, 1.0), ("upright", "年", 1.0)]


def test_a_single_digit_or_letter_stands_upright() -> None:
    assert of("第3類A") == [("upright", letter, 1.0) for letter in "第3類A"]


@pytest.mark.parametrize(
    "run", ["2015", "1,234", "10.5", "99%", "AI", "ROI", "PDF/A", "A1", "e-ID", "Taiwan's", "Économie"]
)
def test_longer_numbers_and_latin_words_lie_on_their_side_with_their_length(run: str) -> None:
    assert of(f"用{run}辦") == [
        ("upright", "用", 1.0),
        ("turned", run, len(run) * 0.5),
        ("upright", "辦", 1.0),
    ]


def test_latin_words_that_follow_each_other_lie_together() -> None:
    assert of("用 Open Data 辦案")[1] == ("turned", "Open Data", 4.5)


def test_a_blank_at_a_change_of_direction_is_the_change_itself() -> None:
    assert kinds("用 AI 辦案") == "uTuu"
    assert kinds("第 104 年") == "utu"


def test_a_blank_between_chinese_characters_is_a_gap() -> None:
    assert of("公平 正義")[2] == ("gap", " ", 0.5)
    assert kinds("執行有愛　公義無礙") == "uuuuguuuu"
    assert kinds("  公平 \n 正義 ") == "uuguu"


@pytest.mark.parametrize("sign", "「」『』（）〔〕【】《》〈〉｛｝［］、，。．：；！？…‥—─～")
def test_a_sign_takes_its_vertical_form(sign: str) -> None:
    assert of(f"甲{sign}乙") == [("upright", "甲", 1.0), ("mark", sign, 1.0), ("upright", "乙", 1.0)]


@pytest.mark.parametrize(("half", "full"), ["(（", ")）", ",，", ":：", ";；", "!！", "?？", "~～"])
def test_a_sign_of_half_width_becomes_one_of_full_width(half: str, full: str) -> None:
    assert of(f"甲{half}乙")[1] == ("mark", full, 1.0)


def test_brackets_around_a_number_part_from_it() -> None:
    assert of("成果(104)")[2:] == [("mark", "（", 1.0), ("together", "104", 1.0), ("mark", "）", 1.0)]


@pytest.mark.parametrize("letter", ["葛\U000e0100", "𠮷", "か\u3099", "é", "e\u0301", "\u985e\ufe00"])
def test_what_is_combined_with_a_character_stays_with_it(letter: str) -> None:
    assert [cell.text for cell in cells(f"甲{letter}乙", advance)] == ["甲", letter, "乙"]
    assert [cell.text for cell in cells(letter, advance)] == [letter]


@pytest.mark.parametrize("word", ["Cafe\u0301", "Ho\u0302tel", "pe\u030dh-ōe-jī", "Phạm"])
def test_a_latin_word_with_a_mark_of_its_own_is_one_word(word: str) -> None:
    assert [cell.text for cell in cells(f"用{word}辦", advance)] == ["用", word, "辦"]


def test_an_empty_title_has_no_cells() -> None:
    assert cells("  ", advance) == ()


_TITLE = st.text(
    st.sampled_from("民國效能政府𠮷葛\U000e0100、，。「」（）…—0123456789AbcXYZéạ\u0301'’.,%&/+–- :;!?()~　"),
    max_size=30,
)
_FULL = str.maketrans("(),:;!?~", "（），：；！？～")


@settings(max_examples=400, deadline=None)
@given(_TITLE)
def test_the_cells_together_are_the_title_without_its_blanks(title: str) -> None:
    found = cells(title, advance)
    joined = "".join("".join(cell.text.split()) for cell in found)
    assert joined.translate(_FULL) == "".join(title.split()).translate(_FULL)


@settings(max_examples=400, deadline=None)
@given(_TITLE)
def test_every_cell_has_the_shape_of_its_kind(title: str) -> None:
    for cell in cells(title, advance):
        assert isinstance(cell, Cell)
        if cell.kind == "turned":
            assert cell.length == round(advance(cell.text), 3) and len(cell.text) > 1
        elif cell.kind == "together":
            assert cell.text.isdigit() and 2 <= len(cell.text) <= TOGETHER
        else:
            assert cell.length == (0.5 if cell.kind == "gap" else 1.0)
            assert sum(unicodedata.category(one) != "Mn" for one in cell.text) <= 1


# ---- on a sheet -----------------------------------------------------------------------------

TITLE = "成果（104）年度AI與Open Data：10 項、葛"
ENGLISH = "Results of 104 with AI and Open Data: 10 matters"


@dataclass(frozen=True)
class Drawn:
    """A sheet with its PDF; boxes in mm as left, top, right, bottom."""

    content: bytes
    band: tuple[float, float, float, float]
    foot: tuple[float, float, float, float]
    cells: tuple[tuple[str, tuple[float, float, float, float]], ...]
    together: tuple[tuple[str, float], ...]  # digits and their width in em of the title
    turned: tuple[tuple[str, float, float], ...]  # words, their width, the length of their place; in em


def titled(title: str, english: str) -> str:
    return small_panels.FRONT.replace("小展板", title).replace("Small Panel", english)


def named(folder: Path) -> Path:
    """The project with `Open Data` as a name that both languages write alike."""
    with (folder / "inputs/glossary.csv").open("a", encoding="utf-8") as glossary:
        glossary.write("Open Data,Open Data,suggested,a name in this test\n")
    return folder


def edges(box: Any) -> tuple[float, float, float, float]:
    left, top = box.border_box_x() / MM, box.border_box_y() / MM
    return left, top, left + box.border_width() / MM, top + box.border_height() / MM


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    folder = named(small_panels.project(tmp_path_factory.mktemp("sheet") / "p", front=titled(TITLE, ENGLISH)))
    sheet = small_panels.laid(folder)
    of_class: dict[str, list[Any]] = {}
    for box in small_panels.boxes(pdf.laid(sheet.name).pages[0]._page_box):
        if box.element is not None and type(box).__name__ == "BlockBox":
            of_class.setdefault(str(box.element.get("class")), []).append(box)
    shown = [
        (name, edges(box)) for name, found in of_class.items() if name.startswith("cell ") for box in found
    ]
    turned = []
    for box in of_class["turned-in"]:
        (words,) = [part for part in box.descendants() if hasattr(part, "text")]
        size = box.style["font_size"]
        turned.append((words.text, words.width / size, box.width / size))
    em = of_class["upright-title"][0].style["font_size"]
    together = [
        (part.text, part.width / em)
        for name in ("cell together of-3", "cell together of-2")
        for box in of_class[name]
        for part in box.descendants()
        if hasattr(part, "text")
    ]
    band, foot = edges(of_class["band"][0]), edges(of_class["band-foot"][0])
    pdf.drop(sheet.name)
    result = attempt(Job(project=folder, publication=small_panels.NAME, document="one", edition="both"))
    assert isinstance(result, Result), result
    ordered = sorted(shown, key=lambda one: one[1][1])
    return Drawn(result.content, band, foot, tuple(ordered), tuple(together), tuple(turned))


@pytest.mark.slow
def test_every_cell_stands_below_the_one_before_it_and_in_the_band(drawn: Drawn) -> None:
    wanted = [cell.kind for cell in cells(TITLE, advance)]
    assert [name.split()[1] for name, _ in drawn.cells] == wanted
    ends = [drawn.band[1], *(bottom for _, (_, _, _, bottom) in drawn.cells)]
    starts = [*(top for _, (_, top, _, _) in drawn.cells), drawn.foot[1]]
    assert all(start > end for end, start in zip(ends, starts, strict=True))
    assert all(left >= drawn.band[0] and right <= drawn.band[2] for _, (left, _, right, _) in drawn.cells)


@pytest.mark.slow
def test_digits_side_by_side_are_no_wider_than_a_character(drawn: Drawn) -> None:
    assert [words for words, _ in drawn.together] == ["104", "10"]
    assert all(0.5 < width <= 1.0 for _, width in drawn.together)


@pytest.mark.slow
def test_a_turned_word_has_the_length_of_its_place(drawn: Drawn) -> None:
    assert [words for words, _, _ in drawn.turned] == ["AI", "Open Data"]
    for words, width, place in drawn.turned:
        assert place * 0.97 < width <= place + 0.002, words


@pytest.mark.slow
def test_what_is_drawn_of_the_title_is_in_its_cells_and_nowhere_else(drawn: Drawn) -> None:
    scale = 4.0  # dots to a millimetre
    page = pypdfium2.PdfDocument(drawn.content)[0]
    picture = numpy.asarray(page.render(scale=scale * 25.4 / 72).to_pil().convert("L"))
    left, _, right, _ = drawn.band
    light = picture[: int(drawn.foot[1] * scale), max(0, int(left * scale)) : int(right * scale) - 2] > 150
    assert light.any()
    assert not light[:, :40].any() and not light[:, -40:].any()  # a centimetre at each side of the band
    for name, (x, top, end, bottom) in drawn.cells:
        # The descenders of a turned word reach out of its line as they do in a level one.
        air = (0.04 * (bottom - top) if "turned" not in name else 0.08 * (end - x)) * scale
        place = (
            slice(int(top * scale - air), int(bottom * scale + air) + 1),
            slice(max(0, int(x * scale - air)), int(end * scale + air) + 1),
        )
        assert light[place].any() == (name != "cell gap"), name
        light[place] = False
    assert not light.any(), numpy.argwhere(light)[:3] / scale


@pytest.mark.slow
def test_the_title_is_read_as_it_is_written(drawn: Drawn) -> None:
    with pikepdf.open(io.BytesIO(drawn.content)) as file:
        actual = [
            str(one.ActualText)
            for one in file.objects
            if isinstance(one, pikepdf.Dictionary) and "/ActualText" in one
        ]
    assert actual == [TITLE]


@pytest.mark.slow
@pytest.mark.parametrize("letters", [21, 22, 60])
def test_a_title_that_is_too_long_for_its_band_is_told(letters: int, tmp_path: Path) -> None:
    """It would run over the words at the foot of the band."""
    folder = small_panels.project(tmp_path / "p", front=titled("長" * letters, "A long title"))
    with pytest.raises(RenderError) as refused:
        small_panels.laid(folder)
    (problem,) = refused.value.problems
    assert re.match(
        r"show/one\.pdf: the vertical title is too long for its band: of its \d+ characters at most (18|19|20) have room; shorten",
        problem.say(),
    )
    assert "直排標題" in problem.zh
    level = small_panels.project(
        tmp_path / "level", front=titled("長" * letters, "A long title") + 'heading = "horizontal"\n'
    )
    pdf.drop(small_panels.laid(level).name)
