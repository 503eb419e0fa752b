"""Figures of a paper whose numbers come from rules: each value is printed once, in the order in which it is first said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from reportgen.model import LANGUAGES, Key, Line, Printed, Run, Source, Text, Value, formats, merged_sources
from reportgen.model.formats import Unit


class Record:
    """Prints values: each gets its number in the order in which it is first printed."""

    def __init__(self, units: Mapping[str, Unit]) -> None:
        self.units = units
        self._printed: dict[Value, Printed] = {}

    def print(self, value: Value) -> Printed:
        known = self._printed.get(value)
        if known is None:
            plain, text = self.forms(value)
            known = Printed(
                number=len(self._printed) + 1, value=value, plain=plain, text=text, unit=value.unit
            )
            self._printed[value] = known
        return known

    def forms(self, value: Value) -> tuple[str, Text]:
        """The value as tables and as sentences print it."""
        unit = self.units[value.unit]
        halves = (formats.in_text(value.exact, value.digits, unit, half) for half in LANGUAGES)
        return formats.plain(value.exact, value.digits, unit.factor), Text(*halves)

    def within(self, text: Text, values: Iterable[Value]) -> Line:
        """Words that state these values: each that is found in both halves becomes a figure of the ledger."""
        runs: tuple[list[Run], list[Run]] = ([text.zh], [text.en])
        for value in values:
            plain, spoken = self.forms(value)
            # A rank is said as one only: 第5名; a bare 5 is something else.
            forms = [spoken] if value.unit == "rank" else [spoken, Text(plain, plain)]
            for zh, en in ((form.zh, form.en) for form in forms):
                if holds(runs[0], zh) and holds(runs[1], en):
                    figure = replace(self.print(value), text=Text(zh, en))
                    runs = (put(runs[0], zh, figure), put(runs[1], en, figure))
        return Line(tuple(runs[0]), tuple(runs[1]))

    def counted(
        self,
        name: str,
        number: int,
        formula: str,
        key: Key = (),
        of: Iterable[Value] = (),
        unit: str = "count",
    ) -> Printed:
        """A number that was counted over decisions: of winners, of candidates; a rank."""
        sources = merged(source for value in of for source in value.sources)
        return self.print(
            Value(
                metric=name,
                key=key,
                exact=Fraction(number),
                unit=unit,
                digits=0,
                formula=formula,
                worked=str(number),
                sources=sources,
            )
        )

    @property
    def printed(self) -> tuple[Printed, ...]:
        return tuple(self._printed.values())


def merged(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(sorted(merged_sources(sources), key=lambda one: (one.file, one.sheet, one.column)))


def _pattern(words: str) -> re.Pattern[str]:
    """The words as a number of their own: 12 is not in 112, 12.5 or 12,000."""
    return re.compile(rf"(?<![\d.,−]){re.escape(words)}(?!\d|[.,]\d)")


def holds(runs: Iterable[Run], words: str) -> bool:
    return any(isinstance(run, str) and _pattern(words).search(run) for run in runs)


def put(runs: Iterable[Run], words: str, figure: Printed) -> list[Run]:
    """The runs with the figure in place of the words."""
    found: list[Run] = []
    for run in runs:
        if not isinstance(run, str):
            found.append(run)
            continue
        first, *rest = _pattern(words).split(run)
        found.append(first)
        for part in rest:
            found += [figure, part]
    return [run for run in found if run != ""]
