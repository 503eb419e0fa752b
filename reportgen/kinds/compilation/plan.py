"""What an officer declares for a meeting in `publication.toml`. Sentences keep their slots; they are filled where figures are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reportgen.kinds.extracts import Annex
from reportgen.kinds.letters import Writing
from reportgen.kinds.meetings import Discussion, Gathering, Matter
from reportgen.kinds.memos import SignOff
from reportgen.kinds.own_blocks import OwnBlock
from reportgen.read.fields import By, Several, Where, Within
from reportgen.read.publications import Orientation
from reportgen.read.schema import Fault, Model, check, repeated
from reportgen.read.texts import Bilingual, Sentence

Paper = Literal["compilation", "minutes", "signoff"]


class Meeting(Gathering):
    number: Annotated[int, Within(1)]
    recorder: Bilingual
    opening: Annotated[Several[Sentence], Field(min_length=1)]


class Summary(Model):
    spot: Where
    metrics: tuple[str, ...]


class Further(Model):
    """A part of the compilation that stands behind the annexes."""

    title: Bilingual
    flow: bool = False
    orientation: Orientation = "portrait"
    block: tuple[Annotated[OwnBlock, By("block")], ...]


class Plan(Writing):
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
        yield from self.signoff.sentences()
