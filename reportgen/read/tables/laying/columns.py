"""The columns of a laid-out table: labels of a head of several rows, names by `rename`, what is melted into rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reportgen.model import Text
from reportgen.model.formats import capital_letters
from reportgen.model.hints import legible, near
from reportgen.model.messages import message
from reportgen.read.tables.laying.view import Column, View, one_of, squeezed
from reportgen.read.tables.layout import Melt
from reportgen.read.worksheets import Cell


@dataclass(frozen=True)
class Group:
    """Columns across the top that become one row: their common label, where it stands, and each measure's column."""

    label: str
    head: Cell
    measures: dict[str, int]


def columns_of(view: View) -> list[Column]:
    """Those of the table, with the names that they have there; what is skipped, and room between them, left out."""
    spec, found = view.spec, list(labelled(view))
    skipped = [word for word in spec.skip if isinstance(word, str)]
    gone = {column.number for word in skipped for column in view.find(word, found, "skip")}
    renamed: dict[int, tuple[str, ...]] = {}
    for label, names in spec.rename.items():
        for column in view.find(label, found, "rename", label):
            renamed[column.number] = (*renamed.get(column.number, ()), *names)
    declared = {squeezed(name): (name,) for name in spec.columns}
    return [
        replace(column, names=renamed.get(column.number, declared.get(squeezed(column.label), ())))
        for column in found
        if column.number not in gone
    ]


def labelled(view: View) -> Iterator[Column]:
    labels = _labels(view)
    for number in view.across:
        rows = (*view.head, *range(view.head[-1] + 1, view.end))
        if any(view.at(row, number).strip() for row in rows):
            yield Column(number, tuple(labels[number]), view.spec.join.join(labels[number]))


def _labels(view: View) -> dict[int, list[str]]:
    """The labels above each column; in a head of several rows a merged cell stands over all that it covers.

    Where the sheet merges none across columns (a CSV can't), an empty cell of an upper row has what stands left of it.
    """
    head = view.head
    merged = [area for area in view.merged if area.rows[0] >= head[0] and area.rows[-1] <= head[-1]]
    by_merging = any(len(area.columns) > 1 for area in merged)
    labels: dict[int, list[str]] = {number: [] for number in view.across}
    for level, row in enumerate(head):
        before = ""
        for number in view.across:
            words = " ".join(view.at(row, number).split())
            if by_merging:
                area = next((one for one in merged if row in one.rows and number in one.columns), None)
                words = " ".join(view.at(*area.first).split()) if area else words
            elif not words and row != head[-1]:
                words = "" if any(view.at(upper, number).strip() for upper in head[:level]) else before
            before = words
            if words and words not in labels[number][-1:]:
                labels[number].append(words)
    return labels


def check_names(view: View, columns: Sequence[Column]) -> None:
    """Each declared column stands there once, and no other: all that differs is told."""
    spec, melt = view.spec, view.spec.melt
    sums = [word for total in spec.totals for word in total.column]
    renamed = {name for names in spec.rename.values() for name in names}  # a label that is not there is told
    given = [*spec.constant, *((*melt.key, *melt.value.values()) if melt else ())]
    row = view.head[-1]
    for name in spec.columns:
        places = [column.letters for column in columns if name in column.names]
        if not places and name not in {*given, *renamed}:
            view.fault(view.place(row, name), "column_is_missing", name_=name, listed=view.listed(columns))
        elif len(places) > 1 or (places and name in given):
            view.fault(view.place(row, name), "column_stands_twice", name_=name, places=", ".join(places))
    for column in columns:
        if not column.names and not melt and not any(column.called(word) for word in sums):
            view.fault(
                view.place(row, column.letters),
                "column_is_not_declared",
                label=legible(column.label) or message("workbook.without_label"),
                near=near(column.label, spec.columns),
            )


# ---- melting --------------------------------------------------------------------------------


def is_sum(view: View, label: str) -> bool:
    return any(one_of(label, total.column) for total in view.spec.totals)


def groups_of(view: View, columns: Sequence[Column]) -> list[Group]:
    """The columns that become rows, those of one year or member together; groups that are sums among them, too."""
    melt = view.spec.melt
    if not melt:
        return []
    groups: dict[str, Group] = {}
    for column in _melted(view, melt, columns):
        measure, label = _split(melt, column, view.spec.join)
        place = view.place(view.head[-1], column.letters)
        if not measure:
            view.fault(place, "measure_is_not_named", label=column.label, known=", ".join(melt.value))
            continue
        group = groups.setdefault(squeezed(label), Group(label, (view.head[0], column.number), {}))
        if measure in group.measures:
            view.fault(place, "melted_twice", label=column.label)
        group.measures.setdefault(measure, column.number)
    for group in groups.values():
        for label, name in melt.value.items():
            if name not in group.measures:
                place = view.place(group.head[0], capital_letters(group.head[1]))
                view.fault(place, "measure_is_missing", label=group.label, measure=label or name)
    if all(is_sum(view, group.label) for group in groups.values()):
        view.fault(view.said("melt"), "nothing_to_melt")
    return list(groups.values())


def _melted(view: View, melt: Melt, columns: Sequence[Column]) -> Iterator[Column]:
    """Those without a name, or those that `columns` names by label or by the part of it that is no measure."""
    asked = set[str]()
    for column in columns:
        label = _split(melt, column, view.spec.join)[1]
        mine = [word for word in melt.columns if column.called(word) or squeezed(word) == squeezed(label)]
        asked.update(mine)
        if not column.names and (mine or not melt.columns or is_sum(view, label)):
            yield column
        elif not column.names:
            unknown = Text(column.label, column.label)
            view.fault(
                view.place(view.head[-1], column.letters),
                "column_is_not_declared",
                label=unknown,
                near=near(column.label, view.spec.columns),
            )
    for word in melt.columns:
        if word not in asked:
            view.find(word, [column for column in columns if not column.names], "melt", "columns")


def _split(melt: Melt, column: Column, join: str) -> tuple[str, str]:
    """The measure of a melted column, and the rest of its label."""
    if "" in melt.value:
        return melt.value[""], column.label
    known = {squeezed(label): name for label, name in melt.value.items()}
    measures = [known[squeezed(label)] for label in column.labels if squeezed(label) in known]
    rest = [label for label in column.labels if squeezed(label) not in known]
    return measures[0] if len(measures) == 1 and rest else "", join.join(rest)
