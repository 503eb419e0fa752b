"""What an officer declares for a meeting in `publication.toml`. Sentences keep their slots; they are filled where figures are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Annotated, Literal

from pydantic import Field

from reportgen.kinds.own_blocks import OwnBlock
from reportgen.kinds.papers import ListItem, Posts, level_faults
from reportgen.read.fields import By, Clock, Id, RocDate, Several, Where, Within
from reportgen.read.publications import Head, Orientation
from reportgen.read.schema import Fault, Model, check, fault, repeated
from reportgen.read.texts import Bilingual, Sentence

Paper = Literal["compilation", "minutes", "signoff"]


class Meeting(Model):
    number: Annotated[int, Within(1)]
    on: RocDate
    at: Clock
    until: Clock | None = None
    place: Bilingual
    chair: Bilingual
    recorder: Bilingual
    present: Annotated[Several[Bilingual], Field(min_length=1)]
    attending: Several[Bilingual] = ()
    opening: Annotated[Several[Sentence], Field(min_length=1)]

    @check
    def _ends_later(at: time, until: time | None) -> Iterator[Fault]:
        if until and until <= at:
            yield fault("until", "compilation.until_before_start", until=until, at=at)


class Matter(Model):
    """A report or a motion. `brief` is what the summary says of the decision, else the decision."""

    title: Sentence
    by: Bilingual
    text: Annotated[Several[Sentence], Field(min_length=1)]
    decision: Sentence
    brief: Sentence | None = None

    def sentences(self) -> Iterator[Sentence]:
        yield from (self.title, *self.text, self.decision, *([self.brief] if self.brief else []))


class Discussion(Matter):
    reason: Sentence

    def sentences(self) -> Iterator[Sentence]:
        yield from (*super().sentences(), self.reason)


class Summary(Model):
    spot: Where
    metrics: tuple[str, ...]


class SignOff(Posts):
    """簽: who asks whom to approve what. What is not declared stays blank on paper."""

    unit: Bilingual
    on: RocDate
    archive: str = ""
    keep: Bilingual | None = None
    speed: Literal["", "most-urgent", "urgent", "normal"] = ""
    method: Bilingual | None = None
    attachment: Bilingual | None = None
    subject: Sentence
    explanation: tuple[ListItem, ...] = ()
    proposal: tuple[ListItem, ...] = ()

    @check
    def _levels(explanation: tuple[ListItem, ...], proposal: tuple[ListItem, ...]) -> Iterator[Fault]:
        yield from level_faults("explanation", explanation)
        yield from level_faults("proposal", proposal)


class Annex(Model):
    """A part of another publication: the block with the id `take`, a section by its number, or a whole paper."""

    spot: Where
    publication: Annotated[str, Field(alias="from")]
    id: Id = ""
    paper: str = ""
    take: str = ""
    section: Annotated[int | None, Within(1)] = None
    title: Bilingual | None = None
    orientation: Orientation = "portrait"

    @check
    def _takes_one(take: str, section: int | None, paper: str) -> Iterator[Fault]:
        if bool(take) + bool(section) + bool(paper and not take and not section) != 1:
            yield fault("", "compilation.nothing_to_take")


class Further(Model):
    """A part of the compilation that stands behind the annexes."""

    title: Bilingual
    flow: bool = False
    orientation: Orientation = "portrait"
    block: tuple[Annotated[OwnBlock, By("block")], ...]


class Plan(Head):
    """All that `publication.toml` says. `previous` is the publication of the meeting before, empty for the first."""

    papers: tuple[Paper, ...] = ("compilation",)
    previous: str = ""
    instructions: str
    meeting: Meeting
    summary: Summary
    report: tuple[Matter, ...] = ()
    discussion: tuple[Discussion, ...] = ()
    motion: tuple[Matter, ...] = ()
    signoff: SignOff
    annex: tuple[Annex, ...] = ()
    section: tuple[Further, ...] = ()

    @check
    def _ids(annex: tuple[Annex, ...]) -> Iterator[Fault]:
        yield from repeated("annex", annex)

    def matters(self) -> tuple[Matter, ...]:
        return (*self.report, *self.discussion, *self.motion)

    def annexes(self) -> dict[str, Annex]:
        """The annexes by their ids; one without has its number: `annex-2`."""
        return {annex.id or f"annex-{number}": annex for number, annex in enumerate(self.annex, 1)}

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence with slots, so that a fault in any of them is told in one run, whichever paper is made."""
        yield from self.meeting.opening
        for matter in self.matters():
            yield from matter.sentences()
        yield self.signoff.subject
        yield from (item.sentence for item in (*self.signoff.explanation, *self.signoff.proposal))
