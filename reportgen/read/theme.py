"""Colours, sizes and fonts of a project: reads `styles/tokens.toml`, gives CSS properties and chart colours.

It knows no page and no chart; what is done with a token stands in the style sheets and in `charts`.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reportgen.model.errors import KindError, Place, Problem, problem
from reportgen.model.messages import told

COLOURS = (
    "ink",
    "ink_soft",
    "lead",
    "lead_mid",
    "lead_pale",
    "accent",
    "accent_pale",
    "rule",
    "grid",
    "neutral",
    "band",
    "paper",
)
SIZES = (
    "cover",
    "title",
    "heading",
    "subheading",
    "body",
    "table",
    "note",
    "figure",
    "chart_title",
    "chart",
    "chart_small",
)
SPACES = ("xs", "s", "m", "l", "xl")
PAGE = ("width", "height", "top", "bottom", "inner", "outer")
CHART = ("palette", "dashes", "shapes", "ramp")
FONTS = ("sans", "serif", "kai")
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "colour": COLOURS,
    "type": SIZES,
    "space": SPACES,
    "page": PAGE,
    "chart": CHART,
    "fonts": FONTS,
}
# Of exhibition panels; a project without panels need not have them. Sizes at A1, other sizes in proportion.
PANEL_TYPE = ("title", "title_en", "subheading", "body", "body_en", "caption", "data", "foot")
PANEL_SPACE = ("margin", "band", "gutter", "foot_height")
PANEL_LIMITS = (
    "reading_distance",
    "smallest_type",
    "smallest_text",
    "most_characters_zh",
    "most_characters_en",
    "most_words",
    "least_contrast",
    "least_dpi",
    "least_trim",
)
PANEL: Mapping[str, tuple[str, ...]] = {
    "panel_type": PANEL_TYPE,
    "panel_space": PANEL_SPACE,
    "panel_limit": PANEL_LIMITS,
}
ELSEWHERE = frozenset({"press"})  # sections of the same file that other modules read and check
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
SERIES = 6
READABLE = 4.5  # WCAG 2.1, 1.4.3: contrast of text and ground

_HEX = re.compile(r"#[0-9a-f]{6}")
_FAMILY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]*")


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


def load_theme(path: Path) -> Theme:
    """The tokens of a file. KindError with every token that is missing, unknown or badly written."""
    shown = f"{path.parent.name}/{path.name}"
    try:
        words = path.read_text(encoding="utf-8")
        tokens = tomllib.loads(words)
    except OSError:
        raise KindError(problem(Place(shown), "theme.file_design_tokens_cannot_read")) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KindError(problem(Place(shown), "theme.is_not_valid_toml", error=error)) from None
    problems = [
        Problem(
            Place(shown, row=_row(words, section, name), column=f"{section}.{name}" if name else section),
            en,
            zh,
        )
        for section, name, en, zh in _faults(tokens)
    ]
    if problems:
        raise KindError(sorted(problems, key=lambda problem: problem.place))
    chart = tokens["chart"]
    return Theme(
        colour=_ordered(tokens["colour"], COLOURS),
        type={name: float(tokens["type"][name]) for name in SIZES},
        space={name: float(tokens["space"][name]) for name in SPACES},
        page={name: float(tokens["page"][name]) for name in PAGE},
        palette=tuple(chart["palette"]),
        dashes=tuple(tuple(float(part) for part in dash) for dash in chart["dashes"]),
        shapes=tuple(chart["shapes"]),
        ramp=tuple(chart["ramp"]),
        fonts=_ordered(tokens["fonts"], FONTS),
        panel_type=_numbers(tokens, "panel_type"),
        panel_space=_numbers(tokens, "panel_space"),
        panel_limit=_numbers(tokens, "panel_limit"),
        panel_size={name: (float(w), float(h)) for name, (w, h) in tokens.get("panel_size", {}).items()},
    )


def _numbers(tokens: Mapping[str, Any], section: str) -> dict[str, float]:
    return {name: float(tokens[section][name]) for name in PANEL[section]} if section in tokens else {}


def _ordered(section: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: section[name] for name in names}


Fault = tuple[str, str, str, str]  # section, name, message in English, in Chinese


def _faults(tokens: Mapping[str, object]) -> list[Fault]:
    found: list[Fault] = []
    sections = {**SECTIONS, **{name: names for name, names in PANEL.items() if name in tokens}}
    for section in tokens.keys() - sections.keys() - {"panel_size"} - ELSEWHERE:
        known = ", ".join([*SECTIONS, *PANEL, "panel_size"])
        found.append((section, "", *told("theme.unknown_section", known=known)))
    found.extend(_size_faults(tokens.get("panel_size", {})))
    for section, names in sections.items():
        values = tokens.get(section, {})
        if not isinstance(values, dict):
            found.append((section, "", *told("theme.is_not_section")))
            continue
        for name in values.keys() - set(names):
            known = ", ".join(names)
            found.append((section, name, *told("theme.unknown_token", known=known)))
        for name in names:
            if name not in values:
                found.append((section, name, *told("theme.token_is_missing")))
            elif fault := _fault(section, name, values[name]):
                found.append((section, name, *fault))
    return found


def _size_faults(sizes: object) -> Iterator[Fault]:
    if not isinstance(sizes, dict):
        yield ("panel_size", "", *told("theme.is_not_section"))
        return
    for name, size in sizes.items():
        whole = isinstance(size, list) and len(size) == 2
        if not whole or not all(
            isinstance(side, int | float) and not isinstance(side, bool) and 100 <= side <= 5000
            for side in size
        ):
            yield ("panel_size", name, *told("theme.is_no_size", size=size))


def _fault(section: str, name: str, value: object) -> tuple[str, str] | None:
    if section == "colour":
        return None if _is_colour(value) else _bad_colour(value)
    if section in ("type", "space", "page", *PANEL):
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 2000:
            return None
        return told("theme.is_not_number_above", value=value)
    if section == "fonts":
        if isinstance(value, str) and _FAMILY.fullmatch(value):
            return None
        return told("theme.is_not_name_font_family", value=value)
    return _chart_fault(name, value)


def _chart_fault(name: str, value: object) -> tuple[str, str] | None:
    if not isinstance(value, list):
        return told("theme.is_not_list")
    if name == "ramp":
        if not 5 <= len(value) <= 9:
            return told("theme.has_steps", value_count=len(value))
    elif len(value) != SERIES:
        return told("theme.has_entries_instead", value_count=len(value), series=SERIES)
    if name in ("palette", "ramp"):
        for colour in value:
            if not _is_colour(colour):
                return _bad_colour(colour)
        return None
    if name == "shapes":
        for shape in value:
            if shape not in SHAPES:
                return told("theme.is_not_one", shape=shape, shapes=[*SHAPES])
        return None
    for dash in value:
        numbers = isinstance(dash, list) and all(
            isinstance(part, int | float) and 0 < part < 100 for part in dash
        )
        if not numbers:
            return told("theme.is_not_list_lengths_above", dash=dash)
    return None


def _is_colour(value: object) -> bool:
    return isinstance(value, str) and bool(_HEX.fullmatch(value))


def _bad_colour(value: object) -> tuple[str, str]:
    return told("theme.is_not_colour", value=value)


def _row(words: str, section: str, name: str) -> int:
    """The line where the token (or else its section) stands, 0 when neither does."""
    head = at = 0
    for number, line in enumerate(words.splitlines(), 1):
        line = line.strip()
        if line.startswith("["):
            head = number if line.startswith(f"[{section}]") else 0
            at = at or head
        elif head and name and re.match(rf"{re.escape(name)}\s*=", line):
            return number
    return at
