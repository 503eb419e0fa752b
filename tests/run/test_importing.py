"""Workbooks that nobody has prepared become drafts that check and build; what was confirmed is kept."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import office_workbook as office
import pytest
import xlsxwriter
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office_workbook import Page, PerCent

from reportgen import Project
from reportgen.cli import main
from reportgen.model import Gap, Text, formats
from reportgen.model.errors import InputError, ReportgenError
from reportgen.read import tables
from reportgen.run import starter
from reportgen.run.importing import Imported

Values = dict[tuple[str, ...], tuple[Fraction | str, ...]]


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office") / "project"
    starter.write(folder, samples=False)
    return folder


@pytest.fixture
def project(empty: Path, tmp_path: Path) -> Project:
    shutil.copytree(empty, tmp_path / "project")
    return Project(tmp_path / "project")


def book(project: Project, *pages: Page, name: str = "own.xlsx") -> Path:
    file = project.folder.parent / name
    made = {".xlsx": office.xlsx, ".ods": office.ods}
    suffix = file.suffix
    file.write_bytes(made[suffix](*pages) if suffix in made else office.csv_text(pages[0]).encode())
    return file


def imported(project: Project, *pages: Page, name: str = "own.xlsx") -> Imported:
    return project.import_(book(project, *pages, name=name), into="own")


def values(project: Project, dataset: str = "own") -> list[Values]:
    """The figures of each table by years and names, in the order of the sheets and of their columns."""
    found = []
    read = tables.read_dataset(project.folder, dataset)
    for table in read.tables.values():
        of_table: Values = {}
        for record in table.records:
            key = {
                name: read.dimensions[name].member(str(part)).label.zh
                if name in read.dimensions
                else str(part)
                for name, part in zip(table.key, record.key, strict=True)
            }
            cells = [cell.kind if isinstance(cell, Gap) else cell for cell in record.cells.values()]
            of_table[tuple(sorted(key.values()))] = tuple(
                cell if isinstance(cell, str) else Fraction(str(cell)) for cell in cells
            )
        found.append(of_table)
    return found


def sound(project: Project) -> list[str]:
    (report,) = project.check("own")
    return [problem.say() for problem in report.problems]


# ---- the figures ----------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".xlsx", ".ods", ".csv"])
def test_the_figures_are_those_of_the_clean_tables(project: Project, suffix: str) -> None:
    if suffix == ".csv":
        files = []
        for name, page in zip(office.COLUMNS, office.PAGES, strict=True):
            files.append(book(project, page, name=f"{name}.csv"))
    else:
        files = [book(project, *office.PAGES, name=f"office{suffix}")]
    made = project.import_(*files, into="own", period=107)
    office.dataset(project.folder / "inputs/datasets/clean")
    clean = values(project, "clean")
    drafted = values(project)
    drafted[3] = {
        key: (*cells[:2], Fraction(formats.half_up(Fraction(cells[2]), 1)))
        for key, cells in drafted[3].items()
    }
    assert drafted == clean
    assert sound(project) == []
    assert len(made.to_review) <= 40


LABELS = ("財稅", "健保", "罰鍰", "費用")


@st.composite
def layouts(draw: st.DrawFn) -> tuple[Page, Values]:
    """A table and how it lies: years or members downwards, one or two rows of heads, words above and below, sums."""
    years = list(range(107 - draw(st.integers(1, 4)), 108))
    members = LABELS[: draw(st.integers(2, 4))]
    measures = ("件數", "金額")[: draw(st.integers(1, 2))]
    number = st.integers(1, 10**6)
    exact = {(y, m, w): draw(number) for y in years for m in members for w in measures}
    said = draw(st.sampled_from(["{}年", "{}年度", "民國{}年"]))
    across, sums = draw(st.booleans()), draw(st.booleans())
    rows: list[list[office.Cell]] = []
    merged = []
    found: Values = {}
    above: list[list[office.Cell]] = [["各類案件統計"]] * draw(st.integers(0, 1)) + [
        ["單位：件、千元"]
    ] * draw(st.integers(0, 1))
    top = len(above)
    if across:
        for m in members:
            rows.append([m, *(exact[y, m, w] for y in years for w in measures)])
            found |= {
                tuple(sorted((str(y), m))): tuple(Fraction(exact[y, m, w]) for w in measures) for y in years
            }
        heads: list[list[office.Cell]] = [["類別", *(said.format(y) for y in years for _ in measures)]]
        if len(measures) == 2:
            heads = [["類別", *(said.format(y) if w == measures[0] else "" for y in years for w in measures)]]
            heads.append(["", *(measures * len(years))])
            merged = [f"A{top + 1}:A{top + 2}"]
            merged += [f"{'BDFHJ'[n]}{top + 1}:{'CEGIK'[n]}{top + 1}" for n in range(len(years))]
    else:
        measures = measures[:1]
        for y in years:
            rows.append([said.format(y), *(exact[y, m, measures[0]] for m in members)])
            found[(str(y),)] = tuple(Fraction(exact[y, m, measures[0]]) for m in members)
        heads = [["年度", *members]]
    if sums:
        width = len(rows[0])
        total = [sum(int(str(row[at])) for row in rows) for at in range(1, width)]
        rows.insert(draw(st.sampled_from([0, len(rows)])), ["合　計", *total])
    below: list[list[office.Cell]] = [["註：含移轉案件。"]] * draw(st.integers(0, 1))
    width = max(map(len, (*above, *heads, *rows)))
    lines = [[*line, *[""] * (width - len(line))] for line in (*above, *heads, *rows, *below)]
    return Page("統計", lines, merged=merged), found


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(layout=layouts(), suffix=st.sampled_from([".xlsx", ".ods"]))
def test_figures_do_not_depend_on_how_a_table_lies(
    empty: Path, tmp_path_factory: pytest.TempPathFactory, layout: tuple[Page, Values], suffix: str
) -> None:
    folder = tmp_path_factory.mktemp("layout")
    shutil.copytree(empty, folder / "project")
    project = Project(folder / "project")
    page, expected = layout
    imported(project, page, name=f"own{suffix}")
    assert values(project) == [expected]
    assert sound(project) == []


SHAPES: Mapping[str, tuple[Sequence[Sequence[office.Cell]], Values]] = {
    "one column": ([["年", "值"], [105, 1], [106, 2]], {("105",): (Fraction(1),), ("106",): (Fraction(2),)}),
    "months": (
        [["107年各月收案"], ["月份", "新收"], ["1月", 10], ["2月", 11], ["合計", 21]],
        {("107", "1"): (Fraction(10),), ("107", "2"): (Fraction(11),)},
    ),
    "years as numbers across": (
        [["類別", 105, 106, 107], ["財稅", 1, 2, 3], ["健保", 4, 5, 6]],
        {
            (str(y), m): (Fraction(n),)
            for m, row in (("財稅", (1, 2, 3)), ("健保", (4, 5, 6)))
            for y, n in zip((105, 106, 107), row, strict=True)
        },
    ),
    "gaps and long fractions": (
        [["年度", "件數", "比率(%)"], ["106年", "-", 33.333333333], ["107年", "…", 50]],
        {("106",): ("none", Fraction("33.33")), ("107",): ("not_available", Fraction(50))},
    ),
    "per cent": ([["年度", "達成率"], ["106年", PerCent(0.955)], ["107年", PerCent(1)]],
        {("106",): (Fraction("95.5"),), ("107",): (Fraction(100),)}),
    "run-on months": ([["年月", "件數"], ["10701", 5], ["10702", 6]],
        {("107", "1"): (Fraction(5),), ("107", "2"): (Fraction(6),)}),
    "years that go down over months": (
        [["年度", "月份", "件數"], ["106年", "12月", 5], ["107年", "1月", 7], ["", "2月", 8]],
        {(y, m): (Fraction(n),) for y, m, n in (("106", "12", 5), ("107", "1", 7), ("107", "2", 8))},
    ),
    "groups": ([["107年"], ["項目", "件數"], ["一、財稅", ""], ["國稅", 3], ["地方稅", 4]],
        {("107", "國稅"): (Fraction(3),), ("107", "地方稅"): (Fraction(4),)}),
    "months below years across the top": (
        [["類別", "106年", "", "107年", ""], ["", "11月", "12月", "1月", "2月"], ["財稅", 3, 4, 5, 6], ["健保", 4, 5, 6, 7]],
        {
            (y, p, m): (Fraction(n + add),)
            for m, add in (("財稅", 0), ("健保", 1))
            for y, p, n in (("106", "11", 3), ("106", "12", 4), ("107", "1", 5), ("107", "2", 6))
        },
    ),
    "halves": ([["期別", "件數"], ["106年下半年", 5], ["107年上半年", 6], ["H2 2018", 7]],
        {("106", "2"): (Fraction(5),), ("107", "1"): (Fraction(6),), ("107", "2"): (Fraction(7),)}),
    "English months": ([["Month", "Cases"], ["Nov 2018", 5], ["December 2018", 6]],
        {("107", "11"): (Fraction(5),), ("107", "12"): (Fraction(6),)}),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_tables(project: Project, shape: str) -> None:
    rows, expected = SHAPES[shape]
    width = max(map(len, rows))
    imported(project, Page("s", [[*row, *[""] * (width - len(row))] for row in rows]))
    assert values(project) == [{tuple(sorted(key)): cells for key, cells in expected.items()}]
    assert sound(project) == []


def test_several_tables_of_one_sheet(project: Project) -> None:
    rows = [
        ["表一 收案", ""],
        ["年度", "件數"],
        [106, 1],
        [107, 2],
        ["", ""],
        ["表二 結案", ""],
        ["年度", "件數"],
        [106, 3],
        [107, 4],
    ]
    imported(project, Page("兩表", rows))
    assert values(project) == [
        {("106",): (Fraction(a),), ("107",): (Fraction(b),)} for a, b in ((1, 2), (3, 4))
    ]
    assert sound(project) == []


WORDS = (
    "年度",
    "類別",
    "件數",
    "合計",
    "財稅",
    "107年",
    "2018",
    "1月",
    "第1季",
    "單位：千元",
    "註：x",
    "…",
    "-",
    " ",
    "％",
)
CELLS = st.one_of(
    st.sampled_from(WORDS), st.integers(-9, 10**5), st.floats(0, 100).map(lambda x: round(x, 7))
)
ROW_LABELS = st.sampled_from(
    [("105年", "106年"), ("財稅", "健保"), ("1月", "2月"), ("107年1月", "107年2月"), ("a", "a")]
)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    head=st.lists(st.sampled_from(WORDS), min_size=2, max_size=4),
    labels=ROW_LABELS,
    cells=st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=2, max_size=2),
    suffix=st.sampled_from([".xlsx", ".ods", ".csv"]),
)
def test_any_sheet_is_drafted_twice_or_refused(
    empty: Path,
    tmp_path_factory: pytest.TempPathFactory,
    head: list[str],
    labels: Sequence[str],
    cells: list[list[office.Cell]],
    suffix: str,
) -> None:
    folder = tmp_path_factory.mktemp("any")
    shutil.copytree(empty, folder / "project")
    project = Project(folder / "project")
    rows = [[label, *line[: len(head) - 1]] for label, line in zip(labels, cells, strict=True)]
    try:
        imported(project, Page("107年", [head, *rows]), name=f"own{suffix}")
    except InputError as error:
        assert all("left out" in problem.en for problem in error.problems)
        return
    assert sound(project) == []
    imported(project, Page("107年", [head, *rows]), name=f"own{suffix}")
    assert sound(project) == []


# ---- what is told ---------------------------------------------------------------------------


def test_what_cannot_be_read_is_told_and_left_out(project: Project) -> None:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True}) as made:
        sheet = made.add_worksheet("一")
        for row, cells in enumerate(
            [["年度", "件數", "舊"], ["105年", 1, 7], ["106年", 2, 8], ["107年", 3, 9]]
        ):
            sheet.write_row(row, 0, cells)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column("C:C", None, None, {"hidden": True})
        made.add_worksheet("說明").write("A1", "本表無數值")
        made.add_worksheet("藏").write_row("A1", ["年度", "件數"])
        made.get_worksheet_by_name("藏").hide()
    file = project.folder.parent / "own.xlsx"
    file.write_bytes(raw.getvalue())
    done = project.import_(file, into="own")
    told = {(one.place.sheet, one.place.row, one.place.column) for one in done.left_out}
    assert {("一", 3, ""), ("一", 1, "C"), ("說明", 0, ""), ("藏", 0, "")} <= told
    assert values(project) == [{("105",): (Fraction(1),), ("107",): (Fraction(3),)}]
    assert sound(project) == []


def test_a_sum_that_differs_is_declared_and_told(project: Project) -> None:
    done = imported(project, office.WORK)
    assert [one.place.column + str(one.place.row) for one in done.left_out if "167501" in one.en] == ["E10"]
    assert 'differs = ["E10"]' in (project.folder / "inputs/datasets/own/dataset.toml").read_text("utf-8")


def test_check_counts_what_was_guessed(project: Project) -> None:
    imported(project, office.WORK)
    (report,) = project.check("own")
    file = project.folder / "inputs/datasets/own/dataset.toml"
    assert len(report.guessed) == 5
    assert any("5 lines to be confirmed" in line.en for line in report.lines())
    file.write_text(file.read_text("utf-8").replace(" # confirm 待確認: flow", ""), "utf-8")
    (report,) = project.check("own")
    assert [place.column for place in report.guessed] == ["totals: total"]


def test_check_tells_of_an_index_that_is_not_ours(project: Project) -> None:
    imported(project, office.WORK)
    (project.folder / "out").mkdir(exist_ok=True)
    (project.folder / "out/index.html").write_text("mine", "utf-8")
    (report,) = project.check("own")
    assert any("index.html was not made by reportgen" in line.en for line in report.lines())
    assert not report.problems


def test_a_year_is_asked_for_where_none_stands(project: Project) -> None:
    file = book(project, Page("s", [["類別", "件數"], ["財稅", 1], ["健保", 2]]))
    with pytest.raises(InputError, match="--period"):
        project.import_(file, into="own")
    asked: list[Text] = []

    def ask(question: Text, default: str) -> str:
        asked.append(question)
        return "106" if "民國" in question.zh else default

    project.import_(file, into="own", ask=ask)
    assert len(asked) == 2
    assert {key[0] for key in values(project)[0]} == {"106"}
    assert sound(project) == []


# ---- the calendar, and what is drawn ---------------------------------------------------------

CUSTOMS = Page(
    "Clearance",
    [
        ["Clearance of cargo", "", "", "", ""],
        ["Year", "Declarations", "", "Weighed (t)", "Mean time (h/case)"],
        ["", "Total", "Import", "", ""],
        *([year, 90 + year % 7, 40 + year % 5, 2000 + year % 3, 1.5] for year in range(2015, 2019)),
    ],
    merged=["B2:C2", "A2:A3", "D2:D3", "E2:E3"],
)
PORTS = Page("Ports", [["Cases in 2018", ""], ["Port", "Cases"], ["North", 3], ["South", 4]])


def test_gregorian_years_are_drafted_in_their_calendar(project: Project) -> None:
    made = imported(project, CUSTOMS, PORTS)
    text = (project.folder / "inputs/datasets/own/dataset.toml").read_text("utf-8")
    publication = (project.folder / "inputs/own/publication.toml").read_text("utf-8")
    assert 'calendar = "gregorian"' in text and "constant = { roc_year = 2018 }" in text
    assert "period = 2018\nsince = 2015" in publication
    assert any("2015–2018" in line.en for line in made.summary)
    assert {key[0] for key in values(project)[0]} == {"104", "105", "106", "107"}
    assert sound(project) == []
    assert project.new_year("own").name == "own-2019"
    imported(project, CUSTOMS, Page("106年", PORTS.rows))
    assert 'calendar = "gregorian"' in (project.folder / "inputs/datasets/own/dataset.toml").read_text(
        "utf-8"
    )


def test_a_year_may_be_given_as_a_gregorian_one(project: Project) -> None:
    file = book(project, Page("s", [["類別", "件數"], ["財稅", 1], ["健保", 2]]))
    project.import_(file, into="own", period=2017)
    assert {key[0] for key in values(project)[0]} == {"106"}


@pytest.mark.parametrize("title", ["107年案件", "民國107年"])
def test_one_year_of_the_roc_keeps_the_calendar(project: Project, title: str) -> None:
    imported(project, CUSTOMS, Page("Ports", [[title, ""], *PORTS.rows[1:]]))
    assert "gregorian" not in (project.folder / "inputs/datasets/own/dataset.toml").read_text("utf-8")
    assert sound(project) == []


def test_a_year_out_of_range_is_said_in_the_calendar_of_the_file(project: Project) -> None:
    imported(project, CUSTOMS)
    file = project.folder / "inputs/datasets/own/dataset.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('"roc_year" }', '"roc_year", min = 2016, max = 2017 }'), "utf-8")
    told = " ".join(sound(project))
    assert "2015 is below the minimum 2016" in told and "2018 is above the maximum 2017" in told


def test_a_chart_compares_what_has_one_unit_and_no_sum_with_its_parts(project: Project) -> None:
    imported(project, CUSTOMS)
    blocks = (project.folder / "inputs/own/publication.toml").read_text("utf-8").split("[[section.block]]")
    (chart,) = [block for block in blocks if 'block = "chart"' in block]
    assert 'metrics = ["declarations_import"]' in chart


def test_a_unit_that_nobody_knows_is_not_printed_as_another(project: Project) -> None:
    imported(project, CUSTOMS)
    assert 'unit = "as_labelled"' in (project.folder / "inputs/datasets/own/dataset.toml").read_text("utf-8")


def test_a_project_without_the_unit_of_labels_counts(project: Project) -> None:
    metrics = project.folder / "inputs/metrics.toml"
    metrics.write_text(metrics.read_text("utf-8").replace("[unit.as_labelled]", "[unit.other]"), "utf-8")
    imported(project, CUSTOMS)
    assert sound(project) == []


def test_means_of_months_are_no_key_figure_of_the_year(project: Project) -> None:
    rows = [[f"2018年{month}月", 20 + month, month] for month in range(1, 13)]
    imported(project, Page("s", [["月別", "平均氣溫", "件數"], *rows]))
    text = (project.folder / "inputs/own/publication.toml").read_text("utf-8")
    assert 'block = "key_figures"\nmetrics = ["件數"]' in text


def test_a_title_merged_over_fewer_columns_than_the_table_is_no_head(project: Project) -> None:
    heads = [["類別", "106年", "", "107年", ""], ["", "件數", "金額", "件數", "金額"]]
    page = Page(
        "s",
        [["案件", *[""] * 4], *heads, ["甲", 1, 2, 3, 4], ["乙", 5, 6, 7, 8]],
        ["A1:C1", "A2:A3", "B2:C2", "D2:E2"],
    )
    made = imported(project, page)
    assert not made.left_out and values(project)[0]["106", "甲"] == (1, 2)


# ---- a newer file ---------------------------------------------------------------------------


def test_a_newer_file_keeps_what_was_confirmed(project: Project) -> None:
    rows = [["年度", "件數", "金額"], ["105年", 1, 10], ["106年", 2, 20]]
    imported(project, Page("s", rows))
    file = project.folder / "inputs/datasets/own/dataset.toml"
    text = file.read_text("utf-8")
    line = next(one for one in text.splitlines() if one.startswith('column."件數"'))
    confirmed = 'column."件數" = { type = "whole", unit = "person", measure = "stock", label = { zh = "人數", en = "Staff" }, min = 0 }'
    text = text.replace(line, confirmed).replace("[table.s]", "[table.staff]")
    file.write_text(text, "utf-8")
    before = (project.folder / "inputs/own/publication.toml").read_bytes()
    newer = [["年度", "件數", "新增"], ["105年", 1, 5], ["106年", 4, 6], ["107年", 3, 7]]
    done = imported(project, Page("s", newer))
    kept = file.read_text("utf-8")
    assert confirmed in kept
    assert "[table.staff]" in kept
    assert (project.folder / "inputs/own/publication.toml").read_bytes() == before
    told = [line.en.strip() for line in done.changes]
    assert told == [
        "staff: new in roc_year: 107",
        "staff: new in column: 新增",
        "staff: no longer in column: 金額",
        "staff: row 3 (106), 件數: 2 is now 4",
    ]


def of_year(year: int, *kinds: str) -> Page:
    """The sheet of one year: its rows differ, and the sum of 106 is not that of its parts."""
    rows = [[kind, year * 10 + at, year * 20 + at] for at, kind in enumerate(kinds)]
    total = [sum(int(row[at]) for row in rows) + (year == 106) for at in (1, 2)]
    cells = [[f"{year}年度責任金額", "", ""], ["類別", "責任金額", "徵起金額"], *rows, ["合計", *total]]
    return Page(f"{year}年", cells)


def test_sheets_of_one_year_each_are_one_table_that_grows_by_a_sheet(project: Project) -> None:
    pages = [of_year(105, "財稅", "健保"), of_year(106, "財稅", "健保"), of_year(107, "財稅", "健保", "罰鍰")]
    expected = [
        {
            tuple(sorted((page.name[:3], str(kind)))): (Fraction(str(one)), Fraction(str(two)))
            for page in pages
            for kind, one, two in page.rows[2:-1]
        }
    ]
    imported(project, *pages[:2])
    file = project.folder / "inputs/datasets/own/dataset.toml"
    text = file.read_text("utf-8").replace('[table."責任金額"]', "[table.amounts]")
    file.write_text(text, "utf-8")
    assert 'differs = ["106年!B5", "106年!C5"]' in text
    imported(project, *pages)
    assert values(project) == expected
    assert sound(project) == []
    table = tables.read_dataset(project.folder, "own").tables["amounts"]
    column = next(name for name in table.columns if name not in table.key)
    sources = tables.sources_of(table, table.records, column)
    assert [(one.sheet, one.rows) for one in sources] == [
        ("105年", (3, 4)),
        ("106年", (3, 4)),
        ("107年", (3, 4, 5)),
    ]
    (project.folder / "inputs/datasets/own/own.xlsx").write_bytes(
        office.xlsx(*pages[:2], replace(pages[2], rows=[*pages[2].rows[:-1], ["合計", 1, 2]]))
    )
    (report,) = project.check("own")
    told = [problem.place for problem in report.problems]
    assert [(place.sheet, place.row) for place in told] == [("107年", 6)] * 2


# ---- what is refused ------------------------------------------------------------------------


def _no_table(folder: Path) -> list[str]:
    (folder / "own.csv").write_text("只有文字\n", "utf-8")
    return ["own.csv", "--into", "own"]


def _no_workbook(folder: Path) -> list[str]:
    (folder / "own.xlsx").write_bytes(b"%PDF-1.7")
    return ["own.xlsx", "--into", "own"]


def _not_there(folder: Path) -> list[str]:
    return ["nowhere.xlsx", "--into", "own"]


def _locked(folder: Path) -> list[str]:
    (folder / "own.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    return ["own.xlsx", "--into", "own"]


def _good(folder: Path) -> str:
    (folder / "own.csv").write_text("年度,件數\n106,1\n107,2\n", "utf-8")
    return "own.csv"


def _bad_name(folder: Path) -> list[str]:
    return [_good(folder), "--into", "../own"]


def _not_a_draft(folder: Path) -> list[str]:
    return [_good(folder), "--into", "my-branch"]


def _publication_there(folder: Path) -> list[str]:
    return [_good(folder), "--into", "my-branch-109"]


def _twice(folder: Path) -> list[str]:
    (folder / "more").mkdir()
    (folder / "more/own.csv").write_text("年度,件數\n106,1\n107,2\n", "utf-8")
    return [_good(folder), "more/own.csv", "--into", "own"]


@pytest.mark.parametrize(
    ("made", "code", "en", "zh"),
    [
        (_no_table, 3, "no table was found", "找不到表格"),
        (_no_workbook, 3, "PDF", "PDF"),
        (_not_there, 3, "no such file", "找不到這個檔案"),
        (_locked, 3, "password", "加密"),
        (_bad_name, 2, "is no name of a dataset", "不能作為資料集"),
        (_not_a_draft, 2, "was not made by", "並非由"),
        (_publication_there, 2, "is there already", "已存在"),
        (_twice, 3, "another file is called", "另有檔案也名為"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(
    project: Project, made: Callable[[Path], list[str]], code: int, en: str, zh: str
) -> None:
    folder = project.folder.parent
    words = [str(folder / word) if word.endswith((".csv", ".xlsx")) else word for word in made(folder)]
    before = {path: path.is_file() and path.read_bytes() for path in project.folder.rglob("*")}
    for language, said in (("en", en), ("zh", zh)):
        call = ["--project", str(project.folder), "--messages", language, "import", *words]
        done = CliRunner().invoke(main, call)
        assert (done.exit_code, said in done.output) == (code, True), done.output
    assert {path: path.is_file() and path.read_bytes() for path in project.folder.rglob("*")} == before


def test_without_a_project_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ReportgenError, match="reportgen init"):
        Project(tmp_path).import_(tmp_path / "own.csv", into="own")


def test_the_command_tells_what_it_read_and_what_is_to_do(project: Project) -> None:
    file = book(project, *office.PAGES)
    call = ["--project", str(project.folder), "import", str(file), "--into", "own"]
    done = CliRunner().invoke(main, call)
    assert done.exit_code == 0, done.output
    assert "own.xlsx:案件收結 → 案件收結情形: 103–107" in done.output
    assert "reportgen check own" in done.output


@pytest.mark.slow
@pytest.mark.sweep  # a bulletin is laid out
def test_the_trial_of_an_office_touches_few_lines() -> None:
    script = Path(__file__).resolve().parents[2] / "scripts/office-trial"
    done = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True)
    last = done.stdout.splitlines()[-1]
    counted = dict(word.split("=") for word in last.removeprefix("lines ").split())
    assert int(counted["first"]) <= 40
