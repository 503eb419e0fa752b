"""The columns of a table: what `dataset.toml` may say of each type, and the one value that all of them become."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Literal, get_args

from pydantic import Field, GetCoreSchemaHandler, ValidationInfo, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema

from reportgen.model import GapKind, Text
from reportgen.model.periods import ROC_OFFSET
from reportgen.model.toml import Raw
from reportgen.read.fields import By, Name, Number, OneOf, Within, era_in
from reportgen.read.schema import Model
from reportgen.read.texts import Bilingual

SourceGap = Literal["blank", "none", "not_available", "under_half"]
NumberForm = Literal["spaces", "full_width", "thousands"]
WholeForm = Literal["spaces", "full_width", "thousands", "month", "quarter", "half"]
YearForm = Literal[
    "spaces", "full_width", "year_of_month", "year_of_quarter", "year_of_half", "roc_year_words", "common_era"
]
MeasureKind = Literal["flow", "stock", "rate"]
Better = Literal["", "high", "low"]


@dataclass(frozen=True, kw_only=True)
class ColumnSpec:
    """A declared column. `personal` text is never quoted in a message.

    A `judged_later` name is kept as it is typed: what is wrong with it stops the paper that prints it, not the table.
    A `gregorian` year is written so, as its dataset says. `published` is what its figures were taken from, where that is said of the column.
    A number that `rounds` may have more decimals than `digits` in its cell.
    `better` and `phrase` are what a metric says, for the column as one. `counts` is what a column of a table of cases counts or adds up; `measure` is empty where it is not said.
    """

    name: str
    type: str
    label: Text
    unit: str = ""
    measure: Literal["", MeasureKind] = ""
    dimension: str = ""
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    digits: int = 0
    rounds: bool = False
    max_letters: int = 200
    accept: tuple[str, ...] = ()
    missing: tuple[GapKind, ...] = ()
    personal: bool = False
    judged_later: bool = False
    counts: str = ""
    better: Better = ""
    phrase: str = ""
    reasons: Mapping[GapKind, Text] = field(default_factory=dict)
    published: Text | None = None
    gregorian: bool = False

    @property
    def is_number(self) -> bool:
        return self.type in ("whole", "decimal", "percent", "roc_year")

    @property
    def part_of_year(self) -> Literal["", "month", "quarter", "half"]:
        """Which part of a year it says, as a number or as the member with that number for its id."""
        parts: tuple[Literal["month", "quarter", "half"], ...] = ("month", "quarter", "half")
        return next((part for part in parts if self.unit == part or part in self.accept), "")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Raw, handler: GetCoreSchemaHandler) -> CoreSchema:
        """As the type of a field: what one of the models below says."""
        declared = handler.generate_schema(Annotated[AnyColumn, By("type")])
        return core_schema.with_info_wrap_validator_function(_spec, declared)


class _Column(Model):
    id: Name
    label: Bilingual | None = None
    missing: tuple[SourceGap, ...] = ()
    reasons: Annotated[dict[SourceGap, Bilingual], Field(alias="reason")] = Field(default_factory=dict)
    published: Bilingual | None = None


class _Figures(_Column):
    label: Bilingual
    unit: str
    measure: Literal["", "flow", "stock", "rate"] = ""
    better: Better = ""
    phrase: str = ""
    minimum: Annotated[Number | None, Field(alias="min")] = None
    maximum: Annotated[Number | None, Field(alias="max")] = None
    rounds: Annotated[bool, Field(alias="round")] = False


class WholeColumn(_Figures):
    type: Literal["whole"]
    accept: tuple[WholeForm, ...] = ()


class DecimalColumn(_Figures):
    type: Literal["decimal"]
    digits: Annotated[int, Within(0, 9)]
    accept: tuple[NumberForm, ...] = ()


class PercentColumn(_Figures):
    type: Literal["percent"]
    measure: Literal["", "rate"] = ""
    digits: Annotated[int, Within(0, 9)]
    accept: tuple[Literal["spaces", "full_width", "thousands", "percent_sign"], ...] = ()


class TextColumn(_Column):
    type: Literal["text"]
    max_letters: int = 200
    personal: Annotated[bool, Field(alias="name")] = False
    judged_later: Annotated[bool, Field(alias="judge_later")] = False
    accept: tuple[Literal["spaces"], ...] = ()


class YearColumn(_Column):
    type: Literal["roc_year"]
    minimum: Annotated[Number, Field(alias="min")] = Fraction(1)
    maximum: Annotated[Number, Field(alias="max")] = Fraction(200)
    accept: tuple[YearForm, ...] = ()


class DateColumn(_Column):
    type: Literal["roc_date"]
    accept: tuple[Literal["spaces", "full_width", "roc_date"], ...] = ()


class MemberColumn(_Column):
    type: Literal["member"]
    dimension: Annotated[str, OneOf("dimension")]
    accept: tuple[Literal["spaces", "spaces_within", "label", "month", "quarter", "half"], ...] = ()


class UrlColumn(_Column):
    type: Literal["url"]
    accept: tuple[Literal["spaces"], ...] = ()


AnyColumn = (
    WholeColumn
    | DecimalColumn
    | PercentColumn
    | TextColumn
    | YearColumn
    | DateColumn
    | MemberColumn
    | UrlColumn
)


def _spec(raw: Raw, inner: ValidatorFunctionWrapHandler, info: ValidationInfo) -> ColumnSpec:
    if isinstance(raw, ColumnSpec):
        return raw
    said = dict(inner(raw))
    if said["type"] == "roc_year" and era_in(info) == "gregorian":
        said["accept"] = tuple(dict.fromkeys((*said["accept"], "common_era")))
        ends = {end: said[end] - ROC_OFFSET for end in ("minimum", "maximum") if said[end] > 200}
        said |= {**ends, "gregorian": True}
    name = said.pop("id")
    return ColumnSpec(name=name, **{**said, "label": said["label"] or Text(name, name)})


@functools.cache
def forms(kind: str) -> tuple[str, ...]:
    """What a column of this type can be told to accept."""
    (model,) = (
        model for model in get_args(AnyColumn) if kind in get_args(model.model_fields["type"].annotation)
    )
    return tuple(model.model_json_schema()["properties"]["accept"]["items"]["enum"])
