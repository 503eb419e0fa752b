"""What an officer declares in the `publication.toml` of targets: which papers, who drafts, is consulted and decides, the letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field

from reportgen.kinds.forms import Posts, asked_by
from reportgen.kinds.letters import Addressee, Item, Office, Sent, Signatory, Worded, Writing, checked
from reportgen.model import Text
from reportgen.model.toml import Raw
from reportgen.read.fields import EachOnce, RocDate
from reportgen.read.schema import Fault, check, fault
from reportgen.read.texts import Bilingual, Sentence

Paper = Literal["approval", "branches", "submission", "letter", "revision"]
PAPERS: tuple[Paper, ...] = get_args(Paper)
LETTERS = ("submission", "letter", "revision")
SLOTS = ("year", "before", "total", "last", "change", "rate", "branches", "units")
OF_REVISION = ("since", "total.before", "total.change", "total.after")


class Letter(Sent, Worded):
    """The letter 函 that goes to all addressees."""

    issued: RocDate


class Submission(Letter):
    """The letter that submits the targets 陳報函, to the authority above."""

    to: Bilingual


OfRevision = Annotated[Sentence, checked(more="slot of a revision")]


class RevisionItem(Item):
    sentence: Annotated[OfRevision, Field(alias="text")]


class RevisionLetter(Letter):
    """The letter that approves a revision: one for each number of approval in targets.toml, which is its own."""

    number: Bilingual = Text("", "")
    subject: OfRevision
    items: Annotated[tuple[RevisionItem, ...], Field(alias="item")] = ()

    @check
    def _is_numbered(raw: Mapping[str, Raw]) -> Iterator[Fault]:
        if "number" in raw:
            yield fault("number", "targets.number_is_of_the_revision")


class TargetsPlan(Writing):
    papers: Annotated[tuple[Paper, ...], EachOnce]
    signoff: Posts
    office: Office | None = None
    head: Signatory | None = None
    addressee: tuple[Addressee, ...] = ()
    submission: Submission | None = None
    letter: Letter | None = None
    revision: RevisionLetter | None = None

    _office = asked_by("[office]", *LETTERS)
    _head = asked_by("[head]", *LETTERS)
    _addressees = asked_by("[[addressee]]", "letter", "revision")
    _submission = asked_by("[submission]", "submission")
    _letter = asked_by("[letter]", "letter")
    _revision = asked_by("[revision]", "revision")
