"""A project of an earlier version becomes one of today; what an office has changed, and its remarks, stay."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from reportgen import Project
from reportgen.cli import main
from reportgen.run import starter, upgrading

WORDS = "templates/shared/words.toml"


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("today") / "project"
    starter.write(folder, samples=False)
    return folder


@pytest.fixture
def project(today: Path, tmp_path: Path) -> Path:
    shutil.copytree(today, tmp_path / "project")
    return tmp_path / "project"


def digests(project: Path) -> dict[str, str]:
    files = (path for path in project.rglob("*") if path.is_file())
    return {str(path.relative_to(project)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_project_of_today_has_nothing_to_change(project: Path) -> None:
    assert upgrading.changes(project) == []


def test_files_that_nobody_has_changed_become_those_of_today(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a project of the first version: a style of before, one that is no longer used, a template that did not exist."""
    before, today = digests(project), (project / "styles/brief.css").read_bytes()
    old = {"styles/brief.css": b"p { margin: 0 }\n", "styles/papers.css": b"p { margin: 1mm }\n"}
    known = {path: frozenset([hashlib.sha256(content).hexdigest()[:16]]) for path, content in old.items()}
    monkeypatch.setattr(upgrading, "_earlier", lambda: known)
    for path, content in old.items():
        (project / path).write_bytes(content)
    (project / "templates/shared/papers/halves.html").unlink()
    found = {change.path: change for change in upgrading.changes(project)}
    assert found.keys() == {*old, "templates/shared/papers/halves.html"}
    said = CliRunner().invoke(main, ["--project", str(project), "check"]).output
    assert "2 templates and styles are those of an earlier version" in said
    assert "-p { margin: 0 }" in [line.en.strip() for line in found["styles/brief.css"].lines()]
    upgrading.upgrade(project)
    assert digests(project) == before and (project / "styles/brief.css").read_bytes() == today


def test_the_first_versions_of_this_repository_are_known() -> None:
    known = upgrading._earlier()
    assert len(known["styles/papers.css"]) > 1 and "templates/bulletin/blocks.html" in known


def test_words_of_an_office_get_what_is_missing_and_keep_remarks_and_words(project: Path) -> None:
    file = project / WORDS
    text = file.read_text("utf-8")
    entry = next(line for line in text.splitlines() if line.startswith("rank = "))
    changed = text.replace(entry + "\n", '# ours since 108\nold_word = { zh = "舊", en = "old" }\n').replace(
        "資料來源", "資料出處", 1
    )
    file.write_text(changed, "utf-8")
    (change,) = upgrading.changes(project)
    assert change.makes and any(line.en.startswith("    +rank = ") for line in change.lines())
    upgrading.upgrade(project)
    now = file.read_text("utf-8")
    assert "# ours since 108" in now and "資料出處" in now
    assert f'{upgrading.NO_LONGER}old_word = {{ zh = "舊", en = "old" }}' in now
    assert upgrading.changes(project) == []


def test_a_whole_table_of_words_comes_last_and_a_key_within_one_is_dotted() -> None:
    now = '[a]\nx = { zh = "甲", en = "x" }\nb.y = { zh = "乙", en = "y" }\n\n[c]\nz = { zh = "丙", en = "z" }\n'
    there = '[a] # ours\nx = { zh = "子", en = "x" }\n\n# the end\n'
    assert upgrading._words("words.toml", there.encode(), now.encode()) == (
        '[a] # ours\nx = { zh = "子", en = "x" }\nb.y = { zh = "乙", en = "y" }\n\n# the end\n\n'
        '[c]\nz = { zh = "丙", en = "z" }\n'
    )


def test_a_template_of_the_office_is_named_and_left(project: Path) -> None:
    file = project / "templates/bulletin/document.html"
    file.write_text(file.read_text("utf-8") + "<!-- ours -->", "utf-8")
    before = digests(project)
    (change,) = Project(project).changes()
    assert not change.makes and change.path == "templates/bulletin/document.html"
    assert Project(project).upgrade() == [] and digests(project) == before


def test_the_command_shows_what_is_different_and_changes_nothing_until_it_is_told(project: Path) -> None:
    (project / "styles/brief.css").unlink()
    before = digests(project)
    for language, said in (("en", "nothing is changed yet"), ("zh", "尚未更新")):
        done = CliRunner().invoke(main, ["--project", str(project), "--messages", language, "upgrade"])
        assert done.exit_code == 0 and said in done.output and "styles/brief.css" in done.output
    assert digests(project) == before
    done = CliRunner().invoke(main, ["--project", str(project), "upgrade", "--yes"])
    assert done.exit_code == 0 and (project / "styles/brief.css").exists()
    done = CliRunner().invoke(main, ["--project", str(project.parent), "upgrade"])
    assert done.exit_code == 2 and "project" in done.output
