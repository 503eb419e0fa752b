"""What a chart of metrics shows: names of the registry in, a specification with its figures out.

Which charts there are, and what stands around them, is the matter of each kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from reportgen.compute.metrics import Figures
from reportgen.model import (
    LANGUAGES,
    ChartForm,
    ChartSpec,
    Point,
    Printed,
    Series,
    SeriesBreak,
    Text,
    Value,
    formats,
)
from reportgen.model.formats import lower_first
from reportgen.model.messages import told
from reportgen.read.metrics import Metric
from reportgen.read.publications import Reader
from reportgen.read.tables import Dimension, Member
from reportgen.read.words import Words

FORMS: tuple[ChartForm, ...] = (
    "line",
    "grouped_bar",
    "stacked_bar",
    "ranked_bar",
    "heat_map",
    "slope",
    "small_multiples",
)


class Charting:
    """Specifications of charts from the figures of a publication, in the words of its kind."""

    def __init__(self, figures: Figures, words: Words) -> None:
        self.figures, self.words = figures, words

    def spec(
        self,
        form: ChartForm,
        references: list[str],
        by: str,
        years: range,
        only: list[str],
        highlight: str,
        target: int,
        height: float,
    ) -> ChartSpec | None:
        """What the chart shows; `target` below 0 for none. None where there is no figure to draw."""
        figures = self.figures
        metric = figures.registry.metric(references[0].partition("@")[0])
        if by:
            dimension = figures.dataset.dimensions[by]
            present = [m for m in dimension.members if m.id != dimension.total and (not only or m.id in only)]
            if form in ("ranked_bar",):
                return self._ranked(references[0], dimension, present, highlight, target, height)
            series = tuple(Series(m.id, m.name_in(years[-1])) for m in present)
            places = (years[0], years[-1]) if form == "slope" else years
            points = tuple(
                Point(m.id, year, figures.figure(references[0], year, members={by: m.id}))
                for m in present
                for year in places
                if m.id in figures.members(dimension, year)
            )
            axis = self.year_axis(places)
        else:
            series = tuple(Series(r, self._series_label(r, references)) for r in references)
            points = tuple(Point(r, year, self._at(r, year)) for r in references for year in years)
            axis = self.year_axis(years)
        if not any(point.figure.gap is None for point in points):
            return None
        breaks = tuple(
            SeriesBreak(found.roc_year, self.words["chart.break"])
            for found in figures.dataset.breaks
            if years[0] < found.roc_year <= years[-1] and self.touches(found.measures, references)
        )
        spec = self.bare(
            form, references[0], series, axis, points, breaks=breaks, highlight=highlight, height=height
        )
        if target >= 0:
            line = self._line_value(references[0], target)
            spec = replace(
                spec,
                target=tuple(Point("target", year, line) for year in years),
                target_label=self._target_label(line),
            )
        if not by:
            same = len({reference.partition("@")[0] for reference in references}) == 1
            spec = replace(spec, measure=metric.name if same else _common_measure(spec))
        return spec

    def _ranked(
        self,
        reference: str,
        dimension: Dimension,
        members: list[Member],
        highlight: str,
        target: int,
        height: float,
    ) -> ChartSpec | None:
        figures, period = self.figures, self.figures.period
        present = [m for m in members if m.id in figures.members(dimension, period)]
        points = [
            Point("value", m.id, figures.figure(reference, members={dimension.id: m.id})) for m in present
        ]
        points = [point for point in points if point.figure.gap is None]
        low = figures.registry.metric(reference).better == "low"

        def size(point: Point) -> Fraction:
            assert isinstance(point.figure.value.exact, Fraction)
            return point.figure.value.exact if low else -point.figure.value.exact

        points.sort(key=size)
        if not points:
            return None
        names = {m.id: m.name_in(period) for m in present}
        series = (Series("value", figures.registry.metric(reference).name),)
        axis = tuple((point.x, names[str(point.x)]) for point in points)
        spec = self.bare(
            "ranked_bar",
            reference,
            series,
            axis,
            tuple(points),
            highlight=highlight,
            height=height or 14 + 6.2 * len(points),
        )
        if target >= 0:
            line = self._line_value(reference, target)
            spec = replace(
                spec,
                target=tuple(Point("target", point.x, line) for point in points),
                target_label=self._target_label(line),
            )
        return spec

    def _series_label(self, reference: str, references: list[str]) -> Text:
        """The metric's name; with `@member` the member's, and both where the metrics differ."""
        name, _, member = reference.partition("@")
        label = self.figures.registry.metric(name).name
        if not member:
            return label
        where = self.members_of(member)
        dimension = self.figures.dataset.dimensions[next(iter(where))]
        part = dimension.member(member).name_in(self.figures.period)
        if len({one.partition("@")[0] for one in references}) == 1:
            return part
        return Text(f"{part.zh}{label.zh}", f"{part.en}: {lower_first(label.en)}")

    def _line_value(self, reference: str, target: int) -> Printed:
        """The line of comparison, `target` in the unit in which the metric is printed: 100 % or 20 times."""
        unit = self.figures.registry.metric(reference.partition("@")[0]).unit
        exact = target * self.figures.registry.units[unit].factor
        return self.figures.ledger.print(
            Value(
                metric=f"line.{reference}",
                key=(),
                exact=exact,
                unit=unit,
                digits=0,
                formula="the line of comparison",
                worked=f"= {target}",
            )
        )

    def _target_label(self, line: Printed) -> Text:
        words = self.words["chart.target"]
        return Text(*(words.say(half).replace("{line}", line.text.say(half)) for half in LANGUAGES))

    def bare(
        self,
        form: ChartForm,
        reference: str,
        series: tuple[Series, ...],
        axis: tuple[tuple[int | str, Text], ...],
        points: tuple[Point, ...],
        breaks: tuple[SeriesBreak, ...] = (),
        highlight: str = "",
        width: float = 170.0,
        height: float = 0.0,
    ) -> ChartSpec:
        metric = self.figures.registry.metric(reference.partition("@")[0])
        unit = self.figures.registry.units[points[0].figure.unit if points else metric.unit].head
        natural = {"heat_map": 16 + 6.0 * len(series), "small_multiples": 70.0, "slope": 70.0}.get(form, 64.0)
        better = metric.better if metric.better in ("high", "low") else ""
        return ChartSpec(
            form=form,
            series=series,
            xs=axis,
            points=points,
            measure=metric.name,
            unit=unit,
            breaks=breaks,
            highlight=highlight,
            better=better,
            width_mm=width,
            height_mm=height or natural,
        )

    def year_axis(self, years: Iterable[int]) -> tuple[tuple[int | str, Text], ...]:
        return tuple((year, Text(str(year), str(formats.gregorian_year(year)))) for year in years)

    def _at(self, reference: str, year: int) -> Printed:
        name, _, member = reference.partition("@")
        return self.figures.figure(name, year, members=(self.members_of(member) if member else {}))

    def touches(self, broken: Iterable[str], references: Iterable[str]) -> bool:
        """Whether a metric is computed from a column whose series is broken."""
        columns = set(broken)
        for reference in references:
            name = reference.partition("@")[0]
            value = self.figures.value(name, self.figures.key())
            if columns & {source.column for source in value.sources}:
                return True
        return False

    def metric(self, reference: str, reader: Reader, name: str) -> Metric | None:
        """The metric of a reference, `change.collected@tax`; a problem of the reader where there is none."""
        known = self.figures.registry.metrics
        for part in reference.partition("@")[0].split("."):
            if part not in known:
                reader.problem(name, *told("papers.is_no_metric", part=part, known=[*sorted(known)]))
                return None
        if not self.figures.registry.complete(reference.partition("@")[0]):
            reader.problem(name, *told("papers.is_not_metric_itself", reference=reference))
            return None
        member = reference.partition("@")[2]
        if member and not self.members_of(member):
            self.no_member(member, reader, name)
            return None
        return self.figures.registry.metric(reference.partition("@")[0])

    def no_member(self, name: str, reader: Reader, field_name: str) -> None:
        known = ", ".join(m.id for d in self.figures.dataset.dimensions.values() for m in d.members)
        reader.problem(field_name, *told("papers.is_no_member", name_=name, known=known))

    def members_of(self, member: str) -> dict[str, str]:
        for dimension in self.figures.dataset.dimensions.values():
            if any(candidate.id == member for candidate in dimension.members):
                return {dimension.id: member}
        return {}


def _common_measure(spec: ChartSpec) -> Text:
    return Text("、".join(s.label.zh for s in spec.series), ", ".join(s.label.en for s in spec.series))
