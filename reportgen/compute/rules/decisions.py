"""A scheme and a dataset become a `Result`: every candidate is judged, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from reportgen.compute.exact import number, total, written
from reportgen.compute.rules import words
from reportgen.compute.rules.bonus import paid_out
from reportgen.compute.rules.grades import grade_of, grades_of
from reportgen.compute.rules.judging import Judged, judge, thresholds_of
from reportgen.compute.rules.model import Bonus, Decision, Group, Result, TieStep
from reportgen.compute.rules.prizes import GroupRule
from reportgen.compute.rules.ranking import Contest, Entry, Outcome, Policy, Trial, award, cut_to, places_for
from reportgen.compute.rules.rewards import tier_of, won
from reportgen.compute.rules.rules_in_words import quota_worked, rounding_said, rules_in_words
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.values import Book
from reportgen.compute.rules.vocabulary import Rounding
from reportgen.model import Gap, Text, Value
from reportgen.model.errors import InputError, KindError, Problem
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.model.values import joined, merged_sources
from reportgen.read.tables import Dataset

EVERYONE = GroupRule(id="all", label=message("rules.all_candidates"), where=(), quota=None)
ROUNDINGS: tuple[Rounding, ...] = ("half_up", "down", "up")
LAST = 10**9  # the rank, for sorting, of who has none


def decide(scheme: Scheme, dataset: Dataset, units: Mapping[str, Unit], book: Book | None = None) -> Result:
    """The decision on every candidate of the dataset; KindError where the rules leave one undecided.

    `book` holds the values of the scheme's columns where they have been computed already.
    """
    book = book or Book(scheme, dataset, units)
    thresholds = thresholds_of(book)
    groups = scheme.groups or (EVERYONE,)
    problems: list[Problem] = []
    candidates = [judge(book, groups, thresholds, id_, problems) for id_ in book.records]
    if problems:
        raise KindError(sorted(problems, key=lambda problem: problem.place))
    bonuses = _bonuses(book, candidates)
    competitions = _competitions(book, groups, candidates)
    variants = [*_other_scores(book, competitions), *_other_quotas(book, competitions)]
    tiers = {rule.id: tier_of(rule, units) for rule in scheme.tiers}
    decisions = [
        _decision(book, competition, judged, bonuses.get(judged.id), variants)
        for competition in competitions
        for judged in competition.members
    ]
    order = [tier.id for tier in scheme.tiers], [group.id for group in groups]
    decisions.sort(key=lambda decision: _order(decision, *order))
    return Result(
        scheme=scheme.publication,
        title=scheme.title,
        roc_year=scheme.year,
        standard=scheme.standard,
        decisions=tuple(decisions),
        groups=tuple(_group(book, competition, decisions) for competition in competitions),
        tiers=tuple(tiers.values()),
        rules=tuple(rules_in_words(book, thresholds, tiers)),
        file=scheme.file,
        inputs={scheme.file: scheme.sha256, **book.dataset.files},
        total=_paid(decisions),
        notes=scheme.notes,
    )


def _bonuses(book: Book, candidates: Iterable[Judged]) -> dict[str, Bonus]:
    """The bonus of each unit that passed, by its id; InputError with what is wrong with any of them."""
    bonuses: dict[str, Bonus] = {}
    problems: list[Problem] = []
    for judged in candidates if book.scheme.bonus else ():
        try:
            bonuses |= {judged.id: paid_out(book, judged.id)} if judged.eligible else {}
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return bonuses


def _order(decision: Decision, tiers: list[str], groups: list[str]) -> tuple[int, int, int, int, str]:
    tier = tiers.index(decision.tier.id) if decision.tier else len(tiers)
    rank = LAST if decision.rank is None else decision.rank
    return tier, not decision.eligible, groups.index(decision.group), rank, decision.person.id


# ---- groups ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Competition:
    """The candidates of a group: the places that the rule gives it, those left by a total, and the outcome.

    `last_in` and `first_out` stand at the line between who won and who did not.
    """

    rule: GroupRule
    members: tuple[Judged, ...]
    contest: Contest
    quota: int | None
    outcome: Outcome
    last_in: Judged | None
    first_out: Judged | None


def _competitions(
    book: Book, groups: Sequence[GroupRule], candidates: Sequence[Judged]
) -> list[_Competition]:
    members = [tuple(judged for judged in candidates if judged.group == group.id) for group in groups]
    contests = []
    for group, within in zip(groups, members, strict=True):
        entries = tuple(_entry(book, judged) for judged in within if judged.eligible)
        contests.append(Contest(group.id, entries, _places(book.scheme, group, within)))
    policy = policy_of(book)
    cut = _cut(book, contests, policy)
    grades = grades_of(book) if book.scheme.given else None
    return [
        _competition(group, within, contest, left.quota, _outcome(left, policy, grades))
        for group, within, contest, left in zip(groups, members, contests, cut, strict=True)
    ]


def _outcome(contest: Contest, policy: Policy, grades: Mapping[str, str] | None) -> Outcome:
    """Who is in which tier: by rank, or by the grades that a committee gave."""
    outcome = award(contest, policy)
    if grades is None:
        return outcome
    return replace(
        outcome, tiers={e.id: grades[e.id] for e in contest.entries if e.id in grades}, trials={}, shared={}
    )


def _competition(
    rule: GroupRule, members: tuple[Judged, ...], contest: Contest, quota: int | None, outcome: Outcome
) -> _Competition:
    def compared(judged: Judged) -> int:
        return outcome.compared[judged.id]

    ranked = [judged for judged in members if judged.id in outcome.ranks]
    winners = [judged for judged in ranked if judged.id in outcome.tiers]
    others = [judged for judged in ranked if judged.id not in outcome.tiers]
    return _Competition(
        rule=rule,
        members=members,
        contest=contest,
        quota=quota,
        outcome=outcome,
        last_in=min(winners, key=compared, default=None),
        first_out=max(others, key=compared, default=None),
    )


def _entry(book: Book, judged: Judged) -> Entry:
    rank = book.scheme.rank
    if rank is None or judged.score is None:
        return Entry(judged.id, Fraction(0))
    criteria: list[Fraction | None] = []
    for rule in book.scheme.ties:
        if rule.step == "next_criterion":
            exact = book.value(rule.column, judged.id).exact
            criteria.append(None if isinstance(exact, Gap) else exact if rule.better == "high" else -exact)
    score = number(judged.score)
    return Entry(judged.id, score if rank.better == "high" else -score, tuple(criteria))


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


# ---- other roundings ------------------------------------------------------------------------------

_Variant = tuple[Text, Mapping[str, str]]  # another rounding, and the tier of each winner under it


def _winners(book: Book, contests: Sequence[Contest], policy: Policy) -> dict[str, str]:
    """The tier of each winner."""
    outcomes = [award(contest, policy) for contest in _cut(book, contests, policy)]
    return {id_: tier for outcome in outcomes for id_, tier in outcome.tiers.items()}


def _other_scores(book: Book, competitions: Sequence[_Competition]) -> Iterator[_Variant]:
    """Who wins by every rounding of the score but the declared judged: a decimal less, as many, and one more."""
    rank = book.scheme.rank
    contests = [competition.contest for competition in competitions]
    for digits in (rank.digits - 1, rank.digits, rank.digits + 1) if rank else ():
        for how in ROUNDINGS if digits >= 0 else ():
            if rank and (how, digits) != (rank.rounding, rank.digits):
                yield rounding_said(how, digits), _winners(book, contests, policy_of(book, how, digits))


def _other_quotas(book: Book, competitions: Sequence[_Competition]) -> Iterator[_Variant]:
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
            yield label, _winners(book, others, policy_of(book))


def _sensitivity(book: Book, id_: str, tier: str, variants: Sequence[_Variant]) -> Text | None:
    """Which other roundings would have led a candidate elsewhere, and where."""
    labels = {rule.id: rule.label for rule in book.scheme.tiers} | {"": message("rules.no_award")}
    other = [
        message("rules.rounding_would_bring", rounding=rounding, tier=labels[winners.get(id_, "")])
        for rounding, winners in variants
        if winners.get(id_, "") != tier
    ]
    return joined(other, "；", "; ") if other else None


# ---- decisions ------------------------------------------------------------------------------------


def _decision(
    book: Book, competition: _Competition, judged: Judged, bonus: Bonus | None, variants: Sequence[_Variant]
) -> Decision:
    scheme, outcome = book.scheme, competition.outcome
    tier = None
    if judged.id in outcome.tiers and not (bonus and not bonus.total.exact):  # less than a dollar is not paid
        rule = next(rule for rule in scheme.tiers if rule.id == outcome.tiers[judged.id])
        tier = won(rule, judged.id, outcome.shared.get(judged.id), bonus.paid if bonus else None, book.units)
    ranked = line = distance = None
    taking_part = scheme.rank is not None and judged.id in outcome.ranks
    if taking_part and judged.score is not None:
        ranked = _ranked(book, judged.score, outcome.compared[judged.id])
        line, distance = _distance(book, competition, ranked, won=tier is not None)
    decision = Decision(
        person=book.person(judged.id),
        group=judged.group,
        checks=judged.checks,
        eligible=judged.eligible,
        items=judged.items,
        score=judged.score,
        ranked=ranked,
        rank=outcome.ranks[judged.id] if taking_part else None,
        of=len(outcome.ranks),
        ties=tuple(_tie_step(book, trial, judged) for trial in outcome.trials.get(judged.id, ())),
        tier=tier,
        line=line,
        distance=distance,
        rounding=_sensitivity(book, judged.id, tier.id if tier else "", variants)
        if judged.eligible
        else None,
        reason=Text("", ""),
        bonus=bonus,
        standards=judged.standards,
        adjustments=judged.adjustments,
        given=grade_of(book, judged.id),
    )
    return replace(
        decision, reason=words.reason(decision, competition.rule.label, competition.quota, book.units)
    )


def _compared(book: Book, compared: int) -> Fraction:
    """What was compared, as a number of the score again: where low is better, it was turned round."""
    assert book.scheme.rank
    exact = policy_of(book).number(compared)
    return -exact if book.scheme.rank.better == "low" else exact


def _ranked(book: Book, score: Value, compared: int) -> Value:
    rank, exact = book.scheme.rank, _compared(book, compared)
    assert rank
    return replace(
        score,
        metric="award.ranked",
        exact=exact,
        digits=rank.digits,
        formula=f"{rank.rounding}({score.metric.partition('.')[2]}, {rank.digits})",
        worked=f"{written(number(score))} → {written(exact)}",
    )


def _distance(
    book: Book, competition: _Competition, ranked: Value, won: bool
) -> tuple[Value | None, Value | None]:
    """The score next to this one across the line between who won and who did not, and how far it is."""
    nearest = competition.first_out if won else competition.last_in
    if nearest is None:
        return None, None
    sources = nearest.score.sources if nearest.score else ()
    exact = _compared(book, competition.outcome.compared[nearest.id])
    line = replace(ranked, metric="award.line", exact=exact, formula="", worked="", sources=sources)
    distance = replace(
        ranked,
        metric="award.distance",
        exact=number(ranked) - exact,
        formula="ranked - line",
        worked=f"{written(number(ranked))} - {written(exact)}",
        sources=merged_sources((*ranked.sources, *sources)),
    )
    return line, distance


def _tie_step(book: Book, trial: Trial, judged: Judged) -> TieStep:
    value, column = None, None
    if trial.step == "more_decimals" and judged.score is not None:
        value = replace(judged.score, digits=6)
    elif trial.step == "next_criterion":
        rule = book.scheme.ties[trial.number]
        value, column = book.value(rule.column, judged.id), book.scheme.columns[rule.column].label
    return TieStep(
        step=trial.step,
        label=words.tie_label(trial.step, column),
        value=value,
        with_=tuple(id_ for id_ in trial.among if id_ != judged.id),
        settled=trial.settled,
    )


def _group(book: Book, competition: _Competition, decisions: Iterable[Decision]) -> Group:
    members = competition.members
    eligible = sum(judged.eligible for judged in members)
    quota, given = competition.rule.quota or book.scheme.quota, competition.contest.quota
    worked = message("rules.no_limit")
    if quota and given is not None and competition.quota is not None:
        counted = len(members) if quota.of == "candidates" else eligible
        worked = quota_worked(quota, counted, given, competition.quota, book.scheme.total)
    return Group(
        id=competition.rule.id,
        label=competition.rule.label,
        eligible=eligible,
        candidates=len(members),
        quota=competition.quota,
        worked=worked,
        winners=sum(d.tier is not None for d in decisions if d.group == competition.rule.id),
    )


def _paid(decisions: Iterable[Decision]) -> Fraction | None:
    """All money that is paid."""
    amounts: list[Value] = []
    for decision in decisions:
        if decision.bonus:
            amounts += [share.paid for share in decision.bonus.shares]
        elif decision.tier:
            amounts += [reward.amount for reward in decision.tier.rewards if reward.amount]
    return total(map(number, amounts)) if amounts else None
