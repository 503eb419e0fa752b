"""Who wins in each group and each further prize, and who would by another rounding; what is printed of it is made in `decisions`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from reportgen.compute.exact import number
from reportgen.compute.rules import words
from reportgen.compute.rules.further import Mix, Prize
from reportgen.compute.rules.grades import grades_of
from reportgen.compute.rules.judging import Judged, passes
from reportgen.compute.rules.prizes import GroupRule, TieRule
from reportgen.compute.rules.ranking import (
    Contest,
    Entry,
    Limit,
    Outcome,
    Policy,
    award,
    beyond,
    cut_to,
    places_for,
)
from reportgen.compute.rules.rules_in_words import rounding_said
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.values import Book
from reportgen.compute.rules.vocabulary import Better, Rounding
from reportgen.model import Gap, Text, Value
from reportgen.model.messages import message
from reportgen.model.values import joined

ROUNDINGS: tuple[Rounding, ...] = ("half_up", "down", "up")

# ---- groups ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Competition:
    """The candidates of a group: the places that the rule gives it, those left by a total, and the outcome.

    `last_in` and `first_out` stand at the line between who won and who did not; a limit on the mix of winners kept out the `barred`.
    """

    rule: GroupRule
    members: tuple[Judged, ...]
    contest: Contest
    quota: int | None
    outcome: Outcome
    barred: Mapping[str, Mix]
    last_in: Judged | None
    first_out: Judged | None


def competitions(book: Book, groups: Sequence[GroupRule], candidates: Sequence[Judged]) -> list[Competition]:
    members = [tuple(judged for judged in candidates if judged.group == group.id) for group in groups]
    contests = []
    for group, within in zip(groups, members, strict=True):
        entries = tuple(_entry(book, judged) for judged in within if judged.eligible)
        contests.append(Contest(group.id, entries, _places(book.scheme, group, within)))
    policy = policy_of(book)
    cut = _cut(book, contests, policy)
    grades = grades_of(book) if book.scheme.given else None
    made = []
    for group, within, contest, left in zip(groups, members, contests, cut, strict=True):
        out = _barred(book, left, policy)
        outcome = _outcome(left, policy, grades, out)
        decided = outcome, _kept_out(left, policy, outcome, out)
        made.append(_competition(group, within, contest, left.quota, decided))
    return made


def _barred(book: Book, contest: Contest, policy: Policy, prize: str = "") -> dict[str, Mix]:
    """Whom a limit on the mix of winners keeps out, and which."""
    mixes = [mix for mix in book.scheme.mixes if mix.prize == prize]
    limits = [
        Limit(
            {e.id for e in contest.entries if book.meets(book.table, book.records[e.id], mix.where)},
            mix.at_least,
            mix.at_most,
        )
        for mix in mixes
    ]
    return {id_: mixes[number] for id_, number in beyond(contest, policy, limits).items()}


def _kept_out(contest: Contest, policy: Policy, outcome: Outcome, out: Mapping[str, Mix]) -> dict[str, Mix]:
    """Of whom a limit bars those for whom it decided: who would have won without it, or is not below the last winner."""
    without = award(contest, policy).tiers if out else {}
    last = min((outcome.compared[id_] for id_ in outcome.tiers), default=None)
    return {
        id_: mix
        for id_, mix in out.items()
        if id_ in without or (last is not None and outcome.compared[id_] >= last)
    }


def _outcome(
    contest: Contest, policy: Policy, grades: Mapping[str, str] | None, out: Mapping[str, Mix]
) -> Outcome:
    """Who is in which tier: by rank, or by the grades that a committee gave."""
    outcome = award(contest, policy, out)
    if grades is None:
        return outcome
    return replace(
        outcome, tiers={e.id: grades[e.id] for e in contest.entries if e.id in grades}, trials={}, shared={}
    )


def _competition(
    rule: GroupRule,
    members: tuple[Judged, ...],
    contest: Contest,
    quota: int | None,
    decided: tuple[Outcome, Mapping[str, Mix]],
) -> Competition:
    outcome, out = decided

    def compared(judged: Judged) -> int:
        return outcome.compared[judged.id]

    ranked = [judged for judged in members if judged.id in outcome.ranks]
    winners = [judged for judged in ranked if judged.id in outcome.tiers]
    others = [judged for judged in ranked if judged.id not in outcome.tiers and judged.id not in out]
    return Competition(
        rule=rule,
        members=members,
        contest=contest,
        quota=quota,
        outcome=outcome,
        barred=out,
        last_in=min(winners, key=compared, default=None),
        first_out=max(others, key=compared, default=None),
    )


def _entry(book: Book, judged: Judged) -> Entry:
    rank = book.scheme.rank
    if rank is None or judged.score is None:
        return Entry(judged.id, Fraction(0))
    return _compared_by(book, judged.id, number(judged.score), rank.better, book.scheme.ties)


def _compared_by(book: Book, id_: str, score: Fraction, better: Better, ties: Iterable[TieRule]) -> Entry:
    """A candidate with all that it is compared by: a higher number is better."""
    criteria: list[Fraction | None] = []
    for rule in ties:
        if rule.step == "next_criterion":
            exact = book.value(rule.column, id_).exact
            criteria.append(None if isinstance(exact, Gap) else exact if rule.better == "high" else -exact)
    return Entry(id_, score if better == "high" else -score, tuple(criteria))


def _places(
    scheme: Scheme, group: GroupRule, members: Sequence[Judged], how: Rounding | None = None
) -> int | None:
    quota = group.quota or scheme.quota
    if quota is None:
        return None
    quota = quota.model_copy(update={"rounding": how or quota.rounding})
    return places_for(quota, len(members), sum(judged.eligible for judged in members))


def policy_of(book: Book, how: Rounding | None = None, digits: int | None = None) -> Policy:
    """How all are ranked: as it is declared, or with another rounding."""
    scheme, rank = book.scheme, book.scheme.rank
    if rank is None:
        return Policy(
            digits=0, rounding="half_up", method="competition", ties=(), final="all_in", tiers=scheme.tiers
        )
    return Policy(
        digits=rank.digits if digits is None else digits,
        rounding=how or rank.rounding,
        method=rank.method,
        ties=scheme.ties,
        final=scheme.final,
        tiers=scheme.tiers,
        scale=Fraction(1) if rank.by == "score" else book.factor(scheme.columns[rank.by].unit),
    )


def _cut(book: Book, contests: Sequence[Contest], policy: Policy) -> Sequence[Contest]:
    limit = book.scheme.total
    return contests if limit is None else cut_to(limit, contests, book.scheme.cut, policy)


# ---- further prizes -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Further:
    """A further prize: what those who take part are compared by, and the outcome. `holders` have won before it."""

    prize: Prize
    policy: Policy
    values: Mapping[str, Value]
    outcome: Outcome
    barred: Mapping[str, Mix]
    holders: frozenset[str]


def further(book: Book, competitions: Sequence[Competition], won: Iterable[str]) -> list[Further]:
    """The further prizes in their order, each among the eligible who have won nothing before it."""
    holders, made = frozenset(won), []
    eligible = [judged.id for one in competitions for judged in one.members if judged.eligible]
    for prize in book.scheme.prizes:
        one = _further(book, prize, [id_ for id_ in eligible if id_ not in holders], holders)
        holders |= one.outcome.tiers.keys()
        made.append(one)
    return made


def _further(book: Book, prize: Prize, among: Iterable[str], holders: frozenset[str]) -> Further:
    rule, scheme = prize.rule, book.scheme
    fitting = [id_ for id_ in among if all(passes(book, one, id_) for one in prize.conditions)]
    values = {id_: book.value(rule.by, id_) for id_ in fitting}
    values = {id_: value for id_, value in values.items() if not isinstance(value.exact, Gap)}
    entries = tuple(
        _compared_by(book, id_, number(value), rule.better, prize.ties) for id_, value in values.items()
    )
    policy = Policy(
        digits=prize.digits,
        rounding=rule.how,
        method=scheme.rank.method if scheme.rank else "competition",
        ties=prize.ties,
        final=prize.final,
        tiers=(rule,),
        scale=book.factor(scheme.columns[rule.by].unit),
    )
    contest = Contest(rule.id, entries, rule.places)
    out = _barred(book, contest, policy, rule.id)
    contest = replace(contest, quota=None)
    outcome = award(contest, policy, out)
    barred = _kept_out(contest, policy, outcome, out)
    return Further(prize=prize, policy=policy, values=values, outcome=outcome, barred=barred, holders=holders)


# ---- other roundings ------------------------------------------------------------------------------

Variant = tuple[Text, Mapping[str, str]]  # another rounding, and the tier of each winner under it


def _winners(
    book: Book, competitions: Sequence[Competition], contests: Sequence[Contest], policy: Policy
) -> dict[str, str]:
    """The tier or further prize of each winner."""
    cut = _cut(book, contests, policy)
    outcomes = [award(contest, policy, _barred(book, contest, policy)) for contest in cut]
    tiers = {id_: tier for outcome in outcomes for id_, tier in outcome.tiers.items()}
    for one in further(book, competitions, tiers):
        tiers |= one.outcome.tiers
    return tiers


def other_outcomes(book: Book, competitions: Sequence[Competition]) -> list[Variant]:
    """Who would win by other roundings of the score and of the places."""
    return [*_other_scores(book, competitions), *_other_quotas(book, competitions)]


def _other_scores(book: Book, competitions: Sequence[Competition]) -> Iterator[Variant]:
    """Who wins by every rounding of the score but the declared judged: a decimal less, as many, and one more."""
    rank = book.scheme.rank
    contests = [competition.contest for competition in competitions]
    for digits in (rank.digits - 1, rank.digits, rank.digits + 1) if rank else ():
        for how in ROUNDINGS if digits >= 0 else ():
            if rank and (how, digits) != (rank.rounding, rank.digits):
                winners = _winners(book, competitions, contests, policy_of(book, how, digits))
                yield rounding_said(how, digits), winners


def _other_quotas(book: Book, competitions: Sequence[Competition]) -> Iterator[Variant]:
    """Who wins where the places are rounded in another way."""
    contests = [competition.contest for competition in competitions]
    for how in ROUNDINGS:
        others = [
            replace(
                competition.contest, quota=_places(book.scheme, competition.rule, competition.members, how)
            )
            for competition in competitions
        ]
        if others != contests:
            label = message("rules.places_rounded", rounding=words.ROUNDING[how])
            yield label, _winners(book, competitions, others, policy_of(book))


def sensitivity(book: Book, id_: str, tier: str, variants: Sequence[Variant]) -> Text | None:
    """Which other roundings would have led a candidate elsewhere, and where."""
    rules = (*book.scheme.tiers, *(prize.rule for prize in book.scheme.prizes))
    labels = {rule.id: rule.label for rule in rules} | {"": message("rules.no_award")}
    other = [
        message("rules.rounding_would_bring", rounding=rounding, tier=labels[winners.get(id_, "")])
        for rounding, winners in variants
        if winners.get(id_, "") != tier
    ]
    return joined(other, "；", "; ") if other else None
