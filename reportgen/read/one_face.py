"""Latin names with letters that the faces of the text lack (ʉ, ṟ, ł): the whole name stands in one face that has them all."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from reportgen.read import fonts

_LETTERS = "A-Za-zÀ-ÖØ-öø-ˈˊ-˿\u0300-\u036fḀ-ỿⁿ"
_WORD = rf"['‘’^]?[{_LETTERS}][{_LETTERS}'’‘^:.,·‧\-‐–]*"
_WORDS = re.compile(rf"{_WORD}(?:[ \u00a0]+{_WORD})*")
_MAY_BE = re.compile("[\u0100-\u036fḀ-ỿⁿ]")
MOST_WORDS = 4  # of a text that is taken for a name as it stands


@cache
def family() -> str:
    """The face for such names: the first of the faces that have every letter of the official orthographies."""
    return str(fonts.declared()["names"]["face"])


@cache
def strange(letter: str) -> bool:
    """A Latin letter or a mark upon one that the faces of the text lack, and the face for names has."""
    point = ord(letter)
    latin = unicodedata.combining(letter) or re.fullmatch(f"[{_LETTERS}]", letter)
    return bool(latin) and point not in fonts.coverage() and point in fonts.coverage((family(),))


def runs(words: str) -> list[tuple[int, int]]:
    """Where such names stand: a text that is a name, else the words with such letters and the capitalised ones beside them."""
    found = []
    for run in _WORDS.finditer(words) if _MAY_BE.search(words) else ():
        if not any(map(strange, run[0])):
            continue
        parts = list(re.finditer(r"[^ \u00a0]+", run[0]))
        if run[0] == words.strip() and len(parts) <= MOST_WORDS:
            found.append(run.span())
        else:
            found += [(run.start() + start, run.start() + end) for start, end in _names(parts)]
    return found


def _names(parts: list[re.Match[str]]) -> list[tuple[int, int]]:
    """Neighbouring words that belong to a name."""
    has = [any(map(strange, part[0])) for part in parts]
    named = [one or part[0].strip("'‘’^")[:1].isupper() for one, part in zip(has, parts, strict=True)]
    found, at = [], 0
    while at < len(parts):
        end = at
        while end < len(parts) and named[end]:
            end += 1
        if any(has[at:end]):
            found.append((parts[at].start(), parts[end - 1].end()))
        at = max(end, at + 1)
    return found
