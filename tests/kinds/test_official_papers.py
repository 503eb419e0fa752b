"""The kind of papers: each form of the sample, its slots and receivers, what is refused, and the round of a sign-off sheet."""

from __future__ import annotations

import functools
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import draft
from small import ROOT

from reportgen import Project
from reportgen.kinds.letters import numbers
from reportgen.model import Document, Fields, FormHead, Labels, Printed, Segment, Table, Text
from reportgen.model.job import Job

pytestmark = pytest.mark.slow  # each paper takes figures of the targets, which are computed for it

NAME = "papers-104"


@functools.cache
def made(name: str) -> Document:
    return draft(Job(project=ROOT, publication=NAME, document=name, edition="both")).document


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "p"
    for part in ("templates", "styles"):
        (folder / part).parent.mkdir(exist_ok=True)
        shutil.copytree(ROOT / part, folder / part)
    for file in ("glossary.csv", "metrics.toml"):
        (folder / "inputs").mkdir(exist_ok=True)
        shutil.copy(ROOT / "inputs" / file, folder / "inputs" / file)
    for part in (NAME, "targets-105", f"datasets/{NAME}", "datasets/targets-105"):
        shutil.copytree(ROOT / "inputs" / part, folder / "inputs" / part)
    shutil.copy(ROOT / "reportgen.toml", folder / "reportgen.toml")
    return folder


def test_a_figure_of_another_publication_has_its_record_there() -> None:
    paper = made("submit")
    subject = next(block for block in paper.blocks if isinstance(block, Segment))
    assert subject.line
    (figure,) = (run for run in subject.line.zh if isinstance(run, Printed))
    assert figure.origin and (figure.origin.publication, figure.origin.document) == (
        "targets-105",
        "approval",
    )
    there = draft(Job(project=ROOT, publication="targets-105", document="approval", edition="both")).document
    (record,) = (one for one in there.printed if one.number == figure.origin.number)
    assert (record.value, record.text) == (figure.value, figure.text)
    total = sum(
        one.value.exact
        for one in there.printed
        if dict(one.value.key).keys() == {"roc_year", "branch"}
        and one.value.metric == "target"
        and dict(one.value.key)["roc_year"] == 105
    )  # type: ignore[misc]
    assert figure.value.exact == total


def test_a_table_of_another_publication_comes_along_with_its_figures() -> None:
    paper = made("submit")
    (table,) = (block for block in paper.blocks if isinstance(block, Table))
    figures = [cell.figure for row in table.rows for cell in row.cells if cell.figure]
    assert figures and all(figure.origin and figure.origin.document == "letter" for figure in figures)
    assert len({figure.number for figure in paper.printed}) == len(paper.printed)


def test_each_receiver_gets_a_letter_with_a_number_and_a_window() -> None:
    heads = [block for block in made("invite").blocks if isinstance(block, FormHead)]
    said = [field.lines[0].zh[0] for head in heads for field in head.fields if field.label.zh == "發文字號"]
    assert said == [f"行執綜字第1043000{number:04}號" for number in range(901, 907)]
    assert all(head.window[0].zh == str(101 + place) for place, head in enumerate(heads))


def test_a_class_of_ones_own_and_terms_stand_in_the_head() -> None:
    def secrecy(name: str) -> str:
        head = next(block for block in made(name).blocks if isinstance(block, FormHead))
        (field,) = (one for one in head.fields if one.label.zh.startswith("密等"))
        return str(field.lines[0].zh[0])

    assert (secrecy("submit"), secrecy("memo")) == ("密（核定後解密）", "內部限閱")


def test_a_copy_with_enclosures_says_so() -> None:
    (fields,) = (block for block in made("submit").blocks if isinstance(block, Fields))
    assert "".join(map(str, fields.fields[1].lines[0].zh)).endswith("會計室（含附件）")


