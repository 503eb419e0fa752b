"""The decision sheets 審查表: every candidate with each rule, value, threshold and verdict, and why.

First all candidates of a group in one table, then a sheet for each, the losers' as full as the winners'.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from reportgen.compute.ledger import counted
from reportgen.compute.rules.model import Check, Decision, Group, ItemScore, TieStep
from reportgen.compute.rules.words import deciding
from reportgen.kinds.awards.composer import AwardComposer, paid
from reportgen.kinds.awards.lists import basis, rank
from reportgen.kinds.awards.steps import bonus, prizes
from reportgen.kinds.compose import ColumnOf
from reportgen.kinds.forms import begun, joined
from reportgen.kinds.reviews import reviews
from reportgen.model import (
    EMPTY,
    Block,
    Card,
    Field,
    Fields,
    KeyFigures,
    Line,
    NoteBox,
    Paragraphs,
    Section,
    Table,
    Text,
    Value,
    limits,
)
from reportgen.model.errors import InputError, Problem, problem
from reportgen.read.words import plain_line

PAPER = "decisions"
MOST_SHEETS = limits.DECISION_SHEETS  # of one file
TIED = 8  # as many names of a tie fit the sheet; the others are named on theirs
# Per cent of the columns: alike on every sheet. A scheme without bands of points has no columns for them.
WIDTHS = {
    "checks": (27, 13, 14, 27, 9.5, 9.5),
    "items": (27, 11, 9, 23, 10, 9, 11),
    "bandless": (36, 15, 11, 13, 12, 13),
    "ties": (34, 13, 41, 12),
}


def decisions(composer: AwardComposer) -> list[Block]:
    blocks: list[Block] = [Paragraphs((_opening(composer),)), basis(composer)]
    ordered: list[tuple[Decision, Group | None]] = []
    for group in composer.result.groups or (None,):
        decided = (d for d in composer.result.decisions if group is None or d.group == group.id)
        of_group = sorted(decided, key=lambda d: (d.rank is None, d.rank or 0, d.person.id))
        ordered += [(decision, group) for decision in of_group]
        if group and of_group:
            title = begun(group.label)
            blocks += [
                Section(number="", title=title, anchor=f"g-{group.id}", flow=True),
                _summary(composer, group, of_group),
            ]
    wanted = composer.plan.decisions.sheets
    sheets = [(d, group) for d, group in ordered if wanted == "all" or (wanted == "winners" and d.tier)]
    if len(sheets) > MOST_SHEETS:
        raise InputError(_too_many(composer, len(sheets)))
    for number, (decision, of) in enumerate(sheets, 1):
        blocks += _sheet(composer, decision, of, number)
    return blocks


def _too_many(composer: AwardComposer, count: int) -> Problem:
    return problem(
        composer.publication.source.place(("decisions", "sheets")),
        "awards.decision_sheets_are_more_than",
        count=count,
        most_sheets=MOST_SHEETS,
        fewer="winners" if composer.plan.decisions.sheets == "all" else "none",
    )


def _opening(composer: AwardComposer) -> Line:
    sheets = "" if composer.plan.decisions.sheets == "all" else f"_{composer.plan.decisions.sheets}"
    units = "_units" if composer.of_units else ""
    names = ("candidates",) if units else ("candidates", "eligible", "winners")
    slots = {name: composer.slot(name) for name in names}
    return composer.line(f"decisions.summary{units}{sheets}", **slots)


# ---- the table of a group -----------------------------------------------------------------------


def _summary(composer: AwardComposer, group: Group, decisions: list[Decision]) -> Table:
    words, column = composer.words, composer.column
    columns: list[ColumnOf[Decision]] = [
        column("list.branch", lambda decision: composer.branch(decision.person.branch))
    ]
    if composer.of_units:
        twd = composer.head("twd")
        columns.append(
            column("list.bonus", lambda decision: decision.bonus.total if decision.bonus else None, twd)
        )
    elif composer.given:
        columns.append(column("decisions.given", lambda decision: _given(composer, decision)))
    else:
        columns += [column("list.score", lambda decision: decision.ranked), column("list.rank", rank)]
        if any(decision.reviews for decision in decisions):
            columns.insert(
                -2, column("reviews.computed", lambda decision: decision.computed or decision.score)
            )
    columns.append(column("decisions.verdict", lambda decision: _verdict(composer, decision)))
    frame = Table(
        anchor=f"t-{group.id}-all",
        caption=begun(composer.say("decisions.caption", group=group.label)),
        stub=words["decisions.candidate"],
        flows=True,
        look="all",
    )
    return composer.filled(frame, columns, decisions, lambda decision: composer.named(decision.person, PAPER))


def _given(composer: AwardComposer, decision: Decision) -> Text:
    """The grade of a committee, as its cell says it."""
    return composer.stated(begun(decision.given.label)) if decision.given else EMPTY


def _verdict(composer: AwardComposer, decision: Decision) -> Text:
    if decision.tier:
        return begun(decision.tier.label)
    if decision.bonus and decision.eligible:
        return composer.words["verdict.paid" if paid(decision) else "verdict.nothing"]
    return composer.words["verdict.not_chosen" if decision.eligible else "verdict.not_eligible"]


# ---- a sheet ------------------------------------------------------------------------------------


def _sheet(composer: AwardComposer, decision: Decision, group: Group | None, number: int) -> list[Block]:
    id_, name = f"d-{number}", composer.person(decision.person, PAPER)
    blocks: list[Block] = [
        Section(number=str(number), title=name, anchor=id_),
        _facts(composer, decision, group),
    ]
    if cards := tuple(_cards(composer, decision)):
        blocks.append(KeyFigures(cards))
    blocks.append(NoteBox(composer.words["decisions.reason"], _reasons(composer, decision, group)))
    if decision.checks:
        blocks.append(_checks(composer, decision, id_))
    if decision.items:
        blocks.append(_items(composer, decision, id_))
    if decision.reviews:
        blocks.append(reviews(composer, decision, id_))
    if decision.ties:
        blocks.append(_ties(composer, decision, id_))
    if decision.prizes:
        blocks.append(prizes(composer, decision, id_))
    if decision.bonus:
        blocks += bonus(composer, decision.bonus, id_)
    return blocks


def _reasons(composer: AwardComposer, decision: Decision, group: Group | None) -> tuple[Line, ...]:
    """Why, and whether another rounding would have changed it; the numbers are those of the decision."""
    values = [value for value in _telling(decision, group) if isinstance(value.exact, Fraction)]
    lines = [composer.ledger.within(decision.reason, values)]
    if decision.eligible and not decision.bonus and not decision.given:
        rounding = decision.rounding or composer.words["decisions.no_rounding"]
        lines.append(plain_line(composer.stated(begun(rounding))))
    return tuple(lines)


def _telling(decision: Decision, group: Group | None) -> Iterable[Value]:
    """The values that the reason of a decision may state, the most telling first."""
    own = (("candidate", decision.person.id),)
    first = [value for value in (decision.ranked, decision.score, decision.distance) if value]
    yield from first
    yield from (
        replace(v, exact=abs(v.exact)) for v in first if isinstance(v.exact, Fraction) and v.exact < 0
    )
    if bonus := decision.bonus:
        yield from (bonus.total, bonus.unpaid, *(value for _, value in bonus.steps))
        yield counted("members", len(bonus.shares), "count of shares", key=own)
    sides = (side for check in decision.checks for side in (check.value, check.threshold))
    yield from (side for side in sides if isinstance(side, Value))
    if place := rank(decision):
        yield from (place, _eligible(decision))
    if group and group.quota is not None:
        quota = counted("quota", group.quota, group.worked.en, key=(("group", group.id),))
        yield replace(quota, worked="")
    for review in decision.reviews:
        yield from (review.points, review.score)
    if decision.computed:
        yield decision.computed
    for prize in decision.prizes:
        if prize.value and prize.rank:
            key = (*own, ("prize", prize.prize))
            yield from (prize.value, counted("rank", prize.rank, "rank in the prize", key=key, unit="rank"))
            yield counted("taking part", prize.of, "count of those who take part in the prize", key=key)
    if step := deciding(decision.ties):
        tied = len(step.with_)
        yield counted("tied", tied, "count of candidates with the same score", key=own)


def _eligible(decision: Decision) -> Value:
    key = (("group", decision.group),)
    return counted("eligible", decision.of, "count of the eligible of the group", key=key)


def _facts(composer: AwardComposer, decision: Decision, group: Group | None) -> Fields:
    person, words = decision.person, composer.words
    facts = {
        "list.branch": composer.branch(person.branch),
        "list.unit": EMPTY if composer.of_units else person.unit,
        "list.post": person.post,
        "list.group": begun(group.label) if group else EMPTY,
        "decisions.given": _given(composer, decision),
        "decisions.verdict": _verdict(composer, decision),
    }
    return Fields(tuple(Field(words[name], (plain_line(text),)) for name, text in facts.items() if text.zh))


def _cards(composer: AwardComposer, decision: Decision) -> Iterable[Card]:
    """Score, rank, the line and the distance to it, as far as they exist."""
    if decision.score is None or decision.bonus:
        return
    yield _card(composer, "list.score", decision.ranked or decision.score)
    if place := rank(decision):
        of = composer.line("decisions.of", of=composer.print(_eligible(decision)))
        yield replace(_card(composer, "list.rank", place), unit=composer.in_words(of))
    if decision.line:
        yield _card(
            composer, "decisions.line_next" if decision.tier else "decisions.line_last", decision.line
        )
    if decision.distance:
        yield _card(composer, "decisions.distance", decision.distance)


def _card(composer: AwardComposer, name: str, value: Value) -> Card:
    return Card(label=composer.words[name], figure=composer.print(value), unit=composer.unit(value))


def _checks(composer: AwardComposer, decision: Decision, id_: str) -> Table:
    words, column = composer.words, composer.column

    def unit(check: Check) -> Text | None:
        sides = (side for side in (check.value, check.threshold) if isinstance(side, Value))
        return next((composer.unit(side) for side in sides), None)

    def rule(check: Check) -> Text:
        label = composer.stated(check.label)
        return composer.say("checks.exclude", rule=label) if check.kind == "exclude" else label

    def side(words: Value | Text) -> Value | Text:
        return words if isinstance(words, Value) else composer.stated(words)

    columns: list[ColumnOf[Check]] = [
        column("checks.value", lambda check: side(check.value)),
        column("checks.operator", lambda check: words[f"operator.{check.operator}"]),
        column("checks.threshold", lambda check: side(check.threshold)),
        column("checks.unit", unit),
        column("checks.verdict", lambda check: words["checks.passed" if check.passed else "checks.failed"]),
    ]
    frame = Table(
        anchor=f"{id_}-checks",
        caption=words["checks.caption"],
        stub=words["checks.rule"],
        look="checks",
        widths=WIDTHS["checks"],
    )
    return composer.filled(frame, columns, decision.checks, rule)


def _items(composer: AwardComposer, decision: Decision, id_: str) -> Table:
    words, column = composer.words, composer.column
    columns: list[ColumnOf[ItemScore]] = [
        column("items.value", lambda item: item.value),
        column("items.unit", lambda item: composer.unit(item.value)),
    ]
    if any(item.band for item in decision.items):
        columns.append(column("items.band", lambda item: item.band and composer.stated(item.band)))
    columns += [
        column("items.points", lambda item: item.points),
        column("items.weight", lambda item: item.weight),
        column("items.weighted", lambda item: item.weighted, total=decision.computed or decision.score),
    ]
    frame = Table(
        anchor=f"{id_}-items",
        caption=words["items.caption"],
        stub=words["items.item"],
        look="items",
        widths=WIDTHS["items" if len(columns) > 5 else "bandless"],
    )
    total = words["reviews.computed" if decision.reviews else "items.score"] if decision.score else None
    return composer.filled(frame, columns, decision.items, lambda item: item.label, total)


def _ties(composer: AwardComposer, decision: Decision, id_: str) -> Table:
    words, column = composer.words, composer.column
    names = {
        d.person.id: composer.person(d.person, PAPER)
        for d in composer.result.decisions
        if d.group == decision.group
    }

    def others(step: TieStep) -> Text:
        named = joined(names.get(id_, Text(id_, id_)) for id_ in step.with_[:TIED])
        return composer.say("ties.more", names=named) if len(step.with_) > TIED else named

    columns: list[ColumnOf[TieStep]] = [
        column("ties.value", lambda step: step.value),
        column("ties.with", others),
        column("ties.settled", lambda step: words["ties.yes" if step.settled else "ties.no"]),
    ]
    frame = Table(
        anchor=f"{id_}-ties",
        caption=words["ties.caption"],
        stub=words["ties.step"],
        look="ties",
        widths=WIDTHS["ties"],
    )
    return composer.filled(frame, columns, decision.ties, lambda step: begun(step.label))
