"""The papers of an appraisal: what stands in them, what they hide, and that they are documents of record."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pypdfium2
import pytest
import python_calamine
from conftest import VeraPdf
from making import leaks_in, sample
from small_appraisal import ROOT, UNITS, material, month_rows, unit_rows, write_project

from reportgen.kinds.appraisal import documents as appraisal
from reportgen.kinds.material import read_material
from reportgen.model import Chart, Document, Edition, KeyFigures, Printed, Section, Table
from reportgen.model.errors import InputError, KindError
from reportgen.model.job import Written as Result
from reportgen.read import tables
from reportgen.write import workbook

pytestmark = pytest.mark.slow  # whole documents or projects, again and again

FORECAST = """
[forecast]
rules = "units"
column = "collected"
target = "target"
years = 1
"""


def paper(folder: Path, name: str = "units") -> Document:
    return appraisal.document(material(folder), name)


def tables_of(document: Document) -> dict[str, Table]:
    return {block.anchor: block for block in document.blocks if isinstance(block, Table)}


def figures(table: Table) -> Iterator[Printed]:
    yield from (cell.figure for row in table.rows for cell in row.cells if cell.figure)


# ---- sheets and league --------------------------------------------------------------------------


def test_each_unit_has_a_page_of_its_own(tmp_path: Path) -> None:
    document = paper(write_project(tmp_path))
    sheets = [block for block in document.blocks if isinstance(block, Section) and block.one_page]
    assert [sheet.title.zh for sheet in sheets] == [f"第{n}股" for n in (4, 3, 2, 1, 6, 5)]
    assert all(not sheet.flow for sheet in sheets)


def test_a_paper_of_one_branch_holds_its_units_with_their_rank_among_all(tmp_path: Path) -> None:
    document = paper(write_project(tmp_path, papers='["units-taipei"]'), "units-taipei")
    sheets = [block for block in document.blocks if isinstance(block, Section) and block.one_page]
    assert [sheet.title.zh for sheet in sheets] == ["第2股", "第1股"]
    cards = [block for block in document.blocks if isinstance(block, KeyFigures)]
    assert [card.cards[1].figure.plain for card in cards] == ["3", "4"]
    assert document.title.zh == "臺北分署各股執行業務績效評比表"


def test_the_points_of_the_items_and_the_adjustments_add_up_to_the_score(tmp_path: Path) -> None:
    table = tables_of(paper(write_project(tmp_path)))["t-units-points"]
    for row in table.rows:
        *parts, score = [cell.figure.value.exact for cell in row.cells if cell.figure]
        assert sum(part for part in parts if isinstance(part, Fraction)) == score


def test_the_change_of_rank_is_the_rank_before_less_the_rank_now(tmp_path: Path) -> None:
    """In 103 the units collected the other way round: who was first is last."""
    document = paper(write_project(tmp_path))
    rows = tables_of(document)["t-units-second-named"].rows
    assert [(row.head.zh, row.cells[1].figure.plain, row.cells[2].figure.plain) for row in rows] == [  # type: ignore[union-attr]
        ("第6股", "1", "+1"),
        ("第5股", "2", "−1"),
    ]


def test_without_a_year_before_there_is_no_change_of_rank(tmp_path: Path) -> None:
    units = [row for row in unit_rows() if row[0] == 104]
    months = [row for row in month_rows() if row[0] == 104]
    document = paper(write_project(tmp_path, units=units, months=months))
    for row in tables_of(document)["t-units-second-named"].rows:
        assert row.cells[2].figure is None


def test_a_missed_standard_is_marked_and_explained(tmp_path: Path) -> None:
    document = paper(write_project(tmp_path))
    found = tables_of(document)
    marks = {row.head.zh: row.cells[-1].mark for row in found["t-units-first-named"].rows}
    assert marks == {"第1股": "†", "第2股": "", "第3股": "", "第4股": ""}
    assert [note.mark for note in found["t-units-second-named"].notes] == ["†", ""]


def test_a_unit_whose_item_has_no_value_is_not_ranked_and_the_sheet_says_why(tmp_path: Path) -> None:
    units = unit_rows()
    for row in units:
        if row[1] == "yilan-02":
            row[6] = 0  # target
    document = paper(write_project(tmp_path, units=units))
    missing = [table for anchor, table in tables_of(document).items() if anchor.endswith("-missing")]
    (table,) = missing
    assert table.rows[0].cells[0].text is not None
    assert table.rows[0].cells[0].text.zh == "分母為零"


def test_every_paper_says_that_its_rules_are_an_assumption(tmp_path: Path) -> None:
    document = paper(write_project(tmp_path))
    assert "示範之假設，非機關規定" in str(document.blocks)


def test_each_figure_has_a_formula_and_rows(tmp_path: Path) -> None:
    document = paper(write_project(tmp_path))
    bare = [
        printed.value.metric
        for printed in document.printed
        if not printed.value.formula
        or not (printed.value.sources or printed.value.unit in ("count", "percent"))
    ]
    assert set(bare) <= {
        "appraisal.threshold.closed",
        "appraisal.weight.achievement",
        "appraisal.weight.closing",
    }


def test_the_order_of_the_rows_changes_nothing(tmp_path: Path) -> None:
    first = paper(write_project(tmp_path))
    turned = write_project(tmp_path, units=unit_rows()[::-1], months=month_rows()[::-1])
    second = paper(turned)
    assert [(p.value.metric, p.value.key, p.plain) for p in first.printed] == [
        (p.value.metric, p.value.key, p.plain) for p in second.printed
    ]


# ---- months and forecast ------------------------------------------------------------------------


def test_a_period_of_months_is_said_and_counted(tmp_path: Path) -> None:
    folder = write_project(tmp_path, period='"104-06"', papers='["units", "forecast"]', more=FORECAST)
    document = paper(folder)
    assert document.period.zh == "104年1月至6月" and document.period.en == "January to June 2015"
    # The standard of the year is missed by all in June.
    marks = {row.cells[-1].mark for row in tables_of(document)["t-units-first-named"].rows}
    assert marks == {"†"}


def test_the_forecast_adds_up_and_is_called_a_forecast(tmp_path: Path) -> None:
    folder = write_project(tmp_path, period='"104-06"', papers='["forecast"]', more=FORECAST)
    document = paper(folder, "forecast")
    table = tables_of(document)["t-forecast"]
    total, *rows = table.rows
    assert total.role == "total" and len(rows) == len(UNITS)
    for place in (0, 1, 4):
        parts = [row.cells[place].figure.value.exact for row in rows]  # type: ignore[union-attr]
        assert sum(parts) == total.cells[place].figure.value.exact  # type: ignore[union-attr, arg-type]
    assert "預測" in table.columns[4].label.zh and "forecast" in table.columns[4].label.en
    assert any(isinstance(block, Chart) and block.spec.target for block in document.blocks)


def test_the_workbook_holds_the_numbered_tables_with_the_figures_of_the_paper(tmp_path: Path) -> None:
    folder = write_project(tmp_path, period='"104-06"', papers='["forecast"]', more=FORECAST)
    document = paper(folder, "forecast")
    found = material(folder)
    content = workbook.write(
        document, "zh", found.words, found.registry.units, datetime(2015, 7, 1, tzinfo=UTC)
    )
    file = tmp_path / "forecast.ods"
    file.write_bytes(content)
    book = python_calamine.CalamineWorkbook.from_path(file)
    assert len(book.sheet_names) == 2
    cells = [cell for row in book.get_sheet_by_index(1).to_python() for cell in row]
    for figure in figures(tables_of(document)["t-forecast"]):
        exact = figure.value.exact / found.registry.units[figure.unit].factor  # type: ignore[operator]
        assert any(isinstance(cell, float) and abs(cell - exact) < Fraction(1, 10**6) for cell in cells), (
            figure
        )


OVERDUE_OF_CASES = """
kind = "appraisal"
dataset = "cases-104"
period = 104
issuer = { zh = "示範機關", en = "Sample agency" }
title = { zh = "逾期", en = "Overdue" }
subtitle = { zh = "示範", en = "Sample" }
papers = ["overdue"]

