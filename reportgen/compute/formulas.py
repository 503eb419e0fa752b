"""Formulas over exact numbers: + - * / and whatever else the caller names; nothing of the machine can be reached."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import Any

from simpleeval import DEFAULT_OPERATORS, InvalidExpression, SimpleEval

from reportgen.model import Gap, Text
from reportgen.model.messages import told

ARITHMETIC: tuple[type[ast.AST], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UAdd, ast.USub)
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
    return Text(error.zh, error.en) if isinstance(error, FormulaError) else Text(str(error), str(error))


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

    @staticmethod
    def _constant(node: ast.Constant) -> Fraction:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise FormulaError("metrics.has_no_place_in_formula", value=node.value)
        return Fraction(str(node.value))


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
