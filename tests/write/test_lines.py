"""Lines of Chinese and Latin: a quarter em that nobody reads, squeezed marks, full lines, no line of one character."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from reportgen.read.pdf_text import reading_order
from reportgen.write import pdf
from reportgen.write.html.setting import set_page
from reportgen.write.pdf.lines import GAP, TIE

PT = 0.75  # of a pixel of the layout


def page(body: str, style: str = "", width: int = 170) -> tuple[str, str]:
    css = (
        f"@page {{ size: {width + 20}mm 100mm; margin: 10mm; font-family: 'Noto Sans TC' }}"
        f"html {{ font-family: 'Noto Sans TC'; font-size: 20px; line-height: 30px }} body, p {{ margin: 0 }} {style}"
    )
    html = f'<!DOCTYPE html><html lang="zh-Hant-TW"><head><title>t</title></head><body>{body}</body></html>'
    return html, css


def lines(body: str, style: str = "", width: int = 170) -> list[tuple[str, float]]:
    """The text and the width in px of each line."""
    html, css = page(body, style, width)
    pdf.lay_out(html, css, "lines")
    found = [
        ("".join(part.text for part in box.descendants() if hasattr(part, "text")), box.width)
        for box in pdf.drop("lines").pages[0]._page_box.descendants()
        if type(box).__name__ == "LineBox" and box.children
    ]
    return found


def made(body: str) -> bytes:
    html, css = page(set_page(body))
    part = pdf.lay_out(html, css, "made")
    return pdf.write("made", [part], 0, pdf.Numbering(), (), datetime(2026, 1, 1, tzinfo=UTC))


FIGURES = '<p>民國<span class="n" data-f="1">107</span>年新收，AI與ATM共3,000件、<span class="n" data-f="2">5.2%</span>以上，第3季</p>'
WORDS = "民國107年新收，AI與ATM共3,000件、5.2%以上，第3季"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>在107年</p>", "<p>在|107|年</p>"),
        ("<p>於 107 年（107）、5%者</p>", "<p>於 107 年（107）、5%|者</p>"),
        (
            '<p>民國<span class="n" data-f="1">107</span>年</p>',
            '<p>民國|<span class="n" data-f="1">107</span>|年</p>',
        ),
        ('<p>見<a href="#t">表1</a>所列</p>', '<p>見<a href="#t">表|1</a>|所列</p>'),
        ("<p>年</p><p>107</p>", "<p>年</p><p>107</p>"),
        ("<p>年<br>107</p>", "<p>年<br>107</p>"),
        ('<p>年<span lang="en">Year</span></p>', '<p>年<span lang="en">Year</span></p>'),
        ("<th><b>107年</b></th><td>107年</td>", "<th><b>107年</b></th><td>107|年</td>"),
        ('<img alt="107年"><title>107年</title>', '<img alt="107年"><title>107年</title>'),
        ("<p>甲&amp;乙</p>", "<p>甲&amp;乙</p>"),
    ],
)
def test_room_stands_between_chinese_and_latin_of_a_line(before: str, after: str) -> None:
    assert set_page(before).replace(TIE, "").replace(GAP, "|") == after


def test_letters_beside_kai_are_of_another_face_on_official_papers_only() -> None:
    paper = '<body class="letter official"><article class="half zh">第3號</article><article class="half en">No. 3</article></body>'
    assert re.findall('<span class="latin" style="font-family: serif">(.*?)</span>', set_page(paper)) == [
        f"{GAP}3{GAP}"
    ]
    paper = '<body class="letter official"><article class="half zh">計<span class="n" data-f="1">31</span>人</article>'
    assert set_page(paper).count(f">{GAP}31{GAP}<") == 1 and set_page(paper).count(GAP) == 2
    assert "serif" not in set_page('<body class="list"><article class="half zh">第3號</article></body>')


def test_what_is_printed_is_found_as_it_was_written(tmp_path: Path) -> None:
    content = made(FIGURES)
    (tmp_path / "made.pdf").write_bytes(content)
    poppler = subprocess.run(
        ["pdftotext", tmp_path / "made.pdf", "-"], capture_output=True, encoding="utf-8", check=True
    )
    assert poppler.stdout.strip() == WORDS
    document = pypdfium2.PdfDocument(content)
    assert document[0].get_textpage().get_text_range().strip() == WORDS
    document.close()
    assert "".join(run.words for run in reading_order(content)).strip().replace(" ", "") == WORDS


def test_a_quarter_of_an_em_is_left_free() -> None:
    (_, plain), (_, spaced) = lines("<p>在年</p><p>107</p>")[0], lines("<p>107</p>")[0]
    ((_, together),) = lines(set_page("<p>在107年</p>"))
    assert together == pytest.approx(plain + spaced + 2 * 0.25 * 20, abs=0.2)


def test_kai_that_draws_a_sign_for_a_blank_draws_none() -> None:
    kai = "p { font-family: 'TW-Kai' }"
    assert lines(set_page("<p>在107年</p>"), kai)[0][1] == pytest.approx(lines("<p>在107年</p>", kai)[0][1])


def test_other_words_for_what_is_shown_are_not_believed() -> None:
    with pikepdf.open(io.BytesIO(made("<p>在107年</p>"))) as file:
        stream = file.pages[0].Contents
        text = stream.read_bytes()
        assert b"/ActualText (1)" in text
        stream.write(text.replace(b"/ActualText (1)", b"/ActualText (9)"))
        target = io.BytesIO()
        file.save(target)
    assert "9" not in "".join(run.words for run in reading_order(target.getvalue()))


@pytest.mark.parametrize(
    ("words", "em"), [("「甲」、「乙」", 6), ("（甲）。", 3.5), ("《「甲」》", 4), ("甲，乙。", 4)]
)
def test_marks_that_meet_share_a_square(words: str, em: float) -> None:
    ((_, width),) = lines(f"<p>{words}</p>")
    assert width / 20 == pytest.approx(em, abs=0.05)


LONG = "執行署所屬各分署於年度內受理之案件以財稅及健保為主，其餘為罰鍰與費用，" * 4


def test_chinese_is_set_to_the_full_width_and_its_last_line_is_not() -> None:
    *full, (_, last) = lines(f"<p>{LONG}</p>", "p { text-align: justify }", width=83)
    room = 83 * 96 / 25.4
    assert len(full) > 3 and all(width == pytest.approx(room, abs=1) for _, width in full)
    assert last < room - 20


def test_room_that_would_end_a_line_does_not_drive_a_word_to_the_next() -> None:
    figure = '<span class="n" data-f="1">{}</span>'
    for count in range(5, 22):
        words = f"<p>{figure.format('24億4,272萬元')}，{'較' * count}{figure.format('2.2%')}者居於末位</p>"
        first, *_ = [text for text, _ in lines(set_page(words), width=83)]
        assert not first.endswith(GAP) and not first.endswith("萬"), count


def test_a_line_that_needs_too_much_room_stays_short() -> None:
    words = "甲乙" + "W" * 30
    (first, width), *_ = lines(f"<p>{words}</p>", "p { text-align: justify }", width=83)
    assert first == "甲乙" and width == pytest.approx(40)


def test_no_line_of_one_character_ends_a_paragraph() -> None:
    lonely = [
        count
        for count in range(20, 45)
        for text, _ in lines(set_page(f"<p>{'國' * count}。</p>"), width=83)[-1:]
        if len(text.replace(TIE, "").rstrip("。")) < 2
    ]
    assert lonely == []
    assert set_page("<td>徵起金額</td>") == f"<td>徵起金{TIE}額</td>"
    assert set_page("<p>What came in at the end of the year and went out of it.</p>").count(TIE) == 1
    assert set_page("<li><span>一、</span><span>於相關經費項下支應。</span></li>").count(TIE) == 1
    assert f"{TIE}元" in set_page('<p>合計<span class="n" data-f="1">500</span>元</p>')
    assert f"萬{TIE}元" in set_page('<p>最低者<span class="n" data-f="1">8,991萬元</span>。</p>')
    assert f"{TIE}元" in set_page("<p>合計500元。</p>") and TIE not in set_page("<td>合計500元</td>")
    assert TIE not in set_page("<td><p>Of the Legal Affairs and Remedies Division</p></td>")
    assert TIE not in set_page("<td>Kaohsiung Branch</td>")
    # On a cover the other language stands behind a break.
    assert f"彙{TIE}編" in set_page(
        '<p><span lang="zh">重要事項彙編</span><br><span lang="en">Matters</span></p>'
    )
