"""Builds as a user sees them: what is made again and why, the same bytes everywhere, whole files."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from making import build

from reportgen import pipeline
from reportgen.model.errors import UsageError
from reportgen.read import digests
from reportgen.run.drafting import drafted
from reportgen.run.files import locked
from reportgen.verify import delivered, ledger
from reportgen.write.draft import Draft

ROOT = Path(__file__).parent.parent
SMALL = """
kind = "bulletin"
dataset = "new-taipei"
period = 107
since = 104
issuer = { zh = "法務部行政執行署新北分署", en = "New Taipei Branch, Administrative Enforcement Agency, Ministry of Justice" }
title = { zh = "年度績效公報", en = "Annual Performance Bulletin" }
subtitle = { zh = "小樣", en = "A small one" }

[[section]]
title = { zh = "提要", en = "Summary" }
[[section.block]]
block = "key_figures"
metrics = ["%s"]
[[section.block]]
block = "chart"
form = "line"
caption = { zh = "歷年", en = "By year" }
metrics = ["%s"]
table = true
[[section.block]]
block = "data_annex"
[[section.block]]
block = "colophon"
"""


def small_project(folder: Path) -> Path:
    """Two short publications on the real dataset: one uses its cases, the other its amounts."""
    for name in ("templates", "styles", "inputs/datasets/new-taipei"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(ROOT / "inputs" / name, folder / "inputs" / name)
    for name, metric in (("cases", "new_cases"), ("amounts", "surplus")):
        (folder / "inputs" / name).mkdir()
        (folder / "inputs" / name / "publication.toml").write_text(SMALL % (metric, metric), "utf-8")
    return folder


def states(project: Path, workers: int = 1, **options: object) -> dict[str, tuple[str, tuple[str, ...]]]:
    outcomes = build(project, project / "out", ["cases", "amounts"], ["both"], workers=workers, **options)  # type: ignore[arg-type]
    return {
        outcome.document: (outcome.state, tuple(reason.en for reason in outcome.why)) for outcome in outcomes
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_project(tmp_path_factory.mktemp("project"))
    assert {state for state, _ in states(folder).values()} == {"made"}
    return folder


def test_nothing_changed_nothing_made(project: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in (project / "out").rglob("*.pdf")}
    assert {state for state, _ in states(project).values()} == {"unchanged"}
    assert before == {file: file.stat().st_mtime_ns for file in (project / "out").rglob("*.pdf")}


def test_a_file_that_was_only_touched_is_unchanged(project: Path) -> None:
    os.utime(project / "inputs/metrics.toml")
    assert {state for state, _ in states(project).values()} == {"unchanged"}


def test_one_changed_cell_makes_only_what_depends_on_it_and_says_which(project: Path) -> None:
    budget = project / "inputs/datasets/new-taipei/budget.csv"
    before = budget.read_text("utf-8")
    budget.write_text(before.replace("106,82,120667,120646,21", "106,82,120668,120646,22"), "utf-8")
    found = states(project, dry_run=True, explain=True)
    assert found["cases/bulletin.pdf"][0] == "unchanged"
    state, why = found["amounts/bulletin.pdf"]
    assert state == "made"
    assert why[0] == "inputs/datasets/new-taipei/budget.csv changed"
    assert why[1:] == (
        "  inputs/datasets/new-taipei/budget.csv:4:budget: '120667' → '120668'",
        "  inputs/datasets/new-taipei/budget.csv:4:surplus: '21' → '22'",
    )
    budget.write_text(before, "utf-8")
    assert states(project, dry_run=True)["amounts/bulletin.pdf"][0] == "unchanged"


@pytest.mark.parametrize(
    "file",
    [
        "templates/bulletin/document.html",
        "templates/shared/tables.html",
        "styles/shared/pages.css",
        "styles/tokens.toml",
    ],
)
def test_a_changed_template_or_style_makes_all(project: Path, file: str) -> None:
    before = (project / file).read_text("utf-8")
    (project / file).write_text(before + "\n", "utf-8")
    try:
        assert {why for _, why in states(project, dry_run=True).values()} == {(f"{file} changed",)}
    finally:
        (project / file).write_text(before, "utf-8")


@pytest.mark.parametrize(
    "file",
    ["inputs/datasets/new-taipei/budget.csv", "templates/bulletin/document.html"],
    ids=["table", "template"],
)
def test_an_input_that_changes_during_a_build_is_told_and_nothing_is_delivered(
    project: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """After the tables were read and before the pages are laid out."""
    delivered = (project / "out/amounts/bulletin.pdf").read_bytes()
    before = (project / file).read_bytes()

    def meanwhile(*given: Any) -> Draft:
        (project / file).write_bytes(before.replace(b"120646", b"120647") + b"\n")
        return drafted(*given)

    monkeypatch.setattr(pipeline, "drafted", meanwhile)
    (outcome,) = build(project, project / "out", ["amounts"], issued=date(2019, 3, 1))
    (project / file).write_bytes(before)
    (problem,) = outcome.problems
    assert (outcome.state, outcome.exit_code, problem.place.file) == ("failed", 3, file)
    assert (
        "was changed while the document was being made" in problem.en and "製作期間此檔有變動" in problem.zh
    )
    assert (project / "out/amounts/bulletin.pdf").read_bytes() == delivered


def test_what_was_written_made_or_deleted_since_is_named(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "annex/c.pdf", "annex/d.pdf"):
        (tmp_path / "inputs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "inputs" / name).write_text("1", "utf-8")
    before = digests.stamps(tmp_path)
    (tmp_path / "inputs/a.csv").write_text("12", "utf-8")
    (tmp_path / "inputs/b.csv").write_text("12", "utf-8")
    (tmp_path / "inputs/annex/c.pdf").unlink()
    (tmp_path / "inputs/annex/e.pdf").write_text("1", "utf-8")
    inputs = ["inputs/a.csv", "inputs/annex"]
    changed = ["inputs/a.csv", "inputs/annex/c.pdf", "inputs/annex/e.pdf"]
    assert digests.changed(before, digests.stamps(tmp_path), inputs) == changed
    assert digests.changed(before, before, inputs) == []


def test_a_damaged_or_lost_output_is_made_again(project: Path) -> None:
    file = project / "out/cases/bulletin.pdf"
    good = file.read_bytes()
    file.write_bytes(good[:-1])
    assert states(project, dry_run=True)["cases/bulletin.pdf"][1] == (
        "bulletin.pdf is not the file that was delivered",
    )
    file.unlink()
    assert states(project)["cases/bulletin.pdf"] == ("made", ("bulletin.pdf is gone",))
    assert file.read_bytes() == good


def test_the_manifest_names_inputs_and_outputs_with_their_hashes(project: Path) -> None:
    entry = delivered.read_manifest(project / "out/amounts")["files"]["bulletin.pdf"]
    assert entry["sha256"] == ledger.sha256((project / "out/amounts/bulletin.pdf").read_bytes())
    for path, digest in entry["inputs"].items():
        assert digest == ledger.sha256((project / path).read_bytes())
    assert "inputs/datasets/new-taipei/budget.csv" in entry["inputs"]
    assert "inputs/datasets/new-taipei/cases.csv" not in entry["inputs"]


def test_the_ledger_stands_beside_the_file(project: Path) -> None:
    beside = json.loads((project / "out/cases/ledger.json").read_text("utf-8"))
    assert beside == ledger.read_ledger(project / "out/cases/bulletin.pdf")


def test_a_second_run_in_the_same_folder_is_told_to_wait(project: Path) -> None:
    with locked(project / "out"), pytest.raises(UsageError, match="another run"), locked(project / "out"):
        pass


@pytest.mark.slow
def test_the_same_bytes_in_another_folder_at_another_time_with_two_workers(
    project: Path, tmp_path: Path
) -> None:
    other = small_project(tmp_path / "elsewhere")
    for file in other.rglob("*"):
        os.utime(file, (10**9, 10**9))
    assert {state for state, _ in states(other, workers=2).values()} == {"made"}
    for name in ("cases", "amounts"):
        one, two = (folder / "out" / name / "bulletin.pdf" for folder in (project, other))
        assert one.read_bytes() == two.read_bytes()
        ledgers = [(folder / "out" / name / "ledger.json").read_bytes() for folder in (project, other)]
        assert ledgers[0] == ledgers[1]


@pytest.mark.slow
@pytest.mark.parametrize("names", [["cases"], ["cases", "amounts"]])
def test_a_killed_worker_costs_no_document(project: Path, tmp_path: Path, names: list[str]) -> None:
    call = [
        sys.executable,
        "-m",
        "reportgen",
        "--project",
        str(project),
        "build",
        *names,
        "--out",
        str(tmp_path),
    ]
    with subprocess.Popen([*call, "--jobs", "2"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as build:
        victim = 0
        deadline = time.monotonic() + 20
        while not victim and time.monotonic() < deadline:
            for child in Path(f"/proc/{build.pid}/task/{build.pid}/children").read_text().split():
                with contextlib.suppress(OSError):  # a child may have ended since
                    if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                        victim = int(child)
        time.sleep(0.4)  # it imports now, or works
        os.kill(victim, signal.SIGKILL)
        said = build.communicate(timeout=120)[0].decode()
    assert build.returncode == 0, said
    for name in names:
        good = (project / "out" / name / "bulletin.pdf").read_bytes()
        assert (tmp_path / name / "bulletin.pdf").read_bytes() == good


@pytest.mark.slow
def test_parts_laid_out_by_two_processes_give_the_same_bytes(tmp_path: Path) -> None:
    for workers in (1, 2):
        outcomes = list(build(ROOT, tmp_path / str(workers), ["new-taipei-107"], ["both"], workers=workers))
        assert [outcome.state for outcome in outcomes] == ["made"], outcomes
    one, two = (tmp_path / workers / "new-taipei-107" for workers in ("1", "2"))
    assert (one / "bulletin.pdf").read_bytes() == (two / "bulletin.pdf").read_bytes()
    assert (one / "ledger.json").read_bytes() == (two / "ledger.json").read_bytes()


def test_one_unreadable_publication_does_not_stop_the_others(project: Path) -> None:
    broken = project / "inputs/broken"
    broken.mkdir()
    (broken / "publication.toml").write_text("kind = ", "utf-8")
    outcomes = list(build(project, project / "out", ["broken", "cases"], ["both"], dry_run=True))
    assert next((outcome.document, outcome.state) for outcome in outcomes) == ("broken", "failed")
    assert outcomes[1].document == "cases/bulletin.pdf"
    shutil.rmtree(broken)


@pytest.mark.slow
def test_the_same_bytes_with_another_hash_seed_locale_and_zone(project: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Taipei",
        "LC_ALL": "C.UTF-8",
        "SOURCE_DATE_EPOCH": "1",
    }
    call = [
        sys.executable,
        "-m",
        "reportgen",
        "--project",
        str(project),
        "build",
        "cases",
        "--out",
        str(tmp_path),
    ]
    subprocess.run([*call, "--jobs", "2"], check=True, env=environment, capture_output=True)
    assert (tmp_path / "cases/bulletin.pdf").read_bytes() == (project / "out/cases/bulletin.pdf").read_bytes()
