"""The unit of a column, from what the sheet says of it: in its label, in a note above the table, in its number format."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reportgen.run.importing.cells import squeezed
from reportgen.run.importing.regions import UNIT_NOTE

KNOWN = {
    **dict.fromkeys(("元", "新臺幣元", "新台幣元", "nt$", "twd", "ntd"), "twd"),
    **dict.fromkeys(
        ("千元", "新臺幣千元", "新台幣千元", "仟元", "nt$1,000", "nt$thousand", "thousandnt$"), "twd_k"
    ),
    **dict.fromkeys(("萬元", "新臺幣萬元", "新台幣萬元", "nt$10,000"), "twd_10k"),
    **dict.fromkeys(("百萬元", "新臺幣百萬元", "新台幣百萬元", "nt$million", "millionnt$"), "twd_million"),
    **dict.fromkeys(("件", "件數", "案", "cases", "case"), "case"),
    **dict.fromkeys(("人", "名", "人次", "persons", "person", "people"), "person"),
    **dict.fromkeys(("家", "businesses"), "business"),
    **dict.fromkeys(("平方公里", "km²", "km2"), "km2"),
    **dict.fromkeys(("分鐘", "minutes"), "minute"),
    **dict.fromkeys(("%", "％", "百分比", "percent"), "percent"),
    **dict.fromkeys(("倍", "times"), "times"),
    **dict.fromkeys(("分", "points"), "score"),
    **dict.fromkeys(("日", "天", "days"), "day"),
    **dict.fromkeys(("個月", "months"), "month"),
}
KNOWN.pop("人次")  # a person may come twice
MONEY = ("twd", "twd_k", "twd_10k", "twd_million")
BARE = "count"
RATES = re.compile(
    r"率|比重|比例|百分比|占比|佔比|\brates?\b|\bshare\b|\bpercent(?:age)?\b|\bratio\b|%|％", re.IGNORECASE
)
_AMOUNTS = re.compile(
    r"金額|[額款費]$|經費|預算|決算|收入|支出|\bamount|\bbudget|\brevenue|\bexpen|\bcost", re.IGNORECASE
)
_CASES = re.compile(r"件|案|\bcases?\b", re.IGNORECASE)
_PERSONS = re.compile(r"人|\bpersons?\b|\bstaff\b|\bpeople\b", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[（(]\s*(?:單位[:：])?([^（()）]{1,12})\s*[)）]")


def units_of_note(words: Iterable[str]) -> list[str]:
    """單位：件、新臺幣千元 -> case, twd_k; what is no unit here stays as it is written."""
    found = [match["units"] for text in words if (match := UNIT_NOTE.search(text))]
    parts = [squeezed(part) for text in found for part in re.split(r"[、，；;/]|,(?!\d)| and |及", text)]
    return [KNOWN.get(part.lower(), part) for part in parts if part]


def unit_of(label: str, noted: Iterable[str], percent: bool = False) -> tuple[str, str]:
    """The unit in metrics.toml, and the unit's own word where the registry has none; both empty where nobody says it."""
    if percent:
        return "percent", ""
    for said in _IN_BRACKETS.findall(label):
        if unit := KNOWN.get(squeezed(said).lower(), ""):
            return unit, ""
    if RATES.search(label):
        return "percent", ""
    given = [unit for unit in noted if unit != "percent"]
    money = [unit for unit in given if unit in MONEY]
    if _AMOUNTS.search(label):
        return (money[0] if money else ""), ""
    for form, unit in ((_CASES, "case"), (_PERSONS, "person")):
        if form.search(label) and (unit in given or {*given} <= {*MONEY} or len(given) > 1):
            return unit, ""
    if len(given) == 1:
        return (given[0], "") if given[0] in KNOWN.values() else (BARE, given[0])
    others = [unit for unit in given if unit not in MONEY]
    return (others[0], "") if len(others) == 1 and others[0] in KNOWN.values() else ("", "")


def without_unit(label: str) -> str:
    """A label without its unit, which is printed beside it."""
    match = re.search(r"\s*[（(]\s*(?:單位[:：])?([^（()）]{1,12})[)）]\s*$", label)
    known = match and squeezed(match[1]).lower() in KNOWN
    return (label[: match.start()] if match and known else label) or label


def is_amount(label: str) -> bool:
    return bool(_AMOUNTS.search(label))
