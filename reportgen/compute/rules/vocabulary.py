"""What every table of rules.toml is made of: columns and values that the dataset declares, shares, formulas."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, PlainValidator, ValidationInfo

from reportgen.compute.rules.model import Standard, Standing
from reportgen.model import Text, toml
from reportgen.model.formats import Unit
from reportgen.model.toml import Raw
from reportgen.read.fields import OneOf, Within, documented
from reportgen.read.schema import Context, Fault, Model, check, fault, refused, shown, unknown_at, wrong
from reportgen.read.tables import ColumnSpec, Declaration
from reportgen.read.texts import Bilingual

NEEDED_UNITS = ("score", "rank", "percent", "twd", "count", "month", "person")
FUNCTIONS = ("min", "max")
SCORE = "score"
GOAL = "goal"  # in the formula of `more`: the value that an item is to reach
NUMBER_TYPES = ("whole", "decimal", "percent", "roc_year")

Rounding = Literal["half_up", "down", "up"]
Better = Literal["high", "low"]
Take = Literal["mean", "sum", "count", "min", "max", "last"]
Where = tuple[tuple[str, tuple[str, ...]], ...]  # (column, what it may be)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A number of each candidate: a cell of its row, an aggregate over another table, a formula, or months of service.

    Limits are in base units. A part is what a year's number `of` is for the months so far: by the months of the column `pattern` in so many `years`
    before, or by twelfths. `at_end`: in an appraisal, of the last month of the period alone: what is pending then.
    `posted`: `by` is a unit, whose rows are a candidate's for the days that it held it.
    """

    id: str
    label: Text
    kind: Literal["own", "aggregate", "formula", "service", "part"]
    unit: str
    digits: int
    table: str = ""
    of: str = ""
    take: Take = "mean"
    by: str = ""
    match: str = ""
    where: Where = ()
    on: str = ""
    since: date | None = None
    until: date | None = None
    gaps: Literal["stop", "skip"] = "stop"
    empty: Fraction | None = None
    formula: str = ""
    low: Fraction | None = None
    high: Fraction | None = None
    row: int = 0
    at_end: bool = False
    posted: bool = False
    pattern: str = ""
    years: int = 0


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What rules.toml may name. `table` is that of the candidates and `own` its columns, none where it is unknown; `columns` are
    those that are declared, as far as they are read. `who` and `month` are [candidates] and `month` as they stand in the file,
    `posts` whether it has [postings].
    """

    dataset: Declaration
    units: Mapping[str, Unit]
    appraises: bool
    table: str
    own: Mapping[str, ColumnSpec]
    who: Mapping[str, Raw]
    month: str
    posts: bool = False
    columns: dict[str, Column] = field(default_factory=dict)

    def factor(self, unit: str) -> Fraction:
        return self.units[unit].factor if unit in self.units else Fraction(1)

    def numbers(self) -> list[str]:
        """The columns that hold numbers: those that are declared, then those of the candidates' table."""
        own = [name for name, spec in self.own.items() if spec.is_number and name not in self.columns]
        return [*self.columns, *own]

    def every(self) -> dict[str, Column]:
        """The columns of `numbers` by name."""
        return {name: column for name in self.numbers() if (column := self.column(name))}

    def column(self, name: str) -> Column | None:
        """A declared column, or a number column of the candidates' table."""
        spec = self.own.get(name)
        if name in self.columns or spec is None or not spec.is_number:
            return self.columns.get(name)
        factor = self.factor(spec.unit)
        return Column(
            id=name,
            label=spec.label,
            kind="own",
            unit=spec.unit or "count",
            digits=spec.digits,
            of=name,
            low=times(spec.minimum, factor),
            high=times(spec.maximum, factor),
        )

    @property
    def id(self) -> str:
        """The column of the candidates' ids: rows of other tables are theirs by a column of that name."""
        return str(self.who.get("id", ""))

    # -- faults

    def cell_faults(self, key: str, name: str, table: str, kinds: Collection[str] = ()) -> Iterator[Fault]:
        """The name of a column of a table, of one of the kinds if any are given."""
        columns = self.dataset.tables[table].columns.values()
        known = [column.name for column in columns if not kinds or column.type in kinds]
        if name and name not in known:
            yield unknown_at(key, name, known)

    def where_faults(self, where: Where, table: str) -> Iterator[Fault]:
        columns = self.dataset.tables[table].columns
        for name, among in where:
            if name in columns:
                yield from self.member_faults(("where", name), columns[name], among)
            else:
                yield unknown_at(("where", name), name, columns)

    def member_faults(
        self, key: str | toml.Path, column: ColumnSpec, among: Collection[str]
    ) -> Iterator[Fault]:
        """A value that no row can have would be a rule that never fires."""
        if column.type == "member":
            known = [member.id for member in self.dataset.dimensions[column.dimension].members]
            yield from (unknown_at(key, one, known) for one in among if one not in known)
        elif column.type in ("roc_date", "url"):
            yield fault(key, "rules.holds_dates_addresses")
        elif column.is_number:
            for one in among:
                number = _number(one)
                if number is None or outside(number, column.minimum, column.maximum):
                    said = range_said(column.minimum, column.maximum)
                    yield fault(key, "rules.can_t_stand_column", one=one, minimum=said)


