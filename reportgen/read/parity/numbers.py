"""The numbers of a half, in figures and in words, with the unit that stands behind each."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from reportgen.model import Language
from reportgen.model.formats import ROC_OFFSET
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


SLOT = re.compile(r"\{[^{}]+\}")
_WIDE = {ord(wide): plain for wide, plain in zip("０１２３４５６７８９％", "0123456789%", strict=True)}
_WIDE_COMMA = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))|(?<=\d)．(?=\d)")


def numbers(words: str, language: Language) -> tuple[Number, ...]:
    return _chinese(words) if language == "zh" else _english(words)


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
    before, after = ("[ 多餘幾來]?", "") if language == "zh" else (r"(?:[ -]|(?<=\d)%? ?)?", "(?![A-Za-z])")
    joined = "|".join(f"({word}){after}" for word, _ in held)
    return re.compile(f"{before}(?:{joined})", re.IGNORECASE), [unit for _, unit in held]


def unit_behind(words: str, end: int, language: Language) -> str:
    """The unit that stands behind this place, or nothing that is known."""
    pattern, units = _units(language)
    match = pattern.match(words, end)
    return units[(match.lastindex or 1) - 1] if match else ""


def _exact(written: str) -> Fraction:
    return Fraction(written.replace(",", "").rstrip("."))


# ---- Chinese ----------------------------------------------------------------------------------

_DIGITS = {c: n for n, signs in enumerate(("○〇零", "一壹", "二兩貳", "三參", "四肆", "五伍", "六陸", "七柒", "八捌", "九玖")) for c in signs}
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"萬": 10**4, "億": 10**8, "兆": 10**12}
_NUMERAL = "".join((*_DIGITS, *_PLACES, *_MYRIADS))
_ANY = re.compile(rf"[\d{_NUMERAL}半前後次雙倍首單減]")
_ZH = re.compile(
    rf"(?P<figure>\d[\d,]*(?:\.\d+)?)(?P<scales>[十百千萬億兆](?![分])[\d{_NUMERAL},.]*)?"
    rf"|(?P<numeral>[{_NUMERAL}]+)|(?P<half>半)"
)
_FRACTION = re.compile(rf"([\d{_NUMERAL}]+)分之([\d{_NUMERAL}.]+)")
_NO_NUMBER = re.compile(
    "四捨五入|逢五|十分(?!之|鐘)|萬一|千萬(?=[不別要])|百姓|百貨|三讀|二維|一二|兩兩|三三|九九|八卦|五金|一一|唯一|統一|專一|一致|一般|一覽|一律|一併|一體|一定|一旦|一切|一些"
    "|[一二三四五六七八九十](?=[區鄉鎮路街村](?![^，。；]{0,2}[\\d{]))|[三五七]股(?=[區鄉])|萬[華里]|百分(?=[點比率])|星期[一二三四五六日]|[週周][一二三四五六日]|千[秋古]|其一|之一(?!年)|獨一|萬元|百萬元|千元|億元"
)
_BARE_SCALE = re.compile(r"(?<![\d一二三四五六七八九十百千萬億兆兩數幾多餘{}])([百千]?[萬億]|千)(?=[元人件股戶筆])")
# Words that say a number without a numeral.
_SPOKEN_VALUES = {"前者": 1, "後者": 2, "次之": 2, "其次": 2, "雙": 2, "加倍": 2, "倍增": 2, "首": 1, "單": 1, "減半": Fraction(1, 2)}
_SPOKEN = re.compile("|".join(_SPOKEN_VALUES))
_COUNTED = re.compile(
    "[ 多餘幾來]?(?:個|年|月|日|天|週|季|時|小時|點|分鐘|秒|人|名|位|件|案|股|類|項|款|條|次|倍|成|級|等|頁|份|處|組|段|期|種|字|樓|戶|家|章|節|科|輪|屆|場|張|筆|歲|度|階|步|層|區|號|者|端|邊|方|大|萬|億|元|％|%|世|審|讀|表|欄|行|列|則|批|面|件|支|座|棟|縣|市|國|校|院|區間|分署|單位|部|隊|重|線|途|條路)"
)
_ORDINAL = re.compile("(?:第|近|逾|滿|達|共|計|約|每|前|後|各|至|到|之|為|有|這|那|合|分|列|達)$")
# 90至107年 are two years; 連續3年, 近5年 and 3年內 are lengths of time.
_ROC_YEAR = re.compile(
    r"(?<!連續)(?<!西元)(?<!公元)(?<![近第每滿逾共達前])(?P<y>\d{1,3})(?=年(?!後|來|間|內|期|以上)|[至、～–-]\d{1,3}年)"
)
_MONTH = re.compile(r"(?:個)?月")
_SHORT_YEARS = 60  # 104年 is a year; 2年 may be how long something lasts


@functools.lru_cache(4096)
def _chinese(words: str) -> tuple[Number, ...]:
    words = SLOT.sub(lambda slot: "\0" * len(slot[0]), plain(words))
    if not _ANY.search(words):
        return ()
    found: list[Number] = []
    taken = [match.span() for match in _NO_NUMBER.finditer(words)]

    def free(start: int) -> bool:
        return not any(first <= start < last for first, last in taken)

    for match in _SPOKEN.finditer(words):
        found.append(Number(frozenset({Fraction(_SPOKEN_VALUES[match[0]])}), match[0], "hint"))
    for match in _BARE_SCALE.finditer(words):
        found.append(Number(frozenset({Fraction(_chinese_value(match[1]))}), match[1], "figure"))
    for match in _FRACTION.finditer(words):
        if (value := _fraction(match[1], match[2])) is not None:
            unit = "percent" if match[1] in ("百", "100") else ""
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
    if parts[0] == 100:
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
    if counted and counted[0] == "成":
        values |= {value * 10, value / 10}
    if (unit == "year" and not words.startswith("年度", end)) or words.startswith("年度", end):
        if value >= _SHORT_YEARS:
            return [Number(frozenset({value + ROC_OFFSET if value < 1000 else value}), written, "word", "", True)]
        values.add(value + ROC_OFFSET)
    if words[max(0, match.start() - 1) : match.start()] == "第" or counted or len(written) > 1 or words[end : end + 1] == "、":
        return [Number(frozenset(values), written, "hint" if value == 1 else "word", unit)]
    return [Number(frozenset(values), written, "hint")]


def _figure(words: str, match: re.Match[str]) -> list[Number]:
    figure, scales, start, end = match["figure"], match["scales"], match.start(), match.end()
    if scales:
        value = _chinese_value(match[0])
        if value is not None:
            return [Number(frozenset({value}), match[0], "figure", unit_behind(words, end, "zh"))]
        end = match.start("scales")
    value = _exact(figure)
    values: set[Fraction | str] = {value}
    unit = unit_behind(words, end, "zh")
    year = _ROC_YEAR.match(words, start)
    if year and year["y"] == figure:
        if value >= _SHORT_YEARS or _MONTH.search(words, end, end + 4):
            return [Number(frozenset({value + ROC_OFFSET}), figure, "figure", "", True)]
        values.add(value + ROC_OFFSET)
    if unit == "month" and not words.startswith("個", end) and value <= 12:
        unit = ""  # 3月 is March
    return [Number(frozenset(values), figure, "figure", unit, value > 1911 and words.startswith("年", end))]


def _chinese_value(written: str) -> Fraction | None:
    """The number of 一百二十, 1.2億, 6億3,944萬2,789 or 一〇四; None where it is none."""
    total = section = Fraction(0)
    number: Fraction | None = None
    spoken = ""
    for token in re.findall(r"\d[\d,]*(?:\.\d+)?|.", written.strip(",.")):
        if token[0].isdigit():
            number = _exact(token)
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
    return total + section + (number or 0)


# ---- English ----------------------------------------------------------------------------------

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12,
    **{f"{word}th": n for n, word in enumerate(_ONES) if n in (4, 6, 7, 10, 11, 13, 14, 15, 16, 17, 18, 19)},
    **{f"{word[:-1]}ieth": n * 10 for n, word in enumerate(_TENS, 2)},
}  # fmt: skip
_WORDS = {
    **{word: n for n, word in enumerate(_ONES)},
    **{word: n * 10 for n, word in enumerate(_TENS, 2)},
    **_ORDINALS,
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_MULTIPLES: dict[str, tuple[Fraction, Force]] = {
    "twice": (Fraction(2), "word"), "thrice": (Fraction(3), "word"), "double": (Fraction(2), "word"), "doubled": (Fraction(2), "word"),
    "doubles": (Fraction(2), "word"), "twofold": (Fraction(2), "word"), "triple": (Fraction(3), "word"), "tripled": (Fraction(3), "word"), "trebled": (Fraction(3), "word"),
    "threefold": (Fraction(3), "word"), "quadrupled": (Fraction(4), "word"), "fourfold": (Fraction(4), "word"), "dozen": (Fraction(12), "word"), "dozens": (Fraction(12), "hint"), "decade": (Fraction(10), "hint"),
    "once": (Fraction(1), "hint"), "single": (Fraction(1), "hint"), "both": (Fraction(2), "hint"), "half": (Fraction(1, 2), "hint"), "halves": (Fraction(1, 2), "hint"), "halved": (Fraction(1, 2), "hint"),
    "another": (Fraction(1), "hint"), "pair": (Fraction(2), "hint"), "a": (Fraction(1), "hint"), "an": (Fraction(1), "hint"), "each": (Fraction(1), "hint"),
}  # fmt: skip
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("January Jan", "February Feb", "March Mar", "April Apr", "May", "June Jun", "July Jul", "August Aug", "September Sept Sep", "October Oct", "November Nov", "December Dec"), 1
    )
    for name in names.split()
}  # fmt: skip
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
    rf"(?<![A-Za-z])(a|an|one|two|three|four|{'|'.join(_ONES[5:10])})[ -]({'|'.join(_PARTS)})(s?)(?! (?:of|year)\b(?! (?:the|all|its|their|this|\{{)))(?= of|s?\b)",
    re.IGNORECASE,
)
_QUARTER = re.compile(r"(?<![A-Za-z])Q([1-4])(?!\d)")


@functools.lru_cache(4096)
def _english(words: str) -> tuple[Number, ...]:
    words = SLOT.sub(lambda slot: "\0" * len(slot[0]), words)
    found: list[Number] = []
    taken: list[tuple[int, int]] = []
    for match in _PART.finditer(words):
        if match[1].lower() in ("a", "an", "one") and not match[3] and match[2].lower() not in ("third", "quarter", "tenth") :
            continue
        above = 1 if match[1].lower() in ("a", "an") else _WORDS[match[1].lower()]
        if above > 1 and not match[3]:
            continue
        taken.append(match.span())
        found.append(Number(frozenset({Fraction(above, _PARTS[match[2].lower()])}), match[0], "word"))
    for match in _MONTH_NAME.finditer(words):
        number = _MONTHS[match["month"]]
        sure = re.match(r" (?:\d|to [A-Z\d])", words[match.end() :]) or match["month"] not in ("May", "March", "Mar")
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
        value = _exact(figure)
        for scale in re.findall(r"[a-z]+", (match["scales"] or "").lower()):
            value *= _SCALES[scale]
        if match["roc"]:
            return [Number(frozenset({value + ROC_OFFSET}), match[0], "figure", "", True)]
        return [Number(frozenset({value}), match[0].strip(), "figure", unit)]
    if match["multiple"]:
        value, force = _MULTIPLES[match["multiple"].lower()]
        return [Number(frozenset({value}), match[0], force, unit if value > 1 else "")]
    value = _english_value(match["numeral"])
    return [Number(frozenset({value}), match[0], "hint" if value <= 1 else "word", unit)]


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
