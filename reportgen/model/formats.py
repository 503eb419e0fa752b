"""Exact numbers, years and dates become strings here and nowhere else.

One rounding: half up, away from zero on a tie (四捨五入), applied once to an exact number.
Python's round(), pandas, Babel and Vega each print 104.25, 104.35 or 98.45 differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from reportgen.model.periods import ROC
from reportgen.model.periods import ROC_OFFSET as ROC_OFFSET
from reportgen.model.periods import gregorian_year as gregorian_year
from reportgen.model.values import Exact, Gap, Language, Text

MINUS = "\N{MINUS SIGN}"

# Symbols of the statistical tables of the Ministry of Justice (notes page STA_NOTES): `…` not
# available, `-` none. There `0` also stands for "less than half a unit"; here a true zero keeps
# `0` to itself and the small remainder gets a symbol of its own.
SYMBOL: Mapping[str, str] = {
    "blank": "",
    "none": "-",
    "not_available": "…",
    "under_half": "≈0",
    "undefined": "…",
}

TODO = Text("〔待譯〕", "〔to be translated〕")  # in the place of words that are still to be written
UNDER_HALF = Text("不足{half}", "less than {half}")
UNDER_ZERO = Text("負值（絕對值不足{half}）", "less than {half} below zero")
_SCALES: Mapping[int, str] = {
    1: "",
    10**3: " thousand",
    10**6: " million",
    10**9: " billion",
    10**12: " trillion",
}
_CURRENCY = re.compile(r"[A-Z]*\$")


@dataclass(frozen=True)
class Unit:
    """How a unit is printed: `factor` base units make one; `head` stands in table heads and on axes.

    `text` holds the pattern for sentences: `{n}` is the figure; in English a bar parts singular from
    plural (`{n} case|{n} cases`); `{yi_wan}` in Chinese writes 億 and 萬, and then an amount of NT$ in English is
    written in thousands, millions or more.
    """

    id: str
    factor: Fraction
    head: Text
    text: Text


def half_up(number: Fraction, digits: int) -> Decimal:
    """The number rounded half up (ties away from zero) to `digits` decimals, 0 or more."""
    scaled = abs(number) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    rounded = Decimal(whole).scaleb(-digits)
    return -rounded if number < 0 and whole else rounded


def decimals(exact: Fraction, most: int = 2) -> int:
    """As many as the number has, at most so many."""
    return next((digits for digits in range(most) if (exact * 10**digits).denominator == 1), most)


def grouped(number: Decimal) -> str:
    """`-1234.50` -> `−1,234.50`: thousands in threes, a true minus sign."""
    return f"{number:,f}".replace("-", MINUS)


def plain(exact: Exact, digits: int, factor: Fraction = Fraction(1)) -> str:
    """The string that tables, charts and alternative texts use; a symbol where there is no number."""
    if isinstance(exact, Gap):
        return SYMBOL[exact.kind]
    rounded = half_up(exact / factor, digits)
    if rounded == 0 and exact != 0:
        return SYMBOL["under_half"]
    return grouped(rounded)


def in_text(exact: Exact, digits: int, unit: Unit, language: Language) -> str:
    """The figure with its unit as a sentence has it: `24億4,272萬元`, `NT$2,442.72 million`."""
    figure = plain(exact, digits, unit.factor)
    if isinstance(exact, Gap):
        return figure or {"zh": "（空白）", "en": "(blank)"}[language]
    pattern = unit.text.say(language)
    if figure == SYMBOL["under_half"]:
        half = in_text(unit.factor / (2 * 10**digits), digits + 1, unit, language)
        return (UNDER_HALF if exact > 0 else UNDER_ZERO).say(language).replace("{half}", half)
    if "|" in pattern:
        singular, plural = pattern.split("|")
        pattern = singular if figure == "1" else plural
    if "{yi_wan}" in pattern:
        rounded = half_up(exact / unit.factor, digits) * Decimal(unit.factor.numerator)
        if unit.factor > 1:
            rounded = rounded.normalize()  # 0.005 million is 5,000, not 5,000.000
        return pattern.replace("{yi_wan}", yi_wan(rounded))
    if "{yi_wan}" in unit.text.zh and (currency := _CURRENCY.search(pattern)):
        sign = MINUS if figure.startswith(MINUS) else ""
        return sign + currency[0] + _in_scale(abs(half_up(exact / unit.factor, digits)), int(unit.factor))
    if "{ordinal}" in pattern:
        return pattern.replace("{ordinal}", ordinal(int(half_up(exact / unit.factor, 0))))
    return pattern.replace("{n}", figure)


def _in_scale(number: Decimal, factor: int) -> str:
    """`36,706.62 million`: in the unit's own scale where it has a name, unless another has far fewer figures.

    10,000 thousand is 10 million, 1,000,000 million a trillion; 25 units of ten thousand are 250,000.
    """
    most = 1000 if factor == 1000 else 10**6
    if factor == 1 or (factor in _SCALES and number < most):
        return f"{grouped(number)}{_SCALES[factor]}"
    amount = number * factor
    scale = max((scale for scale in _SCALES if 10**6 <= scale <= amount), default=1)
    return f"{grouped((amount / scale).normalize())}{_SCALES[scale]}"


def yi_wan(number: Decimal) -> str:
    """`2442720000` -> `24億4,272萬`, the form of the handbook for official documents (6億3,944萬2,789).

    A number below 10,000, or one with a fraction, is written out plainly.
    """
    sign, rest = (MINUS, -number) if number < 0 else ("", number)
    if rest != rest.to_integral_value() or rest < 10_000:
        return sign + grouped(rest)
    whole = int(rest)
    parts = []
    for value, name in ((10**12, "兆"), (10**8, "億"), (10**4, "萬")):
        count, whole = divmod(whole, value)
        if count:
            parts.append(f"{count:,}{name}")
    if whole:
        parts.append(f"{whole:,}")
    return sign + "".join(parts)


def ordinal(number: int) -> str:
    """English ordinal: 1st, 2nd, 3rd, 4th, 11th, 112th."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return str(number) + {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_PLACES = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def ordinal_in_words(number: int) -> str:
    """English ordinal as a sentence has it: in words below ten, then 10th."""
    return _PLACES[number] if number < len(_PLACES) else ordinal(number)