def test_a_register_withholds_and_adds_up_to_the_dollar() -> None:
    table = next(block for block in made("fees").blocks if isinstance(block, Table))
    amounts = [[int(cell.figure.value.exact) for cell in row.cells if cell.figure] for row in table.rows]  # type: ignore[arg-type]
    *rows, sums = amounts
    assert all(
        tax == (paid // 20 if paid // 20 > 1000 else 0) and out == paid - tax for paid, tax, out in rows
    )
    assert sums == [sum(column) for column in zip(*rows, strict=True)]


def test_labels_and_the_list_of_bulk_mail_have_the_same_receivers() -> None:
    (labels,) = (block for block in made("labels").blocks if isinstance(block, Labels))
    (mail,) = (block for block in made("mail").blocks if isinstance(block, Table))
    postcodes = [row.cells[2].text.zh for row in mail.rows if row.cells[2].text]
    assert postcodes == [label.postcode for label in labels.labels] and len(postcodes) == 7


@given(st.integers(0, 10**6), st.integers(1, 50), st.integers(1, 8))
def test_numbers_count_on_and_keep_their_zeros(first: int, count: int, digits: int) -> None:
    start = f"{first:0{digits}}"
    said = [one.zh for one in numbers(Text("字第{n}號", "No. {n}"), start, count)]
    assert [int(one[2:-1]) for one in said] == list(range(first, first + count))
    assert all(len(one) - 3 >= len(start) for one in said)


IN_THE_FILE = (
    ("請備查。", "特此通知。", ("請查照", "函之主旨須以期望語結尾")),
    ('secrecy = "internal"', 'secrecy = "hush"', ("hush", "hush")),
    ('secrecy = "confidential"\n', "", ("says no class", "未寫密等")),
    ('columns = ["name"', 'columns = ["nane"', ("nane", "nane")),
    ('id = "mail"\n', 'id = "post"\n', ("mail", "mail")),
)
IN_COMPOSING = (
    ("of = { roc_year = 105 }", "of = { unit = 9 }", ("different figures", "不同數值")),
    ('from = "targets-105"\npaper = "letter"', f'from = "{NAME}"\npaper = "letter"', ("itself", "自身")),
)


def test_all_that_cannot_be_made_is_told_in_one_run_and_in_both_languages(project: Path) -> None:
    file = project / "inputs" / NAME / "publication.toml"
    for wrong in (IN_THE_FILE, IN_COMPOSING):
        text = file.read_text("utf-8")
        for old, new, _ in wrong:
            assert old in text
            file.write_text(file.read_text("utf-8").replace(old, new, 1), "utf-8")
        found = [(one.en, one.zh) for report in Project(project).check(NAME) for one in report.problems]
        for *_, words in wrong:
            assert any(words[0] in en and words[1] in zh for en, zh in found), (words, found)
        file.write_text(text, "utf-8")


def test_a_round_seals_the_paper_and_tells_another_one(project: Path) -> None:
    """`verify` of the sheet: the approved paper lies there; then it is another one; a signature behind it changes nothing."""
    opened = Project(project, project / "out")
    file = project / "inputs" / NAME / "publication.toml"
    text = file.read_text("utf-8")
    text = re.sub(r"papers = \[.*\]", 'papers = ["order", "round"]', text, count=1)
    start = text.index("[[paper]]")
    head = text[: text.index("[[figure]]")]
    tables = {
        part.split('id = "')[1].split('"')[0]: part
        for part in re.split(r"(?m)^(?=\[\[paper\]\])", text[start:])[1:]
    }
    file.write_text(
        head + tables["order"] + tables["round"].replace('of = "submit"', 'of = "order"'), "utf-8"
    )
    assert [one.state for one in opened.sign_off(NAME)] == ["made"]
    sheet, paper = project / "out" / NAME / "round.pdf", project / "out" / NAME / "order.pdf"
    proof = opened.verify(sheet)
    assert not proof.problems and any("same paper" in line.en for line in proof.measured)
    assert [one.state for one in opened.sign_off(NAME)] == ["unchanged"]
    content = paper.read_bytes()
    paper.write_bytes(content + b"% signed")
    assert not any("approved" in problem.en for problem in opened.verify(sheet).problems)
    paper.write_bytes(content.replace(b"%%EOF", b"%%EOG"))
    assert any("not the paper that was approved" in problem.en for problem in opened.verify(sheet).problems)
    paper.unlink()
    assert any("is not there" in problem.en for problem in opened.verify(sheet).problems)
