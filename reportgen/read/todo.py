"""Words that are still to be written: `{ todo = true }` in the place of a text, or of one half of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from reportgen.model import LANGUAGES, Language, Text, toml
from reportgen.model.errors import Place, ReportgenError, problem
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read.faults import Fault, fault, shown
from reportgen.read.toml_files import TomlFile, file_bytes, parse_toml

KEY = "todo"
CONFIRM = "# confirm 待確認"  # behind a line that `reportgen import` has guessed
# The front part of a text in Markdown, with the line before it, so that its lines are counted as those of the file.
_FRONT = re.compile(rb"\A\+\+\+[ \t]*(\r?\n.*?)\n\+\+\+", re.DOTALL)


def names_todo(raw: Raw) -> bool:
    """Whether the value is to say that words are still to be written; `is_todo` where it says so rightly."""
    return isinstance(raw, Mapping) and KEY in raw


def is_todo(raw: Raw) -> bool:
    return names_todo(raw) and raw[KEY] is True and len(raw) == 1


def half_faults(half: Language, words: Raw) -> Iterator[Fault]:
    """What is wrong with one half of a text."""
    if names_todo(words) and not is_todo(words):
        yield fault(half, "schema.todo_stands_alone", value=shown(words))
    elif not names_todo(words) and (not isinstance(words, str) or not words.strip()):
        yield fault((), "schema.half_is_missing", half=half)


def todo_places(
    project: Path, files: Iterable[str], languages: Collection[Language] = LANGUAGES
) -> tuple[Place, ...]:
    """Where words in these languages are still to be written in these files of the project, in order."""
    places: dict[Place, None] = {}
    for file in dict.fromkeys(files):
        try:
            raw = file_bytes(project, file) if file.endswith((".toml", ".md")) else b""
            front = _FRONT.match(raw)
            source = front[1] if front else raw if file.endswith(".toml") else b""
            if KEY.encode() in source:
                opened = parse_toml(file, source)
                places |= dict.fromkeys(_places(opened, opened.values, (), {*LANGUAGES} - {*languages}))
        except ReportgenError:
            continue  # whoever reads the file tells what is wrong with it
    return tuple(places)


def guessed_places(project: Path, files: Iterable[str]) -> Iterator[Place]:
    """The lines of these files that were guessed and not yet confirmed, each with what was."""
    for file in dict.fromkeys(files):
        text = file_bytes(project, file).decode("utf-8", "replace")
        for row, line in enumerate(text.splitlines(), 1):
            said, mark, what = line.partition(CONFIRM)
            if mark and said.strip() and not said.lstrip().startswith("#"):
                yield Place(file, row=row, column=f"{said.split('=')[0].strip()}{what}")


def lines(places: Collection[Place], each: str = "todo", count: str = "todos") -> Iterator[Text]:
    """Each of the places, a line each, and how many they are."""
    for place in places:
        here = problem(place, f"check.{each}")
        yield Text(f"  {here.say('zh')}", f"  {here.say('en')}")
    if places:
        yield message(f"check.{count}", count=len(places))


def _places(file: TomlFile, raw: Raw, path: toml.Path, without: Collection[Language]) -> Iterator[Place]:
    if isinstance(raw, Mapping):
        if is_todo(raw) and path[-1] not in without:
            yield file.place(path)
        for key, inner in raw.items():
            yield from _places(file, inner, (*path, key), without)
    elif isinstance(raw, tuple):
        for number, inner in enumerate(raw):
            yield from _places(file, inner, (*path, number), without)
