"""What `check` lists of the texts of a file and does not refuse: what is meant, letters of old papers, and hints.

A hint says where a negation or a clause may be missing. It may be mistaken: half of a sentence is often said otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reportgen.model import Text, toml
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read.parity.quantity import SLOT
from reportgen.read.parity.script import letters
from reportgen.read.toml_files import TomlFile

_NOT_ZH = re.compile(r"[不未無非沒勿毋莫免拒否缺]|除外|排除|尚待|以外")
_IDIOM_ZH = re.compile(
    "不同|不一|不足|不僅|不但|不過|不論|不動產|不良|不滿|不及|不[高低多少大小]於|不逾|不符|未來|未結|未滿|未達|未逾|無論|無線|非常|非但|是否|可否|能否|"
    "與否|宜否|差異|無異|免費|無不|無非|莫不|毫無|不斷|不久|不時|不得不|避免|前所未|不服|不分|不克|不可|無障礙|不等|不計|缺失|不再|不予"
)
_NOT_EN = re.compile(
    r"(?<![a-z])(?:no|not|never|none|nobody|nothing|without|neither|nor|cannot|can['’]t|[a-z]*n['’]t|un\w+|non-\w+|non\w+|in(?:valid|complete|applicable|dependent)\w*|dis\w+|ir\w+|im\w+|except|exclu[ds]\w+|"
    r"lack\w*|only|fail\w*|free|less|fewer|least|below|under|avoid\w*|refus\w*|missing|blank|absent|still to|other\w*|else|few|instead|rather|unless|until|yet|beyond|overdue|pending|whether|differ\w*|vary|varies|leave\w*|left|rounded down|stop\w*|end\w*|masked?|taken? out|out)(?![a-z])",
    re.IGNORECASE,
)
_LONG = 24  # characters of a sentence of which a clause may be missing
FEW, MANY = 0.3, 1.3  # English words for a Chinese character, beyond which a clause may be missing


def acknowledged(file: TomlFile) -> Iterator[Text]:
    """A line for each text of the file that says `meant` or holds letters of old papers, and for each hint."""
    for path, raw in _texts(file.values):
        text, place = Text(raw["zh"], raw["en"]), file.place(path)
        where = f"{place.file}:{place.row}: {place.column}"
        if isinstance(raw.get("meant"), str):
            yield message("parity.is_meant", where=where, reason=raw["meant"])
            continue
        if raw.get("archived") is True and (found := letters(text.zh)):
            yield message(
                "parity.archived_letters", where=where, letters=[f"{a}（{b}）" for a, b in found.items()]
            )
        for hint in hints(text):
            yield message(hint, where=where)


def _texts(raw: Raw, path: toml.Path = ()) -> Iterator[tuple[toml.Path, Mapping[str, Raw]]]:
    if isinstance(raw, Mapping):
        if isinstance(raw.get("zh"), str) and isinstance(raw.get("en"), str):
            yield path, raw
        for key, inner in raw.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(raw, list | tuple):
        for number, inner in enumerate(raw):
            yield from _texts(inner, (*path, number))


def hints(text: Text) -> Iterator[str]:
    """The names of messages on what one half may lack."""
    zh, en = (SLOT.sub(" ", half) for half in (text.zh, text.en))
    not_zh, not_en = _NOT_ZH.search(_IDIOM_ZH.sub("", zh)), re.search(_NOT_EN, en)
    if not_zh and not not_en:
        yield "parity.negation_in_chinese_alone"
    plainly_not = re.search(
        r"(?<![a-z])(?:not|never|nobody|nothing|cannot|can['’]t)(?![a-z])(?! only)", en, re.IGNORECASE
    )
    if plainly_not and not re.search("[不未無非沒勿毋莫免拒否缺少各均]|以外|除|尚|待|只|僅", zh):
        yield "parity.negation_in_english_alone"
    letters_zh = len(re.findall(r"[\u3400-\u9fff]", zh))
    words_en = len(re.findall(r"[A-Za-z]{2,}", en))
    if letters_zh >= _LONG and words_en < letters_zh * FEW:
        yield "parity.clause_in_chinese_alone"
    if letters_zh > 5 and words_en >= _LONG / 2 and words_en > letters_zh * MANY:
        yield "parity.clause_in_english_alone"
