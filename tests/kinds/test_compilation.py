"""The papers of a ministerial meeting: what they hold, in all editions and formats, and what is refused."""

from __future__ import annotations

import functools
import io
import itertools
import json
import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pikepdf
import pypdfium2
import pytest
from compilation_project import (
    INSTRUCTIONS,
    PUBLICATION,
    ROOT,
    made,
    places,
    project,
    swap,
    told,
    without_line,
)
from making import attempt, build, draft, sample
from office import save_as
from test_odt import converted, squeezed
from test_odt import told as said_of
from test_pdf import _letters, _Words, ledger_of

from reportgen.kinds.compilation.plan import Paper
from reportgen.model import Document, Fields, Gap, Paragraphs, Ref, Section, Table, Text
from reportgen.model.errors import InputError, RenderError
from reportgen.model.job import Job
from reportgen.model.job import Written as Result
from reportgen.read.pdf_text import joined, reading_order
from reportgen.read.words import said
from reportgen.run import checks
from reportgen.verify import documents, traces
from reportgen.verify import ledger as ledger_
from reportgen.write import html
from reportgen.write.registry import editable

pytestmark = pytest.mark.slow
EDITIONS = ("both", "zh", "en")
MEETINGS = ("meeting-887", "meeting-888")


@functools.cache
def paper(name: str, publication: str = "meeting-888") -> Document:
    return made(ROOT, name, publication)


def table(document: Document, anchor: str) -> Table:
    (found,) = (block for block in document.blocks if isinstance(block, Table) and block.anchor == anchor)
    return found


def words_of(document: Document, language: str = "en") -> str:
    """All paragraphs and fields as they are read."""
    lines = []
    for block in document.blocks:
        if isinstance(block, Paragraphs):
            lines += block.lines
        elif isinstance(block, Fields):
            lines += [line for field in block.fields for line in field.lines]
    return "\n".join(said(line.say(language), language) for line in lines)  # type: ignore[arg-type]


# ---- what the papers hold -------------------------------------------------------------------------


def test_the_compilation_has_its_parts_in_their_order() -> None:
    titles = [
        block.title.zh
        for block in paper("compilation").blocks
        if isinstance(block, Section) and block.level == 1
    ]
    assert titles == [
        "提要",
        "議程",
        "會議紀錄",
        "主席指示事項列管",
        "附件一　各分署達成率名次",
        "附件二　歷年達成率",
        "附件三　案件收結",
        "附件四　執行態度優良獎獲獎名冊",
        "統計方法、符號與版本",
    ]


@pytest.mark.parametrize("name", ["compilation", "minutes"])
def test_the_minutes_have_the_five_parts(name: str) -> None:
    titles = [block.title.zh for block in paper(name).blocks if isinstance(block, Section)]
    parts = ["壹、主席致詞", "貳、報告事項", "參、討論事項", "肆、臨時動議", "伍、散會"]
    assert [title for title in titles if title in parts] == parts


def test_the_summary_lists_what_is_open_by_deadline_and_marks_what_is_late() -> None:
    rows = table(paper("compilation"), "t-owed").rows
    assert [row.head.en for row in rows] == sorted(row.head.en for row in rows)
    marks = [row.cells[0].text for row in rows]
    assert marks == [Text("▲逾期", "▲ Overdue"), *[Text("", "")] * 6]
    assert "Instructions still open: 7; of these overdue (▲): 1, namely Case Review Division 1." in words_of(
        paper("compilation")
    )


def test_counts_by_office_add_up_and_name_the_rows_that_were_counted() -> None:
    rows = table(paper("compilation"), "t-offices").rows
    for place in range(4):
        numbers = [row.cells[place].figure for row in rows]
        assert all(numbers)
        *parts, whole = [figure.value.exact for figure in numbers if figure]
        assert sum(part for part in parts if isinstance(part, Fraction)) == whole
    review = next(row for row in rows if row.head.zh == "案件審議組")
    overdue = review.cells[3].figure
    assert overdue and overdue.plain == "1"
    (source,) = overdue.value.sources
    assert (source.file, source.rows) == (INSTRUCTIONS, (3,))


def test_the_figures_that_moved_are_those_of_both_periods() -> None:
    document = paper("compilation")
    rows = {
        row.head.en.partition(" (")[0]: [cell.figure for cell in row.cells[:3]]
        for row in table(document, "t-moved").rows
    }
    old, new, change = rows["Collected amount"]
    assert old and new and change
    assert [dict(one.value.key)["roc_year"] for one in (old, new)] == [103, 104]
    assert isinstance(old.value.exact, Fraction) and isinstance(new.value.exact, Fraction)
    assert change.value.exact == new.value.exact / old.value.exact - 1
    assert change.plain.startswith("+") and change.value.unit == "percent"
    old, new, change = rows["Achievement rate"]
    assert (
        old
        and new
        and change
        and not isinstance(old.value.exact, Gap)
        and not isinstance(new.value.exact, Gap)
    )
    assert (change.value.exact, change.value.unit) == (new.value.exact - old.value.exact, "point")


