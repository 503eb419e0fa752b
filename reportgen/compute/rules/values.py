"""The numbers of each candidate, exact, with the rows that they come from; nothing is judged here."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from functools import partial

from reportgen.compute.exact import total, written
from reportgen.compute.formulas import computed, names_of
from reportgen.compute.rules.conditions import Condition
from reportgen.compute.rules.model import Person
from reportgen.compute.rules.postings import VACANT, Posts, Span, faults, read_postings
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.vocabulary import Column, Where
from reportgen.model import Exact, Gap, Key, Source, Text, Value, formats
from reportgen.model.errors import InputError, problem
from reportgen.model.formats import Unit
from reportgen.model.hints import at_most
from reportgen.model.messages import message
from reportgen.model.values import merged_sources
from reportgen.read.tables import Dataset, Record, Table, sources_of

LISTED = 40  # numbers of an aggregate in its working


def key_of(candidate: str) -> Key:
    return (("candidate", candidate),)


class Book:
    """The candidates of a scheme and the value of each column for each of them."""

    def __init__(self, scheme: Scheme, dataset: Dataset, units: Mapping[str, Unit]) -> None:
        self.scheme, self.dataset, self.units = scheme, dataset, units
        self.table = dataset.tables[scheme.candidates.table]
        self._values: dict[tuple[str, str], Value] = {}
        self._indices: dict[tuple[str, str, Where], dict[str, list[Record]]] = {}
        self.records = self._candidates()
        self.posts = self._posts()

    def _candidates(self) -> dict[str, Record]:
        """By id, in the order of the ids; a candidate stands once."""
        records: dict[str, Record] = {}
        problems = []
        id_ = self.scheme.candidates.id
        for record in self.table.records:
            if not self.meets(self.table, record, self.scheme.candidates.where):
                continue
            name = str(self.cell(self.table, record, id_))
            if name in records:
                place = self.table.place(record, id_)
                problems.append(
                    problem(place, "rules.candidate_stands_twice_first_row", row=records[name].row)
                )
            records.setdefault(name, record)
        if problems:
            raise InputError(problems)
        return dict(sorted(records.items()))

    # ---- postings -------------------------------------------------------------------------------

    def _posts(self) -> Posts | None:
        """Who held which unit when; InputError for all that is wrong with it."""
        if not self.scheme.postings:
            return None
        table, end = self.dataset.tables[self.scheme.postings.table], self.scheme.end
        found = read_postings(self.scheme.postings, table, partial(self.cell, table))
        posts = Posts(self.scheme.postings, found, (end.replace(month=1, day=1), end))
        persons = {self.said(self.table, record, self.scheme.candidates.id) for record in self.table.records}
        units = {unit for one in self.posted() for unit in self.index(one.table, one.by, ())}
        if problems := list(faults(posts, persons, units)):
            raise InputError(at_most(problems))
        return posts

    def posted(self) -> list[Column]:
        """The columns that count by the days of who held the unit."""
        return [column for column in self.scheme.columns.values() if column.posted]

    def span(self, table: Table, record: Record) -> Span:
        """The days that a row is of: its month, else its year; of the year that is judged, those of the period."""
        time, month, end = self.dataset.time, self.scheme.month, self.scheme.end
        year = (
            formats.gregorian_year(int(self.said(table, record, time))) if time in table.columns else end.year
        )
        if month in table.columns:
            number = int(self.said(table, record, month))
            return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])
        return date(year, 1, 1), end if year == end.year else date(year, 12, 31)

    def _part_held(self, table: Table, record: Record, unit: str, holder: str) -> Fraction:
        assert self.posts
        return self.posts.parts(unit, self.span(table, record)).get(holder, Fraction(0))

    def vacant(self, column: Column, unit: str) -> Value:
        """What was counted in a unit while nobody held it."""
        rows = self.index(column.table, column.by, column.where).get(unit, [])
        return self._of(column, (("unit", unit),), self._counted(column, rows, VACANT))

    # ---- cells ----------------------------------------------------------------------------------

    @staticmethod
    def cell(table: Table, record: Record, name: str) -> Exact | str | date | int:
        if name in record.cells:
            return record.cells[name]
        cell = record.key[table.key.index(name)]
        # A key holds its dates as text.
        return date.fromisoformat(str(cell)) if table.columns[name].type == "roc_date" else cell

    def said(self, table: Table, record: Record, name: str) -> str:
        """The cell as text; empty for a gap, and where no column is named."""
        cell = self.cell(table, record, name) if name else ""
        if isinstance(cell, Gap):
            return ""
        return written(cell) if isinstance(cell, Fraction) else str(cell)

    def meets(self, table: Table, record: Record, where: Where) -> bool:
        return all(self.said(table, record, column) in among for column, among in where)

    def label(self, table: Table, record: Record, name: str) -> Text:
        """The cell in words: a member's name, a date as it is written, else the cell itself."""
        cell = self.cell(table, record, name) if name else ""
        if isinstance(cell, date):
            return formats.roc_date(cell)
        said = self.said(table, record, name)
        if name and table.columns[name].type == "member":
            return (
                self.dataset.dimensions[table.columns[name].dimension].member(said).name_in(self.scheme.year)
            )
        return Text(said, said)

    def person(self, id_: str) -> Person:
        table, record, who = self.table, self.records[id_], self.scheme.candidates
        name, unit = self.said(table, record, who.name), self.label(table, record, who.unit)
        if who.unit and who.unit_name:
            zh, en = who.unit_name.zh, who.unit_name.en
            unit = Text(zh.replace("{unit}", unit.zh), en.replace("{unit}", unit.en))
        return Person(
            id=id_,
            names=Text(name, self.said(table, record, who.name_en) or name),
            post=self.label(table, record, who.post),
            branch=self.said(table, record, who.branch),
            unit=unit,
            place=table.place(record, who.name),
            cells=self.cells(table, record),
        )

    def cells(self, table: Table, record: Record) -> dict[str, str]:
        """The row as it is read, by column."""
        return {column: self.said(table, record, column) for column in table.columns}

    def index(self, table: str, by: str, where: Where) -> dict[str, list[Record]]:
        """The rows of a table by what stands in the column `by`, in the order of their keys."""
        known = self._indices.get((table, by, where))
        if known is None:
            known = self._indices[table, by, where] = {}
            of = self.dataset.tables[table]
            for record in sorted(of.records, key=_order):
                if self.meets(of, record, where):
                    known.setdefault(self.said(of, record, by), []).append(record)
        return known

    def rows_of(self, column: Column, candidate: str) -> list[Record]:
        """The rows of another table that an aggregate takes for a candidate, whenever they are."""
        if column.posted and self.posts:
            table, by_unit = (
                self.dataset.tables[column.table],
                self.index(column.table, column.by, column.where),
            )
            return [
                record
                for unit in self.posts.units(candidate)
                for record in by_unit.get(unit, [])
                if self._part_held(table, record, unit, candidate)
            ]
        wanted = candidate
        if column.match:
            wanted = self.said(self.table, self.records[candidate], column.match)
        return self.index(column.table, column.by, column.where).get(wanted, [])

    def factor(self, unit: str) -> Fraction:
        return self.units[unit].factor

    # ---- columns --------------------------------------------------------------------------------

    def value(self, column: str, candidate: str) -> Value:
        known = self._values.get((column, candidate))
        if known is None:
            spec = self.scheme.columns[column]
            worked = _KINDS[spec.kind](self, spec, candidate)
            known = self._values[column, candidate] = self._of(spec, key_of(candidate), worked)
        return known

    @staticmethod
    def _of(spec: Column, key: Key, found: _Worked) -> Value:
        exact, formula, worked, sources = found
        return Value(
            metric=f"award.{spec.id}",
            key=key,
            exact=exact,
            unit=spec.unit,
            digits=spec.digits,
            formula=formula,
            worked=worked,
            sources=merged_sources(sources),
        )

    def _own(self, spec: Column, candidate: str) -> _Worked:
        record = self.records[candidate]
        cell, sources = self.cell(self.table, record, spec.of), sources_of(self.table, [record], spec.of)
        if isinstance(cell, Gap):
            return cell, spec.of, "", sources
        counted = Fraction(cell) if isinstance(cell, Fraction | int) else Fraction(0)
        return counted * self.factor(spec.unit), spec.of, f"{spec.of} = {written(counted)}", sources

    def _service(self, spec: Column, candidate: str) -> _Worked:
        record, end = self.records[candidate], self.scheme.end
        begun = self.cell(self.table, record, spec.of)
        source = self.table.source([record], spec.of)
        exact: Exact = begun if isinstance(begun, Gap) else Fraction(0)
        worked = ""
        if isinstance(begun, date):
            exact = Fraction(whole_months(begun, end))
            worked = f"{begun.isoformat()} – {end.isoformat()} = {exact}"
        return exact, f"months({spec.of})", worked, [source]

    def _part(self, spec: Column, candidate: str) -> _Worked:
        """A year's number times what the months so far had of the years before; of a whole year all of it."""
        year, last = self.value(spec.of, candidate), self.scheme.end.month
        share, said, sources = Fraction(last, 12), f"{last}/12", list(year.sources)
        if spec.pattern and last < 12:
            parts = self._months_before(spec, candidate, sources)
            if not parts:
                return Gap("not_available", message("rules.no_year_of_pattern")), spec.of, "", sources
            months, whole = (total(two[at] for two in parts) for at in (0, 1))
            share, said = months / whole, f"{written(months)} / {written(whole)}"
        if isinstance(year.exact, Gap):
            return year.exact, spec.of, "", sources
        formula = (
            f"{spec.of} * months / year of {spec.pattern}" if spec.pattern else f"{spec.of} * months / 12"
        )
        return year.exact * share, formula, f"{written(year.exact)} * {said}", sources

    def _months_before(
        self, spec: Column, candidate: str, sources: list[Source]
    ) -> list[tuple[Fraction, Fraction]]:
        """The first months and the whole of each earlier year that has all twelve and is above zero."""
        pattern, scheme, found = self.scheme.columns[spec.pattern], self.scheme, []
        table, time, month = self.dataset.tables[pattern.table], self.dataset.time, scheme.month
        where = tuple(one for one in pattern.where if one[0] not in (time, month))
        for year in range(scheme.year - spec.years, scheme.year):
            rows = self.rows_of(replace(pattern, where=(*where, (time, (str(year),)))), candidate)
            cells = [(int(self.said(table, row, month)), self.cell(table, row, pattern.of)) for row in rows]
            known = [(at, cell) for at, cell in cells if isinstance(cell, Fraction)]
            whole = total(cell for _, cell in known)
            if {at for at, _ in known} >= set(range(1, 13)) and len(known) == len(cells) and whole > 0:
                found.append((total(cell for at, cell in known if at <= scheme.end.month), whole))
                sources += sources_of(table, rows, pattern.of)
        return found

    def _formula(self, spec: Column, candidate: str) -> _Worked:
        values = {name: self.value(name, candidate) for name in names_of(spec.formula)}
        exact, worked = formula_of(spec.formula, values)
        return exact, spec.formula, worked, [source for value in values.values() for source in value.sources]

    def _aggregate(self, spec: Column, candidate: str) -> _Worked:
        return self._counted(spec, self.rows_of(spec, candidate), candidate)

    def _counted(self, spec: Column, rows: Iterable[Record], holder: str) -> _Worked:
        """What is taken over the rows; of a unit's rows the part of the days that the holder held it."""
        table = self.dataset.tables[spec.table]
        records = [row for row in rows if self._in_time(table, row, spec)]
        if spec.of and (spec.gaps == "skip" or spec.take == "count"):
            records = [row for row in records if not isinstance(self.cell(table, row, spec.of), Gap)]
        if spec.take == "last" and records:
            records = [max(records, key=lambda row: self._moment(table, row, spec.on))]
        cells = [self.cell(table, row, spec.of) if spec.of else Fraction(1) for row in records]
        if spec.posted:
            parts = [self._part_held(table, row, self.said(table, row, spec.by), holder) for row in records]
        else:
            parts = [Fraction(1)] * len(records)
        pairs = [(cell, part) for cell, part in zip(cells, parts, strict=True) if isinstance(cell, Fraction)]
        numbers = [cell * part if part != 1 else cell for cell, part in pairs]
        exact = self._taken(spec, numbers, [cell for cell in cells if isinstance(cell, Gap)])
        formula = f"{spec.take}({spec.table}{'.' + spec.of if spec.of else ''})"
        listed = ", ".join(_times(*pair) for pair in pairs[:LISTED]) if spec.of else ""
        worked = f"n = {len(numbers)}" + (f": {listed}" if listed else "")
        return exact, formula, worked, sources_of(table, records, spec.of or spec.by)

    def _moment(self, table: Table, record: Record, on: str) -> tuple[Fraction, str]:
        """A date or a number to order rows in time; rows of the same moment by their key."""
        cell = self.cell(table, record, on)
        if isinstance(cell, date):
            return Fraction(cell.toordinal()), str(record.key)
        return Fraction(cell) if isinstance(cell, Fraction | int) else Fraction(-1), str(record.key)

    def _in_time(self, table: Table, record: Record, spec: Column) -> bool:
        if not (spec.since or spec.until):
            return True
        day = self.cell(table, record, spec.on)
        return isinstance(day, date) and (spec.since or day) <= day <= (spec.until or day)

    def _taken(self, spec: Column, numbers: list[Fraction], gaps: list[Gap]) -> Exact:
        if spec.take == "count":
            return Fraction(len(numbers))
        if gaps:
            return gaps[0]
        if not numbers and spec.empty is not None:
            return spec.empty
        if not numbers and spec.take != "sum":
            label = self.dataset.tables[spec.table].label
            return Gap("not_available", message("rules.no_rows", label=label))
        factor = self.factor(spec.unit)
        taken = _TAKES[spec.take](numbers)
        return taken if factor == 1 else taken * factor

    # ---- looking back ---------------------------------------------------------------------------

    def since(self, condition: Condition) -> date:
        """The first day that an exclusion looks back to: the day after the end of the year, n years before."""
        end = self.scheme.end + timedelta(days=1)
        return end.replace(year=end.year - condition.years)

    def held(self, condition: Condition, candidate: str) -> Value:
        """How many rows of the candidate lie in the years that are looked back on."""
        table, first, last = self.dataset.tables[condition.table], self.since(condition), self.scheme.end
        days = []
        for record in self.index(condition.table, condition.by, condition.where).get(candidate, []):
            day = self.cell(table, record, condition.on)
            if isinstance(day, date) and first <= day <= last:
                days.append((day.isoformat(), record))
        counted = sorted((record for _, record in days), key=lambda record: record.row)
        source = table.source(counted, condition.on)
        return Value(
            metric=f"award.{condition.id}",
            key=key_of(candidate),
            exact=Fraction(len(days)),
            unit="count",
            digits=0,
            formula=f"count({condition.table}, {first.isoformat()} – {last.isoformat()})",
            worked=", ".join(sorted(day for day, _ in days)),
            sources=(source,) if days else (),
        )


