"""What `build` refuses before pages are laid out, `check` refuses too: keys, words and templates, changed at random."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from making import attempt
from test_pipeline import SMALL, small_project

from reportgen.model.errors import InputError, KindError, Problem, ReportgenError
from reportgen.model.job import Job
from reportgen.run.checks import check_publication

pytestmark = pytest.mark.slow  # whole documents or projects, again and again

NAME = "yearly"
PUBLICATION = (
    SMALL.partition("[[section]]")[0]
    + """
[[section]]
title = { zh = "提要", en = "Summary" }
[[section.block]]
block = "key_figures"
metrics = ["new_cases"]
[[section.block]]
block = "note"
title = { zh = "示範", en = "Sample" }
text = { zh = "均為虛構。", en = "All are invented." }
[[section.block]]
block = "narrative"
story = "trend"
metric = "new_cases"
[[section.block]]
block = "table"
caption = { zh = "歷年案件", en = "Cases by year" }
rows = "years"
columns = ["new_cases", "change.new_cases", "closed_cases"]
[[section.block]]
block = "chart"
form = "line"
caption = { zh = "歷年", en = "By year" }
metrics = ["new_cases"]
table = true
[[section.block]]
block = "method_annex"
[[section.block]]
block = "data_annex"
[[section.block]]
block = "colophon"
"""
)
WORDS = re.compile(r"[A-Za-z_][A-Za-z_0-9]{2,}")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_project(tmp_path_factory.mktemp("project"))
    (folder / "inputs" / NAME).mkdir()
    (folder / "inputs" / NAME / "publication.toml").write_text(PUBLICATION, "utf-8")
    assert verdicts(folder) == (set(), set())
    return folder


def verdicts(project: Path) -> tuple[set[Problem], set[Problem]]:
    """What `check` finds, and what `build` refuses before it lays out pages."""
    built = attempt(Job(project=project, publication=NAME, document="bulletin", edition="both"))
    refused = set(built.problems) if isinstance(built, InputError | KindError) else set()
    if isinstance(built, ReportgenError) and not refused:
        pytest.fail(f"only the layout found: {built}")
    return set(check_publication(project, NAME).problems), refused


def renamed(text: str, chance: random.Random) -> str:
    found = chance.choice(list(WORDS.finditer(text)))
    return text[: found.start()] + found[0][:-1] + "x" + text[found.end() :]


def dropped(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    del lines[chance.choice([place for place, line in enumerate(lines) if line.strip()])]
    return "".join(lines)


def garbled(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return text[:place] + chance.choice('{}[]"=%一\t') + text[place + 1 :]


CHANGES = (renamed, dropped, garbled)


def files(project: Path) -> Iterator[Path]:
    yield project / "inputs" / NAME / "publication.toml"
    for folder in ("bulletin", "shared"):
        yield from sorted((project / "templates" / folder).glob("*"))


@pytest.mark.parametrize("seed", range(16))
def test_check_finds_what_build_refuses(project: Path, seed: int) -> None:
    compare(project, seed)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(16, 400))
def test_check_finds_what_build_refuses_in_many_more(project: Path, seed: int) -> None:
    compare(project, seed)


def compare(project: Path, seed: int) -> None:
    chance = random.Random(seed)
    file = chance.choice(list(files(project)))
    before = file.read_bytes()
    try:
        after = chance.choice(CHANGES)(before.decode("utf-8"), chance)
        file.write_text(after, "utf-8", newline="")
        checked, refused = verdicts(project)
    finally:
        file.write_bytes(before)
    assert refused <= checked
