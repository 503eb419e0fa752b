"""What the scheme takes from the dataset: factors by branch, the units with their figures, each with its rows.

Everything that is missing, negative or unknown is told at once; nothing is divided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from reportgen.compute.targets.declaration import BRANCH, UNIT
from reportgen.compute.targets.model import Scheme
from reportgen.model import Gap, Source, Text
from reportgen.model.errors import InputError, Place, Problem
from reportgen.model.formats import Unit
from reportgen.model.messages import told
from reportgen.read.tables import Dataset, Record, Table

HALF, FULL = "half", "full"


@dataclass(frozen=True)
class Reading:
    """A number in base units with the rows it was read or summed from; `given` where it was set by hand."""

    exact: Fraction
    sources: tuple[Source, ...] = ()
    given: bool = False


@dataclass(frozen=True, kw_only=True)
class UnitReading:
    """A unit of the year: its months and staffing, and what the table of the year before says (nothing for a new one)."""

    id: str
    new: bool
    months: Reading
    half: bool
    last: Reading | None
    factors: Mapping[str, Reading]


@dataclass(frozen=True, kw_only=True)
class BranchReading:
    """`last` is the sum of its units' targets of the year before, those of closed units among them; None for a new branch."""

    id: str
    names: Text
    last: Reading | None
    factors: Mapping[str, Reading]
    units: tuple[UnitReading, ...]


Overrides = Mapping[tuple[str, str], Fraction]  # (factor, branch) -> the value that is tried


def read(
    scheme: Scheme, dataset: Dataset, units: Mapping[str, Unit], overrides: Overrides
) -> tuple[BranchReading, ...]:
    """The branches in the declared order; InputError with every fault of every table."""
    reader = _Reader(scheme, dataset, units, overrides)
    found = reader.branches()
    if reader.problems:
        raise InputError(dict.fromkeys(reader.problems))
    return found


