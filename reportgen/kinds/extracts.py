"""What a publication takes from others: their documents, as their own kinds compose them, and blocks of these.

Ends where what is taken gets its numbers in the document that takes it: see `binding`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field

from reportgen.kinds import kinds
from reportgen.kinds.material import read_material
from reportgen.model import (
    Block,
    Bullets,
    Chart,
    Definition,
    Document,
    Fields,
    Illustration,
    KeyFigures,
    Listing,
    MethodAnnex,
    NoteBox,
    Own,
    PageBreak,
    Paragraphs,
    Section,
    Segment,
    Table,
    Text,
)
from reportgen.model.errors import InputError, Problem, ReportgenError, problem
from reportgen.model.toml import Raw
from reportgen.read.fields import Id, Where, Within
from reportgen.read.publications import Orientation, documents_of, open_publication, publication_names
from reportgen.read.schema import Fault, Model, check, fault
from reportgen.read.texts import Bilingual

TAKEN = (
    Section,
    Paragraphs,
    Bullets,
    KeyFigures,
    Table,
    Chart,
    NoteBox,
    MethodAnnex,
    Listing,
    Fields,
    Segment,
    Illustration,
    Own,
)
Key = tuple[str, str, str]  # publication, document, anchor


class Taken(Model):
    """A document of another publication; without `paper` the one that is named like its kind."""

    spot: Where
    publication: Annotated[str, Field(alias="from")]
    paper: str = ""


class Annex(Taken):
    """A part of another publication: the block with the id `take`, a section by its number, or a whole paper."""

    id: Id = ""
    take: str = ""
    section: Annotated[int | None, Within(1)] = None
    title: Bilingual | None = None
    orientation: Orientation = "portrait"

    @check
    def _takes_one(take: str, section: int | None, paper: str) -> Iterator[Fault]:
        if bool(take) + bool(section) + bool(paper and not take and not section) != 1:
            yield fault("", "papers.nothing_to_take")


@dataclass(frozen=True, kw_only=True)
class Extract:
    """What an annex takes: `whole` is the document of the other publication, `name` what the extract is called there."""

    annex: Annex
    whole: Document
    blocks: tuple[Block, ...]
    name: Text | None

    def key(self, anchor: str) -> Key:
        return (self.annex.publication, self.whole.name, anchor)

    def numbered(self) -> Iterator[Table | Chart]:
        yield from (block for block in self.blocks if isinstance(block, Table | Chart))


class Others:
    """The documents that the publication `host` takes from others, each composed once."""

    def __init__(self, project: Path, host: str) -> None:
        self._project, self._host = project, host
        self._composed: dict[tuple[str, str], Document | None] = {}

    def document(self, taken: Taken) -> Document | None:
        """InputError at the place that asks for it where it cannot be made; None where that was told before."""
        key = (taken.publication, _document_of(self._project, self._host, taken))
        if key not in self._composed:
            self._composed[key] = None  # what cannot be made is told once
            self._composed[key] = _composed(self._project, taken, key[1])
        return self._composed[key]

    def made(self) -> list[Document]:
        return [document for document in self._composed.values() if document]


def extracts(others: Others, annexes: Mapping[str, Annex], problems: list[Problem]) -> list[Extract]:
    """The annexes in their order; what cannot be taken is told with its place in publication.toml."""
    found: dict[str, Extract] = {}
    for id_, annex in annexes.items():
        try:
            if whole := others.document(annex):
                found[id_] = _extract(annex, whole)
        except InputError as error:
            problems.extend(error.problems)
    problems.extend(_taken_twice(found))
    return list(found.values())


def _fault(annex: Taken, key: str, name: str, /, **slots: object) -> Problem:
    return problem(annex.spot.at(key), name, **slots)


def _unmade(annex: Taken, error: ReportgenError) -> InputError:
    """The faults of the other publication, at the place that asks for it."""
    return InputError(
        _fault(
            annex,
            "from",
            "papers.annex_unmade",
            publication=annex.publication,
            fault=Text(fault.say("zh"), fault.say("en")),
        )
        for fault in error.problems
    )


def _document_of(project: Path, host: str, annex: Taken) -> str:
    """The document of the other publication that is meant."""
    try:
        way = _way_back(project, host, annex.publication)
        kind, documents = documents_of(project, annex.publication, kinds())
    except ReportgenError as error:
        raise _unmade(annex, error) from None
    if way:
        raise InputError(_fault(annex, "from", "papers.annex_of_itself", way=" → ".join(way)))
    name = annex.paper or (kind.name if kind.name in documents else "")
    if name in documents:
        return name
    slots = {"paper": name, "publication": annex.publication, "known": documents}
    message = "papers.no_paper_of_annex" if name else "papers.paper_of_annex_not_said"
    raise InputError(_fault(annex, "paper", message, **slots))


def _way_back(project: Path, host: str, first: str) -> list[str]:
    """The way from a publication over what it takes from others back to `host`; empty where there is none."""
    seen: set[str] = set()
    known = publication_names(project)

    def way(name: str) -> list[str]:
        if name == host:
            return [name]
        if name in seen:
            return []
        seen.add(name)
        for other in _taken_from(open_publication(project, name).values):
            if other in known and (rest := way(other)):
                return [name, *rest]
        return []

    back = way(first)
    return [host, *back] if back else []


def _taken_from(raw: Raw) -> Iterator[str]:
    """What stands behind `from` in any table of a publication.toml: publications, and periods."""
    if isinstance(raw, Mapping):
        if isinstance(other := raw.get("from"), str):
            yield other
        for part in raw.values():
            yield from _taken_from(part)
    elif isinstance(raw, list | tuple):
        for part in raw:
            yield from _taken_from(part)


def _composed(project: Path, annex: Taken, name: str) -> Document:
    """The document as its publication makes it, with its own date."""
    try:
        material = read_material(project, annex.publication)
        made = kinds()[material.publication.kind].compose(material, name)
    except ReportgenError as error:
        raise _unmade(annex, error) from None
    inputs = tuple(dict.fromkeys((*made.inputs, *material.words.files)))
    attached = made.inputs if made.attached is None else made.attached
    return replace(made, name=name, inputs=inputs, attached=attached)


def _extract(annex: Annex, whole: Document) -> Extract:
    blocks, name = _asked(annex, whole)
    if not blocks:
        raise InputError(_nothing_there(annex, whole))
    kept = tuple(block for block in blocks if not _left_out(block))
    odd = dict.fromkeys(type(block).__name__ for block in kept if not isinstance(block, TAKEN))
    if odd:
        raise InputError(_fault(annex, "paper", "papers.block_not_taken", block=block) for block in odd)
    return Extract(annex=annex, whole=whole, blocks=kept, name=name)


def _nothing_there(annex: Annex, whole: Document) -> Problem:
    where = f"{annex.publication} ({whole.name})"
    if annex.section:
        known = [block.number for block in whole.blocks if isinstance(block, Section) and block.number]
        slots = {"where": where, "section": annex.section, "known": known or ["-"]}
        return _fault(annex, "section", "papers.no_section", **slots)
    known = [block.anchor for block in whole.blocks if isinstance(block, Table | Chart)]
    slots = {"where": where, "take": annex.take, "known": known or ["-"]}
    return _fault(annex, "take", "papers.no_table_or_chart", **slots)


def _left_out(block: Block) -> bool:
    """Breaks of pages, and the colophon: the compilation has its own."""
    return isinstance(block, PageBreak) or (
        isinstance(block, Listing) and block.role in ("colophon", "imprint")
    )


def _asked(annex: Annex, whole: Document) -> tuple[tuple[Block, ...], Text | None]:
    """The blocks, and what they are called in their publication: 表2, or the title of the section."""
    if annex.take:
        for block in whole.blocks:
            if isinstance(block, Table | Chart) and block.anchor == annex.take:
                return (block,), block.caption
        return (), None
    if annex.section:
        inside: list[Block] = []
        title = None
        for block in whole.blocks:
            if isinstance(block, Section) and block.level == 1:
                if title:
                    break
                title = block.title if block.number == str(annex.section) else None
            elif title:
                inside.append(block)
        return tuple(inside), title
    return whole.blocks, whole.title


def _taken_twice(found: Mapping[str, Extract]) -> Iterator[Problem]:
    """The same table or chart twice would be two tables with one anchor."""
    first: dict[Key, str] = {}
    for id_, extract in found.items():
        for block in extract.numbered():
            other = first.setdefault(extract.key(block.anchor), id_)
            if other != id_:
                slots = {"anchor": block.anchor, "publication": extract.annex.publication, "annex": other}
                yield _fault(extract.annex, "take", "papers.taken_twice", **slots)


def definitions(found: Iterable[Extract], origins: Iterable[tuple[str, str]]) -> Iterator[Definition]:
    """How the figures that were taken are worked out: of each (publication, metric), as that publication defines it."""
    used: dict[str, set[str]] = {}
    for publication, metric in origins:
        used.setdefault(publication, set()).update(metric.split("."))
    for extract in found:
        wanted = used.pop(extract.annex.publication, set())
        for block in extract.whole.blocks:
            if isinstance(block, MethodAnnex):
                yield from (one for one in block.definitions if one.anchor.removeprefix("m-") in wanted)
