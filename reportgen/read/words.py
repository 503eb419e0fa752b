"""Words in both languages: compared half by half, filled, checked against the glossary.

A text may hold slots, `{collected(107)}`; both halves must hold the same ones. What a slot prints is
not known here.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.model import LANGUAGES, Language, Line, Run, Text, limits
from reportgen.model.errors import KindError, Place, Problem, not_utf8, problem
from reportgen.model.formats import gregorian_year

SLOT = re.compile(r"\{([^{}]+)\}")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# 90至107年 are two years; 連續3年, 近5年 and 3年內 are lengths of time.
_ROC_YEAR = re.compile(
    r"(?<![\d.,])(?<!連續)(?<![近第每滿逾共達前])(\d{1,3})(?=年(?!後|來|間|內|期|以上)|[至、～–-]\d{1,3}年)"
)

# Months by name, so that 「3月1日」 and "March 1" are compared as the same numbers.
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def slots(words: str) -> list[str]:
    """The expressions in the slots of a text, blanks removed."""
    return [_normal(slot) for slot in SLOT.findall(words)]


def _normal(slot: str) -> str:
    return re.sub(r"\s+", "", slot)


def check_halves(text: Text, place: Place) -> list[Problem]:
    """Both halves hold the same slots and the same numbers written by hand (107年 is 2018)."""
    problems = [
        problem(place, "words.holds_invisible_character_u", letter=ord(letter))
        for letter in dict.fromkeys(text.zh + text.en)
        if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") and letter != "\n"
    ]
    zh, en = Counter(slots(text.zh)), Counter(slots(text.en))
    if set(zh) != set(en):
        only_zh, only_en = sorted(set(zh) - set(en)), sorted(set(en) - set(zh))
        problems.append(problem(place, "words.slots_differ", only_zh=only_zh, only_en=only_en))
    numbers_zh, numbers_en = _numbers(text.zh, "zh"), _numbers(text.en, "en")
    if numbers_zh != numbers_en:
        problems.append(
            problem(
                place, "words.numbers_differ", numbers_zh=_listed(numbers_zh), numbers_en=_listed(numbers_en)
            )
        )
    return problems


def _listed(numbers: Counter[str]) -> str:
    return ", ".join(sorted(numbers.elements())) or "–"


def _numbers(words: str, language: Language) -> Counter[str]:
    words = SLOT.sub(" ", words)
    if language == "zh":
        words = _ROC_YEAR.sub(lambda match: str(gregorian_year(int(match[1]))), words)
    else:
        for number, month in enumerate(_MONTHS, 1):
            # January to June 2015 is 1月至6月, too.
            words = re.sub(rf"\b{month} (?=\d|to [A-Z\d])", f"{number} ", words)
    return Counter(number.replace(",", "").rstrip(".") for number in _NUMBER.findall(words))


Slot = Run | Text | Line  # what may stand in the place of a slot


def fill(text: Text, resolve: Callable[[str], Slot]) -> Line:
    """The text with what `resolve` gives for each slot, in both languages; a line lends its runs."""
    halves = (_filled(text.say(language), language, resolve) for language in LANGUAGES)
    return Line(*(tuple(run for run in runs if run != "") for runs in halves))


def _filled(words: str, language: Language, resolve: Callable[[str], Slot]) -> Iterator[Run]:
    end = 0
    for match in SLOT.finditer(words):
        yield words[end : match.start()]
        slot = resolve(_normal(match[1]))
        run = slot.say(language) if isinstance(slot, Text | Line) else slot
        if isinstance(run, tuple):
            yield from run
        else:
            yield run
        end = match.end()
    yield words[end:]


def plain_line(text: Text) -> Line:
    return Line((text.zh,), (text.en,))


def say(words: Mapping[str, Text], name: str, /, **slots: str | Text) -> Text:
    """Fixed words with their slots filled by words."""
    text = words[name]
    for slot, found in slots.items():
        pair = found if isinstance(found, Text) else Text(found, found)
        text = Text(text.zh.replace(f"{{{slot}}}", pair.zh), text.en.replace(f"{{{slot}}}", pair.en))
    return text


def said(runs: Iterable[Run], language: Language) -> str:
    """The runs as one string, as they are read."""
    return "".join(run if isinstance(run, str) else run.text.say(language) for run in runs)


# ---- the fixed words of a kind ----------------------------------------------------------------


class Words(Mapping[str, Text]):
    """The fixed words of a kind by dotted name: `words["table.source"]`. Unknown names are KindError.

    `files` are its words.toml and those that it takes in.
    """

    def __init__(self, texts: Mapping[str, Text], file: str, taken_in: Iterable[str] = ()) -> None:
        self._texts, self.files = texts, tuple(dict.fromkeys((file, *taken_in)))

    def __getitem__(self, name: str) -> Text:
        try:
            return self._texts[name]
        except KeyError:
            raise KindError(
                problem(Place(self.files[0], column=name), "words.these_words_are_missing")
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


# ---- glossary ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Term:
    zh: str
    renderings: tuple[str, ...]
    status: str
    source: str


@dataclass(frozen=True)
class Glossary:
    """The agreed English of Chinese terms, longest first.

    A term of one or two characters is too short to be looked for inside other words (函, 命令):
    it is checked only where it is the whole text.
    """

    terms: tuple[Term, ...]
    file: str = ""

    def check(self, text: Text, place: Place) -> list[Problem]:
        """A problem for each term in the Chinese whose agreed English is not in the other half."""
        problems = []
        rest, english = text.zh, _folded(text.en)
        for term in self.terms:
            if len(term.zh) <= 2:
                if text.zh.strip() != term.zh:
                    continue
            elif term.zh not in rest:
                continue
            rest = rest.replace(term.zh, "\0")
            if not any(_folded(rendering) in english for rendering in term.renderings):
                agreed = " / ".join(term.renderings)
                found = problem(
                    place, "words.is_not_agreed_term", term=term.zh, agreed=agreed, english=text.en
                )
                problems.append(found)
        return problems


def _folded(words: str) -> str:
    """Lower case, blanks and hyphens as one; a slot says the name of its metric: `{pending_cases}`."""
    named = SLOT.sub(lambda slot: f" {slot[1].replace('_', ' ')} ", words)
    return re.sub(r"[\s\u00a0-]+", " ", named).lower()


def read_glossary(project: Path, file: str = "inputs/glossary.csv") -> Glossary:
    """Columns zh, en (renderings parted by `;`), status, source. KindError for a row without both."""
    try:
        with (project / file).open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except csv.Error as error:
        raise KindError(problem(Place(file), "words.glossary_is_no_csv", error=error)) from None
    except FileNotFoundError:
        raise KindError(problem(Place(file), "words.glossary_is_missing")) from None
    except UnicodeDecodeError as error:
        raise KindError(not_utf8(file, error)) from None
    problems, terms = [], []
    for number, row in enumerate(rows, 2):
        zh, en = (row.get("zh") or "").strip(), (row.get("en") or "").strip()
        if not zh or not en:
            problems.append(problem(Place(file, row=number), "words.term_needs_zh_en"))
            continue
        if max(len(zh), len(en)) > limits.GLOSSARY_LETTERS:
            limit = limits.GLOSSARY_LETTERS
            problems.append(problem(Place(file, row=number), "words.term_is_too_long", limit=limit))
            continue
        renderings = tuple(part.strip() for part in en.split(";") if part.strip())
        terms.append(Term(zh, renderings, row.get("status") or "", row.get("source") or ""))
    if problems:
        raise KindError(problems)
    return Glossary(tuple(sorted(terms, key=lambda term: (-len(term.zh), term.zh))), file)
