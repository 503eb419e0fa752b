"""What the award rules decide, in frozen values: every number a `Value` with its rows, every rule with its verdict.

Nothing is read or decided here. Numbers that a paper may print are `Value`s, so that they reach the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from reportgen.model import Text, Value
from reportgen.model.errors import Place

Standing = Literal["rule", "assumption"]


@dataclass(frozen=True)
class Standard:
    """Where a scheme comes from: a sourced rule or an assumption, in words that are printed."""

    standing: Standing
    words: Text
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who is honoured. `cells` are the other columns of the row as they are read; `place` is the row of the name.

    `name_en` comes from the data; no name is romanised by machine. For a unit, `names` is its name.
    """

    id: str
    names: Text
    post: Text
    branch: str
    unit: Text
    place: Place
    cells: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One condition of eligibility or exclusion on one candidate: `value` against `threshold`.

    `rule` is the id in rules.toml; `row` its line there. An exclusion that does not hold is passed.
    """

    rule: str
    kind: Literal["eligible", "exclude", "standard"]
    label: Text
    value: Value | Text
    threshold: Value | Text
    operator: Literal["at_least", "more_than", "at_most", "less_than", "is", "is_not", "within", "none_since"]
    passed: bool
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class ItemScore:
    """An item of the score: the candidate's value, the band it falls into, points × weight ÷ 100 = weighted.

    `own` are the points that the candidate gave itself, where the scheme asks for them.
    """

    item: str
    label: Text
    value: Value
    band: Text | None
    points: Value
    weight: Value
    weighted: Value
    own: Value | None = None


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """A bonus or deduction beside the items: the counted value and its points, below zero for a deduction."""

    adjustment: str
    kind: Literal["bonus", "deduction"]
    label: Text
    value: Value
    points: Value


@dataclass(frozen=True, kw_only=True)
class TieStep:
    """A step of the tie policy that was tried on this candidate: what was compared and whether it parted them.

    `decides` where it parted this one from somebody who came off otherwise, or was the last word.
    """

    step: Literal["more_decimals", "next_criterion", "share", "all_in", "none_in"]
    label: Text
    value: Value | None
    with_: tuple[str, ...]
    settled: bool
    decides: bool = False


@dataclass(frozen=True)
class Reward:
    """What a tier brings: 嘉獎一次, 記功, a certificate, money. `amount` in NT$ where it is money."""

    kind: Literal["commendation", "merit", "major_merit", "certificate", "money"]
    label: Text
    times: int = 1
    amount: Value | None = None


@dataclass(frozen=True)
class Tier:
    id: str
    label: Text
    rewards: tuple[Reward, ...]


@dataclass(frozen=True, kw_only=True)
class Share:
    """A person's part of a unit's bonus: `part` of the base × `service` of the year, exact, and as paid.

    `paid` is whole NT$, within what the rule gives a person (`held` says which limit it is at); `extra` says how many dollars of the remainder were given to this person. `service` is in
    months; `cells` are the columns of the person's row as they are read.
    """

    person: str
    names: Text
    role: Text
    part: Value
    service: Value
    exact: Value
    paid: Value
    extra: int
    place: Place
    cells: Mapping[str, str] = field(default_factory=dict)
    held: Literal["", "at_least", "at_most"] = ""


@dataclass(frozen=True, kw_only=True)
class Bonus:
    """A unit's bonus, step by step: (collected − responsibility) × rate × staffing, then the shares.

    `base` is what the rate is applied to; it stands among the steps too. `paid` is the sum of the shares as paid;
    with `unpaid` it makes the total.
    """

    steps: tuple[tuple[Text, Value], ...]
    total: Value
    shares: tuple[Share, ...]
    unpaid: Value
    base: Value | None = None
    paid: Value | None = None


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """What a stage of review added to the score or took from it, why, who and when; `score` is what it left."""

    stage: str
    label: Text
    points: Value
    reason: Text
    name: Text
    date: Text
    score: Value


@dataclass(frozen=True, kw_only=True)
class PrizeTrial:
    """How a candidate came off in a further prize: by which value, on which rank of how many, and what decided.

    `holder` has won already, who is `ineligible` lacks the value or a condition, `barred` is who a limit on the mix keeps out.
    """

    prize: str
    label: Text
    verdict: Literal["won", "lower", "holder", "ineligible", "barred"]
    value: Value | None = None
    rank: int | None = None
    of: int = 0
    ties: tuple[TieStep, ...] = ()
    barred: Text | None = None


@dataclass(frozen=True)
class Rewarded:
    """A member of a unit that won, and what this person receives."""

    person: Person
    tier: Tier


@dataclass(frozen=True)
class Grade:
    """The grade that a committee gave, as its cell says it; `label` is empty where it gave none."""

    label: Text
    column: Text
    place: Place


@dataclass(frozen=True, kw_only=True)
class Decision:
    """All that was decided on one candidate, winner or not, and why.

    `score` is exact; `ranked` is what ranks were made from (rounded as the scheme declares); `rank` is None
    for who is not eligible; `of` counts the eligible of the group. `computed` is the score before the stages of review.
    `barred` says which limit on the mix of winners kept this one out. `line` is the score of the last winner (or,
    for a winner, of the first who did not win) and `distance` the score minus it. `rounding` says, where it is so, which other
    rounding would have changed the outcome. `given` is the grade of a committee, where it decides. `reason` is one sentence.
    """

    person: Person
    group: str
    checks: tuple[Check, ...]
    eligible: bool
    items: tuple[ItemScore, ...]
    score: Value | None
    ranked: Value | None
    rank: int | None
    of: int
    ties: tuple[TieStep, ...]
    tier: Tier | None
    line: Value | None
    distance: Value | None
    rounding: Text | None
    reason: Text
    bonus: Bonus | None = None
    standards: tuple[Check, ...] = ()
    adjustments: tuple[Adjusted, ...] = ()
    given: Grade | None = None
    computed: Value | None = None
    reviews: tuple[Reviewed, ...] = ()
    prizes: tuple[PrizeTrial, ...] = ()
    barred: Text | None = None
    members: tuple[Rewarded, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Group:
    """Candidates that are compared among themselves; `quota` is what the rule gave this group, `worked` how."""

    id: str
    label: Text
    eligible: int
    candidates: int
    quota: int | None
    worked: Text
    winners: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """The outcome of a scheme: a decision for every candidate, in the order of the list of honour.

    The order is by tier, group, rank and id, and never that of the rows. `notes` say what a rule leaves open and how it
    is taken here.
    """

    scheme: str
    title: Text
    roc_year: int
    standard: Standard
    decisions: tuple[Decision, ...]
    groups: tuple[Group, ...]
    tiers: tuple[Tier, ...]
    rules: tuple[tuple[Text, Text], ...]
    file: str
    inputs: Mapping[str, str]
    total: Fraction | None = None
    notes: tuple[Text, ...] = ()

    @property
    def winners(self) -> tuple[Decision, ...]:
        return tuple(decision for decision in self.decisions if decision.tier is not None)
