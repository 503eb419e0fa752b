"""One sheet of a workbook as it is being read: its cells as text, and what stands in the way of reading them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from xml.etree import ElementTree

from reportgen.model.formats import capital_letters
from reportgen.model.messages import told
from reportgen.read.sheet_limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Numbered, Refused

Cell = tuple[int, int]  # row and column, both from 1

LISTED = 10  # rows, columns or ranges that one message names
_FIGURE = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\s*", re.ASCII)
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,6})\$?([0-9]{1,12})")
_KEPT_DIGITS = 15  # a spreadsheet makes zeros of the rest


@dataclass
class Worksheet:
    """`percent`: cells of numbers shown as per cent; False where the format shows only some numbers so.

    `reshaped`: cells of numbers that are not shown as the figure alone. What is `hidden` here counts where it holds a value.
    """

    name: str
    lines: dict[int, list[str | None]] = field(default_factory=dict)  # the rows that hold a cell
    percent: dict[Cell, bool] = field(default_factory=dict)
    reshaped: set[Cell] = field(default_factory=set)
    faults: list[Refused] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    remarks: dict[Cell, str] = field(default_factory=dict)
    uncertain: dict[Cell, str] = field(
        default_factory=dict
    )  # formulas whose stored values may be placeholders
    reach: Cell = (0, 0)

    def put(self, cell: Cell, text: str) -> None:
        self.extend(cell)
        row, column = cell
        line = self.lines.setdefault(row, [])
        line.extend([None] * (column - len(line)))
        if line[column - 1] is not None:
            self.refuse(cell, "sheets.cell_stands_twice")
        line[column - 1] = text

    def repeat(self, row: int, below: int) -> None:
        if row in self.lines:
            line = self.lines[below] = self.lines[row]
            columns = range(1, len(line) + 1)
            self.percent |= {
                (below, at): self.percent[row, at] for at in columns if (row, at) in self.percent
            }
            self.reshaped |= {(below, at) for at in columns if (row, at) in self.reshaped}

    def put_number(self, cell: Cell, stored: str) -> Decimal | None:
        """The number, or None where it is none."""
        if not _FIGURE.fullmatch(stored) or not isfinite(float(stored)):
            self.refuse(cell, "sheets.cell_cannot_be_read")
            self.put(cell, stored)
            return None
        if abs(float(stored)) >= 10**_KEPT_DIGITS:
            self.refuse(cell, "sheets.cell_has_more_digits", digits=_KEPT_DIGITS)
        text = number_text(float(stored))
        self.put(cell, text)
        return Decimal(text)

    def extend(self, cell: Cell) -> None:
        """A 5 KB workbook with one far cell would take gigabytes."""
        rows, columns = self.reach = max(self.reach[0], cell[0]), max(self.reach[1], cell[1])
        if rows <= MAX_ROWS and columns <= MAX_COLUMNS and rows * columns <= MAX_CELLS and min(cell) > 0:
            return
        far = {"rows": rows, "columns": columns, "max_rows": MAX_ROWS, "max_columns": MAX_COLUMNS}
        raise Refused(*told("sheets.sheet_reaches_row_column", **far))

    def refuse(self, cell: Cell, message: str, **slots: str | int) -> None:
        self.faults.append(Refused(*told(message, **slots), cell[0], capital_letters(cell[1]), self.name))

    def refused(self) -> list[Refused]:
        """What makes the sheet one that would be guessed at: each cell, then what lies over several."""
        filled = {
            column
            for column in self.hidden_columns
            if any(line[column - 1] for line in self.lines.values() if column <= len(line))
        }
        over: list[tuple[str, Iterable[str]]] = [
            ("sheets.cells_are_merged", self.merged),
            ("sheets.rows_are_hidden", map(str, self.hidden_rows)),
            ("sheets.columns_are_hidden", map(capital_letters, sorted(filled))),
        ]
        listed = [(message, _listed(them)) for message, them in over]
        return [
            *self.faults,
            *(Refused(*told(message, listed=them), sheet=self.name) for message, them in listed if them),
        ]

    def rows(self) -> list[Numbered]:
        """All rows from the first, of one width."""
        rows, width = self.reach
        return [
            (number, tuple(cell or "" for cell in line) + ("",) * (width - len(line)))
            for number in range(1, rows + 1)
            for line in [self.lines.get(number, [])]
        ]


def _listed(them: Iterable[str]) -> str:
    whole = list(them)
    return ", ".join(whole[:LISTED]) + (f", … ({len(whole)})" if len(whole) > LISTED else "")


@dataclass(frozen=True)
class Origin:
    """Where the cells of a line stand in the file itself, in the order of the head; None for one that stands nowhere.

    `sheet` is said where a table lies in several.
    """

    row: int
    cells: tuple[Cell | None, ...]
    sheet: str = ""


def cell_name(cell: Cell) -> str:
    return f"{capital_letters(cell[1])}{cell[0]}"


def cell_of(name: str) -> Cell | None:
    """`B4` -> (4, 2)."""
    at = _REFERENCE.fullmatch(name)
    return (int(at[2]), column_number(at[1])) if at else None


def column_number(name: str) -> int:
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number


def local(element: ElementTree.Element) -> str:
    """The name of an element, whatever its namespace and prefix: strict and other exporters have their own."""
    return element.tag.rpartition("}")[2]


def as_typed(value: object) -> str:
    """A value as text: 103.0 -> 103 (Excel stores whole numbers so), 0.1 -> 0.1."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def number_text(value: float) -> str:
    """The shortest decimal that is this very float, without exponent."""
    if not isfinite(value):
        return str(value)
    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
