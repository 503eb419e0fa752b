"""Every kind has all its pieces, whoever brings it: a walk over the kinds says what is missing."""

from __future__ import annotations

import pkgutil
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from reportgen.kinds import kinds
from reportgen.model.kind import Kind
from reportgen.write.registry import writers

ROOT = Path(__file__).parents[2]
GUIDES = ("docs/officer-guide.md", "docs/officer-guide.zh-TW.md")


def lacks(name: str, kind: Kind, home: Path = ROOT) -> list[str]:
    """What a kind that is found by this name still lacks; empty when it is whole."""
    return [piece for piece, is_there in PIECES.items() if not is_there(name, kind, home)]


def composes(name: str, kind: Kind, home: Path) -> bool:
    try:
        return callable(pkgutil.resolve_name(kind.composer))
    except (ImportError, AttributeError, ValueError):
        return False


def has_writers(name: str, kind: Kind, home: Path) -> bool:
    formats = {format for made in kind.formats.values() for format in made} - {"pdf"}
    return {*kind.writers.values(), *formats} <= {*writers()} and "" in kind.writers and "" in kind.formats


def has_sample(name: str, kind: Kind, home: Path) -> bool:
    declared = (home / "inputs").glob("*/publication.toml")
    return any(tomllib.loads(file.read_text("utf-8"))["kind"] == name for file in declared)


def has_chapter(guide: str) -> Callable[[str, Kind, Path], bool]:
    """A chapter whose example of a `publication.toml` is of the kind."""

    def has(name: str, kind: Kind, home: Path) -> bool:
        chapters = (home / guide).read_text("utf-8").split("\n## ")[1:]
        return any(re.search(rf'^kind = "{name}"$', chapter, re.MULTILINE) for chapter in chapters)

    return has


def file(path: str) -> Callable[[str, Kind, Path], bool]:
    return lambda name, kind, home: (home / path.format(kind=name)).is_file()


PIECES: dict[str, Callable[[str, Kind, Path], bool]] = {
    "KIND: the name of the entry point": lambda name, kind, home: kind.name == name,
    "KIND: a composer that can be loaded": composes,
    "KIND: writers and formats that are there": has_writers,
    "templates/<kind>/document.html": file("templates/{kind}/document.html"),
    "templates/<kind>/words.toml": file("templates/{kind}/words.toml"),
    "styles/<kind>.css": file("styles/{kind}.css"),
    "inputs/: a sample": has_sample,
    "tests/golden/<kind>.html": file("tests/golden/{kind}.html"),
    **{f"{guide}: a chapter with an example": has_chapter(guide) for guide in GUIDES},
}


@pytest.mark.parametrize("name", kinds())
def test_a_kind_lacks_nothing(name: str) -> None:
    assert lacks(name, kinds()[name]) == []


def test_the_kinds_of_the_program_are_found() -> None:
    assert {"appraisal", "awards", "bulletin", "compilation", "panels", "targets"} <= set(kinds())


ASKS = re.compile(r"\bif\b[^%}]*(?:\.anchor|document\.(?:kind|name|publication))\b")


def test_no_template_asks_which_kind_document_or_block_it_serves() -> None:
    """How something looks is said by the block, its section or the setting of its document."""
    assert ASKS.search('{% if b.anchor.startswith("u-") %}') and ASKS.search(
        '{{ "a" if document.name == "order" else "b" }}'
    )
    texts = {file: file.read_text("utf-8") for file in sorted((ROOT / "templates").rglob("*.html"))}
    assert len(texts) > 12
    assert [f"{file.name}: {asked[0]}" for file, text in texts.items() for asked in ASKS.finditer(text)] == []


# ---- the walk can fail ------------------------------------------------------------------------

MEMO = Kind(name="memo", composer="reportgen.kinds.bulletin.documents:document")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A repository in which the kind `memo` is whole."""
    for path in ("templates/memo/document.html", "templates/memo/words.toml", "styles/memo.css"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    texts = {
        "inputs/first-memo/publication.toml": 'kind = "memo"\n',
        "tests/golden/memo.html": "<!DOCTYPE html>\n",
        **{guide: '# The guide\n\n## Memos\n\n```toml\nkind = "memo"\n```\n' for guide in GUIDES},
    }
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return tmp_path


def test_a_kind_with_all_its_pieces_lacks_nothing(home: Path) -> None:
    assert lacks("memo", MEMO, home) == []


def test_a_kind_of_which_nothing_is_there_lacks_all(tmp_path: Path) -> None:
    for guide in GUIDES:
        (tmp_path / guide).parent.mkdir(exist_ok=True)
        (tmp_path / guide).write_text('# The guide\n\n## Awards\n\n```toml\nkind = "awards"\n```\n', "utf-8")
    nothing = Kind(name="note", composer="reportgen.kinds.memo:document", writers={"": "fax"})
    assert lacks("memo", nothing, tmp_path) == [*PIECES]


@pytest.mark.parametrize(
    ("path", "piece"),
    [
        ("templates/memo/document.html", "templates/<kind>/document.html"),
        ("templates/memo/words.toml", "templates/<kind>/words.toml"),
        ("styles/memo.css", "styles/<kind>.css"),
        ("inputs/first-memo", "inputs/: a sample"),
        ("tests/golden/memo.html", "tests/golden/<kind>.html"),
    ],
)
def test_a_piece_that_is_missing_is_named(home: Path, path: str, piece: str) -> None:
    lost = home / path
    if lost.is_dir():
        shutil.rmtree(lost)
    else:
        lost.unlink()
    assert lacks("memo", MEMO, home) == [piece]


@pytest.mark.parametrize("guide", GUIDES)
def test_an_example_before_the_chapters_is_no_chapter(home: Path, guide: str) -> None:
    (home / guide).write_text('# The guide\n\n```toml\nkind = "memo"\n```\n\n## Awards\n', "utf-8")
    assert lacks("memo", MEMO, home) == [f"{guide}: a chapter with an example"]


@pytest.mark.parametrize(
    "formats", [{"": ("pdf", "rtf")}, {"letter": ("pdf",)}], ids=["a format that is not there", "no default"]
)
def test_formats_of_a_kind_must_be_there(home: Path, formats: dict[str, tuple[str, ...]]) -> None:
    kind = Kind(name="memo", composer=MEMO.composer, formats=formats)  # type: ignore[arg-type]
    assert lacks("memo", kind, home) == ["KIND: writers and formats that are there"]
