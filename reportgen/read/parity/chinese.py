"""The numbers of a Chinese half: 1.2億, 一百二十, 三分之一, 第三, and years of the ROC as those of the Gregorian calendar."""

from __future__ import annotations

import functools
import re
from fractions import Fraction

from reportgen.model.formats import ROC_OFFSET
from reportgen.read.parity.lexicon import lexicon
from reportgen.read.parity.quantity import SLOT, Force, Number, exact, plain, unit_behind

_SIGNS = ("○〇零", "一壹", "二兩貳", "三參", "四肆", "五伍", "六陸", "七柒", "八捌", "九玖")
_DIGITS = {sign: number for number, signs in enumerate(_SIGNS) for sign in signs}
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"萬": 10**4, "億": 10**8, "兆": 10**12}
_ONES = "".join(_DIGITS)
_NUMERAL = "".join((*_DIGITS, *_PLACES, *_MYRIADS))
_ANY = re.compile(rf"[\d{_NUMERAL}半前後次雙倍首單減]")
_ZH = re.compile(
    rf"(?P<figure>\d[\d,]*(?:\.\d+)?)(?P<scales>[十百千萬億兆](?![分])[\d{_NUMERAL},.]*)?"
    rf"|(?P<numeral>[{_NUMERAL}]+(?:點[{_ONES}]+)?)|(?P<half>半)"
)
_FRACTION = re.compile(rf"(?<![\d{_NUMERAL}])([\d{_NUMERAL}]+)分之([\d{_NUMERAL}.]+)")
_PARTS_OF = {"百": "percent", "100": "percent", "千": "permille", "1000": "permille"}
_TENTHS = re.compile(f"成([{_ONES}])?(?![長員立果功交年份本效])")
_NO_NUMBER = re.compile("|".join(lexicon()["number"]["none"]))
_BARE_SCALE = re.compile(
    r"(?<![\d一二三四五六七八九十百千萬億兆兩數幾多餘{}])([百千]?[萬億]|千)(?=[元人件股戶筆])"
)
# Words that say a number without a numeral.
_SPOKEN_VALUES: dict[str, frozenset[Fraction | str]] = {
    word: frozenset(map(Fraction, str(values).split()))
    for word, values in lexicon()["number"]["spoken"].items()
}
_SPOKEN = re.compile("|".join(_SPOKEN_VALUES))
_COUNTED = re.compile(f"[ 多餘幾來]?(?:{'|'.join(lexicon()['number']['counted'])})")
# 90至107年 are two years; 連續3年, 近5年 and 3年內 are lengths of time.
_ROC_YEAR = re.compile(
    r"(?<!連續)(?<!西元)(?<!公元)(?<![近第每滿逾共達前])(?P<y>\d{1,3})(?=年(?!後|來|間|內|期|以上)|[至、～–-]\d{1,3}年)"
)
_MONTH = re.compile(r"(?:個)?月")
_SHORT_YEARS = 60  # 104年 is a year; 2年 may be how long something lasts


@functools.lru_cache(4096)
def chinese(words: str) -> tuple[Number, ...]:
    words = SLOT.sub(lambda slot: "\0" * len(slot[0]), plain(words))
    if not _ANY.search(words):
        return ()
    found: list[Number] = []
    taken = [match.span() for match in _NO_NUMBER.finditer(words)]

    def free(start: int) -> bool:
        return not any(first <= start < last for first, last in taken)

    for match in _SPOKEN.finditer(words):
        found.append(Number(_SPOKEN_VALUES[match[0]], match[0], "hint"))
    for match in _BARE_SCALE.finditer(words):
        found.append(Number(frozenset({_chinese_value(match[1]) or Fraction(0)}), match[1], "figure"))
    for match in _FRACTION.finditer(words):
        if (value := _fraction(match[1], match[2])) is not None:
            unit = _PARTS_OF.get(match[1], "")
            found.append(Number(frozenset(value), match[0], "word", unit))
            taken.append(match.span())
    for match in _ZH.finditer(words):
        if free(match.start()):
            found += _chinese_number(words, match)
    return tuple(found)


