"""Paper, brand and blocks of an office's own: one small bulletin with all of them, and what is refused in each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import dressed
import making
import pikepdf
import pypdfium2
import pytest
import small_awards
from conftest import VeraPdf

from reportgen.kinds.awards import documents as awards
from reportgen.kinds.binding import _Bound
from reportgen.model import Illustration, Listing, Section, Table, Text
from reportgen.model.job import Job
from reportgen.read.brand import NO_BRAND, BrandTable
from reportgen.run.checks import check_publication
from reportgen.run.previewing.sketching import Desk
from reportgen.verify.documents import verify

pytestmark = pytest.mark.slow  # whole documents

MM = 72 / 25.4


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = dressed.office(tmp_path_factory.mktemp("office"))
    (outcome,) = making.build(folder, folder / "out", [dressed.NAME], formats=("pdf", "odt"))
    assert outcome.state == "made", [problem.say() for problem in outcome.problems]
    return folder


@pytest.fixture(scope="module")
def pages(built: Path) -> list[tuple[tuple[int, int], str]]:
    """Size in tenths of a millimetre and words of each page."""
    document = pypdfium2.PdfDocument(built / "out" / dressed.NAME / "bulletin.pdf")
    sizes = [tuple(round(side / MM * 10) for side in page.get_size()) for page in document]
    words = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return list(zip(sizes, words, strict=True))  # type: ignore[arg-type]


def test_pages_are_letter_and_the_section_lies_across(pages: list[tuple[tuple[int, int], str]]) -> None:
    across = [size for size, words in pages if "歷年件數" in words and "目次" not in words]
    assert across == [(2794, 2159)]
    assert {size for size, _ in pages} == {(2159, 2794), (2794, 2159)}


def test_words_pictures_and_the_own_block_stand_on_the_page(pages: list[tuple[tuple[int, int], str]]) -> None:
    summary = next(words for _, words in pages if "聯絡方式" in words)
    for words in ("110 年收件1,148 件", "Received: 1,148 cases", "服務大廳", "We closed 1,144 cases"):
        assert words.replace(" ", "") in summary.replace(" ", "").replace("\r\n", "")


def test_the_imprint_stands_above_the_colophon(pages: list[tuple[tuple[int, int], str]]) -> None:
    words = "".join(words for _, words in pages)
    assert 0 < words.index("1011000000") < words.index("SHA-256")


def test_the_file_is_sound_and_each_number_has_its_record(built: Path, verapdf: VeraPdf) -> None:
    file = built / "out" / dressed.NAME / "bulletin.pdf"
    assert verify(file).problems == ()
    for verdict in verapdf([file]):
        assert verdict.compliant, str(verdict)


def test_each_picture_has_its_words_for_those_who_do_not_see_it(built: Path) -> None:
    with pikepdf.open(built / "out" / dressed.NAME / "bulletin.pdf") as pdf:
        said = [
            str(item["/Alt"])
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
        ]
    for words in ("Emblem of Some Harbour Office", "A harbour, drawn as areas", "A hall, drawn as areas"):
        assert any(words in one for one in said), words


def test_the_odt_has_the_same_paper_and_blocks(built: Path) -> None:
    with zipfile.ZipFile(built / "out" / dressed.NAME / "bulletin.odt") as package:
        styles, content = (package.read(name).decode() for name in ("styles.xml", "content.xml"))
        media = [name.rpartition(".")[2] for name in package.namelist() if name.startswith("Pictures/")]
    assert 'fo:page-width="215.9mm"' in styles and 'fo:page-width="279.4mm"' in styles
    assert 'style:master-page-name="Landscape"' in styles + content
    assert sorted(media) == ["jpg", "svg"]
    for words in ("聯絡方式", "A hall, drawn as areas", "• ", "出版機關"):
        assert words in content


# ---- what is refused ----------------------------------------------------------------------------

# What is told of one file in one run.
FAULTS = [
    (
        "reportgen.toml",
        ('zh = "以色塊表示之港口示意圖", ', "", "brand.cover: alternative: the text lacks its zh half"),
        ('"1011000000"', '"10110"', 'gpn: "10110" is no GPN: it has 10 digits'),
        ("\n[brand.cover]", "branches = false\n[brand.cover]", "branches = false, and branch gives a word"),
        ("emblem =", "emblm =", "brand: emblm: is an unknown key"),
    ),
    (
        "reportgen.toml",
        ('gpn = "', 'isbn = "x', 'isbn: "x1011000000" is no ISBN'),
        (
            'branch = { zh = "分局", en = "Office" }',
            'branch_plural = "X"',
            "branch_plural is of no use without",
        ),
    ),
    (
        "reportgen.toml",
        ('emblem.svg"', 'emblem.gif"', "emblem: pictures/emblem.gif is neither SVG nor PNG"),
        ("cover.png", "hall.png", "has 105 dots an inch in print, and 200 are needed; take one of"),
    ),
    (
        "reportgen.toml",
        ('emblem.svg"', 'none.svg"', "emblem: there is no pictures/none.svg; put the file there"),
        ("cover.png", "none.png", "cover: file: pictures/none.png: there is no such scan"),
    ),
    (
        dressed.PUBLICATION,
        ("hall.png", "../x.png", '"pictures/../x.png" is no file of the project'),
        (
            ', en = "A hall, drawn as areas of pale colour"',
            "",
            "block 3: alternative: the text lacks its en half",
        ),
        ("own/contact.html", "Contact.html", '"Contact.html" is no template; write folder/name.html'),
        ('"landscape"', '"across"', 'orientation: "across" is unknown; known: portrait, landscape'),
    ),
    (
        dressed.PUBLICATION,
        ("hall.png", "emblem.svg", "pictures/emblem.svg: is no whole picture"),
        (
            '"聯絡方式", en = "How to reach us"',
            '"分機300", en = "Extension 300"',
            "block 4, words: title: these numbers have no record in the ledger: 300",
        ),
        (
            '{ zh = "服務大廳", en = "The service hall" }',
            '{ zh = "服務大廳45", en = "The service hall 45" }',
            "block 3: caption: these numbers have no record in the ledger: 45; a picture takes no slots",
        ),
        (
            "{received},\nmore",
            "{received},\n\nmore",
            "the Chinese half has 2 paragraphs and lists, the English one 3",
        ),
        ("own/contact.html", "own/other.html", "there is no templates/own/other.html; write the"),
    ),
    (
        dressed.PUBLICATION,
        ("- Received", "## Received", "a block of words has paragraphs and lists, no heading"),
    ),
    (
        dressed.PUBLICATION,
        ("width = 100", "width = 150", "has 152 dots an inch at 150 mm, and print needs 200"),
        ("- 辦結{closed}", "- **辦結**{closed}", "a block of words has paragraphs and lists, no strong"),
    ),
    (dressed.TEMPLATE, ("own.title", "own.titel", "contact.html:3: the template fails")),
    (
        dressed.TEMPLATE,
        ("{{ say(own.title) }}", "聯絡", "contact.html:3: '聯絡' stands in the template itself"),
        ('<p class="note-title">', '<p title="Contact">', "contact.html:3: 'Contact' stands in the"),
    ),
    (
        dressed.TEMPLATE,
        ("{{ say(own.title) }}", "{{ 1998 }}", "contact.html:3: '1998' stands in the template itself"),
    ),
    (dressed.TEMPLATE, ("</div>", "", "templates/own/contact.html: <div>: <div> is never closed")),
    (
        dressed.TEMPLATE,
        ("say(own.title)", "own.title|safe", "contact.html:3: the filter safe switches escaping off"),
    ),
    (
        "pictures/emblem.svg",
        ("<circle", "<script>x</script><circle", "pictures/emblem.svg: the SVG holds <script>"),
    ),
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dressed.office(tmp_path_factory.mktemp("faults"))


@pytest.fixture
def changed(office: Path) -> Iterator[object]:
    before: dict[Path, str] = {}

    def change(file: str, *faults: tuple[str, str, str]) -> list[tuple[str, str]]:
        path = office / file
        text = before[path] = path.read_text("utf-8")
        for old, new, _ in faults:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, "utf-8")
        problems = check_publication(office, dressed.NAME).problems
        return [(one.say(), one.say("zh")) for one in problems]

    yield change
    for path, text in before.items():
        path.write_text(text, "utf-8")


@pytest.mark.parametrize("faults", FAULTS, ids=lambda faults: f"{faults[0]}: {faults[1][2][:30]}")
def test_the_faults_of_a_file_are_told_at_once_in_both_languages(
    changed: object, faults: tuple[str, *tuple[tuple[str, str, str], ...]]
) -> None:
    told = changed(*faults)  # type: ignore[operator]
    for _, _, message in faults[1:]:
        assert any(message in en and zh != en for en, zh in told), (message, told)


def test_what_is_sound_is_not_told(office: Path) -> None:
    assert check_publication(office, dressed.NAME).problems == []


# ---- words --------------------------------------------------------------------------------------

BRANDED = BrandTable.model_construct(branch=Text("分局", "Office"), branch_plural="")


@pytest.mark.parametrize(
    ("zh", "en", "own"),
    [
        ("各分署一覽", "Branches", Text("各分局一覽", "Offices")),
        ("{branch}之分署", "a branch of {branch}", Text("{branch}之分局", "an office of {branch}")),
        ("分署", "Branch’s own branches", Text("分局", "Office’s own offices")),
        ("圖", "Branching out", Text("圖", "Branching out")),
    ],
)
def test_the_office_s_word_stands_for_branch_outside_of_slots(zh: str, en: str, own: Text) -> None:
    assert BRANDED.word(Text(zh, en)) == own


def heads(branches: bool) -> dict[str, set[str]]:
    """The heads of the tables in the papers of the small award, for an office with branches or without."""
    given = small_awards.material()
    brand = NO_BRAND.model_copy(update={"branches": branches})
    given = replace(given, publication=replace(given.publication, brand=brand))
    made = awards.documents(given, small_awards.result(), ("list", "decisions", "report", "programme"))
    return {
        document.name: {
            text.en
            for block in document.blocks
            if isinstance(block, Table)
            for text in (block.stub, *(column.label for column in block.columns))
        }
        for document in made
    }


def test_an_office_without_branches_has_no_column_of_them() -> None:
    of_branches, without = heads(True), heads(False)
    assert all("Branch" in " ".join(found) for found in of_branches.values())
    assert not any("Branch" in " ".join(found) for found in without.values())


def test_a_compilation_has_the_imprint_and_what_the_office_adds(tmp_path: Path) -> None:
    folder = dressed.compilation(tmp_path / "office")
    document = making.draft(
        Job(project=folder, publication="meeting-888", document="compilation", edition="both")
    ).document
    blocks = list(document.blocks)
    at = next(
        place for place, block in enumerate(blocks) if isinstance(block, Listing) and block.role == "imprint"
    )
    assert isinstance(blocks[at + 1], Listing) and blocks[at + 1].role == "colophon"
    added = next(block for block in blocks if isinstance(block, Section) and block.anchor == "own-1")
    assert added.landscape and isinstance(blocks[blocks.index(added) + 1], Illustration)
    assert document.artwork["emblem"][1].en.startswith("Emblem of ")


def test_pictures_of_two_annexes_are_told_apart() -> None:
    extract = SimpleNamespace(whole=SimpleNamespace(blocks=(PICTURE,)), blocks=(PICTURE,))
    names = {
        block.anchor
        for place in (1, 2)
        for block in _Bound(SimpleNamespace(), extract, place).blocks()  # type: ignore[arg-type]
    }
    assert names == {"x1-picture-0-1", "x2-picture-0-1"}


PICTURE = Illustration(
    anchor="picture-0-1",
    file="pictures/hall.png",
    caption=Text("大廳", "The hall"),
    alternative=Text("大廳", "A hall"),
    width_mm=100.0,
    height_mm=60.0,
)


def test_a_preview_has_the_pictures_too(office: Path) -> None:
    job = Job(project=office, publication=dressed.NAME, document="bulletin", edition="both")
    made = Desk(office, office / "out")._drawn(making.draft(job))
    assert {"emblem", "cover", "picture-0-2"} <= {*made}


def test_an_emblem_may_be_a_png(office: Path) -> None:
    from reportgen.write.drawings import read_picture

    assert read_picture(office, "pictures/hall.png").startswith(b"\xff\xd8")
    assert io.BytesIO(read_picture(office, "pictures/emblem.svg")).read(4) == b"<svg"
