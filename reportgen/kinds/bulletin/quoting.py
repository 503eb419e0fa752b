"""Columns of words in a table of figures: a column of text of the dataset, beside what is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reportgen.compute.columns import part_number
from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.bulletin.plan import Columned
from reportgen.model import EMPTY, Gap, Quoted, Source, Text
from reportgen.model.formats import SYMBOL
from reportgen.model.periods import KINDS, PLURALS, Period, Year
from reportgen.read.tables import ColumnSpec, Table


@dataclass(frozen=True, kw_only=True)
class Words:
    """A column of text, and the one beside it that says the same in English (None: the words are quoted as they stand)."""

    table: Table
    spec: ColumnSpec
    english: ColumnSpec | None = None

    def at(self, wanted: Mapping[str, int | str]) -> tuple[Text, Source] | None:
        """The words at a key with their source; None where there is no such row."""
        key = [part_number(wanted.get(name)) for name in self.table.key]
        record = next(
            (record for record in self.table.records if [*map(part_number, record.key)] == key), None
        )
        if record is None:
            return None
        half, cell = (record.cells[spec.name] if spec else None for spec in (self.english, self.spec))
        source = self.table.source([record], self.spec.name)
        if isinstance(cell, Gap):
            sign = SYMBOL.get(cell.kind, "")
            return Text(sign, sign), source
        return Text(str(cell), str(half)) if isinstance(half, str) else Quoted.of(str(cell)), source


def words_column(composer: BulletinComposer, block: Columned, name: str, by: str) -> Words | None:
    """The column of text of that name in a table by periods or members; None where it is none, with a fault where it may not be shown."""
    found = _found(composer, name)
    if name in composer.registry.metrics or not found:
        return None
    fitting = [table for table in found if _has_rows(table, composer.dataset.time, by)]
    english = block.column[name].english if name in block.column else ""
    if not fitting:
        composer.fault(
            block.spot.at("columns"), "bulletin.words_of_other_rows", name_=name, key=found[0].key, by=by
        )
    elif fitting[0].columns[name].personal:
        composer.fault(block.spot.at("columns"), "bulletin.words_are_names", name_=name)
    elif english and not _is_text(fitting[0], english):
        known = [one for one in fitting[0].columns if _is_text(fitting[0], one)]
        at = block.spot.at("column", name, "english")
        composer.fault(at, "bulletin.no_such_words", name_=english, known=known)
        english = ""
    table = (fitting or found)[0]
    return Words(table=table, spec=table.columns[name], english=table.columns.get(english))


def _found(composer: BulletinComposer, name: str) -> list[Table]:
    return [table for table in composer.dataset.tables.values() if _is_text(table, name)]


def _is_text(table: Table, name: str) -> bool:
    return name in table.columns and table.columns[name].type == "text" and name not in table.key


def _has_rows(table: Table, time: str, by: str) -> bool:
    """Whether the table has a row for each row of one by members, or by periods of a kind: a year is not repeated in each month."""
    if by not in PLURALS:
        return {*table.key} <= {time, by}
    part = _part(table)
    kind = KINDS[table.columns[part].part_of_year or "year"] if part else Year
    return {*table.key} <= {time, part} and kind is PLURALS[by]


def _part(table: Table) -> str:
    """The column that says which month, quarter or half; "" where a row is a year."""
    return next((name for name in table.key if table.columns[name].part_of_year), "")


def quoted(
    composer: BulletinComposer, words: Words, period: Period, members: Mapping[str, str]
) -> tuple[Text, Source | None]:
    """The words of a cell; numbers in them are stated by the dataset, whose table is an input from now on."""
    there = words.at({composer.dataset.time: period.year, _part(words.table): period.part, **members})
    if there is None:
        return EMPTY, None
    composer.quote(words.table, there[0])
    return there
