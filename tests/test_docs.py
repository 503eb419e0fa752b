"""What the READMEs and the officer's guide say is what the program does."""

from __future__ import annotations

import dataclasses
import doctest
import functools
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import click
import office_workbook
import pytest
from click.testing import CliRunner
from script import load

from reportgen import Project
from reportgen.cli import main
from reportgen.compute import masking, rules
from reportgen.compute.rules import vocabulary
from reportgen.compute.rules.declaration import AwardRules
from reportgen.kinds import kinds
from reportgen.kinds.appraisal import documents as appraisal
from reportgen.kinds.appraisal import plan as assessed
from reportgen.kinds.awards import documents as awards
from reportgen.kinds.awards import plan
from reportgen.kinds.bulletin import plan as bulletin
from reportgen.kinds.compilation import composer, tracking
from reportgen.kinds.compilation import documents as compilation
from reportgen.kinds.compilation import plan as meeting
from reportgen.kinds.material import Material, read_material
from reportgen.model import Outcome
from reportgen.model.errors import ReportgenError
from reportgen.model.messages import FOLDER, area
from reportgen.project import Verification
from reportgen.read import fonts, parity, revocations, schema, tables
from reportgen.read.fixed_words import read_words
from reportgen.read.metrics import Metric, read_registry
from reportgen.read.publications import HEAD, read_publication
from reportgen.read.tables import columns
from reportgen.read.theme import load_theme
from reportgen.run import checks, schemas, starter
from reportgen.run.checks import Report
from reportgen.write.certificates.payload import VERDICTS

reference = load("reference")
REPOSITORY = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-TW.md")
GUIDES = ("docs/officer-guide.md", "docs/officer-guide.zh-TW.md")
PROGRAMMERS = (
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/adding-a-kind.md",
    "docs/adding-a-format.md",
    "docs/python.md",
)


def read(file: str) -> str:
    return (REPOSITORY / file).read_text("utf-8")


def prose(guide: str) -> str:
    """The officer's guide but the tables that are made from the models."""
    return re.sub(r"<!-- scripts/reference --write -->.*", "", read(guide), flags=re.DOTALL)


def blocks(file: str, language: str) -> Iterator[str]:
    """The code blocks of one language in a page."""
    yield from re.findall(rf"^```{language}\n(.*?)^```$", read(file), re.MULTILINE | re.DOTALL)


def exit_codes(error: type[ReportgenError]) -> Iterator[int]:
    yield error.exit_code
    for below in error.__subclasses__():
        yield from exit_codes(below)


def words_of(model: type[schema.Model]) -> set[str]:
    """The keys of a file and of all tables in it, and the words that may stand at them."""
    found: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            found.update(node.get("properties", {}))
            found.update(
                word for word in (*node.get("enum", ()), node.get("const")) if word and isinstance(word, str)
            )
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    walk(schema.json_schema(model))
    return found - {"zh", "en", "todo", "meant", "archived"}


# ---- the READMEs ----------------------------------------------------------------------------


@pytest.mark.parametrize("file", READMES)
@pytest.mark.parametrize("command", sorted(main.commands))
def test_each_command_and_option_is_in_the_readme(file: str, command: str) -> None:
    text = read(file)
    assert f"`reportgen {command}" in text
    for parameter in [*main.params, *main.commands[command].params]:
        if isinstance(parameter, click.Option):
            for option in [*parameter.opts, *parameter.secondary_opts]:
                assert re.search(rf"(?<![\w-]){option}(?![\w-])", text), f"{option} of reportgen {command}"


@pytest.mark.parametrize("file", READMES)
def test_each_exit_code_is_in_the_readme(file: str) -> None:
    for code in {0, 130, *exit_codes(ReportgenError)}:
        assert f"\n| {code} | " in read(file)


@pytest.mark.parametrize("file", READMES)
def test_the_commands_of_the_readme_can_be_called(file: str) -> None:
    lines = [line for block in blocks(file, "sh") for line in block.splitlines()]
    lines += [
        line[2:] for block in blocks(file, "console") for line in block.splitlines() if line[:2] == "$ "
    ]
    calls = [words for line in lines if (words := shlex.split(line, comments=True))]
    assert sum(words[0] == "reportgen" for words in calls) > 5
    for words in calls:
        if words[0] != "reportgen":
            assert words[0] in (".", "cd") or (REPOSITORY / words[0]).is_file(), words
        elif words[1:] != ["--help"]:
            parse(words[1:])


