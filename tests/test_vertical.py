"""A title set vertically: its cells by themselves, and on a sheet that was laid out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.vertical import TOGETHER, Cell, cells


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
            assert sum(not unicodedata.category(one) == "Mn" for one in cell.text) <= 1
