"""Years, months and quarters as offices write them; a text that is none of them stays as it is."""

from __future__ import annotations

import re

from reportgen.model import formats

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
_QUARTER = re.compile(
    rf"(?:{_ERA}(?P<year>\d{{2,4}}|{_NUMBER})(?:年度?|[-/.])?)?(?:第?(?P<part>[1-4一二三四])季(?:度|底|末)?|Q(?P<q>[1-4]))"
)


def year(text: str) -> str:
    """107年, 107年度, 民國107年, 106年底, 一〇七年, 一百零七年: the number alone."""
    found = _YEAR.fullmatch("".join(text.split()))
    return _number(found["year"]) if found else text


def common_era(text: str) -> str:
    """2018, 2018年: the ROC year."""
    found = _COMMON_ERA.fullmatch("".join(text.split()))
    return str(int(found["year"]) - formats.ROC_OFFSET) if found else text


def month(text: str) -> str:
    """107年6月, 10706, 2018-06, 6月, 六月: the number of the month."""
    found = _month(text)
    return _number(found["part"]) if found else text


def year_of_month(text: str) -> str:
    found = _month(text)
    return _number(found["year"]) if found and found["year"] else text


def quarter(text: str) -> str:
    """107年第1季, 107Q1, 第一季: the number of the quarter."""
    found = _quarter(text)
    return _number(found["part"] or found["q"]) if found else text


def year_of_quarter(text: str) -> str:
    found = _quarter(text)
    return _number(found["year"]) if found and found["year"] else text


def _month(text: str) -> re.Match[str] | None:
    squeezed = "".join(text.split())
    forms = (_FIRST_DAY, _RUN_ON, _MONTH)
    return next((match for form in forms if (match := form.fullmatch(squeezed))), None)


def _quarter(text: str) -> re.Match[str] | None:
    return _QUARTER.fullmatch("".join(text.split()).upper())


def _number(written: str) -> str:
    if written.isascii():
        return str(int(written))
    return _IN_WORDS.get(written) or written.translate(_DIGITS)
