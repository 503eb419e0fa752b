"""What is measured on finished pages: each kind of fault is seen where it stands, and the samples have no more than they had."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from making import sample

from reportgen.read.theme import load_theme
from reportgen.verify.layouts import read_layout
from reportgen.verify.pages import CHECKS, MM, Fault, look
from reportgen.write import pdf

ROOT = Path(__file__).parents[2]
THEME = load_theme(ROOT / "styles/tokens.toml")
KNOWN = tomllib.loads(Path(__file__).with_name("page_faults.toml").read_text("utf-8"))
FULL = '<p style="height: 200mm">滿</p>'


def made(body: str, style: str = "") -> bytes:
    css = (
        "@page { size: 210mm 297mm; margin: 25mm 20mm 22mm 20mm; font-family: 'Noto Sans TC'; "
        "@bottom-center { content: 'foot'; font-size: 8pt; vertical-align: top; padding-top: 3mm } }"
        "html { font: 10pt/5mm 'Noto Sans TC' } body, p, h1 { margin: 0 } table { border-collapse: collapse }"
        f"h1 {{ bookmark-level: 1; break-before: page; font-size: 10pt }} td, th {{ font-weight: 400; padding: 0 }} {style}"
    )
    html = f'<!DOCTYPE html><html lang="zh-Hant-TW"><head><title>t</title></head><body>{body}</body></html>'
    part = pdf.lay_out(html, css, "pages")
    return pdf.assemble(
        [pdf.write("pages", [part], 0, pdf.Numbering(), (), datetime(2026, 1, 1, tzinfo=UTC))], [part]
    )


def faults(body: str, style: str = "") -> list[Fault]:
    return list(look(made(body, style), THEME))


@pytest.mark.parametrize(
    ("body", "style", "kind", "figure"),
    [
        ('<p style="font-size: 6.5pt">小字</p>', "", "type", "6.5"),
        ("<p>少</p><h1>二</h1>", "", "fill", "3%"),
        ("<p>一二三四五六七八九十甲</p>", "p { width: 100pt }", "lonely", "1"),
        ("<table><tr><th>甲<br>乙<br>丙<br>丁</th></tr><tr><td>1</td></tr></table>", "", "head", "4"),
        ('<p style="margin-left: -4mm">出界</p>', "", "outside", "3.6"),
        ('<p>重疊之字</p><p style="margin-top: -4mm">另一行字</p>', "", "over", "重疊之字"),
        ('<p style="color: #a0a0a0">淡</p>', "", "contrast", "2.6"),
        ('<p style="background: #0f3d5e; color: #16222e">暗底</p>', "", "contrast", "1.4"),
        ("<table><tr><td>10,000</td><td>20,000</td></tr></table>", "", "gap", "0.3"),
        (
            '<table style="width: 80mm"><tr><td style="text-align: right">10</td></tr><tr><td>20</td></tr></table>',
            "",
            "align",
            "76.1",
        ),
        (
            '<div style="height: 240mm"></div><p style="orphans: 1; widows: 1">' + "一行" * 60 + "</p>",
            "",
            "widow",
            "1",
        ),
    ],
)
def test_a_fault_is_seen_with_its_figure(body: str, style: str, kind: str, figure: str) -> None:
    found = faults(body, style)
    assert [one.figure for one in found if one.kind == kind] == [figure], found
    assert {one.kind for one in found} <= {kind, "fill"}


def test_words_at_the_edge_of_the_paper_are_seen() -> None:
    found = faults('<p style="margin-left: -18mm">出邊</p>')
    assert {one.kind for one in found} == {"edge", "outside"}


def test_each_kind_of_fault_has_its_message_in_both_languages() -> None:
    kinds = {check.__name__.removeprefix("_") for check in CHECKS}
    for kind in kinds:
        told = Fault(kind=kind, page=3, x_mm=20, y_mm=41.2, figure="5", words="字" * 40).problem("a/b.pdf")
        assert "page 3, 20 mm from the left, 41 mm from the top" in told.say() or kind == "fill"
        assert told.say() != told.say("zh") and "第 3 頁" in told.say("zh")


def test_a_page_without_a_fault_has_none() -> None:
    table = "<table><tr><td style='text-align: right; width: 20mm'>1,000</td><td style='text-align: right; width: 20mm'>20</td></tr></table>"
    assert faults(f"<p>一二三四五六七八九十甲乙</p>{table}{FULL}<p>完</p>") == []


def test_the_last_page_of_a_section_may_be_half_full_and_that_of_a_document_empty() -> None:
    half = '<p style="height: 135mm; background: #ffffff"></p>'
    lines = "<p>行</p>" * 27  # 135 mm of 250
    assert [one.kind for one in faults(f"{lines}<h1>二</h1>")] == []
    assert [one.kind for one in faults(f'{lines}<p style="break-before: page">續</p>{half}<h1>二</h1>')] == [
        "fill",
        "fill",
    ]


def test_pages_of_another_size_are_not_looked_at() -> None:
    content = made('<p style="font-size: 5pt">小</p>', "@page { size: 297mm 210mm }")
    assert look(content, THEME) == ()
    assert read_layout(content, 297 * MM, 210 * MM).pages[0].words[0].text == "小"


@pytest.mark.slow
@pytest.mark.parametrize("document", KNOWN)
def test_a_sample_has_no_more_faults_than_it_had(document: str) -> None:
    """The numbers of `page_faults.toml` may only fall."""
    publication, name = document.split("/")
    content = sample(publication, name).result.content
    counted = Counter(one.kind for one in look(content, THEME))
    assert counted == KNOWN[document], (
        f"write what there is now, where it is less: {dict(sorted(counted.items()))}"
    )
