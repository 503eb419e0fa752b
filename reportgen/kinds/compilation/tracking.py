"""主席指示事項: the instructions of a meeting as its table holds them, and what must hold from one meeting to the next.

An instruction stays in the table of every meeting until one releases it; nothing else takes it out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.formats import roc_date
from reportgen.read.tables import Dataset, Table
from reportgen.read.words import Glossary, check_halves

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
        return Place(self.place.file, self.place.sheet, self.place.row, column)

    def overdue(self, day: date) -> bool:
        return not self.released and self.deadline < day


def read(dataset: Dataset, glossary: Glossary | None) -> tuple[tuple[Instruction, ...], list[Problem]]:
    """The instructions in the order of the table, and what is wrong with their words; InputError where it is no such table."""
    table = dataset.tables.get(TABLE)
    if faults := list(_shape(dataset, table)):
        raise InputError(faults)
    assert table
    problems: list[Problem] = []
    found = tuple(_instruction(table, number, glossary, problems) for number in range(len(table.records)))
    return found, problems


def _shape(dataset: Dataset, table: Table | None) -> Iterator[Problem]:
    """Whether dataset.toml declares the table as this kind needs it."""
    if table is None:
        yield problem(
            Place(dataset.file, column=f"table.{TABLE}"), "compilation.declares_no_table", table=TABLE
        )
        return
    if table.key != ("id",):
        yield problem(Place(dataset.file, column=f"table.{TABLE}.key"), "compilation.must_id")
    for name, kind in COLUMNS.items():
        column = table.columns.get(name)
        if column is None or column.type != kind:
            yield problem(
                Place(dataset.file, column=f"table.{TABLE}.column.{name}"),
                "compilation.must_column_type",
                kind=kind,
            )
    status = table.columns.get("status")
    if status and status.type == "member":
        known = tuple(member.id for member in dataset.dimensions[status.dimension].members)
        if set(known) != set(STATUS):
            yield problem(
                Place(dataset.file, column=f"dimension.{status.dimension}"),
                "compilation.members_must",
                status=[*STATUS],
                known=[*known],
            )


def _instruction(
    table: Table, number: int, glossary: Glossary | None, problems: list[Problem]
) -> Instruction:
    record = table.records[number]
    place = Place(table.file, table.sheet, record.row)

    def text(name: str) -> Text | None:
        halves = [
            cell if isinstance(cell := record.cells[column], str) else "" for column in (name, f"{name}_en")
        ]
        where = Place(place.file, place.sheet, place.row, name)
        if not any(halves):
            return None
        if not all(halves):
            column = name if halves[1] else f"{name}_en"
            problems.append(
                problem(
                    Place(place.file, place.sheet, place.row, column),
                    "compilation.is_empty_but_other_language",
                )
            )
            return None
        found = Text(*halves)
        problems.extend(check_halves(found, where))
        problems.extend(glossary.check(found, where) if glossary else ())
        return found

    blank, cells = Text("", ""), record.cells
    meeting, deadline = cells["meeting"], cells["deadline"]
    assert isinstance(meeting, Fraction) and isinstance(deadline, date)
    return Instruction(
        id=str(record.key[0]),
        meeting=int(meeting),
        subject=text("subject") or blank,
        wording=text("instruction") or blank,
        office=str(cells["office"]),
        report=text("report"),
        deadline=deadline,
        released=cells["status"] == "released",
        reason=text("reason"),
        place=place,
    )


# ---- what must hold -----------------------------------------------------------------------------


def check(found: Collection[Instruction], number: int, days: Mapping[int, date]) -> list[Problem]:
    """One meeting by itself. `days`: the dates of the meetings that are known, by number."""
    problems = []
    for one in found:
        if one.meeting > number:
            problems.append(
                problem(
                    one.at("meeting"),
                    "compilation.is_meeting_comes_after_one",
                    id=one.id,
                    meeting=one.meeting,
                    number=number,
                )
            )
        given = days.get(one.meeting)
        if given and one.deadline < given:
            problems.append(
                problem(
                    one.at("deadline"),
                    "compilation.is_due_before_meeting_gave",
                    id=one.id,
                    deadline=Text(_day(one.deadline), str(one.deadline)),
                    given=Text(_day(given), str(given)),
                )
            )
        if one.released and not one.report:
            problems.append(problem(one.at("report"), "compilation.is_released_but_nothing_is", id=one.id))
    return problems


def carried(
    before: Collection[Instruction], now: Collection[Instruction], was: int, number: int, file: str
) -> list[Problem]:
    """From the meeting `was` to this one: nothing is lost unless released, nothing changes unless declared.

    `file` is the table of this meeting. Each message names the places in both tables.
    """
    problems: list[Problem] = []
    earlier = {one.id: one for one in before}
    present = {one.id: one for one in now}
    renamed = _renumbered(earlier, present)
    for old in before:
        new = present.get(old.id)
        if new:
            problems.extend(_changed(old, new, was))
        elif not old.released and old.id not in renamed:
            problems.append(
                problem(
                    Place(file, column="id"),
                    "compilation.was_open_meeting_is_missing",
                    id=old.id,
                    was=was,
                    place=old.place,
                )
            )
    for one in now:
        if one.id in earlier:
            continue
        if first := next((old for old, new in renamed.items() if new == one.id), ""):
            problems.append(
                problem(
                    one.at("id"),
                    "compilation.was_meeting",
                    id=one.id,
                    first=first,
                    was=was,
                    place=earlier[first].place,
                )
            )
        elif one.meeting < number:
            problems.append(
                problem(
                    one.at("id"),
                    "compilation.is_meeting_but_stands_not",
                    id=one.id,
                    meeting=one.meeting,
                    was=was,
                    number=number,
                )
            )
    return problems


def _renumbered(earlier: Mapping[str, Instruction], present: Mapping[str, Instruction]) -> dict[str, str]:
    """Open instructions whose number is gone and whose words stand under a new one."""
    words = {one.wording: id_ for id_, one in present.items() if id_ not in earlier}
    return {
        id_: words[one.wording]
        for id_, one in earlier.items()
        if id_ not in present and not one.released and one.wording in words
    }


def _changed(old: Instruction, new: Instruction, was: int) -> Iterator[Problem]:
    if old.released:
        yield problem(
            new.at("status"),
            "compilation.was_released_meeting_stands_here",
            id=new.id,
            was=was,
            place=old.place,
        )
        return
    for column, one, other in (
        ("meeting", old.meeting, new.meeting),
        ("subject", old.subject, new.subject),
        ("instruction", old.wording, new.wording),
    ):
        if one != other:
            yield problem(
                new.at(column),
                "compilation.id_column_is_not",
                id=new.id,
                column=column,
                was=was,
                column2=old.at(column),
                one=Text(f"{_said(one)[1]}", f"{_said(one)[0]!r}"),
            )
    if old.deadline != new.deadline and new.reason in (None, old.reason):
        yield problem(
            new.at("deadline"),
            "compilation.was_due_meeting_now",
            id=new.id,
            was=was,
            it=old.at("deadline"),
            deadline=Text(_day(old.deadline), str(old.deadline)),
            deadline2=Text(_day(new.deadline), str(new.deadline)),
        )
    if old.deadline == new.deadline and new.reason and new.reason != old.reason:
        yield problem(
            new.at("reason"), "compilation.id_reason_new_deadline", id=new.id, was=was, it=old.at("deadline")
        )


def _said(part: int | Text) -> tuple[str, str]:
    return (part.en, part.zh) if isinstance(part, Text) else (str(part), str(part))


def _day(day: date) -> str:
    return roc_date(day).zh.removeprefix("中華民國")


def counts(found: Iterable[Instruction], day: date) -> dict[str, dict[str, list[Instruction]]]:
    """For each office, in the order of its first instruction: those open, overdue and released."""
    groups: dict[str, dict[str, list[Instruction]]] = {}
    for one in found:
        group = groups.setdefault(one.office, {"open": [], "overdue": [], "released": []})
        group["released" if one.released else "open"].append(one)
        if one.overdue(day):
            group["overdue"].append(one)
    return groups
