"""What each form of paper is made of, from its head to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from reportgen.kinds import letters, meetings
from reportgen.kinds.blocks import form_field
from reportgen.kinds.compose import ColumnOf
from reportgen.kinds.forms import begun, clauses
from reportgen.kinds.letters import House, Official, Sending
from reportgen.kinds.memos import memo
from reportgen.kinds.papers.composer import PaperComposer
from reportgen.kinds.papers.plan import (
    AnnouncementPaper,
    AttendancePaper,
    CitationPaper,
    ConsultPaper,
    LetterPaper,
    MemoPaper,
    MinutesPaper,
    NoticePaper,
    OrderPaper,
    PaymentsPaper,
    PostedPaper,
    RosterPaper,
    Seen,
)
from reportgen.kinds.payments import Payment, register, signatures, total
from reportgen.kinds.receivers import Receiver, figure_of, said_of
from reportgen.model import (
    EMPTY,
    Block,
    Clause,
    Fields,
    FormHead,
    Line,
    PageBreak,
    Paragraphs,
    Printed,
    Segment,
    Signature,
    Table,
    Text,
    formats,
)
from reportgen.read.seals import Seal, read_seals
from reportgen.read.texts import Sentence
from reportgen.read.words import plain_line

GROUP = 8  # digits of a SHA-256 that stand together


def letter(composer: PaperComposer, paper: LetterPaper) -> Iterator[Block]:
    sentences = (paper.subject, *(item.sentence for item in paper.items))
    for place, sending in enumerate(composer.each(paper, sentences)):
        if place:
            yield PageBreak()
        yield from letters.letter(composer, paper, sending, _house(composer), _told(composer, sending))


def order(composer: PaperComposer, paper: OrderPaper) -> Iterator[Block]:
    sending = composer.to_all(paper, paper.number, paper.to)
    yield _head(composer, paper, sending)
    yield from letters.body(composer, paper, composer.told)
    yield letters.received(composer, sending)
    yield _sealed(composer)


def announcement(composer: PaperComposer, paper: AnnouncementPaper) -> Iterator[Block]:
    words = composer.words
    yield _head(composer, paper, composer.to_all(paper, paper.number))
    yield Segment(words["segment.subject"], composer.told(paper.subject))
    if paper.basis:
        yield _listed(composer, words["segment.basis"], paper.basis)
    if paper.items:
        yield Segment(words["segment.matters"], None, clauses(paper.items, composer.told))
    yield _sealed(composer)


def memorandum(composer: PaperComposer, paper: MemoPaper) -> Iterator[Block]:
    yield from memo(composer, paper, composer.told)


def consult(composer: PaperComposer, paper: ConsultPaper) -> Iterator[Block]:
    """簽稿會核單: whose paper it is, who has to see it in which order, and its seal once the round is over."""
    words = composer.words
    name = paper.publication or composer.publication.name
    seal = read_seals(composer.material.project, composer.publication.name).sheet.get(paper.id)
    facts = {
        "unit": paper.unit,
        "day": formats.roc_date(composer.issued(paper)),
        "of": Text(f"{name}/{paper.of}", f"{name}/{paper.of}"),
    }
    yield FormHead(
        issuer=composer.publication.issuer,
        form=words["form.consult"],
        archive=letters.archive(composer, composer.plan.office),
        fields=tuple(letters.entry(composer, one, text) for one, text in facts.items()),
    )
    yield Segment(words["segment.subject"], composer.told(paper.subject))
    columns: list[ColumnOf[Seen]] = [
        composer.column("consult.role", lambda seen: words[f"signature.{seen.role}"]),
        composer.column("consult.unit", lambda seen: composer.stated(seen.unit)),
        composer.column("consult.post", lambda seen: composer.stated(seen.post)),
        composer.column("consult.opinion", lambda seen: EMPTY),
        composer.column("consult.signed", lambda seen: EMPTY),
    ]
    frame = Table(
        anchor="t-seen",
        caption=words["consult.caption"],
        stub=words["list.number"],
        look="consult",
        widths=(8, 15, 19, 18, 22, 18),
    )
    yield composer.filled(frame, columns, paper.seen)
    yield Fields(tuple(_seal(composer, seal)))


def _seal(composer: PaperComposer, seal: Seal | None) -> Iterator[Any]:
    """The digest of what was signed, in groups; blank until then."""
    if seal is None:
        yield letters.entry(composer, "sealed", None)
        return
    digest = " ".join(seal.sha256[at : at + GROUP] for at in range(0, len(seal.sha256), GROUP))
    pages = composer.say("consult.sealed", file=seal.file, pages=str(seal.pages))
    yield letters.entry(composer, "sealed", pages)
    yield letters.entry(composer, "digest", Text(digest, digest))


def notice(composer: PaperComposer, paper: NoticePaper) -> Iterator[Block]:
    meeting = paper.meeting
    said = {
        "reason": meeting.name,
        "time": meetings.when(meeting, day_first=False),
        "place": meeting.place,
        "host": meeting.chair,
        "contact": paper.contact,
        "attend": begun(letters.listed(meeting.present)),
        "observe": begun(letters.listed(meeting.attending)),
        "copy": letters.listed(letters.within(composer, composer.copies())),
    }
    yield _head(composer, paper, composer.to_all(paper, paper.number))
    yield Fields(tuple(letters.entry(composer, name, text) for name, text in said.items()))
    if paper.notes:
        yield _listed(composer, composer.words["field.notes"], paper.notes)


def minutes(composer: PaperComposer, paper: MinutesPaper) -> Iterator[Block]:
    matters = {"report": paper.report, "discussion": paper.discussion, "motion": paper.motion}
    yield from meetings.minutes(composer, paper.meeting, paper.opening, matters, composer.told)


def attendance(composer: PaperComposer, paper: AttendancePaper) -> Iterator[Block]:
    """簽到簿: a line for each who is to come, and room for others."""
    meeting, words = paper.meeting, composer.words
    yield meetings.facts(composer, meeting)
    people = [(words["minutes.present"], one) for one in meeting.present]
    people += [(words["minutes.attending"], one) for one in meeting.attending]
    people += [(EMPTY, EMPTY)] * paper.room
    columns: list[ColumnOf[tuple[Text, Text]]] = [
        composer.column("attendance.name", lambda one: composer.stated(one[1])),
        composer.column("attendance.as", lambda one: one[0]),
        composer.column("register.signed", lambda one: EMPTY),
    ]
    caption, stub = words["attendance.caption"], words["list.number"]
    frame = Table(
        anchor="t-attendance", caption=caption, stub=stub, look="register", flows=True, widths=(8, 42, 15, 35)
    )
    yield composer.filled(frame, columns, people)


def citation(composer: PaperComposer, paper: CitationPaper) -> Iterator[Block]:
    """感謝狀, 聘書: to whom, the words, who signs under a seal, the day."""
    for place, sending in enumerate(composer.each(paper, paper.text)):
        if place:
            yield PageBreak()
        number = letters.entry(composer, "number", composer.stated(sending.number))
        to = form_field(composer, composer.words["field.honoured"], composer.stated(sending.to), "to")
        yield FormHead(
            issuer=composer.publication.issuer, form=composer.words[f"form.{paper.form}"], fields=(number, to)
        )
        said = _told(composer, sending)
        yield Paragraphs(tuple(map(said, paper.text)))
        yield _sealed(composer)
        yield Fields((letters.entry(composer, "day", composer.stated(formats.roc_date(sending.issued))),))


def roster(composer: PaperComposer, paper: RosterPaper) -> Iterator[Block]:
    """名冊: its tables, which follow."""
    if not paper.table and not paper.annex:
        composer.fault(paper.spot.at("table"), "schema.is_missing", form="[[paper.table]]")
    yield from ()


def payments(composer: PaperComposer, paper: PaymentsPaper) -> Iterator[Block]:
    table, paid = composer.dataset.tables[paper.rows], list[Payment]()
    for record in table.records:
        cell = record.cells.get(paper.amount)
        name, post = (_words(said_of(composer, table, record, one)) for one in (paper.name, paper.post))
        account = _words(said_of(composer, table, record, paper.account)) if paper.account else EMPTY
        if isinstance(cell, int | Fraction) and cell:
            value = figure_of(composer, table, record, paper.amount, Fraction(cell))
            paid.append(Payment("all", name, post, account, value))
        else:
            composer.fault(table.place(record, paper.amount), "papers.nothing_is_paid")
    if not paid:
        return
    whole = composer.print(total("paid", [one.paid for one in paid]))
    people = composer.count("persons paid", len(paid), "count of the rows that are paid")
    yield Paragraphs((composer.line("receipts.summary", people=people, paid=whole),))
    yield register(composer, paper, paid, composer.publication.issuer)
    yield signatures(composer)


def posted(composer: PaperComposer, paper: PostedPaper) -> Iterator[Block]:
    """Labels, or 大宗函件清單 with a line for each piece of mail."""
    receivers = [one for one in _posted(composer, paper) if one.address]
    if not receivers:
        composer.fault(paper.spot.at("to"), "papers.nobody_has_an_address")
        return
    if paper.form == "labels":
        yield letters.labels(composer, composer.plan.office, receivers)
        return
    count = composer.count("pieces of mail", len(receivers), "count of the lines of the list")
    sender = {"issuer": composer.publication.issuer, "address": composer.stated(composer.plan.office.address)}
    yield Paragraphs((plain_line(composer.say("label.from", **sender)),))
    sort = composer.stated(paper.sort) if paper.sort else composer.words["mail.ordinary"]
    yield Paragraphs((composer.line("mail.summary", sort=sort, count=count),))
    columns: list[ColumnOf[Receiver]] = [
        composer.column("mail.number", lambda one: EMPTY),
        composer.column("mail.name", lambda one: composer.stated(one.name)),
        composer.column("mail.postcode", lambda one: composer.stated(one.postcode)),
        composer.column("mail.address", lambda one: composer.stated(one.address or EMPTY)),
        composer.column("mail.remarks", lambda one: EMPTY),
    ]
    caption, stub = composer.words["mail.caption"], composer.words["list.number"]
    frame = Table(
        anchor="t-mail", caption=caption, stub=stub, look="mail", flows=True, widths=(7, 14, 27, 9, 31, 12)
    )
    yield composer.filled(frame, columns, receivers)


def _posted(composer: PaperComposer, paper: PostedPaper) -> list[Receiver]:
    rows = [] if paper.to else [*composer.copies(), *composer.rows_of_receivers()]
    return [*composer.main(paper.to), *rows]


# ---- what they have in common --------------------------------------------------------------------


def _house(composer: PaperComposer) -> House:
    return House(office=composer.plan.office, head=composer.plan.head)


def _head(composer: PaperComposer, paper: Official, sending: Sending) -> FormHead:
    form = str(getattr(paper, "form"))  # noqa: B009
    return letters.form_head(composer, form, paper, sending, composer.plan.office)


def _sealed(composer: PaperComposer) -> Signature:
    return Signature(composer.plan.head.title, composer.plan.head.name, seal=True)


def _told(composer: PaperComposer, sending: Sending) -> Callable[[Sentence], Line]:
    return lambda sentence: composer.told(sentence, sending.slots)


def _listed(composer: PaperComposer, label: Text, sentences: tuple[Sentence, ...]) -> Segment:
    """The sentences as numbered clauses; one alone has no number."""
    lines = [composer.told(sentence) for sentence in sentences]
    if len(lines) == 1:
        return Segment(label, lines[0])
    return Segment(label, None, tuple(Clause(1, number, line) for number, line in enumerate(lines, 1)))


def _words(said: Text | Printed | None) -> Text:
    return said.text if isinstance(said, Printed) else said or EMPTY


FORMS: Mapping[str, Callable[[PaperComposer, Any], Iterator[Block]]] = {
    "letter": letter,
    "order": order,
    "announcement": announcement,
    "memo": memorandum,
    "consult": consult,
    "notice": notice,
    "minutes": minutes,
    "attendance": attendance,
    "thanks": citation,
    "appointment": citation,
    "roster": roster,
    "payments": payments,
    "bulk-mail": posted,
    "labels": posted,
}
