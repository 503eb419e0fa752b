"""Who may take part: `[[eligible]]`, `[[exclude]]` and `[[standard]]`, each able to pass and to fail."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator

from reportgen.compute.rules.vocabulary import (
    SCORE,
    Column,
    SomeRows,
    Vocabulary,
    Where,
    is_number,
    outside,
    range_said,
    times,
)
from reportgen.model import Text, toml
from reportgen.model.toml import Raw
from reportgen.read.fields import Row, Within, documented
from reportgen.read.schema import Context, Fault, Model, check, fault, shown, unknown_at
from reportgen.read.texts import Bilingual

Kind = Literal["eligible", "exclude", "standard"]
Operator = Literal["at_least", "more_than", "at_most", "less_than", "is", "is_not", "within", "none_since"]
Threshold = Fraction | date | tuple[str, ...] | tuple[Fraction, Fraction]
OPERATORS: tuple[Operator, ...] = ("at_least", "more_than", "at_most", "less_than", "is", "is_not", "within")
ORDERED = OPERATORS[:4]
Compared = Annotated[Raw, documented("compared", "50")]


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Of eligibility or exclusion. `none_since` looks into `table` for rows of the last `years` years.

    A `standard` (管考基準) is met or not; it neither admits nor excludes. Thresholds are in base units.
    """

    id: str
    kind: Kind
    label: Text
    column: str
    operator: Operator
    threshold: Threshold
    table: str = ""
    by: str = ""
    on: str = ""
    where: Where = ()
    years: int = 0
    row: int = 0


class ConditionRule(Model):
    id: str
    label: Bilingual
    row: Row = 0

    @abstractmethod
    def resolved(self, kind: Kind, vocabulary: Vocabulary) -> Condition:
        """The condition with all that goes without saying in the file."""


class LookingBack(ConditionRule, SomeRows):
    """Who has a row in the table in the last years is excluded; `on` is empty where there is only one date."""

    on: str = ""
    years: Annotated[int, Within(1)]

    @check
    def _on(table: str, on: str, context: Context) -> Iterator[Fault]:
        if not on and not _only_date(table, context.given):
            yield fault("on", "schema.is_missing", form='on = "…"')
        yield from context.given.cell_faults("on", on, table, ("roc_date",))

    def resolved(self, kind: Kind, vocabulary: Vocabulary) -> Condition:
        return Condition(
            id=self.id,
            kind=kind,
            label=self.label,
            column="",
            operator="none_since",
            threshold=(),
            table=self.table,
            by=self.by or vocabulary.id,
            on=self.on or _only_date(self.table, vocabulary),
            where=self.where,
            years=self.years,
            row=self.row,
        )


def _only_date(table: str, vocabulary: Vocabulary) -> str:
    columns = vocabulary.dataset.tables[table].columns.values()
    dates = [column.name for column in columns if column.type == "roc_date"]
    return dates[0] if len(dates) == 1 else ""


