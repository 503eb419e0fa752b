"""Colours, sizes and fonts of a project: reads `styles/tokens.toml`, gives CSS properties and chart colours.

It knows no page and no chart; what is done with a token stands in the style sheets and in `charts`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from reportgen.model.errors import KindError, Place, problem
from reportgen.model.toml import Raw
from reportgen.read.fields import Colour, Like, Within
from reportgen.read.schema import Fault, Model, TomlFile, check, fault, open_toml, read

READABLE = 4.5  # WCAG 2.1, 1.4.3: contrast of text and ground


def _real(raw: Raw) -> Raw:
    return float(raw) if isinstance(raw, Decimal) or type(raw) is int else raw


Size = Annotated[float, BeforeValidator(_real), Within(0, 2000, above=True)]
Side = Annotated[float, BeforeValidator(_real), Within(100, 5000)]
Dash = Annotated[float, BeforeValidator(_real), Within(0, 100, above=True)]
Family = Annotated[str, Like(r"[A-Za-z0-9][A-Za-z0-9 -]*", "theme.is_not_name_font_family", '"Noto Sans TC"')]
Six = Field(min_length=6, max_length=6)  # as many as a chart can show apart
Ramp = Annotated[tuple[Colour, ...], Field(min_length=5, max_length=9)]
Shape = Literal["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]


class Colours(Model):
    ink: Colour
    ink_soft: Colour
    lead: Colour
    lead_mid: Colour
    lead_pale: Colour
    accent: Colour
    accent_pale: Colour
    rule: Colour
    grid: Colour
    neutral: Colour
    band: Colour
    paper: Colour


class Types(Model):
    cover: Size
    title: Size
    heading: Size
    subheading: Size
    body: Size
    table: Size
    note: Size
    figure: Size
    chart_title: Size
    chart: Size
    chart_small: Size


class Spaces(Model):
    xs: Size
    s: Size
    m: Size
    l: Size  # noqa: E741  # the style sheets know it as --space-l
    xl: Size


class Page(Model):
    width: Size
    height: Size
    top: Size
    bottom: Size
    inner: Size
    outer: Size


class Chart(Model):
    palette: Annotated[tuple[Colour, ...], Six]
    dashes: Annotated[tuple[tuple[Dash, ...], ...], Six]
    shapes: Annotated[tuple[Shape, ...], Six]
    ramp: Ramp


class Fonts(Model):
    sans: Family
    serif: Family
    kai: Family


class PanelType(Model):
    title: Size
    title_en: Size
    subheading: Size
    body: Size
    body_en: Size
    caption: Size
    data: Size
    foot: Size


class PanelSpace(Model):
    margin: Size
    band: Size
    gutter: Size
    foot_height: Size


class PanelLimit(Model):
    reading_distance: Size
    smallest_type: Size
    smallest_text: Size
    most_characters_zh: Size
    most_characters_en: Size
    most_words: Size
    least_contrast: Size
    least_dpi: Size
    least_trim: Size


Percent = Annotated[int, Within(0, 100)]
Ink = tuple[Percent, Percent, Percent, Percent]


class Press(Model):
    """What the printer works with; whether the profile is there and sound is seen where it is used."""

    profile: str
    profile_sha256: str
    identifier: str
    condition: str
    registry: str = ""
    total_ink: Annotated[int, Within(200, 400)] = 300
    slug_mm: Annotated[float, BeforeValidator(_real), Within(5, 30)]
    ink: dict[Colour, Ink] = Field(default_factory=dict)

    @check
    @staticmethod
    def _printable(total_ink: int, ink: Mapping[str, Ink]) -> Iterator[Fault]:
        for colour, parts in ink.items():
            if sum(parts) > total_ink:
                yield fault(("ink", colour), "press.asks_ink", parts=sum(parts), total=total_ink)


class Tokens(Model):
    """`styles/tokens.toml`. A project without panels need not have their tables."""

    colour: Colours
    type: Types
    space: Spaces
    page: Page
    chart: Chart
    fonts: Fonts
    panel_type: PanelType | None = None
    panel_space: PanelSpace | None = None
    panel_limit: PanelLimit | None = None
    panel_size: dict[str, tuple[Side, Side]] = Field(default_factory=dict)
    press: Press | None = None


@dataclass(frozen=True, kw_only=True)
class Theme:
    """All tokens of a project. Sizes in pt, spaces and page in mm, colours as `#rrggbb`."""

    colour: Mapping[str, str]
    type: Mapping[str, float]
    space: Mapping[str, float]
    page: Mapping[str, float]
    palette: tuple[str, ...]
    dashes: tuple[tuple[float, ...], ...]
    shapes: tuple[str, ...]
    ramp: tuple[str, ...]
    fonts: Mapping[str, str]
    panel_type: Mapping[str, float] = field(default_factory=dict)  # pt at A1
    panel_space: Mapping[str, float] = field(default_factory=dict)  # mm at A1
    panel_limit: Mapping[str, float] = field(default_factory=dict)
    panel_size: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # mm, upright

    def css(self) -> str:
        """All tokens as custom properties: `:root{--ink:#16222e;…}`."""
        pairs = [(name, value) for name, value in self.colour.items()]
        pairs += [(f"type-{name}", f"{value:g}pt") for name, value in self.type.items()]
        pairs += [(f"space-{name}", f"{value:g}mm") for name, value in self.space.items()]
        pairs += [(f"page-{name}", f"{value:g}mm") for name, value in self.page.items()]
        pairs += [(f"series-{number}", value) for number, value in enumerate(self.palette, 1)]
        pairs += [(f"ramp-{number}", value) for number, value in enumerate(self.ramp, 1)]
        pairs += [(f"font-{name}", f'"{value}"') for name, value in self.fonts.items()]
        return ":root{" + "".join(f"--{name.replace('_', '-')}:{value};" for name, value in pairs) + "}"

    def shade(self, x: float) -> tuple[str, str]:
        """Ground and ink of a table cell whose heat is `x` in 0..1.

        Steps, not a continuous blend: between the ramp's fourth and fifth step lies a grey on which
        neither ink nor paper reaches 4.5:1, and seven greys can be told apart in print, seventy can't.
        """
        if not 0 <= x <= 1:
            raise ValueError(f"shade: {x!r} is not in 0..1")
        return self.step(min(int(x * len(self.ramp)), len(self.ramp) - 1))

    def step(self, number: int) -> tuple[str, str]:
        """Ground and ink of the ramp's step `number`, 0 the lightest."""
        ground = self.ramp[number]
        return ground, self.ink_on(ground)

    def ink_on(self, ground: str) -> str:
        """Ink or paper, whichever is read better on `ground`."""
        return max(self.colour["ink"], self.colour["paper"], key=lambda ink: contrast(ink, ground))


