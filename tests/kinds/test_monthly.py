"""Bulletins of a month, of a quarter, and one in English that counts Gregorian years: what stands in them, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import making
import monthly_project
import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.kinds import kinds
from reportgen.kinds.material import read_material
from reportgen.model import Chart, Document, Paragraphs, Table
from reportgen.model.errors import InputError
from reportgen.model.periods import Month
from reportgen.read.pdf_text import joined, reading_order
from reportgen.read.words import said
from reportgen.verify.documents import unrecorded
from reportgen.write.charts import alternative


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return monthly_project.project(tmp_path_factory.mktemp("monthly"))


@pytest.fixture(scope="module")
def composed(project: Path) -> Mapping[str, Document]:
    materials = {name: read_material(project, name) for name in monthly_project.PUBLICATIONS}
    return {name: kinds()["bulletin"].compose(one, "bulletin") for name, one in materials.items()}


def tables(document: Document) -> dict[str, Table]:
    return {block.caption.en: block for block in document.blocks if isinstance(block, Table)}


def charts(document: Document) -> dict[str, Chart]:
    return {block.caption.en: block for block in document.blocks if isinstance(block, Chart)}


def sentences(document: Document, language: str) -> str:
    lines = [line for block in document.blocks if isinstance(block, Paragraphs) for line in block.lines]
    return "\n".join(said(line.zh, "zh") if language == "zh" else said(line.en, "en") for line in lines)


def test_a_change_within_a_year_is_called_one_on_the_same_period(project: Path) -> None:
    """A month has no year before: its registry names what it is compared with."""
    names = {one: read_material(project, one).registry.metrics["change"] for one in ("month", "quarter")}
    assert {metric.name.en for metric in names.values()} == {"{metric}, year on year"}
    assert {metric.basis.zh for metric in names.values() if metric.basis} == {"（本期－上年同期）÷上年同期"}


def test_tables_have_months_quarters_and_years_downwards_or_across(composed: Mapping[str, Document]) -> None:
    made = tables(composed["month"])
    by_month = made["Cases by month, 2018"]
    assert [row.head.zh for row in by_month.rows] == [*(f"107年{n}月" for n in range(1, 7)), "合計"]
    assert (by_month.stub.zh, by_month.rows[0].latin) == ("月別", "Jan 2018")
    june = {
        column.label.en: cell.figure
        for column, cell in zip(by_month.columns, by_month.rows[5].cells, strict=True)
    }
    total = sum(monthly_project.new_cases(107, month, kind) for month in range(1, 7) for kind in range(3))
    figure = june["New cases, year to date"]
    assert figure and figure.value.exact == total
    assert [column.label.en for column in made["New cases by month, 2018"].columns][:2] == [
        "Jan 2018",
        "Feb 2018",
    ]
    assert [row.head.zh for row in made["Cases by year"].rows] == ["105年", "106年"]  # 107 is not over
    assert made["Cases by quarter"].rows[-1].head.zh == "107年第2季"
    assert [row.head.en for row in tables(composed["quarter"])["New cases by fiscal year"].rows] == [
        "FY 2017"
    ]


def test_a_chart_shows_months_and_says_them_in_words(composed: Mapping[str, Document]) -> None:
    spec = charts(composed["month"])["Cases by month"].spec
    assert [x for x, _ in spec.xs][-1] == Month.of(107, 6) and len(spec.xs) == 30
    zh, en = alternative(spec, "zh"), alternative(spec, "en")
    assert "民國105年1月至107年6月" in zh and "107年6月 3,138" in zh
    assert "January 2016 to June 2018" in en and "3,138 in June 2018" in en


def test_stories_say_what_a_statistics_office_says(composed: Mapping[str, Document]) -> None:
    zh, en = (sentences(composed["month"], language) for language in ("zh", "en"))
    for words in (
        "較上年同月增加",
        "與上月比較，增加",
        "累計107年1至6月新收案件為",
        "近12個月（106年7月至107年6月）",
    ):
        assert words in zh
    for words in (
        "on the same month of the year before",
        "For January to June 2018 as a whole,",
        "the 12 months to June 2018",
    ):
        assert words in en
    quarter = sentences(composed["quarter"], "zh")
    assert "107年第2季新收案件為" in quarter and "較上年同季" in quarter and "與上季比較" in quarter


def test_a_gregorian_bulletin_holds_the_same_figures(composed: Mapping[str, Document]) -> None:
    roc, common = (tables(composed[name])["Cases by month, 2018"] for name in ("month", "common"))
    figures = [
        [[cell.figure and cell.figure.plain for cell in row.cells] for row in one.rows]
        for one in (roc, common)
    ]
    assert figures[0] == figures[1]
    assert common.rows[0].head.zh == "2018年1月" and composed["common"].period.zh == "2018年6月"
    assert "民國" not in sentences(composed["common"], "zh") and "107年" not in sentences(
        composed["common"], "zh"
    )


def changed(tmp_path: Path, old: str, new: str, file: str = "month/publication.toml") -> Path:
    folder = monthly_project.project(tmp_path / "project")
    path = folder / "inputs" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return folder


def test_a_table_by_months_has_common_heads_and_groups_and_words_of_each_month(tmp_path: Path) -> None:
    groups = 'groups = [{ name = { zh = "公法", en = "Public" }, members = ["tax", "fine"] }]\n'
    spans = 'spans = [{ head = { zh = "第1季", en = "First quarter" }, columns = ["107-01", "107-02", "107-03"] }]\n'
    folder = changed(
        tmp_path,
        'rows = "kind"\nmetric = "new_cases"\n',
        f'rows = "kind"\nmetric = "new_cases"\n{groups}{spans}',
    )
    file = folder / "inputs/month/publication.toml"
    words = 'columns = ["new_cases", "remark", "change.new_cases"'
    file.write_text(
        file.read_text("utf-8").replace('columns = ["new_cases", "change.new_cases"', words, 1), "utf-8"
    )
    dataset = folder / "inputs/datasets/monthly"
    column = '[table.months.column.remark]\ntype = "text"\nlabel = { zh = "備註", en = "Remark" }\n'
    with (dataset / "dataset.toml").open("a", encoding="utf-8") as opened:
        opened.write(column)
    first, *rows = (dataset / "months.csv").read_text("utf-8").splitlines()
    rows = [f"{row},{'風災' if row.startswith('107,3,') else '-'}" for row in rows]
    (dataset / "months.csv").write_text("\n".join([f"{first},remark", *rows]) + "\n", "utf-8")
    made = tables(kinds()["bulletin"].compose(read_material(folder, "month"), "bulletin"))
    across = made["New cases by month, 2018"]
    assert [column.group and column.group.en for column in across.columns[:4]] == [
        *["First quarter"] * 3,
        None,
    ]
    sums = [monthly_project.new_cases(107, 1, kind) for kind in range(2)]
    figure = across.rows[0].cells[0].figure
    assert across.rows[0].role == "subtotal" and figure and figure.value.exact == sum(sums)
    remark = made["Cases by month, 2018"].rows[2].cells[1].text
    assert remark and remark.zh == "風災"


FAULTS = [
    (
        'period = "107-06"',
        'period = "107-13"',
        'period: "107-13" is no period; write a year as 107 without quotation marks, else 107-06, 107-Q2, 107-H1, FY107',
    ),
    (
        'period = "107-06"',
        "period = 2018",
        "period: 2018 is not an ROC year; write 107 for 2018 (is it 107?)",
    ),
    ('since = "105-01"', "since = 105", "since: 105 and the period 107-06 are of different kinds"),
    ('since = "105-01"', 'since = "107-07"', "since: 107-07 is after the period 107-06"),
    (
        'rows = "months"',
        'rows = "weeks"',
        '"weeks" is unknown; known: years, halves, quarters, months, fiscal_years, kind',
    ),
    (
        'rows = "months"',
        'rows = "quarters"',
        "from: 107-01 and the rows or columns are of different kinds (quarter, month)",
    ),
    ('rows = "months"', 'rows = "fiscal_years"', "different kinds"),
    ('rows = "quarters"', 'rows = "fiscal_years"', "nobody has said when a fiscal year begins"),
    ('from = "106-01"', 'from = "107-09"', "from: 107-09 is after to = 107-06"),
    (
        'story = "to_date"\nmetric = "new_cases"',
        'story = "to_date"\nmetric = "pending_cases"',
        "is not added up",
    ),
    ("new_cases > 0", "new_cases('107-99') > 0", "'107-99' is neither a year nor a member"),
    ('period = "107-06"', 'calendar = "lunar"\nperiod = "107-06"', 'calendar: "lunar" is'),
    (
        'period = "107-06"\nsince = "105-01"',
        "period = 107\nsince = 105",
        "to_date is told of a month, quarter",
    ),
    ('period = "107-06"', 'period = "FY107"', "fiscal_year: is missing: say when a fiscal year begins"),
]


@pytest.mark.parametrize(("old", "new", "fault"), FAULTS, ids=[fault[1] for fault in FAULTS])
def test_a_wrong_period_is_told_with_what_would_be_right(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    folder = changed(tmp_path, old, new)
    with pytest.raises(InputError) as refused:
        kinds()["bulletin"].compose(read_material(folder, "month"), "bulletin")
    assert any(fault in one.say() for one in refused.value.problems), [
        one.say() for one in refused.value.problems
    ]
    assert all(one.zh != one.en for one in refused.value.problems)


def test_a_month_that_is_not_there_yet_is_named(tmp_path: Path) -> None:
    folder = changed(tmp_path, 'period = "107-06"', 'period = "107-07"')
    with pytest.raises(InputError, match=r"無107年7月資料|has no row for July 2018"):
        kinds()["bulletin"].compose(read_material(folder, "month"), "bulletin")


@pytest.mark.slow
def test_the_pages_of_a_month_hold_no_number_without_a_record(project: Path, tmp_path: Path) -> None:
    made = list(making.build(project, tmp_path, ["month"]))
    assert [(one.state, one.problems) for one in made] == [("made", ())]
    pdf, ledger = (
        (tmp_path / "month/bulletin.pdf").read_bytes(),
        json.loads((tmp_path / "month/ledger.json").read_text("utf-8")),
    )
    assert unrecorded(pdf, ledger) == []
    assert {"roc_year": 107, "month": 6} in [figure["key"] for figure in ledger["figures"]]
    words = " ".join(run.words for run in joined(reading_order(pdf)))
    assert "105年1月至107年6月" in words.replace(" ", "")


def test_next_months_bulletin_is_made_of_this_months(tmp_path: Path) -> None:
    folder = monthly_project.project(tmp_path / "project")
    (folder / "inputs/month").rename(folder / "inputs/cases-107-06")
    made = CliRunner().invoke(main, ["--project", str(folder), "new-year", "cases-107-06"])
    assert made.exit_code == 0, made.output
    text = (folder / "inputs/cases-107-07/publication.toml").read_text("utf-8")
    assert 'period = "107-07"\nsince = "105-01"' in text and 'from = "107-01"' in text
    wrong = CliRunner().invoke(main, ["--project", str(folder), "new-year", "cases-107-06", "107-Q3"])
    assert wrong.exit_code == 2 and "107-07" in wrong.output
