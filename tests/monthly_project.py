"""A project whose tables are by month: a bulletin of a month, of a quarter, and one in the Gregorian calendar, in English alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = "inputs/datasets/monthly"
MONTHS = [(year, month) for year in (105, 106, 107) for month in range(1, 13) if (year, month) <= (107, 6)]
KINDS = (("tax", "財稅", "Tax"), ("fine", "罰鍰", "Fines"), ("fee", "費用", "Fees"))


def new_cases(year: int, month: int, kind: int) -> int:
    """Invented: a season, a trend, and a part for each kind."""
    return 900 + 13 * (year - 105) * month + 40 * ((month * 7 + kind * 5) % 9) - 210 * kind


def closed(year: int, month: int) -> int:
    return 1800 + 11 * (year - 105) * month + 35 * ((month * 5) % 8)


def pending(year: int, month: int) -> int:
    return 5000 + 12 * (12 * (year - 105) + month)


def by_kind(common: bool = False) -> Iterator[str]:
    yield "roc_year,month,kind,new_cases"
    for year, month in MONTHS:
        for number, (kind, *_) in enumerate(KINDS):
            yield f"{year + 1911 * common},{month},{kind},{new_cases(year, month, number)}"


def by_month(common: bool = False) -> Iterator[str]:
    yield "roc_year,month,closed_cases,pending_cases"
    for year, month in MONTHS:
        yield f"{year + 1911 * common},{month},{closed(year, month)},{pending(year, month)}"


MEMBERS = "".join(
    f'[[dimension.kind.member]]\nid = "{id_}"\nzh = "{zh}"\nen = "{en}"\n' for id_, zh, en in KINDS
)
MONTH = 'type = "whole"\nunit = "month"\nmin = 1\nmax = 12\nlabel = { zh = "月別", en = "Month" }\n'
COUNT = 'type = "whole"\nunit = "case"\n'
DATASET = f"""name = {{ zh = "某分署月統計", en = "Monthly statistics of a branch" }}
sample = {{ zh = "虛構資料", en = "Invented figures" }}

[dimension.kind]
label = {{ zh = "案件類別", en = "Case type" }}
{MEMBERS}
[table.kinds]
label = {{ zh = "各類新收件數", en = "New cases by type" }}
file = "kinds.csv"
key = ["roc_year", "month", "kind"]
[table.kinds.column.roc_year]
type = "roc_year"
[table.kinds.column.month]
{MONTH}[table.kinds.column.kind]
type = "member"
dimension = "kind"
[table.kinds.column.new_cases]
{COUNT}measure = "flow"
label = {{ zh = "新收件數", en = "New cases" }}

[table.months]
label = {{ zh = "終結及未結件數", en = "Closed and pending cases" }}
file = "months.csv"
key = ["roc_year", "month"]
[table.months.column.roc_year]
type = "roc_year"
[table.months.column.month]
{MONTH}[table.months.column.closed_cases]
{COUNT}measure = "flow"
label = {{ zh = "終結件數", en = "Closed cases" }}
[table.months.column.pending_cases]
{COUNT}measure = "stock"
label = {{ zh = "未結件數", en = "Pending cases" }}
"""


def caption(zh: str, en: str) -> str:
    return f'caption = {{ zh = "{zh}", en = "{en}" }}\n'


def head(period: str, since: str, more: str = "") -> str:
    return f"""kind = "bulletin"
