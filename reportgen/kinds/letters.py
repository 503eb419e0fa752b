"""Letters that more than one kind sends: what an officer declares of them, and their blocks from the head to the signature.

What a letter says, and to whom, is its kind's own matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from reportgen.kinds.blocks import form_field
from reportgen.kinds.compose import Composer
from reportgen.kinds.papers import ListItem, clauses, level_faults
from reportgen.model import Block, Fields, FormHead, Line, Segment, Signature, Table, Text, formats
from reportgen.model import Field as Entry
from reportgen.model.formats import TODO
from reportgen.model.hints import near
from reportgen.read.fields import Like, RocDate
from reportgen.read.schema import Fault, Model, check, fault, refused
from reportgen.read.texts import Bilingual, Sentence, asked_of
from reportgen.read.words import Slot, slots

# ---- what is declared -----------------------------------------------------------------------------


def checked(*own: str, more: str = "", asks: bool | None = None) -> AfterValidator:
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


Said = Annotated[Sentence, checked()]


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
    """`copied` gets a copy; `letter = false` only a label."""

    name: Bilingual
    postcode: Annotated[str, Like(r"(\d{3}(\d{2,3})?)?", "awards.is_no_postcode", '"100"')] = ""
    address: Bilingual | None = None
    copied: Annotated[bool, Field(alias="copy")] = False
    letter: bool = True


# ---- the blocks -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Sending:
    """A letter that goes out: its number and day, who it is to, and who stands under 正本 and 副本."""

    issued: date
    number: Text
    to: Text
    main: tuple[Text, ...]
    copies: tuple[Text, ...] = ()
    slots: Mapping[str, Slot]


def blocks(
    composer: Composer, paper: Worded, sending: Sending, office: Office, head: Signatory, table: Table | None
) -> Iterator[Block]:
    """函: its head, 主旨, 說明, who receives it, who signs, the table that it encloses."""

    def said(sentence: Sentence) -> Line:
        return composer.fill(sentence.text, sending.slots.__getitem__)

    words = composer.words
    yield _head(composer, paper, sending, office)
    yield Segment(words["segment.subject"], said(paper.subject))
    if paper.items:
        yield Segment(words["segment.explanation"], None, clauses(paper.items, said))
    received = {"main": sending.main, "copy": sending.copies}
    yield Fields(tuple(_entry(composer, name, _list(names)) for name, names in received.items()))
    yield Signature(head.title, head.name, False)
    if table:
        yield table


def _head(composer: Composer, paper: Official, sending: Sending, office: Office) -> FormHead:
    words, contact = composer.words, {"address": office.address, "person": office.person}
    plain = {"phone": office.phone, "fax": office.fax, "email": office.email}
    contact |= {name: Text(said, said) for name, said in plain.items() if said}
    entries: dict[str, Text | None] = {
        "issued": formats.roc_date(sending.issued),
        "number": composer.stated(sending.number),
    }
    if isinstance(paper, Sent):
        entries["speed"] = words[f"speed.{paper.speed}"] if paper.speed else None
        entries["secrecy"] = words[f"secrecy.{paper.secrecy}"] if paper.secrecy else None
    entries["attachment"] = paper.attachment
    archive = {"archive": Text(office.archive, office.archive), "keep": office.keep}
    return FormHead(
        issuer=composer.publication.issuer,
        form=words["form.letter"],
        archive=tuple(form_field(composer, words[f"field.{n}"], t, "archive") for n, t in archive.items()),
        contact=tuple(_entry(composer, name, text) for name, text in contact.items()),
        fields=(
            form_field(composer, words["field.to"], sending.to, "to"),
            *(_entry(composer, name, text) for name, text in entries.items()),
        ),
    )


def _entry(composer: Composer, name: str, text: Text | None) -> Entry:
    return form_field(composer, composer.words[f"field.{name}"], text)


def _list(names: Iterable[Text]) -> Text:
    names = list(names)
    return Text("、".join(name.zh for name in names), "; ".join(name.en for name in names))
