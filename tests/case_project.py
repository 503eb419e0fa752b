"""A project whose dataset is single cases, in any form of file, and what its tables must hold by plain counting."""

from __future__ import annotations

import calendar
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from reportgen.read.tables import CASE_COLUMNS, CASE_COUNTS

Case = dict[str, Any]
FIRST, LAST = 95, 104
LIMITS = {"tax": 24, "health": 12, "fine": 7, "fee": 12}
BRANCHES = ("north", "south", "east")  # east exists from 100 on
TYPES = {
    "case_id": pyarrow.string(),
    "branch": pyarrow.string(),
    "unit": pyarrow.string(),
    "officer": pyarrow.string(),
    "roc_year": pyarrow.int16(),
    "case_type": pyarrow.string(),
    "opened": pyarrow.date32(),
    "closed": pyarrow.date32(),
    "referred_amount": pyarrow.int64(),
    "collected_amount": pyarrow.int64(),
    "cost": pyarrow.int64(),
}
KEYS = {
    "by_unit": ("roc_year", "branch", "unit", "case_type"),
    "by_type": ("case_type", "roc_year"),
    "by_officer": ("roc_year", "officer"),
    "whole": ("roc_year",),
}


def declaration(file: str, more: str = "") -> str:
    tables = "".join(
        f'[table.{name}]\nfrom = "cases"\nlabel = {{ zh = "{name}", en = "{name}", meant = "ids of a test" }}\nkey = {list(key)!r}\n'
        + "".join(
            f'[table.{name}.column.{name}_{counts}]\ncounts = "{counts}"\nlabel = {{ zh = "{counts}", en = "{counts}", meant = "ids of a test" }}\n'
            for counts in CASE_COUNTS
        )
        for name, key in KEYS.items()
    )
    members = "".join(
        f'[[dimension.branch.member]]\nid = "{id}"\nzh = "{id}分署"\nen = "{id} branch"\nmeant = "ids of a test"\n'
        + ("first_year = 100\n" if id == "east" else "")
        for id in BRANCHES
    )
    types = "".join(
        f'[[dimension.case_type.member]]\nid = "{id}"\nzh = "{id}"\nen = "{id}"\nmeant = "ids of a test"\n'
        for id in LIMITS
    )
    limits = "".join(f"{id} = {months}\n" for id, months in LIMITS.items() if id != "fee")
    return f"""
name = {{ zh = "個案", en = "Cases" }}
[dimension.branch]
label = {{ zh = "分署", en = "Branch" }}
{members}
[dimension.case_type]
label = {{ zh = "類別", en = "Type" }}
{types}
[cases]
label = {{ zh = "個案", en = "Single cases" }}
file = "{file}"
years = [{FIRST}, {LAST}]
threads = 2
{more}
[cases.limit]
{limits}
{tables}
"""


def project(folder: Path, file: str, more: str = "") -> Path:
    """A project with the dataset `d`; its cases are for `write` to put there."""
    home = folder / "inputs" / "datasets" / "d"
    home.mkdir(parents=True, exist_ok=True)
    (home / "dataset.toml").write_text(declaration(file, more), "utf-8")
    return folder


def case(number: int, **different: Any) -> Case:
    """A sound case; what is named is otherwise."""
    return {
        "case_id": f"104-{number:06}",
        "branch": "north",
        "unit": "01",
        "officer": "n1",
        "roc_year": 103,
        "case_type": "tax",
        "opened": date(2014, 5, 6),
        "closed": None,
        "referred_amount": 1000,
        "collected_amount": 200,
        "cost": 30,
        **different,
    }


def as_parquet(path: Path, cases: Sequence[Case]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {name: pyarrow.array([one[name] for one in cases], kind) for name, kind in TYPES.items()}
    parquet.write_table(pyarrow.table(arrays), path)


def as_folder(path: Path, cases: Sequence[Case], parts: int = 3) -> None:
    for part in range(parts):
        as_parquet(path / f"part-{part}.parquet", cases[part::parts])


def as_csv(path: Path, cases: Iterable[Mapping[str, Any]], roc: bool = False) -> None:
    def cell(value: Any) -> str:
        if isinstance(value, date):
            return f"{value.year - 1911}/{value.month}/{value.day}" if roc else value.isoformat()
        return "" if value is None else str(value)

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CASE_COLUMNS)
    writer.writerows([cell(one[name]) for name in CASE_COLUMNS] for one in cases)
    path.write_text(text.getvalue(), "utf-8")


# ---- what the tables must hold ----------------------------------------------------------------


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last."""
    year, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


def measures(case: Case, year: int) -> dict[str, int]:
    """What one case adds to each measure of a ROC year."""
    end = date(year + 1911, 12, 31)
    pending = case["opened"] <= end and (case["closed"] is None or case["closed"] > end)
    new = case["roc_year"] == year
    return {
        "new": new,
        "closed": bool(case["closed"] and case["closed"].year == end.year),
        "pending": pending,
        "overdue": pending and months_after(case["opened"], LIMITS[case["case_type"]]) < end,
        "beyond_five_years": pending and months_after(case["opened"], 60) < end,
        "referred": new * case["referred_amount"],
        "collected": new * case["collected_amount"],
        "cost": new * case["cost"],
    }


def plainly(cases: Iterable[Case], key: Sequence[str]) -> dict[tuple[Any, ...], dict[str, int]]:
    """The rows of a table that are not all zero, counted case by case."""
    found: dict[tuple[Any, ...], dict[str, int]] = {}
    for one in cases:
        for year in range(FIRST, LAST + 1):
            added = measures(one, year)
            at = tuple(year if name == "roc_year" else one[name] for name in key)
            row = found.setdefault(at, dict.fromkeys(CASE_COUNTS, 0))
            for name, number in added.items():
                row[name] += number
    return {at: row for at, row in found.items() if any(row.values())}
