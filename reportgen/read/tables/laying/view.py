"""The part of a sheet in which a declared table lies: its cells, its head, where it ends, and what is wrong with that."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.formats import capital_letters
from reportgen.model.hints import legible, near
from reportgen.read import sheets
from reportgen.read.sheet_limits import Refused
from reportgen.read.sheets import Grid
from reportgen.read.tables.declared import TableSpec
from reportgen.read.tables.layout import AREA, EMPTY_ROW
from reportgen.read.worksheets import Cell, cell_name, cell_of, column_number

MOST_LABELS = 30  # that one message lists
_GOES_ON = re.compile(
    r"[^\W\d_一二三四五六七八九十]"
)  # after a word of `until`: 註冊費 does not begin with the word 註


def squeezed(words: str) -> str:
    """For comparing labels: a cell breaks its lines and spaces its letters as its width wants it."""
    return "".join(unicodedata.normalize("NFKC", words).split())


def one_of(label: str, words: Iterable[str]) -> bool:
    return squeezed(label) in {squeezed(word) for word in words}


@dataclass(frozen=True)
class Column:
    """A column of the sheet: the labels above it, from top to bottom, and the columns of the table that it gives."""

    number: int
    labels: tuple[str, ...]
    label: str
    names: tuple[str, ...] = ()

    @property
    def letters(self) -> str:
        return capital_letters(self.number)

    def called(self, word: str) -> bool:
        return self.letters == word or squeezed(self.label) == squeezed(word)


@dataclass(frozen=True)
class Area:
    """Merged cells."""

    ref: str
    first: Cell
    rows: range
    columns: range

    @classmethod
    def of(cls, ref: str) -> Area | None:
        start, _, end = ref.partition(":")
        first, last = cell_of(start), cell_of(end)
        if not first or not last:
            return None
        return cls(ref, first, range(first[0], last[0] + 1), range(first[1], last[1] + 1))


@dataclass
class View:
    """The declared area of the sheet. Faults are gathered in `problems`; what can't be gone on with stops."""

    grid: Grid
    spec: TableSpec
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cells = dict(self.grid.rows)
        self.last = max(self.cells, default=0)
        self.width = max(map(len, self.cells.values()), default=0)
        self.top, self.bottom, self.across = 1, self.last, range(1, self.width + 1)
        if at := AREA.fullmatch(self.spec.area):
            self.across = range(column_number(at[1]), column_number(at[3]) + 1)
            self.top, self.bottom = int(at[2]), int(at[4] or self.last)
        self.head = self.spec.head or (self.top,)
        self._check_area()

    def at(self, row: int, column: int) -> str:
        cells = self.cells.get(row, ())
        return cells[column - 1] if column <= len(cells) else ""

    def filled(self, row: int) -> bool:
        return any(self.at(row, column).strip() for column in self.across)

    def first(self, row: int) -> str:
        """The first words of the whole row, also left of the table."""
        return next((cell for cell in self.cells.get(row, ()) if cell.strip()), "")

    @functools.cached_property
    def merged(self) -> list[Area]:
        return [area for ref in self.grid.page.merged if (area := Area.of(ref))]

    @functools.cached_property
    def end(self) -> int:
        """The row at which the table ends: that of `until`, or the one after the last."""
        words = [squeezed(word) for word in self.spec.until if word != EMPTY_ROW]
        for row in range(self.head[-1] + 1, self.bottom + 1):
            first = squeezed(self.first(row))
            ends = EMPTY_ROW in self.spec.until and not self.filled(row)
            ends |= any(
                first.startswith(word) and not _GOES_ON.match(first[len(word) : len(word) + 1])
                for word in words
            )
            if ends and row not in self.spec.skip:
                return row
        return self.bottom + 1

    # -- faults

    def place(self, row: int = 0, column: str = "") -> Place:
        return Place(self.grid.file, self.grid.page.name, row, column)

    def said(self, *keys: str | int) -> Place:
        """Where `dataset.toml` says it."""
        return self.spec.spot.at(*keys)

    def fault(self, place: Place, name: str, **slots: object) -> None:
        file, sheet = self.grid.file.rpartition("/")[2], self.grid.page.name
        where = f"{file} [{sheet}]" if sheet else file
        self.problems.append(problem(place, f"workbook.{name}", where=where, **slots))

    def stop(self) -> None:
        if self.problems:
            raise InputError(self.problems)

    def find(self, word: str, columns: Sequence[Column], *said: str | int) -> list[Column]:
        """The columns with this label, or with these letters above them."""
        found = [column for column in columns if squeezed(column.label) == squeezed(word)]
        found = found or [column for column in columns if column.letters == word]
        if not found:
            labels = [column.label for column in columns if column.label]
            listed = self.listed(columns)
            self.fault(self.said(*said), "no_such_label", word=word, listed=listed, near=near(word, labels))
        return found

    def listed(self, columns: Iterable[Column]) -> str:
        labels = [legible(column.label) for column in columns if column.label]
        return ", ".join(labels[:MOST_LABELS]) or "-"

    def _check_area(self) -> None:
        if self.spec.area and (self.across[-1] > self.width or self.bottom > self.last):
            end = cell_name((self.last, self.width)) if self.last else "-"
            self.fault(self.said("range"), "range_leaves_sheet", value=self.spec.area, end=end)
        for row in self.head:
            if not self.filled(row):
                key = "head" if self.spec.head else "range" if self.spec.area else ""
                place = self.said(key) if key else self.place(row)
                self.fault(place, "head_row_is_empty", row=row, rows=", ".join(self._likely_heads()) or "-")
        self.problems += [
            sheets.told_of(self.grid.file, one) for one in self.grid.broken if one.row >= self.top
        ]
        self.stop()
        try:
            sheets.check_separator(self.cells[self.head[-1]])
        except Refused as why:
            raise InputError(Problem(self.place(self.head[-1]), why.en, why.zh)) from None

    def _likely_heads(self) -> list[str]:
        """Rows that hold several words and no digit, for a message."""
        rows = ((row, [cell for cell in cells if cell.strip()]) for row, cells in self.grid.rows)
        return [str(row) for row, words in rows if len(words) > 1 and not re.search(r"\d", "".join(words))][
            :3
        ]


def below(view: View) -> Iterator[tuple[Cell, str]]:
    """Notes after the end of the table: rows of one or two texts; what stands right above a wider row is the title of another table."""
    block: list[tuple[Cell, str]] = []
    totals = [word for total in view.spec.totals for word in total.row]
    for row in range(view.end, view.last + 2):
        cells = view.cells.get(row, ())
        there = [(at, " ".join(cell.split())) for at, cell in enumerate(cells, 1) if cell.strip()]
        words = [text for _, text in there]
        if not there:
            yield from block
            block = []
        elif len(there) <= 2 and not all(re.fullmatch(r"[-+]?[\d,.]+%?", text) for text in words):
            block.append(((row, there[0][0]), " ".join(words)))
        elif row > view.end and not any(one_of(text, totals) for text in words):
            return
