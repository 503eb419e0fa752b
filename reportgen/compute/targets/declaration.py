"""`targets.toml` becomes a `Scheme`, or the list of its faults with their lines; no table is opened here.

What the columns hold is judged in `readings`, whether a division exists in `computation`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from reportgen.compute.rules.model import Standard
from reportgen.compute.rules.vocabulary import Sourced
from reportgen.compute.targets import changes
from reportgen.compute.targets.changes import (
    BRANCH,
    UNIT,
    Adjustment,
    Branch,
    Revision,
    Successor,
    Transfer,
    Unit,
)
from reportgen.model import Text
from reportgen.model.errors import KindError, Place, problem
from reportgen.model.formats import Unit as Measured
from reportgen.read.fields import Number, OneOf, RocYear, Within
from reportgen.read.parity import Glossary
from reportgen.read.schema import (
    Context,
    Fault,
    Model,
    check,
    fault,
    open_toml,
    read,
    repeated,
    shown,
    unknown_at,
)
from reportgen.read.tables import Declaration
from reportgen.read.texts import Bilingual

Direction = Literal["raises", "lowers"]
Normalisation = Literal["share", "mean_ratio", "min_max"]
Remainder = Literal["largest_remainder"]
PerCent = Annotated[Number, Within(0, 100)]
Column = Annotated[str, OneOf("column")]
TableOfUnits = Annotated[str, OneOf("table of units")]


# ---- the tables of targets.toml -----------------------------------------------------------------


class Steps(Model):
    """The steps of targets in NT$; those of units add up to those of branches."""

    branch: Annotated[int, Within(1)]
    unit: Annotated[int, Within(1)]
    remainder: Remainder

    @check
    def _fit(branch: int, unit: int) -> Iterator[Fault]:
        if branch % unit:
            near = branch // unit * unit or unit
            slots = {"branch": branch, "own": unit, "near": near, "near2": near + unit}
            yield fault("branch", "targets.is_no_multiple_step_units", **slots)


class LastYear(Model):
    column: Column
    weight: PerCent


class Factor(Model):
    """An objective factor: the column that it is read from, its weight in per cent, and how it becomes a share."""

    given_id: Annotated[str, Field(alias="id")] = ""
    label: Bilingual
    column: Column
    weight: PerCent
    direction: Direction = "raises"
    normalisation: Normalisation

    @property
    def id(self) -> str:
        return self.given_id or self.column

    @check
    def _divides(column: str, normalisation: Normalisation, context: Context) -> Iterator[Fault]:
        if normalisation == "share" and column in context.known["rates"]:
            yield fault("normalisation", "targets.rate_has_no_share", column=column)


class UnitFactor(Factor):
    @check
    def _is_size(direction: Direction, normalisation: Normalisation) -> Iterator[Fault]:
        if (direction, normalisation) != ("raises", "share"):
            yield fault("normalisation", "targets.factor_units_is_size_is")


class Limits(Model):
    """The least and the most that a target may change on the year before, in per cent; None: no limit."""

    floor: Annotated[Number, Within(-100)] | None = None
    ceiling: Number | None = None

    @check
    def _in_order(floor: Fraction | None, ceiling: Fraction | None) -> Iterator[Fault]:
        if floor is not None and ceiling is not None and floor > ceiling:
            yield fault("floor", "targets.floor_is_above_ceiling", floor=shown(floor), ceiling=shown(ceiling))


class BranchLimits(Limits):
    branch: Branch
    reason: Bilingual


class NewBranch(Model):
    """A branch without a target of the year before: `base` NT$ stands for it; limits hold only where they are said to."""

    branch: Branch
    base: Annotated[int, Within(1)]
    limited: bool = False


class UnitRules(Model):
    """How a branch's target is divided among its units.

    `roster` has a row for each unit of the year with its months in service; `half` is what a half-staffed unit counts, in per
    cent, where its staffing is said in words. `last_months` and `last_staffing` are columns of `table`: how long a unit served
    in the year before, and how it was staffed. `new` and `closed` are units that have no row of the year before, or none of
    this year.
    """

    table: TableOfUnits
    roster: TableOfUnits
    months: str
    staffing: str = ""
    half: Annotated[Number, Within(0, 100, above=True)] | None = None
    last_months: str = ""
    last_staffing: str = ""
    new: tuple[Unit, ...] = ()
    closed: tuple[Unit, ...] = ()

    @check
    def _of_roster(roster: str, months: str, context: Context) -> Iterator[Fault]:
        yield from _own_column("months", months, roster, context)

    @check
    def _staffed(roster: str, staffing: str, context: Context) -> Iterator[Fault]:
        if staffing:
            yield from _own_column("staffing", staffing, roster, context)

    @check
    def _half(roster: str, staffing: str, half: Fraction | None, context: Context) -> Iterator[Fault]:
        if staffing and half is None and staffing not in context.known.get(f"figures of {roster}", ()):
            yield fault("half", "targets.half_is_missing")

    @check
    def _of_last_year(
        table: str, months: str, staffing: str, last_months: str, last_staffing: str, context: Context
    ) -> Iterator[Fault]:
        """A table that knows how long its units served is not read as if all had served the whole year."""
        columns = context.known.get(f"columns of {table}", ())
        for key, said, own in (
            ("last_months", last_months, months),
            ("last_staffing", last_staffing, staffing),
        ):
            if said:
                yield from _own_column(key, said, table, context)
            elif own and own in columns:
                yield fault(key, "targets.last_service_is_missing", key=key, column=own, table=table)

    @check
    def _once(new: tuple[str, ...], closed: tuple[str, ...]) -> Iterator[Fault]:
        for key, named in (("new", new), ("closed", closed)):
            for place, one in enumerate(named):
                if one in named[:place]:
                    yield fault((key, place), "schema.is_used_twice", value=shown(one))


class TargetsFile(Sourced):
    total: Annotated[int, Within(1)]
    year: RocYear | None = None
    unit: Annotated[str, OneOf("unit")] = "twd"
    steps: Steps
    last_year: LastYear
    factor: Annotated[tuple[Factor, ...], Field(min_length=1)]
    limits: Limits = Limits()
    limit: tuple[BranchLimits, ...] = ()
    new_branch: tuple[NewBranch, ...] = ()
    units: UnitRules
    unit_factor: tuple[UnitFactor, ...] = ()
    unit_limits: Limits = Limits()
    transfer: tuple[Transfer, ...] = ()
    successor: tuple[Successor, ...] = ()
    adjustment: tuple[Adjustment, ...] = ()
    revision: tuple[Revision, ...] = ()

    @check
    def _has_branches(context: Context) -> Iterator[Fault]:
        if not context.known[BRANCH]:
            yield fault("", "targets.dataset_declares_no_dimension_branch")

    @check
    def _is_multiple(total: int, steps: Steps) -> Iterator[Fault]:
        if over := total % steps.branch:
            near = total - over
            slots = {"total": total, "branch": steps.branch, "total2": over}
            yield fault(
                "total", "targets.is_no_multiple_step_branches", near=near, near2=near + steps.branch, **slots
            )

    @check
    def _prints(unit: str, steps: Steps, context: Context) -> Iterator[Fault]:
        units: Mapping[str, Measured] = context.given
        if steps.unit % units[unit].factor:
            yield fault("unit", "targets.step_is_no_whole_number", unit=unit, own=steps.unit)

    @check
    def _factors(factor: tuple[Factor, ...]) -> Iterator[Fault]:
        yield from _factor_faults("factor", factor)

    @check
    def _unit_factors(unit_factor: tuple[Factor, ...]) -> Iterator[Fault]:
        yield from _factor_faults("unit_factor", unit_factor)

    @check
    def _of_units(unit_factor: tuple[Factor, ...], units: UnitRules, context: Context) -> Iterator[Fault]:
        known = context.known[f"figures of {units.table}"]
        for place, one in enumerate(unit_factor):
            if one.column not in known:
                yield unknown_at(("unit_factor", place, "column"), one.column, known)

    @check
    def _of_last_year(last_year: LastYear, units: UnitRules, context: Context) -> Iterator[Fault]:
        yield from _own_column(("last_year", "column"), last_year.column, units.table, context)

    @check
    def _branches(limit: tuple[BranchLimits, ...], new_branch: tuple[NewBranch, ...]) -> Iterator[Fault]:
        yield from repeated("limit", limit, BRANCH)
        yield from repeated("new_branch", new_branch, BRANCH)

    @check
    def _changes(
        transfer: tuple[Transfer, ...], successor: tuple[Successor, ...], units: UnitRules
    ) -> Iterator[Fault]:
        yield from changes.faults(transfer, successor, units)

    @check
    def _set(
        adjustment: tuple[Adjustment, ...], revision: tuple[Revision, ...], steps: Steps
    ) -> Iterator[Fault]:
        of_kind = {False: steps.branch, True: steps.unit}
        yield from changes.amount_faults("adjustment", adjustment, of_kind)
        yield from changes.amount_faults("revision", revision, of_kind)


def _own_column(key: str | tuple[str, ...], column: str, table: str, context: Context) -> Iterator[Fault]:
    """The column is one of the table and not of its key."""
    columns = context.known.get(f"columns of {table}", (column,))
    if column not in columns:
        yield fault(key, "targets.table_has_no_column", table=table, column=column, columns=[*columns])


def _factor_faults(key: str, factors: tuple[Factor, ...]) -> Iterator[Fault]:
    """Each stands once, and their weights make 100 exactly."""
    yield from repeated(key, factors)
    total = sum((one.weight for one in factors), Fraction(0))
    if factors and total != 100:
        named = " + ".join(f"{one.id} {shown(one.weight)}" for one in factors)
        yield fault((key, 0, "weight"), "targets.weights", total=shown(total), named=named)


# ---- the scheme ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """All of `targets.toml`. `year` is that of the factors and of last year's targets; `unit` that of the printed amounts."""

    publication: str
    file: str
    sha256: str
    standard: Standard
    total: int
    roc_year: int
    year: int
    unit: str
    branch_step: int
    unit_step: int
    remainder: Remainder
    last_column: str
    last_weight: Fraction
    factors: tuple[Factor, ...]
    limits: Limits
    branch_limits: Mapping[str, BranchLimits]
    new_branches: Mapping[str, NewBranch]
    units: UnitRules
    unit_factors: tuple[Factor, ...]
    unit_limits: Limits
    transfers: tuple[Transfer, ...] = ()
    successors: tuple[Successor, ...] = ()
    adjustments: Mapping[str, Adjustment] = field(default_factory=dict)
    revisions: tuple[Revision, ...] = ()
    notes: tuple[Text, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def limits_of(self, branch: str) -> Limits:
        return self.branch_limits.get(branch, self.limits)


def read_scheme(
    project: Path,
    publication: str,
    roc_year: int,
    dataset: Declaration,
    units: Mapping[str, Measured],
    glossary: Glossary | None = None,
) -> Scheme:
    """The scheme of inputs/<publication>/targets.toml for a dataset; KindError names all that is wrong with it."""
    name = f"inputs/{publication}/targets.toml"
    missing = problem(Place(name), "targets.factors_weights_limits_are_missing")
    file = open_toml(project, name, missing, KindError)
    known = _known(dataset, units)
    made = read(TargetsFile, file, known=known, given=units, glossary=glossary, error=KindError)
    return Scheme(
        publication=publication,
        file=name,
        sha256=hashlib.sha256(file.raw).hexdigest(),
        standard=made.standard,
        total=made.total,
        roc_year=roc_year,
        year=made.year or roc_year - 1,
        unit=made.unit,
        branch_step=made.steps.branch,
        unit_step=made.steps.unit,
        remainder=made.steps.remainder,
        last_column=made.last_year.column,
        last_weight=made.last_year.weight,
        factors=made.factor,
        limits=made.limits,
        branch_limits={limits.branch: limits for limits in made.limit},
        new_branches={new.branch: new for new in made.new_branch},
        units=made.units,
        unit_factors=made.unit_factor,
        unit_limits=made.unit_limits,
        transfers=made.transfer,
        successors=made.successor,
        adjustments={one.of: one for one in made.adjustment},
        revisions=made.revision,
        notes=made.notes,
        lines={".".join(map(str, path)): line for path, line in file.lines.items()},
    )


def _known(dataset: Declaration, units: Iterable[str]) -> dict[str, list[str]]:
    """The branches, the figures by branch and year, the tables with a row for each unit and year, the units of money."""
    branches, tables = dataset.dimensions.get(BRANCH), dataset.tables
    by_branch = [name for name, table in tables.items() if BRANCH in table.key and table.year_column]
    of_units = [name for name in by_branch if {*tables[name].key} == {tables[name].year_column, BRANCH, UNIT}]
    figures = [one for one in dataset.measures.values() if one.table in by_branch]
    known = {
        BRANCH: [member.id for member in branches.members if member.id != branches.total] if branches else [],
        "column": [figure.id for figure in figures],
        "rates": [figure.id for figure in figures if figure.kind == "rate"],
        "table of units": of_units,
        "unit": [name for name in units if name.startswith("twd")],
    }
    for name in of_units:
        table = tables[name]
        known[f"columns of {name}"] = [column for column in table.columns if column not in table.key]
        known[f"figures of {name}"] = [figure.id for figure in figures if figure.table == name]
    return known
