"""The brief: key figures, a chart whose figures stand in its alternative text, sentences; all on one page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportgen.kinds.blocks import Notes
from reportgen.kinds.brief.plan import Brief, BriefChart
from reportgen.kinds.cards import key_figures
from reportgen.kinds.charting import break_notes, chart_spec, missing_notes
from reportgen.kinds.figures import FiguresComposer
from reportgen.kinds.findings import title
from reportgen.kinds.material import Material
from reportgen.kinds.narrative import narrative
from reportgen.kinds.own_blocks import own_blocks
from reportgen.model import Block, Chart, Document, Section
from reportgen.read.schema import read

CHART_HEIGHT = 58.0  # mm; what a page has left beside three cards and three sentences in two languages


def document(material: Material, name: str) -> Document:
    """The page; InputError lists all faults of its publication.toml."""
    composer = FiguresComposer(material)
    known = {"dimension": composer.dataset.dimensions}
    brief = read(Brief, material.publication.source, known=known, glossary=material.glossary)
    blocks = [*_blocks(composer, brief)]
    composer.stop()
    publication, dataset = composer.publication, composer.dataset
    tables = [table.file for table in composer.figures.tables_used()]
    inputs = (publication.file, dataset.file, *tables, composer.registry.file)
    made = composer.document("", publication.title, blocks, inputs)
    return replace(made, subtitle=publication.subtitle, stated=(), ordinals=0)


def _blocks(composer: FiguresComposer, brief: Brief) -> Iterator[Block]:
    # The one section says that everything below it is to be read on one page.
    yield Section(number="", title=composer.publication.subtitle, anchor="s-brief", one_page=True)
    yield from key_figures(composer, composer.references(brief.spot, "figures", brief.figures))
    yield from _chart(composer, brief.chart)
    for sentence in brief.sentence:
        yield from narrative(composer, sentence, composer.sentence)
    for own in brief.block:
        yield from own_blocks(composer, own, composer.sentence, composer.material.theme.page)


def _chart(composer: FiguresComposer, declared: BriefChart) -> Iterator[Chart]:
    spec = chart_spec(composer, declared, CHART_HEIGHT)
    if spec is None:
        return
    notes = Notes()
    notes.notes.extend([*break_notes(composer, spec), *missing_notes(composer, spec, "table.missing")])
    name, number = composer.name_of_next("chart")
    yield Chart(
        name=name,
        number=number,
        anchor="chart-1",
        caption=declared.caption,
        spec=replace(spec, headed=False),
        title=title(composer, declared, spec, composer.sentence),
        notes=notes.all(),
        source=composer.sources(point.figure for point in spec.points),
        data_table="",
    )
