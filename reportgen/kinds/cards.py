"""Key figures: a card for each metric, with the change on the year before and a small line of the years."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reportgen.kinds.charting import bare_spec, year_axis
from reportgen.kinds.figures import FiguresComposer, Reference
from reportgen.model import Card, ChartSpec, Gap, KeyFigures, Line, Point, Series
from reportgen.read.words import plain_line

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
    change = composer.figures.on_the_year_before(reference.name, reference.members)
    if isinstance(change.exact, Gap):
        return composer.plain("key.gap", reason=change.exact.reason)
    if composer.narrative.hardly(change):
        return plain_line(composer.words["key.almost_same"])
    return composer.line("key.change", change=composer.signed(change))


def _spark(composer: FiguresComposer, reference: Reference) -> ChartSpec | None:
    publication = composer.publication
    years = range(publication.since, publication.period + 1)
    points = tuple(Point("value", year, composer.figure(reference, year)) for year in years)
    series = (Series("value", reference.metric.name),)
    spec = bare_spec(composer, "spark", reference, series, year_axis(years), points)
    if sum(point.figure.gap is None for point in points) < LEAST_POINTS:
        return None
    return replace(spec, width_mm=44.0, height_mm=11.0)
