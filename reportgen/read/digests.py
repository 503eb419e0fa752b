"""The SHA-256 of an input, a file or a folder of files; a large file is read again only when it has changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from reportgen.read import fonts

LARGE = 8 * 2**20  # bytes from which on a file's digest is remembered by its size and time
FOLDERS = ("inputs", "styles", "templates")
SENT = "sent.json"  # in a project that was sent to another machine: path -> SHA-256 of what stayed behind


def digest(project: Path, file: str) -> str:
    """The SHA-256 of what lies at a path of the project; FileNotFoundError where nothing does."""
    path = project / file
    if path.is_dir():
        return of_folder({one: _of_file(path / one) for one in files_below(path)})
    if not path.exists() and file in (known := sent(project)):
        return str(known[file]["sha256"])
    return _of_file(path)


def known(project: Path, file: str) -> str:
    """The SHA-256 of a path of the project where no large file has to be read for it; else nothing."""
    path = project / file
    below = [path / one for one in files_below(path)] if path.is_dir() else [path]
    return digest(project, file) if all(_is_small(one) or _remembered(one) for one in below) else ""


def sent(project: Path) -> dict[str, dict[str, str]]:
    """What stayed on the machine that sent the project, by path; empty where nothing was."""
    try:
        return dict(json.loads((project / SENT).read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def stamps(project: Path) -> dict[str, list[int]]:
    """Of each file that a document may be made from: what tells that it was written since."""
    found: dict[str, list[int]] = {}
    for folder in FOLDERS:
        for name in files_below(project / folder):
            with contextlib.suppress(OSError):  # it is gone
                found[f"{folder}/{name}"] = _written(project / folder / name)
    return found


def changed(
    before: Mapping[str, list[int]], after: Mapping[str, list[int]], paths: Iterable[str]
) -> list[str]:
    """The files among these paths, or below them, that were written, made or deleted between two `stamps`."""
    other = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    above = {*paths}
    return sorted(name for name in other if {name, *map(str, PurePosixPath(name).parents)} & above)


def files_below(folder: Path) -> list[str]:
    """The files of a folder and of those in it, in order of their names."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def of_folder(digests: dict[str, str]) -> str:
    """One digest for all: of their names and digests."""
    return hashlib.sha256(
        "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()
    ).hexdigest()


def of_content(path: Path, size: int) -> str:
    """The SHA-256 of a file, a large one piece by piece."""
    if size < LARGE:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _of_file(path: Path) -> str:
    if _is_small(path):
        return of_content(path, 0)
    if found := _remembered(path):
        return found
    stamp = _stamp(path)
    found = of_content(path, LARGE)
    with contextlib.suppress(OSError):  # without write access it is read again next time
        note = _note(path)
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps([*stamp, found]), "utf-8")
    return found


def _is_small(path: Path) -> bool:
    return path.stat().st_size < LARGE


def _remembered(path: Path) -> str:
    """The digest of a large file that was read before and has not changed; else nothing."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        *before, found = json.loads(_note(path).read_text("utf-8"))
        if before == _stamp(path) and isinstance(found, str):
            return found
    return ""


def _stamp(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def _written(path: Path) -> list[int]:
    status = path.stat()
    return [*_stamp(path), status.st_ctime_ns, status.st_ino]


def _note(path: Path) -> Path:
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()
    return fonts.font_folder().parent / "checked" / f"{name}.stamp"
