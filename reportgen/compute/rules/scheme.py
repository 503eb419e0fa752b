"""An award scheme as `rules.toml` declares it, checked and in exact numbers; nothing is decided here.

Thresholds, bands and ranges are in base units (1 for a ratio, NT$ for money); points are points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from reportgen.compute.rules.model import Standard, Standing
from reportgen.model import Text
from reportgen.model.formats import gregorian_year
from reportgen.read.fields import Bilingual
from reportgen.read.schema import Fault, Model, check, fault


class Sourced(Model):
    """Whether a scheme is a rule or an assumption, and where it comes from."""

    standing: Standing
    basis: Bilingual
    source: str = ""

    @check
    @staticmethod
    def _has_source(standing: Standing, source: str) -> Iterator[Fault]:
        if standing == "rule" and not source:
            yield fault("source", "rules.rule_needs_source")

    @property
    def standard(self) -> Standard:
        return Standard(self.standing, self.basis, self.source)


Rounding = Literal["half_up", "down", "up"]
Method = Literal["competition", "dense", "modified"]
Take = Literal["mean", "sum", "count", "min", "max", "last"]
Final = Literal["share", "all_in", "none_in"]
Operator = Literal["at_least", "more_than", "at_most", "less_than", "is", "is_not", "within", "none_since"]
RewardKind = Literal["commendation", "merit", "major_merit", "certificate", "money"]
Better = Literal["high", "low"]
Threshold = Fraction | date | tuple[str, ...] | tuple[Fraction, Fraction]
Where = tuple[tuple[str, tuple[str, ...]], ...]  # (column, what it may be)


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Whose table it is; `unit_name` puts the cell of `unit` into words: 第{unit}股 / Unit {unit}."""

    table: str
    id: str
    name: str
    name_en: str
    post: str
    branch: str
    unit: str
    unit_name: Text | None
    where: Where


