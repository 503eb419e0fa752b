"""Sheets of one form laid out once: the boxes of one are copied for the others, with other words on their lines.

A line is put into another's place only where the layout would have put it there: alone in its block, in the same face, with room
for all of it. Rows are taken from whichever sheet has one like it. A sheet with anything else is laid out in full and serves as a
further model. So the pages are those of the full layout (`tests/write/test_stamped.py` compares them).

Copied are WeasyPrint's boxes (private API of the pinned version), so that page numbers, places, structure tree and drawing
know nothing of it.
"""

from __future__ import annotations

import copy
import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from reportgen.write.pdf import forms
from reportgen.write.pdf.forms import Cut, Sheet
from reportgen.write.pdf.models import Model, model_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from weasyprint.css import ComputedStyle
    from weasyprint.document import Document as LaidDocument
    from weasyprint.document import Page
    from weasyprint.formatting_structure.boxes import Box
    from weasyprint.text.line_break import Layout

LEAST = 4  # sheets, below which it is not worth the look
ROUNDS = 3  # of layouts of sheets that fit none before; after them all that are left are laid out
# A style that tells pages apart by their place, on which a copy would not know where it stands.
_BY_PLACE = re.compile(r"@page[^{]*:(?:left|right|first|nth|blank)|counter\(page")
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_DRAWN = ("background_color", "background_image", "visibility", "opacity")
_BORDERS = tuple(
    f"border_{side}_{what}"
    for side in ("top", "right", "bottom", "left")
    for what in ("style", "color", "width")
)
Render = Callable[[str], "LaidDocument"]


def laid_out(page: str, css: str, anchors: Collection[str], render: Render) -> LaidDocument:
    """The document of a part; `anchors` are the ids of the sections that begin a page, `render` lays out HTML in full."""
    found = forms.cut(page, anchors)
    if found is None or len(found.sheets) < LEAST or _BY_PLACE.search(css):
        return render(page)
    wanted = _models(found.sheets)
    if len(wanted) == len(found.sheets):
        return render(page)
    document = render(found.whole([found.sheets[at] for at in wanted]))
    run = _Run(found)
    around = run.take(wanted, document, found.elements)
    if around is None:
        return render(page)
    for _ in range(ROUNDS):
        if not (left := run.left()):
            break
        run.stamp(left)
        if first := run.first_of_each_form():
            run.take(first, render(found.alone([found.sheets[at] for at in first])), None)
    if left := run.left():
        run.take(left, render(found.alone([found.sheets[at] for at in left])), None)
    front, behind = around
    document.pages[:] = [*front, *(page for at in sorted(run.pages) for page in run.pages[at]), *behind]
    return document


def _models(sheets: Sequence[Sheet]) -> list[int]:
    """Which sheets are laid out first: few that have all kinds of rows of all forms, and two at least, whose margins are compared."""
    kinds = {
        at: {(sheet.form, -1, ()), *((sheet.form, *row) for row in enumerate(sheet.row_forms))}
        for at, sheet in enumerate(sheets)
        if sheet.form
    }
    chosen = [at for at in range(len(sheets)) if at not in kinds]
    known: set[object] = set()
    while kinds:
        best = max(kinds, key=lambda at: len(kinds[at] - known))
        if kinds[best] <= known and len(chosen) > 1:
            break
        chosen.append(best)
        known |= kinds.pop(best)
    return sorted(chosen)


class DoesNotFitError(ValueError):
    """The words cannot stand where those of the model do."""


class _Run:
    """The sheets of a part, with the pages that are there already."""

    def __init__(self, found: Cut) -> None:
        self.cut = found
        self.pages: dict[int, list[Page]] = {}
        self.models: dict[forms.Form, list[Model]] = {}
        self.margins: set[tuple[str, ...]] = set()
        self.measure = _Measure()

    def left(self) -> list[int]:
        return [at for at in range(len(self.cut.sheets)) if at not in self.pages]

    def first_of_each_form(self) -> list[int]:
        seen: dict[forms.Form, int] = {}
        for at in self.left():
            seen.setdefault(self.cut.sheets[at].form, at)
        return list(seen.values())

    def take(
        self, places: Sequence[int], document: LaidDocument, before: int | None
    ) -> tuple[list[Page], list[Page]] | None:
        """The pages of these sheets out of a layout, and further models. What stands before and behind them; None where not
        each sheet begins a page. `before`: how many elements stand before the first, where something else stands behind the last."""
        sheets = [self.cut.sheets[at] for at in places]
        elements = [one for one in document._html.etree_element.iter() if isinstance(one.tag, str)]
        count = sum(len(list(sheet.openings)) for sheet in sheets)
        start = len(elements) - count if before is None else before
        begin: list[int] = []
        of_sheets = []
        for sheet in sheets:
            own = elements[start : start + len(list(sheet.openings))]
            start += len(own)
            of_sheets.append(own)
            anchor = own[0].get("id")
            begin.append(next(number for number, page in enumerate(document.pages) if anchor in page.anchors))
            heading = next(
                box for box in document.pages[begin[-1]]._page_box.descendants() if box.element is own[0]
            )
            if heading.style["break_before"] != "page":
                return None
        last = self._end(document, begin[-1], of_sheets[-1])
        for place, sheet, own, (first, end) in zip(
            places, sheets, of_sheets, pairwise([*begin, last]), strict=True
        ):
            self.pages[place] = document.pages[first:end]
            model = model_of(sheet, document.pages[first], own) if end == first + 1 and sheet.form else None
            if model:
                self.models.setdefault(sheet.form, []).append(model)
                self.margins.add(model.margins)
        return document.pages[: begin[0]], document.pages[last:]

    @staticmethod
    def _end(document: LaidDocument, first: int, elements: Iterable[Element]) -> int:
        """The page behind those on which a sheet stands."""
        own = set(elements)
        for number in range(first + 1, len(document.pages)):
            if not any(box.element in own for box in document.pages[number]._page_box.descendants()):
                return number
        return len(document.pages)

    def stamp(self, places: Iterable[int]) -> None:
        if len(self.margins) > 1:  # something in the margins tells the pages apart
            return
        for at in places:
            sheet = self.cut.sheets[at]
            models = self.models.get(sheet.form, [])
            for model in models:
                try:
                    self.pages[at] = [_Copy(sheet, model, models, self.measure).page()]
                    break
                except DoesNotFitError:
                    continue