[overdue]
table = "case_load"
by = "case_type"
pending = "pending_cases"
overdue = "overdue_cases"
beyond_five = "beyond_five_years"
"""


def test_overdue_cases_may_be_counted_from_single_cases(tmp_path: Path) -> None:
    """The figures have the query that selects their cases."""
    for name in ("datasets/cases-104", "glossary.csv", "metrics.toml"):
        source, target = ROOT / "inputs" / name, tmp_path / "inputs" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    for name in ("templates", "styles"):
        (tmp_path / name).symlink_to(ROOT / name)
    folder = tmp_path / "inputs" / "late"
    folder.mkdir()
    (folder / "publication.toml").write_text(OVERDUE_OF_CASES, "utf-8")
    document = appraisal.document(read_material(tmp_path, "late"), "overdue")
    total, *types = tables_of(document)["t-overdue-types"].rows
    for place in (0, 1, 3):
        figure = total.cells[place].figure
        assert figure is not None and isinstance(figure.value.exact, Fraction)
        assert figure.value.exact == sum(row.cells[place].figure.value.exact for row in types)  # type: ignore[union-attr, misc]
        assert "SELECT" in figure.value.sources[0].query
    assert not any("parquet" in file for file in document.attached or ())


# ---- publication.toml ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "place", "said"),
    [
        ({"papers": '["unit"]'}, "papers", "there is no paper 'unit'"),
        ({"papers": '["units-tainan"]'}, "papers", "there is no branch 'tainan'"),
        ({"papers": '["branches-taipei"]'}, "papers", "is of all branches"),
        ({"papers": '["forecast"]', "more": FORECAST}, "papers", "nothing to forecast"),
        ({"papers": '["forecast"]', "period": '"104-06"'}, "forecast", "is missing"),
        ({"period": '"104-13"'}, "period", "'104-13' is not a month"),
        ({"period": '"2015"'}, "period", "'2015' is not a month"),
        (
            {"more": '[names]\nofficers = "x"'},
            "names: officers",
            '"x" is unknown; known: whole, mid-mask, surname-only',
        ),
        ({"more": '[names]\nunits = "mid-mask"'}, "names: units", "known here: officers, attitude"),
        ({"more": '[names]\noverdue = "whole"'}, "names: overdue", "known here: officers, attitude"),
        (
            {"more": "[attitude]\nleast_months = 13"},
            "attitude: least_months",
            "13 is out of range; write a number from 1 to 12",
        ),
        (
            {"more": '[[signature]]\nname = { zh = "甲", en = "A" }'},
            "signature 1: title",
            'write title = { zh = "…", en = "…" }',
        ),
        ({"more": "surprise = 1"}, "surprise", "is an unknown key"),
    ],
)
def test_a_fault_of_the_publication_is_told_with_its_place(
    tmp_path: Path, given: dict[str, str], place: str, said: str
) -> None:
    folder = write_project(tmp_path, **given)  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        paper(folder)
    found = [(problem.place.column, problem.en) for problem in caught.value.problems]
    assert any(column.startswith(place) and said in en for column, en in found), found
    assert all(problem.zh != problem.en for problem in caught.value.problems)


def test_awards_have_no_months(tmp_path: Path) -> None:
    folder = write_project(tmp_path, period='"104-06"')
    file = folder / "inputs/small-104/publication.toml"
    file.write_text(file.read_text("utf-8").replace('kind = "appraisal"', 'kind = "awards"'), "utf-8")
    with pytest.raises(InputError, match="not an ROC year"):
        material(folder)


def test_rules_that_are_missing_are_told(tmp_path: Path) -> None:
    folder = write_project(tmp_path, papers='["officers"]')
    with pytest.raises(KindError, match=r"officers\.toml.*missing"):
        paper(folder, "officers")


def test_more_sheets_than_a_file_holds_are_told_with_the_way_out(tmp_path: Path) -> None:
    units, months = [], []
    for number in range(1, 161):
        units.append(
            [104, f"taipei-{number}", "taipei", "first", f"第{number}股", f"Unit {number}", 1200, 0, 0, 9]
        )
        months += [[104, month, "taipei", f"taipei-{number}", 90, 10, 100] for month in range(1, 13)]
    folder = write_project(tmp_path, units=units, months=months)
    with pytest.raises(InputError, match=r'160 sheets.*papers = \["units-taipei"'):
        paper(folder)


def test_forecast_and_overdue_name_columns_that_exist(tmp_path: Path) -> None:
    more = FORECAST.replace('"collected"', '"colected"')
    folder = write_project(tmp_path, period='"104-06"', papers='["forecast"]', more=more)
    with pytest.raises(InputError, match="has no column colected"):
        paper(folder, "forecast")
    more = '[overdue]\ntable = "months"\nby = "kind"\npending = "p"\noverdue = "o"\nbeyond_five = "b"'
    folder = write_project(tmp_path, papers='["overdue"]', more=more)
    with pytest.raises(InputError) as caught:
        paper(folder, "overdue")
    assert len(caught.value.problems) == 4


# ---- names --------------------------------------------------------------------------------------


def made_of(name: str, edition: Edition, publication: str = "appraisal-104") -> Result:
    return sample(publication, name, edition).result


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_attitude_masks_every_name_and_nothing_leaks() -> None:
    made = made_of("attitude-yilan", "both")
    staff = tables.read_dataset(ROOT, "responsibility").tables["staff"]
    whole = [str(record.cells[name]) for record in staff.records for name in ("name", "name_en")]
    assert not leaks_in(made.content, whole)
    assert "○" in text_of(made.content)


def test_the_whole_names_of_all_staff_are_looked_for_in_a_paper_that_masks_them() -> None:
    document = appraisal.document(read_material(ROOT, "appraisal-104"), "attitude")
    staff = tables.read_dataset(ROOT, "responsibility").tables["staff"]
    assert set(document.hidden) == {
        str(record.cells[name]) for record in staff.records for name in ("name", "name_en")
    }
    assert not any(file.endswith(".csv") for file in document.attached or ())


def test_officers_of_one_branch_hide_those_of_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "inputs" / "assessed"
    shutil.copytree(ROOT / "inputs", tmp_path / "inputs", ignore=shutil.ignore_patterns("scans", "agency"))
    for name in ("templates", "styles"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(tmp_path / "inputs" / "appraisal-104", folder)
    file = folder / "publication.toml"
    listed = '"officers", "attitude", "overdue",'
    file.write_text(file.read_text("utf-8").replace(listed, '"officers-yilan",'), "utf-8")
    document = appraisal.document(read_material(tmp_path, "assessed"), "officers-yilan")
    staff = tables.read_dataset(ROOT, "responsibility").tables["staff"]
    officers = [record for record in staff.records if record.cells["title"] == "officer"]
    shown = {str(record.cells["name"]) for record in officers if record.cells["branch"] == "yilan"}
    others = {str(record.cells["name"]) for record in officers} - shown
    assert others <= set(document.hidden) and not shown & set(document.hidden)


# ---- documents of record ------------------------------------------------------------------------


@pytest.mark.parametrize("edition", ["both", "zh", "en"])
def test_the_papers_are_archival_accessible_and_explain_their_numbers(
    edition: Edition, verapdf: VeraPdf, tmp_path: Path
) -> None:
    made = [made_of("forecast", edition, "appraisal-104-06"), made_of("attitude-yilan", edition)]
    if edition == "both":
        made += [
            made_of("branches", edition),
            made_of("overdue", edition),
            made_of("officers-yilan", edition),
        ]
    files = []
    for number, result in enumerate(made):
        file = tmp_path / f"{number}.pdf"
        file.write_bytes(result.content)
        files.append(file)
    verdicts = verapdf(files, ("3a", "ua1"))
    assert [str(verdict) for verdict in verdicts if not verdict.compliant] == []


@pytest.mark.sweep  # its papers are built once for the others
def test_the_command_builds_verifies_and_traces(tmp_path: Path) -> None:
    def reportgen(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(ROOT / ".venv/bin/python"), "-m", "reportgen", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    out = ("--out", str(tmp_path))
    built = reportgen("build", "appraisal-104-06", *out)
    assert built.returncode == 0, built.stdout + built.stderr
    again = reportgen("build", "appraisal-104-06", *out)
    assert again.stdout.count("unchanged") == 5, again.stdout
    pdfs = sorted(str(file) for file in (tmp_path / "appraisal-104-06").glob("*.pdf"))
    verified = reportgen("verify", *pdfs)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    ledger = json.loads((tmp_path / "appraisal-104-06" / "forecast.ledger.json").read_text("utf-8"))
    rate = next(v for v in ledger["figures"] if v["metric"] == "forecast.rate")
    traced = reportgen("trace", str(tmp_path / "appraisal-104-06" / "forecast.pdf"), rate["printed"])
    assert "months.csv" in traced.stdout, traced.stdout
