"""A sheet as the office keeps it, and what is declared of it, become the plain table below one head that `dataset` reads.

    Grid ── view ── columns, groups ── rows ── lines, each with the cells that it comes from
                                          └─── sums, remarks

What the cells mean is for `cells`; whether sums are those of their parts for `totals`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reportgen.model.errors import Problem
from reportgen.read import sheets
from reportgen.read.sheets import Grid, Sheet
from reportgen.read.tables.declared import TableSpec
from reportgen.read.tables.laying.columns import Group, check_names, columns_of, groups_of, is_sum
from reportgen.read.tables.laying.rows import check_seen, check_size, filled_down, rows_of
from reportgen.read.tables.laying.sums import Sum, sums_of
from reportgen.read.tables.laying.view import Column, View, below
from reportgen.read.worksheets import Cell, Origin, cell_name

__all__ = ["Laid", "Remark", "Sum", "joined", "lay_out"]


@dataclass(frozen=True)
class Remark:
    """Words of the sheet beside its figures: a note below the table, or what hangs on a cell."""

    cell: Cell
    words: str
    hangs: bool = False


@dataclass(frozen=True, kw_only=True)
class Laid:
    """The plain table, the cells of the sheet that are sums, and the words beside the figures."""

    grid: Grid
    head: int
    sheet: Sheet
    sums: tuple[Sum, ...]
    remarks: tuple[Remark, ...]


def lay_out(grid: Grid, spec: TableSpec) -> Laid:
    """The plain table; InputError with all that keeps it from being found as declared."""
    view = View(grid, spec)
    columns = columns_of(view)
    check_names(view, columns)
    groups = groups_of(view, columns)
    rows, totals = rows_of(view, columns)
    sums = tuple(sums_of(view, columns, groups, rows, totals))
    check_seen(view, columns, rows, totals)
    members = [group for group in groups if not is_sum(view, group.label)]
    check_size(view, len(rows) * max(len(members), 1))
    within, across = {*view.head, *rows, *totals}, {column.number for column in columns}
    remarks = [Remark(*note) for note in below(view)] if "below" in spec.notes else []
    for cell, words in sorted(grid.page.remarks.items()):
        if "comments" in spec.notes and words and cell[0] in within and cell[1] in across:
            remarks.append(Remark(cell, words, hangs=True))
    for one in remarks:
        view.problems += [
            Problem(view.place(one.cell[0], cell_name(one.cell)), why.en, why.zh)
            for why in sheets.damage("", one.cell[0], one.words)
        ]
    view.stop()
    sheet = _lines(view, columns, members, rows)
    return Laid(grid=grid, head=view.head[0], sheet=sheet, sums=sums, remarks=tuple(remarks))


def _lines(view: View, columns: Sequence[Column], groups: Sequence[Group], rows: Sequence[int]) -> Sheet:
    """The rows of the table, where columns are melted each as often as there are members or years across the top."""
    spec, melt, grid = view.spec, view.spec.melt, view.grid
    own = [(name, column.number) for column in columns for name in column.names]
    filled = filled_down(view, columns, rows)
    measures = list(melt.value.values()) if melt else []
    head = (*(name for name, _ in own), *(melt.key if melt else ()), *measures, *spec.constant)
    lines: list[tuple[int, tuple[str, ...]]] = []
    origins: dict[int, Origin] = {}
    percent: dict[Cell, bool] = {}
    reshaped: set[Cell] = set()
    for row in rows:
        plain = [filled.get((row, number), (row, number)) for _, number in own]
        texts = [view.at(*cell) for cell in plain]
        for group in groups or (None,):
            line, melted = row, list[Cell]()
            said = list[str]()
            if group and melt:
                line = len(lines) + 1
                there = [(row, group.measures[name]) for name in measures]
                melted = [*(group.head for _ in melt.key), *there]
                said = [*(group.label for _ in melt.key), *(view.at(*cell) for cell in there)]
            cells = (*plain, *melted, *(None for _ in spec.constant))
            lines.append((line, (*texts, *said, *spec.constant.values())))
            origins[line] = Origin(row, cells)
            placed = {cell: (line, at) for at, cell in enumerate(cells, 1) if cell}
            percent |= {
                placed[cell]: grid.page.percent[cell] for cell in placed.keys() & grid.page.percent.keys()
            }
            reshaped |= {placed[cell] for cell in placed.keys() & grid.page.reshaped}
    sheet = Sheet(
        file=grid.file,
        sheet=grid.page.name,
        sha256=grid.sha256,
        head=head,
        rows=tuple(lines),
        percent=percent,
        reshaped=reshaped,
        origins=origins,
    )
    return replace(sheet, problems=tuple(_damaged(sheet)))


def joined(parts: Sequence[Sheet]) -> Sheet:
    """The lines of several sheets of one file below one head, each with the sheet in which it stands."""
    first, lines = parts[0], list[tuple[int, tuple[str, ...]]]()
    origins: dict[int, Origin] = {}
    percent: dict[Cell, bool] = {}
    reshaped: set[Cell] = set()
    for part in parts:
        order = [part.head.index(name) for name in first.head]
        at = {was + 1: now for now, was in enumerate(order, 1)}
        number = {line: len(lines) + place for place, (line, _) in enumerate(part.rows, 1)}
        for line, cells in part.rows:
            origin = part.origins[line]
            there = tuple(origin.cells[place] for place in order)
            origins[number[line]] = Origin(origin.row, there, part.sheet)
            lines.append((number[line], tuple(cells[place] for place in order)))
        percent |= {(number[row], at[column]): shown for (row, column), shown in part.percent.items()}
        reshaped |= {(number[row], at[column]) for row, column in part.reshaped}
    problems = tuple(one for part in parts for one in part.problems)
    return replace(
        first, rows=tuple(lines), problems=problems, percent=percent, reshaped=reshaped, origins=origins
    )


def _damaged(sheet: Sheet) -> list[Problem]:
    return [
        Problem(sheet.place(line, name), why.en, why.zh)
        for line, cells in sheet.rows
        for name, cell in zip(sheet.head, cells, strict=True)
        for why in sheets.damage(name, line, cell)
    ]