def lower_first(words: str) -> str:
    """`New cases` -> `new cases`, as inside a sentence; `NT$` and `ROI` keep their capitals."""
    return words if len(words) > 1 and not words[1].islower() else words[:1].lower() + words[1:]


def roc_year(year: int) -> Text:
    """A year of the statistics, 107 -> 107年 / 2018; before ROC 1 it is 民前."""
    return ROC.year(year)


def roc_date(day: date) -> Text:
    """中華民國108年3月1日 / March 1, 2019."""
    from babel.dates import format_date

    year = day.year - ROC_OFFSET
    era = f"中華民國{year}年" if year > 0 else f"民國前{1 - year}年"
    return Text(f"{era}{day.month}月{day.day}日", format_date(day, "MMMM d, y", locale="en"))


_ROC_DATE = re.compile(r"(?:中華)?(?:民國)?\s*(\d{1,3})(?:年|[./-])\s*(\d{1,2})(?:月|[./-])\s*(\d{1,2})日?")


def parse_roc_date(words: str) -> date:
    """107/12/31 or 民國107年12月31日 -> 2018-12-31. ValueError when there is no such day.

    1911 is added before the day is checked: 105/2/29 exists (2016), 104/2/29 does not, and
    pandas would take 104 for a year of the first century.
    """
    match = _ROC_DATE.fullmatch(words.strip())
    if not match:
        raise ValueError(words)
    year, month, day = (int(part) for part in match.groups())
    if not 1 <= year <= 200:
        raise ValueError(words)
    return date(year + ROC_OFFSET, month, day)


# ---- numbers and dates in words, for official papers --------------------------------------------

_DIGITS = "零一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_WEEKDAYS = "一二三四五六日"


