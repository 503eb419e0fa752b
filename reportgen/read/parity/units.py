"""A unit of the registry: its head and its text name the same unit, of the size that its factor says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from reportgen.model import LANGUAGES, Language, Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.read.parity.numbers import numbers
from reportgen.read.parity.quantity import SLOT
from reportgen.read.parity.script import letter_faults, script_faults
from reportgen.read.parity.senses import sense_faults

_HERE = Place("")
_LETTERS = 3  # in which day and days, business and businesses agree


def unit_faults(head: Text, text: Text, factor: Fraction) -> Iterator[Problem]:
    """`text` has forms, `{n} case|{n} cases`, whose slots may differ: 新臺幣{yi_wan}元 says the size in the figure."""
    yield from script_faults(text, _HERE)
    yield from letter_faults(text, _HERE)
    yield from sense_faults(text, _HERE)
    if "{yi_wan}" in text.zh and factor > 1 and not numbers(text.en, "en"):
        yield problem(_HERE, "parity.unit_has_another_factor", written=text.en, factor=str(factor))
    for language in LANGUAGES:
        pattern, column = text.say(language), head.say(language)
        for number in (*numbers(column, language), *numbers(pattern, language)):
            if number.force != "hint" and factor not in number.values:
                yield problem(
                    _HERE, "parity.unit_has_another_factor", written=number.written, factor=str(factor)
                )
        for form in pattern.split("|"):
            said, known = _said(form, language), _said(column, language)
            if said and known and not said & known:
                yield problem(_HERE, "parity.unit_is_another", text=form, head=column)


def _said(words: str, language: Language) -> set[str]:
    bare = SLOT.sub(" ", words)
    if language == "zh":
        return set(re.findall(r"[\u3400-\u9fff%％]", bare)) - {"個", "第"}
    return {word[:_LETTERS].lower() for word in re.findall(r"[A-Za-z$%²]+", bare)} - {"of", "unit"}
