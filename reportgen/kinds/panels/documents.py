"""Exhibition panels: from Markdown, archival items and metrics to a tree of blocks, one document for each panel.

`plan` is what an officer declares, `writing` the text in both languages, `items` the catalogue, `declared` all three of one panel;
`body` makes the blocks. No layout, no HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportgen.kinds import kinds
from reportgen.kinds.compose import numbers_in, strings
from reportgen.kinds.figures import FiguresComposer
from reportgen.kinds.material import Material
from reportgen.kinds.panels import plan, regenerated, vertical
from reportgen.kinds.panels.body import Body
from reportgen.kinds.panels.declared import Declared, catalogue_file, read_declared
from reportgen.kinds.panels.regenerated import Regenerated
from reportgen.model import Document, PanelFoot, PanelHead, Text, Upright, formats
from reportgen.model.errors import InputError
from reportgen.read.publications import documents_of
from reportgen.read.theme import Theme
from reportgen.read.words import plain_line, said

PAGE = "exhibition"  # the document that is the page of all panels


def document(material: Material, name: str) -> Document:
    """The panel of this name, or the page of all; InputError lists all faults of it and of what the panels share."""
    if name != PAGE:
        return _composed(material, name)[0]
    _, names = documents_of(material.project, material.publication.name, kinds())
    panels = tuple(document(material, panel) for panel in names if panel != PAGE)
    return replace(panels[0], name=PAGE, blocks=(), printed=(), sheet=None, parts=panels)


def original(material: Material, name: str) -> Regenerated | None:
    """The archived panel that this one was made from, with ours beside it; None where there is none."""
    return _composed(material, name)[1]


def _composed(material: Material, name: str) -> tuple[Document, Regenerated | None]:
    composer = FiguresComposer(material)
    declared = read_declared(composer, name, material.theme)
    body = Body(composer, declared)
    head = _head(composer, declared)
    archived = _archived(composer, declared, head, body)
    foot = _foot(composer, declared, archived, name)
    composer.stop()
    return _document(composer, declared, (head, body, foot), archived, name), archived


def _document(
    composer: FiguresComposer,
    declared: Declared,
    parts: tuple[PanelHead, Body, PanelFoot],
    archived: Regenerated | None,
    name: str,
) -> Document:
    publication, dataset, section = composer.publication, composer.dataset, declared.section
    head, body, foot = parts
    has_figures = bool(composer.ledger.printed)
    texts = [publication.file, declared.file]
    if body.shown:
        texts.append(catalogue_file(publication.name))
    if has_figures:
        tables = [table.file for table in composer.figures.tables_used()]
        texts += [dataset.file, *tables, composer.registry.file]
    scans = [exhibit.picture.file for exhibit in body.shown.values() if exhibit.picture]
    inputs = [*texts, *scans, *(archived.original.inputs if archived else ())]
    title, show = declared.panel.title, publication.title
    return replace(
        composer.document(name, title, (head, *body.blocks, foot), inputs),
        subtitle=section.title,
        period=show,
        sample=dataset.sample if has_figures else None,
        keywords=Text(f"{show.zh}、{section.title.zh}", f"{show.en}, {section.title.en}"),
        # A scan shows what was redacted, and does not go into the file.
        attached=tuple(dict.fromkeys(texts)),
        stated=numbers_in(_stated(composer, declared, body, foot)),
        ordinals=0,
        sheet=plan.sheet(declared.panel, declared.show, section, declared.theme),
        absent=regenerated.absent(composer.material.project, declared.folder),
    )


# ---- head and foot ------------------------------------------------------------------------------


def _head(composer: FiguresComposer, declared: Declared) -> PanelHead:
    publication, panel, upright = composer.publication, declared.panel, None
    title, number = panel.title.zh, panel.number
    title_em = _length(title, declared.theme)
    if panel.heading == "vertical":
        cells = vertical.cells(title, lambda run: _length(run, declared.theme))
        upright = Upright(title, tuple((cell.kind, cell.text, cell.length) for cell in cells))
        title_em = vertical.height(cells)
    figure = composer.sentence(number.figure) if number else None
    return PanelHead(
        show=publication.title,
        motto=publication.subtitle,
        section=declared.section.title,
        title=panel.title,
        upright=upright,
        lead=composer.sentence(panel.lead) if panel.lead else None,
        number=(figure, composer.sentence(number.words)) if number and figure else None,
        title_em=title_em,
        number_em=max(_length(said(figure.zh, "zh"), declared.theme), 1.0) if figure else 0.0,
        short=declared.show.english == "short",
    )


def _length(run: str, theme: Theme) -> float:
    """The width of words in em, in the bold face of titles."""
    from reportgen.read import faces

    chain = faces.chain((theme.fonts["serif"], "serif", theme.fonts["sans"]), 700)
    used = [(faces.opened(face), letter) for letter in run if (face := faces.face_of(letter, chain)) >= 0]
    return float(
        sum(face.font.get_glyph_h_advance(face.nominal(letter)) / face.upem for face, letter in used)
    )


def _foot(
    composer: FiguresComposer, declared: Declared, archived: Regenerated | None, name: str
) -> PanelFoot:
    panel, web = declared.panel, declared.show.web
    lines = [plain_line(composer.publication.issuer)]
    if composer.ledger.printed:
        if source := composer.sources(composer.ledger.printed):
            lines.append(composer.plain("foot.source", source=source))
        if composer.dataset.sample:
            lines.append(plain_line(composer.dataset.sample))
    lines += [composer.sentence(remark.text) for remark in panel.remark]
    if archived and panel.regenerated:
        lines.append(regenerated.foot(composer, archived, formats.roc_date(panel.regenerated)))
    return PanelFoot(tuple(lines), f"{web}#{name}" if web else "")


def _archived(
    composer: FiguresComposer, declared: Declared, head: PanelHead, body: Body
) -> Regenerated | None:
    """What the panel was made from, and what is wrong with that."""
    try:
        archived = regenerated.read(composer, declared.folder, head, body.blocks)
    except InputError as error:
        composer.problems.extend(error.problems)
        return None
    place = declared.panel.spot.at("regenerated")
    if archived and not declared.panel.regenerated:
        composer.fault(place, "panels.no_date_of_regeneration", folder=declared.folder)
    if declared.panel.regenerated and not archived:
        composer.fault(place, "panels.no_original", folder=declared.folder)
    return archived


def _stated(composer: FiguresComposer, declared: Declared, body: Body, foot: PanelFoot) -> Iterator[str]:
    """The words of the inputs that are printed with their numbers."""
    for piece in declared.pieces:
        yield from (half for text in piece.texts for half in (text.zh, text.en))
    for exhibit in body.shown.values():
        for label, words in (*exhibit.facts, (exhibit.caption, exhibit.caption)):
            yield from (label.zh, words.zh, words.en)
    yield from (run for line in foot.lines for run in (*line.zh, *line.en) if isinstance(run, str))
    yield from strings(declared.front.values)
    raw = composer.publication.raw
    yield from strings({key: value for key, value in raw.items() if key != "panels"})
