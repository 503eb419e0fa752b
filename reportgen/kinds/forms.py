"""What all kinds of papers share: numbered items, posts of sign-off places, what a paper needs, days and lists in words.

What a paper holds is its kind's own matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from reportgen.model import Clause, Line, Text, formats
from reportgen.model.toml import Raw
from reportgen.read.fields import Several, Within
from reportgen.read.schema import Fault, Model, fault
from reportgen.read.texts import Bilingual, Sentence


class ListItem(Model):
    """An item of an official paper on its level, 1 to 6."""

    level: Annotated[int, Within(1, 6)] = 1
    sentence: Annotated[Sentence, Field(alias="text")]


def level_faults(key: str, items: Iterable[ListItem]) -> Iterator[Fault]:
    """An item is at most one level deeper than the one before; the deepest levels are counted by the ten stems."""
    before = 0
    for place, (item, number) in enumerate(_numbered(items)):
        if item.level > before + 1:
            yield fault((key, place, "level"), "papers.cannot_follow", level=item.level, before=before)
        elif item.level > formats.COUNTED_BY_NUMBERS and number > formats.MOST_BY_STEMS:
            slots = {"level": item.level, "most": formats.MOST_BY_STEMS}
            yield fault((key, place), "papers.too_many_on_level", **slots)
        before = item.level


def _numbered(items: Iterable[ListItem], first: int = 1) -> Iterator[tuple[ListItem, int]]:
    """The items with their numbers: each level counts on until a higher one begins anew."""
    counts = [first - 1, 0, 0, 0, 0, 0]
    for item in items:
        counts[item.level - 1] += 1
        counts[item.level :] = [0] * (6 - item.level)
        yield item, counts[item.level - 1]


class Posts(Model):
    """The posts from left to right of the sign-off places; each column has one at least but that of who is consulted."""

    drafting: Annotated[Several[Bilingual], Field(min_length=1)]
    consulted: Several[Bilingual] = ()
    deciding: Annotated[Several[Bilingual], Field(min_length=1)]

    def columns(self) -> dict[str, tuple[Text, ...]]:
        return {"drafting": self.drafting, "consulted": self.consulted, "deciding": self.deciding}


def asked_by(head: str, *papers: str) -> staticmethod[..., Iterator[Fault]]:
    """A check that `[head]` or `[[head]]` stands there where one of these papers is to be made."""
    key = head.strip("[]")

    def asked(**given: Raw) -> Iterator[Fault]:
        if not given[key] and any(paper.partition("-")[0] in papers for paper in given["papers"]):
            yield fault(key, "schema.is_missing", form=head)

    made = staticmethod(asked)
    vars(made)["needs"] = ("papers", key)
    return made


def clauses(items: Iterable[ListItem], say: Callable[[Sentence], Line], first: int = 1) -> tuple[Clause, ...]:
    """The items of an official paper with their numbers, of which the first is `first`."""
    return tuple(Clause(item.level, number, say(item.sentence)) for item, number in _numbered(items, first))


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
