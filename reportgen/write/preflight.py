"""What can be read of a sheet from where it hangs: type, lines, words, contrast, pictures, distance to the edge.

It measures the finished layout and compares with the limits of `styles/tokens.toml`. A limit that a panel declares to
break is told as a warning.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from reportgen.model import Document, Exhibits, Picture, Sheet, Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message
from reportgen.read.theme import Theme, contrast
from reportgen.write.fitting import MM, Fitted
from reportgen.write.pdf.lines import GAP, TIE
from reportgen.write.sheet_measures import zoom

if TYPE_CHECKING:
    from tinycss2.color5 import Color
    from weasyprint.document import Document as LaidDocument
    from weasyprint.formatting_structure.boxes import Box

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]*")
_AT = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
_FILLED = re.compile(r"M(-?[\d.]+),(-?[\d.]+)h(-?[\d.]+)v(-?[\d.]+)h-?[\d.]+Z")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A measured figure, what was measured (`limit` is its name in a panel's `allow`), and the limit it keeps or breaks."""

    limit: str
    what: Text
    figure: str
    bound: str
    kept: bool
    where: str = ""


@dataclass(frozen=True)
class Preflight:
    findings: tuple[Finding, ...]
    faults: tuple[Problem, ...] = ()
    allowed: tuple[str, ...] = ()


@dataclass(kw_only=True)
class _Seen:
    """What is collected on the way through the boxes."""

    types: list[tuple[float, str]] = field(default_factory=list)  # pt
    running: list[tuple[float, str]] = field(default_factory=list)
    lines: dict[str, tuple[int, str]] = field(default_factory=dict)  # language -> longest line
    pairs: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict)
    pictures: list[tuple[float, str]] = field(default_factory=list)  # dots an inch
    edges: list[tuple[float, str]] = field(default_factory=list)  # mm
    words: dict[str, int] = field(default_factory=lambda: {"zh": 0, "en": 0})


def inspect(laid: LaidDocument, document: Document, theme: Theme, fitted: Fitted, name: str) -> Preflight:
    """The figures of a sheet against the limits, with a fault for each that it breaks and did not declare."""
    sheet = document.sheet
    assert sheet
    seen = _Seen()
    page = laid.pages[0]._page_box
    scans = {
        item.anchor: item.picture
        for block in document.blocks
        if isinstance(block, Exhibits)
        for item in block.items
        if item.picture
    }
    _walk(page, _Where(theme.colour["paper"]), seen, _edges(sheet), scans)
    for anchor, svg in fitted.charts.items():
        _chart(svg.decode("utf-8"), anchor, zoom(theme, sheet), theme, seen)
    findings = tuple(_findings(seen, theme))
    broken = [one for one in findings if not one.kept]
    told = {one: _problem(one, name) for one in broken}
    return Preflight(
        findings,
        tuple(problem for one, problem in told.items() if one.limit not in sheet.allowed),
        sheet.allowed,
    )


def minutes_of_arc(points: float, metres: float) -> float:
    """How large a letter of this type size appears at this distance."""
    return math.degrees(math.atan(points * 0.0254 / 72 / metres)) * 60


def _edges(sheet: Sheet) -> Callable[[Box], float]:
    """Distance in mm from a box to the nearest edge of the trimmed sheet."""

    def distance(box: Box) -> float:
        left, top = box.position_x / MM, box.position_y / MM
        right, bottom = left + box.margin_width() / MM, top + box.margin_height() / MM
        return float(min(left, top, sheet.width_mm - right, sheet.height_mm - bottom))

    return distance


@dataclass(frozen=True)
class _Where:
    """What is known of a place on the way down: the colour behind it, its language, whether it is running text."""

    ground: str
    lang: str = "zh"
    story: bool = False


def _walk(
    box: Box, at: _Where, seen: _Seen, edge: Callable[[Box], float], scans: Mapping[str, Picture]
) -> None:
    box = getattr(box, "_box", box)
    element, kind = box.element, type(box).__name__
    if kind == "MarginBox":
        return
    at = replace(at, ground=_ground(box) or at.ground)
    if element is not None and "::" not in str(box.element_tag):
        story = at.story or element.get("class") == "story"
        at = replace(at, lang=(element.get("lang") or at.lang)[:2], story=story)
        if element.tag == "img" and kind.endswith("ReplacedBox"):
            _picture(box, element, seen, edge, scans)
    if kind == "LineBox" and at.story:
        text = "".join(part.text for part in box.descendants() if hasattr(part, "text")).strip()
        text = text.translate({ord(GAP): None, ord(TIE): None})  # set between characters, and none themselves
        # In a Chinese line a Latin letter or a digit takes half of a character's place.
        count = (len(text) + len(_WIDE.findall(text))) // 2 if at.lang == "zh" else len(text)
        if count > seen.lines.get(at.lang, (0, ""))[0]:
            seen.lines[at.lang] = (count, text)
    if kind == "TextBox" and box.text.strip():
        _text(box, at, seen, edge)
    for child in getattr(box, "children", ()):
        _walk(child, at, seen, edge, scans)


def _ground(box: Box) -> str:
    colour = box.style["background_color"]
    return _hex(colour) if colour is not None and getattr(colour, "alpha", 1) > 0.99 else ""


def _hex(colour: Color) -> str:
    red, green, blue = (round(255 * min(1.0, max(0.0, part))) for part in colour.to("srgb").coordinates[:3])
    return f"#{red:02x}{green:02x}{blue:02x}"


