"""What can go wrong between the two halves of a text, done on purpose: for `read/test_parity`.

The word lists are this module's own. They must not be taken from the lexicon of the rules that are tested.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from opencc import OpenCC

from reportgen.model import Text
from reportgen.model.toml import Path as Keys
from reportgen.model.toml import Raw, Table
from reportgen.read.toml_files import TomlFile, open_toml, parse_toml

SLOT = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Said:
    """A text of a project and where it stands."""

    kind: str  # of file
    file: TomlFile
    path: Keys
    text: Text


def corpus(project: Path) -> list[Said]:
    """Every text of the declarations of a project and of its panels."""
    found = []
    for path in sorted([*project.glob("inputs/**/*.toml"), *project.glob("templates/*/words.toml")]):
        name = path.relative_to(project).as_posix()
        kind = (
            "dataset.toml"
            if path.name == "dataset.toml"
            else "metrics.toml"
            if path.name == "metrics.toml"
            else "words.toml"
            if path.name == "words.toml"
            else "publications and rules"
        )
        file = open_toml(project, name)
        found += [Said(kind, file, keys, text) for keys, text in _texts(file.values)]
    for path in sorted(project.glob("inputs/*/panels/*/panel.md")):
        front, _, body = path.read_text("utf-8").removeprefix("+++\n").partition("\n+++\n")
        file = parse_toml(path.relative_to(project).as_posix(), front.encode())
        found += [Said("panels", file, keys, text) for keys, text in _texts(file.values)]
        blocks = [
            block.strip() for block in re.split(r"\n\s*\n", body) if block.strip() and block.strip()[0] != "["
        ]
        blocks = [
            part for block in blocks for part in (block.splitlines() if block.startswith("#") else [block])
        ]
        for zh, en in zip(blocks[::2], blocks[1::2], strict=False):
            for one, other in zip(zh.split("\n- "), en.split("\n- "), strict=False):
                found.append(Said("panels", file, (), Text(one.lstrip("#- "), other.lstrip("#- "))))
    for path in sorted(project.glob("inputs/datasets/*/instructions.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                for name in ("subject", "instruction", "report", "reason"):
                    if row.get(name) and row.get(f"{name}_en"):
                        file = parse_toml(path.relative_to(project).as_posix(), b"")
                        found.append(Said("panels", file, (), Text(row[name], row[f"{name}_en"])))
    return found


def _texts(raw: Raw, path: Keys = ()) -> Iterator[tuple[Keys, Text]]:
    if isinstance(raw, dict):
        if isinstance(raw.get("zh"), str) and isinstance(raw.get("en"), str) and path[-1] != "comment":
            yield path, Text(raw["zh"], raw["en"])
        for key, inner in raw.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(raw, tuple):
        for number, inner in enumerate(raw):
            yield from _texts(inner, (*path, number))


# ---- one text -----------------------------------------------------------------------------------

Mutation = Callable[[Text, random.Random], Text | None]


def _half(text: Text, language: str, words: str) -> Text | None:
    made = replace(text, **{language: words})
    return made if words.strip() and made != text else None


def _outside(words: str, pattern: str) -> list[re.Match[str]]:
    """Where the pattern stands outside of slots."""
    slots = [slot.span() for slot in SLOT.finditer(words)]
    found = re.finditer(pattern, words)
    return [match for match in found if not any(a <= match.start() < b for a, b in slots)]


def _swap(pattern_of: dict[str, str], boundary: bool) -> Callable[[str, random.Random], str | None]:
    def swapped(words: str, chance: random.Random) -> str | None:
        places = [
            (match.start(), match.end(), new)
            for old, new in pattern_of.items()
            for match in _outside(
                words, rf"(?<![A-Za-z]){re.escape(old)}(?![A-Za-z])" if boundary else re.escape(old)
            )
        ]
        if not places:
            return None
        start, end, new = chance.choice(places)
        if words[start].isupper():
            new = new[0].upper() + new[1:]
        return words[:start] + new + words[end:]

    return swapped


def _both_ways(pairs: str) -> dict[str, str]:
    found = {}
    for pair in pairs.split("|"):
        one, other = pair.split("/")
        found.update({one.strip(): other.strip(), other.strip(): one.strip()})
    return found


def _either(zh: dict[str, str], en: dict[str, str]) -> Mutation:
    """Words of one half exchanged for others: of the Chinese or of the English."""
    of = {"zh": _swap(zh, False), "en": _swap(en, True)}

    def mutate(text: Text, chance: random.Random) -> Text | None:
        for language in chance.sample(["zh", "en"], 2):
            words = of[language](text.zh if language == "zh" else text.en, chance)
            if words and (made := _half(text, language, words)):
                return made
        return None

    return mutate


def number_dropped(text: Text, chance: random.Random) -> Text | None:
    for language in chance.sample(["zh", "en"], 2):
        words = text.say(language)  # type: ignore[arg-type]
        if places := _outside(words, r"\d[\d,]*(\.\d+)?"):
            match = chance.choice(places)
            return _half(text, language, words[: match.start()] + words[match.end() :])
    return None


def digit_changed(text: Text, chance: random.Random) -> Text | None:
    for language in chance.sample(["zh", "en"], 2):
        words = text.say(language)  # type: ignore[arg-type]
        if places := _outside(words, r"\d"):
            at = chance.choice(places).start()
            new = chance.choice([digit for digit in "123456789" if digit != words[at]])
            return _half(text, language, words[:at] + new + words[at + 1 :])
    return None


def slot_replaced(text: Text, chance: random.Random) -> Text | None:
    language = chance.choice(["zh", "en"])
    words = text.say(language)  # type: ignore[arg-type]
    places = [slot for slot in SLOT.finditer(words) if words.count(slot[0]) == 1]
    if not places:
        return None
    slot = chance.choice(places)
    new = chance.choice(["", "{other}", "several", "若干"])
    return _half(text, language, words[: slot.start()] + new + words[slot.end() :])


def slots_exchanged(text: Text, chance: random.Random) -> Text | None:
    language = chance.choice(["zh", "en"])
    words = text.say(language)  # type: ignore[arg-type]
    held = list(dict.fromkeys(slot[0] for slot in SLOT.finditer(words)))
    if len(held) < 2:
        return None
    one, other = chance.sample(held, 2)
    return _half(text, language, SLOT.sub(lambda slot: {one: other, other: one}.get(slot[0], slot[0]), words))


def half_copied(text: Text, chance: random.Random) -> Text | None:
    """A half, or a piece of it, in the language of the other."""
    han = [piece for piece in re.findall(r"[\u4e00-\u9fff]{2,}", SLOT.sub(" ", text.zh))]
    english = [piece for piece in re.findall(r"[A-Za-z]{4,}(?: [a-z]{3,})+", SLOT.sub(" ", text.en))]
    which = chance.randrange(4)
    if which == 0 and han:
        return _half(text, "en", text.zh)
    if which == 1 and english:
        return _half(text, "zh", text.en)
    if which == 2 and han:
        return _half(text, "en", f"{text.en} {chance.choice(han)}")
    if which == 3 and han and english:
        return _half(text, "zh", text.zh.replace(chance.choice(han), chance.choice(english), 1))
    return None


_DIRECTED_ZH = re.compile("[增減升降高低多少逾超前後先末首最新上下限大小起止]")
_DIRECTED_EN = re.compile(
    r"\b(?:ris|ros|fall|fell|increas|decreas|high|low|most|least|more|few|less|above|below|larg|small|up\b|down\b|ceiling|floor|best|worst|beat|before|after|earli|late|follow|last|previous|prior|first|exceed|beyond|over\b|under\b|reach|limit)",
    re.IGNORECASE,
)


def opposite_word(text: Text, chance: random.Random) -> Text | None:
    """Only where the other half says a direction, too: `5th floor` has no opposite."""
    if re.search("上、?下限", text.zh):
        return None
    made = _opposite_word(text, chance)
    if made is None or not (
        _DIRECTED_ZH.search(SLOT.sub(" ", text.zh)) and _DIRECTED_EN.search(SLOT.sub(" ", text.en))
    ):
        return None
    return made


_opposite_word = _either(
    _both_ways(
        "增加/減少|上升/下降|最高/最低|最多/最少|最大/最小|高於/低於|多於/少於|以上/以下|新高/新低|超過/不足|上限/下限|越高/越低|愈高/愈低|提高/降低|升/降|增為/減為|居首/居末|最先/最後|以前/以後|擴大/縮小|增幅/減幅|由高至低/由低至高"
    ),
    _both_ways(
        "rise/fall|rises/falls|rose/fell|increase/decrease|increased/decreased|highest/lowest|higher/lower|most/least|more/fewer|above/below|largest/smallest|larger/smaller|went up/went down|rising/falling|at least/at most|or more/or less|best/worst|before/after|earlier/later"
    ),
)  # fmt: skip


def unit_word(text: Text, chance: random.Random) -> Text | None:
    """Only where both halves say one."""
    said = re.search("[元%月年時日幣公分點]", SLOT.sub(" ", text.zh)) and re.search(
        r"%|\$|km²|\b(?:cent|points?|[mb]illion|thousand|months?|years?|hours?|minutes?|days?|dollars?)\b",
        text.en,
    )
    return _unit_word(text, chance) if said else None


_unit_word = _either(
    {
        "百分點": "%", "百萬元": "億元", "萬元": "億元", "千元": "萬元", "億元": "萬元", "個月": "年", "分鐘": "小時", "小時": "分鐘", "美元": "新臺幣", "新臺幣": "美元", "平方公里": "公頃", "日內": "個月內", "%": "個百分點",
    },
    {
        "percentage points": "per cent", "percentage point": "per cent", "million": "billion", "billion": "million", "thousand": "million", "months": "years", "minutes": "hours", "NT$": "US$", "days": "months", "km²": "hectares", "years": "months", "per cent": "percentage points", "hours": "minutes",
    },
)  # fmt: skip


def number_in_words(text: Text, chance: random.Random) -> Text | None:
    """Only where both halves say one: 四捨五入 is “rounded”, and 二維條碼 a code."""
    if re.search("四捨五入|二維", text.zh):
        return None
    said = re.search("[一二兩三四五六七八九十百半]", text.zh) and re.search(
        r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|first|second|third|fourth|twice|half|hundred|both)\b",
        text.en,
        re.IGNORECASE,
    )
    return _number_in_words(text, chance) if said else None


_number_in_words = _either(
    {
        "兩": "三", "二": "四", "三": "五", "四": "六", "五": "七", "十": "二十", "第一": "第二", "一年": "三年", "一百": "二百", "六": "八", "七": "九", "一份": "兩份",
    },
    {
        "two": "three", "three": "four", "four": "five", "five": "seven", "ten": "twelve", "first": "second", "second": "third", "third": "fourth", "six": "eight", "twice": "three times", "half": "a third", "one hundred": "two hundred", "fourth": "fifth", "seven": "nine", "fifth": "sixth",
    },
)  # fmt: skip


def year_changed(text: Text, chance: random.Random) -> Text | None:
    which = chance.randrange(4)
    if which in (0, 1) and (places := _outside(text.zh, r"(?<!\d)(?:8|9|1[01])\d?\d(?=年)")):
        match = chance.choice(places)
        new = int(match[0]) + (chance.choice([-1, 1]) if which else 1911)
        return _half(text, "zh", f"{text.zh[: match.start()]}{new}{text.zh[match.end() :]}")
    if which in (2, 3) and (places := _outside(text.en, r"(?<!\d)20[012]\d(?!\d)")):
        match = chance.choice(places)
        new = int(match[0]) + (chance.choice([-1, 1]) if which == 2 else -1911)
        return _half(text, "en", f"{text.en[: match.start()]}{new}{text.en[match.end() :]}")
    return None


def glossary_term(text: Text, chance: random.Random) -> Text | None:
    """A term of the shipped glossary that both halves hold: in one of them it is called something else."""
    with (Path(__file__).parent.parent / "inputs/glossary.csv").open(encoding="utf-8", newline="") as handle:
        rows = [(row["zh"], part.strip()) for row in csv.DictReader(handle) for part in row["en"].split(";")]
    held = [
        (zh, match)
        for zh, en in rows
        if len(zh) > 2
        and " " in en
        and zh in text.zh
        and (match := re.search(re.escape(en), text.en, re.IGNORECASE))
    ]
    if not held:
        return None
    zh, match = chance.choice(held)
    if chance.random() < 0.5:
        at = chance.randrange(0, len(zh) - 1)
        return _half(
            text,
            "zh",
            text.zh.replace(zh, zh[:at] + chance.choice(["通用", "一般", "收受", "業管"]) + zh[at + 2 :]),
        )
    words = match[0].split(" ")
    words[chance.randrange(len(words))] = chance.choice(["matter", "sundry", "general", "bureau"])
    return _half(text, "en", text.en.replace(match[0], " ".join(words)))


_SIMPLIFIED = OpenCC("t2s")
_VARIANTS = {
    "處": "処", "臺": "台", "為": "爲", "裡": "裏", "群": "羣", "著": "着", "總": "総", "關": "関", "稅": "税", "說": "説", "內": "内", "查": "査", "數": "数", "單": "単", "線": "綫", "衛": "衞", "對": "対", "實": "実", "價": "価", "變": "変",
}  # fmt: skip


def letter_changed(text: Text, chance: random.Random) -> Text | None:
    if chance.random() < 0.35:
        places = [match for match in _outside(text.zh, r"[\u4e00-\u9fff]") if match[0] in _VARIANTS]
        change = _VARIANTS.__getitem__
    else:
        places = [
            match
            for match in _outside(text.zh, r"[\u4e00-\u9fff]")
            if _SIMPLIFIED.convert(match[0]) != match[0]
        ]
        change = _SIMPLIFIED.convert
    if not places:
        return None
    match = chance.choice(places)
    return _half(text, "zh", text.zh[: match.start()] + change(match[0]) + text.zh[match.end() :])


def clause_dropped(text: Text, chance: random.Random) -> Text | None:
    language, sign = chance.choice([("zh", "[，；。]"), ("en", "[,;.]")])
    words = text.say(language)  # type: ignore[arg-type]
    pieces = re.split(f"({sign})", words)
    if len(pieces) < 4:
        return None
    at = chance.randrange(0, len(pieces) - 1, 2)
    return _half(text, language, "".join(pieces[:at] + pieces[at + 2 :]))


def negated(text: Text, chance: random.Random) -> Text | None:
    if chance.random() < 0.5 and (
        match := re.search("不(?=[得可能須應計])|未(?=[經達公])|無(?=法|須)", text.zh)
    ):
        return _half(text, "zh", text.zh[: match.start()] + text.zh[match.end() :])
    if match := re.search(r" (?:is|are|was|were|must|can|may) (not )?", text.en):
        new = match[0].replace("not ", "") if match[1] else f"{match[0]}not "
        return _half(text, "en", text.en[: match.start()] + new + text.en[match.end() :])
    return None


MECHANICAL: dict[str, Mutation] = {
    "number dropped": number_dropped,
    "digit changed": digit_changed,
    "slot replaced or half removed": slot_replaced,
    "two slots exchanged": slots_exchanged,
    "script": half_copied,
    "opposite word": opposite_word,
    "unit word": unit_word,
    "ROC or Gregorian year": year_changed,
    "number in words": number_in_words,
    "glossary term": glossary_term,
    "simplified or variant character": letter_changed,
}
APART: dict[str, Mutation] = {"clause dropped": clause_dropped, "negation": negated}


# ---- two labels ---------------------------------------------------------------------------------


def exchanged_labels(file: TomlFile, chance: random.Random) -> TomlFile | None:
    """The file with one half of two labels of the same list or of tables beside each other exchanged."""
    groups: dict[Keys, list[tuple[Keys, Text]]] = {}
    for keys, text in _texts(file.values):
        if len(text.zh) <= 20 and not SLOT.search(text.zh) and len(keys) > 1:
            way = (*keys[:-1], "") if isinstance(keys[-1], int) else (*keys[:-2], "", keys[-1])
            groups.setdefault(way, []).append((keys, text))
    held = [group for group in groups.values() if len(group) > 1]
    if not held:
        return None
    (one, first), (other, second) = chance.sample(chance.choice(held), 2)
    if first.zh == second.zh or first.en == second.en:
        return None
    made = toml_copy(file.values)
    half = chance.choice(["zh", "en"])
    at(made, one)[half], at(made, other)[half] = getattr(second, half), getattr(first, half)
    return TomlFile(file.file, file.raw, made, file.lines)


def at(values: Raw, keys: Keys) -> Raw:
    for key in keys:
        values = values[key]
    return values


def toml_copy(raw: Raw) -> Raw:
    if isinstance(raw, Table):
        made = Table({key: toml_copy(inner) for key, inner in raw.items()})
        made.path, made.row = raw.path, raw.row
        return made
    return tuple(toml_copy(inner) for inner in raw) if isinstance(raw, tuple) else raw
