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
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem, not_utf8, problem
from reportgen.model.messages import told
from reportgen.read.words import Glossary, check_halves

MOST_BYTES = 60_000  # a panel of 900 characters and words in each language has 8,000

Kind = Literal["heading", "paragraph", "list", "ordered", "chart", "items"]

_FRONT = re.compile(r"\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_PLACED = re.compile(r"\[\s*(chart|item|items)\s*[:：]\s*([^\]]*)\]")
# Chinese characters, and their punctuation: a sentence may hold nothing else but a slot.
_HAN = re.compile(r"[\u3001-\u9fff\uf900-\ufaff\uff01-\uff65\U00020000-\U0003ffff]")
_BREAK = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n|\n(?=[\u3000-\u9fff\uff00-\uffef])")


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
) -> tuple[Mapping[str, Any], tuple[Piece, ...]]:
    """The front part and the blocks of a panel; faults of the text go to `problems`.

    InputError where the file is missing, is no UTF-8, or its front part is no TOML.
    """
    try:
        raw = (project / file).read_bytes()
        if len(raw) > MOST_BYTES:
            raise InputError(
                problem(Place(file), "panels.has_bytes", raw_count=len(raw), most_bytes=MOST_BYTES)
            )
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise InputError(problem(Place(file), "panels.text_panel_is_missing")) from None
    except UnicodeDecodeError as error:
        raise InputError(not_utf8(file, error)) from None
    front = _FRONT.match(text)
    if not front:
        raise InputError(problem(Place(file, row=1), "panels.must_begin_front_part"))
    try:
        settings = tomllib.loads(f"\n{front[1]}")  # its lines are counted as those of the file
    except tomllib.TOMLDecodeError as error:
        raise InputError(problem(Place(file), "panels.front_part_is_not_valid", error=error)) from None
    before = text.count("\n", 0, front.end())
    halves = list(_halves(text[front.end() :], file, before, problems))
    return settings, tuple(_paired(halves, file, problems, glossary))


