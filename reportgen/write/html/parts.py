"""What is decided of the blocks before they are laid out: the parts of a document, heights and widths."""

from __future__ import annotations

import itertools

from reportgen.model import (
    Block,
    Chart,
    Document,
    Edition,
    Illustration,
    KeyFigures,
    MethodAnnex,
    Row,
    Section,
    Table,
    Text,
)

FRONT = 200  # cover and contents
CHARTS = 300  # how much later the process with the second part begins: it draws the charts before
SMALL = 1500  # below it a second process costs more than it saves


def parts(document: Document) -> list[range]:
    """The blocks in one to three parts, each beginning on a new page: the second about as much work as the rest.

    So two processes can lay them out at once. Where the borders lie depends on the document alone: the bytes
    must not depend on the number of processes.
    """
    works = [_work(block) for block in document.blocks]
    whole = FRONT + sum(works)
    borders = [
        place
        for place, block in enumerate(document.blocks)
        if place and isinstance(block, Section) and not block.flow
    ]
    if whole < SMALL or not borders:
        return [range(len(works))]

    def unevenness(cut: tuple[int, int]) -> float:
        return abs(whole - CHARTS - 2 * sum(works[cut[0] : cut[1]]))

    end = len(works)
    cut = min(((border, end) for border in borders), key=unevenness)
    closer = min(itertools.combinations([*borders, end], 2), key=unevenness)
    # A third part carries faces of its own, 60 KB or more.
    if unevenness(cut) - unevenness(closer) > whole / 12:
        cut = closer
    edges = [0, *cut, *([end] if cut[1] < end else [])]
    return [range(first, last) for first, last in itertools.pairwise(edges)]


def _work(block: Block) -> float:
    """What a block costs to lay out and draw, about in cells of a table (0.6 ms)."""
    if isinstance(block, Table):
        return len(block.rows) * (len(block.columns) + 1) + 10
    if isinstance(block, Chart):
        return 60 + len(block.spec.points)
    if isinstance(block, KeyFigures):
        return 60 + 15 * len(block.cards)
    if isinstance(block, MethodAnnex):
        return 12 * len(block.definitions)
    return 10


LEAST_ROW = 4.0  # mm, lower than any row that can be read


def least(block: Table | Chart | Illustration) -> int:
    """A height in mm that the block surely has: where less is left of a page, it need not be tried there."""
    if isinstance(block, Illustration):
        return int(block.height_mm)
    return int(block.spec.height_mm if isinstance(block, Chart) else LEAST_ROW * (len(block.rows) + 1))


WIDEST_HEAD = (
    56.0  # Latin letters of a row's head: a longer one wraps, so that the other columns keep their room
)


TALL = 900  # Latin letters of a cell whose row may go over a page; Chinese ones count twice


def tall(row: Row, edition: Edition) -> bool:
    """Whether the row may be broken: kept together, it would leave caption and head behind."""

    def letters(text: Text | None) -> int:
        zh, en = (len(text.zh) * 2, len(text.en)) if text else (0, 0)
        return zh * (edition != "en") + en * (edition != "zh")

    return max((letters(text) for text in (row.head, *(cell.text for cell in row.cells))), default=0) > TALL


def wraps(table: Table, edition: Edition) -> bool:
    """Whether the heads of rows stand in several lines."""
    return _longest_head(table, edition) > WIDEST_HEAD


def _longest_head(table: Table, edition: Edition) -> float:
    def head(row: Row) -> float:
        if row.latin and edition == "both":
            return len(row.head.zh) * 1.6 + len(row.latin) + 2
        zh = sum(2.0 if ord(letter) > 0x2E80 else 1.0 for letter in row.head.zh)
        en = float(len(row.head.en))
        return {"both": zh + en + 1 if row.head.zh != row.head.en else zh, "zh": zh, "en": en}[edition] + 2

    return max(map(head, table.rows), default=0.0)


def widths(table: Table, edition: Edition) -> list[str]:
    """Per cent of each column, by its longest figure and its longest word: a fixed layout, evenly set.

    A Chinese character is as wide as two Latin ones, and breaks anywhere.
    """

    def word(text: Text | None) -> float:
        if text is None:
            return 0.0
        each = 0.95 if edition == "both" else 1.1  # the English half is set smaller beside the Chinese
        english = (
            max((len(part) * each + 1.2 for part in text.en.split()), default=0) if edition != "zh" else 0.0
        )
        # A head should not need more than three lines of a language.
        english = max(english, len(text.en) * 0.8 / 3 if edition != "zh" else 0.0)
        zh = len(text.zh) * 2.0 if len(text.zh) <= 3 else len(text.zh) * 1.0
        return max(english, zh + 1.5 if edition != "en" else 0.0)

    stub = max([word(table.stub), min(_longest_head(table, edition), WIDEST_HEAD)])
    weights = [stub]
    for place, column in enumerate(table.columns):
        figures = (row.cells[place] for row in table.rows)
        longest = max((len(cell.figure.plain) + len(cell.mark) for cell in figures if cell.figure), default=4)
        weights.append(max(longest + 2.0, word(column.label), word(column.group), 5.0))
    total = sum(weights)
    return [f"{100 * weight / total:.2f}" for weight in weights]
