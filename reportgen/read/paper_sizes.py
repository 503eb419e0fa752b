"""The paper that pages are printed on: named sizes, and the margins and the grid that follow from a size.

Certificates and panels have sizes of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated

from pydantic import BeforeValidator

from reportgen.model.toml import Raw, written
from reportgen.read.fields import Within
from reportgen.read.schema import Fault, Model, fault, unknown_at


def real(raw: Raw) -> Raw:
    """A number of TOML as the layout counts."""
    return float(raw) if isinstance(raw, Decimal) or type(raw) is int else raw


Size = Annotated[float, BeforeValidator(real), Within(0, 2000, above=True)]
Side = Annotated[float, BeforeValidator(real), Within(100, 5000)]

# Millimetres, width and height of the upright sheet: ISO 216, JIS P 0138, ANSI/ASME Y14.1.
PAPERS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "A4": (210.0, 297.0),
        "Letter": (215.9, 279.4),
        "A3": (297.0, 420.0),
        "B5": (176.0, 250.0),
        "JIS B5": (182.0, 257.0),
    }
)
A4 = PAPERS["A4"]
# The margins that A4 has; those of another paper are the same part of it, to half a millimetre.
_MARGINS = {"top": 25.0, "bottom": 22.0, "inner": 20.0, "outer": 20.0}
Sizes = Mapping[str, tuple[float, float]]
A4_TEXT = (170.0, 250.0)  # mm between the margins
LEAST_TEXT = (110.0, 120.0)  # mm, width and height between the margins that a table of figures needs


class Page(Model):
    """`[page]`: a paper by its name, or its width and height; margins and grid that are not declared follow from it."""

    paper: str = ""
    width: Side | None = None
    height: Side | None = None
    top: Size | None = None
    bottom: Size | None = None
    inner: Size | None = None
    outer: Size | None = None
    columns: Annotated[int, Within(1, 24)] = 12
    column: Size | None = None
    gutter: Size = 4.0
    baseline: Size = 5.0


def geometry(page: Page, own: Sizes) -> dict[str, float]:
    """All lengths of a page in mm: what is not declared follows from the size. `text` is the width between the margins."""
    width, height = {**PAPERS, **own}.get(page.paper, (page.width or A4[0], page.height or A4[1]))
    made = {"width": width, "height": height}
    for name, length in _MARGINS.items():
        by_rule = length * (width / A4[0] if name in ("inner", "outer") else height / A4[1])
        made[name] = getattr(page, name) or round(by_rule * 2) / 2
    made["text"] = round(width - made["inner"] - made["outer"], 3)
    by_rule = (made["text"] - (page.columns - 1) * page.gutter) / page.columns
    return made | {
        "column": page.column or round(by_rule, 3),
        "gutter": page.gutter,
        "baseline": page.baseline,
    }


def across(lengths: Mapping[str, float]) -> dict[str, float]:
    """The page turned on its side; its margins stay where they are."""
    text = lengths["height"] - lengths["inner"] - lengths["outer"]
    return {**lengths, "width": lengths["height"], "height": lengths["width"], "text": round(text, 3)}


def size_faults(page: Page, own: Sizes) -> Iterator[Fault]:
    """What keeps a page from having a size, or words from having room on it."""
    known = {**PAPERS, **own}
    sides = [name for name in ("width", "height") if getattr(page, name) is not None]
    if page.paper and sides:
        yield fault(("page", sides[0]), "theme.size_beside_paper", paper=page.paper)
    elif page.paper and page.paper not in known:
        yield unknown_at(("page", "paper"), page.paper, known)
    elif not page.paper and len(sides) < 2:
        missing = "height" if sides == ["width"] else "width" if sides else "paper"
        yield fault(("page", missing), "theme.no_size", known=[*known])
    else:
        yield from _room_faults(page, own)


def _room_faults(page: Page, own: Sizes) -> Iterator[Fault]:
    made = geometry(page, own)
    wide, high = made["text"], made["height"] - made["top"] - made["bottom"]
    if wide < LEAST_TEXT[0] or high < LEAST_TEXT[1]:
        slots = {"wide": f"{wide:g}", "high": f"{high:g}", "least": f"{LEAST_TEXT[0]:g} × {LEAST_TEXT[1]:g}"}
        size = written(page.paper) if page.paper else f"{made['width']:g} × {made['height']:g} mm"
        yield fault(("page", "paper" if page.paper else "width"), "theme.no_room", size=size, **slots)
