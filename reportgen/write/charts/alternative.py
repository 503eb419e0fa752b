"""The words for a reader who does not see the chart: from a specification to sentences in one language.

It draws nothing and formats no figure: what it says of a figure is the string that is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from reportgen.model import ChartSpec, Language, Point, Text
from reportgen.model.formats import number_in_words
from reportgen.model.messages import message
from reportgen.model.periods import as_period
from reportgen.write.charts.forms import Drawn, drawn_as, exact_number, ranked_members

MOST_TEXT = 600  # characters of an alternative text; longer ones are cut off or skipped by screen readers
ALTERNATIVE_SERIES = 6
By = Literal["x", "series", "both"]  # how a place is called: by its year or member, by its series, by both
MOST_APART = 4  # places without a figure that are told one by one; more are told by their series
MOST_MISSING = 150  # characters of their names; of longer ones their number is said
MOST_NAMED = 3  # places of one figure; of more their number is said


_FORM_NAMES: Mapping[Drawn, Text] = {
    "line": message("charts.line_chart"),
    "grouped_bar": message("charts.grouped_column_chart"),
    "stacked_bar": message("charts.stacked_column_chart"),
    "ranked_bar": message("charts.ranked_bar_chart"),
    "heat_map": message("charts.heat_map"),
    "dumbbell": message("charts.two_years_side_side"),
    "spark": message("charts.trend_line"),
}


def alternative(spec: ChartSpec, language: Language) -> str:
    """What the chart shows, for a reader who does not see it; its numbers are printed strings and years."""
    teller = _Teller(spec, language)
    space = "" if language == "zh" else " "
    head, tail = teller.head(), [*teller.target(), *teller.breaks(), *teller.missing()]
    for body in teller.bodies():  # the longest that is short enough
        whole = space.join([head, *body, *tail])
        if len(whole) <= MOST_TEXT:
            return whole
    return space.join([head, *body])[:MOST_TEXT]


def _level(point: Point) -> Fraction:
    return exact_number(point) or Fraction(0)


YEARS = {
    ("roc", False): "said_year",
    ("roc", True): "said_years",
    ("gregorian", False): "said_common_year",
    ("gregorian", True): "said_common_years",
}  # by the calendar, and whether there are several
MANY = {
    "year": "said_many_year",
    "half": "said_many_half",
    "quarter": "said_many_quarter",
    "month": "said_many_month",
    "fiscal_year": "said_many_fiscal_year",
}


@dataclass(frozen=True)
class _Teller:
    """What is said of a chart in one language; each method gives sentences."""

    spec: ChartSpec
    language: Language

    def say(self, name: str, **slots: Any) -> str:
        return message(f"charts.{name}", **slots).say(self.language)

    def listed(self, words: Iterable[str], sign: str = "、") -> str:
        return (sign if self.language == "zh" else {"；": "; "}.get(sign, ", ")).join(words)

    def where(self, x: int | str) -> str:
        if isinstance(x, int):
            return self.spec.calendar.label(x).say(self.language)
        return dict(self.spec.xs)[x].say(self.language)

    def at(self, point: Point) -> str:
        """`121,587 in 2018`, `107年 121,587`; of a member `for`."""
        name = "said_in" if isinstance(point.x, int) else "said_for"
        return self.say(name, figure=point.figure.plain, place=self.where(point.x))

    def place(self, point: Point, by: By) -> str:
        label, where = self.label(point.series), self.where(point.x)
        return {"x": where, "series": label}.get(by) or self.say("said_place", label=label, place=where)

    def end(self, points: list[Point], pick: Callable[..., Point], by: By) -> str:
        """The highest (or lowest) figure and all places where it is printed: by name, or by their number."""
        end = pick(points, key=_level)
        same = [point for point in points if point.figure.plain == end.figure.plain]
        where, years = (
            self.listed(self.place(point, by) for point in same),
            by == "x" and isinstance(end.x, int),
        )
        if len(same) > MOST_NAMED:
            name = MANY[as_period(end.x).kind] if isinstance(end.x, int) and years else "said_many"
            where = self.say(name, count=number_in_words(len(same)))
        return self.say("said_in" if years else "said_for", figure=end.figure.plain, place=where)

    def ends(self, names: tuple[str, str], points: list[Point], by: By, **slots: str) -> str:
        """The highest and the lowest figure in the first words; in the second, that all are printed alike."""
        if len(points) > 1 and len({point.figure.plain for point in points}) == 1:
            return self.say(names[1], figure=points[0].figure.plain, **slots)
        high, low = (self.end(points, pick, by) for pick in (max, min))
        return self.say(names[0], high=high, low=low, **slots)

    def label(self, series: str) -> str:
        return next(one.label for one in self.spec.series if one.id == series).say(self.language)

    def known(self, series: str = "") -> list[Point]:
        at = {x: number for number, (x, _) in enumerate(self.spec.xs)}
        some = [p for p in self.spec.points if p.figure.gap is None and series in ("", p.series)]
        return sorted(some, key=lambda point: at[point.x])

    def head(self) -> str:
        spec, xs = self.spec, [x for x, _ in self.spec.xs]
        years = ""
        if all(isinstance(x, int) for x in xs):
            first, last = self.where(xs[0]), self.where(xs[-1])
            years = self.say(YEARS[spec.calendar.era, len(xs) > 1], first=first, last=last)
        unit = self.say("said_unit", unit=spec.unit) if spec.unit.say(self.language) else ""
        form = _FORM_NAMES[drawn_as(spec)]
        return self.say("said_head", form=form, measure=spec.measure, unit=unit, years=years)

    def bodies(self) -> list[list[str]]:
        """What is shown, from the longest to the shortest."""
        if self.spec.form == "ranked_bar":
            return [self.ranking(), self.extremes()]
        if self.spec.form == "slope":
            return [self.changes(), self.extremes()]
        if len(self.spec.series) > ALTERNATIVE_SERIES:
            return [self.extremes()]
        return [self.courses(True), self.courses(False), self.extremes()]

    def courses(self, extremes: bool) -> list[str]:
        """Of each series the first and the last year, the highest and the lowest."""
        years = isinstance(self.spec.xs[0][0], int)
        sentences = []
        for one in self.spec.series:
            if not (points := self.known(one.id)):
                sentences.append(self.say("said_no_figure", label=one.label))
                continue
            words = [self.at(point) for point in dict.fromkeys((points[0], points[-1]) if years else ())]
            if (extremes or not years) and len(points) > 2 - (not years):
                words.append(self.ends(("said_ends", "said_ends_alike"), points, "x"))
            words = words or [self.at(points[0])]
            sentences.append(self.say("said_of", label=one.label, words=self.listed(words, "，")))
        return sentences

    def extremes(self) -> list[str]:
        """The highest and the lowest figure of all, those of the highlighted series, and those of the last year."""
        spec, points = self.spec, self.known()
        if not points:
            return []
        several = len(spec.series) > 1

        def member(point: Point) -> str:
            place = self.at(point)
            return self.say("said_member", label=self.label(point.series), figure=place) if several else place

        sentences = [self.ends(("said_both", "said_both_alike"), points, "both" if several else "x")]
        if stressed := [p for p in points if spec.highlight and spec.highlight in (p.series, p.x)]:
            ends = dict.fromkeys((stressed[0], stressed[-1]))
            sentences.append(self.say("said_stressed", words=self.listed(map(member, ends), "；")))
        last = [point for point in points if point.x == spec.xs[-1][0]]
        if several and isinstance(spec.xs[-1][0], int) and len(spec.xs) > 1 and len(last) > 1:
            sentences.append(
                self.ends(("said_last", "said_last_alike"), last, "series", year=self.where(last[0].x))
            )
        return sentences

    def ranking(self) -> list[str]:
        ranked = [one for one in ranked_members(self.spec) if one.point.figure.gap is None]
        words = self.listed(f"{one.label.say(self.language)} {one.point.figure.plain}" for one in ranked)
        return [self.say("said_from_low" if self.spec.better == "low" else "said_from_high", words=words)]

    def changes(self) -> list[str]:
        """From the first to the last of the two years."""
        words = []
        for one in self.spec.series:
            figures = [point.figure.plain for point in self.known(one.id)]
            if len(figures) == 2:
                words.append(self.say("said_change", label=one.label, first=figures[0], last=figures[1]))
        return [self.say("said_changes", words=self.listed(words, "；"))] if words else []

    def target(self) -> list[str]:
        """One figure, or that of the last year."""
        targets, label = [p for p in self.spec.target if p.figure.gap is None], self.spec.target_label
        if not targets or label is None:
            return []
        same = len({point.figure.plain for point in targets}) == 1
        if not same and not isinstance(targets[-1].x, int):
            return []
        words = targets[-1].figure.plain if same else self.at(targets[-1])
        return [self.say("said_of", label=label, words=words)]

    def breaks(self) -> list[str]:
        """Breaks of the series, then events."""
        spec = self.spec
        broken = [self.say("said_break", year=self.where(b.at), label=b.label) for b in spec.breaks]
        events = [self.say("said_of", label=self.where(e.at), words=e.label) for e in spec.events]
        return broken + events

    def missing(self) -> list[str]:
        """The places without a figure: by name, or by their number where the names would be too long."""
        gaps = [point for point in self.spec.points if point.figure.gap is not None]
        several = len(self.spec.series) > 1
        if len(gaps) <= MOST_APART:
            places = [f"{self.label(p.series)} " * several + self.where(p.x) for p in gaps]
            return [self.say("said_missing", words=self.listed(places))] if gaps else []
        of_each: dict[str, list[str]] = {}
        for point in gaps:
            of_each.setdefault(self.label(point.series), []).append(self.where(point.x))
        words = self.listed((f"{label} " * several + self.listed(of) for label, of in of_each.items()), "；")
        if len(words) <= MOST_MISSING:
            return [self.say("said_missing", words=words)]
        return [self.say("said_many_missing", count=len(gaps), all=len(self.spec.points))]
