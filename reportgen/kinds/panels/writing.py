"""The text of a panel: Markdown with a front part in TOML, each block in Chinese and below it in English.

    +++
    layout = "chart"
    +++

    ## 績效管理與評比
    ## Managing and Comparing Performance

    達成率為……
    The achievement rate …

Read with markdown-it (CommonMark). What a panel cannot print, such as links, pictures and raw HTML, is a fault with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from reportgen.model import Text, limits
from reportgen.model.errors import InputError, Place, Problem, not_utf8, problem
from reportgen.read.parity import Glossary, faults
from reportgen.read.schema import TomlFile, parse_toml
from reportgen.read.toml_files import languages_of
from reportgen.read.words import flat

MOST_BYTES = limits.PANEL_BYTES  # a panel of 900 characters and words in each language has 8,000

Kind = Literal["heading", "paragraph", "list", "ordered", "chart", "items"]

_FRONT = re.compile(r"\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_PLACED = re.compile(r"\[\s*(chart|item|items)\s*[:：]\s*([^\]]*)\]")
# Chinese characters, and their punctuation: a sentence may hold nothing else but a slot.
_HAN = re.compile(r"[\u3001-\u9fff\uf900-\ufaff\uff01-\uff65\U00020000-\U0003ffff]")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A block in both languages, or a line that places charts or items by their ids. `row` is its line in the file."""

    kind: Kind
    row: int
    texts: tuple[Text, ...] = ()
    level: int = 0
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Half:
    """A block in one language, before its other half is found."""

    kind: Kind
    row: int
    words: tuple[str, ...]
    level: int

    @property
    def is_chinese(self) -> bool:
        return bool(_HAN.search("".join(self.words)))


def read(
    project: Path, file: str, problems: list[Problem], glossary: Glossary | None
) -> tuple[TomlFile, tuple[Piece, ...]]:
    """The front part and the blocks of a panel; faults of the text go to `problems`.

    InputError where the file is missing, is no UTF-8, or its front part is no TOML.
    """
    text = _text(project, file)
    front = _FRONT.match(text)
    if not front:
        raise InputError(problem(Place(file, row=1), "panels.no_front_part"))
    settings = parse_toml(file, f"\n{front[1]}".encode())  # its lines are counted as those of the file
    settings = replace(settings, languages=languages_of(project, file))
    reader = _Reader(file, text.count("\n", 0, front.end()), problems)
    halves = list(reader.halves(text[front.end() :]))
    if len(settings.languages) == 1:
        return settings, tuple(_alone(halves, reader))
    return settings, tuple(_paired(halves, reader, glossary))


def _text(project: Path, file: str) -> str:
    try:
        raw = (project / file).read_bytes()
    except FileNotFoundError:
        raise InputError(problem(Place(file), "panels.no_text")) from None
    if len(raw) > MOST_BYTES:
        raise InputError(problem(Place(file), "panels.text_too_long", bytes=len(raw), most=MOST_BYTES))
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError(not_utf8(file, error)) from None


@dataclass
class _Reader:
    """Reads the blocks of a text that begins below the line `before` of its file, and collects its faults."""

    file: str
    before: int
    problems: list[Problem]

    def fault(self, row: int, name: str, /, **slots: object) -> None:
        self.problems.append(problem(Place(self.file, row=row), name, **slots))

    def row(self, token: Any) -> int:
        return self.before + (token.map[0] if token.map else 0) + 1

    def halves(self, body: str) -> Iterator[_Half]:
        """The blocks in the order of the file."""
        from markdown_it import MarkdownIt

        markdown = MarkdownIt("commonmark", {"html": False})
        markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # each is refused below, by its line
        environment: dict[str, Any] = {}
        tokens = markdown.parse(body, environment)
        for reference in environment.get("references", {}).values():
            self.fault(self.before + reference["map"][0] + 1, "panels.no_address")
        at = 0
        while at < len(tokens):
            end = _end_of(tokens, at)
            for half in self._block(tokens[at : end + 1]):
                self._check_placed(half)
                yield half
            at = end + 1

    def _block(self, tokens: Sequence[Any]) -> Iterator[_Half]:
        """The halves of one block with all that stands in it."""
        token, row = tokens[0], self.row(tokens[0])
        if token.type == "heading_open":
            yield _Half("heading", row, (flat(self._inline(tokens[1], row)),), int(token.tag[1]))
        elif token.type == "paragraph_open":
            yield from _paragraph(self._inline(tokens[1], row), row)
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            if token.attrGet("start") not in (None, 1):
                self.fault(row, "panels.list_not_from_1")
            kind: Kind = "list" if token.type.startswith("bullet") else "ordered"
            entries = list(self._entries(tokens[1:-1]))
            # Two lists below each other are one to Markdown: the Chinese entries and the English ones part again here.
            for chinese in (True, False):
                own = tuple(words for words in entries if bool(_HAN.search(words)) == chinese)
                if own:
                    yield _Half(kind, row, own, 0)
        else:
            self._no_such_block(token)

    def _entries(self, tokens: Sequence[Any]) -> Iterator[str]:
        """The words of each entry of a list; a fault for all that an entry cannot hold."""
        paragraphs = 0
        for token in tokens:
            if token.type == "inline":
                yield flat(self._inline(token, self.row(token)))
            elif token.type == "list_item_open":
                paragraphs = 0
            elif token.type == "paragraph_open":
                paragraphs += 1
                if paragraphs > 1:
                    self.fault(self.row(token), "panels.entry_of_two_paragraphs")
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                self.fault(self.row(token), "panels.list_in_list")
            elif token.nesting >= 0:
                self._no_such_block(token)

    def _inline(self, token: Any, row: int) -> str:
        words = ""
        for child in token.children or ():
            if child.type in ("text", "text_special", "entity"):
                words += child.content
            elif child.type == "softbreak":
                words += "\n"
            elif child.type in _REFUSED:
                self.fault(row, _REFUSED[child.type])
        return words

    def _no_such_block(self, token: Any) -> None:
        form = token.type.removesuffix("_open").replace("_", " ")
        self.fault(self.row(token), "panels.no_such_block", form=form)

    def _check_placed(self, half: _Half) -> None:
        """What stands within a text would be printed as it is written, and its chart or item left out."""
        if half.kind not in ("chart", "items") and (placed := _PLACED.search("\n".join(half.words))):
            self.fault(half.row, "panels.placed_within_text", line=placed[0])