dataset = "monthly"
period = {period}
since = {since}
{more}title = {{ zh = "執行統計公報", en = "Statistical Bulletin" }}
subtitle = {{ zh = "案件統計", en = "Case statistics" }}
issuer = {{ zh = "某分署", en = "Some Branch" }}
"""


SECTION = '\n[[section]]\ntitle = { zh = "收結情形", en = "Cases received and closed" }\n'
STORIES = "".join(
    f'[[section.block]]\nblock = "narrative"\nstory = "{story}"\nmetric = "{metric}"\n{more}'
    for story, metric, more in (
        ("trend", "new_cases", ""),
        ("to_date", "new_cases", ""),
        ("moving", "new_cases", ""),
        ("to_date", "closing_rate", ""),
        ("extremes", "pending_cases", ""),
        ("composition", "new_cases", 'by = "kind"\n'),
    )
)
TEXT = """[[section.block]]
block = "narrative"
text = { zh = "{to_date}新收{to_date.new_cases}，上月為{new_cases(before)}。", en = "New cases in {to_date}: {to_date.new_cases}; {new_cases(before)} the month before." }
claim = "new_cases > 0 and new_cases(previous) > 0"
"""
TABLES = f"""[[section.block]]
block = "key_figures"
metrics = ["new_cases", "closed_cases", "closing_rate"]
{STORIES}[[section.block]]
block = "table"
rows = "months"
columns = ["new_cases", "change.new_cases", "change_before.new_cases", "to_date.new_cases", "pending_cases", "closing_rate"]
total = true
from = "107-01"
{caption("107年各月收結件數", "Cases by month, 2018")}[[section.block]]
block = "table"
rows = "kind"
metric = "new_cases"
by = "months"
from = "107-01"
{caption("107年各月新收件數", "New cases by month, 2018")}[[section.block]]
block = "table"
rows = "years"
columns = ["new_cases", "closed_cases", "pending_cases"]
{caption("歷年收結件數", "Cases by year")}[[section.block]]
block = "table"
rows = "quarters"
columns = ["new_cases", "pending_cases"]
{caption("各季收結件數", "Cases by quarter")}[[section.block]]
block = "chart"
form = "line"
metrics = ["new_cases", "closed_cases"]
table = false
{caption("各月收結件數", "Cases by month")}[[section.block]]
block = "chart"
form = "line"
metrics = ["moving.new_cases"]
from = "106-01"
table = false
{caption("近12個月新收件數", "New cases, twelve months to date")}[[section.block]]
block = "chart"
form = "grouped_bar"
metrics = ["new_cases"]
by = "kind"
from = "107-01"
{caption("各類新收件數", "New cases by type")}"""
ANNEXES = """
[[section]]
title = { zh = "附錄", en = "Annexes" }
[[section.block]]
block = "data_annex"
[[section.block]]
block = "method_annex"
[[section.block]]
block = "source_annex"
"""
QUARTERLY = f"""[[section.block]]
block = "key_figures"
metrics = ["new_cases", "closed_cases"]
{STORIES}[[section.block]]
block = "table"
rows = "quarters"
columns = ["new_cases", "change.new_cases", "change_before.new_cases", "pending_cases"]
{caption("各季收結件數", "Cases by quarter")}[[section.block]]
block = "chart"
form = "grouped_bar"
metrics = ["new_cases", "closed_cases"]
{caption("各季收結圖", "Cases by quarter, chart")}[[section.block]]
block = "table"
rows = "fiscal_years"
columns = ["new_cases"]
from = "FY106"
to = "FY106"
{caption("會計年度新收件數", "New cases by fiscal year")}"""
PUBLICATIONS = {
    "month": head('"107-06"', '"105-01"') + SECTION + TABLES + TEXT + ANNEXES,
    "quarter": head('"107-Q2"', '"105-Q1"', "fiscal_year = { first_month = 7 }\n")
    + SECTION
    + QUARTERLY
    + ANNEXES,
    "common": head('"2018-06"', '"2016-01"', 'calendar = "gregorian"\nlanguages = ["en"]\n').replace(
        'dataset = "monthly"', 'dataset = "common"'
    )
    + SECTION
    + TABLES.replace('"107-', '"2018-').replace('"106-', '"2017-')
    + ANNEXES,
}


def project(folder: Path) -> Path:
    for name in ("templates", "styles"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "inputs").mkdir()
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(ROOT / "inputs" / name, folder / "inputs" / name)
    for dataset, common in (("monthly", False), ("common", True)):
        home = folder / "inputs/datasets" / dataset
        home.mkdir(parents=True)
        (home / "dataset.toml").write_text('calendar = "gregorian"\n' * common + DATASET, "utf-8")
        (home / "kinds.csv").write_text("\n".join(by_kind(common)) + "\n", "utf-8")
        (home / "months.csv").write_text("\n".join(by_month(common)) + "\n", "utf-8")
    for name, written in PUBLICATIONS.items():
        (folder / "inputs" / name).mkdir()
        (folder / "inputs" / name / "publication.toml").write_text(written, "utf-8")
    return folder
