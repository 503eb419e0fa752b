"""Whose award it is and what is counted for each: `[candidates]`, `[[column]]`, `[[complete]]` and the months of an appraisal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator

from reportgen.compute.rules.vocabulary import (
    FUNCTIONS,
    NUMBER_TYPES,
    SCORE,
    Column,
    Digits,
    Formula,
    NumberColumn,
    OfTable,
    OwnName,
    SomeRows,
    TableName,
    Take,
    UnitName,
    Vocabulary,
    Where,
    WhereTable,
    times,
)
from reportgen.model import Text
from reportgen.model.formats import written
from reportgen.model.toml import Raw
from reportgen.read.fields import Like, Number, OneOf, Row, Within
from reportgen.read.schema import Context, Fault, Model, check, fault, shown, unknown_at, wrong
from reportgen.read.tables import ColumnSpec
from reportgen.read.texts import Bilingual


class Candidates(Model):
    """Whose table it is; `unit_name` puts the cell of `unit` into words: 第{unit}股 / Unit {unit}."""

    table: TableName
    id: OwnName
    name: OwnName
    name_en: OwnName = ""
    post: OwnName = ""
    branch: OwnName = ""
    unit: OwnName = ""
    unit_name: Bilingual | None = None
    where: WhereTable = ()

    @check
    def _names_units(unit_name: Text | None) -> Iterator[Fault]:
        if unit_name and any("{unit}" not in half for half in written(unit_name)):
            yield fault("unit_name", "rules.must_hold_both_halves")

    @check
    def _among(table: str, where: Where, context: Context) -> Iterator[Fault]:
        yield from context.given.where_faults(where, table)


class ColumnRule(Model):
    """A number of each candidate, as it is declared."""

    id: Annotated[str, Like(r"[a-z][a-z0-9_]*", "rules.is_not_name", '"name"')]
    label: Bilingual
    row: Row = 0

    @check
    def _is_free(id: str, context: Context) -> Iterator[Fault]:
        vocabulary: Vocabulary = context.given
        if id in (*vocabulary.columns, *vocabulary.own, *FUNCTIONS, SCORE):
            yield fault("id", "rules.name_is_taken", value=shown(id))

    def resolved(self, vocabulary: Vocabulary) -> Column:
        """The column with all that goes without saying in the file."""
        more = self.values(vocabulary)
        return Column(id=self.id, label=self.label, row=self.row, **more)

    def values(self, vocabulary: Vocabulary) -> dict[str, Raw]:
        """The further fields of the column; each kind of column has its own."""
        return {}


class FormulaColumn(ColumnRule):
    formula: Formula
    unit: UnitName
    digits: Digits = 2

    def values(self, vocabulary: Vocabulary) -> dict[str, Raw]:
        return {"kind": "formula", "formula": self.formula, "unit": self.unit, "digits": self.digits}


class ServiceColumn(ColumnRule):
    """Whole months from a date to the end of the year that is judged."""

    service: Annotated[str, OneOf("own date")]

    def values(self, vocabulary: Vocabulary) -> dict[str, Raw]:
        return {"kind": "service", "unit": "month", "digits": 0, "of": self.service, "low": Fraction(0)}


class PartColumn(ColumnRule):
    """In an appraisal of some months, the part of a whole year's number that they are to have.

    By what the same months had of the years before in the column `pattern`, a sum over months; without it by twelfths.
    """

    of_year: NumberColumn
    pattern: NumberColumn = ""
    years: Annotated[int, Within(1, 10)] = 3
    digits: Digits | None = None

    @check
    def _is_of_months(
        of_year: str, pattern: str, raw: Mapping[str, Raw], context: Context
    ) -> Iterator[Fault]:
        vocabulary: Vocabulary = context.given
        month, time = vocabulary.month, vocabulary.dataset.time
        if not vocabulary.appraises or not month:
            yield fault("of_year", "rules.part_needs_months")
            return
        column = vocabulary.column(of_year)
        table = vocabulary.dataset.tables.get(column.table) if column else None
        if table and month in table.columns:
            yield fault("of_year", "rules.part_of_months", name_=of_year)
        if "years" in raw and not pattern:
            yield fault("years", "rules.part_years_without_pattern")
        by, said = vocabulary.column(pattern), set[str]()
        if by:
            there = vocabulary.dataset.tables[by.table].columns if by.table else {}
            said = {name for name, _ in by.where} & {month, time}
            if by.take != "sum" or by.at_end or by.posted or not {month, time} <= there.keys() or said:
                yield fault("pattern", "rules.part_pattern", name_=pattern)

    def values(self, vocabulary: Vocabulary) -> dict[str, Raw]:
        column = vocabulary.column(self.of_year)
        assert column
        return {
            "kind": "part",
            "of": self.of_year,
            "unit": column.unit,
            "digits": column.digits if self.digits is None else self.digits,
            "pattern": self.pattern,
            "years": self.years if self.pattern else 0,
            "low": Fraction(0) if column.low is not None and column.low >= 0 else None,
        }


class OwnColumn(ColumnRule):
    """A column of the candidates' table under another name."""

    of: Annotated[str, OneOf("own number")]
    digits: Digits | None = None

    def resolved(self, vocabulary: Vocabulary) -> Column:
        own = vocabulary.column(self.of)
        assert own
        digits = own.digits if self.digits is None else self.digits
        return replace(own, id=self.id, label=self.label, digits=digits, row=self.row)


