"""The body of a panel: its text with the figures filled in, and the charts and archival items that the text places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportgen.kinds.charting import break_notes, chart_spec, derivations, missing_notes
from reportgen.kinds.figures import FiguresComposer
from reportgen.kinds.findings import title
from reportgen.kinds.panels import items
from reportgen.kinds.panels.declared import Declared, catalogue_file
from reportgen.kinds.panels.plan import PanelChart
from reportgen.kinds.panels.writing import Piece
from reportgen.model import (
    Block,
    Bullets,
    Chart,
    ChartSpec,
    Event,
    Exhibit,
    Exhibits,
    Note,
    Paragraphs,
    Subhead,
)
from reportgen.model.errors import Place
from reportgen.read.texts import Sentence
from reportgen.read.words import plain_line


class Body:
    """The blocks of one panel; `shown` are the items that it shows."""

    def __init__(self, composer: FiguresComposer, declared: Declared) -> None:
        self.composer, self.declared = composer, declared
        self.charts = {chart.id: chart for chart in declared.panel.chart}
        self.drawn = 0
        self.placed: list[str] = []
        self.shown: dict[str, Exhibit] = {}
        self.blocks = [
            block for number, piece in enumerate(declared.pieces) for block in self._blocks(number, piece)
        ]
        for id_, chart in self.charts.items():
            if (times := self.placed.count(id_)) != 1:
                composer.fault(chart.spot.at("id"), "panels.chart_not_placed_once", id=id_, times=times)

    def _fault(self, piece: Piece, name: str, /, **slots: object) -> None:
        self.composer.fault(Place(self.declared.file, row=piece.row), name, **slots)

    def _blocks(self, number: int, piece: Piece) -> Iterator[Block]:
        if piece.kind == "heading":
            yield Subhead(piece.texts[0], max(2, piece.level), f"h-{number}")
        elif piece.kind == "items":
            exhibits = tuple(filter(None, [self._exhibit(id_, piece) for id_ in piece.ids]))
            if exhibits:
                yield Exhibits(exhibits)
        elif piece.kind == "chart":
            for id_ in piece.ids:
                self.placed.append(id_)
                if id_ in self.charts:
                    yield from self._chart(self.charts[id_])
                elif id_ not in self.declared.ids("chart"):
                    self._fault(piece, "panels.no_such_chart", id=id_, known=[*self.charts] or ["–"])
        else:
            place = Place(self.declared.file, row=piece.row)
            lines = tuple(self.composer.sentence(Sentence(text, place)) for text in piece.texts)
            yield Paragraphs(lines) if piece.kind == "paragraph" else Bullets(lines, piece.kind == "ordered")

    def _exhibit(self, id_: str, piece: Piece) -> Exhibit | None:
        composer, known = self.composer, self.declared.items
        if known is None:
            return None  # the faults of the catalogue are told already
        if id_ not in known:
            file = catalogue_file(composer.publication.name)
            self._fault(piece, "panels.no_such_item", id=id_, file=file, known=[*known] or ["–"])
            return None
        if id_ in self.shown:
            self._fault(piece, "panels.item_placed_twice", id=id_)
            return None
        item, picture = known[id_]
        self.shown[id_] = Exhibit(
            anchor=id_,
            caption=item.caption,
            alternative=item.alt,
            facts=items.facts(item, composer.words),
            picture=picture,
            landscape=item.orientation == "landscape",
        )
        return self.shown[id_]

    # -- charts

    def _chart(self, chart: PanelChart) -> Iterator[Chart]:
        spec = chart_spec(self.composer, chart, events=self._events(chart))
        if spec:
            self.drawn += 1
            yield Chart(
                number=str(self.drawn),
                anchor=chart.id,
                caption=chart.caption,
                spec=replace(spec, headed=False),
                title=title(self.composer, chart, spec, self.composer.sentence),
                notes=tuple(self._notes(spec)),
            )

    def _events(self, chart: PanelChart) -> Iterator[Event]:
        drawn = {metric.partition("@")[0] for metric in chart.metrics}
        for event in self.declared.show.event if chart.events else ():
            if not event.metrics or drawn & set(event.metrics):
                yield Event(event.at, event.label)

    def _notes(self, spec: ChartSpec) -> Iterator[Note]:
        """Breaks, derived and missing figures, formulas: what a reader must know to read the chart."""
        composer = self.composer
        yield from break_notes(composer, spec)
        for name in derivations(spec):
            note = composer.dataset.derivations[name].note
            yield Note("", composer.plain("chart.derived", note=note))
        yield from missing_notes(composer, spec, "chart.missing")
        metrics = (composer.registry.metric(point.figure.value.metric) for point in spec.points)
        for basis in dict.fromkeys(metric.basis for metric in metrics):
            if basis:
                yield Note("", plain_line(basis))
