"""From the cells of a dataset to the exact values of metrics, by the formulas of the registry.

Everything is a `Fraction` in base units until `formats` prints it. A value that cannot be computed is
a `Gap` with its reason, never 0, inf or nan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from simpleeval import InvalidExpression

from reportgen.compute.evaluation import (
    NOT_ADDED,
    RATE_OF_PARTS,
    At,
    FormulaAt,
    Keys,
    Span,
    Trail,
    unavailable,
)
from reportgen.compute.exact import total
from reportgen.compute.formulas import MissingOperand, names_of, parsed, reason
from reportgen.compute.ledger import Ledger, counted
from reportgen.compute.measures import Measures
from reportgen.model import Exact, Gap, Key, Printed, Source, Text, Value, formats
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.messages import message
from reportgen.model.values import Together, merged_sources, parts_of
from reportgen.read.metrics import Registry
from reportgen.read.tables import Dataset, Derivation, Dimension, Measure, Table, case_query

MOST_TIMES = 10  # a rise of 1,000 % or more is told as a difference
MOST_RATE = 100  # 10,000 %: beyond it a per cent has another unit than it says
NOBODY: Mapping[str, str] = MappingProxyType({})


def _last_months(table: Table, rows: list[int]) -> list[int]:
    """Of the rows of a year those of its last month: a stock is not added up over months."""
    months = [at for at, name in enumerate(table.key) if table.columns[name].is_part_of_year]
    last = [max(int(table.records[row].key[at]) for row in rows) for at in months if rows]
    return [row for row in rows if [int(table.records[row].key[at]) for at in months] == last]


def _summed_over(key: Key) -> str:
    """What a formula says of members that are taken together: each of its columns is their sum."""
    together = [f"{name} {member}" for name, member in key if isinstance(member, Together)]
    return f", each column summed over {' and '.join(together)}" if together else ""


def with_columns(dataset: Dataset, registry: Registry) -> Registry:
    """The registry with the dataset's columns as metrics; InputError for each whose unit it does not declare."""
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
    return registry.with_columns(dataset)


def beyond_reason(values: Iterable[Value], registry: Registry) -> Iterator[Problem]:
    """A problem for each metric of which a per cent is more than can be meant, told of the largest."""
    worst: dict[str, tuple[Fraction, Value]] = {}
    for value in values:
        size = abs(value.exact) if isinstance(value.exact, Fraction) else Fraction(0)
        if value.unit == "percent" and size > (
            worst[value.metric][0] if value.metric in worst else MOST_RATE
        ):
            worst[value.metric] = (size, value)
    for metric, (_, value) in worst.items():
        place = Place(registry.file, column=f"metric.{metric}")
        if metric in registry.columns and value.sources:
            source = value.sources[0]
            place = Place(source.file, source.sheet, min(source.rows, default=0), source.column)
        shown, at = (
            formats.plain(value.exact, 0, registry.units["percent"].factor),
            [part for _, part in value.key],
        )
        yield problem(place, "metrics.beyond_reason", shown=shown, at=at or "-", most=MOST_RATE * 100)


