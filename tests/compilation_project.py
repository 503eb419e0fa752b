"""A project of its own with the samples of the meetings, for tests that break something in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from reportgen.kinds.compilation import documents as compilation
from reportgen.kinds.material import read_material
from reportgen.model import Document
from reportgen.model.errors import Problem, ReportgenError

ROOT = Path(__file__).resolve().parent.parent
PUBLICATION = "inputs/meeting-888/publication.toml"
INSTRUCTIONS = "inputs/datasets/meeting-888/instructions.csv"


def project(folder: Path) -> Path:
    for name in ("inputs", "templates", "styles"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def swap(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text, old
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


def without_line(folder: Path, file: str, start: str) -> None:
    lines = (folder / file).read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(start)]
    assert len(kept) == len(lines) - 1, start
    (folder / file).write_text("".join(kept), "utf-8")


def made(folder: Path, paper: str = "compilation", name: str = "meeting-888") -> Document:
    return compilation.document(read_material(folder, name), paper)


def told(folder: Path, paper: str = "compilation") -> tuple[Problem, ...]:
    try:
        made(folder, paper)
    except ReportgenError as error:
        return error.problems
    return ()


def places(problems: Iterable[Problem]) -> list[str]:
    return [str(problem.place) for problem in problems]
