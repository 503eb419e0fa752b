"""The charts of a document, drawn beside the layout, and what the page says of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from pathlib import Path
from types import MappingProxyType

from reportgen.model import (
    APART,
    LANGUAGES,
    Chart,
    ChartSpec,
    Document,
    Edition,
    Illustration,
    KeyFigures,
    Printed,
)
from reportgen.model.errors import Place, Problem, RenderError
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.read.theme import Theme

EMPTY = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="


def specs(document: Document) -> Iterator[tuple[str, ChartSpec]]:
    """Each chart and small trend line, by its anchor."""
    for block in document.blocks:
        if isinstance(block, Chart):
            yield block.anchor, block.spec
        elif isinstance(block, KeyFigures):
            for card in block.cards:
                if card.spark:
                    yield f"spark-{card.figure.number}", card.spark


def scans(document: Document) -> dict[str, str]:
    """The pictures of the project that a document shows: the file of each, by its anchor."""
    own = {block.anchor: block.file for block in document.blocks if isinstance(block, Illustration)}
    return {**{name: file for name, (file, _) in document.artwork.items()}, **own}


def charted(document: Document) -> dict[str, list[Printed]]:
    """The figures of each chart and of each small trend line, by anchor."""
    return {
        anchor: [point.figure for point in (*spec.points, *spec.target)] for anchor, spec in specs(document)
    }


def named(document: Document, edition: Edition) -> dict[str, tuple[str, str]]:
    """Anchor -> the name of the picture in the page (`chart:t-cases`) and its alternative text, its halves parted by `APART`."""
    from reportgen.write import charts, html

    spoken = html.languages(edition)
    alternatives = {
        anchor: APART.join(charts.alternative(spec, half) for half in spoken)
        for anchor, spec in specs(document)
    }
    shown = [
        (block.anchor, block.alternative) for block in document.blocks if isinstance(block, Illustration)
    ]
    for anchor, text in (*((name, text) for name, (_, text) in document.artwork.items()), *shown):
        alternatives[anchor] = APART.join(text.say(half) for half in spoken)
    return {anchor: (f"chart:{anchor}", said) for anchor, said in alternatives.items()}


def drawing(
    wanted: Iterable[tuple[str, ChartSpec]],
    edition: Edition,
    theme: Theme,
    units: Mapping[str, Unit],
    helper: Executor,
    project: Path = Path(),
    shown: Mapping[str, str] = MappingProxyType({}),
) -> Callable[[str], bytes]:
    """Has charts drawn and pictures (`shown`) read by the helper; what comes back gives those of an anchor, and waits for them."""
    from reportgen.write import pdf

    drawn = {
        anchor: helper.submit(
            pdf.draw, spec, edition, theme, units[spec.points[0].figure.unit].factor, anchor
        )
        for anchor, spec in wanted
    }
    drawn |= {anchor: helper.submit(_kept, project, file, anchor) for anchor, file in shown.items()}
    return lambda anchor: drawn[anchor].result()


def read_picture(project: Path, file: str) -> bytes:
    """A picture of the project as the layout takes it: an SVG in which nothing runs or loads, or a JPEG.

    InputError for what cannot be read, RenderError for a drawing that may not stand on a page.
    """
    from reportgen.read import pictures
    from reportgen.write import html

    if not file.endswith(".svg"):
        return pictures.read(project, file).content
    content = (project / file).read_bytes()
    if fault := html.check_picture(html.data_uri(content)):
        raise RenderError(Problem(Place(file), fault.en, fault.zh))
    return content


def _kept(project: Path, file: str, anchor: str) -> bytes:
    """The picture, which the process that lays out keeps, too."""
    from reportgen.write import pdf

    return pdf.keep(anchor, read_picture(project, file))


def axis_labels(
    wanted: Iterable[tuple[str, ChartSpec]], drawn: Callable[[str], bytes]
) -> dict[str, list[str]]:
    """The numbers on the axes of each chart, which are no figures of the document."""
    # The larger units of ticks; `charts` itself is not loaded here, where drawings may come from another process.
    units = [
        message(f"charts.{name}").say(language) for name in ("large", "middle") for language in LANGUAGES
    ]
    found, signs = {}, "|".join(map(re.escape, units))
    number = re.compile(rf">(−?\d[\d,.]*)(?:{signs})?</text>")
    for anchor, spec in wanted:
        figures = {point.figure.plain for point in (*spec.points, *spec.target)}
        labels = dict.fromkeys(number.findall(drawn(anchor).decode("utf-8")))
        if scale := [label for label in labels if label not in figures]:
            found[anchor] = scale
    return found
