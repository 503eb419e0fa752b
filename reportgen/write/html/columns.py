"""How wide the columns of a table of figures are, and what becomes of one that is wider than the page.

All is reckoned from the words and figures and the sizes of the theme, so that `check` can tell what `build` will do. A column
*needs* its longest figure and the longest word of its head; it *wants* a head of no more than three lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from reportgen.model import Column, Document, Edition, Row, Table, Text
from reportgen.model.messages import message
from reportgen.read.theme import Theme
from reportgen.write.html.parts import WIDEST_HEAD
from reportgen.write.html.phrases import phrases

POINT = 25.4 / 72  # mm
DIGIT, LETTER, MARK = (
    0.56,
    0.53,
    0.6,
)  # of a letter's size, measured in Noto Sans TC; a Chinese character is 1
HEAD_LINES, FAIR_LINES = 3, 5
WIDEST_WORDS = 40.0  # mm of a column of words, from which on it takes more lines
LEAST_FIGURE = 3  # digits
INDENT = 2.5  # mm, of the members of a group
NARROW, TIGHT = 7, 10  # columns beyond which a table is set in small type, and with little room between them

Places = tuple[int, ...]


@dataclass(frozen=True)
class Need:
    """Millimetres: for the longest word, for a head of a few lines, for one of three."""

    least: float
    fair: float
    wish: float

    def beside(self, least: float, wish: float) -> Need:
        """What a head needs above cells that need this."""
        return Need(max(self.least, least), max(self.fair, least), max(self.wish, least, wish))


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How a table is printed: its columns in one or several parts, on a turned page, in the type of `size` (a class of the style).

    `why` is the message that tells it, empty where nothing was done.
    """

    parts: tuple[Places, ...]
    size: str = ""
    turned: bool = False
    why: str = ""


@dataclass(frozen=True)
class Measure:
    """The sizes of an edition in mm."""

    edition: Edition
    theme: Theme

    def room(self, turned: bool) -> float:
        page = self.theme.page
        return page["height" if turned else "width"] - page["inner"] - page["outer"]

    def needs(self, table: Table, places: Places, size: str) -> list[Need]:
        """Of the first column, and of those at these places."""
        words = partial(self.words, size=size)
        room = 2 * self.theme.space["xxs" if size == "tight" else "xs"]
        made = [self._stub(table, words), *(self._column(table, place, words, size) for place in places)]
        for group, below in grouped(table, places) if table.wide else ():
            named = [made[1 + places.index(place)] for place in below] if group else []
            span = " ".join(half for half, _ in self._halves(group))
            lack = words(span, chinese=True) + room - sum(need.wish + room for need in named)
            for place in below if named and lack > 0 else ():  # a common head stands in one line
                need = made[1 + places.index(place)]
                made[1 + places.index(place)] = replace(need, wish=need.wish + lack / len(below))
        return [Need(need.least + room, need.fair + room, need.wish + room) for need in made]

    def words(self, words: str, chinese: bool, size: str) -> float:
        """The English half is set in the size of notes beside a Chinese one."""
        small = size or (self.edition == "both" and not chinese)
        em = self.theme.type["note" if small else "table"] * POINT
        return em * sum(1.0 if ord(letter) > 0x2E80 else LETTER for letter in words)

    def _halves(self, text: Text | None) -> Iterator[tuple[str, bool]]:
        if text and self.edition != "en":
            yield text.zh, True
        if text and self.edition != "zh" and (text.zh != text.en or self.edition == "en"):
            yield text.en, False

    def _stub(self, table: Table, words: partial[float]) -> Need:
        def whole(row: Row) -> float:
            said = [*self._halves(row.head)]
            if row.latin and self.edition == "both":
                said = [(row.head.zh, True), (row.latin, False)]
            gaps = words(" " * (len(said) - 1), chinese=False)
            return sum(words(half, chinese) for half, chinese in said) + gaps + INDENT * row.within

        longest = max(map(whole, table.rows), default=0.0)
        widest = words("k" * int(WIDEST_HEAD), chinese=False)
        return self._head(table.stub, None, words).beside(min(longest, widest), 0)

    def _column(self, table: Table, place: int, words: partial[float], size: str) -> Need:
        column, cells = table.columns[place], [row.cells[place] for row in table.rows]
        em = self.theme.type["note" if size else "table"] * POINT
        figures = [len(cell.figure.plain) * DIGIT + len(cell.mark) * MARK for cell in cells if cell.figure]
        least = em * max([*figures, LEAST_FIGURE * DIGIT])
        said = [half for cell in cells if not cell.figure for half in self._halves(cell.text)]
        least = max([least, *(_longest(words, *half) for half in said)])
        wish = max([least, *(min(words(*half), WIDEST_WORDS) for half in said)])
        return self._head(column.label, column, words).beside(least, wish)

    def _head(self, label: Text, column: Column | None, words: partial[float]) -> Need:
        """The longest word, and what keeps the head to three lines: of the Chinese, of the English, and of the unit."""
        if words.keywords["size"] == "narrow":  # whose figures alone are set smaller
            words = partial(self.words, size="")
        mark = column.mark if column else ""
        lines = [
            [words(part, chinese) for part in _words_of(half + mark, chinese)]
            for half, chinese in self._halves(label)
        ]
        if column and column.unit and column.unit.zh:
            halves = self._halves(column.unit)
            small = partial(self.words, size="narrow")
            lines.append(
                [small(part, chinese) for half, chinese in halves for part in _words_of(half, chinese)]
            )
        space = words(" ", chinese=False)
        least = fair = max((one for line in lines for one in line), default=0.0)
        while fair < WIDEST_WORDS and sum(_lines(line, space, fair) for line in lines) > FAIR_LINES:
            fair += 1
        wish = fair
        while wish < WIDEST_WORDS and sum(_lines(line, space, wish) for line in lines) > HEAD_LINES:
            wish += 1
        return Need(least, fair, wish)


