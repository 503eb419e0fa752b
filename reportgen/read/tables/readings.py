"""Years, halves, months and quarters as offices write them; a text that is none of them stays as it is."""

from __future__ import annotations

import re

from reportgen.model import formats
from reportgen.model.periods import MONTHS

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_IN_WORDS = {formats.chinese_number(number): str(number) for number in range(1, 201)}
_IN_WORDS |= {words.replace("百十", "百一十"): number for words, number in _IN_WORDS.items()}
_ERA = r"(?:(?:中華)?民國)?"
_NUMBER = r"[〇○零一二三四五六七八九十百]+"
_YEAR = re.compile(rf"{_ERA}(?P<year>\d{{2,4}}|{_NUMBER})年?(?:度|底|終|末)?")
_COMMON_ERA = re.compile(r"(?:西元|公元)?(?P<year>191[2-9]|19[2-9]\d|20\d\d|21[01]\d)(?:年?(?:度|底|終|末)?)")
_MONTH = re.compile(
    rf"(?:{_ERA}(?P<year>\d{{2,4}}|{_NUMBER})(?:年度?|[-/]|\.(?=\d\d)))?(?P<part>0?[1-9]|1[0-2]|十[一二]?|[一二三四五六七八九])月?(?:份|底|末)?"
)
_RUN_ON = re.compile(r"(?P<year>\d{3,4}|9\d)(?P<part>0[1-9]|1[0-2])")
_FIRST_DAY = re.compile(r"(?P<year>\d{4})-(?P<part>0[1-9]|1[0-2])-01")
_OF_ENGLISH = {
    name.upper(): str(number) for number, whole in enumerate(MONTHS, 1) for name in (whole, whole[:3])
} | {"SEPT": "9"}
_ENGLISH = re.compile(
    rf"(?:(?P<before>\d{{4}})[-/]?)?(?P<name>{'|'.join(_OF_ENGLISH)})\.?(?:[-/,]?(?P<after>\d{{4}}))?"
)
_YEAR_BEFORE = rf"(?:{_ERA}(?P<year>\d{{2,4}}|{_NUMBER})(?:年度?|[-/.])?)?"
_QUARTER = re.compile(
    rf"{_YEAR_BEFORE}(?:第?(?P<part>[1-4一二三四])季(?:度|底|末)?|Q(?P<q>[1-4])(?:[-/]?(?P<after>\d{{4}}))?)"
)
_HALF = re.compile(rf"{_YEAR_BEFORE}(?:(?P<part>[上下])半年度?|H(?P<q>[12])(?:[-/]?(?P<after>\d{{4}}))?)")
_HALVES = {"上": "1", "下": "2"}


def year(text: str) -> str:
    """107年, 107年度, 民國107年, 106年底, 一〇七年, 一百零七年: the number alone."""
    found = _YEAR.fullmatch("".join(text.split()))
    return _number(found["year"]) if found else text


def common_era(text: str) -> str:
    """2018, 2018年: the ROC year."""
    found = _COMMON_ERA.fullmatch("".join(text.split()))
    return str(int(found["year"]) - formats.ROC_OFFSET) if found else text


def month(text: str) -> str:
    """107年6月, 10706, 2018-06, 6月, 六月, June 2018, Jun: the number of the month."""
    return _month(text)[1] or text


def year_of_month(text: str) -> str:
    return _month(text)[0] or text


def quarter(text: str) -> str:
    """107年第1季, 107Q1, Q1 2018, 第一季: the number of the quarter."""
    return _part(_QUARTER, text)[1] or text


def year_of_quarter(text: str) -> str:
    return _part(_QUARTER, text)[0] or text


def half(text: str) -> str:
    """107年上半年, 107H1, H1 2018, 下半年: the number of the half."""
    return _part(_HALF, text)[1] or text


def year_of_half(text: str) -> str:
    return _part(_HALF, text)[0] or text


def _month(text: str) -> tuple[str, str]:
    """The year, "" where none is said, and the month; both "" for what is no month."""
    squeezed = "".join(text.split())
    forms = (_FIRST_DAY, _RUN_ON, _MONTH)
    if found := next((match for form in forms if (match := form.fullmatch(squeezed))), None):
        return _number(found["year"] or ""), _number(found["part"])
    named = _ENGLISH.fullmatch(squeezed.upper())
    if not named or (named["before"] and named["after"]):
        return "", ""
    return named["before"] or named["after"] or "", _OF_ENGLISH[named["name"]]


def _part(form: re.Pattern[str], text: str) -> tuple[str, str]:
    """The year, "" where none is said, and the quarter or half; both "" for what is none."""
    found = form.fullmatch("".join(text.split()).upper())
    if not found or (found["year"] and found["after"]):
        return "", ""
    part = found["part"] or found["q"]
    return _number(found["year"] or found["after"] or ""), _HALVES.get(part) or _number(part)


def _number(written: str) -> str:
    if written.isascii():
        return str(int(written)) if written else ""
    return _IN_WORDS.get(written) or written.translate(_DIGITS)
