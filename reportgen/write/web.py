"""The page of an exhibition: its panels as pictures, with all their words, for a browser without a network.

One HTML file and a picture for each panel beside it; nothing runs in it and nothing is loaded from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model import Chart, ChartSpec, Document, Text
from reportgen.model.job import Clock, Written
from reportgen.write import charts, html
from reportgen.write.sheet import picture_name
from reportgen.write.tools import Rehearsal

if TYPE_CHECKING:
    from reportgen.write.draft import Draft
    from reportgen.write.tools import Tools


def write(draft: Draft, tools: Tools) -> Written:
    """The page of the document's parts. Their pictures are delivered with the panels."""
    clock = Clock()
    job, panels = draft.job, draft.document.parts
    hashes = draft.hashes(panels)
    pictures = {panel.name: Path(picture_name(panel.name, job.edition)).name for panel in panels}
    content = page(panels, pictures, draft.design)
    clock.step("html")
    return Written(pages=len(panels), inputs=hashes, files={job.file: content}, seconds=clock.seconds)


def rehearse(draft: Draft) -> Rehearsal:
    """Each panel is rehearsed by itself; the page holds nothing else."""
    return Rehearsal()


def page(documents: Sequence[Document], pictures: Mapping[str, str], design: html.Design) -> bytes:
    """The HTML of an edition. `pictures`: panel -> file beside the page. KindError names template and line."""
    env = html.environment(design.project)
    html.check_templates(env, design.project, documents[0].kind)
    context = {
        **html.words_of(design),
        "documents": documents,
        "show": documents[0].period,
        "issuer": documents[0].issuer,
        "pictures": {name: (file, "") for name, file in pictures.items()},
        "alternative": charts.alternative,
        "rows": rows,
    }
    made = html.filled(env, f"{documents[0].kind}/page.html", context)
    colours = f"<style>{design.theme.css()}</style>\n</head>"
    return made.replace("</head>", colours, 1).encode("utf-8")


def rows(chart: Chart) -> Iterable[tuple[Text, tuple[str, ...]]]:
    """The figures of a chart as a table: a place on its axis, and the figure of each series there."""
    spec: ChartSpec = chart.spec
    figures = {(point.series, point.x): point.figure.plain for point in spec.points}
    for x, label in spec.xs:
        yield label, tuple(figures.get((series.id, x), "") for series in spec.series)
