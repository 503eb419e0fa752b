"""What the scheme takes from the dataset: factors by branch, the units with their figures, each with its rows.

Everything that is missing, negative or unknown is told at once; nothing is divided here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from reportgen.compute.exact import total
from reportgen.compute.targets import succession
from reportgen.compute.targets.changes import BRANCH, UNIT, UnitName, split
from reportgen.compute.targets.declaration import Factor, Scheme
from reportgen.compute.targets.succession import Part
from reportgen.model import Gap, Source, Text
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.formats import Unit
from reportgen.read.tables import Dataset, Member, Record, Table

HALF, FULL = "half", "full"
WHOLE = Fraction(1)


@dataclass(frozen=True)
class Reading:
    """A number in base units with the rows it was read or summed from; `given` where it was set by hand."""

    exact: Fraction
    sources: tuple[Source, ...] = ()
    given: bool = False


@dataclass(frozen=True, kw_only=True)
class UnitReading:
    """A unit of the year: its months and staffing (1: full), and what it has of the year before (nothing for a new one).

    `last` is the amount of the year before, `base` that of a whole year at full staffing, in NT$. Factors that are flows are
    those of a whole year, too.
    """

    id: str
    new: bool
    months: Reading
    staffing: Reading
    last: Reading | None
    base: Fraction
    factors: Mapping[str, Reading]


@dataclass(frozen=True, kw_only=True)
class BranchReading:
    """`last` is the sum of the targets of the year before of all that is in it now, units that were closed among them; None for
    a new branch. `base` is the same for a whole year of each unit.
    """

    id: str
    names: Text
    last: Reading | None
    base: Fraction
    factors: Mapping[str, Reading]
    units: tuple[UnitReading, ...]


Overrides = Mapping[tuple[str, str], Fraction]  # (factor, branch) -> the value that is tried


def read(
    scheme: Scheme, dataset: Dataset, units: Mapping[str, Unit], overrides: Overrides
) -> tuple[BranchReading, ...]:
    """The branches in the declared order; InputError with every fault of every table."""
    reader = _Reader(scheme, dataset, units)
    branches = reader.branches(overrides)
    if reader.problems:
        raise InputError(dict.fromkeys(reader.problems))
    return branches


def closed_units(scheme: Scheme, dataset: Dataset) -> list[UnitName]:
    """The units of the year before that are declared closed, or whose work, or whose branch's, passed to others."""
    gone = {split(name) for name in (*scheme.units.closed, *(one.of for one in scheme.successors))}
    before = (_unit(keys) for keys, _ in _rows(dataset.tables[scheme.units.table], scheme.year))
    return [unit for unit in before if {unit, (unit[0], "")} & gone]


@dataclass(frozen=True)
class _Service:
    """How long a unit of this year serves and how it is staffed: months, and a part of 1."""

    months: Reading
    staffing: Reading


