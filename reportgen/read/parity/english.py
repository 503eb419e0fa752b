"""The numbers of an English half: 120 million, twenty-two, a third of, fourth, March."""

from __future__ import annotations

import functools
import re
from fractions import Fraction

from reportgen.model.formats import ROC_OFFSET
from reportgen.read.parity.lexicon import lexicon
from reportgen.read.parity.quantity import SLOT, Force, Number, exact, unit_behind

_NUMBERS = lexicon()["number"]
_WORDS = {word: number for number, words in enumerate(_NUMBERS["ones"]) for word in words.split()}
_WORDS |= {word: number * 10 for number, words in enumerate(_NUMBERS["tens"], 2) for word in words.split()}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_MULTIPLES: dict[str, tuple[Fraction, Force]] = {
    word: (Fraction(value), force) for force in ("word", "hint") for word, value in _NUMBERS[force].items()
}
_MONTHS = {name: number for number, names in enumerate(_NUMBERS["months"], 1) for name in names.split()}
_WORD = "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True))
_EN = re.compile(
    rf"(?P<roc>(?:ROC|R\.O\.C\.|Minguo)(?: [Yy]ear)? )?(?P<figure>\d[\d,]*(?:\.\d+)?)(?:st|nd|rd|th)?(?P<scales>(?:[ -](?:hundred|thousand|million|billion|trillion))*)(?![a-z])"
    rf"|(?<![\d.])(?P<figure2>\d[\d,]*(?:\.\d+)?)"
    rf"|(?<![A-Za-z-])(?P<numeral>(?:(?:a|an)[ -](?=hundred|thousand|million|billion))?(?:{_WORD})(?:(?:[ -]|[ -]and[ -])(?:{_WORD}))*)(?:s)?(?![A-Za-z])"
    rf"|(?<![A-Za-z-])(?P<multiple>{'|'.join(sorted(_MULTIPLES, key=len, reverse=True))})(?![A-Za-z])",
    re.IGNORECASE,
)
_MONTH_NAME = re.compile(
    rf"(?<![A-Za-z])(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?![A-Za-z])\.?"
)
_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10, "hundredth": 100}
_PART = re.compile(
    rf"(?<![A-Za-z])(a|an|{'|'.join(_NUMBERS['parts_of'])})[ -]({'|'.join(_PARTS)})(s?)(?![a-z])(?(3)| of)",
    re.IGNORECASE,
)
_IN_TEN = re.compile(
    rf"(?<![A-Za-z])({'|'.join(_NUMBERS['parts_of'])})(?: in | out of (?:every )?)(three|four|five|ten)(?![a-z])",
    re.IGNORECASE,
)
_QUARTER = re.compile(r"(?<![A-Za-z])Q([1-4])(?!\d)")


@functools.lru_cache(4096)
def english(words: str) -> tuple[Number, ...]:
    words = SLOT.sub(lambda slot: "\0" * len(slot[0]), words)
    found: list[Number] = []
    taken: list[tuple[int, int]] = []
    for match in _PART.finditer(words):
        above = _WORDS.get(match[1].lower(), 1)
        taken.append(match.span())
        part = Fraction(above, _PARTS[match[2].lower()])
        counted = {Fraction(above)} if match[2].lower() == "quarter" and match[3] else set()  # of the year
        found.append(Number(frozenset({part, *counted}), match[0], "word"))
    for match in _IN_TEN.finditer(words):
        taken.append(match.span())
        part = Fraction(_WORDS[match[1].lower()], _WORDS[match[2].lower()])
        found.append(Number(frozenset({part, part * 100}), match[0], "word"))
    for match in _MONTH_NAME.finditer(words):
        number = _MONTHS[match["month"]]
        dated = re.match(r" (?:\d|to [A-Z\d])", words[match.end() :])
        sure = dated or match["month"] not in ("May", "March", "Mar")
        found.append(Number(frozenset({Fraction(number)}), str(number), "figure" if sure else "hint"))
    for match in _QUARTER.finditer(words):
        taken.append(match.span())
        found.append(Number(frozenset({Fraction(match[1])}), match[0], "figure"))
    for match in _EN.finditer(words):
        if not any(first <= match.start() < last for first, last in taken):
            found += _english_number(words, match)
    return tuple(found)


def _english_number(words: str, match: re.Match[str]) -> list[Number]:
    unit = unit_behind(words, match.end(), "en")
    if figure := match["figure"] or match["figure2"]:
        value = exact(figure)
        for scale in re.findall(r"[a-z]+", (match["scales"] or "").lower()):
            value *= _SCALES[scale]
        if match["roc"]:
            return [Number(frozenset({value + ROC_OFFSET}), match[0], "figure", "", True)]
        return [Number(frozenset({value}), match[0].strip(), "figure", unit)]
    if match["multiple"]:
        value, force = _MULTIPLES[match["multiple"].lower()]
        return [Number(frozenset({value}), match[0], force, unit if value > 1 else "")]
    written = match["numeral"]
    if written.count(" ") > 1 and not re.search("|".join(_SCALES), written, re.IGNORECASE):
        return []  # counting: one two three
    return [
        Number(frozenset({value}), part, "hint" if value <= 1 else "word", unit)
        for part in _parted(written)
        for value in [_english_value(part)]
    ]


def _parted(written: str) -> list[str]:
    """`two second` are two numbers, `twenty-two` is one, and so is `first six`, which counts six."""
    parts = written.split(" ")
    if len(parts) != 2 or any(_WORDS.get(part.lower(), 100) >= 20 for part in parts):
        return [written]
    return parts[1:] if parts[0].lower() == "first" else parts


def _english_value(written: str) -> Fraction:
    total = section = Fraction(0)
    for token in re.findall(r"[a-z]+", written.lower()):
        if token in _WORDS:
            section += _WORDS[token]
        elif token == "hundred":
            section = (section or Fraction(1)) * 100
        elif token in _SCALES:
            total += (section or Fraction(1)) * _SCALES[token]
            section = Fraction(0)
    return total + section