def luminance(colour: str) -> float:
    """Relative luminance of sRGB as WCAG defines it, 0 black to 1 white."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4)


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def open_tokens(path: Path) -> TomlFile:
    file = f"{path.parent.name}/{path.name}"
    missing = problem(Place(file), "theme.file_design_tokens_cannot_read")
    return open_toml(path.parent.parent, file, missing, KindError)


def load_theme(path: Path) -> Theme:
    """The tokens of a file. KindError with every token that is missing, unknown or badly written."""
    tokens = read(Tokens, open_tokens(path), error=KindError)
    parts = (tokens.panel_type, tokens.panel_space, tokens.panel_limit)
    panel_type, panel_space, panel_limit = (part.model_dump() if part else {} for part in parts)
    return Theme(
        colour=tokens.colour.model_dump(),
        type=tokens.type.model_dump(),
        space=tokens.space.model_dump(),
        page=tokens.page.model_dump(),
        palette=tokens.chart.palette,
        dashes=tokens.chart.dashes,
        shapes=tokens.chart.shapes,
        ramp=tokens.chart.ramp,
        fonts=tokens.fonts.model_dump(),
        panel_type=panel_type,
        panel_space=panel_space,
        panel_limit=panel_limit,
        panel_size=tokens.panel_size,
    )