def test_the_first_meeting_compares_with_none() -> None:
    document = paper("compilation", "meeting-887")
    assert "There is no table of an earlier meeting to compare with." in words_of(document)
    assert not [block for block in document.blocks if isinstance(block, Table) and block.anchor == "t-moved"]


def test_a_paper_without_the_annexes_names_them_without_a_link() -> None:
    assert "see Annex 1 of the compilation" in words_of(paper("minutes"))
    assert "見彙編附件一" in words_of(paper("minutes"), "zh")
    runs = [
        run
        for block in paper("compilation").blocks
        if isinstance(block, Paragraphs)
        for line in block.lines
        for run in line.zh
    ]
    assert Ref("annex-1", Text("附件一", "Annex 1")) in runs


def test_the_sign_off_sheet_leaves_room_and_draws_no_seal() -> None:
    document = paper("signoff")
    signatures = table(document, "t-signatures")
    assert [signatures.stub.zh, *(column.label.zh for column in signatures.columns)] == [
        "承辦單位",
        "會辦單位",
        "決行",
    ]
    segments = [block.label.zh for block in document.blocks if hasattr(block, "clauses")]
    assert segments == ["主旨", "說明", "擬辦"]


# ---- faults ---------------------------------------------------------------------------------------


def test_a_lost_instruction_stops_every_paper_and_names_both_tables(tmp_path: Path) -> None:
    folder = project(tmp_path)
    without_line(folder, INSTRUCTIONS, "887-03")
    for name in get_args(Paper):
        (problem,) = told(folder, name)
        assert problem.say() == (
            f"{INSTRUCTIONS}: id: 887-03 was open at meeting 887 (inputs/datasets/meeting-887/instructions.csv:7) and is missing here; put the row back, or release it with a report"
        )
        assert problem.say("zh") == (
            f"{INSTRUCTIONS}，欄位 id：887-03 於第 887 次會議繼續列管（inputs/datasets/meeting-887/instructions.csv:7），本次缺漏；請補回該列，或填辦理情形並解除列管"
        )


def test_faults_of_all_inputs_are_told_at_once(tmp_path: Path) -> None:
    folder = project(tmp_path)
    without_line(folder, INSTRUCTIONS, "887-03")
    swap(folder, INSTRUCTIONS, "All plans are in;", "7 plans are in;")
    swap(folder, PUBLICATION, '"roi_cost"]', '"roi_costs"]')
    swap(folder, PUBLICATION, 'take = "t-ranking"', 'take = "t-rank"')
    assert places(told(folder)) == [
        f"{INSTRUCTIONS}:3: report",
        f"{INSTRUCTIONS}: id",
        f"{PUBLICATION}:101: annex 1: take",
        f"{PUBLICATION}:70: summary: metrics",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "words"),
    [
        (
            PUBLICATION,
            'previous = "meeting-887"',
            'previous = "agency-104"',
            f"{PUBLICATION}: previous",
            "of the kind bulletin",
        ),
        (
            PUBLICATION,
            'previous = "meeting-887"',
            'previous = "meeting-886"',
            f"{PUBLICATION}: previous",
            "there is no publication 'meeting-886'",
        ),
        (PUBLICATION, "number = 888", "number = 887", f"{PUBLICATION}: previous", "name one that was before"),
        (PUBLICATION, 'until = "16:20"', 'until = "14:20"', f"{PUBLICATION}: meeting: until", "is not after"),
        (PUBLICATION, "decision = {", "resolved = {", f"{PUBLICATION}: report 1: decision", "is missing"),
        (
            PUBLICATION,
            "{overdue}案，請",
            "{overdu}案，請",
            f"{PUBLICATION}: meeting: opening 2",
            "the slots differ",
        ),
        (
            PUBLICATION,
            'papers = ["compilation", ',
            'papers = ["compilations", ',
            f"{PUBLICATION}: papers",
            "did you mean 'compilation'?",
        ),
        (INSTRUCTIONS, "案件審議組", "案件審查組", f"{INSTRUCTIONS}:3: office", "is not known"),
        (INSTRUCTIONS, "887-04", "887-03", f"{INSTRUCTIONS}:7: id", "the same key as row 6"),
        (
            INSTRUCTIONS,
            "All plans are in; some branches are behind the first stage and are being followed up.",
            "",
            f"{INSTRUCTIONS}:3: report_en",
            "the other language is not",
        ),
        (
            "inputs/datasets/meeting-888/dataset.toml",
            'id = "released"',
            'id = "closed"',
            "inputs/datasets/meeting-888/dataset.toml: dimension.status",
            "must be open, released",
        ),
        (
            "inputs/meeting-887/publication.toml",
            "number = 887",
            'number = "887"',
            f"{PUBLICATION}: previous",
            "meeting-887 cannot be read",
        ),
    ],
)
def test_a_fault_has_its_place(tmp_path: Path, file: str, old: str, new: str, place: str, words: str) -> None:
    folder = project(tmp_path)
    swap(folder, file, old, new)
    found = told(folder)
    said = [
        (where, problem.en)
        for problem in found
        for where in (str(problem.place), f"{problem.place.file}: {problem.place.column}")
    ]
    assert [en for where, en in said if where.startswith(place) and words in en], found