class Aggregate(ColumnRule, SomeRows):
    """A number taken over the rows of another table; `by` and `on` are empty where they go without saying."""

    take: Take
    of: str = ""
    unit: Annotated[str, OneOf("unit")] = ""
    match: OwnName = ""
    on: str = ""
    since: date | None = None
    until: date | None = None
    gaps: Literal["stop", "skip"] = "stop"
    empty: Number | None = None
    digits: Digits | None = None
    at: Literal["", "end"] = ""
    posted: bool = False

    @check
    def _of_the_table(table: str, take: Take, of: str, context: Context) -> Iterator[Fault]:
        if not of and take != "count":
            yield fault("of", "schema.is_missing", form='of = "…"')
        yield from context.given.cell_faults("of", of, table, NUMBER_TYPES)

    @check
    def _on(
        table: str, take: Take, on: str, since: date | None, until: date | None, context: Context
    ) -> Iterator[Fault]:
        if not on and (since or until or take == "last"):
            yield fault("on", "schema.is_missing", form='on = "…"')
        kinds = ("roc_date", *NUMBER_TYPES) if take == "last" else ("roc_date",)
        yield from context.given.cell_faults("on", on, table, kinds)
        if since and until and since > until:
            yield fault("since", "rules.is_after_until")

    @check
    def _at_end(table: str, at: str, context: Context) -> Iterator[Fault]:
        vocabulary: Vocabulary = context.given
        if at and not vocabulary.appraises:
            yield fault("at", "rules.is_of_appraisals")
        elif at and vocabulary.month not in vocabulary.dataset.tables[table].columns:
            yield fault("at", "rules.has_no_months_so_is", name_=table)

    @check
    def _posted(posted: bool, take: Take, match: str, by: str, context: Context) -> Iterator[Fault]:
        if not posted:
            return
        if not context.given.posts:
            named = "posted_without_postings" if context.given.appraises else "is_of_appraisals"
            yield fault("posted", f"rules.{named}")
        if take != "sum" or match:
            yield fault("match" if match else "take", "rules.posted_is_summed")
        if not by:
            yield fault("by", "schema.is_missing", form='by = "…"')

    @check
    def _adds_up(table: str, take: Take, of: str, where: Where, at: str, context: Context) -> Iterator[Fault]:
        vocabulary: Vocabulary = context.given
        measure = vocabulary.dataset.measures.get(of)
        if take != "sum" or measure is None or measure.table != table:
            return
        by_month = vocabulary.month in vocabulary.dataset.tables[table].columns
        if measure.kind == "rate":
            yield fault("take", "rules.rate_is_not_summed", name_=of)
        elif measure.kind == "stock" and by_month and not at and vocabulary.month not in dict(where):
            yield fault("take", "rules.stock_is_not_summed", name_=of, month=vocabulary.month)

    def values(self, vocabulary: Vocabulary) -> dict[str, Raw]:
        spec, counts = vocabulary.dataset.tables[self.table].columns.get(self.of), self.take == "count"
        low, high = self._limits(spec, vocabulary)
        usual = 0 if counts else spec.digits if spec and self.take != "mean" else 2
        as_said = ("table", "of", "take", "match", "where", "on", "since", "until", "gaps", "posted")
        return {name: getattr(self, name) for name in as_said} | {
            "kind": "aggregate",
            "unit": self.unit or (spec.unit if spec and not counts else "") or "count",
            "digits": usual if self.digits is None else self.digits,
            "by": self.by or vocabulary.id,
            "empty": times(self.empty, vocabulary.factor(spec.unit) if spec else Fraction(1)),
            "low": low,
            "high": high,
            "at_end": bool(self.at),
        }

    def _limits(
        self, spec: ColumnSpec | None, vocabulary: Vocabulary
    ) -> tuple[Fraction | None, Fraction | None]:
        if self.take == "count":
            return Fraction(0), None
        if spec is None:
            return None, None
        factor = vocabulary.factor(spec.unit)
        low, high = times(spec.minimum, factor), times(spec.maximum, factor)
        if self.take == "sum":
            return Fraction(0) if low is not None and low >= 0 else None, None
        return low, high