def parse(words: list[str]) -> None:
    """The call as Click reads it, without doing anything; UsageError if it is wrong."""
    place = next(number for number, word in enumerate(words) if word in main.commands)
    with main.make_context("reportgen", words[: place + 1]) as context:
        context.obj = SimpleNamespace()
        main.commands[words[place]].make_context(words[place], words[place + 1 :], parent=context)


@pytest.mark.parametrize(("file", "language"), [(READMES[0], "en"), (READMES[1], "zh")])
def test_the_faults_that_the_readme_shows_are_told_in_these_words(
    file: str, language: str, tmp_path: Path
) -> None:
    for path in starter.write(tmp_path / "my-bulletin", samples=False):
        if path.name == "cases.csv":
            rows = path.read_text("utf-8-sig").splitlines()
            rows[3] = rows[3].replace("8300", "8300件")
            rows[11] = rows[11].replace("罰鍰", "罰款")
            path.write_text("\n".join(rows), "utf-8")
    told = checks.check_publication(tmp_path / "my-bulletin", "my-branch-109").problems
    assert len(told) == 2
    for problem in told:
        assert f"\n{problem.say(language)}\n" in read(file)


def test_each_script_and_each_folder_of_the_package_is_in_the_layout() -> None:
    (layout,) = re.findall(
        r"^## Where things live\n\n```\n(.*?)^```$", read("README.md"), re.MULTILINE | re.DOTALL
    )
    files = [path.name for path in (REPOSITORY / "scripts").iterdir() if path.is_file()]
    scripts = {name for name in files if not name.startswith("make-")}
    folders = {
        f"{path.name}/" for path in (REPOSITORY / "reportgen").iterdir() if (path / "__init__.py").exists()
    }
    assert {name for name in scripts | folders if name not in re.split(r"[\s,]+", layout)} == set()


@pytest.mark.parametrize("file", READMES)
def test_the_words_of_the_font_licences_are_in_the_readme(file: str) -> None:
    for licence in fonts.licences():
        assert (licence.zh if "zh" in file else licence.en) in read(file)


@pytest.mark.parametrize("file", [*READMES, *GUIDES, *PROGRAMMERS, "CHANGELOG.md"])
def test_links_and_pictures_lead_somewhere(file: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", read(file)):
        if not target.startswith("http"):
            assert (REPOSITORY / file).parent.joinpath(target).exists(), target


@pytest.mark.parametrize(
    "picture", sorted((REPOSITORY / "docs" / "pictures").glob("*.png")), ids=lambda p: p.name
)
def test_pictures_are_shown_and_small(picture: Path) -> None:
    assert picture.stat().st_size < 60_000
    for file in READMES:
        assert f"docs/pictures/{picture.name}" in read(file)


# ---- decisions ------------------------------------------------------------------------------

DECISIONS = sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(file.name[:4]) for file in DECISIONS] == [*range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda file: file.stem)
def test_a_decision_says_what_was_measured_and_what_would_change_it(decision: Path) -> None:
    text = decision.read_text("utf-8")
    assert text.startswith(f"# {decision.name[:4]} ")
    for part in ("**Decided.**", "**Why", "**Measured", "**If this is reconsidered:**"):
        assert part in text, part


