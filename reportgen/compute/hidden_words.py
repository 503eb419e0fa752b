"""Whether a text says what a paper hides: a masked name or number, or any valid identity number."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from reportgen.compute.masking import DOTS, WIDE, identity_numbers, is_identity_number, shown
from reportgen.model import Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message


def held(texts: Iterable[str], hidden: Collection[str], own: Collection[str] = ()) -> list[str]:
    """The hidden words and identity numbers in texts that are no file yet: of thousands of files made from one shape, that
    shape and the texts that differ are all there is to read.
    """
    look = search(frozenset(hidden), frozenset(own))
    return list(dict.fromkeys(word for words in texts for word in look(words)))


def betrayed(word: str, hidden: Mapping[str, Place], paper: str, places: Iterable[Text]) -> Problem:
    """What is told of a hidden word that stands in a paper: the row that holds it, and the person as masked."""
    row = hidden.get(word, Place(paper))
    if is_identity_number(word):
        who = message("names.identity_number")
    else:
        masked = shown(Text(word, "") if WIDE.search(word) else Text("", word), "surname-only")
        who = Text(masked.zh or masked.en, masked.zh or masked.en)
    return problem(
        replace(row, column=""), "run.what_paper_masks_stands", who=who, paper=paper, where=list(places)
    )


def own_words(texts: Iterable[str], hidden: Collection[str]) -> tuple[str, ...]:
    """Of the words that an office declares, those that hold a hidden one: 高雄分署 where somebody is called 高雄."""
    spelt = {_squeezed(_folded(spelling)) for word in hidden for spelling in _spellings(word)} - {""}
    near = re.compile("|".join(map(re.escape, sorted(spelt)))) if spelt else None
    found: dict[str, None] = {}
    for words in dict.fromkeys(texts) if near else ():
        if near and near.search(_squeezed(_folded(words))):
            found |= dict.fromkeys(run for run in _runs(words) if near.search(_squeezed(_folded(run))))
    return tuple(found)


def alike(hidden: Collection[str], own: Collection[str]) -> list[str]:
    """The hidden words that are a declared word as they stand: no search tells the two apart."""
    look = search(frozenset(hidden), frozenset(own))
    return [word for word in hidden if len(_squeezed(_folded(word))) > 1 and not look(word)]


_RUN = re.compile(rf"(?:{WIDE.pattern})+|[^\W\d_]+(?:[ \-‐’'.]+[^\W\d_]+)*")


def _runs(words: str) -> Iterator[str]:
    """Chinese letters, or Latin words, that stand together."""
    for match in _RUN.finditer(words):
        latin = not WIDE.match(match[0])
        yield from re.findall(r"[^\u3400-\U0003fffd]+", match[0]) if latin else [match[0]]


class _Search:
    """Looks for hundreds of words at once: first squeezed and by their first letters, then exactly."""

    KEYS = 2, 5  # letters: Chinese names are short, and the first two of an English one begin too many words

    def __init__(self, hidden: Collection[str], own: Collection[str]) -> None:
        self.words: dict[str, list[tuple[str, str, re.Pattern[str]]]] = {}
        self.own = {_squeezed(_folded(words)): _as_declared(words) for words in sorted(own)}
        for word in sorted(hidden):
            for spelt in _spellings(word):
                squeezed = _squeezed(_folded(spelt))
                if len(squeezed) > 1:
                    short, long = self.KEYS
                    key = squeezed[: short if WIDE.search(squeezed) or len(squeezed) < long else long]
                    self.words.setdefault(key, []).append((squeezed, word, _exact(spelt)))
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
        hidden = [word for spelt, (word, exact) in near.items() if self._stands(spelt, exact, folded)]
        return [*dict.fromkeys(hidden), *identity_numbers(unicodedata.normalize("NFKC", words))]

    def _stands(self, spelt: str, exact: re.Pattern[str], folded: str) -> bool:
        """Whether the word stands anywhere else than inside words that are declared."""
        longer = [pattern for words, pattern in self.own.items() if spelt in words]
        spans = [match.span() for pattern in longer for match in pattern.finditer(folded)]
        return any(
            not any(start <= match.start() and match.end() <= end for start, end in spans)
            for match in exact.finditer(folded)
        )


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


def _exact(spelt: str) -> re.Pattern[str]:
    """Chinese letters with nothing but white space or a dot between them; Latin ones also with punctuation.

    A short Latin name must stand for itself (`Li Na` is not in `Carolina`, `Lin` not in `Lin-Yi`); a long one may be run together.
    """
    squeezed = _squeezed(_folded(spelt))
    inner = _letters(squeezed)
    if WIDE.search(squeezed) or len(squeezed) > 9:
        return re.compile(inner)
    alone = rf"(?<![^\W_]){inner}(?![^\W_])"
    if not _NO_LETTER.search(spelt.strip()):  # a word that may be a part of a longer name
        alone = rf"(?<![^\W_][-‐–’']){alone}(?![-‐–][^\W_])"
    return re.compile(alone)


def _as_declared(words: str) -> re.Pattern[str]:
    """A declared word in the form in which it stands: the branch `kaohsiung` hides nobody who is called Kao Hsiung."""
    folded = _folded(words)
    if WIDE.search(folded):
        return re.compile(_letters(_squeezed(folded)))
    inner = r"(?:[^\w\0]|_)+".join(map(re.escape, _NO_LETTER.split(folded.strip(" .'"))))
    return re.compile(rf"(?<![^\W_]){inner}(?![^\W_])")


def _letters(squeezed: str) -> str:
    between = rf"[\s{DOTS}]*" if WIDE.search(squeezed) else r"(?:[^\w\0]|_)*"
    return between.join(map(re.escape, squeezed))
