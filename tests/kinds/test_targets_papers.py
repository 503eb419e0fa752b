"""The papers of targets as an officer gets them: PDF in three editions, the workbook, the ledger, the commands."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from conftest import VeraPdf
from making import build, draft
from python_calamine import CalamineWorkbook
from small import ROOT
from small_targets import DECLARED, SAMPLE, project, swap

from reportgen.cli import main
from reportgen.compute.targets import Result as Targets
from reportgen.kinds.material import read_material
from reportgen.kinds.targets import documents as papers
from reportgen.model import Document, KeyFigures, Section, Table
from reportgen.read import tables
from reportgen.verify import delivered, documents, ledger

pytestmark = pytest.mark.slow  # whole documents or projects, again and again

FILES = [f"{paper}{edition}.pdf" for paper in papers.PAPERS for edition in ("", ".zh", ".en")]
KEPT = (
    "taipei",
    "hsinchu",
    "hualien",
)  # the largest branch, one with a closed unit, one with limits of its own


def smaller(folder: Path) -> Path:
    """The sample with three of its branches: what takes long is laying out hundreds of units."""
    project(folder)
    data = folder / "inputs/datasets" / SAMPLE
    head, *members = (data / "dataset.toml").read_text("utf-8").split("[[dimension.branch.member]]\n")
    last, rest = re.split(r"\n(?=\n\[dimension\.staffing\])", members[-1], maxsplit=1)
    kept = [one for one in (*members[:-1], last) if re.match(r'id = "(\w[\w-]*)"', one)[1] in KEPT]  # type: ignore[index]
    parts = [head, *("[[dimension.branch.member]]\n" + one for one in kept), "\n", rest]
    (data / "dataset.toml").write_text("".join(parts), "utf-8")
    for file in data.glob("*.csv"):
        rows = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text("".join(row for row in rows if row.split(",")[1] in ("branch", *KEPT)), "utf-8")
    swap(folder, DECLARED, "total = 35_200_000_000", "total = 8_900_000_000")
    swap(folder, DECLARED, '"taipei/63", "taoyuan/43"', '"taipei/63"')
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return smaller(tmp_path_factory.mktemp("targets"))


@pytest.fixture(scope="module")
def result(small: Path) -> Targets:
    return papers.computed(read_material(small, SAMPLE))


@pytest.fixture(scope="module")
def built(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    outcomes = list(build(small, out, [SAMPLE], ("both", "zh", "en")))
    assert {one.state for one in outcomes} == {"made"}, [p.say() for one in outcomes for p in one.problems]
    return out / SAMPLE


# ---- paper ---------------------------------------------------------------------------------------


def test_the_papers_are_archival_accessible_and_true_to_their_ledger(built: Path, verapdf: VeraPdf) -> None:
    for verdict in verapdf([built / name for name in FILES]):
        assert verdict.compliant, str(verdict)
    for name in FILES:
        assert documents.verify(built / name).problems == (), name


def test_a_branch_is_told_on_one_page_with_all_its_units(built: Path, result: Targets) -> None:
    pages = [text(built / "branches.pdf", page) for page in range(len(KEPT) + 1)]
    assert len(pypdfium2.PdfDocument(built / "branches.pdf")) == len(pages)
    for branch, page in zip(result.branches, pages[1:], strict=True):
        assert branch.names.zh in page and branch.names.en in page
        for unit in branch.units:
            assert unit.id in page
    assert "63" in pages[1] and len(result.branch("taipei").units) == 63


def test_trace_says_where_a_target_comes_from(built: Path, result: Targets) -> None:
    taipei = result.branch("taipei")
    printed = f"{int(taipei.target.exact) // 10_000:,}"  # type: ignore[arg-type]
    found = ledger.find(ledger.read_ledger(built / "approval.pdf"), printed)
    (figure,) = [one for one in found if one["key"] == {"roc_year": 105, "branch": "taipei"}]
    assert figure["formula"] == "in steps of 100000, largest_remainder"
    assert {one["column"] for one in figure["inputs"]} >= {"target", "pending_cases", "population", "travel"}
    assert figure["exact"] == str(taipei.target.exact)


def test_the_workbook_lies_beside_the_approval_sheet_in_each_edition(built: Path) -> None:
    names = {path.name for path in built.glob("*.ods")}
    assert names == {"approval.ods", "approval.zh.ods", "approval.en.ods"}
    entry = delivered.read_manifest(built)["files"]["approval.pdf"]
    assert entry["beside"]["approval.ods"] == ledger.sha256((built / "approval.ods").read_bytes())


def text(file: Path, page: int) -> str:
    document = pypdfium2.PdfDocument(file)
    words = document[page].get_textpage().get_text_bounded()
    document.close()
    return str(words)


# ---- what the papers say -------------------------------------------------------------------------


def test_the_approval_sheet_holds_every_branch_and_every_unit(small: Path, result: Targets) -> None:
    document = papers.document(read_material(small, SAMPLE), "approval")
    found = {block.anchor: block for block in document.blocks if isinstance(block, Table)}
    for branch in result.branches:
        rows = found[f"u-{branch.id}"].rows
        assert [row.head.zh for row in rows[:-1]] == [unit.id for unit in branch.units]
        targets = [cell.figure for cell in (row.cells[7] for row in rows)]
        assert targets[-1] and targets[-1].value.exact == branch.target.exact == sum(
            one.value.exact for one in targets[:-1] if one
        )  # type: ignore[misc]
    whole = found["t-branches"].rows
    assert [row.role for row in whole] == ["body"] * len(KEPT) + ["total"]
    assert next(block for block in document.blocks if isinstance(block, Section)).one_page
    cards = next(block for block in document.blocks if isinstance(block, KeyFigures)).cards
    assert cards[0].figure.value.exact == result.scheme.total


@pytest.mark.parametrize(
    ("old", "new", "zh", "en"),
    [
        ("total = 8_900_000_000", "total = 8_600_000_000", "減少", "down"),
        ("floor = -4", "floor = -40", "各分署均未達上下限", "No branch is held"),
        (
            "floor = -4",
            "floor = 3.3",
            "以下限核定者：臺北分署。以上限核定者：花蓮分署。",
            "Held at the floor: Taipei Branch. Held at the ceiling: Hualien Branch.",
        ),
    ],
)
def test_the_words_follow_the_figures(small: Path, old: str, new: str, zh: str, en: str) -> None:
    before = (small / DECLARED).read_text("utf-8")
    try:
        swap(small, DECLARED, old, new)
        if "-40" in new:
            swap(small, DECLARED, "ceiling = 8", "ceiling = 80")
            swap(small, DECLARED, "floor = -2\nceiling = 3", "floor = -50\nceiling = 50")
        document = papers.document(read_material(small, SAMPLE), "approval")
    finally:
        (small / DECLARED).write_text(before, "utf-8")
    told = told_by(document)
    assert zh in told and en in told


def told_by(document: Document) -> str:
    said = [
        runs
        for block in document.blocks
        if hasattr(block, "lines")
        for line in block.lines
        for runs in (line.zh, line.en)
    ]
    return "".join(run if isinstance(run, str) else run.plain for runs in said for run in runs)


CHANGED = """
[[adjustment]]
of = "taipei/03"
change = -2_000_000
reason = { zh = "大額案件減少", en = "Fewer large cases" }
proposer = { zh = "臺北分署", en = "the Taipei Branch" }
date = "105/1/20"

