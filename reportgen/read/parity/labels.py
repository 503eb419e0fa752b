"""Labels that stand beside each other in a file, `[metric.….]` or `[[dimension.….member]]`: none has the half of another.

What a label means, its own key or id says, and the words that both halves have in common: terms of the glossary, numbers, pairs of
the lexicon. Where two labels fit clearly better with one half of each exchanged, they are told.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.model import LANGUAGES, Language, Text, toml
from reportgen.model.errors import Problem, problem
from reportgen.model.toml import Raw
from reportgen.read.parity.glossary import Glossary
from reportgen.read.parity.lexicon import cues, lexicon
from reportgen.read.parity.numbers import numbers
from reportgen.read.parity.quantity import SLOT
from reportgen.read.toml_files import TomlFile

ENOUGH = 0.9
LONGEST = 60  # characters of the Chinese: what is longer is a sentence, and its own rules look at it


@dataclass(frozen=True, kw_only=True, eq=False)
class _Label:
    path: toml.Path
    text: Text
    named: frozenset[str]  # the words of its key or id
    english: frozenset[str]
    chinese: frozenset[tuple[str, ...]]  # what the Chinese says, in words of the lexicon and of the glossary
    hints: frozenset[str]  # all English words that it could go with


def label_faults(file: TomlFile, glossary: Glossary | None) -> Iterator[Problem]:
    labels: dict[toml.Path, _Label] = {}
    seen: set[tuple[toml.Path, toml.Path]] = set()
    for group in _groups(file.values) if len(file.languages) == len(LANGUAGES) else ():
        for path, name, text in group:
            if path not in labels:
                labels[path] = _label(path, name, text, glossary)
        for one, other in itertools.combinations([labels[path] for path, _, _ in group], 2):
            # Most pairs have nothing in common crosswise, and are not looked at again.
            if one.hints.isdisjoint(other.english) and other.hints.isdisjoint(one.english):
                continue
            if (
                (pair := (one.path, other.path)) in seen
                or one.text.zh == other.text.zh
                or one.text.en == other.text.en
            ):
                continue
            seen.add(pair)
            if _are_exchanged(one, other):
                found = {"zh": other.text.zh, "en": one.text.en, "other": one.text.zh}
                yield problem(file.place(other.path), "parity.labels_exchanged", **found)


@functools.lru_cache(8192)
def _are_exchanged(one: _Label, other: _Label) -> bool:
    """Whether both fit better with one half of each exchanged: by their keys, or by what both halves say."""
    one, other = _apart(one, other), _apart(other, one)
    across = _gain(one, other, _in_common)
    by_english = _gain(one, other, lambda mine, its: share(mine.named, its.english))
    by_chinese = _gain(one, other, lambda mine, its: _covered(its.chinese, mine.named))
    told = all(label.chinese for label in (one, other))  # what both say in Chinese then decides, too
    return across + max(by_english, by_chinese) >= ENOUGH and across >= (0.1 if told else -0.3)


def _apart(label: _Label, other: _Label) -> _Label:
    """What the label says that the other one does not say."""
    return replace(
        label,
        named=label.named - other.named,
        english=label.english - other.english,
        chinese=label.chinese - other.chinese,
    )


def _gain(one: _Label, other: _Label, fit: Callable[[_Label, _Label], float]) -> float:
    return fit(one, other) + fit(other, one) - fit(one, one) - fit(other, other)


def _in_common(chinese: _Label, english: _Label) -> float:
    return _covered(chinese.chinese, english.english)


def _covered(said: frozenset[tuple[str, ...]], english: frozenset[str]) -> float:
    """The part of what the Chinese says that stands in the English."""
    return sum(any(word in english for word in words) for words in said) / len(said) if said else 0.0


def share(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


# ---- which labels stand beside each other ---------------------------------------------------------


def _groups(values: Raw) -> Iterator[Sequence[tuple[toml.Path, str, Text]]]:
    """Labels by the way to them, with the keys of tables and the numbers of lists left out of the last step."""
    found: dict[tuple[str, ...], list[tuple[toml.Path, str, Text]]] = {}
    for path, name, text in texts_of(values):
        if len(text.zh) <= LONGEST and not re.search("[。；]", text.zh):
            for way in _ways(path):
                found.setdefault(way, []).append((path, name, text))
    return (group for group in found.values() if len(group) > 1)


def texts_of(raw: Raw, path: toml.Path = (), name: str = "") -> Iterator[tuple[toml.Path, str, Text]]:
    """All texts in both languages below a table, each with its path and its name: the id of its table, or the key."""
    if isinstance(raw, Mapping):
        zh, en = raw.get("zh"), raw.get("en")
        own = raw.get("id")
        name = own if isinstance(own, str) else name
        if isinstance(zh, str) and isinstance(en, str) and not isinstance(raw.get("meant"), str):
            yield path, name, Text(zh, en)
        for key, inner in raw.items():
            generic = key in ("label", "name", "title", "caption", "heading", "text", "head", "note", "basis")
            yield from texts_of(inner, (*path, key), name if generic and name else str(key))
    elif isinstance(raw, list | tuple):
        for number, inner in enumerate(raw):
            yield from texts_of(inner, (*path, number), name)


def _ways(path: toml.Path) -> set[tuple[str, ...]]:
    """With the others of its own table, and with those of the same key in the tables beside its own."""
    words = [part if isinstance(part, str) else "" for part in path]
    return {(*words[:-1], ""), (*words[:-2], "", *words[-1:])}


# ---- what a label says ------------------------------------------------------------------------------


@functools.lru_cache(4096)  # the same files are read for each document
def _label(path: toml.Path, name: str, text: Text, glossary: Glossary | None) -> _Label:
    english = _words(text.en) | _senses(text.en, "en")
    chinese: set[tuple[str, ...]] = {(word,) for word in _senses(text.zh, "zh")}
    rest = text.zh
    for zh, words in _pairs():
        if zh in rest:
            rest = rest.replace(zh, "\0")
            chinese.add(words)
    rest = text.zh
    for term in glossary.terms if glossary else ():
        if term.zh in rest and (len(term.zh) > 2 or term.zh == text.zh):
            rest = rest.replace(term.zh, "\0")
            chinese |= {(word,) for word in _words(term.renderings[0])}
    named = _words(name)
    hints = named.union(*chinese)
    return _Label(
        path=path, text=text, named=named, english=frozenset(english), chinese=frozenset(chinese), hints=hints
    )


def _senses(words: str, language: Language) -> set[str]:
    found = {
        f"={value}"
        for number in numbers(words, language)
        if number.force != "hint"
        for value in number.values
    }
    slots = {slot[0] for slot in SLOT.finditer(words)}
    return found | slots | {f"{cue.group}:{cue.sense}" for cue in cues(words, language)}


@functools.cache
def _pairs() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Longest first; each with the English words of which one answers to it."""
    held = ((zh, tuple(_stem(word) for word in words)) for zh, words in lexicon()["pair"].items())
    return tuple(sorted(held, key=lambda pair: -len(pair[0])))


@functools.lru_cache(4096)
def _words(words: str) -> frozenset[str]:
    found = re.findall(r"[a-z%$²]+(?:-[a-z]+)*", SLOT.sub(" ", words).lower().replace("_", " "))
    return frozenset(
        _stem(word)
        for word in found
        if word not in ("the", "of", "a", "and", "in", "by", "for", "to", "on", "at")
    )


def _stem(word: str) -> str:
    return re.sub("(?<=[a-z]{3})(?:es|s)$", "", word)
