"""The list of honour 名冊 and the award report: who, in which tiers and branches, by which rule.

Who is shown how is asked of `composer`; what the rule decided on each candidate stands in `decisions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

from reportgen.compute.rules.model import Decision, Group, Reward, Share
from reportgen.kinds.awards.composer import AwardComposer, paid, total
from reportgen.kinds.papers import begun, joined
from reportgen.model import (
    Block,
    Cell,
    Column,
    Field,
    Fields,
    Key,
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
from reportgen.read.words import plain_line

NO_NAME = Text("", "")


# ---- the list -----------------------------------------------------------------------------------


def honour(composer: AwardComposer) -> list[Block]:
    """名冊: a table for each tier, in it the branches in their order."""
    if composer.of_units:
        line = composer.line("list.summary_units", candidates=composer.slot("candidates"))
        return [Paragraphs((line,)), standing(composer), *_shares(composer)]
    winners = composer.winners_in_order()
    if not winners:
        return [Paragraphs((plain_line(composer.words["list.nobody"]),)), standing(composer)]
    summary = composer.line(
        "list.summary",
        winners=composer.slot("winners"),
        candidates=composer.slot("candidates"),
        branches=composer.slot("branches"),
    )
    blocks: list[Block] = [Paragraphs((summary,))]
    for number, tier in enumerate(composer.result.tiers, 1):
        if of_tier := [d for d in winners if d.tier and d.tier.id == tier.id]:
            name = "list.tier_line" if tier.rewards else "list.tier_line_bare"
            line = composer.line(
                name, winners=composer.slot(f"winners.{tier.id}"), rewards=composer.rewards(of_tier[0])
            )
            line = composer.with_money(line, tier)
            blocks.append(
                Section(number=str(number), title=begun(tier.label), anchor=f"s-{tier.id}", flow=True)
            )
            blocks += [Paragraphs((line,)), _tier_table(composer, tier.id, tier.label, of_tier)]
    return [*blocks, standing(composer)]


def _tier_table(composer: AwardComposer, id_: str, label: Text, decisions: list[Decision]) -> Table:
    words = composer.words
    grouped = len(composer.result.groups) > 1
    with_post = any(decision.person.post.zh for decision in decisions)
    groups = {group.id: begun(group.label) for group in composer.result.groups}
    rows = []
    for number, decision in enumerate(decisions, 1):
        person = decision.person
        cells = [Cell(text=composer.branch(person.branch))]
        cells += [Cell(text=person.post)] if with_post else []
        cells.append(Cell(text=composer.named(person, "list")))
        cells += [Cell(text=groups.get(decision.group, NO_NAME))] if grouped else []
        score = composer.print(decision.score) if decision.score else None
        cells.append(Cell(score) if score else Cell(text=NO_NAME))
        cells.append(Cell(rank(composer, decision)) if decision.rank else Cell(text=NO_NAME))
        rows.append(Row(head=Text(str(number), str(number)), cells=tuple(cells)))
    heads = [
        "branch",
        *(["post"] if with_post else []),
        "name",
        *(["group"] if grouped else []),
        "score",
        "rank",
    ]
    breaks = [
        n for n, (one, next_) in enumerate(pairwise(decisions), 1) if one.person.branch != next_.person.branch
    ]
    return Table(
        name=NO_NAME,
        number="",
        anchor=f"t-{id_}",
        caption=composer.say("list.caption", tier=begun(label)),
        stub=words["list.number"],
        columns=tuple(Column(words[f"list.{name}"]) for name in heads),
        rows=tuple(rows),
        unit=None,
        notes=(),
        break_after=tuple(breaks),
        flows=True,
    )


def rank(composer: AwardComposer, decision: Decision) -> Printed:
    return composer.print(rank_value(decision))


def rank_value(decision: Decision) -> Value:
    """The rank as a value of the ledger: counted among the eligible of the group, from the rows of the score."""
    assert decision.rank
    sources = decision.ranked.sources if decision.ranked else ()
    key = (("candidate", decision.person.id), ("group", decision.group))
    formula = "rank by score in the group"
    return Value(
        metric="rank",
        key=key,
        exact=Fraction(decision.rank),
        unit="rank",
        digits=0,
        formula=formula,
        worked=str(decision.rank),
        sources=sources,
    )


def _shares(composer: AwardComposer) -> list[Block]:
    """The shares of each unit with a bonus, unit by unit in the order of the branches."""
    words = composer.words
    rows: list[Row] = []
    breaks: list[int] = []
    for decision in filter(paid, _in_branch_order(composer, composer.result.decisions)):
        assert decision.bonus
        if rows:
            breaks.append(len(rows))
        for share in decision.bonus.shares:
            rows.append(_share_row(composer, decision, share))
    columns = tuple(Column(words[f"list.{name}"]) for name in ("branch", "unit", "role", "name"))
    amount = Column(words["list.paid"], composer.units["twd"].head)
    return [
        Table(
            name=NO_NAME,
            number="",
            anchor="t-shares",
            caption=words["list.shares"],
            stub=words["list.number"],
            columns=(*columns, amount),
            rows=tuple(
                Row(head=Text(str(number), str(number)), cells=row.cells)
                for number, row in enumerate(rows, 1)
            ),
            unit=None,
            notes=(),
            break_after=tuple(breaks),
            flows=True,
        )
    ]


def _share_row(composer: AwardComposer, decision: Decision, share: Share) -> Row:
    cells = (
        Cell(text=composer.branch(decision.person.branch)),
        Cell(text=composer.within(decision.person)),
        Cell(text=share.role),
        Cell(text=composer.shown(share.names, "list")),
        Cell(composer.print(share.paid)),
    )
    return Row(head=NO_NAME, cells=cells)


def _in_branch_order(composer: AwardComposer, decisions: Iterable[Decision]) -> list[Decision]:
    places = {branch: place for place, branch in enumerate(composer.branches())}
    return sorted(decisions, key=lambda d: (places[d.person.branch], d.person.id))


def standing(composer: AwardComposer) -> NoteBox:
    """Whether the scheme is a sourced rule or an assumption, in its own words, with the source."""
    standard, words = composer.result.standard, composer.words
    lines = [plain_line(standard.words)]
    if standard.source:
        lines.append(plain_line(composer.say("standing.source", source=standard.source)))
    lines += map(plain_line, composer.result.notes)
    return NoteBox(words[f"standing.{standard.standing}"], tuple(lines))


# ---- the report ---------------------------------------------------------------------------------


def report(composer: AwardComposer) -> list[Block]:
    """A page of news in both languages: the award, who has it, and how it was decided."""
    words, plan = composer.words, composer.plan
    blocks: list[Block] = [
        Paragraphs(tuple(composer.sentence(one) for one in plan.report) or (_opening(composer),))
    ]
    blocks += _tiers(composer)
    if not composer.of_units:
        blocks += _honoured(composer)
    blocks.append(Section(number="", title=words["report.how"], anchor="s-how", flow=True))
    blocks.append(Paragraphs((_opening_of_method(composer), *_top(composer))))
    blocks.append(_rules(composer))
    if composer.result.groups and any(group.quota is not None for group in composer.result.groups):
        blocks += _quotas(composer)
    return [*blocks, standing(composer)]


def _opening(composer: AwardComposer) -> Line:
    return composer.line(
        "report.opening",
        issuer=composer.publication.issuer,
        winners=composer.slot("winners"),
        candidates=composer.slot("candidates"),
        award=composer.plan.award,
        year=composer.slot("year"),
    )


def _opening_of_method(composer: AwardComposer) -> Line:
    if composer.of_units:
        return composer.line("report.method_units", candidates=composer.slot("candidates"))
    return composer.line(
        "report.method", candidates=composer.slot("candidates"), eligible=composer.slot("eligible")
    )


def _top(composer: AwardComposer) -> tuple[Line, ...]:
    if composer.of_units or "highest" not in composer._slots:
        return ()
    return (
        composer.line("report.highest", highest=composer.slot("highest"), lowest=composer.slot("lowest")),
    )


def _tiers(composer: AwardComposer) -> list[Block]:
    """How many of each tier, by branch."""
    words = composer.words
    tiers = composer.result.tiers
    if composer.of_units:
        return _by_branch(composer)
    counts: dict[tuple[str, str], int] = {}
    for decision in composer.result.winners:
        assert decision.tier
        place = (decision.person.branch, decision.tier.id)
        counts[place] = counts.get(place, 0) + 1
    rows = []
    for branch in composer.branches():
        numbers = [counts.get((branch, tier.id), 0) for tier in tiers]
        if not any(numbers):
            continue
        cells = [
            Cell(
                composer.count(
                    "winners",
                    number,
                    "count of decisions with the tier",
                    (("branch", branch), ("tier", tier.id)),
                )
            )
            for tier, number in zip(tiers, numbers, strict=True)
        ]
        total = composer.count(
            "winners", sum(numbers), "count of decisions with a tier", (("branch", branch),)
        )
        rows.append(Row(head=composer.branch(branch), cells=(*cells, Cell(total))))
    if not rows:
        return []
    totals = [composer.slot(f"winners.{tier.id}") for tier in tiers]
    figures = [Cell(figure) for figure in (*totals, composer.slot("winners")) if not isinstance(figure, Text)]
    rows.append(Row(head=words["report.all"], cells=tuple(figures), role="total"))
    columns = (*(Column(begun(tier.label)) for tier in tiers), Column(words["report.total"]))
    rewards = [
        Field(begun(tier.label), (composer.with_money(plain_line(begun(_rewards(tier.rewards))), tier),))
        for tier in tiers
        if tier.rewards
    ]
    caption, stub = words["report.tiers"], words["report.branch"]
    table = Table(
        name=NO_NAME,
        number="",
        anchor="t-tiers",
        caption=caption,
        stub=stub,
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
    )
    return [table, Fields(tuple(rewards))] if rewards else [table]


def _rewards(rewards: Iterable[Reward]) -> Text:
    return joined(reward.label for reward in rewards)


def _by_branch(composer: AwardComposer) -> list[Block]:
    """What is paid, by branch: a scheme of shares honours units."""
    words, head = composer.words, composer.units["twd"].head
    receiving = [decision for decision in composer.result.decisions if paid(decision)]
    rows = []
    for branch in composer.branches():
        if mine := [decision for decision in receiving if decision.person.branch == branch]:
            rows.append(
                Row(head=composer.branch(branch), cells=_paid_cells(composer, mine, (("branch", branch),)))
            )
    if not rows:
        return []
    rows.append(Row(head=words["report.all"], cells=_paid_cells(composer, receiving, ()), role="total"))
    columns = (
        Column(words["report.units"]),
        Column(words["report.people"]),
        Column(words["list.paid"], head),
    )
    caption, stub = words["report.paid"], words["report.branch"]
    return [
        Table(
            name=NO_NAME,
            number="",
            anchor="t-paid",
            caption=caption,
            stub=stub,
            columns=columns,
            rows=tuple(rows),
            unit=None,
            notes=(),
        )
    ]


def _paid_cells(composer: AwardComposer, decisions: Iterable[Decision], key: Key) -> tuple[Cell, ...]:
    """Units with a bonus, persons with a share, and what they are paid."""
    decisions, count = list(decisions), composer.count
    shares = [share for decision in decisions if decision.bonus for share in decision.bonus.shares]
    people = len({share.person for share in shares})
    return (
        Cell(count("units with a bonus", len(decisions), "count of units with shares", key)),
        Cell(count("persons paid", people, "count of persons with shares", key)),
        Cell(_sum(composer, [share.paid for share in shares], key)),
    )


def _sum(composer: AwardComposer, parts: Iterable[Value], key: Key) -> Printed:
    return composer.print(total("paid", parts, key))


def _honoured(composer: AwardComposer) -> list[Block]:
    """Who: tier by tier, in the order of the list."""
    words = composer.words
    winners = composer.winners_in_order()
    if not winners or composer.policy("report") == "surname-only":
        return []
    rows = []
    for tier in composer.result.tiers:
        for decision in winners:
            if decision.tier and decision.tier.id == tier.id:
                cells = (
                    Cell(text=decision.person.post),
                    Cell(text=composer.branch(decision.person.branch)),
                    Cell(text=begun(tier.label)),
                )
                rows.append(Row(head=composer.named(decision.person, "report"), cells=cells))
    columns = tuple(Column(words[f"list.{name}"]) for name in ("post", "branch", "tier"))
    return [
        Table(
            name=NO_NAME,
            number="",
            anchor="t-honoured",
            caption=words["report.honoured"],
            stub=words["list.name"],
            columns=columns,
            rows=tuple(rows),
            unit=None,
            notes=(),
            flows=True,
        )
    ]


def _rules(composer: AwardComposer) -> Fields:
    """The rule in plain words, as the scheme states it."""
    return Fields(tuple(Field(label, (plain_line(begun(text)),)) for label, text in composer.result.rules))


def _quotas(composer: AwardComposer) -> list[Block]:
    words = composer.words
    rows = []
    for group in composer.result.groups:
        key = (("group", group.id),)
        figures = [
            composer.count("candidates", group.candidates, "count of decisions of the group", key),
            composer.count(
                "eligible", group.eligible, "count of decisions of the group that passed every check", key
            ),
        ]
        quota = Cell(text=words["report.no_quota"])
        if group.quota is not None:
            quota = Cell(composer.count("quota", group.quota, group.worked.en, key))
        won = composer.count("winners", group.winners, "count of decisions of the group with a tier", key)
        rows.append(
            Row(
                head=begun(group.label),
                cells=(*(Cell(figure) for figure in figures), Cell(text=_worked(group)), quota, Cell(won)),
            )
        )
    names = ("candidates", "eligible", "worked", "quota", "won")
    columns = tuple(Column(words[f"report.{name}"]) for name in names)
    return [
        Table(
            name=NO_NAME,
            number="",
            anchor="t-quotas",
            caption=words["report.quotas"],
            stub=words["report.group"],
            columns=columns,
            rows=tuple(rows),
            unit=None,
            notes=(),
        )
    ]


def _worked(group: Group) -> Text:
    return begun(group.worked)
