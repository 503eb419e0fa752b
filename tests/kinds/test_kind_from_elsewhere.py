"""A kind that another distribution brings: the one of docs/adding-a-kind.md, installed and used."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributions import distribution

from reportgen import Project
from reportgen.kinds import kinds
from reportgen.run import starter

PAGE = (Path(__file__).parents[2] / "docs/adding-a-kind.md").read_text("utf-8")


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A new project with a memo, and the distribution that knows memos."""
    kind, composer = examples("python")
    entry_point, words, publication = examples("toml")
    (template,), (style,) = examples("html"), examples("css")
    files = {"agency_memo/__init__.py": kind, "agency_memo/composer.py": composer}
    distribution(tmp_path / "site", "agency-memo", files, entry_point)
    starter.write(tmp_path / "project", samples=False)
    for path, text in {
        "templates/memo/document.html": template,
        "templates/memo/words.toml": words,
        "styles/memo.css": style,
        "inputs/memo-109/publication.toml": publication,
    }.items():
        (tmp_path / "project" / path).parent.mkdir(exist_ok=True)
        (tmp_path / "project" / path).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path / "site")
    kinds.cache_clear()
    yield tmp_path / "project"
    kinds.cache_clear()
    for name in [name for name in sys.modules if name.startswith("agency_memo")]:
        del sys.modules[name]


def test_its_publication_is_read_composed_and_rehearsed(project: Path) -> None:
    assert [head.kind for head in Project(project).publications()] == ["memo", "bulletin"]
    (report,) = Project(project).check("memo-109")
    assert report.problems == []
    assert report.figures == 3


def test_a_misspelt_key_of_its_own_is_told_with_its_line(project: Path) -> None:
    publication = project / "inputs/memo-109/publication.toml"
    publication.write_text(publication.read_text("utf-8").replace("metrics =", "metrisc ="), "utf-8")
    (report,) = Project(project).check("memo-109")
    assert any(problem.place.row == 7 and "metrics" in problem.en for problem in report.problems)


@pytest.mark.slow
def test_its_page_is_made_and_verified(project: Path) -> None:
    (outcome,) = Project(project).build("memo-109", jobs=1)
    assert (outcome.document, outcome.state) == ("memo-109/memo.pdf", "made")
    made = Project(project).out / "memo-109/memo.pdf"
    assert Project(project).verify(made).problems == ()
    assert [record["metric"] for record in Project(project).trace(made, "104.1%")] == ["achievement_rate"]
