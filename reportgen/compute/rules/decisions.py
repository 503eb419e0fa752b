"""A scheme and a dataset become a `Result`: every candidate is judged, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from reportgen.compute.exact import number, total, written
from reportgen.compute.rules import words
from reportgen.compute.rules.bonus import paid_out
from reportgen.compute.rules.competing import (
    Competition,
    Further,
    Variant,
    competitions,
    further,
    other_outcomes,
    policy_of,
    sensitivity,
)
from reportgen.compute.rules.grades import grade_of
from reportgen.compute.rules.judging import Judged, judge, thresholds_of
from reportgen.compute.rules.members import with_members
from reportgen.compute.rules.model import Bonus, Decision, Group, PrizeTrial, Result, Tier, TieStep
from reportgen.compute.rules.prizes import FINALS, GroupRule, TieRule
from reportgen.compute.rules.ranking import Outcome, Trial
from reportgen.compute.rules.reviewing import review
from reportgen.compute.rules.rewards import tier_of, won
from reportgen.compute.rules.rules_in_words import mix_said, quota_worked, rules_in_words
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.values import Book
from reportgen.model import Text, Value
from reportgen.model.errors import KindError, Problem
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.model.values import merged_sources
from reportgen.read.tables import Dataset

EVERYONE = GroupRule(id="all", label=message("rules.all_candidates"), where=(), quota=None)
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
    candidates = review(book, candidates)
    bonuses = paid_out(book, [judged.id for judged in candidates if judged.eligible])
    competing = competitions(book, groups, candidates)
    prizes = further(book, competing, [id_ for one in competing for id_ in one.outcome.tiers])
    variants = other_outcomes(book, competing)
    rules = (*scheme.tiers, *(prize.rule for prize in scheme.prizes))
    tiers = {rule.id: tier_of(rule, units) for rule in rules}
    decisions = [
        _decision(book, (competition, prizes), judged, bonuses.get(judged.id), variants)
        for competition in competing
        for judged in competition.members
    ]
    order = [*tiers], [group.id for group in groups]
    decisions.sort(key=lambda decision: _order(decision, *order))
    if scheme.members:
        decisions = with_members(book, decisions)
    return Result(
        scheme=scheme.publication,
        title=scheme.title,
        roc_year=scheme.year,
        standard=scheme.standard,
        decisions=tuple(decisions),
        groups=tuple(_group(book, competition, decisions) for competition in competing),
        tiers=tuple(tiers.values()),
        rules=tuple(rules_in_words(book, thresholds, tiers)),
        file=scheme.file,
        inputs={scheme.file: scheme.sha256, **book.dataset.files},
        total=_paid(decisions),
        notes=scheme.notes,
    )


def _order(decision: Decision, tiers: list[str], groups: list[str]) -> tuple[int, int, int, int, str]:
    tier = tiers.index(decision.tier.id) if decision.tier else len(tiers)
    rank = LAST if decision.rank is None else decision.rank
    return tier, not decision.eligible, groups.index(decision.group), rank, decision.person.id


# ---- decisions ------------------------------------------------------------------------------------


def _decision(
    book: Book,
    decided: tuple[Competition, Sequence[Further]],
    judged: Judged,
    bonus: Bonus | None,
    variants: Sequence[Variant],
) -> Decision:
    (competition, prizes), scheme = decided, book.scheme
    outcome, barred = competition.outcome, competition.barred.get(judged.id)
    tier = _tier(book, judged.id, [outcome, *(one.outcome for one in prizes)], bonus)
    ranked = line = distance = None
    taking_part = scheme.rank is not None and judged.id in outcome.ranks
    if scheme.rank and judged.score is not None and isinstance(judged.score.exact, Fraction):
        ranked = _ranked(book, judged.score)
    won_main = judged.id in outcome.tiers
    if ranked and taking_part and not barred and not (competition.barred and won_main):
        line, distance = _distance(book, competition, ranked, won=won_main)
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
        ties=_ties(book, outcome, scheme.ties, judged.id, judged.score),
        tier=tier,
        line=line,
        distance=distance,
        rounding=sensitivity(book, judged.id, tier.id if tier else "", variants) if judged.eligible else None,
        reason=Text("", ""),
        bonus=bonus,
        standards=judged.standards,
        adjustments=judged.adjustments,
        given=grade_of(book, judged.id),
        computed=judged.computed,
        reviews=judged.reviews,
        prizes=tuple(_trial(book, one, judged) for one in prizes),
        barred=mix_said(barred) if barred else None,
    )
    return replace(
        decision, reason=words.reason(decision, competition.rule.label, competition.quota, book.units)
    )


def _compared(book: Book, compared: int) -> Fraction:
    """What was compared, as a number of the score again: where low is better, it was turned round."""
    assert book.scheme.rank
    exact = policy_of(book).number(compared)
    return -exact if book.scheme.rank.better == "low" else exact


def _tier(book: Book, id_: str, outcomes: Sequence[Outcome], bonus: Bonus | None) -> Tier | None:
    """What a candidate won: of the main prize, else of a further one; less than a dollar of a bonus is not paid."""
    if bonus and not bonus.total.exact:
        return None
    rules = {rule.id: rule for rule in (*book.scheme.tiers, *(one.rule for one in book.scheme.prizes))}
    for outcome in outcomes:
        if id_ in outcome.tiers:
            paid, part = bonus.paid if bonus else None, outcome.shared.get(id_)
            return won(rules[outcome.tiers[id_]], id_, part, paid, book.units)
    return None


def _trial(book: Book, one: Further, judged: Judged) -> PrizeTrial:
    """How a candidate came off in a further prize."""
    prize, outcome, id_ = one.prize.rule, one.outcome, judged.id
    made = partial(PrizeTrial, prize=prize.id, label=prize.label)
    if id_ in one.holders:
        return made(verdict="holder")
    if id_ not in one.values:
        return made(verdict="ineligible", value=book.value(prize.by, id_) if judged.eligible else None)
    exact = one.policy.number(outcome.compared[id_]) * (-1 if prize.better == "low" else 1)
    value = one.values[id_]
    barred = one.barred.get(id_)
    return made(
        verdict="won" if id_ in outcome.tiers else "barred" if barred else "lower",
        value=replace(value, metric=f"award.prize.{prize.id}", exact=exact, digits=one.prize.digits),
        rank=outcome.ranks[id_],
        of=len(outcome.ranks),
        ties=_ties(book, outcome, one.prize.ties, id_, value),
        barred=mix_said(barred) if barred else None,
    )


def _ranked(book: Book, score: Value) -> Value:
    """The score as it is compared: rounded to the declared precision, with which it is printed."""
    rank = book.scheme.rank
    assert rank
    exact = number(score) if rank.better == "high" else -number(score)
    exact = _compared(book, policy_of(book).compared(exact))
    return replace(
        score,
        metric="award.ranked",
        exact=exact,
        digits=rank.digits,
        formula=f"{rank.rounding}({score.metric.partition('.')[2]}, {rank.digits})",
        worked=f"{written(number(score))} → {written(exact)}",
    )


def _distance(
    book: Book, competition: Competition, ranked: Value, won: bool
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


def _ties(
    book: Book, outcome: Outcome, rules: Sequence[TieRule], id_: str, score: Value | None
) -> tuple[TieStep, ...]:
    trials, steps = outcome.trials.get(id_, []), []
    for place, trial in enumerate(trials):
        after = {*trials[place + 1].among} if place + 1 < len(trials) else set()
        apart = (other for other in trial.among if other not in after)
        parted = any(outcome.tiers.get(other) != outcome.tiers.get(id_) for other in apart)
        step = _tie_step(book, trial, rules, id_, score)
        steps.append(replace(step, decides=parted or trial.step in FINALS))
    return tuple(steps)


def _tie_step(book: Book, trial: Trial, rules: Sequence[TieRule], id_: str, score: Value | None) -> TieStep:
    value, column = None, None
    if trial.step == "more_decimals" and score is not None:
        value = replace(score, digits=6)
    elif trial.step == "next_criterion":
        rule = rules[trial.number]
        value, column = book.value(rule.column, id_), book.scheme.columns[rule.column].label
    return TieStep(
        step=trial.step,
        label=words.tie_label(trial.step, column),
        value=value,
        with_=tuple(other for other in trial.among if other != id_),
        settled=trial.settled,
    )


def _group(book: Book, competition: Competition, decisions: Iterable[Decision]) -> Group:
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
        winners=sum(
            d.tier is not None and d.tier.id in {tier.id for tier in book.scheme.tiers}
            for d in decisions
            if d.group == competition.rule.id
        ),
    )


def _paid(decisions: Iterable[Decision]) -> Fraction | None:
    """All money that is paid."""
    amounts: list[Value] = []
    for decision in decisions:
        if decision.bonus:
            amounts += [share.paid for share in decision.bonus.shares]
        elif decision.tier:
            tiers = (decision.tier, *(one.tier for one in decision.members))
            amounts += [reward.amount for tier in tiers for reward in tier.rewards if reward.amount]
    return total(map(number, amounts)) if amounts else None
