"""`styles/tokens.toml` as an officer writes it: the tables, their units and what they hold where nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from reportgen.read.fields import Colour, Within
from reportgen.read.own_fonts import Family, FontFile, known_families
from reportgen.read.paper_sizes import Page, Side, Size, Sizes, real, size_faults
from reportgen.read.schema import Fault, Model, check, fault, unknown_at

DIVERGING = tuple("#e3a899 #f2d5cc #f7f5f1 #cfdfe6 #9fbfcd".split())
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
    translation: Size = 10.5
    archive: Size = 10.0
    label: Size = 9.0


class Paper(Model):
    top: Size = 25.0
    right: Size = 25.0
    bottom: Size = 22.0
    left: Size = 25.0
    line: Ratio = 1.46
    seal: Size = 42.0


class CertificateType(Model):
    heading: Size = 50.0
    name: Size = 40.0
    name_long: Size = 28.0
    signer: Size = 24.0
    text: Size = 17.0
    second: Size = 13.0
    line: Size = 10.0
    note: Size = 7.5


class CertificateGrid(Model):
    unit: Size = 1.5
    line: Ratio = 1.5
    stroke: Size = 0.16


class CertificateColours(Model):
    guilloche: Colour = "#2b7084"
    foil: Colour = "#a98545"
    tint: Colour = "#f1ead9"
    ground: Colour = "#fdfbf5"


class Chart(Model):
    palette: Annotated[tuple[Colour, ...], Six]
    dashes: Annotated[tuple[tuple[Dash, ...], ...], Six]
    shapes: Annotated[tuple[Shape, ...], Six]
    ramp: Ramp
    diverging: Annotated[tuple[Colour, ...], Field(min_length=5, max_length=5)] = DIVERGING
    least: Part = 0.8
    most: Ratio = 1.4


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
    certificate_colour: CertificateColours = CertificateColours()
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
    def _sound(page: Page, page_size: Sizes, fonts: Fonts, font: tuple[FontFile, ...]) -> Iterator[Fault]:
        yield from size_faults(page, page_size)
        known = known_families(font)
        for name, family in fonts.model_dump().items():
            if family not in known:
                yield unknown_at(("fonts", name), family, known)
