"""The composer of targets: sums of money as sentences say them, totals of columns, what the limits did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from reportgen.compute.targets import BranchTarget, Result, Share, UnitTarget
from reportgen.kinds.blocks import standing
from reportgen.kinds.compose import Composer
from reportgen.kinds.material import Material
from reportgen.kinds.targets.plan import TargetsPlan
from reportgen.model import Cell, Gap, Line, Note, NoteBox, Printed, Source, Text, Value, formats
from reportgen.read.words import Slot

MILLION = Fraction(1_000_000)
MARKS = {"floor": "a", "ceiling": "b", "agreed": "*"}


class TargetComposer(Composer):
    def __init__(self, material: Material, plan: TargetsPlan, result: Result) -> None:
        super().__init__(material)
        self.plan, self.result, self.scheme = plan, result, result.scheme
        self.words.add(plan.classes)

    def money(self, value: Value) -> Printed:
        """An amount as a sentence has it: 352億元 / NT$35,200 million, exact to the step."""
        digits, step = 0, self.scheme.unit_step
        while (step * 10**digits) % MILLION and digits < 6:
            digits += 1
        if isinstance(value.exact, Fraction):
            while digits and not (value.exact * 10 ** (digits - 1)) % MILLION:
                digits -= 1
        return self.print(value, "twd_million", digits)

    def size(self, value: Value) -> Value:
        """Without its sign: for sentences that say “more” or “less”."""
        assert isinstance(value.exact, Fraction)
        return replace(value, metric=f"size of {value.metric}", exact=abs(value.exact))

    def number_of(self, metric: str, of: Sequence[Share], formula: str) -> Printed:
        """How many branches or units, with the rows of their targets."""
        sources = tuple(dict.fromkeys(source for share in of for source in share.target.sources[:1]))[:40]
        return self.count(
            metric,
            len(of),
            formula,
            key=(("roc_year", self.scheme.roc_year),),
            sources=sources or self.result.last.sources,
        )

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

    def total(self, name: str, values: Iterable[Value]) -> Value | None:
        """The sum of a column of a table, `name` set behind that of the column's metric; None without a value."""
        known = [value for value in values if not isinstance(value.exact, Gap)]
        if not known:
            return None
        exact = sum((value.exact for value in known if isinstance(value.exact, Fraction)), Fraction(0))
        first = known[0]
        key = tuple(part for part in first.key if part[0] == "roc_year")
        sources = tuple(dict.fromkeys(source for value in known for source in value.sources))
        return Value(
            metric=f"sum of {first.metric}{name}",
            key=key,
            exact=exact,
            unit=first.unit,
            digits=first.digits,
            formula="sum of the column above",
            worked=f"= {exact}",
            sources=sources[:40],
        )

    @property
    def weights(self) -> list[Value]:
        """The declared weights of the factors."""
        factors = enumerate(self.scheme.factors)
        return [
            self.declared(f"factor.{place}.weight", factor.weight, f"weight of {factor.id}")
            for place, factor in factors
        ]

    # -- words

    @property
    def years(self) -> dict[str, Text]:
        years = {"year": self.scheme.roc_year, "before": self.scheme.year}
        return {name: self.stated(formats.roc_year(year)) for name, year in years.items()}

    def moved(self, name: str, target: Value, last: Value, change: Value, rate: Value) -> Line:
        """A sentence of a target against last year's: more, less or the same."""
        slots: dict[str, Slot] = {"target": self.money(target), "last": self.money(last), **self.years}
        assert isinstance(change.exact, Fraction)
        if not change.exact:
            return self.line(f"{name}_same", **slots)
        slots["change"] = self.money(self.size(change))
        slots["rate"] = self.print(self.size(rate))
        return self.line(f"{name}_{'more' if change.exact > 0 else 'less'}", **slots)

    # -- blocks

    def standing(self) -> NoteBox:
        return standing(self, self.scheme.standard, self.scheme.notes)

    def target_cell(self, share: Share) -> Cell:
        return Cell(self.print(share.target), mark=MARKS.get(share.bound, ""))

    def limit_notes(self, shares: Iterable[Share]) -> tuple[Note, ...]:
        """What the letters at the targets mean, of those that stand there."""
        bounds = {share.bound for share in shares}
        return tuple(self.note(f"note.{name}", mark=MARKS[name]) for name in MARKS if name in bounds)

    def unit_notes(self, units: Sequence[UnitTarget]) -> tuple[Note, ...]:
        """The same for a table of units, where new ones have a letter, too."""
        new = (self.note("note.new", mark="n"),) if any(unit.new for unit in units) else ()
        return (*self.limit_notes(units), *new)


def known(value: Value) -> bool:
    return not isinstance(value.exact, Gap)


def rate_of(one: BranchTarget) -> Fraction:
    assert isinstance(one.rate.exact, Fraction)
    return one.rate.exact
