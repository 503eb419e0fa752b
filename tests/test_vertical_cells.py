"""Titles set vertically: one cell below the other, and on a real page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import vertical


def width(run: str) -> float:
    return 0.5 * len(run)


def cells(words: str) -> list[tuple[str, str]]:
    return [(cell.kind, cell.text) for cell in vertical.cells(words, width)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("效率", [("upright", "效"), ("upright", "率")]),
        ("稽核、達標", [("upright", "稽"), ("upright", "核"), ("mark", "、"), ("upright", "達"), ("upright", "標")]),
        ("「小」", [("mark", "「"), ("upright", "小"), ("mark", "」")]),
        ("(一)", [("mark", "（"), ("upright", "一"), ("mark", "）")]),
        ("90年", [("together", "90"), ("upright", "年")]),
        ("104年", [("together", "104"), ("upright", "年")]),
        ("第1名", [("upright", "第"), ("upright", "1"), ("upright", "名")]),
        ("2015年", [("turned", "2015"), ("upright", "年")]),
        ("投資報酬率 ROI 圖", [*(("upright", one) for one in "投資報酬率"), ("turned", "ROI"), ("upright", "圖")]),
        ("Open Data 月", [("turned", "Open Data"), ("upright", "月")]),
        ("執行有愛　公義無礙", [*(("upright", one) for one in "執行有愛"), ("gap", " "), *(("upright", one) for one in "公義無礙")]),
    ],
)  # fmt: skip
def test_each_sign_gets_the_cell_that_vertical_setting_asks_for(
    words: str, expected: list[tuple[str, str]]
) -> None:
    assert cells(words) == expected


def test_a_turned_word_is_as_long_as_it_is_wide() -> None:
    (turned, *_) = vertical.cells("Efficiency 效率", width)
    assert (turned.kind, turned.length) == ("turned", 5.0)


def test_a_variation_selector_stays_with_its_character() -> None:
    assert cells("葛\U000e0100城") == [("upright", "葛\U000e0100"), ("upright", "城")]


@given(st.text(alphabet="效率與親切法務部「」、，。（）ABCxyz0123456789 ", max_size=30))
def test_nothing_of_a_title_is_lost_and_nothing_added(words: str) -> None:
    joined = "".join(cell.text for cell in vertical.cells(words, width))
    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", words)