def _lines(words: Sequence[float], space: float, width: float) -> int:
    """How many lines words of these widths take."""
    count, left = 1, width
    for word in words:
        if word > left and left < width:
            count, left = count + 1, width
        left -= word + space
    return count


def _words_of(half: str, chinese: bool) -> list[str]:
    return phrases(half) if chinese else half.split()


def _longest(words: Callable[..., float], half: str, chinese: bool) -> float:
    return max((words(part, chinese) for part in _words_of(half, chinese)), default=0.0)


# ---- what becomes of a wide table -------------------------------------------------------------


def fitted(table: Table, edition: Edition, theme: Theme) -> Fit:
    """How the table is printed. One whose kind does not ask (`wide` is empty) is not touched."""
    whole = (tuple(range(len(table.columns))),)
    usual = Fit(parts=whole, size=_size(len(table.columns)))
    if not table.wide:
        return usual
    fits = partial(_fits, Measure(edition, theme), table)
    small = "tight" if theme.type["note"] >= theme.page_limit["smallest_type"] else usual.size
    smaller = Fit(parts=whole, size=small, why="layout.table_is_smaller")
    around = (
        []
        if table.across
        else [
            replace(usual, turned=True, size=size, why="layout.table_is_turned")
            for size in (usual.size, small)
        ]
    )
    turned = next(filter(fits, around), around[0] if around else usual)
    split = _at_spans(table, small, fits)
    if table.wide != "auto":
        return {"smaller": smaller, "split": split or usual, "landscape": turned}[table.wide]
    cut = (_cut(len(table.columns), count, small) for count in range(2, len(table.columns) + 1))
    tried = (usual, smaller, *([split] if split else []), turned, *cut)
    return next(filter(fits, tried), tried[-1])


