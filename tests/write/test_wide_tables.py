"""How wide the columns of a table are, which rows may go over a page, and what becomes of a table that is wider than its page."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from reportgen.model import LANGUAGES, Cell, Column, Edition, Printed, Row, Table, Text, Value, Wide
from reportgen.read.theme import load_theme
from reportgen.write.html import fitted
from reportgen.write.html.columns import Fit, Measure, sisters
from reportgen.write.html.columns import widths as shares
from reportgen.write.html.parts import tall, widths, wraps
from reportgen.write.html.phrases import phrases

THEME = load_theme(Path(__file__).parents[2] / "styles/tokens.toml")
HEAD = Text("金額", "Amount")


def table(head: Text, columns: int = 3) -> Table:
    return Table(
        anchor="t-1",
        name=Text("表1", "Table 1"),
        caption=Text("表", "Table"),
        stub=Text("類別", "Kind"),
        columns=tuple(Column(HEAD) for _ in range(columns)),
        rows=(Row(head=head, cells=tuple(Cell() for _ in range(columns))),),
    )


def figures(
    columns: int, plain: str = "1,234", wide: Wide = "auto", groups: str = "", head: Text = HEAD
) -> Table:
    """A table of so many columns with this figure in each; `groups` has a letter for the common head of each column."""
    value = Value(metric="m", key=(), exact=Fraction(1), unit="count", digits=0)
    cell = Cell(Printed(number=1, value=value, plain=plain, text=Text(plain, plain)))
    return Table(
        anchor="t-1",
        name=Text("表1", "Table 1"),
        caption=Text("表", "Table"),
        stub=Text("年別", "Year"),
        columns=tuple(
            Column(head, group=Text(groups[place], groups[place]) if groups else None)
            for place in range(columns)
        ),
        rows=(Row(head=Text("90年", "2001"), latin="2001", cells=(cell,) * columns),),
        wide=wide,
    )


def fit(of: Table, edition: Edition = "both") -> Fit:
    return fitted(of, edition, THEME)


@pytest.mark.parametrize("letters", [74, 110, 400])
def test_a_long_head_of_a_row_wraps_and_leaves_the_other_columns_their_room(letters: int) -> None:
    long = table(Text("第一類", "k" * (letters // 2) + " " + "cases " * (letters // 12)))
    assert wraps(long, "en")
    assert all(
        float(width) >= 8 for width in widths(table(Text("第一類", "cases " * (letters // 6))), "both")[1:]
    )


@pytest.mark.parametrize("edition", [*LANGUAGES, "both"])
def test_a_usual_head_stays_in_one_line(edition: str) -> None:
    assert not wraps(table(Text("新北分署", "New Taipei Branch")), edition)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zh", "en", "broken"),
    [(10, 40, False), (150, 500, False), (475, 1525, True), (451, 0, True), (0, 901, True)],
)
def test_a_row_taller_than_most_of_a_page_may_be_broken(zh: int, en: int, broken: bool) -> None:
    row = Row(head=Text("1", "1"), cells=(Cell(text=Text("件" * zh, "a" * en)),))
    assert tall(row, "both") is broken


# ---- what becomes of a wide table ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "size", "turned", "parts"),
    [
        (figures(6), "", False, [6]),
        (figures(9), "narrow", False, [9]),
        (figures(13, "101.4"), "tight", False, [13]),
        (figures(10, "1,234,567"), "tight", False, [10]),
        (figures(14, "12,345,678"), "tight", True, [14]),
        (figures(14, "12,345,678", groups="aaaaaaabbbbbbb"), "", False, [7, 7]),
        (figures(26, "123,456,789"), "tight", False, [6, 7, 7, 6]),
    ],
)
def test_what_is_wider_than_the_page_is_made_smaller_split_turned_or_cut(
    of: Table, size: str, turned: bool, parts: list[int]
) -> None:
    found = fit(of)
    assert (found.size, found.turned, [len(part) for part in found.parts]) == (size, turned, parts)
    assert sorted(place for part in found.parts for place in part) == list(range(len(of.columns)))
    measure = Measure("both", THEME)
    for part in found.parts:  # nothing is squeezed
        assert sum(need.least for need in measure.needs(of, part, found.size)) <= measure.room(turned)


def test_only_what_was_changed_is_told() -> None:
    assert [fit(of).why for of in (figures(6), figures(13, "101.4"))] == ["", ""]
    assert fit(figures(14, "12,345,678")).why == "layout.table_is_turned"
    assert fit(figures(26, "123,456,789")).why == "layout.table_is_cut"


def test_an_office_may_choose() -> None:
    assert fit(figures(4, wide="landscape")).turned
    assert fit(figures(4, wide="smaller")).size == "tight"
    assert [len(part) for part in fit(figures(6, wide="split", groups="aabbcc")).parts] == [2, 4]


def test_a_group_of_columns_is_never_split() -> None:
    parts = fit(figures(14, "123,456,789", groups="aaaaabbbbbcccc")).parts
    assert [len(part) for part in parts] == [5, 5, 4]


def test_type_that_is_too_small_for_paper_is_not_chosen() -> None:
    small = load_theme(Path(__file__).parents[2] / "styles/tokens.toml")
    object.__setattr__(small, "page_limit", {**small.page_limit, "smallest_type": 8.0})
    found = fitted(figures(7, "123,456,789,012"), "both", small)
    assert found.size == "" and found.turned


def test_a_kind_that_does_not_ask_is_left_alone() -> None:
    assert fit(figures(40, "123,456,789", wide="")) == Fit(parts=(tuple(range(40)),), size="tight")


def test_one_language_needs_less_room_for_its_heads() -> None:
    long = figures(9, "1,234", head=Text("新收案件年增率", "Change of new cases"))
    room = {
        edition: sum(one.wish for one in Measure(edition, THEME).needs(long, tuple(range(9)), ""))
        for edition in ("zh", "both")
    }  # type: ignore[arg-type]
    assert room["zh"] < room["both"]


def test_sister_tables_have_equal_columns() -> None:
    one, two = figures(3, "1"), figures(3, "123,456,789,012")
    other = figures(3, "1", head=Text("件數", "Cases"))
    assert sisters(one, [one, two, other]) == [one, two]
    measure, places = Measure("both", THEME), (0, 1, 2)
    made = [shares(sisters(of, [one, two]), places, fit(of), measure) for of in (one, two)]
    assert made[0] == made[1] != shares([one], places, fit(one), measure)


@pytest.mark.parametrize(
    ("head", "parts"),
    [
        ("新收案件年增率", ["新收", "案件", "年增率"]),
        ("收案逾五年未結案件", ["收案", "逾五年", "未結", "案件"]),
        ("該年收案之徵起金額", ["該年", "收案之", "徵起", "金額"]),
        ("投資報酬率", ["投資", "報酬率"]),
        ("新收案件較上年增減數", ["新收", "案件", "較上年", "增減數"]),
        ("金額（千元）", ["金額", "（千元）"]),
        ("勞、健保", ["勞、", "健保"]),
        ("104年", ["104年"]),
        ("率", ["率"]),
        ("", []),
    ],
)
def test_a_chinese_head_is_broken_between_words(head: str, parts: list[str]) -> None:
    assert phrases(head) == parts
