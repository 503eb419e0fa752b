"""Words and values of last year that somebody has yet to look at: a remark in the line before them says what last year's said.

    # 待確認 review 107→108: { zh = "107年…", en = "… 2018 …" }
    text = { zh = "108年…", en = "… 2019 …" }

`reportgen new-year` writes the mark. Whoever has looked takes it out; words that are written anew need no such thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reportgen.model import Text, toml
from reportgen.model.errors import Place, ReportgenError
from reportgen.model.toml import Raw
from reportgen.read.toml_files import TomlFile, file_bytes, parse_toml

_MARK = re.compile(r"#.*?\breview ([0-9-]+)→([0-9-]+): (.+)")
_FRONT = re.compile(r"\A\+\+\+[ \t]*(\r?\n.*?)\n\+\+\+", re.DOTALL)
_WORDS = re.compile(r"([0-9]+|[一二三四五六七八九十百零〇○]+(?=年))")


@dataclass(frozen=True)
class Mark:
    """What is to be looked at: `place` and `path` of what stands there now, `now`; and the words `last` of the year before, `year`."""

    place: Place
    path: toml.Path
    year: int
    last: Text
    now: Text


def remark(before: str, after: str, last: str) -> str:
    """The mark, for the line before; `last` is last year's value as TOML has it."""
    return f"# 待確認 review {before}→{after}: {last}"


def front_of(text: str) -> str:
    """The TOML in the front part of a text in Markdown, with the line before it; of any other the whole."""
    front = _FRONT.match(text)
    return front[1] if front else text


def marks(project: Path, files: Iterable[str]) -> tuple[Mark, ...]:
    """All that is still to be looked at in these files of the project, in order."""
    found: list[Mark] = []
    for file in dict.fromkeys(files):
        try:
            raw = file_bytes(project, file) if file.endswith((".toml", ".md")) else b""
            if b"review " in raw:
                found += _in_file(parse_toml(file, front_of(raw.decode("utf-8-sig")).encode()))
        except (ReportgenError, UnicodeDecodeError):
            continue  # whoever reads the file tells what is wrong with it
    return tuple(found)


def _in_file(file: TomlFile) -> Iterator[Mark]:
    text = file.raw.decode()
    rows = text.split("\n")
    leaves = dict(_leaves(file.values))
    for said, row, _ in toml.remarks(text):
        if match := _MARK.fullmatch(said.rstrip()):
            below = next((at for at in range(row, len(rows)) if not _is_remark(rows[at])), len(rows)) + 1
            here = [path for path in leaves if file.lines.get(path) == below]
            if found := _pending(file, match, here, leaves):
                yield replace(found, place=replace(found.place, row=below if found.path else row))


def _is_remark(row: str) -> bool:
    return not row.strip() or row.lstrip().startswith("#")


def _pending(
    file: TomlFile, match: re.Match[str], here: list[toml.Path], leaves: Mapping[toml.Path, Raw]
) -> Mark | None:
    """The mark, unless what it speaks of was written anew: it then differs in more than its years."""
    before, after = (int(period.split("-")[0]) for period in (match[1], match[2]))
    try:
        last = toml.parse(f"last = {match[3]}")["last"]
    except toml.Mistake:  # words about a text that no key holds
        return Mark(Place(file.file), (), before, Text(match[3], match[3]), Text("", ""))
    for path in here:
        if isinstance(last, Mapping):
            path = path[:-1]
            now = {half: leaves.get((*path, half)) for half in last}
            same = all(_same(last[half], now[half], after - before) for half in last)
        else:
            now, same = {"": leaves[path]}, _same(last, leaves[path], after - before)
        if same:
            was = last if isinstance(last, Mapping) else {"": last}
            return Mark(file.place(path), path, before, _text(was), _text(now))
    return None


def _text(halves: Mapping[str, Raw]) -> Text:
    said = {half: words if isinstance(words, str) else toml.written(words) for half, words in halves.items()}
    alone = next(iter(said.values()), "")
    return Text(said.get("zh", alone), said.get("en", alone))


def _same(last: Raw, now: Raw, shift: int) -> bool:
    """Whether a value is that of last year but for its years, or for the number of the next meeting; a list was emptied."""
    if isinstance(last, list):
        return bool(now == ())
    one, other = _WORDS.split(str(last)), _WORDS.split(str(now))
    return len(one) == len(other) and all(
        a == b
        if place % 2 == 0
        else (not a.isdecimal() and not b.isdecimal())
        or (a.isdecimal() and b.isdecimal() and int(b) - int(a) in (0, 1, shift))
        for place, (a, b) in enumerate(zip(one, other, strict=True))
    )


def _leaves(raw: Raw, path: toml.Path = ()) -> Iterator[tuple[toml.Path, Raw]]:
    if isinstance(raw, Mapping | tuple) and raw:
        for key, inner in raw.items() if isinstance(raw, Mapping) else enumerate(raw):
            yield from _leaves(inner, (*path, key))
    else:
        yield path, raw
