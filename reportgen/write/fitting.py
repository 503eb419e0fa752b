"""One sheet of paper: the size of what is on it, chosen so that the sheet is filled and nothing overflows.

A panel is one page. Its figures (charts and pictures), or on a page of text its type, grow or shrink in steps until the
page is full; what does not fit at the smallest is an error that says by how much. Ends where the preflight begins.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reportgen.model import Chart, ChartSpec, Document, Edition, Exhibit, Exhibits, PanelHead, Sheet
from reportgen.model.errors import Place, Problem, RenderError, problem
from reportgen.model.messages import message
from reportgen.read.theme import Theme
from reportgen.write import pdf
from reportgen.write.pdf.lines import TIE
from reportgen.write.sheet_measures import LARGEST_FIGURES, Geometry, tokens, zoom

if TYPE_CHECKING:
    from weasyprint.document import Document as LaidDocument
    from weasyprint.document import Page
    from weasyprint.formatting_structure.boxes import Box

MM = 96 / 25.4  # a millimetre in the layout's own unit
# Per cent. On a page of text that has a number the number gives way before the type.
SMALLEST, LARGEST = {"figures": 60, "type": 100, "number": 60}, {"figures": 250, "type": 160, "number": 160}
CHART_SHAPE = 0.40  # height of a chart to its width, at 100 per cent
PICTURE_SHAPE = 0.44  # height of a row of pictures to its width, at most, at 100 per cent
UPRIGHT = 0.707  # width to height of a paper: the shape of a placeholder
PICTURE_SIDE = 0.56  # of the width: a single picture, with its words beside it
TRIES = 8
MOST_FOOT = 1 / 3  # of the height of the sheet


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """The sheet as it was laid out (kept by `pdf` under `name`): its charts, and what was chosen, in per cent.

    `css_at` gives the style for a bleed in mm, `picture` each chart and scan, for a further layout of the same page.
    """

    part: pdf.Layout
    css_at: Callable[[float], str]
    picture: Callable[[str], bytes]
    charts: Mapping[str, bytes]
    specs: Mapping[str, ChartSpec]
    growth: int
    free_mm: float


def has_number(document: Document) -> bool:
    return any(getattr(block, "number", None) for block in document.blocks if isinstance(block, PanelHead))


def is_upright(document: Document) -> bool:
    return any(getattr(block, "upright", None) for block in document.blocks)


def sized(
    document: Document, theme: Theme, edition: Edition, growth: int
) -> tuple[dict[str, ChartSpec], str]:
    """The charts at the size at which they are drawn, and the style that gives charts and pictures their place."""
    sheet = document.sheet
    assert sheet
    upright = is_upright(document) and edition != "en"
    column = Geometry.of(sheet, theme, upright).column
    grown = min(growth, LARGEST_FIGURES) / 100
    times = zoom(theme, sheet)
    specs, rules = {}, []
    for block in document.blocks:
        if isinstance(block, Chart):
            height = column * CHART_SHAPE * grown
            specs[block.anchor] = replace(
                block.spec, width_mm=round(column / times, 2), height_mm=round(height / times, 2)
            )
            rules.append(f"#chart-{block.anchor} img{{width:{column:.2f}mm;height:{height:.2f}mm}}")
        elif isinstance(block, Exhibits):
            rules += _row_rules(
                block,
                column,
                column * PICTURE_SHAPE * grown,
                theme.panel_space["gutter"] * sheet.scale,
                sheet.layout == "text",
            )
    return specs, "".join(rules)


def shape(item: Exhibit) -> float:
    """Width to height."""
    if item.picture:
        return item.picture.width_px / item.picture.height_px
    return 1 / UPRIGHT if item.landscape else UPRIGHT


def _row_rules(row: Exhibits, column: float, most: float, gutter: float, narrow: bool) -> Iterator[str]:
    """Pictures of a row are of one height: each as wide as its shape asks, and the row no wider than the column."""
    shapes = [shape(one) for one in row.items]
    beside = len(shapes) == 1 and not narrow
    room = column * PICTURE_SIDE if beside else column - gutter * (len(shapes) - 1)
    height = min(most * (1.25 if beside else 1), room / sum(shapes))
    for one, wide in zip(row.items, shapes, strict=True):
        yield f"#item-{one.anchor} .picture{{width:{wide * height:.2f}mm;height:{height:.2f}mm}}"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a sheet is laid out from: its HTML, the style with these properties, its charts and scans by their anchors.

    `draw` begins to draw charts and gives each when asked.
    """

    page: str
    style: Callable[[Mapping[str, str]], str]
    draw: Callable[[Mapping[str, ChartSpec]], Callable[[str], bytes]]
    scan: Callable[[str], bytes]