[[successor]]
of = "hsinchu/28"
to = ["hsinchu/27", "hsinchu/26"]
shares = [60, 40]
reason = { zh = "併入", en = "merged" }
"""


def test_what_was_negotiated_and_who_took_over_stand_with_their_reasons(small: Path, result: Targets) -> None:
    before = (small / DECLARED).read_text("utf-8")
    try:
        swap(small, DECLARED, 'closed = ["hsinchu/28"]', "closed = []")
        (small / DECLARED).write_text((small / DECLARED).read_text("utf-8") + CHANGED, "utf-8")
        document = papers.document(read_material(small, SAMPLE), "approval")
    finally:
        (small / DECLARED).write_text(before, "utf-8")
    told = told_by(document)
    assert "新竹分署第28股停設，由新竹分署第27股（60）、新竹分署第26股（40）承受：併入。" in told
    assert "經協議調整者1個。" in told and "Negotiated: 1." in told
    (table,) = (block for block in document.blocks if isinstance(block, Table) and block.anchor == "t-agreed")
    (row,) = table.rows
    computed, change, target = (cell.figure.value.exact for cell in row.cells if cell.figure)  # type: ignore[operator]
    assert computed == result.branch("taipei").units[2].target.exact
    assert (change, target) == (-2_000_000, computed + change)
    (note,) = table.notes
    assert "提議者：臺北分署" in "".join(str(run) for run in note.line.zh)


def test_an_unknown_paper_and_missing_signatures_are_told(small: Path) -> None:
    file = f"inputs/{SAMPLE}/publication.toml"
    before = (small / file).read_text("utf-8")
    try:
        swap(small, file, 'papers = ["approval", "branches", ', 'papers = ["approval", "branch", ')
        swap(small, file, "drafting = ", "draft = ")
        run = command(small, "check", SAMPLE)
    finally:
        (small / file).write_text(before, "utf-8")
    assert run.exit_code == 3
    assert (
        'papers 2: "branch" is unknown; known: approval, branches, submission, letter, revision; '
        "did you mean 'branches'?" in run.output
    )
    assert "signoff: drafting: is missing; write drafting = " in run.output
    assert "signoff: draft: is an unknown key; known here: drafting, consulted, deciding" in run.output


# ---- the workbook --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workbook(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from reportgen.model.job import Job
    from reportgen.write.workbook import beside

    file = tmp_path_factory.mktemp("ods") / "approval.ods"
    job = Job(project=small, publication=SAMPLE, document="approval", edition="both")
    file.write_bytes(beside(draft(job)))
    return file


def test_the_sheets_of_the_workbook_add_up(workbook: Path, result: Targets) -> None:
    book = CalamineWorkbook.from_path(workbook)
    names = [name for name in book.sheet_names if name.endswith("分署各股")]
    assert len(names) == len(KEPT)
    for branch, name in zip(result.branches, names, strict=True):
        rows = book.get_sheet_by_name(name).to_python()
        units = [row for row in rows if isinstance(row[0], str) and row[0].isdigit()]
        (total,) = [row for row in rows if row[0] == "合計 / Total"]
        assert sum(row[8] for row in units) == total[8] == float(branch.target.exact) / 10_000  # type: ignore[arg-type,misc]
    about = " ".join(str(row[0]) for row in book.get_sheet_by_name(book.sheet_names[0]).to_python())
    assert (
        "示範之假設，非機關規定" in about and "an assumption of this sample" in about and "示範資料" in about
    )
    plain = book.get_sheet_by_name("targets").to_python()
    assert plain[0] == ["roc_year", "branch", "unit", "target", "months", "staffing"]
    assert {tuple(row[4:]) for row in plain[1:]} == {(12, 100), (6, 100), (7, 100), (12, 90)}
    (stage,) = result.stages  # the amounts that hold at the end of the year
    assert sum(row[3] for row in plain[1:]) == stage.total.after.exact  # type: ignore[misc]


def test_next_year_reads_the_targets_from_the_workbook(
    workbook: Path, result: Targets, tmp_path: Path
) -> None:
    """A dataset declares the sheet as it is, and gets the same whole numbers."""
    folder = tmp_path / "inputs/datasets/next"
    folder.mkdir(parents=True)
    (folder / "approval.ods").write_bytes(workbook.read_bytes())
    sample = (ROOT / "inputs/datasets" / SAMPLE / "dataset.toml").read_text("utf-8")
    units = sample[sample.index("[table.units]") : sample.index("[table.units.column.new_cases]")]
    units = units.replace('file = "units.csv"', 'file = "approval.ods"\nsheet = "targets"')
    for name, unit, digits in (("months", "month", 1), ("staffing", "percent", 2)):
        units += f'[table.units.column.{name}]\ntype = "decimal"\nunit = "{unit}"\ndigits = {digits}\n'
        units += 'label = { zh = "服務", en = "Service" }\n'
    (folder / "dataset.toml").write_text(sample[: sample.index("[table.factors]")] + units, "utf-8")
    table = tables.read_dataset(tmp_path, "next").tables["units"]
    assert table.coercions == ()
    read = {
        record.key: tuple(map(record.cells.get, ("target", "months", "staffing"))) for record in table.records
    }
    assert read == {
        (105, branch.id, unit.id): (
            result.at_the_end(f"{branch.id}/{unit.id}", unit.target).exact,
            unit.months.exact,  # type: ignore[union-attr]
            unit.staffing.exact * 100,  # type: ignore[union-attr]
        )
        for branch in result.branches
        for unit in branch.units
    }


# ---- commands ------------------------------------------------------------------------------------


def command(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--project", str(folder), *words])


def test_explain_shows_each_step_of_a_unit_and_of_its_branch(small: Path, result: Targets) -> None:
    unit = result.branch("taipei").units[16]
    for name in ("taipei-17", "taipei/17", "臺北分署第17股"):
        run = command(small, "targets", "explain", name)
        assert run.exit_code == 0
        for step in (
            "total of all branches",
            "index",
            "before limits",
            "multiplier",
            "Unit 17",
            "6 ÷ 12 × 100% = 1/2",
        ):
            assert step in run.output, step
        assert f"{int(unit.target.exact):,}" in run.output  # type: ignore[arg-type]
    zh = command(small, "--messages", "zh", "targets", "explain", "taipei-17").output
    assert "核定金額" in zh and "第17股" in zh
    assert "Unit" not in command(small, "targets", "explain", "hualien").output


def test_what_if_prints_the_differences_and_writes_nothing(small: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in small.rglob("*")}
    run = command(
        small,
        "targets",
        "what-if",
        SAMPLE,
        "--set",
        "population.taipei=9,000,000",
        "--set",
        "pending.hualien=1",
    )
    assert run.exit_code == 0
    head, taipei, *rest = run.output.splitlines()
    assert head.split() == ["now", "if", "so", "difference"]
    assert taipei.startswith("Taipei Branch") and "+" in taipei
    assert any(line.startswith("total of all branches") and line.endswith("  0") for line in rest)
    assert sum(_difference(line) for line in rest if line.startswith("  Taipei Branch")) == _difference(
        taipei
    )
    assert {path: path.stat().st_mtime_ns for path in small.rglob("*")} == before
    assert not (small / "out").exists()
    same = command(small, "--messages", "zh", "targets", "what-if", SAMPLE, "--set", "total=8900000000")
    assert same.output == "責任金額均無變動\n"


def _difference(line: str) -> int:
    return int(line.split()[-1].replace(",", "").replace("−", "-"))


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("populaton.taipei=1", "did you mean 'population'?"),
        ("population.taipeh=1", "did you mean 'taipei'?"),
        ("population.taipei=many", "is not NAME=NUMBER"),
        ("population.taipei=-1", "is not NAME=NUMBER with a number of zero or more"),
        ("population.taipei", "is not NAME=NUMBER"),
        ("population.taipei=nan", "is not NAME=NUMBER"),
        ("total=123456", "is no multiple of the step of branches 100,000; write 100000 or 200000"),
    ],
)
def test_what_cannot_be_set_is_a_wrong_call(small: Path, setting: str, said: str) -> None:
    run = command(small, "targets", "what-if", SAMPLE, "--set", setting)
    assert run.exit_code == 2
    assert said in run.output


def test_limits_that_cannot_be_kept_are_told_by_what_if(small: Path) -> None:
    run = command(small, "targets", "what-if", SAMPLE, "--set", "total=80000000000")
    assert run.exit_code == 3
    assert "the ceilings are below what is to be divided" in run.output and "Hualien Branch" in run.output


def test_unknown_units_and_publications_are_told(small: Path) -> None:
    run = command(small, "targets", "explain", "taipei-64")
    assert run.exit_code == 3 and "there is no branch or unit 'taipei-64'" in run.output
    run = command(small, "targets", "explain", "taipei", "--publication", "agency-104")
    assert run.exit_code == 3 and f"agency-104: is no publication of targets; there is {SAMPLE}" in run.output
    run = command(small, "targets", "explain", "taipei", "--publication", "targets-106")
    assert run.exit_code == 3 and "there is no publication 'targets-106'" in run.output


def test_of_several_publications_one_must_be_named(small: Path) -> None:
    other = small / "inputs/targets-106"
    other.mkdir()
    try:
        (other / "publication.toml").write_bytes((small / f"inputs/{SAMPLE}/publication.toml").read_bytes())
        run = command(small, "targets", "explain", "taipei")
    finally:
        (other / "publication.toml").unlink()
        other.rmdir()
    assert run.exit_code == 3
    assert (
        "say which publication of targets with --publication; there is targets-105, targets-106" in run.output
    )


# ---- the sample ----------------------------------------------------------------------------------


def test_the_sample_is_what_its_script_makes(tmp_path: Path) -> None:
    script = ROOT / "scripts/make-targets-sample"
    subprocess.run([sys.executable, str(script), "--out", str(tmp_path)], check=True, capture_output=True)
    for file in ("units.csv", "factors.csv", "roster.csv"):
        assert (tmp_path / file).read_bytes() == (ROOT / "inputs/datasets" / SAMPLE / file).read_bytes(), file


def test_last_year_is_what_the_bulletin_says() -> None:
    def rows(dataset: str) -> dict[tuple[str, str], str]:
        with (ROOT / "inputs/datasets" / dataset / "units.csv").open(encoding="utf-8", newline="") as file:
            found = csv.DictReader(file)
            return {(row["branch"], row["unit"]): row["target"] for row in found if row["roc_year"] == "104"}

    assert rows(SAMPLE) == rows("agency")


def test_the_whole_sample_adds_up_and_touches_both_limits() -> None:
    result = papers.computed(read_material(ROOT, SAMPLE))
    units = [unit for branch in result.branches for unit in branch.units]
    assert (len(result.branches), len(units)) == (13, 413)
    assert sum((unit.target.exact for unit in units), Fraction(0)) == result.scheme.total  # type: ignore[misc]
    assert {branch.bound for branch in result.branches} == {"", "floor", "ceiling"}
    assert any(unit.new for unit in units) and any(unit.months and unit.months.exact != 12 for unit in units)
