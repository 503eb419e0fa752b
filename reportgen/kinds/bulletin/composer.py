"""What the blocks of one bulletin share: its figures, the numbers of its tables and charts, what the annexes have to tell."""

from __future__ import annotations

from collections.abc import Iterable

from reportgen.kinds.bulletin.plan import Block, ChartBlock, Numbered, RankingBlock, TableBlock
from reportgen.kinds.figures import FiguresComposer, Reference
from reportgen.kinds.material import Material
from reportgen.kinds.methods import Methods
from reportgen.model import Line, Ref, Table, Text
from reportgen.read.tables import Dimension
from reportgen.read.tables import Table as DataTable
from reportgen.read.texts import Sentence
from reportgen.read.words import Slot


class BulletinComposer(FiguresComposer):
    """`data_tables` are those of charts whose figures no table of the text holds, until an annex prints them; `quoted` are words of
    the dataset that a table prints."""

    def __init__(self, material: Material) -> None:
        super().__init__(material)
        self.methods = Methods(self.figures, self.words)
        self.refs: dict[str, Ref] = {}
        self.data_tables: list[tuple[ChartBlock, Table]] = []
        self.quoted: dict[Text, None] = {}

    # -- numbers and references

    def number(self, blocks: Iterable[Block]) -> list[Block]:
        """The blocks, each table and chart with an id; its number is known before any text is filled, for texts point ahead."""
        return [self._numbered(block) if isinstance(block, Numbered) else block for block in blocks]

    def _numbered(self, block: TableBlock | RankingBlock | ChartBlock) -> Block:
        kind = "chart" if isinstance(block, ChartBlock) else "table"
        name, number = self.name_of_next(kind)
        anchor = block.id or f"{kind}-{number}"
        if anchor in self.refs:
            self.fault(block.spot.at("id"), "bulletin.id_twice", id=anchor)
        self.refs[anchor] = Ref(anchor, name)
        return block.model_copy(update={"id": anchor})

    def ref(self, block: Numbered) -> Ref:
        return self.refs[block.id]

    def line_of(self, sentence: Sentence) -> Line:
        """Words of an officer: figures, years, and `{ref:id}` for the name of a table or chart."""
        return self.sentence(sentence, lambda slot: self._reference_to(slot, sentence))

    def _reference_to(self, slot: str, sentence: Sentence) -> Slot | None:
        prefix, _, id_ = slot.partition(":")
        if prefix != "ref":
            return None
        if id_ not in self.refs:
            self.fault(sentence.place, "bulletin.no_such_reference", id=id_, known=sorted(self.refs))
            return ""
        return self.refs[id_]

    # -- heads, sources

    def quote(self, table: DataTable, words: Text) -> None:
        """Words of a dataset are printed as they stand: their numbers have no record of their own."""
        self.figures.quoted.setdefault(table.name)
        self.quoted.setdefault(words)

    def unit_of(self, reference: Reference, unit: str) -> str:
        """The table's unit where it measures the same as the metric's own: NT$ in NT$, cases stay cases."""
        own = reference.metric.unit
        return unit if own.startswith("twd") and unit.startswith("twd") else own

    def whole(self, dimension: Dimension) -> Text:
        """What the sum of all members is called."""
        totals = (member.label for member in dimension.members if member.id == dimension.total)
        return next(totals, self.words["table.total"])
