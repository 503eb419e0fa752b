"""Expressions that officers write in texts: figures in slots, and the condition of a sentence.

One language for both: `collected`, `collected(106)`, `collected(fine)`, `change.collected(106, fine)`,
`collected("107-06")`, `previous`, `period`. simpleeval walks them; there is no attribute, loop or import to reach.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from simpleeval import InvalidExpression

from reportgen.compute.formulas import ARITHMETIC, Formula, FormulaError, reason
from reportgen.compute.metrics import Figures
from reportgen.model import Gap, Key, Text, Value, limits
from reportgen.model.periods import ROC_OFFSET, Period, Year, parse
from reportgen.model.values import joined

_T = TypeVar("_T")
LONGEST, SHOWN = limits.FORMULA_LETTERS, 80  # letters of an expression, and of one in a message
# No power, no shift, no `%`: `'%09999999999d' % 1` asks for ten gigabytes.
OPERATORS = (*ARITHMETIC, ast.Not, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
Argument = Period | str  # when, or a member


class ExpressionError(FormulaError):
    """An expression cannot be understood, or has no value; says why in both languages."""


class _Expression(Formula):
    def __init__(self, figures: Figures) -> None:
        super().__init__(operators=OPERATORS)
        self.figures = figures
        self.used: list[Value] = []
        self.members: dict[str, str] = {}  # to the dimension; the first that has it
        for dimension in figures.dataset.dimensions.values():
            for member in dimension.members:
                self.members.setdefault(member.id, dimension.id)
        self.nodes[ast.Name] = self._name
        self.nodes[ast.Attribute] = lambda node: self._number(self.reference(node), ())
        self.nodes[ast.Call] = lambda node: self._number(self.reference(node.func), self.arguments(node))

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
        reference, known = ".".join(parts), self.figures.registry.metrics
        for part in parts:
            if part not in known:
                raise ExpressionError("metrics.is_no_metric", metric=part, known=sorted(known))
        if not self.figures.registry.complete(reference):
            raise ExpressionError("metrics.is_not_metric_itself", reference=reference)
        if refusal := self.figures.measures.refusal(reference):
            raise ExpressionError(refusal.name, **refusal.slots)
        return reference

    def arguments(self, node: ast.Call) -> tuple[Argument, ...]:
        if node.keywords:
            raise FormulaError("metrics.has_named_arguments", call=ast.unparse(node))
        return tuple(self._argument(argument) for argument in node.args)

    def _argument(self, node: ast.expr) -> Argument:
        figures, named = self.figures, {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        own = named & self._periods().keys()
        if isinstance(node, ast.Name) and not own:
            dashed = node.id.replace("_", "-")
            return dashed if dashed in self.members else node.id
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return (node.value not in self.members and parse(node.value, figures.calendar.era)) or node.value
        value = self._eval(node)
        if not isinstance(value, Fraction):
            return str(value)
        if value.denominator != 1:
            raise FormulaError("metrics.names_more_than_a_year", argument=str(value))
        kind = type(figures.period) if own else Year
        return kind(int(value) - (self._offset if kind is Year else 0))

    def _periods(self) -> dict[str, Period]:
        """The words for the publication's own periods."""
        figures, period = self.figures, self.figures.period
        return {
            "period": period,
            "previous": period.year_before,
            "before": period.before,
            "since": figures.first,
        }

    @property
    def _offset(self) -> int:
        return ROC_OFFSET if self.figures.calendar.era == "gregorian" else 0

    def key(self, arguments: tuple[Argument, ...]) -> Key:
        when: Period | None = None
        members: dict[str, str] = {}
        for argument in arguments:
            if isinstance(argument, Period):
                if when is not None:
                    raise FormulaError("metrics.names_more_than_a_year", argument=str(argument))
                when = argument
            elif argument not in self.members:
                known = list(self.members)
                raise ExpressionError("metrics.is_neither_year_nor_member", argument=argument, known=known)
            elif self.members[argument] in members:
                raise FormulaError("metrics.names_two_members", argument=argument)
            else:
                members[self.members[argument]] = argument
        return self.figures.key(when, members=members)

    def _name(self, node: ast.Name) -> Fraction:
        periods = self._periods()
        if node.id in periods and (node.id != "before" or "before" not in self.figures.registry.metrics):
            named = periods[node.id]
            return Fraction(int(named) + (self._offset if named.kind == "year" else 0))
        return self._number(self.reference(node), ())

    def _number(self, reference: str, arguments: tuple[Argument, ...]) -> Fraction:
        value = self.figures.value(reference, self.key(arguments))
        self.used.append(value)
        if isinstance(value.exact, Gap):
            raise ExpressionError("metrics.has_no_value", reference=reference, reason=value.exact.reason)
        return value.exact


def _parsed(source: str) -> ast.expr:
    """One expression; SimpleEval's own parser takes `a = b` as `b`, and `a; b` as `a`, with a warning."""
    try:
        if len(source) > LONGEST:
            raise FormulaError("metrics.is_too_long", longest=LONGEST)
        return ast.parse(source.strip(), mode="eval").body
    except (InvalidExpression, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _unreadable(source, error) from None


def _unreadable(source: str, error: BaseException) -> ExpressionError:
    shown = source if len(source) <= SHOWN else source[:SHOWN] + "…"
    return ExpressionError("metrics.cannot_read", shown=shown, error=reason(error))


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
        raise ExpressionError("metrics.is_no_figure", source=source)
    expression.expr = source  # where its numbers are read from

    def value() -> Value:
        if not isinstance(node, ast.Call):
            return figures.value(expression.reference(node), figures.key())
        return figures.value(expression.reference(node.func), expression.key(expression.arguments(node)))

    return _run(source, value)


def holds(source: str, figures: Figures) -> tuple[bool, Text]:
    """Whether the condition of a sentence is true, and the values that say so."""
    expression, node = _Expression(figures), _parsed(source)
    verdict = _run(source, lambda: expression.eval(source, previously_parsed=node))
    if not isinstance(verdict, bool):
        raise ExpressionError("metrics.is_not_condition", source=source)
    spoken = []
    for value in dict.fromkeys(expression.used):
        name, said = ", ".join(str(part) for _, part in value.key), figures.ledger.spoken(value)
        spoken.append(Text(f"{value.metric}({name}) = {said.zh}", f"{value.metric}({name}) = {said.en}"))
    return verdict, joined(spoken, "；", "; ")
