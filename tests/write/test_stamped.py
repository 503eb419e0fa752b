"""Sheets of one form laid out once against the slow way, which lays out each: the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import draft

from reportgen.model import Section
from reportgen.model.job import Job
from reportgen.write import html, pdf
from reportgen.write.pdf import engine, stamped

ROOT = Path(__file__).resolve().parent.parent.parent
DATED = datetime(2016, 1, 1, tzinfo=UTC)
CSS = """
@page { size: 120mm 150mm; margin: 15mm;
  @bottom-left { width: 60%; content: string(section); font-size: 7pt }
  @bottom-right { width: 40%; text-align: right; content: "Page 000 of 000"; font-size: 7pt } }
html { font-family: "Noto Sans TC"; font-size: 9pt; line-height: 1.4 }
h1 { break-before: page; font-size: 14pt; string-set: section attr(data-label); bookmark-level: 1; bookmark-label: attr(data-label) }
.number { display: inline-block; min-width: 8mm }
table { width: 100%; border-collapse: collapse; table-layout: fixed; margin-bottom: 4mm }
th { text-align: left; font-weight: 400; background: #eee }
td, th { border-bottom: .3pt solid #999; padding: .5mm 1mm }
td.figure { text-align: right; font-feature-settings: "tnum" }
td.centred { text-align: center }
td span { font-size: 7pt; color: #456 }
"""
WORDS = st.lists(
    st.sampled_from(["臺北分署", "第三股", "Unit", "Taipei", "104年度", "符合", "office", "ﬁne & <new>"]),
    min_size=1,
    max_size=9,
).map(" ".join)
FIGURES = st.none() | st.integers(0, 10**9)
ROWS = st.tuples(
    st.tuples(FIGURES, WORDS, WORDS), st.tuples(FIGURES, WORDS, WORDS), st.tuples(FIGURES, WORDS, WORDS)
)
Rows = Sequence[tuple[int | None, str, str]]


def sheet(number: int, name: str, rows: Rows) -> str:
    label = escape(f"{number} {name}", quote=True)

    def row(place: int, figure: int | None, words: str, more: str) -> str:
        shown = (
            f'<td class="figure" data-f="{number * 10 + place}">{figure:,} <span>NT$</span></td>'
            if figure is not None
            else "<td>–</td>"
        )
        return f'<tr><th scope="row">Row {place}</th>{shown}<td>{escape(words)}</td><td class="centred">{escape(more)}</td></tr>'

    inside = "".join(row(place, *one) for place, one in enumerate(rows))
    return (
        f'<h1 id="s-{number}" data-label="{label}"><span class="number">{number}</span> {escape(name)}</h1>'
        f'<p>Same <span lang="zh-Hant-TW">共 {len(name)} 名</span></p><div id="s-{number}-t"><table>'
        '<colgroup><col style="width: 20%"><col style="width: 25%"><col style="width: 35%"><col style="width: 20%"></colgroup>'
        f"<tbody>{inside}</tbody></table></div><p>behind</p>\n"
    )


def page(sheets: Sequence[str], front: str = "<p>front</p>") -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>t</title></head><body><main>'
        f'{front}{"".join(sheets)}<h1 id="rules" data-label="Rules">Rules</h1><p>rule</p></main></body></html>'
    )


def made(whole: str, css: str, anchors: Sequence[str]) -> tuple[pdf.Layout, bytes]:
    part = pdf.lay_out(whole, css, "part", None, anchors)
    return part, pdf.write("part", [part], 0, pdf.Numbering("Page {page} of {pages}"), (), DATED)


def laid(whole: str, css: str, anchors: Sequence[str]) -> list[int]:
    """How many pages each layout has that the sheets take."""
    fetcher = engine.fetcher(lambda anchor: b"")
    style = engine.style_sheet(css, fetcher)
    pages = []

    def render(words: str) -> object:
        document = engine.rendered(words, fetcher, style, "pdf/a-3a")
        pages.append(len(document.pages))
        return document

    stamped.laid_out(whole, css, anchors, render)
    return pages


def anchors_of(count: int) -> list[str]:
    return [*(f"s-{number}" for number in range(1, count + 1)), "rules"]


@settings(max_examples=4)
@given(st.lists(st.tuples(WORDS, ROWS), min_size=6, max_size=9))
def test_stamped_sheets_are_those_of_the_full_layout_byte_for_byte(said: list[tuple[str, Rows]]) -> None:
    sheets = [sheet(number, name, rows) for number, (name, rows) in enumerate(said, 1)]
    anchors = anchors_of(len(sheets))
    assert made(page(sheets), CSS, anchors) == made(page(sheets), CSS, ())


@pytest.mark.sweep
@settings(max_examples=60)
@given(st.lists(st.tuples(WORDS, ROWS), min_size=6, max_size=9))
def test_many_more_stamped_sheets_are_those_of_the_full_layout(said: list[tuple[str, Rows]]) -> None:
    test_stamped_sheets_are_those_of_the_full_layout_byte_for_byte.hypothesis.inner_test(said)


def alike(count: int, name: str = "Unit") -> list[str]:
    return [
        sheet(number, f"{name} {number}", ((number, "met", "yes"), (None, "met", "no"), (7, "met", "yes")))
        for number in range(1, count + 1)
    ]


def test_of_sheets_of_one_form_one_is_laid_out() -> None:
    assert laid(page(alike(12)), CSS, anchors_of(12)) == [3]  # and the pages around them


def test_a_line_that_needs_two_is_laid_out_and_serves_those_that_say_the_same() -> None:
    long = "a verdict that goes on over the end of its line"
    sheets = alike(12)
    for number in (5, 9):
        sheets[number - 1] = sheets[number - 1].replace(">met</td>", f">{long}</td>")
    assert laid(page(sheets), CSS, anchors_of(12)) == [3, 1]
    assert made(page(sheets), CSS, anchors_of(12)) == made(page(sheets), CSS, ())


def test_a_sheet_of_two_pages_stays_as_the_layout_makes_it() -> None:
    sheets = alike(8)
    sheets[4] = sheets[4].replace("<p>behind</p>", "<p>behind</p>" * 60)
    sheets[6] = sheets[6].replace(">met</td>", f">{'long ' * 180}</td>")
    assert made(page(sheets), CSS, anchors_of(8)) == made(page(sheets), CSS, ())


@pytest.mark.parametrize(
    "change",
    [
        ("break-before: page; ", ""),
        ("Page 000 of 000", '" counter(page) "'),
        ("@page {", "@page :left { margin-left: 20mm } @page {"),
        ("table-layout: fixed; ", ""),
        ("h1 {", "tr:nth-child(2) th::before { content: '2' } h1 {"),
    ],
    ids=[
        "no new page",
        "counted by the style",
        "left and right",
        "columns by their words",
        "generated figures",
    ],
)
def test_where_a_copy_would_not_be_right_the_sheets_are_laid_out(change: tuple[str, str]) -> None:
    css, count = CSS.replace(*change), 6
    sheets = alike(count)
    assert css != CSS
    assert made(page(sheets), css, anchors_of(count)) == made(page(sheets), css, ())


def test_the_comparison_sees_a_line_at_another_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamped, "_LEFT", (*stamped._LEFT, "center"))
    sheets = [one.replace(">yes<", f">{'i' * (number % 5 + 1)}<") for number, one in enumerate(alike(12))]
    assert made(page(sheets), CSS, anchors_of(12)) != made(page(sheets), CSS, ())


def of_sample(document: str) -> tuple[list[str], str, list[str]]:
    """HTML and style of a paper of the sample, with the sections that begin a page."""
    made_of = draft(Job(project=ROOT, publication="appraisal-104", document=document, edition="both"))
    pages, css = html.pages_and_style(made_of.design, made_of.document, {}, made_of.hashes(), document)
    sections = (block for block in made_of.document.blocks if isinstance(block, Section))
    return pages, css, [section.anchor for section in sections if section.level == 1 and not section.flow]


def agrees(whole: str, css: str, anchors: Sequence[str]) -> int:
    """How many pages of the part were not laid out, all of them being as if they had been."""
    slow = made(whole, css, ())
    assert made(whole, css, anchors) == slow
    return slow[0].pages - sum(laid(whole, css, anchors))


def test_the_sheets_of_a_branch_are_those_of_the_full_layout() -> None:
    pages, css, anchors = of_sample("units-yilan")
    assert made(pages[-1], css, anchors) == made(pages[-1], css, ())


@pytest.mark.sweep
@pytest.mark.parametrize("document", ["officers", "units-taipei", "units-pingtung"])
def test_the_sheets_of_the_sample_are_those_of_the_full_layout(document: str) -> None:
    pages, css, anchors = of_sample(document)
    assert sum(agrees(whole, css, anchors) for whole in pages) > 0
