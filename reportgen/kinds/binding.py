"""How what is taken from other publications comes into a document: the same figures, under its own numbers.

What differs are the numbers of figures, tables and charts, the anchors, and where references lead. What an extract refers to and
is not taken along is named with its publication, without a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from reportgen.kinds.compose import Composer
from reportgen.kinds.extracts import Extract, Key
from reportgen.model import (
    LANGUAGES,
    Block,
    Chart,
    Illustration,
    Language,
    Line,
    MethodAnnex,
    Printed,
    Ref,
    Run,
    Section,
    Table,
    Text,
)


class Binder:
    """Gives what is taken its numbers and anchors in the document of the composer, counting on from its own."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        self.refs: dict[Key, Ref] = {}

    def bind(self, extracts: list[Extract]) -> list[tuple[Block, ...]]:
        """The blocks of each extract, ready to stand in the document."""
        for place, extract in enumerate(extracts, 1):
            for block in extract.numbered():
                name = self.composer.numbered(block).name
                self.refs[extract.key(block.anchor)] = Ref(f"x{place}-{block.anchor}", name)
        return [tuple(_Bound(self, extract, place).blocks()) for place, extract in enumerate(extracts, 1)]

    def figure(self, extract: Extract, figure: Printed) -> Printed:
        """The same figure under a number of the document; one that stands in two extracts has one number."""
        return self.composer.take(extract.whole, figure)


class _Bound:
    """The blocks of one extract with all that they hold rewritten."""

    def __init__(self, binder: Binder, extract: Extract, place: int) -> None:
        self.binder, self.extract, self.place = binder, extract, place
        self.renamed = dict(self._renamed())

    def _renamed(self) -> Iterator[tuple[str, str]]:
        """What each table and chart is called there, and here."""
        for block in self.extract.whole.blocks:
            if isinstance(block, Table | Chart) and block.name.zh:
                name = self.ref(Ref(block.anchor, block.name)).text
                yield from ((block.name.zh, name.zh), (block.name.en, name.en))

    def blocks(self) -> Iterable[Block]:
        for block in self.extract.blocks:
            moved = self.node(block)
            if isinstance(moved, Section):
                yield replace(moved, number="", anchor=self.anchor(moved.anchor), flow=True, level=2)
            elif isinstance(moved, Table | Chart):
                yield self._numbered(moved)
            elif isinstance(moved, Illustration):
                yield replace(moved, anchor=self.anchor(moved.anchor))
            elif isinstance(moved, MethodAnnex):
                yield MethodAnnex(
                    tuple(replace(one, anchor=self.anchor(one.anchor)) for one in moved.definitions)
                )
            else:
                yield moved

    def _numbered(self, block: Table | Chart) -> Table | Chart:
        ref = self.ref(Ref(block.anchor, block.name))
        number = ref.text.en.rpartition(" ")[2]
        block = replace(
            block, name=ref.text, number=number, anchor=ref.anchor, caption=self._caption(block.caption)
        )
        if isinstance(block, Chart):
            return replace(block, data_table=self.ref(Ref(block.data_table, Text("", ""))).anchor)
        words = any(cell.text and cell.text.zh for row in block.rows for cell in row.cells)
        return replace(block, look="words" if words else "", widths=())

    def _caption(self, caption: Text) -> Text:
        """A caption that names another table or chart of its publication: the figures of a chart (圖3)."""
        if not self.renamed:
            return caption
        names = re.compile("|".join(rf"{re.escape(name)}(?!\d)" for name in self.renamed))
        return Text(*(names.sub(lambda name: self.renamed[name[0]], caption.say(half)) for half in LANGUAGES))

    def anchor(self, anchor: str) -> str:
        return f"x{self.place}-{anchor}"

    def ref(self, ref: Ref) -> Ref:
        """Where the reference leads in the document; no anchor where what it points to is not taken."""
        if here := self.binder.refs.get(self.extract.key(ref.anchor)):
            return here
        title = self.extract.whole.title
        return Ref("", self.binder.composer.say("annex.elsewhere", name=ref.text, title=title))

    def node(self, node: Any) -> Any:
        """A part of a block with its figures and references rewritten, the rest as it is."""
        if isinstance(node, Printed):
            return self.binder.figure(self.extract, node)
        if isinstance(node, Line):
            return Line(*(tuple(self._run(run, half) for run in node.say(half)) for half in LANGUAGES))
        if isinstance(node, tuple):
            return tuple(self.node(part) for part in node)
        if is_dataclass(node) and not isinstance(node, type | Text):
            return replace(node, **{part.name: self.node(getattr(node, part.name)) for part in fields(node)})
        return node

    def _run(self, run: Run, language: Language) -> Run:
        if isinstance(run, Ref):
            ref = self.ref(run)
            return ref if ref.anchor else ref.text.say(language)
        return self.binder.figure(self.extract, run) if isinstance(run, Printed) else run
