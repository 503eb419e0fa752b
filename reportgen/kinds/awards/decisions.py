"""The decision sheets 審查表: every candidate with each rule, value, threshold and verdict, and why.

First all candidates of a group in one table, then a sheet for each, the losers' as full as the winners'.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from reportgen.compute.rules.model import Bonus, Check, Decision, Group, Share, TieStep
from reportgen.kinds.awards.composer import AwardComposer, paid
from reportgen.kinds.awards.lists import NO_NAME, rank, rank_value, standing
from reportgen.kinds.papers import begun, joined
from reportgen.model import (
    Block,
    Card,
    Cell,
    Column,
    Field,
    Fields,
    KeyFigures,
    Line,
    NoteBox,
    Paragraphs,
    Printed,
    Row,
    Section,
    Table,
    Text,
    Value,
)
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.read.words import plain_line

PAPER = "decisions"
MOST_SHEETS = 500  # of one file: 100 seconds and 1.5 GB
TIED = 8  # as many names of a tie fit the sheet; the others are named on theirs


def decisions(composer: AwardComposer) -> list[Block]:
    blocks: list[Block] = [Paragraphs((_opening(composer),)), standing(composer)]
    groups = composer.result.groups
    for group in groups:
        of_group = _by_rank(d for d in composer.result.decisions if d.group == group.id)
        if of_group:
            blocks += [
                Section(number="", title=begun(group.label), anchor=f"g-{group.id}", flow=True),
                _summary(composer, group, of_group),
            ]
    ordered = [
        (decision, group)
        for group in (groups or (None,))
        for decision in _by_rank(d for d in composer.result.decisions if group is None or d.group == group.id)
    ]
    told = [(decision, group) for decision, group in ordered if _has_sheet(composer, decision)]
    if len(told) > MOST_SHEETS:
        raise InputError(_too_many(composer, len(told)))
    for number, (decision, of) in enumerate(told, 1):
        blocks += _sheet(composer, decision, of, number)
    return blocks


def _has_sheet(composer: AwardComposer, decision: Decision) -> bool:
    wanted = composer.plan.sheets
    return wanted == "all" or (wanted == "winners" and decision.tier is not None)


def _too_many(composer: AwardComposer, count: int) -> Problem:
    fewer = "winners" if composer.plan.sheets == "all" else "none"
    return problem(
        Place(composer.publication.file, column="decisions: sheets"),
        "awards.decision_sheets_are_more_than",
        count=count,
        most_sheets=MOST_SHEETS,
        fewer=fewer,
    )


def _opening(composer: AwardComposer) -> Line:
    sheets = "" if composer.plan.sheets == "all" else f"_{composer.plan.sheets}"
    if composer.of_units:
        return composer.line(f"decisions.summary_units{sheets}", candidates=composer.slot("candidates"))
    return composer.line(
        f"decisions.summary{sheets}",
        candidates=composer.slot("candidates"),
        eligible=composer.slot("eligible"),
        winners=composer.slot("winners"),
    )


def _by_rank(decisions: Iterable[Decision]) -> list[Decision]:
    return sorted(decisions, key=lambda d: (d.rank is None, d.rank or 0, d.person.id))


# ---- the table of a group -----------------------------------------------------------------------


def _summary(composer: AwardComposer, group: Group, decisions: list[Decision]) -> Table:
    words = composer.words
    rows = []
    for decision in decisions:
        person = decision.person
        cells = [Cell(text=composer.branch(person.branch))]
        if composer.of_units:
            total = decision.bonus.total if decision.bonus else None
            cells.append(Cell(composer.print(total)) if total else Cell(text=NO_NAME))
        else:
            cells.append(Cell(composer.print(decision.score)) if decision.score else Cell(text=NO_NAME))
            cells.append(Cell(rank(composer, decision)) if decision.rank else Cell(text=NO_NAME))
        cells.append(Cell(text=_verdict(composer, decision)))
        rows.append(Row(head=composer.named(person, PAPER), cells=tuple(cells)))
    middle = ["bonus"] if composer.of_units else ["score", "rank"]
    columns = [Column(words["list.branch"])]
    for name in middle:
        unit = composer.units["twd"].head if name == "bonus" else None
        columns.append(Column(words[f"list.{name}"], unit))
    columns.append(Column(words["decisions.verdict"]))
    notes = ()
    caption = begun(composer.say("decisions.caption", group=group.label))
    return Table(
        name=NO_NAME,
        number="",
        anchor=f"t-{group.id}-all",
        caption=caption,
        stub=words["decisions.candidate"],
        columns=tuple(columns),
        rows=tuple(rows),
        unit=None,
        notes=notes,
        flows=True,
    )


def _verdict(composer: AwardComposer, decision: Decision) -> Text:
    if decision.tier:
        return begun(decision.tier.label)
    if decision.bonus and decision.eligible:
        return composer.words["verdict.paid" if paid(decision) else "verdict.nothing"]
    return composer.words["verdict.not_chosen" if decision.eligible else "verdict.not_eligible"]


# ---- a sheet ------------------------------------------------------------------------------------


def _sheet(composer: AwardComposer, decision: Decision, group: Group | None, number: int) -> list[Block]:
    words, person = composer.words, decision.person
    id_ = f"d-{number}"
    name = composer.person(person, PAPER)
    blocks: list[Block] = [
        Section(number=str(number), title=name, anchor=id_),
        _facts(composer, decision, group),
    ]
    if cards := _cards(composer, decision):
        blocks.append(KeyFigures(tuple(cards)))
    blocks.append(NoteBox(words["decisions.reason"], _reasons(composer, decision, group)))
    if decision.checks:
        blocks.append(_checks(composer, decision, id_))
    if decision.items:
        blocks.append(_items(composer, decision, id_))
    if decision.ties:
        blocks.append(_ties(composer, decision, id_))
    if decision.bonus:
        blocks += _bonus(composer, decision.bonus, id_)
    return blocks


def _reasons(composer: AwardComposer, decision: Decision, group: Group | None) -> tuple[Line, ...]:
    """Why, and whether another rounding would have changed it; the numbers are those of the decision."""
    lines = [composer.ledger.within(decision.reason, _stated(composer, decision, group))]
    if decision.eligible and not decision.bonus:
        lines.append(plain_line(begun(decision.rounding or composer.words["decisions.no_rounding"])))
    return tuple(lines)


def _stated(composer: AwardComposer, decision: Decision, group: Group | None) -> list[Value]:
    """The values that the reason of a decision may state, the most telling first."""
    found = [value for value in (decision.ranked, decision.score, decision.distance) if value]
    found += [replace(v, exact=abs(v.exact)) for v in found if isinstance(v.exact, Fraction) and v.exact < 0]
    if decision.bonus:
        found += [decision.bonus.total, decision.bonus.unpaid, *(value for _, value in decision.bonus.steps)]
        found.append(_counted("members", len(decision.bonus.shares), decision))
    found += [
        side
        for check in decision.checks
        for side in (check.value, check.threshold)
        if isinstance(side, Value)
    ]
    if decision.rank:
        found += [rank_value(decision), _eligible(decision)]
    if group and group.quota is not None:
        found.append(
            Value(
                metric="quota",
                key=(("group", group.id),),
                exact=Fraction(group.quota),
                unit="count",
                digits=0,
                formula=group.worked.en,
            )
        )
    if decision.ties:
        found.append(_counted("tied", len(decision.ties[0].with_), decision))
    return [value for value in found if isinstance(value.exact, Fraction)]


def _counted(name: str, number: int, decision: Decision) -> Value:
    formula = {"members": "count of shares", "tied": "count of candidates with the same score"}[name]
    return Value(
        metric=name,
        key=(("candidate", decision.person.id),),
        exact=Fraction(number),
        unit="count",
        digits=0,
        formula=formula,
        worked=str(number),
    )


def _eligible(decision: Decision) -> Value:
    key = (("group", decision.group),)
    return Value(
        metric="eligible",
        key=key,
        exact=Fraction(decision.of),
        unit="count",
        digits=0,
        formula="count of the eligible of the group",
        worked=str(decision.of),
    )


def _facts(composer: AwardComposer, decision: Decision, group: Group | None) -> Fields:
    person, words = decision.person, composer.words
    facts = [
        ("list.branch", composer.branch(person.branch)),
        ("list.unit", NO_NAME if composer.of_units else person.unit),
        ("list.post", person.post),
        ("list.group", begun(group.label) if group else NO_NAME),
        ("decisions.verdict", _verdict(composer, decision)),
    ]
    return Fields(tuple(Field(words[name], (plain_line(text),)) for name, text in facts if text.zh))


def _cards(composer: AwardComposer, decision: Decision) -> list[Card]:
    """Score, rank, the line and the distance to it, as far as they exist."""
    words = composer.words
    if decision.score is None or decision.bonus:
        return []
    cards = [
        Card(
            label=words["list.score"],
            figure=composer.print(decision.score),
            unit=_unit(composer, decision.score),
            change=None,
            spark=None,
        )
    ]
    if decision.rank:
        of = composer.print(_eligible(decision))
        unit = composer.say("decisions.of", of=of.plain)
        cards.append(
            Card(
                label=words["list.rank"], figure=rank(composer, decision), unit=unit, change=None, spark=None
            )
        )
    if decision.line:
        name = "decisions.line_next" if decision.tier else "decisions.line_last"
        cards.append(
            Card(
                label=words[name],
                figure=composer.print(decision.line),
                unit=_unit(composer, decision.line),
                change=None,
                spark=None,
            )
        )
    if decision.distance:
        cards.append(
            Card(
                label=words["decisions.distance"],
                figure=composer.print(decision.distance),
                unit=_unit(composer, decision.distance),
                change=None,
                spark=None,
            )
        )
    return cards


def _unit(composer: AwardComposer, value: Value) -> Text:
    """The head of the unit; a bare number has none."""
    return NO_NAME if value.unit == "count" else composer.units[value.unit].head


def _checks(composer: AwardComposer, decision: Decision, id_: str) -> Table:
    words = composer.words
    rows = [
        Row(head=_rule(composer, check), cells=_check_cells(composer, check)) for check in decision.checks
    ]
    columns = tuple(
        Column(words[f"checks.{name}"]) for name in ("value", "operator", "threshold", "unit", "verdict")
    )
    return Table(
        name=NO_NAME,
        number="",
        anchor=f"{id_}-checks",
        caption=words["checks.caption"],
        stub=words["checks.rule"],
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
    )


def _rule(composer: AwardComposer, check: Check) -> Text:
    return composer.say("checks.exclude", rule=check.label) if check.kind == "exclude" else check.label


def _check_cells(composer: AwardComposer, check: Check) -> tuple[Cell, ...]:
    words = composer.words
    value = next((side for side in (check.value, check.threshold) if isinstance(side, Value)), None)
    return (
        _side(composer, check.value),
        Cell(text=words[f"operator.{check.operator}"]),
        _side(composer, check.threshold),
        Cell(text=_unit(composer, value) if value else NO_NAME),
        Cell(text=words["checks.passed" if check.passed else "checks.failed"]),
    )


def _side(composer: AwardComposer, side: Value | Text) -> Cell:
    return Cell(text=side) if isinstance(side, Text) else Cell(composer.print(side))


def _items(composer: AwardComposer, decision: Decision, id_: str) -> Table:
    words = composer.words
    with_band = any(item.band for item in decision.items)
    rows = []
    for item in decision.items:
        cells = [Cell(composer.print(item.value)), Cell(text=_unit(composer, item.value))]
        cells += [Cell(text=item.band or NO_NAME)] if with_band else []
        cells += [Cell(composer.print(value)) for value in (item.points, item.weight, item.weighted)]
        rows.append(Row(head=item.label, cells=tuple(cells)))
    names = ("value", "unit", *(("band",) if with_band else ()), "points", "weight", "weighted")
    if decision.score:
        blanks = [Cell(text=NO_NAME)] * (len(names) - 1)
        rows.append(
            Row(
                head=words["items.score"], cells=(*blanks, Cell(composer.print(decision.score))), role="total"
            )
        )
    columns = tuple(Column(words[f"items.{name}"]) for name in names)
    return Table(
        name=NO_NAME,
        number="",
        anchor=f"{id_}-items",
        caption=words["items.caption"],
        stub=words["items.item"],
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
    )


def _ties(composer: AwardComposer, decision: Decision, id_: str) -> Table:
    words = composer.words
    names = {
        d.person.id: composer.person(d.person, PAPER)
        for d in composer.result.decisions
        if d.group == decision.group
    }
    rows = [Row(head=begun(step.label), cells=_tie_cells(composer, step, names)) for step in decision.ties]
    columns = tuple(Column(words[f"ties.{name}"]) for name in ("value", "with", "settled"))
    return Table(
        name=NO_NAME,
        number="",
        anchor=f"{id_}-ties",
        caption=words["ties.caption"],
        stub=words["ties.step"],
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
    )


def _tie_cells(composer: AwardComposer, step: TieStep, names: dict[str, Text]) -> tuple[Cell, ...]:
    others = joined(names.get(id_, Text(id_, id_)) for id_ in step.with_[:TIED])
    if len(step.with_) > TIED:
        others = composer.say("ties.more", names=others)
    return (
        Cell(composer.print(step.value)) if step.value else Cell(text=NO_NAME),
        Cell(text=others),
        Cell(text=composer.words["ties.yes" if step.settled else "ties.no"]),
    )


def _bonus(composer: AwardComposer, bonus: Bonus, id_: str) -> list[Block]:
    """The arithmetic line by line, then what each person gets; the dollars of the remainder are told."""
    words = composer.words
    steps = [
        Row(head=label, cells=(Cell(composer.print(value)), Cell(text=_unit(composer, value))))
        for label, value in bonus.steps
    ]
    blocks: list[Block] = [
        Table(
            name=NO_NAME,
            number="",
            anchor=f"{id_}-steps",
            caption=words["bonus.caption"],
            stub=words["bonus.step"],
            columns=(Column(words["bonus.value"]), Column(words["checks.unit"])),
            rows=tuple(steps),
            unit=None,
            notes=(),
        )
    ]
    if not bonus.shares:
        return blocks
    rows = [_share(composer, share) for share in bonus.shares]
    total = [Cell(text=NO_NAME)] * 4
    if bonus.unpaid.exact != Fraction(0):
        rows.append(
            Row(
                head=words["bonus.unpaid"],
                cells=(*total, Cell(composer.print(bonus.unpaid)), Cell(text=NO_NAME)),
                role="total",
            )
        )
    rows.append(
        Row(
            head=words["bonus.total"],
            cells=(*total, Cell(composer.print(bonus.total)), Cell(text=NO_NAME)),
            role="total",
        )
    )
    first = bonus.shares[0]
    columns = (
        Column(words["bonus.role"]),
        Column(words["bonus.part"], _unit(composer, first.part)),
        Column(words["bonus.service"], _unit(composer, first.service)),
        *(Column(words[f"bonus.{name}"], _unit(composer, first.paid)) for name in ("exact", "paid", "extra")),
    )
    caption = words["bonus.shares"]
    return [
        *blocks,
        Table(
            name=NO_NAME,
            number="",
            anchor=f"{id_}-shares",
            caption=caption,
            stub=words["list.name"],
            columns=columns,
            rows=tuple(rows),
            unit=None,
            notes=(),
        ),
    ]


def _share(composer: AwardComposer, share: Share) -> Row:
    extra: Printed = composer.count(
        "dollars of the remainder", share.extra, "remainder by the declared rule", (("person", share.person),)
    )
    cells = (
        Cell(text=share.role),
        Cell(composer.print(share.part)),
        Cell(composer.print(share.service)),
        Cell(composer.print(share.exact)),
        Cell(composer.print(share.paid)),
        Cell(extra),
    )
    return Row(head=composer.shown(share.names, PAPER), cells=cells)