class Comparison(ConditionRule):
    """A column of the candidate compared by exactly one of the operators: `column = "skill"`, `at_least = 50`."""

    column: str
    at_least: Compared = None
    more_than: Compared = None
    at_most: Compared = None
    less_than: Compared = None
    equals: Annotated[Compared, Field(alias="is")] = None
    is_not: Compared = None
    within: Compared = None

    @check
    def _one_operator(raw: toml.Table) -> Iterator[Fault]:
        given = [operator for operator in OPERATORS if operator in raw]
        if len(given) != 1:
            at = given[1] if given else ""
            yield fault(at, "rules.condition_needs_exactly_one", listed=OPERATORS)

    @check
    def _compares(column: str, raw: toml.Table, context: Context) -> Iterator[Fault]:
        vocabulary: Vocabulary = context.given
        numbers = vocabulary.numbers()
        known = [*numbers, *(name for name in vocabulary.own if name not in numbers)]
        if column == SCORE:
            yield fault("column", "rules.score_can_t_make_eligible")
        elif vocabulary.own and column not in known:
            yield unknown_at("column", column, known)
        elif column not in numbers and column in known and raw.path[0] == "standard":
            yield fault("column", "rules.holds_words", column=column)
        elif given := [operator for operator in OPERATORS if operator in raw]:
            yield from _threshold_faults(column, given[0], raw, vocabulary)

    def resolved(self, kind: Kind, vocabulary: Vocabulary) -> Condition:
        keys = {operator: "equals" if operator == "is" else operator for operator in OPERATORS}
        given = {operator: getattr(self, key) for operator, key in keys.items()}
        operator, value = next((name, value) for name, value in given.items() if value is not None)
        column = vocabulary.column(self.column)
        threshold: Threshold = value if isinstance(value, date) else _among(value)
        if column:
            factor = vocabulary.factor(column.unit)
            threshold = (
                (Fraction(value[0]) * factor, Fraction(value[1]) * factor)
                if operator == "within"
                else Fraction(value) * factor
            )
        return Condition(
            id=self.id,
            kind=kind,
            label=self.label,
            column=self.column,
            operator=operator,
            threshold=threshold,
            row=self.row,
        )


def _among(value: Raw) -> tuple[str, ...]:
    return tuple(str(one) for one in (value if isinstance(value, tuple) else (value,)))


def _threshold_faults(
    name: str, operator: Operator, raw: toml.Table, vocabulary: Vocabulary
) -> Iterator[Fault]:
    value, column, spec = raw[operator], vocabulary.column(name), vocabulary.own.get(name)
    if column:
        yield from _number_faults(column, operator, raw, vocabulary)
    elif spec and spec.type == "roc_date":
        if operator not in ORDERED or not isinstance(value, date):
            yield fault(operator, "rules.is_date", name_=name, ordered=ORDERED)
    elif spec and operator in ORDERED:
        yield fault(operator, "rules.holds_words_2", name_=name)
    elif spec:
        yield from vocabulary.member_faults(operator, spec, _among(value))


def _number_faults(
    column: Column, operator: Operator, raw: toml.Table, vocabulary: Vocabulary
) -> Iterator[Fault]:
    value, factor = raw[operator], vocabulary.factor(column.unit)
    if operator == "within":
        if not isinstance(value, tuple) or len(value) != 2 or not all(map(is_number, value)):
            yield fault(operator, "rules.is_not_lowest_highest")
        elif value[0] > value[1]:
            yield fault(operator, "rules.lowest_is_above_highest")
    elif not is_number(value):
        yield fault(operator, "schema.is_not_number", value=shown(value))
    else:
        always = _always(operator, Fraction(value) * factor, column.low, column.high)
        if always is not None:
            passes = always == (raw.path[0] != "exclude")
            name = "rules.everyone_would_pass" if passes else "rules.no_one_would_pass"
            said = range_said(times(column.low, 1 / factor), times(column.high, 1 / factor))
            yield fault(operator, name, id=column.id, said=said)


def _always(operator: Operator, number: Fraction, low: Fraction | None, high: Fraction | None) -> bool | None:
    """True or False where the comparison comes out the same for all that the column can hold, else None."""
    if operator in ("at_most", "less_than"):
        turned = _always("more_than" if operator == "at_most" else "at_least", number, low, high)
        return None if turned is None else not turned
    if operator in ("at_least", "more_than"):
        reached = operator == "at_least"
        if low is not None and (number < low or (reached and number == low)):
            return True
        return False if high is not None and (number > high or (not reached and number == high)) else None
    return (operator == "is_not") if outside(number, low, high) else None


def _of_its_kind(raw: Raw, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Raw:
    if isinstance(raw, ConditionRule):
        return raw
    model = LookingBack if isinstance(raw, Mapping) and "table" in raw else Comparison
    return model.model_validate(raw, context=info.context)


Exclusion = Annotated[LookingBack | Comparison, WrapValidator(_of_its_kind)]
