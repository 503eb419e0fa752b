"""The rows and columns of a table of figures: their heads, and at which period and members each figure is looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.bulletin.plan import Columned, TableBlock
from reportgen.kinds.bulletin.quoting import Words, words_column
from reportgen.kinds.figures import Reference
from reportgen.model import Column, RowRole, Text
from reportgen.model.periods import PLURALS, Period, Span, written


@dataclass(frozen=True, kw_only=True)
class RowOf:
    """A row. `period` is None where the columns have it; `sums`: the foot of a table of periods; `within` and `own` as of a `Row`."""

    head: Text
    period: Period | None = None
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
    period: Period | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    of_members: bool = False

    @property
    def is_part(self) -> bool:
        return self.period is not None or bool(self.members)


@dataclass(frozen=True, kw_only=True)
class WordsOf:
    """A column of words of the dataset."""

    id: str
    column: Column
    words: Words
    period: Period


AnyColumn = ColumnOf | WordsOf


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
        present = dimension.present(year)
        members = [member for member in dimension.members if member.id in present]
        made = [RowOf(head=member.name_in(year), members={by: member.id}) for member in members]
        foot = RowOf(head=composer.whole(dimension), role="total")
    return [*made, foot] if total else made


def columns(composer: BulletinComposer, block: TableBlock, periods: Span) -> list[AnyColumn]:
    """A column for each metric or text; or, `by` periods or members of a dimension, for each of these."""
    if not block.by:
        return of_names(composer, block, block.columns, block.rows, periods, block.unit)
    reference = composer.reference(block.spot, "metric", block.metric)
    return [] if reference is None else list(_of_parts(composer, block, reference, periods))


def _of_parts(
    composer: BulletinComposer, block: TableBlock, reference: Reference, periods: Span
) -> Iterator[ColumnOf]:
    unit = composer.unit_of(reference, block.unit)
    head, calendar = composer.head(unit), composer.figures.calendar

    def column(id_: str, label: Text, **at: Any) -> ColumnOf:
        return ColumnOf(id=id_, column=Column(label, head), reference=reference, unit=unit, **at)

    if block.by in PLURALS:
        yield from (column(written(one, calendar.era), calendar.head(one), period=one) for one in periods)
        return
    dimension, year = composer.dataset.dimensions[block.by], periods[-1].year
    present = dimension.present(year)
    if reference.name.split(".")[0] != "share":
        yield column("total", composer.whole(dimension))
    for member in dimension.members:
        if member.id in present:
            yield column(member.id, member.name_in(year), members={block.by: member.id})


def of_names(
    composer: BulletinComposer, block: Columned, names: Sequence[str], by: str, periods: Span, unit: str = ""
) -> list[AnyColumn]:
    """A column for each name of a metric or of a text of the dataset, in a table of periods or of members."""
    made: list[AnyColumn] = []
    for name in names:
        if words := words_column(composer, block, name, by):
            label = Column(words.spec.label)
            made.append(WordsOf(id=name, column=label, words=words, period=periods[-1]))
        elif reference := composer.reference(block.spot, "columns", name):
            made.append(_of_metric(composer, reference, unit, periods[-1]))
    return made


def _of_metric(composer: BulletinComposer, reference: Reference, unit: str, period: Period) -> ColumnOf:
    """For the period of each row; where the rows are members, for the last one."""
    group = None
    for dimension, id_ in reference.members.items():
        group = composer.dataset.dimensions[dimension].member(id_).name_in(composer.year)
    unit = composer.unit_of(reference, unit)
    column = Column(reference.metric.name, composer.head(unit), group)
    return ColumnOf(id=reference.text, column=column, reference=reference, unit=unit, period=period)
