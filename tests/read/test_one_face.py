"""A Latin name with letters that the text faces lack stands in one face as a whole."""

from __future__ import annotations

import pytest

from reportgen.read import faces, fonts, one_face
from reportgen.write.html import in_one_face

# Letters of the official orthographies of Taiwan's languages, of Taiwanese and Hakka romanisation, and of Latin Extended-A.
LETTERS = "ʉɨṟḏéŋāēīōūâêôǎčšžłńőœđħıŁŐŒŠŽŸṭḍⁿ\u030d\u0358\u0331"


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_of_the_orthographies_can_be_printed(letter: str) -> None:
    assert one_face.strange(letter) or not fonts.uncovered(letter)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Pasuya Poiconʉ Ramataṟ", ["Pasuya Poiconʉ Ramataṟ"]),
        ("Awarded to Mo'o Peongsɨ of the Taipei Branch", ["Mo'o Peongsɨ"]),
        ("獲獎人 Kuḻele ḏa Lavakaw 等人", ["Kuḻele ḏa Lavakaw"]),
        ("lowercase ʉma pani", ["lowercase ʉma pani"]),
        ("Šťastný, Jan; Wang, Ta-ming", ["Šťastný, Jan"]),
        ("Łukasz O’Brien", ["Łukasz O’Brien"]),
        ("Tân A\u030d-bûn", ["Tân A\u030d-bûn"]),
        ("Lo^oh Ka'ti:", []),
        ("José Müller", []),
        ("王小明", []),
        ("", []),
    ],
)
def test_the_whole_name_is_found(words: str, names: list[str]) -> None:
    assert [words[start:end] for start, end in one_face.runs(words)] == names


@pytest.mark.parametrize("name", ["Poiconʉ Ramataṟ", "Kuḻele Ḏavaḏava", "Łukasz Ďurčanský", "Đorđe Ľubica"])
@pytest.mark.parametrize("family", ["serif", "kai", "sans-serif"])
@pytest.mark.parametrize("weight", [400, 700])
def test_a_certificate_takes_one_face_for_it(name: str, family: str, weight: int) -> None:
    pieces = faces.shaped(name, faces.chain((family,), weight), "en", {})
    assert pieces is not None
    (piece,) = pieces
    used = fonts.faces()[piece.face]
    assert (used.family, 0 in piece.glyphs) == (one_face.family(), False)


def test_a_letter_that_no_face_has_stays_a_fault() -> None:
    assert not one_face.strange("\u1abf") and fonts.uncovered("\u1abf") == [0x1ABF]


def test_a_page_marks_the_whole_name_and_nothing_else() -> None:
    name = f"<span style=\"font-family: '{one_face.family()}'\">Ka&#x27;ti Ramataṟ</span>"
    page = '<title>Ka\'ti Ramataṟ</title><p title="Ramataṟ">獎 {} &amp; <b>{}</b></p>'
    assert in_one_face(page.format(*["Ka&#39;ti Ramataṟ"] * 2)) == page.format(name, name)
    assert in_one_face("<p>José &amp; Lo^oh</p>") == "<p>José &amp; Lo^oh</p>"
