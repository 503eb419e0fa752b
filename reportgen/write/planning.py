"""Where pages begin and how high charts stand, chosen from a trial layout so that pages are full and what belongs together stays so.

`plan` takes a document with what a first layout says of its blocks, and gives the document that is to be laid out instead: charts of
other heights, page breaks where pages begin, and in sections whose order is free blocks in another order.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from reportgen.model import (
    Block,
    Chart,
    Document,
    KeyFigures,
    Line,
    NoteBox,
    PageBreak,
    Paragraphs,
    Printed,
    Section,
    Table,
)
from reportgen.read.theme import Theme
from reportgen.write.pdf import Layout, starts

FULL = 0.85  # of a page, above which its emptiness costs nothing
SURELY = 0.06  # by which a page is to be fuller than the least: the measure on the PDF counts the air between lines as empty
BEGINNING = (
    40.0  # mm, the least of a long table or text that may stand at the foot of a page or the head of the next
)
REPEATED = 20.0  # mm, what a table that goes on prints once more: its name and heads
SLACK = 1.0  # mm of a page that a plan leaves free
STAY, STAY_OF_WORDS = 24, 12  # rows of a table that its template keeps together
LONG = 100.0  # mm of a table that is kept together, though it might go on
SHORT = 60.0  # mm of text that is kept together
MOVES = 4  # blocks of a section that are moved at most, the best one first

WORTH = 1.0  # what an order must be better than the one before

# What is bad about a page, in the square of centimetres that it leaves empty.
EACH_PAGE, TOO_EMPTY, APART, TURNED_OVER, OTHER_HEIGHT = 4.0, 500.0, 4.0, 25.0, 0.15


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A block as the planner sees it; heights in mm, with the `air` below it, which the last of a page does not need. `flows`: it may be broken anywhere; `metrics`: what it tells of."""

    block: Block
    height: float
    least: float
    most: float
    air: float
    flows: bool
    metrics: frozenset[str]

    @property
    def heads(self) -> bool:
        return isinstance(self.block, Section)

    @property
    def opens(self) -> bool:
        """Whether a section begins, not a part of one."""
        return isinstance(self.block, Section) and self.block.level == 1


@dataclass(frozen=True)
class Sheet:
    """A page: its first piece with what is left of it in mm (0: all), the first piece of the next page, what is left of that, its cost."""

    first: int
    end: int
    left: float
    cost: float


Course = tuple[float, tuple[Sheet, ...]]  # cost and pages of a run of pieces


@dataclass(frozen=True)
class Plan:
    """The document that is to be laid out, and how many pages it will take."""

    document: Document
    pages: int


def plan(document: Document, parts: Sequence[Layout], theme: Theme) -> Plan | None:
    """The document with full pages; None where the first layout is as good as can be had, or nothing may be changed."""
    if document.sheet:
        return None
    stands = {
        place: (page + start, height, air)
        for start, part in zip(starts(parts), parts, strict=True)
        for place, (page, height, air) in part.stands.items()
    }
    blocks, more, total = list[Block](), 0, sum(part.pages for part in parts)
    for first, end in _runs(document.blocks):
        run = document.blocks[first:end]
        head = run[0]
        measured = all(place in stands for place in range(first, end))
        if not isinstance(head, Section) or head.one_page or not measured:
            blocks += run
            continue
        begins = [stands[place][0] for place in range(first, end)]
        pieces = [_piece(block, *stands[first + n][1:], theme) for n, block in enumerate(run)]
        last = end == len(document.blocks)
        found = _Run(pieces, theme, begins[0] + more + 1, last).planned()
        following = stands[end][0] if end in stands else total if last else begins[-1] + 1
        blocks += found.printed(begins) if found else run
        more += len(found.sheets) - (following - begins[0]) if found else 0
    planned = tuple(blocks)
    return None if planned == document.blocks else Plan(replace(document, blocks=planned), total + more)