class _Measure:
    """Words set on one line in the style of a box, each once."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, int], tuple[Layout, float, float, float] | None] = {}

    def __call__(self, words: str, style: ComputedStyle) -> tuple[Layout, float, float, float] | None:
        """Layout, width, height and baseline; None where it is more than a line. The styles live as long as the models."""
        key = words, id(style)
        if key not in self.known:
            from weasyprint.text.line_break import split_first_line

            layout, _, rest, width, height, baseline = split_first_line(words, style, None, None, 0)
            self.known[key] = (
                (layout, width, height, baseline) if rest is None and layout.text == words else None
            )
        return self.known[key]


class _Copy:
    """One sheet made of a model. DoesNotFitError where it cannot be."""

    def __init__(self, sheet: Sheet, model: Model, models: Sequence[Model], measure: _Measure) -> None:
        self.sheet, self.model, self.measure = sheet, model, measure
        self.elements: dict[Element, Element] = {}
        self.words: dict[Box, str] = {}
        self.lines: set[Box] = set()
        self.rows: dict[Box, Box] = {}
        self.anchors: dict[str, tuple[float, ...]] = {}
        pairs = zip(_outside(model.sheet), _outside(sheet), strict=True)
        self._put(model, pairs)
        for place, row in enumerate(sheet.rows):
            self._row(place, row, models)
        for box in model.labels:
            self._say(model, box, next(value for name, value in sheet.own if name == "data-label"))

    def page(self) -> Page:
        old, new = (
            [value for name, value in one.own if name in ("id", "data-label")]
            for one in (self.model.sheet, self.sheet)
        )
        names = dict(zip(old, new, strict=True))
        page = copy.copy(self.model.page)
        page._page_box, grown = self._copied(page._page_box, 0.0)
        if grown and (grown > self.model.room or len(page.bookmarks) > 1):
            raise DoesNotFitError
        page.anchors = {names.get(anchor, anchor): self.anchors[anchor] for anchor in page.anchors}
        page.bookmarks = [(level, names.get(label, label), *more) for level, label, *more in page.bookmarks]
        return page

    # -- what changes

    def _row(self, place: int, row: range, models: Sequence[Model]) -> None:
        """The row of the first model that has one like it, at the same place in the table."""
        own = self.model.rows[place]
        for model in (self.model, *models):
            if model.sheet.row_forms[place] != self.sheet.row_forms[place] or not _alike(
                own, model.rows[place]
            ):
                continue
            before = dict(self.words), set(self.lines)
            try:
                self._put(model, zip(model.sheet.rows[place], row, strict=True))
            except DoesNotFitError:
                self.words, self.lines = before
                continue
            if model is not self.model:
                self.rows[own] = model.rows[place]
            return
        raise DoesNotFitError

    def _put(self, model: Model, places: Iterable[tuple[int, int]]) -> None:
        """The words and attributes of the sheet in the place of those of a model."""
        for old, new in places:
            if old in model.elements:
                self.elements[model.elements[old]] = _element(model.elements[old], self.sheet.tags[new])
            if model.sheet.words[old] == self.sheet.words[new]:
                continue
            boxes = model.lines.get(old, ())
            if not boxes and not self.sheet.words[new].strip():
                continue
            if len(boxes) != 1:
                raise DoesNotFitError
            self._say(model, boxes[0], html.unescape(self.sheet.words[new]))

    def _say(self, model: Model, box: Box, words: str) -> None:
        if box not in model.homes:
            raise DoesNotFitError
        said = _BLANKS.sub(" ", words)
        said = said if box.text[:1] == " " else said.lstrip(" ")
        said = said if box.text[-1:] == " " else said.rstrip(" ")
        if said != box.text:
            self.words[box] = said
            self.lines.add(model.homes[box])

    # -- boxes

    def _copied(self, box: Box, down: float) -> tuple[Box, float]:
        """The box, so much further down, and how much it has grown."""
        if other := self.rows.get(box):
            made, _ = self._copied(other, down + box.position_y - other.position_y)
            return made, other.height - box.height
        made = box.copy()
        made.element = self.elements.get(box.element, box.element)
        grown = 0.0
        if box in self.words:
            self._set(box, made)
        elif getattr(box, "children", ()):
            kind = type(box).__name__
            made.children = []
            for child in box.children:
                copied, more = self._copied(child, down if kind == "PageBox" else down + grown)
                made.children.append(copied)
                grown += more
                if more and kind not in _FLOW:
                    raise DoesNotFitError
            if len(box.children) == 1 and box.children[0] in self.lines:
                self._aligned(box, made)
        if down or grown:
            self._moved(made, down, grown)
        if anchor := self.model.anchored.get(box):
            self.anchors[anchor] = made.hit_area()
        return made, grown

    @staticmethod
    def _moved(made: Box, down: float, grown: float) -> None:
        from weasyprint.layout.background import layout_box_backgrounds

        made.position_y += down
        if type(made).__name__ != "PageBox":
            made.height += grown
        if hasattr(made, "column_groups"):
            made.column_groups = [group.deepcopy() for group in made.column_groups]
            for group in made.column_groups:
                group.translate(0, down)
        if background := getattr(made, "background", None):  # it knows its place on the page
            if any(layer.image for layer in background.layers):
                raise DoesNotFitError
            layout_box_backgrounds(None, made, None, layout_children=False)

    def _set(self, box: Box, made: Box) -> None:
        """The words of a text box; in the same face, or the line would stand higher or lower."""
        found = self.measure(self.words[box], box.style)
        if not found or found[2] != box.height or found[3] + box.margin_top != box.baseline:
            raise DoesNotFitError
        made.text, made.pango_layout, made.width = self.words[box], found[0], found[1]

    def _aligned(self, block: Box, made: Box) -> None:
        """The one line of a block: its boxes behind one another, all at their edge."""
        line, own = block.children[0], made.children[0]
        wider = _spread(line, own, 0.0)
        last = line.children[-1]
        width = last.position_x + last.margin_width() - line.children[0].position_x
        align = line.style["text_align_last"]
        align = line.style["text_align_all"] if align == "auto" else align
        if type(block).__name__ == "InlineBlockBox":
            if align not in _LEFT or block.style["width"] != "auto":
                raise DoesNotFitError
            least = getattr(block.style["min_width"], "value", 0.0)  # in pixels, else refused below
            if least and block.style["min_width"].unit != "px":
                raise DoesNotFitError
            made.width = max(width + wider, least)
        elif width + wider > block.width or line.style["direction"] != "ltr":
            raise DoesNotFitError
        elif align not in _LEFT:
            own.translate(-wider / (2 if align == "center" else 1), 0)


_LEFT = ("left", "start", "justify")
# In these, what follows a row that is higher or lower stands so much further down.
_FLOW = frozenset(["PageBox", "BlockBox", "TableBox", "TableRowGroupBox"])


def _outside(sheet: Sheet) -> Iterator[int]:
    """The tags that stand in no row."""
    end = 0
    for row in sheet.rows:
        yield from range(end, row.start)
        end = row.stop
    yield from range(end, len(sheet.tags))


def _element(old: Element, tag: str) -> Element:
    """The element of a copied box, with the attributes that are the sheet's own."""
    if " " not in tag:
        return type(old)(old.tag, old.attrib)
    return type(old)(old.tag, {**old.attrib, **dict(Sheet((tag,), ("",)).own)})


def _spread(old: Box, new: Box, shift: float) -> float:
    """Moves what stands in a line by `shift` and by what has grown before it; how much wider it is."""
    kind = type(old).__name__
    if kind not in ("LineBox", "InlineBox"):
        if kind == "TextBox":
            new.position_x += shift
        else:
            new.translate(shift, 0)
        return float(new.width - old.width)
    new.position_x += shift
    wider = 0.0
    for before, after in zip(old.children, new.children, strict=True):
        wider += _spread(before, after, shift + wider)
    new.width += wider
    return wider


def _alike(one: Box, other: Box) -> bool:
    """Whether a row may stand in the place of another: with cells as wide, and the same behind and between them."""
    if one is other:
        return True
    return _geometry(one) == _geometry(other) and list(map(_geometry, one.children)) == list(
        map(_geometry, other.children)
    )


def _geometry(box: Box) -> tuple[object, ...]:
    return (
        box.position_x,
        box.width,
        *(box.style[name] for name in _DRAWN),
        *(box.style[name] for name in _BORDERS),
    )
