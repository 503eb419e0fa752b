"""績效評比表: a page for each branch, officer or unit: items, own and reviewed points, standards, what one more point needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from reportgen.compute import appraisal
from reportgen.compute.rules.model import Check, Decision, ItemScore
from reportgen.kinds.appraisal.composer import AppraisalComposer, Level
from reportgen.kinds.appraisal.league import ahead_of, change_of, rank_of
from reportgen.kinds.appraisal.plan import OF_PERSONS
from reportgen.kinds.papers import begun
from reportgen.model import (
    EMPTY,
    Block,
    Card,
    Cell,
    Column,
    Field,
    Fields,
    Gap,
    KeyFigures,
    Line,
    Row,
    Section,
    Table,
    Text,
    Value,
    formats,
)
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.read.words import plain_line

MOST_SHEETS = 150  # of one file; more are made a branch at a time, and so by more than one process


def sheets(
    composer: AppraisalComposer, level: Level, decisions: Sequence[Decision], first: int
) -> list[Block]:
    if len(decisions) > MOST_SHEETS:
        raise InputError(_too_many(composer, level, len(decisions)))
    blocks: list[Block] = []
    for number, decision in enumerate(decisions, first):
        blocks += _sheet(composer, level, decision, number)
    return blocks


def _too_many(composer: AppraisalComposer, level: Level, count: int) -> Problem:
    branch = next(
        iter(sorted({d.person.branch for d in level.result.decisions if d.person.branch})), "taipei"
    )
    return problem(
        Place(composer.material.publication.file, column="papers"),
        "appraisal.sheets_are_more_than_one",
        count=count,
        most_sheets=MOST_SHEETS,
        name_=level.name,
        branch=branch,
    )


def _sheet(composer: AppraisalComposer, level: Level, decision: Decision, number: int) -> list[Block]:
    id_ = f"p-{number}"
    name = composer.named(decision.person, level.name in OF_PERSONS)
    blocks: list[Block] = [
        Section(number=str(number), title=name, anchor=id_, one_page=True),
        _facts(composer, level, decision),
        KeyFigures(tuple(_cards(composer, level, decision))),
    ]
    if decision.items:
        blocks.append(_items(composer, level, decision, id_))
    if failed := [check for check in decision.checks if not check.passed]:
        blocks.append(_missing(composer, failed, id_))
    if decision.standards:
        blocks.append(_standards(composer, decision.standards, id_))
    if decision.items and decision.score:
        blocks.append(_needs(composer, level, decision, id_))
    if composer.plan.signers:
        blocks.append(_signatures(composer))
    return blocks


def _facts(composer: AppraisalComposer, level: Level, decision: Decision) -> Fields:
    person = decision.person
    group = next(group for group in level.result.groups if group.id == decision.group)
    branch = composer.branch(person.branch) if level.name != "branches" and person.branch else EMPTY
    facts = [
        ("sheet.period", composer.period.said()),
        ("sheet.group", begun(group.label)),
        ("sheet.branch", branch),
        ("sheet.post", person.post),
    ]
    return Fields(
        tuple(Field(composer.words[name], (plain_line(text),)) for name, text in facts if text.zh and text.en)
    )


def _cards(composer: AppraisalComposer, level: Level, decision: Decision) -> Iterable[Card]:
    words = composer.words
    if decision.score is None:
        return
    yield Card(
        label=words["league.score"],
        figure=composer.print(decision.score),
        unit=composer.units["score"].head,
        change=None,
        spark=None,
    )
    if rank := rank_of(composer, decision):
        of = composer.count(
            "appraisal.of", decision.of, "count of who is ranked in the group", (("group", decision.group),)
        )
        yield Card(
            label=words["league.rank"],
            figure=rank,
            unit=EMPTY,
            change=composer.line("sheet.of", of=of),
            spark=None,
        )
    if change := change_of(composer, level, decision):
        before = level.period.before.said()
        yield Card(
            label=words["league.change"],
            figure=change,
            unit=composer.say("sheet.before", before=before),
            change=None,
            spark=None,
        )
    if ahead := ahead_of(level, decision):
        yield Card(
            label=words["league.ahead"],
            figure=composer.print(ahead),
            unit=composer.units["score"].head,
            change=None,
            spark=None,
        )


def _items(composer: AppraisalComposer, level: Level, decision: Decision, id_: str) -> Table:
    words = composer.words
    own = any(item.own for item in decision.items)
    none = Cell(text=words["league.none"])
    rows = []
    for item in decision.items:
        cells = [
            _measured(composer, item.value),
            Cell(text=_band(composer, level, item) or words["league.none"]),
        ]
        if own:
            cells.append(Cell(composer.print(item.own)) if item.own else none)
        cells += [Cell(composer.print(value)) for value in (item.points, item.weight, item.weighted)]
        rows.append(Row(head=item.label, cells=tuple(cells)))
    blank = Cell(text=EMPTY)
    for one in decision.adjustments:
        cells = [_measured(composer, one.value), *([blank] * (4 if own else 3))]
        points = replace(one.points, digits=max(one.points.digits, 2))  # as the points that it is added to
        rows.append(Row(head=one.label, cells=(*cells, Cell(composer.signed(points)))))
    if decision.score:
        rows.append(
            Row(
                head=words["league.score"],
                cells=(*([blank] * (5 if own else 4)), Cell(composer.print(decision.score))),
                role="total",
            )
        )
    names = (
        "value",
        "band",
        *(("own",) if own else ()),
        "reviewed" if own else "points",
        "weight",
        "weighted",
    )
    columns = tuple(Column(words[f"items.{name}"]) for name in names)
    shape = "own" if own else "items"
    return Table(
        name=EMPTY,
        number="",
        anchor=f"{id_}-{shape}",
        caption=words["items.caption"],
        stub=words["items.item"],
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
    )


def _band(composer: AppraisalComposer, level: Level, item: ItemScore) -> Text | None:
    """The band by its own name, else by its ends in signs that both languages read: ≥52, <54."""
    declared = next(one for one in level.scheme.items if one.id == item.item)
    exact = item.value.exact
    band = next((b for b in declared.bands if isinstance(exact, Fraction) and b.holds(exact)), None)
    if band is None or band.label:
        return band.label if band else None
    factor = composer.units[item.value.unit].factor

    def edge(sign: str, number: Fraction | None) -> str:
        if number is None:
            return ""
        digits = 0
        while digits < 6 and (number / factor * 10**digits).denominator != 1:
            digits += 1
        return sign + formats.plain(number, digits, factor)

    ends = [edge("≥", band.low), edge("≤" if band.closed else "<", band.high)]
    said = ", ".join(end for end in ends if end)
    return Text(said, said)


def _measured(composer: AppraisalComposer, value: Value) -> Cell:
    """A figure with its unit behind it: the rows of a sheet have units of their own."""
    return Cell(composer.print(value), composer.unit(value))


def _missing(composer: AppraisalComposer, checks: Sequence[Check], id_: str) -> Table:
    """Why there is no score."""
    rows = []
    for check in checks:
        value = check.value
        if isinstance(value, Text):
            cell = Cell(text=value)
        else:
            gap = value.exact
            cell = Cell(text=gap.reason) if isinstance(gap, Gap) else Cell(composer.print(value))
        rows.append(Row(head=check.label, cells=(cell,)))
    return Table(
        name=EMPTY,
        number="",
        anchor=f"{id_}-missing",
        caption=composer.words["missing.caption"],
        stub=composer.words["items.item"],
        columns=(Column(composer.words["missing.why"]),),
        rows=tuple(rows),
        unit=None,
        notes=(),
    )


def _standards(composer: AppraisalComposer, checks: Sequence[Check], id_: str) -> Table:
    words = composer.words
    rows = []
    for check in checks:
        assert isinstance(check.value, Value)
        known = not isinstance(check.value.exact, Gap)
        verdict = "unknown" if not known else "met" if check.passed else "missed"
        rows.append(
            Row(
                head=check.label,
                cells=(
                    _measured(composer, check.value),
                    Cell(text=words[f"operator.{check.operator}"]),
                    _threshold(composer, check.value, check.threshold),
                    Cell(text=words[f"standard.{verdict}"]),
                ),
            )
        )
    columns = tuple(
        Column(words[name])
        for name in ("items.value", "standard.operator", "standard.threshold", "standard.verdict")
    )
    return Table(
        name=EMPTY,
        number="",
        anchor=f"{id_}-standards",
        caption=words["standard.caption"],
        stub=words["standard.standard"],
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
    )


def _threshold(composer: AppraisalComposer, value: Value, threshold: Value | Text) -> Cell:
    """A range is in words: 100至130, in the unit of what it is compared with."""
    if isinstance(threshold, Value):
        return _measured(composer, threshold)
    unit = composer.unit(value)
    return Cell(text=Text(f"{threshold.zh}{unit.zh}", f"{threshold.en} {unit.en}".strip()))


def _needs(composer: AppraisalComposer, level: Level, decision: Decision, id_: str) -> Table:
    words = composer.words
    none = Cell(text=words["league.none"])
    rows = []
    for need in appraisal.needs(level.book, decision):
        if need.goal is None:
            rows.append(Row(head=need.label, cells=(none, Cell(text=words["needs.full"]), none, none, none)))
            continue
        label, takes = need.more or (words["league.none"], None)
        cells = [
            Cell(composer.signed(need.gain)),
            Cell(text=words[f"needs.{need.bound}"]),
            _measured(composer, need.goal),
            Cell(text=label),
            _measured(composer, takes) if takes else none,
        ]
        rows.append(Row(head=need.label, cells=tuple(cells)))
    columns = tuple(Column(words[f"needs.{name}"]) for name in ("gain", "bound", "goal", "more", "amount"))
    return Table(
        name=EMPTY,
        number="",
        anchor=f"{id_}-needs",
        caption=words["needs.caption"],
        stub=words["items.item"],
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
    )


def _signatures(composer: AppraisalComposer) -> Fields:
    """Places for those who sign, with the name where one is declared."""

    def lines(name: Text | None) -> tuple[Line, ...]:
        return (plain_line(name),) if name else ()

    return Fields(
        tuple(Field(signer.title, lines(signer.name), "decision") for signer in composer.plan.signers)
    )
