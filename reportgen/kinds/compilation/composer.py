"""What the parts of a meeting's papers share: the plan, the instructions and their counts, annexes that sentences refer to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from reportgen.kinds.compilation.inputs import Before, Tracked
from reportgen.kinds.compilation.plan import Plan
from reportgen.kinds.compilation.tracking import TABLE, Instruction
from reportgen.kinds.figures import FiguresComposer
from reportgen.kinds.material import Material
from reportgen.model import Column, Line, Printed, Ref, Row, Section, Source, Table, Text, formats
from reportgen.read.texts import Sentence
from reportgen.read.words import Slot, said

COUNTED = {
    "tracked": "count of the instructions in the table of this meeting",
    "open": "count of the instructions that are not released",
    "overdue": "count of the instructions that are not released and were due before the meeting",
    "released": "count of the instructions that this meeting released",
    "given": "count of the instructions that this meeting gave",
}


class MeetingComposer(FiguresComposer):
    """One paper of a meeting in the making."""

    def __init__(
        self, material: Material, plan: Plan, tracked: Tracked, before: Before | None, paper: str
    ) -> None:
        super().__init__(material)
        self.plan, self.tracked, self.before, self.paper = plan, tracked, before, paper
        self.annexes = list(plan.annexes())
        self.words.add(plan.classes)

    # -- words

    def told(self, sentence: Sentence) -> Line:
        """Words of an officer with their slots filled: metrics, counts of instructions, annexes."""

        def own(slot: str) -> Slot | None:
            if slot in COUNTED:
                return self.count_of(slot)
            return self._annex(sentence, slot) if slot.startswith("annex:") else None

        return self.sentence(sentence, own, besides=(*COUNTED, "annex:…"))

    def label(self, sentence: Sentence) -> Text:
        """A sentence as a label; its figures are told where the matter itself stands."""
        line = self.told(sentence)
        return Text(said(line.zh, "zh"), said(line.en, "en"))

    def _annex(self, sentence: Sentence, slot: str) -> Slot:
        id_ = slot.removeprefix("annex:")
        if id_ not in self.annexes:
            known = self.annexes or ["-"]
            self.fault(sentence.place, "compilation.no_annex", slot=slot, id=id_, known=known)
            return ""
        number = self.annexes.index(id_) + 1
        if self.paper != "compilation":  # the annexes stand in the compilation alone
            return self.say("annex.outside", annex=self.annex_name(number))
        return Ref(f"annex-{number}", self.annex_name(number))

    def annex_name(self, number: int) -> Text:
        return self.say("annex.name", number=Text(formats.chinese_number(number), str(number)))

    # -- blocks

    def table(self, anchor: str, caption: str, stub: str, columns: list[Column], rows: list[Row]) -> Table:
        """The next table; `caption` and `stub` are the names of their words."""
        words = self.words
        return self.numbered(
            Table(
                anchor=anchor,
                caption=words[caption],
                stub=words[stub],
                columns=tuple(columns),
                rows=tuple(rows),
            )
        )

    def heading(self, name: str, anchor: str) -> Section:
        """A heading within a part; what it says are the words of this name."""
        return Section(number="", title=self.words[name], anchor=anchor, flow=True, level=2)

    # -- instructions

    def of(self, name: str) -> list[Instruction]:
        """The instructions that a count counts."""
        meeting = self.plan.meeting
        tests: dict[str, Callable[[Instruction], bool]] = {
            "tracked": lambda instruction: True,
            "open": lambda instruction: not instruction.released,
            "overdue": lambda instruction: instruction.overdue(meeting.on),
            "released": lambda instruction: instruction.released,
            "given": lambda instruction: instruction.meeting == meeting.number,
        }
        return list(filter(tests[name], self.tracked.instructions))

    def count_of(self, name: str, office: str = "") -> Printed:
        """How many instructions, of an office or of all, with the rows that were counted."""
        counted = [instruction for instruction in self.of(name) if office in ("", instruction.office)]
        table = self.tracked.dataset.tables[TABLE]
        rows = tuple(sorted(instruction.place.row for instruction in counted))
        return self.count(
            f"{name} instructions",
            len(counted),
            COUNTED[name],
            key=(("meeting", self.plan.meeting.number), *((("office", office),) if office else ())),
            sources=(Source(file=table.file, sheet=table.sheet, rows=rows, column="status"),),
        )


def short_day(day: date) -> Text:
    """105/3/31 / 2016-03-31, for the column of a table."""
    return Text(f"{day.year - formats.ROC_OFFSET}/{day.month}/{day.day}", day.isoformat())
