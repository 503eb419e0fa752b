"""What all kinds of papers share: the fields of a form in `publication.toml`, numbered items, dates and lists in words.

What a paper holds is its kind's own matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated

from pydantic import Field

from reportgen.model import Clause, Line, Text, formats
from reportgen.model.messages import told
from reportgen.model.toml import Raw
from reportgen.read.fields import Sentence, Within
from reportgen.read.publications import Reader
from reportgen.read.schema import Fault, Model, fault
from reportgen.read.words import as_text, check_halves


@dataclass(frozen=True)
class Item:
    """An item of an official paper on its level, 1 to 6."""

    level: int
    sentence: Sentence


class ListItem(Model):
    """The same as a table of a publication.toml."""

    level: Annotated[int, Within(1, 6)] = 1
    sentence: Annotated[Sentence, Field(alias="text")]


def level_faults(key: str, items: Iterable[ListItem]) -> Iterator[Fault]:
    """An item is at most one level deeper than the one before."""
    before = 0
    for number, item in enumerate(items):
        if item.level > before + 1:
            yield fault((key, number, "level"), "papers.cannot_follow", level=item.level, before=before)
        before = item.level


def asked_by(head: str, *papers: str) -> staticmethod[..., Iterator[Fault]]:
    """A check that `[head]` or `[[head]]` stands there where one of these papers is to be made."""
    key = head.strip("[]")

    def asked(**given: Raw) -> Iterator[Fault]:
        if not given[key] and any(paper.partition("-")[0] in papers for paper in given["papers"]):
            yield fault(key, "schema.is_missing", form=head)

    made = staticmethod(asked)
    vars(made)["needs"] = ("papers", key)
    return made


class PaperReader(Reader):
    """Fields that only official papers have: dates, times, lists of texts, tables in tables."""

    def mark(self, name: str) -> None:
        self._seen.add(name)

    def table(self, name: str) -> PaperReader:
        raw = self._take(name, Mapping, told("papers.table", name_=name), True)
        where = f"{self.where}.{name}" if self.where else name
        inner = PaperReader(raw or {}, self.file, where, self.problems, self.glossary)
        inner.absent = raw is None
        return inner

    absent = False

    def rows(self, name: str, required: bool = True) -> list[PaperReader]:
        where = f"{self.where}.{name}" if self.where else name
        found = self._take(name, list, told("papers.tables", where=where), required) or []
        readers = []
        for number, row in enumerate(found, 1):
            if isinstance(row, Mapping):
                readers.append(PaperReader(row, self.file, f"{where} {number}", self.problems, self.glossary))
            else:
                self.problem(name, *told("papers.entry_is_not_table", number=number))
        return readers

    def optional(self, name: str) -> Text | None:
        return self.text(name, required=False)

    def sentence(self, name: str, required: bool = True) -> Sentence | None:
        text = self.text(name, required)
        return Sentence(text, self.place(name)) if text else None

    def texts(self, name: str, required: bool = False) -> tuple[Text, ...]:
        return tuple(sentence.text for sentence in self.sentences(name, required))

    def sentences(self, name: str, required: bool = False) -> tuple[Sentence, ...]:
        """A list of texts in both languages; a single one may stand without brackets."""
        what = told("papers.list_texts")
        found = self._take(name, (list, Mapping), what, required) or []
        made = []
        for number, raw in enumerate([found] if isinstance(found, Mapping) else found, 1):
            place = self.place(f"{name} {number}")
            if text := as_text(raw, place, self.problems):
                self.problems.extend(check_halves(text, place))
                self.problems.extend(self.glossary.check(text, place) if self.glossary else ())
                made.append(Sentence(text, place))
        return tuple(made)

    def day(self, name: str, required: bool = True) -> date | None:
        words = self.word(name, default=None if required else "")
        if not words:
            return None
        try:
            return formats.parse_roc_date(words)
        except ValueError:
            self.problem(name, *told("papers.is_no_day", words=words))
            return None

    def time(self, name: str) -> time | None:
        words = self.word(name)
        match = re.fullmatch(r"(\d{1,2}):(\d{2})", words)
        if match and int(match[1]) < 24 and int(match[2]) < 60:
            return time(int(match[1]), int(match[2]))
        if words:
            self.problem(name, *told("papers.is_no_time_day", words=words))
        return None


def items(reader: PaperReader, name: str = "item") -> list[Item]:
    found: list[Item] = []
    for row in reader.rows(name, required=False):
        level, sentence = row.whole("level", default=1), row.sentence("text")
        row.done()
        before = found[-1].level if found else 0
        if not 1 <= level <= 6 or level > before + 1:
            row.problem("level", *told("papers.cannot_follow", level=level, before=before))
            level = min(max(level, 1), before + 1)
        if sentence:
            found.append(Item(level, sentence))
    return found


def clauses(
    items: Iterable[Item | ListItem], say: Callable[[Sentence], Line], first: int = 1
) -> tuple[Clause, ...]:
    """The items with their numbers: each level counts on until a higher one begins anew."""
    counts = [first - 1, 0, 0, 0, 0, 0]
    made = []
    for item in items:
        counts[item.level - 1] += 1
        counts[item.level :] = [0] * (6 - item.level)
        made.append(Clause(item.level, counts[item.level - 1], say(item.sentence)))
    return tuple(made)


def joined(parts: Iterable[Text]) -> Text:
    """甲、乙、丙 / a, b and c; English names that hold commas themselves are parted by semicolons."""
    parts = list(parts)
    zh, en = "、".join(part.zh for part in parts), [part.en for part in parts]
    if any(", " in one for one in en):
        return Text(zh, "; ".join(en))
    return Text(zh, " and ".join(filter(None, (", ".join(en[:-1]), *en[-1:]))))


def on_day(day: date) -> Text:
    """103年1月28日（星期二） / Tuesday, January 28, 2014."""
    roc, name = formats.roc_date(day), formats.weekday(day)
    return Text(f"{roc.zh.removeprefix('中華民國')}（{name.zh}）", f"{name.en}, {roc.en}")


def begun(text: Text) -> Text:
    """The words as a heading or sentence begins: `excellent` -> `Excellent`."""
    return Text(text.zh, text.en[:1].upper() + text.en[1:])