def _text(box: Box, at: _Where, seen: _Seen, edge: Callable[[Box], float]) -> None:
    words, points = box.text.strip(), box.style["font_size"] * 0.75
    seen.types.append((points, words))
    seen.edges.append((edge(box), words))
    if at.story:
        seen.running.append((points, words))
    pair = (_hex(box.style["color"]), at.ground)
    seen.pairs.setdefault(pair, (contrast(*pair), words))
    seen.words["zh"] += len(_HAN.findall(words))
    seen.words["en"] += len(_LATIN.findall(words))


def _picture(
    box: Box,
    element: ElementTree.Element,
    seen: _Seen,
    edge: Callable[[Box], float],
    scans: Mapping[str, Picture],
) -> None:
    anchor = element.get("data-item")
    seen.edges.append((edge(box), anchor or element.get("data-chart") or "QR"))
    if anchor and anchor in scans:
        seen.pictures.append((scans[anchor].width_px / (box.width / 96), anchor))


def _chart(svg: str, anchor: str, times: float, theme: Theme, seen: _Seen) -> None:
    """The words of a chart on what is painted behind them: a column, a cell of a heat map, or the paper."""
    filled: list[tuple[float, float, float, float, str]] = []
    for element in ElementTree.fromstring(svg).iter():
        name, fill = element.tag.rpartition("}")[2], element.get("fill", "")
        moved = _AT.search(element.get("transform", ""))
        x, y = (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)
        if name == "path" and fill.startswith("#") and (shape := _FILLED.fullmatch(element.get("d", ""))):
            left, top, width, height = map(float, shape.groups())
            across, down = sorted((x + left, x + left + width)), sorted((y + top, y + top + height))
            filled.append((across[0], down[0], across[1], down[1], fill))
        elif name == "text" and (words := "".join(element.itertext()).strip()):
            size = float(element.get("font-size", "0").removesuffix("px"))
            middle = y - size * 0.3  # half of a digit's height above its foot
            grounds = [one[4] for one in filled if one[0] <= x <= one[2] and one[1] <= middle <= one[3]]
            pair = (fill or theme.colour["ink"], grounds[-1] if grounds else theme.colour["paper"])
            seen.types.append((size * times, f"{anchor}: {words}"))
            seen.pairs.setdefault(pair, (contrast(*pair), f"{anchor}: {words}"))


def _findings(seen: _Seen, theme: Theme) -> Iterator[Finding]:
    limit = theme.panel_limit
    metres = limit["reading_distance"]

    def size(points: float) -> str:
        return f"{points:.1f} pt, {minutes_of_arc(points, metres):.1f}′ / {metres:g} m"

    for what, found, least in (
        (message("layout.smallest_type"), seen.types, limit["smallest_type"]),
        (message("layout.smallest_running_text"), seen.running, limit["smallest_text"]),
    ):
        if found:
            points, words = min(found)
            yield Finding(
                limit="type",
                what=what,
                figure=size(points),
                bound=f"≥ {least:g} pt",
                kept=points >= least - 0.05,
                where=words,
            )
    yield from _counts(seen, limit)
    for (ink, ground), (ratio, words) in sorted(seen.pairs.items(), key=lambda pair: pair[1][0]):
        what = message("layout.contrast", ink=ink, ground=ground)
        least = limit["least_contrast"]
        yield Finding(
            limit="contrast",
            what=what,
            figure=f"{ratio:.1f}:1",
            bound=f"≥ {least:g}:1",
            kept=ratio >= least,
            where=words,
        )
    for dots, anchor in sorted(seen.pictures):
        what = message("layout.picture", anchor=anchor)
        least = limit["least_dpi"]
        yield Finding(
            limit="dpi",
            what=what,
            figure=f"{dots:.0f} dpi",
            bound=f"≥ {least:g} dpi",
            kept=dots >= least,
            where=anchor,
        )
    if seen.edges:
        mm, words = min(seen.edges)
        least = limit["least_trim"]
        what = message("layout.distance_trim")
        yield Finding(
            limit="trim",
            what=what,
            figure=f"{mm:.1f} mm",
            bound=f"≥ {least:g} mm",
            kept=mm >= least,
            where=words,
        )


def _counts(seen: _Seen, limit: Mapping[str, float]) -> Iterator[Finding]:
    """Characters of the fullest line, and words of the panel."""
    of_line = {
        "zh": message("layout.chinese_characters_per_line"),
        "en": message("layout.english_characters_per_line"),
    }
    for language, (count, words) in sorted(seen.lines.items(), reverse=True):
        most = int(limit[f"most_characters_{language}"])
        yield Finding(
            limit="characters",
            what=of_line[language],
            figure=str(count),
            bound=f"≤ {most}",
            kept=count <= most,
            where=words,
        )
    most = int(limit["most_words"])
    for language, what in (
        ("zh", message("layout.chinese_characters_panel")),
        ("en", message("layout.english_words_panel")),
    ):
        count = seen.words[language]
        yield Finding(limit="words", what=what, figure=str(count), bound=f"≤ {most}", kept=count <= most)


_REMEDY = {
    "type": message("layout.take_larger_sheet_larger_type"),
    "characters": message("layout.set_narrower_columns_larger_type"),
    "words": message("layout.shorten_text"),
    "contrast": message("layout.choose_colours_differ_more"),
    "dpi": message("layout.scan_again_more_dots_inch"),
    "trim": message("layout.widen_margin"),
}


def _problem(one: Finding, name: str) -> Problem:
    remedy = _REMEDY[one.limit]
    shown = one.where if len(one.where) <= 40 else one.where[:39] + "…"
    at = Text(f"（{shown}）", f" (“{shown}”)") if shown else Text("", "")
    return problem(
        Place(name),
        "layout.is_limit_is",
        figure=one.figure,
        bound=one.bound,
        limit=one.limit,
        what=one.what,
        at=at,
        remedy=remedy,
    )
