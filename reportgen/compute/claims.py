"""Expressions that officers write in texts: figures in slots, and the condition of a sentence.

One language for both: `collected`, `collected(106)`, `collected(fine)`, `change.collected(106, fine)`,
`previous`, `period`. simpleeval walks them; there is no attribute, loop or import to reach.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar

from simpleeval import DEFAULT_OPERATORS, InvalidExpression, SimpleEval

from reportgen.compute.metrics import Figures
from reportgen.model import Gap, Key, Text, Value
from reportgen.model.messages import told

_T = TypeVar("_T")
LONGEST = 400
# No power, no shift, no `%`: `'%09999999999d' % 1` asks for ten gigabytes.
OPERATORS = (
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.UAdd,
    ast.USub,
    ast.Not,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
)


class ExpressionError(ValueError):
    """An expression cannot be understood, or has no value; says why in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        self.en, self.zh = en, zh
        super().__init__(en)


class _Expression(SimpleEval):  # type: ignore[misc]
    def __init__(self, figures: Figures) -> None:
        super().__init__()
        self.figures = figures
        self.used: list[Value] = []
        self.functions: dict[str, Any] = {}
        self.operators: dict[type[ast.AST], Any] = {kind: DEFAULT_OPERATORS[kind] for kind in OPERATORS}
        self.nodes[ast.Name] = self._name
        self.nodes[ast.Attribute] = lambda node: self._number(self.reference(node), ())
        self.nodes[ast.Constant] = self._constant
        self.nodes[ast.Call] = self._call
        for kind in (ast.Subscript, ast.JoinedStr, ast.FormattedValue, ast.IfExp):
            self.nodes.pop(kind, None)

    @staticmethod
    def _constant(node: ast.Constant) -> Any:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise InvalidExpression(f"{node.value!r} has no place here")
        return Fraction(str(node.value))

    def reference(self, node: ast.expr) -> str:
        """`change.collected` as a metric reference, checked against the registry."""
        parts: list[str] = []
        walk = node
        while isinstance(walk, ast.Attribute):
            parts.insert(0, walk.attr)
            walk = walk.value
        if not isinstance(walk, ast.Name):
            raise InvalidExpression(ast.unparse(node))
        parts.insert(0, walk.id)
        known = self.figures.registry.metrics
        for part in parts:
            if part not in known:
                raise ExpressionError(*told("metrics.is_no_metric", part=part, known=[*sorted(known)]))
        if not self.figures.registry.complete(reference := ".".join(parts)):
            raise ExpressionError(*told("metrics.is_not_metric_itself", reference=reference))
        return reference

    def _key(self, arguments: tuple[Any, ...]) -> Key:
        year: int | None = None
        members: dict[str, str] = {}
        for argument in arguments:
            if isinstance(argument, Fraction):
                if year is not None or argument.denominator != 1:
                    raise InvalidExpression(f"{argument}: name one year, a whole number")
                year = int(argument)
                continue
            for dimension in self.figures.dataset.dimensions.values():
                if any(member.id == argument for member in dimension.members):
                    if dimension.id in members:
                        raise InvalidExpression(f"{argument}: name one member of each dimension")
                    members[dimension.id] = str(argument)
                    break
            else:
                known = [m.id for d in self.figures.dataset.dimensions.values() for m in d.members]
                raise ExpressionError(
                    *told("metrics.is_neither_year_nor_member", argument=argument, known=[*known])
                )
        return self.figures.key(year, members=members)

    def _argument(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Name) and node.id not in ("period", "previous", "since"):
            return node.id.replace("_", "-") if self._is_member(node.id.replace("_", "-")) else node.id
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        return self._eval(node)

    def _is_member(self, name: str) -> bool:
        return any(
            member.id == name for d in self.figures.dataset.dimensions.values() for member in d.members
        )

    def _name(self, node: ast.Name) -> Any:
        years = {
            "period": self.figures.period,
            "previous": self.figures.period - 1,
            "since": self.figures.first_year,
        }
        if node.id in years:
            return Fraction(years[node.id])
        return self._number(self.reference(node), ())

    def _call(self, node: ast.Call) -> Fraction:
        return self._number(self.reference(node.func), self.arguments(node))

    def arguments(self, node: ast.Call) -> tuple[Any, ...]:
        if node.keywords:
            raise InvalidExpression(f"{ast.unparse(node)}: no named arguments")
        return tuple(self._argument(argument) for argument in node.args)

    def _number(self, reference: str, arguments: tuple[Any, ...]) -> Fraction:
        value = self.figures.value(reference, self._key(arguments))
        self.used.append(value)
        if isinstance(value.exact, Gap):
            raise ExpressionError(
                *told("metrics.has_no_value", reference=reference, reason=value.exact.reason)
            )
        return value.exact


def _parsed(source: str) -> ast.expr:
    """One expression; SimpleEval's own parser takes `a = b` as `b`, and `a; b` as `a`, with a warning."""
    try:
        if len(source) > LONGEST:
            raise ValueError(f"longer than {LONGEST} letters")
        return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _unreadable(source, error) from None


def _unreadable(source: str, error: BaseException) -> ExpressionError:
    shown = source if len(source) <= 80 else source[:80] + "…"
    return ExpressionError(*told("metrics.cannot_read", shown=shown, error=error))


def _run(source: str, work: Callable[[], _T]) -> _T:
    try:
        return work()
    except ExpressionError:
        raise
    except (InvalidExpression, ArithmeticError, TypeError, ValueError, KeyError, RecursionError) as error:
        raise _unreadable(source, error) from None


def look_up(source: str, figures: Figures) -> Value:
    """The value that a slot names. ExpressionError when it is no figure."""
    expression, node = _Expression(figures), _parsed(source)
    if not isinstance(node, ast.Call | ast.Name | ast.Attribute):
        raise ExpressionError(*told("metrics.is_no_figure", source=source))

    def value() -> Value:
        if not isinstance(node, ast.Call):
            return figures.value(expression.reference(node), figures.key())
        reference = expression.reference(node.func)
        return figures.value(reference, expression._key(expression.arguments(node)))

    return _run(source, value)


def holds(source: str, figures: Figures) -> tuple[bool, Text]:
    """Whether the condition of a sentence is true, and the values that say so."""
    expression = _Expression(figures)
    node = _parsed(source)
    verdict = _run(source, lambda: expression.eval(source, previously_parsed=node))
    if not isinstance(verdict, bool):
        raise ExpressionError(*told("metrics.is_not_condition", source=source))
    spoken = [
        (f"{value.metric}({', '.join(str(part) for _, part in value.key)})", figures.ledger.spoken(value))
        for value in dict.fromkeys(expression.used)
    ]
    return verdict, Text(
        "；".join(f"{name} = {text.zh}" for name, text in spoken),
        "; ".join(f"{name} = {text.en}" for name, text in spoken),
    )
