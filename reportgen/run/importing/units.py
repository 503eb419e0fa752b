"""The unit of a column, from what the sheet says of it: in its label, in a note above the table, in its number format."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reportgen.run.importing.cells import squeezed
from reportgen.run.importing.regions import UNIT_NOTE

_CHINESE = {
    "twd": ("元", "新臺幣元", "新台幣元"),
    "twd_k": ("千元", "仟元", "新臺幣千元", "新台幣千元", "新臺幣仟元", "新台幣仟元"),
    "twd_10k": ("萬元", "新臺幣萬元", "新台幣萬元"),
    "twd_million": ("百萬元", "新臺幣百萬元", "新台幣百萬元"),
    "case": ("件", "件數", "案"),
    "person": ("人", "名"),
    "business": ("家",),
    "km2": ("平方公里",),
    "minute": ("分鐘",),
    "percent": ("%", "％", "百分比"),
    "times": ("倍",),
    "score": ("分",),
    "day": ("日", "天"),
    "month": ("個月",),
}
_ENGLISH = {
    "twd": ("nt$", "twd", "ntd"),
    "twd_k": ("nt$1,000", "nt$thousand", "thousandnt$"),
    "twd_10k": ("nt$10,000",),
    "twd_million": ("nt$million", "millionnt$"),
    "case": ("cases", "case"),
    "person": ("persons", "person", "people"),
    "business": ("businesses",),
    "km2": ("km²", "km2"),
    "minute": ("minutes",),
    "percent": ("percent",),
    "times": ("times",),
    "score": ("points",),
    "day": ("days",),
    "month": ("months",),
}
KNOWN = {word: unit for names in (_CHINESE, _ENGLISH) for unit, words in names.items() for word in words}
MONEY = ("twd", "twd_k", "twd_10k", "twd_million")
BARE = "as_labelled"  # printed without a unit, which stands in the label
OF_OLD = "count"  # in a project whose metrics.toml has no such unit
RATES = re.compile(
    r"率|比重|比例|百分比|占比|佔比|\brates?\b|\bshare\b|\bpercent(?:age)?\b|\bratio\b|%|％", re.IGNORECASE
)
_AMOUNTS = re.compile(
    r"金額|[額款費]$|經費|預算|決算|收入|支出|\bamount|\bbudget|\brevenue|\bexpen|\bcost", re.IGNORECASE
)
_RANKS = re.compile(r"名次|排名|排序|\brank", re.IGNORECASE)
_CASES = re.compile(r"件|案|\bcases?\b", re.IGNORECASE)
_PERSONS = re.compile(r"人|\bpersons?\b|\bstaff\b|\bpeople\b", re.IGNORECASE)
_COUNTS = re.compile(
    r"[件案人]數|(?<!案)件$|人$|人次|\bnumber of\b|\b(?:cases|persons|people|staff)$", re.IGNORECASE
)
_PER = re.compile(r"每[一十百千萬]*(?:人口|人次|[人件案戶家])|\bper\b.*", re.IGNORECASE)
_AT_END = re.compile(
    r"(?:\s*[（(]\s*(?:單位[:：])?(?P<inside>[^（()）]{1,12})[)）]|\s*[,，]\s*(?P<after>[^,，()（）]{1,12}))\s*$"
)
_IN_BRACKETS = re.compile(r"[（(]\s*(?:單位[:：])?([^（()）]{1,12})\s*[)）]")


def units_of_note(words: Iterable[str]) -> list[str]:
    """單位：件、新臺幣千元 -> case, twd_k; what is no unit here stays as it is written."""
    words = [*words]
    found = [match["units"] for text in words if (match := UNIT_NOTE.search(text))]
    found += [] if found else [unit for text in words if (unit := _unit_at_end(text))]
    parts = [squeezed(part) for text in found for part in re.split(r"[、，；;/]|,(?!\d)| and |及", text)]
    return [KNOWN.get(part.lower(), part) for part in parts if part]


def unit_of(label: str, noted: Iterable[str], percent: bool = False) -> tuple[str, str]:
    """The unit in metrics.toml, and the unit's own word where the registry has none; both empty where nobody says it."""
    if percent:
        return "percent", ""
    for said in _IN_BRACKETS.findall(label):
        if unit := KNOWN.get(squeezed(said).lower(), ""):
            return unit, ""
    label = _PER.sub("", label)  # 每萬人口病床數 are beds, not persons
    if _RANKS.search(label):
        return "rank", ""
    if RATES.search(label):
        return "percent", ""
    given = [unit for unit in noted if unit != "percent"]
    money = [unit for unit in given if unit in MONEY]
    if _AMOUNTS.search(label):
        return (money[0] if money else ""), ""
    for form, unit in ((_CASES, "case"), (_PERSONS, "person")):
        # 財稅案件 below 單位：千元 is an amount; 件數 is a count wherever it stands.
        if form.search(label) and (unit in given or len(given) != 1 or _COUNTS.search(label)):
            return unit, ""
    if len(given) == 1:
        return (given[0], "") if given[0] in KNOWN.values() else (BARE, given[0])
    others = [unit for unit in given if unit not in MONEY]
    return (others[0], "") if len(others) == 1 and others[0] in KNOWN.values() else ("", "")


def without_unit(label: str) -> str:
    """A label without its unit, which is printed beside it."""
    return (_AT_END.sub("", label) if _unit_at_end(label) else label) or label


def _unit_at_end(label: str) -> str:
    """The known unit in brackets or behind a comma with which a label ends."""
    match = _AT_END.search(label)
    said = match["inside"] or match["after"] if match else ""
    return said if squeezed(said).lower() in KNOWN else ""


def is_amount(label: str) -> bool:
    return bool(_AMOUNTS.search(label))
