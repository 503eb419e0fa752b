"""What a run finds around it: files of others, the umask, a locale without Unicode; by the real command on the small project."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from test_bad_inputs import COSTS, reportgen, swap

from reportgen.model.job import Job
from reportgen.run.delivery import foreign

pytestmark = pytest.mark.slow  # whole documents, by the real command

ROOT = Path(__file__).parents[2]
OURS = ("bulletin.pdf", "ledger.json", "manifest.json")
BUILD = ("build", "small-107", "--jobs", "1")


@pytest.fixture
def project(small: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small, tmp_path / "專案"))


@pytest.mark.parametrize("messages", ["en", "zh"])
@pytest.mark.parametrize("name", OURS)
def test_a_file_of_somebody_else_is_never_overwritten(project: Path, name: str, messages: str) -> None:
    out = project / "out/small-107"
    shutil.rmtree(out)
    out.mkdir()
    (out / name).write_bytes(b"somebody else's")
    code, _, err = reportgen(project, *BUILD, messages=messages)
    assert code == 2, err
    assert f"{out / name}" in err
    assert ("move it away" if messages == "en" else "請移走") in err
    assert {file.name: file.read_bytes() for file in out.iterdir() if file.name != ".stamps.json"} == {
        name: b"somebody else's"
    }
    (out / name).unlink()
    assert reportgen(project, *BUILD)[0] == 0
    assert {file.name for file in out.iterdir()} >= set(OURS)


@pytest.mark.parametrize("name", ["one.press.pdf", "web/one.jpg", "one.ledger.json"])
def test_what_lies_beside_a_panel_is_looked_at_before_it_is_made(tmp_path: Path, name: str) -> None:
    job = Job(
        project=tmp_path, publication="show", document="one", edition="both", writer="sheet", press=True
    )
    assert foreign(job, tmp_path) is None
    (tmp_path / "show/web").mkdir(parents=True)
    (tmp_path / "show" / name).write_text("somebody else's")
    found = foreign(job, tmp_path)
    assert found and [problem.place.file for problem in found.problems] == [str(tmp_path / "show" / name)]


@pytest.mark.parametrize("messages", ["en", "zh"])
def test_check_tells_of_a_file_of_somebody_else_before_anything_is_made(project: Path, messages: str) -> None:
    out = project / "out/small-107"
    shutil.rmtree(out)
    out.mkdir()
    (out / "ledger.json").write_text("somebody else's")
    (out / "notes.txt").write_text("in nobody's way")
    code, _, err = reportgen(project, "check", messages=messages)
    assert code == 2, err
    assert err.count(str(out)) == 1 and str(out / "ledger.json") in err
    (project / "templates/shared/blocks.html").write_text("{% nobody looks at this %}")
    assert str(out / "ledger.json") in reportgen(project, *BUILD)[2]


@pytest.mark.parametrize("messages", ["en", "zh"])
def test_a_publications_folder_that_is_a_link_is_refused_and_out_itself_may_be_one(
    project: Path, tmp_path: Path, messages: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.move(project / "out", elsewhere)
    (project / "out").symlink_to(elsewhere)
    swap(COSTS, "107,320", "107,321")(project)
    assert reportgen(project, *BUILD)[0] == 0
    assert (project / "out").is_symlink() and edition(project, "bulletin.pdf")
    shutil.move(elsewhere / "small-107", tmp_path / "small-107")
    (elsewhere / "small-107").symlink_to(tmp_path / "small-107")
    swap(COSTS, "107,321", "107,322")(project)
    before = (tmp_path / "small-107/bulletin.pdf").read_bytes()
    for command in (BUILD, ("check",)):
        code, _, err = reportgen(project, *command, messages=messages)
        assert code == 2
        assert ("is a link" if messages == "en" else "為連結") in err
    assert (tmp_path / "small-107/bulletin.pdf").read_bytes() == before


def test_a_link_to_a_file_of_somebody_else_is_left(project: Path, tmp_path: Path) -> None:
    out = project / "out/small-107"
    shutil.rmtree(out)
    out.mkdir()
    (out / "bulletin.pdf").symlink_to(tmp_path / "nowhere.pdf")
    assert reportgen(project, *BUILD)[0] == 2
    assert (out / "bulletin.pdf").is_symlink()
    assert not (tmp_path / "nowhere.pdf").exists()


def test_a_file_that_is_ours_is_made_again_although_it_was_changed(project: Path) -> None:
    (project / "out/small-107/bulletin.pdf").write_bytes(b"scribbled over")
    assert reportgen(project, *BUILD)[0] == 0
    assert (project / "out/small-107/bulletin.pdf").read_bytes().startswith(b"%PDF")


def edition(project: Path, file: str) -> str:
    """The SHA-256 of a delivered file if the manifest names it with this one."""
    entries = json.loads((project / "out/small-107/manifest.json").read_text("utf-8"))["files"]
    named = {name: digest for entry in entries.values() for name, digest in entry["beside"].items()}
    named |= {name: entry["sha256"] for name, entry in entries.items()}
    there = project / "out/small-107" / file
    digest = hashlib.sha256(there.read_bytes()).hexdigest() if there.exists() else "none"
    return digest if named.get(file) == digest else ""


def test_a_format_that_was_asked_for_once_is_made_anew_with_the_document(project: Path) -> None:
    assert reportgen(project, *BUILD, "--format", "ods", "--format", "odt")[0] == 0
    before = {name: edition(project, name) for name in ("bulletin.pdf", "bulletin.ods", "bulletin.odt")}
    assert all(before.values())
    code, out, _ = reportgen(project, *BUILD)
    assert (code, "unchanged" in out) == (0, True)
    swap(COSTS, "107,320", "107,321")(project)
    code, out, err = reportgen(project, *BUILD)
    assert (code, "removed" in out) == (0, False), err
    assert all(edition(project, name) not in ("", digest) for name, digest in before.items())


@pytest.mark.parametrize("messages", ["en", "zh"])
def test_a_format_that_is_left_out_by_name_is_removed_and_named(project: Path, messages: str) -> None:
    assert reportgen(project, *BUILD, "--format", "ods")[0] == 0
    swap(COSTS, "107,320", "107,321")(project)
    code, out, err = reportgen(project, *BUILD, "--format", "pdf", messages=messages)
    assert code == 0, err
    assert f"{project / 'out/small-107/bulletin.ods'}" in out
    assert ("removed: it is of an earlier state" if messages == "en" else "已移除") in out
    assert not (project / "out/small-107/bulletin.ods").exists()
    assert reportgen(project, *BUILD, "--format", "odt")[0] == 0


def test_a_format_that_somebody_worked_on_is_left_and_named(project: Path) -> None:
    assert reportgen(project, *BUILD, "--format", "ods")[0] == 0
    (project / "out/small-107/bulletin.ods").write_bytes(b"worked on")
    code, out, _ = reportgen(project, *BUILD, "--format", "pdf")
    assert (code, "somebody has worked on it" in out) == (0, True)
    assert (project / "out/small-107/bulletin.ods").read_bytes() == b"worked on"
    assert reportgen(project, *BUILD, "--format", "ods")[0] == 0
    assert edition(project, "bulletin.ods")


def test_an_edition_of_earlier_inputs_is_made_anew_or_named(project: Path) -> None:
    assert reportgen(project, *BUILD, "--languages", "zh")[0] == 0
    before = edition(project, "bulletin.zh.pdf")
    swap(COSTS, "107,320", "107,321")(project)
    code, out, _ = reportgen(project, *BUILD, "--languages", "both")
    assert code == 0
    assert "bulletin.zh.pdf: of earlier inputs" in out
    assert edition(project, "bulletin.zh.pdf") == before
    assert reportgen(project, *BUILD)[0] == 0
    assert edition(project, "bulletin.zh.pdf") not in ("", before)


def test_a_document_that_its_publication_no_longer_has_is_removed_and_named(project: Path) -> None:
    assert reportgen(project, *BUILD, "--languages", "zh", "--format", "ods")[0] == 0
    manifest = project / "out/small-107/manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("bulletin.zh.", "letter.zh."), "utf-8")
    for file in (project / "out/small-107").glob("bulletin.zh.*"):
        file.rename(file.with_name(file.name.replace("bulletin", "letter")))
    code, out, err = reportgen(project, *BUILD)
    assert (code, "letter.zh.pdf: removed" in out, "letter.zh.ods: removed" in out) == (0, True, True), err
    assert not list((project / "out/small-107").glob("letter.*"))
    assert "letter" not in manifest.read_text("utf-8")


@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o022, 0o644)])
def test_all_that_is_delivered_follows_the_umask(project: Path, umask: int, mode: int) -> None:
    shutil.rmtree(project / "out")
    before = os.umask(umask)
    try:
        assert reportgen(project, *BUILD)[0] == 0
    finally:
        os.umask(before)
    files = [file for file in (project / "out").rglob("*") if file.is_file()]
    assert {file.name for file in files} >= set(OURS)
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in files} == {
        file.name: oct(mode) for file in files
    }


@pytest.mark.parametrize("messages", ["en", "zh"])
def test_a_locale_of_ascii_and_no_home_are_enough(project: Path, messages: str) -> None:
    surroundings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "reportgen", "--project", str(project), "--messages", messages]
        return subprocess.run(
            [*command, *arguments], capture_output=True, env=surroundings, cwd=ROOT, timeout=120, check=False
        )

    swap(COSTS, "107,320", "107,321")(project)
    pdf = str(project / "out/small-107/bulletin.pdf")
    for arguments in (
        ["list"],
        ["check"],
        [*BUILD, "--why"],
        ["verify", pdf],
        ["trace", pdf, "1"],
        ["--help"],
    ):
        made = run(*arguments)
        assert made.returncode == 0, made.stderr.decode("utf-8", "replace")
        assert b"Traceback" not in made.stderr
    swap(COSTS, "107,321", "107,三")(project)
    assert "三" in run("check").stderr.decode("utf-8")


@pytest.mark.parametrize("ended", range(1, len(OURS)))
def test_a_first_run_that_ended_between_its_files_has_delivered_none(
    project: Path, monkeypatch: pytest.MonkeyPatch, ended: int
) -> None:
    shutil.rmtree(project / "out")
    put: list[str] = []
    replace = os.replace

    def ends(part: Path, file: Path) -> None:
        if file.name in OURS:
            put.append(file.name)
            if len(put) > ended:
                raise KeyboardInterrupt
        replace(part, file)

    monkeypatch.setattr(os, "replace", ends)
    assert reportgen(project, *BUILD)[0] == 130
    monkeypatch.undo()
    assert len(put) == ended + 1
    assert [name for name in OURS if (project / "out/small-107" / name).exists()] == []
    code, _, err = reportgen(project, *BUILD)
    assert code == 0, err
    assert reportgen(project, "verify", str(project / "out/small-107/bulletin.pdf"))[0] == 0


def test_a_project_that_may_only_be_read_is_built_elsewhere(small: Path) -> None:
    """Root may write everywhere, until it is without that right."""
    with tempfile.TemporaryDirectory(prefix="reportgen-read-only-") as folder:
        project, elsewhere = Path(folder, "project"), Path(folder, "elsewhere")
        shutil.copytree(small, project, ignore=shutil.ignore_patterns("out"))
        elsewhere.mkdir()
        for file in (project, *project.rglob("*")):
            file.chmod(0o555 if file.is_dir() else 0o444)

        def run(*words: str) -> tuple[int, str]:
            command = [sys.executable, "-m", "reportgen", "--project", str(project), *words]
            if os.geteuid() == 0:
                rights = "-dac_override,-dac_read_search"
                command = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}", *command]
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            return made.returncode, made.stderr

        code, said = run(*BUILD)
        assert (code, said.count("\n")) == (2, 1), said
        assert f"{project}/out: cannot be written to" in said and "choose another folder with --out" in said
        assert run(*BUILD, "--out", str(elsewhere / "out"))[0] == 0
        assert (elsewhere / "out/small-107/bulletin.pdf").is_file() and not (project / "out").exists()
        for file in (project, *project.rglob("*")):
            file.chmod(0o755)


@pytest.mark.parametrize(
    ("messages", "remedy"), [("en", "give it a shorter one"), ("zh", "請改用較短之名稱")]
)
@pytest.mark.parametrize("command", ["check", "build"])
def test_a_name_that_no_disk_can_hold_is_told_as_such(
    project: Path, command: str, messages: str, remedy: str
) -> None:
    code, _, err = reportgen(project, command, 100 * "署", messages=messages)
    assert code == 1, err
    assert remedy in err
