"""A heading set vertically (直排), as one cell below the other: WeasyPrint lays out horizontal lines only.

Chinese characters stand upright; punctuation takes its vertical form; numbers of up to three digits stand side by side
in one cell (縱中橫); Latin words and longer numbers lie on their side. For titles: a line is not broken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

CellKind = Literal["upright", "mark", "together", "turned", "gap"]

# Signs with a vertical form in the fonts (OpenType `vert`): brackets, dashes and dots lie along the line.
_MARKS = frozenset("「」『』（）〔〕【】《》〈〉｛｝［］、，。．：；！？…‥—─～﹏｜＝－ー")
_HALF_TO_FULL = str.maketrans(
    {"(": "（", ")": "）", ",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "~": "～"}
)
# Letters of Latin with their combining marks (ọ̍ of Taiwanese has no letter of its own).
_LETTER = "[0-9A-Za-zÀ-ɏ\u1e00-\u1eff][\u0300-\u036f]*"
_WORD = re.compile(f"{_LETTER}(?:(?:{_LETTER}|['’.,%&/+–-])*(?:{_LETTER}|%))?")
TOGETHER = 3  # characters that fit side by side into one cell


@dataclass(frozen=True)
class Cell:
    """One block of a vertical line; `length` is how far it reaches along the line, in em."""

    kind: CellKind
    text: str
    length: float = 1.0


def cells(words: str, advance: Callable[[str], float]) -> tuple[Cell, ...]:
    """The cells of a title from top to bottom. `advance`: the width of a Latin word in em, in the face that is used.

    Together the texts of the cells are the title, but for blanks at a change of direction.
    """
    return tuple(_cells(" ".join(words.split()), advance))


def height(cells: Iterable[Cell]) -> float:
    """How high cells are one below the other, in em, with the air that the style sheet gives each."""
    return sum(
        0.4 if one.kind == "gap" else one.length + 0.4 if one.kind == "turned" else 1.1 for one in cells
    )


def _cells(words: str, advance: Callable[[str], float]) -> Iterator[Cell]:
    at = 0
    while at < len(words):
        letter = words[at]
        found = _WORD.match(words, at)
        if found:
            run = _phrase(words, at)
            yield _latin(run, advance)
            at += len(run)
        elif letter == " ":
            # A blank between Chinese and Latin is the change of direction itself.
            beside = (words[at - 1], words[at + 1])
            if all(_is_wide(one) for one in beside):
                yield Cell("gap", " ", 0.5)
            at += 1
        elif letter in _MARKS or letter.translate(_HALF_TO_FULL) in _MARKS:
            run = letter.translate(_HALF_TO_FULL)
            yield Cell("mark", run)
            at += 1
        else:
            # A variation selector or combining mark belongs to the character before it.
            end = at + 1
            while end < len(words) and (
                unicodedata.combining(words[end]) or unicodedata.category(words[end]) == "Mn"
            ):
                end += 1
            yield Cell("upright", words[at:end])
            at = end


def _phrase(words: str, at: int) -> str:
    """Latin words with the blanks between them: they lie on their side together."""
    end = at
    while found := _WORD.match(words, end):
        end = found.end()
        if not (end < len(words) - 1 and words[end] == " " and _WORD.match(words, end + 1)):
            break
        end += 1
    return words[at:end]


def _latin(run: str, advance: Callable[[str], float]) -> Cell:
    if sum(not unicodedata.combining(letter) for letter in run) == 1:
        return Cell("upright", run)
    if len(run) <= TOGETHER and run.isdigit():
        return Cell("together", run)
    return Cell("turned", run, round(advance(run), 3))


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in ("W", "F")
