"""The summary: one page for who reads no more: what was decided, who owes what until when, which figures moved."""

from __future__ import annotations

from dataclasses import replace

from reportgen.kinds.blocks import listed
from reportgen.kinds.compilation.changes import change
from reportgen.kinds.compilation.composer import MeetingComposer, short_day
from reportgen.model import Block, Column, Field, Fields, Line, Note, Paragraphs, Section, Text, formats


def summary(composer: MeetingComposer) -> list[Block]:
    decided = tuple(
        Field(composer.label(matter.title), (composer.told(matter.brief or matter.decision),))
        for matter in composer.plan.matters()
    )
    return [
        Section(
            number="1", title=composer.words["summary.title"], anchor="s-summary", one_page=True, look="brief"
        ),
        composer.heading("summary.decided", "s-decided"),
        Fields(decided),
        composer.heading("summary.owed", "s-owed"),
        Paragraphs((_standing(composer),)),
        *_owed(composer),
        *_moved(composer),
    ]


def _standing(composer: MeetingComposer) -> Line:
    """How many are open and overdue, and whose the overdue ones are."""
    late = composer.of("overdue")
    if not late:
        return composer.line("summary.none_overdue", open=composer.count_of("open"))
    offices = [
        composer.line(
            "summary.of_office",
            office=composer.tracked.office(office),
            count=composer.count_of("overdue", office),
        )
        for office in dict.fromkeys(instruction.office for instruction in late)
    ]
    counts = {name: composer.count_of(name) for name in ("open", "overdue")}
    head, tail = composer.line("summary.overdue", **counts), composer.line("summary.overdue_end")
    whose = listed(offices)
    return Line((*head.zh, *whose.zh, *tail.zh), (*head.en, *whose.en, *tail.en))


def _owed(composer: MeetingComposer) -> list[Block]:
    """The open instructions by deadline."""
    words, day = composer.words, composer.plan.meeting.on
    owed = sorted(composer.of("open"), key=lambda instruction: (instruction.deadline, instruction.id))
    if not owed:
        return []
    rows = [
        replace(
            composer.row(
                short_day(instruction.deadline),
                words["tracking.overdue"] if instruction.overdue(day) else None,
                instruction.id,
                instruction.subject,
                composer.tracked.office(instruction.office),
            ),
            own=instruction.overdue(day),
        )
        for instruction in owed
    ]
    columns = [Column(words[f"tracking.{name}"]) for name in ("mark", "id", "subject", "office")]
    table = composer.table("t-owed", "summary.owed_caption", "tracking.deadline", columns, rows)
    return [replace(table, look="words")]


def _moved(composer: MeetingComposer) -> list[Block]:
    """The metrics in the years that the meeting before and this one report on."""
    words, before = composer.words, composer.before
    if not composer.plan.summary.metrics or before is None:
        return []
    was, now = before.publication.period, composer.year
    rows = []
    notes: dict[Text, Note] = {}
    for reference in composer.plan.summary.metrics:
        old, new, moved = change(composer, reference, was, now)
        name, head = composer.registry.metric(reference).name, composer.head(new.unit)
        for gap in filter(None, (old.gap, new.gap, moved.gap)):
            line = composer.plain("table.missing", reason=gap.reason)
            notes.setdefault(gap.reason, Note("", line))
        label = Text(f"{name.zh}（{head.zh}）", f"{name.en} ({head.en})")
        rows.append(composer.row(label, old, new, moved, composer.head(moved.unit)))
    columns = [
        Column(formats.roc_year(year), group=composer.say("moved.meeting", number=str(number)))
        for year, number in ((was, before.number), (now, composer.plan.meeting.number))
    ]
    columns += [Column(words["moved.change"]), Column(words["moved.unit"])]
    table = composer.table("t-moved", "moved.caption", "moved.metric", columns, rows)
    return [
        composer.heading("moved.title", "s-moved"),
        replace(table, notes=tuple(notes.values()), look="words"),
    ]
