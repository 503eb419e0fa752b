"""The page of an exhibition: an opening and a chapter for each panel, for a browser without a network.

One HTML file with its charts, and beside it a picture of each panel and each scan; nothing runs in it and nothing is loaded from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model import Chart, ChartSpec, Document, Edition, Exhibit, Exhibits, Text
from reportgen.model.job import Clock, Written
from reportgen.read.theme import contrast
from reportgen.write import charts, drawings, html, sheet
from reportgen.write.tools import Rehearsal

if TYPE_CHECKING:
    from reportgen.write.draft import Draft
    from reportgen.write.tools import Tools


WIDE, HIGH = 190.0, 76.0  # millimetres at which a chart of the page is drawn


def write(draft: Draft, tools: Tools) -> Written:
    """The page of the document's parts with its charts in it and its scans beside it; the panels deliver their own pictures."""
    clock = Clock()
    job, panels = draft.job, draft.document.parts
    hashes = draft.hashes(panels)
    scans = {scan_name(panel, item, job.edition): item for panel in panels for item in _shown(panel)}
    content = page(panels, dict(_pictures(draft, tools)), draft.design)
    clock.step("html")
    files = {job.file: content, **{name: sheet.scan_of(job.project, item) for name, item in scans.items()}}
    clock.step("scans")
    return Written(pages=len(panels), inputs=hashes, files=files, seconds=clock.seconds)


def _shown(panel: Document) -> Iterator[Exhibit]:
    """The archival items of a panel that have a picture."""
    items = (item for block in panel.blocks if isinstance(block, Exhibits) for item in block.items)
    return (item for item in items if item.picture)


def scan_name(panel: Document, item: Exhibit, edition: Edition) -> str:
    """`web/efficiency-kindness-approval-90.jpg`: the picture of an item beside the page."""
    return sheet.picture_name(f"{panel.name}-{item.anchor}", edition)


def _pictures(draft: Draft, tools: Tools) -> Iterator[tuple[str, tuple[str, str]]]:
    """Panel, `panel/chart` and `panel/item`: the address of its picture and its alternative text."""
    edition, spoken = draft.job.edition, html.languages(draft.job.edition)
    for panel in draft.document.parts:
        yield panel.name, (Path(sheet.picture_name(panel.name, edition)).name, "")
        specs = {
            anchor: replace(spec, width_mm=WIDE, height_mm=HIGH) for anchor, spec in drawings.specs(panel)
        }
        theme = sheet.theme_of(draft.design.theme)
        draw = drawings.drawing(specs.items(), edition, theme, draft.registry.units, tools.helper)
        for anchor, spec in specs.items():
            said = " ".join(charts.alternative(spec, language) for language in spoken)
            yield f"{panel.name}/{anchor}", (html.data_uri(draw(anchor)), said)
        for item in _shown(panel):
            said = " ".join(item.alternative.say(language) for language in spoken)
            yield f"{panel.name}/{item.anchor}", (Path(scan_name(panel, item, edition)).name, said)


def rehearse(draft: Draft) -> Rehearsal:
    """Each panel is rehearsed by itself; the page holds nothing else."""
    return Rehearsal()


def page(
    documents: Sequence[Document], pictures: Mapping[str, tuple[str, str]], design: html.Design
) -> bytes:
    """The HTML of an edition. `pictures`: as `_pictures` names them. KindError names template and line."""
    env = html.environment(design.project)
    html.check_templates(env, design.project, documents[0].kind)
    context = {
        **html.words_of(design),
        "documents": documents,
        "show": documents[0].period,
        "issuer": documents[0].issuer,
        "pictures": pictures,
        "alternative": charts.alternative,
        "rows": rows,
    }
    made = html.filled(env, f"{documents[0].kind}/page.html", context)
    colours = f"<style>{design.theme.css()}{''.join(_colours(documents, design))}</style>\n</head>"
    return made.replace("</head>", colours, 1).encode("utf-8")


def _colours(documents: Iterable[Document], design: html.Design) -> Iterator[str]:
    """The colour of each panel's section and what can be read on it; that of the first is the colour of the show."""
    paper, ink = design.theme.colour["paper"], design.theme.colour["ink"]
    for number, document in enumerate(documents):
        ground = document.sheet.colour if document.sheet else ink
        on = max(paper, ink, key=lambda colour: contrast(colour, ground))
        for selector in (*([":root"] if not number else []), f"#{document.name}"):
            yield f"{selector}{{--panel:{ground};--on:{on}}}"


def rows(chart: Chart) -> Iterable[tuple[Text, tuple[str, ...]]]:
    """The figures of a chart as a table: a place on its axis, and the figure of each series there."""
    spec: ChartSpec = chart.spec
    figures = {(point.series, point.x): point.figure.plain for point in spec.points}
    for x, label in spec.xs:
        yield label, tuple(figures.get((series.id, x), "") for series in spec.series)
