"""Sentences that are computed: what rose or fell, what was highest, who leads, since when.

Each story takes exact values, decides which sentence is true and fills the pattern of that name from
the kind's `words.toml`. No figure is written by hand, so no sentence can be wrong by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reportgen.compute.metrics import Figures
from reportgen.model import Gap, Line, Printed, Text, Value, formats
from reportgen.read.metrics import lower_first, phrase
from reportgen.read.tables import Dimension, Member
from reportgen.read.words import Slot, Words, fill


class Stories:
    """The computed sentences of one publication."""

    def __init__(self, figures: Figures, words: Words) -> None:
        self.figures, self.words = figures, words

    # -- small parts

    def say(self, pattern: str, slots: Mapping[str, Slot]) -> Line:
        return fill(self.words[pattern], slots.__getitem__)

    def amount(self, value: Value) -> Slot:
        """The figure in a sentence. “New cases came to 5 cases” says it twice: then the bare unit is used."""
        unit = self.figures.registry.units[value.unit]
        bare = f"{unit.id}_bare"
        twice = phrase(self.figures.registry.metric(value.metric)).endswith(unit.head.en)
        return self.figures.ledger.print(value, bare if twice and bare in self.figures.registry.units else "")

    def year(self, roc_year: int) -> Text:
        return formats.roc_year(roc_year)

    def metric_name(self, reference: str) -> Text:
        metric = self.figures.registry.metric(reference)
        return Text(metric.name.zh, phrase(metric))

    def _numbers(self, reference: str, years: range, member: Mapping[str, str]) -> dict[int, Fraction]:
        found = {}
        for year in years:
            exact = self.figures.value(reference, self.figures.key(year, members=member)).exact
            if not isinstance(exact, Gap):
                found[year] = exact
        return found

    # -- stories

    def trend(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        """The period against the year before, its place in the series, and how long the run is."""
        figures = self.figures
        now = figures.value(reference, figures.key(members=member))
        name = self._subject(reference, member)
        if isinstance(now.exact, Gap):
            return [
                self.say(
                    "story.trend.unknown",
                    {"metric": name, "year": self.year(figures.period), "reason": now.exact.reason},
                )
            ]
        slots: dict[str, Slot] = {
            "metric": name,
            "year": self.year(figures.period),
            "value": self.amount(now),
        }
        change = figures.on_the_year_before(reference, member)
        if isinstance(change.exact, Gap):
            lines = [self.say("story.trend.alone", slots)]
        elif change.exact == 0:
            lines = [self.say("story.trend.same", slots)]
        else:
            slots["change"] = self.magnitude(change)
            lines = [self.say(f"story.trend.{'rise' if change.exact > 0 else 'fall'}", slots)]
        lines.extend(self._record(reference, member))
        return lines

    def magnitude(self, change: Value) -> Printed:
        """The size of a change without its sign: the sentence already says rise or fall."""
        assert isinstance(change.exact, Fraction)
        if change.exact >= 0:
            return self.figures.ledger.print(change)
        return self.figures.ledger.print(
            Value(
                metric=f"size of {change.metric}",
                key=change.key,
                exact=-change.exact,
                unit=change.unit,
                digits=change.digits,
                formula=f"|{change.formula}|",
                worked=change.worked,
                sources=change.sources,
                notes=change.notes,
            )
        )

    def _record(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        figures = self.figures
        since = figures.comparable_since(reference, figures.key(members=member))
        numbers = self._numbers(reference, range(since, figures.period + 1), member)
        if len(numbers) < 4 or figures.period not in numbers:
            return []
        now = numbers[figures.period]
        values = [figures.value(reference, figures.key(year, members=member)) for year in numbers]
        lines = []
        slots: dict[str, Slot] = {"first": self.year(min(numbers)), "last": self.year(figures.period)}
        for direction in ("high", "low"):
            better = [
                y
                for y, n in numbers.items()
                if y != figures.period and (n >= now if direction == "high" else n <= now)
            ]
            if not better:
                lines.append(self.say(f"story.record.{direction}est", slots))
                break
            if figures.period - max(better) >= 4:
                last = {**slots, "since": self.year(max(better) + 1)}
                lines.append(self.say(f"story.record.{direction}est_since", last))
                break
        else:
            place = 1 + sum(n > now for n in numbers.values())
            low = 1 + sum(n < now for n in numbers.values())
            side, rank = ("high", place) if place <= low else ("low", low)
            slots["rank"] = figures.counted(
                f"place.{reference}", rank, f"place of {reference} counted from the {side}est", values
            )
            slots["count"] = figures.counted(
                f"years.{reference}", len(numbers), "number of years with a value", values, "count"
            )
            lines.append(self.say(f"story.record.{side}", slots))
        streak = self._streak(numbers)
        if abs(streak) >= 3:
            length = figures.counted(
                f"streak.{reference}",
                abs(streak),
                "years in a row with the same direction",
                values[-abs(streak) - 1 :],
                "count",
            )
            lines.append(
                self.say(f"story.streak.{'rise' if streak > 0 else 'fall'}", {**slots, "count": length})
            )
        return lines

    def _streak(self, numbers: Mapping[int, Fraction]) -> int:
        """How many years in a row the value rose (positive) or fell (negative) up to the period."""
        streak = 0
        year = self.figures.period
        while year in numbers and year - 1 in numbers:
            step = (numbers[year] > numbers[year - 1]) - (numbers[year] < numbers[year - 1])
            if step == 0 or step * streak < 0:
                break
            streak += step
            year -= 1
        return streak

    def extremes(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        """The highest and the lowest year of the series and its mean."""
        figures = self.figures
        since = figures.comparable_since(reference, figures.key(members=member))
        numbers = self._numbers(reference, range(since, figures.period + 1), member)
        if len(numbers) < 3:
            return []
        top, low = max(numbers, key=lambda y: numbers[y]), min(numbers, key=lambda y: numbers[y])
        slots: dict[str, Slot] = {
            "metric": self._subject(reference, member),
            "first": self.year(min(numbers)),
            "last": self.year(max(numbers)),
            "top_year": self.year(top),
            "top": figures.figure(reference, top, members=member),
            "low_year": self.year(low),
            "low": figures.figure(reference, low, members=member),
        }
        mean = figures.value(f"mean.{reference}", figures.key(members=member))
        if isinstance(mean.exact, Gap) or since > figures.first_year:
            return [self.say("story.extremes.plain", slots)]
        return [self.say("story.extremes.mean", {**slots, "mean": figures.ledger.print(mean)})]

    def cumulative(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        total = self.figures.value(f"cumulative.{reference}", self.figures.key(members=member))
        if isinstance(total.exact, Gap):
            return []
        slots: dict[str, Slot] = {
            "metric": self._subject(reference, member),
            "first": self.year(self.figures.first_year),
            "last": self.year(self.figures.period),
            "total": self.figures.ledger.print(total),
        }
        return [self.say("story.cumulative", slots)]

    def composition(self, reference: str, dimension: Dimension) -> list[Line]:
        """The largest and the smallest part with their shares, and the part that grew most."""
        figures = self.figures
        ranked = sorted(self._ranked(reference, dimension, figures.period), key=lambda pair: -pair[1])
        if len(ranked) < 2:
            return []
        (first, _), (second, _), (last, _) = ranked[0], ranked[1], ranked[-1]

        def share(member: Member) -> Printed:
            return figures.figure(f"share.{reference}", members={dimension.id: member.id})

        slots: dict[str, Slot] = {
            "metric": self.metric_name(reference),
            "year": self.year(figures.period),
            "first": self.member(first),
            "first_value": figures.figure(reference, members={dimension.id: first.id}),
            "first_share": share(first),
            "second": self.member(second),
            "second_share": share(second),
            "last": self.member(last),
            "last_share": share(last),
        }
        lines = [self.say("story.composition.parts", slots)]
        if figures.comparable_since(reference, figures.key()) == figures.period:
            return lines  # the year before counted something else
        changes = {
            member: figures.value(f"difference.{reference}", figures.key(members={dimension.id: member.id}))
            for member, _ in ranked
        }
        known = {m: v.exact for m, v in changes.items() if isinstance(v.exact, Fraction)}
        if len(known) > 1:
            top = max(known, key=lambda m: known[m])
            low = min(known, key=lambda m: known[m])
            for member, side in ((top, "rise"), (low, "fall")):
                exact = known[member]
                if (exact > 0) == (side == "rise") and exact != 0:
                    lines.append(
                        self.say(
                            f"story.composition.{side}",
                            {"part": self.member(member), "change": self.magnitude(changes[member])},
                        )
                    )
        return lines

    def ranking(self, reference: str, dimension: Dimension, line_at: Fraction | None = None) -> list[Line]:
        """Who leads, who is last, and for a rate of achievement how many reached 100 %."""
        figures = self.figures
        ranked = self._ranked(reference, dimension, figures.period)
        if len(ranked) < 4:
            return []
        values = [
            figures.value(reference, figures.key(members={dimension.id: member.id})) for member, _ in ranked
        ]
        names: dict[str, Slot] = {
            "metric": self.metric_name(reference),
            "dimension": Text(dimension.label.zh, lower_first(dimension.label.en)),
            "year": self.year(figures.period),
            "count": figures.counted(
                f"parts.{reference}", len(ranked), "number of parts with a value", values, "count"
            ),
        }
        slots: dict[str, Slot] = dict(names)
        for place, (member, _) in zip(
            ("first", "second", "third", "last"), [*ranked[:3], ranked[-1]], strict=True
        ):
            slots[place] = self.member(member)
            slots[f"{place}_value"] = figures.figure(reference, members={dimension.id: member.id})
        tied = ranked[0][1] == ranked[1][1]
        lines = [self.say(f"story.ranking.{'tied' if tied else 'order'}", slots)]
        if line_at is not None:
            reached = [value for value, (_, exact) in zip(values, ranked, strict=True) if exact >= line_at]
            count = figures.counted(
                f"reached.{reference}", len(reached), f"{reference} >= {line_at}", values, "count"
            )
            line = figures.ledger.print(
                Value(
                    metric=f"line.{reference}",
                    key=(),
                    exact=line_at,
                    unit="percent",
                    digits=0,
                    formula="the line of comparison",
                    worked=f"= {line_at}",
                )
            )
            lines.append(self.say("story.ranking.reached", {**names, "reached": count, "line": line}))
        return lines

    # -- names

    def member(self, member: Member) -> Text:
        return member.name_in(self.figures.period)

    def _subject(self, reference: str, member: Mapping[str, str]) -> Text:
        name = self.metric_name(reference)
        for dimension, id_ in member.items():
            for candidate in self.figures.dataset.dimensions[dimension].members:
                if candidate.id == id_:
                    label = self.member(candidate)
                    return Text(f"{label.zh}{name.zh}", f"{name.en} ({label.en})")
        return name

    def _ranked(self, reference: str, dimension: Dimension, year: int) -> list[tuple[Member, Fraction]]:
        """Members that have a number in that year, best first; ties keep the declared order."""
        low_first = self.figures.registry.metric(reference).better == "low"
        found = []
        for member in dimension.members:
            if member.id not in self.figures.members(dimension, year):
                continue
            exact = self.figures.value(
                reference, self.figures.key(year, members={dimension.id: member.id})
            ).exact
            if not isinstance(exact, Gap):
                found.append((member, exact))
        return sorted(found, key=lambda pair: pair[1] if low_first else -pair[1])
