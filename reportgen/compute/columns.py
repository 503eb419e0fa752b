"""The numbers of a dataset's columns: one cell, or the sum where the table is finer, by members or by parts of a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from reportgen.compute.evaluation import RATE_OF_PARTS, Keys, unavailable
from reportgen.compute.exact import total
from reportgen.model import Exact, Gap, Source, Text, formats
from reportgen.model.messages import message
from reportgen.model.periods import KINDS, Calendar, Period, Year, as_period
from reportgen.model.values import Together, parts_of
from reportgen.read.metrics import Registry
from reportgen.read.tables import Dataset, Measure, Table, case_query

NOT_BY = {
    "month": "metrics.not_by_month",
    "quarter": "metrics.not_by_quarter",
    "half": "metrics.not_by_half",
    "fiscal_year": "metrics.not_by_fiscal_year",
}
Rows = list[int]  # numbers of records


class Columns:
    """The columns of one dataset, in base units of the registry; `calendar` says what a period is called."""

    def __init__(self, dataset: Dataset, registry: Registry, calendar: Calendar) -> None:
        self.dataset, self.registry, self.calendar = dataset, registry, calendar
        self._index: dict[str, dict[tuple[object, ...], Rows]] = {}

    def at(self, name: str, key: Keys) -> tuple[Exact, list[Source]]:
        """The number of a column at a key, in base units, and where it was read."""
        measure = self.dataset.measures[name]
        table, period = self.dataset.tables[measure.table], as_period(int_of(key, self.dataset.time))
        if gap := self._outside(table, key, period):
            return gap, []
        found = [self._by_part(table, one, period) for one in self._apart(key, period)]
        if not found or not all(any(by_part.values()) for by_part in found):
            label = self.calendar.label(period)
            return unavailable("metrics.has_no_row", label=table.label, year=label), []
        if measure.kind == "stock":  # not added up over time: its last part says it
            found = [{part: by_part[part] for part in [*by_part][-1:]} for by_part in found]
        if missing := sorted({part for by_part in found for part, rows in by_part.items() if not rows}):
            return self._incomplete(table, period, missing), []
        rows = [row for by_part in found for part in by_part.values() for row in part]
        query = case_query(table.cases, table.columns[measure.id].counts, key) if table.cases else ""
        source = table.source((table.records[row] for row in rows), measure.id, query)
        return self._summed(table, rows, measure), [source]

    def _incomplete(self, table: Table, period: Period, missing: Sequence[Period]) -> Gap:
        first = self.calendar.label(missing[0])
        slots = {"label": table.label, "period": self.calendar.label(period), "first": first}
        name = "metrics.lacks_a_part" if len(missing) == 1 else "metrics.lacks_parts"
        return unavailable(name, count=str(len(missing)), **slots)

    def _outside(self, table: Table, key: Keys, period: Period) -> Gap | None:
        """Why a table holds nothing at a key: it is coarser, or a member did not exist yet."""
        for name in key:
            dimension = self.dataset.dimensions.get(name)
            if dimension and name not in table.key:
                label = Text(dimension.label.zh, formats.lower_first(dimension.label.en))
                return unavailable("metrics.is_not_broken_down", label=table.label, label2=label)
        if not isinstance(period, Year) and not self._parts(table, period):
            return unavailable(NOT_BY[period.kind], label=table.label)
        for name, value in key.items():
            if dimension := self.dataset.dimensions.get(name):
                members = [dimension.member(part) for part in parts_of(value)]
                member = min(members, key=lambda one: one.first_year or 0)
                begun = member.first_year or 0
                if period.year < begun:
                    year = self.calendar.year(begun)
                    return Gap("none", message("metrics.was_established", label=member.label, year=year))
        return None

    # -- rows

    def _apart(self, key: Keys, period: Period) -> list[Keys]:
        """A key for each member of those that are taken together and exist in its year."""
        keys = [key]
        for name, value in key.items():
            if isinstance(value, Together):
                there = self.dataset.dimensions[name].present(period.year)
                keys = [{**one, name: part} for one in keys for part in value.parts if part in there]
        return keys

    def _parts(self, table: Table, period: Period) -> Sequence[Period]:
        """The periods of the table's own kind that make up the one that is asked for."""
        part = next((table.columns[name].part_of_year for name in table.key if _is_part(table, name)), None)
        return self.calendar.parts(period, KINDS[part]) if part else ()

    def _by_part(self, table: Table, key: Keys, period: Period) -> Mapping[Period, Rows]:
        """The records of each part of the period; a year of a table that has no parts is one itself."""
        column, time = next((name for name in table.key if _is_part(table, name)), ""), self.dataset.time
        parts, dimension = self._parts(table, period), self.dataset.dimensions.get(column)
        printed = (
            isinstance(period, Year) and dimension and dimension.total
        )  # the source adds up the year itself
        if column in key or printed or not parts:
            return {period: self._rows(table, {**key, time: period.year})}
        return {part: self._rows(table, {**key, time: part.year, column: part.part}) for part in parts}

    def _rows(self, table: Table, key: Keys) -> Rows:
        """The numbers of the records at a key; where it names no member, those of the total, or else of all members."""
        totals = {
            name: self.dataset.dimensions[name].total
            for name in table.key
            if not table.cases and name in self.dataset.dimensions and self.dataset.dimensions[name].total
        }
        wanted = {**totals, **{name: value for name, value in key.items() if name in table.key}}
        named = [name for name in table.key if name in wanted]
        index = self._index.get(f"{table.name}/{','.join(named)}")
        if index is None:
            index = self._index[f"{table.name}/{','.join(named)}"] = {}
            places = [(table.key.index(name), _is_part(table, name)) for name in named]
            for number, record in enumerate(table.records):
                found = tuple(
                    part_number(record.key[at]) if is_part else record.key[at] for at, is_part in places
                )
                index.setdefault(found, []).append(number)
        asked = (part_number(wanted[name]) if _is_part(table, name) else wanted[name] for name in named)
        return index.get(tuple(asked), [])

    def _summed(self, table: Table, rows: Rows, measure: Measure) -> Exact:
        cells = [table.records[row].cells[measure.id] for row in rows]
        if len(cells) == 1 and isinstance(cells[0], Gap):
            return cells[0]
        if len(cells) > 1 and measure.kind == "rate":
            return RATE_OF_PARTS
        numbers = []
        for cell in cells:
            if not isinstance(cell, Gap):
                assert isinstance(cell, Fraction | int), cell
                numbers.append(Fraction(cell))
            elif cell.kind not in ("none", "under_half"):
                return cell  # an unknown part makes the sum unknown; the others add nothing that could be counted
        return total(numbers) * self.registry.units[measure.unit].factor


def _is_part(table: Table, name: str) -> bool:
    return bool(table.columns[name].part_of_year)


def part_number(part: int | str | None) -> int | str | None:
    """A month may be a number or the id of a member."""
    return int(part) if isinstance(part, str) and part.isdecimal() else part


def int_of(key: Keys, name: str) -> int:
    """The number in a key, a period as it is."""
    value = key[name]
    return value if isinstance(value, int) else int(value)
