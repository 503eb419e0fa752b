"""An award scheme as `rules.toml` declares it, checked and in exact numbers; nothing is decided here.

Thresholds, bands and ranges are in base units (1 for a ratio, NT$ for money); points are points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from reportgen.compute.rules.columns import Candidates, Complete
from reportgen.compute.rules.conditions import Condition
from reportgen.compute.rules.further import MembersRule, Mix, Prize, StageRule
from reportgen.compute.rules.model import Standard
from reportgen.compute.rules.postings import PostingsRule
from reportgen.compute.rules.prizes import BonusRule, Final, GroupRule, Quota, TierRule, TieRule
from reportgen.compute.rules.scores import Adjustment, Item, Rank
from reportgen.compute.rules.vocabulary import Column
from reportgen.model import Text
from reportgen.model.formats import gregorian_year


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
    postings: PostingsRule | None = None
    given: str = ""  # the column of the grades that a committee gave
    last_day: date | None = None  # of an appraisal of some months
    prizes: tuple[Prize, ...] = ()
    mixes: tuple[Mix, ...] = ()
    stages: tuple[StageRule, ...] = ()
    members: MembersRule | None = None

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
        named += [one.table for one in (*self.complete, *self.stages)]
        named += [self.postings.table] if self.postings else []
        named += [self.members.table] if self.members else []
        return tuple(dict.fromkeys(named))