def _size(columns: int) -> str:
    return "tight" if columns > TIGHT else "narrow" if columns > NARROW else ""


def _fits(measure: Measure, table: Table, fit: Fit) -> bool:
    room = measure.room(fit.turned or table.across)
    return all(sum(need.least for need in measure.needs(table, part, fit.size)) <= room for part in fit.parts)


def _cut(columns: int, count: int, size: str) -> Fit:
    """Equal parts."""
    edges = [round(columns * place / count) for place in range(count + 1)]
    parts = tuple(tuple(range(first, last)) for first, last in pairwise(edges))
    return Fit(parts=parts, size=size, why="layout.table_is_cut")


def _at_spans(table: Table, small: str, fits: Callable[[Fit], bool]) -> Fit | None:
    """Parts of whole groups of columns, as many in one as the page holds; two at least. None where there is one group."""
    groups = grouped(table, range(len(table.columns)))
    if sum(group is not None for group, _ in groups) < 2:
        return None
    parts: list[Places] = []
    for _, group in groups:
        joined = (*parts[-1], *group) if parts else group
        if parts and fits(Fit(parts=(joined,), size=_size(len(joined)) or small)):
            parts[-1] = joined
        else:
            parts.append(group)
    if len(parts) == 1:
        middle = min(
            (group[0] for _, group in groups[1:]), key=lambda place: abs(2 * place - len(table.columns))
        )
        parts = [tuple(range(middle)), tuple(range(middle, len(table.columns)))]
    sized = (
        Fit(parts=tuple(parts), size=size, why="layout.table_is_split")
        for size in (_size(max(map(len, parts))), small)
    )
    return next(filter(fits, sized), Fit(parts=tuple(parts), size=small, why="layout.table_is_split"))


def grouped(table: Table, places: Iterable[int]) -> list[tuple[Text | None, Places]]:
    """Neighbours below one common head together, each other column by itself."""
    groups: list[tuple[Text | None, Places]] = []
    for place in places:
        group = table.columns[place].group
        if groups and group is not None and group == groups[-1][0]:
            groups[-1] = (group, (*groups[-1][1], place))
        else:
            groups.append((group, (place,)))
    return groups


def told(document: Document, edition: Edition, theme: Theme) -> tuple[Text, ...]:
    """What is done to wide tables, a line for each."""
    tables = [block for block in document.blocks if isinstance(block, Table)]
    fits = [(table, fitted(table, edition, theme)) for table in tables]
    return tuple(
        message(fit.why, table=table.name, caption=table.caption, count=len(fit.parts))
        for table, fit in fits
        if fit.why
    )


def widths(tables: Sequence[Table], places: Places, fit: Fit, measure: Measure) -> list[str]:
    """Per cent of each column of the first table, the same in its sisters."""
    several = zip(*(measure.needs(table, places, fit.size) for table in tables), strict=True)
    steps = [
        [
            max(need.least for need in needs),
            max(need.fair for need in needs),
            max(need.wish for need in needs),
        ]
        for needs in several
    ]
    room = measure.room(fit.turned or tables[0].across)
    made, left = [step[0] for step in steps], room - sum(step[0] for step in steps)
    for level in (
        1,
        2,
    ):  # of what is left the modest get theirs first, so that most heads are as they should be
        lacks = [max(step[level] - step[level - 1], 0.0) for step in steps]
        for place in sorted(range(len(steps)), key=lacks.__getitem__):
            more = min(lacks[place], max(left, 0.0))
            made[place], left = made[place] + more, left - more
    return [f"{100 * one / sum(made):.2f}" for one in made]


def sisters(table: Table, tables: Sequence[Table]) -> list[Table]:
    """The tables with the same columns, this one first."""

    def shape(one: Table) -> tuple[object, ...]:
        return one.look, one.wide, one.stub, tuple((column.label, column.group) for column in one.columns)

    return [table, *(one for one in tables if one is not table and shape(one) == shape(table))]
