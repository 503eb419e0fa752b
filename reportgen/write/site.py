"""The page of an exhibition: its panels as pictures, with all their words, for a browser without a network.

One HTML file and a picture for each panel beside it; nothing runs in it and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence

from reportgen.model import Chart, ChartSpec, Document, Text
from reportgen.write import charts, html

PICTURE_WIDTH = 1400  # pixels: a panel's running text can be read on a screen
QUALITY = 82


def picture(content: bytes) -> bytes:
    """The first page of a PDF as a JPEG."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        page = document[0]
        drawn = page.render(scale=PICTURE_WIDTH / page.get_width()).to_pil().convert("RGB")
    finally:
        document.close()
    target = io.BytesIO()
    drawn.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


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
    made = html.filled(env, "panels/page.html", context)
    colours = f"<style>{design.theme.css()}</style>\n</head>"
    return made.replace("</head>", colours, 1).encode("utf-8")


def rows(chart: Chart) -> Iterable[tuple[Text, tuple[str, ...]]]:
    """The figures of a chart as a table: a place on its axis, and the figure of each series there."""
    spec: ChartSpec = chart.spec
    figures = {(point.series, point.x): point.figure.plain for point in spec.points}
    for x, label in spec.xs:
        yield label, tuple(figures.get((series.id, x), "") for series in spec.series)
