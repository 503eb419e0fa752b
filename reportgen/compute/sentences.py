"""What all computed sentences are made of: patterns, names, lists, and figures with the decimals that tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from reportgen.compute.exact import number
from reportgen.compute.metrics import Figures
from reportgen.model import Line, Printed, Run, Text, Value, formats
from reportgen.model.messages import message
from reportgen.model.periods import Calendar, Period, grouped
from reportgen.read.metrics import phrase
from reportgen.read.tables import Dimension, Member
from reportgen.read.words import Slot, Words, fill, said

Slots = dict[str, Slot]
MOST_NAMED = 6  # members in a list; of more the number is said
MORE_DECIMALS = 3  # at most, beyond those of the metric, to tell two figures apart
NOTHING = Text("", "")
NAMES = (
    "than",
    "before",
    "every",
    "units",
    "averaged",
    "run",
)  # what a kind of period is called in a sentence


class Sentences:
    def __init__(self, figures: Figures, words: Words) -> None:
        self.figures, self.words = figures, words

        kind = f"period.{figures.period.kind}"
        self.of_kind = {name: words[f"{kind}.{name}"] for name in NAMES}

    def say(self, pattern: str, slots: Mapping[str, Slot]) -> Line:
        return fill(self.words[pattern], {**self.of_kind, **slots}.__getitem__)

    # -- names

    def metric_name(self, reference: str) -> Text:
        metric = self.figures.registry.metric(reference)
        return Text(metric.name.zh, phrase(metric))

    def member(self, member: Member) -> Text:
        return member.name_in(self.figures.period.year)

    def names(self, members: Sequence[Member], of: Sequence[Value] = ()) -> Slot:
        """The members by name, or their number where they are many."""
        if len(members) <= MOST_NAMED:
            return listed([self.member(member) for member in members])
        count = self.figures.counted("members", len(members), "number of members", of, "count")
        return self.say("story.several", {"count": count})

    def dimension_name(self, dimension: Dimension) -> Text:
        return Text(dimension.label.zh, formats.lower_first(dimension.label.en))

    # -- figures

    def amount(self, value: Value, called: str = "") -> Slot:
        """The figure in a sentence. “New cases came to 5 cases” says it twice: then the bare unit is used."""
        units = self.figures.registry.units
        bare = f"{value.unit}_bare"
        twice = phrase(self.figures.registry.metric(called or value.metric)).endswith(
            units[value.unit].head.en
        )
        return self.figures.ledger.print(value, bare if twice and bare in units else "")

    def magnitude(self, change: Value) -> Printed:
        """The size of a change without its sign: the sentence already says rise or fall."""
        if number(change) < 0:
            metric, formula = f"size of {change.metric}", f"|{change.formula}|"
            change = replace(change, metric=metric, exact=-number(change), formula=formula)
        return self.figures.ledger.print(change)

    def printed(self, value: Value, digits: int) -> Printed:
        return self.figures.ledger.print(replace(value, digits=digits))

    def of_each(self, figure: Slot, members: Sequence[object]) -> Slot:
        return self.say("story.each", {"value": figure}) if len(members) > 1 else figure

    def plain(self, value: Value, digits: int) -> str:
        return formats.plain(value.exact, digits, self.figures.registry.units[value.unit].factor)

    def hardly(self, value: Value) -> bool:
        """Whether it prints as less than half a unit, but is not zero."""
        return self.plain(value, value.digits) == formats.SYMBOL["under_half"]

    def digits_apart(self, values: Sequence[Value]) -> int:
        """The decimals with which no two neighbours print alike, unless they are equal; as they are where none do."""
        digits = values[0].digits
        pairs = [(one, other) for one, other in pairwise(values) if one.exact != other.exact]
        for more in range(MORE_DECIMALS + 1):
            if all(
                self.plain(one, digits + more) != self.plain(other, digits + more) for one, other in pairs
            ):
                return digits + more
        return digits

    def rounded(self, values: Sequence[Value], digits: int) -> list[Line]:
        """The note on rounding, where unequal neighbours print alike."""
        alike = any(
            one.exact != other.exact and self.plain(one, digits) == self.plain(other, digits)
            for one, other in pairwise(values)
        )
        return self.rounding_note(alike)

    def rounding_note(self, needed: bool) -> list[Line]:
        return [self.say("story.rounded", {})] if needed else []


def listed(slots: Iterable[Slot]) -> Line:
    """`甲、乙、丙`; `A, B and C`."""
    parts = [
        part if isinstance(part, Line) else fill(Text("{it}", "{it}"), {"it": part}.__getitem__)
        for part in slots
    ]
    zh: list[Run] = []
    en: list[Run] = []
    for place, part in enumerate(parts):
        if place:
            zh.append("、")
            en.append(" and " if place == len(parts) - 1 else ", ")
        zh.extend(part.zh)
        en.extend(part.en)
    return Line(tuple(zh), tuple(en))


def listed_periods(periods: Iterable[Period], calendar: Calendar) -> Text:
    """Periods in their order, three or more that follow each other as a span: `98年、101年至103年`; `2009 and 2012 to 2014`."""
    parts: list[Text] = []
    for run in grouped(periods):
        first, last = calendar.label(run[0]), calendar.label(run[-1])
        if len(run) > 2:
            parts.append(message("figures.from_to", first=first, last=last))
        else:
            parts += [calendar.label(one) for one in run]
    line = listed(parts)
    return Text(said(line.zh, "zh"), said(line.en, "en"))
