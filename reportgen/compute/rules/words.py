"""Sentences about decisions in both languages, made from values; no rule is applied here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from reportgen.compute.exact import decimals
from reportgen.compute.rules.model import Bonus, Check, Decision, Grade, PrizeTrial, Reward, TieStep
from reportgen.compute.rules.prizes import RewardRule
from reportgen.compute.rules.scores import Band
from reportgen.compute.rules.vocabulary import Rounding
from reportgen.model import LANGUAGES, Text, Value, formats
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.model.values import joined

NOTHING = Text("", "")
ROUNDING: Mapping[Rounding, Text] = {
    "half_up": message("rules.rounded_half_up"),
    "down": message("rules.rounded_down"),
    "up": message("rules.rounded_up"),
}
OPERATOR = {
    "at_least": message("rules.at_least"),
    "more_than": message("rules.more_than"),
    "at_most": message("rules.at_most"),
    "less_than": message("rules.less_than"),
    "is": Text("為", ""),
    "is_not": message("rules.not"),
    "within": message("rules.one_of"),
}
STEP = {
    "more_decimals": message("rules.compare_scores_before_rounding"),
    "share": message("rules.all_share_the_reward"),
    "all_in": message("rules.all_are_in"),
    "none_in": message("rules.none_is_in"),
}
_KINDS = {
    "commendation": message("rules.commendation"),
    "merit": message("rules.merit"),
    "major_merit": message("rules.major_merit"),
}
_COUNTS_ZH = "一兩三四五六七八九"
_COUNTS_EN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def said(value: Value | Text, units: Mapping[str, Unit]) -> Text:
    """A value as a sentence has it; one without a number says why."""
    if isinstance(value, Text):
        return value
    if not isinstance(value.exact, Fraction):
        return value.exact.reason
    unit = units[value.unit]
    return Text(*(formats.in_text(value.exact, value.digits, unit, language) for language in LANGUAGES))


def listed(parts: Sequence[Text], word: str = "and") -> Text:
    """甲、乙 / a, b and c."""
    if len(parts) < 2:
        return joined(parts)
    return Text(joined(parts).zh, f"{joined(parts[:-1]).en} {word} {parts[-1].en}")


def edge(number: Fraction, unit: Unit) -> str:
    """A declared limit in its unit, with the decimals that it has."""
    return formats.plain(number, decimals(number / unit.factor), unit.factor)


def band_label(band: Band, unit: Unit, sign: str = "") -> Text:
    """The band by its name or its ends, each with the sign of its unit where it stands in a sentence."""
    if band.label:
        return band.label
    low, high = ("" if end is None else f"{edge(end, unit)}{sign}" for end in (band.low, band.high))
    if band.low is None:
        return message("rules.below", high=high)
    if band.high is None:
        return message("rules.or_more", low=low)
    name = "rules.from_to" if band.closed else "rules.from_below"
    return message(name, low=low, high=high)


def reward_label(rule: RewardRule, amount: Text | None) -> Text:
    """As it is declared, else 嘉獎兩次 / two commendations; 獎狀一幀; 獎金新臺幣3,000元."""
    if rule.label:
        return rule.label
    if rule.kind == "certificate":
        return message("rules.certificate_merit")
    if rule.kind == "money":
        return message("rules.prize_money_of", amount=amount) if amount else message("rules.prize_money")
    word, count = _KINDS[rule.kind], rule.times - 1
    zh = f"{word.zh}{_COUNTS_ZH[count]}次"
    if rule.kind == "major_merit":
        zh = f"記{formats.chinese_number(rule.times)}大功"
    return Text(zh, f"{_COUNTS_EN[count]} {word.en}{'s' if count else ''}")


def rewards_said(rewards: Sequence[Reward]) -> Text:
    return listed([reward.label for reward in rewards])


def requirement(check: Check, units: Mapping[str, Unit]) -> Text:
    """不低於80分 / at least 80 points."""
    threshold = said(check.threshold, units)
    if check.operator == "none_since":
        return message("rules.none_since", threshold=threshold)
    return compared(OPERATOR[check.operator], threshold)


def compared(operator: Text, threshold: Text) -> Text:
    return Text(f"{operator.zh}{threshold.zh}", f"{operator.en} {threshold.en}".strip())


# ---- the reason of a decision -----------------------------------------------------------------


def reason(decision: Decision, group: Text, quota: int | None, units: Mapping[str, Unit]) -> Text:
    """One sentence: why this candidate was honoured, or why not."""
    if not decision.eligible:
        failures = [_failure(check, units) for check in decision.checks if not check.passed]
        return message("rules.not_eligible", reasons=joined(failures, "；", "; "))
    if decision.bonus:
        return _bonus_reason(decision.bonus, units)
    if decision.given:
        return _grade_reason(decision, decision.given)
    if decision.ranked is None or decision.rank is None:
        tier = decision.tier.label if decision.tier else None
        return message("rules.eligible", tier=tier) if tier else message("rules.eligible_but_no_tier")
    where = message(
        "rules.rank_group_score",
        of=decision.of,
        rank=ordinal(decision.rank),
        group=group,
        score=said(decision.ranked, units),
    )
    seats = NOTHING if quota is None else message("rules.so_many_could_win", quota=quota)
    tie = _tie_clause(decision)
    if decision.reviews and decision.computed:
        where = _reviewed(decision, where, units)
    if prize := next((one for one in decision.prizes if one.verdict == "won"), None):
        return _prize_reason(prize, where, units)
    if decision.barred:
        return message("rules.barred", where=where, limit=decision.barred)
    if decision.tier:
        label = decision.tier.label
        return message("rules.where_seats_tie_awarded", where=where, seats=seats, tie=tie, label=label)
    missed = _missed(decision, seats, units)
    return message("rules.where_decision_tie_not", where=where, decision=missed, tie=tie)


def _grade_reason(decision: Decision, grade: Grade) -> Text:
    if not grade.label.zh:
        return message("rules.no_grade_was_given", column=grade.column)
    tier = decision.tier.label if decision.tier else None
    name = "rules.grade_was_given" if tier else "rules.grade_brings_no_tier"
    return message(name, grade=grade.label, tier=tier or NOTHING)


def ordinal(rank: int) -> Text:
    return Text(str(rank), formats.ordinal(rank))


def _bonus_reason(bonus: Bonus, units: Mapping[str, Unit]) -> Text:
    assert bonus.base
    base = said(bonus.base, units)
    if not bonus.total.exact:
        return message("rules.bonus_below_a_dollar", base=base)
    left = NOTHING
    if bonus.unpaid.exact:
        left = message("rules.rest_is_not_paid", unpaid=said(bonus.unpaid, units))
    total, people = said(bonus.total, units), len(bonus.shares)
    return message("rules.bonus_is_split", base=base, total=total, people=people, left=left)


def _missed(decision: Decision, seats: Text, units: Mapping[str, Unit]) -> Text:
    distance = decision.distance
    if distance is None or not isinstance(distance.exact, Fraction) or not distance.exact:
        return seats
    apart = said(replace(distance, exact=abs(distance.exact)), units)
    more = message("rules.below_the_last") if distance.exact < 0 else message("rules.above_the_last")
    return message("rules.apart_from_the_last", seats=seats, apart=apart, more=more)


def _tie_clause(decision: Decision) -> Text:
    step = deciding(decision.ties)
    if step is None:
        return NOTHING
    return message("rules.level_with_others", others=len(step.with_), label=step.label)


def deciding(ties: Sequence[TieStep]) -> TieStep | None:
    """The step that really parted this one from others; none where all who were level came off alike."""
    return next((step for step in reversed(ties) if step.decides), None)


def _reviewed(decision: Decision, where: Text, units: Mapping[str, Unit]) -> Text:
    """The rank and score, with what was computed and what each stage of review did to it."""
    assert decision.computed
    stages = [
        message("rules.stage_points", label=one.label, points=signed(one.points, units))
        for one in decision.reviews
    ]
    slots = {"where": where, "computed": said(decision.computed, units)}
    return message("rules.where_reviewed", stages=joined(stages, "、", ", "), **slots)


def signed(value: Value, units: Mapping[str, Unit]) -> Text:
    """With its sign: +2.5分 / +2.5 points."""
    text = said(value, units)
    plus = "+" if isinstance(value.exact, Fraction) and value.exact > 0 else ""
    return Text(f"{plus}{text.zh}", f"{plus}{text.en}")


def _prize_reason(prize: PrizeTrial, where: Text, units: Mapping[str, Unit]) -> Text:
    assert prize.value and prize.rank
    return message(
        "rules.prize_won",
        where=where,
        label=prize.label,
        rank=ordinal(prize.rank),
        of=prize.of,
        value=said(prize.value, units),
    )


def _failure(check: Check, units: Mapping[str, Unit]) -> Text:
    value = said(check.value, units)
    if check.kind == "exclude":
        return message("rules.excluded", label=check.label, value=value)
    return message("rules.is_required", label=check.label, value=value, needed=requirement(check, units))


def tie_label(step: str, column: Text | None) -> Text:
    if step == "next_criterion" and column:
        return message("rules.compare", column=Text(column.zh, formats.lower_first(column.en)))
    return STEP[step]


def tie_said(step: TieStep, units: Mapping[str, Unit]) -> Text:
    value = bracketed(said(step.value, units)) if step.value else NOTHING
    result = message("rules.tie_settled") if step.settled else message("rules.still_level")
    return message("rules.tie_step", label=step.label, value=value, result=result)


def bracketed(words: Text | None) -> Text:
    return message("rules.in_brackets", words=words) if words else NOTHING
