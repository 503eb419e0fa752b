"""主席指示事項: the instructions of a meeting as its table holds them, and what must hold from one meeting to the next.

An instruction stays in the table of every meeting until one releases it; nothing else takes it out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.formats import roc_date
from reportgen.read import parity
from reportgen.read.parity import Glossary
from reportgen.read.tables import Dataset, Table

TABLE = "instructions"
# What the table of instructions must hold; key first.
COLUMNS: Mapping[str, str] = {
    "id": "text",
    "meeting": "whole",
    "subject": "text",
    "subject_en": "text",
    "instruction": "text",
    "instruction_en": "text",
    "office": "member",
    "report": "text",
    "report_en": "text",
    "deadline": "roc_date",
    "status": "member",
    "reason": "text",
    "reason_en": "text",
}
STATUS = ("open", "released")
EMPTY = Text("", "")


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One row. `report` says what was done, `reason` why the deadline is another than at the meeting before."""

    id: str
    meeting: int
    subject: Text
    wording: Text
    office: str
    report: Text | None
    deadline: date
    released: bool
    reason: Text | None
    place: Place

    def at(self, column: str) -> Place:
        return replace(self.place, column=column)

    def overdue(self, day: date) -> bool:
        return not self.released and self.deadline < day

    def fault(self, at: str, name: str, /, **slots: object) -> Problem:
        return problem(self.at(at), name, id=self.id, **slots)


# ---- the table ----------------------------------------------------------------------------------


def read(
    dataset: Dataset, glossary: Glossary | None, lone: bool = False
) -> tuple[tuple[Instruction, ...], list[Problem]]:
    """The instructions in the order of the table, and the faults of their words; InputError where it is another table.

    `lone`: the meeting is held in one language, and no other half is asked for.
    """
    table = dataset.tables.get(TABLE)
    if faults := list(_shape_faults(dataset, table, lone)):
        raise InputError(faults)
    assert table
    problems: list[Problem] = []
    return tuple(
        _instruction(table, number, glossary, None if lone else problems)
        for number in range(len(table.records))
    ), problems


def _shape_faults(dataset: Dataset, table: Table | None, lone: bool) -> Iterator[Problem]:
    """Whether dataset.toml declares the table as this kind needs it."""

    def at(where: str) -> Place:
        return Place(dataset.file, column=where)

    if table is None:
        yield problem(at(f"table.{TABLE}"), "compilation.no_table_of_instructions", table=TABLE)
        return
    if table.key != ("id",):
        yield problem(at(f"table.{TABLE}.key"), "compilation.key_must_be_id")
    for name, kind in COLUMNS.items():
        column = table.columns.get(name)
        if column is None and lone and name.endswith("_en"):
            continue
        if column is None or column.type != kind:
            yield problem(at(f"table.{TABLE}.column.{name}"), "compilation.column_of_type", kind=kind)
    status = table.columns.get("status")
    if status and status.type == "member":
        known = [member.id for member in dataset.dimensions[status.dimension].members]
        if set(known) != set(STATUS):
            place = at(f"dimension.{status.dimension}")
            yield problem(place, "compilation.status_members", status=STATUS, known=known)


def _instruction(
    table: Table, number: int, glossary: Glossary | None, problems: list[Problem] | None
) -> Instruction:
    """An instruction; its halves are held against one another where there are problems to add to."""
    record = table.records[number]
    place, cells = table.place(record), record.cells

    def text(name: str) -> Text | None:
        halves = {
            column: said if isinstance(said := cells.get(column), str) else ""
            for column in (name, f"{name}_en")
        }
        if problems is None:
            zh, en = halves.values()
            return Text(zh or en, en or zh) if zh or en else None
        empty = [column for column, words in halves.items() if not words]
        if len(empty) == 1:
            problems.append(problem(replace(place, column=empty[0]), "compilation.half_is_empty"))
        if empty:
            return None
        both, where = Text(*halves.values()), replace(place, column=name)
        problems.extend(parity.faults(both, where, glossary))
        return both

    meeting, deadline = cells["meeting"], cells["deadline"]
    assert isinstance(meeting, Fraction) and isinstance(deadline, date)
    return Instruction(
        id=str(record.key[0]),
        meeting=int(meeting),
        subject=text("subject") or EMPTY,
        wording=text("instruction") or EMPTY,
        office=str(cells["office"]),
        report=text("report"),
        deadline=deadline,
        released=cells["status"] == "released",
        reason=text("reason"),
        place=place,
    )


