"""A formula at a year and members, or over several years; where its operands come from is for `metrics`."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from reportgen.compute.exact import total
from reportgen.compute.formulas import Formula, FormulaError, MissingOperand
from reportgen.compute.measures import Measures
from reportgen.model import Exact, Gap, Source, Text, formats
from reportgen.model.messages import message
from reportgen.model.values import Together
from reportgen.read.metrics import Registry
from reportgen.read.tables import Dataset, Dimension

WINDOWS = ("mean", "previous", "rank", "running", "total")
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
    """Years that a rate is taken over: of the sums of its parts (a stock's last value), or of their means."""

    years: range
    mean: bool = False


@dataclass(frozen=True, kw_only=True)
class At:
    """Where a formula is evaluated: `this` is a metric that is applied, `since` the first year to look back to."""

    key: Keys
    this: str
    since: int
    span: Span | None = None


class Lookup(Protocol):
    """Where the operands of a formula come from."""

    dataset: Dataset
    registry: Registry
    measures: Measures
    first_year: int

    def operand(self, name: str, key: Keys, trail: Trail, span: Span | None) -> Exact: ...
    def dimension_of(self, key: Keys) -> Dimension | None: ...
    def members(self, dimension: Dimension, roc_year: int) -> list[str]: ...
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

    def _over_years(self, node: ast.expr, is_stock: bool) -> Fraction:
        """A column or a running sum over the years of the span."""
        span, time = self.span, self.figures.dataset.time
        assert span
        since = max(span.years.start, self.figures.founded(self.key))
        years = span.years[-1:] if is_stock and not span.mean else range(since, span.years.stop)
        self.span = None
        try:
            summed = total(self._at(node, {**self.key, time: year}) for year in years)
        finally:
            self.span = span
        return summed / len(years) if span.mean else summed

    def _mean(self, inner: ast.expr, years: range) -> Fraction:
        """A rate is averaged by its parts: the mean of ratios is not the ratio of the means."""
        before, self.span = self.span, Span(years, mean=True)
        try:
            return Fraction(self._eval(inner))
        finally:
            self.span = before

    def _name(self, node: ast.Name) -> Fraction:
        name = self.this if node.id == "this" else node.id
        measure = self.figures.dataset.measures.get(name) if self.span else None
        if measure and measure.kind != "rate":
            return self._over_years(node, measure.kind == "stock")
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
        if name not in WINDOWS or len(node.args) != 1 or node.keywords:
            raise FormulaError("metrics.is_no_function", call=ast.unparse(node), functions=WINDOWS)
        inner, key, time = node.args[0], self.key, self.figures.dataset.time
        if name == "total":
            return self._at(inner, {time: key[time]})
        if self.span:
            if self.figures.measures.of(node, self.this) == "rate":
                raise MissingOperand(NOT_ADDED)
            return self._over_years(node, is_stock=True)
        if name == "rank":
            return self._rank(inner)
        if name == "previous":
            year = int(key[time]) - 1
            if year < self.figures.first_year:
                raise MissingOperand(unavailable("metrics.no_data_compare", year=formats.roc_year(year)))
            return self._at(inner, {**key, time: year})
        years = range(max(self.since, self.figures.founded(key)), int(key[time]) + 1)
        if not years:
            raise MissingOperand(unavailable("metrics.computed_from", begins=formats.roc_year(years.start)))
        if name == "mean":
            return self._mean(inner, years)
        return total(self._at(inner, {**key, time: year}) for year in years)

    def _rank(self, inner: ast.expr) -> Fraction:
        """Competition rank (1, 2, 2, 4) of the key's member among those that have a number."""
        figures, dimension = self.figures, self.figures.dimension_of(self.key)
        if dimension is None or isinstance(self.key[dimension.id], Together):
            raise MissingOperand(Gap("blank", message("metrics.whole_has_no_rank")))
        low_first = figures.registry.metric(self.this).better == "low"
        own = self._at(inner, self.key)
        ahead = 0
        for member in figures.members(dimension, int(self.key[figures.dataset.time])):
            try:
                other = self._at(inner, {**self.key, dimension.id: member})
            except MissingOperand:
                continue
            ahead += other < own if low_first else other > own
        return Fraction(ahead + 1)


NOT_ADDED = Gap("undefined", message("metrics.not_added_up"))
RATE_OF_PARTS = Gap("not_available", message("metrics.rate_of_parts"))


def unavailable(name: str, /, **slots: Text | str) -> Gap:
    return Gap("not_available", message(name, **slots))
