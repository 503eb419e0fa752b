"""From the cells of a dataset to exact values: the formulas that the registry of metrics holds.

Everything is a `Fraction` in base units until `formats` prints it. A value that cannot be computed is
a `Gap` with its reason, never 0, inf or nan.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from simpleeval import DEFAULT_OPERATORS, InvalidExpression, SimpleEval

from reportgen.compute.ledger import Ledger, counted
from reportgen.model import Exact, Gap, Key, Printed, Source, Text, Value, formats
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.messages import message
from reportgen.model.values import merged_sources
from reportgen.read.metrics import Metric, Registry, lower_first
from reportgen.read.tables import Dataset, Dimension, Table, case_query

WINDOWS = frozenset({"previous", "total", "running", "mean", "rank"})


# ---- evaluation -----------------------------------------------------------------------------


class _Missing(Exception):
    """An operand of a formula has no number; carries the gap."""

    def __init__(self, gap: Gap) -> None:
        self.gap = gap


@functools.cache
def _tree(formula: str) -> ast.expr:
    return ast.parse(formula.strip(), mode="eval").body


@dataclass
class _Trail:
    """What an evaluation touched: sources, derivation notes, operands in their order."""

    sources: list[Source] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    operands: dict[str, Fraction] = field(default_factory=dict)


class _Formula(SimpleEval):  # type: ignore[misc]
    """A formula at one key. Numbers are exact; `previous(x)` and its like evaluate x at other keys."""

    def __init__(
        self, book: Figures, key: dict[str, int | str], this: str, trail: _Trail, since: int | None = None
    ) -> None:
        super().__init__()
        self.since = book.first_year if since is None else since
        self.operators: dict[type[ast.AST], Any] = {
            kind: DEFAULT_OPERATORS[kind]
            for kind in (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UAdd, ast.USub)
        }
        self.nodes.pop(ast.IfExp, None)
        self.book, self.key, self.this, self.trail = book, key, this, trail
        self.nodes[ast.Name] = self._name
        self.nodes[ast.Constant] = self._constant
        self.nodes[ast.Call] = self._window
        self.functions: dict[str, Any] = {}

    @staticmethod
    def _constant(node: ast.Constant) -> Fraction:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise InvalidExpression(f"{node.value!r} has no place in a formula")
        return Fraction(str(node.value))

    def _name(self, node: ast.Name) -> Fraction:
        name = self.this if node.id == "this" else node.id
        exact = self.book.operand(name, self.key, self.trail, self.this)
        if isinstance(exact, Gap):
            raise _Missing(exact)
        self.trail.operands.setdefault(_spelled(name, self.key), exact)
        return exact

    def _at(self, node: ast.expr, key: dict[str, int | str]) -> Fraction:
        before, self.key = self.key, key
        try:
            return Fraction(self._eval(node))
        finally:
            self.key = before

    def _window(self, node: ast.Call) -> Fraction:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in WINDOWS or len(node.args) != 1 or node.keywords:
            raise InvalidExpression(
                f"{ast.unparse(node)} is not known; functions take one argument: {sorted(WINDOWS)}"
            )
        inner, book, key = node.args[0], self.book, self.key
        time = book.dataset.time
        if name == "total":
            return self._at(inner, {time: key[time]})
        if name == "previous":
            year = int(key[time]) - 1
            if year < book.first_year:
                raise _Missing(
                    Gap("not_available", message("metrics.no_data_compare", year=formats.roc_year(year)))
                )
            return self._at(inner, {**key, time: year})
        if name in ("running", "mean"):
            years = range(max(self.since, book.founded(key)), int(key[time]) + 1)
            if not years:
                begins = formats.roc_year(years.start)
                raise _Missing(Gap("not_available", message("metrics.computed_from", begins=begins)))
            numbers = [self._at(inner, {**key, time: year}) for year in years]
            total = sum(numbers, Fraction(0))
            return total / len(numbers) if name == "mean" else total
        return self._rank(inner)

    def _rank(self, inner: ast.expr) -> Fraction:
        """Competition rank (1, 2, 2, 4) of the key's member among those that have a number."""
        dimension = self.book.dimension_of(self.key)
        if dimension is None:
            raise _Missing(Gap("blank", message("metrics.whole_has_no_rank")))
        better = self.book.registry.metric(self.this).better or "high"
        own = self._at(inner, self.key)
        ahead = 0
        for member in self.book.members(dimension, int(self.key[self.book.dataset.time])):
            try:
                other = self._at(inner, {**self.key, dimension.id: member})
            except _Missing:
                continue
            ahead += other > own if better == "high" else other < own
        return Fraction(ahead + 1)


