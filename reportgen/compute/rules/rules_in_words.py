"""A scheme in words, rule by rule, as decision sheets and the method annex print it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from reportgen.compute.exact import decimals, percent
from reportgen.compute.rules import words
from reportgen.compute.rules.conditions import Condition
from reportgen.compute.rules.further import Mix, Prize, StageRule
from reportgen.compute.rules.grades import column_of
from reportgen.compute.rules.judging import Thresholds
from reportgen.compute.rules.model import Tier
from reportgen.compute.rules.prizes import BonusRule, Quota, TierRule
from reportgen.compute.rules.rewards import rewards_of
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.scores import Adjustment, Item, Rank
from reportgen.compute.rules.values import Book
from reportgen.compute.rules.vocabulary import Rounding
from reportgen.compute.rules.words import NOTHING, ROUNDING
from reportgen.model import Text, formats
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.model.values import joined

SCORE = message("rules.total_score")
RANKING, TIES = message("rules.ranking"), message("rules.ties")
METHOD = {
    "competition": message("rules.equal_scores_share_rank_next_skipped"),
    "dense": message("rules.equal_scores_share_rank_none_skipped"),
    "modified": message("rules.equal_scores_take_last_rank"),
}
REMAINDER = {
    "largest": message("rules.dollars_left_go_to_largest"),
    "first": message("rules.dollars_left_go_to_first"),
    "unpaid": message("rules.dollars_left_are_not_paid"),
}
CUT = {
    "proportional": message("rules.cut_in_proportion"),
    "lowest": message("rules.cut_where_last_winner_is_lowest"),
}
MOVED = {"by_time": message("rules.moved_by_time"), "longest": message("rules.moved_longest")}
REST = {"others": message("rules.rest_to_others"), "unpaid": message("rules.rest_unpaid")}
Rule = tuple[Text, Text]  # what it is about, what it says


def rules_in_words(book: Book, thresholds: Thresholds, tiers: Mapping[str, Tier]) -> Iterator[Rule]:
    """Each rule with its label, in the order in which they are applied."""
    scheme, columns = book.scheme, book.scheme.columns
    yield from _conditions(book, scheme.conditions, thresholds)
    for item in scheme.items:
        yield item.label, _item(item, scheme, book.units)
    for rule in scheme.adjustments:
        yield rule.label, _adjustment(rule, columns[rule.column].label)
    if limits := _limits(scheme.least, scheme.most):
        yield SCORE, limits
    yield from _conditions(book, scheme.standards, thresholds)
    if scheme.postings:
        yield message("rules.postings"), MOVED[scheme.postings.moved]
    if scheme.rank:
        by = SCORE if scheme.rank.by == "score" else columns[scheme.rank.by].label
        yield RANKING, _rank(scheme.rank, by)
    yield from _places(scheme)
    if scheme.given:
        yield message("rules.grades"), message("rules.grades_are_given", column=column_of(book))
    for tier in scheme.tiers:
        grades = _grades(tier, book) if scheme.given else None
        yield tier.label, _tier(tier, words.rewards_said(tiers[tier.id].rewards), grades)
    for mix in scheme.mixes:
        yield message("rules.mix_rule"), mix_said(mix)
    for prize in scheme.prizes:
        yield prize.rule.label, _prize(prize, book, tiers)
    for stage in scheme.stages:
        yield stage.label, _stage(stage)
    yield from _of_members(scheme, book)
    if scheme.bonus:
        yield from _bonus(scheme.bonus, book)


def _conditions(book: Book, conditions: Sequence[Condition], thresholds: Thresholds) -> Iterator[Rule]:
    for condition in conditions:
        threshold = words.said(thresholds[condition.kind, condition.id], book.units)
        yield condition.label, _condition(condition, threshold, book.scheme.year)


def _condition(condition: Condition, threshold: Text, year: int) -> Text:
    if condition.operator == "none_since":
        end = Text(str(year), str(formats.gregorian_year(year)))
        return message("rules.excluded_with_a_record", years=condition.years, end=end)
    of_numbers = isinstance(condition.threshold, tuple) and isinstance(condition.threshold[0], Fraction)
    operator = message("rules.from") if of_numbers else words.OPERATOR[condition.operator]
    needed = words.compared(operator, threshold)
    if condition.kind == "standard":
        return message("rules.standard_of_control", needed=needed)
    return needed if condition.kind == "eligible" else message("rules.excluded_who_is", needed=needed)


def _item(item: Item, scheme: Scheme, units: Mapping[str, Unit]) -> Text:
    weight, column = percent(item.weight / 100), scheme.columns[item.column]
    kept = joined(_bounds(item.floor, item.cap), "", "")
    if not item.bands:
        return message("rules.value_is_the_points", weight=weight, label=column.label, kept=kept)
    sign = "%" if column.unit == "percent" else ""
    bands = [
        message(
            "rules.band_gives_points",
            band=words.band_label(band, units[column.unit], sign),
            points=formats.plain(band.points, decimals(band.points)),
        )
        for band in reversed(item.bands)
    ]
    return message("rules.points_by_bands", weight=weight, label=column.label, bands=bands, kept=kept)


def _bounds(floor: Fraction | None, cap: Fraction | None) -> list[Text]:
    """What keeps an item's points within bounds, to be put behind how they are found."""
    bounds = []
    if floor is not None:
        bounds.append(message("rules.points_at_least", number=formats.plain(floor, decimals(floor))))
    if cap is not None:
        bounds.append(message("rules.points_at_most", number=formats.plain(cap, decimals(cap))))
    return bounds


