"""Broken inputs through the command line: exit code, place, fault and remedy in both languages, nothing lost.

One small project is built once. Each case breaks a copy of it in one place; the PDF, ledger and manifest that
the good run left there must stay as they were, and nothing half-written may stand beside them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.read import fonts

pytestmark = pytest.mark.slow  # whole documents or projects, again and again

ROOT = Path(__file__).parents[2]
PUBLICATION = "inputs/small-107/publication.toml"
DATASET = "inputs/datasets/small/dataset.toml"
CASES = "inputs/datasets/small/cases.csv"
COSTS = "inputs/datasets/small/costs.csv"
BLOCKS = "templates/shared/blocks.html"
WORDS = "templates/shared/words.toml"
STYLE = "styles/shared/pages.css"

SMALL_PUBLICATION = """\
kind = "bulletin"
dataset = "small"
period = 107
since = 105
issuer = { zh = "示範分署", en = "Sample Branch" }
title = { zh = "{{ 7*7 }}公報", en = "{{ 7*7 }} Bulletin" }
subtitle = { zh = "<script>alert(1)</script>", en = "<script>alert(1)</script>" }

[[section]]
title = { zh = "案件", en = "Cases" }

[[section.block]]
block = "narrative"
text = { zh = "終結{closed_cases}，新收{new_cases}；=cmd()。", en = "Closed: {closed_cases}; received: {new_cases}; =cmd()." }
claim = "closed_cases > new_cases"

[[section.block]]
block = "table"
id = "t-type"
caption = { zh = "各類案件", en = "Cases by type" }
rows = "kind"
columns = ["new_cases", "closed_cases"]
total = true

[[section.block]]
block = "table"
id = "t-roi"
caption = { zh = "投資報酬率", en = "Return on investment" }
rows = "years"
columns = ["collected", "roi"]
"""

SMALL_DATASET = """\
name = { zh = "小資料集", en = "Small dataset" }
time = "roc_year"

[dimension.kind]
label = { zh = "類別", en = "Type" }

[[dimension.kind.member]]
id = "tax"
zh = "財稅"
en = "Tax"

[[dimension.kind.member]]
id = "fine"
zh = "=cmd()|{{ 7*7 }}"
en = "<b>{{ 7*7 }}</b>"

[table.cases]
label = { zh = "件數", en = "Cases" }
file = "cases.csv"
key = ["roc_year", "kind"]

[table.cases.column.roc_year]
type = "roc_year"
min = 105
max = 107

[table.cases.column.kind]
type = "member"
dimension = "kind"

[table.cases.column.new_cases]
type = "whole"
unit = "case"
min = 0
label = { zh = "新收件數", en = "New cases" }

[table.cases.column.closed_cases]
type = "whole"
unit = "case"
min = 0
label = { zh = "終結件數", en = "Closed cases" }

[table.costs]
label = { zh = "金額", en = "Amounts" }
file = "costs.csv"
key = ["roc_year"]

[table.costs.column.roc_year]
type = "roc_year"

[table.costs.column.collected]
type = "whole"
unit = "twd_10k"
min = 0
label = { zh = "徵起金額", en = "Amount collected" }

