"""What is slotted into the papers of an award for each person: which slots there are, and what each says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reportgen.compute.rules.model import Decision, Person, Result
from reportgen.kinds.awards.composer import AwardComposer
from reportgen.kinds.awards.plan import OF_PERSON
from reportgen.kinds.receivers import Receiver, Slots, asked_of, cells_of, rows_of
from reportgen.model import EMPTY, Text
from reportgen.model.errors import Problem
from reportgen.model.toml import Raw
from reportgen.read.tables import Dataset, Record, Table
from reportgen.read.texts import Sentence


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
    asked = asked_of(sentences, "person.")
    if not asked:
        return {}, []
    table, record = _row_of(composer.dataset, person)
    names = {person.place.column: composer.person(person, paper)}
    return cells_of(composer, table, record, asked, names)


def _row_of(dataset: Dataset, person: Person) -> tuple[Table, Record]:
    place = person.place
    tables = [one for one in dataset.tables.values() if (one.file, one.sheet) == (place.file, place.sheet)]
    rows = [(table, one) for table in tables for one in table.records if one.row == place.row]
    return next((table, one) for table, one in rows if person.cells.keys() == table.columns.keys())


# ---- receivers ----------------------------------------------------------------------------------


def receivers_of(composer: AwardComposer) -> list[Receiver]:
    """Addressees that get no copy, then the rows of the table."""
    listed = [one.receiver for one in composer.plan.addressee if one.letter and not one.copied]
    return [*listed, *rows_of(composer, composer.plan.receivers)]
