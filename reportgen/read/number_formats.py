"""What a number format of a spreadsheet does to a number: shown as per cent, as a day, a thousandth of it, among words, or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Those that have a number in place of a code. 27–36 and 50–58 are the days of Chinese and Japanese, 71–81 those of Thai.
_DAYS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59), *range(71, 82)}
BUILT_IN = {
    **{str(number): "yyyy/m/d" for number in _DAYS},
    "9": "0%",
    "10": "0.00%",
    "67": "0%",
    "68": "0.00%",
}

_LITERAL = re.compile(r'"([^"]*)"?|\\(.)|_.|\*.')
_BRACKETS = re.compile(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]", re.IGNORECASE)
_NUMBER = re.compile(r"[0#?]|General", re.IGNORECASE)
# Letters of days and times; `e` and `g` are year and era, unless an exponent is meant.
_DAY = re.compile(r"[ymdhsgb]|e(?![+-])", re.IGNORECASE)
_SCALES = re.compile(r"[0#?.],+(?=\.|[^0#?,.]*$)")
# A literal that says a size: 27000 that is shown as 27000萬 is another amount than 27000.
SIZE = re.compile(r"[千仟萬万億亿兆]|\b(?:thousand|million|billion|bn|mn|k|m)\b", re.IGNORECASE)
_ZEROS_IN_FRONT = re.compile(r"^[^0#?]*0,?0")
_BESIDE_NUMBERS = set(" ()+-–−—▲△/:")


@dataclass(frozen=True)
class Shown:
    """`percent` is None where only some numbers are shown so; `sized`: a word beside the figure says thousands or
    millions. `reshaped`: not the figure alone, as with 007 or 第3屆."""

    percent: bool | None = False
    day: bool = False
    scaled: bool = False
    sized: bool = False
    nothing: bool = False
    reshaped: bool = False


PLAIN = Shown()


def shown(code: str) -> Shown:
    words = "".join(quoted or escaped for quoted, escaped in _LITERAL.findall(code))
    plain = _BRACKETS.sub("", _LITERAL.sub("", code))
    if not plain.strip() and not words:
        return PLAIN
    sections = plain.split(";")[:3]
    if any(_DAY.search(re.sub("General", "", section, flags=re.IGNORECASE)) for section in sections):
        return Shown(day=True)
    numbers = [section for section in sections if _NUMBER.search(section)]
    if not numbers:
        return Shown(nothing="@" not in plain)
    percent = {"%" in section for section in numbers}
    return Shown(
        percent=percent.pop() if len(percent) == 1 else None,
        scaled=any(_SCALES.search(section) for section in numbers),
        sized=bool(SIZE.search(words)),
        reshaped=bool(set(words) - _BESIDE_NUMBERS) or bool(_ZEROS_IN_FRONT.match(numbers[0])),
    )
