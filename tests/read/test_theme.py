"""The tokens: read with every fault at once, readable, told apart by colour-blind eyes and in grey print."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import pytest

from reportgen.model.errors import KindError
from reportgen.read.theme import Theme, contrast, load_theme, luminance
from reportgen.read.tokens import READABLE

TOKENS = Path(__file__).parents[2] / "styles" / "tokens.toml"

# Machado, Oliveira and Fernandes 2009, severity 1.0: what an eye sees that lacks one kind of cone, in
# linear RGB.
SEEN_BY = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


@pytest.fixture(scope="module")
def theme() -> Theme:
    return load_theme(TOKENS)


def lab(colour: str, eye: str) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of a colour as an eye sees it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear, strict=True)))) for row in SEEN_BY[eye]
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    f, g, h = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * g - 16, 500 * (f - g), 200 * (g - h)


def lightness(colour: str) -> float:
    return lab(colour, "normal")[0]


@pytest.mark.parametrize("eye", SEEN_BY)
def test_any_two_series_colours_differ_for_every_eye(theme: Theme, eye: str) -> None:
    for one, other in itertools.combinations(theme.palette, 2):
        assert math.dist(lab(one, eye), lab(other, eye)) > 15, (one, other)


def test_the_series_colours_become_lighter_step_by_step(theme: Theme) -> None:
    for dark, light in itertools.pairwise(theme.palette):
        assert lightness(light) - lightness(dark) > 7, (dark, light)


def test_dashes_and_shapes_are_a_second_channel(theme: Theme) -> None:
    assert len(set(theme.dashes)) == len(set(theme.shapes)) == len(theme.palette) == 6


@pytest.mark.parametrize("number", range(5))
def test_ink_can_be_read_on_every_step_of_both_sides_of_a_middle(theme: Theme, number: int) -> None:
    assert contrast(theme.colour["ink"], theme.diverging[number]) >= READABLE
    assert theme.ink_on(theme.diverging[number]) == theme.colour["ink"]


def test_both_sides_of_a_middle_weigh_the_same_and_differ_for_every_eye(theme: Theme) -> None:
    lower, low, middle, high, higher = theme.diverging
    assert abs(lightness(lower) - lightness(higher)) < 3 and abs(lightness(low) - lightness(high)) < 3
    assert lightness(middle) > max(lightness(low), lightness(high)) > max(lightness(lower), lightness(higher))
    for eye in SEEN_BY:
        assert math.dist(lab(lower, eye), lab(higher, eye)) > 15


def test_the_ramp_runs_from_light_to_dark_in_steps_that_show_in_grey(theme: Theme) -> None:
    for light, dark in itertools.pairwise(theme.ramp):
        assert lightness(light) - lightness(dark) > 7, (light, dark)


@pytest.mark.parametrize("text", ["ink", "ink_soft", "lead", "lead_mid", "accent"])
@pytest.mark.parametrize("ground", ["paper", "band", "lead_pale", "accent_pale"])
def test_text_can_be_read_on_every_ground(theme: Theme, text: str, ground: str) -> None:
    assert contrast(theme.colour[text], theme.colour[ground]) >= READABLE


@pytest.mark.parametrize("x", [0, 0.1, 0.25, 0.4, 0.5, 0.57, 0.6, 0.72, 0.9, 1])
def test_a_shaded_cell_can_be_read(theme: Theme, x: float) -> None:
    ground, ink = theme.shade(x)
    assert contrast(ground, ink) >= READABLE


def test_more_heat_is_never_lighter(theme: Theme) -> None:
    grounds = [luminance(theme.shade(x / 100)[0]) for x in range(101)]
    assert grounds == sorted(grounds, reverse=True)
    assert (theme.shade(0)[0], theme.shade(1)[0]) == (theme.ramp[0], theme.ramp[-1])


@pytest.mark.parametrize("x", [-0.01, 1.01, math.nan])
def test_heat_outside_of_0_to_1_is_refused(theme: Theme, x: float) -> None:
    with pytest.raises(ValueError, match=r"0\.\.1"):
        theme.shade(x)


def test_css_has_every_token_as_a_property(theme: Theme) -> None:
    css = theme.css()
    assert css.startswith(":root{--ink:#16222e;--ink-soft:") and css.endswith("}")
    for part in (
        "--type-body:9.5pt;",
        "--space-m:5mm;",
        "--page-width:210mm;",
        "--series-6:",
        "--ramp-5:",
        "--diverging-5:",
    ):
        assert part in css
    assert '--font-sans:"Noto Sans TC";' in css


def broken(tmp_path: Path, old: str, new: str) -> KindError:
    words = TOKENS.read_text("utf-8")
    assert old in words
    path = tmp_path / "styles" / "tokens.toml"
    path.parent.mkdir()
    path.write_text(words.replace(old, new, 1), "utf-8")
    with pytest.raises(KindError) as caught:
        load_theme(path)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('ink = "#16222e"', 'ink = "black"', 'styles/tokens.toml:9: colour: ink: "black" is not a colour'),
        ('ink = "#16222e"', 'ink = "#16222"', 'colour: ink: "#16222" is not a colour'),
        ('ink = "#16222e"', "", 'styles/tokens.toml:8: colour: ink: is missing; write ink = "#16222e"'),
        ("body = 9.5", "boddy = 9.5", "type: boddy: is an unknown key; known here: note, table"),
        ("body = 9.5", 'body = "9.5pt"', 'type: body: "9.5pt" is not a number'),
        ("body = 9.5", "body = 0", "type: body: 0 is out of range; write a number above 0"),
        ("body = 9.5", "body = true", "type: body: true is not a number"),
        ("[space]", "[spaces]", "spaces: is an unknown key"),
        ('"#15344a", ', "", "chart: palette: has 5 entries; write 6 at least"),
        ('"#15344a"', '"navy"', 'chart: palette 1: "navy" is not a colour'),
        ('"circle"', '"heart"', 'chart: shapes 1: "heart" is unknown; known: circle'),
        ("[5, 2]", "[5, -2]", "chart: dashes 2 2: -2 is out of range; write a number above 0 and up to 100"),
        (
            'sans = "Noto Sans TC"',
            'sans = "x;} body{display:none"',
            'fonts: sans: "x;} body{display:none" is not the name',
        ),
        ("[colour]", "[colour", "is not valid TOML"),
    ],
)
def test_a_bad_token_is_named_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert message in str(broken(tmp_path, old, new))


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    error = broken(
        tmp_path, 'ink = "#16222e"        # text\nink_soft = "#4b5a68"', 'ink = "1"\nink_soft = "2"'
    )
    assert [problem.place.column for problem in error.problems] == ["colour: ink", "colour: ink_soft"]
    assert all(problem.zh != problem.en for problem in error.problems)


def test_a_missing_file_is_a_fault_of_the_kind(tmp_path: Path) -> None:
    with pytest.raises(KindError, match=r"tokens\.toml: the file with the design tokens cannot be read"):
        load_theme(tmp_path / "styles" / "tokens.toml")