_REFUSED = {
    "link_open": "panels.no_link",
    "image": "panels.no_picture",
    "strong_open": "panels.no_bold",
    "em_open": "panels.no_slanted",
    "code_inline": "panels.no_code",
    "hardbreak": "panels.no_line_break",
}


def _end_of(tokens: Sequence[Any], at: int) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].nesting
        if depth == 0:
            return place
    return len(tokens) - 1


def _paragraph(words: str, row: int) -> Iterator[_Half]:
    """Lines that place a chart or items are blocks by themselves, and so are lines of two languages that stand together."""
    lines = words.split("\n")
    for places, numbers in groupby(
        range(len(lines)), lambda number: bool(_PLACED.fullmatch(lines[number].strip()))
    ):
        group = list(numbers)
        if places:
            yield from (_placing(lines[number], row + number) for number in group)
        else:
            yield from _in_languages(lines[group[0] : group[-1] + 1], row + group[0])


def _placing(line: str, row: int) -> _Half:
    match = _PLACED.fullmatch(line.strip())
    assert match
    ids = tuple(part.strip() for part in re.split("[,，、]", match[2]) if part.strip())
    return _Half("chart" if match[1] == "chart" else "items", row, ids, 0)


def _in_languages(lines: Sequence[str], row: int) -> Iterator[_Half]:
    cut = next(
        (n for n in range(1, len(lines)) if _HAN.search(lines[n - 1]) and not _HAN.search(lines[n])), 0
    )
    if cut and any(_HAN.search(line) for line in lines[cut:]):
        cut = 0
    if cut:
        yield _Half("paragraph", row, (flat("\n".join(lines[:cut])),), 0)
    yield _Half("paragraph", row + cut, (flat("\n".join(lines[cut:])),), 0)


def _alone(halves: Iterable[_Half], reader: _Reader) -> Iterator[Piece]:
    """Each block as it stands, where the panel is made in one language."""
    for half in halves:
        if half.kind in ("chart", "items"):
            yield _placed(half, reader)
        else:
            texts = tuple(Text(words, words) for words in half.words)
            yield Piece(kind=half.kind, row=half.row, texts=texts, level=half.level)


def _placed(half: _Half, reader: _Reader) -> Piece:
    """A chart or items, by their ids."""
    if not half.words:
        reader.fault(half.row, "panels.names_nothing")
    return Piece(kind=half.kind, row=half.row, ids=half.words)


def _paired(halves: Sequence[_Half], reader: _Reader, glossary: Glossary | None) -> Iterator[Piece]:
    """Each Chinese block with the English one below it."""
    at = 0
    while at < len(halves):
        half, other = halves[at], halves[at + 1] if at + 1 < len(halves) else None
        at += 1
        if half.kind in ("chart", "items"):
            yield _placed(half, reader)
            continue
        begin = half.words[0][:24] if half.words else ""
        if not half.is_chinese:
            reader.fault(half.row, "panels.no_chinese", begin=begin)
            continue
        same = other is not None and (other.kind, other.level) == (half.kind, half.level)
        if other is None or not same or other.is_chinese:
            reader.fault(half.row, "panels.no_english", begin=begin)
            continue
        at += 1
        if len(other.words) != len(half.words):
            counts = {"chinese": len(half.words), "english": len(other.words)}
            reader.fault(half.row, "panels.entries_differ", **counts)
        texts = tuple(Text(zh, en) for zh, en in zip(half.words, other.words, strict=False))
        for text in texts:
            place = Place(reader.file, row=half.row)
            reader.problems.extend(faults(text, place, glossary))
        yield Piece(kind=half.kind, row=half.row, texts=texts, level=half.level)
