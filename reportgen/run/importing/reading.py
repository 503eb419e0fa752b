"""What of a region can be read: its rows, those of sums, columns of labels and of figures; what is left out is told."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.model.errors import Place, Problem, problem
from reportgen.model.hints import legible
from reportgen.read.tables.laying.view import Column, squeezed
from reportgen.read.worksheets import Cell, cell_name, column_number
from reportgen.run.importing import columns as sense
from reportgen.run.importing.cells import is_figure, is_sign, is_sum
from reportgen.run.importing.regions import Region, view_of


class Unreadable(Exception):
    """Nothing can be made of a region; the problem says why."""

    def __init__(self, name: str, why: Problem) -> None:
        super().__init__(why.en)
        self.name, self.why = name, why


@dataclass(kw_only=True)
class Reading:
    """One region on its way to a table."""

    region: Region
    file: str

    def __post_init__(self) -> None:
        self.page = self.region.grid.page
        self.told: list[Problem] = []
        self.skip: list[int | str] = [*self.region.skipped]
        self.rows: list[int] = []
        self.totals: dict[str, list[int]] = {}
        self.labels: dict[str, list[Column]] = {}
        self.figures: list[Column] = []

    # -- telling

    def place(self, row: int = 0, column: str = "") -> Place:
        return Place(self.file, self.page.name, row, column)

    def tell(self, name: str, row: int = 0, column: str = "", **slots: object) -> None:
        self.told.append(problem(self.place(row, column), f"import.{name}", **slots))

    def stop(self, name: str, row: int = 0, **slots: object) -> Unreadable:
        return Unreadable(name, problem(self.place(row), f"import.{name}", **slots))

    def read(self) -> None:
        """Finds rows, sums and columns; Unreadable where there is no table in them."""
        region = self.region
        if not region.head:
            raise self.stop("no_head", row=region.rows[0])
        for row in region.skipped:
            words = [region.at(row, at).strip() for at in region.across]
            self.tell("row_left_out", row, words=legible(" ".join(filter(None, words))))
        kept = [column for column in region.columns if not self._is_hidden(column)]
        rows, totals = self._parted(kept)
        self._roles(kept, rows)
        if not self.figures:
            raise self.stop("no_figures", row=region.head[-1])
        rows = self._readable(rows, totals)
        self.rows, self.totals = rows, totals
        if not rows:
            raise self.stop("no_rows", row=region.head[-1])

    def _is_hidden(self, column: Column) -> bool:
        if column.number in self.page.hidden_columns:
            self.leave(column, "column_is_hidden")
            return True
        return False

    def leave(self, column: Column, why: str, **slots: object) -> None:
        self.skip.append(column.letters)
        self.tell(why, self.region.head[-1], column.letters, label=legible(column.label) or "-", **slots)

    def _parted(self, kept: Sequence[Column]) -> tuple[list[int], dict[str, list[int]]]:
        """The rows of the table, and those of sums by their word."""
        rows, totals = list[int](), dict[str, list[int]]()
        hidden = {*self.page.hidden_rows}
        for row in self.region.rows:
            if row in hidden:
                self.skip.append(row)
                self.tell("row_is_hidden", row)
                continue
            texts = (self.region.at(row, one.number) for one in kept)
            labels = itertools.takewhile(lambda text: not is_figure(text) and not is_sign(text), texts)
            words = [text for text in labels if is_sum(text)]
            if words:
                totals.setdefault(squeezed(words[0]), []).append(row)
            else:
                rows.append(row)
        return rows, totals

    def _roles(self, kept: Sequence[Column], rows: Sequence[int]) -> None:
        """Which columns are of time, of members and of figures; words beside them are left out."""
        for column in kept:
            role = sense.holds(self.region, column, rows, before=not self.figures)
            if role == "figures" and column.labels:
                self.figures.append(column)
            elif (
                role == "words"
                or not (column.labels or role != "figures")
                or (role in ("year", "part", "year and part") and role in self.labels)
            ):
                self.leave(column, "column_left_out")
            else:
                self.labels.setdefault(role, []).append(column)

    def _readable(self, rows: Sequence[int], totals: dict[str, list[int]]) -> list[int]:
        """The rows whose figures can all be read; a column in which many can't is left out whole."""
        region = self.region
        faults = {
            (one.row, column_number(one.column)): one for one in self.page.faults if one.row and one.column
        }
        every = [*rows, *(row for mine in totals.values() for row in mine)]
        merged = self._merged_in(every)
        bad = {
            column.number: [
                row
                for row in every
                if (row, column.number) in faults
                or (row, column.number) in merged
                or not sense.is_readable(region, row, column.number)
            ]
            for column in self.figures
        }
        for column in [*self.figures]:
            rest = [row for row in rows if row not in bad[column.number]]
            if self.mixed([(row, column.number) for row in every]):
                self.figures.remove(column)
                self.leave(column, "column_of_mixed_format")
            elif len(rest) * 3 < len(rows) * 2 or not any(
                region.at(row, column.number).strip() for row in rest
            ):
                self.figures.remove(column)
                at = (bad[column.number] or [region.head[-1]])[0]
                self.leave(column, "column_cannot_be_read", cell=cell_name((at, column.number)))
        if not self.figures:
            raise self.stop("no_figures", row=region.head[-1])
        wrong = dict[int, str]()
        for column in self.figures:
            wrong |= {row: column.letters for row in bad[column.number]}
        for one in self.labels.get("member", []):
            wrong |= {row: one.letters for row in rows if not self.above(row, one)}
        for role in ("year", "part", "year and part"):
            for one in self.labels.get(role, []):
                said = self.above if role == "year" else self._stripped
                wrong |= {row: one.letters for row in rows if not said(row, one)}
        for row, letters in sorted(wrong.items()):
            self.skip.append(row)
            self.tell("row_cannot_be_read", row, letters)
        for word in [*totals]:
            totals[word] = [row for row in totals[word] if row not in wrong]
            if not totals[word]:
                del totals[word]
        return [row for row in rows if row not in wrong]

    def _merged_in(self, rows: Sequence[int]) -> set[tuple[int, int]]:
        """Cells of the body that are merged, where no label goes down over several rows."""
        return {
            (row, at)
            for area in view_of(self.region).merged
            if area.rows[0] > self.region.head[-1]
            for row in area.rows
            for at in area.columns
            if row in rows
        }

    def mixed(self, cells: Sequence[Cell]) -> bool:
        """Whether some of these figures are shown as per cent and others are not, so that 0.9 and 90 are not told apart."""
        shown = {
            self.page.percent.get(cell, False)
            for cell in cells
            if is_figure(text := self.region.at(*cell)) and text != "0" and "%" not in text
        }
        return len(shown) > 1 or any(self.page.percent.get(cell) is False for cell in cells)

    def _stripped(self, row: int, column: Column) -> str:
        return self.region.at(row, column.number).strip()

    def above(self, row: int, column: Column) -> str:
        """The label of the row, or the one that goes down to it."""
        if text := self.region.at(row, column.number).strip():
            return text
        if sum(map(len, self.labels.values())) < 2:
            return ""
        before = [one for one in self.region.rows if one < row and self.region.at(one, column.number).strip()]
        return self.region.at(before[-1], column.number).strip() if before else ""
