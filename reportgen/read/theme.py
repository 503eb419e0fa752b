"""Colours, sizes and fonts of a project: reads `styles/tokens.toml`, gives CSS properties and chart colours.

It knows no page and no chart; what is done with a token stands in the style sheets and in `charts`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from reportgen.model import Text
from reportgen.model.errors import KindError, Place, problem
from reportgen.read.fields import Colour, Within
from reportgen.read.own_fonts import Family, FontFile, known_families, licences
from reportgen.read.paper_sizes import A4, Page, Side, Size, Sizes, across, geometry, real, size_faults
from reportgen.read.schema import Fault, Model, TomlFile, check, fault, open_toml, read, unknown_at

READABLE = 4.5  # WCAG 2.1, 1.4.3: contrast of text and ground
Part = Annotated[float, BeforeValidator(real), Within(0, 1)]
Ratio = Annotated[float, BeforeValidator(real), Within(1, 3)]
Dash = Annotated[float, BeforeValidator(real), Within(0, 100, above=True)]
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
    black: Colour = "#000000"
    panel_ground: Colour = "#f8f5ee"
    panel_field: Colour = "#ebe4d5"


class Types(Model):
    """The steps of publications. The last six are names of an earlier file, for which a step stands now."""

    note: Size
    table: Size
    body: Size
    finding: Size = 11.5
    standfirst: Size = 15.0
    title: Size
    cover: Size
    year: Size = 72.0
    heading: Size | None = None
    subheading: Size | None = None
    figure: Size | None = None
    chart_title: Size | None = None
    chart: Size | None = None
    chart_small: Size | None = None


class Leadings(Model):
    note: Size = 3.75
    table: Size = 3.75
    lines: Size = 4.375
    body: Size = 5.0
    finding: Size = 5.0
    standfirst: Size = 6.25
    title: Size = 8.75
    cover: Size = 15.0
    year: Size = 27.5


class Lines(Model):
    hair: Size = 0.4
    thin: Size = 0.6
    rule: Size = 1.0
    bar: Size = 2.0


class Spaces(Model):
    xxs: Size = 0.625
    xs: Size
    s: Size
    m: Size
    l: Size  # noqa: E741  # the style sheets know it as --space-l
    xl: Size


class PageLimit(Model):
    smallest_type: Size = 7.0
    page_fill: Part = 0.65
    section_fill: Part = 0.5
    head_lines: Size = 3
    least_contrast: Size = READABLE
    column_gap: Size = 1.0
    trim: Size = 5.0


class PaperType(Model):
    title: Size = 20.0
    signature: Size = 18.0
    text: Size = 16.0
    heading: Size = 15.0
    field: Size = 12.0
    archive: Size = 10.0
    label: Size = 9.0


class Paper(Model):
    top: Size = 25.0
    right: Size = 25.0
    bottom: Size = 22.0
    left: Size = 25.0
    line: Ratio = 1.5


class CertificateType(Model):
    heading: Size = 46.0
    name: Size = 38.0
    name_long: Size = 28.0
    signer: Size = 22.0
    text: Size = 17.0
    second: Size = 13.0
    line: Size = 10.0
    note: Size = 7.5


class CertificateGrid(Model):
    unit: Size = 1.5
    line: Ratio = 1.5


class Chart(Model):
    palette: Annotated[tuple[Colour, ...], Six]
    dashes: Annotated[tuple[tuple[Dash, ...], ...], Six]
    shapes: Annotated[tuple[Shape, ...], Six]
    ramp: Ramp
    diverging: Annotated[tuple[Colour, ...], Field(min_length=5, max_length=5)] = (
        "#e3a899",
        "#f2d5cc",
        "#f7f5f1",
        "#cfdfe6",
        "#9fbfcd",
    )


class Fonts(Model):
    sans: Family
    serif: Family
    kai: Family


class PanelType(Model):
    number: Size = 300.0
    title: Size
    lead: Size = 66.0
    title_en: Size
    subheading: Size
    alone: Size = 36.0
    body: Size
    caption: Size
    body_en: Size
    data: Size
    foot: Size


class PanelLine(Model):
    text: Ratio = 1.62
    text_en: Ratio = 1.46
    caption: Ratio = 1.4
    heading: Ratio = 1.25


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
    slug_mm: Annotated[float, BeforeValidator(real), Within(5, 30)]
    ink: dict[Colour, Ink] = Field(default_factory=dict)

    @check
    @staticmethod
    def _printable(total_ink: int, ink: Mapping[str, Ink]) -> Iterator[Fault]:
        for colour, parts in ink.items():
            if sum(parts) > total_ink:
                yield fault(("ink", colour), "press.asks_ink", parts=sum(parts), total=total_ink)


class Tokens(Model):
    """`styles/tokens.toml`. A project without panels need not have their tables; what an earlier version did not know has the
    value that it has in a new project."""

    colour: Colours
    type: Types
    leading: Leadings = Leadings()
    space: Spaces
    line: Lines = Lines()
    page: Page
    page_limit: PageLimit = PageLimit()
    chart: Chart
    fonts: Fonts
    paper_type: PaperType = PaperType()
    paper: Paper = Paper()
    certificate_type: CertificateType = CertificateType()
    certificate: CertificateGrid = CertificateGrid()
    panel_type: PanelType | None = None
    panel_line: PanelLine = PanelLine()
    panel_space: PanelSpace | None = None
    panel_limit: PanelLimit | None = None
    panel_size: dict[str, tuple[Side, Side]] = Field(default_factory=dict)
    page_size: dict[str, tuple[Side, Side]] = Field(default_factory=dict)
    font: tuple[FontFile, ...] = ()
    press: Press | None = None

    @check
    @staticmethod
    def _sized(page: Page, page_size: Sizes) -> Iterator[Fault]:
        yield from size_faults(page, page_size)

    @check
    @staticmethod
    def _known(fonts: Fonts, font: tuple[FontFile, ...]) -> Iterator[Fault]:
        known = known_families(font)
        for name, family in fonts.model_dump().items():
            if family not in known:
                yield unknown_at(("fonts", name), family, known)


@dataclass(frozen=True, kw_only=True)
class Theme:
    """All tokens of a project. Sizes in pt, spaces and page in mm, colours as `#rrggbb`; `wide` is the page turned on its side."""

    colour: Mapping[str, str]
    type: Mapping[str, float]
    space: Mapping[str, float]
    page: Mapping[str, float]
    wide: Mapping[str, float]
    page_limit: Mapping[str, float]
    palette: tuple[str, ...]
    dashes: tuple[tuple[float, ...], ...]
    shapes: tuple[str, ...]
    ramp: tuple[str, ...]
    diverging: tuple[str, ...]
    fonts: Mapping[str, str]
    measures: Mapping[str, str]  # CSS properties that only style sheets know: `leading-body` -> `5mm`
    licences: tuple[Text, ...] = ()  # of the office's own faces
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
        pairs += [(f"diverging-{number}", value) for number, value in enumerate(self.diverging, 1)]
        pairs += [(f"font-{name}", f'"{value}"') for name, value in self.fonts.items()]
        pairs += self.measures.items()
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
    page = geometry(tokens.page, tokens.page_size)
    panel_type, panel_space, panel_limit = (part.model_dump() if part else {} for part in parts)
    return Theme(
        colour=tokens.colour.model_dump(),
        type=_steps(tokens.type),
        space=tokens.space.model_dump(),
        page=page,
        wide=across(page),
        page_limit=tokens.page_limit.model_dump(),
        palette=tokens.chart.palette,
        dashes=tokens.chart.dashes,
        shapes=tokens.chart.shapes,
        ramp=tokens.chart.ramp,
        diverging=tokens.chart.diverging,
        fonts=tokens.fonts.model_dump(),
        measures=dict(_measures(tokens, page)),
        licences=licences(tokens.font),
        panel_type=panel_type,
        panel_space=panel_space,
        panel_limit=panel_limit,
        panel_size=tokens.panel_size,
    )


def _steps(declared: Types) -> dict[str, float]:
    """The size of each step, also under the names that charts and earlier style sheets know."""
    sizes: dict[str, float | None] = declared.model_dump()
    step = {"heading": "standfirst", "subheading": "finding", "figure": "title", "chart_title": "table"}
    given = {name: sizes[name] or sizes[step.get(name, "note")] for name in sizes}
    return {name: size for name, size in given.items() if size}


def _measures(tokens: Tokens, page: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    units: dict[str, tuple[Model, str]] = {
        "leading": (tokens.leading, "mm"),
        "line": (tokens.line, "pt"),
        "paper-type": (tokens.paper_type, "pt"),
        "paper": (tokens.paper, "mm"),
        "certificate-type": (tokens.certificate_type, "pt"),
        "certificate": (tokens.certificate, "mm"),
        "panel-line": (tokens.panel_line, ""),
    }
    for table, (model, unit) in units.items():
        for name, value in model.model_dump().items():
            ratio = table != "leading" and name == "line" and unit == "mm"
            yield f"{table}-{name}", f"{value:g}{'' if ratio else unit}"
    # How much larger the page is than A4, for a cover; a certificate is A4, whatever the paper of the rest.
    yield from (
        ("page-across", f"{page['width'] / A4[0]:.4g}"),
        ("page-down", f"{page['height'] / A4[1]:.4g}"),
    )
    yield from (("certificate-width", f"{A4[1]:g}mm"), ("certificate-height", f"{A4[0]:g}mm"))
    for number in range(1, tokens.page.columns + 1):
        yield f"span-{number}", f"{number * page['column'] + (number - 1) * page['gutter']:g}mm"
