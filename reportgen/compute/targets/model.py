"""What `targets.toml` declares and what is worked out from it, in frozen values: every number a `Value` with its rows.

Nothing is read or computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from reportgen.compute.rules.model import Standard
from reportgen.model import Text, Value

Direction = Literal["raises", "lowers"]
Normalisation = Literal["share", "mean_ratio", "min_max"]
Remainder = Literal["largest_remainder"]
Bound = Literal["", "floor", "ceiling"]


@dataclass(frozen=True, kw_only=True)
class Factor:
    """An objective factor: the column that it is read from, its weight in per cent, and how it becomes a share."""

    id: str
    label: Text
    column: str
    weight: Fraction
    direction: Direction = "raises"
    normalisation: Normalisation = "share"


@dataclass(frozen=True)
class Limits:
    """The least and the most that a target may change on the year before, in per cent; None: no limit."""

    floor: Fraction | None = None
    ceiling: Fraction | None = None
    reason: Text | None = None


@dataclass(frozen=True)
class NewBranch:
    """A branch without a target of the year before: `base` NT$ stands for it; limits hold only where they are said to."""

    base: int
    limited: bool


@dataclass(frozen=True, kw_only=True)
class UnitRules:
    """How a branch's target is divided among its units.

    `roster` has a row for each unit of the year with its months in service; `half` is what a half-staffed unit counts, in per
    cent. `new` and `closed` are units as `taipei/63` that have no row of the year before, or none of this year.
    """

    table: str
    roster: str
    months: str
    staffing: str
    half: Fraction
    factors: tuple[Factor, ...]
    limits: Limits
    new: tuple[str, ...]
    closed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """All of `targets.toml`. `year` is that of the factors and of last year's targets; `unit` that of the printed amounts."""

    publication: str
    file: str
    sha256: str
    standard: Standard
    total: int
    roc_year: int
    year: int
    unit: str
    branch_step: int
    unit_step: int
    remainder: Remainder
    last_column: str
    last_weight: Fraction
    factors: tuple[Factor, ...]
    limits: Limits
    branch_limits: Mapping[str, Limits]
    new_branches: Mapping[str, NewBranch]
    units: UnitRules
    notes: tuple[Text, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def limits_of(self, branch: str) -> Limits:
        return self.branch_limits.get(branch, self.limits)


@dataclass(frozen=True)
class FactorShare:
    """A factor of one branch or unit: its value, its share of the whole, and share × weight, its part of the index."""

    factor: Factor
    value: Value
    share: Value
    weighted: Value


@dataclass(frozen=True, kw_only=True)
class Share:
    """What somebody is to collect and how it came about; common to branches and units.

    `share` is the part of the whole before limits, `before` the amount that it makes, `after` the amount within the limits,
    `target` the same in whole steps. `bound` says which limit held it. `floor` and `ceiling` are as they hold, in whole steps.
    """

    id: str
    names: Text
    last: Value
    parts: tuple[FactorShare, ...]
    index: Value
    share: Value
    before: Value
    floor: Value | None
    ceiling: Value | None
    bound: Bound
    after: Value
    target: Value
    change: Value
    rate: Value


@dataclass(frozen=True, kw_only=True)
class UnitTarget(Share):
    """A unit 股. `service` is the part of a full unit and year that it counts: months ÷ 12 × staffing."""

    branch: str = ""
    new: bool = False
    months: Value | None = None
    staffing: Value | None = None
    service: Value | None = None


@dataclass(frozen=True, kw_only=True)
class BranchTarget(Share):
    """A branch with its units in the order of their numbers.

    `last_share` is the part that it had of last year's targets (of a new branch: by its declared base); `multiplier` is that
    of its units' shares.
    """

    new: bool = False
    last_share: Value | None = None
    limits: Limits = Limits()
    units: tuple[UnitTarget, ...] = ()
    multiplier: Value | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """The targets of all branches and units in the declared order, and the totals."""

    scheme: Scheme
    branches: tuple[BranchTarget, ...]
    multiplier: Value
    total: Value
    last: Value
    change: Value
    rate: Value
    inputs: tuple[str, ...]
    means: Mapping[str, Value]

    def branch(self, id_: str) -> BranchTarget:
        return next(branch for branch in self.branches if branch.id == id_)
