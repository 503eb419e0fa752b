"""What every table of rules.toml is made of: words, shares, dates, and columns that the dataset declares."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from reportgen.compute.rules import scheme as rules
from reportgen.model import Text
from reportgen.model.errors import Place, problem
from reportgen.model.formats import Unit
from reportgen.model.messages import told
from reportgen.read.tables import ColumnSpec, Declaration, TableSpec
from reportgen.read.toml import TomlNode
from reportgen.read.words import Glossary, check_halves

NEEDED_UNITS = ("score", "rank", "percent", "twd", "count", "month", "person")
FUNCTIONS = ("min", "max")
SCORE = "score"
GOAL = "goal"  # in the formula of `more`: the value that an item is to reach
NUMBER_TYPES = ("whole", "decimal", "percent", "roc_year")
_ALLOWED = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.Call,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.UAdd,
    ast.USub,
)


class Vocabulary:
    """Reads values out of tables of rules.toml; what names a column or a member is checked against the dataset.

    `columns` are those that are declared so far, `own` those of the candidates' table. An appraisal is of the year that
    its publication names, and has words of its own: standards, adjustments, the candidate's own points.
    """

    def __init__(
        self,
        top: TomlNode,
        dataset: Declaration,
        units: Mapping[str, Unit],
        glossary: Glossary | None,
        appraised: int | None = None,
    ) -> None:
        self.top, self.dataset, self.units, self.glossary = top, dataset, units, glossary
        self.appraised, self.appraises = appraised, appraised is not None
        self.columns: dict[str, rules.Column] = {}
        self.own: Mapping[str, ColumnSpec] = {}
        for unit in NEEDED_UNITS:
            if unit not in units:
                top.fault("", *told("rules.unit_is_missing_inputs_metrics", unit=unit))

    def text(self, node: TomlNode, key: str) -> Text:
        text = node.text(key)
        if isinstance(node.values.get(key), dict):
            place = Place(
                node.faults.file, row=node.faults.line((*node.path, key)), column=_dotted(node, key)
            )
            node.faults.problems += check_halves(text, place)
            node.faults.problems += self.glossary.check(text, place) if self.glossary else []
        return text

    def optional_text(self, node: TomlNode, key: str) -> Text | None:
        node.asked.add(key)
        return self.text(node, key) if key in node.values else None

    def word(self, node: TomlNode, key: str, known: Collection[str], default: str | None = None) -> str:
        found = node.string(key, default)
        if key in node.values and isinstance(node.values[key], str):
            node.one_of(key, found, known)
        return found if found in known else next(iter(known))

    def percent(self, node: TomlNode, key: str, default: Fraction | None = None) -> Fraction | None:
        """`"12.5%"` as an exact ratio between 0 and 1."""
        node.asked.add(key)
        if key not in node.values:
            return default
        found = node.values[key]
        match = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%", found) if isinstance(found, str) else None
        if not match or not 0 < Fraction(match[1]) <= 100:
            node.fault(key, *told("rules.is_not_share", found=found))
            return default
        return Fraction(match[1]) / 100

    def day(self, node: TomlNode, key: str) -> date | None:
        node.asked.add(key)
        found = node.values.get(key)
        if found is not None and not isinstance(found, date):
            node.fault(key, *told("rules.is_not_date"))
            return None
        return found

    def unit(self, node: TomlNode, default: str | None = None) -> str:
        return self.word(node, "unit", self.units, default)

    def digits(self, node: TomlNode, default: int) -> int:
        digits = node.whole("digits", default)
        if not 0 <= digits <= 6:
            node.fault("digits", *told("rules.is_not_between_2"))
        return min(max(digits, 0), 6)

    def once(self, entries: Collection[Any], what: str) -> None:
        seen: dict[str, int] = {}
        for entry in entries:
            if entry.id in seen:
                self.top.faults.problems.append(
                    problem(
                        Place(self.top.faults.file, row=entry.row, column=f"{what}.id"),
                        "rules.id_stands_twice_first_line",
                        id=entry.id,
                        seen=seen[entry.id],
                    )
                )
            seen.setdefault(entry.id, entry.row)

    def line(self, node: TomlNode) -> int:
        return node.faults.line(node.path)

    def factor(self, unit: str) -> Fraction:
        return self.units[unit].factor if unit in self.units else Fraction(1)

    def table(self, node: TomlNode, key: str = "table") -> TableSpec | None:
        name = node.string(key)
        if name:
            node.one_of(key, name, self.dataset.tables)
        return self.dataset.tables.get(name)

    def cell(
        self,
        node: TomlNode,
        key: str,
        table: TableSpec | None,
        default: str | None = None,
        kinds: Collection[str] = (),
    ) -> str:
        """The name of a column of a table, of one of the kinds if any are given."""
        name = node.string(key, default)
        if table is None or not name:
            return name
        known = [one.name for one in table.columns.values() if not kinds or one.type in kinds]
        node.one_of(key, name, known)
        return name

    def where(self, node: TomlNode, table: TableSpec | None) -> rules.Where:
        """`where = { title = ["clerk", "officer"] }`: each column among the values that are listed."""
        found = []
        below = node.node("where")
        for key, raw in below.values.items():
            below.asked.add(key)
            listed = raw if isinstance(raw, list) else [raw]
            if not listed or not all(
                isinstance(one, str | int) and not isinstance(one, bool) for one in listed
            ):
                below.fault(key, *told("rules.is_not_list_values"))
                continue
            among = tuple(str(one) for one in listed)
            if table is not None:
                below.one_of(key, key, table.columns)
                self.members(below, key, table.columns.get(key), among)
            found.append((key, among))
        return tuple(found)

    def members(self, node: TomlNode, key: str, column: ColumnSpec | None, among: Collection[str]) -> None:
        """A value that no row can have would be a rule that never fires."""
        if column is None:
            return
        if column.type == "member":
            for one in among:
                node.one_of(key, one, [m.id for m in self.dataset.dimensions[column.dimension].members])
        elif column.type == "roc_date" or column.type == "url":
            node.fault(key, *told("rules.holds_dates_addresses"))
        elif column.is_number:
            for one in among:
                number = _number(one)
                if number is None or outside(number, column.minimum, column.maximum):
                    node.fault(
                        key,
                        *told(
                            "rules.can_t_stand_column",
                            one=one,
                            minimum=range_said(column.minimum, column.maximum),
                        ),
                    )

    def one_of_columns(
        self, node: TomlNode, key: str, name: str, more: Collection[str] = (), numbers: bool = True
    ) -> None:
        """A column that is declared above or stands in the candidates' table; all may be, where that is not known."""
        if self.own:
            own = [
                c.name
                for c in self.own.values()
                if c.name not in self.columns and (c.is_number or not numbers)
            ]
            node.one_of(key, name, [*more, *self.columns, *own])

    def number_column(self, node: TomlNode, key: str, default: str | None = None) -> rules.Column | None:
        """A declared column, or a number column of the candidates' table, which then counts as declared."""
        name = node.string(key, default)
        if not name:
            return None
        self.one_of_columns(node, key, name)
        return self.columns.get(name) or self.own_column(name)

    def own_column(self, name: str) -> rules.Column | None:
        spec = self.own.get(name)
        if spec is None or not spec.is_number:
            return None
        factor = self.factor(spec.unit)
        column = rules.Column(
            id=name,
            label=spec.label,
            kind="own",
            unit=spec.unit or "count",
            digits=spec.digits,
            of=name,
            low=times(spec.minimum, factor),
            high=times(spec.maximum, factor),
        )
        self.columns[name] = column
        return column

    def check_formula(self, node: TomlNode, key: str, formula: str, more: Collection[str] = ()) -> None:
        """Names of columns, numbers, + - * / and min(a, b), max(a, b); a name must stand above the formula."""
        try:
            tree = ast.parse(formula.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            node.fault(key, *told("rules.is_not_formula_such_b", formula=formula[:80]))
            return
        called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
        for part in ast.walk(tree):
            if isinstance(part, ast.Name) and id(part) not in called:
                self.one_of_columns(node, key, part.id, more)
                self.own_column(part.id) if part.id not in self.columns else None
            elif isinstance(part, ast.Call):
                name = part.func.id if isinstance(part.func, ast.Name) else "?"
                node.one_of(key, name, FUNCTIONS)
                if len(part.args) < 2 or part.keywords:
                    node.fault(key, *told("rules.needs_two_numbers_more", name_=name))
            elif isinstance(part, ast.Constant) and (
                isinstance(part.value, bool) or not isinstance(part.value, int | float)
            ):
                node.fault(key, *told("rules.has_no_place_formula", value=part.value))
            elif not isinstance(part, _ALLOWED):
                node.fault(key, *told("rules.has_no_place_formula_2", name_=type(part).__name__))


def tree_of(formula: str) -> ast.AST:
    try:
        return ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse("0", mode="eval")


def is_number(raw: object) -> bool:
    return isinstance(raw, int | Decimal) and not isinstance(raw, bool)


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None


def times(number: Fraction | None, factor: Fraction) -> Fraction | None:
    return None if number is None else number * factor


def outside(number: Fraction, low: Fraction | None, high: Fraction | None) -> bool:
    return (low is not None and number < low) or (high is not None and number > high)


def range_said(low: Fraction | None, high: Fraction | None) -> str:
    return f"{plain(low) if low is not None else '…'}–{plain(high) if high is not None else '…'}"


def plain(number: Fraction) -> str:
    return f"{Decimal(number.numerator) / Decimal(number.denominator):f}"


def _dotted(node: TomlNode, key: str) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in (*node.path, key))
