"""`reportgen init`: a whole project or none, and the same pages from a wheel as from the tree."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from reportgen.kinds import kinds
from reportgen.model.errors import UsageError
from reportgen.read import shipped
from reportgen.run import starter
from reportgen.write import html

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLE = "my-branch-109"


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command far from the repository, with nothing of it on the path."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=surroundings,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def relative(files: list[Path], root: Path) -> set[str]:
    return {file.relative_to(root).as_posix() for file in files}


# ---- what is written ------------------------------------------------------------------------


def test_a_project_with_samples_holds_all_inputs(tmp_path: Path) -> None:
    written = starter.write(tmp_path / "project", samples=True)
    names = relative(written, tmp_path / "project")
    assert {
        "reportgen.toml",
        "inputs/metrics.toml",
        "inputs/glossary.csv",
        "inputs/new-taipei-107/publication.toml",
        "inputs/datasets/new-taipei/cases.csv",
        "styles/tokens.toml",
        "templates/bulletin/document.html",
    } <= names
    for file in written:
        assert file.read_bytes() == (REPOSITORY / file.relative_to(tmp_path / "project")).read_bytes()


def test_a_project_without_samples_holds_one_example_of_three_tables(tmp_path: Path) -> None:
    names = relative(starter.write(tmp_path / "project", samples=False), tmp_path / "project")
    assert [
        name for name in sorted(names) if name.startswith("inputs/") and name.endswith((".toml", ".csv"))
    ] == [
        "inputs/datasets/my-branch/budget.csv",
        "inputs/datasets/my-branch/cases.csv",
        "inputs/datasets/my-branch/collected.csv",
        "inputs/datasets/my-branch/dataset.toml",
        "inputs/glossary.csv",
        "inputs/metrics.toml",
        f"inputs/{EXAMPLE}/publication.toml",
    ]
    assert "reportgen.toml" in names and "styles/tokens.toml" in names
    looks = {file for kind in kinds() for file in html.layout_files(REPOSITORY, kind)}
    assert "templates/shared/frame.html" in looks and looks <= names


def test_nothing_but_the_named_files_is_written(tmp_path: Path) -> None:
    written = starter.write(tmp_path / "project", samples=True)
    assert sorted(written) == sorted(path for path in (tmp_path / "project").rglob("*") if path.is_file())
    assert [path.name for path in tmp_path.iterdir()] == ["project"]


def test_an_empty_folder_stays_the_same_folder(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    before = folder.stat().st_ino
    starter.write(folder, samples=False)
    assert folder.stat().st_ino == before
    assert sorted(path.name for path in folder.iterdir()) == [
        "inputs",
        "reportgen.toml",
        "styles",
        "templates",
    ]


def test_folders_above_are_made(tmp_path: Path) -> None:
    starter.write(tmp_path / "years" / "109", samples=False)
    assert (tmp_path / "years" / "109" / "reportgen.toml").is_file()


def test_an_editors_hidden_files_are_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tmp_path / "tree"
    (tree / "reportgen").mkdir(parents=True)
    for name in (
        "inputs/a.csv",
        "inputs/.a.csv.swp",
        "inputs/~$a.xlsx",
        "inputs/.git/x",
        "styles/a.css",
        "templates/a.html",
        "reportgen.toml",
    ):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("x", "utf-8")
    monkeypatch.setattr(shipped, "root", lambda: tree)
    written = starter.write(tmp_path / "project", samples=True)
    assert relative(written, tmp_path / "project") == {
        "inputs/a.csv",
        "styles/a.css",
        "templates/a.html",
        "reportgen.toml",
    }


# ---- what is refused ------------------------------------------------------------------------


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError) as refused:
        starter.write(tmp_path, samples=True)
    (problem,) = refused.value.problems
    assert problem.say() == (
        f"{tmp_path}: is not empty; name a new or an empty folder, so that nothing of yours is written over"
    )
    assert problem.say("zh") == f"{tmp_path}：不是空的；請指定新的或空的資料夾，以免覆寫您的檔案"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="is a file"):
        starter.write(tmp_path / "mine", samples=True)
    assert (tmp_path / "mine").read_text("utf-8") == "mine"


@pytest.mark.parametrize("present", [False, True], ids=["new folder", "empty folder"])
def test_a_fault_in_the_middle_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, present: bool
) -> None:
    if present:
        (tmp_path / "project").mkdir()
    copied: list[object] = []

    def copy(source: Path, target: Path) -> None:
        if len(copied) == 5:
            raise OSError(28, "No space left on device")
        copied.append(target.write_bytes(source.read_bytes()))

    monkeypatch.setattr(starter.shutil, "copyfile", copy)
    with pytest.raises(OSError, match="No space left"):
        starter.write(tmp_path / "project", samples=True)
    assert [*tmp_path.rglob("*")] == ([tmp_path / "project"] if present else [])


def test_what_was_moved_is_taken_back_after_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = os.rename

    def fails_at_styles(old: Path, new: Path) -> None:
        if new == tmp_path / "styles":
            raise OSError(5, "Input/output error")
        rename(old, new)

    monkeypatch.setattr(starter.os, "rename", fails_at_styles)
    with pytest.raises(OSError, match="Input/output"):
        starter.write(tmp_path, samples=False)
    assert [*tmp_path.iterdir()] == []


def test_the_command_says_what_it_refuses_and_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    said = run(
        Path(sys.executable).with_name("reportgen"), "--messages", "zh", "init", tmp_path, folder=tmp_path
    )
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == f"{tmp_path}：不是空的；請指定新的或空的資料夾，以免覆寫您的檔案\n"


# ---- what is made of it ---------------------------------------------------------------------


@pytest.mark.slow
def test_the_example_is_sound_and_becomes_a_bulletin(tmp_path: Path) -> None:
    reportgen = Path(sys.executable).with_name("reportgen")
    starter.write(tmp_path / "project", samples=False)
    checked = run(reportgen, "check", "--project", tmp_path / "project", folder=tmp_path)
    assert checked.returncode == 0, checked.stderr
    editions = [word for edition in ("both", "zh", "en") for word in ("--languages", edition)]
    built = run(
        reportgen, "build", "--project", tmp_path / "project", *editions, "--jobs", "2", folder=tmp_path
    )
    assert (built.returncode, built.stderr) == (0, "")
    made = sorted(path.name for path in (tmp_path / "project" / "out" / EXAMPLE).glob("*.pdf"))
    assert made == ["bulletin.en.pdf", "bulletin.pdf", "bulletin.zh.pdf"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of a fresh environment with the wheel, where the tree cannot be imported."""
    folder = tmp_path_factory.mktemp("wheel")
    packed = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert packed.returncode == 0, packed.stderr
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=False)
    put = run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        folder / "venv" / "bin" / "python",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-index",
        wheel,
        folder=folder,
    )
    assert put.returncode == 0, put.stderr
    # The libraries are those of the tests. A .pth inside a folder that a .pth names is not followed, so the
    # editable reportgen of the test environment stays out of sight.
    (site,) = (folder / "venv").glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    found = run(
        folder / "venv" / "bin" / "python", "-c", "import reportgen; print(reportgen.__file__)", folder=folder
    )
    assert found.stdout.strip() == str(site / "reportgen" / "__init__.py"), found.stderr
    return folder / "venv" / "bin"


