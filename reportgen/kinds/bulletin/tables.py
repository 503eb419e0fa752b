"""Tables of figures: of periods or members, by metrics, periods or members; and rankings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from reportgen.compute.evaluation import NOT_ADDED
from reportgen.kinds.blocks import every_five
from reportgen.kinds.bulletin import grid
from reportgen.kinds.bulletin.arranging import arranged, check_names, highlighted, topped
from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.bulletin.grid import AnyColumn, ColumnOf, RowOf, WordsOf
from reportgen.kinds.bulletin.heads import dressed
from reportgen.kinds.bulletin.notes import TableNotes
from reportgen.kinds.bulletin.plan import Columned, RankingBlock, TableBlock
from reportgen.kinds.bulletin.quoting import quoted
from reportgen.kinds.bulletin.rounding import rounds_visibly
from reportgen.model import EMPTY, Cell, Column, Gap, Row, Source, Table, Text, Value
from reportgen.model.messages import message
from reportgen.model.periods import PLURALS, Span
from reportgen.read.words import plain_line


def table(composer: BulletinComposer, block: TableBlock) -> Iterator[Table]:
    periods = composer.span(block.spot, block.first, block.last, block.periods)
    if not periods:
        return
    columns = dressed(composer, block, grid.columns(composer, block, periods))
    if not columns:
        return
    rows = grid.rows(composer, block.rows, periods, block.total)
    if block.rows not in PLURALS:
        rows = arranged(composer, block, rows, periods[-1])
    filling = _Filling(composer, block, columns, periods)
    filling.mark_heads(rows)
    body = [filling.row(row) for row in rows]
    for by in (block.rows, block.by):
        if by in composer.dataset.dimensions:
            filling.notes.former_names(composer.dataset.dimensions[by], periods, block.periods is not None)
    if block.shade:
        # A column of totals beside its parts would always be the darkest.
        shaded = [place for place, column in enumerate(columns) if _is_shaded(block, column)]
        body = _shaded(body, shaded, whole=bool(block.by))
        filling.notes.plain(plain_line(composer.words["table.shade"]))
    stub = grid.stub(composer, block.rows)
    gaps = every_five(len(body)) if block.rows in PLURALS else ()
    yield replace(filling.finished(stub, body), break_after=gaps)


def _is_shaded(block: TableBlock, column: AnyColumn) -> bool:
    if not isinstance(column, ColumnOf):
        return False
    return column.is_part if block.by else column.reference.text in block.shade


def ranking(composer: BulletinComposer, block: RankingBlock) -> Iterator[Table]:
    """The members of a dimension by their rank in a metric, with further metrics beside it; the whole at the foot."""
    ranked = composer.reference(block.spot, "metric", block.metric)
    dimension, periods = composer.dataset.dimensions[block.by], (composer.figures.period,)
    beside = grid.of_names(composer, block, block.columns, block.by, periods)
    if ranked is None:
        return
    metric = composer.registry.metric(f"rank.{ranked.name}")
    rank = replace(ranked, text=f"rank.{block.metric}", metric=metric)
    *members, whole = grid.rows(composer, block.by, periods, total=True)

    def place(row: RowOf) -> tuple[bool, Fraction]:
        exact = composer.value(rank, members=row.members).exact
        return (True, Fraction(0)) if isinstance(exact, Gap) else (False, exact)

    columns: list[AnyColumn] = [
        ColumnOf(
            id=rank.text,
            column=Column(composer.words["table.rank"]),
            reference=rank,
            unit=rank.metric.unit,
            of_members=True,
        ),
        *grid.of_names(composer, block, [block.metric], block.by, periods),
        *beside,
    ]
    check_names(composer, block.spot, "highlight", block.highlight, dimension)
    rows = topped(composer, block, dimension, sorted(members, key=place))
    filling = _Filling(composer, block, dressed(composer, block, columns), periods)
    filling.mark_heads(members)
    body = [filling.row(row) for row in (*highlighted(block, dimension, rows), whole)]
    yield filling.finished(dimension.label, body)


@dataclass
class _Filling:
    """The rows of one table, filled one after the other: figures get their numbers and notes their marks in reading order."""

    composer: BulletinComposer
    block: Columned
    columns: list[AnyColumn]
    periods: Span

    def __post_init__(self) -> None:
        self.notes = TableNotes(self.composer)
        self.quoted: dict[Source, None] = {}

    @property
    def figures(self) -> list[ColumnOf]:
        return [column for column in self.columns if isinstance(column, ColumnOf)]

    def value(self, row: RowOf, column: ColumnOf) -> Value:
        members = {**row.members, **column.members}
        period = column.period if row.period is None else row.period
        return self.composer.value(column.reference, period, members)

    def mark_heads(self, rows: Iterable[RowOf]) -> None:
        """A derived metric gets its declared note at the head of its column, and a column the note of the office."""
        rows = [row for row in rows if not row.sums]
        for place, column in enumerate(self.columns):
            marks = []
            if isinstance(column, ColumnOf) and not column.of_members:
                noted = (self.value(row, column).notes for row in rows)
                marks += [self.notes.derived(name) for name in next(filter(None, noted), ())]
            said = self.block.column.get(column.id)
            if said and said.note:
                marks.append(self.notes.mark(f"column {column.id}", self.composer.line_of(said.note)))
            if marks:
                self.columns[place] = replace(column, column=replace(column.column, mark=" ".join(marks)))

    def row(self, row: RowOf) -> Row:
        cells = tuple(self._cell(row, column) for column in self.columns)
        latin, mark = "", ""
        if row.period is not None:
            latin = row.head.en
            references = [column.reference for column in self.figures]
            mark = self.notes.broken(row.period, references) if row.period > self.periods[0] else ""
        return Row(
            head=row.head, cells=cells, role=row.role, mark=mark, latin=latin, within=row.within, own=row.own
        )

    def _cell(self, row: RowOf, column: AnyColumn) -> Cell:
        if isinstance(column, WordsOf):
            return Cell(text=self._words(row, column))
        if column.of_members and row.role != "body":
            return Cell(text=EMPTY)
        value = self._total(column) if row.sums else self.value(row, column)
        if row.role in ("subtotal", "rest") and isinstance(value.exact, Gap) and value.exact.kind == "blank":
            return Cell(text=EMPTY)  # members together have no rank
        if row.sums and isinstance(value.exact, Gap) and value.exact.kind == "undefined":
            years = value.exact != NOT_ADDED or self.periods[0].kind == "year"
            reason = value.exact.reason if years else message("metrics.not_added_over_periods")
            self.notes.once(plain_line(reason))
            return Cell(text=EMPTY)
        if row.sums and self.composer.figures.measures.kind(column.reference.name) == "rate":
            of_years = self.periods[0].kind == "year"
            words = message("metrics.rate_of_years") if of_years else message("metrics.rate_of_periods")
            self.notes.once(plain_line(words))
        return Cell(self.composer.print(value, column.unit), mark=self.notes.gap(value))

    def _words(self, row: RowOf, column: WordsOf) -> Text:
        """Of a period or a member; a sum has none."""
        if row.role != "body":
            return EMPTY
        period = column.period if row.period is None else row.period
        words, source = quoted(self.composer, column.words, period, row.members)
        if source:
            self.quoted.setdefault(source)
        return words

    def _total(self, column: ColumnOf) -> Value:
        """The foot of a table of periods."""
        members = {**column.members, **column.reference.members}
        return self.composer.figures.total(column.reference.name, self.periods, members)

    def finished(self, stub: Text, rows: Sequence[Row]) -> Table:
        """The table with its name and its sources; a unit that all columns of figures share stands above it."""
        for reference in (column.reference for column in self.figures):
            self.composer.methods.use(reference.text)
        if rounds_visibly(rows):
            self.notes.plain(plain_line(self.composer.words["table.rounded"]))
        columns = [column.column for column in self.columns]
        units = {column.column.unit for column in self.figures}
        common = units.pop() if len(units) == 1 else None
        ref = self.composer.ref(self.block)
        return Table(
            name=ref.text,
            number=ref.text.en.rpartition(" ")[2],
            anchor=ref.anchor,
            caption=self.block.caption,
            stub=stub,
            columns=tuple(replace(column, unit=None) if common else column for column in columns),
            rows=tuple(rows),
            unit=common if common and common.zh else None,
            notes=self.notes.all(),
            source=self.composer.sources((cell.figure for row in rows for cell in row.cells), self.quoted),
            wide=self.block.wide,
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