def _fraction(below: str, above: str) -> set[Fraction | str] | None:
    parts = [_chinese_value(part) for part in (below, above)]
    if parts[0] in (None, 0) or parts[1] is None:
        return None
    assert parts[0] is not None
    if parts[0] in (100, 1000):
        return {parts[1]}
    return {parts[1] / parts[0]}


def _chinese_number(words: str, match: re.Match[str]) -> list[Number]:
    written, end = match[0], match.end()
    if match["half"]:
        return [Number(frozenset({Fraction(1, 2)}), written, "hint")]
    if match["figure"]:
        return _figure(words, match)
    value = _chinese_value(written)
    if value is None:
        return []
    counted = _COUNTED.match(words, end)
    unit = unit_behind(words, end, "zh")
    values: set[Fraction | str] = {value}
    values |= _tenths(words, end, value)
    if (unit == "year" and not words.startswith("年度", end)) or words.startswith("年度", end):
        if value >= _SHORT_YEARS:
            return [
                Number(frozenset({value + ROC_OFFSET if value < 1000 else value}), written, "word", "", True)
            ]
        values.add(value + ROC_OFFSET)
    ordinal = words[max(0, match.start() - 1) : match.start()] == "第"
    said = ordinal or counted or len(written) > 1 or words[end : end + 1] == "、"
    force: Force = "hint" if value == 1 or not said else "word"
    return [Number(frozenset(values), written, force, unit if said else "")]


def _figure(words: str, match: re.Match[str]) -> list[Number]:
    figure, scales, start, end = match["figure"], match["scales"], match.start(), match.end()
    if scales:
        value = _chinese_value(match[0])
        if value is not None:
            return [Number(frozenset({value}), match[0], "figure", unit_behind(words, end, "zh"))]
        end = match.start("scales")
    value = exact(figure)
    values: set[Fraction | str] = {value, *_tenths(words, end, value)}
    unit = unit_behind(words, end, "zh")
    year = _ROC_YEAR.match(words, start)
    if year and year["y"] == figure:
        if value >= _SHORT_YEARS or _MONTH.search(words, end, end + 4):
            return [Number(frozenset({value + ROC_OFFSET}), figure, "figure", "", True)]
        values.add(value + ROC_OFFSET)
    if unit == "month" and not words.startswith("個", end) and value <= 12:
        unit = ""  # 3月 is March
    return [Number(frozenset(values), figure, "figure", unit, value > 1911 and words.startswith("年", end))]


def _tenths(words: str, end: int, value: Fraction) -> set[Fraction]:
    """What 8成 and 八成五 may be called: 80 and 85 of a hundred, or their part of one."""
    if not (match := _TENTHS.match(words, end)) or value >= 10:
        return set()
    percent = value * 10 + _DIGITS.get(match[1] or "", 0)
    return {percent, percent / 100}


def _chinese_value(written: str) -> Fraction | None:
    """The number of 一百二十, 1.2億, 6億3,944萬2,789 or 一〇四; None where it is none."""
    written, _, decimals = written.partition("點")
    part = Fraction("0." + "".join(str(_DIGITS[sign]) for sign in decimals)) if decimals else Fraction(0)
    total = section = Fraction(0)
    number: Fraction | None = None
    spoken = ""
    for token in re.findall(r"\d[\d,]*(?:\.\d+)?|.", written.strip(",.")):
        if token[0].isdigit():
            number = exact(token)
        elif token in _DIGITS:
            spoken += str(_DIGITS[token])
            number = Fraction(spoken)
            continue
        elif token in _PLACES:
            section += (Fraction(1) if number is None else number) * _PLACES[token]
            number = None
        elif token in _MYRIADS:
            section += number or 0
            total += (section or Fraction(1)) * _MYRIADS[token] if number != 0 or section else Fraction(0)
            section, number = Fraction(0), None
        else:
            return None
        spoken = ""
    return total + section + (number or 0) + part
