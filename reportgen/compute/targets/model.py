"""What is worked out from the targets that are declared, in frozen values: every number a `Value` with its rows.

Nothing is read or computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from reportgen.compute.targets.changes import Adjustment, Revision
from reportgen.compute.targets.declaration import Factor, Limits, Scheme
from reportgen.model import Text, Value

Bound = Literal["", "floor", "ceiling", "agreed"]


@dataclass(frozen=True)
class Agreed:
    """What was negotiated: its declaration, the target that the calculation gives, the difference, and the limits that it may leave."""

    declared: Adjustment
    computed: Value
    change: Value
    floor: int | None
    ceiling: int | None


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
    `target` the same in whole steps. `bound` says which limit held it, or that it was `agreed`. `floor` and `ceiling` are as they hold, in whole steps.
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
    agreed: Agreed | None = None


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

    `last_share` is the part that it had of last year's targets (of a new branch: by its declared base); `base` is what stands for
    its target of the year before in shares and limits, where that is another amount; `multiplier` is that of its units' shares.
    """

    new: bool = False
    base: Value | None = None
    last_share: Value | None = None
    limits: Limits = field(default_factory=Limits)
    units: tuple[UnitTarget, ...] = ()
    multiplier: Value | None = None


@dataclass(frozen=True, kw_only=True)
class Revised:
    """What somebody was to collect before a day within the year, and from it on; `id` is `taipei` or `taipei/03`, none of all branches.

    `declared` is None where the amount follows from another one: of a unit from its branch, of a branch from its unit.
    """

    id: str
    names: Text
    before: Value
    change: Value
    after: Value
    declared: Revision | None = None


@dataclass(frozen=True)
class Stage:
    """All that is revised from one day on, in the order of the sheet, and what it makes of the whole."""

    since: date
    rows: tuple[Revised, ...]
    total: Revised


@dataclass(frozen=True, kw_only=True)
class Result:
    """The targets of all branches and units in the declared order, the totals, and what was revised within the year, day by day."""

    scheme: Scheme
    branches: tuple[BranchTarget, ...]
    multiplier: Value
    total: Value
    last: Value
    change: Value
    rate: Value
    inputs: tuple[str, ...]
    means: Mapping[str, Value]
    stages: tuple[Stage, ...] = ()

    def branch(self, id_: str) -> BranchTarget:
        return next(branch for branch in self.branches if branch.id == id_)

    def revisions(self, name: str) -> tuple[Revised, ...]:
        """How the amount of `taipei` or `taipei/03` was revised, the earliest first."""
        return tuple(row for stage in self.stages for row in stage.rows if row.id == name)

    def at_the_end(self, name: str, target: Value) -> Value:
        """The amount that holds at the end of the year: the target, or the last revision of it."""
        return next((row.after for row in reversed(self.revisions(name))), target)
