"""The ledger of a document in the making: every figure that it prints, numbered in the order in which it is first printed.

How the ledger is written into a file, and read from it, is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from reportgen.model import LANGUAGES, Key, Line, Origin, Printed, Run, Source, Text, Value, formats
from reportgen.model.formats import Unit


class Ledger:
    """Prints values: the same number by the same formula from the same rows, in the same unit and precision, is one figure."""

    def __init__(self, units: Mapping[str, Unit]) -> None:
        self.units = units
        self._printed: dict[tuple[object, ...], Printed] = {}

    @property
    def printed(self) -> tuple[Printed, ...]:
        return tuple(self._printed.values())

    def print(self, value: Value, unit: str = "", digits: int | None = None) -> Printed:
        """The value as it stands on paper; `unit` and `digits` where they are not those of the value."""
        unit = unit or value.unit
        digits = self._digits(value, unit) if digits is None else digits
        name = (value.metric, value.key, value.exact, value.formula, value.sources, unit, digits)
        known = self._printed.get(name)
        if known is None:
            plain, text = self._forms(value, unit, digits)
            number, factor = len(self._printed) + 1, self.units[unit].factor
            known = Printed(
                number=number, value=value, plain=plain, text=text, unit=unit, digits=digits, factor=factor
            )
            self._printed[name] = known
        return known

    def take(self, records: Iterable[Printed], origin: Origin) -> Printed:
        """The figure of another document, whose records these are, under a number here; `origin` is its number there."""
        if (origin,) not in self._printed:
            record = next(one for one in records if one.number == origin.number)
            self._printed[origin,] = replace(record, number=len(self._printed) + 1, origin=origin)
        return self._printed[origin,]

    def spoken(self, value: Value) -> Text:
        """The value as a sentence says it; it gets no number, for it is not printed."""
        return self._forms(value, value.unit, value.digits)[1]

    def within(self, words: Text | Line, values: Iterable[Value]) -> Line:
        """Words that state these values: each that is found in both halves becomes a figure."""
        line = Line((words.zh,), (words.en,)) if isinstance(words, Text) else words
        for value in values:
            plain, spoken = self._forms(value, value.unit, value.digits)
            # A rank is said as one only: 第5名; a bare 5 is something else.
            for form in [spoken] if value.unit == "rank" else [spoken, Text(plain, plain)]:
                if _holds(line.zh, form.zh) and _holds(line.en, form.en):
                    figure = replace(self.print(value), text=form)
                    line = Line(_put(line.zh, form.zh, figure), _put(line.en, form.en, figure))
        return line

    def _forms(self, value: Value, unit: str, digits: int) -> tuple[str, Text]:
        """As tables and as sentences print it."""
        of = self.units[unit]
        text = Text(*(formats.in_text(value.exact, digits, of, language) for language in LANGUAGES))
        return formats.plain(value.exact, digits, of.factor), text

    def _digits(self, value: Value, unit: str) -> int:
        """The value's precision in another unit: 2 decimals of a million are none of a thousand."""
        ratio = self.units[unit].factor / self.units[value.unit].factor
        digits = value.digits
        while ratio < 1:
            ratio, digits = ratio * 10, digits - 1
        while ratio >= 10:
            ratio, digits = ratio / 10, digits + 1
        return max(digits, 0)


def counted(
    metric: str,
    number: int,
    formula: str,
    *,
    key: Key = (),
    unit: str = "count",
    sources: tuple[Source, ...] = (),
) -> Value:
    """A whole number that the program counted: of winners, of candidates; a rank."""
    return Value(
        metric=metric,
        key=key,
        exact=Fraction(number),
        unit=unit,
        digits=0,
        formula=formula,
        worked=str(number),
        sources=sources,
    )


def _number(words: str) -> re.Pattern[str]:
    """The words as a number of their own: 12 is not in 112, 12.5 or 12,000."""
    return re.compile(rf"(?<![\d.,−]){re.escape(words)}(?!\d|[.,]\d)")


def _holds(runs: Iterable[Run], words: str) -> bool:
    return any(isinstance(run, str) and _number(words).search(run) for run in runs)


def _put(runs: Iterable[Run], words: str, figure: Printed) -> tuple[Run, ...]:
    """The runs with the figure in place of the words."""
    made: list[Run] = []
    for run in runs:
        if not isinstance(run, str):
            made.append(run)
            continue
        first, *rest = _number(words).split(run)
        made.append(first)
        for part in rest:
            made += [figure, part]
    return tuple(run for run in made if run != "")
