"""What an officer declares for the papers of an award in `publication.toml`, read with the place of every fault.

Sentences keep their slots; they are filled in `composer`, where the outcome of the rules is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from reportgen.kinds.papers import Item, PaperReader, items
from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem
from reportgen.model.messages import told
from reportgen.read.fields import Sentence
from reportgen.read.publications import HEAD, Publication
from reportgen.read.words import Glossary, slots

PAPERS = (
    "letter",
    "order",
    "announcement",
    "notice",
    "programme",
    "list",
    "labels",
    "decisions",
    "report",
    "certificates",
)
POLICIES = ("whole", "mid-mask", "surname-only")
SPEEDS = ("", "most-urgent", "urgent", "normal")
SECRECY = ("", "absolutely-secret", "top-secret", "secret", "confidential")


@dataclass(frozen=True, kw_only=True)
class Official:
    """The head of an official paper and what it says. What is not declared stays blank on paper."""

    issued: date
    number: Text
    speed: str = ""
    secrecy: str = ""
    attachment: Text | None = None
    subject: Sentence | None = None
    items: tuple[Item, ...] = ()
    basis: tuple[Sentence, ...] = ()
    reason: Sentence | None = None
    law: Sentence | None = None


@dataclass(frozen=True, kw_only=True)
class Office:
    address: Text
    person: Text
    phone: str
    fax: str
    email: str
    archive: str
    keep: Text | None


@dataclass(frozen=True)
class Head:
    title: Text
    name: Text


@dataclass(frozen=True)
class Step:
    """A point of the programme, and how long it takes."""

    minutes: int
    what: Sentence
    who: Text


@dataclass(frozen=True, kw_only=True)
class Ceremony:
    name: Text
    on: date
    at: time
    place: Text
    host: Text
    contact: Text
    attend: tuple[Text, ...]
    observe: tuple[Text, ...]
    notes: tuple[Sentence, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """`copy` gets a copy; `letter = false` only a label."""

    name: Text
    postcode: str
    address: Text | None
    copy: bool
    letter: bool


@dataclass(frozen=True)
class Citations:
    """The words of the certificates by tier; `default` for a tier without its own. `serial` holds `{n}`."""

    heading: Text
    serial: str
    by_tier: Mapping[str, tuple[Sentence, ...]]
    places: Mapping[str, Place]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that `publication.toml` says of the papers.

    `units` tells which candidates are units and no persons: column -> the values that say so. `sheets`: who gets a
    decision sheet.
    """

    papers: tuple[str, ...]
    award: Text
    issued: date
    office: Office
    head: Head
    official: Mapping[str, Official]
    ceremony: Ceremony | None
    addressees: tuple[Addressee, ...]
    certificate: Citations | None
    report: tuple[Sentence, ...]
    headline: Sentence | None
    names: Mapping[str, str]
    units: Mapping[str, tuple[str, ...]]
    sheets: str = "all"

    def sentences(self) -> list[Sentence]:
        """Every sentence with slots, so that a fault in any of them is told in one run."""
        found = [*self.report, *([self.headline] if self.headline else [])]
        for paper in self.official.values():
            found += [item.sentence for item in paper.items]
            found += [*paper.basis, *(s for s in (paper.subject, paper.reason, paper.law) if s)]
        if self.ceremony:
            found += [*self.ceremony.notes, *(step.what for step in self.ceremony.steps)]
        return found


