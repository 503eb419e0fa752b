"""Words that are still to be written: listed and counted, printed as such, and on every page the mark of a draft."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner
from conftest import VeraPdf
from making import build, draft

from reportgen.cli import main
from reportgen.kinds import kinds
from reportgen.model import Outcome
from reportgen.model.errors import InputError
from reportgen.model.job import Job
from reportgen.project import Project
from reportgen.read.todo import todo_places
from reportgen.run import starter
from reportgen.run.checks import check_publication
from reportgen.write.draft import Draft
from reportgen.write.registry import writers

NAME = "my-branch-109"
PUBLICATION = f"inputs/{NAME}/publication.toml"
HALVES = {
    "en": re.compile(r'(?m)((?:^|[{,]\s*)en\s*=\s*)"(?:[^"\\]|\\.)*"'),
    "zh": re.compile(r'(?m)([{,]\s*zh\s*=\s*)"(?:[^"\\]|\\.)*"'),
    "whole": re.compile(r'(=\s*)\{\s*zh\s*=\s*"(?:[^"\\]|\\.)*",\s*en\s*=\s*"(?:[^"\\]|\\.)*"\s*\}'),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of one short bulletin, all words written."""
    folder = tmp_path_factory.mktemp("whole") / "project"
    starter.write(folder, samples=False)
    return folder


@pytest.fixture
def project(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "project")


def lacking(project: Path, old: str, new: str) -> Path:
    file = project / PUBLICATION
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return project


def one_gap(project: Path) -> Path:
    return lacking(project, 'en = "Annual Performance Bulletin"', "en = { todo = true }")


def with_gaps(project: Path, half: str) -> int:
    """Takes a half out of every text of the inputs; how many."""
    count = 0
    for file in sorted((project / "inputs").rglob("*.toml")):
        lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]
        text, found = HALVES[half].subn(r"\1{ todo = true }", "\n".join(lines) + "\n")
        file.write_text(text, "utf-8")
        count += found
    return count


def built(project: Path, *editions: str, **more: object) -> list[Outcome]:
    return list(build(project, project / "out", [NAME], editions or ("both",), **more))  # type: ignore[arg-type]


def pages(file: Path) -> list[str]:
    with pypdfium2.PdfDocument(file) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def test_check_lists_and_counts_what_is_still_to_be_written(project: Path) -> None:
    one_gap(project)
    done = CliRunner().invoke(main, ["--project", str(project), "check"])
    assert done.exit_code == 0, done.output
    assert f"  {PUBLICATION}:10: title.en: still to be written\n" in done.output
    assert "  1 text is still to be written; pages that print it are marked as a draft\n" in done.output
    said = CliRunner().invoke(main, ["--messages", "zh", "--project", str(project), "check"]).output
    assert f"  {PUBLICATION}，第 10 列，欄位 title.en：文字待寫\n" in said
    assert "  尚有 1 處文字待寫；印出此等文字之文件標示為草稿\n" in said


def test_a_text_that_is_written_is_not_counted(project: Path) -> None:
    assert not check_publication(project, NAME).todo


@pytest.mark.slow
def test_a_document_with_a_gap_is_a_draft_on_every_page_in_every_form(
    project: Path, verapdf: VeraPdf
) -> None:
    outcomes = built(one_gap(project), "both", "zh", "en", formats=("pdf", "odt", "ods"))
    assert {outcome.state for outcome in outcomes} == {"made"}
    assert {tuple(map(str, outcome.gaps)) for outcome in outcomes} == {(f"{PUBLICATION}:10: title.en",)}
    out = project / "out" / NAME
    both, zh, en = (pages(out / name) for name in ("bulletin.pdf", "bulletin.zh.pdf", "bulletin.en.pdf"))
    assert all("草稿" in page and "DRAFT" in page for page in both)
    assert all("草稿" in page and "DRAFT" not in page for page in zh)
    assert all("DRAFT" in page and "草稿" not in page for page in en)
    assert "〔to be translated〕" in both[0]
    assert "年度績效公報" in zh[0] and "〔" not in zh[0]
    with zipfile.ZipFile(io.BytesIO((out / "bulletin.odt").read_bytes())) as odt:
        assert "〔to be translated〕" in odt.read("content.xml").decode()
        assert "草稿" in odt.read("styles.xml").decode()
    with zipfile.ZipFile(io.BytesIO((out / "bulletin.ods").read_bytes())) as ods:
        assert "草稿" in ods.read("content.xml").decode()
    files = sorted(out.glob("*.pdf"))
    assert [verdict for verdict in verapdf(files) if not verdict.compliant] == []
    for file in files:
        assert not Project(project).verify(file).problems
    (again,) = built(project, formats=("pdf", "odt", "ods"))
    assert (again.state, again.gaps) == ("unchanged", outcomes[0].gaps)


