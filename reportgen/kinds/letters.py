"""Official papers that more than one kind sends: what an officer declares of them, and their blocks from the head to the signature.

Fields stand in the print order of the forms; what is not declared stays blank, never 「無」. What a paper says, and to whom, is its
kind's own matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from reportgen.kinds.blocks import form_field
from reportgen.kinds.compose import Composer
from reportgen.kinds.forms import ListItem, clauses, joined, level_faults
from reportgen.kinds.receivers import Receiver
from reportgen.model import (
    EMPTY,
    Block,
    FieldRole,
    Fields,
    FormHead,
    Label,
    Labels,
    Line,
    Segment,
    Signature,
    Text,
    formats,
)
from reportgen.model import Field as Entry
from reportgen.model.formats import TODO, written
from reportgen.model.hints import near
from reportgen.model.toml import Raw
from reportgen.read.fields import Id, Like, OneOf, RocDate
from reportgen.read.publications import Head
from reportgen.read.schema import Fault, Known, Model, below, check, fault, refused
from reportgen.read.texts import Bilingual, Sentence, asked_of
from reportgen.read.words import Slot, slots

# 期望語: those of the handbook for official documents (文書處理手冊, 18 (3)), then those of the Civil Service College's table.
ENDINGS = (
    *("請查照", "請鑒核", "請照辦", "請核示", "請備查", "請辦理見復", "請轉行照辦"),
    *("請鑒察", "請釋示", "請核備", "請核轉", "請察照", "請查復", "請卓參", "請酌處", "請惠復"),
)
SPEEDS = ("most-urgent", "urgent", "normal")
SECRECIES = ("absolutely-secret", "top-secret", "secret", "confidential")
HOUSES = "部會署局處院府校所廳"  # an office whose name ends so calls itself 本部, 本會 …

# ---- what is declared -----------------------------------------------------------------------------


def checked(*own: str, more: str = "", asks: bool | None = None) -> AfterValidator:
    """The slots are those that the context knows, `own` and, of a paper for each person or receiver, those that it knows as `more`;
    with `asks`, a subject asks its reader for something, or not. Where the context knows none, composing tells of them.
    """

    def checked(sentence: Sentence, info: ValidationInfo) -> Sentence:
        assert info.context
        context, words, text = info.context.known, sentence.text.zh, sentence.text
        known = sorted({*context.get("slot", ()), *own, *context.get(more, ())})
        asked = dict.fromkeys((*slots(text.zh), *slots(text.en))) if "slot" in context else ()
        lost = [slot for slot in asked if slot not in known]
        name = "papers.is_no_slot_paper"
        faults = [fault((), name, slot=slot, known=known, near=near(slot, known)) for slot in lost]
        in_chinese = "zh" in asked_of(info) and words != TODO.zh
        endings = [*ENDINGS, *context.get("ending", ())]
        said = "|".join(map(re.escape, endings))
        if asks is True and in_chinese and not re.search(rf"({said})[^。]*。?$", words):
            faults.append(fault((), "papers.letter_asks_nothing", endings=endings))
        if asks is False and re.search(rf"({said})。?$", words):
            faults.append(fault((), "papers.order_asks"))
        if faults:
            raise refused(faults)
        return sentence

    return AfterValidator(checked)


Said = Annotated[Sentence, checked()]


_ENDING = r"[請希][^\s。，]+"
Ending = Annotated[str, Like(_ENDING, "papers.is_no_ending")]


class Writing(Head):
    """A publication that writes letters: its own 期望語 and classes stand beside the handbook's."""

    endings: tuple[Ending, ...] = ()
    speeds: dict[Id, Bilingual] = Field(default_factory=dict)
    secrecies: dict[Id, Bilingual] = Field(default_factory=dict)

    @classmethod
    def names(cls, raw: Mapping[str, Raw], known: Known) -> Known:
        endings = raw.get("endings", ())
        return {
            **super().names(raw, known),
            "ending": [one for one in endings if isinstance(one, str)] if isinstance(endings, tuple) else (),
            "speed": ["", *SPEEDS, *below(raw, "speeds")],
            "secrecy": ["", *SECRECIES, *below(raw, "secrecies")],
        }

    @property
    def classes(self) -> dict[str, Text]:
        """The words of its own classes, as fixed words are named."""
        speeds = {f"speed.{id_}": text for id_, text in self.speeds.items()}
        return speeds | {f"secrecy.{id_}": text for id_, text in self.secrecies.items()}


