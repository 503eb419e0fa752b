"""A part of a document laid out, and kept in this process until it is written."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection
from fractions import Fraction
from typing import TYPE_CHECKING

from reportgen.model import ChartSpec, Edition
from reportgen.model.errors import Place, RenderError, problem
from reportgen.read.theme import Theme
from reportgen.write.pdf import engine, stamped
from reportgen.write.pdf.boxes import Layout, check_overflow, layout_of

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.document import Document as LaidDocument

_drawn: dict[str, bytes] = {}  # charts that this process drew and has not laid out yet
_laid: dict[
    str, LaidDocument
] = {}  # documents of this process between layout and writing, by the name of the part
_sheets: dict[str, CSS] = {}  # those that were read without a fault, for further pages of their kinds
MAX_SHEETS = 4
MAX_LEFT = 300_000  # objects of documents that are done: some forty pages, below 80 MB
_kept = 0  # objects that stay, when what was left was last given back


def draw(spec: ChartSpec, edition: Edition, colours: Theme, factor: Fraction, anchor: str) -> bytes:
    """The chart as SVG, which this process also keeps for the part that it will lay out."""
    from reportgen.write import charts

    _drawn[anchor] = charts.draw(spec, edition, colours, tick_factor=factor, name=anchor)
    return _drawn[anchor]


def keep(anchor: str, content: bytes) -> bytes:
    """The picture, which this process keeps for the part that it will lay out."""
    _drawn[anchor] = content
    return content


def lay_out(
    html: str,
    css: str,
    name: str,
    picture: Callable[[str], bytes] | None = None,
    sheets: Collection[str] = (),
) -> Layout:
    """Lays out a part and keeps it in this process for `write`. Page numbers are placeholders until then.

    `picture` gives a chart by its anchor; without it, the charts that this process drew are taken. `sheets` are the ids of
    sections that begin a page: what they have in common is laid out once.
    """
    with engine.strict(name), engine.patient_collector():
        fetcher = engine.fetcher(picture or _drawn.__getitem__)
        sheet = _sheets.get(css) or engine.style_sheet(css, fetcher)
        document = stamped.laid_out(
            html, css, sheets, lambda page: engine.rendered(page, fetcher, sheet, "pdf/a-3a")
        )
        check_overflow(document, name)
    if css not in _sheets and len(_sheets) >= MAX_SHEETS:
        _sheets.clear()
    _sheets[css] = sheet
    _laid[name] = document
    return layout_of(document)


def for_press(html: str, css: str, name: str, picture: Callable[[str], bytes]) -> bytes:
    """The page as PDF/X-4 in the colours of the screen, as WeasyPrint writes it: what `press` turns into inks."""
    with engine.strict(name), engine.patient_collector():
        fetcher = engine.fetcher(picture)
        document = engine.rendered(html, fetcher, engine.style_sheet(css, fetcher), "pdf/x-4")
        if len(document.pages) != 1:
            raise RenderError(problem(Place(name), "layout.bleed_sheet_runs_over"))
        return bytes(document.write_pdf(pdf_variant="pdf/x-4"))


def laid(name: str) -> LaidDocument:
    """The boxes that `lay_out` has kept under a name, to be looked at."""
    return _laid[name]


def drop(name: str) -> LaidDocument:
    """Forgets a layout: it is written now, or will not be."""
    return _laid.pop(name)


def forget() -> None:
    """Gives back what earlier documents of this process left: their boxes know one another.

    To look for it takes as long as half a page, for all that was ever imported is looked at; so not for a little.
    """
    global _kept
    _drawn.clear()
    _laid.clear()
    if gc.get_freeze_count() - _kept < MAX_LEFT:
        return
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _kept = gc.get_freeze_count()
