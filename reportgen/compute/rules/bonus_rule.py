"""How a unit's bonus is reckoned and split: `[bonus]`."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from reportgen.compute.formulas import names_of
from reportgen.compute.rules.vocabulary import Formula, Rounding, Share, TableName, Vocabulary, plain
from reportgen.read.fields import Bilingual, OneOf, Row
from reportgen.read.schema import Context, Fault, Model, check, fault, unknown_at


class Staffing(Model):
    """A unit whose `column` is `value` counts with `factor`; `reduces` is `bonus` or a column of the base."""

    column: Annotated[str, OneOf("own word")]
    value: Annotated[str, Field(alias="is")]
    factor: Share
    reduces: str
    label: Bilingual

    @check
    @staticmethod
    def _is_there(column: str, value: str, context: Context) -> Iterator[Fault]:
        if spec := context.given.own.get(column):
            yield from context.given.member_faults("is", spec, [value])


class Part(Model):
    role: str
    part: Share


class Members(Model):
    """The table of persons among whom a unit's bonus is split, and its columns."""

    table: TableName
    by: str
    id: str
    name: str
    name_en: str = ""
    role: str
    since: str
    until: str

    @check
    @staticmethod
    def _who(table: str, by: str, id: str, name: str, name_en: str, context: Context) -> Iterator[Fault]:
        for key, column in (("by", by), ("id", id), ("name", name), ("name_en", name_en)):
            yield from context.given.cell_faults(key, column, table)

    @check
    @staticmethod
    def _when(table: str, role: str, since: str, until: str, context: Context) -> Iterator[Fault]:
        yield from context.given.cell_faults("role", role, table, ("member",))
        yield from context.given.cell_faults("since", since, table, ("roc_date",))
        yield from context.given.cell_faults("until", until, table, ("roc_date",))


class BonusRule(Model):
    base: Formula
    rate: Share
    members: Members
    parts: Annotated[tuple[Part, ...], Field(alias="split")]
    remainder: Literal["largest", "first", "unpaid"]
    rounding: Rounding
    crowded: Literal["error", "divide"] = "error"
    staffing: Staffing | None = None
    row: Row = 0

    @check
    @staticmethod
    def _whole(parts: tuple[Part, ...]) -> Iterator[Fault]:
        total = sum((part.part for part in parts), Fraction(0))
        if total != 1:
            yield fault("split", "rules.parts_sum", said=plain(total * 100))

    @check
    @staticmethod
    def _roles(members: Members, parts: tuple[Part, ...], context: Context) -> Iterator[Fault]:
        vocabulary: Vocabulary = context.given
        role = vocabulary.dataset.tables[members.table].columns[members.role]
        for place, part in enumerate(parts):
            yield from vocabulary.member_faults(("split", place, "role"), role, [part.role])

    @check
    @staticmethod
    def _reduces(base: str, staffing: Staffing | None) -> Iterator[Fault]:
        known = ["bonus", *sorted(names_of(base))]
        if staffing and staffing.reduces not in known:
            yield unknown_at(("staffing", "reduces"), staffing.reduces, known)
