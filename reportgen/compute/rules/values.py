"""The numbers of each candidate, exact, with the rows that they come from; nothing is judged here."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from simpleeval import DEFAULT_OPERATORS, InvalidExpression, SimpleEval

from reportgen.compute.rules.model import Person
from reportgen.compute.rules.scheme import Column, Condition, Scheme, Where
from reportgen.model import Exact, Gap, Key, Source, Text, Value, formats
from reportgen.model.errors import InputError, Place, problem
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.model.values import merged_sources
from reportgen.read.tables import Dataset, Record, Table, sources_of


class _Missing(Exception):
    def __init__(self, gap: Gap) -> None:
        self.gap = gap


class _Formula(SimpleEval):  # type: ignore[misc]
    """A formula over columns of one candidate. Numbers are exact; min and max are the only functions."""

    def __init__(self, names: Mapping[str, Fraction]) -> None:
        super().__init__(names=names, functions={"min": min, "max": max})
        self.operators: dict[type[ast.AST], Any] = {
            kind: DEFAULT_OPERATORS[kind]
            for kind in (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UAdd, ast.USub)
        }
        self.nodes.pop(ast.IfExp, None)
        self.nodes[ast.Constant] = self._constant

    @staticmethod
    def _constant(node: ast.Constant) -> Fraction:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise InvalidExpression(f"{node.value!r} has no place in a formula")
        return Fraction(str(node.value))


@functools.cache
def _tree(formula: str) -> ast.expr:
    return ast.parse(formula.strip(), mode="eval").body


def names_of(formula: str) -> tuple[str, ...]:
    """The columns that a formula uses, in their order."""
    tree = _tree(formula)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called)
    return tuple(dict.fromkeys(node.id for node in sorted(found, key=lambda node: node.col_offset)))


def computed(formula: str, names: Mapping[str, Fraction]) -> Fraction:
    return Fraction(_Formula(names).eval(formula, _tree(formula)))


def key_of(candidate: str) -> Key:
    return (("candidate", candidate),)


def plain(number: Fraction) -> str:
    """An exact decimal where there is one, else a fraction: for the working of a value."""
    rest = number.denominator
    if rest == 1:
        return str(number.numerator)
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    digits = 0
    while (number * 10**digits).denominator != 1:
        digits += 1
    return f"{formats.half_up(number, digits):f}"


class Book:
    """The candidates of a scheme and the value of each column for each of them."""

    def __init__(self, scheme: Scheme, dataset: Dataset, units: Mapping[str, Unit]) -> None:
        self.scheme, self.dataset, self.units = scheme, dataset, units
        self.table = dataset.tables[scheme.candidates.table]
        self._values: dict[tuple[str, str], Value] = {}
        self._indices: dict[tuple[str, str, Where], dict[str, list[Record]]] = {}
        self.records = self._candidates()

    def _candidates(self) -> dict[str, Record]:
        """By id, in the order of the ids; a candidate stands once."""
        found: dict[str, Record] = {}
        problems = []
        id_ = self.scheme.candidates.id
        for record in self.table.records:
            if not self.meets(self.table, record, self.scheme.candidates.where):
                continue
            name = str(self.cell(self.table, record, id_))
            if name in found:
                place = Place(self.table.file, self.table.sheet, record.row, id_)
                problems.append(problem(place, "rules.candidate_stands_twice_first_row", row=found[name].row))
            found.setdefault(name, record)
        if problems:
            raise InputError(problems)
        return dict(sorted(found.items()))

    # ---- cells ----------------------------------------------------------------------------------

    @staticmethod
    def cell(table: Table, record: Record, name: str) -> Exact | str | date | int:
        if name in record.cells:
            return record.cells[name]
        found = record.key[table.key.index(name)]
        # A key holds its dates as text.
        return date.fromisoformat(str(found)) if table.columns[name].type == "roc_date" else found

    def said(self, table: Table, record: Record, name: str) -> str:
        cell = self.cell(table, record, name)
        if isinstance(cell, Gap):
            return ""
        return plain(cell) if isinstance(cell, Fraction) else str(cell)

    def meets(self, table: Table, record: Record, where: Where) -> bool:
        return all(self.said(table, record, column) in among for column, among in where)

    def label(self, table: Table, record: Record, name: str) -> Text:
        """The cell in words: a member's name, a date as it is written, else the cell itself."""
        cell = self.cell(table, record, name)
        if isinstance(cell, date):
            return formats.roc_date(cell)
        column = table.columns[name]
        said = self.said(table, record, name)
        if column.type == "member":
            return self.dataset.dimensions[column.dimension].member(said).name_in(self.scheme.year)
        return Text(said, said)

    def person(self, id_: str) -> Person:
        table, record, who = self.table, self.records[id_], self.scheme.candidates
        name = self.said(table, record, who.name)
        unit = Text("", "")
        if who.unit:
            unit = self.label(table, record, who.unit)
            if who.unit_name:
                unit = Text(
                    who.unit_name.zh.replace("{unit}", unit.zh), who.unit_name.en.replace("{unit}", unit.en)
                )
        return Person(
            id=id_,
            names=Text(name, (self.said(table, record, who.name_en) if who.name_en else "") or name),
            post=self.label(table, record, who.post) if who.post else Text("", ""),
            branch=self.said(table, record, who.branch) if who.branch else "",
            unit=unit,
            place=Place(table.file, table.sheet, record.row, who.name),
            cells={column: self.said(table, record, column) for column in table.columns},
        )

    def index(self, table: str, by: str, where: Where) -> dict[str, list[Record]]:
        known = self._indices.get((table, by, where))
        if known is None:
            known = self._indices[table, by, where] = {}
            of = self.dataset.tables[table]
            for record in sorted(of.records, key=_place):
                if self.meets(of, record, where):
                    known.setdefault(self.said(of, record, by), []).append(record)
        return known

    def factor(self, unit: str) -> Fraction:
        return self.units[unit].factor

    # ---- columns --------------------------------------------------------------------------------

    def value(self, column: str, candidate: str) -> Value:
        known = self._values.get((column, candidate))
        if known is None:
            spec = self.scheme.columns[column]
            known = self._values[column, candidate] = _KINDS[spec.kind](self, spec, candidate)
        return known

    def _value(
        self, spec: Column, candidate: str, exact: Exact, formula: str, worked: str, sources: Iterable[Source]
    ) -> Value:
        return Value(
            metric=f"award.{spec.id}",
            key=key_of(candidate),
            exact=exact,
            unit=spec.unit,
            digits=spec.digits,
            formula=formula,
            worked=worked,
            sources=merged(sources),
        )

    def _own(self, spec: Column, candidate: str) -> Value:
        record = self.records[candidate]
        cell = self.cell(self.table, record, spec.of)
        source = sources_of(self.table, [record], spec.of)
        if isinstance(cell, Gap):
            return self._value(spec, candidate, cell, spec.of, "", source)
        number = Fraction(cell) if isinstance(cell, Fraction | int) else Fraction(0)
        exact = number * self.factor(spec.unit)
        return self._value(spec, candidate, exact, spec.of, f"{spec.of} = {plain(number)}", source)

    def _service(self, spec: Column, candidate: str) -> Value:
        record = self.records[candidate]
        begun = self.cell(self.table, record, spec.of)
        source = Source(file=self.table.file, sheet=self.table.sheet, rows=(record.row,), column=spec.of)
        exact: Exact = begun if isinstance(begun, Gap) else Fraction(0)
        worked = ""
        if isinstance(begun, date):
            exact = Fraction(whole_months(begun, self.scheme.end))
            worked = f"{begun.isoformat()} – {self.scheme.end.isoformat()} = {exact}"
        return self._value(spec, candidate, exact, f"months({spec.of})", worked, [source])

    def _formula(self, spec: Column, candidate: str) -> Value:
        values = {name: self.value(name, candidate) for name in names_of(spec.formula)}
        sources = [source for value in values.values() for source in value.sources]
        worked = ", ".join(
            f"{name} = {plain(v.exact)}" for name, v in values.items() if isinstance(v.exact, Fraction)
        )
        exact: Exact
        try:
            exact = computed(spec.formula, {name: _number(value) for name, value in values.items()})
        except _Missing as missing:
            exact = missing.gap
        except ZeroDivisionError:
            exact = Gap("undefined", message("rules.denominator_is_zero"))
        return self._value(spec, candidate, exact, spec.formula, worked, sources)

    def _aggregate(self, spec: Column, candidate: str) -> Value:
        table = self.dataset.tables[spec.table]
        match = self.said(self.table, self.records[candidate], spec.match) if spec.match else candidate
        records = [
            record
            for record in self.index(spec.table, spec.by, spec.where).get(match, [])
            if self._in_time(table, record, spec)
        ]
        if spec.of and (spec.gaps == "skip" or spec.take == "count"):
            records = [r for r in records if not isinstance(self.cell(table, r, spec.of), Gap)]
        if spec.take == "last" and records:
            records = [max(records, key=lambda record: self._moment(table, record, spec.on))]
        cells = [self.cell(table, record, spec.of) if spec.of else Fraction(1) for record in records]
        numbers = [cell for cell in cells if isinstance(cell, Fraction)]
        exact = self._taken(spec, numbers, [cell for cell in cells if isinstance(cell, Gap)])
        source = sources_of(table, records, spec.of or spec.by)
        formula = f"{spec.take}({spec.table}{'.' + spec.of if spec.of else ''})"
        listed = ", ".join(plain(number) for number in numbers[:40]) if spec.of else ""
        worked = f"n = {len(numbers)}" + (f": {listed}" if listed else "")
        return self._value(spec, candidate, exact, formula, worked, source)

    def _moment(self, table: Table, record: Record, on: str) -> tuple[Fraction, str]:
        """A date or a number to order rows in time; rows of the same moment by their key."""
        cell = self.cell(table, record, on)
        number = Fraction(cell.toordinal()) if isinstance(cell, date) else Fraction(-1)
        return (Fraction(cell) if isinstance(cell, Fraction | int) else number), str(record.key)

    def _in_time(self, table: Table, record: Record, spec: Column) -> bool:
        if not (spec.since or spec.until):
            return True
        day = self.cell(table, record, spec.on)
        return (
            isinstance(day, date)
            and (spec.since is None or day >= spec.since)
            and (spec.until is None or day <= spec.until)
        )

    def _taken(self, spec: Column, numbers: list[Fraction], gaps: list[Gap]) -> Exact:
        if spec.take == "count":
            return Fraction(len(numbers))
        if gaps:
            return gaps[0]
        if not numbers:
            if spec.empty is not None:
                return spec.empty
            if spec.take == "sum":
                return Fraction(0)
            label = self.dataset.tables[spec.table].label
            return Gap("not_available", message("rules.no_rows", label=label))
        factor = self.factor(spec.unit)
        number = _TAKES[spec.take](numbers)
        return number if factor == 1 else number * factor

    # ---- looking back ---------------------------------------------------------------------------

    def since(self, condition: Condition) -> date:
        """The first day that an exclusion looks back to: the day after the end of the year, n years before."""
        end = self.scheme.end + timedelta(days=1)
        return end.replace(year=end.year - condition.years)

    def held(self, condition: Condition, candidate: str) -> Value:
        """How many rows of the candidate lie in the years that are looked back on."""
        table = self.dataset.tables[condition.table]
        first = self.since(condition)
        rows = []
        days = []
        for record in self.index(condition.table, condition.by, condition.where).get(candidate, []):
            day = self.cell(table, record, condition.on)
            if isinstance(day, date) and first <= day <= self.scheme.end:
                rows.append(record.row)
                days.append(day.isoformat())
        source = (
            (Source(file=table.file, sheet=table.sheet, rows=tuple(sorted(rows)), column=condition.on),)
            if rows
            else ()
        )
        return Value(
            metric=f"award.{condition.id}",
            key=key_of(candidate),
            exact=Fraction(len(rows)),
            unit="count",
            digits=0,
            formula=f"count({condition.table}, {first.isoformat()} – {self.scheme.end.isoformat()})",
            worked=", ".join(sorted(days)),
            sources=source,
        )


