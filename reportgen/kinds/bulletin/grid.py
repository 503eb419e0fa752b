"""The rows and columns of a table of figures: their heads, and at which year and members each figure is looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.figures import Reference
from reportgen.model import Column, RowRole, Text, formats


@dataclass(frozen=True, kw_only=True)
class RowOf:
    """A row. `year` is None where the columns have it; `sums`: the foot of a table of years."""

    head: Text
    year: int | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    role: RowRole = "body"
    sums: bool = False


@dataclass(frozen=True, kw_only=True)
class ColumnOf:
    """A column of a metric; `of_members`: a rank, which the whole has not."""

    column: Column
    reference: Reference
    year: int | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    of_members: bool = False

    @property
    def is_part(self) -> bool:
        return self.year is not None or bool(self.members)


def stub(composer: BulletinComposer, rows: str) -> Text:
    return composer.words["table.year"] if rows == "years" else composer.dataset.dimensions[rows].label


def rows(composer: BulletinComposer, by: str, years: range, total: bool) -> list[RowOf]:
    """A row for each year, or for each member of a dimension that is there in the last one; with `total`, their foot."""
    if by == "years":
        made = [RowOf(head=formats.roc_year(year), year=year) for year in years]
        foot = RowOf(head=composer.words["table.total"], role="total", sums=True)
    else:
        dimension = composer.dataset.dimensions[by]
        present = composer.figures.members(dimension, years[-1])
        members = [member for member in dimension.members if member.id in present]
        made = [RowOf(head=member.name_in(years[-1]), members={by: member.id}) for member in members]
        foot = RowOf(head=composer.whole(dimension), role="total")
    return [*made, foot] if total else made


def columns(
    composer: BulletinComposer, references: Sequence[Reference], by: str, years: range, unit: str
) -> list[ColumnOf]:
    """A column for each metric; or, `by` years or members of a dimension, for each of these."""
    if not by:
        return [_of_metric(composer, reference, unit, years[-1]) for reference in references]
    reference = references[0]
    head = composer.head(composer.unit_of(reference, unit))
    if by == "years":
        return [
            ColumnOf(column=Column(formats.roc_year(year), head), reference=reference, year=year)
            for year in years
        ]
    dimension = composer.dataset.dimensions[by]
    present = composer.figures.members(dimension, years[-1])
    members = [member for member in dimension.members if member.id in present]
    parts = [
        ColumnOf(column=Column(member.name_in(years[-1]), head), reference=reference, members={by: member.id})
        for member in members
    ]
    if reference.name.split(".")[0] == "share":
        return parts
    return [ColumnOf(column=Column(composer.whole(dimension), head), reference=reference), *parts]


def _of_metric(composer: BulletinComposer, reference: Reference, unit: str, year: int) -> ColumnOf:
    """For the year of each row; where the rows are members, for the last year."""
    group = None
    for dimension, id_ in reference.members.items():
        group = composer.dataset.dimensions[dimension].member(id_).name_in(composer.year)
    head = composer.head(composer.unit_of(reference, unit))
    return ColumnOf(column=Column(reference.metric.name, head, group), reference=reference, year=year)