def _adjustment(rule: Adjustment, column: Text) -> Text:
    """加分：每1件「獲獎專案」加0.5分，至多3分 / bonus: 0.5 for each unit of …"""
    each, most = formats.half_up(rule.each, decimals(rule.each)), NOTHING
    if rule.cap is not None:
        most = message("rules.adjustment_at_most", cap=formats.plain(rule.cap, decimals(rule.cap)))
    name = "rules.adjustment_adds" if rule.kind == "bonus" else "rules.adjustment_takes_off"
    return message(name, column=column, each=each, most=most)


def _limits(least: Fraction | None, most: Fraction | None) -> Text | None:
    """不低於0分，不高於100分 / at least 0, at most 100 points."""
    ends = []
    if least is not None:
        ends.append(message("rules.limit_at_least", points=formats.plain(least, decimals(least))))
    if most is not None:
        ends.append(message("rules.limit_at_most", points=formats.plain(most, decimals(most))))
    return message("rules.beyond_counts_as_limit", ends=_with_commas(ends)) if ends else None


def _with_commas(parts: Sequence[Text]) -> Text:
    return joined(parts, "，", ", ")


def _rank(rank: Rank, by: Text) -> Text:
    return message(
        "rules.how_better_method",
        by=Text(by.zh, formats.lower_first(by.en)),
        how=rounding_said(rank.rounding, rank.digits),
        better=NOTHING if rank.better == "high" else message("rules.lower_better"),
        method=METHOD[rank.method],
    )


def rounding_said(how: Rounding, digits: int) -> Text:
    """四捨五入至小數1位 / rounded half up to 1 decimal; without decimals to whole numbers."""
    if not digits:
        return message("rules.rounded_to_whole_numbers", rounding=ROUNDING[how])
    return message("rules.rounded_to_decimals", rounding=ROUNDING[how], digits=digits)


# ---- places and prizes ----------------------------------------------------------------------------


def _places(scheme: Scheme) -> Iterator[Rule]:
    if scheme.quota:
        yield message("rules.places"), message("rules.each_group", said=quota_said(scheme.quota))
    for group in scheme.groups:
        if group.quota:
            yield message("rules.places_of_group", label=group.label), quota_said(group.quota)
    if scheme.total is not None:
        how = CUT[scheme.cut]
        yield message("rules.places_total"), message("rules.total_is_cut", total=scheme.total, how=how)
    if scheme.rank and (scheme.quota or scheme.ties):
        columns = [scheme.columns[rule.column].label if rule.column else None for rule in scheme.ties]
        steps = [words.tie_label(rule.step, label) for rule, label in zip(scheme.ties, columns, strict=True)]
        steps.append(words.STEP[scheme.final])
        then = message("rules.then")
        yield TIES, joined(steps, then.zh, then.en)


def quota_said(quota: Quota) -> Text:
    """10名 / 10 places; 符合資格者之20%，四捨五入，至少1名 / 20% of the eligible, rounded half up, at least 1."""
    if quota.number is not None:
        parts = [message("rules.so_many_places", number=quota.number)]
    else:
        of = message("rules.candidates") if quota.of == "candidates" else message("rules.those_eligible")
        share = percent(quota.share or Fraction(0))
        parts = [message("rules.share_of_them", of=of, share=share), ROUNDING[quota.rounding]]
    if quota.at_least is not None:
        parts.append(message("rules.places_at_least", number=quota.at_least))
    if quota.at_most is not None:
        parts.append(message("rules.places_at_most", number=quota.at_most))
    return _with_commas(parts)


def quota_worked(quota: Quota, counted: int, given: int, final: int, total: int | None) -> Text:
    """How a group came to its places: 符合資格者之20%：42×20%＝8.4，得8名. `counted` is what a share is taken of."""
    worked = quota_said(quota)
    if quota.share is not None:
        share, exact = percent(quota.share), formats.plain(quota.share * counted, 2)
        worked = message(
            "rules.share_worked", rule=worked, counted=counted, share=share, exact=exact, given=given
        )
    if total is not None and final != given:
        worked = message("rules.cut_by_the_total", worked=worked, total=total, final=final)
    return worked


