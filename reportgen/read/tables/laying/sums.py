"""Which cells of the sheet are sums of which others, as declared; whether they are is for `totals`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportgen.read.tables.laying.columns import Group, is_sum
from reportgen.read.tables.laying.rows import Totals
from reportgen.read.tables.laying.view import Column, View, one_of
from reportgen.read.worksheets import Cell


@dataclass(frozen=True)
class Sum:
    """A cell that the sheet gives as the sum of others, all of the column `name` of the table; `title` is its label."""

    name: str
    total: Cell
    parts: tuple[Cell, ...]
    declared: int  # its place in `totals`
    title: str


def sums_of(
    view: View, columns: Sequence[Column], groups: Sequence[Group], rows: Sequence[int], totals: Totals
) -> Iterator[Sum]:
    figures = [(name, column.number) for column in columns for name in column.names]
    figures += [pair for group in groups for pair in group.measures.items()]
    for row in totals:
        yield from _below(view, figures, row, rows, totals)
    every = sorted([*rows, *totals])
    for place, total in enumerate(view.spec.totals):
        for word in total.column:
            beside = [group for group in groups if one_of(group.label, [word])]
            if beside:
                yield from _of_groups(view, beside[0], groups, every, place)
            else:
                yield from _of_columns(view, columns, every, place, word)


def _below(
    view: View, figures: Sequence[tuple[str, int]], row: int, rows: Sequence[int], totals: Totals
) -> Iterator[Sum]:
    total = totals[row]
    before = max((other for other in totals if other < row), default=0)
    after = min((other for other in totals if other > row), default=view.last + 1)
    low, high = {"all": (0, view.last + 1), "above": (before, row), "below": (row, after)}[total.of]
    parts = [part for part in rows if low < part < high]
    if not parts:
        view.fault(view.place(row), "total_has_no_parts", of=total.of)
    title = next(view.at(row, column) for column in view.across if view.at(row, column).strip())
    place = view.spec.totals.index(total)
    for name, number in figures if parts else ():
        if not total.columns or name in total.columns:
            yield Sum(name, (row, number), tuple((part, number) for part in parts), place, title)


def _of_groups(
    view: View, total: Group, groups: Sequence[Group], rows: Sequence[int], place: int
) -> Iterator[Sum]:
    wanted = view.spec.totals[place].parts
    parts = [one for one in groups if (one_of(one.label, wanted) if wanted else not is_sum(view, one.label))]
    for word in wanted:
        if not any(one_of(group.label, [word]) for group in parts):
            view.find(word, [], "totals", place, "parts")
    for name, number in total.measures.items():
        for row in rows:
            cells = tuple((row, part.measures[name]) for part in parts if name in part.measures)
            yield Sum(name, (row, number), cells, place, total.label)


def _of_columns(
    view: View, columns: Sequence[Column], rows: Sequence[int], place: int, word: str
) -> Iterator[Sum]:
    named = [column for column in columns if column.names]
    sums = view.find(word, [column for column in columns if not column.names], "totals", place, "column")
    parts: list[Column] = []
    for label in view.spec.totals[place].parts:
        own = [column for column in named if label in column.names]
        parts += own or view.find(label, named, "totals", place, "parts")
    if not view.spec.totals[place].parts:
        view.fault(view.said("totals", place), "total_column_needs_parts", word=word)
    for column in sums if parts else ():
        for row in rows:
            cells = tuple((row, part.number) for part in parts)
            yield Sum(parts[0].names[0], (row, column.number), cells, place, column.label)