class Official(Model):
    """The head of an official paper. What is not declared stays blank on paper."""

    issued: RocDate | None = None
    number: Bilingual
    attachment: Bilingual | None = None


class Classified(Model):
    """速別, 密等 and 解密條件: the handbook's words, or those that the publication adds."""

    speed: Annotated[str, OneOf("speed")] = ""
    secrecy: Annotated[str, OneOf("secrecy")] = ""
    declassified: Bilingual | None = None

    @check
    def _classified(secrecy: str, declassified: Text | None) -> Iterator[Fault]:
        if declassified and not secrecy:
            yield fault("declassified", "papers.nothing_to_declassify", known=SECRECIES)


class Sent(Classified, Official):
    pass


class Item(ListItem):
    sentence: Annotated[Said, Field(alias="text")]


class Worded(Official):
    """A paper with a subject 主旨 and numbered items."""

    subject: Said
    items: Annotated[tuple[Item, ...], Field(alias="item")] = ()

    @check
    def _levels(items: tuple[Item, ...]) -> Iterator[Fault]:
        yield from level_faults("item", items)


class Counted(Sent, Worded):
    """One for all; with `each`, one for each, and `{n}` of its number counts them from `first`."""

    each: str = ""
    first: Annotated[str, Like(r"[0-9]{1,15}", "papers.is_no_first_number", '"0001"')] = "1"

    @check
    def _counted(number: Text, each: str) -> Iterator[Fault]:
        most = max(half.count("{n}") for half in written(number))  # as often in each half, as all slots
        if most > 1:
            yield fault("number", "papers.number_is_counted_once")
        elif most and not each:
            yield fault("number", "papers.number_needs_each")
        elif each == "person" and not most:
            yield fault("number", "papers.letters_need_numbers")


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


class Addressee(Model):
    """`copied` gets a copy, `enclosed` with what is enclosed; `letter = false` only a label."""

    id: str = ""
    name: Bilingual
    postcode: Annotated[str, Like(r"(\d{3}(\d{2,3})?)?", "papers.is_no_postcode", '"100"')] = ""
    address: Bilingual | None = None
    copied: Annotated[bool, Field(alias="copy")] = False
    enclosed: bool = False
    letter: bool = True

    @property
    def receiver(self) -> Receiver:
        return Receiver(name=self.name, postcode=self.postcode, address=self.address, enclosed=self.enclosed)


# ---- the blocks -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Sending:
    """A paper that goes out: its number and day, who it is to, who stands under 正本 and 副本, and where it is posted to."""

    issued: date
    number: Text
    to: Text = EMPTY
    main: tuple[Receiver, ...] = ()
    copies: tuple[Receiver, ...] = ()
    slots: Mapping[str, Slot] = field(default_factory=dict)
    window: Receiver | None = None


@dataclass(frozen=True, kw_only=True)
class House:
    """Who sends a paper, and who signs it."""

    office: Office
    head: Signatory


def letter(
    composer: Composer, paper: Worded, sending: Sending, house: House, said: Callable[[Sentence], Line]
) -> Iterator[Block]:
    """函: its head, 主旨, 說明, who receives it, who signs."""
    yield form_head(composer, "letter", paper, sending, house.office)
    yield from body(composer, paper, said, "letter.subject")
    yield received(composer, sending)
    yield Signature(house.head.title, house.head.name, closing=composer.words["letter.closing"])


def form_head(composer: Composer, name: str, paper: Official, sending: Sending, office: Office) -> FormHead:
    """The head of a form; an announcement is sent to nobody and has no priority or classification."""
    words, written = composer.words, name == "letter"
    entries: dict[str, Text | None] = {
        "issued": formats.roc_date(sending.issued),
        "number": composer.stated(sending.number),
    }
    if isinstance(paper, Sent):
        entries["speed"] = words[f"speed.{paper.speed}"] if paper.speed else None
        entries["secrecy"] = classified(composer, paper)
    fields = [entry(composer, one, text) for one, text in entries.items()]
    label = "enclosure" if written else "attachment"
    role: FieldRole = "enclosure" if written else ""
    fields.append(form_field(composer, words[f"field.{label}"], paper.attachment, role))
    to = [form_field(composer, words["field.to"], sending.to, "to")] if isinstance(paper, Sent) else []
    window, address = sending.window, sending.window.address if sending.window else None
    return FormHead(
        issuer=composer.publication.issuer,
        form=words[f"form.{name}"],
        archive=archive(composer, office),
        contact=contact(composer, office) if written else (),
        fields=(*to, *fields),
        salutation=words["letter.salutation"] if written else None,
        window=(Text(window.postcode, window.postcode), composer.stated(address))
        if window and address
        else (),
    )


