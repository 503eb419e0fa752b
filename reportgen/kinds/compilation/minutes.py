"""The order of business, and the minutes: 時間 … 紀錄, then 壹 to 伍."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reportgen.kinds.compilation.composer import MeetingComposer
from reportgen.kinds.compilation.plan import Discussion, Matter
from reportgen.kinds.papers import joined, on_day
from reportgen.model import Block, Column, Field, Fields, Line, Paragraphs, Section, Table, Text, formats
from reportgen.read.words import plain_line


def _groups(composer: MeetingComposer) -> list[tuple[str, tuple[Matter, ...]]]:
    plan = composer.plan
    return [("report", plan.report), ("discussion", plan.discussion), ("motion", plan.motion)]


def agenda(composer: MeetingComposer) -> Table:
    """The order of business, from what the minutes tell."""
    words = composer.words
    rows = [composer.row(words["minutes.opening"], None, None, role="group")]
    for name, matters in _groups(composer):
        rows.append(composer.row(words[f"minutes.{name}"], None, None, role="group"))
        for number, matter in enumerate(matters, 1):
            rows.append(composer.row(_item(composer, name, number), composer.label(matter.title), matter.by))
    rows.append(composer.row(words["minutes.closing"], None, None, role="group"))
    columns = [Column(words["agenda.title_of"]), Column(words["agenda.by"])]
    table = composer.table("t-agenda", "agenda.caption", "agenda.item", columns, rows)
    return replace(table, look="agenda")


def _item(composer: MeetingComposer, name: str, number: int) -> Text:
    return composer.say(f"minutes.{name}_item", number=Text(formats.chinese_number(number), str(number)))


def minutes(composer: MeetingComposer) -> list[Block]:
    meeting = composer.plan.meeting
    opening = Paragraphs(tuple(composer.told(sentence) for sentence in meeting.opening))
    blocks: list[Block] = [_facts(composer), _part(composer, "opening"), opening]
    for name, matters in _groups(composer):
        blocks.append(_part(composer, name))
        if not matters:
            blocks.append(Paragraphs((plain_line(composer.words["minutes.none"]),)))
        blocks += [_matter(composer, name, number, matter) for number, matter in enumerate(matters, 1)]
    blocks.append(_part(composer, "closing"))
    if meeting.until:
        clock = formats.clock(meeting.until.hour, meeting.until.minute)
        blocks.append(Paragraphs((composer.line("minutes.closed", time=clock),)))
    return blocks


def _part(composer: MeetingComposer, name: str) -> Section:
    return composer.heading(f"minutes.{name}", f"s-{name}")


def when(composer: MeetingComposer) -> Text:
    meeting = composer.plan.meeting
    day, clock = on_day(meeting.on), formats.clock(meeting.at.hour, meeting.at.minute)
    return Text(f"{day.zh}{clock.zh}", f"{day.en}, {clock.en}")


def _facts(composer: MeetingComposer) -> Fields:
    words, meeting = composer.words, composer.plan.meeting
    facts = {
        "time": when(composer),
        "place": meeting.place,
        "chair": meeting.chair,
        "present": _people(meeting.present),
        "attending": _people(meeting.attending),
        "recorder": meeting.recorder,
    }
    return Fields(
        tuple(Field(words[f"minutes.{name}"], (plain_line(text),)) for name, text in facts.items() if text.zh)
    )


def _people(people: Iterable[Text]) -> Text:
    """English names hold commas, so that semicolons part them."""
    people = list(people)
    return Text(joined(people).zh, "; ".join(person.en for person in people))


def _matter(composer: MeetingComposer, name: str, number: int, matter: Matter) -> Fields:
    words = composer.words
    fields = [
        Field(_item(composer, name, number), (composer.told(matter.title),)),
        Field(words[f"minutes.{name}_by"], (plain_line(matter.by),)),
    ]
    if isinstance(matter, Discussion):
        fields.append(Field(words["minutes.reason"], (composer.told(matter.reason),)))
    text = "explanation" if name == "discussion" else "text"
    body = _numbered([composer.told(sentence) for sentence in matter.text])
    fields.append(Field(words[f"minutes.{text}"], body))
    fields.append(Field(words[f"minutes.{name}_decision"], (composer.told(matter.decision),), "decision"))
    return Fields(tuple(fields))


def _numbered(lines: list[Line]) -> tuple[Line, ...]:
    """一、 二、 before each of several; one alone has no number."""
    if len(lines) < 2:
        return tuple(lines)
    marks = [formats.clause_number(1, number) for number in range(1, len(lines) + 1)]
    return tuple(
        Line((mark.zh, *line.zh), (f"{mark.en} ", *line.en)) for mark, line in zip(marks, lines, strict=True)
    )