[table.costs.column.final_account]
type = "whole"
unit = "twd_k"
min = 0
label = { zh = "決算數", en = "Final accounts" }
"""

SMALL_CASES = """\
roc_year,kind,new_cases,closed_cases
105,tax,10,12
105,fine,20,21
106,tax,11,12
106,fine,21,22
107,tax,12,14
107,fine,22,23
"""

# The branch spent nothing in 106: there is no return on nothing.
SMALL_COSTS = """\
roc_year,collected,final_account
105,300,100
106,310,0
107,320,120
"""


def sources(project: Path) -> Path:
    """The small project before anything is made of it."""
    for name in ("templates", "styles"):
        shutil.copytree(ROOT / name, project / name)
    (project / "inputs" / "datasets" / "small").mkdir(parents=True)
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(ROOT / "inputs" / name, project / "inputs" / name)
    (project / PUBLICATION).parent.mkdir()
    for file, words in (
        (PUBLICATION, SMALL_PUBLICATION),
        (DATASET, SMALL_DATASET),
        (CASES, SMALL_CASES),
        (COSTS, SMALL_COSTS),
    ):
        (project / file).write_text(words, "utf-8")
    (project / "reportgen.toml").touch()
    return project


def built(project: Path) -> Path:
    """The small project with the out/ of a good run; `small` of conftest is one for all."""
    sources(project)
    code, _, err = reportgen(project, "build", "small-107", "--jobs", "1")
    assert code == 0, err
    return project


@pytest.fixture
def project(small: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small, tmp_path / "project"))


def reportgen(project: Path, *arguments: str, messages: str = "en") -> tuple[int, str, str]:
    """Exit code, output and messages of a call in this process; a traceback is never a message."""
    result = CliRunner().invoke(main, ["--project", str(project), "--messages", messages, *arguments])
    assert "Traceback" not in result.output, result.output
    return result.exit_code, result.stdout, result.stderr


def delivered(project: Path) -> dict[str, bytes]:
    """All files under out/ but what the program keeps for itself, and the list of what was made, which tells the fault."""
    files = (path for path in (project / "out").rglob("*") if path.is_file())
    kept = {path.relative_to(project).as_posix(): path.read_bytes() for path in files}
    return {
        name: content
        for name, content in kept.items()
        if not name.endswith((".stamps.json", ".lock", "out/index.html", ".index.json"))
    }


# ---- ways to break a project ------------------------------------------------------------------

Change = Callable[[Path], None]


def both(*changes: Change) -> Change:
    def change(project: Path) -> None:
        for one in changes:
            one(project)

    return change


def swap(file: str, old: str, new: str) -> Change:
    def change(project: Path) -> None:
        words = (project / file).read_text("utf-8")
        assert old in words, f"{old!r} is not in {file}"
        (project / file).write_text(words.replace(old, new, 1), "utf-8")

    return change


def write(file: str, content: bytes) -> Change:
    return lambda project: (project / file).write_bytes(content) and None


def remove(file: str) -> Change:
    return lambda project: (project / file).unlink()


@dataclass(frozen=True)
class Case:
    """A broken project: what the message must hold in each language, the place first."""

    name: str
    change: Change
    code: int
    place: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    arguments: tuple[str, ...] = ("build", "small-107", "--jobs", "1")


NO_FACE = "\N{CJK UNIFIED IDEOGRAPH-30000}"

CASE_LIST = [
    # tables
    Case(
        "a missing table",
        remove(CASES),
        3,
        CASES,
        ("there is no such file", "costs.csv"),
        ("找不到這個檔案",),
    ),
    Case(
        "a missing dataset",
        swap(PUBLICATION, '"small"', '"smal"'),
        3,
        "inputs/datasets/smal",
        ("small",),
        ("small",),
    ),
    Case(
        "a missing column",
        swap(CASES, "new_cases", "nwe_cases"),
        3,
        CASES,
        ("new_cases", "nwe_cases"),
        ("new_cases",),
    ),
    Case(
        "a key twice",
        swap(CASES, "106,fine", "106,tax"),
        3,
        f"{CASES}:5",
        ("the same key as row 4",),
        ("第 4 列",),
    ),
    Case(
        "a word for a number",
        swap(CASES, "107,tax,12", "107,tax,ten"),
        3,
        f"{CASES}:6: new_cases",
        ("'ten'", "whole number"),
        ("整數",),
    ),
    Case(
        "a negative count",
        swap(CASES, "107,tax,12", "107,tax,-12"),
        3,
        f"{CASES}:6: new_cases",
        ("-12",),
        ("-12",),
    ),
    Case(
        "a year out of range",
        swap(CASES, "105,tax", "2016,tax"),
        3,
        f"{CASES}:2: roc_year",
        ("2016",),
        ("2016",),
    ),
    Case(
        "an unknown member",
        swap(CASES, "107,fine", "107,fines"),
        3,
        f"{CASES}:7: kind",
        ("'fines'", "fine"),
        ("fine",),
    ),
    Case(
        "a table in another encoding",
        write(CASES, SMALL_CASES.replace("fine", "罰").encode("cp950")),
        3,
        CASES,
        ("UTF-8",),
        ("UTF-8",),
    ),
    Case(
        "an unknown type",
        swap(DATASET, 'type = "whole"', 'type = "hole"'),
        3,
        DATASET,
        ('"hole"', "whole"),
        ("whole",),
    ),
    # the publication
    Case(
        "an unknown publication",
        lambda project: None,
        3,
        "inputs/smal-107/publication.toml",
        ("did you mean 'small-107'",),
        ("small-107",),
        ("build", "smal-107"),
    ),
    Case(
        "a publication that is no TOML",
        swap(PUBLICATION, "period = 107", "period = "),
        3,
        f"{PUBLICATION}:3",
        ("period has no value", "write period ="),
        ("period", "第 3 列"),
    ),
    Case(
        "a publication in another encoding",
        write(PUBLICATION, SMALL_PUBLICATION.encode("cp950")),
        3,
        PUBLICATION,
        ("UTF-8",),
        ("UTF-8",),
    ),
    Case(
        "an unknown kind",
        swap(PUBLICATION, '"bulletin"', '"buletin"'),
        3,
        PUBLICATION,
        ("did you mean 'bulletin'",),
        ("是否為「bulletin」",),
    ),
    Case(
        "an unknown field",
        swap(PUBLICATION, "since =", "sinse ="),
        3,
        PUBLICATION,
        ("sinse", "did you mean 'since'"),
        ("是否為「since」",),
    ),
    Case(
        "an unknown block",
        swap(PUBLICATION, 'block = "table"', 'block = "tabel"'),
        3,
        PUBLICATION,
        ("did you mean 'table'",),
        ("是否為「table」",),
    ),
    Case(
        "an unknown metric",
        swap(PUBLICATION, '["new_cases",', '["new_case",'),
        3,
        PUBLICATION,
        ("'new_case'", "new_cases"),
        ("new_cases",),
    ),
    Case(
        "an unknown member in a text",
        both(
            swap(PUBLICATION, "{new_cases}；", "{new_cases(fnie)}；"),
            swap(PUBLICATION, "{new_cases};", "{new_cases(fnie)};"),
        ),
        3,
        PUBLICATION,
        ("fnie", "fine"),
        ("fine",),
    ),
    Case(
        "a Gregorian year",
        swap(PUBLICATION, "period = 107", "period = 2018"),
        3,
        PUBLICATION,
        ("is it 107?",),
        ("民國",),
    ),
    Case(
        "no Chinese half",
        swap(PUBLICATION, 'title = { zh = "案件", en = "Cases" }', 'title = { en = "Cases" }'),
        3,
        PUBLICATION,
        ("the text lacks its zh half",),
        ("缺少 zh 文字",),
    ),
    Case(
        "a text in one language",
        swap(PUBLICATION, 'title = { zh = "案件", en = "Cases" }', 'title = "Cases"'),
        3,
        PUBLICATION,
        ("both languages",),
        ("雙語",),
    ),
    Case(
        "unlike numbers",
        swap(PUBLICATION, 'en = "Cases"', 'en = "Cases of 12 kinds"'),
        3,
        PUBLICATION,
        ("numbers differ", "12"),
        ("數字不同",),
    ),
    Case(
        "unlike slots",
        swap(PUBLICATION, "received: {new_cases};", "received: {collected};"),
        3,
        PUBLICATION,
        ("slots differ",),
        ("填入處不同",),
    ),
    Case(
        "a term translated otherwise",
        swap(PUBLICATION, 'zh = "各類案件", en = "Cases by type"', 'zh = "結案率", en = "Finishing ratio"'),
        3,
        PUBLICATION,
        ("結案率", "glossary", "Finishing ratio"),
        ("詞彙表",),
    ),
    Case(
        "a false claim",
        swap(PUBLICATION, "closed_cases > new_cases", "closed_cases < new_cases"),
        3,
        PUBLICATION,
        ("the data say", "37", "34"),
        ("37", "34"),
    ),
    Case(
        "a claim that cannot be read",
        swap(PUBLICATION, "closed_cases > new_cases", "closed_cases >> > 1"),
        3,
        PUBLICATION,
        ("cannot be read",),
        ("無法解讀",),
    ),
    Case(
        "a claim that is no condition",
        swap(PUBLICATION, "closed_cases > new_cases", "closed_cases"),
        3,
        PUBLICATION,
        ("not a condition",),
        ("不是條件",),
    ),
    Case(
        "a claim that reaches for Python",
        swap(PUBLICATION, "closed_cases > new_cases", "().__class__"),
        3,
        PUBLICATION,
        ("__class__",),
        ("__class__",),
    ),
    Case(
        "a reference to no table",
        both(swap(PUBLICATION, "=cmd()。", "{ref:t-typ}。"), swap(PUBLICATION, "=cmd().", "{ref:t-typ}.")),
        3,
        PUBLICATION,
        ("'t-typ'", "t-type"),
        ("t-typ",),
    ),
    # templates, words, styles
    Case(
        "a template's syntax",
        swap(BLOCKS, "{% endmacro %}", "{% endmacor %}"),
        4,
        BLOCKS,
        ("endmacor",),
        ("樣板",),
    ),
    Case(
        "an undefined name in a template",
        swap(BLOCKS, "b.number }}</span>", "b.nubmer }}</span>"),
        4,
        BLOCKS,
        ("nubmer",),
        ("nubmer",),
    ),
    Case(
        "a missing template",
        remove("templates/bulletin/cover.html"),
        4,
        "templates/bulletin/document.html",
        ("bulletin/cover.html",),
        ("bulletin/cover.html",),
    ),
    Case(
        "no template at all",
        remove("templates/bulletin/document.html"),
        4,
        "templates/bulletin/document.html",
        ("bulletin/document.html",),
        ("bulletin/document.html",),
    ),
    Case(
        "a script in a template",
        swap("templates/shared/frame.html", "<main>", "<main><script>alert(1)</script>"),
        4,
        "templates/shared/frame.html",
        ("script",),
        ("script",),
    ),
    Case("a file of words that is missing", remove(WORDS), 4, WORDS, ("missing",), ("缺少",)),
    Case(
        "words that are missing",
        swap(WORDS, "[contents]", "[contets]"),
        4,
        "templates/shared/words.toml",
        ("contents",),
        ("contents",),
    ),
    Case(
        "a missing token",
        swap(STYLE, "var(--", "var(--nope-"),
        4,
        STYLE,
        ("--nope-", "tokens.toml"),
        ("--nope-",),
    ),
    Case(
        "a colour that is none",
        swap("styles/tokens.toml", '"#', '"x#'),
        4,
        "styles/tokens.toml",
        ("x#",),
        ("x#",),
    ),
    Case(
        "a missing glossary", remove("inputs/glossary.csv"), 4, "inputs/glossary.csv", ("missing",), ("缺少",)
    ),
    # characters
    Case(
        "a character that no font has",
        swap(DATASET, 'zh = "財稅"', f'zh = "財{NO_FACE}"'),
        3,
        f"{DATASET}:9:",
        ("U+30000", NO_FACE),
        ("U+30000", NO_FACE),
    ),
    Case(
        "a private-use character",
        swap(PUBLICATION, 'zh = "案件"', 'zh = "案\ue000件"'),
        3,
        f"{PUBLICATION}:10:",
        ("U+E000", "private-use"),
        ("U+E000", "造字"),
    ),
    # the call
    Case(
        "an unknown edition", lambda project: None, 2, "", ("'jp'",), ("jp",), ("build", "--languages", "jp")
    ),
    Case(
        "a date that is none",
        lambda project: None,
        2,
        "",
        ("107/2/30", "108/3/1"),
        ("107/2/30",),
        ("build", "--issued", "107/2/30"),
    ),
]


@pytest.mark.parametrize("case", CASE_LIST, ids=[case.name for case in CASE_LIST])
def test_a_broken_input_is_told_and_nothing_is_lost(case: Case, project: Path) -> None:
    before = delivered(project)
    case.change(project)
    code, _, english = reportgen(project, *case.arguments)
    code_zh, _, chinese = reportgen(project, *case.arguments, messages="zh")
    assert (code, code_zh) == (case.code, case.code), english
    if case.place:
        assert english.startswith(case.place) or f"\n{case.place}" in english, english
        file, *row = case.place.rstrip(":").split(":")
        assert file in chinese
        assert not row or f"第 {row[0]} 列" in chinese, chinese
    assert [words for words in case.en if words not in english] == [], english
    assert [words for words in case.zh if words not in chinese] == [], chinese
    assert case.code == 2 or re.search("[\u4e00-\u9fff]{2}", chinese), chinese
    assert str(project) not in (english + chinese).replace(f"{project}/out", "")
    assert delivered(project) == before


def test_there_are_many_cases() -> None:
    assert len({case.name for case in CASE_LIST}) == len(CASE_LIST) >= 25


def test_problems_of_two_tables_are_told_in_one_run(project: Path) -> None:
    swap(CASES, "107,tax,12", "107,tax,ten")(project)
    swap(COSTS, "107,320", "107,many")(project)
    code, _, messages = reportgen(project, "build", "small-107", "--jobs", "1")
    assert code == 3
    assert f"{CASES}:6: new_cases: " in messages and f"{COSTS}:4: collected: " in messages
    assert messages.endswith("2 problems\n")


def test_problems_of_two_blocks_are_told_in_one_run(project: Path) -> None:
    swap(PUBLICATION, '["new_cases",', '["new_case",')(project)
    swap(PUBLICATION, '"roi"]', '"rio"]')(project)
    code, _, messages = reportgen(project, "build", "small-107", "--jobs", "1")
    assert code == 3
    assert "'new_case'" in messages and "'rio'" in messages


def test_a_face_that_is_missing_is_told_with_its_command(small: Path, project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fonts"
    shutil.copytree(fonts.font_folder(), folder, symlinks=True)
    lost = next(face.target.relative_to(fonts.font_folder()) for face in fonts.faces())
    (folder / lost).unlink()
    before = delivered(project)
    swap(COSTS, "107,320", "107,321")(project)
    for language, words in (("en", "the font is missing; run: "), ("zh", "缺少這個字型；請執行：")):
        run = subprocess.run(
            [
                *(sys.executable, "-c", "from reportgen.cli import main; main()", "--messages", language),
                *("--project", project, "build", "small-107", "--jobs", "1"),
            ],
            env={**os.environ, "REPORTGEN_FONTS": str(folder)},
            capture_output=True,
            encoding="utf-8",
            check=False,
            cwd=ROOT,
        )
        assert run.returncode == 4, run.stderr
        assert f"{folder / lost}" in run.stderr and words in run.stderr
        assert "Traceback" not in run.stderr
    assert delivered(project) == before


# ---- what is no fault -------------------------------------------------------------------------


def text_of(file: Path) -> str:
    with pypdfium2.PdfDocument(file) as pdf:
        return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)


def test_data_prints_as_itself(small: Path) -> None:
    words = text_of(small / "out" / "small-107" / "bulletin.pdf")
    for typed in (
        "{{ 7*7 }}公報",
        "{{ 7*7 }} Bulletin",
        "<script>alert(1)</script>",
        "=cmd()|{{ 7*7 }}",
        "<b>{{ 7*7 }}</b>",
    ):
        assert typed in words
    assert re.search(r"=cmd\(\)[。.]", words)
    assert "49" not in words


def test_a_division_by_zero_is_a_gap_with_its_reason_not_an_error(small: Path) -> None:
    import json

    ledger = json.loads((small / "out" / "small-107" / "ledger.json").read_text("utf-8"))
    (gap,) = [f for f in ledger["figures"] if f["metric"] == "roi" and f["key"] == {"roc_year": 106}]
    assert gap["exact"] is None
    assert gap["gap"]["kind"] == "undefined"
    assert gap["gap"]["zh"] and gap["gap"]["en"]
    words = text_of(small / "out" / "small-107" / "bulletin.pdf")
    assert gap["printed"] in words
    assert not re.search(r"\b(inf|nan)\b", words)


def test_a_second_build_of_the_same_inputs_makes_nothing(project: Path) -> None:
    before = delivered(project)
    code, out, _ = reportgen(project, "build", "small-107", "--jobs", "1")
    assert (code, "unchanged" in out) == (0, True)
    assert delivered(project) == before
