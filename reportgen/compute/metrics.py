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

from reportgen.compute.columns import Columns, int_of
from reportgen.compute.evaluation import NOT_ADDED, RATE_OF_PARTS, At, FormulaAt, Keys, Trail, unavailable
from reportgen.compute.evaluation import Span as SpanOf
from reportgen.compute.exact import total
from reportgen.compute.formulas import MissingOperand, names_of, parsed, reason
from reportgen.compute.ledger import Ledger, counted
from reportgen.compute.measures import Measures
from reportgen.model import Exact, Gap, Key, Printed, Text, Value, formats
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.messages import message
from reportgen.model.periods import ROC, Calendar, Period, as_period
from reportgen.model.values import Together, merged_sources, parts_of
from reportgen.read.metrics import Registry
from reportgen.read.tables import Dataset, Derivation, Dimension, Table

MOST_TIMES = 10  # a rise of 1,000 % or more is told as a difference
LEAST_LEFT = (
    1000  # of which one is left: the fall is told as a difference, for 100.0 % would say that nothing is
)
MOST_RATE = 100  # 10,000 %: beyond it a per cent has another unit than it says
NOBODY: Mapping[str, str] = MappingProxyType({})


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

    `period` and `first` are of one kind, a bare number being a ROC year; sums, means and changes look back to `first`.
    """

    def __init__(
        self, dataset: Dataset, registry: Registry, period: int, since: int, calendar: Calendar = ROC
    ) -> None:
        self.dataset, self.registry, self.calendar = dataset, registry, calendar
        self.period, self.first = as_period(period), as_period(since)
        self.measures = Measures(dataset, registry)
        self.columns = Columns(dataset, registry, calendar)
        self.ledger = Ledger(registry.units)
        self.quoted: dict[str, None] = {}  # tables whose words are printed
        self._values: dict[tuple[str, Key], Value] = {}

    # -- keys

    def dimension_of(self, key: Keys) -> Dimension | None:
        return next((self.dataset.dimensions[id_] for id_ in key if id_ in self.dataset.dimensions), None)

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

    def since(self, kind: type[Period]) -> Period:
        """The first period of any kind that sums, means and changes look back to."""
        return self.first if type(self.first) is kind else self.first.in_kind(kind)

    def key(self, period: int | None = None, members: Mapping[str, str] = NOBODY) -> Key:
        """The key of a period, a bare number being a ROC year; else that of the publication's own."""
        at: tuple[str, int | str] = (self.dataset.time, self.period if period is None else as_period(period))
        return (at, *sorted((name, member) for name, member in members.items() if member))

    def at(self, key: Keys) -> Period:
        return as_period(int_of(key, self.dataset.time))

    def label(self, period: int) -> Text:
        return self.calendar.label(period)

    def periods(self) -> dict[str, Text]:
        """The publication's own periods as its texts name them: the same one a year ago is `previous`."""
        period, calendar = self.period, self.calendar
        own = {"period": period, "previous": period.year_before, "since": self.first}
        if period.per_year > 1:
            own["before"] = period.before
        return {**{name: self.label(one) for name, one in own.items()}, "to_date": calendar.to_date(period)}

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
            period = self.at(dict(key))
            if period.year < metric.first_year:
                exact = unavailable("metrics.valid_from", year=self.calendar.year(metric.first_year))
            else:
                at = At(key=dict(key), this=applied or reference, since=self.since(type(period)))
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

    def operand(self, name: str, key: Keys, trail: Trail, span: SpanOf | None = None) -> Exact:
        """A name in a formula: a column of the dataset first, then a derivation, then another metric.

        A column of rates has no figure of several rows or years; the metric of its name has, where it is a formula of others.
        """
        if name in self.dataset.measures:
            exact, sources = self.columns.at(name, key)
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
            since = self.since(type(self.at(key)))
            at = At(key=key, this=name.partition(".")[2] or name, since=since, span=span)
            return self._evaluated(metric.formula, at, trail)
        value = self.value(name, tuple(key.items()))
        trail.sources.extend(value.sources)
        trail.notes.extend(value.notes)
        return value.exact

    def _derived(
        self, derivation: Derivation, name: str, key: Keys, trail: Trail, span: SpanOf | None
    ) -> Exact:
        trail.notes.append(name)
        period = self.at(key)
        if period.year < derivation.from_year:
            return unavailable("metrics.derived_from", year=self.calendar.year(derivation.from_year))
        at = At(key=key, this=name, since=type(period).of(derivation.from_year), span=span)
        return self._evaluated(derivation.formula, at, trail)

    def comparable_since(self, reference: str, key: Key) -> Period:
        """The first period that can be compared with the key's: the last break of a series it is made from."""
        columns = {source.column for source in self.value(reference, key).sources}
        period = self.at(dict(key))
        kind = type(period)
        breaks = [one.at.in_kind(kind) for one in self.dataset.breaks if columns & set(one.measures)]
        return max([self.since(kind), *(at for at in breaks if at <= period)])

    def on_the_year_before(self, reference: str, members: Mapping[str, str] = NOBODY) -> Value:
        """The change on the same period a year ago as a sentence or a card may say it; see `changed`."""
        return self.changed(reference, members, self.period.year_before, ("change", "difference"))

    def on_the_period_before(self, reference: str, members: Mapping[str, str] = NOBODY) -> Value:
        return self.changed(reference, members, self.period.before, ("change_before", "difference_before"))

    def changed(
        self, reference: str, members: Mapping[str, str], earlier: Period, names: tuple[str, str]
    ) -> Value:
        """The change on an earlier period as a sentence or a card may say it; `names` of the metrics that tell it.

        Points for a rate; the difference where one of the two is negative (a percentage would have the wrong
        sign), where it was zero, where next to nothing is left, or where a percentage has more digits than a reader takes in; else per cent. A Gap
        where a series break lies between.
        """
        key = self.key(members=members)
        now, before = (self.value(reference, at).exact for at in (key, self.key(earlier, members)))
        by_difference = self.registry.metric(reference).unit == "percent"
        if isinstance(now, Fraction) and isinstance(before, Fraction):
            by_difference |= now < 0 or before <= 0 or abs(now - before) >= MOST_TIMES * before
            by_difference |= 0 < now * LEAST_LEFT < before
        change = self.value(f"{names[by_difference]}.{reference}", key)
        if self.first <= earlier < self.comparable_since(reference, key):
            return replace(change, exact=unavailable("metrics.series_break_no_comparison_year"))
        return change

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

    def total(self, reference: str, over: Iterable[int], members: Mapping[str, str] = NOBODY) -> Value:
        """A metric over several periods: a flow's sum, a rate of the sums of its parts; a Gap of what is not added up."""
        periods = tuple(map(as_period, over))
        kind, key = self.measures.kind(reference), self.key(periods[-1], members)
        cumulative = f"cumulative.{reference}"
        if kind == "flow" and periods[0] == self.first and self.registry.complete(cumulative):
            return self.value(cumulative, key)
        if kind == "flow":
            return self._sum(reference, [self.value(reference, self.key(one, members)) for one in periods])
        metric, applied, trail = self.registry.metric(reference), reference.partition(".")[2], Trail()
        since = self.since(type(periods[0]))
        at = At(key=dict(key), this=applied or reference, since=since, span=SpanOf(periods))
        exact = NOT_ADDED if kind == "stock" else self._evaluated(metric.formula, at, trail)
        return replace(
            self.value(reference, key),
            metric=f"total_from_{periods[0]}.{reference}",
            exact=exact,
            worked=trail.worked,
            sources=merged_sources(trail.sources),
            notes=tuple(dict.fromkeys(trail.notes)),
        )

    def _sum(self, reference: str, values: Sequence[Value]) -> Value:
        """A sum that is no metric of the registry: of the periods that a table shows."""
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
        self, reference: str, period: int | None = None, members: Mapping[str, str] = NOBODY
    ) -> Printed:
        return self.ledger.print(self.value(reference, self.key(period, members)))

    def tables_used(self) -> list[Table]:
        """The tables that printed figures and words come from, and those whose only work is to check these."""
        read = {source for printed in self.ledger.printed for source in printed.value.sources}
        tables = self.dataset.tables
        used = {name for name, table in tables.items() if any(map(table.gave, read))} | {*self.quoted}
        used |= {name for name, table in tables.items() if used & set(table.compared_with)}
        return [table for name, table in tables.items() if name in used]
