"""Where tables lie in a sheet that nobody has described: head, rows, what stands above and where each ends.

What the columns mean is for `columns`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reportgen.model.formats import capital_letters
from reportgen.model.toml import Raw
from reportgen.read.sheets import Grid
from reportgen.read.tables.declared import TableSpec
from reportgen.read.tables.laying.columns import labelled
from reportgen.read.tables.laying.view import Area, Column, View, squeezed
from reportgen.read.tables.layout import EMPTY_ROW
from reportgen.run.importing.cells import is_figure, is_sign, is_year

MOST_HEADS = 3
UNIT_NOTE = re.compile(r"[（(]?\s*(?:計量)?(?:單位|Units?|UNIT)\s*[:：]\s*(?P<units>[^)）]+)", re.IGNORECASE)
_NOTE = re.compile(r"(附註|備註|備考|說明|資料來源|來源|註|Notes?|Sources?|Remarks?)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Region:
    """One table as it lies: rows and columns by their numbers; `bounded` where only a range says what belongs to it."""

    grid: Grid
    head: tuple[int, ...]
    across: range
    rows: tuple[int, ...]
    skipped: tuple[int, ...] = ()
    above: tuple[str, ...] = ()
    until: str = ""
    bounded: bool = False
    columns: tuple[Column, ...] = ()

    def at(self, row: int, column: int) -> str:
        return cell(self.grid, row, column)

    @property
    def area(self) -> str:
        """The range that must be said, or nothing."""
        if not self.bounded:
            return ""
        last = "" if self.until else str(self.rows[-1])
        left, right = (capital_letters(self.across[at]) for at in (0, -1))
        return f"{left}{self.head[0]}:{right}{last}"

    @property
    def title(self) -> str:
        """The words above the table that are no unit."""
        return max((UNIT_NOTE.sub("", one).strip(" ()（）") for one in self.above), key=len, default="")


def cell(grid: Grid, row: int, column: int) -> str:
    cells = grid.rows[row - 1][1] if 0 < row <= len(grid.rows) else ()
    return cells[column - 1] if 0 < column <= len(cells) else ""


def regions(grid: Grid) -> Iterator[Region]:
    """The tables of the sheet, from top to bottom and from left to right."""
    if [number for number, _ in grid.rows] != list(range(1, len(grid.rows) + 1)):
        return
    width = max((len(cells) for _, cells in grid.rows), default=0)
    spans = list(_spans(grid, range(1, width + 1)))
    for across in spans:
        blocks = list(_blocks(grid, across))
        for number, (head, rows) in enumerate(blocks):
            last = number == len(blocks) - 1
            before = blocks[number - 1][1][-1] if number else 0
            yield _region(grid, across, head, rows, before, alone=last and len(spans) == 1)


def _spans(grid: Grid, across: range) -> Iterator[range]:
    """The columns of tables that lie side by side: parted by an empty column, each with words in its first."""
    body = [row for row, _ in grid.rows if _is_body(grid, row, across)]
    first, last = (body[0], body[-1]) if body else (1, 0)
    near = range(max(1, first - MOST_HEADS), last + 1)
    empty = [at for at in across if not any(cell(grid, row, at).strip() for row in near)]
    parts, start = list[range](), across.start
    for at in [*empty, across.stop]:
        if at > start:
            parts.append(range(start, at))
        start = at + 1
    if len(parts) > 1 and all(
        len(part) > 1 and any(_is_body(grid, row, part) for row in near) for part in parts
    ):
        yield from parts
    elif parts:
        yield range(parts[0].start, parts[-1].stop)


def _words(grid: Grid, row: int, across: Sequence[int]) -> list[str]:
    return [text for at in across if (text := cell(grid, row, at).strip())]


def _is_body(grid: Grid, row: int, across: Sequence[int]) -> bool:
    """A row with a word or year first, then a figure; years alone are a head."""
    words = _words(grid, row, across)
    if len(words) < 2 or _is_row_of_years(words):
        return False
    return any(is_figure(word) or is_sign(word) for word in words[1:]) and not (
        is_sign(words[0]) or (len(words) == 2 and bool(_NOTE.match(words[0])) and not is_figure(words[1]))
    )


def _is_row_of_years(words: Sequence[str]) -> bool:
    """105 106 107, also below 類別: numbers that grow by one are the head of a table."""
    years = [word for word in words if is_figure(word) and is_year(word)]
    figures = [word for word in words if is_figure(word)]
    numbers = [int(word) for word in years if word.isdigit()]
    return (
        len(numbers) > 1
        and len(figures) == len(numbers) == len({*numbers})
        and len(words) - len(figures) <= 2
        and {abs(b - a) for a, b in itertools.pairwise(numbers)} == {1}
        and not is_figure(words[0])
    )


def _blocks(grid: Grid, across: range) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Head and body of each table: rows of figures below a head; a new head begins a new table."""
    head: tuple[int, ...] = ()
    rows: list[int] = []
    for row, _ in grid.rows:
        if not _is_body(grid, row, across):
            continue
        above = _head_above(grid, row, across, rows[-1] if rows else 0)
        if above and (not rows or above[0] > rows[-1] + 1 or len(_words(grid, above[-1], across)) > 2):
            if rows:
                yield head, tuple(rows)
            head, rows = above, []
        rows.append(row)
    if rows:
        yield head, tuple(rows)


