"""Tables of figures: of periods or members, by metrics, periods or members; and rankings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from reportgen.compute.evaluation import NOT_ADDED
from reportgen.kinds.blocks import every_five
from reportgen.kinds.bulletin import grid
from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.bulletin.grid import ColumnOf, RowOf
from reportgen.kinds.bulletin.notes import TableNotes
from reportgen.kinds.bulletin.plan import Numbered, RankingBlock, TableBlock
from reportgen.kinds.bulletin.rounding import rounds_visibly
from reportgen.model import EMPTY, Cell, Column, Gap, Row, Table, Text, Value
from reportgen.model.messages import message
from reportgen.model.periods import PLURALS, Span
from reportgen.read.words import plain_line


def table(composer: BulletinComposer, block: TableBlock) -> Iterator[Table]:
    key = "metric" if block.by else "columns"
    references = composer.references(block.spot, key, block.metrics)
    periods = composer.span(block.spot, block.first, block.last, block.periods)
    if not references or not periods:
        return
    rows = grid.rows(composer, block.rows, periods, block.total)
    columns = grid.columns(composer, references, block.by, periods, block.unit)
    filling = _Filling(composer, columns, periods, block.unit)
    filling.mark_derived(rows)
    body = [filling.row(row) for row in rows]
    for by in (block.rows, block.by):
        if by in composer.dataset.dimensions:
            filling.notes.former_names(composer.dataset.dimensions[by], periods, block.periods is not None)
    if block.shade:
        # A column of totals beside its parts would always be the darkest.
        shaded = [
            place
            for place, column in enumerate(columns)
            if (column.is_part if block.by else column.reference.text in block.shade)
        ]
        body = _shaded(body, shaded, whole=bool(block.by))
        filling.notes.plain(plain_line(composer.words["table.shade"]))
    stub = grid.stub(composer, block.rows)
    gaps = every_five(len(body)) if block.rows in PLURALS else ()
    yield replace(filling.finished(block, stub, body), break_after=gaps)


def ranking(composer: BulletinComposer, block: RankingBlock) -> Iterator[Table]:
    """The members of a dimension by their rank in a metric, with further metrics beside it; the whole at the foot."""
    ranked = composer.references(block.spot, "metric", [block.metric])
    references = [*ranked, *composer.references(block.spot, "columns", block.columns)]
    if not ranked:
        return
    metric = composer.registry.metric(f"rank.{ranked[0].name}")
    rank = replace(ranked[0], text=f"rank.{block.metric}", metric=metric)
    dimension, periods = composer.dataset.dimensions[block.by], (composer.figures.period,)
    *members, whole = grid.rows(composer, block.by, periods, total=True)

    def place(row: RowOf) -> tuple[bool, Fraction]:
        exact = composer.value(rank, members=row.members).exact
        return (True, Fraction(0)) if isinstance(exact, Gap) else (False, exact)

    columns = [
        ColumnOf(column=Column(composer.words["table.rank"]), reference=rank, of_members=True),
        *grid.columns(composer, references, "", periods, ""),
    ]
    filling = _Filling(composer, columns, periods)
    filling.mark_derived(members)
    body = [filling.row(row) for row in (*sorted(members, key=place), whole)]
    yield filling.finished(block, dimension.label, body)


@dataclass
class _Filling:
    """The rows of one table, filled one after the other: figures get their numbers and notes their marks in reading order."""

    composer: BulletinComposer
    columns: list[ColumnOf]
    periods: Span
    unit: str = ""

    def __post_init__(self) -> None:
        self.notes = TableNotes(self.composer)

    def value(self, row: RowOf, column: ColumnOf) -> Value:
        members = {**row.members, **column.members}
        period = column.period if row.period is None else row.period
        return self.composer.value(column.reference, period, members)

    def mark_derived(self, rows: Iterable[RowOf]) -> None:
        """A derived metric gets its declared note at the head of its column."""
        rows = [row for row in rows if not row.sums]
        for place, column in enumerate(self.columns):
            noted = (self.value(row, column).notes for row in rows if not column.of_members)
            for name in next(filter(None, noted), ()):
                head = replace(column.column, mark=self.notes.derived(name))
                self.columns[place] = replace(column, column=head)

    def row(self, row: RowOf) -> Row:
        cells = tuple(self._cell(row, column) for column in self.columns)
        latin, mark = "", ""
        if row.period is not None:
            latin = row.head.en
            references = [column.reference for column in self.columns]
            mark = self.notes.broken(row.period, references) if row.period > self.periods[0] else ""
        return Row(head=row.head, cells=cells, role=row.role, mark=mark, latin=latin)

    def _cell(self, row: RowOf, column: ColumnOf) -> Cell:
        if column.of_members and not row.members:
            return Cell(text=EMPTY)
        value = self._total(column) if row.sums else self.value(row, column)
        if row.sums and isinstance(value.exact, Gap) and value.exact.kind == "undefined":
            years = value.exact != NOT_ADDED or self.periods[0].kind == "year"
            reason = value.exact.reason if years else message("metrics.not_added_over_periods")
            self.notes.once(plain_line(reason))
            return Cell(text=EMPTY)
        if row.sums and self.composer.figures.measures.kind(column.reference.name) == "rate":
            of_years = self.periods[0].kind == "year"
            words = message("metrics.rate_of_years") if of_years else message("metrics.rate_of_periods")
            self.notes.once(plain_line(words))
        printed = self.composer.print(value, self.composer.unit_of(column.reference, self.unit))
        return Cell(printed, mark=self.notes.gap(value))

    def _total(self, column: ColumnOf) -> Value:
        """The foot of a table of periods."""
        members = {**column.members, **column.reference.members}
        return self.composer.figures.total(column.reference.name, self.periods, members)

    def finished(self, block: Numbered, stub: Text, rows: Sequence[Row]) -> Table:
        """The table with its name and its sources; a unit that all columns share stands above it."""
        for column in self.columns:
            self.composer.methods.use(column.reference.text)
        if rounds_visibly(rows):
            self.notes.plain(plain_line(self.composer.words["table.rounded"]))
        columns = [column.column for column in self.columns]
        units = {column.unit for column in columns}
        common = units.pop() if len(units) == 1 else None
        ref = self.composer.ref(block)
        return Table(
            name=ref.text,
            number=ref.text.en.rpartition(" ")[2],
            anchor=ref.anchor,
            caption=block.caption,
            stub=stub,
            columns=tuple(replace(column, unit=None) if common else column for column in columns),
            rows=tuple(rows),
            unit=common,
            notes=self.notes.all(),
            source=self.composer.sources(cell.figure for row in rows for cell in row.cells),
        )


def _shaded(rows: list[Row], columns: Sequence[int], whole: bool) -> list[Row]:
    """The rows with heat 0..1 in the given columns, over the whole table or column by column."""
    numbers = {
        (at, place): exact
        for at, row in enumerate(rows)
        for place in columns
        if row.role == "body" and (figure := row.cells[place].figure)
        if isinstance(exact := figure.value.exact, Fraction)
    }

    pools: dict[int, list[Fraction]] = {}
    for (_, place), number in numbers.items():
        pools.setdefault(0 if whole else place, []).append(number)
    ends = {place: (min(pool), max(pool)) for place, pool in pools.items()}

    def heat(at: int, place: int) -> float | None:
        low, high = ends.get(0 if whole else place, (0, 0))
        number = numbers.get((at, place))
        return None if number is None or low == high else float((number - low) / (high - low))

    return [
        replace(
            row, cells=tuple(replace(cell, shade=heat(at, place)) for place, cell in enumerate(row.cells))
        )
        for at, row in enumerate(rows)
    ]