def papers(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The papers that a publication asks for, in its order; a name that is none is left to `read_plan`."""
    return tuple(name for name in raw.get("papers", ()) if name in PAPERS)


def read_plan(
    publication: Publication, glossary: Glossary | None, issued: date | None = None
) -> tuple[Plan, list[Problem]]:
    """The plan, and what is wrong with it that does not stop the reading; InputError where nothing can be made.

    `issued` is the date of the command line: it stands for the date of every paper.
    """
    problems: list[Problem] = []
    reader = PaperReader(publication.raw, publication.file, "", problems, glossary)
    for name in HEAD:
        reader.mark(name)
    wanted = _papers(reader)
    award, day = reader.text("award"), issued or reader.day("issued")
    reader.mark("issued")
    office, head = _office(reader.table("office")), _head(reader.table("head"))
    official = {}
    for name in ("letter", "order", "announcement", "notice"):
        if reader.has(name) or name in wanted:
            official[name] = _official(reader.table(name), name, day or date.min, issued)
    needs_ceremony = reader.has("ceremony") or "notice" in wanted or "programme" in wanted
    ceremony = _ceremony(reader.table("ceremony")) if needs_ceremony else None
    addressed = reader.has("addressee") or {"letter", "order", "notice", "labels"} & set(wanted)
    addressees = tuple(_addressees(reader, "labels" in wanted)) if addressed else ()
    certificate = (
        _certificate(reader.table("certificate"))
        if reader.has("certificate") or "certificates" in wanted
        else None
    )
    report, headline = _report(reader.table("report")) if reader.has("report") else ((), None)
    names = _names(reader.table("names")) if reader.has("names") else {}
    units = _units(reader.table("units")) if reader.has("units") else {}
    sheets = _sheets(reader.table("decisions")) if reader.has("decisions") else "all"
    reader.done()
    if award is None or day is None or office is None or head is None:
        raise InputError(dict.fromkeys(problems))
    plan = Plan(
        papers=wanted,
        award=award,
        issued=day,
        office=office,
        head=head,
        official=official,
        ceremony=ceremony,
        addressees=addressees,
        certificate=certificate,
        report=report,
        headline=headline,
        names=names,
        units=units,
        sheets=sheets,
    )
    return plan, problems


def _papers(reader: PaperReader) -> tuple[str, ...]:
    wanted = reader.words("papers")
    for name in wanted:
        if name not in PAPERS:
            known = ", ".join(PAPERS)
            reader.problem(
                "papers", *told("awards.is_no_paper", name_=name, it=Text(known.replace(", ", "、"), known))
            )
    return tuple(dict.fromkeys(name for name in wanted if name in PAPERS))


def _office(reader: PaperReader) -> Office | None:
    if reader.absent:
        return None
    address, person = reader.text("address"), reader.text("person")
    phone, fax, email = (reader.word(name, default="") for name in ("phone", "fax", "email"))
    archive, keep = reader.word("archive", default=""), reader.optional("keep")
    reader.done()
    return (
        Office(address=address, person=person, phone=phone, fax=fax, email=email, archive=archive, keep=keep)
        if address and person
        else None
    )


def _head(reader: PaperReader) -> Head | None:
    if reader.absent:
        return None
    title, name = reader.text("title"), reader.text("name")
    reader.done()
    return Head(title, name) if title and name else None


def _official(reader: PaperReader, paper: str, day: date, issued: date | None) -> Official:
    blank = Text(" ", " ")
    if reader.absent:
        return Official(issued=day, number=blank)
    own = reader.day("issued", required=False)
    number = reader.text("number") or blank
    speed = reader.word("speed", SPEEDS, default="") if paper != "announcement" else ""
    secrecy = reader.word("secrecy", SECRECY, default="") if paper != "announcement" else ""
    attachment = reader.optional("attachment")
    subject = reader.sentence("subject") if paper != "notice" else None
    numbered = tuple(items(reader)) if paper != "notice" else ()
    basis = reader.sentences("basis") if paper == "announcement" else ()
    reason = reader.sentence("reason") if paper == "order" else None
    law = reader.sentence("law") if paper == "order" else None
    reader.done()
    if subject and paper == "letter" and not re.search(r"請(查照|鑒核|照辦)[^。]*。?$", subject.text.zh):
        reader.problem(*told("awards.subject"), "函之主旨須以期望語結尾：平行請查照、上行請鑒核、下行請照辦")
    if subject and paper in ("order", "announcement") and re.search(r"請(查照|鑒核|照辦)", subject.text.zh):
        reader.problem(*told("awards.subject_2"), "令與公告不用期望語；請刪除「請查照」等語")
    return Official(
        issued=issued or own or day,
        number=number,
        speed=speed,
        secrecy=secrecy,
        attachment=attachment,
        subject=subject,
        items=numbered,
        basis=basis,
        reason=reason,
        law=law,
    )


def _ceremony(reader: PaperReader) -> Ceremony | None:
    if reader.absent:
        return None
    name, on, at = reader.text("name"), reader.day("on"), reader.time("at")
    place, host, contact = reader.text("place"), reader.text("host"), reader.text("contact")
    attend, observe = reader.texts("attend", required=True), reader.texts("observe")
    notes = reader.sentences("notes")
    steps = []
    for row in reader.rows("step", required=False):
        minutes, what, who = row.whole("minutes"), row.sentence("what"), row.text("who")
        row.done()
        if not 0 < minutes <= 480:
            row.problem("minutes", *told("awards.is_not_minutes", minutes=minutes))
        if what and who:
            steps.append(Step(minutes, what, who))
    reader.done()
    if not (name and on and at and place and host and contact):
        return None
    return Ceremony(
        name=name,
        on=on,
        at=at,
        place=place,
        host=host,
        contact=contact,
        attend=attend,
        observe=observe,
        notes=notes,
        steps=tuple(steps),
    )


def _addressees(reader: PaperReader, labelled: bool) -> list[Addressee]:
    found = []
    for row in reader.rows("addressee"):
        name, postcode = row.text("name"), row.word("postcode", default="")
        address = row.text("address", required=labelled)
        copy, letter = row.yes("copy"), row.yes("letter", default=True)
        row.done()
        if postcode and not re.fullmatch(r"\d{3}(\d{2,3})?", postcode):
            row.problem("postcode", *told("awards.is_no_postcode", postcode=postcode))
        if name:
            found.append(Addressee(name=name, postcode=postcode, address=address, copy=copy, letter=letter))
    return found


def _certificate(reader: PaperReader) -> Citations | None:
    if reader.absent:
        return None
    heading, serial = reader.text("heading"), reader.word("serial")
    if serial and slots(serial) != ["n"]:
        reader.problem("serial", *told("awards.must_hold_once_where_number", serial=serial))
        serial = "{n}"
    if not re.fullmatch(r"[A-Za-z0-9{}-]*", serial):
        reader.problem("serial", *told("awards.holds_more_than_letters_z", serial=serial))
    citations, places = {}, {}
    inner = reader.table("citation")
    for tier in inner.raw:
        citations[tier] = inner.sentences(tier, required=True)
        places[tier] = inner.place(tier)
    inner.done()
    reader.done()
    return Citations(heading, serial, citations, places) if heading else None


def _report(reader: PaperReader) -> tuple[tuple[Sentence, ...], Sentence | None]:
    headline, text = reader.sentence("headline", required=False), reader.sentences("text")
    reader.done()
    return text, headline


SHEETS = ("all", "winners", "none")


def _sheets(reader: PaperReader) -> str:
    found = reader.word("sheets", SHEETS, "all")
    reader.done()
    return found


def _names(reader: PaperReader) -> dict[str, str]:
    found = {}
    for paper in reader.raw:
        if paper not in PAPERS:
            known = ", ".join(PAPERS)
            reader.mark(paper)
            reader.problem(paper, f"is no paper; known: {known}", "不是文件名稱")
        else:
            found[paper] = reader.word(paper, POLICIES)
    if found.get("certificates", "whole") != "whole":
        reader.problem("certificates", *told("awards.certificate_bears_whole_name_who"))
    reader.done()
    return found


def _units(reader: PaperReader) -> dict[str, tuple[str, ...]]:
    found = {column: tuple(reader.words(column)) for column in reader.raw}
    reader.done()
    return found
