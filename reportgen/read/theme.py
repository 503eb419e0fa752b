"""Colours, sizes and fonts of a project: reads `styles/tokens.toml`, gives CSS properties and chart colours.

It knows no page and no chart; what is done with a token stands in the style sheets and in `charts`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reportgen.model import Text
from reportgen.model.errors import KindError, Place, problem
from reportgen.read.own_fonts import licences
from reportgen.read.paper_sizes import A4, across, geometry
from reportgen.read.schema import Model, TomlFile, open_toml, read
from reportgen.read.tokens import Tokens, Types


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
    chart_bounds: tuple[float, float]  # of the height that it would have by itself
    fonts: Mapping[str, str]
    measures: Mapping[str, str]  # CSS properties that only style sheets know: `leading-body` -> `5mm`
    certificate: Mapping[str, str] = field(default_factory=dict)  # the colours of its sheet
    licences: tuple[Text, ...] = ()  # of the office's own faces
    panel_type: Mapping[str, float] = field(default_factory=dict)  # pt at A1
    panel_space: Mapping[str, float] = field(default_factory=dict)  # mm at A1
    panel_limit: Mapping[str, float] = field(default_factory=dict)
    panel_size: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # mm, upright

    def css(self) -> str:
        """All tokens as custom properties: `:root{--ink:#16222e;…}`."""
        pairs = [*self.colour.items(), *((f"type-{name}", f"{pt:g}pt") for name, pt in self.type.items())]
        lengths = {"space": self.space, "page": self.page}
        pairs += [
            (f"{of}-{name}", f"{mm:g}mm") for of, named in lengths.items() for name, mm in named.items()
        ]
        shades = {"series": self.palette, "ramp": self.ramp, "diverging": self.diverging}
        pairs += [
            (f"{of}-{n}", value) for of, colours in shades.items() for n, value in enumerate(colours, 1)
        ]
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
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else math.pow((p + 0.055) / 1.055, 2.4) for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


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
        chart_bounds=(tokens.chart.least, tokens.chart.most),
        fonts=tokens.fonts.model_dump(),
        measures=dict(_measures(tokens, page)),
        certificate=tokens.certificate_colour.model_dump(),
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
