"""The composer by itself: slots, numbers of tables and charts, rows and totals, one ledger."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import small_awards

from reportgen.kinds.blocks import Notes, form_field, listed, run_on
from reportgen.kinds.compose import ColumnOf, Composer
from reportgen.model import EMPTY, Cell, Field, Gap, Line, Note, Section, Table, Text
from reportgen.read.words import Words, plain_line

WORDS = Words(
    {
        "table.name": Text("表{number}", "Table {number}"),
        "chart.name": Text("圖{number}", "Figure {number}"),
        "said": Text("{count}人在{place}", "{count} in {place}"),
    },
    "words.toml",
)


def composer() -> Composer:
    return Composer(replace(small_awards.material(), words=WORDS))


def value(number: int | str, metric: str = "winners"):  # type: ignore[no-untyped-def]
    return small_awards.value(metric, number, "count", 0)


def test_a_slot_takes_words_figures_and_lines() -> None:
    made = composer()
    figure = made.print(value(3))
    line = made.line("said", count=figure, place=Line(("臺北", "市"), ("Taipei",)))
    assert line == Line((figure, "人在", "臺北", "市"), (figure, " in ", "Taipei"))


def test_tables_are_numbered_in_their_order() -> None:
    made = composer()
    frame = Table(anchor="t", caption=EMPTY, stub=EMPTY)
    first, second = made.numbered(frame), made.numbered(frame)
    assert (first.name.en, second.name.zh, second.number) == ("Table 1", "表2", "2")


def test_a_table_is_filled_row_by_row_and_its_figures_are_numbered_as_they_are_read() -> None:
    made = composer()
    columns = [
        ColumnOf[int](Text("甲", "a"), lambda n: value(n), total=value(30)),
        ColumnOf[int](Text("乙", "b"), lambda n: f"item {n}", Text("個", "items")),
        ColumnOf[int](Text("丙", "c"), lambda n: Cell(made.print(value(n + 1)), mark="x")),
    ]
    frame = Table(anchor="t", caption=EMPTY, stub=EMPTY)
    table = made.filled(frame, columns, [10, 20], total=Text("計", "Total"))
    assert [row.head.en for row in table.rows] == ["1", "2", "Total"]
    assert [row.role for row in table.rows] == ["body", "body", "total"]
    assert [[cell.figure and cell.figure.number for cell in row.cells] for row in table.rows] == [
        [1, None, 2],
        [3, None, 4],
        [5, None, None],
    ]
    assert table.rows[1].cells[1].text == Text("item 20", "item 20")
    assert table.columns[1].unit == Text("個", "items")


def test_a_figure_above_zero_may_bear_its_sign() -> None:
    made = composer()
    assert [made.signed(value(n)).plain for n in (2, 0, -2)] == ["+2", "0", "−2"]
    gap = replace(value(1), exact=Gap("none", EMPTY))
    assert made.signed(gap).plain == "-"


def test_the_same_number_from_other_rows_is_another_figure() -> None:
    made = composer()
    first = made.print(value(2))
    assert made.print(value(2)) is first
    assert made.print(replace(value(2), formula="another")).number == 2
    assert [printed.value.exact for printed in made.ledger.printed] == [Fraction(2)] * 2


def test_a_figure_in_a_title_has_a_record_without_a_place() -> None:
    made = composer()
    first, second = made.print(value(2)), made.print(value(3))
    assert made.in_words(Line(("共", second, "人"), (second, " people"))) == Text("共3人", "3 people")
    document = made.document("paper", EMPTY, [], [])
    assert (document.printed, document.in_words) == ((first, second), (2,))


def test_headings_are_counted_through_as_rows_are() -> None:
    made = composer()
    heading = Section(number="14", title=EMPTY, anchor="s-14")
    assert made.document("paper", EMPTY, [heading], []).ordinals == 14


def test_sentences_run_on_and_are_listed_as_each_language_does() -> None:
    lines = [plain_line(Text("甲", "a")), plain_line(Text("乙", "b"))]
    assert run_on(lines) == Line(("甲", "乙"), ("a", " ", "b"))
    assert listed(lines) == Line(("甲", "、", "乙"), ("a", ", ", "b"))
    assert run_on([]) == Line((), ())


def test_a_footnote_is_said_once_and_general_ones_stand_last() -> None:
    notes, line = Notes(), plain_line(Text("註", "note"))
    notes.once(line)
    notes.once(line)
    assert [notes.mark("k", line), notes.mark("other", line), notes.mark("k", line)] == ["a", "b", "a"]
    assert notes.all() == (Note("a", line), Note("b", line), Note("", line))


def test_what_is_not_declared_stays_blank() -> None:
    label = Text("文號", "No.")
    made = composer()
    assert form_field(made, label, None) == form_field(made, label, Text(" ", " ")) == Field(label)


def test_what_is_declared_in_a_form_is_stated() -> None:
    made = composer()
    entry = form_field(made, Text("文號", "No."), Text("第10330000151號", "No. 10330000151"))
    assert entry.lines == (plain_line(Text("第10330000151號", "No. 10330000151")),)
    assert "10330000151" in made.document("paper", EMPTY, [], []).stated
