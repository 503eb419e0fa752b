"""The relations that must hold in a table, and the formulas of columns and measures, as `dataset.toml` says them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from reportgen.model import limits
from reportgen.read.fields import By, Number, OneOf
from reportgen.read.schema import Context, Fault, Model, check, fault, shown, unknown_at

Column = Annotated[str, OneOf("column")]
Columns = tuple[Column, ...]


class Relation(Model):
    """Arithmetic that must hold in a table within `tolerance`, in units of the columns."""

    tolerance: Number = Fraction(0)

    @property
    def compared(self) -> list[tuple[str, str, str]]:
        """(own column, other table, its column) of what is compared with another table."""
        return []


class Parts(Relation):
    kind: Literal["parts"]
    over: Column
    total: str
    columns: Columns


class RowFormula(Relation):
    kind: Literal["row"]
    formula: str

    @check
    @staticmethod
    def _of_columns(formula: str, context: Context) -> Iterator[Fault]:
        yield from formula_faults(formula, context.known.get("column"))


class Balance(Relation):
    kind: Literal["balance"]
    stock: Column
    add: Column
    subtract: Column


class Compared(Relation):
    pairs: dict[Column, Annotated[str, OneOf("table.column")]]

    @property
    def compared(self) -> list[tuple[str, str, str]]:
        pairs = ((own, other.split(".", 1)) for own, other in self.pairs.items())
        return [(own, table, column) for own, (table, column) in pairs]


class Same(Compared):
    """`where` fixes key columns of the other table."""

    kind: Literal["same"]
    where: dict[str, str] = Field(default_factory=dict)


class Years(Compared):
    kind: Literal["years"]
    first: Column
    last: Column


RELATIONS = (Parts, RowFormula, Balance, Same, Years)
AnyRelation = Annotated[Parts | RowFormula | Balance | Same | Years, By("kind")]


# ---- formulas -------------------------------------------------------------------------------

_ARITHMETIC = (
    *(ast.Expression, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop),
    *(ast.Name, ast.Load, ast.Constant, ast.Call),
)


def formula_faults(
    formula: str, known: Collection[str] | None, calls: Collection[str] = ()
) -> Iterator[Fault]:
    """What is wrong with a formula of these names, or of any, and functions."""
    try:
        if len(formula) > limits.FORMULA_LETTERS:
            raise ValueError
        parts = [*ast.walk(ast.parse(formula, mode="eval"))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield fault("formula", "tables.is_not_formula_such_b", formula=shown(formula))
        return
    numbers = all(isinstance(part.value, int) for part in parts if isinstance(part, ast.Constant))
    if not numbers or not all(isinstance(part, _ARITHMETIC) for part in parts):
        yield fault("formula", "tables.may_hold_names_whole_numbers")
    names = sorted(names_in(formula)) if known is not None else []
    yield from (unknown_at("formula", name, known or ()) for name in names if name not in (known or ()))
    for part in parts:
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id not in calls:
            yield unknown_at("formula", part.func.id, calls)


def names_in(formula: str) -> set[str]:
    """The measures or columns that a formula uses; `running` in `running(…)` is a function, no measure."""
    tree = ast.parse(formula, mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}
