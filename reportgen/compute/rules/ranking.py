"""Scores become ranks, quotas are given, ties at a line are parted and tiers filled: numbers only, no data.

A tie is only parted where a line (of the quota or of a tier) runs through it; elsewhere equals share their rank.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from reportgen.compute.exact import largest_remainder
from reportgen.compute.rules.prizes import Final, Quota, TierRule, TieRule
from reportgen.compute.rules.scores import Method
from reportgen.compute.rules.vocabulary import Rounding


def rounded(number: Fraction, digits: int, how: Rounding) -> Fraction:
    """Half up on the magnitude (四捨五入), down towards zero, or up away from zero."""
    return Fraction(in_last_places(number, digits, how), 10**digits)


def in_last_places(number: Fraction, digits: int, how: Rounding) -> int:
    """The rounded number as a count of its last decimal place: 98.25 to one decimal is 983."""
    top: int = abs(number.numerator) * 10**digits
    bottom = number.denominator
    if how == "half_up":
        whole = (2 * top + bottom) // (2 * bottom)
    else:
        whole = top // bottom if how == "down" else -(-top // bottom)
    return -whole if number.numerator < 0 else whole


def to_whole(number: Fraction, how: Rounding) -> int:
    return int(rounded(number, 0, how))


@dataclass(frozen=True)
class Entry:
    """A candidate that takes part. Higher is better in all; `criteria` are those of the tie steps `next_criterion`; None is last."""

    id: str
    score: Fraction
    criteria: tuple[Fraction | None, ...] = ()


@dataclass(frozen=True)
class Contest:
    """A group with what it can win."""

    id: str
    entries: tuple[Entry, ...]
    quota: int | None


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How all groups are ranked; scores are rounded in units of `scale`.

    What is compared is a count of the last decimal place: whole numbers are fast, and thousands are ranked nine times.
    """

    digits: int
    rounding: Rounding
    method: Method
    ties: tuple[TieRule, ...]
    final: Final
    tiers: tuple[TierRule, ...]
    scale: Fraction = Fraction(1)

    def compared(self, score: Fraction) -> int:
        return in_last_places(score if self.scale == 1 else score / self.scale, self.digits, self.rounding)

    def number(self, compared: int) -> Fraction:
        """What was compared, as a number in base units again."""
        return Fraction(compared, 10**self.digits) * self.scale


Step = Literal["more_decimals", "next_criterion", "share", "all_in", "none_in"]


@dataclass(frozen=True)
class Trial:
    """A tie step that was tried on one candidate and on all of `among`; `number` is its place among those declared."""

    step: Step
    number: int
    among: tuple[str, ...]
    settled: bool


@dataclass(kw_only=True)
class Outcome:
    """What became of a group: ranks and tiers by id, and the tie steps that led to them.

    `shared` holds the part of a prize that each of several winners of one place gets.
    """

    compared: Mapping[str, int]
    ranks: dict[str, int] = field(default_factory=dict)
    tiers: dict[str, str] = field(default_factory=dict)
    trials: dict[str, list[Trial]] = field(default_factory=dict)
    shared: dict[str, Fraction] = field(default_factory=dict)


Class = tuple[Entry, ...]  # equals, in the order of their ids


def award(contest: Contest, policy: Policy, barred: Container[str] = ()) -> Outcome:
    """The outcome of one group; the order in which the entries come does not matter.

    Who is `barred` has a rank among all and wins nothing.
    """
    open_ = tuple(entry for entry in contest.entries if entry.id not in barred)
    if len(open_) == len(contest.entries):
        return _award(contest, policy)
    whole = _award(contest, policy)
    return replace(
        _award(replace(contest, entries=open_), policy), compared=whole.compared, ranks=whole.ranks
    )


def _award(contest: Contest, policy: Policy) -> Outcome:
    compared = {entry.id: policy.compared(entry.score) for entry in contest.entries}
    outcome = Outcome(compared=compared)
    classes = _split(contest.entries, lambda entry: compared[entry.id])
    inside, outside = _within_quota(classes, contest.quota, policy, outcome)
    inside, left = _fill_tiers(inside, policy, outcome)
    ranked = [*inside, *left, *outside]
    for group, rank in _ranks(ranked, policy.method):
        for entry in group:
            outcome.ranks[entry.id] = rank
    return outcome


