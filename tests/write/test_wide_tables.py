"""How wide the columns of a table are, and which rows may go over a page."""

from __future__ import annotations

import pytest

from reportgen.model import LANGUAGES, Cell, Column, Row, Table, Text
from reportgen.write.html.parts import tall, widths, wraps


def table(head: Text, columns: int = 3) -> Table:
    return Table(
        anchor="t-1",
        name=Text("表1", "Table 1"),
        caption=Text("表", "Table"),
        stub=Text("類別", "Kind"),
        columns=tuple(Column(Text("金額", "Amount")) for _ in range(columns)),
        rows=(Row(head=head, cells=tuple(Cell() for _ in range(columns))),),
    )


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
