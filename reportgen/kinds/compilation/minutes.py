"""The order of business, and the minutes of the meeting."""

from __future__ import annotations

from dataclasses import replace

from reportgen.kinds import meetings
from reportgen.kinds.compilation.composer import MeetingComposer
from reportgen.kinds.meetings import Matter
from reportgen.model import Block, Column, Table


def _groups(composer: MeetingComposer) -> dict[str, tuple[Matter, ...]]:
    plan = composer.plan
    return {"report": plan.report, "discussion": plan.discussion, "motion": plan.motion}


def agenda(composer: MeetingComposer) -> Table:
    """The order of business, from what the minutes tell."""
    words, item = composer.words, meetings.item
    rows = [composer.row(words["minutes.opening"], None, None, role="group")]
    for name, matters in _groups(composer).items():
        rows.append(composer.row(words[f"minutes.{name}"], None, None, role="group"))
        for number, matter in enumerate(matters, 1):
            rows.append(composer.row(item(composer, name, number), composer.label(matter.title), matter.by))
    rows.append(composer.row(words["minutes.closing"], None, None, role="group"))
    columns = [Column(words["agenda.title_of"]), Column(words["agenda.by"])]
    table = composer.table("t-agenda", "agenda.caption", "agenda.item", columns, rows)
    return replace(table, look="agenda")


def minutes(composer: MeetingComposer) -> list[Block]:
    meeting = composer.plan.meeting
    return meetings.minutes(composer, meeting, meeting.opening, _groups(composer), composer.told)
