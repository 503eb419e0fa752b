"""The heads of columns as their office wants them: short names, units and notes of their own, common heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.bulletin.grid import AnyColumn, ColumnOf
from reportgen.kinds.bulletin.plan import Columned


def dressed(composer: BulletinComposer, block: Columned, columns: Sequence[AnyColumn]) -> list[AnyColumn]:
    """The columns with what the block says of each; a fault for what is said of none."""
    known = [column.id for column in columns]
    for name in block.column:
        if name not in known:
            composer.fault(block.spot.at("column", name), "bulletin.no_such_column", name_=name, known=known)
    for place, span in enumerate(block.spans):
        at = block.spot.at("spans", place, "columns")
        strange = [name for name in span.columns if name not in known]
        for name in strange:
            composer.fault(at, "bulletin.no_such_column", name_=name, known=known)
        places = sorted(known.index(name) for name in span.columns if name in known)
        if not strange and places != list(range(places[0], places[0] + len(places))):
            composer.fault(at, "bulletin.span_is_apart", name_=span.head, columns=span.columns)
    return [_dressed(composer, block, column) for column in columns]


def _dressed(composer: BulletinComposer, block: Columned, column: AnyColumn) -> AnyColumn:
    head = column.column
    span = next((span for span in block.spans if column.id in span.columns), None)
    if span:
        head = replace(head, group=span.head)
    said = block.column.get(column.id)
    if said and said.head:
        head = replace(head, label=said.head)
    if said and said.unit:
        if not isinstance(column, ColumnOf) or composer.unit_of(column.reference, said.unit) != said.unit:
            at = block.spot.at("column", column.id, "unit")
            composer.fault(at, "bulletin.unit_measures_other", name_=column.id, unit=said.unit)
        else:
            column, head = replace(column, unit=said.unit), replace(head, unit=composer.head(said.unit))
    return replace(column, column=head)
