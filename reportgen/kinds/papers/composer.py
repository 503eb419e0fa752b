"""The composer of papers: slots of figures of other publications and of other papers, who a paper goes to, tables of the dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from reportgen.kinds.compose import ColumnOf, Content
from reportgen.kinds.extracts import Others
from reportgen.kinds.figures import FiguresComposer
from reportgen.kinds.letters import Sending, numbers, to_all
from reportgen.kinds.material import Material
from reportgen.kinds.papers.plan import CitationPaper, Figure, LetterPaper, Paper, PapersPlan, Rows
from reportgen.kinds.receivers import Receiver, rows_of, said_of, slots_of_receiver
from reportgen.model import EMPTY, Line, Printed, Table, Text, Value, formats, limits
from reportgen.model.errors import InputError
from reportgen.read.tables import Record, sources_of
from reportgen.read.texts import Sentence
from reportgen.read.words import Slot


class PaperComposer(FiguresComposer):
    """One paper in the making."""

    def __init__(self, material: Material, plan: PapersPlan, others: Others) -> None:
        super().__init__(material)
        self.plan, self.others = plan, others
        self.words.add(plan.classes)
        self.taken = {figure.id: figure for figure in plan.figure}
        found = ((one.id, getattr(one, "number", None)) for one in plan.paper)
        self.numbered_papers = {id_: number for id_, number in found if isinstance(number, Text)}

    # -- words

    def told(self, sentence: Sentence, own: Mapping[str, Slot] | None = None) -> Line:
        """Words of an officer with their slots filled: of the receiver, of other publications and papers, of metrics."""
        besides = [*(own or ()), *self.taken, *(f"{id_}.number" for id_ in self.numbered_papers)]

        def slot(name: str) -> Slot | None:
            if own and name in own:
                return own[name]
            if name in self.taken:
                return self.borrowed(self.taken[name])
            id_, _, what = name.rpartition(".")
            paper = next((one for one in self.plan.paper if one.id == id_), None)
            number = self.numbered_papers.get(id_)
            if paper and what == "issued":
                return self.stated(formats.roc_date(self.issued(paper)))
            return self.stated(number) if what == "number" and number else None

        self.stated(sentence.text)
        return self.sentence(sentence, slot, besides)

    def borrowed(self, figure: Figure) -> Slot:
        """The one figure of the other publication that is meant; a fault with all that it could be where it is not one."""
        try:
            whole = self.others.document(figure)
        except InputError as error:
            self.problems += error.problems
            return EMPTY
        if not whole:
            return EMPTY
        wanted = {name: str(value) for name, value in figure.of.items()}
        of_metric = [one for one in whole.printed if one.value.metric == figure.metric]
        if not of_metric:
            known = sorted({one.value.metric for one in whole.printed})
            self.fault(figure.spot.at("metric"), "papers.no_such_figure", metric=figure.metric, known=known)
            return EMPTY
        within = [one for one in of_metric if wanted.items() <= _key(one).items()]
        found = [
            one for one in within if _key(one) == wanted
        ] or within  # a total has a shorter key than its parts
        if len({(one.value.key, one.value.exact) for one in found}) != 1:
            known = list(
                dict.fromkeys(", ".join(f"{k} = {v}" for k, v in _key(one).items()) for one in of_metric)
            )
            slots = {"count": len(found), "metric": figure.metric, "known": known[:30] or ["-"]}
            self.fault(figure.spot.at("of" if figure.of else "metric"), "papers.not_one_figure", **slots)
            return EMPTY
        return self.take(whole, found[0])

    # -- who it goes to

    def issued(self, paper: Paper) -> date:
        return self.material.issued or paper.issued or self.plan.issued

    def main(self, to: Sequence[str] = ()) -> list[Receiver]:
        """The addressees of these ids; without any all that get no copy."""
        listed = [one for one in self.plan.addressee if one.letter]
        return [one.receiver for one in listed if (one.id in to if to else not one.copied)]

    def rows_of_receivers(self) -> list[Receiver]:
        return rows_of(self, self.plan.receivers)

    def copies(self) -> tuple[Receiver, ...]:
        return tuple(one.receiver for one in self.plan.addressee if one.letter and one.copied)

    def to_all(self, paper: Paper, number: Text, to: Sequence[str] = ()) -> Sending:
        main, copies = tuple(self.main(to)), self.copies()
        return Sending(
            issued=self.issued(paper), number=number, to=to_all(self, main), main=main, copies=copies
        )

    def each(self, paper: LetterPaper | CitationPaper, sentences: Sequence[Sentence]) -> Iterator[Sending]:
        """A paper for each addressee or row of the table of receivers, with its number and what its slots say; else one for all."""
        if not paper.each:
            yield self.to_all(paper, paper.number, paper.to)
            return
        receivers = self.main(paper.to) if paper.each == "addressee" else self.rows_of_receivers()
        if not receivers or len(receivers) > limits.LETTERS:
            name = "papers.too_many_letters" if receivers else "papers.nobody_gets_a_letter"
            self.fault(paper.spot.at("each"), name, count=len(receivers), most=limits.LETTERS)
            return
        counted = numbers(paper.number, paper.first, len(receivers))
        for receiver, number in zip(receivers, counted, strict=True):
            slots, problems = slots_of_receiver(self, receiver, sentences)
            self.problems += problems
            yield Sending(
                issued=self.issued(paper),
                number=number,
                to=receiver.name,
                main=(receiver,),
                copies=self.copies(),
                slots=slots,
                window=receiver,
            )

    # -- tables

    def rows(self, declared: Rows, place: str) -> Table:
        """The columns of a table of the dataset; numbers are figures, words are as they stand there."""
        table = self.dataset.tables[declared.table]
        columns = [self._column(declared, name) for name in declared.columns]
        if declared.signed:
            columns.append(self.column("register.signed", lambda record: EMPTY))
        frame = Table(
            anchor=place,
            caption=self.stated(declared.caption),
            stub=self.words["list.number"],
            flows=True,
            look="register" if declared.signed else "roster",
        )
        return self.filled(
            frame, columns, table.records, total=self.words["table.total"] if declared.total else None
        )

    def _column(self, declared: Rows, name: str) -> ColumnOf[Record]:
        table = self.dataset.tables[declared.table]
        spec = table.columns[name]
        unit = self.head(spec.unit) if spec.is_number and spec.unit not in ("", "count") else None
        total: Content = None
        if declared.total and spec.is_number and spec.type != "roc_year":
            total = self.total_of(declared.table, name)

        def content(record: Record) -> Content:
            return said_of(self, table, record, name)

        return ColumnOf(self.stated(spec.label), content, unit, total)

    def total_of(self, name: str, column: str) -> Value:
        table = self.dataset.tables[name]
        spec = table.columns[column]
        cells = (record.cells.get(column) for record in table.records)
        whole = sum((Fraction(one) for one in cells if isinstance(one, int | Fraction)), Fraction(0))
        return Value(
            metric=f"{name}.{column}",
            key=(),
            exact=whole * self.units[spec.unit].factor,
            unit=spec.unit,
            digits=spec.digits,
            formula=f"sum of {column}",
            sources=tuple(sources_of(table, list(table.records), column)),
        )


def _key(figure: Printed) -> dict[str, str]:
    return {name: str(value) for name, value in figure.value.key}