def _head_above(grid: Grid, row: int, across: range, floor: int) -> tuple[int, ...]:
    """The rows of labels right above a row of figures; a title over the whole width, or a unit, is none."""
    found: list[int] = []
    for at in range(row - 1, floor, -1):
        words = _words(grid, at, across)
        if not found and _is_group(grid, at, across, floor):
            continue
        spanned = _over_all(grid, at, across)
        few = len(words) < 2 and not (found and _spans_some(grid, at, across))
        if few or spanned or len(found) == MOST_HEADS or any(UNIT_NOTE.search(word) for word in words):
            break
        if any(is_figure(word) for word in words) and not _is_row_of_years(words):
            break
        if found and not _spans_some(grid, at, across) and _labels_both(grid, at, found[0], across):
            break
        found.insert(0, at)
    return tuple(found)


def _labels_both(grid: Grid, upper: int, lower: int, across: range) -> bool:
    """Whether both rows say something above the first column: then the upper one is a title of several cells."""
    return all(cell(grid, row, across[0]).strip() for row in (upper, lower))


def _is_group(grid: Grid, row: int, across: range, floor: int) -> bool:
    """Whether it is one word in the first column, right below a row of labels: 一、財稅."""
    above = _words(grid, row - 1, across) if row - 1 > floor else []
    first = cell(grid, row, across[0]).strip()
    return (
        bool(first)
        and _words(grid, row, across) == [first]
        and len(above) > 1
        and not any(map(is_figure, above))
    )


def _areas(grid: Grid) -> Iterator[Area]:
    yield from (area for ref in grid.page.merged if (area := Area.of(ref)))


def _over_all(grid: Grid, row: int, across: range) -> bool:
    """Whether one merged cell is all that stands in the row, over all columns or, where some were added later, from the first."""
    return len(_words(grid, row, across)) == 1 and any(
        row in area.rows
        and (len(area.columns) >= len(across) - 1 or (area.columns[0] == across[0] and len(area.columns) > 1))
        for area in _areas(grid)
    )


def _spans_some(grid: Grid, row: int, across: range) -> bool:
    return any(row == area.first[0] and 1 < len(area.columns) < len(across) for area in _areas(grid))


def _region(
    grid: Grid, across: range, head: tuple[int, ...], rows: tuple[int, ...], before: int, alone: bool
) -> Region:
    first = head[-1] + 1 if head else rows[0]
    skipped = [row for row in range(first, rows[-1] + 1) if row not in rows and _words(grid, row, across)]
    gaps = any(not _words(grid, row, across) for row in range(first, rows[-1] + 1))
    until = _until(grid, across, rows[-1], gaps, first)
    wide = len(across) < max(len(cells) for _, cells in grid.rows)
    top = head[0] if head else rows[0]
    above = [word for row in range(before + 1, top) for word in _words(grid, row, across)]
    while before and above and _NOTE.match(above[0]):
        above = above[1:]
    region = Region(
        grid=grid,
        head=head,
        across=across,
        rows=rows,
        skipped=tuple(skipped),
        above=tuple(" ".join(words.split()) for words in above),
        until=until,
        bounded=wide or not (until or (alone and rows[-1] >= _last(grid))),
    )
    return replace(region, columns=tuple(labelled(view_of(region)))) if head else region


def _last(grid: Grid) -> int:
    return max((row for row, cells in grid.rows if any(text.strip() for text in cells)), default=0)


def _until(grid: Grid, across: range, last: int, gaps: bool, first: int) -> str:
    """What the row after the table says by which its end is known: an empty row, or the word of a note."""
    width = max((len(cells) for _, cells in grid.rows), default=0)
    if last >= _last(grid):
        return ""
    if not _words(grid, last + 1, across):
        return "" if gaps else EMPTY_ROW
    row = _words(grid, last + 1, range(1, width + 1))
    found = _NOTE.match(squeezed(row[0]))
    word = found[1] if found else ""
    taken = [_words(grid, row, range(1, width + 1)) for row in range(first, last + 1)]
    return "" if any(words and squeezed(words[0]).startswith(word) for words in taken) else word


def view_of(region: Region) -> View:
    """The sheet as `laying` sees it, when this much is declared of the table."""
    given: dict[str, Raw] = {
        "area": region.area,
        "head": region.head,
        "until": (region.until,) if region.until else (),
        "columns": {},
    }
    return View(region.grid, TableSpec.model_construct(**given))