def fit(document: Document, theme: Theme, edition: Edition, parts: Parts, name: str) -> Fitted:
    """Lays the page out until its sheet is full.

    RenderError where the page does not fit its sheet at the smallest, with what is too long.
    """
    sheet = document.sheet
    assert sheet
    kind = "figures" if sheet.layout != "text" else "number" if has_number(document) else "type"
    upright = is_upright(document) and edition != "en"
    grows, enough = _figures_mm(document, theme, upright), 8 * sheet.scale
    columns = Geometry.of(sheet, theme, upright).columns
    foot = 0.0
    growth, tried = 100, dict[int, float]()
    while True:
        specs, rules = sized(document, theme, edition, growth)
        chart = parts.draw(specs)

        def css_at(bleed_mm: float, growth: int = growth, rules: str = rules, foot: float = foot) -> str:
            return parts.style(tokens(document, theme, upright, growth, bleed_mm, foot)) + rules

        def picture(anchor: str, chart: Callable[[str], bytes] = chart) -> bytes:
            return parts.scan(anchor.removeprefix("scan-")) if anchor.startswith("scan-") else chart(anchor)

        part = pdf.lay_out(parts.page, css_at(0), name, picture)
        laid = pdf.laid(name)
        if (needed := _foot_mm(laid, theme, sheet)) > max(
            foot, theme.panel_space["foot_height"] * sheet.scale
        ):
            pdf.drop(name)
            if needed > sheet.height_mm * MOST_FOOT:
                raise RenderError(_foot_too_long(name, needed, sheet))
            foot = needed
            continue
        free = free_mm(laid, columns)
        tried.pop(growth, None)
        tried[growth] = free
        following = _next(kind, tried, grows, enough)
        if following is None:
            break
        pdf.drop(name)
        growth = following
    if free < 0:
        pdf.drop(name)
        raise RenderError(_too_long(name, laid, -free, kind))
    if problem := _title_too_long(name, laid, document):
        pdf.drop(name)
        raise RenderError(problem)
    charts = {anchor: chart(anchor) for anchor in specs}
    return Fitted(
        part=part, css_at=css_at, picture=picture, charts=charts, specs=specs, growth=growth, free_mm=free
    )


def _next(kind: str, tried: Mapping[int, float], grows: float, enough: float) -> int | None:
    """The next growth to try; None when the best of those that were tried stands, or the last of them if none fits.

    `grows`: mm of height that grow with it, for a first guess; afterwards two tries show how much a step is worth.
    `enough`: mm that may stay free.
    """
    low, high = SMALLEST[kind], LARGEST[kind]
    fits = max((one for one, free in tried.items() if free >= 0), default=0)
    fails = min((one for one, free in tried.items() if free < 0), default=high + 1)
    if fails <= low:
        return None
    if not fits and len(tried) >= TRIES // 2:
        return low  # small steps lead nowhere; that it does not fit is said of the smallest alone
    if (fits and tried[fits] <= enough) or fails - fits == 1 or len(tried) >= TRIES:
        return fits if fits and fits != list(tried)[-1] else None
    last = list(tried)[-1]
    # The area of text grows with the square of its size.
    worth = grows / last * (2.0 if kind == "type" else 1.0)
    if len(tried) > 1:
        other = list(tried)[-2]
        worth = max(worth / 4, (tried[other] - tried[last]) / (last - other))
    step = (tried[last] - enough / 3) / max(worth, 0.01)
    wanted = last + (math.floor(step) if step < 0 else max(1, math.floor(step)))
    if fits and fails <= high:  # what does not fit goes over as a block: its size says little
        wanted = (fits + fails) // 2
    wanted = min(max(wanted, low, fits + 1), high, fails - 1)
    return wanted if wanted not in tried else None


