"""A small award: a declared dataset, its rules, and tables made in memory for the tests of the rules."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

from small import ROOT, registry

from reportgen.compute import rules
from reportgen.model import Exact, Gap
from reportgen.read.tables import Dataset, Declaration, Record, Table, describe

DECLARED = """
name = { zh = "小評比", en = "Small contest" }

[dimension.branch]
label = { zh = "分署", en = "Branch" }
member = [
  { id = "north", zh = "北區分署", en = "North Branch" },
  { id = "south", zh = "南區分署", en = "South Branch" },
  { id = "west", zh = "西區分署", en = "West Branch" },
]

[dimension.title]
label = { zh = "職稱", en = "Post" }
member = [{ id = "clerk", zh = "書記官", en = "Clerk" }, { id = "chief", zh = "主管", en = "Chief" }]

[table.staff]
label = { zh = "名冊", en = "Staff" }
file = "staff.csv"
key = ["id"]
column.id = { type = "text" }
column.name = { type = "text", name = true, judge_later = true }
column.name_en = { type = "text", name = true, judge_later = true }
column.title = { type = "member", dimension = "title" }
column.branch = { type = "member", dimension = "branch" }
column.appointed = { type = "roc_date", accept = ["roc_date"] }
column.skill = { type = "decimal", unit = "score", digits = 3, min = 0, max = 100, label = { zh = "技能", en = "Skill" }, missing = ["not_available"] }
column.zeal = { type = "decimal", unit = "score", digits = 3, min = 0, max = 100, label = { zh = "熱忱", en = "Zeal" }, missing = ["not_available"] }

[table.marks]
label = { zh = "月評", en = "Monthly marks" }
file = "marks.csv"
key = ["month", "id"]
column.month = { type = "whole", unit = "month", min = 1, max = 12, label = { zh = "月", en = "Month" } }
column.id = { type = "text" }
column.mark = { type = "whole", unit = "score", min = 0, max = 100, label = { zh = "評分", en = "Mark" }, missing = ["not_available"] }

[table.sanctions]
label = { zh = "懲處", en = "Sanctions" }
file = "sanctions.csv"
key = ["id", "day"]
column.id = { type = "text" }
column.day = { type = "roc_date" }
"""

RULES = """\
title = { zh = "小獎", en = "Small award" }
year = 102
standing = "assumption"
basis = { zh = "示範之假設", en = "An assumption of this sample" }

[candidates]
table = "staff"
id = "id"
name = "name"
name_en = "name_en"
post = "title"
branch = "branch"

[[column]]
id = "months"
label = { zh = "月數", en = "Months" }
table = "marks"
take = "count"
of = "mark"
gaps = "skip"

[[eligible]]
id = "clerks"
label = { zh = "職稱", en = "Post" }
column = "title"
is = "clerk"

[[eligible]]
id = "skilled"
label = { zh = "技能", en = "Skill" }
column = "skill"
at_least = 50

[[exclude]]
id = "sanction"
label = { zh = "懲處", en = "Sanction" }
table = "sanctions"
years = 3

[[group]]
id = "north"
label = { zh = "北組", en = "the north" }
where = { branch = ["north"] }

[[group]]
id = "others"
label = { zh = "其他組", en = "the others" }
where = { branch = ["south", "west"] }

[[item]]
id = "skill"
label = { zh = "技能", en = "Skill" }
column = "skill"
weight = 60

[[item]]
id = "zeal"
label = { zh = "熱忱", en = "Zeal" }
column = "zeal"
weight = 40
bands = [
  { from = 90, to = 100, points = 100 },
  { from = 60, below = 90, points = 80 },
  { below = 60, points = 50 },
]

[rank]
method = "competition"
digits = 1

[quota]
number = 2

[ties]
steps = ["more_decimals", { next = "zeal", better = "high" }, "all_in"]

[[tier]]
id = "top"
label = { zh = "特優", en = "Distinction" }
places = 1
rewards = [{ kind = "commendation", times = 2 }, { kind = "money", amount = 1000 }]

