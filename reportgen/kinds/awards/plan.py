"""What an officer declares for the papers of an award in `publication.toml`.

Sentences keep their slots; they are filled in `composer`, where the outcome of the rules is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, ValidationInfo

from reportgen.compute.masking import Policy
from reportgen.compute.rules.vocabulary import Share
from reportgen.kinds.papers import ListItem, asked_by, level_faults
from reportgen.model import Text
from reportgen.model.formats import TODO, written
from reportgen.model.hints import near
from reportgen.model.toml import Raw
from reportgen.read.fields import Clock, EachOnce, Like, OneOf, RocDate, Several, Within
from reportgen.read.publications import Head
from reportgen.read.schema import Context, Fault, Model, check, fault, form, refused, unknown_at
from reportgen.read.texts import Bilingual, Sentence, asked_of
from reportgen.read.words import slots

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


def _checked(*own: str, more: str = "", asks: bool | None = None) -> AfterValidator:
    """The slots are those that the context knows, `own` and, of a paper for each person or receiver, those that it knows as `more`;
    with `asks`, a subject asks its reader for something, or not.
    """

    def checked(sentence: Sentence, info: ValidationInfo) -> Sentence:
        assert info.context
        known = sorted({*info.context.known["slot"], *own, *info.context.known.get(more, ())})
        words, text = sentence.text.zh, sentence.text
        lost = [slot for slot in dict.fromkeys((*slots(text.zh), *slots(text.en))) if slot not in known]
        name = "awards.is_no_slot_paper"
        faults = [fault((), name, slot=slot, known=known, near=near(slot, known)) for slot in lost]
        in_chinese = "zh" in asked_of(info) and words != TODO.zh
        if asks is True and in_chinese and not re.search(r"請(查照|鑒核|照辦)[^。]*。?$", words):
            faults.append(fault((), "awards.letter_asks_nothing"))
        if asks is False and re.search(r"請(查照|鑒核|照辦)", words):
            faults.append(fault((), "awards.order_asks"))
        if faults:
            raise refused(faults)
        return sentence

    return AfterValidator(checked)


Said = Annotated[Sentence, _checked()]
Asking = Annotated[Sentence, _checked(more="slot of a letter", asks=True)]
Announcing = Annotated[Sentence, _checked(asks=False)]
InLetter = Annotated[Sentence, _checked(more="slot of a letter")]
OfTier = Annotated[Sentence, _checked("tier", more="slot of a person")]
OfPerson = Annotated[Sentence, _checked(*OF_PERSON, more="slot of a person")]


# ---- official papers ----------------------------------------------------------------------------


class Official(Model):
    """The head of an official paper. What is not declared stays blank on paper."""

    issued: RocDate | None = None
    number: Bilingual
    attachment: Bilingual | None = None


class Sent(Official):
    speed: Literal["", "most-urgent", "urgent", "normal"] = ""
    secrecy: Literal["", "absolutely-secret", "top-secret", "secret", "confidential"] = ""


class Item(ListItem):
    sentence: Annotated[Said, Field(alias="text")]


class Worded(Official):
    """A paper with a subject 主旨 and numbered items."""

    subject: Said
    items: Annotated[tuple[Item, ...], Field(alias="item")] = ()

    @check
    def _levels(items: tuple[Item, ...]) -> Iterator[Fault]:
        yield from level_faults("item", items)


class LetterItem(Item):
    sentence: Annotated[InLetter, Field(alias="text")]


class Letter(Sent, Worded):
    """One for all; with `each`, one for each person honoured or each receiver, and `{n}` of its number counts them from `first`."""

    subject: Asking
    items: Annotated[tuple[LetterItem, ...], Field(alias="item")] = ()
    each: Literal["", "person", "receiver"] = ""
    first: Annotated[str, Like(r"[0-9]{1,15}", "awards.is_no_first_number", '"0001"')] = "1"

    @check
    def _counted(number: Text, each: str) -> Iterator[Fault]:
        most = max(half.count("{n}") for half in written(number))  # as often in each half, as all slots
        if most > 1:
            yield fault("number", "awards.number_is_counted_once")
        elif most and not each:
            yield fault("number", "awards.number_needs_each")
        elif each == "person" and not most:
            yield fault("number", "awards.letters_need_numbers")


class Order(Sent, Worded):
    subject: Announcing
    reason: OfTier
    law: OfTier


class Announcement(Worded):
    subject: Announcing
    basis: Several[Said] = ()


class Notice(Sent):
    pass


# ---- the ceremony, and who is written to --------------------------------------------------------


class Office(Model):
    address: Bilingual
    person: Bilingual
    phone: str = ""
    fax: str = ""
    email: str = ""
    archive: str = ""
    keep: Bilingual | None = None


class Signatory(Model):
    title: Bilingual
    name: Bilingual


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


class Addressee(Model):
    """`copied` gets a copy; `letter = false` only a label."""

    name: Bilingual
    postcode: Annotated[str, Like(r"(\d{3}(\d{2,3})?)?", "awards.is_no_postcode", '"100"')] = ""
    address: Bilingual | None = None
    copied: Annotated[bool, Field(alias="copy")] = False
    letter: bool = True


class Receivers(Model):
    """A table of further receivers, and its columns; of each `…_en` the English one. `title` is how one is addressed: 君 / Mr."""

    table: Annotated[str, OneOf("table")]
    name: str
    title: str = ""
    postcode: str = ""
    address: str = ""

    @check
    def _columns(
        table: str, name: str, title: str, postcode: str, address: str, context: Context
    ) -> Iterator[Fault]:
        columns = context.known.get(f"column of {table}", ())
        given = {"name": name, "title": title, "postcode": postcode, "address": address}
        yield from (unknown_at(key, one, columns) for key, one in given.items() if one and one not in columns)


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


class Receipts(Model):
    """What is withheld of a payment: a part of it in whole NT$, unless it comes to no more than is left `free`; the column of accounts."""

    tax: Share | None = None
    free: Annotated[int, Within(0, 1_000_000)] = 0
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


class AwardsPlan(Head):
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
