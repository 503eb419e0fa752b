"""A formula at a period and members, or over several periods; where its operands come from is for `metrics`."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from reportgen.compute.exact import total
from reportgen.compute.formulas import Formula, FormulaError, MissingOperand
from reportgen.compute.measures import Measures
from reportgen.model import Exact, Gap, Source, Text, periods
from reportgen.model.messages import message
from reportgen.model.values import Together
from reportgen.read.metrics import Registry
from reportgen.read.tables import Dataset, Dimension

WINDOWS = ("before", "mean", "moving", "previous", "rank", "running", "to_date", "total")
ACROSS = ("moving", "to_date")  # what a rate is of the sums of its parts in
LISTED = 40  # operands in the working of a value
Keys = Mapping[str, int | str]


@dataclass
class Trail:
    """What an evaluation touched: sources, derivation notes, operands in their order."""

    sources: list[Source] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    operands: dict[str, Fraction] = field(default_factory=dict)

    @property
    def worked(self) -> str:
        return ", ".join(f"{name} = {number}" for name, number in [*self.operands.items()][:LISTED])


@dataclass(frozen=True)
class Span:
    """Periods that a rate is taken over: of the sums of its parts (a stock's last value), or of their means."""

    periods: periods.Span
    mean: bool = False


@dataclass(frozen=True, kw_only=True)
class At:
    """Where a formula is evaluated: `this` is a metric that is applied, `since` the first period to look back to."""

    key: Keys
    this: str
    since: periods.Period
    span: Span | None = None


class Lookup(Protocol):
    """Where the operands of a formula come from."""

    dataset: Dataset
    registry: Registry
    measures: Measures
    calendar: periods.Calendar

    def since(self, kind: type[periods.Period]) -> periods.Period: ...
    def operand(self, name: str, key: Keys, trail: Trail, span: Span | None) -> Exact: ...
    def dimension_of(self, key: Keys) -> Dimension | None: ...
    def founded(self, key: Keys) -> int: ...


class FormulaAt(Formula):
    """A formula at one key; `previous(x)` and its like evaluate x at other keys."""

    def __init__(self, figures: Lookup, at: At, trail: Trail) -> None:
        super().__init__()
        self.figures, self.trail = figures, trail
        self.key, self.this, self.since, self.span = at.key, at.this, at.since, at.span
        self.nodes[ast.Name] = self._name
        self.nodes[ast.Call] = self._window
        self.nodes[ast.BinOp] = self._operation

    def _operation(self, node: ast.BinOp) -> Fraction:
        """No share of a negative whole, and no per cent on a negative base: its sign would be the wrong one."""
        result = Fraction(self._eval_binop(node))
        if isinstance(node.op, ast.Div) and isinstance(node.right, ast.Call) and self._eval(node.right) < 0:
            raise MissingOperand(Gap("undefined", message("metrics.base_is_negative")))
        return result

    def _over_periods(self, node: ast.expr, is_stock: bool) -> Fraction:
        """A column or a running sum over the periods of the span."""
        span, time = self.span, self.figures.dataset.time
        assert span
        founded = self._founded(span.periods[0])
        over = [one for one in span.periods if one >= founded]
        chosen = span.periods[-1:] if is_stock and not span.mean else over
        self.span = None
        try:
            summed = total(self._at(node, {**self.key, time: period}) for period in chosen)
        finally:
            self.span = span
        return summed / len(chosen) if span.mean else summed

    def _founded(self, like: periods.Period) -> periods.Period:
        """The first period of that kind in which the key's members are there."""
        return type(like).of(self.figures.founded(self.key))

    def _spanning(self, inner: ast.expr, over: periods.Span, mean: bool = False) -> Fraction:
        """A rate of the sums of its parts, or of their means: the mean of ratios is not the ratio of the means."""
        before, self.span = self.span, Span(over, mean)
        try:
            return Fraction(self._eval(inner))
        finally:
            self.span = before

    def _name(self, node: ast.Name) -> Fraction:
        name = self.this if node.id == "this" else node.id
        measure = self.figures.dataset.measures.get(name) if self.span else None
        if measure and measure.kind != "rate":
            return self._over_periods(node, measure.kind == "stock")
        exact = self.figures.operand(name, self.key, self.trail, self.span)
        if isinstance(exact, Gap):
            raise MissingOperand(exact)
        self.trail.operands.setdefault(f"{name}[{', '.join(map(str, self.key.values()))}]", exact)
        return exact

    def _at(self, node: ast.expr, key: Keys) -> Fraction:
        before, self.key = self.key, key
        try:
            return Fraction(self._eval(node))
        finally:
            self.key = before

    def _window(self, node: ast.Call) -> Fraction:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in WINDOWS or len(node.args) not in (1, 1 + (name == "moving")) or node.keywords:
            raise FormulaError("metrics.is_no_function", call=ast.unparse(node), functions=WINDOWS)
        inner, key, time = node.args[0], self.key, self.figures.dataset.time
        if name == "total":
            return self._at(inner, {time: key[time]})
        if self.span:
            if self.figures.measures.of(node, self.this) == "rate":
                raise MissingOperand(NOT_ADDED)
            return self._over_periods(node, is_stock=True)
        if name == "rank":
            return self._rank(inner)
        period = self.period
        if name in ("previous", "before"):
            earlier = period.year_before if name == "previous" else period.before
            if earlier < self.figures.since(type(period)):
                label = self.figures.calendar.label(earlier)
                raise MissingOperand(unavailable("metrics.no_data_compare", year=label))
            return self._at(inner, {**key, time: earlier})
        if name in ACROSS:
            return self._spanning(inner, self._across(node, period))
        first = max(self.since, self._founded(period))
        if first > period:
            label = self.figures.calendar.label(first)
            raise MissingOperand(unavailable("metrics.computed_from", begins=label))
        if name == "mean":
            return self._spanning(inner, periods.span(first, period), mean=True)
        return total(self._at(inner, {**key, time: one}) for one in periods.span(first, period))

    @property
    def period(self) -> periods.Period:
        at = self.key[self.figures.dataset.time]
        assert isinstance(at, int)
        return periods.as_period(at)

    def _across(self, node: ast.Call, period: periods.Period) -> periods.Span:
        """The year up to the period; or the last twelve months, or as many periods as the call says."""
        if len(node.args) == 1 and isinstance(node.func, ast.Name) and node.func.id == "to_date":
            return periods.span(period.first_of_year, period)
        count = window_of(node, period.per_year)
        first = period - (count - 1)
        if first < self.figures.since(type(period)):
            label = self.figures.calendar.label(first)
            raise MissingOperand(unavailable("metrics.window_is_longer", count=str(count), first=label))
        return periods.span(first, period)

    def _rank(self, inner: ast.expr) -> Fraction:
        """Competition rank (1, 2, 2, 4) of the key's member among those that have a number."""
        figures, dimension = self.figures, self.figures.dimension_of(self.key)
        if dimension is None or isinstance(self.key[dimension.id], Together):
            raise MissingOperand(Gap("blank", message("metrics.whole_has_no_rank")))
        low_first = figures.registry.metric(self.this).better == "low"
        own = self._at(inner, self.key)
        ahead = 0
        for member in dimension.present(self.period.year):
            try:
                other = self._at(inner, {**self.key, dimension.id: member})
            except MissingOperand:
                continue
            ahead += other < own if low_first else other > own
        return Fraction(ahead + 1)


def window_of(node: ast.Call, usual: int = 12) -> int:
    """How many periods a moving sum is of; FormulaError where the call says it wrongly."""
    if len(node.args) == 1:
        return usual
    count = node.args[1].value if isinstance(node.args[1], ast.Constant) else None
    if type(count) is not int or not 2 <= count <= 120:
        raise FormulaError("metrics.window_is_no_number")
    return count


NOT_ADDED = Gap("undefined", message("metrics.not_added_up"))
RATE_OF_PARTS = Gap("not_available", message("metrics.rate_of_parts"))


def unavailable(name: str, /, **slots: Text | str) -> Gap:
    return Gap("not_available", message(name, **slots))
