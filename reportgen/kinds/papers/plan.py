"""What an officer declares for papers in `publication.toml`: who sends, who receives, and each paper by its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reportgen.kinds.extracts import Annex, Taken
from reportgen.kinds.letters import Addressee, Counted, Office, Sent, Signatory, Worded, Writing, checked
from reportgen.kinds.meetings import Discussion, Gathering, Matter
from reportgen.kinds.memos import SignOff
from reportgen.kinds.payments import Withheld
from reportgen.kinds.receivers import Receivers
from reportgen.model.toml import Raw
from reportgen.read.fields import By, EachOnce, Id, Like, OneOf, RocDate, Several, Where, Within
from reportgen.read.schema import Context, Fault, Known, Model, check, fault, repeated, unknown_at
from reportgen.read.texts import Bilingual, Sentence

Asking = Annotated[Sentence, checked(asks=True)]
Announcing = Annotated[Sentence, checked(asks=False)]


class Rows(Model):
    """A table of the dataset as it stands on paper; with `signed`, a column to sign in."""

    table: Annotated[str, OneOf("table")]
    columns: tuple[str, ...]
    caption: Bilingual
    total: bool = False
    signed: bool = False

    @check
    def _known(table: str, columns: tuple[str, ...], context: Context) -> Iterator[Fault]:
        known = context.known.get(f"column of {table}", ())
        yield from (
            unknown_at(("columns", place), one, known)
            for place, one in enumerate(columns)
            if known and one not in known
        )


class Figure(Taken):
    """A figure that another publication prints, for the slot `{id}`: its metric there, and as much of its key as tells it apart."""

    id: Id
    metric: str
    of: dict[str, str | int] = Field(default_factory=dict)


class Paper(Model):
    """What all forms have: a name, the day, tables of the dataset, parts of other publications."""

    id: Annotated[str, OneOf("paper")]
    spot: Where
    title: Bilingual | None = None
    issued: RocDate | None = None
    table: tuple[Rows, ...] = ()
    annex: tuple[Annex, ...] = ()


class LetterPaper(Counted, Paper):
    """函: to all addressees, or with `to` to some; with `each`, one for each of them, its address in the window."""

    form: Literal["letter"]
    subject: Asking
    each: Literal["", "addressee", "receiver"] = ""
    to: tuple[Annotated[str, OneOf("addressee")], ...] = ()


class OrderPaper(Sent, Worded, Paper):
    form: Literal["order"]
    subject: Announcing
    to: tuple[Annotated[str, OneOf("addressee")], ...] = ()


class AnnouncementPaper(Worded, Paper):
    form: Literal["announcement"]
    subject: Announcing
    basis: Several[Sentence] = ()


class MemoPaper(SignOff, Paper):
    form: Literal["memo"]


class Seen(Model):
    role: Literal["drafting", "consulted", "deciding"]
    unit: Bilingual
    post: Bilingual


class ConsultPaper(Paper):
    """簽稿會核單: who has to see the paper `of`, of this publication or of the one that `from` names."""

    form: Literal["consult"]
    of: str
    publication: Annotated[str, Field(alias="from")] = ""
    unit: Bilingual
    subject: Sentence
    seen: Annotated[tuple[Seen, ...], Field(min_length=1)]


class Meeting(Gathering):
    name: Bilingual


class NoticePaper(Sent, Paper):
    form: Literal["notice"]
    meeting: Meeting
    contact: Bilingual
    notes: Several[Sentence] = ()


class MinutesPaper(Paper):
    form: Literal["minutes"]
    meeting: Meeting
    opening: Annotated[Several[Sentence], Field(min_length=1)]
    report: tuple[Matter, ...] = ()
    discussion: tuple[Discussion, ...] = ()
    motion: tuple[Matter, ...] = ()


class AttendancePaper(Paper):
    """簽到簿; `room` lines are left for those who are not named."""

    form: Literal["attendance"]
    meeting: Meeting
    room: Annotated[int, Within(0, 60)] = 0


class CitationPaper(Paper):
    """感謝狀, 聘書: one for all, or with `each` one for each addressee or receiver."""

    form: Literal["thanks", "appointment"]
    number: Bilingual
    first: Annotated[str, Like(r"[0-9]{1,15}", "papers.is_no_first_number", '"0001"')] = "1"
    each: Literal["", "addressee", "receiver"] = ""
    to: tuple[Annotated[str, OneOf("addressee")], ...] = ()
    text: Annotated[Several[Sentence], Field(min_length=1)]


class RosterPaper(Paper):
    form: Literal["roster"]


class PaymentsPaper(Withheld, Paper):
    """印領清冊: `amount` is a column of money; of it `tax` is withheld in whole NT$ where it comes to more than `free`."""

    form: Literal["payments"]
    rows: Annotated[str, OneOf("table")]
    name: str
    post: str
    amount: str
    account: str = ""

    @check
    def _known(
        rows: str, name: str, post: str, amount: str, account: str, context: Context
    ) -> Iterator[Fault]:
        known = context.known.get(f"column of {rows}", ())
        given = {"name": name, "post": post, "amount": amount, "account": account}
        yield from (unknown_at(key, one, known) for key, one in given.items() if one and one not in known)
        money = context.known.get(f"money of {rows}", ())
        if amount in known and amount not in money:
            yield unknown_at("amount", amount, money)


class PostedPaper(Paper):
    """大宗函件清單 and labels: all addressees and receivers that have an address, or some."""

    form: Literal["bulk-mail", "labels"]
    to: tuple[Annotated[str, OneOf("addressee")], ...] = ()
    sort: Bilingual | None = None


AnyPaper = (
    LetterPaper
    | OrderPaper
    | AnnouncementPaper
    | MemoPaper
    | ConsultPaper
    | NoticePaper
    | MinutesPaper
    | AttendancePaper
    | CitationPaper
    | RosterPaper
    | PaymentsPaper
    | PostedPaper
)


class PapersPlan(Writing):
    """`papers` are the names of the papers that are made, each declared as `[[paper]]`."""

    papers: Annotated[tuple[str, ...], EachOnce]
    issued: RocDate
    office: Office
    head: Signatory
    addressee: tuple[Addressee, ...] = ()
    receivers: Receivers | None = None
    figure: tuple[Figure, ...] = ()
    paper: tuple[Annotated[AnyPaper, By("form")], ...]

    @classmethod
    def names(cls, raw: Mapping[str, Raw], known: Known) -> Known:
        listed, papers = raw.get("addressee", ()), raw.get("papers", ())
        rows = listed if isinstance(listed, tuple | list) else ()
        ids = [one.get("id") for one in rows if isinstance(one, Mapping)]
        return {
            **super().names(raw, known),
            "addressee": [one for one in ids if isinstance(one, str)],
            "paper": [one for one in papers if isinstance(one, str)] if isinstance(papers, tuple) else (),
        }

    @check
    def _declared(papers: tuple[str, ...], raw: Mapping[str, Raw]) -> Iterator[Fault]:
        """Each paper of the list has its table."""
        tables = raw.get("paper", ())
        ids = (
            [one.get("id") for one in tables if isinstance(one, Mapping)] if isinstance(tables, tuple) else []
        )
        for place, name in enumerate(papers):
            if name not in ids:
                yield fault(("papers", place), "papers.is_not_declared", name_=name)

    @check
    def _ids(paper: tuple[Paper, ...], figure: tuple[Figure, ...]) -> Iterator[Fault]:
        yield from repeated("paper", paper)
        yield from repeated("figure", figure)
