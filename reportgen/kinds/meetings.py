"""Meetings: when and where, who is there, and the minutes: 時間 … 紀錄, then 壹 to 伍."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import time
from typing import Annotated

from pydantic import Field

from reportgen.kinds.compose import Composer
from reportgen.kinds.forms import joined, on_day
from reportgen.model import Block, Fields, Line, Paragraphs, Section, Text, formats
from reportgen.model import Field as Entry
from reportgen.read.fields import Clock, RocDate, Several
from reportgen.read.schema import Fault, Model, check, fault
from reportgen.read.texts import Bilingual, Sentence
from reportgen.read.words import plain_line

Told = Callable[[Sentence], Line]


class Gathering(Model):
    """What every paper of a meeting says of it; `absent` are those on leave."""

    on: RocDate
    at: Clock
    until: Clock | None = None
    place: Bilingual
    chair: Bilingual
    recorder: Bilingual | None = None
    present: Annotated[Several[Bilingual], Field(min_length=1)]
    attending: Several[Bilingual] = ()
    absent: Several[Bilingual] = ()

    @check
    def _ends_later(at: time, until: time | None) -> Iterator[Fault]:
        if until and until <= at:
            yield fault("until", "papers.until_before_start", until=until, at=at)


class Matter(Model):
    """A report or a motion. `brief` is what a summary says of the decision, else the decision."""

    title: Sentence
    by: Bilingual
    text: Annotated[Several[Sentence], Field(min_length=1)]
    decision: Sentence
    brief: Sentence | None = None

    def sentences(self) -> Iterator[Sentence]:
        yield from (self.title, *self.text, self.decision, *([self.brief] if self.brief else []))


class Discussion(Matter):
    reason: Sentence

    def sentences(self) -> Iterator[Sentence]:
        yield from (*super().sentences(), self.reason)


def when(meeting: Gathering, day_first: bool = True) -> Text:
    """104年3月4日（星期三）上午10時 / Wednesday, March 4, 2015, 10:00 a.m.; or the English with the hour first."""
    day, clock = on_day(meeting.on), formats.clock(meeting.at.hour, meeting.at.minute)
    english = (day.en, clock.en) if day_first else (clock.en, day.en)
    return Text(f"{day.zh}{clock.zh}", ", ".join(english))


def people(named: Iterable[Text]) -> Text:
    """English names hold commas, so that semicolons part them."""
    named = list(named)
    return Text(joined(named).zh, "; ".join(person.en for person in named))


def facts(composer: Composer, meeting: Gathering) -> Fields:
    words = composer.words
    said = {
        "time": when(meeting),
        "place": meeting.place,
        "chair": meeting.chair,
        "present": people(meeting.present),
        "attending": people(meeting.attending),
        "absent": people(meeting.absent),
        "recorder": meeting.recorder,
    }
    return Fields(
        tuple(
            Entry(words[f"minutes.{name}"], (plain_line(composer.stated(text)),))
            for name, text in said.items()
            if text and text.zh
        )
    )


def minutes(
    composer: Composer,
    meeting: Gathering,
    opening: Iterable[Sentence],
    matters: Mapping[str, Iterable[Matter]],
    told: Told,
) -> list[Block]:
    """`matters` are those of `report`, `discussion` and `motion`."""
    blocks: list[Block] = [
        facts(composer, meeting),
        _part(composer, "opening"),
        Paragraphs(tuple(map(told, opening))),
    ]
    for name, found in matters.items():
        blocks.append(_part(composer, name))
        those = [_matter(composer, name, number, matter, told) for number, matter in enumerate(found, 1)]
        blocks += those or [Paragraphs((plain_line(composer.words["minutes.none"]),))]
    blocks.append(_part(composer, "closing"))
    if meeting.until:
        clock = formats.clock(meeting.until.hour, meeting.until.minute)
        blocks.append(Paragraphs((composer.line("minutes.closed", time=composer.stated(clock)),)))
    return blocks


def _part(composer: Composer, name: str) -> Section:
    """A heading within a part."""
    title = composer.words[f"minutes.{name}"]
    return Section(number="", title=title, anchor=f"s-{name}", flow=True, level=2)


def item(composer: Composer, name: str, number: int) -> Text:
    return composer.say(f"minutes.{name}_item", number=Text(formats.chinese_number(number), str(number)))


def _matter(composer: Composer, name: str, number: int, matter: Matter, told: Told) -> Fields:
    words, text = composer.words, "explanation" if name == "discussion" else "text"
    head = composer.stated(item(composer, name, number))
    fields = [
        Entry(head, (told(matter.title),)),
        Entry(words[f"minutes.{name}_by"], (plain_line(composer.stated(matter.by)),)),
    ]
    if isinstance(matter, Discussion):
        fields.append(Entry(words["minutes.reason"], (told(matter.reason),)))
    fields.append(Entry(words[f"minutes.{text}"], _numbered([told(sentence) for sentence in matter.text])))
    fields.append(Entry(words[f"minutes.{name}_decision"], (told(matter.decision),), "decision"))
    return Fields(tuple(fields))


def _numbered(lines: list[Line]) -> tuple[Line, ...]:
    """一、 二、 before each of several; one alone has no number."""
    if len(lines) < 2:
        return tuple(lines)
    marks = [formats.clause_number(1, number) for number in range(1, len(lines) + 1)]
    return tuple(
        Line((mark.zh, *line.zh), (f"{mark.en} ", *line.en)) for mark, line in zip(marks, lines, strict=True)
    )
