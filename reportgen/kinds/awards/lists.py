"""The list of honour 名冊 and the award report: who, in which tiers and branches, by which rule.

What the rule decided on each candidate stands in `decisions`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from reportgen.compute.ledger import counted
from reportgen.compute.rules.model import Decision, Group, Share, Tier
from reportgen.kinds.awards.composer import COUNTED, AwardComposer, paid
from reportgen.kinds.blocks import standing
from reportgen.kinds.compose import ColumnOf, Content
from reportgen.kinds.forms import begun, joined
from reportgen.kinds.payments import total
from reportgen.model import Block, Field, Fields, Key, Line, NoteBox, Paragraphs, Section, Table, Text, Value
from reportgen.read.words import plain_line

# ---- the list -----------------------------------------------------------------------------------


def honour(composer: AwardComposer) -> list[Block]:
    """名冊: a table for each tier, in it the branches in their order."""
    alone = "" if composer.has_branches else "_alone"
    if composer.of_units:
        line = composer.line(f"list.summary_units{alone}", candidates=composer.slot("candidates"))
        return [Paragraphs((line,)), basis(composer), _shares(composer)]
    winners = composer.winners_in_order()
    if not winners:
        return [Paragraphs((composer.line("list.nobody"),)), basis(composer)]
    given = "_given" if composer.given else ""
    names = ("winners", "candidates", *(() if alone else ("branches",)))
    summary = composer.line(f"list.summary{given}{alone}", **{name: composer.slot(name) for name in names})
    blocks: list[Block] = [Paragraphs((summary,))]
    for number, tier in enumerate(composer.result.tiers, 1):
        if of_tier := [d for d in winners if d.tier and d.tier.id == tier.id]:
            title = begun(tier.label)
            blocks += [
                Section(number=str(number), title=title, anchor=f"s-{tier.id}", flow=True),
                Paragraphs((_of_tier(composer, tier, of_tier[0]),)),
                _tier_table(composer, tier, of_tier),
            ]
    return [*blocks, basis(composer)]


def _of_tier(composer: AwardComposer, tier: Tier, first: Decision) -> Line:
    name = "list.tier_line" if tier.rewards else "list.tier_line_bare"
    count = composer.slot(f"winners.{tier.id}")
    return composer.with_money(composer.line(name, winners=count, rewards=composer.rewards(first)), tier)


def _tier_table(composer: AwardComposer, tier: Tier, decisions: list[Decision]) -> Table:
    column, groups = composer.column, {group.id: begun(group.label) for group in composer.result.groups}
    columns: list[ColumnOf[Decision]] = [
        column("list.branch", lambda decision: composer.branch(decision.person.branch))
    ]
    if any(decision.person.post.zh for decision in decisions):
        columns.append(column("list.post", lambda decision: decision.person.post))
    columns.append(column("list.name", lambda decision: composer.named(decision.person, "list")))
    if len(groups) > 1:
        columns.append(column("list.group", lambda decision: groups.get(decision.group)))
    if not composer.given:
        columns += [column("list.score", lambda decision: decision.ranked), column("list.rank", rank)]
    breaks = [
        place for place, two in enumerate(pairwise(decisions), 1) if len({d.person.branch for d in two}) > 1
    ]
    frame = Table(
        anchor=f"t-{tier.id}",
        caption=composer.say("list.caption", tier=begun(tier.label)),
        stub=composer.words["list.number"],
        break_after=tuple(breaks),
        flows=True,
        look="words",
    )
    return composer.filled(frame, columns, decisions)


def rank(decision: Decision) -> Value | None:
    """The rank as a value of the ledger: counted among the eligible of the group, from the rows of the score."""
    if not decision.rank:
        return None
    key = (("candidate", decision.person.id), ("group", decision.group))
    sources = decision.ranked.sources if decision.ranked else ()
    return counted("rank", decision.rank, "rank by score in the group", key=key, unit="rank", sources=sources)


def _shares(composer: AwardComposer) -> Table:
    """The shares of each unit with a bonus, unit by unit in the order of the branches."""
    places = {branch: place for place, branch in enumerate(composer.branches())}
    receiving = sorted(
        filter(paid, composer.result.decisions), key=lambda d: (places[d.person.branch], d.person.id)
    )
    shares = [(d, share) for d in receiving if d.bonus for share in d.bonus.shares]
    breaks = [place for place, (before, after) in enumerate(pairwise(shares), 1) if before[0] is not after[0]]
    column, paid_head = composer.column, composer.head("twd")
    columns: list[ColumnOf[tuple[Decision, Share]]] = [
        column("list.branch", lambda entry: composer.branch(entry[0].person.branch)),
        column("list.unit", lambda entry: composer.within(entry[0].person)),
        column("list.role", lambda entry: entry[1].role),
        column("list.name", lambda entry: composer.shown(entry[1].names, "list")),
        column("list.paid", lambda entry: entry[1].paid, paid_head),
    ]
    words = composer.words
    frame = Table(
        anchor="t-shares",
        caption=words["list.shares"],
        stub=words["list.number"],
        break_after=tuple(breaks),
        flows=True,
        look="words",
    )
    return composer.filled(frame, columns, shares)


def basis(composer: AwardComposer) -> NoteBox:
    return standing(composer, composer.result.standard, composer.result.notes)


# ---- the report ---------------------------------------------------------------------------------


def report(composer: AwardComposer) -> list[Block]:
    """A page of news in both languages: the award, who has it, and how it was decided."""
    words, plan, result = composer.words, composer.plan, composer.result
    opening = tuple(composer.sentence(sentence) for sentence in plan.report.text) or (_opening(composer),)
    blocks: list[Block] = [Paragraphs(opening)]
    blocks += _paid_by_branch(composer) if composer.of_units else _tiers(composer)
    if not composer.of_units:
        blocks += _honoured(composer)
    rules = (Field(label, (plain_line(composer.stated(begun(text))),)) for label, text in result.rules)
    blocks += [
        Section(number="", title=words["report.how"], anchor="s-how", flow=True),
        Paragraphs((_method(composer), *_top(composer))),
        Fields(tuple(rules)),
    ]
    if any(group.quota is not None for group in result.groups):
        blocks.append(_quotas(composer))
    return [*blocks, basis(composer)]


def _opening(composer: AwardComposer) -> Line:
    slots = {name: composer.slot(name) for name in ("issuer", "winners", "candidates", "award", "year")}
    return composer.line("report.opening", **slots)


def _method(composer: AwardComposer) -> Line:
    if composer.of_units:
        return composer.line("report.method_units", candidates=composer.slot("candidates"))
    eligible = composer.slot("eligible")
    name = "report.method_given" if composer.given else "report.method"
    return composer.line(name, candidates=composer.slot("candidates"), eligible=eligible)


def _top(composer: AwardComposer) -> tuple[Line, ...]:
    if composer.of_units or "highest" not in composer.slots:
        return ()
    highest, lowest = composer.slot("highest"), composer.slot("lowest")
    return (composer.line("report.highest", highest=highest, lowest=lowest),)


def _tiers(composer: AwardComposer) -> list[Block]:
    """How many of each tier, by branch, and what each tier receives."""
    words, tiers = composer.words, composer.result.tiers
    won = Counter((d.person.branch, d.tier.id) for d in composer.result.winners if d.tier)

    def of_branch(branch: str, tier: str) -> Value:
        key = (("branch", branch), ("tier", tier))
        return counted("winners", won[branch, tier], "count of decisions with the tier", key=key)

    def of_tier(tier: Tier) -> ColumnOf[str]:
        count = composer.slots[f"winners.{tier.id}"]
        return ColumnOf(begun(tier.label), lambda branch: of_branch(branch, tier.id), total=count)

    def whole(branch: str) -> Value:
        number = sum(won[branch, tier.id] for tier in tiers)
        return counted("winners", number, COUNTED["winners"], key=(("branch", branch),))

    branches = [branch for branch in composer.branches() if any(won[branch, tier.id] for tier in tiers)]
    if not branches:
        return []
    table = composer.filled(
        Table(anchor="t-tiers", caption=words["report.tiers"], stub=words["report.branch"], look="words"),
        [*map(of_tier, tiers), composer.column("report.total", whole, total=composer.slots["winners"])],
        branches,
        composer.branch,
        words["report.all"],
    )
    rewards = tuple(_rewards(composer, tier) for tier in tiers if tier.rewards)
    counts = [table] if composer.has_branches else []
    return [*counts, Fields(rewards)] if rewards else [*counts]


def _rewards(composer: AwardComposer, tier: Tier) -> Field:
    said = plain_line(composer.stated(begun(joined(reward.label for reward in tier.rewards))))
    return Field(begun(tier.label), (composer.with_money(said, tier),))


def _paid_by_branch(composer: AwardComposer) -> list[Block]:
    """What is paid, by branch: a scheme of shares honours units."""
    words = composer.words
    receiving = list(filter(paid, composer.result.decisions))

    def of(branch: str) -> list[Decision]:
        return [decision for decision in receiving if decision.person.branch == branch]

    def column(name: str, content: _Paid, unit: Text | None = None) -> ColumnOf[str]:
        return composer.column(
            name, lambda branch: content(of(branch), (("branch", branch),)), unit, content(receiving, ())
        )

    columns = [
        column("report.units", _units),
        column("report.people", _people),
        column("list.paid", _sum, composer.head("twd")),
    ]
    frame = Table(anchor="t-paid", caption=words["report.paid"], stub=words["report.branch"], look="words")
    branches = list(filter(of, composer.branches()))
    table = composer.filled(frame, columns, branches, composer.branch, words["report.all"])
    return [table] if branches and composer.has_branches else []


_Paid = Callable[[Sequence[Decision], Key], Value]


def _units(decisions: Sequence[Decision], key: Key) -> Value:
    return counted("units with a bonus", len(decisions), COUNTED["units with a bonus"], key=key)


def _people(decisions: Sequence[Decision], key: Key) -> Value:
    people = {share.person for decision in decisions if decision.bonus for share in decision.bonus.shares}
    return counted("persons paid", len(people), COUNTED["persons paid"], key=key)


def _sum(decisions: Sequence[Decision], key: Key) -> Value:
    shares = [share for decision in decisions if decision.bonus for share in decision.bonus.shares]
    return total("paid", [share.paid for share in shares], key)


def _honoured(composer: AwardComposer) -> list[Block]:
    """Who: tier by tier, in the order of the list."""
    words, winners = composer.words, composer.winners_in_order()
    if not winners or composer.policy("report") == "surname-only":
        return []
    columns: list[ColumnOf[Decision]] = [
        composer.column("list.post", lambda decision: decision.person.post),
        composer.column("list.branch", lambda decision: composer.branch(decision.person.branch)),
        composer.column("list.tier", lambda decision: begun(decision.tier.label) if decision.tier else None),
    ]
    frame = Table(
        anchor="t-honoured",
        caption=words["report.honoured"],
        stub=words["list.name"],
        flows=True,
        look="words",
    )
    return [
        composer.filled(frame, columns, winners, lambda decision: composer.named(decision.person, "report"))
    ]


def _quotas(composer: AwardComposer) -> Table:
    words = composer.words

    def column(name: str, metric: str, more: str = "") -> ColumnOf[Group]:
        formula = f"count of decisions of the group{more}"
        return composer.column(
            f"report.{name}",
            lambda group: counted(metric, getattr(group, metric), formula, key=(("group", group.id),)),
        )

    def quota(group: Group) -> Content:
        if group.quota is None:
            return words["report.no_quota"]
        return counted("quota", group.quota, group.worked.en, key=(("group", group.id),))

    columns = [
        column("candidates", "candidates"),
        column("eligible", "eligible", " that passed every check"),
        composer.column("report.worked", lambda group: composer.stated(begun(group.worked))),
        composer.column("report.quota", quota),
        column("won", "winners", " with a tier"),
    ]
    frame = Table(anchor="t-quotas", caption=words["report.quotas"], stub=words["report.group"], look="words")
    return composer.filled(frame, columns, composer.result.groups, lambda group: begun(group.label))
