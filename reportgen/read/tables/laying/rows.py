"""The rows of a laid-out table: which there are, which hold sums, and whether all that is read of them can be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reportgen.model.errors import Problem
from reportgen.model.hints import legible
from reportgen.read import sheets
from reportgen.read.sheet_limits import MAX_ROWS
from reportgen.read.tables.laying.view import Column, View, one_of
from reportgen.read.tables.layout import EMPTY_ROW, Total
from reportgen.read.worksheets import Cell, column_number

Totals = Mapping[int, Total]  # what is declared of each row of sums


def rows_of(view: View, columns: Sequence[Column]) -> tuple[list[int], Totals]:
    spec, first = view.spec, view.head[-1] + 1
    _check_end(view, first)
    rows: list[int] = []
    totals: dict[int, Total] = {}
    for row in range(first, view.end):
        cells = [cell for column in columns if (cell := view.at(row, column.number)).strip()]
        if row in spec.skip or not cells:
            continue
        if len(view.cells[row]) != len(view.cells[view.head[-1]]):
            why = sheets.uneven_row(row, view.cells[row], len(view.cells[view.head[-1]]))
            view.problems.append(Problem(view.place(row), why.en, why.zh))
        if view.cells[row] == view.cells[view.head[-1]]:
            view.fault(view.place(row), "head_stands_again", row=row)
        total = next((one for one in spec.totals if any(one_of(cell, one.row) for cell in cells)), None)
        if total:
            totals[row] = total
        else:
            rows.append(row)
    for number, total in enumerate(spec.totals):
        if total.row and total not in totals.values():
            view.fault(view.said("totals", number, "row"), "no_total_row", words=", ".join(total.row))
    if not rows:
        view.fault(view.place(first), "no_rows")
    return rows, totals


def _check_end(view: View, first: int) -> None:
    spec = view.spec
    if spec.until and EMPTY_ROW not in spec.until and view.end > view.bottom:
        said = [" ".join(view.first(row).split()) for row in range(first, view.last + 1)]
        last = [legible(words, 20) for words in said if words][-5:]
        view.fault(
            view.said("until"),
            "until_is_never_found",
            words=", ".join(spec.until),
            last=", ".join(last) or "-",
        )
    for row in spec.skip:
        if isinstance(row, int) and not first <= row < view.end:
            view.fault(view.said("skip"), "skipped_row_is_outside", row=row, first=first, last=view.end - 1)


def check_size(view: View, lines: int) -> None:
    if lines > MAX_ROWS:
        view.fault(view.said("melt"), "too_many_lines", lines=lines, most=MAX_ROWS)


def check_seen(view: View, columns: Sequence[Column], rows: Sequence[int], totals: Totals) -> None:
    """Errors, merged and hidden cells in what is read are refused; elsewhere in the sheet they don't matter."""
    page, numbers = view.grid.page, {column.number for column in columns}
    within = {*view.head, *rows, *totals}
    filled = {column.number for column in columns if {*column.names} & {*view.spec.fill}}
    merged = [
        area.ref
        for area in view.merged
        if not within.isdisjoint(area.rows)
        and not numbers.isdisjoint(area.columns)
        and not (area.rows[0] >= view.head[0] and area.rows[-1] <= view.head[-1])
        and not (area.rows[0] > view.head[-1] and filled.issuperset(area.columns) and len(area.columns) == 1)
        and not (len(area.rows) == 1 and area.rows[0] in totals)
    ]
    kept = replace(
        page,
        faults=[
            one
            for one in page.faults
            if not one.row or (one.row in within and column_number(one.column) in numbers)
        ],
        merged=merged,
        hidden_rows=[row for row in page.hidden_rows if row in within],
        hidden_columns=page.hidden_columns & numbers,
    )
    view.problems += [sheets.told_of(view.grid.file, why) for why in kept.refused()]


def filled_down(view: View, columns: Sequence[Column], rows: Sequence[int]) -> dict[Cell, Cell]:
    """For the cells of columns that are filled: the one, above or the same, that has the value."""
    above: dict[Cell, Cell] = {}
    for column in columns:
        last = 0
        for row in rows if {*column.names} & {*view.spec.fill} else ():
            last = row if view.at(row, column.number).strip() else last
            above[row, column.number] = (last or row, column.number)
    return above