[[tier]]
id = "good"
label = { zh = "甲等", en = "Merit" }
rewards = [{ kind = "certificate" }]
"""


def changed(*changes: tuple[str, str]) -> str:
    """The rules of the small award with words exchanged, each of which stands there."""
    text = RULES
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


@functools.cache
def declared(more: str = "") -> Declaration:
    """The declared dataset, with further tables if any are given."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "inputs" / "datasets" / "contest"
        home.mkdir(parents=True)
        (home / "dataset.toml").write_text(DECLARED + more, encoding="utf-8")
        return describe(Path(folder), "contest")


def read(text: str, declaration: Declaration | None = None) -> rules.Scheme:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "inputs" / "small-award"
        home.mkdir(parents=True)
        (home / "rules.toml").write_text(text, encoding="utf-8")
        return rules.read_scheme(Path(folder), "small-award", declaration or declared(), registry().units)


@functools.cache
def scheme(*changes: tuple[str, str]) -> rules.Scheme:
    return read(changed(*changes))


Cell = Exact | str | date | int
Cells = Mapping[str, Cell]


def person(
    id_: str,
    skill: Exact | int | str = 80,
    zeal: Exact | int | str = 80,
    branch: str = "north",
    **other: Cell,
) -> Cells:
    def number(given: Exact | int | str) -> Exact:
        return given if isinstance(given, Gap) else Fraction(given)

    return {
        "id": id_,
        "name": f"王{id_}",
        "name_en": f"Wang {id_}",
        "title": "clerk",
        "branch": branch,
        "appointed": date(2000, 1, 1),
        "skill": number(skill),
        "zeal": number(zeal),
        **other,
    }


def dataset(people: Iterable[Cells], marks: Iterable[Cells] = (), sanctions: Iterable[Cells] = ()) -> Dataset:
    """The tables with these rows, in this order, from row 2 on."""
    declaration = declared()
    given = {"staff": [*people], "marks": [*marks], "sanctions": [*sanctions]}
    return made(declaration, given)


def made(declaration: Declaration, given: Mapping[str, Iterable[Cells]]) -> Dataset:
    tables = {}
    for name, rows in given.items():
        spec = declaration.tables[name]
        records = tuple(
            Record(
                number,
                tuple(_key(row[column], spec.columns[column].is_number) for column in spec.key),
                {column: row[column] for column in spec.columns if column not in spec.key},  # type: ignore[misc]
            )
            for number, row in enumerate(rows, 2)
        )
        tables[name] = Table(
            name=name,
            label=spec.label,
            file=spec.file,
            sheet="",
            sha256="0" * 64,
            key=spec.key,
            columns=spec.columns,
            records=records,
            coercions=(),
            source_column="",
        )
    return Dataset(
        id=declaration.id,
        label=declaration.label,
        sample=None,
        time="roc_year",
        dimensions=declaration.dimensions,
        tables=tables,
        measures=declaration.measures,
        derivations={},
        breaks=(),
        files={declaration.file: declaration.sha256},
        file=declaration.file,
    )


def _key(cell: Exact | str | date | int, is_number: bool) -> int | str:
    return int(cell) if is_number and isinstance(cell, int | Fraction) else str(cell)


def decide(people: Iterable[Cells], *changes: tuple[str, str], **tables: Iterable[Cells]) -> rules.Result:
    return rules.decide(scheme(*changes), dataset(people, **tables), registry().units)


def tiers(result: rules.Result) -> dict[str, str]:
    return {d.person.id: d.tier.id if d.tier else "" for d in result.decisions}


def ranks(result: rules.Result) -> dict[str, int | None]:
    return {d.person.id: d.rank for d in result.decisions}


__all__ = [
    "ROOT",
    "RULES",
    "changed",
    "dataset",
    "decide",
    "declared",
    "made",
    "person",
    "ranks",
    "read",
    "scheme",
    "tiers",
]
