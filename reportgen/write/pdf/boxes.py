"""What the boxes of a layout say, and the page numbers that are put into them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reportgen.model.errors import Place, Problem, RenderError, problem
from reportgen.write.pdf.engine import MM

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from weasyprint.document import Document as LaidDocument
    from weasyprint.formatting_structure.boxes import Box

NUMBER = "000"  # stands for a page number until all parts are laid out
SLACK_MM = 0.3  # by which a word may stick out of its cell


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a figure was printed: page from 1, upper left corner in mm, and in what."""

    number: int
    page: int
    x_mm: float
    y_mm: float
    within: str


@dataclass(frozen=True)
class Layout:
    """What the layout of a part tells the others: its length, its figures, its targets and bookmarks, where blocks stand.

    Pages count from 0 within the part; places of targets and bookmarks are points from the lower left. `stands`: number of the block
    in the document -> the page on which it begins, its height in mm with the air below, and that air, unless the page is turned.
    """

    pages: int
    positions: tuple[Position, ...]
    targets: Mapping[str, tuple[int, float, float]]
    bookmarks: tuple[tuple[int, str, int, float, float], ...]
    stands: Mapping[int, tuple[int, float, float]] = field(default_factory=dict)


def layout_of(document: LaidDocument) -> Layout:
    """What WeasyPrint's document says; its own outline is taken away, `assemble` writes that of all parts."""
    targets: dict[str, tuple[int, float, float]] = {}
    bookmarks = []
    for number, page in enumerate(document.pages):
        for anchor, (x, y, *_) in page.anchors.items():
            targets.setdefault(anchor, (number, x * 0.75, (page.height - y) * 0.75))
        for level, label, (x, y), _ in page.bookmarks:
            bookmarks.append((level, label, number, x * 0.75, (page.height - y) * 0.75))
        page.bookmarks.clear()
    positions, stands = tuple(_positions(document)), _stands(document)
    return Layout(len(document.pages), positions, targets, tuple(bookmarks), stands)


def _stands(document: LaidDocument) -> dict[int, tuple[int, float, float]]:
    """Where each block (`data-block`, and what follows up to the next) begins, how high it is on all its pages, and the air below."""
    found: dict[int, tuple[int, float, float]] = {}
    block = -1
    for number, page in enumerate(document.pages):
        sheet = page._page_box
        if sheet.width > sheet.height:
            continue
        notes = sum(box.margin_height() for box in sheet.children if type(box).__name__ == "FootnoteAreaBox")
        tops: list[tuple[int, float, float, float]] = []  # block, upper edge, lower edge, air in mm
        for box in _outermost(sheet):
            block = int(box.element.get("data-block", block))
            top = (box.position_y + box.margin_top) / MM
            foot = top + box.border_height() / MM
            if notes and any("footnote" in one.get("class", "").split() for one in box.element.iter()):
                foot, notes = foot + notes / MM, 0
            tops.append((block, top, foot, box.margin_bottom / MM))
        for (block, top, foot, air), following in itertools.zip_longest(tops, tops[1:]):
            if following:  # the air between two is the larger of two margins
                air = max(air, following[1] - foot)
            begins, before, _ = found.get(block, (number, 0.0, 0.0))
            found[block] = begins, before + foot - top + air, air
    return found


def _outermost(box: Box) -> Iterator[Box]:
    """The boxes of the blocks of a page: those that say which they are, and their later siblings."""
    within = False
    for child in getattr(box, "children", ()):
        element = getattr(child, "element", None)
        within = within or (element is not None and element.get("data-block") is not None)
        if within and element is not None:
            yield child
        elif not within:
            yield from _outermost(child)


def _positions(document: LaidDocument) -> Iterator[Position]:
    """Each printed figure (`data-f`) and each chart (`data-chart`, or a card's trend line) with its page and place."""
    for number, page in enumerate(document.pages, 1):
        seen: set[Element] = set()
        within = ""
        for box in page._page_box.descendants(placeholders=True):  # of what is placed absolutely
            element = getattr(box, "element", None)
            if element is None or element in seen:
                continue
            if element.get("id") and element.get("class", "").startswith(("table-block", "chart-block")):
                within = element.get("id")
            trend = element.get("src") if element.get("class") == "spark" else None
            figure, chart = element.get("data-f"), element.get("data-chart") or trend
            if chart or (figure and not _broken_before(box)):
                seen.add(element)
                yield Position(
                    number=int(figure or 0),
                    page=number,
                    x_mm=round(box.position_x * 25.4 / 96, 1),
                    y_mm=round(box.position_y * 25.4 / 96, 1),
                    within=(chart or "").removeprefix("chart:")
                    or (within if box.element_tag == "td" else ""),
                )


