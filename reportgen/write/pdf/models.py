"""A sheet that was laid out as a model for others of its form: which box says which words, and which of them may say others."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reportgen.read.pdf_text import squeezed
from reportgen.write.pdf.forms import Sheet

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from weasyprint.document import Page
    from weasyprint.formatting_structure.boxes import Box


@dataclass(frozen=True, kw_only=True)
class Model:
    """A sheet on a page of its own: `lines` are the boxes of the words behind each tag, `homes` the line of each box
    that may change, `labels` what the margins say of the sheet, `margins` all else that they say; `anchored` are what links may lead
    to, `room` is what is left at the foot of the page, in CSS pixels."""

    sheet: Sheet
    page: Page
    elements: Mapping[int, Element]
    lines: Mapping[int, tuple[Box, ...]]
    homes: Mapping[Box, Box]
    rows: tuple[Box, ...]
    labels: tuple[Box, ...]
    margins: tuple[str, ...]
    anchored: Mapping[Box, str]
    room: float


def model_of(sheet: Sheet, page: Page, own: Sequence[Element]) -> Model | None:
    """The sheet as a model; None where boxes and words do not agree, or what is generated counts."""
    seen = _Seen()
    label = next((value for name, value in sheet.own if name == "data-label"), "")
    labels, margins = [], []
    for child in page._page_box.children:
        if type(child).__name__ != "MarginBox":
            seen.walk(child, None, None, True)
            continue
        of_margin = _Seen()
        of_margin.walk(child, None, None, child.style["width"] != "auto")
        said = "".join(box.text for box in of_margin.texts)
        if label and squeezed(said) == squeezed(label) and len(of_margin.texts) == 1:
            labels.append(of_margin.texts[0])
            seen.homes |= of_margin.homes
        else:
            margins.append(f"{child.at_keyword} {said}")
    elements = dict(zip(sheet.openings, own, strict=True))
    lines = seen.matched(sheet)
    of_rows = {box.element: box for box in seen.rows}
    rows = [of_rows.get(elements[row.start]) for row in sheet.rows]
    if lines is None or seen.other or page.links or None in rows or len(seen.rows) != len(rows):
        return None
    return Model(
        sheet=sheet,
        page=page,
        elements=elements,
        lines=lines,
        homes=seen.homes,
        rows=tuple(row for row in rows if row is not None),
        labels=tuple(labels),
        margins=tuple(margins),
        anchored=_anchored(page),
        room=_room(page._page_box, set(own)),
    )


def _anchored(page: Page) -> dict[Box, str]:
    """The first box of each anchor."""
    found: dict[str, Box] = {}
    for box in page._page_box.descendants():
        if anchor := box.style["anchor"]:
            found.setdefault(anchor, box)
    return {box: anchor for anchor, box in found.items()}


def _room(page: Box, own: Collection[Element]) -> float:
    """What stands below the sheet; nothing where what it stands in has an end of its own."""
    lowest = 0.0
    for child in page.children:
        for box in child.descendants() if type(child).__name__ != "MarginBox" else ():
            if box.element in own and hasattr(box, "margin_bottom"):
                lowest = max(lowest, box.position_y + box.margin_height())
            elif box.element not in own and (box.padding_bottom or box.border_bottom_width):
                return 0.0
    return float(page.content_box_y() + page.height - lowest)


@dataclass
class _Seen:
    """What the boxes of a page hold, in their order. `other`: what cannot be copied as it is."""

    texts: list[Box] = field(default_factory=list)
    homes: dict[Box, Box] = field(default_factory=dict)
    rows: list[Box] = field(default_factory=list)
    other: bool = False

    def walk(self, box: Box, block: Box | None, line: Box | None, free: bool) -> None:
        """`block` and `line` are what the box stands in; `free`: no width outside depends on the words inside."""
        kind = type(box).__name__
        if kind in ("AbsolutePlaceholder", "FootnoteAreaBox"):
            self.other = True
            return
        if kind == "TextBox":
            self._text(box, block, line, free)
            return
        if kind == "LineBox":
            line = box
        elif kind not in ("InlineBox",):
            block, line = box, None
        if kind == "TableRowBox" and box.element.tag == "tr":
            self.rows.append(box)
        elif kind == "TableBox":
            free = free and box.style["table_layout"] == "fixed" and box.style["width"] != "auto"
        elif kind == "GridContainerBox":
            free = free and "auto" not in str(box.style["grid_template_columns"]).replace("auto-f", "")
        free = (
            free and "Flex" not in kind and box.style["float"] == "none" and box.style["position"] == "static"
        )
        for child in getattr(box, "children", ()):
            self.walk(child, block, line, free)

    def _text(self, box: Box, block: Box | None, line: Box | None, free: bool) -> None:
        if "::" in str(box.element_tag) and "marg" not in str(box.element_tag):
            self.other = self.other or any(map(str.isdigit, box.text))
            return
        self.texts.append(box)
        alone = block is not None and len(block.children) == 1 and block.children[0] is line
        if alone and free and not box.justification_spacing:
            self.homes[box] = line

    def matched(self, sheet: Sheet) -> dict[int, tuple[Box, ...]] | None:
        """The boxes of the words behind each tag; None where they say something else."""
        found: dict[int, tuple[Box, ...]] = {}
        boxes = iter([box for box in self.texts if squeezed(box.text)])
        for place, words in enumerate(sheet.words):
            wanted, said, own = squeezed(html.unescape(words)), "", []
            while len(said) < len(wanted):
                box = next(boxes, None)
                if box is None:
                    return None
                own.append(box)
                said += squeezed(box.text)
            if said != wanted:
                return None
            if own:
                found[place] = tuple(own)
        return found if next(boxes, None) is None else None
