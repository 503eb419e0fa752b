"""What a tier brings its winners, and money that several winners of one place share down to the dollar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from reportgen.compute.exact import written
from reportgen.compute.rules import words
from reportgen.compute.rules.model import Reward, Tier
from reportgen.compute.rules.prizes import RewardRule, TierRule
from reportgen.compute.rules.ranking import rounded
from reportgen.compute.rules.values import key_of
from reportgen.model import Value
from reportgen.model.formats import Unit

Units = Mapping[str, Unit]


def tier_of(rule: TierRule, units: Units) -> Tier:
    """The tier as the scheme declares it, whoever wins it."""
    return Tier(rule.id, rule.label, rewards_of(rule.rewards, rule.id, units))


def rewards_of(rules: Sequence[RewardRule], of: str, units: Units) -> tuple[Reward, ...]:
    """Rewards as they are declared; `of` tells their amounts apart."""
    return tuple(_reward(rule, _money(of, rule, number), units) for number, rule in enumerate(rules, 1))


def won(rule: TierRule, id_: str, part: Fraction | None, bonus: Value | None, units: Units) -> Tier:
    """The tier of a winner: `part` is its part of a shared prize, `bonus` what a scheme with a bonus pays."""
    rewards = []
    for number, reward in enumerate(rule.rewards, 1):
        amount = _money(rule.id, reward, number) or bonus
        if part is not None and part < 1 and reward.amount is not None and amount:
            amount = replace(
                amount,
                metric=f"award.shared.{rule.id}.{number}",
                key=key_of(id_),
                exact=rounded(reward.amount * part, 0, "down"),
                worked=f"{reward.amount} * {written(part)}",
            )
        rewards.append(_reward(reward, amount, units))
    return Tier(rule.id, rule.label, tuple(rewards))


def _money(of: str, reward: RewardRule, number: int) -> Value | None:
    if reward.amount is None:
        return None
    metric = f"award.reward.{of}.{number}"
    return Value(metric=metric, key=(), exact=Fraction(reward.amount), unit="twd", digits=0)


def _reward(rule: RewardRule, amount: Value | None, units: Units) -> Reward:
    label = words.reward_label(rule, words.said(amount, units) if amount else None)
    return Reward(rule.kind, label, rule.times, amount)