def _figures_mm(document: Document, theme: Theme, upright: bool) -> float:
    """The height in mm that grows, at 100 per cent: of the figures one below the other, or of all text."""
    sheet = document.sheet
    assert sheet
    geometry = Geometry.of(sheet, theme, upright)
    if sheet.layout == "text":
        space = theme.panel_space
        return sheet.height_mm - (space["margin"] + space["foot_height"]) * sheet.scale
    shapes = {Chart: CHART_SHAPE, Exhibits: PICTURE_SHAPE}
    return geometry.column / geometry.columns * sum(shapes.get(type(block), 0.0) for block in document.blocks)


def free_mm(laid: LaidDocument, columns: int) -> float:
    """The height that is left below the content, as a mean of the columns; below zero what does not fit the sheet."""
    first, *others = laid.pages
    if others:
        over = sum(max(1.0, _bottom(_bands(page)) - page._page_box.content_box_y()) for page in others)
        return float(-over / MM)
    box = first._page_box
    foot = box.content_box_y() + box.height
    bands = _bands(first)
    if columns == 1:
        return float((foot - _bottom(bands)) / MM)
    top = min(band.position_y for band in bands)
    used = [_bottom(column.children) for band in bands for column in band.children]
    return float(
        (sum(foot - bottom for bottom in used) + (columns - len(used)) * (foot - top)) / columns / MM
    )


def _foot_mm(laid: LaidDocument, theme: Theme, sheet: Sheet) -> float:
    """The height that the foot takes of the sheet, with its margin below and some air above."""
    boxes = laid.pages[0]._page_box.descendants(placeholders=True)
    high = max(
        (
            box.margin_height()
            for box in boxes
            if box.element is not None and box.element.get("class") == "foot"
        ),
        default=0,
    )
    space = theme.panel_space
    return float(high / MM + (space["margin"] * 0.55 + space["gutter"] * 0.5) * sheet.scale)


def _title_too_long(name: str, laid: LaidDocument, document: Document) -> Problem | None:
    """A vertical title that reaches into the words at the foot of its band. What goes beyond the sheet is not laid out."""
    boxes = [box for box in _all_boxes(laid.pages[0]._page_box) if box.element is not None]
    feet = [box.position_y for box in boxes if box.element.get("class") == "band-foot"]
    ends = [
        box.border_box_y() + box.border_height()
        for box in boxes
        if (box.element.get("class") or "").startswith("cell ") and type(box).__name__ == "BlockBox"
    ]
    wanted = (
        max(len(upright.cells) for block in document.blocks if (upright := getattr(block, "upright", None)))
        if ends
        else 0
    )
    room = sum(end < min(feet, default=math.inf) for end in ends)
    if room == wanted:
        return None
    return problem(Place(name), "layout.vertical_title_is_too_long", wanted=wanted, room=room)


def _all_boxes(box: Box) -> Iterator[Box]:
    """A box and all within it, also those that are placed absolutely within one that is."""
    box = getattr(box, "_box", box)
    yield box
    for child in getattr(box, "children", ()):
        yield from _all_boxes(child)


def _bands(page: Page) -> list[Box]:
    """The boxes of the body (`class="bands"`) on a page."""
    return [
        box
        for box in page._page_box.descendants()
        if box.element is not None
        and box.element.get("class") == "bands"
        and type(box).__name__ == "BlockBox"
        and box.element_tag == "div"
    ][:1]  # its columns are boxes of the same element


def _bottom(boxes: Iterable[Box]) -> float:
    return float(max((box.position_y + box.margin_height() for box in boxes), default=0))


def _foot_too_long(name: str, needed: float, sheet: Sheet) -> Problem:
    return problem(Place(name), "layout.foot_takes_least_mm_mm", needed=needed, height_mm=sheet.height_mm)


def _too_long(name: str, laid: LaidDocument, over: float, kind: str) -> Problem:
    words = sum(
        len("".join(box.text.replace(TIE, "").split()))
        for page in laid.pages[1:]
        for band in _bands(page)
        for box in band.descendants()
        if hasattr(box, "text")
    )
    with_ = message("layout.type_of_declared_size" if kind == "type" else "layout.smallest_figures")
    return problem(Place(name), "layout.text_overflows_sheet", over=over, words=words, with_=with_)
