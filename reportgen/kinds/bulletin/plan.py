"""What an officer declares for a bulletin: the sections of `publication.toml` and the blocks in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from reportgen.kinds.charting import ChartFields
from reportgen.kinds.narrative import NarrativeFields
from reportgen.kinds.own_blocks import OwnBlock
from reportgen.model import Wide, limits
from reportgen.model.periods import PLURALS, Period
from reportgen.read.fields import AtMost, By, Id, OneOf, Sound, When, Where, Within
from reportgen.read.publications import Head, Orientation
from reportgen.read.schema import Fault, Model, check, fault, unknown_at
from reportgen.read.texts import Bilingual, Sentence

Names = tuple[str, ...]
Dimension = Annotated[str, OneOf("dimension")]
Height = Annotated[int, Within(5, 2000)]
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


class RowGroup(Model):
    """Members whose subtotal stands above them."""

    name: Bilingual
    members: Annotated[Names, Field(min_length=1)]


class Span(Model):
    """The common head of columns that stand side by side."""

    head: Bilingual
    columns: Annotated[Names, Field(min_length=1)]


class ColumnWords(Model):
    """What a table says of one of its columns otherwise than the registry; `english` is the column with the English of words."""

    head: Bilingual | None = None
    unit: Annotated[str, OneOf("unit")] = ""
    note: Sentence | None = None
    english: str = ""


class Columned(Numbered):
    """What a table of members and a ranking have in common: columns are named by their measure, year or member."""

    top: Annotated[int | None, Within(1, 1000)] = None
    highlight: Names = ()
    spans: tuple[Span, ...] = ()
    column: dict[str, ColumnWords] = Field(default_factory=dict)
    wide: Wide = "auto"

    @check
    def _each_column_in_one_span(spans: tuple[Span, ...]) -> Iterator[Fault]:
        yield from _twice(
            "spans", "columns", [span.columns for span in spans], "bulletin.column_in_two_spans"
        )

    @check
    def _splits_at_spans(wide: Wide, spans: tuple[Span, ...]) -> Iterator[Fault]:
        if wide == "split" and len(spans) < 2:
            yield fault("wide", "bulletin.split_needs_spans")


def _twice(list_: str, key: str, names: Sequence[Names], message: str) -> Iterator[Fault]:
    """A fault for each name that stands in two entries of a list, or twice in one."""
    seen: set[str] = set()
    for place, several in enumerate(names):
        for name in several:
            if name in seen:
                yield fault((list_, place, key), message, name_=name)
            seen.add(name)


class TableBlock(Columned):
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
    order: Names = ()
    sort: str = ""
    groups: tuple[RowGroup, ...] = ()

    @check
    def _of_members(
        rows: str, order: Names, sort: str, top: int | None, groups: tuple[RowGroup, ...], highlight: Names
    ) -> Iterator[Fault]:
        given = {"order": order, "sort": sort, "top": top, "groups": groups, "highlight": highlight}
        if rows in PLURALS:
            yield from (
                fault(key, "bulletin.periods_are_no_members") for key, value in given.items() if value
            )
            return
        beside = [("order", "sort"), ("order", "top"), ("order", "groups"), ("top", "groups")]
        for one, other in beside:
            if given[one] and given[other]:
                yield fault(other, "bulletin.not_beside", key=other, other=one)

    @check
    def _each_member_once(order: Names, groups: tuple[RowGroup, ...]) -> Iterator[Fault]:
        yield from _twice(
            "groups", "members", [one.members for one in groups], "bulletin.member_in_two_groups"
        )
        for name in {name for name in order if order.count(name) > 1}:
            yield fault("order", "bulletin.member_twice", name_=name)

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


class RankingBlock(Columned):
    block: Literal["ranking"]
    metric: str
    by: Dimension
    columns: Names = ()


class ChartBlock(Numbered, ChartFields):
    """`data` is the id of the table that holds its figures; without one they stand in the alternative text, and with
    `table = true` in the annex of data, too. `height` in mm; `heights` are the least and the most that a full page may make of it."""

    block: Literal["chart"]
    data: str = ""
    table: bool = False
    height: Height = 0
    heights: tuple[Height, Height] | None = None

    @check
    def _least_before_most(height: int, heights: tuple[int, int] | None) -> Iterator[Fault]:
        if heights and not heights[0] <= (height or heights[0]) <= heights[1]:
            yield fault("heights", "bulletin.heights_are_least_and_most")

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Within what the planner of pages may change the height; None: within those of the theme."""
        return self.heights or ((self.height, self.height) if self.height else None)


class NoteBlock(Declared):
    block: Literal["note"]
    title: Bilingual | None = None
    text: Sentence


class BareBlock(Declared):
    """A block that says nothing but its name."""

    block: Literal["page_break", "data_annex", "method_annex", "source_annex", "symbols", "colophon"]


FigureBlock = (
    KeyFiguresBlock | NarrativeBlock | TableBlock | RankingBlock | ChartBlock | NoteBlock | BareBlock
)
Block = FigureBlock | OwnBlock


class Section(Model):
    title: Bilingual
    flow: bool = False
    order: Literal["written", "free"] = "written"
    orientation: Orientation = "portrait"
    block: Annotated[tuple[Annotated[Block, By("block")], ...], Sound()]


class Plan(Head):
    section: Annotated[tuple[Section, ...], Sound(), AtMost(limits.SECTIONS)]
