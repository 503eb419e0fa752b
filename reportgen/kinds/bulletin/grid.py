"""The rows and columns of a table of figures: their heads, and at which year and members each figure is looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.bulletin.plan import Columned, TableBlock
from reportgen.kinds.bulletin.quoting import Words, words_column
from reportgen.kinds.figures import Reference
from reportgen.model import Column, RowRole, Text, formats


@dataclass(frozen=True, kw_only=True)
class RowOf:
    """A row. `year` is None where the columns have it; `sums`: the foot of a table of years; `within` and `own` as of a `Row`."""

    head: Text
    year: int | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    role: RowRole = "body"
    sums: bool = False
    within: bool = False
    own: bool = False


@dataclass(frozen=True, kw_only=True)
class ColumnOf:
    """A column of a metric in a unit, or of `words`; `id` is what the office calls it by; `of_members`: a rank, which the whole has not."""

    id: str
    column: Column
    reference: Reference
    unit: str
    year: int | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    of_members: bool = False

    @property
    def is_part(self) -> bool:
        return self.year is not None or bool(self.members)


@dataclass(frozen=True, kw_only=True)
class WordsOf:
    """A column of words of the dataset."""

    id: str
    column: Column
    words: Words
    year: int


AnyColumn = ColumnOf | WordsOf


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


def columns(composer: BulletinComposer, block: TableBlock, years: range) -> list[AnyColumn]:
    """A column for each metric or text; or, `by` years or members of a dimension, for each of these."""
    if not block.by:
        return of_names(composer, block, block.columns, block.rows, years, block.unit)
    reference = composer.reference(block.spot, "metric", block.metric)
    return [] if reference is None else list(_of_parts(composer, block, reference, years))


def _of_parts(
    composer: BulletinComposer, block: TableBlock, reference: Reference, years: range
) -> Iterator[ColumnOf]:
    unit = composer.unit_of(reference, block.unit)
    head = composer.head(unit)

    def column(id_: str, label: Text, **at: Any) -> ColumnOf:
        return ColumnOf(id=id_, column=Column(label, head), reference=reference, unit=unit, **at)

    if block.by == "years":
        yield from (column(str(year), formats.roc_year(year), year=year) for year in years)
        return
    dimension = composer.dataset.dimensions[block.by]
    present = composer.figures.members(dimension, years[-1])
    if reference.name.split(".")[0] != "share":
        yield column("total", composer.whole(dimension))
    for member in dimension.members:
        if member.id in present:
            yield column(member.id, member.name_in(years[-1]), members={block.by: member.id})


def of_names(
    composer: BulletinComposer, block: Columned, names: Sequence[str], by: str, years: range, unit: str = ""
) -> list[AnyColumn]:
    """A column for each name of a metric or of a text of the dataset, in a table of years or of members."""
    made: list[AnyColumn] = []
    for name in names:
        if words := words_column(composer, block, name, by):
            label = Column(words.spec.label)
            made.append(WordsOf(id=name, column=label, words=words, year=years[-1]))
        elif reference := composer.reference(block.spot, "columns", name):
            made.append(_of_metric(composer, reference, unit, years[-1]))
    return made


def _of_metric(composer: BulletinComposer, reference: Reference, unit: str, year: int) -> ColumnOf:
    """For the year of each row; where the rows are members, for the last year."""
    group = None
    for dimension, id_ in reference.members.items():
        group = composer.dataset.dimensions[dimension].member(id_).name_in(composer.year)
    unit = composer.unit_of(reference, unit)
    column = Column(reference.metric.name, composer.head(unit), group)
    return ColumnOf(id=reference.text, column=column, reference=reference, unit=unit, year=year)