class _Reader:
    def __init__(
        self, scheme: Scheme, dataset: Dataset, units: Mapping[str, Unit], overrides: Overrides
    ) -> None:
        self.scheme, self.dataset, self.units, self.overrides = scheme, dataset, units, overrides
        self.problems: list[Problem] = []

    def branches(self) -> tuple[BranchReading, ...]:
        scheme, dimension = self.scheme, self.dataset.dimensions[BRANCH]
        members = [
            one
            for one in dimension.members
            if one.id != dimension.total
            and (one.first_year or 0) <= scheme.roc_year <= (one.last_year or scheme.roc_year)
        ]
        units = self.units_by_branch()
        found = []
        for member in members:
            new = scheme.new_branches.get(member.id)
            last = self.column(scheme.last_column, member.id, scheme.year, needed=False)
            if new and last:
                self.problem(
                    Place(scheme.file, row=scheme.lines.get("new_branch", 0), column="new_branch"),
                    *told(
                        "targets.is_declared_new_has_target",
                        year=scheme.year,
                        label=Text(member.label.zh, member.id),
                    ),
                )
            if not new and (last is None or last.exact <= 0):
                table = self.table_of(scheme.last_column)
                self.problem(
                    Place(table.file, table.sheet, column=scheme.last_column),
                    *told(
                        "targets.has_no_target_roc", year=scheme.year, label=Text(member.label.zh, member.id)
                    ),
                )
            factors = {}
            for factor in scheme.factors:
                set_ = self.overrides.get((factor.id, member.id))
                reading = (
                    Reading(set_, (), True)
                    if set_ is not None
                    else self.column(factor.column, member.id, scheme.year, factor.label)
                )
                if reading:
                    factors[factor.id] = reading
            here = units.get(member.id, ())
            if not here:
                table = self.dataset.tables[scheme.units.roster]
                self.problem(
                    Place(table.file, table.sheet, column=UNIT),
                    *told(
                        "targets.has_no_unit_roc_divide",
                        roc_year=scheme.roc_year,
                        label=Text(member.label.zh, member.id),
                    ),
                )
            found.append(
                BranchReading(
                    id=member.id,
                    names=member.name_in(scheme.roc_year),
                    last=last,
                    factors=factors,
                    units=here,
                )
            )
        return tuple(found)

    def problem(self, place: Place, en: str, zh: str) -> None:
        self.problems.append(Problem(place, en, zh))

    # -- columns

    def table_of(self, column: str) -> Table:
        return self.dataset.tables[self.dataset.measures[column].table]

    def column(
        self, column: str, branch: str, year: int, label: Text | None = None, needed: bool = True
    ) -> Reading | None:
        """A column of a branch in a year; summed where its table is finer."""
        table = self.table_of(column)
        place = {name: number for number, name in enumerate(table.key)}
        time = next(name for name in table.key if table.columns[name].type == "roc_year")
        rows = [
            record
            for record in table.records
            if record.key[place[BRANCH]] == branch and record.key[place[time]] == year
        ]
        if not rows:
            if needed and label:
                self.problem(
                    Place(table.file, table.sheet, column=column),
                    *told("targets.factor_has_no_row_roc", branch=branch, year=year, label=label),
                )
            return None
        numbers = [self.number(table, record, column) for record in rows]
        if any(number is None for number in numbers):
            return None
        factor = self.units[self.dataset.measures[column].unit].factor
        total = sum((number for number in numbers if number is not None), Fraction(0)) * factor
        return Reading(total, (_source(table, rows, column),))

    def number(self, table: Table, record: Record, column: str) -> Fraction | None:
        """The cell as a number that is not negative."""
        cell = record.cells[column]
        place = Place(table.file, table.sheet, record.row, column)
        if isinstance(cell, Gap):
            self.problem(place, *told("targets.factor_has_no_value_here"))
            return None
        assert isinstance(cell, Fraction | int), cell
        if cell < 0:
            self.problem(place, *told("targets.is_negative", cell=cell))
            return None
        return Fraction(cell)

    # -- units

    def records(self, name: str, year: int) -> dict[tuple[str, str], Record]:
        """The rows of a table of units in a year by branch and unit."""
        table = self.dataset.tables[name]
        place = {name: number for number, name in enumerate(table.key)}
        time = next(name for name in table.key if table.columns[name].type == "roc_year")
        return {
            (str(record.key[place[BRANCH]]), str(record.key[place[UNIT]])): record
            for record in table.records
            if record.key[place[time]] == year
        }

    def units_by_branch(self) -> dict[str, tuple[UnitReading, ...]]:
        scheme, rules = self.scheme, self.scheme.units
        before, now = self.records(rules.table, scheme.year), self.records(rules.roster, scheme.roc_year)
        self.check_units(before, now)
        found: dict[str, list[UnitReading]] = {}
        for branch, id_ in sorted(now):
            unit = self.unit((branch, id_), now[branch, id_], before.get((branch, id_)))
            if unit:
                found.setdefault(branch, []).append(unit)
        return {branch: tuple(units) for branch, units in found.items()}

    def check_units(
        self, before: Mapping[tuple[str, str], Record], now: Mapping[tuple[str, str], Record]
    ) -> None:
        """A unit that stands in one year alone is declared new or closed: else it is a mistyped one."""
        scheme, rules = self.scheme, self.scheme.units
        roster, table = self.dataset.tables[rules.roster], self.dataset.tables[rules.table]
        new, closed = ({tuple(one.split("/", 1)) for one in named} for named in (rules.new, rules.closed))

        def declared(key: str, unit: tuple[str, ...], en: str, zh: str) -> None:
            place = Place(scheme.file, row=scheme.lines.get(f"units.{key}", 0), column=f"units.{key}")
            name = "/".join(unit)
            self.problem(place, f"{name} {en}", f"{name} {zh}")

        for unit in sorted(set(now) - set(before) - new):
            self.problem(
                Place(roster.file, roster.sheet, now[unit].row, UNIT),
                *told("targets.is_unknown_2", unit="/".join(unit), year=scheme.year),
            )
        for unit in sorted(set(before) - set(now) - closed):
            self.problem(
                Place(table.file, table.sheet, before[unit].row, UNIT),
                *told("targets.has_no_row_roster_roc", unit="/".join(unit), roc_year=scheme.roc_year),
            )
        for one in sorted(new & set(before)):
            declared("new", one, *told("targets.had_target_roc", year=scheme.year))
        for one in sorted(new - set(now)):
            declared("new", one, *told("targets.has_no_row_roster"))
        for one in sorted(closed & set(now)):
            declared("closed", one, *told("targets.stands_roster_roc", roc_year=scheme.roc_year))
        for one in sorted(closed - set(before)):
            declared("closed", one, *told("targets.had_no_row_roc", year=scheme.year))

    def unit(self, name: tuple[str, str], row: Record, before: Record | None) -> UnitReading | None:
        rules = self.scheme.units
        roster, table = self.dataset.tables[rules.roster], self.dataset.tables[rules.table]
        months = self.number(roster, row, rules.months)
        if months is not None and not 0 < months <= 12:
            self.problem(
                Place(roster.file, roster.sheet, row.row, rules.months),
                *told("targets.months", months=float(months)),
            )
        half = self.half(roster, row)
        last, factors = None, {}
        if before:
            last = self.cell(table, before, self.scheme.last_column)
            for factor in rules.factors:
                reading = self.cell(table, before, factor.column)
                if reading:
                    factors[factor.id] = reading
        if months is None:
            return None
        worked = Reading(months, (_source(roster, [row], rules.months),))
        return UnitReading(
            id=name[1], new=before is None, months=worked, half=half, last=last, factors=factors
        )

    def half(self, roster: Table, row: Record) -> bool:
        column = self.scheme.units.staffing
        if not column:
            return False
        said = str(row.cells[column])
        if said not in (HALF, FULL):
            self.problem(
                Place(roster.file, roster.sheet, row.row, column),
                *told("targets.is_unknown_3", said=said, full=FULL, half=HALF),
            )
        return said == HALF

    def cell(self, table: Table, record: Record, column: str) -> Reading | None:
        number = self.number(table, record, column)
        if number is None:
            return None
        factor = self.units[self.dataset.measures[column].unit].factor
        return Reading(number * factor, (_source(table, [record], column),))


def _source(table: Table, rows: Iterable[Record], column: str) -> Source:
    return Source(
        file=table.file, sheet=table.sheet, rows=tuple(record.row for record in rows), column=column
    )
