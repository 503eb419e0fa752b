"""Who a letter or a label goes to: addressees, rows of a table of receivers, each person honoured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reportgen.compute.rules.model import Decision
from reportgen.kinds import letters
from reportgen.kinds.awards.composer import AwardComposer
from reportgen.kinds.awards.merging import cells_of_person, receivers_of, slots_of_person
from reportgen.kinds.awards.plan import Letter
from reportgen.kinds.letters import Sending, numbers
from reportgen.kinds.receivers import Receiver, Slots, rows_of, slots_of_receiver
from reportgen.model import Block, Labels, Text, limits
from reportgen.model.errors import InputError, Problem, problem
from reportgen.read.texts import Sentence


def sent_to(composer: AwardComposer, paper: str, to: Receiver, number: Text, slots: Slots) -> Sending:
    """A paper to one of many."""
    return Sending(
        issued=composer.issued(paper),
        number=number,
        to=to.name,
        main=(to,),
        copies=copied(composer),
        slots=slots,
        window=to,
    )


def copied(composer: AwardComposer) -> tuple[Receiver, ...]:
    return tuple(one.receiver for one in composer.plan.addressee if one.letter and one.copied)


def sendings(composer: AwardComposer, paper: Letter) -> list[Sending]:
    """Who each letter goes to, with its number and slots; InputError with all cells that are missing."""
    sentences = [paper.subject, *(item.sentence for item in paper.items)]
    found, problems = [], list[Problem]()
    for to, slots, faults in _addressed(composer, paper.each, sentences):
        found.append((to, slots))
        problems += faults
    at = composer.publication.source.place(("letter", "each"))
    if paper.each and not found:
        problems.append(problem(at, "papers.nobody_gets_a_letter"))
    if len(found) > limits.LETTERS:
        problems.append(problem(at, "papers.too_many_letters", count=len(found), most=limits.LETTERS))
    if problems:
        raise InputError(dict.fromkeys(problems))
    counted = numbers(paper.number, paper.first, len(found))
    return [
        sent_to(composer, "letter", to, number, slots)
        for (to, slots), number in zip(found, counted, strict=True)
    ]


def _addressed(
    composer: AwardComposer, each: str, sentences: Sequence[Sentence]
) -> Iterable[tuple[Receiver, Slots, list[Problem]]]:
    """Each that gets a letter of its own, what its slots say, and what is wrong with its row."""
    if each == "person":
        for decision in composer.winners_in_order():
            own = slots_of_person(composer, decision, "letter")
            cells, faults = cells_of_person(composer, decision.person, "letter", sentences)
            faults += composer.name_faults(decision.person)
            to = composer.stated(to_winner(composer, decision, "letter"))
            yield Receiver(name=to), {**own, **cells}, faults
    elif each == "receiver":
        for receiver in receivers_of(composer):
            slots, faults = slots_of_receiver(composer, receiver, sentences)
            yield receiver, slots, faults


# ---- labels ------------------------------------------------------------------------------------


def labels(composer: AwardComposer) -> list[Block]:
    """The addressees, then the winners whose rows hold an address."""
    plan = composer.plan
    receivers = [*(one.receiver for one in plan.addressee), *rows_of(composer, plan.receivers)]
    made = [*letters.labels(composer, plan.office, receivers).labels]
    for decision in composer.winners_in_order():
        cells = decision.person.cells
        if address := cells.get("address"):
            both = Text(address, cells.get("address_en") or address)
            to, postcode = to_winner(composer, decision, "labels"), cells.get("postcode", "")
            made.append(letters.label(composer, plan.office, postcode, both, to))
    return [Labels(tuple(made))]


def to_winner(composer: AwardComposer, decision: Decision, paper: str) -> Text:
    person = decision.person
    name, branch = composer.person(person, paper), composer.branch(person.branch)
    if composer.is_unit(person):
        return composer.say("label.to", name=name)
    post = Text(f"{branch.zh}{person.post.zh}", f"{person.post.en}, {branch.en}")
    return composer.say("label.person", name=name, post=post)