def _split(entries: Iterable[Entry], key: Callable[[Entry], Fraction | int | None]) -> list[Class]:
    """Classes of equals, the highest first; who has no number comes last."""
    equals: dict[Fraction | int | None, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.id):
        equals.setdefault(key(entry), []).append(entry)
    numbers = sorted((number for number in equals if number is not None), reverse=True)
    return [tuple(equals[number]) for number in (*numbers, *([None] if None in equals else []))]


def _ranks(classes: Sequence[Class], method: Method) -> Iterator[tuple[Class, int]]:
    before = 0
    for above, group in enumerate(classes):
        yield group, _rank(method, before, above, group)
        before += len(group)


def _rank(method: Method, before: int, above: int, group: Class) -> int:
    """The rank of equals below `above` classes, in which `before` candidates stand."""
    return {"competition": before + 1, "dense": above + 1, "modified": before + len(group)}[method]


def _within_quota(
    classes: list[Class], quota: int | None, policy: Policy, outcome: Outcome
) -> tuple[list[Class], list[Class]]:
    if quota is None:
        return classes, []
    before = 0
    for number, group in enumerate(classes):
        if before + len(group) > quota:
            above, below = _at_line(group, quota - before, policy, outcome)
            return [*classes[:number], *above], [*below, *classes[number + 1 :]]
        before += len(group)
    return classes, []


def _at_line(group: Class, places: int, policy: Policy, outcome: Outcome) -> tuple[list[Class], list[Class]]:
    """Equals of whom `places` stand above a line (fewer than there are): parted step by step, then by the last word."""
    if places <= 0:
        return [], [group]
    above: list[Class] = []
    below: list[Class] = []
    tied, left = group, places
    for number, rule in enumerate(policy.ties):
        parts = _split(tied, _criterion(rule, number, policy))
        still_tied: Class = ()
        while parts and len(parts[0]) <= left:
            left -= len(parts[0])
            above.append(parts.pop(0))
        if left:
            still_tied = parts.pop(0)
        below = [*parts, *below]
        _note(outcome, tied, still_tied, rule.step, number)
        if not still_tied:
            return above, below
        tied = still_tied
    _note(outcome, tied, (), policy.final, len(policy.ties))
    if policy.final == "none_in":
        return above, [tied, *below]
    if policy.final == "share":
        outcome.shared.update({entry.id: Fraction(left, len(tied)) for entry in tied})
    return [*above, tied], below


def _criterion(rule: TieRule, number: int, policy: Policy) -> Callable[[Entry], Fraction | None]:
    if rule.step == "more_decimals":
        return lambda entry: entry.score
    place = sum(1 for other in policy.ties[:number] if other.step == "next_criterion")
    return lambda entry: entry.criteria[place]


def _note(outcome: Outcome, tried: Class, still_tied: Class, step: Step, number: int) -> None:
    among = tuple(entry.id for entry in tried)
    left = {entry.id for entry in still_tied}
    for id_ in among:
        outcome.trials.setdefault(id_, []).append(Trial(step, number, among, id_ not in left))


def _fill_tiers(classes: list[Class], policy: Policy, outcome: Outcome) -> tuple[list[Class], list[Class]]:
    """Tier by tier from the top. Places count as positions: more than its places in one tier leave fewer for the next."""
    winners = sum(len(group) for group in classes)
    taken: list[Class] = []
    waiting = list(classes)
    bound = 0
    for tier in policy.tiers:
        room = _room(tier, winners)
        bound = bound + room if room is not None else winners
        while waiting:
            group, assigned = waiting[0], sum(len(above) for above in taken)
            rank = _rank(policy.method, assigned, len(taken), group)
            if not _admits(tier, rank, outcome.compared[group[0].id], policy):
                bound = assigned  # places that nobody reached lapse
                break
            if assigned + len(group) > bound:
                above, below = _at_line(group, bound - assigned, policy, outcome)
                waiting[:1] = [*above, *below]
                taken += _assign(tier, above, outcome)
                del waiting[: len(above)]
                break
            taken += _assign(tier, [group], outcome)
            del waiting[0]
    return taken, waiting


def _room(tier: TierRule, winners: int) -> int | None:
    if tier.share is not None:
        return to_whole(tier.share * winners, tier.rounding)
    return tier.places


def _admits(tier: TierRule, rank: int, compared: int, policy: Policy) -> bool:
    reached = tier.at_least is None or policy.number(compared) >= tier.at_least
    return reached and (tier.up_to_rank is None or rank <= tier.up_to_rank)


