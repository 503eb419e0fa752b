"""The title of a chart: the sentence that `compute.findings` finds true of its figures, in the words of `[finding]`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from reportgen.compute import findings
from reportgen.compute.findings import Finding
from reportgen.compute.sentences import NOTHING, listed, listed_periods
from reportgen.kinds.charting import ChartFields
from reportgen.kinds.figures import FiguresComposer, Reference
from reportgen.model import ChartSpec, Line, Point, Printed, Text, formats
from reportgen.model.periods import as_period
from reportgen.read.texts import Sentence
from reportgen.read.words import Slot

MOST_NAMED = 3  # in a title; of more their number is said
NO_FIGURE = Text("", "")


def title(
    composer: FiguresComposer, chart: ChartFields, spec: ChartSpec, line_of: Callable[[Sentence], Line]
) -> Line:
    """What an officer declares, filled by `line_of`; else what the chart shows, without a full stop."""
    if chart.title:
        return line_of(chart.title)
    return finding(composer, spec, composer.references(chart.spot, "metrics", chart.metrics), chart.by)


def finding(
    composer: FiguresComposer, spec: ChartSpec, references: Sequence[Reference], by: str = ""
) -> Line:
    """What the figures of the chart show, of a metric or of several; `by` is the dimension whose members are the series."""
    title = _Title(composer, spec, references, by)
    if spec.form == "ranked_bar":
        return title.ranking()
    if spec.form == "slope" and not spec.breaks:
        return title.change()
    stressed = [n for n, one in enumerate(spec.series) if one.id == spec.highlight]
    if len(spec.series) == 1 or stressed:
        return title.course(stressed[0] if stressed else 0)
    if len(spec.series) == 2 and not by:
        return title.lead()
    if spec.form == "line" and not by and len({one.name for one in references}) > 1:
        return title.course(0)  # that one of several measures is the greatest is known before
    return title.leader()


class _Title:
    """The title of one chart in the making."""

    def __init__(
        self, composer: FiguresComposer, spec: ChartSpec, references: Sequence[Reference], by: str
    ) -> None:
        self.composer, self.spec, self.references, self.by = composer, spec, references, by
        self.places = [x for x, _ in spec.xs]
        points = {(point.series, point.x): point for point in spec.points}
        self.rows: list[list[Point | None]] = [
            [points.get((one.id, x)) for x in self.places] for one in spec.series
        ]
        rate = composer.figures.measures.kind(references[0].name) == "rate"
        self.rate = "_rate" if rate else ""

        self.partial = self._is_partial()

    def _is_partial(self) -> bool:
        """Whether members are left out: who leads among those shown need not lead among all."""
        composer, metrics = self.composer, {reference.name for reference in self.references}
        if not self.by:
            return len(metrics) == 1 < len(self.references)
        dimension = composer.dataset.dimensions[self.by]
        shown = {one.id for one in self.spec.series} | {*self.places}
        return not {*dimension.present(composer.year)} - {dimension.total} <= shown

    def among(self, name: str = "among") -> Slot:
        return self.composer.words[f"finding.{name}"] if self.partial else NOTHING

    # -- parts of a sentence

    def say(self, name: str, /, **slots: Slot) -> Line:
        return self.composer.narrative.say(f"finding.{name}", slots)

    def year(self, place: int) -> Text:
        """When a place is; a member's is the period."""
        at = self.places[place]
        return self.composer.figures.label(at if isinstance(at, int) else self.composer.figures.period)

    def years(self, places: Iterable[int]) -> Text:
        periods = (at for place in places if isinstance(at := self.places[place], int))
        return listed_periods(map(as_period, periods), self.composer.figures.calendar)

    def comparable(self) -> int:
        """The place where the last series begins that nothing breaks."""
        begins = {one.at for one in self.spec.breaks}
        return max((place for place, x in enumerate(self.places) if x in begins), default=0)

    def metric(self, reference: Reference) -> Text:
        """The measure within a sentence, of a member where one is named: 臺北分署新收案件 / new cases (Taipei Branch)."""
        name = self.composer.narrative.metric_name(reference.name)
        for dimension, id_ in reference.members.items():
            member = self.composer.dataset.dimensions[dimension].member(id_)
            label = member.name_in(self.composer.year)
            name = Text(f"{label.zh}{name.zh}", f"{name.en} ({label.en})")
        return name

    def subject(self, series: int) -> Text:
        """What a series counts: a measure, or that of a member."""
        if not self.by:
            return self.metric(self.references[series])
        name, label = self.metric(self.references[0]), self.spec.series[series].label
        return Text(f"{label.zh}{name.zh}", f"{name.en} ({label.en})")

    def figure(self, point: Point | None) -> Slot:
        return self.composer.narrative.amount(point.figure.value) if point else NO_FIGURE

    def names(self, labels: Sequence[Text], of: Sequence[Point | None]) -> Slot:
        """The members by name, or their number where they are many."""
        if len(labels) <= MOST_NAMED:
            return listed(labels)
        return self.say("several", count=self.count("members", len(labels), of))

    def dimension(self) -> Text:
        return self.composer.narrative.dimension_name(self.composer.dataset.dimensions[self.by])

    def count(self, name: str, number: int, of: Sequence[Point | None], unit: str = "count") -> Printed:
        values = [point.figure.value for point in of if point]
        return self.composer.figures.counted(name, number, f"number of {name}", values, unit)

    def missing(self, found: Finding, labels: Sequence[Text], of: Sequence[Point | None]) -> Slot:
        if not found.missing:
            return NOTHING
        return self.say("missing", members=self.names([labels[at] for at in found.missing], of))

    # -- titles

    def course(self, series: int) -> Line:
        """Of one series up to the end of the axis, as far back as it can be compared."""
        start = self.comparable()
        row = self.rows[series][start:]
        found = findings.course(_numbers(row), _shown(row))
        last, *others = (start + place for place in found.places)
        missing = [start + place for place in found.missing]
        slots: dict[str, Slot] = {
            "year": self.year(last),
            "metric": self.subject(series),
            "value": self.figure(self.rows[series][last]),
            "since": self.year(start + found.since),
            "gaps": self.say("gaps", years=self.years(missing)) if missing else NOTHING,
            "years": self.years(others),
        }
        if others:
            slots |= {
                "before_year": self.year(others[0]),
                "before": self.figure(self.rows[series][others[0]]),
            }
        rate = self.rate if found.name in ("rise", "fall") else ""
        return self.say(f"{found.name}{rate}", **slots)

    def leader(self) -> Line:
        """Which series is the highest at the end."""
        column = [row[-1] for row in self.rows]
        return self._leader(
            findings.leader(_numbers(column)), column, [one.label for one in self.spec.series]
        )

    def _leader(self, found: Finding, column: Sequence[Point | None], labels: Sequence[Text]) -> Line:
        several = not self.by and len({reference.name for reference in self.references}) > 1
        slots: dict[str, Slot] = {
            "year": self.year(-1),
            "metric": self.metric(self.references[0])
            if not several
            else self.composer.words["finding.these"],
            "among": self.among(),
            "missing": self.missing(found, labels, column),
        }
        if found.name == "unknown":
            return self.say("unknown", **slots)
        slots |= {
            "names": self.names([labels[at] for at in found.places], column),
            "value": self.figure(column[found.places[0]]),
        }
        rate = ""
        if found.name in ("most", "least"):
            slots["value"] = self.composer.narrative.of_each(slots["value"], found.places)
            rate = self.rate
        return self.say(f"{found.name}{rate}", **slots)

    def lead(self) -> Line:
        """Of two measures which is the greater at the end, and since when it was not."""
        start = self.comparable()
        one, other = (row[start:] for row in self.rows)
        if None in (_numbers(one)[-1], _numbers(other)[-1]):
            return self.leader()
        found = findings.lead(_numbers(one), _numbers(other))
        greater = found.places[0] if found.places else 0
        slots: dict[str, Slot] = {
            "year": self.year(-1),
            "one": self.subject(greater),
            "other": self.subject(1 - greater),
            "value": self.figure(self.rows[greater][-1]),
            "other_value": self.figure(self.rows[1 - greater][-1]),
            "since": self.year(start + found.since),
        }
        return self.say(found.name, **slots)

    def change(self) -> Line:
        """Which of the series changed most from the first place to the last."""
        first, last = ([row[at] for row in self.rows] for at in (0, -1))
        found = findings.change(_numbers(first), _numbers(last))
        labels = [one.label for one in self.spec.series] if self.by else [*map(self.metric, self.references)]
        one_metric = self.by or len({reference.name for reference in self.references}) == 1
        slots: dict[str, Slot] = {
            "first": self.year(0),
            "year": self.year(-1),
            "metric": self.metric(self.references[0]) if one_metric else self.composer.words["finding.these"],
            "among": self.among(),
            "missing": self.missing(found, labels, last),
        }
        if found.name == "unknown":
            return self.say("no_change_known", **slots)
        slots |= {
            "names": self.names([labels[at] for at in found.places], last),
            "before": self.figure(first[found.places[0]]),
            "value": self.figure(last[found.places[0]]),
        }
        if found.name == "unchanged":
            return self.say("unchanged", **slots)
        together = "_together" if len(found.places) > 1 else ""
        return self.say(f"{found.name}{together}{self.rate}", **slots)

    def ranking(self) -> Line:
        """How many reach the line where there is one, else the place of the one that is stressed, else who leads."""
        row, labels = self.rows[0], [label for _, label in self.spec.xs]
        numbers, sign = _numbers(row), -1 if self.spec.better == "low" else 1
        found = findings.leader(numbers, sign)
        if self.spec.target and findings.known(numbers):
            return self._reached(row, sign, self.missing(found, labels, row))
        stressed = [at for at, x in enumerate(self.places) if x == self.spec.highlight]
        place = numbers[stressed[0]] if stressed else None
        if place is None or found.name in ("only", "alike") or stressed[0] in found.places:
            return self._leader(found, row, labels)
        sized = [sign * number for number in numbers if number is not None]
        rank = 1 + sum(number > sign * place for number in sized)
        ranked = self.count(f"place of {self.references[0].text}", rank, row, "rank")
        joint = "joint_" if sized.count(sign * place) > 1 else ""
        return self.say(
            f"{joint}{'low' if sign < 0 else 'high'}",
            year=self.year(-1),
            metric=self.metric(self.references[0]),
            name=labels[stressed[0]],
            missing=self.missing(found, labels, row),
            dimension=self.dimension(),
            shown=self.among("shown"),
            value=self.figure(row[stressed[0]]),
            rank=replace(ranked, text=Text(f"第{rank}", formats.ordinal_in_words(rank))),
            count=self.count("members", len(sized), row),
        )

    def _reached(self, row: Sequence[Point | None], sign: int, missing: Slot) -> Line:
        line, numbers = self.spec.target[0].figure, _numbers(row)
        level = line.value.exact
        assert isinstance(level, Fraction)
        there = [number for number in numbers if number is not None]
        reached = sum(sign * number >= sign * level for number in there)
        which = "all" if reached == len(there) else "some" if reached else "none"
        return self.say(
            f"reached_{which}{'_low' if sign < 0 else ''}",
            year=self.year(-1),
            metric=self.metric(self.references[0]),
            line=line,
            missing=missing,
            dimension=self.dimension(),
            shown=self.among("shown"),
            reached=self.count("members that reach the line", reached, row),
            count=self.count("members", len(there), row),
        )


def _numbers(row: Iterable[Point | None]) -> list[Fraction | None]:
    exact = (point.figure.value.exact if point else None for point in row)
    return [number if isinstance(number, Fraction) else None for number in exact]


def _shown(row: Iterable[Point | None]) -> list[str]:
    return [point.figure.plain if point else "" for point in row]
