"""What an officer declares for the papers of an award in `publication.toml`.

Sentences keep their slots; they are filled in `composer`, where the outcome of the rules is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field

from reportgen.compute.masking import Policy
from reportgen.kinds.forms import asked_by
from reportgen.kinds.letters import (
    Addressee,
    Counted,
    Item,
    Office,
    Official,
    Said,
    Sent,
    Signatory,
    Worded,
    Writing,
    checked,
)
from reportgen.kinds.payments import Withheld
from reportgen.kinds.receivers import Receivers
from reportgen.model.hints import near
from reportgen.model.toml import Raw
from reportgen.read.fields import Clock, EachOnce, Like, RocDate, Several, Within
from reportgen.read.schema import Context, Fault, Model, check, fault, form, unknown_at
from reportgen.read.texts import Bilingual, Sentence

Paper = Literal[
    "letter",
    "order",
    "announcement",
    "notice",
    "programme",
    "list",
    "receipts",
    "labels",
    "decisions",
    "report",
    "certificates",
]
PAPERS: tuple[Paper, ...] = get_args(Paper)


OF_PERSON = ("name", "post", "branch", "tier", "rewards", "group")


Asking = Annotated[Sentence, checked(more="slot of a letter", asks=True)]
Announcing = Annotated[Sentence, checked(asks=False)]
InLetter = Annotated[Sentence, checked(more="slot of a letter")]
Ordering = Annotated[Sentence, checked(more="slot of an order", asks=False)]
InOrder = Annotated[Sentence, checked(more="slot of an order")]
OfTier = Annotated[Sentence, checked("tier", more="slot of a person")]
OfPerson = Annotated[Sentence, checked(*OF_PERSON, more="slot of a person")]


# ---- official papers ----------------------------------------------------------------------------


class LetterItem(Item):
    sentence: Annotated[InLetter, Field(alias="text")]


class OrderItem(Item):
    sentence: Annotated[InOrder, Field(alias="text")]


class Letter(Counted):
    """One for all, or for each person honoured or each receiver."""

    subject: Asking
    items: Annotated[tuple[LetterItem, ...], Field(alias="item")] = ()
    each: Literal["", "person", "receiver"] = ""


class Order(Counted):
    """One for all, or for each person honoured: members of units that won are persons, too."""

    subject: Ordering
    items: Annotated[tuple[OrderItem, ...], Field(alias="item")] = ()
    each: Literal["", "person"] = ""
    reason: OfTier
    law: OfTier


class Announcement(Worded):
    subject: Announcing
    basis: Several[Said] = ()


class Notice(Sent):
    pass


# ---- the ceremony, and who is written to --------------------------------------------------------


class Step(Model):
    """A point of the programme, and how long it takes."""

    minutes: Annotated[int, Within(1, 480)]
    what: Said
    who: Bilingual


class Ceremony(Model):
    name: Bilingual
    on: RocDate
    at: Clock
    place: Bilingual
    host: Bilingual
    contact: Bilingual
    attend: Annotated[Several[Bilingual], Field(min_length=1)]
    observe: Several[Bilingual] = ()
    notes: Several[Said] = ()
    steps: Annotated[tuple[Step, ...], Field(alias="step")] = ()


# ---- other papers -------------------------------------------------------------------------------


class PrintedForm(Model):
    """The form of the certificates for a printing office, without words."""

    bleed: Annotated[int, Within(2, 10)] = 3
    foil: bool = False


class Citations(Model):
    """The words of the certificates by tier; `default` for a tier without its own. `serial` holds `{n}`; `upright` turns the sheet."""

    heading: Bilingual
    upright: bool = False
    preprinted: bool = False
    press: PrintedForm | None = None
    serial: Annotated[
        str,
        Like(r"[^{}]*\{n\}[^{}]*", "awards.must_hold_once_where_number", '"A-{n}"'),
        Like(r"[A-Za-z0-9{}-]*", "awards.holds_more_than_letters_z", '"A-{n}"'),
    ]
    citation: dict[str, Annotated[Several[OfPerson], Field(min_length=1)]]

    @check
    def _tiers(citation: Mapping[str, Raw], context: Context) -> Iterator[Fault]:
        """The tiers have words, and the words a tier."""
        tiers = context.known["tier"]
        known = ["default", *sorted(tiers)]
        for name in citation:
            if name not in known:
                slots = {"name_": name, "words": known, "near": near(name, known)}
                yield fault(("citation", name), "awards.is_no_tier", **slots)
        for tier in tiers:
            if not citation.keys() & {tier, "default"}:
                yield fault("citation", "awards.tier_has_no_citation", id=tier)


class Report(Model):
    headline: Said | None = None
    text: Several[Said] = ()


class Receipts(Withheld):
    """What is withheld of a payment, and the column of accounts."""

    account: str = ""

    @check
    def _known(account: str, context: Context) -> Iterator[Fault]:
        tables = (columns for name, columns in context.known.items() if name.startswith("column of "))
        columns = sorted({column for known in tables for column in known})
        if account and account not in columns:
            yield unknown_at("account", account, columns)


class Sheets(Model):
    """`sheets`: who gets a decision sheet."""

    sheets: Literal["all", "winners", "none"] = "all"


class AwardsPlan(Writing):
    """All that `publication.toml` says of the papers.

    `units` tells which candidates are units and no persons: column -> the values that say so.
    """

    papers: Annotated[tuple[Paper, ...], EachOnce]
    award: Bilingual
    issued: RocDate
    office: Office
    head: Signatory
    letter: Letter | None = None
    order: Order | None = None
    announcement: Announcement | None = None
    notice: Notice | None = None
    ceremony: Ceremony | None = None
    addressee: tuple[Addressee, ...] = ()
    receivers: Receivers | None = None
    certificate: Citations | None = None
    report: Report = Report()
    receipts: Receipts = Receipts()
    decisions: Sheets = Sheets()
    policies: Annotated[dict[Paper, Policy], Field(alias="names", default_factory=dict)]
    units: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    _letter = asked_by("[letter]", "letter")
    _order = asked_by("[order]", "order")
    _announcement = asked_by("[announcement]", "announcement")
    _notice = asked_by("[notice]", "notice")
    _ceremony = asked_by("[ceremony]", "notice", "programme")
    _addressees = asked_by("[[addressee]]", "order", "notice")
    _certificate = asked_by("[certificate]", "certificates")

    @check
    def _received(
        papers: tuple[Paper, ...], addressee: tuple[Addressee, ...], raw: Mapping[str, Raw]
    ) -> Iterator[Fault]:
        """A letter and labels go to somebody: to addressees, those of a table, or each person honoured."""
        letter = raw.get("letter")
        to_persons = isinstance(letter, Mapping) and letter.get("each") == "person"
        asking = {"labels", *(() if to_persons else ("letter",))}
        if asking & {*papers} and not addressee and not raw.get("receivers"):
            yield fault("addressee", "schema.is_missing", form="[[addressee]]")

    @check
    def _labelled(papers: tuple[Paper, ...], addressee: tuple[Addressee, ...]) -> Iterator[Fault]:
        for number, one in enumerate(addressee if "labels" in papers else ()):
            if not one.address:
                at = ("addressee", number, "address")
                yield fault(at, "schema.is_missing", form=form(Addressee, "address"))

    @check
    def _whole_names(policies: Mapping[Paper, Policy], letter: Letter | None) -> Iterator[Fault]:
        if policies.get("certificates", "whole") != "whole":
            yield fault(("names", "certificates"), "awards.certificate_bears_whole_name_who")
        if letter and letter.each == "person" and policies.get("letter", "whole") != "whole":
            yield fault(("names", "letter"), "awards.letter_bears_whole_name")

    @property
    def official(self) -> dict[str, Official]:
        """The official papers that are declared, by name."""
        papers = {
            "letter": self.letter,
            "order": self.order,
            "announcement": self.announcement,
            "notice": self.notice,
        }
        return {name: paper for name, paper in papers.items() if paper}
