"""Who a letter or a label goes to: addressees, rows of a table of receivers, each person honoured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reportgen.compute.rules.model import Decision
from reportgen.kinds.awards.composer import AwardComposer
from reportgen.kinds.awards.merging import (
    Slots,
    cells_of_person,
    receivers_of,
    rows_of,
    slots_of_person,
    slots_of_receiver,
)
from reportgen.kinds.awards.plan import Letter
from reportgen.model import Block, Label, Labels, Text, limits
from reportgen.model.errors import InputError, Problem, problem
from reportgen.read.texts import Sentence


@dataclass(frozen=True)
class Sending:
    """One letter: who it goes to, its number, who stands under 正本 if not all, and what its slots say."""

    to: Text
    number: Text
    main: Text | None
    slots: Slots


def sendings(composer: AwardComposer, paper: Letter) -> list[Sending]:
    """Who each letter goes to, with its number and slots; InputError with all cells that are missing."""
    sentences = [paper.subject, *(item.sentence for item in paper.items)]
    found, problems = [], list[Problem]()
    for to, slots, faults in _addressed(composer, paper.each, sentences):
        found.append((to, slots))
        problems += faults
    at = composer.publication.source.place(("letter", "each"))
    if paper.each and not found:
        problems.append(problem(at, "awards.nobody_gets_a_letter"))
    if len(found) > limits.LETTERS:
        problems.append(problem(at, "awards.too_many_letters", count=len(found), most=limits.LETTERS))
    if problems:
        raise InputError(dict.fromkeys(problems))
    counted = numbers(paper.number, paper.first, len(found))
    return [Sending(to, number, to, slots) for (to, slots), number in zip(found, counted, strict=True)]


def numbers(pattern: Text, first: str, count: int) -> list[Text]:
    """So many reference numbers in a row, the first in place of `{n}`; leading zeros are kept."""
    counted = (f"{int(first) + place:0{len(first)}}" for place in range(count))
    return [Text(*(half.replace("{n}", one) for half in (pattern.zh, pattern.en))) for one in counted]


def _addressed(
    composer: AwardComposer, each: str, sentences: Sequence[Sentence]
) -> Iterable[tuple[Text, Slots, list[Problem]]]:
    """Each that gets a letter of its own: its name, what its slots say, and what is wrong with its row."""
    if each == "person":
        for decision in composer.winners_in_order():
            own = slots_of_person(composer, decision, "letter")
            cells, faults = cells_of_person(composer, decision.person, "letter", sentences)
            faults += composer.name_faults(decision.person)
            yield composer.stated(to_winner(composer, decision, "letter")), {**own, **cells}, faults
    elif each == "receiver":
        for receiver in receivers_of(composer):
            slots, faults = slots_of_receiver(composer, receiver, sentences)
            yield receiver.name, slots, faults


# ---- labels ------------------------------------------------------------------------------------


def labels(composer: AwardComposer) -> list[Block]:
    """The addressees, then the winners whose rows hold an address."""
    made = [
        _label(composer, addressee.postcode, addressee.address, composer.say("label.to", name=addressee.name))
        for addressee in composer.plan.addressee
        if addressee.address
    ]
    made += [
        _label(composer, one.postcode, one.address, composer.say("label.to", name=one.name))
        for one in rows_of(composer)
        if one.address
    ]
    for decision in composer.winners_in_order():
        cells = decision.person.cells
        if address := cells.get("address"):
            both = Text(address, cells.get("address_en") or address)
            made.append(
                _label(composer, cells.get("postcode", ""), both, to_winner(composer, decision, "labels"))
            )
    return [Labels(tuple(made))]


def _label(composer: AwardComposer, postcode: str, address: Text, to: Text) -> Label:
    sender = composer.say(
        "label.from",
        issuer=composer.publication.issuer,
        address=composer.stated(composer.plan.office.address),
    )
    return Label(composer.stated(postcode), composer.stated(address), composer.stated(to), sender)


def to_winner(composer: AwardComposer, decision: Decision, paper: str) -> Text:
    person = decision.person
    name, branch = composer.person(person, paper), composer.branch(person.branch)
    if composer.is_unit(person):
        return composer.say("label.to", name=name)
    post = Text(f"{branch.zh}{person.post.zh}", f"{person.post.en}, {branch.en}")
    return composer.say("label.person", name=name, post=post)
