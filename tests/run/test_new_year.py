"""Next year's publication from last year's: what moves, what is marked, what is named, and that last year's stays as it is."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner, Result
from next_year import confirmed, filled, grown

from reportgen.cli import main
from reportgen.model import toml
from reportgen.model.errors import InputError
from reportgen.project import Project
from reportgen.read import review
from reportgen.read.publications import UpTo
from reportgen.run import new_year as renewing
from reportgen.run.new_year.moving import Moving
from reportgen.run.new_year.years import Move
from reportgen.run.schemas import schema_of

pytestmark = pytest.mark.slow  # whole projects, moved and read again

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLES = {
    "agency-104": "agency-105",
    "appraisal-104": "appraisal-105",
    "appraisal-104-06": "appraisal-105-06",
    "attitude-awards-102": "attitude-awards-103",
    "bonus-104": "bonus-105",
    "brief-104": "brief-105",
    "case-load-104": "case-load-105",
    "exhibition-efficient-government": "exhibition-efficient-government-105",
    "meeting-887": "meeting-888",  # is there already
    "meeting-888": "meeting-889",
    "new-taipei-107": "new-taipei-108",
    "papers-104": "papers-105",
    "performance-awards-104": "performance-awards-105",
    "targets-105": "targets-106",
    "team-awards-105": "team-awards-106",
}
BULLETIN, NEXT = "new-taipei-107", "new-taipei-108"
MOVE = Move(before=UpTo(107), after=UpTo(108), since=90)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name in ("inputs", "styles", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copyfile(ROOT / "reportgen.toml", folder / "reportgen.toml")
    return folder


def call(project: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--project", str(project), *words])


def state(project: Path) -> dict[str, str]:
    return {
        path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(project.rglob("*"))
        if path.is_file()
    }


def changed(project: Path, name: str, old: str, new: str) -> None:
    file = project / "inputs" / name / "publication.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


# ---- every sample -----------------------------------------------------------------------------------


def test_the_list_of_samples_is_whole() -> None:
    assert [*SAMPLES] == list(Project(ROOT).names())


# The others are as large, or are made below.
@pytest.mark.sweep
@pytest.mark.parametrize(
    "name",
    ["appraisal-104-06", "brief-104", "case-load-104", "exhibition-efficient-government", "meeting-888"],
)
def test_the_next_year_is_made_and_last_year_stays_as_it_is(project: Path, name: str) -> None:
    before = state(project)
    done = call(project, "new-year", name)
    assert done.exit_code == 0, done.output
    assert (project / "inputs" / SAMPLES[name] / "publication.toml").is_file()
    after = state(project)
    assert {file: after.get(file) for file in before} == before


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.startswith("meeting")])
def test_no_year_is_left_without_a_mark(tmp_path: Path, name: str) -> None:
    period = str(_head(ROOT, name)["period"])
    year, month = int(period[:3]), int(period[4:] or 12)
    since = _head(ROOT, name).get("since", year)
    move = Move(before=UpTo(year, month), after=UpTo(year + 1, month), since=since)
    for file in sorted((ROOT / "inputs" / name).rglob("*")):
        if file.suffix in (".toml", ".md") and "original" not in file.parts:
            moving = Moving(move=move, schema=schema_of(ROOT, str(file)))
            make = moving.markdown if file.suffix == ".md" else moving.declaration
            made = tmp_path / "inputs/new" / file.name
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_text(make(file.name, file.read_text("utf-8")), "utf-8")
            assert _unmarked(tmp_path, "new", str(year)) == []


def _head(project: Path, name: str) -> toml.Table:
    return toml.read((project / "inputs" / name / "publication.toml").read_text("utf-8"))[0]


def _unmarked(project: Path, name: str, year: str) -> list[str]:
    """Lines that still name last year and have no mark above them; postcodes and numbers of rooms are no years."""
    found = []
    files = [path for path in (project / "inputs" / name).rglob("*") if path.suffix in (".toml", ".md")]
    for file in files:
        lines = file.read_text("utf-8").splitlines() if "original" not in file.parts else []
        for before, line in zip(["", *lines], lines, strict=False):
            names = re.search(
                rf"(?<!\d){year}\s*年|(?<!\d){int(year) + 1911}(?!\d)|[(,]\s*{year}\s*[,)]", line
            )
            dated = re.match(rf'(period|to)\s*=\s*"?{year}(?!\d)', line)
            if (names or dated) and " review " not in line + before:
                found.append(f"{file.name}: {line}")
    return found


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("performance-awards-104", "performance-104", "performance-105"),
        ("attitude-awards-102", "staff-102", "staff-103"),
        ("bonus-104", "bonus-104", "bonus-105"),
    ],
)
def test_awards_of_the_next_year_are_sound_with_its_tables(
    project: Path, name: str, old: str, new: str
) -> None:
    made = Project(project).new_year(name)
    (empty,) = Project(project).check(made.name)
    assert empty.exit_code == 3
    assert any(f"inputs/datasets/{new}/" in str(one.place) for one in empty.problems)
    folder = project / "inputs/datasets"
    filled(folder / old, folder / new)
    (marked,) = Project(project).check(made.name)
    # Certificates are signed, so that words which nobody has looked at do not get on one; all other papers are drafts.
    assert {one.en.partition(" (")[0] for one in marked.problems} <= {
        "nobody has looked at this since it was taken over from last year"
    }
    confirmed(*made.made)
    (report,) = Project(project).check(made.name)
    assert (report.exit_code, report.problems, report.reviews) == (0, [], [])


def test_targets_begin_with_the_approved_amounts(project: Path) -> None:
    made = call(project, "new-year", "targets-105")
    assert made.exit_code == 0, made.output
    folder = project / "inputs/datasets/targets-106"
    with (folder / "units.csv").open(encoding="utf-8") as stream:
        rows = {(row["branch"], row["unit"]): row for row in csv.DictReader(stream)}
    assert {row["roc_year"] for row in rows.values()} == {"105"}
    assert (
        sum(int(row["target"]) for row in rows.values()) == 35_141_500_000
    )  # what holds at the end of the year, after its revisions
    assert ("taipei", "63") in rows and ("hsinchu", "28") not in rows  # opened and closed in 105
    assert {row["new_cases"] for row in rows.values()} == {""}
    declared = toml.read((project / "inputs/targets-106/targets.toml").read_text("utf-8"))[0]
    assert (declared["year"], declared["units"]["new"], declared["units"]["closed"]) == (105, (), ())
    marks = review.marks(project, ["inputs/targets-106/targets.toml"])
    assert [mark.last.en for mark in marks] == [
        "35200000000",
        '["taipei/63", "taoyuan/43"]',
        '["hsinchu/28"]',
        *("105/8/1", "Hsing-Chih-Tsung-Tzu No. 10530000731") * 2,  # of two revisions
    ]


# ---- a bulletin -------------------------------------------------------------------------------------


@pytest.mark.sweep  # the trial of an office goes the same way
def test_a_bulletin_with_the_rows_of_a_year_added_is_built_as_a_draft_until_it_is_confirmed(
    project: Path,
) -> None:
    done = call(project, "new-year", BULLETIN, "--limits")
    assert "inputs/datasets/new-taipei/dataset.toml, lines 56, 99: max = 107 is now 108\n" in done.output
    for table in ("cases", "collected"):
        grown(project / f"inputs/datasets/new-taipei/{table}.csv", 108)
    said = call(project, "check", NEXT)
    assert said.exit_code == 0, said.output
    place = f"inputs/{NEXT}/publication.toml:32: section 1, block 4: text: taken over from last year"
    assert f"  {place}, to be looked at: More cases were closed" in said.output
    assert (
        "    this year: {pending_cases(previous)} = 994,610 cases, {pending_cases} = 664,285 cases"
        in said.output
    )
    assert "  4 places are to be looked at; whoever has looked takes out" in said.output
    built = call(project, "build", NEXT)
    assert built.exit_code == 0, built.output
    assert "  4 places are to be looked at" in built.output
    ledger = project / "out" / NEXT / "bulletin.pdf"
    first = ledger.read_bytes()
    assert confirmed(project / "inputs" / NEXT) == 4
    again = call(project, "build", NEXT)
    assert "to be looked at" not in again.output and ledger.read_bytes() != first


def test_tables_and_limits_that_stop_the_next_year_are_named(project: Path) -> None:
    before = (project / "inputs/datasets/new-taipei/dataset.toml").read_bytes()
    said = call(project, "new-year", BULLETIN).output
    assert (
        "inputs/datasets/new-taipei/dataset.toml, lines 56, 99: max = 107 stops the new year; write 108"
        in said
    )
    assert (
        "inputs/datasets/new-taipei/cases.csv: table cases has no rows of 108; add them as those of 107: "
        "5 rows with the roc_year, case_type of each\n"
    ) in said
    assert "budget.csv" not in said  # goes to 108 already
    assert (project / "inputs/datasets/new-taipei/dataset.toml").read_bytes() == before


def test_a_claim_that_no_longer_holds_is_told(project: Path) -> None:
    folder = project / "inputs/datasets/new-taipei"
    declared = (folder / "dataset.toml").read_text("utf-8")
    (folder / "dataset.toml").write_text(declared.replace("max = 107", "max = 108"), "utf-8")
    for table in ("cases", "collected"):
        grown(folder / f"{table}.csv", 108)
    cases = (folder / "cases.csv").read_text("utf-8")
    swapped = re.sub(r"(?m)^(108,[\w-]+),(\d+),(\d+)", r"\1,\3,\2", cases)
    (folder / "cases.csv").write_text(swapped, "utf-8")
    said = call(project, "new-year", BULLETIN).output
    place = f"inputs/{NEXT}/publication.toml:33: no longer holds with the figures of the new year"
    assert f"{place}: closed_cases > new_cases and" in said
    assert "no rows of 108" not in said and "stops the new year" not in said


def test_messages_are_in_chinese_too(project: Path) -> None:
    said = call(project, "--messages", "zh", "new-year", BULLETIN)
    assert (
        "inputs/datasets/new-taipei/dataset.toml 第 56、99 列：max = 107 將擋下新年度資料；請改為 108"
        in said.output
    )
    assert "資料表 cases 尚無 108 年資料；請比照 107 年補入 5 列（roc_year、case_type）" in said.output
    assert f"計 4 處待確認：`reportgen check {NEXT}` 逐處列出上年文字及本年數值" in said.output
    refused = call(project, "--messages", "zh", "new-year", BULLETIN)
    assert (refused.exit_code, refused.output) == (
        2,
        f"inputs/{NEXT}：inputs/{NEXT} 已存在；請先移走或改名，既有檔案不予覆寫\n",
    )


# ---- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("no-such",), 3, "inputs/no-such/publication.toml: there is no publication"),
        ((BULLETIN, "107"), 2, "107 is not later than 107, the period of new-taipei-107"),
        ((BULLETIN, "90"), 2, "90 is not later than 107"),
        ((BULLETIN, "108-06"), 2, "108-06: is no period; write it as 108"),
        ((BULLETIN, "2019"), 2, "2019: is no period; write it as 108"),
        ((BULLETIN, "later"), 2, "later: is no period"),
        (("appraisal-104-06", "104-06"), 2, "104-06 is not later than 104-06"),
        (("../inputs",), 3, ""),
        (("meeting-887",), 2, "inputs/meeting-888 is there already"),
        ((), 2, ""),
    ],
)
def test_a_wrong_call_writes_nothing(project: Path, words: tuple[str, ...], code: int, message: str) -> None:
    before = state(project)
    done = call(project, "new-year", *words)
    assert done.exit_code == code, done.output
    assert message in done.output
    assert state(project) == before


def test_a_publication_with_faults_has_no_next_year(project: Path) -> None:
    changed(project, BULLETIN, 'metric = "new_cases"', 'metric = "no_cases"')
    before = state(project)
    done = call(project, "new-year", BULLETIN)
    assert done.exit_code == 3 and "no_cases" in done.output
    assert state(project) == before


def test_marks_must_be_gone_before_the_next_year_but_one(project: Path) -> None:
    assert call(project, "new-year", "brief-104").exit_code == 0
    shutil.copytree(project / "inputs/brief-105", project / "inputs/short-105")
    changed(project, "short-105", "period = 105\nsince = 96", "period = 104\nsince = 95")
    done = call(project, "new-year", "short-105")
    assert done.exit_code == 3
    assert "was itself taken over from the year before, and nobody has looked at it" in done.output


def test_all_or_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(renewing, "write_whole", full)
    before = state(project)
    done = call(project, "new-year", BULLETIN, "--limits")
    assert done.exit_code == 1 and state(project) == before
    assert not list((project / "inputs").glob(".*"))


def test_the_trial_of_an_office_goes_from_its_workbook_to_the_next_year() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/office-trial"], check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    lines = re.fullmatch(r"lines first=(\d+) next=(\d+)", done.stdout.splitlines()[-1])
    assert lines and int(lines[1]) <= 40 and int(lines[2]) <= 12


# ---- a mark -----------------------------------------------------------------------------------------


def marked(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "a.toml").write_text(text, "utf-8")
    return [f"{mark.place.row} {mark.last.zh} → {mark.now.zh}" for mark in review.marks(tmp_path, ["a.toml"])]


LAST = '{ zh = "107年結案12件。", en = "12 in 2018." }'


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ('text = { zh = "108年結案12件。", en = "12 in 2019." }', ["2 107年結案12件。 → 108年結案12件。"]),
        (f"text = {LAST}", ["2 107年結案12件。 → 107年結案12件。"]),
        ('text = { zh = "108年結案14件。", en = "14 in 2019." }', []),  # written anew
        ('text = { zh = "108年共結12件。", en = "12 in 2019." }', []),
        ("other = 1", []),
    ],
)
def test_a_mark_is_there_until_the_words_are_written_anew(tmp_path: Path, now: str, found: list[str]) -> None:
    assert marked(tmp_path, f"# 待確認 review 107→108: {LAST}\n{now}\n") == found
    assert marked(tmp_path, f"{now}\n") == []


def test_halves_on_lines_of_their_own_are_one_text(tmp_path: Path) -> None:
    text = f'[a.text]\n# 待確認 review 107→108: {LAST}\nzh = "108年結案12件。"\nen = "12 in 2019."\n'
    assert marked(tmp_path, text) == ["3 107年結案12件。 → 108年結案12件。"]
    assert marked(tmp_path, text.replace("12 in 2019", "14 in 2019")) == []


def test_figures_that_were_written_by_hand_have_those_of_this_year_beside_them(project: Path) -> None:
    folder = project / "inputs/datasets/new-taipei"
    for table in ("cases", "collected"):
        grown(folder / f"{table}.csv", 108)
    cases = (folder / "cases.csv").read_text("utf-8")
    for kind, old, new in (("total", "1503549", "1503550"), ("fine", "849994", "849995")):
        assert f"108,{kind},{old}," in cases
        cases = cases.replace(f"108,{kind},{old},", f"108,{kind},{new},")
    (folder / "cases.csv").write_text(cases, "utf-8")
    declared = (folder / "dataset.toml").read_text("utf-8")
    (folder / "dataset.toml").write_text(declared.replace("max = 107", "max = 108"), "utf-8")
    changed(
        project,
        BULLETIN,
        "見{ref:t-cases}附註。",
        "見{ref:t-cases}附註。107年新收1,503,549件，其中罰鍰849,994件。",
    )
    changed(
        project,
        BULLETIN,
        "see the notes of {ref:t-cases}.",
        "see the notes of {ref:t-cases}. In 2018 1,503,549 cases came in, 849,994 of them fines.",
    )
    done = call(project, "new-year", BULLETIN)
    assert done.exit_code == 0, done.output
    said = call(project, "check", NEXT)
    assert "    this year: new_cases = 1,503,550 cases, new_cases(fine) = 849,995 cases\n" in said.output


def test_a_mark_in_a_text_is_no_mark(tmp_path: Path) -> None:
    assert marked(tmp_path, "text = '# 待確認 review 107→108: 1'\nnumber = 1\n") == []


def test_marks_of_days_numbers_and_lists(tmp_path: Path) -> None:
    text = (
        '# 待確認 review 104→105: "105/2/17"\nissued = "106/2/17"\n'
        "# 待確認 review 104→105: 35_200_000_000\ntotal = 35_200_000_000 # NT$\n"
        '# 待確認 review 104→105: ["taipei/63"]\nnew = []\n'
        '[a]\nlist = [\n  # 待確認 review 104→105: { zh = "甲。" }\n  { zh = "甲。" },\n]\n'
    )
    assert marked(tmp_path, text) == [
        "2 105/2/17 → 106/2/17",
        "4 35200000000 → 35200000000",
        '6 ["taipei/63"] → []',
        "10 甲。 → 甲。",
    ]


# ---- what moves -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("107年度績效", "108年度績效"),
        ("民國 107 年及106年", "民國 108 年及107年"),
        ("106至107年", "107至108年"),
        ("90至107年合計", "91至108年合計"),
        ("90年設立", "90年設立"),  # history
        ("101年1月1日改制，107年", "101年1月1日改制，108年"),
        ("95年11月6日", "95年11月6日"),
        ("108/3/1 發布", "109/3/1 發布"),
        ("一百零七年與一○六年", "一百零八年與一○七年"),
        ("In 2018 and 2017; 2,018 cases, 2018.5", "In 2019 and 2018; 2,018 cases, 2018.5"),
        ("2001–2018", "2002–2019"),
        ("107件、107元", "107件、107元"),
        ("{collected(107)}較{collected(106, fine)}", "{collected(108)}較{collected(107, fine)}"),
        ("ROC year 107 (2018)", "ROC year 108 (2019)"),
    ],
)
def test_years_move_and_nothing_else(text: str, moved: str) -> None:
    assert MOVE.words(text) == moved


@pytest.mark.parametrize(
    ("name", "moved"),
    [
        ("new-taipei-107", "new-taipei-108"),
        ("bulletin-2018", "bulletin-2019"),
        ("107-bulletin", "108-bulletin"),
        ("107年公報", "108年公報"),
        ("AEA-PER107-{n}", "AEA-PER108-{n}"),
        ("108/050402/1", "109/050402/1"),
        ("room-1073", "room-1073"),
        ("107", "107"),
        ("t-cases", "t-cases"),
    ],
)
def test_names_move(name: str, moved: str) -> None:
    assert MOVE.name(name) == moved


def test_a_later_month_of_the_same_year() -> None:
    move = Move(before=UpTo(104, 6), after=UpTo(104, 9), since=104)
    assert move.words("104年1月至6月，January to June 2015") == "104年1月至9月，January to September 2015"
    assert move.name("appraisal-104-06") == "appraisal-104-09"


def test_a_leap_day_becomes_the_28th() -> None:
    move = Move(before=UpTo(104), after=UpTo(105), since=104)
    assert (move.day('"105/2/29"'), move.day("2016-02-29")) == ('"106/2/28"', "2017-02-28")


def test_form_and_remarks_of_a_file_are_kept() -> None:
    schema = {"properties": {"text": {"format": "bilingual"}, "from": {"format": "roc-year"}}}
    text = (
        "# 107年\r\n\r\n  text = { zh = '107年。',  en = \"In 2018.\" } # here\r\nfrom   = 104 # 第一年\r\n"
    )
    made = Moving(move=MOVE, schema=schema).declaration("a.toml", text)
    assert made == (
        "# 108年\r\n\r\n"
        '  # 待確認 review 107→108: { zh = "107年。", en = "In 2018." }\r\n'
        "  text = { zh = '108年。',  en = \"In 2019.\" } # here\r\nfrom   = 105 # 第一年\r\n"
    )


def test_one_language_alone_is_moved_and_marked(project: Path) -> None:
    changed(project, "brief-104", "kind = ", 'languages = ["zh"]\nkind = ')
    changed(
        project,
        "brief-104",
        'title = { zh = "執行業務簡報", en = "Enforcement in Brief" }',
        'title = "104年簡報"',
    )
    assert call(project, "new-year", "brief-104").exit_code == 0
    lines = (project / "inputs/brief-105/publication.toml").read_text("utf-8").splitlines()
    assert lines[lines.index('title = "105年簡報"') - 1] == '# 待確認 review 104→105: "104年簡報"'


def test_an_unreadable_publication_is_told(project: Path) -> None:
    changed(project, BULLETIN, "period = 107", "period = = 107")
    with pytest.raises(InputError):
        Project(project).new_year(BULLETIN)


def test_what_is_to_be_added_depends_on_where_the_years_stand(tmp_path: Path) -> None:
    """In rows, across the top, or in the title of a sheet of one year."""
    project = tmp_path / "project"
    assert CliRunner().invoke(main, ["init", str(project)]).exit_code == 0
    with xlsxwriter.Workbook(tmp_path / "own.xlsx") as book:
        rows, across, title = (book.add_worksheet(name) for name in ("列", "欄", "題"))
        for at, cells in enumerate([["年度", "收件數"], [107, 5], [108, 6]]):
            rows.write_row(at, 0, cells)
        for at, cells in enumerate([["科別", "107年", "108年"], ["甲科", 5, 6], ["乙科", 7, 8]]):
            across.write_row(at, 0, cells)
        for at, cells in enumerate([["108年度各科人數"], ["科別", "人數"], ["甲科", 5], ["乙科", 7]]):
            title.write_row(at, 0, cells)
    made = call(project, "import", str(tmp_path / "own.xlsx"), "--into", "own", "--yes")
    assert made.exit_code == 0, made.output
    told = call(project, "new-year", "own")
    assert told.exit_code == 0, told.output
    ways = ("add them as those of 108", "add a column for it", "declare the sheet of 109")
    assert [way for way in ways if told.output.count(way) != 1] == []
