"""主席指示事項: the instructions of a meeting as its table holds them, and what must hold from one meeting to the next.

An instruction stays in the table of every meeting until one releases it; nothing else takes it out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem
from reportgen.model.formats import roc_date
from reportgen.read.tables import Dataset, Table
from reportgen.read.words import Glossary, check_halves

TABLE = "instructions"
# What the table of instructions must hold; key first.
COLUMNS: Mapping[str, str] = {
    "id": "text", "meeting": "whole", "subject": "text", "subject_en": "text", "instruction": "text",
    "instruction_en": "text", "office": "member", "report": "text", "report_en": "text", "deadline": "roc_date",
    "status": "member", "reason": "text", "reason_en": "text",
}  # fmt: skip
STATUS = ("open", "released")


@dataclass(frozen=True)
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
        yield Problem(
            Place(dataset.file, column=f"table.{TABLE}"),
            f"declares no table {TABLE}; copy the folder of an earlier meeting",
            f"未宣告表格 {TABLE}；請複製前次會議之資料夾",
        )
        return
    if table.key != ("id",):
        yield Problem(Place(dataset.file, column=f"table.{TABLE}.key"), 'must be ["id"]', '須為 ["id"]')
    for name, kind in COLUMNS.items():
        column = table.columns.get(name)
        if column is None or column.type != kind:
            yield Problem(
                Place(dataset.file, column=f"table.{TABLE}.column.{name}"),
                f"must be a column of type {kind}",
                f"須為 {kind} 類型之欄位",
            )
    status = table.columns.get("status")
    if status and status.type == "member":
        known = tuple(member.id for member in dataset.dimensions[status.dimension].members)
        if set(known) != set(STATUS):
            yield Problem(
                Place(dataset.file, column=f"dimension.{status.dimension}"),
                f"its members must be {', '.join(STATUS)}; they are {', '.join(known)}",
                f"項目須為 {'、'.join(STATUS)}；現為 {'、'.join(known)}",
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
                Problem(
                    Place(place.file, place.sheet, place.row, column),
                    "is empty, but the other language is not; write both",
                    "空白，但另一語言有文字；兩種文字都要寫",
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
        str(record.key[0]),
        int(meeting),
        text("subject") or blank,
        text("instruction") or blank,
        str(cells["office"]),
        text("report"),
        deadline,
        cells["status"] == "released",
        text("reason"),
        place,
    )


# ---- what must hold -----------------------------------------------------------------------------


def check(found: Collection[Instruction], number: int, days: Mapping[int, date]) -> list[Problem]:
    """One meeting by itself. `days`: the dates of the meetings that are known, by number."""
    problems = []
    for one in found:
        if one.meeting > number:
            problems.append(
                Problem(
                    one.at("meeting"),
                    f"{one.id} is of meeting {one.meeting}, which comes after this one, {number}",
                    f"{one.id} 之會議次別為第 {one.meeting} 次，晚於本次（第 {number} 次）",
                )
            )
        given = days.get(one.meeting)
        if given and one.deadline < given:
            problems.append(
                Problem(
                    one.at("deadline"),
                    f"{one.id} is due on {one.deadline}, before the meeting that gave it, {given}",
                    f"{one.id} 之期限{_day(one.deadline)}早於指示之會議日期{_day(given)}",
                )
            )
        if one.released and not one.report:
            problems.append(
                Problem(
                    one.at("report"),
                    f"{one.id} is released, but nothing is reported; write what was done",
                    f"{one.id} 已解除列管，但無辦理情形；請填寫",
                )
            )
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
                Problem(
                    Place(file, column="id"),
                    f"{old.id} was open at meeting {was} ({old.place}) and is missing here; put the row back, or release it with a report",
                    f"{old.id} 於第 {was} 次會議繼續列管（{old.place}），本次缺漏；請補回該列，或填辦理情形並解除列管",
                )
            )
    for one in now:
        if one.id in earlier:
            continue
        if first := next((old for old, new in renamed.items() if new == one.id), ""):
            problems.append(
                Problem(
                    one.at("id"),
                    f"{one.id} was {first} at meeting {was} ({earlier[first].place}); an instruction keeps its number: write {first}",
                    f"{one.id} 於第 {was} 次會議為 {first}（{earlier[first].place}）；列管編號不得變更，請寫 {first}",
                )
            )
        elif one.meeting < number:
            problems.append(
                Problem(
                    one.at("id"),
                    f"{one.id} is of meeting {one.meeting}, but stands not in the table of meeting {was}; a new instruction bears the number of this meeting, {number}",
                    f"{one.id} 之會議次別為第 {one.meeting} 次，但第 {was} 次會議之列管表無此項；新指示之會議次別應為第 {number} 次",
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
        yield Problem(
            new.at("status"),
            f"{new.id} was released by meeting {was} ({old.place}) and stands here again; take the row out, or give a new instruction",
            f"{new.id} 已於第 {was} 次會議解除列管（{old.place}），本次又列入；請刪除該列，或另列新指示",
        )
        return
    for column, one, other in (
        ("meeting", old.meeting, new.meeting),
        ("subject", old.subject, new.subject),
        ("instruction", old.wording, new.wording),
    ):
        if one != other:
            yield Problem(
                new.at(column),
                f"{new.id}: {column} is not what it was at meeting {was} ({old.at(column)}); an instruction keeps its words: write {_said(one)[0]!r}",
                f"{new.id} 之 {column} 與第 {was} 次會議（{old.at(column)}）不同；指示文字不得變更，請寫「{_said(one)[1]}」",
            )
    if old.deadline != new.deadline and new.reason in (None, old.reason):
        yield Problem(
            new.at("deadline"),
            f"{new.id} was due on {old.deadline} at meeting {was} ({old.at('deadline')}), now on {new.deadline}; write why in the column reason",
            f"{new.id} 於第 {was} 次會議之期限為{_day(old.deadline)}（{old.at('deadline')}），現為{_day(new.deadline)}；請於 reason 欄填寫理由",
        )
    if old.deadline == new.deadline and new.reason and new.reason != old.reason:
        yield Problem(
            new.at("reason"),
            f"{new.id}: a reason for a new deadline is given, but the deadline is that of meeting {was} ({old.at('deadline')})",
            f"{new.id} 填有展延理由，但期限與第 {was} 次會議（{old.at('deadline')}）相同",
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
