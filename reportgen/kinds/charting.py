"""What a chart of metrics shows: the declaration of an officer in, a specification with its figures out.

Which charts there are, and what stands around them, is the matter of each kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from reportgen.kinds.figures import FiguresComposer, Reference
from reportgen.model import (
    MOST_PANELS,
    MOST_POINTS,
    MOST_SERIES,
    ChartSpec,
    Event,
    Note,
    Point,
    Printed,
    Series,
    SeriesBreak,
    Text,
    Value,
)
from reportgen.model.formats import lower_first
from reportgen.model.periods import Period, Span
from reportgen.read.fields import OneOf, When, Where, Within
from reportgen.read.schema import Fault, Model, check, fault
from reportgen.read.tables import Member
from reportgen.read.texts import Sentence

Form = Literal["line", "grouped_bar", "stacked_bar", "ranked_bar", "heat_map", "slope", "small_multiples"]
APART = (
    "line",
    "grouped_bar",
    "stacked_bar",
)  # their series are told apart by colours; events have a place there
Axis = tuple[tuple[int | str, Text], ...]


class ChartFields(Model):
    """The fields of a chart. `first` and `last` are the keys `from` and `to`; `target` is in the unit of the metric; `whole` draws the
    rate of all members together for it; `title` stands in place of the computed finding."""

    spot: Where
    form: Form
    metrics: Annotated[tuple[str, ...], Field(min_length=1)]
    by: Annotated[str, OneOf("dimension")] = ""
    first: Annotated[When | None, Field(alias="from")] = None
    last: Annotated[When | None, Field(alias="to")] = None
    members: tuple[str, ...] = ()
    highlight: str = ""
    target: Annotated[int | None, Within(0)] = None
    whole: bool = False
    title: Sentence | None = None

    @check
    def _one_dimension(form: str, by: str, metrics: tuple[str, ...]) -> Iterator[Fault]:
        if form in ("ranked_bar", "heat_map") and not by:
            yield fault("by", "charting.needs_dimension", form=form)
        if by and len(metrics) > 1:
            yield fault("metrics", "charting.one_metric_by_dimension")

    @check
    def _line_of_the_whole(form: str, by: str, whole: bool, target: int | None) -> Iterator[Fault]:
        if whole and (not by or form not in ("line", "ranked_bar")):
            yield fault("whole", "charting.whole_of_members")
        if whole and target is not None:
            yield fault("whole", "charting.whole_beside_target")


def chart_spec(
    composer: FiguresComposer, chart: ChartFields, height: float = 0.0, events: Iterable[Event] = ()
) -> ChartSpec | None:
    """What the chart shows, `height` in mm or 0 for its natural one; None where something is at fault."""
    before = len(composer.problems)
    references = composer.references(chart.spot, "metrics", chart.metrics)
    periods = composer.span(chart.spot, chart.first, chart.last)
    for key, names in (("members", chart.members), ("highlight", filter(None, (chart.highlight,)))):
        for name in names:
            if name not in chart.metrics:
                composer.is_member(chart.spot, key, name)
    if len({reference.metric.unit for reference in references}) > 1:
        composer.fault(chart.spot.at("metrics"), "charting.one_unit")
    for reference in references if chart.whole else ():
        if composer.figures.measures.kind(reference.name) != "rate":
            composer.fault(chart.spot.at("whole"), "charting.whole_is_no_rate", metric=reference.name)
    for reference in references if chart.form == "stacked_bar" else ():
        is_share = bool(chart.by) and reference.name.startswith("share.")
        if not is_share and composer.figures.measures.kind(reference.name) == "rate":
            composer.fault(chart.spot.at("metrics"), "charting.rate_is_not_stacked", metric=reference.name)
    if len(composer.problems) > before:
        return None
    making = _Making(composer, chart, references, periods)
    spec = making.ranked() if chart.form == "ranked_bar" else making.over_time()
    if spec.form in APART:
        spec = replace(spec, events=tuple(event for event in events if event.at in periods))
    spec = replace(spec, height_mm=height or spec.height_mm)
    for key, name, slots in _limit_faults(spec):
        composer.fault(chart.spot.at(key), name, **slots)
    return spec if len(composer.problems) == before else None


def _limit_faults(spec: ChartSpec) -> Iterator[tuple[str, str, Mapping[str, int | str]]]:
    """What would be refused when the chart is drawn: key, message and its slots."""
    if all(point.figure.gap for point in spec.points):
        yield "metrics", "charting.nothing_to_draw", {}
    if spec.form == "slope" and len({x for x, _ in spec.xs}) != 2:
        yield "from", "charting.slope_of_one_year", {}
    if len(spec.points) + len(spec.target) > MOST_POINTS:
        yield "metrics", "charting.too_many_points", {"count": len(spec.points), "most": MOST_POINTS}
    spared = spec.form == "line" and spec.highlight  # all others are grey
    if spec.form in APART and len(spec.series) > MOST_SERIES and not spared:
        yield "members", "charting.too_many_series", {"count": len(spec.series), "most": MOST_SERIES}
    if spec.highlight and spec.highlight not in {*(one.id for one in spec.series), *(x for x, _ in spec.xs)}:
        yield "highlight", "charting.highlight_not_drawn", {"name_": spec.highlight}


class _Making:
    """One chart in the making."""

    def __init__(
        self, composer: FiguresComposer, chart: ChartFields, references: list[Reference], periods: Span
    ) -> None:
        self.composer, self.chart, self.references, self.periods = composer, chart, references, periods

    def over_time(self) -> ChartSpec:
        composer, chart, periods = self.composer, self.chart, self.periods
        first = self.references[0]
        if chart.by:
            places = tuple(dict.fromkeys((periods[0], periods[-1]))) if chart.form == "slope" else periods
            members = self._members()
            series = tuple(Series(member.id, member.name_in(periods[-1].year)) for member in members)
            points = tuple(
                Point(member.id, period, composer.figure(first, period, {chart.by: member.id}))
                for member in members
                for period in places
                if self._is_there(member, period.year)
            )
            measure = first.metric.name
        else:
            places = periods
            series = tuple(Series(reference.text, self._label(reference)) for reference in self.references)
            points = tuple(
                Point(reference.text, period, composer.figure(reference, period))
                for reference in self.references
                for period in periods
            )
            measure = first.metric.name if self._is_one_metric() else _listed(one.label for one in series)
        breaks = tuple(breaks_within(composer, periods, self.references))
        spec = bare_spec(composer, chart.form, first, series, time_axis(composer, places), points)
        return self._with_target(replace(spec, measure=measure, breaks=breaks))

    def ranked(self) -> ChartSpec:
        """The members by the size of their figure in the period, those without one last."""
        composer, (reference, *_) = self.composer, self.references
        members = {member.id: member for member in self._members() if self._is_there(member, composer.year)}
        figures = {id_: composer.figure(reference, members={self.chart.by: id_}) for id_ in members}
        sign = 1 if reference.metric.better == "low" else -1

        def place(id_: str) -> tuple[bool, Fraction]:
            exact = figures[id_].value.exact
            return (False, sign * exact) if isinstance(exact, Fraction) else (True, Fraction(0))

        ordered = sorted(figures, key=place)
        points = tuple(Point("value", id_, figures[id_]) for id_ in ordered)
        axis = tuple((id_, members[id_].name_in(composer.year)) for id_ in ordered)
        series = (Series("value", reference.metric.name),)
        spec = bare_spec(composer, "ranked_bar", reference, series, axis, points)
        return self._with_target(replace(spec, height_mm=14 + 6.2 * len(points)))

    def _members(self) -> list[Member]:
        dimension, only = self.composer.dataset.dimensions[self.chart.by], self.chart.members
        parts = [member for member in dimension.members if member.id != dimension.total]
        return [member for member in parts if not only or member.id in only]

    def _is_there(self, member: Member, year: int) -> bool:
        dimension = self.composer.dataset.dimensions[self.chart.by]
        return member.id in dimension.present(year)

    def _is_one_metric(self) -> bool:
        return len({reference.name for reference in self.references}) == 1

    def _label(self, reference: Reference) -> Text:
        """The metric's name; with `@member` the member's, and both where the metrics differ."""
        label = reference.metric.name
        for dimension, id_ in reference.members.items():
            member = self.composer.dataset.dimensions[dimension].member(id_)
            part = member.name_in(self.composer.year)
            if self._is_one_metric():
                return part
            return Text(f"{part.zh}{label.zh}", f"{part.en}: {lower_first(label.en)}")
        return label

    def _with_target(self, spec: ChartSpec) -> ChartSpec:
        """The chart with its highlight, and its line of comparison: 100 % or 20 times."""
        spec = replace(spec, highlight=self.chart.highlight)
        if self.chart.whole:
            return self._with_whole(spec)
        if self.chart.target is None:
            return spec
        line = _comparison(self.composer, self.references[0], self.chart.target)
        target = tuple(Point("target", x, line) for x, _ in spec.xs)
        label = self.composer.say("chart.target", line=line.text)
        return replace(spec, target=target, target_label=label)

    def _with_whole(self, spec: ChartSpec) -> ChartSpec:
        """The chart with the rate of all members together as its line of comparison."""
        composer, reference = self.composer, self.references[0]
        dimension = composer.dataset.dimensions[self.chart.by]
        places = [(x, x if isinstance(x, Period) else None) for x, _ in spec.xs]
        target = tuple(Point("target", x, composer.figure(reference, at)) for x, at in places)
        named = (member.label for member in dimension.members if member.id == dimension.total)
        label = next(named, composer.words["chart.whole"])
        return replace(spec, target=target, target_label=label)


def _comparison(composer: FiguresComposer, reference: Reference, target: int) -> Printed:
    unit = reference.metric.unit
    return composer.print(
        Value(
            metric=f"line.{reference.text}",
            key=(),
            exact=target * composer.units[unit].factor,
            unit=unit,
            digits=0,
            formula="the line of comparison",
            worked=f"= {target}",
        )
    )


def bare_spec(
    composer: FiguresComposer,
    form: Form | Literal["spark"],
    reference: Reference,
    series: tuple[Series, ...],
    axis: Axis,
    points: tuple[Point, ...],
) -> ChartSpec:
    """The specification without breaks, events, highlight and line of comparison."""
    metric = reference.metric
    better: Literal["high", "low", ""] = (
        "high" if metric.better == "high" else "low" if metric.better == "low" else ""
    )
    return ChartSpec(
        form=form,
        series=series,
        xs=axis,
        points=points,
        measure=metric.name,
        calendar=composer.figures.calendar,
        unit=composer.head(points[0].figure.unit if points else metric.unit),
        better=better,
        height_mm=_height(form, len(series)),
    )


def _height(form: Form | Literal["spark"], count: int) -> float:
    """Millimetres; what has a row for each series grows with them."""
    if form == "slope":
        return 16 + 8.0 * count
    by_row = form == "heat_map" or (form == "small_multiples" and count > MOST_PANELS)
    return 16 + 6.0 * count if by_row else 58.0


def time_axis(composer: FiguresComposer, periods: Iterable[Period]) -> Axis:
    """Years without 年; shorter periods with their year, whose place on paper is the writer's matter."""
    calendar = composer.figures.calendar
    return tuple(
        (one, calendar.bare_year(one.year) if one.kind == "year" else calendar.head(one)) for one in periods
    )