KINDS: Mapping[str, type[ColumnRule]] = {
    "formula": FormulaColumn,
    "of_year": PartColumn,
    "service": ServiceColumn,
    "table": Aggregate,
    "of": OwnColumn,
}


def _of_its_kind(raw: Raw, _: ValidatorFunctionWrapHandler, info: ValidationInfo) -> ColumnRule:
    if isinstance(raw, ColumnRule):
        return raw
    if not isinstance(raw, Mapping):
        raise wrong("schema.is_not_table", value=shown(raw))
    for key, model in KINDS.items():
        if key in raw:
            return model.model_validate(raw, context=info.context)
    raise wrong("rules.says_not_where_number_comes")


AnyColumn = Annotated[
    FormulaColumn | PartColumn | ServiceColumn | Aggregate | OwnColumn, WrapValidator(_of_its_kind)
]


# ---- rows that must be there --------------------------------------------------------------------


class Complete(OfTable):
    """A table whose every row of the period belongs to a candidate.

    With `branch`, the row's branch is that of the candidate; `every_month`: from its first month on, a candidate has rows
    for each.
    """

    branch: str = ""
    every_month: bool = False
    row: Row = 0

    @check
    def _branch(table: str, branch: str, context: Context) -> Iterator[Fault]:
        vocabulary: Vocabulary = context.given
        yield from vocabulary.cell_faults("branch", branch, table)
        if branch and "branch" not in vocabulary.who:
            yield fault("branch", "rules.candidates_names_no_branch_could")

    @check
    def _of_units(table: str, by: str, branch: str, context: Context) -> Iterator[Fault]:
        columns = context.given.columns.values()
        if branch and any(one.posted and (one.table, one.by) == (table, by) for one in columns):
            yield fault("branch", "rules.posted_has_no_branch")

    @check
    def _has_months(table: str, every_month: bool, context: Context) -> Iterator[Fault]:
        vocabulary: Vocabulary = context.given
        if every_month and vocabulary.month not in vocabulary.dataset.tables[table].columns:
            yield fault("every_month", "rules.has_no_months", name_=table)


def month_faults(name: str, vocabulary: Vocabulary) -> Iterator[Fault]:
    """The name that the column of months has in the tables that are by month."""
    tables = vocabulary.dataset.tables.values()
    found = [(table.name, table.columns[name]) for table in tables if name in table.columns]
    if name and not found:
        whole = {
            column.name for table in tables for column in table.columns.values() if column.type == "whole"
        }
        yield unknown_at("month", name, sorted(whole))
    for table, column in found:
        if not _holds_months(column):
            yield fault("month", "rules.may_hold_what_is_no", name_=table, name_2=name)


def _holds_months(column: ColumnSpec) -> bool:
    low, high = column.minimum, column.maximum
    within = low is not None and low >= 1 and high is not None and high <= 12
    return column.type == "whole" and within and not column.missing
