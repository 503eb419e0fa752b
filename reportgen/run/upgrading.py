"""`reportgen upgrade`: the templates, styles and words of a project that an earlier `init` wrote become those of today.

A file that nobody has changed gives way to today's, and goes where there is none. In words that an office has changed, those that are missing
are added and those that nothing prints become remarks; any other file of its own is named and left. Inputs are never touched.
"""

from __future__ import annotations

import difflib
import functools
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.model import Text, toml
from reportgen.model.errors import Place, ReportgenError, UsageError, problem
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read import shipped
from reportgen.read.toml_files import parse_toml
from reportgen.run.files import write_whole

FOLDERS = ("styles", "templates")
EARLIER = Path(__file__).with_name("earlier.txt")  # by scripts/earlier: what each of these files has been
NO_LONGER = "# 已不使用 no longer printed: "


@dataclass(frozen=True, kw_only=True)
class Change:
    """What becomes of a file: `after` is None where it goes, and `before` where it comes; neither where it is left, being the office's own."""

    path: str
    before: bytes | None = None
    after: bytes | None = None
    earlier: bool = False  # whether what stands there is of an earlier version, changed by nobody

    @property
    def what(self) -> Text:
        if self.before is None and self.after is None:
            return message("upgrade.is_left", file=self.path)
        name = (
            "upgrade.comes"
            if self.before is None
            else "upgrade.goes"
            if self.after is None
            else "upgrade.changes"
        )
        return message(name, file=self.path)

    @property
    def makes(self) -> bool:
        """Whether it does anything."""
        return self.before is not None or self.after is not None

    def lines(self) -> Iterator[Text]:
        """What becomes of it, and what is different, as `diff` has it; of a file that comes or goes its name alone."""
        yield self.what
        if self.before is not None and self.after is not None:
            old, new = (one.decode("utf-8", "replace").splitlines() for one in (self.before, self.after))
            names = f"a/{self.path}", f"b/{self.path}"
            for line in difflib.unified_diff(old, new, *names, lineterm="", n=1):
                yield Text(f"    {line}", f"    {line}")


def changes(project: Path) -> list[Change]:
    """What is to change, by paths; UsageError for a folder that is no project."""
    if not all((project / name).is_dir() for name in FOLDERS):
        raise UsageError(problem(Place(str(project)), "import.no_project"))
    now, there = _files(shipped.root()), _files(project)
    found = (_change(path, there.get(path), now.get(path)) for path in sorted({*now, *there}))
    return [change for change in found if change]


def upgrade(project: Path) -> list[Change]:
    """Makes the changes: what comes first, so that a run that is stopped leaves a project that builds."""
    found = [change for change in changes(project) if change.makes]
    write_whole({project / change.path: change.after for change in found if change.after is not None})
    for change in found:
        if change.before is not None and change.after is None:
            (project / change.path).unlink()
    return found


def _files(root: Path) -> dict[str, bytes]:
    every = (path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file())
    named = {
        path.relative_to(root).as_posix(): path for path in every if not path.name.startswith((".", "~"))
    }
    return {name: path.read_bytes() for name, path in named.items()}


def _change(path: str, there: bytes | None, now: bytes | None) -> Change | None:
    if there == now:
        return None
    earlier = there is not None and hashlib.sha256(there).hexdigest()[:16] in _earlier().get(path, ())
    if there is None or earlier:
        return Change(path=path, before=there, after=now, earlier=earlier)
    if now is None or path.endswith("/tokens.toml"):
        return None  # a file of the office's own; what its tokens do not name has the value of a new project
    if path.endswith("/words.toml") and (words := _words(path, there, now)):
        return Change(path=path, before=there, after=words.encode()) if words.encode() != there else None
    return Change(path=path)


@functools.cache
def _earlier() -> Mapping[str, frozenset[str]]:
    """The digests of each file as it was in earlier versions."""
    found: dict[str, set[str]] = {}
    for line in EARLIER.read_text("utf-8").splitlines():
        digest, path = line.split(" ", 1)
        found.setdefault(path, set()).add(digest)
    return {path: frozenset(digests) for path, digests in found.items()}


# ---- words that an office has changed ------------------------------------------------------------


def _words(file: str, there: bytes, now: bytes) -> str:
    """The words with what is missing and without what nothing prints; empty where that cannot be written into them."""
    try:
        mine, theirs = (dict(_ends(parse_toml(file, one).values)) for one in (there, now))
        text = _without(there.decode("utf-8-sig"), [path for path in mine if path not in theirs])
        for path, raw in theirs.items():
            if path not in mine:
                text = _with(text, path, raw)
        whole = dict(_ends(parse_toml(file, text.encode()).values))
    except ReportgenError:  # `check` tells what is wrong with it
        return ""
    return text if whole.keys() == theirs.keys() else ""


def _ends(table: Raw, above: toml.Path = ()) -> Iterator[tuple[toml.Path, Raw]]:
    for key, inner in table.items():
        if isinstance(inner, Mapping) and not inner.keys() & {"zh", "en", "todo"}:
            yield from _ends(inner, (*above, key))
        else:
            yield (*above, key), inner


def _without(text: str, paths: list[toml.Path]) -> str:
    """Each of these entries as remarks."""
    lines, spans = text.split("\n"), toml.spans(text)
    for path in paths:
        first, last = (text.count("\n", 0, at) for at in spans[path])
        for row in range(first, last + 1):
            lines[row] = f"{NO_LONGER}{lines[row]}"
    return "\n".join(lines)


def _with(text: str, path: toml.Path, raw: Raw) -> str:
    """The entry behind the last one of the table that it belongs to, or in a table of its own at the end."""
    lines, at = text.split("\n"), dict(toml.positions(text))
    heads = {one: row for one, row in at.items() if lines[row - 1].lstrip().startswith("[")}
    head = next((path[:n] for n in range(len(path) - 1, 0, -1) if path[:n] in heads), ())
    if not head and len(path) > 1:
        rest = [f"[{_dotted(path[:-1])}]", f"{_dotted(path[-1:])} = {toml.written(raw)}"]
        return "\n".join([text.rstrip("\n"), "", *rest, ""])
    following = [row for row in heads.values() if row > heads.get(head, 0)]
    end = min(following, default=len(lines) + 1) - 1
    while end > heads.get(head, 0) and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    lines.insert(end, f"{_dotted(path[len(head) :])} = {toml.written(raw)}")
    return "\n".join(lines)


def _dotted(path: toml.Path) -> str:
    return ".".join(toml.key_written(str(part)) for part in path)
