"""The letters of targets: 陳報函 that submits them, 核定函 that sends them out, and one for each approval of a revision."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from reportgen.compute.targets import BranchTarget
from reportgen.compute.targets.changes import split
from reportgen.compute.targets.model import Revised, Stage
from reportgen.kinds import letters
from reportgen.kinds.compose import ColumnOf
from reportgen.kinds.letters import House, Sending
from reportgen.kinds.receivers import Receiver
from reportgen.kinds.targets.changes import revised
from reportgen.kinds.targets.composer import TargetComposer
from reportgen.kinds.targets.plan import Letter
from reportgen.model import Block, Line, PageBreak, Table, Text, formats
from reportgen.read.texts import Sentence
from reportgen.read.words import Slot

__all__ = ["letter", "revision", "submission"]


def submission(composer: TargetComposer) -> list[Block]:
    paper = composer.plan.submission
    assert paper
    sending = _sending(composer, paper, paper.number, (Receiver(name=paper.to),))
    return _letter(composer, paper, sending, _targets(composer))


def letter(composer: TargetComposer) -> list[Block]:
    paper = composer.plan.letter
    assert paper
    return _letter(composer, paper, _to_all(composer, paper, paper.number), _targets(composer))


def revision(composer: TargetComposer) -> list[Block]:
    """A letter for each number of approval, each on pages of its own."""
    paper, found = composer.plan.revision, list[Block]()
    assert paper
    for stage in composer.result.stages:
        for number, part in _approvals(stage):
            slots = _of_revision(composer, part)
            sending = _to_all(composer, paper, number, slots)
            found += [PageBreak(), *_letter(composer, paper, sending, revised(composer, part))]
    return found[1:]


def _letter(composer: TargetComposer, paper: Letter, sending: Sending, table: Table) -> list[Block]:
    plan = composer.plan
    assert plan.office and plan.head
    house = House(office=plan.office, head=plan.head)

    def said(sentence: Sentence) -> Line:
        return composer.fill(sentence.text, sending.slots.__getitem__)

    return [*letters.letter(composer, paper, sending, house, said), table]


def _to_all(
    composer: TargetComposer, paper: Letter, number: Text, slots: dict[str, Slot] | None = None
) -> Sending:
    to = composer.plan.addressee
    main = tuple(one.receiver for one in to if not one.copied and one.letter)
    copies = tuple(one.receiver for one in to if one.copied and one.letter)
    return _sending(composer, paper, number, main, copies, slots or {})


def _sending(
    composer: TargetComposer,
    paper: Letter,
    number: Text,
    main: tuple[Receiver, ...],
    copies: tuple[Receiver, ...] = (),
    slots: dict[str, Slot] | None = None,
) -> Sending:
    to = letters.to_all(composer, main)
    issued = composer.material.issued or paper.issued
    every = {**_of_year(composer), **(slots or {})}
    return Sending(issued=issued, number=number, to=to, main=main, copies=copies, slots=every)


def _of_year(composer: TargetComposer) -> dict[str, Slot]:
    """What every letter may say of the targets."""
    result = composer.result
    units = [unit for branch in result.branches for unit in branch.units]
    return {
        **composer.years,
        "total": composer.money(result.total),
        "last": composer.money(result.last),
        "change": composer.money(result.change),
        "rate": composer.print(result.rate),
        "branches": composer.number_of("branches", result.branches, "count of the branches"),
        "units": composer.number_of("units", units, "count of the units"),
    }


def _of_revision(composer: TargetComposer, stage: Stage) -> dict[str, Slot]:
    total = stage.total
    return {
        "since": composer.stated(formats.roc_date(stage.since)),
        "total.before": composer.money(total.before),
        "total.change": composer.money(total.change),
        "total.after": composer.money(total.after),
    }


def _approvals(stage: Stage) -> Iterator[tuple[Text, Stage]]:
    """The stage by the numbers of its letters: what each approves, and what follows from it."""
    numbers = {row.id: row.declared.letter for row in stage.rows if row.declared}

    def number(row: Revised) -> Text:
        branch = split(row.id)[0]
        return numbers.get(row.id) or numbers.get(branch) or _of_unit(branch, numbers)

    ordered = sorted(stage.rows, key=lambda row: number(row).zh)
    for _, rows in groupby(ordered, key=lambda row: number(row).zh):
        kept = tuple(rows)
        yield number(kept[0]), Stage(stage.since, kept, stage.total)


def _of_unit(branch: str, numbers: dict[str, Text]) -> Text:
    """The letter of a branch that changes since one of its units does."""
    return next(number for name, number in numbers.items() if split(name)[0] == branch)


def _targets(composer: TargetComposer) -> Table:
    """The targets of all branches, against the year before."""
    result, words = composer.result, composer.words
    columns: list[ColumnOf[BranchTarget]] = [
        composer.column("column.last", lambda branch: branch.last, total=result.last),
        composer.column("column.target", lambda branch: branch.target, total=result.total),
        composer.column("column.change", lambda branch: branch.change, total=result.change),
        composer.column("column.rate", lambda branch: branch.rate, composer.head("percent"), result.rate),
    ]
    frame = Table(
        anchor="t-letter",
        caption=composer.say("branches.caption", **composer.years),
        stub=words["column.branch"],
        unit=composer.head(composer.scheme.unit),
    )
    return composer.filled(frame, columns, result.branches, lambda branch: branch.names, words["table.total"])
