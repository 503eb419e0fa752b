"""What a compilation is made from besides its own declarations: the instructions of this meeting, and the meeting before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from reportgen.kinds import kinds
from reportgen.kinds.compilation import tracking
from reportgen.kinds.compilation.plan import Meeting, Plan
from reportgen.kinds.compilation.tracking import TABLE, Instruction
from reportgen.kinds.material import Material
from reportgen.model import Text, toml
from reportgen.model.errors import InputError, Place, Problem, ReportgenError, problem
from reportgen.read.publications import Publication, read_publication
from reportgen.read.schema import read
from reportgen.read.tables import Dataset, read_dataset


@dataclass(frozen=True)
class Before:
    """The meeting before, as its own publication tells it."""

    publication: Publication
    number: int
    day: date
    dataset: Dataset

    def files(self) -> Iterator[str]:
        yield self.publication.file
        yield from files(self.dataset)


@dataclass(frozen=True)
class Tracked:
    """The instructions of this meeting, and where their table is declared."""

    dataset: Dataset
    instructions: tuple[Instruction, ...]

    def office(self, id_: str) -> Text:
        column = self.dataset.tables[TABLE].columns["office"]
        return self.dataset.dimensions[column.dimension].member(id_).label


def files(dataset: Dataset) -> Iterator[str]:
    yield dataset.file
    yield from (table.file for table in dataset.tables.values())


def read_before(material: Material, plan: Plan, problems: list[Problem]) -> Before | None:
    """The meeting before, with the table of its instructions."""
    if not plan.previous:
        return None

    def fault(name: str, /, **slots: object) -> None:
        place = Place(material.publication.file, column="previous")
        problems.append(problem(place, name, previous=plan.previous, **slots))

    try:
        publication = read_publication(material.project, plan.previous, kinds(), material.glossary)
        if publication.kind != material.publication.kind:
            fault("compilation.previous_of_other_kind", kind=publication.kind)
            return None
        table = publication.raw.get("meeting", toml.Table())
        meeting = read(Meeting, publication.source, table, glossary=material.glossary)
        dataset = read_dataset(material.project, str(publication.raw.get("instructions")), [TABLE], ())
    except ReportgenError as error:
        for one in error.problems:
            fault("compilation.previous_unreadable", fault=Text(one.say("zh"), one.say("en")))
        return None
    this = plan.meeting
    if meeting.number >= this.number or meeting.on >= this.on:
        days = {"day": meeting.on, "this_day": this.on}
        fault("compilation.previous_is_later", number=meeting.number, this_number=this.number, **days)
    if publication.period > material.publication.period:
        years = {"period": publication.period, "this_period": material.publication.period}
        fault("compilation.period_goes_back", **years)
    return Before(publication, meeting.number, meeting.on, dataset)


def read_tracked(
    material: Material, plan: Plan, before: Before | None, problems: list[Problem]
) -> Tracked | None:
    """The instructions of this meeting, held against those of the one before."""
    try:
        dataset = read_dataset(material.project, plan.instructions, [TABLE], material.publication.languages)
        lone = len(material.publication.languages) == 1
        instructions, faults = tracking.read(dataset, material.glossary, lone)
    except InputError as error:
        problems.extend(error.problems)
        return None
    problems.extend(faults)
    number, days = plan.meeting.number, {plan.meeting.number: plan.meeting.on}
    if before:
        days[before.number] = before.day
        try:
            old, _ = tracking.read(before.dataset, None, lone)
            file = dataset.tables[TABLE].file
            problems.extend(tracking.carried(old, instructions, before.number, number, file))
        except InputError as error:
            problems.extend(error.problems)
    problems.extend(tracking.check(instructions, number, days))
    return Tracked(dataset, instructions)
