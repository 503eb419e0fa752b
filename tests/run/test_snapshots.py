"""`reportgen snapshot` and `check --pictures`: pages that look otherwise than they were kept, and no others."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from reportgen.cli import main
from reportgen.run.snapshots import numbers
from reportgen.verify import snapshots
from reportgen.verify.snapshots import STEP

FOUR = (100, 200, 300, 400)


def deliver(project: Path, pages: tuple[int, ...], mark: str = "0 g", name: str = "bulletin.pdf") -> None:
    """A document, each of whose pages has a bar at a height in points."""
    folder = project / "out/a"
    folder.mkdir(parents=True, exist_ok=True)
    with pikepdf.new() as made:
        for height in pages:
            made.add_blank_page(page_size=(595, 842))
            made.pages[-1].Contents = made.make_stream(f"{mark} 50 {height} 200 40 re f".encode())
        made.save(folder / name)
    entry = {"sha256": "", "settings": {}, "inputs": {}, "beside": {}}
    (folder / "manifest.json").write_text(json.dumps({"files": {name: entry}}), "utf-8")


def run(project: Path, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--project", str(project), "--messages", "en"])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "inputs/a").mkdir(parents=True)
    (tmp_path / "inputs/a/publication.toml").touch()
    deliver(tmp_path, FOUR)
    assert run(tmp_path, "snapshot", "a").exit_code == 0
    return tmp_path


def test_pages_as_they_were_kept_are_no_fault(project: Path) -> None:
    found = run(project, "check", "--pictures", "a")
    assert found.exit_code == 0 and "bulletin.pdf: pages compared: 4; different: 0" in found.output
    assert "<section>" not in (project / "out/pictures.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("pages", "mark", "told"),
    [
        pytest.param((100, 200, 310, 400), "0 g", "changed: page 3", id="moved"),
        pytest.param((100, 150, 200, 300, 400), "0 g", "new: page 2", id="put in between"),
        pytest.param((100, 200, 400), "0 g", "gone: former page 3", id="taken out"),
        pytest.param((100, 250, 400, 500), "0 g", "changed: page 2, new: page 4, gone: former page 3", id="all"),
        pytest.param(FOUR, "0.2 g", "changed: page 1–4", id="paler"),
    ],
)  # fmt: skip
def test_a_page_that_is_different_is_told_and_shown(
    project: Path, pages: tuple[int, ...], mark: str, told: str
) -> None:
    deliver(project, pages, mark)
    found = run(project, "check", "--pictures", "a")
    assert found.exit_code == 5
    assert f"({told}); see {project / 'out/pictures.html'}" in found.output.replace("\n", " ")
    page = (project / "out/pictures.html").read_text("utf-8")
    assert len(re.findall("<h3>", page)) == len(
        re.findall(r"\d+", told.replace("1–4", "1 2 3 4"))
    ) and page.count("difference</span>") == page.count("changed: page")


def test_an_expected_change_is_kept_and_no_picture_of_before_is_left(project: Path) -> None:
    deliver(project, (100, 210))
    assert run(project, "snapshot", "a").exit_code == 0
    assert run(project, "check", "--pictures", "a").exit_code == 0
    assert sorted(path.name for path in project.glob("snapshots/a/*/*")) == ["001.png", "002.png"]


def test_the_same_pages_give_the_same_small_files(project: Path) -> None:
    before = {file: file.read_bytes() for file in project.glob("snapshots/a/*/*")}
    assert run(project, "snapshot", "a").exit_code == 0
    assert before == {file: file.read_bytes() for file in before}
    assert len(before) == 4 and all(len(content) < 20_000 for content in before.values())


def test_what_cannot_be_compared_is_told_with_its_remedy(project: Path) -> None:
    deliver(project, FOUR, name="other.pdf")
    found = run(project, "check", "--pictures", "a")
    assert found.exit_code == 5
    assert "gone: former page 1–4" in found.output and "reportgen snapshot a" in found.output
    (project / "snapshots/a/bulletin.pdf/002.png").write_bytes(b"no picture")
    damaged = run(project, "check", "--pictures", "a")
    assert damaged.exit_code == 3 and "002.png: is no picture" in damaged.output
    (project / "out/a/manifest.json").unlink()
    for command, code in ((("snapshot",), 2), (("check", "--pictures"), 5)):
        unbuilt = run(project, *command, "a")
        assert unbuilt.exit_code == code and "reportgen build a" in unbuilt.output


def test_a_page_of_somebody_else_is_not_written_over(project: Path) -> None:
    page = project / "out/pictures.html"
    page.write_text("mine", "utf-8")
    assert run(project, "check", "--pictures", "a").exit_code == 2 and page.read_text("utf-8") == "mine"


@given(st.lists(st.integers(0, 15).map(lambda step: step * STEP), min_size=12, max_size=12))
def test_a_picture_is_read_as_it_was_kept(greys: list[int]) -> None:
    picture = Image.new("L", (4, 3))
    picture.putdata(greys)
    assert snapshots.read(snapshots.png(picture)).tobytes() == bytes(greys)


def test_one_step_of_grey_in_few_dots_is_no_change_and_in_many_it_is() -> None:
    white = Image.new("L", (100, 100), 255)
    few, many, far = white.copy(), white.copy(), white.copy()
    few.paste(255 - STEP, (0, 0, 100, 2))
    many.paste(255 - STEP, (0, 0, 100, 3))
    far.putpixel((0, 0), 255 - 2 * STEP)
    assert [snapshots.differs(white, one) for one in (white, few, many, far)] == [False, False, True, True]


def test_red_is_what_was_there_alone_and_blue_what_is_now() -> None:
    before, after = Image.new("L", (3, 1), 255), Image.new("L", (3, 2), 255)
    before.paste(0, (0, 0, 2, 1))
    after.paste(0, (1, 0, 3, 1))
    both = snapshots.difference(before, after)
    assert [both.getpixel((x, 0)) for x in range(3)] == [(255, 0, 0), (0, 0, 0), (0, 0, 255)]
    assert both.size == (3, 2) and both.getpixel((0, 1)) == (255, 255, 255)


@given(st.sets(st.integers(1, 40)))
def test_runs_of_pages_name_each_page_once(pages: set[int]) -> None:
    told: set[int] = set()
    for run_ in filter(None, numbers(sorted(pages)).split(", ")):
        first, _, last = run_.partition("–")
        told |= {*range(int(first), int(last or first) + 1)}
    assert told == pages


def test_a_sheet_is_pictured_as_small_as_a_page() -> None:
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(1684, 2384))
        document.add_blank_page(page_size=(595, 842))
        document.save(made)
    sizes = [picture.size for picture in snapshots.pictures(made.getvalue(), 5)[0]]
    assert [max(size) for size in sizes] == [468, 468]
    first, of = snapshots.pictures(made.getvalue(), 1)
    assert (len(first), of) == (1, 2)
