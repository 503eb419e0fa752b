"""What a newer file says otherwise than the one before: years, members and columns that came or went, figures that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from reportgen.model import Gap, Text
from reportgen.model.messages import message
from reportgen.read.tables import Dataset, Table
from reportgen.read.tables.cells import Understood, plain_number

LISTED = 20


def differences(before: Dataset, now: Dataset) -> Iterator[Text]:
    """A line each; figures up to `LISTED` of each table."""
    for name in [*before.tables, *(name for name in now.tables if name not in before.tables)]:
        old, new = before.tables.get(name), now.tables.get(name)
        if not old or not new:
            yield message("import.table_is_new" if new else "import.table_is_gone", table=name)
        else:
            yield from _of_table(old, new)


def _of_table(old: Table, new: Table) -> Iterator[Text]:
    for part in old.key:
        if part in new.key:
            there, gone = (
                sorted(_keys(one, part) - _keys(other, part)) for one, other in ((new, old), (old, new))
            )
            yield from _came_and_went(new.name, part, there, gone)
    columns = [{name for name in table.columns if name not in table.key} for table in (old, new)]
    yield from _came_and_went(
        new.name, "column", sorted(columns[1] - columns[0]), sorted(columns[0] - columns[1])
    )
    if old.key != new.key:
        return
    values = {record.key: record for record in new.records}
    changed = [
        (record.key, name, record.cells[name], values[record.key].cells[name], values[record.key].row)
        for record in old.records
        if record.key in values
        for name in record.cells
        if name in values[record.key].cells and record.cells[name] != values[record.key].cells[name]
    ]
    for key, name, was, now, row in changed[:LISTED]:
        slots = {"key": " ".join(map(str, key)), "column": name, "row": row}
        yield message("import.value_changed", table=new.name, was=_shown(was), now=_shown(now), **slots)
    if len(changed) > LISTED:
        yield message("import.more_values_changed", table=new.name, count=len(changed) - LISTED)


def _keys(table: Table, part: str) -> set[str]:
    return {str(record.key[table.key.index(part)]) for record in table.records}


def _came_and_went(table: str, what: str, came: Sequence[str], went: Sequence[str]) -> Iterator[Text]:
    if came:
        yield message("import.came", table=table, what=what, names=list(came))
    if went:
        yield message("import.went", table=table, what=what, names=list(went))


def _shown(value: Understood) -> str:
    if isinstance(value, Gap):
        return value.kind
    return plain_number(value) if isinstance(value, Fraction) else str(value)
