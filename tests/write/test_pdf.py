"""The finished files: standards, structure, text, fonts, ledger. Both samples, all editions."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from making import sample

from reportgen.model import APART
from reportgen.model.job import Written as Result
from reportgen.model.job import file_name
from reportgen.read.pdf_text import joined, reading_order
from reportgen.verify import documents
from reportgen.write import pdf
from reportgen.write.pdf import tags

ROOT = Path(__file__).parents[2]
EDITIONS = ("both", "zh", "en")
SAMPLES = ("new-taipei-107", "agency-104")

pytestmark = pytest.mark.slow


def ledger_of(result: Result) -> bytes:
    """The ledger that lies beside the PDF."""
    (ledger,) = (content for name, content in result.beside.items() if name.startswith("ledger"))
    return ledger


@pytest.fixture(scope="module")
def made() -> dict[tuple[str, str], Result]:
    return {
        (name, edition): sample(name, "bulletin", edition).result for name in SAMPLES for edition in EDITIONS
    }


@pytest.fixture(scope="module")
def files(
    made: dict[tuple[str, str], Result], tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], Path]:
    folder = tmp_path_factory.mktemp("pdf")
    paths = {}
    for (name, edition), result in made.items():
        paths[name, edition] = folder / f"{name}.{edition}.pdf"
        paths[name, edition].write_bytes(result.content)
    return paths


def test_every_edition_is_pdf_a_3a_and_pdf_ua_1(files: dict[tuple[str, str], Path], verapdf: Any) -> None:
    verdicts = verapdf(list(files.values()), ("3a", "ua1"))
    assert len(verdicts) == 2 * len(files)
    for verdict in verdicts:
        assert verdict.compliant, (verdict.file, verdict.flavour, verdict.failed_rules, verdict.error)
        assert not verdict.failed_rules
        assert verdict.assertions > 10_000


def test_vera_pdf_sees_a_fault(files: dict[tuple[str, str], Path], verapdf: Any, tmp_path: Path) -> None:
    with pikepdf.open(files["new-taipei-107", "zh"]) as broken:
        del broken.Root["/MarkInfo"]
        broken.save(tmp_path / "broken.pdf")
    assert not any(verdict.compliant for verdict in verapdf([tmp_path / "broken.pdf"], ("3a", "ua1")))


class _Words(HTMLParser):
    """The text of a page in its order, without head and pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skip += tag == "head"

    def handle_endtag(self, tag: str) -> None:
        self.skip -= tag == "head"

    def handle_data(self, data: str) -> None:
        if not self.skip and data != pdf.NUMBER:
            self.words.append(data)


def _letters(words: str) -> str:
    return re.sub(r"\s+", "", words)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("name", SAMPLES)
def test_text_in_reading_order_equals_the_text_sent_to_layout(
    made: dict[tuple[str, str], Result], name: str, edition: str
) -> None:
    parser = _Words()
    parser.feed(sample(name, "bulletin", edition).html)
    runs = reading_order(made[name, edition].content)
    # Page numbers are put in after the layout, words of a chart come from its picture.
    numbers = {str(page) for page in range(1, made[name, edition].pages + 1)}
    said = [
        run.words
        for run in runs
        if run.within != "Figure"
        and run.tag not in ("Reference", "Lbl")  # numbers of footnotes
        and not (run.within == "TOCI" and run.tag == "Link" and run.words.strip() in numbers)
    ]
    assert _letters("".join(said)) == _letters("".join(parser.words))


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_number_has_a_record(made: dict[tuple[str, str], Result], name: str, edition: str) -> None:
    result = made[name, edition]
    assert documents.unrecorded(result.content, json.loads(ledger_of(result))) == []


def test_a_number_without_a_record_is_found(made: dict[tuple[str, str], Result]) -> None:
    result = made["new-taipei-107", "both"]
    ledger = json.loads(ledger_of(result))
    ledger["figures"] = [figure for figure in ledger["figures"] if figure["printed"] != "28.4"]
    assert {word for _, word in documents.unrecorded(result.content, ledger)} == {"28.4"}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_record_names_page_position_rows_and_hash(
    made: dict[tuple[str, str], Result], name: str
) -> None:
    result = made[name, "both"]
    for figure in json.loads(ledger_of(result))["figures"]:
        assert figure["at"], figure
        for place in figure["at"]:
            assert 1 <= place["page"] <= result.pages
            assert 0 <= place["x_mm"] <= 210 and 0 <= place["y_mm"] <= 297
        for source in figure["inputs"]:
            assert re.fullmatch("[0-9a-f]{64}", source["sha256"]) and source["rows"]