class Figures:
    """All values of one publication, and the ledger of those that are printed.

    `since` is the first year that sums, means and changes look back to.
    """

    def __init__(self, dataset: Dataset, registry: Registry, period: int, since: int) -> None:
        self.dataset, self.registry = dataset, registry
        self.period, self.first_year = period, since
        self.measures = Measures(dataset, registry)
        self.ledger = Ledger(registry.units)
        self.quoted: dict[str, None] = {}  # tables whose words are printed
        self._values: dict[tuple[str, Key], Value] = {}
        self._index: dict[str, dict[tuple[object, ...], list[int]]] = {}

    # -- keys

    def dimension_of(self, key: Keys) -> Dimension | None:
        return next((self.dataset.dimensions[id_] for id_ in key if id_ in self.dataset.dimensions), None)

    def members(self, dimension: Dimension, roc_year: int) -> list[str]:
        """The members that exist in that year, without the total."""
        return [
            member.id
            for member in dimension.members
            if member.id != dimension.total
            and (member.first_year or 0) <= roc_year
            and roc_year <= (member.last_year or roc_year)
        ]

    def founded(self, key: Keys) -> int:
        """The first year of the key's members, of several together that of the eldest; 0 where none is declared."""
        dimensions = {name: self.dataset.dimensions[name] for name in key if name in self.dataset.dimensions}
        return max(
            (
                min(dimension.member(part).first_year or 0 for part in parts_of(key[name]))
                for name, dimension in dimensions.items()
            ),
            default=0,
        )

    def key(self, roc_year: int | None = None, members: Mapping[str, str] = NOBODY) -> Key:
        year: tuple[str, int | str] = (self.dataset.time, self.period if roc_year is None else roc_year)
        return (year, *sorted((name, member) for name, member in members.items() if member))

    # -- values

    def value(self, reference: str, key: Key) -> Value:
        """The exact value of a metric at a key; InputError when the metric or its formula is unknown."""
        known = self._values.get((reference, key))
        if known is None:
            known = self._values[reference, key] = self._value(reference, key)
        return known

    def _value(self, reference: str, key: Key) -> Value:
        place = Place(self.registry.file, column=f"metric.{reference}")
        if not self.registry.complete(reference):
            known = sorted(self.registry.metrics)
            raise InputError(problem(place, "metrics.is_no_metric", metric=reference, known=known))
        metric, applied, trail = self.registry.metric(reference), reference.partition(".")[2], Trail()
        exact: Exact
        try:
            self.measures.kind(reference)  # refuses what its operands forbid
            if int(dict(key)[self.dataset.time]) < metric.first_year:
                exact = unavailable("metrics.valid_from", year=formats.roc_year(metric.first_year))
            else:
                at = At(key=dict(key), this=applied or reference, since=self.first_year)
                exact = self._evaluated(metric.formula, at, trail)
        except (InvalidExpression, TypeError, ValueError, OverflowError, RecursionError) as error:
            fault = problem(place, "metrics.formula", formula=metric.formula, error=reason(error))
            raise InputError(fault) from None
        of_base = applied and self.registry.metrics[reference.partition(".")[0]].unit == "percent"
        if of_base and isinstance(exact, Fraction) and abs(exact) > MOST_RATE:  # of a change or share
            exact = Gap("undefined", message("metrics.base_is_too_small"))
        return Value(
            metric=reference,
            key=key,
            exact=exact,
            unit=metric.unit,
            digits=metric.digits,
            formula=(metric.formula.replace("this", applied) if applied else metric.formula)
            + _summed_over(key),
            worked=trail.worked,
            sources=merged_sources(trail.sources),
            notes=tuple(dict.fromkeys(trail.notes)),
        )

    def _evaluated(self, formula: str, at: At, trail: Trail) -> Exact:
        """The result of a formula; a gap where an operand has no number or a denominator is zero."""
        try:
            return Fraction(FormulaAt(self, at, trail).eval(formula, parsed(formula)))
        except MissingOperand as missing:
            return missing.gap
        except ZeroDivisionError:
            return Gap("undefined", message("metrics.denominator_is_zero"))

    def operand(self, name: str, key: Keys, trail: Trail, span: Span | None = None) -> Exact:
        """A name in a formula: a column of the dataset first, then a derivation, then another metric.

        A column of rates has no figure of several rows or years; the metric of its name has, where it is a formula of others.
        """
        if name in self.dataset.measures:
            exact, sources = self.measured(name, key)
            if span is None and exact is not RATE_OF_PARTS:
                trail.sources.extend(sources)
                return exact
            if name not in self.registry.metrics or name in names_of(self.registry.metrics[name].formula):
                return RATE_OF_PARTS
        elif name in self.dataset.derivations:
            return self._derived(self.dataset.derivations[name], name, key, trail, span)
        if name not in self.registry.metrics and "." not in name:
            return unavailable("metrics.dataset_has_no_column", name_=name)
        metric = self.registry.metric(name)
        if metric.formula.strip() == name:
            label = Text(metric.name.zh, formats.lower_first(metric.name.en))
            return unavailable("metrics.dataset_has_no_column_for", name_=label)
        if span:
            at = At(key=key, this=name.partition(".")[2] or name, since=self.first_year, span=span)
            return self._evaluated(metric.formula, at, trail)
        value = self.value(name, tuple(key.items()))
        trail.sources.extend(value.sources)
        trail.notes.extend(value.notes)
        return value.exact

    def _derived(
        self, derivation: Derivation, name: str, key: Keys, trail: Trail, span: Span | None
    ) -> Exact:
        trail.notes.append(name)
        if int(key[self.dataset.time]) < derivation.from_year:
            return unavailable("metrics.derived_from", year=formats.roc_year(derivation.from_year))
        at = At(key=key, this=name, since=derivation.from_year, span=span)
        return self._evaluated(derivation.formula, at, trail)

    def comparable_since(self, reference: str, key: Key) -> int:
        """The first year that can be compared with the key's: the last break of a series it is made from."""
        columns = {source.column for source in self.value(reference, key).sources}
        year = int(dict(key)[self.dataset.time])
        breaks = [
            series_break.roc_year
            for series_break in self.dataset.breaks
            if series_break.roc_year <= year and columns & set(series_break.measures)
        ]
        return max([self.first_year, *breaks])

    def on_the_year_before(self, reference: str, members: Mapping[str, str] = NOBODY) -> Value:
        """The change on the year before as a sentence or a card may say it.

        Points for a rate; the difference where one of the two is negative (a percentage would have the wrong
        sign), where it was zero, or where a percentage has more digits than a reader takes in; else per cent. A Gap
        where a series break lies between.
        """
        key = self.key(members=members)
        now, before = (self.value(reference, at).exact for at in (key, self.key(self.period - 1, members)))
        by_difference = self.registry.metric(reference).unit == "percent"
        if isinstance(now, Fraction) and isinstance(before, Fraction):
            by_difference |= now < 0 or before <= 0 or abs(now - before) >= MOST_TIMES * before
        change = self.value(f"{'difference' if by_difference else 'change'}.{reference}", key)
        if self.first_year < self.period == self.comparable_since(reference, key):
            return replace(change, exact=unavailable("metrics.series_break_no_comparison_year"))
        return change

    # -- columns

    def measured(self, name: str, key: Keys) -> tuple[Exact, list[Source]]:
        """The number of a column at a key, in base units: one cell, or the sum where the table is finer."""
        measure = self.dataset.measures[name]
        table = self.dataset.tables[measure.table]
        if gap := self._outside(table, key):
            return gap, []
        found = [self._rows(table, one) for one in self._apart(key)]
        if measure.kind == "stock":
            found = [_last_months(table, rows) for rows in found]
        rows = [row for one in found for row in one]
        if not all(found) or not rows:
            year = formats.roc_year(int(key[self.dataset.time]))
            return unavailable("metrics.has_no_row", label=table.label, year=year), []
        query = case_query(table.cases, table.columns[measure.id].counts, key) if table.cases else ""
        source = table.source((table.records[row] for row in rows), measure.id, query)
        return self._summed(table, rows, measure), [source]

    def _outside(self, table: Table, key: Keys) -> Gap | None:
        """Why a table holds nothing at a key: it is coarser, or a member did not exist yet."""
        for name in key:
            dimension = self.dataset.dimensions.get(name)
            if dimension and name not in table.key:
                label = Text(dimension.label.zh, formats.lower_first(dimension.label.en))
                return unavailable("metrics.is_not_broken_down", label=table.label, label2=label)
        for name, value in key.items():
            if dimension := self.dataset.dimensions.get(name):
                members = [dimension.member(part) for part in parts_of(value)]
                member = min(members, key=lambda one: one.first_year or 0)
                begun = member.first_year or 0
                if int(key[self.dataset.time]) < begun:
                    year = formats.roc_year(begun)
                    return Gap("none", message("metrics.was_established", label=member.label, year=year))
        return None

    def _apart(self, key: Keys) -> list[Keys]:
        """A key for each member of those that are taken together and exist in its year."""
        keys = [key]
        for name, value in key.items():
            if isinstance(value, Together):
                there = self.members(self.dataset.dimensions[name], int(key[self.dataset.time]))
                keys = [{**one, name: part} for one in keys for part in value.parts if part in there]
        return keys

    def _rows(self, table: Table, key: Keys) -> list[int]:
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
            places = [table.key.index(name) for name in named]
            for number, record in enumerate(table.records):
                index.setdefault(tuple(record.key[place] for place in places), []).append(number)
        return index.get(tuple(wanted[name] for name in named), [])

    def _summed(self, table: Table, rows: list[int], measure: Measure) -> Exact:
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

    def total(self, reference: str, years: range, members: Mapping[str, str] = NOBODY) -> Value:
        """A metric over several years: a flow's sum, a rate of the sums of its parts; a Gap of what is not added up."""
        kind, key = self.measures.kind(reference), self.key(years[-1], members)
        cumulative = f"cumulative.{reference}"
        if kind == "flow" and years.start == self.first_year and self.registry.complete(cumulative):
            return self.value(cumulative, key)
        if kind == "flow":
            return self._sum_of_years(
                reference, [self.value(reference, self.key(year, members)) for year in years]
            )
        metric, applied, trail = self.registry.metric(reference), reference.partition(".")[2], Trail()
        at = At(key=dict(key), this=applied or reference, since=self.first_year, span=Span(years))
        exact = NOT_ADDED if kind == "stock" else self._evaluated(metric.formula, at, trail)
        return replace(
            self.value(reference, key),
            metric=f"total_from_{years.start}.{reference}",
            exact=exact,
            worked=trail.worked,
            sources=merged_sources(trail.sources),
            notes=tuple(dict.fromkeys(trail.notes)),
        )

    def _sum_of_years(self, reference: str, values: Sequence[Value]) -> Value:
        """A sum that is no metric of the registry: of the years that a table shows."""
        first, last = (dict(value.key)[self.dataset.time] for value in (values[0], values[-1]))
        gap = next(
            (value.exact for value in values if isinstance(value.exact, Gap) and value.exact.kind != "none"),
            None,
        )
        exact = total(value.exact for value in values if isinstance(value.exact, Fraction))
        return replace(
            values[-1],
            metric=f"sum_from_{first}.{reference}",
            exact=gap or exact,
            formula=f"sum of {reference}, {first} to {last}",
            worked=f"= {exact}",
            sources=merged_sources(source for value in values for source in value.sources),
            notes=(),
        )

    def figure(
        self, reference: str, roc_year: int | None = None, members: Mapping[str, str] = NOBODY
    ) -> Printed:
        return self.ledger.print(self.value(reference, self.key(roc_year, members)))

    def tables_used(self) -> list[Table]:
        """The tables that printed figures and words come from, and those whose only work is to check these."""
        read = {source for printed in self.ledger.printed for source in printed.value.sources}
        tables = self.dataset.tables
        used = {name for name, table in tables.items() if any(map(table.gave, read))} | {*self.quoted}
        used |= {name for name, table in tables.items() if used & set(table.compared_with)}
        return [table for name, table in tables.items() if name in used]