def _grades(tier: TierRule, book: Book) -> Text:
    """Which grades a tier takes, by their names."""
    spec = book.table.columns[book.scheme.given]
    members = book.dataset.dimensions[spec.dimension] if spec.type == "member" else None
    labels = [members.member(one).label if members else Text(one, one) for one in tier.taken]
    return message("rules.those_given", grades=words.listed(labels, "or"))


def _tier(tier: TierRule, rewards: Text, grades: Text | None) -> Text:
    parts = [grades] if grades else []
    if tier.places is not None:
        parts.append(message("rules.so_many_places", number=tier.places))
    if tier.share is not None:
        share, how = percent(tier.share), ROUNDING[tier.rounding]
        parts.append(message("rules.share_of_winners", share=share, how=how))
    if tier.up_to_rank is not None:
        parts.append(message("rules.ranks_up_to", rank=tier.up_to_rank))
    if tier.at_least is not None:
        points = formats.plain(tier.at_least, 2 if tier.at_least.denominator != 1 else 0)
        parts.append(message("rules.points_or_more", points=points))
    who = _with_commas(parts or [message("rules.all_others_who_are_in")])
    return message("rules.label_value", label=who, value=rewards) if rewards.zh else who


def mix_said(mix: Mix) -> Text:
    """至少1名書記官 / at least 1: clerks."""
    parts = []
    for end, number, part in (
        (mix.at_least, "rules.mix_at_least_number", "rules.mix_at_least_part"),
        (mix.at_most, "rules.mix_at_most_number", "rules.mix_at_most_part"),
    ):
        if isinstance(end, int):
            parts.append(message(number, label=mix.label, portion=str(end)))
        elif end is not None:
            parts.append(message(part, label=mix.label, portion=percent(end)))
    return _with_commas(parts)


def _prize(prize: Prize, book: Book, tiers: Mapping[str, Tier]) -> Text:
    """Who, by what, and what it brings."""
    rule, columns = prize.rule, book.scheme.columns
    by = columns[rule.by].label
    steps = [
        words.tie_label(one.step, columns[one.column].label if one.column else None) for one in prize.ties
    ]
    then = message("rules.then")
    return message(
        "rules.prize_rule",
        by=Text(by.zh, formats.lower_first(by.en)),
        better=NOTHING if rule.better == "high" else message("rules.lower_better"),
        how=rounding_said(rule.how, prize.digits),
        who=_tier(rule, words.rewards_said(tiers[rule.id].rewards), None),
        ties=joined([*steps, words.STEP[prize.final]], then.zh, then.en),
    )


def _stage(stage: StageRule) -> Text:
    ends = {"least": formats.plain(stage.least, decimals(stage.least))}
    ends["most"] = formats.plain(stage.most, decimals(stage.most))
    if stage.limit is None:
        return message("rules.stage_rule", **ends)
    return message(
        "rules.stage_rule_limited", limit=formats.plain(stage.limit, decimals(stage.limit)), **ends
    )


def _of_members(scheme: Scheme, book: Book) -> Iterator[Rule]:
    """What the members of a unit that wins get, by role."""
    if scheme.members is None:
        return
    column = book.dataset.tables[scheme.members.table].columns[scheme.members.role]
    roles = book.dataset.dimensions[column.dimension]
    for tier in (*scheme.tiers, *(one.rule for one in scheme.prizes)):
        parts = [
            message(
                "rules.label_value",
                label=roles.member(of.role).label,
                value=words.rewards_said(rewards_of(of.rewards, tier.id, book.units)),
            )
            for of in tier.members
        ]
        if parts:
            yield message("rules.members_of", label=tier.label), joined(parts, "；", "; ")


def _bonus(rule: BonusRule, book: Book) -> Iterator[Rule]:
    """How a bonus is reckoned and split."""
    rate, how = percent(rule.rate), ROUNDING[rule.rounding]
    yield message("rules.bonus"), message("rules.base_dollar", rate=rate, how=how)
    if rule.staffing:
        of = rule.staffing.reduces
        name = message("rules.the_bonus") if of == "bonus" else Text(of, of)
        yield rule.staffing.label, message("rules.factor", factor=percent(rule.staffing.factor), of=name)
    column = book.dataset.tables[rule.members.table].columns[rule.members.role]
    roles = book.dataset.dimensions[column.dimension]
    split = []
    for part in rule.parts:
        role, share = roles.member(part.role).label, percent(part.part)
        split.append(message("rules.part_of_role", role=role, share=share))
    yield message("rules.split"), joined(split)
    yield message("rules.remainder"), REMAINDER[rule.remainder]
    if rule.at_least:
        yield message("rules.per_person"), message("rules.person_at_least", amount=f"{rule.at_least:,}")
    if rule.at_most and rule.rest:
        slots = {"amount": f"{rule.at_most:,}", "rest": REST[rule.rest]}
        yield message("rules.per_person"), message("rules.person_at_most", **slots)