@pytest.mark.slow
def test_the_wheel_makes_the_same_bytes_as_the_tree(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The fonts belong to the environment; the fresh one borrows those of the tests.
    from reportgen.read.fonts import font_folder

    monkeypatch.setenv("REPORTGEN_FONTS", str(font_folder()))
    project = tmp_path / "project"
    begun = run(installed / "reportgen", "init", project, folder=tmp_path)
    assert begun.returncode == 0, begun.stderr
    arguments = ("build", "--project", project, "new-taipei-107", "--out")
    packed = run(installed / "reportgen", *arguments, tmp_path / "packed", folder=tmp_path)
    assert (packed.returncode, packed.stderr) == (0, "")
    arguments = ("build", "--project", REPOSITORY, "new-taipei-107", "--out")
    tree = run(Path(sys.executable).with_name("reportgen"), *arguments, tmp_path / "tree", folder=tmp_path)
    assert (tree.returncode, tree.stderr) == (0, "")
    file = Path("new-taipei-107", "bulletin.pdf")
    assert sha256(tmp_path / "packed" / file) == sha256(tmp_path / "tree" / file)


@pytest.mark.slow
def test_the_wheel_holds_the_example_too(installed: Path, tmp_path: Path) -> None:
    begun = run(installed / "reportgen", "init", tmp_path / "project", "--no-samples", folder=tmp_path)
    assert begun.returncode == 0, begun.stderr
    listed = run(installed / "reportgen", "list", "--project", tmp_path / "project", folder=tmp_path)
    assert listed.stdout.startswith(f"{EXAMPLE}  bulletin  my-branch  109  "), listed.stderr
