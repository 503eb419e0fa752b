"""The annual performance bulletin: from `publication.toml` and exact values to a tree of blocks.

`plan` reads what an officer declares; `tables`, `charts` and `annexes` make the blocks, each from one declared.
No layout and no HTML: which figures, which words, in which order, with which notes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from reportgen.kinds.bulletin import annexes, plan
from reportgen.kinds.bulletin.charts import chart
from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.bulletin.tables import ranking, table
from reportgen.kinds.cards import key_figures
from reportgen.kinds.compose import numbers_in
from reportgen.kinds.material import Material
from reportgen.kinds.methods import symbols
from reportgen.kinds.narrative import narrative
from reportgen.kinds.own_blocks import OwnBlock, own_blocks
from reportgen.model import Block, Document, Listing, NoteBox, PageBreak, Section, Text
from reportgen.model.errors import InputError
from reportgen.model.periods import PLURALS
from reportgen.read.schema import read_sound
from reportgen.read.words import plain_line

Late = Callable[[], Block]  # a block that is made when all others are: it tells of their figures


def document(material: Material, name: str) -> Document:
    """The bulletin; InputError lists all faults of its publication.toml."""
    composer = BulletinComposer(material)
    known = {
        "dimension": composer.dataset.dimensions,
        "years or dimension": (*PLURALS, *composer.dataset.dimensions),
        "unit": composer.units,
    }
    source, glossary = material.publication.source, material.glossary
    declaration = read_sound(plan.Plan, source, composer.problems, known=known, glossary=glossary)
    sections = declaration.section if declaration else ()
    declared = [(section, composer.number(section.block)) for section in sections]
    blocks: list[Block | Late] = []
    number = 1
    for section, inside in declared:
        head = Section(
            number=str(number),
            title=section.title,
            anchor=f"s-{number}",
            flow=section.flow,
            landscape=section.orientation == "landscape",
            free=section.order == "free",
        )
        made = [part for block in inside for part in _sound_blocks(composer, block, head.landscape)]
        if inside and not made:  # an annex of charts of which none asks for a table has no title either
            continue
        blocks += (head, *made)
        number += 1
    for of_chart, data in composer.data_tables:
        composer.fault(of_chart.spot.at("data"), "bulletin.figures_in_no_table", number=data.number)
    composer.stop()
    return _document(composer, [block() if callable(block) else block for block in blocks])


def _sound_blocks(composer: BulletinComposer, block: plan.Block, across: bool) -> list[Block | Late]:
    """The blocks of the document that a declared one makes; none, and a fault with its place, where a formula is at fault."""
    try:
        if isinstance(block, OwnBlock):
            theme = composer.material.theme
            return [*own_blocks(composer, block, composer.line_of, theme.wide if across else theme.page)]
        return [*_blocks(composer, block)]
    except InputError as error:
        place = block.spot.at()
        for problem in error.problems:
            where = replace(place, column=f"{place.column}: {problem.place.column}")
            composer.problems.append(replace(problem, place=where))
        return []


def _blocks(composer: BulletinComposer, block: plan.FigureBlock) -> Iterable[Block | Late]:
    match block:
        case plan.KeyFiguresBlock():
            return key_figures(composer, composer.references(block.spot, "metrics", block.metrics))
        case plan.NarrativeBlock():
            return narrative(composer, block, composer.line_of)
        case plan.TableBlock():
            return table(composer, block)
        case plan.RankingBlock():
            return ranking(composer, block)
        case plan.ChartBlock():
            return chart(composer, block)
        case plan.NoteBlock():
            return [NoteBox(block.title, (composer.line_of(block.text),))]
        case plan.BareBlock():
            return _bare(composer, block.block)


def _bare(composer: BulletinComposer, name: str) -> Iterator[Block | Late]:
    if name == "page_break":
        yield PageBreak()
    elif name == "data_annex":
        yield from (data for _, data in composer.data_tables)
        composer.data_tables = []
    elif name == "method_annex":
        yield NoteBox(None, (plain_line(composer.words["method.rounding"]),))
        yield composer.methods.annex
    elif name == "source_annex":
        yield lambda: annexes.sources(composer)
    elif name == "symbols":
        yield symbols(composer.words)
    else:
        yield Listing((), "colophon")


def _document(composer: BulletinComposer, blocks: list[Block]) -> Document:
    publication, dataset = composer.publication, composer.dataset
    title, issuer = publication.title, publication.issuer
    first, last = (composer.figures.label(one) for one in (publication.since, publication.period))
    tables = [table.file for table in composer.figures.tables_used()]
    inputs = (publication.file, dataset.file, *tables, composer.registry.file)
    return replace(
        composer.document("", title, blocks, inputs),
        subtitle=publication.subtitle,
        # No number of a bulletin is excused but those in words of the dataset: each has its record.
        stated=numbers_in(half for words in composer.quoted for half in (words.zh, words.en)),
        ordinals=0,
        keywords=Text(f"{title.zh}、{issuer.zh}", f"{title.en}, {issuer.en}"),
        extra={"period": composer.say("cover.period", first=first, last=last)},
    )
