"""What an officer declares for a meeting in `publication.toml`, read with the place of every fault.

Sentences keep their slots; they are filled where the figures are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from reportgen.kinds.papers import Item, PaperReader, Sentence, items
from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem
from reportgen.model.messages import told
from reportgen.read.publications import HEAD, Publication
from reportgen.read.words import Glossary

PAPERS = ("compilation", "minutes", "signoff")
SPEEDS = ("most-urgent", "urgent", "normal")


@dataclass(frozen=True, kw_only=True)
class Meeting:
    number: int
    day: date
    at: time
    until: time | None
    place: Text
    chair: Text
    recorder: Text
    present: tuple[Text, ...]
    attending: tuple[Text, ...]
    opening: tuple[Sentence, ...]


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A report, a matter discussed or a motion. `brief` is what the summary says of the decision, else the decision."""

    title: Sentence
    by: Text
    reason: Sentence | None
    body: tuple[Sentence, ...]
    decision: Sentence
    brief: Sentence | None


@dataclass(frozen=True, kw_only=True)
class SignOff:
    """簽: who asks whom to approve what. What is not declared stays blank on paper."""

    unit: Text
    day: date
    archive: str
    keep: Text | None
    speed: str
    method: Text | None
    attachment: Text | None
    subject: Sentence
    explanation: tuple[Item, ...]
    proposal: tuple[Item, ...]
    drafting: tuple[Text, ...]
    consulted: tuple[Text, ...]
    deciding: tuple[Text, ...]


@dataclass(frozen=True, kw_only=True)
class Annex:
    """A part of another publication: the block with the anchor `take`, a section by its number, or a whole paper."""

    id: str
    publication: str
    paper: str
    take: str
    section: int
    title: Text | None
    place: Place


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that `publication.toml` says. `previous` is the publication of the meeting before, empty for the first."""

    papers: tuple[str, ...]
    previous: str
    instructions: str
    meeting: Meeting
    metrics: tuple[str, ...]
    reports: tuple[Matter, ...]
    discussions: tuple[Matter, ...]
    motions: tuple[Matter, ...]
    signoff: SignOff
    annexes: tuple[Annex, ...]

    def matters(self) -> tuple[Matter, ...]:
        return (*self.reports, *self.discussions, *self.motions)

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence with slots, so that a fault in any of them is told in one run, whichever paper is made."""
        yield from self.meeting.opening
        for matter in self.matters():
            parts = (matter.title, matter.reason, *matter.body, matter.decision, matter.brief)
            yield from (part for part in parts if part)
        yield self.signoff.subject
        yield from (item.sentence for item in (*self.signoff.explanation, *self.signoff.proposal))


def read_plan(publication: Publication, glossary: Glossary | None) -> Plan:
    """The plan; InputError with all that is wrong with it."""
    problems: list[Problem] = []
    reader = PaperReader(publication.raw, publication.file, "", problems, glossary)
    for name in HEAD:
        reader.mark(name)
    wanted = _papers(reader)
    previous, instructions = reader.word("previous", default=""), reader.word("instructions")
    meeting = _meeting(reader.table("meeting"))
    summary = reader.table("summary")
    metrics = tuple(summary.words("metrics"))
    summary.done()
    reports = [_matter(row, False) for row in reader.rows("report", required=False)]
    discussions = [_matter(row, True) for row in reader.rows("discussion", required=False)]
    motions = [_matter(row, False) for row in reader.rows("motion", required=False)]
    signoff = _signoff(reader.table("signoff"))
    annexes = _annexes(reader)
    reader.done()
    if problems or meeting is None or signoff is None:
        raise InputError(dict.fromkeys(problems))
    return Plan(
        papers=wanted,
        previous=previous,
        instructions=instructions,
        meeting=meeting,
        metrics=metrics,
        reports=tuple(one for one in reports if one),
        discussions=tuple(one for one in discussions if one),
        motions=tuple(one for one in motions if one),
        signoff=signoff,
        annexes=annexes,
    )


