"""Whether the stored value of a formula is what the formula gives: for workbooks whose program says that it has not computed them.

Only what can be followed without a spreadsheet is: numbers, cells of the same sheet, + - * / ^ %, and the functions below. All else counts
as never computed. If every formula agrees with the cells as they are stored, none of them is a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from reportgen.read.worksheets import Cell, Worksheet, cell_of

_TOKEN = re.compile(
    r"\s*(?:(?P<range>\$?[A-Z]{1,3}\$?[0-9]+:\$?[A-Z]{1,3}\$?[0-9]+)|(?P<cell>\$?[A-Z]{1,3}\$?[0-9]+)(?![A-Z0-9(])"
    r"|(?P<function>[A-Z]+)\(|(?P<number>[0-9]+(?:\.[0-9]*)?)|(?P<sign>[-+*/^%(),])"
    r'|(?P<words>"[^"]*"))',
    re.IGNORECASE,
)
_LONGEST = 500  # characters of a formula that is followed
_DEEPEST = 50  # parentheses and signs
_APART = Fraction(1, 10**9)  # a spreadsheet computes with 15 digits
_Numbers = list[Fraction]


class _NotFollowedError(Exception):
    """The formula holds what is not followed here, or has no value."""


def _round(numbers: _Numbers) -> Fraction:
    value, digits = numbers
    scale = Fraction(10 ** int(digits)) if digits >= 0 else Fraction(1, 10 ** int(-digits))
    whole = int(abs(value) * scale + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole) / scale


_FUNCTIONS: Mapping[str, Callable[[_Numbers], Fraction]] = {
    "SUM": lambda numbers: sum(numbers, Fraction(0)),
    "AVERAGE": lambda numbers: sum(numbers, Fraction(0)) / len(numbers),
    "ROUND": _round,
    "ABS": lambda numbers: abs(numbers[0]),
    "MAX": lambda numbers: max(numbers),
    "MIN": lambda numbers: min(numbers),
    "IFERROR": lambda numbers: numbers[0],
}


def agrees(sheet: Worksheet, cell: Cell, formula: str) -> bool:
    """Whether the cell holds what its formula gives of the other cells as they are stored."""
    if len(formula) > _LONGEST or max(formula.count("("), formula.count("-"), formula.count("+")) > _DEEPEST:
        return False
    try:
        parser = _Parser(sheet, formula)
        stored, value = _number(sheet, cell), parser.whole()
    except (_NotFollowedError, ArithmeticError, ValueError, IndexError):
        return False
    return stored is not None and abs(value - stored) <= _APART * max(Fraction(1), abs(stored))


def _text(sheet: Worksheet, cell: Cell) -> str:
    line = sheet.lines.get(cell[0], ())
    return (line[cell[1] - 1] or "") if cell[1] <= len(line) else ""


def _number(sheet: Worksheet, cell: Cell) -> Fraction | None:
    """None for an empty cell."""
    text = _text(sheet, cell)
    if text and not re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text):
        raise _NotFollowedError
    return Fraction(Decimal(text)) if text else None


class _Parser:
    """Sum of products of powers, as a spreadsheet reads them: the sign before a number binds closer than `^`."""

    def __init__(self, sheet: Worksheet, formula: str) -> None:
        self.sheet = sheet
        self.tokens = list(_tokens(formula))
        self.at = 0

    def whole(self) -> Fraction:
        value = self._sum()
        if self.at < len(self.tokens):
            raise _NotFollowedError
        return value

    def _take(self, *signs: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at] in [("sign", sign) for sign in signs]:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def _sum(self) -> Fraction:
        value = self._product()
        while sign := self._take("+", "-"):
            other = self._product()
            value = value + other if sign == "+" else value - other
        return value

    def _product(self) -> Fraction:
        value = self._power()
        while sign := self._take("*", "/"):
            other = self._power()
            value = value * other if sign == "*" else value / other
        return value

    def _power(self) -> Fraction:
        value = self._signed()
        while self._take("^"):
            exponent = self._signed()
            if exponent.denominator != 1 or abs(exponent) > 20:
                raise _NotFollowedError
            value = value ** int(exponent)
        return value

    def _signed(self) -> Fraction:
        sign = self._take("+", "-")
        value = self._signed() if sign else self._single()
        while self._take("%"):
            value /= 100
        return -value if sign == "-" else value

    def _single(self) -> Fraction:
        if self._take("("):
            value = self._sum()
            if not self._take(")"):
                raise _NotFollowedError
            return value
        kind, written = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return Fraction(Decimal(written))
        if kind == "cell":
            return _number(self.sheet, cell_of(written) or (0, 0)) or Fraction(0)
        if kind == "function" and written.upper() in _FUNCTIONS:
            return _FUNCTIONS[written.upper()](self._arguments(written.upper()))
        raise _NotFollowedError

    def _arguments(self, function: str) -> _Numbers:
        numbers: _Numbers = []
        while not self._take(")"):
            if numbers and function == "IFERROR":  # what stands where there is an error is not asked for
                self.at = _closing(self.tokens, self.at)
                continue
            kind, written = self.tokens[self.at]
            if kind == "range":
                self.at += 1
                numbers += self._range(written)
            else:
                numbers.append(self._sum())
            self._take(",")
        return numbers

    def _range(self, written: str) -> Iterator[Fraction]:
        """Its numbers; what is no number, sums pass over."""
        (top, left), (bottom, right) = (cell_of(corner) or (0, 0) for corner in written.split(":"))
        for row in range(top, min(bottom, self.sheet.reach[0]) + 1):
            for column in range(left, min(right, self.sheet.reach[1]) + 1):
                number = _number(self.sheet, (row, column))
                if number is not None:
                    yield number


def _closing(tokens: list[tuple[str, str]], at: int) -> int:
    depth = 1
    for number in range(at, len(tokens)):
        kind, written = tokens[number]
        depth += (kind == "function" or written == "(") - (written == ")")
        if not depth:
            return number
    raise _NotFollowedError


def _tokens(formula: str) -> Iterator[tuple[str, str]]:
    at, formula = 0, formula.strip().removeprefix("=")
    while at < len(formula):
        token = _TOKEN.match(formula, at)
        if not token or token.lastgroup is None:
            raise _NotFollowedError
        at = token.end()
        yield token.lastgroup, token[token.lastgroup]
