"""What the style sheet of a panel is told of its sheet: margins, columns, sizes of type at this size of paper and growth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reportgen.model import Document, PanelHead, Sheet, Subhead
from reportgen.read.theme import Theme, contrast

LARGEST_FIGURES = 190  # beyond it the type of a page of figures grows, too: 250 is 160 per cent of type
POINT = 72 / 25.4  # points to a millimetre
LEAST_TITLE = 0.45  # of the size of a title, for a long one
BAND_FOOT = 10.0  # height of the mark of a section with its English, in sizes of captions


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """Where things are on a sheet, in mm: its own margins, the width of a column, how many columns."""

    left: float
    inner: float
    columns: int
    column: float
    gutter: float

    @classmethod
    def of(cls, sheet: Sheet, theme: Theme, upright: bool) -> Geometry:
        space = {name: size * sheet.scale for name, size in theme.panel_space.items()}
        left = space["band"] + space["gutter"] if upright else space["margin"]
        inner = sheet.width_mm - left - space["margin"]
        columns = 1
        if sheet.layout == "text":
            columns = max(1, round(inner / (230 * sheet.scale)))
        elif sheet.width_mm > sheet.height_mm:
            columns = 2
        column = (inner - (columns - 1) * space["gutter"]) / columns
        return cls(left=left, inner=inner, columns=columns, column=column, gutter=space["gutter"])


def zoom(theme: Theme, sheet: Sheet) -> float:
    """How much larger a chart is printed than it is drawn, so that its small type is that of the archival data."""
    return theme.panel_type["data"] * sheet.scale / theme.type["chart_small"]


def tokens(
    document: Document, theme: Theme, upright: bool, growth: int, bleed_mm: float = 0, foot_mm: float = 0
) -> dict[str, str]:
    """The custom properties of a sheet: its measures at this size and growth. `foot_mm`: of a foot higher than usual."""
    sheet = document.sheet
    assert sheet
    geometry = Geometry.of(sheet, theme, upright)
    larger = max(growth, 100) / 100 if sheet.layout == "text" else 1 + max(0, growth - LARGEST_FIGURES) / 100
    types = {
        name: size * sheet.scale * (larger if name in ("body", "body_en", "alone", "subheading") else 1)
        for name, size in theme.panel_type.items()
    }
    types |= _of_head(document, sheet, types, {**theme.panel_space, "inner": geometry.inner}, upright)
    if "number" in types:
        types["number"] *= min(growth, 100) / 100
    # Digits side by side in the square of a character of an upright title; three bold ones are 1.74 em wide.
    types |= {"together": types["title"] * 0.72, "together_3": types["title"] * 0.56}
    space = {name: size * sheet.scale for name, size in theme.panel_space.items()}
    space["foot_height"] = max(space["foot_height"], foot_mm)
    ground = sheet.colour
    paper = max(theme.colour["paper"], theme.colour["ink"], key=lambda ink: contrast(ink, ground))
    mm = {
        **space,
        "width": sheet.width_mm,
        "height": sheet.height_mm,
        "left": geometry.left,
        "inner": geometry.inner,
        "column": geometry.column,
        "unit": sheet.scale,
        "bleed_out": -bleed_mm,
        "band_left": -geometry.left - bleed_mm,
        "band_top": -space["margin"] - bleed_mm,
        "band_width": space["band"] + bleed_mm,
        "head_out": -space["margin"] - bleed_mm,
        **_field(geometry, space["margin"] + bleed_mm, upright),
        "head_in": space["margin"] + bleed_mm,
        "full_height": sheet.height_mm + 2 * bleed_mm,
        "code": theme.panel_space["foot_height"] * sheet.scale * 0.56,
        "foot_bottom": -space["foot_height"] + space["margin"] * 0.55,
    }
    return {
        **{f"panel-{name.replace('_', '-')}": f"{size:.3f}mm" for name, size in mm.items()},
        **{f"panel-{name.replace('_', '-')}": f"{size:.3f}pt" for name, size in types.items()},
        "panel-colour": ground,
        "panel-on-colour": paper,
        "panel-columns": str(geometry.columns),
        # A chart stays with its story, unless there is only one such band for two columns.
        "panel-chart-break": "avoid" if _heads(document) >= geometry.columns else "auto",
        "panel-break": "avoid" if geometry.columns == 1 else "auto",
        "panel-print": f"bleed: {bleed_mm:g}mm;" if bleed_mm else "",
    }


def _field(geometry: Geometry, edge: float, upright: bool) -> dict[str, float]:
    """How far (mm) the field under archival items reaches beyond its column: into the bleed where there is but one."""
    beside = geometry.gutter / 2
    if geometry.columns > 1:
        return {"field_left": beside, "field_right": beside}
    return {"field_left": geometry.gutter if upright else edge, "field_right": edge}


def _of_head(
    document: Document, sheet: Sheet, types: Mapping[str, float], space: Mapping[str, float], upright: bool
) -> dict[str, float]:
    """Title and number as large as they may be (pt), the title upright above the mark of its section, both on one line."""
    head = next((block for block in document.blocks if isinstance(block, PanelHead)), None)
    if head is None:
        return {}
    margin = space["margin"] * sheet.scale
    across = sheet.width_mm - 2 * margin
    down = sheet.height_mm - 2 * margin - BAND_FOOT * types["caption"] / POINT
    title = (down if upright else across) * POINT / max(head.title_em, 1)
    found = {"title": min(types["title"], max(title, types["title"] * LEAST_TITLE))}
    if head.number:
        found["number"] = min(types["number"], space["inner"] * POINT / head.number_em)
    return found


def _heads(document: Document) -> int:
    return max(1, sum(isinstance(block, Subhead) for block in document.blocks))