def test_the_return_on_investment_of_104_is_28_4(made: dict[tuple[str, str], Result]) -> None:
    figures = json.loads(ledger_of(made["new-taipei-107", "both"]))["figures"]
    (roi,) = [f for f in figures if f["metric"] == "roi" and f["key"] == {"roc_year": 104}]
    assert (roi["printed"], roi["exact"]) == ("28.4", "572885/20187")


def test_the_ledger_and_the_inputs_are_inside(made: dict[tuple[str, str], Result]) -> None:
    result = made["new-taipei-107", "both"]
    with pikepdf.open(io.BytesIO(result.content)) as document:
        names = set(document.attachments)
        assert {
            "ledger.json",
            "cases.csv",
            "collected.csv",
            "budget.csv",
            "publication.toml",
            "metrics.toml",
        } <= names
        assert document.attachments["ledger.json"].get_file().read_bytes() == ledger_of(result)
        cases = (ROOT / "inputs/datasets/new-taipei/cases.csv").read_bytes()
        assert document.attachments["cases.csv"].get_file().read_bytes() == cases
        kinds = {str(one["/F"]): str(one["/AFRelationship"]) for one in document.Root["/AF"]}
        assert kinds["ledger.json"] == "/Data" and kinds["cases.csv"] == "/Source"


def _elements(node: Any) -> Iterator[Any]:
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from _elements(kid)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        if "/K" in node:
            yield from _elements(node["/K"])


@pytest.fixture(scope="module")
def tree(made: dict[tuple[str, str], Result]) -> Iterator[list[Any]]:
    with pikepdf.open(io.BytesIO(made["agency-104", "both"].content)) as document:
        yield list(_elements(document.Root["/StructTreeRoot"]["/K"]))


def test_table_heads_say_what_they_head(tree: list[Any]) -> None:
    scopes = {str(element["/A"]["/Scope"]) for element in tree if element["/S"] == "/TH"}
    assert scopes == {"/Row", "/Column"}


def test_a_table_over_two_pages_is_one_table_with_one_head(tree: list[Any]) -> None:
    for table in (element for element in tree if element["/S"] == "/Table"):
        kids = [str(kid["/S"]) for kid in table["/K"]]
        assert kids.count("/THead") <= 1 and kids.count("/TBody") == 1, kids


def test_english_is_marked_inside_the_chinese_document(tree: list[Any]) -> None:
    assert {str(element["/Lang"]) for element in tree if "/Lang" in element} == {"en"}


def test_every_figure_has_an_alternative_text_in_both_languages(tree: list[Any]) -> None:
    figures = [element for element in tree if element["/S"] == "/Figure"]
    assert len(figures) > 10
    for figure in figures:
        words = str(figure["/Alt"])
        assert re.search("[\u4e00-\u9fff]{3}", words) and re.search("[A-Za-z]{4}", words)
        left, bottom, right, top = (float(side) for side in figure["/A"]["/BBox"])
        assert 0 <= left < right <= 596 and 0 <= bottom < top <= 842


def test_contents_links_and_bookmarks_point_to_the_right_pages(made: dict[tuple[str, str], Result]) -> None:
    for result in made.values():
        with pikepdf.open(io.BytesIO(result.content)) as document:
            pages = {page.obj.objgen: number for number, page in enumerate(document.pages, 1)}
            names = list(document.Root.Names.Dests.Names)
            targets = {
                str(name): pages[place[0].objgen] for name, place in zip(names[::2], names[1::2], strict=True)
            }
            links = [
                str(link["/Dest"])
                for page in document.pages
                for link in page.obj.get("/Annots", [])
                if "/Dest" in link
            ]
            with document.open_outline() as outline:
                marks = [pages[item.destination[0].objgen] for item in outline.root]
                assert [item.title for item in outline.root[0].children] != []
        assert len(links) > 30 and set(links) <= set(targets)
        contents = [run for run in reading_order(result.content) if run.within == "TOCI"]
        numbers = [int(run.words) for run in contents if run.tag == "Link" and run.words.strip().isdigit()]
        sections = [targets[f"s-{number}"] for number in range(1, len(marks))]
        assert numbers[: len(sections)] == sections == marks[1:]
        assert len(numbers) > len(sections) + 10 and max(numbers) <= result.pages


