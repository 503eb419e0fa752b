"""What each figure is – a flow, a stock or a rate – and so what may be done with it; no value is computed here."""

from __future__ import annotations

import ast

from reportgen.compute.formulas import FormulaError, parsed
from reportgen.model.messages import message
from reportgen.read.metrics import Registry
from reportgen.read.tables import Dataset, MeasureKind

# What a sum of two of them is: nothing that is added to a rate can be added up over years or members.
_ORDER: tuple[MeasureKind | None, ...] = (None, "flow", "stock", "rate")


class Measures:
    """The kinds of a dataset's columns as they are declared, and of metrics by their formulas."""

    def __init__(self, dataset: Dataset, registry: Registry) -> None:
        self.dataset, self.registry = dataset, registry
        self._known: dict[str, MeasureKind] = {}

    def kind(self, reference: str) -> MeasureKind:
        """Of a metric; FormulaError where its formula does what its operands forbid."""
        if reference not in self._known:
            formula, this = self.registry.metric(reference).formula, reference.partition(".")[2]
            self._known[reference] = self.of(parsed(formula), this) or "flow"
        return self._known[reference]

    def refusal(self, reference: str) -> FormulaError | None:
        """Why a metric does what the kind of its operands forbids."""
        try:
            self.kind(reference)
        except FormulaError as error:
            return error
        except (SyntaxError, RecursionError):
            return None  # whoever evaluates it tells that it is no formula
        return None

    def of(self, node: ast.expr, this: str = "") -> MeasureKind | None:
        """Of a part of a formula, `this` being what it is applied to; None for a bare number."""
        match node:
            case ast.Name(id=name):
                return self.operand(this if name == "this" else name)
            case ast.UnaryOp(operand=inner):
                return self.of(inner, this)
            case ast.BinOp(left=left, op=operator, right=right):
                return self._combined(left, operator, right, this)
            case ast.Call(func=ast.Name(id=window), args=[inner, *_]):
                return self._window(window, self.of(inner, this), this or ast.unparse(inner))
        return None

    def operand(self, name: str) -> MeasureKind | None:
        """Of a name in a formula: a column, a derivation or a metric; None where the dataset has no such."""
        if name in self.dataset.measures:
            return self.dataset.measures[name].kind
        if name in self.dataset.derivations:
            return self.of(parsed(self.dataset.derivations[name].formula), name)
        known = self.registry.complete(name) and self.registry.metric(name).formula.strip() != name
        return self.kind(name) if known else None

    def _combined(
        self, left: ast.expr, operator: ast.operator, right: ast.expr, this: str
    ) -> MeasureKind | None:
        kinds = self.of(left, this), self.of(right, this)
        if isinstance(operator, ast.Div) and kinds[1] is None:
            return kinds[0]
        of_whole = isinstance(operator, ast.Div) and ast.unparse(right) == f"total({ast.unparse(left)})"
        if of_whole and kinds[0] == "rate":
            raise FormulaError("metrics.rate_has_no_parts", metric=this or ast.unparse(left))
        if isinstance(operator, ast.Div | ast.Mult) and all(kinds):
            return "rate"
        return max(kinds, key=_ORDER.index)

    def _window(self, window: str, inner: MeasureKind | None, metric: str) -> MeasureKind | None:
        if (window == "running" and inner == "rate") or (
            window in ("running", "moving", "to_date") and inner == "stock"
        ):
            kind = message(f"metrics.{inner}")
            raise FormulaError("metrics.is_not_cumulated", metric=metric, kind=kind)
        if window in ("previous", "before", "rank") or inner == "rate":
            return "rate"  # two periods beside one another, or a place: neither is added up
        return inner if window == "total" else "stock"