def classified(composer: Composer, paper: Classified) -> Text | None:
    """機密（會議終了時解密）/ Secret (declassified at the end of the meeting)."""
    if not paper.secrecy:
        return None
    level, terms = composer.words[f"secrecy.{paper.secrecy}"], paper.declassified
    return composer.say("letter.classified", level=level, terms=composer.stated(terms)) if terms else level


def archive(composer: Composer, office: Office) -> tuple[Entry, ...]:
    """檔號 and 保存年限, in the top right corner."""
    said = {"archive": Text(office.archive, office.archive), "keep": office.keep}
    return tuple(form_field(composer, composer.words[f"field.{n}"], t, "archive") for n, t in said.items())


def contact(composer: Composer, office: Office) -> tuple[Entry, ...]:
    plain = {"phone": office.phone, "fax": office.fax, "email": office.email}
    said = {"address": office.address, "person": office.person}
    said |= {name: Text(one, one) for name, one in plain.items() if one}
    return tuple(entry(composer, name, text) for name, text in said.items())


def entry(composer: Composer, name: str, text: Text | None) -> Entry:
    return form_field(composer, composer.words[f"field.{name}"], text)


def body(
    composer: Composer, paper: Worded, said: Callable[[Sentence], Line], subject: str = "segment.subject"
) -> Iterator[Segment]:
    """主旨, and 說明 where it is declared."""
    yield Segment(composer.words[subject], said(paper.subject))
    if paper.items:
        yield Segment(composer.words["segment.explanation"], None, clauses(paper.items, said))


def received(composer: Composer, sending: Sending) -> Fields:
    """正本 and 副本."""
    lists = {"main": sending.main, "copy": sending.copies}
    return Fields(tuple(entry(composer, name, listed(within(composer, to))) for name, to in lists.items()))


def to_all(composer: Composer, named: Iterable[Receiver]) -> Text:
    """Who one paper for all is to: those under 正本 and 副本; where it is one, its name."""
    names = [one.name for one in named]
    return names[0] if len(names) == 1 else composer.words["field.to_all"]


def within(composer: Composer, receivers: Iterable[Receiver]) -> Iterator[Text]:
    """Names of the issuer's own units without its full name, which stands at the head of the paper: 本署人事室, Personnel Office.

    A name that stands alone keeps it all. Behind a unit that is named with 本署 a further branch needs no second 本署.
    """
    issuer, branch = composer.publication.issuer, composer.words["list.branch"].zh
    receivers, before = list(receivers), False
    for one in receivers:
        name = one.name
        unit = Text(name.zh.removeprefix(issuer.zh), name.en.removesuffix(f", {issuer.en}"))
        if len(receivers) == 1 or not unit.zh or unit.zh == name.zh or issuer.zh[-1] not in HOUSES:
            before = False
        else:
            own = "" if before and unit.zh.endswith(branch) else f"本{issuer.zh[-1]}"
            name, before = Text(f"{own}{unit.zh}", unit.en), True
        yield composer.say("letter.enclosed", name=name) if one.enclosed else name


def listed(names: Iterable[Text]) -> Text:
    """Names in a list; English ones hold commas themselves."""
    names = list(names)
    return Text(joined(names).zh, "; ".join(name.en for name in names))


def numbers(pattern: Text, first: str, count: int) -> list[Text]:
    """So many reference numbers in a row, the first in place of `{n}`; leading zeros are kept."""
    counted = (f"{int(first) + place:0{len(first)}}" for place in range(count))
    return [Text(*(half.replace("{n}", one) for half in (pattern.zh, pattern.en))) for one in counted]


def label(composer: Composer, office: Office, postcode: str, address: Text, to: Text) -> Label:
    issuer, sender = composer.publication.issuer, composer.stated(office.address)
    whence = composer.say("label.from", issuer=issuer, address=sender)
    return Label(composer.stated(postcode), composer.stated(address), composer.stated(to), whence)


def labels(composer: Composer, office: Office, receivers: Iterable[Receiver]) -> Labels:
    """A label for each that has an address."""
    return Labels(
        tuple(
            label(composer, office, one.postcode, one.address, composer.say("label.to", name=one.name))
            for one in receivers
            if one.address
        )
    )