# ---- types of fields ----------------------------------------------------------------------------


def share_of(raw: Raw) -> Fraction:
    """`"12.5%"` or `"1/3"` as an exact ratio between 0 and 1."""
    if isinstance(raw, Fraction):
        return raw
    said = raw.replace(" ", "") if isinstance(raw, str) else ""
    share = Fraction(0)
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?%", said):
        share = Fraction(said[:-1]) / 100
    elif re.fullmatch(r"[0-9]{1,6}/[1-9][0-9]{0,5}", said):
        share = Fraction(said)
    if not 0 < share <= 1:
        raise wrong("rules.is_not_share", value=shown(raw))
    return share


class _Pairs(tuple[tuple[str, tuple[str, ...]], ...]):
    """Columns and values that are looked at already; a list of the file is none."""


def _where(raw: Raw, info: ValidationInfo) -> Where:
    """`{ title = ["clerk", "officer"] }`: each column among the values that are listed."""
    if isinstance(raw, _Pairs) or not (info.context and info.context.file):
        return _Pairs(raw)
    if not isinstance(raw, Mapping):
        raise wrong("schema.is_not_table", value=shown(raw))
    found, faults = [], []
    for key, value in raw.items():
        listed = value if isinstance(value, tuple | list) else (value,)
        if not listed or not all(type(one) in (str, int) for one in listed):
            faults.append(fault(key, "rules.is_not_list_values"))
        found.append((key, tuple(map(str, listed))))
    if faults:
        raise refused(faults)
    return _Pairs(found)


def _number_column(name: str, info: ValidationInfo) -> str:
    vocabulary: Vocabulary | None = info.context.given if info.context else None
    if vocabulary and vocabulary.own and name not in (known := vocabulary.numbers()):
        raise refused([unknown_at((), name, known)])
    return name


def formula(*more: str) -> AfterValidator:
    """Names of columns, numbers, + - * / and min(a, b), max(a, b); a name must stand above the formula."""

    def checked(words: str, info: ValidationInfo) -> str:
        vocabulary: Vocabulary | None = info.context.given if info.context else None
        known = [*more, *vocabulary.numbers()] if vocabulary and vocabulary.own else None
        if faults := [*_formula_faults(words, known)]:
            raise refused(faults)
        return words

    return AfterValidator(checked)


Share = Annotated[Fraction, PlainValidator(share_of), documented("share", '"10%"', type="string")]
WhereTable = Annotated[
    Where, PlainValidator(_where), documented("where", '{ column = ["…"] }', type="object")
]
NumberColumn = Annotated[str, AfterValidator(_number_column)]
Formula = Annotated[str, formula()]
UnitName = Annotated[str, OneOf("unit")]
TableName = Annotated[str, OneOf("table")]
OwnName = Annotated[str, OneOf("own column")]
Digits = Annotated[int, Within(0, 6)]


class NoteText(Model):
    text: Bilingual


class Sourced(Model):
    """Whether a scheme is a rule or an assumption, where it comes from, and what is noted on it."""

    standing: Standing
    basis: Bilingual
    source: str = ""
    note: tuple[NoteText, ...] = ()

    @check
    def _has_source(standing: Standing, source: str) -> Iterator[Fault]:
        if standing == "rule" and not source:
            yield fault("source", "rules.rule_needs_source")

    @property
    def standard(self) -> Standard:
        return Standard(self.standing, self.basis, self.source)

    @property
    def notes(self) -> tuple[Text, ...]:
        return tuple(note.text for note in self.note)


class OfTable(Model):
    """Rows of another table, which are a candidate's by the column `by`: that of the candidates' ids where it is not said."""

    table: TableName
    by: str = ""

    @check
    def _by(table: str, by: str, context: Context) -> Iterator[Fault]:
        yield from context.given.cell_faults("by", by or context.given.id, table)


class SomeRows(OfTable):
    where: WhereTable = ()

    @check
    def _among(table: str, where: Where, context: Context) -> Iterator[Fault]:
        yield from context.given.where_faults(where, table)


# ---- formulas -----------------------------------------------------------------------------------

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


def _formula_faults(words: str, known: Collection[str] | None) -> Iterator[Fault]:
    try:
        tree = ast.parse(words.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield fault((), "rules.is_not_formula_such_b", formula=words[:80])
        return
    called = {id(part.func) for part in ast.walk(tree) if isinstance(part, ast.Call)}
    for part in ast.walk(tree):
        if isinstance(part, ast.Name) and id(part) not in called:
            if known is not None and part.id not in known:
                yield unknown_at((), part.id, known)
        elif isinstance(part, ast.Call):
            name = part.func.id if isinstance(part.func, ast.Name) else "?"
            if name not in FUNCTIONS:
                yield unknown_at((), name, FUNCTIONS)
            if len(part.args) < 2 or part.keywords:
                yield fault((), "rules.needs_two_numbers_more", name_=name)
        elif isinstance(part, ast.Constant) and type(part.value) not in (int, float):
            yield fault((), "rules.has_no_place_formula", value=part.value)
        elif not isinstance(part, _ALLOWED):
            yield fault((), "rules.has_no_place_formula_2", name_=type(part).__name__)


# ---- numbers ------------------------------------------------------------------------------------


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