@pytest.mark.slow
def test_build_lists_the_gaps_at_its_end_and_ends_well(project: Path) -> None:
    one_gap(project)
    done = CliRunner().invoke(main, ["--project", str(project), "build", "--languages", "en"])
    assert done.exit_code == 0, done.output
    assert "title.en: still to be written\n  1 text is still" in done.output
    again = CliRunner().invoke(main, ["--project", str(project), "build", "--languages", "en"])
    assert "unchanged" in again.output and "  1 text is still to be written" in again.output


def test_a_gap_that_a_document_does_not_print_makes_it_no_draft(project: Path) -> None:
    """`metrics.toml` is of all publications: a name that no page of this one says is listed and marks nothing."""
    file = project / "inputs/metrics.toml"
    text = file.read_text("utf-8")
    lacking_name = (
        '[metric.staff_of_nobody]\nname = { todo = true }\nformula = "1"\nunit = "case"\ndigits = 0\n'
    )
    file.write_text(f"{text}\n{lacking_name}", "utf-8")
    made = draft(Job(project=project, publication=NAME, document="bulletin", edition="both"))
    assert [gap.file for gap in made.gaps] == ["inputs/metrics.toml"]
    assert made.document.draft is None and "DRAFT" not in str(made.document.sample)


@pytest.mark.slow
@pytest.mark.parametrize("half", HALVES)
def test_a_project_without_a_single_written_half_builds_and_verifies(project: Path, half: str) -> None:
    """Titles, captions, sentences, labels, members, names of metrics and units: each may be still to be written."""
    count = with_gaps(project, half)
    assert count > 90
    report = check_publication(project, NAME)
    assert report.problems == [] and len(report.todo) == count
    (outcome,) = built(project, formats=("pdf", "odt", "ods"))
    assert (outcome.state, len(outcome.gaps)) == ("made", count), outcome.problems
    for file in (project / "out" / NAME).glob("*.pdf"):
        assert not Project(project).verify(file).problems
        assert all("草稿" in page or "DRAFT" in page for page in pages(file))


def test_the_place_of_a_gap_in_the_front_part_of_a_panel_is_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "panel.md").write_text(
        "+++\n\ntitle = { zh = '一', en = { todo = true } }\n+++\n# 一\n", "utf-8"
    )
    assert [str(place) for place in todo_places(tmp_path, ["panel.md"])] == ["panel.md:3: title.en"]


def award(tmp_path: Path) -> Path:
    """The project of an award; its publication.toml."""
    root = Path(starter.__file__).parents[2]
    for name in ("inputs/attitude-awards-102", "inputs/datasets/staff-102", "templates", "styles"):
        shutil.copytree(root / name, tmp_path / name)
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(root / "inputs" / name, tmp_path / "inputs" / name)
    return tmp_path / "inputs/attitude-awards-102/publication.toml"


def rehearsed(project: Path, document: str) -> Draft:
    made = draft(Job(project=project, publication="attitude-awards-102", document=document, edition="both"))
    writers()[kinds()["awards"].writer_of(document)].rehearse(made)
    return made


def test_certificates_are_signed_and_are_no_drafts(tmp_path: Path) -> None:
    """Their letter can be made as a draft; each gap is told with its place."""
    file = award(tmp_path)
    text = re.sub(r'(?m)^(title = .*en = )"[^"]*"', r"\1{ todo = true }", file.read_text("utf-8"), count=1)
    file.write_text(text, "utf-8")
    row = text.partition("{ todo = true }")[0].count("\n") + 1
    assert rehearsed(tmp_path, "letter").document.draft
    with pytest.raises(InputError) as caught:
        rehearsed(tmp_path, "certificates")
    (found,) = caught.value.problems
    assert (found.place.row, found.place.column) == (row, "title.en")
    assert "a certificate that prints them would be signed" in found.en


def test_what_a_text_must_hold_is_asked_of_the_halves_that_are_there(tmp_path: Path) -> None:
    """A subject of a letter that asks its reader for something, the pattern of a unit's name."""
    file = award(tmp_path)
    for one in (file, file.with_name("rules.toml")):
        text = re.sub(r"(?m)^((?:subject|unit_name) = )\{.*\}$", r"\1{ todo = true }", one.read_text("utf-8"))
        assert "todo" in text
        one.write_text(text, "utf-8")
    assert rehearsed(tmp_path, "letter").document.draft


def test_a_slot_in_the_half_that_is_there_is_checked(tmp_path: Path) -> None:
    file = award(tmp_path)
    text = re.sub(
        r"(?m)^subject = \{.*\}$",
        'subject = { zh = { todo = true }, en = "On {nothing}" }',
        file.read_text("utf-8"),
        count=1,
    )
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match="nothing"):
        rehearsed(tmp_path, "letter")
