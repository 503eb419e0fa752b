"""A project with a small appraisal: three branches, six units, two years of months, all numbers made by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reportgen.compute import appraisal, rules
from reportgen.compute.appraisal import Period
from reportgen.compute.rules.model import Result
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.values import Book
from reportgen.kinds.material import Material, read_material
from reportgen.read import parity, tables
from reportgen.read.metrics import read_registry

ROOT = Path(__file__).resolve().parent.parent
BRANCHES = {"taipei": "first", "shilin": "first", "yilan": "second"}
UNITS = ("taipei-01", "taipei-02", "shilin-01", "shilin-02", "yilan-01", "yilan-02")

DATASET = """
name = { zh = "小評比", en = "Small assessment" }
time = "roc_year"

[dimension.branch]
label = { zh = "分署", en = "Branch" }
member = [
  { id = "taipei", zh = "臺北分署", en = "Taipei Branch" },
  { id = "shilin", zh = "士林分署", en = "Shilin Branch" },
  { id = "yilan", zh = "宜蘭分署", en = "Yilan Branch" },
]

[dimension.class]
label = { zh = "類別", en = "Class" }
member = [{ id = "first", zh = "甲類", en = "Class A" }, { id = "second", zh = "乙類", en = "Class B" }]

[table.units]
label = { zh = "各股", en = "Units" }
file = "units.csv"
key = ["roc_year", "unit_id"]
column.roc_year = { type = "roc_year", min = 100, max = 110 }
column.unit_id = { type = "text", label = { zh = "股代號", en = "Unit number" } }
column.branch = { type = "member", dimension = "branch" }
column.class = { type = "member", dimension = "class" }
column.name = { type = "text", label = { zh = "股名", en = "Unit" } }
column.name_en = { type = "text", label = { zh = "股名（英文）", en = "Unit in English" } }
column.target = { type = "whole", unit = "twd", min = 0, label = { zh = "基本徵起責任金額", en = "Basic responsibility amount for collection" } }
column.prizes = { type = "whole", unit = "count", min = 0, label = { zh = "獲獎", en = "Prizes" } }
column.complaints = { type = "whole", unit = "count", min = 0, label = { zh = "陳情", en = "Complaints" } }
column.own_points = { type = "whole", unit = "score", min = 0, max = 100, label = { zh = "自評分數", en = "Own points" } }

[table.months]
label = { zh = "各月", en = "Months" }
file = "months.csv"
key = ["roc_year", "month", "unit_id"]
column.roc_year = { type = "roc_year", min = 100, max = 110 }
column.month = { type = "whole", unit = "month", min = 1, max = 12, label = { zh = "月", en = "Month" } }
column.branch = { type = "member", dimension = "branch" }
column.unit_id = { type = "text", label = { zh = "股代號", en = "Unit number" } }
column.collected = { type = "whole", unit = "twd", min = 0, label = { zh = "徵起金額", en = "Collected amount" } }
column.closed_cases = { type = "whole", unit = "case", min = 0, label = { zh = "終結件數", en = "Closed cases" } }
column.pending_cases = { type = "whole", unit = "case", min = 0, label = { zh = "未結件數", en = "Pending cases" } }
"""

RULES = """
title = { zh = "小評比", en = "Small assessment" }
standing = "assumption"
basis = { zh = "假設", en = "assumption" }
month = "month"

[candidates]
table = "units"
id = "unit_id"
name = "name"
name_en = "name_en"
branch = "branch"

[[complete]]
table = "months"
by = "unit_id"
branch = "branch"
every_month = true

[[group]]
id = "first"
label = { zh = "甲類", en = "class A" }
where = { class = "first" }

[[group]]
id = "second"
label = { zh = "乙類", en = "class B" }
where = { class = "second" }

[[column]]
id = "collected"
label = { zh = "徵起金額", en = "Collected amount" }
table = "months"
of = "collected"
take = "sum"
by = "unit_id"

[[column]]
id = "closed_cases"
label = { zh = "終結件數", en = "Closed cases" }
table = "months"
of = "closed_cases"
take = "sum"
by = "unit_id"

[[column]]
id = "pending_cases"
label = { zh = "未結件數", en = "Pending cases" }
table = "months"
of = "pending_cases"
take = "sum"
by = "unit_id"
at = "end"

[[column]]
id = "achievement_rate"
label = { zh = "達成率", en = "Achievement rate" }
formula = "collected / target"
unit = "percent"
digits = 2

[[column]]
id = "closing_rate"
label = { zh = "結案率", en = "Closing rate" }
formula = "closed_cases / (closed_cases + pending_cases)"
unit = "percent"
digits = 2

[[item]]
id = "achievement"
label = { zh = "達成率", en = "Achievement rate" }
column = "achievement_rate"
weight = 60
bands = [
  { below = 90, points = 60 },
  { from = 90, below = 100, points = 80 },
  { from = 100, points = 100 },
]
own = "own_points"
more = { label = { zh = "尚須徵起", en = "to collect" }, formula = "goal * target - collected", unit = "twd" }

