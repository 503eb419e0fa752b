"""The remarks of an earlier draft, put into the newer one at the same keys, tables and members; none is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reportgen.model import toml
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read.todo import CONFIRM

_BY_HAND = re.compile(rf"{re.escape(CONFIRM)}(?:: [\w, ]*)?")


def carried(before: str, now: str) -> str:
    """`now` with the remarks of `before` that somebody wrote; those of what is gone come last."""
    before = before.replace("\r\n", "\n")
    lines, at = now.split("\n"), _rows(now)
    head = set(now.split("\n\n", 1)[0].split("\n"))
    above: dict[int, list[str]] = {}
    lost: list[str] = []
    for path, words, alone in _remarks(before):
        row = at.get(path, 0)
        if alone and words in head:
            continue
        if alone and row:
            above.setdefault(row, []).append(words)
        elif row:
            lines[row - 1] += f" {words}"
        else:
            lost.append(words)
    for row in sorted(above, reverse=True):
        lines[row - 1 : row - 1] = above[row]
    rest = [message("import.remarks_left").zh, message("import.remarks_left").en]
    end = [f"# {words}" for words in rest if f"# {words}" not in lost] if lost else []
    return "\n".join([*lines, *end, *lost, ""] if lost else lines)


def _remarks(text: str) -> Iterator[tuple[toml.Path, str, bool]]:
    """Each remark of somebody's own: what it stands at, its words, and whether it has a line of its own."""
    rows, lines = _rows(text), text.split("\n")
    starts = sorted((row, len(path), path) for path, row in rows.items())
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line) + 1)
    for words, row, start in toml.remarks(text):
        alone = not text[offsets[row - 1] : start].strip()
        said = words.rstrip() if alone else _BY_HAND.sub("", words, count=1).strip()
        if said:
            said = said if said.startswith("#") else f"# {said}"
            path = next((one for at, _, one in starts if at > row or (at == row and not alone)), ())
            if not alone and rows.get(path) != row:  # behind a bracket that ends what began above
                path = next((one for at, _, one in reversed(starts) if at <= row), ())
            yield path, said, alone


def _rows(text: str) -> dict[toml.Path, int]:
    """The line of each key, table and element; an element with an id by its id, wherever it stands in its list."""
    values = toml.parse(text)
    return {_by_id(values, path): row for path, row in dict(reversed([*toml.positions(text)])).items() if row}


def _by_id(values: Raw, path: toml.Path) -> toml.Path:
    named: list[str | int] = []
    for part in path:
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            return path
        known = isinstance(part, int) and isinstance(values, Mapping) and "id" in values
        named.append(f"id {values['id']}" if known else part)
    return tuple(named)
