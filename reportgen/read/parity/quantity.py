"""A number as a half says it, and the unit behind it; where numbers stand is for `chinese` and `english`."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from reportgen.model import Language
from reportgen.read.parity.lexicon import lexicon

# `figure`: must stand in the other half, too · `word`: must not contradict the other half · `hint`: may be the
# number of the other half and proves nothing by itself (first, one, both).
Force = Literal["figure", "word", "hint"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a half says: what it may mean, as it is written, and its unit where that is known."""

    values: frozenset[Fraction | str]
    written: str
    force: Force
    unit: str = ""
    year: bool = False

    def fits(self, other: Number) -> bool:
        return not self.values.isdisjoint(other.values)


# Units of time: one length is no other.
LENGTHS = frozenset({"year", "month", "week", "day", "hour", "minute", "second", "quarter"})
SLOT = re.compile(r"\{[^{}]+\}")
_WIDE = {ord(wide): plain for wide, plain in zip("０１２３４５６７８９％", "0123456789%", strict=True)}
_WIDE_COMMA = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))|(?<=\d)．(?=\d)")


def plain(words: str) -> str:
    """With figures of full width in half width; as long as before."""
    words = words.translate(_WIDE)
    return _WIDE_COMMA.sub(lambda sign: "," if sign[0] == "，" else ".", words)


@functools.cache
def _units(language: Language) -> tuple[re.Pattern[str], list[str]]:
    """What a unit looks like that stands right behind a figure."""
    place = 0 if language == "zh" else 1
    held = sorted(
        ((word, unit) for unit, halves in lexicon()["unit"].items() for word in halves[place]),
        key=lambda one: -len(one[0]),
    )
    between = "|".join(lexicon()["number"]["between"])
    before, after = (
        ("[ 多餘幾來]?", "")
        if language == "zh"
        else (rf"(?:[ -]|(?<=\d)%? ?)?(?:(?:{between}) )?", "(?![A-Za-z])")
    )
    joined = "|".join(f"({word}){after}" for word, _ in held)
    return re.compile(f"{before}(?:{joined})", re.IGNORECASE), [unit for _, unit in held]


def unit_behind(words: str, end: int, language: Language) -> str:
    """The unit that stands behind this place, or nothing that is known."""
    pattern, units = _units(language)
    match = pattern.match(words, end)
    return units[(match.lastindex or 1) - 1] if match else ""


def exact(written: str) -> Fraction:
    return Fraction(written.replace(",", "").rstrip("."))
