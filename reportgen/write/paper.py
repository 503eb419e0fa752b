"""The blocks of a document as its paper asks: charts as wide as the page between its margins, and no higher than has room;
tables that know when they stand across."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reportgen.model import Block, Chart, ChartSpec, Document, Section, Table
from reportgen.read.paper_sizes import A4_TEXT
from reportgen.read.theme import Theme

_AROUND = 45.0  # mm: the head of a section, caption and notes that stand on a page with a chart
_LEAST = 35.0  # mm, lower than which a chart cannot be read


def on_paper(document: Document, theme: Theme) -> Document:
    """The document for the project's paper; one that is a sheet of its own size stays as it is."""
    return document if document.sheet else replace(document, blocks=tuple(_blocks(document, theme)))


def _blocks(document: Document, theme: Theme) -> Iterator[Block]:
    page, one_page, across = theme.page, False, False
    for block in document.blocks:
        if isinstance(block, Section) and block.level == 1:
            across, one_page = block.landscape, block.one_page
            page = theme.wide if across else theme.page
        if isinstance(block, Chart):
            yield replace(block, spec=_fitted(block.spec, page, one_page))
        else:
            yield replace(block, across=True) if across and isinstance(block, Table) else block


def _fitted(spec: ChartSpec, page: Mapping[str, float], one_page: bool) -> ChartSpec:
    """The chart, of which the kind has said the width on A4; on a page that is to hold all, it gives up what the page lacks."""
    wide, high = A4_TEXT
    room = page["height"] - page["top"] - page["bottom"]
    height = max(spec.height_mm - max(0.0, high - room), _LEAST) if one_page else spec.height_mm
    width = round(spec.width_mm * page["text"] / wide, 2)
    return replace(spec, width_mm=width, height_mm=round(min(height, room - _AROUND), 2))