class _Reader:
    def __init__(self, scheme: Scheme, dataset: Dataset, units: Mapping[str, Unit]) -> None:
        self.scheme, self.dataset, self.units = scheme, dataset, units
        self.roster, self.before = dataset.tables[scheme.units.roster], dataset.tables[scheme.units.table]
        self.problems: list[Problem] = []
        self._rows: dict[str, dict[int | str, list[Record]]] = {}
        self.old = {_unit(keys): row for keys, row in _rows(self.before, scheme.year)}
        roster = {_unit(keys): row for keys, row in _rows(self.roster, scheme.roc_year)}
        self.check_units(roster)
        self.now = {
            name: service for name, row in sorted(roster.items()) if (service := self.service(name, row))
        }
        self.members = tuple(self.members_of_the_year())
        months = {name: service.months.exact for name, service in self.now.items()}
        there = {member.id for member in self.members}
        self.parts = succession.parts(scheme, self.old, months, there)
        for key, name, slots in succession.faults(scheme, self.old, months, there):
            self.fault_of_scheme(key, name, **slots)

    def fault(self, place: Table, column: str, row: int, name: str, /, **slots: object) -> None:
        self.problems.append(problem(Place(place.file, place.sheet, row, column), name, **slots))

    def fault_of_scheme(self, key: str, name: str, /, **slots: object) -> None:
        place = Place(self.scheme.file, row=self.scheme.lines.get(key, 0), column=key)
        self.problems.append(problem(place, name, **slots))

    # -- branches

    def members_of_the_year(self) -> Iterator[Member]:
        dimension, roc_year = self.dataset.dimensions[BRANCH], self.scheme.roc_year
        closed = {one.of for one in self.scheme.successors}
        for member in dimension.members:
            begun, ended = member.first_year or 0, member.last_year or roc_year
            if member.id != dimension.total and member.id not in closed and begun <= roc_year <= ended:
                yield member

    def branches(self, overrides: Overrides) -> tuple[BranchReading, ...]:
        scheme = self.scheme
        units: dict[str, tuple[UnitReading, ...]] = {}
        for name, service in self.now.items():
            units[name[0]] = (*units.get(name[0], ()), self.unit(name, service))
        branches = []
        for member in self.members:
            last, base = self.last(member)
            factors = {factor.id: self.factor(factor, member.id, overrides) for factor in scheme.factors}
            if member.id not in units:
                label, name_ = Text(member.label.zh, member.id), "targets.has_no_unit_roc_divide"
                self.fault(self.roster, UNIT, 0, name_, label=label, roc_year=scheme.roc_year)
            branches.append(
                BranchReading(
                    id=member.id,
                    names=member.name_in(scheme.roc_year),
                    last=last,
                    base=base,
                    factors={id_: reading for id_, reading in factors.items() if reading},
                    units=units.get(member.id, ()),
                )
            )
        return tuple(branches)

    def last(self, member: Member) -> tuple[Reading | None, Fraction]:
        """The target of the year before, and that of a whole year; a new branch has none, any other one must."""
        scheme, label = self.scheme, Text(member.label.zh, member.id)
        mine = [part for part in self.parts if part.branch == member.id]
        last, new = self.taken(mine, scheme.last_column), member.id in scheme.new_branches
        if new and last:
            self.fault_of_scheme(
                "new_branch", "targets.is_declared_new_has_target", label=label, year=scheme.year
            )
        if not new and (last is None or last.exact <= 0):
            table = self.table_of(scheme.last_column)
            name = "targets.has_no_target_roc"
            self.fault(table, scheme.last_column, 0, name, label=label, year=scheme.year)
        whole = self.taken(mine, scheme.last_column, lambda part: part.share * self.to_a_year(part))
        return last, whole.exact if whole else Fraction(0)

    def factor(self, factor: Factor, branch: str, overrides: Overrides) -> Reading | None:
        tried = overrides.get((factor.id, branch))
        return self.column(factor.column, branch, factor.label) if tried is None else Reading(tried, (), True)

    # -- columns

    def table_of(self, column: str) -> Table:
        return self.dataset.tables[self.dataset.measures[column].table]

    def column(self, column: str, branch: str, needed: Text) -> Reading | None:
        """A column of a branch in the year of the factors, summed where its table is finer; of a size also what it took over.

        None where there is no row, which is a fault of the factor with the label `needed`.
        """
        table, year, rate = (
            self.table_of(column),
            self.scheme.year,
            self.dataset.measures[column].kind == "rate",
        )
        if table.name == self.before.name and not rate:
            taken = self.taken([part for part in self.parts if part.branch == branch], column)
            if taken:
                return taken
        rows = self.rows(table).get(branch, [])
        if not rows:
            name = "targets.factor_has_no_row_roc"
            self.fault(table, column, 0, name, label=needed, branch=branch, year=year)
        if len(rows) > 1 and rate:
            self.fault(table, column, rows[1].row, "targets.rate_has_several_rows", column=column)
        shares = [(row, WHOLE) for row in rows]
        if not rate:
            shares += [
                (row, passed.heirs[branch])
                for passed in self.scheme.successors
                if branch in passed.heirs
                for row in self.rows(table).get(passed.of, [])
            ]
        return self.summed(table, column, shares) if rows else None

    def rows(self, table: Table) -> Mapping[int | str, list[Record]]:
        """The rows of the year of the factors by branch."""
        known = self._rows.get(table.name)
        if known is None:
            known = self._rows[table.name] = {}
            for keys, record in _rows(table, self.scheme.year):
                known.setdefault(keys[BRANCH], []).append(record)
        return known

    def taken(
        self, parts: Collection[Part], column: str, of: Callable[[Part], Fraction] = lambda part: part.share
    ) -> Reading | None:
        """What parts of rows of the year before add up to in a column; None where there is none."""
        shares = [(self.old[part.old], of(part)) for part in parts]
        return self.summed(self.before, column, shares) if shares else None

    def summed(
        self, table: Table, column: str, shares: Collection[tuple[Record, Fraction]]
    ) -> Reading | None:
        """The cells of rows, each times its share, in base units; None where one is empty."""
        numbers = [self.number(table, record, column) for record, _ in shares]
        known = [
            number * share for number, (_, share) in zip(numbers, shares, strict=True) if number is not None
        ]
        if len(known) < len(numbers):
            return None
        source = table.source([record for record, _ in shares], column)
        return Reading(total(known) * self.units[self.dataset.measures[column].unit].factor, (source,))

    def number(self, table: Table, record: Record, column: str) -> Fraction | None:
        """The cell as a number that is not negative."""
        cell = record.cells[column]
        if isinstance(cell, Gap):
            self.fault(table, column, record.row, "targets.factor_has_no_value_here")
            return None
        assert isinstance(cell, Fraction | int), cell
        if cell < 0:
            self.fault(table, column, record.row, "targets.is_negative", cell=cell)
            return None
        return Fraction(cell)

    # -- units

    def check_units(self, now: Mapping[UnitName, Record]) -> None:
        """A unit that stands in one year alone is declared new, closed or moved: else it is a mistyped one."""
        scheme, rules, before = self.scheme, self.scheme.units, self.old
        new, closed = ({split(unit) for unit in units} for units in (rules.new, rules.closed))
        year, roc_year = scheme.year, scheme.roc_year
        heirs = {split(heir) for one in scheme.successors for heir in one.to}
        arrived = new | heirs | {split(one.to) for one in scheme.transfers}
        gone = {split(one.of) for one in scheme.successors}
        left = closed | gone | {split(one.unit) for one in scheme.transfers}
        for unit in sorted(set(now) - set(before) - arrived):
            row, said = now[unit].row, "/".join(unit)
            self.fault(self.roster, UNIT, row, "targets.is_unknown_2", unit=said, year=year)
        for unit in sorted(set(before) - set(now) - left):
            if (unit[0], "") not in gone:
                row, said = before[unit].row, "/".join(unit)
                self.fault(
                    self.before, UNIT, row, "targets.has_no_row_roster_roc", unit=said, roc_year=roc_year
                )
        for unit in sorted(new & set(before)):
            self.fault_of_scheme("units.new", "targets.had_target_roc", unit="/".join(unit), year=year)
        for unit in sorted(new - set(now)):
            self.fault_of_scheme("units.new", "targets.has_no_row_roster", unit="/".join(unit))
        for unit in sorted(closed & set(now)):
            name = "targets.stands_roster_roc"
            self.fault_of_scheme("units.closed", name, unit="/".join(unit), roc_year=roc_year)
        for unit in sorted(closed - set(before)):
            self.fault_of_scheme("units.closed", "targets.had_no_row_roc", unit="/".join(unit), year=year)

    def service(self, name: UnitName, row: Record) -> _Service | None:
        rules = self.scheme.units
        months = self.months(self.roster, row, rules.months)
        staffing = self.staffing(self.roster, row, rules.staffing)
        if months is None or staffing is None:
            return None
        return _Service(
            Reading(months, (self.roster.source([row], rules.months),)),
            Reading(staffing, (self.roster.source([row], rules.staffing or rules.months),)),
        )

    def months(self, table: Table, row: Record, column: str) -> Fraction | None:
        """Months in service, from 0 (a vacant unit) to 12; 12 where no column says them."""
        if not column:
            return Fraction(12)
        months = self.number(table, row, column)
        if months is not None and months > 12:
            self.fault(table, column, row.row, "targets.months", months=float(months))
        return months

    def staffing(self, table: Table, row: Record, column: str) -> Fraction | None:
        """The part of a full unit: a column of per cents says it, or the words full and half; 1 where there is no column."""
        if not column:
            return WHOLE
        if column in self.dataset.measures and self.dataset.measures[column].table == table.name:
            number = self.number(table, row, column)
            part = None if number is None else number * self.units[self.dataset.measures[column].unit].factor
            if part is not None and part > 1:
                self.fault(table, column, row.row, "targets.staffing_above", percent=float(part * 100))
            return part
        said = str(row.cells[column])
        if said not in (HALF, FULL):
            self.fault(table, column, row.row, "targets.is_unknown_3", said=said, full=FULL, half=HALF)
            return None
        return (self.scheme.units.half or Fraction(100)) / 100 if said == HALF else WHOLE

    def last_service(self, name: UnitName) -> Fraction:
        """The part of a full unit and year that it counted in the year before."""
        rules, row = self.scheme.units, self.old[name]
        months = self.months(self.before, row, rules.last_months)
        staffing = self.staffing(self.before, row, rules.last_staffing)
        return WHOLE if months is None or staffing is None else months / 12 * staffing

    def to_a_year(self, part: Part) -> Fraction:
        """What a figure of part of a year is multiplied by; a unit that ended for good stays at what it had."""
        service = self.last_service(part.old)
        return WHOLE if part.ended or not service else 1 / service

    def unit(self, name: UnitName, service: _Service) -> UnitReading:
        """One that has nothing of the year before, or did not serve in it, is new."""
        column = self.scheme.last_column
        mine = [
            part for part in self.parts if (part.branch, part.unit) == name and self.last_service(part.old)
        ]
        base = self.taken(mine, column, lambda part: part.of_year * self.to_a_year(part))
        factors = {factor.id: self.of_units(factor, mine) for factor in self.scheme.unit_factors}
        return UnitReading(
            id=name[1],
            new=not mine,
            months=service.months,
            staffing=service.staffing,
            last=self.taken(mine, column),
            base=base.exact if base else Fraction(0),
            factors={id_: reading for id_, reading in factors.items() if reading},
        )

    def of_units(self, factor: Factor, parts: Collection[Part]) -> Reading | None:
        """A factor of a unit: of a flow what it would be in a whole year, of a stock what there is."""
        column, measures = factor.column, self.dataset.measures
        flow = column == self.scheme.last_column or measures[column].kind == "flow"
        return self.taken(
            parts, column, lambda part: part.of_year * (self.to_a_year(part) if flow else WHOLE)
        )


def _rows(table: Table, year: int) -> Iterator[tuple[dict[str, int | str], Record]]:
    """The rows of a table in a year, each with its key by the name of the column."""
    for record in table.records:
        keys = dict(zip(table.key, record.key, strict=True))
        if any(keys[name] == year for name in keys if table.columns[name].type == "roc_year"):
            yield keys, record


def _unit(keys: Mapping[str, int | str]) -> UnitName:
    return str(keys[BRANCH]), str(keys[UNIT])