def _times(number: Fraction, part: Fraction) -> str:
    return written(number) if part == 1 else f"{written(number)} * {part}"


_Worked = tuple[Exact, str, str, Iterable[Source]]  # the number, its formula, its working, its rows


def _order(record: Record) -> tuple[tuple[int | str, ...], str]:
    """By key, whatever the order of the rows; by what it holds where the table has no key."""
    return record.key, "" if record.key else repr(record.cells)


_TAKES: Mapping[str, Callable[[Sequence[Fraction]], Fraction]] = {
    "mean": lambda numbers: total(numbers) / len(numbers),
    "sum": total,
    "min": min,
    "max": max,
    "last": lambda numbers: numbers[0],
}
_KINDS: Mapping[str, Callable[[Book, Column, str], _Worked]] = {
    "own": Book._own,
    "service": Book._service,
    "part": Book._part,
    "formula": Book._formula,
    "aggregate": Book._aggregate,
}


def formula_of(formula: str, values: Mapping[str, Value]) -> tuple[Exact, str]:
    """A formula over values, and its operands as the working has them; the first gap, where one has no number."""
    numbers = {name: value.exact for name, value in values.items() if isinstance(value.exact, Fraction)}
    worked = ", ".join(f"{name} = {written(exact)}" for name, exact in numbers.items())
    gap = next((value.exact for value in values.values() if isinstance(value.exact, Gap)), None)
    if gap:
        return gap, worked
    try:
        return computed(formula, numbers), worked
    except ZeroDivisionError:
        return Gap("undefined", message("rules.denominator_is_zero")), worked


def whole_months(begun: date, end: date) -> int:
    """Completed months from the first day to the last, both counted; 0 if it begins after the end."""
    after = end + timedelta(days=1)
    months = (after.year - begun.year) * 12 + after.month - begun.month - (after.day < begun.day)
    return max(months, 0)
