"""A project of one's own: the folders that `reportgen init` writes; what stands in them is not known here.

In a wheel they lie in `reportgen/run/starter/`; in the tree they are the folders of the repository itself.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from reportgen.model import Text
from reportgen.model.errors import Place, Problem, UsageError, problem
from reportgen.model.messages import told
from reportgen.read import shipped
from reportgen.run.files import unfinished

HERE = Path(__file__).parent
FOLDERS = ("inputs", "styles", "templates")
# The marker comes last: a folder that holds it is whole.
MARKER = "reportgen.toml"
SHARED = ("inputs/metrics.toml", "inputs/glossary.csv")


def write(directory: Path, samples: bool) -> list[Path]:
    """The files of a new project, all or none; UsageError for a directory that holds something.

    Without samples the project has one small example: three tables and a bulletin, with comments.
    """
    present = directory.is_dir()
    if present and any(directory.iterdir()):
        raise UsageError(_refusal(directory, *told("run.is_not_empty")))
    if not present and (directory.exists() or directory.is_symlink()):
        raise UsageError(_refusal(directory, *told("run.is_file")))
    files = _files(samples)
    if not present:
        directory.parent.mkdir(parents=True, exist_ok=True)
    beside = directory if present else directory.parent
    with unfinished(beside / f".reportgen-{os.getpid()}.part") as half:
        half.mkdir(mode=0o700)
        # A folder inside, for it has the usual rights; the temporary one is closed to others.
        whole = half / directory.name
        for path, source in files.items():
            (whole / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, whole / path)
        if present:
            _move(whole, directory)
        else:
            whole.rename(directory)
    return [directory / path for path in files]


def _refusal(directory: Path, en: str, zh: str) -> Problem:
    return problem(Place(str(directory)), "run.zh_name_new_empty", zh=Text(zh, en))


def _move(whole: Path, directory: Path) -> None:
    """Into a folder that is there already, for somebody may stand in it; after a fault all is taken back."""
    moved: list[Path] = []
    try:
        for name in (*FOLDERS, MARKER):
            os.rename(whole / name, directory / name)
            moved.append(directory / name)
    except BaseException:
        for path in moved:
            os.rename(path, whole / path.name)
        raise


def _files(samples: bool) -> Mapping[str, Path]:
    """Path in the project -> the file to copy."""
    root = shipped.root()
    wanted = FOLDERS if samples else ("styles", "templates")
    found = {path: root / path for folder in wanted for path in _below(root, folder)}
    if not samples:
        example = HERE / "starter" / "example"
        found |= {path: root / path for path in SHARED}
        found |= {path: example / path for path in _below(example, "inputs")}
    return {**dict(sorted(found.items())), MARKER: root / MARKER}


def _below(root: Path, folder: str) -> Iterator[str]:
    """The files of a folder; an editor's hidden and lock files are not ours to give away."""
    for path in (root / folder).rglob("*"):
        inside = path.relative_to(root)
        if path.is_file() and not any(part.startswith((".", "~", "__pycache__")) for part in inside.parts):
            yield inside.as_posix()
