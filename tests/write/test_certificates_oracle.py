"""The fast way against the slow one: the same certificate laid out in full by WeasyPrint, picture, words and tags.

Where letters are spaced out WeasyPrint rounds each place down to a thousandth of the size, and forgets half a space where
the face changes; here they stand where its own layout has measured them. So the strict comparison is of lines that are
not spaced out; with the real style a dot may stand at its neighbour's place.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from certificate_people import DATED, page, payload, people, recipient, style

from reportgen.model import Edition, Text
from reportgen.read.pdf_text import reading_order
from reportgen.write import certificates, pdf
from reportgen.write.certificates import Order

pytestmark = pytest.mark.slow  # every test lays pages out

DPI = 100
# How far a dot may be from the slow way's: edges of letters are softened on another fraction of a dot.
MOST = (
    90  # of 255, for any dot: lines that agree come to 64, the smallest and palest line a point aside to 110
)
DOTS = 250  # of 957,000 may differ by more than a quarter of the way from white to black
MEAN = 0.1  # of 255, over the page
NEAR = 2  # dots, half a millimetre

CSS = style()
CLOSE = re.sub(r"(letter-spacing|padding-left): [\d.]+em", r"\1: 0", CSS)


def rendered(content: bytes, dpi: int) -> Any:
    document = pypdfium2.PdfDocument(content)
    try:
        return document[0].render(scale=dpi / 72).to_numpy()
    finally:
        document.close()


def picture(content: bytes) -> Any:
    """The page without its code: that is rectangles in one way and a stencil in the other, and is read instead."""
    found = rendered(content, DPI).astype(int).max(axis=2)
    left, top, side = (round(mm * DPI / 25.4) for mm in (32, 141, 27.5))
    found[top : top + side, left : left + side] = 255
    return found


def code(content: bytes) -> list[tuple[str, str]]:
    """What the code says and where, in half centimetres. In one picture of a hundred a corner of the code is read as a
    small code of its own, `936`; both ways are asked for the certificate's.
    """
    return [
        (found.text, str([(round(at.x / 40), round(at.y / 40)) for at in corners]))
        for found in zxingcpp.read_barcodes(
            rendered(content, 200), formats=zxingcpp.barcode_formats_from_str("QRCode")
        )
        if found.text.startswith("RG1|")
        for corners in [(found.position.top_left, found.position.bottom_right)]
    ]


def apart(one: Any, other: Any, near: int = 0) -> Any:
    """How far each dot is from the like one nearby, in both directions."""
    far = abs(one - other)
    rows, columns = numpy.nonzero(far if near else numpy.zeros_like(far))
    shifts = [(x, y) for x in range(-near, near + 1) for y in range(-near, near + 1)]
    height, width = far.shape
    for_each = [
        [abs(a[rows, columns] - b[(rows + y) % height, (columns + x) % width]) for x, y in shifts]
        for a, b in ((one, other), (other, one))
    ]
    far[rows, columns] = numpy.max(numpy.min(for_each, axis=1), axis=0)
    return far


def tree(content: bytes) -> list[tuple[Any, ...]]:
    """Each node with its depth, type, language, alternative text, attributes and how much it marks."""
    found: list[tuple[Any, ...]] = []

    def walk(node: Any, depth: int) -> None:
        kids = list(node.get("/K", []))
        marked = sum(isinstance(kid, int) for kid in kids)
        entries = (str(node.get(key, "")) for key in ("/S", "/Lang", "/Alt", "/A"))
        found.append((depth, *entries, marked))
        for kid in kids:
            if not isinstance(kid, int):
                walk(kid, depth + 1)

    with pikepdf.open(io.BytesIO(content)) as file:
        walk(file.Root.StructTreeRoot.K[0], 0)
    return found


def mixed(job: certificates.Job) -> bool:
    return any(len(run.pieces) > 1 for run in job.runs)


def compare(recipients: Sequence[Order], edition: Edition = "both", css: str = CLOSE) -> Iterator[str]:
    """What differs, for each of the recipients."""
    of_page = page(edition, css)
    plan = certificates.plan(recipients, of_page, css, edition, DATED, payload)
    assert not plan.problems
    for place, (one, job) in enumerate(zip(recipients, plan.jobs, strict=True)):
        fast = certificates.finish([job], plan.shapes)[0].content
        slow = certificates.oracle(one, plan, of_page, css, edition, DATED)
        name = f"{one.key} {one.certificate.fields[-1].text.zh}"
        if tree(slow) != tree(fast):
            yield f"{name}: other tags"
        said, meant = ([(run.words, run.tag, run.lang) for run in reading_order(way)] for way in (fast, slow))
        if said != meant:
            yield f"{name}: other words"
        if code(slow) != code(fast) or len(code(fast)) != 1:
            yield f"{name}: another code: {code(slow)}, {code(fast)}"
        if css == CLOSE or not mixed(job):
            far = apart(picture(slow), picture(fast), 0 if css == CLOSE else NEAR)
            if far.max() > MOST or (far > 64).sum() > DOTS or far.mean() > MEAN:
                yield f"{name}: another picture: {far.max()} at most, {(far > 64).sum()} dots, mean {far.mean():.3f}"
        if place % 20 == 19:
            pdf.forget()


STYLES = pytest.mark.parametrize("css", [CSS, CLOSE], ids=["as it is", "not spaced out"])


@STYLES
def test_both_ways_agree_for_a_dozen_people(css: str) -> None:
    assert list(compare(people(12, seed=7), css=css)) == []


@pytest.mark.parametrize("edition", ["zh", "en"])
def test_both_ways_agree_in_an_edition_of_one_language(edition: Edition) -> None:
    assert list(compare(people(3, seed=11), edition)) == []


@STYLES
def test_both_ways_agree_for_those_who_need_smaller_letters_or_two_lines(css: str) -> None:
    post = Text("範例機關臺北分署行政執行官", "Administrative Enforcement Officer")
    long = "古拉斯·瓦旦·吉魯·瓦歷斯·諾幹·達悟"
    names = [Text(long[:length], "Gulas Watan Jiru " * (length // 4)) for length in (6, 9, 12, 16, 19)]
    names.append(Text("長名" * 20, "A Very Long Name " * 7))
    assert (
        list(compare([recipient(number, name, post) for number, name in enumerate(names, 1)], css=css)) == []
    )


def test_the_comparison_sees_another_letter_and_a_moved_line() -> None:
    everyone = people(2, seed=7)
    plan = certificates.plan(everyone, page("both", CSS), CSS, "both", DATED, payload)
    one, other = certificates.finish(plan.jobs, plan.shapes)
    assert (apart(picture(one.content), picture(other.content), NEAR) > 64).sum() > DOTS
    line = next(line for line in one.content.split(b"\n") if line.startswith(b"BT 1 0 0 -1 "))
    x = line.split()[5]
    moved = one.content.replace(line, line.replace(x, b"%.*f" % (len(x) - 4, float(x) + 1.0), 1))
    assert moved != one.content and len(moved) == len(one.content)
    assert apart(picture(one.content), picture(moved)).max() > MOST


# Two hundred as certificates are made; what letters of their own width add is seen with fewer.
@pytest.mark.slow
@pytest.mark.sweep
@pytest.mark.parametrize(("css", "count"), [(CSS, 200), (CLOSE, 60)], ids=["as it is", "not spaced out"])
def test_both_ways_agree_for_many_people(css: str, count: int) -> None:
    assert list(compare(people(count, seed=2014), css=css)) == []