# ---- the officer's guide --------------------------------------------------------------------


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize(
    "name",
    sorted(
        {
            *words_of(bulletin.Plan),
            *HEAD,
            *(
                word
                for model in (*get_args(columns.AnyColumn), *tables.RELATIONS)
                for word in words_of(model)
            ),
            *schema.keys(Metric),
        }
    ),
)
def test_each_name_that_an_officer_may_write_is_in_the_guide(guide: str, name: str) -> None:
    assert re.search(rf"`(?:\[\[?)?{name}\b[^`]*`", prose(guide))


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("relation", tables.RELATIONS, ids=lambda relation: relation.__name__)
def test_each_field_of_a_relation_is_in_the_guide(guide: str, relation: type[tables.Relation]) -> None:
    (kind,) = get_args(relation.model_fields["kind"].annotation)
    (row,) = re.findall(rf"^\| `{kind}` \|.*$", prose(guide), re.MULTILINE)
    for key in {*schema.keys(relation)} - {"kind", "tolerance"}:
        assert re.search(rf"`{key}\b", row), key


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize(
    "name",
    sorted({*tables.CASE_COLUMNS, *tables.CASE_COUNTS, "memory", "threads", "listed", "years", "default"}),
)
def test_each_name_of_single_cases_is_in_the_guide(guide: str, name: str) -> None:
    (text,) = re.findall(
        r"^## (?:Single cases instead of tables|以單一案件代替統計表)\n(.*?)(?=^## )",
        prose(guide),
        re.MULTILINE | re.DOTALL,
    )
    assert re.search(rf"`{name}\b[^`]*`", text)


def test_the_example_of_single_cases_declares_a_dataset(tmp_path: Path) -> None:
    examples = {
        example
        for guide in GUIDES
        for example in re.findall(r"^```toml\n(\[cases\]\n.*?)^```$", prose(guide), re.MULTILINE | re.DOTALL)
    }
    (example,) = examples  # the same in both languages
    sample = read("inputs/datasets/cases-104/dataset.toml")
    (tmp_path / "inputs/datasets/d").mkdir(parents=True)
    (tmp_path / "inputs/datasets/d/dataset.toml").write_text(
        sample[: sample.index("[cases]")] + example, "utf-8"
    )
    declared = tables.describe(tmp_path, "d")
    assert declared.cases and declared.cases.limits == {"tax": 24, "nhi": 12, "fine": 12, "fee": 12}
    assert declared.tables["case_load"].columns["overdue_cases"].unit == "case"


# ---- the officer's guide: the keys of every file ------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_tables_of_keys_are_those_of_the_models(language: str) -> None:
    page = reference.GUIDES[language].read_text("utf-8")
    tables = reference.with_tables(page, reference.reference(language))
    assert reference.with_tables(tables, reference.bounds(language), reference.BOUNDS) == page, (
        "call scripts/reference --write"
    )


def models(model: type[schema.Model] = schema.Model) -> Iterator[type[schema.Model]]:
    """All models of the program; private bases, too."""
    for below in model.__subclasses__():
        if below.__module__.startswith("reportgen."):
            yield below
            yield from models(below)


@pytest.mark.parametrize("entry", schemas.entries().values(), ids=schemas.entries())
def test_each_key_has_its_line_in_both_languages(entry: schemas.Entry) -> None:
    told = schema.json_schema(entry.model)
    for name, model in {"": told, **told.get("$defs", {})}.items():
        for key, held in model.get("properties", {}).items():
            en, _, zh = held.get("description", "").partition("\n")
            assert en and re.search("[\u4e00-\u9fff]", zh), f"{name}.{key} has no line in messages/keys"


def test_each_line_belongs_to_a_key() -> None:
    for entry in schemas.entries().values():
        assert entry.model  # it is loaded
    found = [*models()]
    for file in sorted((FOLDER / "keys").glob("*.toml")):
        for name, lines in area(f"keys/{file.stem}").items():
            bearers = [model for model in found if name in {base.__name__ for base in model.__mro__}]
            known = {key for model in bearers for key in schema.keys(model)}
            assert {*lines} <= known, f"{file.name}: [{name}]"


# ---- the officer's guide: awards --------------------------------------------------------------

AWARDS = dict(zip(GUIDES, ("## Awards", "## 獎勵文件"), strict=True))
PARTS = ("rules.toml", "publication.toml")


def chapter(guide: str, part: str) -> str:
    """What the chapter on awards says of one of its two files, up to the next head of that level."""
    (text,) = re.findall(rf"^{AWARDS[guide]}\n(.*?)(?=^## )", prose(guide), re.MULTILINE | re.DOTALL)
    (found,) = re.findall(rf"^### [^\n]*`{re.escape(part)}`\n(.*?)(?=^### )", text, re.MULTILINE | re.DOTALL)
    return str(found)