def _spelled(name: str, key: Mapping[str, int | str]) -> str:
    return f"{name}[{', '.join(str(part) for part in key.values())}]"


def check_units(dataset: Dataset, registry: Registry) -> None:
    """InputError for each column whose unit the registry does not declare."""
    problems = [
        problem(
            Place(dataset.file, column=f"table.{measure.table}.column.{measure.id}.unit"),
            "metrics.unit_is_not_declared_2",
            unit=measure.unit,
            file=registry.file,
            units=[*registry.units],
        )
        for measure in dataset.measures.values()
        if measure.unit not in registry.units
    ]
    if problems:
        raise InputError(problems)


class Figures:
    """All values of one publication, and the ledger numbers of those that are printed.

    `since` is the first year that sums, means and changes look back to.
    """

    def __init__(self, dataset: Dataset, registry: Registry, period: int, since: int) -> None:
        self.dataset, self.registry = dataset, registry
        self.period, self.first_year = period, since
        self._values: dict[tuple[str, Key], Value] = {}
        self.ledger = Ledger(registry.units)
        self._index: dict[str, dict[tuple[object, ...], list[int]]] = {}
        self._derivations = dataset.derivations

    # -- keys

    def dimension_of(self, key: Mapping[str, int | str]) -> Dimension | None:
        for id_ in key:
            if id_ in self.dataset.dimensions:
                return self.dataset.dimensions[id_]
        return None

    def members(self, dimension: Dimension, roc_year: int) -> list[str]:
        """The members that exist in that year, without the total."""
        return [
            member.id
            for member in dimension.members
            if member.id != dimension.total
            and (member.first_year or 0) <= roc_year
            and roc_year <= (member.last_year or 10**6)
        ]

    def founded(self, key: Mapping[str, int | str]) -> int:
        """The first year of the key's members, 0 where none is declared."""
        members = (
            self.dataset.dimensions[d].member(str(m)) for d, m in key.items() if d in self.dataset.dimensions
        )
        return max((member.first_year or 0 for member in members), default=0)

    def key(self, roc_year: int | None = None, members: Mapping[str, str] = MappingProxyType({})) -> Key:
        year: tuple[str, int | str] = (self.dataset.time, self.period if roc_year is None else roc_year)
        return (year, *sorted((name, member) for name, member in members.items() if member))

    # -- values

    def value(self, reference: str, key: Key) -> Value:
        """The exact value of a metric at a key; InputError when the metric or its formula is unknown."""
        known = self._values.get((reference, key))
        if known is not None:
            return known
        if not self.registry.complete(reference):
            raise InputError(self._unknown(reference))
        metric = self.registry.metric(reference)
        trail = _Trail()
        try:
            exact = self._evaluate(metric, reference, dict(key), trail)
        except (InvalidExpression, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise InputError(
                problem(
                    Place(self.registry.file, column=f"metric.{reference}"),
                    "metrics.formula",
                    formula=metric.formula,
                    error=error,
                )
            ) from None
        value = Value(
            metric=reference,
            key=key,
            exact=exact,
            unit=metric.unit,
            digits=metric.digits,
            formula=metric.formula.replace("this", reference.partition(".")[2])
            if "." in reference
            else metric.formula,
            worked=", ".join(f"{name} = {number}" for name, number in list(trail.operands.items())[:40]),
            sources=merged_sources(trail.sources),
            notes=tuple(dict.fromkeys(trail.notes)),
        )
        self._values[reference, key] = value
        return value

    def _unknown(self, reference: str) -> Problem:
        known = ", ".join(sorted(self.registry.metrics))
        return problem(
            Place(self.registry.file, column=f"metric.{reference}"),
            "metrics.is_no_metric_2",
            reference=reference,
            known=known,
        )

    def _evaluate(self, metric: Metric, reference: str, key: dict[str, int | str], trail: _Trail) -> Exact:
        if int(key[self.dataset.time]) < metric.first_year:
            year = formats.roc_year(metric.first_year)
            return Gap("not_available", message("metrics.valid_from", year=year))
        inner = reference.partition(".")[2] or metric.id
        try:
            return Fraction(_Formula(self, key, inner, trail).eval(metric.formula, _tree(metric.formula)))
        except _Missing as missing:
            return missing.gap
        except ZeroDivisionError:
            return Gap("undefined", message("metrics.denominator_is_zero"))

    def operand(self, name: str, key: dict[str, int | str], trail: _Trail, this: str) -> Exact:
        """A name in a formula: a column of the dataset first, then a derivation, then another metric."""
        if name in self.dataset.measures:
            exact, sources = self.measured(name, key)
            trail.sources.extend(sources)
            return exact
        if name in self._derivations:
            derivation = self._derivations[name]
            trail.notes.append(name)
            if int(key[self.dataset.time]) < derivation.from_year:
                year = formats.roc_year(derivation.from_year)
                return Gap("not_available", message("metrics.derived_from", year=year))
            try:
                number = Fraction(
                    _Formula(self, key, name, trail, derivation.from_year).eval(
                        derivation.formula, _tree(derivation.formula)
                    )
                )
            except _Missing as missing:
                return missing.gap
            return number
        if name in self.registry.metrics or "." in name:
            metric = self.registry.metric(name)
            if metric.formula.strip() == name:
                return Gap(
                    "not_available",
                    message(
                        "metrics.dataset_has_no_column_2",
                        name_=Text(metric.name.zh, lower_first(metric.name.en)),
                    ),
                )
            value = self.value(name, tuple(key.items()))
            trail.sources.extend(value.sources)
            trail.notes.extend(value.notes)
            return value.exact
        return Gap("not_available", message("metrics.dataset_has_no_column", name_=name))

    def _factor(self, unit: str) -> Fraction:
        return self.registry.units[unit].factor

    def comparable_since(self, reference: str, key: Key) -> int:
        """The first year that can be compared with the key's: the last break of a series it is made from."""
        columns = {source.column for source in self.value(reference, key).sources}
        year = int(dict(key)[self.dataset.time])
        breaks = [
            one.roc_year
            for one in self.dataset.breaks
            if one.roc_year <= year and columns & set(one.measures)
        ]
        return max([self.first_year, *breaks])

    def measured(self, name: str, key: Mapping[str, int | str]) -> tuple[Exact, list[Source]]:
        """The number of a column at a key, in base units: one cell, or the sum where the table is finer."""
        measure = self.dataset.measures[name]
        table = self.dataset.tables[measure.table]
        for dimension in key:
            if dimension not in table.key:
                label = self.dataset.dimensions[dimension].label
                return (
                    Gap(
                        "not_available",
                        message(
                            "metrics.is_not_broken_down",
                            label=table.label,
                            label2=Text(label.zh, lower_first(label.en)),
                        ),
                    ),
                    [],
                )
        if int(key[self.dataset.time]) < self.founded(key):
            return self._before_founding(key), []
        wanted: list[object] = []
        for part in table.key:
            if part in key:
                wanted.append(key[part])
            elif not table.cases and part in self.dataset.dimensions and self.dataset.dimensions[part].total:
                wanted.append(self.dataset.dimensions[part].total)
            else:
                wanted.append(None)
        rows = self._rows(measure.table, tuple(wanted))
        if not rows:
            year = formats.roc_year(int(key[self.dataset.time]))
            return (Gap("not_available", message("metrics.has_no_row", label=table.label, year=year)), [])
        column = measure.id
        source = Source(
            file=table.file,
            sheet=table.sheet,
            rows=tuple(table.records[row].row for row in rows),
            column=column,
        )
        if table.cases:
            counts = table.columns[column].counts
            source = replace(source, query=case_query(table.cases, counts, key))
        factor = self._factor(measure.unit)
        cells = [table.records[row].cells[column] for row in rows]
        if len(cells) == 1 and isinstance(cells[0], Gap):
            return cells[0], [source]
        total = Fraction(0)
        for cell in cells:
            if isinstance(cell, Gap):
                # `none` says there is nothing and `under_half` adds less than the rounding;
                # an unknown part makes the sum unknown.
                if cell.kind in ("none", "under_half"):
                    continue
                return cell, [source]
            assert isinstance(cell, Fraction | int), cell
            total += cell
        return total * factor, [source]

    def _before_founding(self, key: Mapping[str, int | str]) -> Gap:
        for dimension, id_ in key.items():
            if dimension in self.dataset.dimensions:
                member = self.dataset.dimensions[dimension].member(str(id_))
                if int(key[self.dataset.time]) < (member.first_year or 0):
                    year = formats.roc_year(member.first_year or 0)
                    return Gap("none", message("metrics.was_established", label=member.label, year=year))
        raise AssertionError(key)

    def on_the_year_before(self, reference: str, members: Mapping[str, str] = MappingProxyType({})) -> Value:
        """The change on the year before as a sentence or a card may say it.

        Points for a rate, the difference where the year before was negative (a percentage would have the
        wrong sign), else per cent; a Gap where a series break lies between.
        """
        key = self.key(members=members)
        before = self.value(reference, self.key(self.period - 1, members)).exact
        negative = isinstance(before, Fraction) and before < 0
        rate = self.registry.metric(reference).unit == "percent"
        change = self.value(f"{'difference' if rate or negative else 'change'}.{reference}", key)
        if self.first_year < self.period == self.comparable_since(reference, key):
            reason = message("metrics.series_break_no_comparison_year")
            return replace(change, exact=Gap("not_available", reason))
        return change

    def _rows(self, table: str, wanted: tuple[object, ...]) -> list[int]:
        """Record numbers that match; None stands for any. One index for each pattern of Nones."""
        pattern = "".join("." if part is None else "x" for part in wanted)
        index = self._index.get(f"{table}/{pattern}")
        if index is None:
            index = self._index[f"{table}/{pattern}"] = {}
            keep = [place for place, part in enumerate(wanted) if part is not None]
            for number, record in enumerate(self.dataset.tables[table].records):
                index.setdefault(tuple(record.key[place] for place in keep), []).append(number)
        return index.get(tuple(part for part in wanted if part is not None), [])

    # -- printing

    def counted(
        self, name: str, number: int, formula: str, of: Iterable[Value], unit: str = "rank"
    ) -> Printed:
        """A number that the program counted over values (a rank, a streak of years), with their sources."""
        values = list(of)
        sources = merged_sources(source for value in values for source in value.sources)
        key = values[0].key if values else ()
        value = counted(name, number, formula, key=key, unit=unit, sources=sources)
        return self.ledger.print(replace(value, worked=f"= {number}"))

    def summed(self, name: str, total: Fraction, formula: str, of: Iterable[Value]) -> Printed:
        """A sum that is no metric of the registry: of the years that a table shows."""
        values = list(of)
        last = values[-1]
        sources = merged_sources(source for value in values for source in value.sources)
        return self.ledger.print(
            Value(
                metric=name,
                key=last.key,
                exact=total,
                unit=last.unit,
                digits=last.digits,
                formula=formula,
                worked=f"= {total}",
                sources=sources,
            )
        )

    def figure(
        self, reference: str, roc_year: int | None = None, members: Mapping[str, str] = MappingProxyType({})
    ) -> Printed:
        return self.ledger.print(self.value(reference, self.key(roc_year, members)))

    def tables_used(self) -> list[Table]:
        """The tables that printed figures come from, and those whose only work is to check these."""
        read = {
            (source.file, source.sheet) for printed in self.ledger.printed for source in printed.value.sources
        }
        tables = self.dataset.tables
        used = {name for name, table in tables.items() if (table.file, table.sheet) in read}
        used |= {name for name, table in tables.items() if used & set(table.compared_with)}
        return [table for name, table in tables.items() if name in used]
