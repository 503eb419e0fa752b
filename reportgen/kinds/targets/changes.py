"""Which units and branches moved, closed or merged, what was negotiated and revised: sentences and tables of the sheet."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.compute.targets import Share
from reportgen.compute.targets.changes import Successor, split
from reportgen.compute.targets.model import Revised, Stage
from reportgen.kinds.blocks import listed
from reportgen.kinds.compose import ColumnOf
from reportgen.kinds.targets.composer import TargetComposer
from reportgen.model import Block, Line, Note, Paragraphs, Table, Text, formats
from reportgen.model.messages import message


def changes(composer: TargetComposer) -> Iterator[Block]:
    if said := tuple(moves(composer)):
        yield Paragraphs(said)
    if agreed := list(agreements(composer)):
        yield _agreements(composer, agreed)
    yield from (composer.numbered(revised(composer, stage)) for stage in composer.result.stages)


def agreements(composer: TargetComposer) -> Iterator[Share]:
    """Branches and units whose target was negotiated, in the order of the sheet."""
    for branch in composer.result.branches:
        yield from (one for one in (branch, *branch.units) if one.agreed)


def _agreements(composer: TargetComposer, agreed: list[Share]) -> Table:
    """Computed, agreed and the difference of each, with the reason, who proposed it and when, below."""
    marks = {id(one): str(place) for place, one in enumerate(agreed, 1)}
    columns: list[ColumnOf[Share]] = [
        composer.column("column.computed", lambda one: one.agreed.computed if one.agreed else None),
        composer.column("column.agreed_change", lambda one: one.agreed.change if one.agreed else None),
        composer.column("column.target", lambda one: one.target),
    ]
    frame = Table(
        anchor="t-agreed",
        caption=composer.say("agreed.caption", **composer.years),
        stub=composer.words["column.agreed"],
        unit=composer.head(composer.scheme.unit),
        notes=tuple(Note(marks[id(one)], _reason(composer, one)) for one in agreed),
    )
    table = composer.filled(
        frame, columns, agreed, lambda one: composer.stated(one.names), mark=lambda one: marks[id(one)]
    )
    return composer.numbered(table)


def revised(composer: TargetComposer, stage: Stage) -> Table:
    """What a day changes: before and after of each branch and unit and of the whole; reason, proposer and letter below."""
    total = stage.total
    declared = [row for row in stage.rows if row.declared]
    marks = {row.id: str(place) for place, row in enumerate(declared, 1)}
    columns: list[ColumnOf[Revised]] = [
        composer.column("column.held_before", lambda row: row.before, total=total.before),
        composer.column("column.revised_by", lambda row: row.change, total=total.change),
        composer.column("column.held_after", lambda row: row.after, total=total.after),
    ]
    since = composer.stated(formats.roc_date(stage.since))
    frame = Table(
        anchor=f"t-revised-{stage.since.isoformat()}",
        caption=composer.say("revised.caption", since=since, **composer.years),
        stub=composer.words["column.agreed"],
        unit=composer.head(composer.scheme.unit),
        notes=tuple(Note(marks[row.id], _approved(composer, row)) for row in declared),
    )
    return composer.filled(
        frame,
        columns,
        stage.rows,
        lambda row: composer.stated(row.names),
        composer.say("revised.whole"),
        lambda row: marks.get(row.id, ""),
    )


def _approved(composer: TargetComposer, row: Revised) -> Line:
    assert row.declared
    slots = {name: composer.stated(getattr(row.declared, name)) for name in ("reason", "proposer", "letter")}
    return composer.line("revised.reason", **slots)


def _reason(composer: TargetComposer, one: Share) -> Line:
    assert one.agreed
    declared = one.agreed.declared
    return composer.line(
        "agreed.reason",
        reason=composer.stated(declared.reason),
        proposer=composer.stated(declared.proposer),
        date=composer.stated(formats.roc_date(declared.date)),
    )


def moves(composer: TargetComposer) -> Iterator[Line]:
    """A sentence for each unit that moved and each branch or unit that was closed, with the reason, and what it means for last year."""
    scheme = composer.scheme
    for one in scheme.transfers:
        slots = {"old": _name(composer, one.unit), "new": _name(composer, one.to)}
        yield composer.line("moves.transfer", reason=composer.stated(one.reason), **slots)
    for place, passed in enumerate(scheme.successors):
        heirs = listed(_heir(composer, place, number, passed) for number in range(len(passed.to)))
        old, reason = _name(composer, passed.of), composer.stated(passed.reason)
        yield composer.line("moves.passed", old=old, heirs=heirs, reason=reason)
    if scheme.transfers or scheme.successors:
        yield composer.line("moves.meaning", **composer.years)
    if any(branch.base for branch in composer.result.branches):
        yield composer.line("moves.whole_year", **composer.years)


def _heir(composer: TargetComposer, place: int, number: int, passed: Successor) -> Line:
    heir = passed.to[number]
    name = _name(composer, heir)
    if len(passed.to) == 1:
        return composer.line("moves.only", heir=name)
    share = passed.heirs[heir] * 100
    figure = composer.declared(f"successor.{place}.shares.{number}", share, f"share of {heir} of {passed.of}")
    return composer.line("moves.heir", heir=name, share=composer.print(figure))


def _name(composer: TargetComposer, name: str) -> Text:
    """A branch or unit as it is called in the year."""
    branch, unit = split(name)
    members = composer.material.dataset.dimensions["branch"].members
    names = next(member.name_in(composer.scheme.year) for member in members if member.id == branch)
    if not unit:
        return names
    return composer.stated(message("targets.unit", unit=unit, names=names))
