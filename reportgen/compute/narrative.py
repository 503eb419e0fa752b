"""Sentences that are computed: what rose or fell, what was highest, who leads, since when.

Each method takes exact values, decides which sentence is true and fills the pattern of that name from
the kind's `words.toml`. No figure is written by hand, so no sentence can be wrong by itself. What is equal
is said to be equal, and what is missing is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from reportgen.compute import findings
from reportgen.compute.exact import number
from reportgen.compute.parts import Parts
from reportgen.compute.sentences import NOTHING, Slots, listed_periods
from reportgen.model import Gap, Line, Text, Value, formats
from reportgen.model.periods import Period, span
from reportgen.read.words import Slot

SERIES = findings.RECORD  # years at least of which a place is told
STREAK = 3  # years at least in one direction
Series = Mapping[Period, Value]


class Narrative(Parts):
    """The computed sentences of one publication: here those of one series."""

    def _subject(self, reference: str, member: Mapping[str, str]) -> Text:
        """The metric, of a member where one is named: 臺北分署新收件數 / new cases (Taipei Branch)."""
        name = self.metric_name(reference)
        for dimension, id_ in member.items():
            for candidate in self.figures.dataset.dimensions[dimension].members:
                if candidate.id == id_:
                    label = self.member(candidate)
                    return Text(f"{label.zh}{name.zh}", f"{name.en} ({label.en})")
        return name

    def _series(self, reference: str, member: Mapping[str, str]) -> dict[Period, Value]:
        """The values that have a number, from the last break of the series to the period."""
        figures = self.figures
        since = figures.comparable_since(reference, figures.key(members=member))
        values = {
            year: figures.value(reference, figures.key(year, members=member))
            for year in span(since, figures.period)
        }
        return {year: value for year, value in values.items() if isinstance(value.exact, Fraction)}

    def _gaps(self, series: Series, first: Period, pattern: str = "story.gaps") -> Slot:
        """The years without a number from the first to the last of the series, where there are any."""
        missing = [year for year in span(first, max(series)) if year not in series]
        return self.say(pattern, {"years": self._listed(missing)}) if missing else NOTHING

    def _listed(self, periods: Iterable[Period]) -> Text:
        return listed_periods(periods, self.figures.calendar)

    def missing_years(self, reference: str, member: Mapping[str, str]) -> Text:
        """The years of the publication that have no number."""
        figures = self.figures
        values = {
            year: figures.value(reference, figures.key(year, members=member)).exact
            for year in span(figures.first, figures.period)
        }
        return self._listed(year for year, exact in values.items() if isinstance(exact, Gap))

    def trend(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        """The period against the year before, its place in the series, and how long the run is."""
        figures = self.figures
        now = figures.value(reference, figures.key(members=member))
        slots: Slots = {"metric": self._subject(reference, member), "year": figures.label(figures.period)}
        if isinstance(now.exact, Gap):
            return [self.say("story.trend.unknown", {**slots, "reason": now.exact.reason})]
        slots["value"] = self.amount(now)
        change = figures.on_the_year_before(reference, member)
        if isinstance(change.exact, Gap):
            lines = [self.say("story.trend.alone", slots)]
        else:
            lines = [self.say(f"story.trend.{self._turn(change)}", {**slots, **self._size(change)})]
        series = self._series(reference, member)
        alike = False
        if len(series) >= SERIES and figures.period in series:
            lines += self._place(reference, series)
            others = [value for period, value in series.items() if period != figures.period]
            alike = any(
                value.exact != now.exact and self.plain(value, now.digits) == self.plain(now, now.digits)
                for value in others
            )
        before = figures.value(reference, figures.key(figures.period.year_before, members=member))
        if figures.period.per_year > 1:
            lines[1:1] = self._on_the_period_before(reference, member)
        return list(
            dict.fromkeys([*lines, *self.rounding_note(alike or self._rounded_apart(now, before, change))])
        )

    def _on_the_period_before(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        if not self.figures.registry.complete(f"change_before.{reference}"):
            return []  # the metrics of an older project
        change = self.figures.on_the_period_before(reference, member)
        if isinstance(change.exact, Gap):
            return []
        return [self.say(f"story.before.{self._turn(change)}", self._size(change))]

    def _turn(self, change: Value) -> str:
        """The name of the pattern that says where a change goes."""
        if change.exact == 0:
            return "same"
        return (
            "almost_same" if self.hardly(change) else self._direction(number(change), change.unit == "point")
        )

    def _size(self, change: Value) -> Slots:
        return {} if change.exact == 0 or self.hardly(change) else {"change": self.magnitude(change)}

    def to_date(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        """The year up to the period, against the same part of the year before."""
        figures, whole = self.figures, f"to_date.{reference}"
        value = figures.value(whole, figures.key(members=member))
        if isinstance(value.exact, Gap):
            return []
        slots: Slots = {
            "metric": self._subject(reference, member),
            "to_date": figures.calendar.to_date(figures.period),
            "value": self.amount(value, reference),
            "change": self._on_last_year(whole, member),
        }
        return [self.say(f"story.to_date.{'first' if figures.period.part == 1 else 'is'}", slots)]

    def moving(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        """The sum of the last twelve months, or of as many periods as a year has, against that of the year before."""
        figures, whole = self.figures, f"moving.{reference}"
        value, period = figures.value(whole, figures.key(members=member)), figures.period
        if isinstance(value.exact, Gap):
            return []
        count = period.per_year
        slots: Slots = {
            "metric": self._subject(reference, member),
            "first": figures.label(period - (count - 1)),
            "last": figures.label(period),
            "count": figures.counted(whole, count, "number of periods", [value], "count"),
            "value": self.amount(value, reference),
            "change": self._on_last_year(whole, member),
        }
        return [self.say("story.moving.is", slots)]

    def _on_last_year(self, reference: str, member: Mapping[str, str]) -> Slot:
        change = self.figures.on_the_year_before(reference, member)
        if isinstance(change.exact, Gap):
            return NOTHING
        return self.say(f"story.to_date.{self._turn(change)}", self._size(change))

    @staticmethod
    def _direction(change: Fraction, rate: bool) -> str:
        return f"{'rise' if change > 0 else 'fall'}{'_rate' if rate else ''}"

    def _rounded_apart(self, now: Value, before: Value, change: Value) -> bool:
        """Whether a difference is not that of the printed figures: 64.8 − 45.5, printed 19.4."""
        if (
            not change.metric.startswith("difference.")
            or isinstance(change.exact, Gap)
            or self.hardly(change)
        ):
            return False
        factor = self.figures.registry.units[now.unit].factor
        shown = [formats.half_up(number(value) / factor, now.digits) for value in (now, before, change)]
        return shown[0] - shown[1] != shown[2]

    def _place(self, reference: str, series: Series) -> list[Line]:
        """Whether the period is the highest or lowest of all years or of the last ones, else its place among them."""
        figures, numbers = self.figures, {year: number(value) for year, value in series.items()}
        now, first = numbers[figures.period], min(series)
        slots: Slots = {"since": self.figures.label(first), "gaps": self._gaps(series, first)}
        if len(set(numbers.values())) == 1:
            return [self.say("story.record.same", slots)]
        slots["streak"] = self._streak(reference, series)
        for side, sign in (("high", 1), ("low", -1)):
            if record := self._record(series, side, sign, slots):
                return record
        place = 1 + sum(exact > now for exact in numbers.values())
        low = 1 + sum(exact < now for exact in numbers.values())
        side, rank = ("high", place) if place <= low else ("low", low)
        values = list(series.values())
        ranked = figures.counted(
            f"place.{reference}", rank, f"place of {reference} counted from the {side}est", values
        )
        formula = "number of years with a value"
        count = figures.counted(f"years.{reference}", len(values), formula, values, "count")
        joint = "joint_" if sum(exact == now for exact in numbers.values()) > 1 else ""
        slots |= {
            "first": self.figures.label(first),
            "last": figures.label(figures.period),
            "rank": replace(ranked, text=Text(f"第{rank}", formats.ordinal_in_words(rank))),
            "among": self.say(f"period.{figures.period.kind}.among", {"count": count}),
        }
        return [self.say(f"story.record.{joint}{side}", slots)]

    def _record(self, series: Series, side: str, sign: int, slots: Slots) -> list[Line]:
        """The period is above (sign −1: below) all years, or all since one that is named; it may share that with others."""
        periods = span(min(series), self.figures.period)
        found = findings.record([number(series[one]) if one in series else None for one in periods], sign)
        if found is None:
            return []
        first = periods[found.since]
        if found.equal:
            shared: Slots = {
                "since": self.figures.label(first),
                "gaps": self._gaps(series, first),
                "years": self._listed(periods[place] for place in found.equal),
            }
            return [self.say(f"story.record.shared_{side}est", {**slots, **shared})]
        passed = max((one for one in series if one < first), default=None)
        if passed is None:
            return [self.say(f"story.record.{side}est", slots)]
        before = series[passed]
        since: Slots = {
            "since": self.figures.label(first),
            "gaps": self._gaps(series, first, "story.gaps_besides"),
            "before_year": self.figures.label(passed),
            "before": self.figures.ledger.print(before),
        }
        note = self.rounded([series[self.figures.period], before], before.digits)
        return [self.say(f"story.record.{side}est_since", {**slots, **since}), *note]

    def _streak(self, reference: str, series: Series) -> Slot:
        """How many years in a row the value rose or fell up to the period, where they are many."""
        length, direction, year = 0, 0, self.figures.period
        while year in series and year - 1 in series:
            now, before = number(series[year]), number(series[year - 1])
            step = (now > before) - (now < before)
            if step == 0 or step == -direction:
                break
            length, direction, year = length + 1, step, year - 1
        if length < STREAK:
            return NOTHING
        formula, values = "years in a row with the same direction", list(series.values())[-length - 1 :]
        count = self.figures.counted(f"streak.{reference}", length, formula, values, "count")
        count = replace(count, text=Text(count.text.zh, formats.ordinal_in_words(length)))
        rate = self.figures.registry.metric(reference).unit == "percent"
        return self.say(f"story.streak.{self._direction(Fraction(direction), rate)}", {"count": count})

    def extremes(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        """The highest and the lowest years of the series and its mean."""
        figures, series = self.figures, self._series(reference, member)
        if len(series) < 3:
            return []
        ordered = sorted({number(value): value for value in series.values()}.items())
        values = [value for _, value in ordered]
        ends = [*values[:2], *values[-2:]]
        digits = self.digits_apart(ends)
        slots: Slots = {
            "metric": self._subject(reference, member),
            "first": self.figures.label(min(series)),
            "last": self.figures.label(max(series)),
            "gaps": self._gaps(series, min(series)),
        }
        for end, value in (("top", values[-1]), ("low", values[0])):
            slots[f"{end}_year"] = self._listed(
                year for year, other in series.items() if other.exact == value.exact
            )
            slots[end] = self.printed(value, digits)
        if len(values) == 1:
            return [self.say("story.extremes.same", {**slots, "value": slots["top"]})]
        mean = figures.value(f"mean.{reference}", figures.key(members=member))
        since = figures.comparable_since(reference, figures.key(members=member))
        note = self.rounded(ends, digits)
        if isinstance(mean.exact, Gap) or since > figures.first:
            return [self.say("story.extremes.plain", slots), *note]
        return [self.say("story.extremes.mean", {**slots, "mean": figures.ledger.print(mean)}), *note]

    def cumulative(self, reference: str, member: Mapping[str, str]) -> list[Line]:
        total = self.figures.value(f"cumulative.{reference}", self.figures.key(members=member))
        if isinstance(total.exact, Gap):
            return []
        slots: Slots = {
            "metric": self._subject(reference, member),
            "first": self.figures.label(self.figures.first),
            "last": self.figures.label(self.figures.period),
            "total": self.figures.ledger.print(total),
        }
        return [self.say("story.cumulative", slots)]
