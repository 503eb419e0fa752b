"""What the scheme takes from the dataset: factors by branch, the units with their figures, each with its rows.

Everything that is missing, negative or unknown is told at once; nothing is divided here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from reportgen.compute.exact import total
from reportgen.compute.targets.declaration import BRANCH, UNIT, Factor, Scheme
from reportgen.model import Gap, Source, Text
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.formats import Unit
from reportgen.read.tables import Dataset, Member, Record, Table

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
UnitName = tuple[str, str]  # branch and unit


def read(
    scheme: Scheme, dataset: Dataset, units: Mapping[str, Unit], overrides: Overrides
) -> tuple[BranchReading, ...]:
    """The branches in the declared order; InputError with every fault of every table."""
    reader = _Reader(scheme, dataset, units)
    branches = reader.branches(overrides)
    if reader.problems:
        raise InputError(dict.fromkeys(reader.problems))
    return branches


class _Reader:
    def __init__(self, scheme: Scheme, dataset: Dataset, units: Mapping[str, Unit]) -> None:
        self.scheme, self.dataset, self.units = scheme, dataset, units
        self.roster, self.before = dataset.tables[scheme.units.roster], dataset.tables[scheme.units.table]
        self.problems: list[Problem] = []
        self._rows: dict[str, dict[int | str, list[Record]]] = {}

    def fault(self, place: Table, column: str, row: int, name: str, /, **slots: object) -> None:
        self.problems.append(problem(Place(place.file, place.sheet, row, column), name, **slots))

    def fault_of_scheme(self, key: str, name: str, /, **slots: object) -> None:
        place = Place(self.scheme.file, row=self.scheme.lines.get(key, 0), column=key)
        self.problems.append(problem(place, name, **slots))

    # -- branches

    def branches(self, overrides: Overrides) -> tuple[BranchReading, ...]:
        scheme, dimension = self.scheme, self.dataset.dimensions[BRANCH]
        units = self.units_by_branch()
        branches = []
        for member in dimension.members:
            begun, ended = member.first_year or 0, member.last_year or scheme.roc_year
            if member.id == dimension.total or not begun <= scheme.roc_year <= ended:
                continue
            last = self.last(member)
            factors = {factor.id: self.factor(factor, member.id, overrides) for factor in scheme.factors}
            if member.id not in units:
                label, name = Text(member.label.zh, member.id), "targets.has_no_unit_roc_divide"
                self.fault(self.roster, UNIT, 0, name, label=label, roc_year=scheme.roc_year)
            branches.append(
                BranchReading(
                    id=member.id,
                    names=member.name_in(scheme.roc_year),
                    last=last,
                    factors={id_: reading for id_, reading in factors.items() if reading},
                    units=units.get(member.id, ()),
                )
            )
        return tuple(branches)

    def last(self, member: Member) -> Reading | None:
        """The target of the year before; a new branch has none, any other one must."""
        scheme, label = self.scheme, Text(member.label.zh, member.id)
        last, new = self.column(scheme.last_column, member.id), member.id in scheme.new_branches
        if new and last:
            self.fault_of_scheme(
                "new_branch", "targets.is_declared_new_has_target", label=label, year=scheme.year
            )
        if not new and (last is None or last.exact <= 0):
            table = self.table_of(scheme.last_column)
            name = "targets.has_no_target_roc"
            self.fault(table, scheme.last_column, 0, name, label=label, year=scheme.year)
        return last

    def factor(self, factor: Factor, branch: str, overrides: Overrides) -> Reading | None:
        tried = overrides.get((factor.id, branch))
        return self.column(factor.column, branch, factor.label) if tried is None else Reading(tried, (), True)

    # -- columns

    def table_of(self, column: str) -> Table:
        return self.dataset.tables[self.dataset.measures[column].table]

    def column(self, column: str, branch: str, needed: Text | None = None) -> Reading | None:
        """A column of a branch in the year of the factors, summed where its table is finer.

        None where there is no row, which is a fault of the factor with the label `needed`.
        """
        table, year = self.table_of(column), self.scheme.year
        rows = self.rows(table).get(branch, [])
        if not rows and needed:
            name = "targets.factor_has_no_row_roc"
            self.fault(table, column, 0, name, label=needed, branch=branch, year=year)
        if len(rows) > 1 and self.dataset.measures[column].kind == "rate":
            self.fault(table, column, rows[1].row, "targets.rate_has_several_rows", column=column)
        numbers = [self.number(table, record, column) for record in rows]
        known = [number for number in numbers if number is not None]
        return self.reading(table, rows, column, known) if rows and len(known) == len(numbers) else None

    def rows(self, table: Table) -> Mapping[int | str, list[Record]]:
        """The rows of the year of the factors by branch."""
        known = self._rows.get(table.name)
        if known is None:
            known = self._rows[table.name] = {}
            for keys, record in _rows(table, self.scheme.year):
                known.setdefault(keys[BRANCH], []).append(record)
        return known

    def cell(self, table: Table, record: Record, column: str) -> Reading | None:
        number = self.number(table, record, column)
        return None if number is None else self.reading(table, [record], column, [number])

    def reading(
        self, table: Table, rows: Iterable[Record], column: str, numbers: Collection[Fraction]
    ) -> Reading:
        source = table.source(rows, column)
        return Reading(total(numbers) * self.units[self.dataset.measures[column].unit].factor, (source,))

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

    def units_by_branch(self) -> dict[str, tuple[UnitReading, ...]]:
        """The units of each branch in the order of their numbers."""
        before = {_unit(keys): row for keys, row in _rows(self.before, self.scheme.year)}
        now = {_unit(keys): row for keys, row in _rows(self.roster, self.scheme.roc_year)}
        self.check_units(before, now)
        units: dict[str, tuple[UnitReading, ...]] = {}
        for (branch, id_), row in sorted(now.items(), key=lambda named: named[0]):
            if unit := self.unit(id_, row, before.get((branch, id_))):
                units[branch] = (*units.get(branch, ()), unit)
        return units

    def check_units(self, before: Mapping[UnitName, Record], now: Mapping[UnitName, Record]) -> None:
        """A unit that stands in one year alone is declared new or closed: else it is a mistyped one."""
        scheme, rules = self.scheme, self.scheme.units
        new, closed = ({_declared(unit) for unit in units} for units in (rules.new, rules.closed))
        year, roc_year = scheme.year, scheme.roc_year
        for unit in sorted(set(now) - set(before) - new):
            row, said = now[unit].row, "/".join(unit)
            self.fault(self.roster, UNIT, row, "targets.is_unknown_2", unit=said, year=year)
        for unit in sorted(set(before) - set(now) - closed):
            row, said = before[unit].row, "/".join(unit)
            self.fault(self.before, UNIT, row, "targets.has_no_row_roster_roc", unit=said, roc_year=roc_year)
        for unit in sorted(new & set(before)):
            self.fault_of_scheme("units.new", "targets.had_target_roc", unit="/".join(unit), year=year)
        for unit in sorted(new - set(now)):
            self.fault_of_scheme("units.new", "targets.has_no_row_roster", unit="/".join(unit))
        for unit in sorted(closed & set(now)):
            name = "targets.stands_roster_roc"
            self.fault_of_scheme("units.closed", name, unit="/".join(unit), roc_year=roc_year)
        for unit in sorted(closed - set(before)):
            self.fault_of_scheme("units.closed", "targets.had_no_row_roc", unit="/".join(unit), year=year)

    def unit(self, id_: str, row: Record, before: Record | None) -> UnitReading | None:
        rules = self.scheme.units
        months = self.number(self.roster, row, rules.months)
        if months is not None and not 0 < months <= 12:
            self.fault(self.roster, rules.months, row.row, "targets.months", months=float(months))
        half = self.half(row)
        last, factors = None, {}
        if before:
            last = self.cell(self.before, before, self.scheme.last_column)
            for factor in self.scheme.unit_factors:
                if reading := self.cell(self.before, before, factor.column):
                    factors[factor.id] = reading
        if months is None:
            return None
        source = Source(file=self.roster.file, sheet=self.roster.sheet, rows=(row.row,), column=rules.months)
        served = Reading(months, (source,))
        return UnitReading(id=id_, new=before is None, months=served, half=half, last=last, factors=factors)

    def half(self, row: Record) -> bool:
        """Whether the unit is half-staffed; all are full where there is no column of staffing."""
        column = self.scheme.units.staffing
        said = str(row.cells[column]) if column else FULL
        if said not in (HALF, FULL):
            self.fault(self.roster, column, row.row, "targets.is_unknown_3", said=said, full=FULL, half=HALF)
        return said == HALF


def _rows(table: Table, year: int) -> Iterator[tuple[dict[str, int | str], Record]]:
    """The rows of a table in a year, each with its key by the name of the column."""
    for record in table.records:
        keys = dict(zip(table.key, record.key, strict=True))
        if any(keys[name] == year for name in keys if table.columns[name].type == "roc_year"):
            yield keys, record


def _unit(keys: Mapping[str, int | str]) -> UnitName:
    return str(keys[BRANCH]), str(keys[UNIT])


def _declared(name: str) -> UnitName:
    branch, _, unit = name.partition("/")
    return branch, unit