def _runs(blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """From each block that begins a page to the next."""
    begin = [n for n, block in enumerate(blocks) if n and isinstance(block, Section) and not block.flow]
    yield from itertools.pairwise([0, *begin, len(blocks)])


def _piece(block: Block, height: float, air: float, theme: Theme) -> Piece:
    least = most = height
    if isinstance(block, Chart):
        spec = block.spec
        low, high = spec.bounds_mm or [spec.height_mm * part for part in theme.chart_bounds]
        least, most = height + low - spec.height_mm, height + high - spec.height_mm
    flows = not isinstance(block, Section | Chart | KeyFigures | NoteBox | PageBreak)
    if isinstance(block, Table):
        rows = STAY if block.look in ("", "grid") else STAY_OF_WORDS
        flows = height > LONG and (block.flows or block.look == "grid" or len(block.rows) > rows)
    elif isinstance(block, Paragraphs):
        flows = height > SHORT
    return Piece(
        block=block,
        height=height,
        least=least,
        most=most,
        flows=flows,
        metrics=frozenset(_metrics(block)),
        air=air,
    )


def _metrics(block: Block) -> Iterator[str]:
    if isinstance(block, Chart):
        yield from (point.figure.value.metric for point in block.spec.points)
    elif isinstance(block, Paragraphs):
        lines: Iterator[Line] = iter(block.lines)
        yield from (run.value.metric for line in lines for run in line.zh if isinstance(run, Printed))


class _Run:
    """The pieces from one head that begins a page to the next, and the page on which they begin."""

    def __init__(self, pieces: Sequence[Piece], theme: Theme, page: int, last: bool) -> None:
        self.pieces, self.theme, self.page, self.last = tuple(pieces), theme, page, last
        self.room = theme.page["height"] - theme.page["top"] - theme.page["bottom"] - SLACK

    def planned(self) -> _Run | None:
        """The run in the best order, with its `sheets`; None where no plan is to be had."""
        best = self
        for _ in range(MOVES):
            others = [_Run(order, self.theme, self.page, self.last) for order in best._moved()]
            better = min(others, key=lambda other: other.course[0], default=best)
            if better.course[0] > best.course[0] - WORTH:
                break
            best = better
        return best if best.course[1] else None

    def _moved(self) -> Iterator[tuple[Piece, ...]]:
        """Each order in which one piece stands elsewhere, or two change places, within a section that is free.

        Heads stay, and of tables, charts and texts each keep the order that they have: of the first two it is that of their numbers.
        """
        kinds = (Table, Chart, Section, PageBreak)
        before = [[piece for piece in self.pieces if isinstance(piece.block, kind)] for kind in kinds]
        for here, there in itertools.combinations(range(len(self.pieces)), 2):
            if not self._is_free(here, there):
                continue
            between = self.pieces[here : there + 1]
            first, *middle, last = between
            orders = {(*middle, last, first), (last, first, *middle), (last, *middle, first)}
            for order in sorted(orders, key=lambda order: [between.index(piece) for piece in order]):
                texts = [piece for piece in order if not isinstance(piece.block, kinds)]
                if texts == [piece for piece in between if piece in texts]:
                    moved = (*self.pieces[:here], *order, *self.pieces[there + 1 :])
                    if before == [[one for one in moved if isinstance(one.block, kind)] for kind in kinds]:
                        yield moved

    def _is_free(self, here: int, there: int) -> bool:
        """Whether both stand below the same head, which allows another order."""
        above = [piece.block for piece in self.pieces[: here + 1] if isinstance(piece.block, Section)]
        between = (piece.block for piece in self.pieces[here : there + 1])
        return (
            bool(above)
            and above[-1].free
            and not any(isinstance(one, (Section, PageBreak)) for one in between)
        )

    # ---- where pages begin ----------------------------------------------------------------------------

    @cached_property
    def course(self) -> Course:
        """The pages of the least cost, by all ways to break."""
        pairs = [*self._pairs()]
        # How many pairs that speak of the same thing stand on both sides of a piece's beginning.
        crossing = [sum(a < place <= b for a, b in pairs) for place in range(len(self.pieces) + 1)]

        @cache
        def best(first: int, left: float, page: int) -> Course:
            if first == len(self.pieces):
                return 0.0, ()
            found: Course = (float("inf"), ())
            for sheet in self._sheets(first, left):
                cost, rest = best(sheet.end, sheet.left, page + 1)
                related = 0.0 if sheet.left else crossing[sheet.end]
                # A left page has an even number: what stands across is seen at one glance.
                cost += sheet.cost + EACH_PAGE + related * (APART if page % 2 == 0 else TURNED_OVER)
                if cost < found[0]:
                    found = cost, (sheet, *rest)
            return found

        return best(0, 0.0, self.page)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        return self.course[1]

    def _pairs(self) -> Iterator[tuple[int, int]]:
        for at, piece in enumerate(self.pieces):
            if isinstance(piece.block, Chart):
                tables = (n for n, one in enumerate(self.pieces) if _is_table(one, piece.block.data_table))
                texts = (n for n, one in enumerate(self.pieces) if _tells(one, piece))
                for other in (next(tables, None), min(texts, key=lambda n: abs(n - at), default=None)):
                    if other is not None:
                        yield (at, other) if at < other else (other, at)

    def _sheets(self, first: int, left: float) -> Iterator[Sheet]:
        """Every way to end the page that begins with this piece, of which `left` mm are left."""
        for end in range(first + 1, len(self.pieces) + 1):
            last = self.pieces[end - 1]
            least, wish, most = self._sums(first, end, left)
            if least > self.room:
                yield from self._broken(first, end, left)
                return
            if end == len(self.pieces) or not self._parts_a_head(first, end):
                yield Sheet(first, end, 0.0, self._cost(wish, most, end))
            if isinstance(last.block, PageBreak):
                return

    def _sums(self, first: int, end: int, left: float) -> tuple[float, float, float]:
        """The least height of these pieces, that which they have by themselves, and the most."""
        rest = self.pieces[first + 1 : end]
        begin, air = self.pieces[first], self.pieces[end - 1].air
        own = (left, left, left) if left else (begin.least, begin.height, begin.most)
        return (
            own[0] + sum(piece.least for piece in rest) - air,
            own[1] + sum(piece.height for piece in rest) - air,
            own[2] + sum(piece.most for piece in rest) - air,
        )

    def _parts_a_head(self, first: int, end: int) -> bool:
        """Whether the page would end with a head, or a head and next to nothing below it."""
        heads = [n for n in range(first, end) if self.pieces[n].heads]
        below = sum(piece.height for piece in self.pieces[heads[-1] + 1 : end]) if heads else BEGINNING
        return below < BEGINNING

    def _broken(self, first: int, end: int, left: float) -> Iterator[Sheet]:
        """The page whose last piece goes on over it, if that may be broken; all before it stand at their own height."""
        piece = self.pieces[end - 1]
        height = left if end - 1 == first and left else piece.height
        before = sum(one.height for one in self.pieces[first + 1 : end - 1]) + (
            0.0 if end - 1 == first else left or self.pieces[first].height
        )
        room = self.room - before
        rest = max(height - room, BEGINNING)
        if piece.flows and room >= BEGINNING:
            yield Sheet(first, end - 1, round(rest + REPEATED, 1), 0.0)

    def _cost(self, wish: float, most: float, end: int) -> float:
        """What a page costs that ends before this piece."""
        ends = end == len(self.pieces)
        if ends and self.last:
            return 0.0 if wish <= self.room else ((wish - self.room) / 10) ** 2 * OTHER_HEIGHT
        height = self._height(wish, most, ends)
        limit = self.theme.page_limit
        closes = ends or self.pieces[end].opens
        least_part = limit["section_fill" if closes else "page_fill"] + SURELY
        cost = ((height - wish) / 10) ** 2 * OTHER_HEIGHT
        if height < least_part * self.room:
            cost += TOO_EMPTY * (0.1 + least_part - height / self.room)
        free = max(0.0, self.room * (least_part if closes else FULL) - height)
        return cost + (free / 10) ** 2

    def _height(self, wish: float, most: float, ends: bool) -> float:
        """How much of a page is filled when its charts have grown or shrunk; the last of a run need not be quite full."""
        if wish > self.room:
            return self.room
        goal = self.room
        if ends:
            goal = 0.0 if self.last else self.room * FULL
        return max(wish, min(most, goal))

    # ---- what is printed ------------------------------------------------------------------------------

    def printed(self, begins: Sequence[int]) -> list[Block]:
        """The blocks with their heights, and a break before each page; as they are where they stand so by themselves (`begins`: their pages)."""
        blocks: list[tuple[int, Block]] = []
        broken: list[Block] = []
        for number, sheet in enumerate(self.sheets):
            left = self.sheets[number - 1].left if number else 0.0
            whole = self.pieces[sheet.first + (1 if left else 0) : sheet.end]
            _, taken, most = (0.0, 0.0, 0.0) if sheet.left else self._sums(sheet.first, sheet.end, left)
            change = 0.0 if sheet.left else self._height(taken, most, sheet.end == len(self.pieces)) - taken
            if number and not left and not isinstance(self.pieces[sheet.first - 1].block, PageBreak):
                broken.append(PageBreak())
            page = [_resized(piece, change, whole) for piece in whole]
            if sheet.left and not (left and sheet.end == sheet.first):
                page.append(self.pieces[sheet.end].block)
            blocks += [(number, block) for block in page]
            broken += page
        own = [piece.block for piece in self.pieces]
        if begins and blocks == [(page - begins[0], block) for page, block in zip(begins, own, strict=True)]:
            return own
        return broken


def _is_table(piece: Piece, anchor: str) -> bool:
    return bool(anchor) and isinstance(piece.block, Table) and piece.block.anchor == anchor


def _tells(piece: Piece, chart: Piece) -> bool:
    return isinstance(piece.block, Paragraphs) and bool(piece.metrics & chart.metrics)


def _resized(piece: Piece, change: float, page: Sequence[Piece]) -> Block:
    """The block; a chart takes its part of what the page has to give or to take, in proportion to its own room, in whole mm."""
    block = piece.block
    if not isinstance(block, Chart) or abs(change) < 1:
        return block
    rooms = [one.most - one.height if change > 0 else one.height - one.least for one in page]
    own = piece.most - piece.height if change > 0 else piece.height - piece.least
    share = own / sum(rooms) if sum(rooms) else 0.0
    height = float(int(block.spec.height_mm + change * share))
    return replace(block, spec=replace(block.spec, height_mm=height)) if share else block
