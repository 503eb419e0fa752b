"""What both papers of targets ask: the result, printed figures, words with their slots filled, names of tables and charts.

Ends where the blocks of a paper begin.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from reportgen.compute.metrics import Figures
from reportgen.compute.targets import BranchTarget, Result, Share
from reportgen.kinds.material import Material
from reportgen.kinds.targets.plan import Plan
from reportgen.model import (
    Cell,
    Column,
    Gap,
    Language,
    Line,
    Note,
    NoteBox,
    Printed,
    Row,
    Run,
    Source,
    Table,
    Text,
    Value,
)
from reportgen.read.words import fill, plain_line, say

EMPTY = Text("", "")
MILLION = Fraction(1_000_000)
MARKS = {"floor": "a", "ceiling": "b"}


def same(words: str) -> Text:
    return Text(words, words)


class Builder:
    """One paper in the making: its figures and the numbers of its tables are its own."""

    def __init__(self, material: Material, plan: Plan, result: Result) -> None:
        self.material, self.plan, self.result = material, plan, result
        self.scheme, self.words, self.publication = result.scheme, material.words, material.publication
        period = material.publication.period
        self.figures = Figures(material.dataset, material.registry, period, period)
        self._tables = self._charts = 0

    # -- words

    def say(self, name: str, /, **slots: str | Text) -> Text:
        return say(self.words, name, **slots)

    def line(self, name: str, /, **given: str | Text | Printed | Line) -> Line:
        """Fixed words with their slots filled by words, figures and lines."""

        def resolve(slot: str, language: Language) -> Run:
            found = given[slot]
            if isinstance(found, Text):
                return found.say(language)
            return "\0" + slot if isinstance(found, Line) else found

        filled = fill(self.words[name], resolve)
        return Line(*(tuple(_spliced(filled.say(language), given, language)) for language in ("zh", "en")))  # type: ignore[arg-type]

    def joined(self, lines: Iterable[Line]) -> Line:
        """甲、乙 / a, b: a list inside a sentence."""
        zh: list[Run] = []
        en: list[Run] = []
        for place, one in enumerate(lines):
            zh += ["、"] * bool(place) + list(one.zh)
            en += [", "] * bool(place) + list(one.en)
        return Line(tuple(zh), tuple(en))

    # -- figures

    def print(self, value: Value) -> Printed:
        return self.figures.print(value)

    def money(self, value: Value) -> Printed:
        """An amount as a sentence has it: 352億元 / NT$35,200 million, exact to the step."""
        digits, step = 0, self.scheme.unit_step
        while (step * 10**digits) % MILLION and digits < 6:
            digits += 1
        if isinstance(value.exact, Fraction):
            while digits and not (value.exact * 10 ** (digits - 1)) % MILLION:
                digits -= 1
        return self.figures.print(value, "twd_million", digits)

    def size(self, value: Value) -> Value:
        """Without its sign: for sentences that say “more” or “less”."""
        assert isinstance(value.exact, Fraction)
        return replace(value, metric=f"size of {value.metric}", exact=abs(value.exact))

    def count(self, name: str, of: Iterable[Share], formula: str) -> Printed:
        found = list(of)
        sources = self.result.last.sources if not found else None
        merged = tuple(dict.fromkeys(source for one in found for source in one.target.sources[:1]))
        key = (("roc_year", self.scheme.roc_year),)
        value = Value(
            metric=name,
            key=key,
            exact=Fraction(len(found)),
            unit="count",
            digits=0,
            formula=formula,
            worked=str(len(found)),
            sources=sources or merged[:40],
        )
        return self.figures.print(value)

    def declared(self, path: str, number: Fraction, name: str) -> Value:
        """A percentage that targets.toml declares; its source is its line there."""
        scheme, line = self.scheme, self.scheme.lines.get(path, 0)
        return Value(
            metric=name,
            key=(("roc_year", scheme.roc_year),),
            exact=number / 100,
            unit="percent",
            digits=0 if number.denominator == 1 else 2,
            formula=f"{path}, as targets.toml declares it",
            worked=f"= {number}%",
            sources=(Source(file=scheme.file, sheet="", rows=(line,), column=path),),
        )

    def total(self, name: str, values: Iterable[Value], unit: str = "") -> Cell:
        """The sum of a column of a table; an empty cell where a value is missing."""
        known = [one for one in values if isinstance(one.exact, Fraction)]
        if not known:
            return Cell(text=EMPTY)
        exact = sum((one.exact for one in known if isinstance(one.exact, Fraction)), Fraction(0))
        first = known[0]
        key = tuple(part for part in first.key if part[0] == "roc_year")
        sources = tuple(dict.fromkeys(source for one in known for source in one.sources))
        value = Value(
            metric=f"sum of {first.metric}{name}",
            key=key,
            exact=exact,
            unit=first.unit,
            digits=first.digits,
            formula="sum of the column above",
            worked=f"= {exact}",
            sources=sources[:40],
        )
        return Cell(self.figures.print(value))

    def head(self, unit: str) -> Text:
        return self.figures.registry.units[unit].head

    # -- blocks

    def table(
        self,
        anchor: str,
        caption: Text,
        stub: Text,
        columns: Iterable[Column],
        rows: Iterable[Row],
        unit: Text | None = None,
        notes: Iterable[Note] = (),
        flows: bool = False,
        break_after: tuple[int, ...] = (),
    ) -> Table:
        self._tables += 1
        name = self.say("table.name", number=str(self._tables))
        return Table(
            name=name,
            number=str(self._tables),
            anchor=anchor,
            caption=caption,
            stub=stub,
            columns=tuple(columns),
            rows=tuple(rows),
            unit=unit,
            notes=tuple(notes),
            break_after=break_after,
            flows=flows,
        )

    def chart_name(self) -> tuple[Text, str]:
        self._charts += 1
        return self.say("chart.name", number=str(self._charts)), str(self._charts)

    def standing(self) -> NoteBox:
        """Whether it is a sourced rule or an assumption, in its own words, with the source."""
        standard = self.scheme.standard
        lines = [plain_line(standard.words)]
        if standard.source:
            lines.append(plain_line(self.say("standing.source", source=standard.source)))
        lines += map(plain_line, self.scheme.notes)
        return NoteBox(self.words[f"standing.{standard.standing}"], tuple(lines))

    def limit_notes(self, shares: Iterable[Share]) -> list[Note]:
        """What the letters at the targets mean, of those that stand there."""
        bounds = {one.bound for one in shares}
        return [Note(MARKS[name], plain_line(self.words[f"note.{name}"])) for name in MARKS if name in bounds]

    def target_cell(self, one: Share) -> Cell:
        return Cell(self.print(one.target), mark=MARKS.get(one.bound, ""))


def known(value: Value) -> bool:
    return not isinstance(value.exact, Gap)


def rate_of(one: BranchTarget) -> Fraction:
    assert isinstance(one.rate.exact, Fraction)
    return one.rate.exact


def _spliced(runs: Iterable[Run], given: dict[str, object], language: Language) -> Iterable[Run]:
    """A line within a line: its runs stand where its slot was."""
    for run in runs:
        if isinstance(run, str) and run.startswith("\0"):
            inner = given[run[1:]]
            assert isinstance(inner, Line)
            yield from inner.say(language)
        else:
            yield run
