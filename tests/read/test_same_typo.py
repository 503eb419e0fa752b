"""The same mistake is told in the same words, with file, line and place, whichever TOML file it stands in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from reportgen.model.errors import Problem, ReportgenError
from reportgen.read.fixed_words import read_words
from reportgen.read.metrics import read_registry
from reportgen.read.tables import describe
from reportgen.read.theme import load_theme
from reportgen.run.checks import check_publication

pytestmark = pytest.mark.slow  # whole documents or projects, again and again

ROOT = Path(__file__).resolve().parents[2]
SHOW = "exhibition-efficient-government"


@dataclass(frozen=True)
class File:
    """A file of the samples, one of its lines, and a key in it with a misspelling."""

    path: str
    read: Callable[[Path], object]
    line: str
    key: str
    misspelt: str
    where: str = ""  # the tables around the key


FILES = (
    File(
        "inputs/datasets/agency/dataset.toml",
        lambda root: describe(root, "agency"),
        'file = "units.csv"',
        *("file", "flie", "table.units: "),
    ),
    File("inputs/metrics.toml", read_registry, "factor = 1000", "factor", "facter", "unit.twd_k: "),
    File(
        "inputs/brief-104/publication.toml",
        lambda root: check_publication(root, "brief-104").problems,
        'form = "line"',
        *("form", "forn", "chart: "),
    ),
    File(
        "inputs/targets-105/targets.toml",
        lambda root: check_publication(root, "targets-105").problems,
        'column = "target"',
        *("column", "colum", "last_year: "),
    ),
    File(
        "inputs/performance-awards-104/rules.toml",
        lambda root: check_publication(root, "performance-awards-104").problems,
        'column = "achievement_rate"',
        *("column", "colum", "eligible 1: "),
    ),
    File(
        "inputs/bonus-104/publication.toml",
        lambda root: check_publication(root, "bonus-104").problems,
        'fax = "(02)0000-0001"',
        *("fax", "faxx", "office: "),
    ),
    File(
        "inputs/appraisal-104-06/units.toml",
        lambda root: check_publication(root, "appraisal-104-06").problems,
        "weight = 45",
        *("weight", "wieght", "item 1: "),
    ),
    File(
        "templates/bulletin/words.toml",
        lambda root: read_words(root, "templates/bulletin/words.toml"),
        'bulletin = { zh = "統計年度", en = "Statistical year" }',
        *("en", "enn", "cover: bulletin."),
    ),
    File(
        "styles/tokens.toml",
        lambda root: load_theme(root / "styles/tokens.toml"),
        'lead_mid = "#2b7084"',
        *("lead_mid", "lead_mit", "colour: "),
    ),
    File(
        f"inputs/{SHOW}/panels/targets-met/panel.md",
        lambda root: check_publication(root, SHOW).problems,
        'layout = "chart"',
        *("layout", "layut"),
    ),
    File(
        f"inputs/{SHOW}/items.toml",
        lambda root: check_publication(root, SHOW).problems,
        'file_number = "範例-887"',
        *("file_number", "file_nummer", "item 1: "),
    ),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("typo")
    for name in ("inputs", "templates", "styles"):
        shutil.copytree(ROOT / name, root / name)
    # The files of one panel are read alike however many others are laid out beside it.
    show = root / f"inputs/{SHOW}/publication.toml"
    alone = re.sub(r"(?m)^panels = .*$", 'panels = ["targets-met"]', show.read_text("utf-8"))
    show.write_text(alone, "utf-8")
    return root


def told(project: Path, file: File, line: str) -> tuple[str, list[Problem]]:
    """Where the line stands, and what is told of the file when `line` stands in its place."""
    path = project / file.path
    whole = path.read_text("utf-8")
    start = re.search(rf"^{re.escape(file.line)}", whole, re.MULTILINE)
    assert start, file.line
    path.write_text(whole[: start.start()] + line + whole[start.end() :], "utf-8")
    try:
        problems = file.read(project)
    except ReportgenError as error:
        problems = error.problems
    finally:
        path.write_text(whole, "utf-8")
    assert isinstance(problems, Iterable)
    place = f"{file.path}:{whole.count(chr(10), 0, start.start()) + 1}: "
    each_once = dict.fromkeys(problems)  # as the command line tells them: several documents read the file
    return place, [problem for problem in each_once if problem.place.file == file.path]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_a_misspelt_key_is_told_with_the_nearest(file: File, project: Path) -> None:
    misspelt = re.sub(rf"\b{file.key}\b(?= =)", file.misspelt, file.line)
    place, problems = told(project, file, misspelt)
    start = f"{place}{file.where}{file.misspelt}: is an unknown key; known here: "
    (problem,) = [problem for problem in problems if problem.say().startswith(start)]
    assert problem.en.endswith(f"; did you mean {file.key!r}?")
    assert problem.zh.startswith("不認識這個鍵；此處可用：") and problem.zh.endswith(
        f"；是否為「{file.key}」？"
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_a_value_without_quotes_is_told_with_the_quotes(file: File, project: Path) -> None:
    place, problems = told(project, file, "colour = red")
    (problem,) = problems
    assert problem.say() == f'{place}red is neither a number nor a text in quotes; write colour = "red"'
    assert problem.zh == 'red 不是數字，也不是引號內的文字；請寫 colour = "red"'


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_curly_quotes_are_told(file: File, project: Path) -> None:
    place, problems = told(project, file, "colour = “red”")
    (problem,) = problems
    assert problem.say() == f'{place}“” are not the quotes of TOML; write straight quotes: "…"'


@pytest.mark.parametrize(
    ("path", "line", "where"),
    [
        ("inputs/datasets/agency/dataset.toml", "file = 5", "table.units: file"),
        ("inputs/brief-104/publication.toml", 'form = "line"\nby = 5', "chart: by"),
        ("inputs/targets-105/targets.toml", "column = 5", "last_year: column"),
        ("inputs/performance-awards-104/rules.toml", "column = 5", "eligible 1: column"),
        ("inputs/bonus-104/publication.toml", "fax = 5", "office: fax"),
        ("templates/bulletin/words.toml", "bulletin = 5", "cover: bulletin"),
        ("styles/tokens.toml", "lead_mid = 5", "colour: lead_mid"),
        (f"inputs/{SHOW}/panels/targets-met/panel.md", 'layout = "chart"\nsize = 5', "size"),
        (f"inputs/{SHOW}/items.toml", "file_number = 5", "item 1: file_number"),
    ],
)
def test_a_number_in_the_place_of_a_text_is_told(path: str, line: str, where: str, project: Path) -> None:
    (file,) = [file for file in FILES if file.path == path]
    place, problems = told(project, file, line)
    head, _, row = place.rstrip(": ").rpartition(":")
    start = f"{head}:{int(row) + line.count(chr(10))}: {where}: 5 is not a text"
    assert [problem.say() for problem in problems if problem.say().startswith(start)], problems