def _place(record: Record) -> tuple[tuple[int | str, ...], str]:
    """By key, whatever the order of the rows; by what it holds where the table has no key."""
    return record.key, "" if record.key else repr(record.cells)


def _sum(numbers: Sequence[Fraction]) -> Fraction:
    """Whole numbers are added as such: thousands of candidates have twelve each."""
    if all(number.denominator == 1 for number in numbers):
        return Fraction(sum(number.numerator for number in numbers))
    return sum(numbers, Fraction(0))


_TAKES: Mapping[str, Callable[[Sequence[Fraction]], Fraction]] = {
    "mean": lambda numbers: _sum(numbers) / len(numbers),
    "sum": _sum,
    "min": min,
    "max": max,
    "last": lambda numbers: numbers[0],
}
_KINDS = {"own": Book._own, "service": Book._service, "formula": Book._formula, "aggregate": Book._aggregate}


def _number(value: Value) -> Fraction:
    if isinstance(value.exact, Gap):
        raise _Missing(value.exact)
    return value.exact


def merged(sources: Iterable[Source]) -> tuple[Source, ...]:
    """The rows of the same file, sheet and column together, each once."""
    return merged_sources(sources)


def whole_months(begun: date, end: date) -> int:
    """Completed months from the first day to the last, both counted; 0 if it begins after the end."""
    after = end + timedelta(days=1)
    months = (after.year - begun.year) * 12 + after.month - begun.month - (after.day < begun.day)
    return max(months, 0)
