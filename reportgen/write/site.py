"""The page of an exhibition: its panels as pictures, with all their words, for a browser without a network.

One HTML file and a picture for each panel beside it; nothing runs in it and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from reportgen.model import LANG_TAG, Chart, ChartSpec, Document, Edition, Text
from reportgen.read.theme import Theme
from reportgen.read.words import Words
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


def page(
    documents: Sequence[Document],
    pictures: Mapping[str, str],
    edition: Edition,
    project: Path,
    theme: Theme,
    words: Words,
) -> bytes:
    """The HTML of an edition. `pictures`: panel -> file beside the page. KindError names template and line."""
    speaker = html.Speaker(edition)
    env = html.environment(project)
    first = documents[0]
    context = {
        "documents": documents,
        "show": first.period,
        "issuer": first.issuer,
        "edition": edition,
        "languages": speaker.languages,
        "lang_tag": LANG_TAG,
        "root_lang": LANG_TAG[speaker.root],
        "say": speaker.say,
        "plain": speaker.plain,
        "line": speaker.line,
        "words": words,
        "pictures": {name: (file, "") for name, file in pictures.items()},
        "kind_of": lambda block: type(block).__name__,
        "alternative": charts.alternative,
        "rows": rows,
    }
    made = html.filled(env, project, "panels", "panels/page.html", context)
    colours = f"<style>{theme.css()}</style>\n</head>"
    return made.replace("</head>", colours, 1).encode("utf-8")


def rows(chart: Chart) -> Iterable[tuple[Text, tuple[str, ...]]]:
    """The figures of a chart as a table: a place on its axis, and the figure of each series there."""
    spec: ChartSpec = chart.spec
    found = {(point.series, point.x): point.figure.plain for point in spec.points}
    for x, label in spec.xs:
        yield label, tuple(found.get((one.id, x), "") for one in spec.series)
