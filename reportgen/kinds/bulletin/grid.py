"""The rows and columns of a table of figures: their heads, and at which period and members each figure is looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.figures import Reference
from reportgen.model import Column, RowRole, Text
from reportgen.model.periods import PLURALS, Period, Span


@dataclass(frozen=True, kw_only=True)
class RowOf:
    """A row. `period` is None where the columns have it; `sums`: the foot of a table of periods."""

    head: Text
    period: Period | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    role: RowRole = "body"
    sums: bool = False


@dataclass(frozen=True, kw_only=True)
class ColumnOf:
    """A column of a metric; `of_members`: a rank, which the whole has not."""

    column: Column
    reference: Reference
    period: Period | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    of_members: bool = False

    @property
    def is_part(self) -> bool:
        return self.period is not None or bool(self.members)


def stub(composer: BulletinComposer, rows: str) -> Text:
    kind = PLURALS.get(rows)
    return composer.words[f"table.{kind.kind}"] if kind else composer.dataset.dimensions[rows].label


def rows(composer: BulletinComposer, by: str, periods: Span, total: bool) -> list[RowOf]:
    """A row for each period, or for each member of a dimension that is there in the last one; with `total`, their foot."""
    if by in PLURALS:
        made = [RowOf(head=composer.figures.calendar.head(one), period=one) for one in periods]
        foot = RowOf(head=composer.words["table.total"], role="total", sums=True)
    else:
        dimension = composer.dataset.dimensions[by]
        year = periods[-1].year
        present = composer.figures.members(dimension, year)
        members = [member for member in dimension.members if member.id in present]
        made = [RowOf(head=member.name_in(year), members={by: member.id}) for member in members]
        foot = RowOf(head=composer.whole(dimension), role="total")
    return [*made, foot] if total else made


def columns(
    composer: BulletinComposer, references: Sequence[Reference], by: str, periods: Span, unit: str
) -> list[ColumnOf]:
    """A column for each metric; or, `by` periods or members of a dimension, for each of these."""
    if not by:
        return [_of_metric(composer, reference, unit, periods[-1]) for reference in references]
    reference = references[0]
    head = composer.head(composer.unit_of(reference, unit))
    if by in PLURALS:
        calendar = composer.figures.calendar
        return [
            ColumnOf(column=Column(calendar.head(one), head), reference=reference, period=one)
            for one in periods
        ]
    dimension = composer.dataset.dimensions[by]
    year = periods[-1].year
    present = composer.figures.members(dimension, year)
    members = [member for member in dimension.members if member.id in present]
    parts = [
        ColumnOf(column=Column(member.name_in(year), head), reference=reference, members={by: member.id})
        for member in members
    ]
    if reference.name.split(".")[0] == "share":
        return parts
    return [ColumnOf(column=Column(composer.whole(dimension), head), reference=reference), *parts]


def _of_metric(composer: BulletinComposer, reference: Reference, unit: str, period: Period) -> ColumnOf:
    """For the period of each row; where the rows are members, for the last one."""
    group = None
    for dimension, id_ in reference.members.items():
        group = composer.dataset.dimensions[dimension].member(id_).name_in(composer.year)
    head = composer.head(composer.unit_of(reference, unit))
    return ColumnOf(column=Column(reference.metric.name, head, group), reference=reference, period=period)
