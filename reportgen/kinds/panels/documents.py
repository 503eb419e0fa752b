"""Exhibition panels: from Markdown, archival items and metrics to a tree of blocks, one document for each panel.

`plan` reads what an officer declares, `writing` the text in both languages, `items` the catalogue. No layout, no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reportgen.compute import claims
from reportgen.compute.metrics import Figures
from reportgen.kinds import kinds
from reportgen.kinds.charting import Charting
from reportgen.kinds.material import Material
from reportgen.kinds.panels import items, plan, regenerated, vertical, writing
from reportgen.kinds.panels.plan import ChartPlan, Exhibition, PanelPlan
from reportgen.kinds.panels.regenerated import Regenerated
from reportgen.model import (
    Block,
    Bullets,
    Chart,
    ChartSpec,
    Document,
    Exhibit,
    Exhibits,
    Line,
    Note,
    PanelFoot,
    PanelHead,
    Paragraphs,
    Subhead,
    Text,
    Upright,
    formats,
)
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.messages import told
from reportgen.read import theme
from reportgen.read.publications import Reader, documents_of
from reportgen.read.words import Slot, fill, plain_line

_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


PAGE = "exhibition"  # the document that is the page of all panels


def folder_of(publication: str, panel: str) -> str:
    return f"inputs/{publication}/panels/{panel}"


def document(material: Material, name: str) -> Document:
    """The panel of this name. InputError lists all faults of it and of what the panels share."""
    if name == PAGE:
        _, names = documents_of(material.project, material.publication.name, kinds())
        return _page([_Builder(material, panel).build() for panel in names[:-1]])
    return _Builder(material, name).build()


def _page(panels: Sequence[Document]) -> Document:
    """The page of all panels, which holds nothing else than they do."""
    return replace(panels[0], name=PAGE, blocks=(), printed=(), sheet=None, parts=tuple(panels))


def original(material: Material, name: str) -> Regenerated | None:
    """The archived panel that this one was made from, with ours beside it; None where there is none."""
    builder = _Builder(material, name)
    builder.build()
    return builder.original


class _Builder:
    def __init__(self, material: Material, name: str) -> None:
        self.material, self.name = material, name
        self.publication, self.words = material.publication, material.words
        self.problems: list[Problem] = []
        self.theme = theme.load_theme(material.project / "styles/tokens.toml")
        self.figures = Figures(
            material.dataset, material.registry, self.publication.period, self.publication.since
        )
        self.charting = Charting(self.figures, self.words)
        self.file = f"{folder_of(self.publication.name, name)}/panel.md"
        self.catalogue_file = f"inputs/{self.publication.name}/items.toml"
        self.shown: dict[str, items.Item] = {}
        self.charts = 0
        self.original: Regenerated | None = None

    def build(self) -> Document:
        if not self.theme.panel_type:
            raise InputError(problem(Place("styles/tokens.toml"), "panels.has_no_sizes_panels"))
        glossary = self.material.glossary
        exhibition = plan.read_exhibition(self.publication, self.theme, self.problems, glossary)
        catalogue = items.read_items(self.material.project, self.catalogue_file, self.problems, glossary)
        for place, (_, only) in enumerate(exhibition.events, 1):
            event = Reader({}, self.publication.file, f"event {place}", self.problems)
            for one in only:
                self.charting.metric(one, event, "metrics")
        front, pieces = writing.read(self.material.project, self.file, self.problems, glossary)
        panel = plan.read_panel(
            front,
            self.file,
            exhibition,
            self.theme,
            self.publication.since,
            self.publication.period,
            self.problems,
            glossary,
        )
        if panel is None:
            raise InputError(dict.fromkeys(self.problems))
        body = list(self._body(pieces, panel, exhibition, catalogue))
        head = self._head(panel)
        self.original = original = self._original(panel, head, body)
        foot = self._foot(panel, exhibition, original)
        if self.problems:
            raise InputError(dict.fromkeys(self.problems))
        dataset = self.material.dataset
        texts = [self.publication.file, self.file, *([self.catalogue_file] if self.shown else [])]
        tables = [table.file for table in self.figures.tables_used()]
        data = [dataset.file, *tables, self.figures.registry.file] if self.figures.ledger.printed else []
        archived = list(original.original.inputs) if original else []
        scans = [item.picture.file for item in self.shown.values() if item.picture]
        return Document(
            publication=self.publication.name,
            kind=self.publication.kind,
            title=panel.title,
            subtitle=panel.section.title,
            issuer=self.publication.issuer,
            period=self.publication.title,
            sample=dataset.sample if self.figures.ledger.printed else None,
            keywords=Text(
                f"{self.publication.title.zh}、{panel.section.title.zh}",
                f"{self.publication.title.en}, {panel.section.title.en}",
            ),
            blocks=(head, *body, foot),
            printed=self.figures.ledger.printed,
            inputs=tuple(dict.fromkeys([*texts, *data, *scans, *archived])),
            name=self.name,
            # A scan shows what was redacted, and does not go into the file.
            attached=tuple(dict.fromkeys([*texts, *data])),
            stated=tuple(sorted(set(self._stated(front, pieces, foot)))),
            sheet=panel.sheet,
            absent=regenerated.absent(self.material.project, folder_of(self.publication.name, self.name)),
        )

    # -- head, foot

    def _head(self, panel: PanelPlan) -> PanelHead:
        upright = None
        if panel.vertical:
            cells = vertical.cells(panel.title.zh, self._length)
            upright = Upright(panel.title.zh, tuple((cell.kind, cell.text, cell.length) for cell in cells))
        return PanelHead(
            show=self.publication.title,
            motto=self.publication.subtitle,
            section=panel.section.title,
            title=panel.title,
            upright=upright,
        )

    def _length(self, run: str) -> float:
        """The width of a Latin word in em, in the bold face of titles."""
        from reportgen.read import faces

        chain = faces.chain((self.theme.fonts["sans"],), 700)
        used = [(faces.opened(face), letter) for letter in run if (face := faces.face_of(letter, chain)) >= 0]
        return float(
            sum(face.font.get_glyph_h_advance(face.nominal(letter)) / face.upem for face, letter in used)
        )

    def _foot(self, panel: PanelPlan, exhibition: Exhibition, original: Regenerated | None) -> PanelFoot:
        lines = [plain_line(self.publication.issuer)]
        sources = [table.label for table in self.figures.tables_used() if self.figures.ledger.printed]
        if sources:
            said = Text("、".join(one.zh for one in sources), "; ".join(one.en for one in sources))
            lines.append(plain_line(self._say("foot.source", source=said)))
        if self.material.dataset.sample and self.figures.ledger.printed:
            lines.append(plain_line(self.material.dataset.sample))
        lines += [self._line(text, self.file, 0) for text in panel.remarks]
        if original and panel.regenerated:
            lines += regenerated.foot(original, panel.regenerated, self.figures, self.words)
        return PanelFoot(tuple(lines), f"{exhibition.web}#{self.name}" if exhibition.web else "")

    def _original(self, panel: PanelPlan, head: PanelHead, body: list[Block]) -> Regenerated | None:
        folder = folder_of(self.publication.name, self.name)
        try:
            found = regenerated.read(self.material.project, folder, self.figures, head, body)
        except InputError as error:
            self.problems.extend(error.problems)
            return None
        place = Place(self.file, column="regenerated")
        if found and not panel.regenerated:
            self.problems.append(problem(place, "panels.is_missing_2", folder=folder))
        if panel.regenerated and not found:
            self.problems.append(problem(place, "panels.is_no_folder_original_have", folder=folder))
        return found

    def _say(self, name: str, /, **slots: str | Text) -> Text:
        text = self.words[name]
        for slot, found in slots.items():
            pair = found if isinstance(found, Text) else Text(found, found)
            text = Text(text.zh.replace(f"{{{slot}}}", pair.zh), text.en.replace(f"{{{slot}}}", pair.en))
        return text

    # -- body

    def _body(
        self,
        pieces: Iterable[writing.Piece],
        panel: PanelPlan,
        exhibition: Exhibition,
        catalogue: Mapping[str, items.Item],
    ) -> Iterator[Block]:
        charts = {chart.id: chart for chart in panel.charts}
        placed: list[str] = []
        for number, piece in enumerate(pieces):
            if piece.kind == "heading":
                yield Subhead(piece.texts[0], max(2, piece.level), f"h-{number}")
            elif piece.kind == "paragraph":
                yield Paragraphs((self._line(piece.texts[0], self.file, piece.row),))
            elif piece.kind in ("list", "ordered"):
                lines = tuple(self._line(text, self.file, piece.row) for text in piece.texts)
                yield Bullets(lines, piece.kind == "ordered")
            elif piece.kind == "items":
                found = [self._item(id_, piece.row, catalogue) for id_ in piece.ids]
                if there := tuple(one for one in found if one):
                    yield Exhibits(there)
            else:
                for id_ in piece.ids:
                    placed.append(id_)
                    if id_ not in charts:
                        known = "、".join(charts) or "–"
                        self._problem(
                            piece.row,
                            *told(
                                "panels.is_no_chart_front_part",
                                id=id_,
                                known=Text(known, ", ".join(charts) or "none"),
                            ),
                        )
                    elif chart := self._chart(charts[id_], exhibition):
                        yield chart
        for id_ in charts:
            if placed.count(id_) != 1:
                charts[id_].reader.problem(
                    "id", *told("panels.stands_times_text", id=placed.count(id_), id2=id_)
                )

    def _problem(self, row: int, en: str, zh: str) -> None:
        self.problems.append(Problem(Place(self.file, row=row), en, zh))

    def _line(self, text: Text, file: str, row: int) -> Line:
        """A text with its figures filled in."""

        def resolve(slot: str) -> Slot:
            if slot in ("period", "since", "previous"):
                years = {
                    "period": self.figures.period,
                    "previous": self.figures.period - 1,
                    "since": self.figures.first_year,
                }
                return formats.roc_year(years[slot])
            try:
                return self.figures.ledger.print(claims.look_up(slot, self.figures))
            except claims.ExpressionError as error:
                problem = Problem(Place(file, row=row), f"{{{slot}}}: {error.en}", f"{{{slot}}}：{error.zh}")
                self.problems.append(problem)
                return ""

        return fill(text, resolve)

    def _item(self, id_: str, row: int, catalogue: Mapping[str, items.Item]) -> Exhibit | None:
        item = catalogue.get(id_)
        if item is None:
            self._problem(
                row,
                *told(
                    "panels.is_no_item",
                    id=id_,
                    catalogue_file=self.catalogue_file,
                    it=Text("、".join(catalogue) or "無", ", ".join(catalogue) or "none"),
                ),
            )
            return None
        if id_ in self.shown:
            self._problem(row, *told("panels.item_stands_panel_twice", id=id_))
            return None
        self.shown[id_] = item
        return Exhibit(
            anchor=id_,
            caption=item.caption,
            alternative=item.alternative,
            facts=items.facts(item, self.words),
            picture=item.picture,
            landscape=item.landscape,
        )

    # -- charts

    def _chart(self, chart: ChartPlan, exhibition: Exhibition) -> Chart | None:
        before = len(self.problems)
        spec = self._spec(chart, exhibition)
        if spec is None or len(self.problems) > before:
            return None
        self.charts += 1
        notes = tuple(Note("", line) for line in self._chart_notes(spec))
        return Chart(
            name=Text("", ""),
            number=str(self.charts),
            anchor=chart.id,
            caption=chart.caption,
            spec=spec,
            notes=notes,
        )

    def _spec(self, chart: ChartPlan, exhibition: Exhibition) -> ChartSpec | None:
        reader, figures = chart.reader, self.figures
        references = [one for one in chart.metrics if self.charting.metric(one, reader, "metrics")]
        if not re.fullmatch(r"[A-Za-z][\w-]*", chart.id):
            reader.problem("id", *told("panels.is_no_id", id=chart.id))
        if chart.by and chart.by not in figures.dataset.dimensions:
            known = figures.dataset.dimensions
            reader.problem("by", *told("panels.is_no_dimension_dataset", by=chart.by, known=[*known]))
            return None
        for name in (*chart.members, *([chart.highlight] if chart.highlight else [])):
            if not self.charting.members_of(name) and name not in references:
                self.charting.no_member(name, reader, "members" if name in chart.members else "highlight")
        if chart.form in ("ranked_bar", "heat_map") and not chart.by:
            reader.problem("by", *told("panels.is_missing", form=chart.form))
            return None
        if chart.first > chart.last:
            reader.problem("from", *told("panels.is_after", first=chart.first, last=chart.last))
            return None
        units = {figures.registry.metric(one.partition("@")[0]).unit for one in references}
        if len(units) > 1 or (chart.by and len(references) > 1):
            reader.problem("metrics", *told("panels.chart_shows_metrics_one_unit"))
            return None
        if not references:
            return None
        years = range(chart.first, chart.last + 1)
        spec = self.charting.spec(
            chart.form, references, chart.by, years, list(chart.members), chart.highlight, chart.target, 0.0
        )
        if spec is None:
            reader.problem("metrics", *told("panels.is_no_figure_draw"))
            return None
        events = tuple(
            event
            for event, only in exhibition.events
            if event.roc_year in years and (not only or set(only) & {r.partition("@")[0] for r in references})
        )
        drawn = chart.events and chart.form in ("line", "grouped_bar", "stacked_bar")
        return replace(spec, events=events if drawn else ())

    def _chart_notes(self, spec: ChartSpec) -> Iterator[Line]:
        """Formula, breaks, derived and missing figures: what a reader must know to read the chart."""
        marked = {one.roc_year for one in spec.breaks}
        for found in self.figures.dataset.breaks:
            if found.roc_year in marked:
                year = formats.roc_year(found.roc_year)
                yield plain_line(self._say("chart.break_note", year=year, text=found.text))
        for name in dict.fromkeys(name for point in spec.points for name in point.figure.value.notes):
            yield plain_line(self._say("chart.derived", note=self.figures.dataset.derivations[name].note))
        gaps = (point.figure.gap for point in spec.points)
        for reason in dict.fromkeys(gap.reason for gap in gaps if gap and gap.kind != "blank"):
            yield plain_line(self._say("chart.missing", reason=reason))
        bases = (self.figures.registry.metric(p.figure.value.metric).basis for p in spec.points)
        for basis in dict.fromkeys(filter(None, bases)):
            yield plain_line(basis)

    # -- numbers that the inputs word by themselves

    def _stated(
        self, front: Mapping[str, Any], pieces: Iterable[writing.Piece], foot: PanelFoot
    ) -> Iterator[str]:
        texts = [half for piece in pieces for text in piece.texts for half in (text.zh, text.en)]
        for item in self.shown.values():
            for label, said in items.facts(item, self.words):
                texts += [label.zh, said.zh, said.en]
            texts += [item.caption.zh, item.caption.en]
        runs = [run for line in foot.lines for run in (*line.zh, *line.en)]
        texts += [run for run in runs if isinstance(run, str)]
        texts += [
            *_strings(front),
            *_strings({k: v for k, v in self.publication.raw.items() if k != "panels"}),
        ]
        yield from (number for words in texts for number in _NUMBER.findall(words))


def _strings(raw: Any) -> Iterator[str]:
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, Mapping):
        for part in raw.values():
            yield from _strings(part)
    elif isinstance(raw, list):
        for part in raw:
            yield from _strings(part)
