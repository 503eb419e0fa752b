"""What `dataset.toml` may say of how a table lies in the office's own sheet; `laying` makes a plain table of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from reportgen.model.toml import Raw
from reportgen.read.fields import Like, Number, Where, Within, documented
from reportgen.read.schema import Fault, Model, check, fault, shown, wrong
from reportgen.read.sheet_limits import MAX_ROWS
from reportgen.read.tables.relations import Column, Columns

AREA = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})?")
EMPTY_ROW = "empty"


@dataclass(frozen=True)
class Listed:
    """A list of plain values that may be written without brackets where there is one."""

    def __get_pydantic_core_schema__(self, source: Raw, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            lambda raw: (raw,) if isinstance(raw, str | int) else raw, handler(source)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        json = handler(schema)
        return {"anyOf": [json, json["items"]]}


Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Listed()]
OneOrMore = Annotated[Columns, Field(min_length=1), Listed()]
RowNumber = Annotated[int, Within(1, MAX_ROWS)]
CellName = Annotated[str, Like(r"(?:.+!)?[A-Z]{1,3}[1-9][0-9]{0,6}", "workbook.is_not_cell", '"F20"')]


def _row_or_label(raw: Raw) -> int | str:
    if (type(raw) is int and raw > 0) or (isinstance(raw, str) and raw):
        return raw
    raise wrong("workbook.is_not_row_or_label", value=shown(raw))


def _as_cell(raw: Raw) -> str:
    if isinstance(raw, str) or type(raw) is int:
        return str(raw)
    raise wrong("workbook.is_not_constant", value=shown(raw))


RowOrLabel = Annotated[
    int | str, PlainValidator(_row_or_label), documented("row-or-label", "5", type=["integer", "string"])
]
Constant = Annotated[str, PlainValidator(_as_cell), documented("constant", "107", type=["integer", "string"])]


class Melt(Model):
    """Members or years across the top become rows: their labels go to the column `key`, their cells to `value`.

    Under a head of several rows `value` may say which of its labels are measures: `{ 件數 = "cases", 金額 = "collected" }`.
    """

    key: OneOrMore
    value: Annotated[
        dict[str, Column],
        Field(min_length=1),
        BeforeValidator(lambda raw: {"": raw} if isinstance(raw, str) else raw),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}], "examples": ['"…"']}),
    ]
    columns: Words = ()


class Total(Model):
    """Rows whose first words are `row`, or the columns of this name: compared with what they add up, and left out.

    `differs` are the cells of which it is known that they differ.
    """

    row: Words = ()
    column: Words = ()
    of: Literal["all", "above", "below"] = "all"
    parts: Words = ()
    columns: Annotated[Columns, Listed()] = ()
    tolerance: Annotated[Number, Within(0)] = Fraction(0)
    differs: Annotated[tuple[CellName, ...], Listed()] = ()

    @check
    @staticmethod
    def _either(row: tuple[str, ...], column: tuple[str, ...]) -> Iterator[Fault]:
        if bool(row) == bool(column):
            yield fault("", "workbook.total_of_row_or_column")

    @check
    @staticmethod
    def _fitting(row: tuple[str, ...], raw: Mapping[str, Raw]) -> Iterator[Fault]:
        for key in ("parts",) if row else ("of", "columns"):
            if key in raw:
                yield fault(key, "workbook.total_has_no_such_key", of="row" if row else "column")


class Layout(Model):
    """How a table lies in its sheet; a table that says none of these keys has its head in row 1."""

    spot: Where
    area: Annotated[str, Like(AREA.pattern, "workbook.is_not_range", '"B4:H30"'), Field(alias="range")] = ""
    head: Annotated[tuple[RowNumber, ...], Listed()] = ()
    join: str = "-"
    skip: Annotated[tuple[RowOrLabel, ...], Listed()] = ()
    until: Words = ()
    rename: dict[str, OneOrMore] = Field(default_factory=dict)
    constant: dict[Column, Constant] = Field(default_factory=dict)
    sheets: dict[str, dict[Column, Constant]] = Field(default_factory=dict)
    melt: Melt | None = None
    totals: tuple[Total, ...] = ()
    fill: Annotated[Columns, Listed()] = ()
    notes: tuple[Literal["below", "comments"], ...] = ("below", "comments")

    @property
    def lies_apart(self) -> bool:
        """Whether anything is said of how the table lies."""
        return bool(self.model_fields_set & {*Layout.model_fields} - {"spot"})

    @check
    @staticmethod
    def _in_order(area: str, head: tuple[int, ...]) -> Iterator[Fault]:
        if list(head) != sorted({*head}):
            yield fault("head", "workbook.head_rows_not_in_order")
        if at := AREA.fullmatch(area):
            first, last = int(at[2]), int(at[4] or MAX_ROWS)
            if first > last or (len(at[1]), at[1]) > (len(at[3]), at[3]):
                yield fault("range", "workbook.range_ends_before_it_begins", value=area)
            elif any(not first <= row <= last for row in head):
                yield fault("head", "workbook.head_is_outside_range", value=area)

    @check
    @staticmethod
    def _sheets_alike(sheets: Mapping[str, Mapping[str, str]], raw: Mapping[str, Raw]) -> Iterator[Fault]:
        """Each of several sheets says the same of itself, and none of it is said of all."""
        if sheets and raw.get("sheet"):
            yield fault("sheet", "workbook.sheet_beside_sheets")
        names = next(iter(sheets.values()), {})
        for sheet, constant in sheets.items():
            if constant.keys() != names.keys():
                yield fault(("sheets", sheet), "workbook.sheets_differ", known=[*names])

    @check
    @staticmethod
    def _said_once(
        rename: Mapping[str, tuple[str, ...]],
        constant: Mapping[str, str],
        sheets: Mapping[str, Mapping[str, str]],
        melt: Melt | None,
    ) -> Iterator[Fault]:
        """Each column of the table comes from one place."""
        said: dict[str, str] = {}
        given = [(("rename", label), names) for label, names in rename.items()]
        given += [(("constant", name), (name,)) for name in constant]
        given += [(("sheets", sheet), tuple(names)) for sheet, names in [*sheets.items()][:1]]
        if melt:
            given += [(("melt", "key"), melt.key), (("melt", "value"), tuple(melt.value.values()))]
        for path, names in given:
            for name in names:
                if name in said:
                    yield fault(path, "workbook.column_is_said_twice", name_=name, first=said[name])
                said.setdefault(name, ".".join(path))