[[item]]
id = "closing"
label = { zh = "結案率", en = "Closing rate" }
column = "closing_rate"
weight = 40
cap = 100

[[adjustment]]
id = "prizes"
kind = "bonus"
label = { zh = "獲獎", en = "Prizes" }
column = "prizes"
each = 0.5
cap = 1

[[adjustment]]
id = "complaints"
kind = "deduction"
label = { zh = "陳情", en = "Complaints" }
column = "complaints"
each = 2

[score]
least = 0
most = 100

[[standard]]
id = "closed"
label = { zh = "終結件數", en = "Closed cases" }
column = "closed_cases"
at_least = 130

[rank]
by = "score"
method = "competition"
digits = 2
"""

PUBLICATION = """
kind = "appraisal"
dataset = "small"
period = {period}
issuer = {{ zh = "示範機關", en = "Sample agency" }}
title = {{ zh = "小評比", en = "Small assessment" }}
subtitle = {{ zh = "示範", en = "Sample" }}
papers = {papers}
{more}
"""

UNIT_HEAD = "roc_year,unit_id,branch,class,name,name_en,target,prizes,complaints,own_points"
MONTH_HEAD = "roc_year,month,branch,unit_id,collected,closed_cases,pending_cases"


def unit_rows() -> list[list[Any]]:
    """Each unit has a target of 1,200 a year; the first of them 2 prizes more than count, the second a complaint."""
    rows = []
    for year in (103, 104):
        for number, unit in enumerate(UNITS):
            branch = unit.split("-")[0]
            prizes, complaints = (3 if number == 0 else 0), (1 if number == 1 else 0)
            name = f"第{number + 1}股"
            rows.append(
                [
                    year,
                    unit,
                    branch,
                    BRANCHES[branch],
                    name,
                    f"Unit {number + 1}",
                    1200,
                    prizes,
                    complaints,
                    90,
                ]
            )
    return rows


def month_rows() -> list[list[Any]]:
    """Unit n collects 80 + 10n a month in 104 and 130 - 10n in 103, closes 10 + n and has 100 pending."""
    rows = []
    for year in (103, 104):
        for month in range(1, 13):
            for number, unit in enumerate(UNITS):
                collected = 80 + 10 * number if year == 104 else 130 - 10 * number
                rows.append([year, month, unit.split("-")[0], unit, collected, 10 + number, 100])
    return rows


def write_project(
    folder: Path,
    units: Iterable[Iterable[Any]] | None = None,
    months: Iterable[Iterable[Any]] | None = None,
    rules_toml: str = RULES,
    papers: str = '["units"]',
    period: str = "104",
    more: str = "",
    others: Mapping[str, str] | None = None,
) -> Path:
    """`others` are further files of inputs/ with their text."""
    for name in ("templates", "styles"):
        if not (folder / name).exists():
            shutil.copytree(ROOT / name, folder / name)
    dataset = folder / "inputs" / "datasets" / "small"
    dataset.mkdir(parents=True, exist_ok=True)
    for name in ("glossary.csv", "metrics.toml"):
        shutil.copy(ROOT / "inputs" / name, folder / "inputs" / name)
    (dataset / "dataset.toml").write_text(DATASET, encoding="utf-8")
    for name, head, rows in (
        ("units.csv", UNIT_HEAD, unit_rows() if units is None else units),
        ("months.csv", MONTH_HEAD, month_rows() if months is None else months),
    ):
        lines = [head, *(",".join(map(str, row)) for row in rows)]
        (dataset / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    publication = folder / "inputs" / "small-104"
    publication.mkdir(exist_ok=True)
    (publication / "units.toml").write_text(rules_toml, encoding="utf-8")
    (publication / "publication.toml").write_text(
        PUBLICATION.format(period=period, papers=papers, more=more), encoding="utf-8"
    )
    for name, text in (others or {}).items():
        (folder / "inputs" / name).write_text(text, encoding="utf-8")
    return folder


def material(folder: Path) -> Material:
    return read_material(folder, "small-104")


def decided(folder: Path, period: Period, check: bool = True) -> tuple[Scheme, Book, Result]:
    """The scheme of the units at the end of a period, its numbers and its outcome."""
    registry, dataset = read_registry(folder), tables.read_dataset(folder, "small")
    declared = tables.describe(folder, "small")
    scheme = rules.read_scheme(
        folder, "small-104", declared, registry.units, parity.read_glossary(folder), "units", period.year
    )
    cut = appraisal.at(scheme, declared, period)
    book = Book(cut, dataset, registry.units)
    if check:
        appraisal.check_rows(book, period)
    return cut, book, rules.decide(cut, dataset, registry.units, book)
