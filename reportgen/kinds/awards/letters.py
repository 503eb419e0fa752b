"""The official papers: 函, 獎懲令, 公告, 開會通知單; and what goes with them, the programme and the labels.

Fields stand in the print order of the forms. What is not declared stays blank, never 「無」.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from reportgen.compute.rules.model import Decision
from reportgen.kinds.awards.plan import Addressee, Official
from reportgen.kinds.awards.scribe import Scribe, later, said_whole
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


def letter(scribe: Scribe) -> list[Block]:
    paper, office, words = scribe.plan.official["letter"], scribe.plan.office, scribe.words
    contact = [
        _field(scribe, "address", office.address),
        _field(scribe, "person", office.person),
        *(
            _field(scribe, name, Text(found, found))
            for name, found in (("phone", office.phone), ("fax", office.fax), ("email", office.email))
            if found
        ),
    ]
    blocks: list[Block] = [
        FormHead(
            issuer=scribe.publication.issuer,
            form=words["form.letter"],
            archive=_archive(scribe),
            contact=tuple(contact),
            fields=(
                _to(scribe),
                *_dated(scribe, paper),
                *_handling(scribe, paper),
                _attachment(scribe, paper),
            ),
        )
    ]
    if paper.subject:
        blocks.append(Segment(words["segment.subject"], scribe.sentence(paper.subject)))
    if paper.items:
        blocks.append(Segment(words["segment.explanation"], None, clauses(paper.items, scribe.sentence)))
    return [*blocks, _recipients(scribe), _signed(scribe, seal=False)]


def order(scribe: Scribe) -> list[Block]:
    paper, words = scribe.plan.official["order"], scribe.words
    blocks: list[Block] = [
        FormHead(
            issuer=scribe.publication.issuer,
            form=words["form.order"],
            archive=_archive(scribe),
            contact=(),
            fields=(
                _to(scribe),
                *_dated(scribe, paper),
                *_handling(scribe, paper),
                _attachment(scribe, paper),
            ),
        )
    ]
    if paper.subject:
        blocks.append(Segment(words["segment.subject"], scribe.sentence(paper.subject)))
    if paper.items:
        blocks.append(Segment(words["segment.explanation"], None, clauses(paper.items, scribe.sentence)))
    return [*blocks, _order_table(scribe, paper), _recipients(scribe), _signed(scribe, seal=True)]


def _order_table(scribe: Scribe, paper: Official) -> Table:
    words = scribe.words
    rows = []
    for decision in scribe.winners_in_order():
        if scribe.is_unit(decision.person):  # personnel orders reward persons
            continue
        extra = {"tier": decision.tier.label} if decision.tier else {}
        reason = _text_of(scribe, paper.reason, extra)
        law = _text_of(scribe, paper.law, extra)
        cells = (
            Cell(text=scribe.post(decision.person)),
            Cell(text=scribe.rewards(decision)),
            Cell(text=reason),
            Cell(text=law),
        )
        rows.append(Row(head=scribe.person(decision.person, "order"), cells=cells))
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


def _text_of(scribe: Scribe, sentence: Sentence | None, extra: dict[str, Text]) -> Text:
    """A sentence for the cell of a table; its figures have been recorded."""
    if sentence is None:
        return Text("", "")
    return said_whole(scribe.sentence(sentence, extra))


def announcement(scribe: Scribe) -> list[Block]:
    paper, words = scribe.plan.official["announcement"], scribe.words
    blocks: list[Block] = [
        FormHead(
            issuer=scribe.publication.issuer,
            form=words["form.announcement"],
            archive=_archive(scribe),
            contact=(),
            fields=(*_dated(scribe, paper), _attachment(scribe, paper)),
        )
    ]
    if paper.subject:
        blocks.append(Segment(words["segment.subject"], scribe.sentence(paper.subject)))
    if len(paper.basis) == 1:
        blocks.append(Segment(words["segment.basis"], scribe.sentence(paper.basis[0])))
    elif paper.basis:
        numbered = (Clause(1, number, scribe.sentence(one)) for number, one in enumerate(paper.basis, 1))
        blocks.append(Segment(words["segment.basis"], None, tuple(numbered)))
    names = _name_clauses(scribe)
    clauses_after = clauses(paper.items, scribe.sentence, 2)
    blocks.append(Segment(words["segment.matters"], None, (*names, *clauses_after)))
    return [*blocks, _signed(scribe, seal=True)]


def _name_clauses(scribe: Scribe) -> list[Clause]:
    """一、 who is honoured: a tier at （一）, a branch at 1、."""
    clauses = [Clause(1, 1, scribe.line("announcement.names", winners=scribe.slot("winners")))]
    winners = scribe.winners_in_order()
    for number, (tier, of_tier) in enumerate(groupby(winners, key=lambda d: d.tier), 1):
        assert tier
        count = scribe.slot(f"winners.{tier.id}")
        clauses.append(
            Clause(2, number, scribe.line("announcement.tier", tier=begun(tier.label), winners=count))
        )
        for place, (branch, of_branch) in enumerate(groupby(of_tier, key=lambda d: d.person.branch), 1):
            people = [_named(scribe, decision) for decision in of_branch]
            said = Text("、".join(one.zh for one in people), "; ".join(one.en for one in people))
            line = scribe.line("announcement.branch", branch=scribe.branch(branch), names=said)
            clauses.append(Clause(3, place, line))
    return clauses


def _named(scribe: Scribe, decision: Decision) -> Text:
    """書記官王○明 / Wang, ○-Ming, Clerk; a unit by its name alone."""
    person = decision.person
    if scribe.is_unit(person):
        return scribe.within(person)
    name = scribe.person(person, "announcement")
    return Text(f"{person.post.zh}{name.zh}", ", ".join(filter(None, (name.en, person.post.en))))


def notice(scribe: Scribe) -> list[Block]:
    paper, words, plan = scribe.plan.official["notice"], scribe.words, scribe.plan
    ceremony = plan.ceremony
    assert ceremony
    day, clock = on_day(ceremony.on), formats.clock(ceremony.at.hour, ceremony.at.minute)
    when = Text(f"{day.zh}{clock.zh}", f"{clock.en}, {day.en}")
    copies = [one.name for one in plan.addressees if one.copy]
    fields = [
        _field(scribe, "reason", ceremony.name),
        _field(scribe, "time", when),
        _field(scribe, "place", ceremony.place),
        _field(scribe, "host", ceremony.host),
        _field(scribe, "contact", ceremony.contact),
        _field(scribe, "attend", begun(_list(ceremony.attend))),
        _field(scribe, "observe", begun(_list(ceremony.observe))),
        _field(scribe, "copy", _list(copies)),
    ]
    head = FormHead(
        issuer=scribe.publication.issuer,
        form=words["form.notice"],
        archive=_archive(scribe),
        contact=(),
        fields=(_to(scribe), *_dated(scribe, paper), *_handling(scribe, paper), _attachment(scribe, paper)),
    )
    return [head, Fields(tuple(fields)), _notes(scribe, ceremony.notes)]


def _notes(scribe: Scribe, notes: tuple[Sentence, ...]) -> Segment:
    label, lines = scribe.words["field.notes"], [scribe.sentence(note) for note in notes]
    if len(lines) == 1:
        return Segment(label, lines[0])
    return Segment(label, None, tuple(Clause(1, number, line) for number, line in enumerate(lines, 1)))


def programme(scribe: Scribe) -> list[Block]:
    ceremony, words = scribe.plan.ceremony, scribe.words
    assert ceremony
    day, clock = on_day(ceremony.on), formats.clock(ceremony.at.hour, ceremony.at.minute)
    facts = Fields(
        (
            _field(scribe, "when", Text(f"{day.zh}{clock.zh}", f"{day.en}, {clock.en}")),
            _field(scribe, "where", ceremony.place),
            _field(scribe, "host", ceremony.host),
        )
    )
    rows, minutes = [], 0
    for number, step in enumerate(ceremony.steps, 1):
        first = later(ceremony.on, ceremony.at.hour, ceremony.at.minute, minutes)
        minutes += step.minutes
        last = later(ceremony.on, ceremony.at.hour, ceremony.at.minute, minutes)
        span = "–".join(f"{hour:02}:{minute:02}" for hour, minute in (first, last))
        what = _text_of(scribe, step.what, {})
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
    return [facts, table, *_presentation(scribe)]


def _presentation(scribe: Scribe) -> list[Block]:
    """Who comes to the stage with whom: the tiers in the order of the ceremony, the least first."""
    words, winners = scribe.words, scribe.winners_in_order()
    rows = []
    for number, tier in enumerate(reversed(scribe.result.tiers), 1):
        of_tier = [d for d in winners if d.tier and d.tier.id == tier.id]
        if not of_tier:
            continue
        counts: dict[str, int] = {}
        for decision in of_tier:
            counts[decision.person.branch] = counts.get(decision.person.branch, 0) + 1
        named = [scribe.branch(branch) for branch in counts]
        branches = Text(
            "、".join(branch.zh.removesuffix("分署") for branch in named),
            ", ".join(branch.en.removesuffix(" Branch") for branch in named),
        )
        count = scribe.slot(f"winners.{tier.id}")
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


def labels(scribe: Scribe) -> list[Block]:
    """The addressees, then the winners whose rows hold an address."""
    made = [
        Label(one.postcode, one.address, scribe.say("label.to", name=one.name))
        for one in scribe.plan.addressees
        if one.address
    ]
    made += [_to_winner(scribe, d) for d in scribe.winners_in_order() if d.person.cells.get("address")]
    return [Labels(tuple(made))]


def _to_winner(scribe: Scribe, decision: Decision) -> Label:
    person, cells = decision.person, decision.person.cells
    address = Text(cells["address"], cells.get("address_en") or cells["address"])
    name, branch = scribe.person(person, "labels"), scribe.branch(person.branch)
    if scribe.is_unit(person):
        return Label(cells.get("postcode", ""), address, scribe.say("label.to", name=name))
    post = Text(f"{branch.zh}{person.post.zh}", f"{person.post.en}, {branch.en}")
    return Label(cells.get("postcode", ""), address, scribe.say("label.person", name=name, post=post))


# ---- what the forms have in common --------------------------------------------------------------


def _field(scribe: Scribe, name: str, text: Text | None) -> Field:
    lines = (plain_line(text),) if text and text.zh.strip() else ()
    return Field(scribe.words[f"field.{name}"], lines)


def _archive(scribe: Scribe) -> tuple[Field, ...]:
    office = scribe.plan.office
    number = plain_line(Text(office.archive, office.archive))
    return (
        Field(scribe.words["field.archive"], (number,) if office.archive else (), "archive"),
        Field(scribe.words["field.keep"], (plain_line(office.keep),) if office.keep else (), "archive"),
    )


def _to(scribe: Scribe) -> Field:
    """One paper for all: the receiver is who stands under 正本 and 副本; where it is one, its name."""
    named = [one.name for one in scribe.plan.addressees if one.letter]
    to = named[0] if len(named) == 1 else scribe.words["field.to_all"]
    return Field(scribe.words["field.to"], (plain_line(to),), "to")


def _dated(scribe: Scribe, paper: Official) -> tuple[Field, ...]:
    return (_field(scribe, "issued", formats.roc_date(paper.issued)), _field(scribe, "number", paper.number))


def _handling(scribe: Scribe, paper: Official) -> tuple[Field, ...]:
    words = scribe.words
    return (
        _field(scribe, "speed", words[f"speed.{paper.speed}"] if paper.speed else None),
        _field(scribe, "secrecy", words[f"secrecy.{paper.secrecy}"] if paper.secrecy else None),
    )


def _attachment(scribe: Scribe, paper: Official) -> Field:
    return _field(scribe, "attachment", paper.attachment)


def _recipients(scribe: Scribe) -> Fields:
    lettered = [one for one in scribe.plan.addressees if one.letter]

    def named(copy: bool) -> Text:
        return _list(_name(one) for one in lettered if one.copy is copy)

    return Fields((_field(scribe, "main", named(MAIN)), _field(scribe, "copy", named(COPY))))


def _name(one: Addressee) -> Text:
    return one.name


def _list(names: Iterable[Text]) -> Text:
    """Names in a list; English ones hold commas themselves."""
    names = list(names)
    return Text(joined(names).zh, "; ".join(name.en for name in names))


def _signed(scribe: Scribe, seal: bool) -> Signature:
    head = scribe.plan.head
    return Signature(head.title, head.name, seal)
