"""The papers of the shipped samples as pages: laid out without a warning, tagged, masked, and by the standards."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import replace
from pathlib import Path

import making
import pypdfium2
import pytest
from conftest import VeraPdf
from making import leaks_in
from small import ROOT

from reportgen.compute.rules.model import Result
from reportgen.kinds.awards import documents as awards
from reportgen.kinds.material import Material, read_material
from reportgen.model import Document, Edition, Section, Table
from reportgen.model.job import Inline, Job, Written
from reportgen.run.drafting import drafted
from reportgen.verify import documents
from reportgen.write import registry
from reportgen.write.tools import Tools

pytestmark = pytest.mark.slow  # every test lays pages out

SAMPLES = ("attitude-awards-102", "performance-awards-104", "bonus-104")
OFFICIAL = ("letter", "order", "announcement", "notice")
ALL = [
    (sample, paper)
    for sample, papers in (
        (SAMPLES[0], [name for name in awards.PAPERS if name != "certificates"]),
        (SAMPLES[1], [name for name in awards.PAPERS if name != "certificates"]),
        (SAMPLES[2], ["letter", "list", "receipts", "decisions", "report"]),
    )
    for paper in papers
]


@functools.cache
def material(sample: str) -> Material:
    return read_material(ROOT, sample)


@functools.cache
def outcome(sample: str) -> Result:
    return awards.decided(material(sample))


@functools.cache
def paper(sample: str, name: str) -> Document:
    """The paper; of the decision sheets, the tables and the first sheets, for all are alike."""
    (made,) = awards.documents(material(sample), outcome(sample), [name])
    if name != "decisions":
        return made
    sheets = [n for n, block in enumerate(made.blocks) if isinstance(block, Section) and block.number]
    return replace(made, blocks=made.blocks[: sheets[8]])


def made(sample: str, name: str, edition: Edition = "both") -> Written:
    """A paper as it is delivered; decision sheets, of which `paper` has a few, are laid out here."""
    return shortened(sample, edition) if name == "decisions" else making.sample(sample, name, edition).result


@functools.cache
def shortened(sample: str, edition: Edition) -> Written:
    job = Job(project=ROOT, publication=sample, document="decisions", edition=edition)
    draft = drafted(job, material(sample), paper(sample, "decisions"))
    return registry.writers()["pages"].write(draft, Tools(helper=Inline()))


def pages(sample: str, name: str, edition: Edition) -> list[str]:
    file = pypdfium2.PdfDocument(made(sample, name, edition).content)
    try:
        return [page.get_textpage().get_text_bounded() for page in file]
    finally:
        file.close()


def squeezed(words: str) -> str:
    return re.sub(r"\s", "", words)


@pytest.mark.parametrize(
    ("sample", "name", "edition"),
    [(*one, "both") for one in ALL]
    + [(*one, half) for one in ALL if one[0] == SAMPLES[0] for half in ("zh", "en")],
)
def test_every_paper_is_laid_out_without_a_warning_in_every_edition(
    sample: str, name: str, edition: Edition
) -> None:
    read = squeezed("".join(pages(sample, name, edition)))
    if edition != "en":
        assert "行政執行署" in read or name == "labels"
    if edition == "en":
        assert not re.search(r"[一-鿿]{12}", read)
    if edition == "zh":
        assert "Enforcement" not in read


@pytest.mark.parametrize(("sample", "name"), ALL)
def test_what_a_paper_hides_is_found_nowhere_in_its_file(sample: str, name: str) -> None:
    document = paper(sample, name)
    assert document.hidden
    assert list(leaks_in(made(sample, name).content, document.hidden)) == []


def test_a_name_that_is_not_masked_is_found() -> None:
    document = paper(SAMPLES[0], "list")
    winner = outcome(SAMPLES[0]).winners[0].person.names
    assert list(leaks_in(made(SAMPLES[0], "list").content, (*document.hidden, winner.zh))) != []


@pytest.mark.parametrize("name", OFFICIAL)
def test_an_official_paper_comes_in_chinese_first_and_then_as_a_translation(name: str) -> None:
    read = pages(SAMPLES[0], name, "both")
    first = next(place for place, page in enumerate(read) if "English translation for reference" in page)
    assert first > 0
    assert all("Administrative" not in page for page in read[:first])
    assert "發文" not in "".join(read[first:])
    assert "translation" not in "".join(pages(SAMPLES[0], name, "en"))


@pytest.mark.parametrize("edition", ["both", "en"])
def test_a_sheet_of_a_candidate_takes_one_page(edition: Edition) -> None:
    for sample in SAMPLES if edition == "both" else SAMPLES[:1]:
        document = paper(sample, "decisions")
        sheets = sum(isinstance(block, Section) and bool(block.number) for block in document.blocks)
        numbered = [
            page for page in pages(sample, "decisions", edition) if "理由" in page or "Reason" in page
        ]
        assert len(numbered) == sheets
        # Behind the first sheet come sheets only: none has run over.
        read = pages(sample, "decisions", edition)
        assert len(read) - read.index(numbered[0]) == sheets


def test_sixteen_labels_fill_a_page_and_the_seventeenth_begins_another() -> None:
    read = pages(SAMPLES[0], "labels", "both")
    assert [len(re.findall(r"　[收君]", page)) for page in read] == [16, 16, 15]


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_figures_of_the_ledger_are_those_of_the_rules(sample: str) -> None:
    result, name = outcome(sample), "list"
    if sample == "bonus-104":
        paid = sum(s.paid.exact for d in result.decisions if d.bonus for s in d.bonus.shares)  # type: ignore[misc]
        printed = {figure.value.metric: figure for figure in paper(sample, "report").printed}
        assert printed["paid"].value.exact == paid
        return
    table_rows = [
        row for block in paper(sample, name).blocks if isinstance(block, Table) for row in block.rows
    ]
    assert len(table_rows) == len(result.winners)
    # Only the amounts of rewards come from the rules and not from rows.
    amounts = [reward.amount for tier in result.tiers for reward in tier.rewards]
    bare = [figure.value for figure in paper(sample, name).printed if not figure.value.sources]
    assert all(value in amounts for value in bare)


@pytest.mark.parametrize("sample", SAMPLES)
def test_list_decisions_and_report_say_how_the_scheme_stands(sample: str) -> None:
    standard = outcome(sample).standard
    for name in ("list", "decisions", "report"):
        read = squeezed("".join(pages(sample, name, "zh")))
        assert squeezed(standard.words.zh) in read
        assert squeezed(material(sample).words[f"standing.{standard.standing}"].zh) in read


def test_every_paper_complies_with_pdf_a_and_pdf_ua(verapdf: VeraPdf, tmp_path: Path) -> None:
    files = []
    for sample, name in ALL:
        for edition in ("both", "en") if sample == SAMPLES[0] else ("both",):
            file = tmp_path / f"{sample}-{name}.{edition}.pdf"
            file.write_bytes(made(sample, name, edition).content)
            files.append(file)
    verdicts = verapdf(files)
    assert [str(verdict) for verdict in verdicts if not verdict.compliant] == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_number_of_a_paper_is_in_its_ledger_or_stated(sample: str) -> None:
    """As `reportgen verify` looks at it: four papers of each sample."""
    for name in ("list", "report", "letter", "decisions" if sample == "bonus-104" else "programme"):
        result = made(sample, name)
        (ledger,) = (content for file, content in result.beside.items() if file.endswith(".json"))
        assert documents.unrecorded(result.content, json.loads(ledger)) == []


def test_a_letter_and_its_translation_are_counted_each_by_itself() -> None:
    with pypdfium2.PdfDocument(made(SAMPLES[0], "letter").content) as document:
        texts = ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
    for text, foot in zip(texts, ("第1頁，共2頁", "第2頁，共2頁", "Page1of1"), strict=True):
        assert foot in text
        assert text.count("共") + text.count("Page") >= 1


@pytest.mark.sweep  # lays out every sheet of three samples
def test_every_sheet_of_a_candidate_with_ties_takes_one_page() -> None:
    """The whole of the sample, since a few of its candidates have three steps of ties."""
    with pypdfium2.PdfDocument(making.sample(SAMPLES[0], "decisions").result.content) as document:
        heads = ["理由" in page.get_textpage().get_text_bounded() for page in document]
    assert sum(heads) == 156
    assert all(heads[heads.index(True) :])
