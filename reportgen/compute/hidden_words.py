"""Whether a text says what a paper hides: a masked name or number, or any valid identity number."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterable

from reportgen.compute.masking import DOTS, WIDE, identity_numbers


def holds(texts: Iterable[str], hidden: Collection[str]) -> bool:
    """Whether texts that are no file yet hold a hidden word or an identity number: of thousands of files made from one
    shape, that shape and the texts that differ are all there is to read.
    """
    look = search(frozenset(hidden))
    return any(look(words) for words in texts)


class _Search:
    """Looks for hundreds of words at once: first squeezed and by their first letters, then exactly."""

    KEYS = 2, 5  # letters: Chinese names are short, and the first two of an English one begin too many words

    def __init__(self, hidden: Collection[str]) -> None:
        self.words: dict[str, list[tuple[str, str, re.Pattern[str]]]] = {}
        for word in sorted(hidden):
            for spelt in _spellings(word):
                squeezed = _squeezed(_folded(spelt))
                if len(squeezed) > 1:
                    short, long = self.KEYS
                    key = squeezed[: short if WIDE.search(squeezed) or len(squeezed) < long else long]
                    self.words.setdefault(key, []).append((squeezed, word, _exact(squeezed)))
        seconds: dict[str, set[str]] = {}
        for key in self.words:
            seconds.setdefault(key[0], set()).add(re.escape(key[1]))
        pairs = "|".join(
            f"{re.escape(first)}(?=[{''.join(sorted(seconds[first]))}])" for first in sorted(seconds)
        )
        self.first = re.compile(pairs) if pairs else None

    def __call__(self, words: str) -> list[str]:
        folded = _folded(words)
        near: dict[str, tuple[str, re.Pattern[str]]] = {}
        if self.first:
            squeezed = _squeezed(folded)
            for match in self.first.finditer(squeezed):
                at = match.start()
                for length in self.KEYS:
                    for spelt, word, exact in self.words.get(squeezed[at : at + length], ()):
                        if squeezed.startswith(spelt, at):
                            near[spelt] = (word, exact)
        hidden = [word for word, exact in near.values() if exact.search(folded)]
        return [*dict.fromkeys(hidden), *identity_numbers(unicodedata.normalize("NFKC", words))]


search = functools.lru_cache(maxsize=8)(_Search)


def _spellings(word: str) -> list[str]:
    """An English name is written with either half first; a comma says where the halves part."""
    surname, comma, given = unicodedata.normalize("NFKC", word).partition(",")
    if comma:
        return [f"{surname} {given}", f"{given} {surname}"]
    parts = word.split()
    if len(parts) > 1 and not WIDE.search(word):
        return [word, " ".join([*parts[1:], parts[0]]), " ".join([parts[-1], *parts[:-1]])]
    return [word]


def _folded(words: str) -> str:
    """One form for all widths, cases and accents; letters that nobody sees are gone."""
    folded = unicodedata.normalize("NFKD", words).casefold()
    return _UNSEEN.sub("", folded)


_UNSEEN = re.compile(
    "[\u00ad\u0300-\u036f\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
_NO_LETTER = re.compile(r"[\W_]+")


def _squeezed(folded: str) -> str:
    return _NO_LETTER.sub("", folded)


def _exact(squeezed: str) -> re.Pattern[str]:
    """Chinese letters with nothing but white space or a dot between them; Latin ones also with punctuation.

    A short Latin name must stand for itself (`Li Na` is not in `Carolina`); a long one may be run together.
    """
    if WIDE.search(squeezed):
        return re.compile(rf"[\s{DOTS}]*".join(map(re.escape, squeezed)))
    inner = r"(?:[^\w\0]|_)*".join(map(re.escape, squeezed))
    if len(squeezed) > 9:
        return re.compile(inner)
    return re.compile(rf"(?<![^\W_]){inner}(?![^\W_])")