def _broken_before(box: Box) -> bool:
    """Whether this is the end of a line before which a figure was broken: it has no letter, the figure begins the next line."""
    if type(box).__name__ != "InlineBox":
        return False
    return not any(getattr(inner, "text", "").strip().strip("\u200b\u2060") for inner in box.descendants())


def all_positions(parts: Sequence[Layout]) -> list[Position]:
    """The positions of all parts, with the pages of the whole."""
    return [
        replace(position, page=position.page + start)
        for start, part in zip(starts(parts), parts, strict=True)
        for position in part.positions
    ]


def starts(parts: Sequence[Layout]) -> list[int]:
    """How many pages stand before each part."""
    return [sum(part.pages for part in parts[:place]) for place in range(len(parts))]


def pages_of(parts: Sequence[Layout]) -> dict[str, int]:
    """The page of the whole on which each target stands, from 1."""
    return {
        anchor: start + target[0] + 1
        for start, part in zip(starts(parts), parts, strict=True)
        for anchor, target in part.targets.items()
    }


def check_overflow(document: LaidDocument, name: str) -> None:
    """RenderError for every word that sticks out of its table cell."""
    problems: dict[Problem, None] = {}

    def walk(box: Box, cell: Box | None, page: int) -> None:
        kind = type(box).__name__
        if kind == "TableCellBox":
            cell = box
        elif kind == "TextBox" and cell is not None:
            left, right = cell.position_x, cell.position_x + cell.border_width()
            beyond = max(box.position_x + box.width - right, left - box.position_x) / MM
            if beyond > SLACK_MM and (words := box.text.strip()):
                problems[
                    problem(Place(name), "layout.is_wider_than_its_cell", page=page, words=words, mm=beyond)
                ] = None
            return
        for child in getattr(box, "children", ()):
            walk(child, cell, page)

    for number, page in enumerate(document.pages, 1):
        walk(page._page_box, None, number)
    if problems:
        raise RenderError(problems)


# ---- page numbers ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Numbering:
    """The foot of a page: `Page {page} of {pages}`. `own`: page name of the style -> the foot of such pages, which are
    counted by themselves (a letter and its translation).
    """

    foot: str = ""
    own: Mapping[str, str] = field(default_factory=dict)


def number_pages(document: LaidDocument, parts: Sequence[Layout], first: int, numbering: Numbering) -> None:
    """Puts the page numbers in: at the foot of each page, and in the contents (`data-page-of`)."""
    total, pages = sum(part.pages for part in parts), pages_of(parts)
    named = [(str(page._page_box.page_type.name), _letter_on(page._page_box)) for page in document.pages]

    def foot_of(place: int) -> str:
        name = named[place][0]
        if name not in numbering.own:
            return _foot(numbering.foot, first + place + 1, total)
        return _foot(numbering.own[name], named[: place + 1].count(named[place]), named.count(named[place]))

    def walk(box: Box, foot: bool, anchor: str, place: int) -> None:
        kind = type(box).__name__
        foot = foot or kind == "MarginBox"
        element = getattr(box, "element", None)
        if not foot and element is not None:
            anchor = element.get("data-page-of") or anchor
        if kind == "TextBox":
            if foot and NUMBER in box.text:
                _say(box, foot_of(place))
            elif anchor and box.text == NUMBER:
                _say(box, str(pages[anchor]))
        for child in getattr(box, "children", ()):
            walk(child, foot, anchor, place)

    for place, page in enumerate(document.pages):
        walk(page._page_box, False, "", place)


def _letter_on(page: Box) -> Element | None:
    """The letter of several that a page belongs to: each is counted by itself."""
    for box in page.descendants():
        element = getattr(box, "element", None)
        if element is not None and element.tag == "article":
            return element if "letter" in element.get("class", "").split() else None
    return None


def _foot(pattern: str, page: int, pages: int) -> str:
    return pattern.replace("{pages}", str(pages)).replace("{page}", str(page))


def _say(box: Box, words: str) -> None:
    """Other words in a text box of one line that is set flush right, or in the middle."""
    from weasyprint.text.line_break import split_first_line

    layout, _, _, width, _, _ = split_first_line(words, box.style, None, None, 0)
    box.position_x += (box.width - width) / (2 if box.style["text_align_all"] == "center" else 1)
    box.text, box.pango_layout, box.width = words, layout, width
