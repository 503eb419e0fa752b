"""Numbers of the two halves against each other, with their years and units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reportgen.model import LANGUAGES, Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.read.parity.lexicon import lexicon
from reportgen.read.parity.numbers import numbers
from reportgen.read.parity.quantity import LENGTHS, SLOT, Number, plain, unit_behind

_ALIKE = tuple(frozenset(units) for units in lexicon()["unlike"].values())
_WRITTEN_IN_FIGURES = re.compile(r"(?<!西元)(?<!公元)(?<!\d)(19[1-9]\d|20\d\d)(?=年)")
_SAYS_LITTLE = {"a", "an", "each", "another"}


class _Rest(NamedTuple):
    """What is left of each half when all that fits is taken away, and the pairs that fit."""

    zh: list[Number]
    en: list[Number]
    pairs: list[tuple[Number, Number]]


def quantity_faults(text: Text, place: Place) -> Iterator[Problem]:
    rest = _compared(numbers(text.zh, "zh"), numbers(text.en, "en"))
    if _differ(rest):
        zh, en = (_listed(numbers(text.say(language), language)) for language in LANGUAGES)
        yield problem(place, "words.numbers_differ", numbers_zh=zh, numbers_en=en)
    for chinese, english in (*rest.pairs, *_slots_with_units(text)):
        if "hint" in (chinese.force, english.force) and chinese.values:
            continue
        if chinese.unit != english.unit and any({chinese.unit, english.unit} <= alike for alike in _ALIKE):
            yield problem(
                place, "parity.units_differ", written=chinese.written, zh=chinese.unit, en=english.unit
            )
    for match in _WRITTEN_IN_FIGURES.finditer(plain(text.zh)):
        roc = int(match[1]) - 1911
        yield problem(place, "parity.gregorian_year", year=match[1], roc=roc)


def _differ(rest: _Rest) -> bool:
    """A figure that only one half has; or a number in words where the other half has another one."""
    if any(number.force == "figure" for number in (*rest.zh, *rest.en)):
        return True
    if any(number.force == "word" for number in rest.en):
        return True  # English says no number that the Chinese does not say
    if any(number.force == "word" and number.unit in LENGTHS for number in rest.zh):
        return True  # 逾五年 is so many years in English, too
    sure_zh, sure_en = (_sure(half) for half in (rest.zh, rest.en))
    return bool((sure_zh and rest.en and _said(rest.en)) or (sure_en and rest.zh and _said(rest.zh)))


def _sure(half: Iterable[Number]) -> list[Number]:
    return [number for number in half if number.force == "word"]


def _said(half: Iterable[Number]) -> list[Number]:
    return [number for number in half if number.written.lower() not in _SAYS_LITTLE]


def _compared(zh: Iterable[Number], en: Iterable[Number]) -> _Rest:
    left_zh, left_en = list(zh), list(en)
    pairs: list[tuple[Number, Number]] = []
    # What says most is paired first, so that 第一 does not take the `one` of another number.
    for forces in (("figure",), ("figure", "word"), ("figure", "word", "hint")):
        for chinese in list(left_zh):
            if chinese.force not in forces:
                continue
            fits = [
                number
                for number in left_en
                if number.force in forces and chinese.fits(number) and not _vague(chinese, number)
            ]
            if fits:
                best = max(fits, key=lambda number: (number.unit == chinese.unit, len(number.values) == 1))
                pairs.append((chinese, best))
                left_zh.remove(chinese)
                left_en.remove(best)
    return _Rest(left_zh, left_en, pairs)


def _vague(chinese: Number, english: Number) -> bool:
    """`a copy` is 一份; 1份 is `1 copy` or `one copy`."""
    return chinese.force == "figure" and english.written.lower() in _SAYS_LITTLE


def _slots_with_units(text: Text) -> Iterator[tuple[Number, Number]]:
    """Slots that stand once in each half, as numbers with the units behind them."""
    held = []
    for language in LANGUAGES:
        half = text.say(language)
        found: dict[str, Number | None] = {}
        for match in SLOT.finditer(half):
            unit = unit_behind(half, match.end(), language)
            found[match[0]] = None if match[0] in found else Number(frozenset(), match[0], "hint", unit)
        held.append(found)
    for slot, chinese in held[0].items():
        english = held[1].get(slot)
        if chinese and english:
            yield chinese, english


def _listed(found: Iterable[Number]) -> str:
    """What a half says: its years as those of the other half, the other numbers as they are written."""
    said = (
        str(min(number.values, key=str)) if number.year else number.written
        for number in found
        if number.force != "hint"
    )
    return ", ".join(sorted(said)) or "–"
