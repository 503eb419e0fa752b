"""主席指示事項列管表: how many instructions are tracked, released, open and overdue by office, and each of them."""

from __future__ import annotations

from dataclasses import replace

from reportgen.kinds.compilation.composer import MeetingComposer, short_day
from reportgen.kinds.compilation.tracking import Instruction, counts
from reportgen.model import Block, Column, Paragraphs, Row, Table
from reportgen.read.words import plain_line


def tracking(composer: MeetingComposer) -> list[Block]:
    counted = {name: composer.count_of(name) for name in ("tracked", "given", "released", "open", "overdue")}
    if composer.before:
        intro = composer.line("tracking.carried", before=str(composer.before.number), **counted)
    else:
        intro = composer.line("tracking.first", **counted)
    return [
        Paragraphs((intro, plain_line(composer.words["tracking.note"]))),
        _by_office(composer),
        _instructions(composer),
    ]


def _instructions(composer: MeetingComposer) -> Table:
    rows = [
        _row(composer, number, instruction)
        for number, instruction in enumerate(composer.tracked.instructions, 1)
    ]
    names = ("meeting", "instruction", "office", "report", "deadline", "status")
    columns = [Column(composer.words[f"tracking.{name}"]) for name in names]
    table = composer.table("t-tracking", "tracking.caption", "tracking.number", columns, rows)
    return replace(table, flows=True, look="tracking")


def _row(composer: MeetingComposer, number: int, instruction: Instruction) -> Row:
    words = composer.words
    report = instruction.report or words["tracking.new"]
    if instruction.reason:
        report = composer.say("tracking.moved", report=report, reason=instruction.reason)
    status = words["tracking.released" if instruction.released else "tracking.open"]
    late = instruction.overdue(composer.plan.meeting.on)
    if late:
        status = composer.say("tracking.late", mark=words["tracking.overdue"], status=status)
    row = composer.row(
        str(number),
        str(instruction.meeting),
        composer.say("tracking.told", id=instruction.id, instruction=instruction.wording),
        composer.tracked.office(instruction.office),
        report,
        short_day(instruction.deadline),
        status,
    )
    return replace(row, own=late)


def _by_office(composer: MeetingComposer) -> Table:
    words, names = composer.words, ("tracked", "released", "open", "overdue")
    offices = counts(composer.tracked.instructions, composer.plan.meeting.on)
    rows = [
        composer.row(composer.tracked.office(office), *(composer.count_of(name, office) for name in names))
        for office in offices
    ]
    totals = (composer.count_of(name) for name in names)
    rows.append(composer.row(words["table.total"], *totals, role="total"))
    columns = [Column(words[f"tracking.count_{name}"]) for name in names]
    table = composer.table("t-offices", "tracking.by_office", "tracking.office", columns, rows)
    return replace(table, unit=composer.head("count"))