def _assign(tier: TierRule, groups: list[Class], outcome: Outcome) -> list[Class]:
    outcome.tiers.update({entry.id: tier.id for group in groups for entry in group})
    return groups


# ---- how winners are mixed --------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """At least or at most so many winners, or such a part of them, are among `members`."""

    members: Container[str]
    at_least: int | Fraction | None
    at_most: int | Fraction | None


def beyond(contest: Contest, policy: Policy, limits: Sequence[Limit]) -> dict[str, int]:
    """Who cannot win, and the number of the limit that says so: first those above what may win, then those who leave no room.

    The best of the members fill what they may have, at most; what they shall have at least is kept free of the others. Each limit is on
    whom those before left. Equals at such a line that no step parts are out, all of them: one more would break the limit.
    """
    out: dict[str, int] = {}
    for number, limit in enumerate(limits):
        members, others, places = _sides(contest, limit, out)
        if limit.at_most is not None:
            most = _most(limit.at_most, places, len(members), len(others))
            out |= dict.fromkeys(_below(members, most, policy), number)
    for number, limit in enumerate(limits):
        members, others, places = _sides(contest, limit, out)
        if (least := limit.at_least) is not None:
            least = least if isinstance(least, int) else to_whole(least * places, "up")
            out |= dict.fromkeys(_below(others, places - min(least, len(members), places), policy), number)
    return out


def _sides(contest: Contest, limit: Limit, out: Container[str]) -> tuple[list[Entry], list[Entry], int]:
    """The members of a limit who are left, all others, and the places that they can fill."""
    left = [entry for entry in contest.entries if entry.id not in out]
    members = [entry for entry in left if entry.id in limit.members]
    others = [entry for entry in left if entry.id not in limit.members]
    return members, others, len(left) if contest.quota is None else min(contest.quota, len(left))


def _most(most: int | Fraction, places: int, members: int, others: int) -> int:
    """How many members may win: of the most winners that there can be so."""
    if isinstance(most, int):
        return most
    winners = places
    while winners > others + min(to_whole(most * winners, "down"), members):
        winners -= 1
    return to_whole(most * winners, "down")


def _below(entries: Sequence[Entry], most: int, policy: Policy) -> list[str]:
    """Who is not among the best so many."""
    compared = {entry.id: policy.compared(entry.score) for entry in entries}
    classes = _split(entries, lambda entry: compared[entry.id])
    _, outside = _within_quota(classes, most, replace(policy, final="none_in"), Outcome(compared=compared))
    return [entry.id for group in outside for entry in group]


# ---- quotas -----------------------------------------------------------------------------------


def places_for(quota: Quota, candidates: int, eligible: int) -> int:
    """What the rule gives a group, before a total cuts it."""
    counted = candidates if quota.of == "candidates" else eligible
    number = quota.number or 0
    if quota.share is not None:
        number = to_whole(quota.share * counted, quota.rounding)
    number = max(number, quota.at_least or 0)
    return number if quota.at_most is None else min(number, quota.at_most)


def cut_to(
    total: int, contests: Sequence[Contest], how: Literal["proportional", "lowest"], policy: Policy
) -> list[Contest]:
    """The quotas brought down to the total, by their size or by taking the lowest of the last winners away."""
    quotas = [contest.quota or 0 for contest in contests]
    if sum(quotas) <= total:
        return list(contests)
    if how == "proportional":  # of equal remainders the group that is declared first
        cut = largest_remainder([Fraction(quota * total, sum(quotas)) for quota in quotas], total)
    else:
        cut = _lowest(quotas, total, contests, policy)
    return [replace(contest, quota=quota) for contest, quota in zip(contests, cut, strict=True)]


def _lowest(quotas: Sequence[int], total: int, contests: Sequence[Contest], policy: Policy) -> list[int]:
    """One place less, again and again, for the group whose last winner is lowest; of equals the later group."""
    scores = [
        sorted((policy.compared(entry.score) for entry in contest.entries), reverse=True)
        for contest in contests
    ]
    cut = [min(quota, len(ordered)) for quota, ordered in zip(quotas, scores, strict=True)]
    while sum(cut) > total:
        last = [n for n, quota in enumerate(cut) if quota]
        lowest = min(last, key=lambda n: (scores[n][cut[n] - 1], -n))
        cut[lowest] -= 1
    return cut
