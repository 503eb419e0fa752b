"""The rows of a table of members as its office wants them: in an order, in groups with their subtotals, the first n and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.bulletin.grid import RowOf
from reportgen.kinds.bulletin.plan import Columned, TableBlock
from reportgen.model.periods import Period
from reportgen.model.values import Together
from reportgen.read.schema import Spot
from reportgen.read.tables import Dimension

LEAST_REST = 2  # members: one alone would be called "others"


def arranged(
    composer: BulletinComposer, block: TableBlock, made: Sequence[RowOf], period: Period
) -> list[RowOf]:
    """The rows of a table; its last one may be that of the whole, which stays. `period` is the one whose values decide an order."""
    dimension = composer.dataset.dimensions[block.rows]
    rows, foot = [row for row in made if row.role == "body"], [row for row in made if row.role != "body"]
    _check_members(composer, block, dimension)
    if block.order:
        places = {name: place for place, name in enumerate(block.order)}
        rows.sort(key=lambda row: places.get(row.members[dimension.id], len(places)))
    if block.sort or block.top:
        rows = _by_value(composer, block, rows, period)
    if block.groups:
        rows = list(_grouped(block, dimension, rows))
    rows = topped(composer, block, dimension, rows)
    return [*highlighted(block, dimension, rows), *foot]


def _check_members(composer: BulletinComposer, block: TableBlock, dimension: Dimension) -> None:
    check_names(composer, block.spot, "order", block.order, dimension)
    check_names(composer, block.spot, "highlight", block.highlight, dimension)
    for place, group in enumerate(block.groups):
        known = check_names(composer, block.spot, ("groups", place, "members"), group.members, dimension)
        there = dimension.present(composer.year)
        if known and not set(there) & set(group.members):
            composer.fault(
                block.spot.at("groups", place, "members"), "bulletin.group_is_empty", name_=group.name
            )


def check_names(
    composer: BulletinComposer,
    spot: Spot,
    at: str | tuple[str | int, ...],
    names: Sequence[str],
    dimension: Dimension,
) -> bool:
    """Whether all these are members, but not the total; a fault for each that is none."""
    path = (at,) if isinstance(at, str) else at
    known = [member.id for member in dimension.members if member.id != dimension.total]
    strange = [name for name in names if name not in known]
    for name in strange:
        composer.fault(spot.at(*path), "bulletin.no_row_of_member", name_=name, known=known)
    return not strange


def _by_value(
    composer: BulletinComposer, block: TableBlock, rows: list[RowOf], period: Period
) -> list[RowOf]:
    """The largest first, with `-` before the metric the smallest; equal ones as the dataset has them, those without a figure last."""
    name = block.sort.removeprefix("-") or block.metrics[0]
    reference = composer.reference(block.spot, "sort" if block.sort else "columns", name)
    if reference is None:
        return rows
    sign = 1 if block.sort.startswith("-") else -1

    def place(row: RowOf) -> tuple[bool, Fraction]:
        exact = composer.value(reference, period, row.members).exact
        return (False, sign * exact) if isinstance(exact, Fraction) else (True, Fraction(0))

    return sorted(rows, key=place)


def _grouped(block: TableBlock, dimension: Dimension, rows: Sequence[RowOf]) -> Iterator[RowOf]:
    """Each group with its sum above its members; who is in none stands behind them.

    The sum is of all declared members, also of those who were there in an earlier year alone.
    """
    placed: set[str] = set()
    for group in block.groups:
        there = {row.members[dimension.id]: row for row in rows}
        inside = [
            name
            for name in (there if block.sort else group.members)
            if name in there and name in group.members
        ]
        if not inside:
            continue
        placed |= {*group.members}
        yield RowOf(head=group.name, members={dimension.id: Together(*group.members)}, role="subtotal")
        yield from (replace(there[name], within=True) for name in inside)
    yield from (row for row in rows if row.members[dimension.id] not in placed)


def topped(
    composer: BulletinComposer, block: Columned, dimension: Dimension, rows: list[RowOf]
) -> list[RowOf]:
    """The first n rows, and the others as one: its flows and stocks are sums, its rates are those of the sums."""
    if block.top is None:
        return rows
    if len(rows) - block.top < LEAST_REST:
        most = max(len(rows) - LEAST_REST, 0)
        composer.fault(block.spot.at("top"), "bulletin.top_leaves_no_rest", count=len(rows), most=most)
        return rows
    others = Together(*(row.members[dimension.id] for row in rows[block.top :]))
    rest = RowOf(head=composer.words["table.others"], members={dimension.id: others}, role="rest")
    return [*rows[: block.top], rest]


def highlighted(block: Columned, dimension: Dimension, rows: Sequence[RowOf]) -> list[RowOf]:
    return [replace(row, own=row.members.get(dimension.id) in block.highlight) for row in rows]