@dataclass(frozen=True, kw_only=True)
class Column:
    """A number of each candidate: a cell of its row, an aggregate over another table, a formula, or months of service.

    `at_end`: in an appraisal, of the last month of the period alone: what is pending then.
    """

    id: str
    label: Text
    kind: Literal["own", "aggregate", "formula", "service"]
    unit: str
    digits: int
    table: str = ""
    of: str = ""
    take: Take = "mean"
    by: str = ""
    match: str = ""
    where: Where = ()
    on: str = ""
    since: date | None = None
    until: date | None = None
    gaps: Literal["stop", "skip"] = "stop"
    empty: Fraction | None = None
    formula: str = ""
    low: Fraction | None = None
    high: Fraction | None = None
    row: int = 0
    at_end: bool = False


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Of eligibility or exclusion. `none_since` looks into `table` for rows of the last `years` years.

    A `standard` (管考基準) is met or not; it neither admits nor excludes.
    """

    id: str
    kind: Literal["eligible", "exclude", "standard"]
    label: Text
    column: str
    operator: Operator
    threshold: Threshold
    table: str = ""
    by: str = ""
    on: str = ""
    where: Where = ()
    years: int = 0
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class Band:
    """`low` belongs to the band, `high` does not, unless it is the last and `closed`; None is without end."""

    low: Fraction | None
    high: Fraction | None
    closed: bool
    points: Fraction
    label: Text | None

    def holds(self, number: Fraction) -> bool:
        above = self.low is None or number >= self.low
        below = self.high is None or number < self.high or (self.closed and number == self.high)
        return above and below


@dataclass(frozen=True)
class More:
    """What reaching another value of an item takes, as a formula over columns and `goal`: `goal * target - collected`."""

    label: Text
    formula: str
    unit: str
    digits: int


@dataclass(frozen=True, kw_only=True)
class Item:
    """A part of the score. Without bands the value itself, in its unit, is the points, kept within floor and cap.

    `own` is the column of the points that the candidate gave itself (自評); they are shown and do not count.
    `short` is the label where there is little room: above a column, on an axis.
    """

    id: str
    label: Text
    column: str
    weight: Fraction
    bands: tuple[Band, ...]
    floor: Fraction | None
    cap: Fraction | None
    row: int = 0
    own: str = ""
    more: More | None = None
    short: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """Points beside the items: `each` for every unit of the column, `cap` at most; a deduction (扣分) lowers the score."""

    id: str
    kind: Literal["bonus", "deduction"]
    label: Text
    column: str
    each: Fraction
    cap: Fraction | None
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class Complete:
    """A table whose every row of the period belongs to a candidate, through the column `by`.

    With `branch`, the row's branch is that of the candidate; `every_month`: from its first month on, a candidate has rows
    for each.
    """

    table: str
    by: str
    branch: str
    every_month: bool
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class Quota:
    number: int | None
    share: Fraction | None
    of: Literal["candidates", "eligible"] = "eligible"
    rounding: Rounding = "down"
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, kw_only=True)
class GroupRule:
    id: str
    label: Text
    where: Where
    quota: Quota | None
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class Rank:
    """`by` is `score` or a column. What is compared is the number rounded to `digits` in its unit."""

    by: str
    method: Method
    digits: int
    rounding: Rounding
    better: Better = "high"


@dataclass(frozen=True)
class TieRule:
    step: Literal["more_decimals", "next_criterion"]
    column: str = ""
    better: Better = "high"


@dataclass(frozen=True)
class RewardRule:
    """`amount` in NT$; None with `kind` money is the bonus that the scheme computes."""

    kind: RewardKind
    label: Text | None
    times: int = 1
    amount: int | None = None


@dataclass(frozen=True, kw_only=True)
class TierRule:
    """Taken in order, each from those whom the tiers above left. No limit at all takes all the rest."""

    id: str
    label: Text
    rewards: tuple[RewardRule, ...]
    places: int | None = None
    share: Fraction | None = None
    rounding: Rounding = "down"
    up_to_rank: int | None = None
    at_least: Fraction | None = None
    row: int = 0

    @property
    def limited(self) -> bool:
        return (
            self.places is not None
            or self.share is not None
            or self.up_to_rank is not None
            or self.at_least is not None
        )


@dataclass(frozen=True, kw_only=True)
class Staffing:
    """A unit whose `column` is `value` counts with `factor`; `reduces` is `bonus` or a column of the base."""

    column: str
    value: str
    factor: Fraction
    reduces: str
    label: Text


@dataclass(frozen=True)
class Part:
    role: str
    part: Fraction


@dataclass(frozen=True, kw_only=True)
class Members:
    """The table of persons among whom a unit's bonus is split, and its columns."""

    table: str
    by: str
    id: str
    name: str
    name_en: str
    role: str
    since: str
    until: str


@dataclass(frozen=True, kw_only=True)
class BonusRule:
    base: str
    rate: Fraction
    members: Members
    parts: tuple[Part, ...]
    remainder: Literal["largest", "first", "unpaid"]
    rounding: Rounding
    crowded: Literal["error", "divide"]
    staffing: Staffing | None
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class Scheme:
    publication: str
    file: str
    sha256: str
    title: Text
    year: int
    standard: Standard
    candidates: Candidates
    columns: Mapping[str, Column]
    conditions: tuple[Condition, ...]
    groups: tuple[GroupRule, ...]
    items: tuple[Item, ...]
    rank: Rank | None
    quota: Quota | None
    total: int | None
    cut: Literal["proportional", "lowest"]
    ties: tuple[TieRule, ...]
    final: Final
    tiers: tuple[TierRule, ...]
    bonus: BonusRule | None
    notes: tuple[Text, ...] = ()
    standards: tuple[Condition, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    least: Fraction | None = None
    most: Fraction | None = None
    complete: tuple[Complete, ...] = ()
    month: str = ""
    last_day: date | None = None  # of an appraisal of some months

    @property
    def end(self) -> date:
        """The last day of what is judged: of the year, or of the months of an appraisal."""
        return self.last_day or date(gregorian_year(self.year), 12, 31)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the scheme reads."""
        named = [self.candidates.table]
        named += [column.table for column in self.columns.values() if column.table]
        named += [condition.table for condition in self.conditions if condition.table]
        named += [self.bonus.members.table] if self.bonus else []
        named += [one.table for one in self.complete]
        return tuple(dict.fromkeys(named))
