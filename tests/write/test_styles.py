"""The style sheets: no size, colour or line weight of their own, few steps of type, and every token there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tinycss2
import tinycss2.color4

from reportgen.model.toml import parse
from reportgen.read.theme import load_theme

ROOT = Path(__file__).parents[2]
STYLES = ROOT / "styles"
SHEETS = sorted(path.relative_to(STYLES).as_posix() for path in STYLES.rglob("*.css"))
# Of the type that stands there, of what lies around, an angle, a share of what is left.
RELATIVE = {"em", "%", "fr", "deg"}
HALF_PIXEL = ("width", "1px")  # a table cell as narrow as its words


def own_measures(css: str) -> Iterator[str]:
    """What a style sheet says by itself, of what `tokens.toml` should say: `padding: 3mm`."""
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type in ("qualified-rule", "at-rule") and rule.content is not None:
            yield from _in_block(rule.content)


def _in_block(content: list[tinycss2.ast.Node]) -> Iterator[str]:
    for item in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if item.type == "at-rule" and item.content is not None:
            yield from _in_block(item.content)
        elif item.type == "declaration":
            said = tinycss2.serialize(item.value).strip()
            if (item.name, said) == HALF_PIXEL:
                continue
            if item.name == "font-size" and not re.fullmatch(
                r"var\(--[\w-]*type-[\w-]+\)|var\(--panel-[\w-]+\)|inherit", said
            ):
                yield f"font-size: {said}"
            if item.name == "line-height" and re.fullmatch(r"[\d.]+", said) and said not in ("0", "1"):
                yield f"line-height: {said}"
            yield from (f"{item.name}: {value}" for value in _own(item.value))


def _own(values: list[tinycss2.ast.Node]) -> Iterator[str]:
    for value in values:
        if value.type == "function":
            if value.lower_name in ("rgb", "rgba", "hsl", "hsla", "color"):
                yield value.serialize()
            yield from _own(value.arguments)
        elif (
            (value.type == "dimension" and value.unit not in RELATIVE and value.value)
            or value.type == "hash"
            or (value.type == "ident" and tinycss2.color4.parse_color(value))
        ):
            yield value.serialize()


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_style_sheet_takes_every_size_and_colour_from_the_tokens(sheet: str) -> None:
    assert list(own_measures((STYLES / sheet).read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("css", "told"),
    [
        ("p { margin: 0 3mm }", ["margin: 3mm"]),
        ("p { color: #000 } q { background: white }", ["color: #000", "background: white"]),
        ("@page { @top-left { width: 12pt } margin: 0 }", ["width: 12pt"]),
        ("p { width: calc(var(--space-m) + 2px) }", ["width: 2px"]),
        ("p { font-size: 1.2em; line-height: 1.4 }", ["font-size: 1.2em", "line-height: 1.4"]),
        ("p { font-size: var(--type-note); padding: 0 0.5em; width: 50%; line-height: 1 }", []),
    ],
)
def test_a_measure_of_its_own_is_seen(css: str, told: list[str]) -> None:
    assert list(own_measures(css)) == told


@pytest.mark.parametrize(
    ("family", "least"), [("type", 7), ("paper_type", 7), ("certificate_type", 7), ("panel_type", 18)]
)
def test_a_family_has_eight_steps_at_most_and_none_too_small(family: str, least: float) -> None:
    steps = {float(size) for size in parse((STYLES / "tokens.toml").read_text("utf-8"))[family].values()}
    assert len(steps) <= 8 and min(steps) >= least


def test_every_leading_and_space_stands_on_the_grid() -> None:
    declared = parse((STYLES / "tokens.toml").read_text("utf-8"))
    eighth = float(declared["page"]["baseline"]) / 8
    for table in ("leading", "space"):
        for name, size in declared[table].items():
            assert float(size) % eighth == 0, f"{table}.{name}"


def test_the_columns_and_gutters_fill_the_page() -> None:
    theme = load_theme(STYLES / "tokens.toml")
    inside = theme.page["width"] - theme.page["inner"] - theme.page["outer"]
    assert theme.measures["span-12"] == f"{inside:g}mm"


def test_a_project_of_an_earlier_version_has_the_values_of_a_new_one(tmp_path: Path) -> None:
    """What its `tokens.toml` does not know."""
    now = (STYLES / "tokens.toml").read_text("utf-8")
    new = re.compile(
        r"^\[(?:leading|line|page_limit|paper_type|paper|certificate_type|certificate|panel_line)\][^[]*"
        r"|^(?:finding|standfirst|year|xxs|columns|column|gutter(?= = 4)|baseline|diverging|black|alone|number|lead(?= = 66)|panel_ground|panel_field) = .*\n",
        re.MULTILINE,
    )
    old = new.sub("", now)
    assert "leading" not in parse(old) and "finding" not in parse(old)["type"]
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles/tokens.toml").write_text(old, "utf-8")
    assert load_theme(tmp_path / "styles/tokens.toml") == load_theme(STYLES / "tokens.toml")


def test_names_of_an_earlier_version_keep_their_size(tmp_path: Path) -> None:
    now = (STYLES / "tokens.toml").read_text("utf-8")
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles/tokens.toml").write_text(
        now.replace("[type] ", "[type]\nfigure = 21.0\nchart = 8.0 "), "utf-8"
    )
    theme = load_theme(tmp_path / "styles/tokens.toml")
    assert (theme.type["figure"], theme.type["chart"], theme.type["chart_small"]) == (21.0, 8.0, 7.5)
