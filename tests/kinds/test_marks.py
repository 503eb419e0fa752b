"""Every number in the words of a document is marked where it is made: a figure, stated by an input, or the number of a row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from marks import unmarked
from small import ROOT
from test_compose import composer, value

from reportgen.kinds import kinds
from reportgen.kinds.material import read_material
from reportgen.model import EMPTY, Line, Paragraphs, Table, Text
from reportgen.read.publications import documents_of, publication_names
from reportgen.read.words import plain_line

pytestmark = pytest.mark.slow  # whole documents or projects, again and again

DOCUMENTS = [
    pytest.param(publication, name, marks=[pytest.mark.slow] if publication == "appraisal-104" else [])
    for publication in publication_names(ROOT)
    for name in documents_of(ROOT, publication, kinds())[1]
    # the sheets of one branch are like those of any other
    if name != "exhibition" and (not name.startswith("units-") or name == "units-yilan")
]


@pytest.mark.parametrize(("publication", "name"), DOCUMENTS)
def test_no_number_of_a_sample_is_unmarked(publication: str, name: str) -> None:
    kind, _ = documents_of(ROOT, publication, kinds())
    assert unmarked(kind.compose(read_material(ROOT, publication), name)) == []


def test_a_number_that_nobody_marked_is_found() -> None:
    made = composer()
    paragraph = Paragraphs((plain_line(Text("共 57 件", "57 cases in all")),))
    document = made.document("paper", EMPTY, [paragraph], [])
    assert unmarked(document) == [("57", "共 57 件"), ("57", "57 cases in all")]
    # A figure that stands nowhere excuses nothing; one that stands on the page does.
    printed = made.print(value(57))
    assert unmarked(made.document("paper", EMPTY, [paragraph], [])) != []
    placed = Paragraphs((Line((printed,), (printed,)),))
    assert unmarked(made.document("paper", EMPTY, [paragraph, placed], [])) == []


def test_what_an_input_words_is_stated_and_rows_are_counted_through() -> None:
    made = composer()
    made.stated(Text("第3點，1,500元或2.5%", "Point 3: NT$1,500 or 2.5%"))
    table = made.filled(Table(anchor="t", caption=EMPTY, stub=EMPTY), [], range(12))
    document = made.document("paper", EMPTY, [table], [])
    assert document.stated == ("1,500", "102", "2.5", "2013", "3")  # the title of the publication has a year
    assert document.ordinals == 12
    assert unmarked(document) == []
    # The number of a row is one only where it stands alone.
    assert unmarked(replace(document, title=Text("共12列", "12 rows"))) == [
        ("12", "共12列"),
        ("12", "12 rows"),
    ]


def test_the_slots_of_an_officers_sentence_are_no_stated_numbers() -> None:
    made = composer()
    line = made.fill(
        Text("{count(104)}件中有5件", "5 of {count(104)} cases"), lambda slot: made.print(value(8))
    )
    assert [run for run in line.en if isinstance(run, str)] == ["5 of ", " cases"]
    assert made.document("paper", EMPTY, [], []).stated == ("102", "2013", "5")
