"""Expressions that officers write in texts: figures in slots, and the condition of a sentence.

One language for both: `collected`, `collected(106)`, `collected(fine)`, `change.collected(106, fine)`,
`previous`, `period`. simpleeval walks them; there is no attribute, loop or import to reach.
"""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

from simpleeval import InvalidExpression, SimpleEval

from reportgen.metrics import Figures
from reportgen.model import Gap, Key, Text, Value


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
        self.nodes[ast.Name] = self._name
        self.nodes[ast.Attribute] = lambda node: self._number(self.reference(node), ())
        self.nodes[ast.Constant] = self._constant
        self.nodes[ast.Call] = self._call
        for kind in (ast.Subscript, ast.JoinedStr, ast.FormattedValue):
            self.nodes.pop(kind, None)

    @staticmethod
    def _constant(node: ast.Constant) -> Any:
        if isinstance(node.value, bool | str):
            return node.value
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
                raise ExpressionError(
                    f"there is no metric {part!r}; known: {', '.join(sorted(known))}",
                    f"沒有指標 {part!r}；已知：{'、'.join(sorted(known))}",
                )
        return ".".join(parts)

    def _key(self, arguments: tuple[Any, ...]) -> Key:
        year: int | None = None
        members: dict[str, str] = {}
        for argument in arguments:
            if isinstance(argument, Fraction | int):
                year = int(argument)
                continue
            for dimension in self.figures.dataset.dimensions.values():
                if any(member.id == argument for member in dimension.members):
                    members[dimension.id] = str(argument)
                    break
            else:
                known = [m.id for d in self.figures.dataset.dimensions.values() for m in d.members]
                raise ExpressionError(
                    f"{argument!r} is neither a year nor a member; known: {', '.join(known)}",
                    f"{argument!r} 不是年度也不是項目；已知：{'、'.join(known)}",
                )
        return self.figures.key(year, members=members)

    def _argument(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Name) and node.id not in ("period", "previous", "since"):
            return node.id.replace("_", "-") if self._is_member(node.id.replace("_", "-")) else node.id
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
        if node.keywords:
            raise InvalidExpression(f"{ast.unparse(node)}: no named arguments")
        return self._number(self.reference(node.func), tuple(self._argument(arg) for arg in node.args))

    def _number(self, reference: str, arguments: tuple[Any, ...]) -> Fraction:
        value = self.figures.value(reference, self._key(arguments))
        self.used.append(value)
        if isinstance(value.exact, Gap):
            raise ExpressionError(
                f"{reference} has no value: {value.exact.reason.en}",
                f"{reference} 無數值：{value.exact.reason.zh}",
            )
        return value.exact


def _run(expression: _Expression, source: str) -> Any:
    try:
        return expression.eval(source)
    except ExpressionError:
        raise
    except (InvalidExpression, SyntaxError, ZeroDivisionError, TypeError, ValueError, KeyError) as error:
        raise ExpressionError(
            f"{source!r} cannot be read: {error}", f"{source!r} 無法解讀：{error}"
        ) from None


def look_up(source: str, figures: Figures) -> Value:
    """The value that a slot names. ExpressionError when it is no figure."""
    expression = _Expression(figures)
    try:
        node = ast.parse(source, mode="eval").body
    except SyntaxError:
        raise ExpressionError(f"{source!r} cannot be read", f"{source!r} 無法解讀") from None
    if isinstance(node, ast.Call):
        reference, arguments = (
            expression.reference(node.func),
            tuple(expression._argument(a) for a in node.args),
        )
    elif isinstance(node, ast.Name | ast.Attribute):
        reference, arguments = expression.reference(node), ()
    else:
        raise ExpressionError(
            f"{source!r} is no figure; a slot names a metric, such as {{collected(106)}}",
            f"{source!r} 不是數值；填入處應為指標，如 {{collected(106)}}",
        )
    return figures.value(reference, expression._key(arguments))


def holds(source: str, figures: Figures) -> tuple[bool, Text]:
    """Whether the condition of a sentence is true, and the values that say so."""
    expression = _Expression(figures)
    verdict = _run(expression, source)
    if not isinstance(verdict, bool):
        raise ExpressionError(
            f"{source!r} is not a condition; compare with <, >, ==, and, or, not",
            f"{source!r} 不是條件；請以 <、>、==、and、or、not 比較",
        )
    spoken = [
        (f"{value.metric}({', '.join(str(part) for _, part in value.key)})", figures.spoken(value))
        for value in dict.fromkeys(expression.used)
    ]
    return verdict, Text(
        "；".join(f"{name} = {text.zh}" for name, text in spoken),
        "; ".join(f"{name} = {text.en}" for name, text in spoken),
    )
