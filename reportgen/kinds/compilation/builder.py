"""What all papers of a meeting ask: the plan, the instructions, the figures so far, and sentences with their slots filled.

Ends where the blocks of a paper begin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from reportgen.compute import claims
from reportgen.compute.metrics import Figures
from reportgen.kinds.compilation.plan import Plan
from reportgen.kinds.compilation.tracking import TABLE, Instruction
from reportgen.kinds.material import Material
from reportgen.kinds.papers import Sentence
from reportgen.model import Chart, Exact, Gap, Line, Printed, Ref, Source, Table, Text, Value, formats
from reportgen.model.errors import Problem, problem
from reportgen.read.publications import Publication
from reportgen.read.tables import Dataset
from reportgen.read.words import Slot, fill, say

COUNTED = {
    "tracked": "count of the instructions in the table of this meeting",
    "open": "count of the instructions that are not released",
    "overdue": "count of the instructions that are not released and were due before the meeting",
    "released": "count of the instructions that this meeting released",
    "given": "count of the instructions that this meeting gave",
}


@dataclass(frozen=True)
class Before:
    """The meeting before, as its own publication tells it."""

    publication: Publication
    number: int
    day: date
    dataset: Dataset


@dataclass(frozen=True)
class Tracked:
    """The instructions of this meeting, and where their table is declared."""

    dataset: Dataset
    instructions: tuple[Instruction, ...]

    def office(self, id_: str) -> Text:
        column = self.dataset.tables[TABLE].columns["office"]
        return self.dataset.dimensions[column.dimension].member(id_).label


class Builder:
    """One paper in the making: its figures and the numbers of its tables are its own."""

    def __init__(
        self, material: Material, plan: Plan, tracked: Tracked, before: Before | None, paper: str
    ) -> None:
        self.paper = paper
        publication = material.publication
        self.material, self.plan, self.tracked, self.before = material, plan, tracked, before
        self.words, self.publication = material.words, publication
        self.figures = Figures(material.dataset, material.registry, publication.period, publication.since)
        self.problems: list[Problem] = []
        self._tables = self._charts = 0

    # -- words

    def say(self, name: str, /, **slots: str | Text) -> Text:
        return say(self.words, name, **slots)

    def line(self, name: str, /, **given: str | Text | Printed) -> Line:
        """Fixed words with their slots filled by words and figures."""
        return fill(self.words[name], given.__getitem__)

    def sentence(self, sentence: Sentence) -> Line:
        """Words of an officer with their slots filled: metrics, counts of instructions, annexes."""

        def resolve(slot: str) -> Slot:
            if slot in COUNTED:
                return self.count(slot)
            if slot.startswith("annex:"):
                return self._annex(sentence, slot)
            try:
                return self.figures.ledger.print(claims.look_up(slot, self.figures))
            except claims.ExpressionError as error:
                known = ", ".join((*COUNTED, "annex:…"))
                self.problems.append(
                    problem(
                        sentence.place,
                        "compilation.slot_error_besides_metrics",
                        slot=slot,
                        known=known,
                        error=error,
                    )
                )
                return ""

        return fill(sentence.text, resolve)

    def _annex(self, sentence: Sentence, slot: str) -> Slot:
        ids = [annex.id for annex in self.plan.annexes]
        id_ = slot.removeprefix("annex:")
        if id_ in ids:
            number = ids.index(id_) + 1
            if self.paper != "compilation":  # the annexes stand in the compilation alone
                return self.say("annex.outside", annex=self.annex_name(number))
            return Ref(f"annex-{number}", self.annex_name(number))
        known = ", ".join(ids) or "-"
        self.problems.append(
            problem(sentence.place, "compilation.slot_is_no_annex", slot=slot, id=id_, known=known)
        )
        return ""

    def annex_name(self, number: int) -> Text:
        return self.say("annex.name", number=Text(formats.chinese_number(number), str(number)))

    # -- tables

    def number(self, block: Table | Chart) -> Text:
        """The name of the next table or chart: 表3 / Table 3."""
        if isinstance(block, Chart):
            self._charts += 1
            return self.say("chart.name", number=str(self._charts))
        self._tables += 1
        return self.say("table.name", number=str(self._tables))

    def named(self, table: Table) -> Table:
        name = self.number(table)
        return replace(table, name=name, number=name.en.rpartition(" ")[2])

    # -- figures

    def of(self, name: str) -> list[Instruction]:
        """The instructions that a count counts."""
        meeting = self.plan.meeting
        tests: dict[str, Callable[[Instruction], bool]] = {
            "tracked": lambda one: True,
            "open": lambda one: not one.released,
            "overdue": lambda one: one.overdue(meeting.day),
            "released": lambda one: one.released,
            "given": lambda one: one.meeting == meeting.number,
        }
        return [one for one in self.tracked.instructions if tests[name](one)]

    def count(self, name: str, office: str = "") -> Printed:
        """How many instructions, of an office or of all, with the rows that were counted."""
        found = [one for one in self.of(name) if office in ("", one.office)]
        table = self.tracked.dataset.tables[TABLE]
        rows = tuple(sorted(one.place.row for one in found))
        key = (("meeting", self.plan.meeting.number), *((("office", office),) if office else ()))
        value = Value(
            metric=f"{name} instructions",
            key=key,
            exact=Fraction(len(found)),
            unit="count",
            digits=0,
            formula=COUNTED[name],
            worked=str(len(found)),
            sources=(Source(file=table.file, sheet=table.sheet, rows=rows, column="status"),),
        )
        return self.figures.ledger.print(value)

    def moved(self, reference: str, before: int, now: int) -> tuple[Printed, Printed, Printed]:
        """A metric in two years, and the change: points for a rate, per cent for all else."""
        figures = self.figures
        old, new = (figures.value(reference, figures.key(year)) for year in (before, now))
        rate = new.unit == "percent"
        unit, sign = ("point", "−") if rate else ("percent", "÷")
        formula = f"{reference}[{now}] {sign} {reference}[{before}]" + ("" if rate else " − 1")
        change = Value(
            metric=f"{reference} between two meetings",
            key=(*new.key, ("compared_with", before)),
            exact=self._change(old, new, reference, before, rate),
            unit=unit,
            digits=new.digits if rate else figures.registry.metric("change").digits,
            formula=formula,
            worked=f"{reference}[{before}] = {_number(old)}, {reference}[{now}] = {_number(new)}",
            sources=tuple(dict.fromkeys((*old.sources, *new.sources))),
        )
        return figures.ledger.print(old), figures.ledger.print(new), figures.ledger.print(change)

    def _change(self, old: Value, new: Value, reference: str, before: int, rate: bool) -> Exact:
        for value in (old, new):
            if isinstance(value.exact, Gap):
                return value.exact
        assert isinstance(old.exact, Fraction) and isinstance(new.exact, Fraction)
        if self.figures.comparable_since(reference, new.key) > before:
            return Gap("not_available", self.words["moved.break"])
        if rate:
            return new.exact - old.exact
        if old.exact <= 0:
            return Gap("undefined", self.words["moved.not_positive"])
        return new.exact / old.exact - 1

    def check(self, sentences: Iterable[Sentence]) -> None:
        """Fills every sentence, so that all faults of publication.toml are told, whichever paper is made."""
        for sentence in sentences:
            self.sentence(sentence)


def _number(value: Value) -> str:
    return str(value.exact) if isinstance(value.exact, Fraction) else "…"