def _listed(labels: Iterable[Text]) -> Text:
    labels = list(labels)
    return Text("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))


# ---- what a reader must know to read it -----------------------------------------------------


def breaks_within(
    composer: FiguresComposer, periods: Span, references: Sequence[Reference]
) -> Iterator[SeriesBreak]:
    """Where one of these measures is counted otherwise than in the period before."""
    for found in composer.dataset.breaks:
        at = found.at.in_kind(type(periods[0]))
        if periods[0] < at <= periods[-1] and composer.touches(found.measures, references):
            yield SeriesBreak(at, composer.words["chart.break"])


def break_notes(composer: FiguresComposer, spec: ChartSpec) -> Iterator[Note]:
    marked = {found.at for found in spec.breaks}
    for found in composer.dataset.breaks:
        if any(isinstance(at, Period) and found.at.in_kind(type(at)) == at for at in marked):
            year = composer.figures.label(found.at)
            yield Note("", composer.plain("chart.break_note", year=year, text=found.text))


def derivations(spec: ChartSpec) -> list[str]:
    """The derived metrics among the figures, each once."""
    return list(dict.fromkeys(name for point in spec.points for name in point.figure.value.notes))


def missing_notes(composer: FiguresComposer, spec: ChartSpec, name: str) -> Iterator[Note]:
    """Why figures are missing, each reason once, in the words of this name."""
    gaps = (point.figure.gap for point in spec.points)
    for reason in dict.fromkeys(gap.reason for gap in gaps if gap and gap.kind != "blank"):
        yield Note("", composer.plain(name, reason=reason))
