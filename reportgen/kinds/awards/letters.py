"""The official papers: 函, 獎懲令, 公告, 開會通知單; and what goes with them, the programme and the labels.

Fields stand in the print order of the forms. What is not declared stays blank, never 「無」.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from reportgen.compute.rules.model import Decision
from reportgen.kinds.awards.composer import AwardComposer, later, said_whole
from reportgen.kinds.awards.plan import Addressee, Official
from reportgen.kinds.papers import Sentence, begun, clauses, joined, on_day
from reportgen.model import (
    Block,
    Cell,
    Clause,
    Column,
    Field,
    Fields,
    FormHead,
    Label,
    Labels,
    Row,
    Segment,
    Signature,
    Table,
    Text,
    formats,
)
from reportgen.read.words import plain_line

MAIN, COPY = False, True


def letter(composer: AwardComposer) -> list[Block]:
    paper, office, words = composer.plan.official["letter"], composer.plan.office, composer.words
    contact = [
        _field(composer, "address", office.address),
        _field(composer, "person", office.person),
        *(
            _field(composer, name, Text(found, found))
            for name, found in (("phone", office.phone), ("fax", office.fax), ("email", office.email))
            if found
        ),
    ]
    blocks: list[Block] = [
        FormHead(
            issuer=composer.publication.issuer,
            form=words["form.letter"],
            archive=_archive(composer),
            contact=tuple(contact),
            fields=(
                _to(composer),
                *_dated(composer, paper),
                *_handling(composer, paper),
                _attachment(composer, paper),
            ),
        )
    ]
    if paper.subject:
        blocks.append(Segment(words["segment.subject"], composer.sentence(paper.subject)))
    if paper.items:
        blocks.append(Segment(words["segment.explanation"], None, clauses(paper.items, composer.sentence)))
    return [*blocks, _recipients(composer), _signed(composer, seal=False)]


def order(composer: AwardComposer) -> list[Block]:
    paper, words = composer.plan.official["order"], composer.words
    blocks: list[Block] = [
        FormHead(
            issuer=composer.publication.issuer,
            form=words["form.order"],
            archive=_archive(composer),
            contact=(),
            fields=(
                _to(composer),
                *_dated(composer, paper),
                *_handling(composer, paper),
                _attachment(composer, paper),
            ),
        )
    ]
    if paper.subject:
        blocks.append(Segment(words["segment.subject"], composer.sentence(paper.subject)))
    if paper.items:
        blocks.append(Segment(words["segment.explanation"], None, clauses(paper.items, composer.sentence)))
    return [*blocks, _order_table(composer, paper), _recipients(composer), _signed(composer, seal=True)]


def _order_table(composer: AwardComposer, paper: Official) -> Table:
    words = composer.words
    rows = []
    for decision in composer.winners_in_order():
        if composer.is_unit(decision.person):  # personnel orders reward persons
            continue
        extra = {"tier": decision.tier.label} if decision.tier else {}
        reason = _text_of(composer, paper.reason, extra)
        law = _text_of(composer, paper.law, extra)
        cells = (
            Cell(text=composer.post(decision.person)),
            Cell(text=composer.rewards(decision)),
            Cell(text=reason),
            Cell(text=law),
        )
        rows.append(Row(head=composer.person(decision.person, "order"), cells=cells))
    columns = tuple(Column(words[f"order.{name}"]) for name in ("post", "kind", "reason", "law"))
    caption = words["order.caption"]
    return Table(
        name=Text("", ""),
        number="",
        anchor="t-order",
        caption=caption,
        stub=words["order.name"],
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
        flows=True,
    )


def _text_of(composer: AwardComposer, sentence: Sentence | None, extra: dict[str, Text]) -> Text:
    """A sentence for the cell of a table; its figures have been recorded."""
    if sentence is None:
        return Text("", "")
    return said_whole(composer.sentence(sentence, extra))


def announcement(composer: AwardComposer) -> list[Block]:
    paper, words = composer.plan.official["announcement"], composer.words
    blocks: list[Block] = [
        FormHead(
            issuer=composer.publication.issuer,
            form=words["form.announcement"],
            archive=_archive(composer),
            contact=(),
            fields=(*_dated(composer, paper), _attachment(composer, paper)),
        )
    ]
    if paper.subject:
        blocks.append(Segment(words["segment.subject"], composer.sentence(paper.subject)))
    if len(paper.basis) == 1:
        blocks.append(Segment(words["segment.basis"], composer.sentence(paper.basis[0])))
    elif paper.basis:
        numbered = (Clause(1, number, composer.sentence(one)) for number, one in enumerate(paper.basis, 1))
        blocks.append(Segment(words["segment.basis"], None, tuple(numbered)))
    names = _name_clauses(composer)
    clauses_after = clauses(paper.items, composer.sentence, 2)
    blocks.append(Segment(words["segment.matters"], None, (*names, *clauses_after)))
    return [*blocks, _signed(composer, seal=True)]


def _name_clauses(composer: AwardComposer) -> list[Clause]:
    """一、 who is honoured: a tier at （一）, a branch at 1、."""
    clauses = [Clause(1, 1, composer.line("announcement.names", winners=composer.slot("winners")))]
    winners = composer.winners_in_order()
    for number, (tier, of_tier) in enumerate(groupby(winners, key=lambda d: d.tier), 1):
        assert tier
        count = composer.slot(f"winners.{tier.id}")
        clauses.append(
            Clause(2, number, composer.line("announcement.tier", tier=begun(tier.label), winners=count))
        )
        for place, (branch, of_branch) in enumerate(groupby(of_tier, key=lambda d: d.person.branch), 1):
            people = [_named(composer, decision) for decision in of_branch]
            said = Text("、".join(one.zh for one in people), "; ".join(one.en for one in people))
            line = composer.line("announcement.branch", branch=composer.branch(branch), names=said)
            clauses.append(Clause(3, place, line))
    return clauses


def _named(composer: AwardComposer, decision: Decision) -> Text:
    """書記官王○明 / Wang, ○-Ming, Clerk; a unit by its name alone."""
    person = decision.person
    if composer.is_unit(person):
        return composer.within(person)
    name = composer.person(person, "announcement")
    return Text(f"{person.post.zh}{name.zh}", ", ".join(filter(None, (name.en, person.post.en))))


def notice(composer: AwardComposer) -> list[Block]:
    paper, words, plan = composer.plan.official["notice"], composer.words, composer.plan
    ceremony = plan.ceremony
    assert ceremony
    day, clock = on_day(ceremony.on), formats.clock(ceremony.at.hour, ceremony.at.minute)
    when = Text(f"{day.zh}{clock.zh}", f"{clock.en}, {day.en}")
    copies = [one.name for one in plan.addressees if one.copy]
    fields = [
        _field(composer, "reason", ceremony.name),
        _field(composer, "time", when),
        _field(composer, "place", ceremony.place),
        _field(composer, "host", ceremony.host),
        _field(composer, "contact", ceremony.contact),
        _field(composer, "attend", begun(_list(ceremony.attend))),
        _field(composer, "observe", begun(_list(ceremony.observe))),
        _field(composer, "copy", _list(copies)),
    ]
    head = FormHead(
        issuer=composer.publication.issuer,
        form=words["form.notice"],
        archive=_archive(composer),
        contact=(),
        fields=(
            _to(composer),
            *_dated(composer, paper),
            *_handling(composer, paper),
            _attachment(composer, paper),
        ),
    )
    return [head, Fields(tuple(fields)), _notes(composer, ceremony.notes)]


def _notes(composer: AwardComposer, notes: tuple[Sentence, ...]) -> Segment:
    label, lines = composer.words["field.notes"], [composer.sentence(note) for note in notes]
    if len(lines) == 1:
        return Segment(label, lines[0])
    return Segment(label, None, tuple(Clause(1, number, line) for number, line in enumerate(lines, 1)))


def programme(composer: AwardComposer) -> list[Block]:
    ceremony, words = composer.plan.ceremony, composer.words
    assert ceremony
    day, clock = on_day(ceremony.on), formats.clock(ceremony.at.hour, ceremony.at.minute)
    facts = Fields(
        (
            _field(composer, "when", Text(f"{day.zh}{clock.zh}", f"{day.en}, {clock.en}")),
            _field(composer, "where", ceremony.place),
            _field(composer, "host", ceremony.host),
        )
    )
    rows, minutes = [], 0
    for number, step in enumerate(ceremony.steps, 1):
        first = later(ceremony.on, ceremony.at.hour, ceremony.at.minute, minutes)
        minutes += step.minutes
        last = later(ceremony.on, ceremony.at.hour, ceremony.at.minute, minutes)
        span = "–".join(f"{hour:02}:{minute:02}" for hour, minute in (first, last))
        what = _text_of(composer, step.what, {})
        cells = (Cell(text=Text(span, span)), Cell(text=what), Cell(text=step.who))
        rows.append(Row(head=Text(str(number), str(number)), cells=cells))
    columns = tuple(Column(words[f"programme.{name}"]) for name in ("time", "what", "who"))
    table = Table(
        name=Text("", ""),
        number="",
        anchor="t-programme",
        caption=words["programme.caption"],
        stub=words["programme.number"],
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
    )
    return [facts, table, *_presentation(composer)]


def _presentation(composer: AwardComposer) -> list[Block]:
    """Who comes to the stage with whom: the tiers in the order of the ceremony, the least first."""
    words, winners = composer.words, composer.winners_in_order()
    rows = []
    for number, tier in enumerate(reversed(composer.result.tiers), 1):
        of_tier = [d for d in winners if d.tier and d.tier.id == tier.id]
        if not of_tier:
            continue
        counts: dict[str, int] = {}
        for decision in of_tier:
            counts[decision.person.branch] = counts.get(decision.person.branch, 0) + 1
        named = [composer.branch(branch) for branch in counts]
        branches = Text(
            "、".join(branch.zh.removesuffix("分署") for branch in named),
            ", ".join(branch.en.removesuffix(" Branch") for branch in named),
        )
        count = composer.slot(f"winners.{tier.id}")
        assert not isinstance(count, Text)
        cells = (Cell(text=begun(tier.label)), Cell(count), Cell(text=branches))
        rows.append(Row(head=Text(str(number), str(number)), cells=cells))
    columns = tuple(Column(words[f"presentation.{name}"]) for name in ("tier", "count", "branches"))
    if not rows:
        return []
    caption = words["presentation.caption"]
    return [
        Table(
            name=Text("", ""),
            number="",
            anchor="t-presentation",
            caption=caption,
            stub=words["presentation.number"],
            columns=columns,
            rows=tuple(rows),
            unit=None,
            notes=(),
        )
    ]


def labels(composer: AwardComposer) -> list[Block]:
    """The addressees, then the winners whose rows hold an address."""
    made = [
        Label(one.postcode, one.address, composer.say("label.to", name=one.name))
        for one in composer.plan.addressees
        if one.address
    ]
    made += [_to_winner(composer, d) for d in composer.winners_in_order() if d.person.cells.get("address")]
    return [Labels(tuple(made))]


def _to_winner(composer: AwardComposer, decision: Decision) -> Label:
    person, cells = decision.person, decision.person.cells
    address = Text(cells["address"], cells.get("address_en") or cells["address"])
    name, branch = composer.person(person, "labels"), composer.branch(person.branch)
    if composer.is_unit(person):
        return Label(cells.get("postcode", ""), address, composer.say("label.to", name=name))
    post = Text(f"{branch.zh}{person.post.zh}", f"{person.post.en}, {branch.en}")
    return Label(cells.get("postcode", ""), address, composer.say("label.person", name=name, post=post))


# ---- what the forms have in common --------------------------------------------------------------


def _field(composer: AwardComposer, name: str, text: Text | None) -> Field:
    lines = (plain_line(text),) if text and text.zh.strip() else ()
    return Field(composer.words[f"field.{name}"], lines)


def _archive(composer: AwardComposer) -> tuple[Field, ...]:
    office = composer.plan.office
    number = plain_line(Text(office.archive, office.archive))
    return (
        Field(composer.words["field.archive"], (number,) if office.archive else (), "archive"),
        Field(composer.words["field.keep"], (plain_line(office.keep),) if office.keep else (), "archive"),
    )


def _to(composer: AwardComposer) -> Field:
    """One paper for all: the receiver is who stands under 正本 and 副本; where it is one, its name."""
    named = [one.name for one in composer.plan.addressees if one.letter]
    to = named[0] if len(named) == 1 else composer.words["field.to_all"]
    return Field(composer.words["field.to"], (plain_line(to),), "to")


def _dated(composer: AwardComposer, paper: Official) -> tuple[Field, ...]:
    return (
        _field(composer, "issued", formats.roc_date(paper.issued)),
        _field(composer, "number", paper.number),
    )


def _handling(composer: AwardComposer, paper: Official) -> tuple[Field, ...]:
    words = composer.words
    return (
        _field(composer, "speed", words[f"speed.{paper.speed}"] if paper.speed else None),
        _field(composer, "secrecy", words[f"secrecy.{paper.secrecy}"] if paper.secrecy else None),
    )


def _attachment(composer: AwardComposer, paper: Official) -> Field:
    return _field(composer, "attachment", paper.attachment)


def _recipients(composer: AwardComposer) -> Fields:
    lettered = [one for one in composer.plan.addressees if one.letter]

    def named(copy: bool) -> Text:
        return _list(_name(one) for one in lettered if one.copy is copy)

    return Fields((_field(composer, "main", named(MAIN)), _field(composer, "copy", named(COPY))))


def _name(one: Addressee) -> Text:
    return one.name


def _list(names: Iterable[Text]) -> Text:
    """Names in a list; English ones hold commas themselves."""
    names = list(names)
    return Text(joined(names).zh, "; ".join(name.en for name in names))


def _signed(composer: AwardComposer, seal: bool) -> Signature:
    head = composer.plan.head
    return Signature(head.title, head.name, seal)
