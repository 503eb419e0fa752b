"""Paper by its name or its size: margins and grid follow, and what leaves no room for words is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.model.errors import KindError
from reportgen.read.theme import Theme, load_theme

ROOT = Path(__file__).resolve().parents[2]


def theme(folder: Path, page: str, more: str = "") -> Theme:
    tokens = (ROOT / "styles/tokens.toml").read_text("utf-8")
    (folder / "styles").mkdir()
    changed = tokens.replace('paper = "A4" ', f"{page} #").replace("[page_limit]", f"{more}\n[page_limit]")
    (folder / "styles/tokens.toml").write_text(changed, "utf-8")
    return load_theme(folder / "styles/tokens.toml")


@pytest.mark.parametrize(
    ("paper", "size", "margins", "text", "column"),
    [
        ("A4", (210.0, 297.0), (25.0, 22.0, 20.0, 20.0), 170.0, 10.5),
        ("Letter", (215.9, 279.4), (23.5, 20.5, 20.5, 20.5), 174.9, 10.908),
        ("A3", (297.0, 420.0), (35.5, 31.0, 28.5, 28.5), 240.0, 16.333),
        ("B5", (176.0, 250.0), (21.0, 18.5, 17.0, 17.0), 142.0, 8.167),
        ("JIS B5", (182.0, 257.0), (21.5, 19.0, 17.5, 17.5), 147.0, 8.583),
    ],
)
def test_margins_and_grid_follow_from_the_paper(
    tmp_path: Path, paper: str, size: object, margins: object, text: float, column: float
) -> None:
    page = theme(tmp_path, f'paper = "{paper}"').page
    assert (page["width"], page["height"]) == size
    assert (page["top"], page["bottom"], page["inner"], page["outer"]) == margins
    assert (page["text"], page["column"]) == (text, column)


def test_what_is_declared_stays_and_the_grid_fills_what_it_leaves(tmp_path: Path) -> None:
    page = theme(tmp_path, 'paper = "Brochure"\ninner = 30', "[page_size]\nBrochure = [200, 270]\n").page
    assert (page["width"], page["inner"], page["outer"]) == (200.0, 30.0, 19.0)
    assert 12 * page["column"] + 11 * page["gutter"] == pytest.approx(page["text"], abs=0.01)


def test_a_page_across_has_its_sides_and_its_text_turned(tmp_path: Path) -> None:
    wide = theme(tmp_path, 'paper = "A4"').wide
    assert (wide["width"], wide["height"], wide["text"], wide["top"]) == (297.0, 210.0, 257.0, 25.0)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ('paper = "Leter"', "page: paper: \"Leter\" is unknown; known: A4, Letter, A3, B5, JIS B5; did you mean"),
        ('paper = "A4"\nwidth = 210', "page: width: paper = 'A4' says the size already; take width and height out"),
        ("width = 210", "page: height: the page has no size; write paper = one of A4, Letter"),
        ("", "page: paper: the page has no size"),
        ("width = 90\nheight = 297", "page: width: 90 is out of range; write a number from 100 to 5000"),
        ("width = 148\nheight = 210\ninner = 25", "page: width: 148 × 210 mm leaves 109 × 177 mm between the margins"),
        ('paper = "A4"\ntop = 200', 'page: paper: "A4" leaves 170 × 75 mm between the margins, and tables need 110 × 120'),
    ],
)  # fmt: skip
def test_a_faulty_size_is_told_with_its_place(tmp_path: Path, page: str, message: str) -> None:
    with pytest.raises(KindError) as refused:
        theme(tmp_path, page)
    (fault,) = refused.value.problems
    assert message in fault.say() and fault.say("zh") != fault.say()
