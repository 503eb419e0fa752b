"""A scheme and a dataset of few branches and units, made in memory, and a project of its own with the sample of targets."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from small import ROOT, registry

from reportgen.compute import targets
from reportgen.compute.rules.model import Standard
from reportgen.compute.targets import Factor, Limits, Result, Scheme
from reportgen.compute.targets.declaration import NewBranch, UnitRules
from reportgen.kinds.material import read_material
from reportgen.kinds.targets import documents as papers
from reportgen.model import Text
from reportgen.model.errors import Problem, ReportgenError
from reportgen.read.tables import ColumnSpec, Dataset, Dimension, Measure, Member, Record, Table

SAMPLE = "targets-105"
DECLARED = f"inputs/{SAMPLE}/targets.toml"


@dataclass(frozen=True)
class Unit:
    """`last` None: a new one; `months` None: it is closed. `served` are its months in the year before."""

    last: int | None = 100
    cases: int = 10
    months: Fraction | None = Fraction(12)
    half: bool = False
    served: Fraction = Fraction(12)


@dataclass(frozen=True)
class Branch:
    """`factors` by their column; a branch without `last` in its units is new and needs a base."""

    factors: Mapping[str, int | Fraction] = field(default_factory=lambda: {"people": 1})
    units: Sequence[Unit] = (Unit(),)


def dataset(branches: Mapping[str, Branch], reverse: bool = False) -> Dataset:
    """`reverse`: the rows of all tables in the opposite order."""
    names = list(next(iter(branches.values())).factors)
    rows = [(104, id_) for id_ in branches]
    factors = [
        ({name: Fraction(branches[id_].factors[name]) for name in names}, (104, id_)) for _, id_ in rows
    ]
    numbered = [
        (id_, f"{n:02}", unit) for id_, one in branches.items() for n, unit in enumerate(one.units, 1)
    ]
    before = [
        (
            {"target": Fraction(unit.last), "cases": Fraction(unit.cases), "served": unit.served},
            (104, id_, number),
        )
        for id_, number, unit in numbered
        if unit.last is not None
    ]
    roster = [
        ({"months": unit.months, "staffing": "half" if unit.half else "full"}, (105, id_, number))
        for id_, number, unit in numbered
        if unit.months is not None
    ]
    tables = [
        _table("factors", dict.fromkeys(names, "person"), factors, ("roc_year", "branch"), reverse),
        _table(
            "units",
            {"target": "twd", "cases": "case", "served": "month"},
            before,
            ("roc_year", "branch", "unit"),
            reverse,
        ),
        _table("roster", {"months": "month"}, roster, ("roc_year", "branch", "unit"), reverse),
    ]
    return Dataset(
        id="small",
        label=Text("小", "small"),
        sample=None,
        time="roc_year",
        dimensions={
            "branch": Dimension(
                id="branch",
                label=Text("分署", "Branch"),
                members=tuple(Member(id=id_, zh=f"{id_}分署", en=f"{id_} Branch") for id_ in branches),
            )
        },
        tables={table.name: table for table in tables},
        measures={
            name: Measure(name, table.name, column.label, column.unit)
            for table in tables
            for name, column in table.columns.items()
            if column.unit
        },
        derivations={},
        breaks=(),
        files={},
        file="inputs/datasets/small/dataset.toml",
    )


def _table(name: str, units: Mapping[str, str], rows: list, key: tuple[str, ...], reverse: bool) -> Table:  # type: ignore[type-arg]
    columns = {
        part: ColumnSpec(name=part, type="roc_year" if part == "roc_year" else "text", label=Text(part, part))
        for part in key
    }
    columns |= {
        part: ColumnSpec(name=part, type="whole", label=Text(part, part), unit=unit)
        for part, unit in units.items()
    }
    records = [Record(number, keys, cells) for number, (cells, keys) in enumerate(rows, 2)]
    file = f"inputs/datasets/small/{name}.csv"
    return Table(
        name=name,
        label=Text(name, name),
        file=file,
        sheet="",
        sha256="0" * 64,
        key=key,
        columns=columns,
        records=tuple(records[::-1] if reverse else records),
        coercions=(),
        source_column="",
    )


PEOPLE = Factor(label=Text("人口", "People"), column="people", weight=Fraction(100), normalisation="share")
CASES = Factor(label=Text("案件", "Cases"), column="cases", weight=Fraction(100), normalisation="share")


def scheme(total: int, **more: object) -> Scheme:
    """Half by last year, half by people; steps of 10; no limits but those that are given."""
    units: dict[str, object] = {
        "table": "units",
        "roster": "roster",
        "months": "months",
        "staffing": "staffing",
        "half": Fraction(90),
        "new": (),
        "closed": (),
    }
    units |= {
        name: more.pop(f"unit_{name}") for name in ("new", "closed", "last_months") if f"unit_{name}" in more
    }
    given: dict[str, object] = {
        "publication": "small",
        "file": DECLARED,
        "sha256": "",
        "standard": Standard("assumption", Text("示範", "sample")),
        "total": total,
        "roc_year": 105,
        "year": 104,
        "unit": "twd",
        "branch_step": 10,
        "unit_step": 10,
        "remainder": "largest_remainder",
        "last_column": "target",
        "last_weight": Fraction(50),
        "factors": (PEOPLE,),
        "limits": Limits(),
        "branch_limits": {},
        "new_branches": {},
        "units": UnitRules(**units),  # type: ignore[arg-type]
        "unit_factors": (),
        "unit_limits": Limits(),
    }
    return Scheme(**{**given, **more})  # type: ignore[arg-type]


def decided(one: Scheme, branches: Mapping[str, Branch], reverse: bool = False) -> Result:
    return targets.decide(one, dataset(branches, reverse), registry().units)


def amounts(result: Result) -> dict[str, int]:
    return {one.id: int(one.target.exact) for one in result.branches}  # type: ignore[arg-type]


def unit_amounts(result: Result, branch: str) -> dict[str, int]:
    return {one.id: int(one.target.exact) for one in result.branch(branch).units}  # type: ignore[arg-type]


def told(one: Scheme, branches: Mapping[str, Branch]) -> list[str]:
    try:
        decided(one, branches)
    except ReportgenError as error:
        return [problem.say() for problem in error.problems]
    return []


__all__ = ["NewBranch"]


# ---- the sample in a project of its own -----------------------------------------------------------


def project(folder: Path) -> Path:
    for name in ("inputs", "templates", "styles"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def swap(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text, old
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


def problems(folder: Path) -> tuple[tuple[Problem, ...], int]:
    """What is wrong with the sample, and the exit code."""
    try:
        papers.computed(read_material(folder, SAMPLE))
    except ReportgenError as error:
        return error.problems, error.exit_code
    return (), 0
