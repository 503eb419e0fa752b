"""What an officer declares for a bulletin: the sections of `publication.toml` and the blocks in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reportgen.kinds.charting import ChartFields
from reportgen.kinds.narrative import NarrativeFields
from reportgen.model import limits
from reportgen.model.periods import PLURALS, Period
from reportgen.read.fields import AtMost, By, Id, OneOf, Sound, When, Where, Within
from reportgen.read.publications import Head
from reportgen.read.schema import Fault, Model, check, fault, unknown_at
from reportgen.read.texts import Bilingual, Sentence

Names = tuple[str, ...]
Dimension = Annotated[str, OneOf("dimension")]
PeriodsOrDimension = Annotated[str, OneOf("years or dimension")]


class Declared(Model):
    """A block; `spot` is where it stands."""

    spot: Where


class KeyFiguresBlock(Declared):
    block: Literal["key_figures"]
    metrics: Annotated[Names, Field(min_length=1)]


class NarrativeBlock(NarrativeFields):
    block: Literal["narrative"]


class Numbered(Declared):
    """A table, ranking or chart: `id` is what references name."""

    id: Id = ""
    caption: Bilingual


class TableBlock(Numbered):
    """`columns`, or one `metric` `by` years, months and so on, or members of a dimension. `first` and `last` are the keys `from` and `to`."""

    block: Literal["table"]
    rows: PeriodsOrDimension
    columns: Names = ()
    metric: str = ""
    by: PeriodsOrDimension = ""
    first: Annotated[When | None, Field(alias="from")] = None
    last: Annotated[When | None, Field(alias="to")] = None
    total: bool = False
    shade: Names = ()
    unit: Annotated[str, OneOf("unit")] = ""

    @check
    def _columns_or_metric(rows: str, columns: Names, metric: str, by: str) -> Iterator[Fault]:
        if by and not metric:
            yield fault("metric", "bulletin.table_needs_metric")
        if not by and not columns:
            yield fault("columns", "bulletin.table_needs_columns")
        if by and columns:
            yield fault("columns", "bulletin.columns_beside_by")
        if by == rows:
            yield fault("by", "bulletin.rows_and_columns_alike", by=by)
        elif {by, rows} <= PLURALS.keys():
            yield fault("by", "bulletin.periods_by_periods", by=by, rows=rows)

    @check
    def _shades_a_column(columns: Names, metric: str, shade: Names) -> Iterator[Fault]:
        shown = columns or (metric,)
        yield from (unknown_at("shade", name, shown) for name in shade if name not in shown)

    @property
    def periods(self) -> type[Period] | None:
        """The kind of period that its rows or columns are."""
        return PLURALS.get(self.rows) or PLURALS.get(self.by)

    @property
    def metrics(self) -> Names:
        return (self.metric,) if self.by else self.columns


class RankingBlock(Numbered):
    block: Literal["ranking"]
    metric: str
    by: Dimension
    columns: Names = ()


class ChartBlock(Numbered, ChartFields):
    """`data` is the id of the table that holds its figures; without one they go into the annex of data, or, with
    `table = false`, stand in the alternative text alone. `height` in mm."""

    block: Literal["chart"]
    data: str = ""
    table: bool = True
    height: Annotated[int, Within(5, 2000)] = 0


class NoteBlock(Declared):
    block: Literal["note"]
    title: Bilingual | None = None
    text: Sentence


class BareBlock(Declared):
    """A block that says nothing but its name."""

    block: Literal["page_break", "data_annex", "method_annex", "source_annex", "symbols", "colophon"]


Block = KeyFiguresBlock | NarrativeBlock | TableBlock | RankingBlock | ChartBlock | NoteBlock | BareBlock


class Section(Model):
    title: Bilingual
    flow: bool = False
    block: Annotated[tuple[Annotated[Block, By("block")], ...], Sound()]


class Plan(Head):
    section: Annotated[tuple[Section, ...], Sound(), AtMost(limits.SECTIONS)]
