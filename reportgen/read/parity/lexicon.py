"""The words that `parity` knows in both languages, from `lexicon.toml`; what they are compared for is for the rules."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.model import Language, toml
from reportgen.model.toml import Raw


@dataclass(frozen=True, slots=True)
class Cue:
    """A word with what it says: one sense of a group of senses that exclude each other."""

    start: int
    end: int
    group: str
    sense: str


Sense = tuple[str, str]  # group and sense; a word that says nothing has none of both


class Finder:
    """Looks for many patterns at once, by the letters with which they begin; of two that fit, the first is taken."""

    def __init__(self, words: Iterable[tuple[str, Sense]], language: Language) -> None:
        held: dict[str, list[tuple[str, Sense]]] = {}
        for word, sense in words:
            for letter in first_letters(word):
                for form in {letter, letter.upper()}:
                    held.setdefault(form, []).append((word, sense))
        after = "(?![A-Za-z])" if language == "en" else ""
        self._english = language == "en"
        self._by_letter = {
            letter: (
                re.compile(f"(?:{'|'.join(f'({word})' for word, _ in words)}){after}", re.IGNORECASE),
                [sense for _, sense in words],
            )
            for letter, words in held.items()
        }

    def find(self, words: str) -> Iterator[Cue]:
        end = 0
        for start, letter in enumerate(words):
            if start < end or letter not in self._by_letter:
                continue
            if self._english and start and words[start - 1].isalpha() and words[start - 1].isascii():
                continue
            pattern, senses = self._by_letter[letter]
            if match := pattern.match(words, start):
                end = match.end()
                group, sense = senses[(match.lastindex or 1) - 1]
                if group:
                    yield Cue(start, end, group, sense)


_BEHIND = re.compile(r"\(\?<[=!](?:\[[^\]]*\]|[^()\[\]])*\)")


def first_letters(pattern: str) -> set[str]:
    """The letters with which what the pattern matches can begin; it begins with a letter, a set or a choice."""
    while behind := _BEHIND.match(pattern):
        pattern = pattern[behind.end() :]
    if pattern.startswith("(?:"):
        inside, depth, choices = 3, 1, [""]
        while depth:
            sign = pattern[inside]
            depth += (sign == "(") - (sign == ")")
            if sign == "|" and depth == 1:
                choices.append("")
            elif depth:
                choices[-1] += sign
            inside += 1
        return {letter for choice in choices for letter in first_letters(choice)}
    if pattern.startswith("["):
        return set(pattern[1 : pattern.index("]")])
    return {pattern[1] if pattern.startswith("\\") else pattern[0]}


_AROUND = re.compile(r"\(\?<?[=!](?:\[[^\]]*\]|\((?:[^()]|\([^()]*\))*\)|[^()\[\]])*\)")
_ONE_LETTER = re.compile(r"\[[^\]]*\]|\\.")
_INNER = re.compile(r"\(\?:([^()]*)\)(\?|\*|\{[^{}]*\})?")


def _length(pattern: str) -> int:
    """How many letters the pattern matches: what must stand around them is not counted, nor what may be missing."""
    words = _ONE_LETTER.sub("x", _AROUND.sub("", pattern))
    while (
        inner := _INNER.sub(lambda part: "" if part[2] else max(part[1].split("|"), key=len), words)
    ) != words:
        words = inner
    return len(re.sub(r".\?", "", words))


@functools.cache
def lexicon() -> Mapping[str, Raw]:
    return toml.parse((Path(__file__).parent / "lexicon.toml").read_text("utf-8"))


@functools.cache
def _finder(language: Language) -> Finder:
    held = [(word, ("", "")) for word in lexicon()["plain"][language]]
    held += sorted(
        (
            (word, (group, sense))
            for group, senses in lexicon()["group"].items()
            for sense, words in senses.items()
            for word in words[language]
        ),
        key=lambda one: (-_length(one[0]), -len(one[0])),
    )
    return Finder(held, language)


@functools.lru_cache(4096)
def cues(words: str, language: Language) -> tuple[Cue, ...]:
    """The words of the lexicon in the order in which they stand."""
    return tuple(_finder(language).find(words))
