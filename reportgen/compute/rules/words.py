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

ROUNDING: Mapping[Rounding, Text] = {
    "half_up": Text("四捨五入", "rounded half up"),
    "down": Text("無條件捨去", "rounded down"),
    "up": Text("無條件進位", "rounded up"),
}
METHOD = {
    "competition": Text("同分同名次，次一名次依數順延（1、2、2、4）", "equal scores share a rank and the next is skipped (1, 2, 2, 4)"),
    "dense": Text("同分同名次，次一名次不順延（1、2、2、3）", "equal scores share a rank and none is skipped (1, 2, 2, 3)"),
    "modified": Text("同分者以最末名次計（1、3、3、4）", "equal scores take the last of their ranks (1, 3, 3, 4)"),
}  # fmt: skip
OPERATOR = {
    "at_least": Text("不低於", "at least"),
    "more_than": Text("高於", "more than"),
    "at_most": Text("不高於", "at most"),
    "less_than": Text("低於", "less than"),
    "is": Text("為", ""),
    "is_not": Text("不為", "not"),
    "within": Text("屬於", "one of"),
}
REMAINDER = {
    "largest": Text(
        "不足元之尾數以最大餘數法逐元分配", "dollars left over go to the largest remainders, one each"
    ),
    "first": Text("不足元之尾數依序逐元分配", "dollars left over go to the first in order, one each"),
    "unpaid": Text("不足元之尾數不發給", "dollars left over are not paid"),
}
STEP = {
    "more_decimals": Text("比較未取位數之原始分數", "compare the scores before rounding"),
    "share": Text("並列，共享獎勵", "all of them, sharing the reward"),
    "all_in": Text("並列，全部錄取", "all of them are in"),
    "none_in": Text("並列者均不錄取", "none of them is in"),
}
_TIMES_ZH = "一兩三四五六七八九"
_KINDS = {
    "commendation": Text("嘉獎", "commendation"),
    "merit": Text("記功", "merit"),
    "major_merit": Text("記大功", "major merit"),
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
        return Text("獎狀", "a certificate of merit")
    if kind == "money":
        return (
            Text(f"獎金{amount.zh}", f"prize money of {amount.en}") if amount else Text("獎金", "prize money")
        )
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
        return Text(f"自{threshold.zh}起無紀錄", f"none since {threshold.en}")
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
        return (
            Text(f"符合資格，核給{tier.zh}。", f"Eligible; awarded {tier.en}.") if tier
            else Text("符合資格，未列等第。", "Eligible, but in no tier.")
        )  # fmt: skip
    score, place = said(decision.ranked, units), formats.ordinal(decision.rank)
    where = Text(
        f"{group.zh}列第{decision.rank}名（共{decision.of}），{score.zh}",
        f"{place} of {decision.of} in {group.en}, with {score.en}",
    )
    tie = _tie_clause(decision)
    if decision.tier:
        seats = Text(
            f"，名額{quota}" if quota is not None else "",
            f"; {quota} could win" if quota is not None else "",
        )
        return Text(
            f"{where.zh}{seats.zh}{tie.zh}，獲{decision.tier.label.zh}。",
            f"{where.en}{seats.en}{tie.en}; awarded {decision.tier.label.en}.",
        )
    return Text(
        f"{where.zh}{_missed(decision, quota, units).zh}{tie.zh}，未獲獎。",
        f"{where.en}{_missed(decision, quota, units).en}{tie.en}; not awarded.",
    )


def _bonus_reason(bonus: Bonus, units: Mapping[str, Unit]) -> Text:
    assert bonus.base
    base, total, unpaid = said(bonus.base, units), said(bonus.total, units), said(bonus.unpaid, units)
    if not bonus.total.exact:
        return Text(
            f"計算基礎{base.zh}，獎勵金不足1元，不發給。",
            f"The base is {base.en}; the bonus is less than NT$1 and is not paid.",
        )
    people = len(bonus.shares)
    left = Text(
        f"，另{unpaid.zh}不發給" if bonus.unpaid.exact else "",
        f"; {unpaid.en} is not paid out" if bonus.unpaid.exact else "",
    )
    return Text(
        f"計算基礎{base.zh}，核給獎勵金{total.zh}，由{people}人分配{left.zh}。",
        f"The base is {base.en} and the bonus {total.en}, split among {people} member{'s' if people != 1 else ''}{left.en}.",
    )


def _missed(decision: Decision, quota: int | None, units: Mapping[str, Unit]) -> Text:
    seats = Text(
        f"，名額{quota}" if quota is not None else "", f"; {quota} could win" if quota is not None else ""
    )
    distance = decision.distance.exact if decision.distance else None
    if decision.distance is None or not isinstance(distance, Fraction) or not distance:
        return seats
    apart = said(_positive(decision.distance), units)
    more = Text("少", "below") if distance < 0 else Text("多", "above")
    return Text(
        f"{seats.zh}，較最後一位獲獎者{more.zh}{apart.zh}",
        f"{seats.en}, {apart.en} {more.en} the last of them",
    )


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
    return Text(f"不符資格：{zh}。", f"Not eligible: {en}.")


def _failure(check: Check, units: Mapping[str, Unit]) -> Text:
    value = shown(check.value, units)
    if check.kind == "exclude":
        return Text(
            f"有「{check.label.zh}」情形（{value.zh}）", f"excluded by “{check.label.en}” ({value.en})"
        )
    needed = requirement(check, units)
    return Text(
        f"「{check.label.zh}」為{value.zh}，應{needed.zh}",
        f"“{check.label.en}” is {value.en}, required: {needed.en}",
    )


def tie_label(step: str, column: Text | None) -> Text:
    if step == "next_criterion" and column:
        return Text(f"比較{column.zh}", f"compare {_small(column.en)}")
    return STEP[step]


def _small(words: str) -> str:
    return words if len(words) > 1 and not words[1].islower() else words[:1].lower() + words[1:]


def tie_said(step: TieStep, units: Mapping[str, Unit]) -> Text:
    value = (
        f"（{said(step.value, units).zh}）" if step.value else "",
        f" ({said(step.value, units).en})" if step.value else "",
    )
    result = Text("已決定" if step.settled else "仍同分", "settled" if step.settled else "still level")
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
        of = (
            Text("候選人數", "the candidates")
            if quota.of == "candidates"
            else Text("符合資格者", "the eligible")
        )
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
        return Text("不限名額", "no limit")
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
        return Text(f"{rounding.zh}至整數", f"{rounding.en} to whole numbers")
    return Text(
        f"{rounding.zh}至小數{digits}位", f"{rounding.en} to {digits} decimal{'s' if digits != 1 else ''}"
    )


def rank_said(rank: Rank, by: Text, unit: Text) -> Text:
    method, how = METHOD[rank.method], rounding_said(rank.rounding, rank.digits)
    better = Text("", "") if rank.better == "high" else Text("，低者為優", ", the lower the better")
    return Text(
        f"依{by.zh}排名，{how.zh}{better.zh}；{method.zh}",
        f"by {_small(by.en)}, {how.en}{better.en}; {method.en}",
    )


def bonus_said(rule: BonusRule, role: Callable[[str], Text]) -> list[tuple[Text, Text]]:
    """How a bonus is reckoned and split, as decision sheets print it."""
    split = [(role(part.role), percent(part.part)) for part in rule.parts]
    rate, how = percent(rule.rate), ROUNDING[rule.rounding]
    found = [
        (
            Text("獎勵金", "Bonus"),
            Text(f"計算基礎之{rate}，{how.zh}至元", f"{rate} of the base, {how.en} to the dollar"),
        ),
        (
            Text("分配", "Split"),
            Text(
                "、".join(f"{text.zh}{part}" for text, part in split),
                ", ".join(f"{text.en} {part}" for text, part in split),
            ),
        ),
        (Text("尾數", "Remainder"), REMAINDER[rule.remainder]),
    ]
    if rule.staffing:
        factor = percent(rule.staffing.factor)
        of = "獎勵金" if rule.staffing.reduces == "bonus" else rule.staffing.reduces
        of_en = "the bonus" if rule.staffing.reduces == "bonus" else rule.staffing.reduces
        found.insert(1, (rule.staffing.label, Text(f"{of}以{factor}計", f"{factor} of {of_en}")))
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
        operator = Text("介於", "from")
    zh, en = f"{operator.zh}{threshold.zh}", f"{operator.en} {threshold.en}".strip()
    if condition.kind == "standard":
        return Text(f"管考基準：{zh}", f"standard of control: {en}")
    return Text(zh, en) if condition.kind == "eligible" else Text(f"{zh}者，不予列入", f"excluded if {en}")


def adjustment_said(rule: Adjustment, column: Text) -> Text:
    """加分：每1件「獲獎專案」加0.5分，至多3分 / bonus: 0.5 for each unit of …"""
    each, cap = formats.plain(rule.each, _decimals(rule.each)), rule.cap
    added = Text("加", "adds") if rule.kind == "bonus" else Text("扣", "takes off")
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
    return Text(
        "，".join(f"{operator.zh}{number}分" for operator, number in ends) + "；逾此範圍者以上、下限計",
        ", ".join(f"{operator.en} {number}" for operator, number in ends)
        + " points; what lies beyond is counted as the limit",
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
