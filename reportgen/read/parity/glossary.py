"""The agreed English of Chinese terms, `inputs/glossary.csv`, held against both halves of a text."""

from __future__ import annotations

import csv
import functools
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportgen.model import Text, limits
from reportgen.model.errors import KindError, Place, Problem, not_utf8, problem
from reportgen.read.parity.quantity import SLOT

SHORT = 2  # characters: too short to be looked for inside other words (函, 命令); looked for where it is the whole text


@dataclass(frozen=True)
class Term:
    zh: str
    renderings: tuple[str, ...]
    status: str
    source: str


@dataclass(frozen=True, eq=False)  # a key of what is kept: its thousand terms are not compared for each text
class Glossary:
    """The agreed English of Chinese terms, longest first."""

    terms: tuple[Term, ...]
    file: str = ""

    def of_words(self) -> Glossary:
        """Without the terms of a single character."""
        return Glossary(tuple(term for term in self.terms if len(term.zh) > 1), self.file)

    def faults(self, text: Text, place: Place) -> Iterator[Problem]:
        """A problem for each term in one half whose agreed counterpart is not in the other half."""
        yield from self._without_english(text, place)
        yield from self._without_chinese(text, place)

    def _without_english(self, text: Text, place: Place) -> Iterator[Problem]:
        rest, english, stems = text.zh, folded(text.en), None
        for term in self.terms:
            if len(term.zh) <= SHORT:
                if text.zh.strip() != term.zh:
                    continue
            elif term.zh not in rest:
                continue
            rest = rest.replace(term.zh, "\0")
            if any(folded(rendering) in english for rendering in term.renderings):
                continue
            stems = stems or _stems(english)
            if not any(_is_short_for(_stems(folded(rendering)), stems) for rendering in term.renderings):
                agreed = " / ".join(term.renderings)
                yield problem(place, "words.is_not_agreed_term", term=term.zh, agreed=agreed, english=text.en)

    def _without_chinese(self, text: Text, place: Place) -> Iterator[Problem]:
        """A short form of the term will do: its first two characters, or the last ones where they say something."""
        rest, named = folded(SLOT.sub(" ", text.en)), folded(text.zh)
        for rendering, terms in self._by_rendering:
            if rendering in rest and (
                match := re.search(rf"(?<![a-z]){re.escape(rendering)}(?:e?s)?(?![a-z])", rest)
            ):
                rest = rest[: match.start()] + "\0" + rest[match.end() :]
                if rendering not in named and not any(_is_kin(term, text.zh) for term in terms):
                    yield problem(
                        place,
                        "parity.is_not_agreed_chinese",
                        rendering=rendering,
                        terms="、".join(terms),
                        zh=text.zh,
                    )

    @functools.cached_property
    def _by_rendering(self) -> Sequence[tuple[str, list[str]]]:
        """Renderings of several words, longest first, each with the terms that it is for."""
        found: dict[str, list[str]] = {}
        for term in self.terms:
            for rendering in term.renderings:
                if " " in rendering.strip():
                    found.setdefault(folded(rendering), []).append(term.zh)
        return sorted(found.items(), key=lambda pair: -len(pair[0]))

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """What the glossary declares in Latin letters on both sides."""
        return frozenset(
            word.lower() for term in self.terms for word in re.findall(r"[A-Za-z][\w'-]*", term.zh)
        )


_OF_MANY = re.compile("(?:案件|金額|制度|人員|機關|資料|情形|文件|年限|目錄|管理|要點)$")
_GOES_ON = (
    r"(?=件|案|金|數|率|比|情|之|及|與|者|的|或|為|多|減|累|逐|共|[^\u4e00-\u9fff]|$)"  # behind a short form
)
_HEAD = "行政"  # 執行官 is short for 行政執行官


def _is_kin(term: str, chinese: str) -> bool:
    """未結件數 is of the kin of 未結案件, 待辦案件 is not: only what many terms end with may be another word."""
    if term in chinese:
        return True
    if len(term) <= SHORT:
        return all(sign in chinese for sign in term)
    if term.startswith(_HEAD) and re.search(
        f"(?<![\u4e00-\u9fff]){term[2:]}" if len(term) > 4 else term[2:], chinese
    ):
        return True
    stem = _OF_MANY.sub("", term)
    return stem != term and bool(re.search(f"{stem}{_GOES_ON}", chinese))


_STEM = re.compile(r"\w+|[^\s\w]")
_LINKS = frozenset({"the", "of", "for", "by", "a", "in", "and", "taking", "into", "under"})


_BREAKS = frozenset("();:.“”÷×=/")


def _stems(words: str) -> list[str]:
    words = words.replace("centre", "center").replace("instalment", "installment")
    found = (re.sub("(?<=[a-z]{3})s$", "", re.sub("ies$", "y", word)) for word in _STEM.findall(words))
    return [word for word in found if word not in _LINKS]


def _is_short_for(rendering: list[str], english: list[str]) -> bool:
    """Whether the words of the rendering stand in the English, in another order or with some left out.

    Left out, not replaced: what lacks its first or last word begins or ends there, too. `cost sheet` is none for `score sheet`.
    """
    count = len(rendering)
    for start in range(len(english)):
        if english[start] not in rendering:
            continue
        if sorted(english[start : start + count]) == sorted(rendering):
            return True
        at, last = start, rendering.index(english[start])
        found = [last]
        while at + 1 < len(english) and english[at + 1] in rendering[last + 1 :]:
            at += 1
            last = rendering.index(english[at], last + 1)
            found.append(last)
        behind = english[at + 1] if at + 1 < len(english) else ""
        begins = found[0] == 0 or start == 0 or english[start - 1] in _BREAKS
        ends = (
            last == count - 1
            or behind == ","
            or ((behind in _BREAKS or not behind) and (count > 2 or start == 0))
        )
        if begins and ends and 2 * len(found) >= count:
            return True
    return False


def folded(words: str) -> str:
    """Lower case, blanks and hyphens as one; a slot says the name of its metric: `{pending_cases}`."""
    named = SLOT.sub(lambda slot: f" {slot[0][1:-1].replace('_', ' ')} ", words)
    return re.sub(r"[\s\u00a0-]+", " ", named).lower()


def glossary_of(project: Path) -> Glossary | None:
    """The glossary for files that are read with it and without; what is wrong with it is told where it is read itself."""
    try:
        return read_glossary(project)
    except KindError:
        return None


def read_glossary(project: Path, file: str = "inputs/glossary.csv") -> Glossary:
    """Columns zh, en (renderings parted by `;`), status, source. KindError for a row without both."""
    try:
        return _glossary((project / file).read_bytes(), file)
    except csv.Error as error:
        raise KindError(problem(Place(file), "words.glossary_is_no_csv", error=error)) from None
    except FileNotFoundError:
        raise KindError(problem(Place(file), "words.glossary_is_missing")) from None
    except UnicodeDecodeError as error:
        raise KindError(not_utf8(file, error)) from None


@functools.lru_cache(4)
def _glossary(content: bytes, file: str) -> Glossary:
    lines = io.StringIO(content.decode("utf-8-sig"), newline="")
    rows = list(csv.DictReader(unicodedata.normalize("NFC", line) for line in lines))
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
