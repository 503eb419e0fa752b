"""What the annexes of a compilation take: blocks of other publications, as their own kinds compose them.

Ends where the blocks get their numbers in the compilation: see `binding`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reportgen.kinds import kinds
from reportgen.kinds.compilation.plan import Annex
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
from reportgen.read.publications import documents_of, open_publication

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


def extracts(
    project: Path, host: str, annexes: Mapping[str, Annex], problems: list[Problem]
) -> list[Extract]:
    """The annexes in their order; what cannot be taken is told with its place in publication.toml."""
    composed: dict[tuple[str, str], Document | None] = {}
    found: dict[str, Extract] = {}
    for id_, annex in annexes.items():
        try:
            key = (annex.publication, _document_of(project, host, annex))
            if key not in composed:
                composed[key] = None  # what cannot be made is told once
                composed[key] = _composed(project, annex, key[1])
            if whole := composed[key]:
                found[id_] = _extract(annex, whole)
        except InputError as error:
            problems.extend(error.problems)
    problems.extend(_taken_twice(found))
    return list(found.values())


def _fault(annex: Annex, key: str, name: str, /, **slots: object) -> Problem:
    return problem(annex.spot.at(key), name, **slots)


def _unmade(annex: Annex, error: ReportgenError) -> InputError:
    """The faults of the other publication, at the place that asks for it."""
    return InputError(
        _fault(
            annex,
            "from",
            "compilation.annex_unmade",
            publication=annex.publication,
            fault=Text(fault.say("zh"), fault.say("en")),
        )
        for fault in error.problems
    )


def _document_of(project: Path, host: str, annex: Annex) -> str:
    """The document of the other publication that is meant."""
    try:
        way = _way_back(project, host, annex.publication)
        kind, documents = documents_of(project, annex.publication, kinds())
    except ReportgenError as error:
        raise _unmade(annex, error) from None
    if way:
        raise InputError(_fault(annex, "from", "compilation.annex_of_itself", way=" → ".join(way)))
    name = annex.paper or (kind.name if kind.name in documents else "")
    if name in documents:
        return name
    slots = {"paper": name, "publication": annex.publication, "known": documents}
    message = "compilation.no_paper_of_annex" if name else "compilation.paper_of_annex_not_said"
    raise InputError(_fault(annex, "paper", message, **slots))


def _way_back(project: Path, host: str, first: str) -> list[str]:
    """The way from a publication over its annexes back to `host`; empty where there is none."""
    seen: set[str] = set()

    def way(name: str) -> list[str]:
        if name == host:
            return [name]
        if name in seen:
            return []
        seen.add(name)
        annexes = open_publication(project, name).values.get("annex", ())
        for row in annexes if isinstance(annexes, list | tuple) else []:
            other = row.get("from") if isinstance(row, Mapping) else None
            if isinstance(other, str) and (rest := way(other)):
                return [name, *rest]
        return []

    back = way(first)
    return [host, *back] if back else []


def _composed(project: Path, annex: Annex, name: str) -> Document:
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
        raise InputError(_fault(annex, "paper", "compilation.block_not_taken", block=block) for block in odd)
    return Extract(annex=annex, whole=whole, blocks=kept, name=name)


def _nothing_there(annex: Annex, whole: Document) -> Problem:
    where = f"{annex.publication} ({whole.name})"
    if annex.section:
        known = [block.number for block in whole.blocks if isinstance(block, Section) and block.number]
        slots = {"where": where, "section": annex.section, "known": known or ["-"]}
        return _fault(annex, "section", "compilation.no_section", **slots)
    known = [block.anchor for block in whole.blocks if isinstance(block, Table | Chart)]
    slots = {"where": where, "take": annex.take, "known": known or ["-"]}
    return _fault(annex, "take", "compilation.no_table_or_chart", **slots)


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
                yield _fault(extract.annex, "take", "compilation.taken_twice", **slots)


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
