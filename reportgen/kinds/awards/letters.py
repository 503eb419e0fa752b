"""The official papers: 函, 獎懲令, 公告, 開會通知單; and what goes with them, the programme and the labels.

Fields stand in the print order of the forms. What is not declared stays blank, never 「無」.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from reportgen.compute.rules.model import Decision, Tier
from reportgen.kinds import letters
from reportgen.kinds.awards.composer import AwardComposer
from reportgen.kinds.awards.merging import cells_of_person, slots_of_person
from reportgen.kinds.awards.plan import Ceremony, Order, Step
from reportgen.kinds.awards.sending import copied, sendings, sent_to, to_winner
from reportgen.kinds.compose import ColumnOf
from reportgen.kinds.forms import begun, clauses, on_day
from reportgen.kinds.letters import House, Sending, numbers
from reportgen.kinds.receivers import Receiver, Slots, rows_of
from reportgen.model import (
    Block,
    Clause,
    Fields,
    FormHead,
    Line,
    PageBreak,
    Segment,
    Signature,
    Table,
    Text,
    formats,
)
from reportgen.model.errors import InputError, Problem
from reportgen.read.texts import Sentence


def letter(composer: AwardComposer) -> list[Block]:
    """One for all; or one for each person or receiver, each on pages of its own."""
    paper, plan = composer.plan.letter, composer.plan
    assert paper
    house = House(office=plan.office, head=plan.head)
    return [
        block
        for one in sendings(composer, paper) or [_to_all(composer, "letter")]
        for block in (PageBreak(), *letters.letter(composer, paper, one, house, _said(composer, one)))
    ][1:]


def _said(composer: AwardComposer, sending: Sending) -> Callable[[Sentence], Line]:
    return lambda sentence: composer.sentence(sentence, sending.slots)


def order(composer: AwardComposer) -> list[Block]:
    """One order for all; or one for each person, each on pages of its own."""
    paper = composer.plan.order
    assert paper
    everyone = composer.persons_honoured()
    if not paper.each:
        return _order(composer, paper, _to_all(composer, "order"), everyone)
    sentences = (paper.subject, *(item.sentence for item in paper.items))
    made: list[Block] = []
    cells = _cells_of(composer, everyone, sentences)
    counted = numbers(paper.number, paper.first, len(everyone))
    for place, (decision, number) in enumerate(zip(everyone, counted, strict=True), 1):
        own = {**slots_of_person(composer, decision, "order"), **cells[decision.person.id]}
        to = composer.stated(to_winner(composer, decision, "order"))
        sending = sent_to(composer, "order", Receiver(name=to), number, own)
        made += [PageBreak(), *_order(composer, paper, sending, [decision], f"-{place}")]
    return made[1:]


def _order(
    composer: AwardComposer, paper: Order, sending: Sending, persons: list[Decision], mark: str = ""
) -> list[Block]:
    """`mark` parts the anchors where a document has several orders."""
    return [
        _form(composer, "order", sending),
        *letters.body(composer, paper, _said(composer, sending)),
        _order_table(composer, paper, persons, f"t-order{mark}"),
        letters.received(composer, sending),
        _sealed(composer),
    ]


def _order_table(composer: AwardComposer, paper: Order, winners: list[Decision], anchor: str) -> Table:
    cells = _cells_of(composer, winners, (paper.reason, paper.law))

    def said_of(sentence: Sentence, decision: Decision) -> Text:
        own = {"tier": decision.tier.label} if decision.tier else {}
        return composer.in_words(composer.sentence(sentence, {**own, **cells[decision.person.id]}))

    columns: list[ColumnOf[Decision]] = [
        composer.column("order.post", lambda decision: composer.post(decision.person)),
        composer.column("order.kind", composer.rewards),
        composer.column("order.reason", lambda decision: said_of(paper.reason, decision)),
        composer.column("order.law", lambda decision: said_of(paper.law, decision)),
    ]
    words = composer.words
    return composer.filled(
        Table(
            anchor=anchor,
            caption=words["order.caption"],
            stub=words["order.name"],
            flows=True,
            look="order",
            widths=(12, 20, 28, 21, 19),
        ),
        columns,
        winners,  # personnel orders reward persons
        lambda decision: composer.person(decision.person, "order"),
    )


def _cells_of(
    composer: AwardComposer, winners: Iterable[Decision], sentences: Sequence[Sentence]
) -> dict[str, Slots]:
    """What the columns of each person say, by its id; InputError with all cells that are missing."""
    found: dict[str, Slots] = {}
    problems: list[Problem] = []
    for decision in winners:
        found[decision.person.id], faults = cells_of_person(composer, decision.person, "order", sentences)
        problems += faults
    if problems:
        raise InputError(problems)
    return found


def announcement(composer: AwardComposer) -> list[Block]:
    paper, words = composer.plan.announcement, composer.words
    assert paper
    blocks: list[Block] = [
        _form(composer, "announcement"),
        Segment(words["segment.subject"], composer.sentence(paper.subject)),
    ]
    if paper.basis:
        blocks.append(_numbered(composer, "segment.basis", paper.basis))
    names = _name_clauses(composer)
    after = clauses(paper.items, composer.sentence, 2)
    blocks.append(Segment(words["segment.matters"], None, (*names, *after)))
    return [*blocks, _sealed(composer)]


def _numbered(composer: AwardComposer, label: str, sentences: Sequence[Sentence]) -> Segment:
    """The sentences as numbered clauses; one alone has no number."""
    lines = [composer.sentence(sentence) for sentence in sentences]
    if len(lines) == 1:
        return Segment(composer.words[label], lines[0])
    numbered = (Clause(1, number, line) for number, line in enumerate(lines, 1))
    return Segment(composer.words[label], None, tuple(numbered))


def _name_clauses(composer: AwardComposer) -> Iterable[Clause]:
    """一、 who is honoured: a tier at （一）, a branch at 1、."""
    yield Clause(1, 1, composer.line("announcement.names", winners=composer.slot("winners")))
    winners = composer.winners_in_order()
    for number, (tier, of_tier) in enumerate(groupby(winners, key=lambda decision: decision.tier), 1):
        assert tier
        count = composer.slot(f"winners.{tier.id}")
        line = composer.line("announcement.tier", tier=begun(tier.label), winners=count)
        yield Clause(2, number, line)
        by_branch = groupby(of_tier, key=lambda decision: decision.person.branch)
        for place, (branch, of_branch) in enumerate(by_branch, 1):
            names = letters.listed(_named(composer, decision) for decision in of_branch)
            line = composer.line("announcement.branch", branch=composer.branch(branch), names=names)
            yield Clause(3, place, line)


def _named(composer: AwardComposer, decision: Decision) -> Text:
    """書記官王○明 / Wang, ○-Ming, Clerk; a unit by its name alone."""
    person = decision.person
    if composer.is_unit(person):
        return composer.within(person)
    name = composer.person(person, "announcement")
    return Text(f"{person.post.zh}{name.zh}", ", ".join(filter(None, (name.en, person.post.en))))


def notice(composer: AwardComposer) -> list[Block]:
    plan, ceremony = composer.plan, composer.plan.ceremony
    assert ceremony
    day, clock = on_day(ceremony.on), formats.clock(ceremony.at.hour, ceremony.at.minute)
    entries = {
        "reason": ceremony.name,
        "time": Text(f"{day.zh}{clock.zh}", f"{clock.en}, {day.en}"),
        "place": ceremony.place,
        "host": ceremony.host,
        "contact": ceremony.contact,
        "attend": begun(letters.listed(ceremony.attend)),
        "observe": begun(letters.listed(ceremony.observe)),
        "copy": letters.listed(
            letters.within(composer, [one.receiver for one in plan.addressee if one.copied])
        ),
    }
    fields = Fields(tuple(letters.entry(composer, name, text) for name, text in entries.items()))
    return [_form(composer, "notice"), fields, _numbered(composer, "field.notes", ceremony.notes)]


def programme(composer: AwardComposer) -> list[Block]:
    ceremony, words = composer.plan.ceremony, composer.words
    assert ceremony
    day, clock = on_day(ceremony.on), formats.clock(ceremony.at.hour, ceremony.at.minute)
    entries = {
        "when": Text(f"{day.zh}{clock.zh}", f"{day.en}, {clock.en}"),
        "where": ceremony.place,
        "host": ceremony.host,
    }
    columns: list[ColumnOf[tuple[str, Step]]] = [
        composer.column("programme.time", lambda timed: composer.stated(timed[0])),
        composer.column("programme.what", lambda timed: composer.in_words(composer.sentence(timed[1].what))),
        composer.column("programme.who", lambda timed: composer.stated(timed[1].who)),
    ]
    table = composer.filled(
        Table(
            anchor="t-programme",
            caption=words["programme.caption"],
            stub=words["programme.number"],
            look="programme",
        ),
        columns,
        _timed(ceremony),
    )
    fields = Fields(tuple(letters.entry(composer, name, text) for name, text in entries.items()))
    return [fields, table, *_presentation(composer)]


def _timed(ceremony: Ceremony) -> Iterable[tuple[str, Step]]:
    """Each step of the programme with when it begins and ends: 10:00–10:15."""
    first = datetime.combine(ceremony.on, ceremony.at)
    for step in ceremony.steps:
        last = first + timedelta(minutes=step.minutes)
        yield f"{first:%H:%M}–{last:%H:%M}", step
        first = last


def _presentation(composer: AwardComposer) -> list[Block]:
    """Who comes to the stage with whom: the tiers in the order of the ceremony, the least first."""
    words, winners = composer.words, composer.winners_in_order()

    def branches(tier: Tier) -> Text:
        of_tier = Counter(d.person.branch for d in winners if d.tier and d.tier.id == tier.id)
        named, own = [composer.branch(branch) for branch in of_tier], composer.words["list.branch"]
        return Text(
            "、".join(branch.zh.removesuffix(own.zh) for branch in named),
            ", ".join(branch.en.removesuffix(f" {own.en}") for branch in named),
        )

    columns: list[ColumnOf[tuple[int, Tier]]] = [
        composer.column("presentation.tier", lambda turn: begun(turn[1].label)),
        composer.column("presentation.count", lambda turn: composer.slot(f"winners.{turn[1].id}")),
        composer.column("presentation.branches", lambda turn: branches(turn[1])),
    ]
    turns = [
        (number, tier)
        for number, tier in enumerate(reversed(composer.result.tiers), 1)
        if any(decision.tier and decision.tier.id == tier.id for decision in winners)
    ]
    frame = Table(
        anchor="t-presentation",
        caption=words["presentation.caption"],
        stub=words["presentation.number"],
        look="presentation",
    )
    table = composer.filled(frame, columns, turns, lambda turn: Text(str(turn[0]), str(turn[0])))
    return [table] if turns else []


# ---- what the forms have in common --------------------------------------------------------------


def _form(composer: AwardComposer, name: str, sending: Sending | None = None) -> FormHead:
    paper, office = composer.plan.official[name], composer.plan.office
    return letters.form_head(composer, name, paper, sending or _to_all(composer, name), office)


def _to_all(composer: AwardComposer, name: str) -> Sending:
    """One paper for all."""
    lettered = [addressee for addressee in composer.plan.addressee if addressee.letter]
    rows = rows_of(composer, composer.plan.receivers)
    main = [*(one.receiver for one in lettered if not one.copied), *rows]
    return Sending(
        issued=composer.issued(name),
        number=composer.plan.official[name].number,
        to=letters.to_all(composer, [*(one.receiver for one in lettered), *rows]),
        main=tuple(main),
        copies=copied(composer),
    )


def _sealed(composer: AwardComposer) -> Signature:
    return Signature(composer.plan.head.title, composer.plan.head.name, seal=True)
