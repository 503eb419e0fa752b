"""Columns of a row in citations, orders and letters; a letter for each person or receiver, with its own number and pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import making
import merge_project
import pypdfium2
import pytest
from merge_project import NAME, TO_PERSONS, TO_RECEIVERS

from reportgen.model import Certificate, FormHead, Labels, Recipient, Segment
from reportgen.model.document import Document
from reportgen.model.errors import ReportgenError
from reportgen.model.job import Job
from reportgen.read.words import said


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    letters = {"person": TO_PERSONS, "receiver": TO_RECEIVERS}
    return {
        each: merge_project.project(tmp_path_factory.mktemp(each) / "p", text)
        for each, text in letters.items()
    }


def job(project: Path, document: str) -> Job:
    return Job(project=project, publication=NAME, document=document, edition="both", issued=date(2014, 1, 15))


def composed(project: Path, document: str) -> Document:
    return making.draft(job(project, document)).document


def heads(document: Document) -> list[tuple[str, str]]:
    """Who each letter goes to, and its number."""
    found = [block for block in document.blocks if isinstance(block, FormHead)]
    return [
        (said(head.fields[0].lines[0].zh, "zh"), said(head.fields[2].lines[0].en, "en")) for head in found
    ]


def subjects(document: Document) -> list[tuple[str, str]]:
    lines = [block.line for block in document.blocks if isinstance(block, Segment) and block.line]
    return [(said(line.zh, "zh"), said(line.en, "en")) for line in lines]


def test_a_letter_goes_to_each_person_with_its_own_number_and_its_own_cells(
    projects: dict[str, Path],
) -> None:
    document = composed(projects["person"], "letter")
    assert heads(document) == [
        ("北區分署書記官　王小明　君", "Fan-Chih-Tzu No. 0099"),
        ("南區分署科長　李示範　君", "Fan-Chih-Tzu No. 0100"),
    ]
    zh, en = subjects(document)[0]
    assert zh == "臺端服務於北區分署，志願服務1,234.5小時，經評定為特優，請查照。"
    assert "served at the North Branch and gave 1,234.5 hours" in en
    assert "陳未取" in document.hidden and "王小明" not in document.hidden


def test_a_letter_goes_to_each_receiver_of_a_table_and_so_does_a_label(projects: dict[str, Path]) -> None:
    document = composed(projects["receiver"], "letter")
    assert [number for _, number in heads(document)] == ["Fan-Chih-Tzu No. 1", "Fan-Chih-Tzu No. 2"]
    assert subjects(document)[1] == (
        "範例協會之志工比率為7.0%，請查照。",
        "Of the staff of Example Society, 7.0% are volunteers; please take note.",
    )
    (labels,) = (
        block for block in composed(projects["receiver"], "labels").blocks if isinstance(block, Labels)
    )
    assert [label.address.zh for label in labels.labels][:3] == [
        "示範市示範路2號",
        "示範市示範路10號",
        "示範市示範路20號",
    ]


def test_a_figure_of_a_row_has_its_record_with_its_cell(projects: dict[str, Path]) -> None:
    printed = composed(projects["person"], "letter").printed
    value = next(one.value for one in printed if one.plain == "1,234.5")
    (source,) = value.sources
    assert (source.file.rpartition("/")[2], source.rows, source.column) == ("people.csv", (2,), "hours")


def test_the_report_says_that_grades_were_given_and_in_which_column(projects: dict[str, Path]) -> None:
    document = composed(projects["person"], "report")
    words = str(document.blocks)
    assert "they stand in the column “Grade given”" in words and "載於「評定等第」欄" in words


def test_a_citation_says_columns_by_their_types(projects: dict[str, Path]) -> None:
    first = next(
        one for one in composed(projects["person"], "certificates").blocks if isinstance(one, Recipient)
    )
    assert isinstance(first.certificate, Certificate)
    (line,) = first.certificate.citation
    assert said(line.zh, "zh") == "自96年3月1日起服務1,234.5小時，經評定為特優，特頒獎狀，以資鼓勵。"
    assert said(line.en, "en").startswith(
        "For 1,234.5 hours of service since March 1, 2007, assessed as outstanding"
    )


def test_each_letter_is_told_in_both_languages_on_pages_that_are_counted_by_themselves(
    projects: dict[str, Path],
) -> None:
    written = making.make(job(projects["person"], "letter"))
    content = next(content for file, content in written.files.items() if file.endswith(".pdf"))
    with pypdfium2.PdfDocument(content) as pdf:
        pages = ["".join(page.get_textpage().get_text_range().split()) for page in pdf]
    assert [("0099" in page, "0100" in page) for page in pages] == [(True, False)] * 2 + [(False, True)] * 2
    assert ["共1頁" in page or "Page1of1" in page for page in pages] == [True] * 4


@pytest.mark.parametrize(
    ("old", "new", "en"),
    [
        ("{person.hours}", "{person.hour}", "{person.hour} is no slot of a paper; known: "),
        ('each = "person"\n', "", "{n} counts letters; write each ="),
        ("{n}", "{n}{n}", "{n} must stand once in each half"),
        ('first = "0099"', 'first = "x"', '"x" is no first number of letters'),
        ("{person.branch}", "{person.identity_no}", "holds an identity number, which no paper prints"),
        ('each = "person"', 'each = "persons"', "persons"),
        ("[[letter.item]]", '[names]\nletter = "mid-mask"\n[[letter.item]]', "bears the whole name of its receiver"),
    ],
)  # fmt: skip
def test_what_no_letter_can_say_is_refused(projects: dict[str, Path], old: str, new: str, en: str) -> None:
    refused(projects["person"], old, new, en)


@pytest.mark.parametrize(
    ("old", "new", "en"),
    [
        ("{receiver.rate}", "{receiver.rates}", "{receiver.rates} is no slot of a paper"),
        ('table = "offices"', 'table = "office"', '"office" is unknown'),
        ('name = "office"', 'name = "offic"', '"offic" is unknown'),
        ("[receivers]", "[[addressee]]\nname = { zh = \"甲\", en = \"A\" }\naddress = { zh = \"甲\", en = \"A\" }\n[receivers]", "is an addressee and has no columns for receiver.rate"),
    ],
)  # fmt: skip
def test_what_no_receiver_has_is_refused(projects: dict[str, Path], old: str, new: str, en: str) -> None:
    refused(projects["receiver"], old, new, en)


def refused(project: Path, old: str, new: str, en: str) -> None:
    file = project / "inputs" / NAME / "publication.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    try:
        with pytest.raises(ReportgenError) as caught:
            composed(project, "letter")
    finally:
        file.write_text(text, "utf-8")
    assert any(en in problem.en for problem in caught.value.problems), [
        one.en for one in caught.value.problems
    ]


def test_a_cell_that_is_to_be_printed_and_is_empty_is_told_with_its_row(projects: dict[str, Path]) -> None:
    file = projects["receiver"] / "inputs/datasets" / NAME / "offices.csv"
    text = file.read_text("utf-8")
    file.write_text(text.replace("範例協會", ""), "utf-8")
    try:
        with pytest.raises(ReportgenError) as caught:
            composed(projects["receiver"], "letter")
    finally:
        file.write_text(text, "utf-8")
    assert any(problem.place.row == 3 for problem in caught.value.problems)
