"""Who a paper goes to, and the columns of its row as slots: addressees, and rows of a table of receivers.

A cell is said by the type of its column: a member by its name, a date as papers have it, a number as a figure with its record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Annotated

from reportgen.kinds.compose import Composer
from reportgen.model import EMPTY, Gap, Printed, Text, Value, formats
from reportgen.model.errors import InputError, Problem, problem
from reportgen.read.fields import OneOf
from reportgen.read.schema import Context, Fault, Model, check, unknown_at
from reportgen.read.tables import Record, Table, sources_of
from reportgen.read.texts import Sentence
from reportgen.read.words import slots

Slots = Mapping[str, Text | Printed]

# A national identity number, or that of a resident card, in use or not: no paper shows one.
IDENTITY = re.compile(r"\b[A-Z][\dA-D]\d{8}\b")


class Receivers(Model):
    """A table of further receivers, and its columns; of each `…_en` the English one. `title` is how one is addressed: 君 / Mr."""

    table: Annotated[str, OneOf("table")]
    name: str
    title: str = ""
    postcode: str = ""
    address: str = ""

    @check
    def _columns(
        table: str, name: str, title: str, postcode: str, address: str, context: Context
    ) -> Iterator[Fault]:
        columns = context.known.get(f"column of {table}", ())
        given = {"name": name, "title": title, "postcode": postcode, "address": address}
        yield from (unknown_at(key, one, columns) for key, one in given.items() if one and one not in columns)


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Who a letter goes to: an addressee, or a row of the table of receivers."""

    name: Text
    postcode: str = ""
    address: Text | None = None
    enclosed: bool = False
    table: Table | None = None
    record: Record | None = None


def rows_of(composer: Composer, declared: Receivers | None) -> list[Receiver]:
    """The rows of the table of receivers, in their order; InputError with those that lack a name or an address that is asked for."""
    if declared is None:
        return []
    table, problems = composer.dataset.tables[declared.table], list[Problem]()
    found = []
    for record in table.records:
        made, faults = _receiver(composer, declared, table, record)
        found.append(made)
        problems += faults
    if problems:
        raise InputError(problems)
    return found


def _receiver(
    composer: Composer, declared: Receivers, table: Table, record: Record
) -> tuple[Receiver, list[Problem]]:
    asked = [name for name in (declared.name, declared.title, declared.postcode, declared.address) if name]
    said, problems = cells_of(composer, table, record, [f"receiver.{name}" for name in asked], {})
    texts = {key: one.text if isinstance(one, Printed) else one for key, one in said.items()}

    def text(column: str) -> Text:
        return texts.get(f"receiver.{column}", EMPTY)

    name, title = text(declared.name), text(declared.title)
    whole = Text(f"{name.zh}{title.zh}", f"{title.en} {name.en}".strip()) if title.zh else name
    made = Receiver(
        name=composer.stated(whole),
        postcode=text(declared.postcode).zh,
        address=text(declared.address) if declared.address else None,
        table=table,
        record=record,
    )
    return made, problems


def slots_of_receiver(
    composer: Composer, receiver: Receiver, sentences: Iterable[Sentence]
) -> tuple[Slots, list[Problem]]:
    """`{receiver}` and the columns that these sentences ask for; an addressee has none."""
    asked = asked_of(sentences, "receiver.")
    own: Slots = {"receiver": receiver.name}
    if receiver.table is None or receiver.record is None:
        place = composer.publication.source.place(("addressee",))
        slots = {"name_": receiver.name, "asked": asked}
        return own, [problem(place, "papers.addressee_has_no_columns", **slots)] if asked else []
    cells, problems = cells_of(composer, receiver.table, receiver.record, asked, {})
    return {**own, **cells}, problems


# ---- cells --------------------------------------------------------------------------------------


def asked_of(sentences: Iterable[Sentence], prefix: str) -> list[str]:
    """The slots with this beginning, each once."""
    every = (slot for one in sentences for half in (one.text.zh, one.text.en) for slot in slots(half))
    return [slot for slot in dict.fromkeys(every) if slot.startswith(prefix)]


def cells_of(
    composer: Composer, table: Table, record: Record, asked: Sequence[str], names: Slots
) -> tuple[Slots, list[Problem]]:
    """What the cells say by their slots; `names` are said as the paper may show them."""
    found: dict[str, Text | Printed] = {}
    problems: list[Problem] = []
    for slot in asked:
        column = slot.partition(".")[2]
        place = table.place(record, column)
        said = names.get(column) or said_of(composer, table, record, column)
        if said is None or said == EMPTY:
            problems.append(problem(place, "papers.cell_of_slot_is_empty", slot=slot))
        elif isinstance(said, Text) and any(IDENTITY.search(half) for half in (said.zh, said.en)):
            problems.append(problem(place, "papers.slot_is_identity_number", slot=slot))
        else:
            found[slot] = said
    return found, problems


def said_of(composer: Composer, table: Table, record: Record, column: str) -> Text | Printed | None:
    """The cell in words of both languages by its type, a number as a figure; None for a gap."""
    spec, cell = table.columns[column], cell_of(table, record, column)
    if isinstance(cell, Gap):
        return None
    if spec.type == "roc_year":
        return composer.stated(formats.roc_year(int(str(cell))))
    if spec.is_number and isinstance(cell, int | Fraction):
        return composer.print(figure_of(composer, table, record, column, Fraction(cell)))
    if isinstance(cell, date) or spec.type == "roc_date":
        day = formats.roc_date(cell if isinstance(cell, date) else date.fromisoformat(str(cell)))
        return composer.stated(replace(day, zh=day.zh.removeprefix("中華民國")))
    if spec.type == "member":
        return composer.stated(
            composer.dataset.dimensions[spec.dimension].member(str(cell)).name_in(composer.year)
        )
    english = cell_of(table, record, f"{column}_en") if f"{column}_en" in table.columns else cell
    return composer.stated(Text(str(cell), str(cell if isinstance(english, Gap) else english or cell)))


def cell_of(table: Table, record: Record, column: str) -> object:
    return record.cells[column] if column in record.cells else record.key[table.key.index(column)]


def figure_of(composer: Composer, table: Table, record: Record, column: str, cell: Fraction) -> Value:
    spec = table.columns[column]
    return Value(
        metric=f"{table.name}.{column}",
        key=tuple((name, one) for name, one in zip(table.key, record.key, strict=True)),
        exact=cell * composer.units[spec.unit].factor,
        unit=spec.unit,
        digits=spec.digits,
        formula=column,
        sources=tuple(sources_of(table, [record], column)),
    )
