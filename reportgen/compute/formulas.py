"""Formulas over exact numbers: + - * / and whatever else the caller names; nothing of the machine can be reached."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from simpleeval import DEFAULT_OPERATORS, InvalidExpression, OperatorNotDefined, SimpleEval

from reportgen.model import Gap, Text
from reportgen.model.messages import message, told
from reportgen.model.toml import MAX_DIGITS, MAX_EXPONENT

ARITHMETIC: tuple[type[ast.AST], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UAdd, ast.USub)
_SIGNS = {ast.Pow: "**", ast.Mod: "%", ast.FloorDiv: "//", ast.BitXor: "^", ast.BitAnd: "&", ast.BitOr: "|"}
_REFUSED = (ast.Subscript, ast.JoinedStr, ast.FormattedValue, ast.IfExp)


class FormulaError(InvalidExpression):  # type: ignore[misc]
    """A formula says what it may not say; the reason is a message of the catalogue."""

    def __init__(self, name: str, /, **slots: object) -> None:
        self.name, self.slots = name, slots
        self.en, self.zh = told(name, **slots)
        super().__init__(self.en)


class MissingOperand(Exception):
    """An operand of a formula has no number; carries the gap."""

    def __init__(self, gap: Gap) -> None:
        self.gap = gap


def reason(error: BaseException) -> Text:
    """Why a formula cannot be computed: in both languages where it is ours to say, else as the library has it."""
    if isinstance(error, FormulaError):
        return Text(error.zh, error.en)
    if isinstance(error, OperatorNotDefined):
        operator = _SIGNS.get(type(error.attr), type(error.attr).__name__)
        return message("metrics.is_no_operator", operator=operator)
    if isinstance(error, RecursionError):
        return message("metrics.names_itself")
    return Text(str(error), str(error))


class Formula(SimpleEval):  # type: ignore[misc]
    """Evaluates with `Fraction`s: names are numbers, there are no functions but those that are given."""

    def __init__(
        self,
        names: Mapping[str, Fraction] | None = None,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        operators: Collection[type[ast.AST]] = ARITHMETIC,
    ) -> None:
        super().__init__(names=names or {}, functions=dict(functions or {}))
        self.operators = {kind: DEFAULT_OPERATORS[kind] for kind in operators}
        for kind in _REFUSED:
            self.nodes.pop(kind, None)
        self.nodes[ast.Constant] = self._constant

    def _constant(self, node: ast.Constant) -> Fraction:
        """The number as it is written: a float would make 0 of 1e-400, and round the twentieth digit."""
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise FormulaError("metrics.has_no_place_in_formula", value=node.value)
        if isinstance(node.value, int):
            return Fraction(node.value)
        number = Decimal(ast.get_source_segment(self.expr.strip(), node) or str(node.value))
        if abs(number.adjusted()) > MAX_EXPONENT or len(number.as_tuple().digits) > MAX_DIGITS:
            raise FormulaError("metrics.number_is_beyond", digits=MAX_DIGITS, exponent=MAX_EXPONENT)
        return Fraction(number)


@functools.cache
def parsed(formula: str) -> ast.expr:
    return ast.parse(formula.strip(), mode="eval").body


def names_of(formula: str) -> tuple[str, ...]:
    """The names that a formula uses for numbers, in their order."""
    tree = parsed(formula)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called)
    return tuple(dict.fromkeys(node.id for node in sorted(names, key=lambda node: node.col_offset)))


def computed(formula: str, numbers: Mapping[str, Fraction]) -> Fraction:
    """The formula over the numbers, with min and max as its only functions; ZeroDivisionError as it may be."""
    return Fraction(Formula(numbers, {"min": min, "max": max}).eval(formula, parsed(formula)))
