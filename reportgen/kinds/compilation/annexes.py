"""Parts of other publications, built by their own kind: the figures are the same figures, with new numbers.

What differs in the compilation: the numbers of figures, tables and charts, the anchors, and where references lead. What a part
refers to and is not taken along is named with its publication, without a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from reportgen.kinds import kinds
from reportgen.kinds.compilation.plan import Annex
from reportgen.kinds.material import read_material
from reportgen.model import (
    Block,
    Chart,
    Document,
    Fields,
    KeyFigures,
    Line,
    Listing,
    MethodAnnex,
    NoteBox,
    Origin,
    PageBreak,
    Paragraphs,
    Printed,
    Ref,
    Run,
    Section,
    Segment,
    Table,
    Text,
)
from reportgen.model.errors import InputError, Problem, ReportgenError
from reportgen.model.messages import told
from reportgen.read.publications import documents_of, open_publication
from reportgen.read.words import Words, say

TAKEN = (Section, Paragraphs, KeyFigures, Table, Chart, NoteBox, MethodAnnex, Listing, Fields, Segment)
LEFT_OUT = (PageBreak,)  # as is the colophon: the compilation has its own


@dataclass(frozen=True)
class Part:
    """What an annex takes, as its own publication has it: `whole` is that document, `name` what it is called there."""

    annex: Annex
    whole: Document
    blocks: tuple[Block, ...]
    name: Text | None


def parts(project: Path, host: str, annexes: Iterable[Annex]) -> list[Part]:
    """The annexes in their order; InputError with all that cannot be taken, each with its place in publication.toml."""
    problems: list[Problem] = []
    built: dict[tuple[str, str], Document | None] = {}
    found: list[Part] = []
    for annex in annexes:
        if (paper := _paper(project, host, annex, problems)) is None:
            continue
        key = (annex.publication, paper)
        if key not in built:
            built[key] = _built(project, annex, paper, problems)
        whole = built[key]
        if whole and (part := _part(annex, whole, problems)):
            found.append(part)
    _no_twins(found, problems)
    if problems:
        raise InputError(dict.fromkeys(problems))
    return found


def _problem(annex: Annex, name: str, en: str, zh: str) -> Problem:
    return Problem(replace(annex.place, column=f"{annex.place.column}: {name}"), en, zh)


def _paper(project: Path, host: str, annex: Annex, problems: list[Problem]) -> str | None:
    """The paper of the other publication that is meant; None with a problem where there is none."""
    try:
        if circle := _circle(project, host, annex.publication):
            way = " → ".join(circle)
            problems.append(
                _problem(annex, "from", *told("compilation.publication_cannot_annex_itself", told=way))
            )
            return None
        kind, names = documents_of(project, annex.publication, kinds())
    except ReportgenError as error:
        problems.extend(_told(annex, error))
        return None
    paper = annex.paper or (kind.name if kind.name in names else "")
    if paper not in names:
        known = ", ".join(names)
        what = f"{paper!r} is no paper of {annex.publication}" if paper else "which paper is not said"
        zh = f"{annex.publication} 無文件 {paper!r}" if paper else "未指明文件"
        problems.append(
            _problem(
                annex,
                "paper",
                *told("compilation.zh_known", zh=Text(zh, what), it=Text(known.replace(", ", "、"), known)),
            )
        )
        return None
    return paper


def _circle(project: Path, host: str, first: str) -> list[str]:
    """The way from a publication over its annexes back to `host`; empty where there is none."""
    seen: set[str] = set()

    def way(name: str) -> list[str]:
        if name == host:
            return [name]
        if name in seen:
            return []
        seen.add(name)
        raw = open_publication(project, name).values
        annexes = raw.get("annex", ())
        for row in annexes if isinstance(annexes, tuple) else ():
            other = row.get("from") if isinstance(row, Mapping) else None
            if isinstance(other, str) and (rest := way(other)):
                return [name, *rest]
        return []

    found = way(first)
    return [host, *found] if found else []


def _told(annex: Annex, error: ReportgenError) -> Iterable[Problem]:
    """The faults of the other publication, at the place that asks for it."""
    for one in error.problems:
        yield _problem(
            annex,
            "from",
            *told(
                "compilation.cannot_made",
                publication=annex.publication,
                it=Text(one.say("zh"), one.say("en")),
            ),
        )


def _built(project: Path, annex: Annex, paper: str, problems: list[Problem]) -> Document | None:
    """The document as its publication makes it, with its own date."""
    try:
        material = read_material(project, annex.publication)
        made: Document = kinds()[material.publication.kind].compose(material, paper)
    except ReportgenError as error:
        problems.extend(_told(annex, error))
        return None
    words = f"templates/{made.kind}/words.toml"
    attached = made.inputs if made.attached is None else made.attached
    return replace(made, name=paper, inputs=tuple(dict.fromkeys((*made.inputs, words))), attached=attached)


def _part(annex: Annex, whole: Document, problems: list[Problem]) -> Part | None:
    blocks, name = _asked(annex, whole)
    if not blocks:
        sections = ", ".join(one.number for one in whole.blocks if isinstance(one, Section) and one.number)
        anchors = ", ".join(one.anchor for one in whole.blocks if isinstance(one, Table | Chart))
        where = f"{annex.publication} ({whole.name})"
        if annex.section:
            problems.append(
                _problem(
                    annex,
                    "section",
                    *told(
                        "compilation.has_no_section", where=where, section=annex.section, it=sections or "-"
                    ),
                )
            )
        else:
            problems.append(
                _problem(
                    annex,
                    "take",
                    *told("compilation.has_no_table_chart", where=where, take=annex.take, it=anchors or "-"),
                )
            )
        return None
    kept = tuple(one for one in blocks if not isinstance(one, LEFT_OUT) and not _colophon(one))
    for odd in dict.fromkeys(type(one).__name__ for one in kept if not isinstance(one, TAKEN)):
        problems.append(
            _problem(annex, "paper", *told("compilation.cannot_taken_into_another_publication", odd=odd))
        )
    return Part(annex, whole, kept, name)


def _colophon(block: Block) -> bool:
    return isinstance(block, Listing) and block.role == "colophon"


def _asked(annex: Annex, whole: Document) -> tuple[tuple[Block, ...], Text | None]:
    """The blocks, and what they are called in their publication: 表2, or the title of the section."""
    if annex.take:
        for block in whole.blocks:
            if isinstance(block, Table | Chart) and block.anchor == annex.take:
                return (block,), block.caption
        return (), None
    if annex.section:
        inside, title = [], None
        for block in whole.blocks:
            if isinstance(block, Section) and block.level == 1:
                if title:
                    break
                title = block.title if block.number == str(annex.section) else None
            elif title:
                inside.append(block)
        return tuple(inside), title
    return whole.blocks, whole.title


def _no_twins(found: Iterable[Part], problems: list[Problem]) -> None:
    """The same table or chart twice would be two tables with one anchor."""
    first: dict[tuple[str, str, str], Annex] = {}
    for part in found:
        for block in part.blocks:
            if isinstance(block, Table | Chart):
                key = (part.annex.publication, part.whole.name, block.anchor)
                other = first.setdefault(key, part.annex)
                if other is not part.annex:
                    problems.append(
                        _problem(
                            part.annex,
                            "take",
                            *told(
                                "compilation.is_annex_already",
                                anchor=block.anchor,
                                publication=part.annex.publication,
                                id=other.id,
                            ),
                        )
                    )


# ---- into the compilation ------------------------------------------------------------------------


@dataclass(kw_only=True)
class Binder:
    """Gives what is taken its numbers and anchors in the compilation, counting on from its own.

    `number(block)` gives the name of the next table or chart.
    """

    words: Words
    figures: int
    number: Callable[[Table | Chart], Text]
    printed: dict[tuple[str, str, int], Printed] = field(default_factory=dict)
    refs: dict[tuple[str, str, str], Ref] = field(default_factory=dict)

    def bind(self, found: Iterable[Part]) -> list[tuple[Block, ...]]:
        """The blocks of each part, ready to stand in the compilation."""
        found = list(found)
        for place, part in enumerate(found, 1):
            for block in part.blocks:
                if isinstance(block, Table | Chart):
                    key = (part.annex.publication, part.whole.name, block.anchor)
                    self.refs[key] = Ref(f"x{place}-{block.anchor}", self.number(block))
        return [tuple(_Moved(self, part, place).blocks()) for place, part in enumerate(found, 1)]

    def figure(self, part: Part, figure: Printed) -> Printed:
        """The same figure under a number of the compilation; one that stands in two annexes has one number."""
        key = (part.annex.publication, part.whole.name, figure.number)
        known = self.printed.get(key)
        if known is None:
            (whole,) = (one for one in part.whole.printed if one.number == figure.number)
            origin = Origin(*key)
            known = replace(whole, number=self.figures + len(self.printed) + 1, origin=origin)
            self.printed[key] = known
        return replace(figure, number=known.number, origin=known.origin)


class _Moved:
    """The blocks of one part with all that they hold rewritten."""

    def __init__(self, binder: Binder, part: Part, place: int) -> None:
        self.binder, self.part, self.place = binder, part, place
        self.named = {
            half: new
            for block in part.whole.blocks
            if isinstance(block, Table | Chart) and block.name.zh
            for name in (self.ref(Ref(block.anchor, block.name)).text,)
            for half, new in ((block.name.zh, name.zh), (block.name.en, name.en))
        }

    def blocks(self) -> Iterable[Block]:
        for block in self.part.blocks:
            made = self.node(block)
            if isinstance(made, Section):
                made = replace(made, number="", anchor=self.anchor(made.anchor), flow=True, level=2)
            elif isinstance(made, Table | Chart):
                ref = self.ref(Ref(made.anchor, made.name))
                number = ref.text.en.rpartition(" ")[2]
                made = replace(
                    made, name=ref.text, number=number, anchor=ref.anchor, caption=self.renamed(made.caption)
                )
                if isinstance(made, Chart):
                    made = replace(made, data_table=self.ref(Ref(made.data_table, Text("", ""))).anchor)
            elif isinstance(made, MethodAnnex):
                made = MethodAnnex(
                    tuple(replace(one, anchor=self.anchor(one.anchor)) for one in made.definitions)
                )
            yield made

    def anchor(self, anchor: str) -> str:
        return f"x{self.place}-{anchor}"

    def ref(self, ref: Ref) -> Ref:
        """Where the reference leads in the compilation; no anchor where what it points to is not taken."""
        found = self.binder.refs.get((self.part.annex.publication, self.part.whole.name, ref.anchor))
        if found:
            return found
        title = self.part.whole.title
        return Ref("", say(self.binder.words, "annex.elsewhere", name=ref.text, title=title))

    def node(self, node: Any) -> Any:
        """A part of a block with its figures and references rewritten, the rest as it is."""
        if isinstance(node, Printed):
            return self.binder.figure(self.part, node)
        if isinstance(node, Line):
            return Line(*(tuple(self.run(run, half) for run in getattr(node, half)) for half in ("zh", "en")))
        if isinstance(node, tuple):
            return tuple(self.node(one) for one in node)
        if is_dataclass(node) and not isinstance(node, type | Text):
            return replace(node, **{one.name: self.node(getattr(node, one.name)) for one in fields(node)})
        return node

    def run(self, run: Run, half: str) -> Run:
        if isinstance(run, Ref):
            ref = self.ref(run)
            return ref if ref.anchor else str(getattr(ref.text, half))
        return self.binder.figure(self.part, run) if isinstance(run, Printed) else run

    def renamed(self, caption: Text) -> Text:
        """A caption that names another table or chart of its publication: the figures of a chart (圖3)."""
        if not self.named:
            return caption
        names = re.compile("|".join(rf"{re.escape(name)}(?!\d)" for name in self.named))
        return Text(
            *(names.sub(lambda found: self.named[found[0]], half) for half in (caption.zh, caption.en))
        )


def definitions(found: Iterable[Part], printed: Iterable[Printed]) -> Iterable[Any]:
    """How the figures that were taken are worked out: the definitions of their own publications."""
    used: dict[str, set[str]] = {}
    for one in printed:
        if one.origin:
            used.setdefault(one.origin.publication, set()).update(one.value.metric.split("."))
    for part in found:
        wanted = used.pop(part.annex.publication, set())
        for block in part.whole.blocks:
            if isinstance(block, MethodAnnex):
                yield from (one for one in block.definitions if one.anchor.removeprefix("m-") in wanted)