def named_by(model: type[schema.Model]) -> set[str]:
    """The keys of a model and of those below it, and the words that are known there."""

    def named(json: object) -> Iterator[str]:
        if isinstance(json, dict):
            yield from json.get("properties", {})
            yield from (word for word in json.get("enum", ()) if word)
        for part in json.values() if isinstance(json, dict) else json if isinstance(json, list) else ():
            yield from named(part)

    return {*named(schema.json_schema(model))} - {"zh", "en", "todo", "meant", "archived"}


# What the rules of an appraisal hold beside the words of an award.
APPRAISED = {
    "standard",
    "adjustment",
    "complete",
    "least",
    "most",
    "own",
    "more",
    "short",
    "at",
    "month",
    "each",
    "every_month",
    "end",
    "score",
}
RULES = {*named_by(AwardRules), *vocabulary.FUNCTIONS, vocabulary.SCORE} - APPRAISED
# How a publication counts time is said once, in the chapter on publications.
TIME = {"calendar", "roc", "gregorian", "fiscal_year", "first_month", "named_after", "first", "last"}
PAPERS = {*named_by(plan.AwardsPlan), *HEAD, *awards.PAPERS, *masking.POLICIES} - TIME
NAMES = [(part, name) for part, known in zip(PARTS, (RULES, PAPERS), strict=True) for name in sorted(known)]


def test_the_keys_of_awards_are_found_in_the_code() -> None:
    some = {
        "standing",
        "candidates",
        "column",
        "match",
        "bands",
        "digits_rounding",
        "cut",
        "up_to_rank",
        "crowded",
    }
    assert some | {"members", "part", "staffing", "unit_name", "empty", "floor"} <= RULES
    assert {"papers", "award", "office", "keep", "step", "minutes", "citation", "headline", "law"} <= PAPERS


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize(("part", "name"), NAMES)
def test_each_name_of_an_award_is_in_the_guide(guide: str, part: str, name: str) -> None:
    assert re.search(rf"`[^`\n]*(?<![\w-]){name}(?![\w-])[^`\n]*`", chapter(guide, part))


@pytest.mark.parametrize("guide", GUIDES)
def test_each_paper_each_policy_and_each_verdict_has_a_row(guide: str) -> None:
    for name in (*awards.PAPERS, *masking.POLICIES):
        assert re.search(rf"^\| `{name}` \|", chapter(guide, "publication.toml"), re.MULTILINE), name
    for verdict, words in VERDICTS.items():
        row = rf"^\| (?=.*{verdict})(?=.*{words.zh.partition('：')[0]}).* \|"
        assert re.search(row, chapter(guide, "publication.toml"), re.MULTILINE), verdict
    for name in revocations.REVOKED_COLUMNS:
        assert re.search(rf"^\|.* {name} \|", prose(guide), re.MULTILINE), name


@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES)
def test_the_examples_of_an_award_make_its_papers(guide: str, tmp_path: Path) -> None:
    """All examples together are an award of the sample's staff; that of a bonus belongs to the sample of bonuses."""
    declared, bonus = [], ""
    for example in re.findall(
        r"^```toml\n(.*?)^```$", chapter(guide, "rules.toml"), re.MULTILINE | re.DOTALL
    ):
        if "bonus" in tomllib.loads(example):
            bonus = example
        else:
            declared.append(example)
    papers = re.findall(r"^```toml\n(.*?)^```$", chapter(guide, "publication.toml"), re.MULTILINE | re.DOTALL)
    papers = [example for example in papers if "receipts" not in tomllib.loads(example)]  # of payments
    sample = read("inputs/bonus-104/rules.toml").partition("[bonus]")[0]
    for name, text in (("award", "\n".join(declared)), ("shares", f"{sample}\n{bonus}")):
        (tmp_path / "inputs" / name).mkdir(parents=True)
        (tmp_path / "inputs" / name / "rules.toml").write_text(text, "utf-8")
    (tmp_path / "inputs" / "award" / "publication.toml").write_text("\n".join(papers), "utf-8")

    glossary, units = parity.read_glossary(REPOSITORY), read_registry(REPOSITORY).units
    for name, dataset in (("shares", "bonus-104"), ("award", "staff-102")):
        declaration, data = tables.describe(REPOSITORY, dataset), tables.read_dataset(REPOSITORY, dataset)
        result = rules.decide(rules.read_scheme(tmp_path, name, declaration, units, glossary), data, units)
        assert result.winners
    material = Material(
        project=REPOSITORY,
        publication=read_publication(tmp_path, "award", kinds(), glossary),
        dataset=data,
        registry=read_registry(REPOSITORY),
        words=read_words(REPOSITORY, "templates/awards/words.toml", glossary),
        glossary=glossary,
        theme=load_theme(REPOSITORY / "styles/tokens.toml"),
    )
    made = {document.name: document for document in awards.documents(material, result)}
    assert {"letter", "announcement", "list", "decisions", "certificates"} == {*made}
    assert len(made["certificates"].blocks) == len(result.winners)


