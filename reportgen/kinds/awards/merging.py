"""Columns of a row as slots of a paper that is made for each person or receiver: which there are, and what each says.

A cell is said by the type of its column: a member by its name, a date as papers have it, a number as a figure with its record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from reportgen.compute.rules.model import Decision, Person, Result
from reportgen.kinds.awards.composer import IDENTITY, AwardComposer
from reportgen.kinds.awards.plan import OF_PERSON, Receivers
from reportgen.kinds.letters import Addressee
from reportgen.model import EMPTY, Gap, Printed, Text, Value, formats
from reportgen.model.errors import InputError, Problem, problem
from reportgen.model.toml import Raw
from reportgen.read.tables import Dataset, Record, Table, sources_of
from reportgen.read.texts import Sentence
from reportgen.read.words import slots

Slots = Mapping[str, Text | Printed]


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Who a letter goes to: an addressee, or a row of the table of receivers."""

    name: Text
    postcode: str = ""
    address: Text | None = None
    table: Table | None = None
    record: Record | None = None


def known_slots(dataset: Dataset, result: Result, declared: Mapping[str, Raw]) -> dict[str, list[str]]:
    """The slots of a person, an order and a letter, and the tables with their columns; `declared` is publication.toml.

    Where members of units are rewarded, a column is one that candidates and members both have.
    """
    letter, order, receivers = (declared.get(name) for name in ("letter", "order", "receivers"))
    people = [one for d in result.decisions for one in (d.person, *(member.person for member in d.members))]
    shared = [{*one.cells} for one in people]
    cells = people[0].cells if people else {}
    person = [f"person.{column}" for column in cells if all(column in of for of in shared)]
    each = letter.get("each") if isinstance(letter, Mapping) else ""
    named = receivers.get("table") if isinstance(receivers, Mapping) else ""
    columns = {f"column of {table.name}": [*table.columns] for table in dataset.tables.values()}
    of_receiver = ["receiver", *(f"receiver.{column}" for column in columns.get(f"column of {named}", ()))]
    of_letter = {"person": [*OF_PERSON, *person], "receiver": of_receiver}.get(str(each), [])
    one_each = isinstance(order, Mapping) and order.get("each")
    slots = {"slot of a person": person, "slot of a letter": of_letter}
    slots["slot of an order"] = [*OF_PERSON, *person] if one_each else []
    return {**slots, "table": [*dataset.tables], **columns}


# ---- persons ------------------------------------------------------------------------------------


def slots_of_person(composer: AwardComposer, decision: Decision, paper: str) -> dict[str, Text]:
    """What every paper for a person may say of it."""
    person, tier = decision.person, decision.tier
    assert tier
    return {
        "name": composer.person(person, paper),
        "post": composer.post(person),
        "branch": composer.branch(person.branch),
        "tier": tier.label,
        "rewards": composer.rewards(decision),
        "group": next((g.label for g in composer.result.groups if g.id == decision.group), EMPTY),
    }


def cells_of_person(
    composer: AwardComposer, person: Person, paper: str, sentences: Iterable[Sentence]
) -> tuple[Slots, list[Problem]]:
    """The columns that these sentences ask for, and what is wrong with a cell."""
    asked = _asked(sentences, "person.")
    if not asked:
        return {}, []
    table, record = _row_of(composer.dataset, person)
    names = {person.place.column: composer.person(person, paper)}
    return _cells(composer, table, record, asked, names)


def _row_of(dataset: Dataset, person: Person) -> tuple[Table, Record]:
    place = person.place
    tables = [one for one in dataset.tables.values() if (one.file, one.sheet) == (place.file, place.sheet)]
    rows = [(table, one) for table in tables for one in table.records if one.row == place.row]
    return next((table, one) for table, one in rows if person.cells.keys() == table.columns.keys())


# ---- receivers ----------------------------------------------------------------------------------


def receivers_of(composer: AwardComposer) -> list[Receiver]:
    """Addressees that get no copy, then the rows of the table."""
    plan = composer.plan
    listed = [_addressed(one) for one in plan.addressee if one.letter and not one.copied]
    return [*listed, *rows_of(composer)]


