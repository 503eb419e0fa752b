"""Sentences about decisions in both languages, made from values; no rule is applied here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from reportgen.compute.rules.model import Bonus, Check, Decision, Reward, TieStep
from reportgen.compute.rules.scheme import (
    Adjustment,
    BonusRule,
    Condition,
    Quota,
    Rank,
    RewardRule,
    Rounding,
    Scheme,
    TierRule,
)
from reportgen.model import LANGUAGES, Text, Value, formats
from reportgen.model.formats import Unit
from reportgen.model.messages import message

ROUNDING: Mapping[Rounding, Text] = {
    "half_up": message("rules.rounded_half_up"),
    "down": message("rules.rounded_down"),
    "up": message("rules.rounded_up"),
}
METHOD = {
    "competition": message("rules.equal_scores_share_rank_next"),
    "dense": message("rules.equal_scores_share_rank_none"),
    "modified": message("rules.equal_scores_take_last_their"),
}
OPERATOR = {
    "at_least": message("rules.least"),
    "more_than": message("rules.more_than"),
    "at_most": message("rules.most_2"),
    "less_than": message("rules.less_than"),
    "is": Text("為", ""),
    "is_not": message("rules.not"),
    "within": message("rules.one"),
}
REMAINDER = {
    "largest": message("rules.dollars_left_over_go_largest"),
    "first": message("rules.dollars_left_over_go_first"),
    "unpaid": message("rules.dollars_left_over_are_not"),
}
STEP = {
    "more_decimals": message("rules.compare_scores_before_rounding"),
    "share": message("rules.all_them_sharing_reward"),
    "all_in": message("rules.all_them_are"),
    "none_in": message("rules.none_them_is"),
}
_TIMES_ZH = "一兩三四五六七八九"
_KINDS = {
    "commendation": message("rules.commendation"),
    "merit": message("rules.merit"),
    "major_merit": message("rules.major_merit"),
}
_COUNTS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def said(value: Value, units: Mapping[str, Unit]) -> Text:
    """A value as a sentence has it; one without a number says why."""
    if not isinstance(value.exact, Fraction):
        return value.exact.reason
    unit = units[value.unit]
    return Text(*(formats.in_text(value.exact, value.digits, unit, language) for language in LANGUAGES))


def shown(value: Value | Text, units: Mapping[str, Unit]) -> Text:
    return value if isinstance(value, Text) else said(value, units)


def reward_label(kind: str, times: int, amount: Text | None) -> Text:
    """嘉獎兩次 / two commendations; 獎狀一幀; 獎金新臺幣3,000元."""
    if kind == "certificate":
        return message("rules.certificate_merit")
    if kind == "money":
        return message("rules.prize_money", amount=amount) if amount else message("rules.prize_money_2")
    word = _KINDS[kind]
    zh = f"{word.zh}{_TIMES_ZH[times - 1]}次"
    if kind == "major_merit":
        zh = f"記{'一二三四五六七八九'[times - 1]}大功"
    return Text(zh, f"{_COUNTS[times]} {word.en}{'s' if times > 1 else ''}")


def rewards_said(rewards: Sequence[Reward]) -> Text:
    return Text("、".join(r.label.zh for r in rewards), listed([r.label.en for r in rewards]))


def listed(parts: Sequence[str], word: str = "and") -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def requirement(check: Check, units: Mapping[str, Unit]) -> Text:
    """不低於80分 / at least 80 points."""
    threshold = shown(check.threshold, units)
    if check.operator == "none_since":
        return message("rules.none_since", threshold=threshold)
    operator = OPERATOR[check.operator]
    return Text(f"{operator.zh}{threshold.zh}", f"{operator.en} {threshold.en}".strip())


# ---- the reason of a decision -----------------------------------------------------------------


def reason(decision: Decision, group: Text, quota: int | None, units: Mapping[str, Unit]) -> Text:
    """One sentence: why this candidate was honoured, or why not."""
    if not decision.eligible:
        return _not_eligible(decision, units)
    if decision.bonus:
        return _bonus_reason(decision.bonus, units)
    if decision.ranked is None or decision.rank is None:
        tier = decision.tier.label if decision.tier else None
        return message("rules.eligible", tier=tier) if tier else message("rules.eligible_but_no_tier")
    score, place = said(decision.ranked, units), formats.ordinal(decision.rank)
    where = message(
        "rules.rank_group_score",
        of=decision.of,
        rank=Text(str(decision.rank), place),
        group=group,
        score=score,
    )
    tie = _tie_clause(decision)
    if decision.tier:
        seats = message(
            "rules.more_2",
            more=Text(
                f"，名額{quota}" if quota is not None else "",
                f"; {quota} could win" if quota is not None else "",
            ),
        )
        return message(
            "rules.where_seats_tie_awarded", where=where, seats=seats, tie=tie, label=decision.tier.label
        )
    return message(
        "rules.where_decision_tie_not", where=where, decision=_missed(decision, quota, units), tie=tie
    )


def _bonus_reason(bonus: Bonus, units: Mapping[str, Unit]) -> Text:
    assert bonus.base
    base, total, unpaid = said(bonus.base, units), said(bonus.total, units), said(bonus.unpaid, units)
    if not bonus.total.exact:
        return message("rules.base_is", base=base)
    people = len(bonus.shares)
    left = message(
        "rules.more_2",
        more=Text(
            f"，另{unpaid.zh}不發給" if bonus.unpaid.exact else "",
            f"; {unpaid.en} is not paid out" if bonus.unpaid.exact else "",
        ),
    )
    return Text(
        f"計算基礎{base.zh}，核給獎勵金{total.zh}，由{people}人分配{left.zh}。",
        f"The base is {base.en} and the bonus {total.en}, split among {people} member{'s' if people != 1 else ''}{left.en}.",
    )


def _missed(decision: Decision, quota: int | None, units: Mapping[str, Unit]) -> Text:
    seats = message(
        "rules.more_2",
        more=Text(
            f"，名額{quota}" if quota is not None else "", f"; {quota} could win" if quota is not None else ""
        ),
    )
    distance = decision.distance.exact if decision.distance else None
    if decision.distance is None or not isinstance(distance, Fraction) or not distance:
        return seats
    apart = said(_positive(decision.distance), units)
    more = message("rules.below_2") if distance < 0 else message("rules.above")
    return message("rules.last_them", seats=seats, apart=apart, more=more)


def _positive(value: Value) -> Value:
    return replace(value, exact=abs(value.exact)) if isinstance(value.exact, Fraction) else value


def _tie_clause(decision: Decision) -> Text:
    if not decision.ties:
        return Text("", "")
    last = decision.ties[-1]
    others = len(decision.ties[0].with_)
    return Text(
        f"，與另{others}者同分，依「{last.label.zh}」決定",
        f"; level with {others} other{'s' if others > 1 else ''}, settled by “{last.label.en}”",
    )


def _not_eligible(decision: Decision, units: Mapping[str, Unit]) -> Text:
    failed = [check for check in decision.checks if not check.passed]
    zh = "；".join(_failure(check, units).zh for check in failed)
    en = "; ".join(_failure(check, units).en for check in failed)
    return message("rules.not_eligible", zh=Text(zh, en))


def _failure(check: Check, units: Mapping[str, Unit]) -> Text:
    value = shown(check.value, units)
    if check.kind == "exclude":
        return message("rules.excluded", label=check.label, value=value)
    needed = requirement(check, units)
    return message("rules.is_required", label=check.label, value=value, needed=needed)


def tie_label(step: str, column: Text | None) -> Text:
    if step == "next_criterion" and column:
        return message("rules.compare", column=Text(column.zh, _small(column.en)))
    return STEP[step]


def _small(words: str) -> str:
    return words if len(words) > 1 and not words[1].islower() else words[:1].lower() + words[1:]


def tie_said(step: TieStep, units: Mapping[str, Unit]) -> Text:
    value = (
        f"（{said(step.value, units).zh}）" if step.value else "",
        f" ({said(step.value, units).en})" if step.value else "",
    )
    result = message(
        "rules.more_2",
        more=Text("已決定" if step.settled else "仍同分", "settled" if step.settled else "still level"),
    )
    return Text(f"{step.label.zh}{value[0]}：{result.zh}", f"{step.label.en}{value[1]}: {result.en}")


# ---- the rules in words -------------------------------------------------------------------------


def percent(share: Fraction) -> str:
    number = share * 100
    digits = 0
    while (number * 10**digits).denominator != 1 and digits < 6:
        digits += 1
    return f"{formats.half_up(number, digits):f}%"


def quota_said(quota: Quota) -> Text:
    if quota.number is not None:
        zh, en = f"{quota.number}名", f"{quota.number} place{'s' if quota.number != 1 else ''}"
    else:
        how = ROUNDING[quota.rounding]
        of = message("rules.candidates") if quota.of == "candidates" else message("rules.eligible_2")
        share = percent(quota.share or Fraction(0))
        zh, en = f"{of.zh}之{share}，{how.zh}", f"{share} of {of.en}, {how.en}"
    if quota.at_least is not None:
        zh, en = f"{zh}，至少{quota.at_least}名", f"{en}, at least {quota.at_least}"
    if quota.at_most is not None:
        zh, en = f"{zh}，至多{quota.at_most}名", f"{en}, at most {quota.at_most}"
    return Text(zh, en)


def quota_worked(
    quota: Quota | None,
    candidates: int,
    eligible: int,
    given: int | None,
    final: int | None,
    total: int | None,
) -> Text:
    """How a group came to its places: 符合資格者之20%：42×20%＝8.4，得8名."""
    if quota is None or given is None:
        return message("rules.no_limit")
    rule = quota_said(quota)
    zh, en = rule.zh, rule.en
    if quota.share is not None:
        counted = candidates if quota.of == "candidates" else eligible
        exact = formats.plain(quota.share * counted, 2)
        zh = f"{rule.zh}：{counted}×{percent(quota.share)}＝{exact}，得{given}名"
        en = f"{rule.en}: {counted} × {percent(quota.share)} = {exact}, giving {given}"
    if total is not None and final != given:
        zh, en = f"{zh}；總額{total}名，減為{final}名", f"{en}; cut to {final} by the total of {total}"
    return Text(zh, en)


def rounding_said(how: Rounding, digits: int) -> Text:
    """四捨五入至小數1位 / rounded half up to 1 decimal; without decimals to whole numbers."""
    rounding = ROUNDING[how]
    if not digits:
        return message("rules.whole_numbers", rounding=rounding)
    return Text(
        f"{rounding.zh}至小數{digits}位", f"{rounding.en} to {digits} decimal{'s' if digits != 1 else ''}"
    )


def rank_said(rank: Rank, by: Text, unit: Text) -> Text:
    method, how = METHOD[rank.method], rounding_said(rank.rounding, rank.digits)
    better = Text("", "") if rank.better == "high" else message("rules.lower_better")
    return message(
        "rules.how_better_method", by=Text(by.zh, _small(by.en)), how=how, better=better, method=method
    )


def bonus_said(rule: BonusRule, role: Callable[[str], Text]) -> list[tuple[Text, Text]]:
    """How a bonus is reckoned and split, as decision sheets print it."""
    split = [(role(part.role), percent(part.part)) for part in rule.parts]
    rate, how = percent(rule.rate), ROUNDING[rule.rounding]
    found = [
        (message("rules.bonus"), message("rules.base_dollar", rate=rate, how=how)),
        (
            message("rules.split"),
            Text(
                "、".join(f"{text.zh}{part}" for text, part in split),
                ", ".join(f"{text.en} {part}" for text, part in split),
            ),
        ),
        (message("rules.remainder"), REMAINDER[rule.remainder]),
    ]
    if rule.staffing:
        factor = percent(rule.staffing.factor)
        of = "獎勵金" if rule.staffing.reduces == "bonus" else rule.staffing.reduces
        of_en = "the bonus" if rule.staffing.reduces == "bonus" else rule.staffing.reduces
        found.insert(1, (rule.staffing.label, message("rules.factor", factor=factor, of=Text(of, of_en))))
    return found


def tier_said(tier: TierRule, score: Unit, rewards: Text, ranked: bool = True) -> Text:
    zh, en = [], []
    if tier.places is not None:
        zh.append(f"{tier.places}名")
        en.append(f"{tier.places} place{'s' if tier.places != 1 else ''}")
    if tier.share is not None:
        zh.append(f"獲獎者之{percent(tier.share)}（{ROUNDING[tier.rounding].zh}）")
        en.append(f"{percent(tier.share)} of the winners ({ROUNDING[tier.rounding].en})")
    if tier.up_to_rank is not None:
        zh.append(f"前{tier.up_to_rank}名")
        en.append(f"ranks up to {tier.up_to_rank}")
    if tier.at_least is not None:
        number = formats.plain(tier.at_least, 2 if tier.at_least.denominator != 1 else 0)
        zh.append(f"{number}分以上")
        en.append(f"{number} points or more")
    if not zh:
        zh, en = (
            (["其餘錄取者"], ["all others who are in"])
            if ranked
            else (["符合資格者"], ["all who are eligible"])
        )
    gets = Text(f"：{rewards.zh}" if rewards.zh else "", f": {rewards.en}" if rewards.en else "")
    return Text("，".join(zh) + gets.zh, ", ".join(en) + gets.en)


def condition_said(condition: Condition, threshold: Text, scheme: Scheme) -> Text:
    if condition.operator == "none_since":
        return Text(
            f"至{scheme.year}年底止{condition.years}年內有紀錄者，不予列入",
            f"excluded with a record in the {condition.years} year{'s' if condition.years > 1 else ''} up to the end of {formats.gregorian_year(scheme.year)}",
        )
    operator = OPERATOR[condition.operator]
    if condition.operator == "within" and isinstance(condition.threshold[0], Fraction):  # type: ignore[index]
        operator = message("rules.from")
    zh, en = f"{operator.zh}{threshold.zh}", f"{operator.en} {threshold.en}".strip()
    if condition.kind == "standard":
        return message("rules.standard_control", zh=Text(zh, en))
    return Text(zh, en) if condition.kind == "eligible" else message("rules.excluded_if_2", zh=Text(zh, en))


def adjustment_said(rule: Adjustment, column: Text) -> Text:
    """加分：每1件「獲獎專案」加0.5分，至多3分 / bonus: 0.5 for each unit of …"""
    each, cap = formats.plain(rule.each, _decimals(rule.each)), rule.cap
    added = message("rules.adds") if rule.kind == "bonus" else message("rules.takes_off")
    most = formats.plain(cap, _decimals(cap)) if cap is not None else ""
    return Text(
        f"「{column.zh}」每1單位{added.zh}{each}分" + (f"，至多{most}分" if most else ""),
        f"each 1 of “{column.en}” {added.en} {each} point{'' if each == '1' else 's'}"
        + (f", {most} at most" if most else ""),
    )


def limits_said(least: Fraction | None, most: Fraction | None) -> Text | None:
    """不低於0分，不高於100分 / at least 0, at most 100 points."""
    ends = [
        (OPERATOR[operator], formats.plain(number, _decimals(number)))
        for operator, number in (("at_least", least), ("at_most", most))
        if number is not None
    ]
    if not ends:
        return None
    return message(
        "rules.points",
        ends=Text(
            "，".join((f"{operator.zh}{number}分" for operator, number in ends)),
            ", ".join((f"{operator.en} {number}" for operator, number in ends)),
        ),
    )


def kept_said(floor: Fraction | None, cap: Fraction | None) -> Text:
    """What keeps an item's points within bounds, to be put behind how they are found."""
    found = [
        (zh, en, formats.plain(number, _decimals(number)))
        for zh, en, number in (("至少", "at least", floor), ("至多", "at most", cap))
        if number is not None
    ]
    return Text(
        "".join(f"，{zh}{number}分" for zh, _, number in found),
        "".join(f", {en} {number}" for _, en, number in found),
    )


def _decimals(number: Fraction) -> int:
    digits = 0
    while digits < 6 and (number * 10**digits).denominator != 1:
        digits += 1
    return digits


def day(moment: date) -> Text:
    return formats.roc_date(moment)


def reward_rule_label(rule: RewardRule, amount: Text | None) -> Text:
    return rule.label or reward_label(rule.kind, rule.times, amount)
