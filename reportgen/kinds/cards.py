"""Key figures: a card for each metric, with the change on the year before and a small line of the years."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reportgen.kinds.charting import bare_spec, breaks_within, time_axis
from reportgen.kinds.figures import FiguresComposer, Reference
from reportgen.model import Card, ChartSpec, Gap, KeyFigures, Line, Point, Series
from reportgen.model.periods import span

LEAST_POINTS = 3  # of a line that says something


def key_figures(composer: FiguresComposer, references: Iterable[Reference]) -> Iterator[KeyFigures]:
    """A card for each metric; nothing where there is none."""
    if cards := tuple(_card(composer, reference) for reference in references):
        yield KeyFigures(cards)


def _card(composer: FiguresComposer, reference: Reference) -> Card:
    figure = composer.figure(reference)
    return Card(
        label=reference.metric.name,
        figure=figure,
        unit=composer.head(figure.value.unit),
        change=_change(composer, reference),
        spark=_spark(composer, reference),
    )


def _change(composer: FiguresComposer, reference: Reference) -> Line:
    change, kind = (
        composer.figures.on_the_year_before(reference.name, reference.members),
        composer.figures.period.kind,
    )
    words = "key" if kind == "year" else f"period.{kind}"
    if isinstance(change.exact, Gap):
        return composer.plain("key.gap", reason=change.exact.reason)
    if composer.narrative.hardly(change):
        return composer.plain(f"{words}.almost_same")
    return composer.line(f"{words}.change", change=composer.signed(change))


def _spark(composer: FiguresComposer, reference: Reference) -> ChartSpec | None:
    figures = composer.figures
    periods = span(figures.first, figures.period)
    points = tuple(Point("value", one, composer.figure(reference, one)) for one in periods)
    series = (Series("value", reference.metric.name),)
    spec = bare_spec(composer, "spark", reference, series, time_axis(composer, periods), points)
    if sum(point.figure.gap is None for point in points) < LEAST_POINTS:
        return None
    breaks = tuple(breaks_within(composer, periods, [reference]))
    return replace(spec, breaks=breaks, width_mm=44.0, height_mm=11.0)