def test_each_page_has_its_number_at_the_foot(made: dict[tuple[str, str], Result]) -> None:
    import pypdfium2

    result = made["agency-104", "en"]
    with pypdfium2.PdfDocument(result.content) as document:
        for number in range(2, result.pages + 1):
            assert (
                f"Page {number} of {result.pages}" in document[number - 1].get_textpage().get_text_bounded()
            )


def test_a_footnote_is_a_note_with_its_number_under_its_paragraph(
    made: dict[tuple[str, str], Result],
) -> None:
    with pikepdf.open(io.BytesIO(made["new-taipei-107", "both"].content)) as document:
        notes = [e for e in _elements(document.Root["/StructTreeRoot"]["/K"]) if e["/S"] == "/Note"]
        assert [str(note["/P"]["/S"]) for note in notes] == ["/P", "/P"]
        assert all(next(str(kid["/S"]) for kid in _elements(note["/K"])) == "/Lbl" for note in notes)
        assert len({str(note["/ID"]) for note in notes}) == 2
    words = {
        run.lang: run.words
        for run in joined(reading_order(made["new-taipei-107", "both"].content))
        if run.within == "Note" and run.tag == "Note"
    }
    assert "略有出入" in words["zh-Hant-TW"] and "differ slightly" in words["en"]


def test_running_heads_are_artifacts(made: dict[tuple[str, str], Result]) -> None:
    content = made["new-taipei-107", "both"].content
    words = "".join(run.words for run in reading_order(content))
    assert "共" not in words.split("版本紀錄")[0][:50] and "Page 3 of" not in words
    with pikepdf.open(io.BytesIO(content)) as document:
        operators = pikepdf.parse_content_stream(document.pages[3])
        marked = [str(one.operands[0]) for one in operators if str(one.operator) == "BDC"]
        assert "/Artifact" in marked


def test_bookmarks_and_contents_lead_to_the_sections(made: dict[tuple[str, str], Result]) -> None:
    with (
        pikepdf.open(io.BytesIO(made["new-taipei-107", "both"].content)) as document,
        document.open_outline() as outline,
    ):
        titles = [item.title for item in outline.root]
    assert titles[0] == "目次 Contents" and titles[1] == "1 提要 Summary" and len(titles) == 9


def test_only_declared_fonts_are_used(made: dict[tuple[str, str], Result]) -> None:
    for result in made.values():
        assert pdf.foreign_fonts(result.content) == []


def test_nothing_of_this_machine_is_in_the_file(made: dict[tuple[str, str], Result]) -> None:
    for result in made.values():
        with pikepdf.open(io.BytesIO(result.content)) as document:
            whole = b"".join(
                item.read_bytes() if isinstance(item, pikepdf.Stream) else item.unparse()
                for item in document.objects
            )
        assert b"file://" not in whole and str(ROOT).encode() not in whole


def test_the_title_is_in_the_metadata(made: dict[tuple[str, str], Result]) -> None:
    with pikepdf.open(io.BytesIO(made["new-taipei-107", "zh"].content)) as document:
        metadata = document.open_metadata()
        assert "年度績效公報" in str(metadata["dc:title"])
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == (
            "3",
            "A",
            "1",
        )
        assert str(document.Root["/Lang"]) == "zh-Hant-TW"


def test_tables_and_charts_carry_the_same_strings(made: dict[tuple[str, str], Result]) -> None:
    runs = joined(reading_order(made["new-taipei-107", "both"].content))
    words: dict[str, str] = {}
    for run in runs:
        words[run.within] = words.get(run.within, "") + " " + run.words
    for printed in ("1,503,549", "994,610", "2,442.72"):
        assert printed in words["Figure"] and printed in words["Table"] and printed in words[""]


def test_batch_names_the_files_of_an_edition() -> None:
    assert [file_name("bulletin", edition) for edition in ("both", "zh", "en")] == [
        "bulletin.pdf",
        "bulletin.zh.pdf",
        "bulletin.en.pdf",
    ]


def test_each_half_of_an_alternative_text_says_its_language() -> None:
    assert tags._marked(f"折線圖。{APART}Line chart.") == "\x1bzhTW\x1b折線圖。\x1ben\x1bLine chart."
    assert tags._marked("Line chart.") == "Line chart."