def _addressed(addressee: Addressee) -> Receiver:
    return Receiver(name=addressee.name, postcode=addressee.postcode, address=addressee.address)


def rows_of(composer: AwardComposer) -> list[Receiver]:
    """The rows of the table of receivers, in their order; InputError with those that lack a name or an address that is asked for."""
    declared = composer.plan.receivers
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
    composer: AwardComposer, declared: Receivers, table: Table, record: Record
) -> tuple[Receiver, list[Problem]]:
    asked = [name for name in (declared.name, declared.title, declared.postcode, declared.address) if name]
    said, problems = _cells(composer, table, record, [f"receiver.{name}" for name in asked], {})
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
    composer: AwardComposer, receiver: Receiver, sentences: Iterable[Sentence]
) -> tuple[Slots, list[Problem]]:
    """`{receiver}` and the columns that these sentences ask for; an addressee has none."""
    asked = _asked(sentences, "receiver.")
    own: Slots = {"receiver": receiver.name}
    if receiver.table is None or receiver.record is None:
        place = composer.publication.source.place(("addressee",))
        slots = {"name_": receiver.name, "asked": asked}
        return own, [problem(place, "awards.addressee_has_no_columns", **slots)] if asked else []
    cells, problems = _cells(composer, receiver.table, receiver.record, asked, {})
    return {**own, **cells}, problems


# ---- cells --------------------------------------------------------------------------------------


def _asked(sentences: Iterable[Sentence], prefix: str) -> list[str]:
    """The slots with this beginning, each once."""
    every = (slot for one in sentences for half in (one.text.zh, one.text.en) for slot in slots(half))
    return [slot for slot in dict.fromkeys(every) if slot.startswith(prefix)]


def _cells(
    composer: AwardComposer, table: Table, record: Record, asked: Sequence[str], names: Slots
) -> tuple[Slots, list[Problem]]:
    """What the cells say by their slots; `names` are said as the paper may show them."""
    found: dict[str, Text | Printed] = {}
    problems: list[Problem] = []
    for slot in asked:
        column = slot.partition(".")[2]
        place = table.place(record, column)
        said = names.get(column) or _said(composer, table, record, column)
        if said is None or said == EMPTY:
            problems.append(problem(place, "awards.cell_of_slot_is_empty", slot=slot))
        elif isinstance(said, Text) and any(IDENTITY.search(half) for half in (said.zh, said.en)):
            problems.append(problem(place, "awards.slot_is_identity_number", slot=slot))
        else:
            found[slot] = said
    return found, problems


def _said(composer: AwardComposer, table: Table, record: Record, column: str) -> Text | Printed | None:
    """The cell in words of both languages by its type, a number as a figure; None for a gap."""
    spec, cell = table.columns[column], _cell(table, record, column)
    if isinstance(cell, Gap):
        return None
    if spec.type == "roc_year":
        return composer.stated(formats.roc_year(int(str(cell))))
    if spec.is_number and isinstance(cell, int | Fraction):
        return composer.print(_figure(composer, table, record, column, Fraction(cell)))
    if isinstance(cell, date) or spec.type == "roc_date":
        day = formats.roc_date(cell if isinstance(cell, date) else date.fromisoformat(str(cell)))
        return composer.stated(replace(day, zh=day.zh.removeprefix("中華民國")))
    if spec.type == "member":
        return composer.stated(
            composer.dataset.dimensions[spec.dimension].member(str(cell)).name_in(composer.year)
        )
    english = _cell(table, record, f"{column}_en") if f"{column}_en" in table.columns else cell
    return composer.stated(Text(str(cell), str(cell if isinstance(english, Gap) else english or cell)))


def _cell(table: Table, record: Record, column: str) -> object:
    return record.cells[column] if column in record.cells else record.key[table.key.index(column)]


def _figure(composer: AwardComposer, table: Table, record: Record, column: str, cell: Fraction) -> Value:
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
