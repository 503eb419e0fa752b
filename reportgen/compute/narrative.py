"""Sentences that are computed: what rose or fell, what was highest, who leads, since when.

Each method takes exact values, decides which sentence is true and fills the pattern of that name from
the kind's `words.toml`. No figure is written by hand, so no sentence can be wrong by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from reportgen.compute.exact import number
from reportgen.compute.metrics import Figures
from reportgen.model import Gap, Line, Printed, Text, Value, formats
from reportgen.read.metrics import phrase
from reportgen.read.tables import Dimension, Member
from reportgen.read.words import Slot, Words, fill

SERIES = 4  # years at least of which a place is told, or a record is worth telling
STREAK = 3  # years at least in one direction
PARTS = 4  # members at least that are ranked
Slots = dict[str, Slot]


class Narrative:
    """The computed sentences of one publication."""

    def __init__(self, figures: Figures, words: Words) -> None:
        self.figures, self.words = figures, words

    # -- small parts

    def say(self, pattern: str, slots: Mapping[str, Slot]) -> Line:
        return fill(self.words[pattern], slots.__getitem__)

    def amount(self, value: Value) -> Slot:
        """The figure in a sentence. “New cases came to 5 cases” says it twice: then the bare unit is used."""
        units = self.figures.registry.units
        bare = f"{value.unit}_bare"
        twice = phrase(self.figures.registry.metric(value.metric)).endswith(units[value.unit].head.en)
        return self.figures.ledger.print(value, bare if twice and bare in units else "")

    def magnitude(self, change: Value) -> Printed:
        """The size of a change without its sign: the sentence already says rise or fall."""
        if number(change) < 0:
            metric, formula = f"size of {change.metric}", f"|{change.formula}|"
            change = replace(change, metric=metric, exact=-number(change), formula=formula)
        return self.figures.ledger.print(change)

    def metric_name(self, reference: str) -> Text:
        metric = self.figures.registry.metric(reference)
        return Text(metric.name.zh, phrase(metric))

    def member(self, member: Member) -> Text:
        return member.name_in(self.figures.period)

    def _subject(self, reference: str, member: Mapping[str, str]) -> Text:
        """The metric, of a member where one is named: 臺北分署新收件數 / new cases (Taipei Branch)."""
        name = self.metric_name(reference)
        for dimension, id_ in member.items():
            for candidate in self.figures.dataset.dimensions[dimension].members:
                if candidate.id == id_:
                    label = self.member(candidate)
                    return Text(f"{label.zh}{name.zh}", f"{name.en} ({label.en})")
        return name

    def _series(self, reference: str, member: Mapping[str, str]) -> dict[int, Value]:
        """The values that have a number, from the last break of the series to the period."""
        figures = self.figures
        since = figures.comparable_since(reference, figures.key(members=member))
        values = {
            year: figures.value(reference, figures.key(year, members=member))
            for year in range(since, figures.period + 1)
        }
        return {year: value for year, value in values.items() if isinstance(value.exact, Fraction)}

    def _ranked(self, reference: str, dimension: Dimension) -> list[tuple[Member, Value]]:
        """Members that have a number in the period, best first; ties keep the declared order."""
        figures = self.figures
        low_first = figures.registry.metric(reference).better == "low"
        known = figures.members(dimension, figures.period)
        values = [
            (member, figures.value(reference, figures.key(members={dimension.id: member.id})))
            for member in dimension.members
            if member.id in known
        ]
        with_number = [(member, value) for member, value in values if isinstance(value.exact, Fraction)]
        return sorted(with_number, key=lambda pair: number(pair[1]) * (1 if low_first else -1))

    # -- one series

    def trend(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        """The period against the year before, its place in the series, and how long the run is."""
        figures = self.figures
        now = figures.value(reference, figures.key(members=member))
        slots: Slots = {"metric": self._subject(reference, member), "year": formats.roc_year(figures.period)}
        if isinstance(now.exact, Gap):
            return [self.say("story.trend.unknown", {**slots, "reason": now.exact.reason})]
        slots["value"] = self.amount(now)
        change = figures.on_the_year_before(reference, member)
        if isinstance(change.exact, Gap):
            lines = [self.say("story.trend.alone", slots)]
        elif change.exact == 0:
            lines = [self.say("story.trend.same", slots)]
        else:
            slots["change"] = self.magnitude(change)
            lines = [self.say(f"story.trend.{'rise' if change.exact > 0 else 'fall'}", slots)]
        series = self._series(reference, member)
        if len(series) < SERIES or figures.period not in series:
            return lines
        years: Slots = {"first": formats.roc_year(min(series)), "last": formats.roc_year(figures.period)}
        return [*lines, self._place(reference, series, years), *self._streak(reference, series, years)]

    def _place(self, reference: str, series: Mapping[int, Value], slots: Slots) -> Line:
        """Whether the period is the highest or lowest of all years or of the last ones, else its place among them."""
        figures, values = self.figures, list(series.values())
        numbers = {year: number(value) for year, value in series.items()}
        now = numbers[figures.period]
        for direction in ("high", "low"):
            better = [
                year
                for year, exact in numbers.items()
                if year != figures.period and (exact >= now if direction == "high" else exact <= now)
            ]
            if not better:
                return self.say(f"story.record.{direction}est", slots)
            if figures.period - max(better) >= SERIES:
                since = formats.roc_year(max(better) + 1)
                return self.say(f"story.record.{direction}est_since", {**slots, "since": since})
        place = 1 + sum(exact > now for exact in numbers.values())
        low = 1 + sum(exact < now for exact in numbers.values())
        side, rank = ("high", place) if place <= low else ("low", low)
        formula = f"place of {reference} counted from the {side}est"
        ranked = figures.counted(f"place.{reference}", rank, formula, values)
        count = figures.counted(
            f"years.{reference}", len(values), "number of years with a value", values, "count"
        )
        return self.say(f"story.record.{side}", {**slots, "rank": ranked, "count": count})

    def _streak(self, reference: str, series: Mapping[int, Value], slots: Slots) -> list[Line]:
        """How many years in a row the value rose or fell up to the period, where they are many."""
        length, direction, year = 0, 0, self.figures.period
        while year in series and year - 1 in series:
            now, before = number(series[year]), number(series[year - 1])
            step = (now > before) - (now < before)
            if step == 0 or step == -direction:
                break
            length, direction, year = length + 1, step, year - 1
        if length < STREAK:
            return []
        formula, values = "years in a row with the same direction", list(series.values())[-length - 1 :]
        count = self.figures.counted(f"streak.{reference}", length, formula, values, "count")
        return [self.say(f"story.streak.{'rise' if direction > 0 else 'fall'}", {**slots, "count": count})]

    def extremes(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        """The highest and the lowest year of the series and its mean."""
        figures, series = self.figures, self._series(reference, member)
        if len(series) < 3:
            return []
        top, low = (pick(series, key=lambda year: number(series[year])) for pick in (max, min))
        slots: Slots = {
            "metric": self._subject(reference, member),
            "first": formats.roc_year(min(series)),
            "last": formats.roc_year(max(series)),
            "top_year": formats.roc_year(top),
            "top": figures.ledger.print(series[top]),
            "low_year": formats.roc_year(low),
            "low": figures.ledger.print(series[low]),
        }
        mean = figures.value(f"mean.{reference}", figures.key(members=member))
        since = figures.comparable_since(reference, figures.key(members=member))
        if isinstance(mean.exact, Gap) or since > figures.first_year:
            return [self.say("story.extremes.plain", slots)]
        return [self.say("story.extremes.mean", {**slots, "mean": figures.ledger.print(mean)})]

    def cumulative(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        total = self.figures.value(f"cumulative.{reference}", self.figures.key(members=member))
        if isinstance(total.exact, Gap):
            return []
        slots: Slots = {
            "metric": self._subject(reference, member),
            "first": formats.roc_year(self.figures.first_year),
            "last": formats.roc_year(self.figures.period),
            "total": self.figures.ledger.print(total),
        }
        return [self.say("story.cumulative", slots)]

    # -- the parts of a dimension

    def composition(self, reference: str, dimension: Dimension) -> list[Line]:
        """The largest and the smallest part with their shares, and the part that grew most."""
        figures = self.figures
        ranked = sorted(self._ranked(reference, dimension), key=lambda pair: -number(pair[1]))
        if len(ranked) < 2:
            return []
        slots: Slots = {
            "metric": self.metric_name(reference),
            "year": formats.roc_year(figures.period),
            "first_value": figures.ledger.print(ranked[0][1]),
        }
        for place, (member, _) in (("first", ranked[0]), ("second", ranked[1]), ("last", ranked[-1])):
            slots[place] = self.member(member)
            slots[f"{place}_share"] = figures.figure(f"share.{reference}", members={dimension.id: member.id})
        lines = [self.say("story.composition.parts", slots)]
        if figures.comparable_since(reference, figures.key()) == figures.period:
            return lines  # the year before counted something else
        return lines + self._movers(reference, dimension, [member for member, _ in ranked])

    def _movers(self, reference: str, dimension: Dimension, members: Sequence[Member]) -> list[Line]:
        """The part that rose most, and the part that fell most."""
        figures, lines = self.figures, []
        changes = {
            member: figures.value(f"difference.{reference}", figures.key(members={dimension.id: member.id}))
            for member in members
        }
        known = {
            member: value.exact for member, value in changes.items() if isinstance(value.exact, Fraction)
        }
        for pick, side in ((max, "rise"), (min, "fall")) if len(known) > 1 else ():
            member = pick(known, key=lambda member: known[member])
            if known[member] > 0 if side == "rise" else known[member] < 0:
                slots: Slots = {"part": self.member(member), "change": self.magnitude(changes[member])}
                lines.append(self.say(f"story.composition.{side}", slots))
        return lines

    def ranking(self, reference: str, dimension: Dimension, line_at: Fraction | None = None) -> list[Line]:
        """Who leads, who is last, and for a rate of achievement how many reached 100 %."""
        figures, ranked = self.figures, self._ranked(reference, dimension)
        if len(ranked) < PARTS:
            return []
        values = [value for _, value in ranked]
        formula = "number of parts with a value"
        names: Slots = {
            "metric": self.metric_name(reference),
            "dimension": Text(dimension.label.zh, formats.lower_first(dimension.label.en)),
            "year": formats.roc_year(figures.period),
            "count": figures.counted(f"parts.{reference}", len(ranked), formula, values, "count"),
        }
        slots = dict(names)
        for place, (member, value) in zip(
            ("first", "second", "third", "last"), [*ranked[:3], ranked[-1]], strict=True
        ):
            slots[place], slots[f"{place}_value"] = self.member(member), figures.ledger.print(value)
        tied = values[0].exact == values[1].exact
        lines = [self.say(f"story.ranking.{'tied' if tied else 'order'}", slots)]
        if line_at is not None:
            reached = sum(number(value) >= line_at for value in values)
            formula = f"{reference} >= {line_at}"
            names["reached"] = figures.counted(f"reached.{reference}", reached, formula, values, "count")
            line = Value(
                metric=f"line.{reference}",
                key=(),
                exact=line_at,
                unit="percent",
                digits=0,
                formula="the line of comparison",
                worked=f"= {line_at}",
            )
            names["line"] = figures.ledger.print(line)
            lines.append(self.say("story.ranking.reached", names))
        return lines
