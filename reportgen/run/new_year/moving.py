"""A file of last year's publication as that of the next: its text is edited where the years stand, all else stays as it is.

What a value is, the JSON Schema of the file says: a year, a day, a text in two languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reportgen.model import toml
from reportgen.model.toml import Raw
from reportgen.read.review import front_of, remark
from reportgen.read.toml_files import parse_toml
from reportgen.run.new_year.years import Move

# Years of history: when something was founded, renamed or broken off.
HISTORY = ("at", "roc_year", "first_year", "last_year", "until", "from_year")
YEARS = ("roc-year", "when")  # the formats of years and other periods
NO_NAMES = ("postcode", "phone", "fax", "email", "web", "source", "formula", "unit", "value", "colour")
_SENTENCE = re.compile(r"[。！？；]$|[.!?;]$|\{")


@dataclass(kw_only=True)
class Draft:
    """A text in the making; `edits` replace letters, `marks` go into lines of their own before the line of the value."""

    text: str
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    marks: dict[int, list[str]] = field(default_factory=dict)

    def replace(self, span: tuple[int, int], new: str) -> None:
        if new != self.text[slice(*span)]:
            self.edits.append((*span, new))

    def mark(self, at: int, line: str) -> None:
        self.marks.setdefault(self.text.rfind("\n", 0, at) + 1, []).append(line)

    def finished(self) -> str:
        ends = "\r\n" if "\r\n" in self.text else "\n"
        edits = list(self.edits)
        for start, lines in self.marks.items():
            indent = re.match(r"[ \t]*", self.text[start:])
            before = indent[0] if indent else ""
            edits.append((start, start, "".join(f"{before}{line}{ends}" for line in lines)))
        text = self.text
        for start, end, new in sorted(edits, key=lambda edit: edit[:2], reverse=True):
            text = text[:start] + new + text[end:]
        return text


@dataclass(frozen=True, kw_only=True)
class Moving:
    """How files move: `sentences`: every sentence is marked, not only what names a year; `given`: new values by path, all marked."""

    move: Move
    schema: Mapping[str, Raw]
    sentences: bool = True
    given: Mapping[toml.Path, str] = field(default_factory=dict)
    history: tuple[str, ...] = HISTORY

    def declaration(self, file: str, text: str) -> str:
        """A TOML file, its remarks with it."""
        draft, values, spans = Draft(text=text), parse_toml(file, text.encode()).values, toml.spans(text)
        kinds = dict(_formats(self.schema, self.schema, values, ()))
        for path, value in _walk(values):
            if kinds.get(path) == "bilingual":
                self._words(draft, spans, path, value, values)
            elif path in self.given or (path in spans and _is_plain(value) and not _within_text(path, kinds)):
                self._value(draft, spans, path, value, kinds.get(path, ""))
        for note, _, start in toml.remarks(text):
            draft.replace((start, start + len(note)), self.move.ids(self.move.words(note)))
        return draft.finished()

    def markdown(self, file: str, text: str) -> str:
        """A panel: its front part, and the words below with a mark at the top for all of them."""
        front = front_of(text)
        if front == text:
            return self.move.words(text)
        start = text.index(front)
        body = text[start + len(front) :]
        moved = self.move.words(body)
        line = ""
        if moved != body or self.move.is_dated(body) or "{" in body:
            line = "\n" + remark(*self.move.named, f"以下各段 / the paragraphs below, {file}")
        return f"{text[:start]}{line}{self.declaration(file, front)}{moved}"

    # -- one value

    def _words(
        self,
        draft: Draft,
        spans: Mapping[toml.Path, tuple[int, int]],
        path: toml.Path,
        value: Raw,
        values: Raw,
    ) -> None:
        halves = value if isinstance(value, Mapping) else {"": value}
        held = {
            half: words
            for half, words in halves.items()
            if half in ("zh", "en", "") and isinstance(words, str)
        }
        if not held:
            return
        places = [spans[(*path, half) if half else path] for half in held]
        claimed = "claim" in _at(values, path[:-1]) if path and path[-1] == "text" else False
        if claimed or any(self._asks(words) for words in held.values()):
            last = toml.written(held) if isinstance(value, Mapping) else toml.written(held[""])
            draft.mark(places[0][0], remark(*self.move.named, last))
        for span in places:
            draft.replace(span, self.move.words(draft.text[slice(*span)]))

    def _asks(self, words: str) -> bool:
        return self.move.is_dated(words) or (self.sentences and bool(_SENTENCE.search(words)))

    def _value(
        self, draft: Draft, spans: Mapping[toml.Path, tuple[int, int]], path: toml.Path, value: Raw, kind: str
    ) -> None:
        span, key = spans[path], next((str(step) for step in reversed(path) if isinstance(step, str)), "")
        literal = draft.text[slice(*span)]
        new = literal
        if path in self.given:
            new = self.given[path]
        elif kind == "period":
            after = self.move.label[1]
            new = after if after.isdecimal() else f'"{after}"'
        elif kind in YEARS and key not in self.history:
            new = str(value + self.move.shift) if isinstance(value, int) else f'"{self.move.when(value)}"'
        elif kind == "roc-date":
            new = self.move.day(literal)
        elif key == "claim":
            new = self.move.expression(literal)
        elif isinstance(value, str) and key not in NO_NAMES and kind not in YEARS:
            new = self.move.name(literal)
        of_paper = kind == "roc-date" and (new != literal or self.move.number is not None)
        if path in self.given or of_paper or (key == "archive" and new != literal):
            draft.mark(span[0], remark(*self.move.named, literal))
        draft.replace(span, new)


def _walk(raw: Raw, path: toml.Path = ()) -> Iterator[tuple[toml.Path, Raw]]:
    yield path, raw
    if isinstance(raw, Mapping | tuple):
        for key, inner in raw.items() if isinstance(raw, Mapping) else enumerate(raw):
            yield from _walk(inner, (*path, key))


def _is_plain(value: Raw) -> bool:
    return not isinstance(value, Mapping | tuple)


def _within_text(path: toml.Path, kinds: Mapping[toml.Path, str]) -> bool:
    return any(kinds.get(path[:length]) == "bilingual" for length in range(1, len(path)))


def _at(raw: Raw, path: toml.Path) -> Raw:
    for step in path:
        raw = raw[step]
    return raw


def _formats(
    whole: Mapping[str, Raw], node: Mapping[str, Raw], raw: Raw, path: toml.Path
) -> Iterator[tuple[toml.Path, str]]:
    """The format of each value that the schema has one for."""
    while "$ref" in node:
        node = whole["$defs"][node["$ref"].rpartition("/")[2]]
    if "format" in node:
        yield path, node["format"]
        return
    for key in ("anyOf", "oneOf", "allOf"):
        for other in _fitting(whole, node.get(key, ()), raw):
            yield from _formats(whole, other, raw, path)
    if isinstance(raw, Mapping):
        known, more = node.get("properties", {}), node.get("additionalProperties")
        for key, inner in raw.items():
            below = known.get(key, more if isinstance(more, Mapping) else None)
            if below is not None:
                yield from _formats(whole, below, inner, (*path, key))
    elif isinstance(raw, tuple):
        firsts, rest = node.get("prefixItems", ()), node.get("items")
        for number, inner in enumerate(raw):
            below = firsts[number] if number < len(firsts) else rest
            if isinstance(below, Mapping):
                yield from _formats(whole, below, inner, (*path, number))


def _fitting(
    whole: Mapping[str, Raw], nodes: tuple[Mapping[str, Raw], ...], raw: Raw
) -> Iterator[Mapping[str, Raw]]:
    """Of several models those that have all keys of a table, else all of them."""
    made = []
    for node in nodes:
        while "$ref" in node:
            node = whole["$defs"][node["$ref"].rpartition("/")[2]]
        made.append(node)
    if isinstance(raw, Mapping):
        made = [one for one in made if raw.keys() <= one.get("properties", {}).keys()] or made
    yield from made