def read_meeting(publication: Publication, glossary: Glossary | None) -> tuple[Meeting, str]:
    """The meeting alone and the dataset of its instructions: what the next meeting asks of the one before."""
    problems: list[Problem] = []
    reader = PaperReader(publication.raw, publication.file, "", problems, glossary)
    instructions, meeting = reader.word("instructions"), _meeting(reader.table("meeting"))
    if problems or meeting is None:
        raise InputError(dict.fromkeys(problems))
    return meeting, instructions


def _papers(reader: PaperReader) -> tuple[str, ...]:
    wanted = reader.words("papers", required=False) or ["compilation"]
    for name in wanted:
        if name not in PAPERS:
            reader.problem("papers", *told("compilation.is_no_paper", name_=name, papers=[*PAPERS]))
    return tuple(dict.fromkeys(wanted))


def _meeting(reader: PaperReader) -> Meeting | None:
    if reader.absent:
        return None
    number, day, at = reader.whole("number"), reader.day("on"), reader.time("at")
    until = reader.time("until") if reader.has("until") else None
    place, chair, recorder = reader.text("place"), reader.text("chair"), reader.text("recorder")
    present, attending = reader.texts("present", required=True), reader.texts("attending")
    opening = reader.sentences("opening", required=True)
    reader.done()
    if at and until and until <= at:
        reader.problem("until", *told("compilation.is_not_after", until=until, at=at))
    if not (day and at and place and chair and recorder):
        return None
    return Meeting(
        number=number,
        day=day,
        at=at,
        until=until,
        place=place,
        chair=chair,
        recorder=recorder,
        present=present,
        attending=attending,
        opening=opening,
    )


def _matter(reader: PaperReader, discussed: bool) -> Matter | None:
    title, by = reader.sentence("title"), reader.text("by")
    reason = reader.sentence("reason") if discussed else None
    body, decision = reader.sentences("text", required=True), reader.sentence("decision")
    brief = reader.sentence("brief", required=False)
    reader.done()
    if not (title and by and decision) or (discussed and not reason):
        return None
    return Matter(title=title, by=by, reason=reason, body=body, decision=decision, brief=brief)


def _signoff(reader: PaperReader) -> SignOff | None:
    if reader.absent:
        return None
    unit, day = reader.text("unit"), reader.day("on")
    archive, keep = reader.word("archive", default=""), reader.optional("keep")
    speed, method = reader.word("speed", ("", *SPEEDS), default=""), reader.optional("method")
    attachment, subject = reader.optional("attachment"), reader.sentence("subject")
    explanation = tuple(items(reader, "explanation"))
    proposal = tuple(items(reader, "proposal"))
    drafting, consulted = reader.texts("drafting", required=True), reader.texts("consulted")
    deciding = reader.texts("deciding", required=True)
    reader.done()
    if not (unit and day and subject):
        return None
    return SignOff(
        unit=unit,
        day=day,
        archive=archive,
        keep=keep,
        speed=speed,
        method=method,
        attachment=attachment,
        subject=subject,
        explanation=explanation,
        proposal=proposal,
        drafting=drafting,
        consulted=consulted,
        deciding=deciding,
    )


def _annexes(reader: PaperReader) -> tuple[Annex, ...]:
    found: dict[str, Annex] = {}
    for number, row in enumerate(reader.rows("annex", required=False), 1):
        publication, paper = row.word("from"), row.word("paper", default="")
        id_, take = row.word("id", default=f"annex-{number}"), row.word("take", default="")
        section, title = row.whole("section", default=0), row.optional("title")
        row.done()
        if bool(take) + bool(section) + bool(paper and not take and not section) != 1:
            row.problem("", *told("compilation.says_not_what_take"))
        if id_ in found:
            row.problem("id", *told("compilation.is_used_twice", id=id_))
        found[id_] = Annex(
            id=id_,
            publication=publication,
            paper=paper,
            take=take,
            section=section,
            title=title,
            place=row.place(),
        )
    return tuple(found.values())