def counts(instructions: Iterable[Instruction], day: date) -> dict[str, dict[str, list[Instruction]]]:
    """For each office, in the order of its first instruction: those open, overdue and released."""
    offices: dict[str, dict[str, list[Instruction]]] = {}
    for instruction in instructions:
        office = offices.setdefault(instruction.office, {"open": [], "overdue": [], "released": []})
        office["released" if instruction.released else "open"].append(instruction)
        if instruction.overdue(day):
            office["overdue"].append(instruction)
    return offices


# ---- what must hold -----------------------------------------------------------------------------


def check(instructions: Collection[Instruction], number: int, days: Mapping[int, date]) -> list[Problem]:
    """One meeting by itself. `days`: the dates of the meetings that are known, by number."""
    problems = []
    for instruction in instructions:
        meeting, given = instruction.meeting, days.get(instruction.meeting)
        if meeting > number:
            problems.append(
                instruction.fault(
                    "meeting", "compilation.instruction_of_later_meeting", meeting=meeting, number=number
                )
            )
        if given and instruction.deadline < given:
            slots = {"deadline": _day(instruction.deadline), "given": _day(given)}
            problems.append(instruction.fault("deadline", "compilation.due_before_given", **slots))
        if instruction.released and not instruction.report:
            problems.append(instruction.fault("report", "compilation.released_without_report"))
    return problems


def carried(
    before: Collection[Instruction], now: Collection[Instruction], was: int, number: int, file: str
) -> list[Problem]:
    """From the meeting `was` to this one: nothing is lost unless released, nothing changes unless declared.

    `file` is the table of this meeting. Each message names the places in both tables.
    """
    problems: list[Problem] = []
    earlier = {instruction.id: instruction for instruction in before}
    present = {instruction.id: instruction for instruction in now}
    renumbered = _renumbered(earlier, present)
    for old in before:
        if new := present.get(old.id):
            problems.extend(_changed(old, new, was))
        elif not old.released and old.id not in renumbered.values():
            slots = {"id": old.id, "was": was, "place": old.place}
            problems.append(
                problem(Place(file, column="id"), "compilation.open_instruction_missing", **slots)
            )
    for new in now:
        if new.id in renumbered:
            first = earlier[renumbered[new.id]]
            problems.append(
                new.fault(
                    "id", "compilation.instruction_renumbered", first=first.id, was=was, place=first.place
                )
            )
        elif new.id not in earlier and new.meeting < number:
            slots = {"meeting": new.meeting, "was": was, "number": number}
            problems.append(new.fault("id", "compilation.instruction_from_nowhere", **slots))
    return problems


def _renumbered(earlier: Mapping[str, Instruction], present: Mapping[str, Instruction]) -> dict[str, str]:
    """New number -> old one, of open instructions whose number is gone and whose words stand under another."""
    new = {instruction.wording: id_ for id_, instruction in present.items() if id_ not in earlier}
    return {
        new[instruction.wording]: id_
        for id_, instruction in earlier.items()
        if id_ not in present and not instruction.released and instruction.wording in new
    }


def _changed(old: Instruction, new: Instruction, was: int) -> Iterator[Problem]:
    if old.released:
        yield new.fault("status", "compilation.released_stands_again", was=was, place=old.place)
        return
    for column, before, after in (
        ("meeting", Text(str(old.meeting), str(old.meeting)), Text(str(new.meeting), str(new.meeting))),
        ("subject", old.subject, new.subject),
        ("instruction", old.wording, new.wording),
    ):
        if before != after:
            slots = {"column": column, "was": was, "place": old.at(column), "before": before}
            yield new.fault(column, "compilation.instruction_changed", **slots)
    due = old.at("deadline")
    if old.deadline != new.deadline and new.reason in (None, old.reason):
        slots = {"before": _day(old.deadline), "now": _day(new.deadline)}
        yield new.fault("deadline", "compilation.deadline_without_reason", was=was, place=due, **slots)
    if old.deadline == new.deadline and new.reason and new.reason != old.reason:
        yield new.fault("reason", "compilation.reason_without_deadline", was=was, place=due)


def _day(day: date) -> Text:
    return Text(roc_date(day).zh.removeprefix("中華民國"), str(day))
