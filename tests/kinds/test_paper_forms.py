"""The form of official papers and of what goes with them: margins, the English letter, payment registers, labels."""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import draft
from small import ROOT

from reportgen.kinds.awards.plan import Receipts
from reportgen.kinds.payments import withheld
from reportgen.model import (
    Clause,
    Document,
    Edition,
    Field,
    Fields,
    FormHead,
    Labels,
    Line,
    Segment,
    Signature,
    Table,
    Text,
)
from reportgen.model.document import told_in
from reportgen.model.job import Job
from reportgen.read import theme
from reportgen.read.fixed_words import read_words
from reportgen.write import html, pdf

WORDS = read_words(ROOT, "templates/awards/words.toml")
THEME = theme.load_theme(ROOT / "styles/tokens.toml")
LONG = Line(
    ("獲獎單位請指派股內同仁1人代表受獎，並於活動前3日將姓名以電子郵件送本署承辦人；" * 3,),
    ("Each unit honoured is asked to appoint one of its staff to receive the award. " * 4,),
)
BLANK = Text("密等及解密條件或保密期限", "Security classification")


def plain(zh: str, en: str) -> Line:
    return Line((zh,), (en,))


def head(*fields: Field, salutation: bool = True) -> FormHead:
    return FormHead(
        issuer=Text("法務部行政執行署", "Administrative Enforcement Agency"),
        form=Text("函", "Letter"),
        fields=fields,
        salutation=Text("敬啟者：", "Dear Sir or Madam,") if salutation else None,
    )


ATTACHED = Field(Text("附件", "Enclosure"), (plain("名冊1份", "1 list"),), "enclosure")
TO = Field(Text("受文者", "To"), (plain("如正本", "The recipients"),), "to")
MAIN = Fields((Field(Text("正本", "Main recipients"), (LONG,)), Field(Text("副本", "Copy"))))
CLAUSES = Segment(Text("說明", "Explanation"), None, tuple(Clause(level, 1, LONG) for level in range(1, 7)))
SIGNED = Signature(
    Text("署長", "Director-General"), Text("林示例", "Lin"), closing=Text("此致", "Yours faithfully,")
)
LETTER = (head(TO, Field(BLANK), ATTACHED), Segment(Text("主旨", "Re"), LONG), CLAUSES, MAIN, SIGNED)


def document(blocks: tuple[Any, ...]) -> Document:
    name = Text("函", "Letter")
    return Document(
        publication="small",
        kind="awards",
        title=name,
        subtitle=name,
        issuer=name,
        period=name,
        sample=None,
        keywords=name,
        blocks=blocks,
        printed=(),
        inputs=(),
        name="letter",
        setting="official",
    )


@functools.cache
def laid(edition: Edition) -> bytes:
    design = html.Design(project=ROOT, edition=edition, theme=THEME, words=WORDS)
    pages, css = html.pages_and_style(design, document(LETTER), {}, {}, "letter")
    part = pdf.lay_out(pages[0], css, f"forms/{edition}")
    return pdf.write(f"forms/{edition}", [part], 0, pdf.Numbering(), (), pdf_date())


def pdf_date() -> Any:
    from datetime import UTC, datetime

    return datetime(2016, 2, 17, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["zh", "en"])
def test_no_word_of_a_clause_of_any_level_stands_beyond_the_margin(edition: Edition) -> None:
    """A clause as wide as the page ran 3 to 17 mm past it."""
    with pypdfium2.PdfDocument(laid(edition)) as file:
        for page in file:
            width, height = page.get_size()
            text = page.get_textpage()
            boxes = [text.get_charbox(place) for place in range(text.count_chars())]
            within = [box for box in boxes if box[2] > box[0] and 62 < box[1] < height - 72]
            rightmost = max(box[2] for box in within)
            assert rightmost <= width - (25 - 0.6) / 25.4 * 72
            assert rightmost >= width - 40 / 25.4 * 72  # and the lines are filled