# ---- the officer's guide: appraisals ------------------------------------------------------------

ASSESSED = {*named_by(assessed.AppraisalPlan), *assessed.PAPERS, *APPRAISED, *HEAD} - {"since"} - TIME


def on_appraisals(guide: str) -> str:
    (text,) = re.findall(r"^## (?:Appraisal|績效評比)\n(.*?)(?=^## )", prose(guide), re.MULTILINE | re.DOTALL)
    return str(text)


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("name", sorted(ASSESSED))
def test_each_name_of_an_appraisal_is_in_the_guide(guide: str, name: str) -> None:
    said = "\n".join(
        re.findall(r"`[^`\n]+`|^```toml\n.*?^```$", on_appraisals(guide), re.MULTILINE | re.DOTALL)
    )
    assert re.search(rf"(?<![\w-]){name}(?![\w-])", said)


@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES)
def test_the_examples_of_an_appraisal_make_its_papers(guide: str, tmp_path: Path) -> None:
    examples = re.findall(r"^```toml\n(.*?)^```$", on_appraisals(guide), re.MULTILINE | re.DOTALL)
    publication, declared = examples
    for name in ("templates", "styles"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    folder = tmp_path / "inputs" / "assessed"
    folder.mkdir(parents=True)
    for name in ("glossary.csv", "metrics.toml"):
        (tmp_path / "inputs" / name).symlink_to(REPOSITORY / "inputs" / name)
    shutil.copytree(
        REPOSITORY / "inputs/datasets/responsibility", tmp_path / "inputs/datasets/responsibility"
    )
    (folder / "publication.toml").write_text(publication, "utf-8")
    (folder / "branches.toml").write_text(declared, "utf-8")
    material = read_material(tmp_path, "assessed")
    for paper in ("branches", "forecast", "overdue"):
        assert appraisal.document(material, paper).printed


# ---- the officer's guide: the compilation -------------------------------------------------------

MEETING = {*words_of(meeting.Plan), *composer.COUNTED, *tracking.COLUMNS} - {*HEAD} - TIME


def on_compilations(guide: str) -> str:
    (text,) = re.findall(
        r"^## (?:Compilation|部務會報彙編)\n(.*?)(?=^## )", prose(guide), re.MULTILINE | re.DOTALL
    )
    return str(text)


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("name", sorted(MEETING))
def test_each_name_of_a_compilation_is_in_the_guide(guide: str, name: str) -> None:
    assert re.search(rf"`[^`\n]*(?<![\w-]){name}(?![\w-])[^`\n]*`", on_compilations(guide))


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.slow
def test_the_example_of_a_compilation_makes_its_papers(guide: str, tmp_path: Path) -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```$", on_compilations(guide), re.MULTILINE | re.DOTALL)
    for folder in ("inputs", "templates", "styles"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    (tmp_path / "inputs/meeting-888/publication.toml").write_text(example, "utf-8")
    found = read_material(tmp_path, "meeting-888")
    for name in get_args(meeting.Paper):
        assert compilation.document(found, name).blocks


# ---- the page on Python ----------------------------------------------------------------------

CHAPTERS = re.split(r"^## ", read("docs/python.md"), flags=re.MULTILINE)


def run_examples(chapters: Iterable[str]) -> None:
    """Runs what the chapters show, one after the other; what is printed must be what stands there."""
    names: dict[str, object] = {"Project": Project}
    report: list[str] = []
    for chapter in chapters:
        for example in re.findall(r"^```pycon\n(.*?)^```$", chapter, re.MULTILINE | re.DOTALL):
            shown = doctest.DocTestParser().get_doctest(example, names, chapter.split("\n")[0], None, None)
            doctest.DocTestRunner().run(shown, out=report.append, clear_globs=False)
            names = shown.globs
    assert not report, "".join(report)


@pytest.mark.slow
def test_the_examples_in_python_print_what_they_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starter.write(tmp_path / "my-bulletin", samples=False)
    monkeypatch.chdir(tmp_path)
    run_examples(chapter for chapter in CHAPTERS if not chapter.startswith("Compare"))


@pytest.mark.slow
def test_the_example_of_a_comparison_prints_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starter.write(tmp_path / "my-exhibition", samples=True)
    publication = tmp_path / "my-exhibition/inputs/exhibition-efficient-government/publication.toml"
    only = re.sub(r"^panels = .*", 'panels = ["targets-met"]', publication.read_text("utf-8"), flags=re.M)
    publication.write_text(only, "utf-8")
    monkeypatch.chdir(tmp_path)
    run_examples(chapter for chapter in CHAPTERS if chapter.startswith("Compare"))


@pytest.mark.parametrize("file", READMES)
def test_the_example_of_the_readme_in_python_runs(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    starter.write(tmp_path / "my-bulletin", samples=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Project, "build", functools.partialmethod(Project.build, dry_run=True))
    (example,) = blocks(file, "python")
    exec(example, {})
    assert capsys.readouterr().out == "my-branch-109/bulletin.pdf made\n"


@pytest.mark.parametrize("name", [name for name in vars(Project) if not name.startswith("_")])
def test_each_method_of_a_project_is_told(name: str) -> None:
    assert f"project.{name}(" in read("docs/python.md") or f"`{name}`" in read("docs/python.md")


@pytest.mark.parametrize("result", [Outcome, Report, Verification])
def test_each_field_of_a_result_is_told(result: type) -> None:
    for field in dataclasses.fields(result):
        assert re.search(rf"(?<!\w){field.name}(?!\w)", read("docs/python.md")), field.name


# ---- examples -------------------------------------------------------------------------------


@pytest.mark.parametrize("file", [*READMES, *GUIDES])
def test_examples_in_toml_can_be_read(file: str) -> None:
    for example in blocks(file, "toml"):
        tomllib.loads(example)


def test_both_guides_show_the_same_examples() -> None:
    assert [*blocks(GUIDES[0], "toml")] == [*blocks(GUIDES[1], "toml")]


# ---- the officer's guide: the office's own workbook -----------------------------------------------


@pytest.mark.slow  # a bulletin is laid out
@pytest.mark.parametrize("guide", GUIDES)
def test_the_steps_from_a_workbook_to_next_year_do_what_the_guide_shows(
    guide: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heading = "您的活頁簿、您的公報、明年" if "zh" in guide else "Your workbook, your bulletin, next year"
    (text,) = re.findall(rf"^## {heading}\n(.*?)(?=^## )", prose(guide), re.MULTILINE | re.DOTALL)
    steps = re.findall(r"^```console\n\$ reportgen (.*?)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    pages = [list(office_workbook.PAGES), [office_workbook.next_year(), *office_workbook.PAGES[1:]]]
    for call, shown in steps:
        words = shlex.split(call)
        if "import" in words:
            Path("office.xlsx").write_bytes(office_workbook.xlsx(*pages.pop(0)))
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
        assert [line for line in shown.splitlines() if line not in done.output.splitlines()] == []
        if "init" in words:
            monkeypatch.chdir(tmp_path / "my-project")
        if "check" in words:
            (example,) = re.findall(r"^```toml\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
            file = Path("inputs/datasets/my-office/dataset.toml")
            name = example.partition(" = ")[0]
            lines = file.read_text("utf-8").splitlines()
            file.write_text("\n".join(example if one.startswith(name) else one for one in lines), "utf-8")
    assert pages == []
    assert example in Path("inputs/datasets/my-office/dataset.toml").read_text("utf-8")
    assert Path("out/my-office/bulletin.pdf").is_file()