def test_a_summary_that_grows_over_its_page_is_an_error(tmp_path: Path) -> None:
    folder = project(tmp_path)
    rows = [
        f"888-{n:02},888,第{n}項工作,Piece of work no. {n},辦理第{n}項。,Do piece no. {n}.,統計室,,,105/6/30,繼續列管,,"
        for n in range(4, 30)
    ]
    with (folder / INSTRUCTIONS).open("a", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")
    result = attempt(Job(project=folder, publication="meeting-888", document="compilation", edition="both"))
    assert isinstance(result, RenderError)
    (problem,) = result.problems
    assert str(problem.place) == f"{PUBLICATION}: s-summary"
    assert "“Summary” takes 2 pages" in problem.en and "應為一頁" in problem.zh


# ---- the finished files ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def results() -> dict[tuple[str, str, str], Result]:
    asked = itertools.product(MEETINGS, get_args(Paper), EDITIONS)
    return {
        (meeting, name, edition): sample(meeting, name, edition).result for meeting, name, edition in asked
    }


def test_every_paper_is_pdf_a_3a_and_pdf_ua_1(
    results: dict[tuple[str, str, str], Result], verapdf: Any, tmp_path: Path
) -> None:
    files = []
    for key, result in results.items():
        files.append(tmp_path / f"{'.'.join(key)}.pdf")
        files[-1].write_bytes(result.content)
    verdicts = verapdf(files)
    assert len(verdicts) == 2 * len(files) == 36
    assert not [str(verdict) for verdict in verdicts if not verdict.compliant]


def test_every_number_has_a_record_or_is_stated(results: dict[tuple[str, str, str], Result]) -> None:
    for key, result in results.items():
        assert documents.unrecorded(result.content, json.loads(ledger_of_any(result))) == [], key


def ledger_of_any(result: Result) -> bytes:
    (content,) = (content for name, content in result.beside.items() if "ledger" in name)
    return content


def test_a_number_without_a_record_is_found(results: dict[tuple[str, str, str], Result]) -> None:
    result = results["meeting-888", "compilation", "zh"]
    ledger = json.loads(ledger_of(result))
    ledger["figures"] = [one for one in ledger["figures"] if one["printed"] != "115.0"]
    assert {word for _, word in documents.unrecorded(result.content, ledger)} == {"115.0"}


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_was_sent_to_layout_is_read_in_its_order(
    results: dict[tuple[str, str, str], Result], edition: str
) -> None:
    for meeting in MEETINGS:
        for name in get_args(Paper):
            parser = _Words()
            parser.feed(sample(meeting, name, edition).html)
            result = results[meeting, name, edition]
            numbers = {str(page) for page in range(1, result.pages + 1)}
            read = [
                run.words
                for run in reading_order(result.content)
                if run.within != "Figure"
                and not (run.within == "TOCI" and run.tag == "Link" and run.words.strip() in numbers)
            ]
            assert _letters("".join(read)) == _letters("".join(parser.words)), (meeting, name)


@pytest.mark.parametrize("edition", EDITIONS)
def test_page_numbers_of_the_contents_and_bookmarks_are_those_of_the_layout(
    results: dict[tuple[str, str, str], Result], edition: str
) -> None:
    content = results["meeting-888", "compilation", edition].content
    runs = list(joined(reading_order(content)))
    heads = {re.sub(r"\s", "", run.words): run.page for run in runs if run.tag == "H1"}
    with pikepdf.open(io.BytesIO(content)) as file, file.open_outline() as outline:
        places = {page.objgen: number for number, page in enumerate(file.pages, 1)}
        marked = {re.sub(r"\s", "", item.title): places[item.destination[0].objgen] for item in outline.root}
    listed = [run for run in runs if run.within == "TOCI"]
    title = re.compile(r"附件三|Annex3")
    number = next(
        int(b.words)
        for a, b in itertools.pairwise(listed)
        if title.search(re.sub(r"\s", "", a.words)) and b.words.strip().isdigit()
    )
    (page,) = (page for words, page in heads.items() if title.search(words))
    (mark,) = (page for words, page in marked.items() if title.search(words))
    assert number == page == mark


def test_sample_data_are_marked_on_every_page(results: dict[tuple[str, str, str], Result]) -> None:
    for (meeting, name, edition), result in results.items():
        file = pypdfium2.PdfDocument(result.content)
        for page in file:
            text = page.get_textpage().get_text_bounded()
            assert ("Sample data" if edition == "en" else "示範資料") in text, (meeting, name, edition)
        file.close()


@pytest.mark.sweep  # test_pipeline has it of a bulletin
def test_the_same_bytes_with_one_process_and_with_two(tmp_path: Path) -> None:
    hashes = []
    for jobs in (1, 2):
        out = tmp_path / str(jobs)
        for outcome in build(ROOT, out, ["meeting-888"], ["both"], date(2016, 2, 1), jobs):
            assert outcome.state == "made", outcome
        hashes.append(
            {
                file.name: ledger_.sha256(file.read_bytes())
                for file in sorted((out / "meeting-888").iterdir())
                if file.suffix in (".pdf", ".odt")
            }
        )
    assert hashes[0] == hashes[1]
    assert {*hashes[0]} == {"compilation.pdf", "minutes.pdf", "minutes.odt", "signoff.pdf", "signoff.odt"}


def test_trace_names_the_publication_of_an_annex(results: dict[tuple[str, str, str], Result]) -> None:
    ledger = json.loads(ledger_of(results["meeting-888", "compilation", "both"]))
    found = ledger_.find(ledger, "115.0")
    (number,) = {one["from"]["id"] for one in found}
    assert f"  annex of  agency-104, bulletin: figure [{number}] of its ledger" in [
        *traces.lines(found, "en")
    ]
    assert any("agency-104（bulletin）" in line for line in traces.lines(found, "zh"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the PDFs that LibreOffice makes of the minutes and the sign-off sheets, all in one run."""
    folder = tmp_path_factory.mktemp("office")
    files = []
    for name, edition in itertools.product(("minutes", "signoff"), EDITIONS):
        job = Job(project=ROOT, publication="meeting-888", document=name, edition=edition)  # type: ignore[arg-type]
        (odt,) = editable(draft(replace(job, formats=("pdf", "odt")))).values()
        files.append(folder / f"{name}.{edition}.odt")
        files[-1].write_bytes(odt)
    save_as("pdf", files, folder)
    return folder


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("name", ["minutes", "signoff"])
def test_libreoffice_reads_the_minutes_and_the_sign_off_sheet(name: str, edition: str, office: Path) -> None:
    text, at = converted(office / f"{name}.{edition}.pdf", True).text, 0
    document = paper(name)
    for piece in said_of(document, edition):  # type: ignore[arg-type]
        place = text.find(squeezed(piece), at)
        assert place >= 0, piece
        at = place + len(squeezed(piece))


def test_check_tells_of_a_lost_instruction(tmp_path: Path) -> None:
    folder = project(tmp_path)
    without_line(folder, INSTRUCTIONS, "887-03")
    report = checks.check_publication(folder, "meeting-888")
    assert report.exit_code == InputError.exit_code and "887-03" in report.problems[0].en
    assert checks.check_publication(ROOT, "meeting-888").problems == []


def test_layout_files_follow_what_a_template_and_a_style_take_in() -> None:
    files = html.layout_files(ROOT, "compilation")
    assert {
        "templates/shared/frame.html",
        "templates/shared/blocks.html",
        "templates/shared/papers/blocks.html",
        "templates/shared/cover.html",
        "templates/shared/words.toml",
        "styles/shared/papers.css",
        "styles/shared/pages.css",
    } <= set(files)
    awards = html.layout_files(ROOT, "awards")
    assert {"styles/shared/papers.css", "templates/shared/words.toml"} <= set(awards)
    assert not {"styles/shared/cover.css", "templates/shared/cover.html"} & set(awards)
    assert not [
        file for file in html.layout_files(ROOT, "bulletin") if "awards" in file or "compilation" in file
    ]