def test_english_leaves_out_what_is_blank_and_chinese_keeps_its_place() -> None:
    (zh, *_), (en, *_) = told_in("zh", LETTER), told_in("en", LETTER)
    assert isinstance(zh, FormHead) and isinstance(en, FormHead)
    assert [field.label.zh for field in zh.fields] == ["受文者", BLANK.zh, "附件"]
    assert [field.label.en for field in en.fields] == ["To"]
    assert zh.salutation is None and en.salutation


def test_an_english_letter_greets_closes_and_names_enclosures_and_copies_last() -> None:
    told = told_in("en", LETTER)
    assert [type(block) for block in told] == [FormHead, Segment, Segment, Signature, Fields]
    last = told[-1]
    assert isinstance(last, Fields) and [field.label.en for field in last.fields] == [
        "Enclosure",
        "Main recipients",
    ]


entries = st.lists(
    st.builds(
        Field,
        st.just(Text("欄", "Entry")),
        st.lists(st.builds(plain, st.text("甲乙", max_size=3), st.text("ab", max_size=3)), max_size=2).map(
            tuple
        ),
        st.sampled_from(["", "to", "enclosure"]),
    ),
    max_size=5,
).map(tuple)


@given(entries, entries, st.booleans())
def test_each_language_says_every_entry_that_is_filled_once(
    heads: tuple[Field, ...], receivers: tuple[Field, ...], written: bool
) -> None:
    paper = (head(*heads, salutation=written), Segment(Text("主旨", "Re"), LONG), Fields(receivers), SIGNED)
    given = sorted(str(field) for field in (*heads, *receivers) if field.lines)
    for language in ("zh", "en"):
        told = [
            f
            for block in told_in(language, paper)
            if isinstance(block, FormHead | Fields)
            for f in block.fields
        ]
        assert sorted(str(field) for field in told if field.lines) == given
        assert language == "zh" or all(field.lines for field in told)


# ---- payment registers -----------------------------------------------------------------------------


@functools.cache
def register(sample: str) -> Document:
    return draft(Job(project=ROOT, publication=sample, document="receipts", edition="both")).document


def amounts(table: Table, place: int) -> list[int]:
    figures = [row.cells[place].figure for row in table.rows]
    return [int(figure.value.exact) for figure in figures if figure]  # type: ignore[arg-type]


@given(st.integers(0, 10**9), st.integers(0, 100), st.integers(0, 10**6))
def test_a_tax_is_whole_dollars_and_never_more_than_its_part(paid: int, percent: int, free: int) -> None:
    tax = withheld(
        Fraction(paid), Receipts.model_construct(tax=Fraction(percent, 100), free=free, account="")
    )
    by_hand = paid * percent // 100
    assert tax == (by_hand if by_hand > free else 0)
    assert 0 <= tax <= paid


def test_a_register_adds_up_to_what_the_scheme_pays() -> None:
    made = register("bonus-104")
    tables = [block for block in made.blocks if isinstance(block, Table) and block.look == "receipts"]
    paid = 0
    for table in tables:
        columns = [amounts(table, place) for place in (2, 3, 4)]
        assert all(sum(column[:-1]) == column[-1] for column in columns)
        assert all(tax + out == whole for whole, tax, out in zip(*columns, strict=True))
        assert all(
            tax == (whole // 20 if whole // 20 > 2000 else 0)
            for whole, tax in zip(*columns[:2], strict=True)
            if whole != columns[0][-1]
        )
        paid += columns[0][-1]
    whole = [
        figure.value.exact
        for figure in made.printed
        if figure.value.metric == "paid" and not figure.value.key
    ]
    assert [paid] == [int(exact) for exact in whole]  # type: ignore[arg-type]


def test_without_a_declared_tax_the_columns_are_left_for_the_pen() -> None:
    tables = [block for block in register("performance-awards-104").blocks if isinstance(block, Table)]
    for table in tables[:-1]:
        assert amounts(table, 2) and not amounts(table, 3) and not amounts(table, 4)


def test_a_label_says_who_sends_it() -> None:
    made = draft(
        Job(project=ROOT, publication="performance-awards-104", document="labels", edition="zh")
    ).document
    labels = [label for block in made.blocks if isinstance(block, Labels) for label in block.labels]
    assert {label.sender.zh for label in labels if label.sender} == {
        "寄件人：法務部行政執行署　100 示範市示範區示範路1號"
    }
