"""`languages = ["zh"]`: no other half is asked for, and none is printed."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from making import build, draft

from reportgen.cli import main
from reportgen.kinds import kinds
from reportgen.kinds.compilation import tracking
from reportgen.kinds.panels import writing
from reportgen.model.errors import InputError
from reportgen.model.job import Job
from reportgen.project import Project
from reportgen.read.publications import read_publication
from reportgen.read.tables import read_dataset
from reportgen.run import starter
from reportgen.run.checks import check_publication

NAME = "my-branch-109"
PUBLICATION = f"inputs/{NAME}/publication.toml"
PAIR = re.compile(r'\{\s*zh\s*=\s*("(?:[^"\\]|\\.)*"),\s*en\s*=\s*("(?:[^"\\]|\\.)*")\s*\}')
MEMBERS = {"tax": "財稅", "fine": "罰鍰", "fee": "費用"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "project"
    starter.write(folder, samples=False)
    for file in (folder / "inputs").rglob("*.csv"):  # members by their ids, so that either name may go
        text = file.read_text("utf-8")
        for id_, name in MEMBERS.items():
            text = text.replace(name, id_) if file.name != "glossary.csv" else text
        file.write_text(text, "utf-8")
    return folder


@pytest.fixture
def project(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "project")


def edited(file: Path, change: Callable[[str], str]) -> None:
    before = file.read_text("utf-8")
    file.write_text(change(before), "utf-8")
    assert file.read_text("utf-8") != before


def in_one(project: Path, language: str, form: str = '"…"') -> Path:
    """All texts of the project in this language alone, as plain strings or as one half."""
    other = "en" if language == "zh" else "zh"
    half = {"zh": r"\1", "en": r"\2"}[language]
    new = half if form == '"…"' else f"{{ {language} = {half} }}"
    for file in (project / "inputs").rglob("*.toml"):
        text = PAIR.sub(new, file.read_text("utf-8"))
        file.write_text(re.sub(rf'(?m)^{other} = ".*"\n', "", text), "utf-8")
    return project


def declared(project: Path, line: str) -> Path:
    edited(project / PUBLICATION, lambda text: f"{line}\n{text}")
    return project


def reportgen(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--project", str(project), *arguments])


@pytest.mark.parametrize("form", ['"…"', "{ … }"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_other_half_is_asked_for_in_any_file(project: Path, language: str, form: str) -> None:
    """Titles, sentences with figures and claims, labels, members, reasons, names and bases of metrics, units."""
    declared(in_one(project, language, form), f'languages = ["{language}"]')
    report = check_publication(project, NAME)
    assert report.problems == [] and report.figures > 50


def test_the_project_may_declare_it_for_all_its_publications(project: Path) -> None:
    (in_one(project, "zh") / "reportgen.toml").write_text('languages = ["zh"]\n', "utf-8")
    assert check_publication(project, NAME).problems == []
    declared(project, 'languages = ["zh", "en"]')
    assert any(
        "not a text in both languages" in found.en for found in check_publication(project, NAME).problems
    )


@pytest.mark.slow
@pytest.mark.parametrize(("language", "other"), [("zh", "en"), ("en", "zh")])
def test_what_is_made_has_this_language_alone(project: Path, language: str, other: str) -> None:
    declared(in_one(project, language), f'languages = ["{language}"]')
    (outcome,) = build(project, project / "out", [NAME], ["both", language], formats=["pdf", "odt", "ods"])
    assert (outcome.state, outcome.document) == ("made", f"{NAME}/bulletin.{language}.pdf"), outcome.problems
    file = project / "out" / outcome.document
    record = json.loads((file.parent / f"ledger.{language}.json").read_text("utf-8"))
    assert record["figures"] and record["sentences"]
    assert {tuple(figure["text"]) for figure in record["figures"]} == {(language,)}
    assert {tuple(sentence["text"]) for sentence in record["sentences"]} == {(language,)}
    with pypdfium2.PdfDocument(file) as pdf:
        words = "".join(page.get_textpage().get_text_range() for page in pdf)
        title = pdf.get_metadata_value("Title")
        bookmarks = [mark.get_title() for mark in pdf.get_toc()]
    if language == "en":
        assert not re.search("[\u4e00-\u9fff]", words + title + "".join(bookmarks))
    else:
        assert "Contents" not in words + "".join(bookmarks) and "Example" not in words + title
    assert not Project(project).verify(file).problems
    (found, *_) = Project(project).trace(file, "74,250")
    assert found["metric"] == "closed_cases"
    traced = reportgen(project, "--messages", other, "trace", str(file), "…")
    assert traced.exit_code == 0 and not traced.exception


def test_another_edition_is_refused_with_the_reason(project: Path) -> None:
    declared(in_one(project, "zh"), 'languages = ["zh"]')
    done = reportgen(project, "build", "--languages", "en")
    assert done.exit_code == 2
    assert (
        f"{PUBLICATION}: languages: there is no edition in en: the publication is made in zh alone"
        in done.output
    )
    assert "沒有 en 版" in reportgen(project, "--messages", "zh", "build", "--languages", "en").output


def test_list_says_its_title_once(project: Path) -> None:
    declared(in_one(project, "zh"), 'languages = ["zh"]')
    assert reportgen(project, "list").output.endswith("  109  範例分署 年度績效公報\n")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("languages = []", "languages: "),
        ('languages = ["fr"]', '"fr" is unknown; known: zh, en'),
        ('languages = "zh"', '"zh" is not a list'),
        ("languages = [1]", "1 is unknown; known: zh, en"),
        ('language = ["zh"]', "language: is an unknown key"),
    ],
)
def test_a_wrong_declaration_is_told_in_both_places(project: Path, line: str, message: str) -> None:
    (project / "reportgen.toml").write_text(f"{line}\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_publication(project, NAME, kinds(), None)
    assert [message in found.say() for found in caught.value.problems] == [True]
    assert caught.value.problems[0].place.file == "reportgen.toml"
    (project / "reportgen.toml").write_text("", "utf-8")
    problems = check_publication(declared(project, line), NAME).problems
    assert [(found.place.row, message in found.say()) for found in problems] == [(1, True)]


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("5", '5 is no text in zh, the one language of the publication; write "…" or { zh = "…" }'),
        ('{ en = "Report" }', '{ en = "Report" } is no text in zh, the one language of the publication'),
        ('" "', "the text lacks its zh half"),
        ('{ zh = "報", de = "Bericht" }', "title.de: is an unknown key"),
    ],
)
def test_a_text_without_the_one_language_is_told(project: Path, title: str, message: str) -> None:
    declared(in_one(project, "zh"), 'languages = ["zh"]')
    edited(project / PUBLICATION, lambda text: text.replace('title = "年度績效公報"', f"title = {title}", 1))
    (found,) = check_publication(project, NAME).problems
    assert message in found.say() and found.place.row == 11


def test_a_fault_in_a_plain_sentence_is_told_with_its_line(project: Path) -> None:
    declared(in_one(project, "zh"), 'languages = ["zh"]')
    edited(project / PUBLICATION, lambda text: text.replace("{new_cases}", "{new_casse}", 1))
    problems = check_publication(project, NAME).problems
    row = (project / PUBLICATION).read_text("utf-8").partition("{new_casse}")[0].count("\n") + 1
    assert problems and {found.place.row for found in problems} == {row}


def test_a_gap_in_the_half_that_is_not_made_is_none(project: Path) -> None:
    declared(project, 'languages = ["zh"]')
    edited(
        project / PUBLICATION,
        lambda text: text.replace('en = "Annual Performance Bulletin"', "en = { todo = true }"),
    )
    assert not check_publication(project, NAME).todo
    edited(project / PUBLICATION, lambda text: text.replace('zh = "年度績效公報"', "zh = { todo = true }"))
    made = draft(Job(project=project, publication=NAME, document="bulletin", edition="zh"))
    assert [str(gap) for gap in made.gaps] == [f"{PUBLICATION}:11: title.zh"]
    assert made.document.draft


def test_the_text_of_a_panel_may_be_in_one_language(tmp_path: Path) -> None:
    folder = tmp_path / "inputs/show"
    folder.mkdir(parents=True)
    (folder / "publication.toml").write_text('languages = ["zh"]\n', "utf-8")
    (folder / "panel.md").write_text("+++\ntitle = '一'\n+++\n## 績效\n\n一段文字。\n\n[chart: c]\n", "utf-8")
    problems: list[object] = []
    front, pieces = writing.read(tmp_path, "inputs/show/panel.md", problems, None)  # type: ignore[arg-type]
    assert problems == [] and front.languages == ("zh",)
    assert [piece.texts[0].en for piece in pieces if piece.texts] == ["績效", "一段文字。"]


def test_instructions_of_a_meeting_in_one_language_need_no_english_columns() -> None:
    dataset = read_dataset(Path(starter.__file__).parents[2], "meeting-887")
    table = dataset.tables[tracking.TABLE]
    kept = [name for name in table.columns if not name.endswith("_en")]
    records = tuple(
        dataclasses.replace(one, cells={name: cell for name, cell in one.cells.items() if name in kept})
        for one in table.records
    )
    columns = {name: table.columns[name] for name in kept}
    bare = dataclasses.replace(
        dataset, tables={tracking.TABLE: dataclasses.replace(table, columns=columns, records=records)}
    )
    instructions, problems = tracking.read(bare, None, lone=True)
    assert problems == [] and instructions
    assert all(one.subject.zh and one.subject.en == one.subject.zh for one in instructions)
    with pytest.raises(InputError, match="subject_en"):
        tracking.read(bare, None)