def chinese_number(number: int) -> str:
    """`103` -> 一百零三, `111` -> 一百十一: as the national laws write it, without 一 before 十.

    Counted in the laws: 2,453 times 一百十一年, 7 times 一百一十一年, never 〇.
    """
    if not 0 <= number < 10**8:
        raise ValueError(f"{number} is not in 0..99,999,999")
    high, low = divmod(number, 10_000)
    if not high:
        return _below_10000(low)
    rest = "" if not low else ("零" if low < 1000 else "") + _below_10000(low)
    return f"{_below_10000(high)}萬{rest}"


def _below_10000(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    words, gap = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit == 0:
            gap = bool(words)
            continue
        words += (_DIGITS[0] if gap else "") + ("" if place == 10 and digit == 1 else _DIGITS[digit]) + unit
        gap = False
    return words


def number_in_words(count: int) -> Text:
    """三 / three; from ten on 多 / many, for a count that is no figure of the ledger."""
    return Text(chinese_number(count), _SMALL[count]) if count < 10 else Text("多", "many")


def times(count: int) -> Text:
    """How often: 一次 / once, 兩次 / twice, 三次 / three times."""
    en = {1: "once", 2: "twice"}.get(count) or f"{_SMALL[count] if count < 10 else count} times"
    return Text(f"{'兩' if count == 2 else chinese_number(count)}次", en)


def roc_year_in_words(year: int) -> str:
    """103 -> 一百零三年; the first year is 元年."""
    return "元年" if year == 1 else f"{chinese_number(year)}年"


def roc_date_in_words(day: date) -> Text:
    """中華民國一百零三年一月二十八日 / January 28, 2014."""
    year = day.year - ROC_OFFSET
    era = f"中華民國{roc_year_in_words(year)}" if year > 0 else f"民國前{chinese_number(1 - year)}年"
    zh = f"{era}{chinese_number(day.month)}月{chinese_number(day.day)}日"
    return Text(zh, roc_date(day).en)


def weekday(day: date) -> Text:
    """星期二 / Tuesday."""
    from babel.dates import format_date

    return Text(f"星期{_WEEKDAYS[day.weekday()]}", format_date(day, "EEEE", locale="en"))


def clock(hour: int, minute: int) -> Text:
    """上午10時30分 / 10:30 a.m.; the hour is of 24."""
    half, of_12 = ("上午", "a.m.") if hour < 12 else ("下午", "p.m."), (hour - 1) % 12 + 1
    if hour == 12:
        half = ("中午", "p.m.")
    zh = f"{half[0]}{of_12}時" + (f"{minute}分" if minute else "")
    return Text(zh, f"{of_12}:{minute:02} {half[1]}")


COUNTED_BY_NUMBERS = 4  # levels; the two below are counted by the ten stems
MOST_BY_STEMS = len(_STEMS)


def clause_number(level: int, number: int) -> Text:
    """The number of an item of an official paper: 一、 （一） 1、 （1） 甲、 （甲） / 1. (1) A. (A) a. (a)."""
    if not 1 <= level <= 6 or number < 1 or (level > COUNTED_BY_NUMBERS and number > MOST_BY_STEMS):
        raise ValueError(f"there is no item {number} on level {level}")
    zh = (chinese_number, str, lambda place: _STEMS[place - 1])[(level - 1) // 2](number)
    en = (str, capital_letters, lambda place: capital_letters(place).lower())[(level - 1) // 2](number)
    return Text(f"（{zh}）", f"({en})") if level % 2 == 0 else Text(f"{zh}、", f"{en}.")


def capital_letters(number: int) -> str:
    """1 -> A, 26 -> Z, 27 -> AA."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def written(text: Text) -> list[str]:
    """Its halves but those that are still to be written."""
    return [half for half in (text.zh, text.en) if half not in (TODO.zh, TODO.en)]


def padded(words: str, columns: int) -> str:
    """The words with spaces up to so many columns of a screen; before them where `columns` is below zero."""
    space = " " * (abs(columns) - width(words))
    return words + space if columns > 0 else space + words


def width(words: str) -> int:
    """Columns of a screen: a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in words)


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of words for a screen: a name, then figures that stand below each other to the right."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for name, *figures in rows:
        cells = [padded(cell, -size) for cell, size in zip(figures, widths[1:], strict=True)]
        yield "  ".join([padded(name, widths[0]), *cells])