def _halves(body: str, file: str, before: int, problems: list[Problem]) -> Iterator[_Half]:
    """The blocks in the order of the file."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # each is refused below, by its line
    found: dict[str, Any] = {}
    tokens = markdown.parse(body, found)
    for reference in found.get("references", {}).values():
        problems.append(Problem(Place(file, row=before + reference["map"][0] + 1), *_ADDRESS))
    at = 0
    while at < len(tokens):
        token = tokens[at]
        row = before + (token.map[0] if token.map else 0) + 1
        if token.type in ("heading_open", "paragraph_open"):
            words = _inline(tokens[at + 1], file, row, problems)
            level = int(token.tag[1]) if token.type == "heading_open" else 0
            halves = list(_block(words, row, level))
            _check_placed(halves, file, problems)
            yield from halves
            at += 3
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            end = _end_of(tokens, at)
            kind: Kind = "list" if token.type.startswith("bullet") else "ordered"
            if token.attrGet("start") not in (None, 1):
                problems.append(Problem(Place(file, row=row), *_NOT_FROM_ONE))
            entries = list(_entries(tokens[at + 1 : end], file, before, problems))
            # Two lists below each other are one to Markdown: the Chinese entries and the English ones part again here.
            for chinese in (True, False):
                own = tuple(words for words in entries if bool(_HAN.search(words)) == chinese)
                if own:
                    half = _Half(kind, row, own, 0)
                    _check_placed([half], file, problems)
                    yield half
            at = end + 1
        else:
            problems.append(_no_such_block(token, file, row))
            at = _end_of(tokens, at) + 1


def _block(words: str, row: int, level: int) -> Iterator[_Half]:
    """A heading or paragraph. Lines of two languages that stand together are two blocks: many write them so."""
    if level:
        yield _Half("heading", row, (_flat(words),), level)
        return
    lines = words.split("\n")
    for places, numbers in groupby(
        range(len(lines)), lambda number: bool(_PLACED.fullmatch(lines[number].strip()))
    ):
        group = list(numbers)
        if places:
            yield from (_placing(lines[number], row + number) for number in group)
        else:
            yield from _paragraphs(lines[group[0] : group[-1] + 1], row + group[0])


def _placing(line: str, row: int) -> _Half:
    match = _PLACED.fullmatch(line.strip())
    assert match
    ids = tuple(part.strip() for part in re.split("[,，、]", match[2]) if part.strip())
    return _Half("chart" if match[1] == "chart" else "items", row, ids, 0)


def _paragraphs(lines: Sequence[str], row: int) -> Iterator[_Half]:
    cut = next(
        (n for n in range(1, len(lines)) if _HAN.search(lines[n - 1]) and not _HAN.search(lines[n])), 0
    )
    if cut and any(_HAN.search(line) for line in lines[cut:]):
        cut = 0
    if cut:
        yield _Half("paragraph", row, (_flat("\n".join(lines[:cut])),), 0)
    yield _Half("paragraph", row + cut, (_flat("\n".join(lines[cut:])),), 0)


def _check_placed(halves: Iterable[_Half], file: str, problems: list[Problem]) -> None:
    """What stands within a text would be printed as it is written, and its chart or item left out."""
    for half in halves:
        if half.kind not in ("chart", "items") and (found := _PLACED.search("\n".join(half.words))):
            problems.append(problem(Place(file, row=half.row), "panels.stands_within_text", found=found[0]))


def _flat(words: str) -> str:
    """Lines of a paragraph as one: with a blank between words, without one between Chinese characters."""
    return re.sub(r"[ \t\n]+", " ", _BREAK.sub("", words)).strip()


def _entries(tokens: Sequence[Any], file: str, before: int, problems: list[Problem]) -> Iterator[str]:
    """The words of each entry; a fault for all that an entry cannot hold."""
    paragraphs = 0
    for token in tokens:
        row = before + (token.map[0] if token.map else 0) + 1
        if token.type == "inline":
            yield _flat(_inline(token, file, row, problems))
        elif token.type == "list_item_open":
            paragraphs = 0
        elif token.type == "paragraph_open":
            paragraphs += 1
            if paragraphs > 1:
                problems.append(Problem(Place(file, row=row), *_TWO_PARAGRAPHS))
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            problems.append(problem(Place(file, row=row), "panels.list_within_list_is_not"))
        elif token.nesting >= 0:
            problems.append(_no_such_block(token, file, row))


def _no_such_block(token: Any, file: str, row: int) -> Problem:
    return Problem(
        Place(file, row=row),
        f"a panel has headings, paragraphs and lists, no {token.type.removesuffix('_open').replace('_', ' ')} here",
        "展板僅有標題、段落與清單，此處不得使用此種 Markdown 寫法",
    )


def _end_of(tokens: Sequence[Any], at: int) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].nesting
        if depth == 0:
            return place
    return len(tokens) - 1


_ADDRESS = told("panels.line_is_address_link_markdown")
_NOT_FROM_ONE = told("panels.list_panel_is_counted_from")
_TWO_PARAGRAPHS = told("panels.entry_list_is_one_paragraph")
_REFUSED = {
    "link_open": told("panels.link_leads_nowhere_paper"),
    "image": told("panels.pictures_are_declared_items_toml"),
    "strong_open": (
        "a panel has no bold within its text; use a heading, or 「」 and “ ”",
        "展板內文不用粗體；請用標題或「」",
    ),
    "em_open": (
        "a panel has no slanted type within its text; use 「」 and “ ”",
        "展板內文不用斜體；請用「」",
    ),
    "code_inline": told("panels.panel_has_no_code_within"),
    "hardbreak": told("panels.line_cannot_broken_here"),
}


def _inline(token: Any, file: str, row: int, problems: list[Problem]) -> str:
    words = ""
    for child in token.children or ():
        if child.type in ("text", "text_special", "entity"):
            words += child.content
        elif child.type == "softbreak":
            words += "\n"
        elif child.type in _REFUSED:
            problems.append(Problem(Place(file, row=row), *_REFUSED[child.type]))
    return words


def _paired(
    halves: Sequence[_Half], file: str, problems: list[Problem], glossary: Glossary | None
) -> Iterator[Piece]:
    """Each Chinese block with the English one below it."""
    at = 0
    while at < len(halves):
        one = halves[at]
        if one.kind in ("chart", "items"):
            if not one.words:
                problems.append(problem(Place(file, row=one.row), "panels.names_nothing"))
            yield Piece(kind=one.kind, row=one.row, ids=one.words)
            at += 1
            continue
        other = halves[at + 1] if at + 1 < len(halves) else None
        place = Place(file, row=one.row)
        shown = one.words[0][:24] if one.words else ""
        if not one.is_chinese:
            problems.append(problem(place, "panels.chinese_is_missing", shown=shown))
            at += 1
            continue
        same = other is not None and (other.kind, other.level) == (one.kind, one.level)
        if other is None or not same or other.is_chinese:
            problems.append(
                Problem(
                    place,
                    f"the English of 「{shown}…」 is missing; write it below the Chinese, in the same form",
                    f"「{shown}…」缺少英文；請於其下以相同形式書寫",
                )
            )
            at += 1
            continue
        if len(other.words) != len(one.words):
            problems.append(
                problem(
                    place,
                    "panels.chinese_list_has_entries_english",
                    words_count=len(one.words),
                    words_count2=len(other.words),
                )
            )
        texts = tuple(Text(zh, en) for zh, en in zip(one.words, other.words, strict=False))
        for text in texts:
            problems.extend(check_halves(text, place))
            problems.extend(glossary.check(text, place) if glossary else ())
        yield Piece(kind=one.kind, row=one.row, texts=texts, level=one.level)
        at += 2
