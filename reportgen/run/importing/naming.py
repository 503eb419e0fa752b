"""The words and names of a draft: labels in both languages from the glossary, names of columns, ids of members.

What was confirmed in an earlier draft stands before what is guessed now.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read.metrics import RESERVED
from reportgen.read.parity import Glossary
from reportgen.run.importing.regions import Region
from reportgen.run.importing.units import without_unit

LONGEST_TITLE = 40
_OFFICE = re.compile(
    r"^\W*([\u3400-\u9fff]{1,20}?(?:政府(?!各|所屬|及|主管)[\u3400-\u9fff]{1,8}?[局處會]|分署|[署局處部院府會所])(?=\s|\d|民國|中華民國|年|[\u3400-\u9fff]))"
)
TODO: Mapping[str, Raw] = {"todo": True}
Words = Mapping[str, Raw]
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_YEARS = re.compile(
    r"(?:中華民國|民國)?(?:\d{2,4})\s*年?\s*[度底]?\s*(?:至|到|[-~～—–])\s*(?:民國)?\d{2,4}\s*年[度底]?"
    r"|(?:中華民國|民國)?(?<!\d)\d{2,3}\s*(?:會計)?年[度底]?|(?:,? ?\b(?:in|of|for|from|between) |(?<!\d)|, ?)(?:19|20)\d\d(?:(?:\s*[-–~]\s*| to | and )(?:19|20)\d\d)?年?度?"
)
_SHEET = re.compile(r"(?:sheet|工作表|tabelle|feuille)\s*\d*", re.IGNORECASE)


def is_chinese(text: str) -> bool:
    return bool(_IDEOGRAPH.search(text))


def without_years(title: str) -> str:
    """A title that is still right next year."""
    kept = _YEARS.sub("", title)
    kept = re.sub(r"^\W*(?:附?表|Table)\s*[\d一二三四五六七八九十]+(?:[-.]\d+)?[\s、.:：]*", "", kept)
    return " ".join(kept.split()).strip(" ,，:：()（）-–—_")


def tidy(label: str) -> str:
    """A label without the breaks that only the width of its cell made."""
    words = " ".join(unicodedata.normalize("NFC", label).split())
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", words)


def office_in(title: str) -> str:
    """The office with which a title begins."""
    match = _OFFICE.match(title)
    return match[1] if match else ""


def title_of(region: Region) -> str:
    """The words above the table, without the office and the years."""
    title = tidy(region.title)
    words = without_unit(without_years(without_years(title).removeprefix(office_in(title))))
    return words if len(words) <= LONGEST_TITLE else ""


def is_generic(sheet: str) -> bool:
    return bool(_SHEET.fullmatch(sheet.strip()))


@dataclass
class Naming:
    """Names are given once; `used` are those that are taken."""

    glossary: Glossary | None
    used: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    members: int = 0
    guessed: dict[str, str] = field(default_factory=dict)  # what the glossary said: Chinese and English

    def words(self, text: str) -> Words:
        """The text in the language in which it stands, with the glossary's other half or a gap."""
        text = " ".join(unicodedata.normalize("NFC", text).split())
        if is_chinese(text):
            return {"zh": text, "en": self._english(text) or TODO}
        if not re.search(r"[^\W\d_]", text):
            english = unicodedata.normalize("NFKC", text)
            return {"zh": text, "en": english if english.isascii() else TODO}
        return {"zh": self._chinese(text) or TODO, "en": text}

    def joined(self, parts: Sequence[str]) -> Words:
        """The label of a column below a head of several rows."""
        halves = [self.words(part) for part in parts]
        if len(halves) == 1:
            return halves[0]
        known = {
            language: mark.join(str(half[language]) for half in halves)
            if all(isinstance(half[language], str) for half in halves)
            else TODO
            for language, mark in (("zh", "－"), ("en", " – "))
        }
        return known

    def _english(self, text: str) -> str:
        for term in self.glossary.terms if self.glossary else ():
            if term.zh == text and term.renderings:
                english = term.renderings[0]
                self.guessed[text] = english[:1].upper() + english[1:]
                return self.guessed[text]
        return ""

    def _chinese(self, text: str) -> str:
        for term in self.glossary.terms if self.glossary else ():
            if text.lower() in (rendering.lower() for rendering in term.renderings):
                self.guessed[term.zh] = text
                return term.zh
        return ""

    def name(self, label: str) -> str:
        """A name that formulas can say: that of the sheet, as far as it can be kept."""
        return _free(_clean(label), self.used)

    def table(self, label: str) -> str:
        return _free(_clean(label), self.tables)

    def member(self, label: str) -> Mapping[str, Raw]:
        """A member: its id from its English, or a number of its own."""
        words = self.words(label)
        english = words["en"] if isinstance(words["en"], str) else ""
        id = "-".join(re.findall(r"[a-z0-9]+", english.lower()))
        while not id or id[0].isdigit() or id in self.used:
            self.members += 1
            id = f"m{self.members}"
        self.used.add(id)
        return {"id": id, **words}


def part_of_year(part: str, number: int) -> Mapping[str, Raw]:
    """A month or a quarter as a member, its number for its id."""
    text = message("import.quarters" if part == "quarter" else "import.months")
    zh, en = (half.split()[number - 1] for half in (text.zh, text.en))
    return {"id": str(number), "zh": zh, "en": en.replace("_", " ")}


def part_label(part: str) -> Words:
    text = message(f"import.{part}")
    return {"zh": text.zh, "en": text.en}


def _clean(label: str) -> str:
    words = unicodedata.normalize("NFKC", label)
    if not is_chinese(words):
        words = "_".join(re.findall(r"[^\W_]+", words.lower()))
    words = re.sub(r"\W+", "_", "".join(words.split())).strip("_")
    if not words.isidentifier() or not unicodedata.is_normalized("NFKC", words):
        words = f"n_{words}" if f"n_{words}".isidentifier() else "figures"
    return (
        f"{words}_"
        if keyword.iskeyword(words) or words in {*RESERVED, "years", "roc_year", "month", "quarter"}
        else words
    )


def _free(name: str, used: set[str]) -> str:
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{name}_{number}"
    used.add(free)
    return free
