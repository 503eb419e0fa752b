"""What is compared: `[[item]]` with its weight and bands, `[[adjustment]]`, `[score]`, `[rank]`."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from reportgen.compute.rules.vocabulary import (
    GOAL,
    SCORE,
    Better,
    Column,
    Digits,
    NumberColumn,
    Rounding,
    UnitName,
    Vocabulary,
    formula,
    plain,
    range_said,
    times,
)
from reportgen.model.formats import Unit
from reportgen.read.fields import Number, OneOf, Row, Within
from reportgen.read.schema import Context, Fault, Model, check, fault
from reportgen.read.texts import Bilingual

Method = Literal["competition", "dense", "modified"]


# ---- items --------------------------------------------------------------------------------------


class Band(Model):
    """`low` belongs to the band, `high` does not, unless the band says `to`; None is without end."""

    low: Annotated[Number | None, Field(alias="from")] = None
    below: Number | None = None
    to: Number | None = None
    points: Number
    label: Bilingual | None = None

    @check
    def _ends(low: Fraction | None, below: Fraction | None, to: Fraction | None) -> Iterator[Fault]:
        end = to if below is None else below
        if below is not None and to is not None:
            yield fault("to", "rules.stands_beside_below")
        if low is not None and end is not None and (low > end or (low == end and to is None)):
            yield fault("from", "rules.band_is_empty")

    @property
    def high(self) -> Fraction | None:
        return self.to if self.below is None else self.below

    @property
    def closed(self) -> bool:
        return self.to is not None

    def holds(self, number: Fraction) -> bool:
        above = self.low is None or number >= self.low
        below = self.high is None or number < self.high or (self.closed and number == self.high)
        return above and below

    def scaled(self, factor: Fraction) -> Band:
        ends = {"low": self.low, "below": self.below, "to": self.to}
        return self.model_copy(update={name: times(end, factor) for name, end in ends.items()})


class More(Model):
    """What reaching another value of an item takes, as a formula over columns and `goal`: `goal * target - collected`."""

    label: Bilingual
    formula: Annotated[str, formula(GOAL)]
    unit: UnitName
    digits: Digits = 0

    @check
    def _has_goal(formula: str) -> Iterator[Fault]:
        if GOAL not in formula:
            yield fault("formula", "rules.does_not_hold_value_reached", goal=GOAL)


class Item(Model):
    """A part of the score. Without bands the value itself, in its unit, is the points, kept within floor and cap.

    `own` is the column of the points that the candidate gave itself (自評); they are shown and do not count.
    `short` is the label where there is little room: above a column, on an axis.
    """

    id: str
    label: Bilingual
    column: NumberColumn
    weight: Annotated[Number, Within(0, 100, above=True)]
    bands: Annotated[tuple[Band, ...], Field(min_length=1)] = ()
    points: Literal["value"] = "value"
    floor: Number | None = None
    cap: Number | None = None
    own: NumberColumn = ""
    more: More | None = None
    short: Bilingual | None = None
    row: Row = 0

    @check
    def _as_declared(raw: Mapping[str, object], context: Context) -> Iterator[Fault]:
        if "bands" in raw and "points" in raw:
            yield fault("points", "rules.stands_beside_bands")
        if not context.given.appraises:
            named = [key for key in ("own", "more", "short") if key in raw]
            yield from (fault(key, "rules.is_of_appraisals") for key in named)

    @check
    def _in_order(floor: Fraction | None, cap: Fraction | None) -> Iterator[Fault]:
        if floor is not None and cap is not None and floor >= cap:
            yield fault("floor", "rules.is_not_below_cap")

    @check
    def _own_points(own: str, context: Context) -> Iterator[Fault]:
        column = context.given.column(own)
        if column and column.unit not in (SCORE, "count"):
            yield fault("own", "rules.is_not_points", id=column.id, unit=column.unit)

    @check
    def _covered(bands: tuple[Band, ...], column: str, context: Context) -> Iterator[Fault]:
        counted = upwards(bands)
        faults = [
            fault for before, after in itertools.pairwise(counted) for fault in _neighbours(before, after)
        ]
        yield from faults
        of = context.given.column(column)
        if counted and of and not faults:  # one fault is told once
            yield from _reach(counted, of, context.given)


Counted = tuple[int, Band]  # the place in the file, and the band


def upwards(bands: Iterable[Band]) -> list[Counted]:
    """The bands from the lowest to the highest, whatever their order in the file."""
    return sorted(enumerate(bands), key=lambda counted: (counted[1].low is not None, counted[1].low or 0))


def _neighbours(before: Counted, after: Counted) -> Iterator[Fault]:
    (earlier, first), (later, second) = before, after
    end, begin = first.high, second.low
    if begin is None:
        yield fault(("bands", later, "from"), "rules.is_missing_8")
    elif end is None:
        yield fault(("bands", earlier, "below"), "rules.is_missing_10")
    elif begin < end or (begin == end and first.closed):
        yield fault(("bands", later, "from"), "rules.bands_overlap", end=plain(end), begin=plain(begin))
    elif begin > end:
        slots = {"end": plain(end), "begin": plain(begin)}
        yield fault(("bands", later, "from"), "rules.between_is_no_band", **slots)


def _reach(bands: list[Counted], column: Column, vocabulary: Vocabulary) -> Iterator[Fault]:
    """The bands cover what the column can hold, and none lies wholly outside."""
    factor = vocabulary.factor(column.unit)
    low, high = times(column.low, 1 / factor), times(column.high, 1 / factor)
    slots = {"id": column.id, "said": range_said(low, high)}
    for place, band in bands:
        over = band.low is not None and high is not None and band.low > high
        end = band.high
        under = end is not None and low is not None and (end < low or (end == low and not band.closed))
        if over or under:
            at = ("bands", place, "from") if band.low is not None else ("bands", place)
            yield fault(at, "rules.is_2", **slots)
    (first, lowest), (last, highest) = bands[0], bands[-1]
    if lowest.low is not None and (low is None or lowest.low > low):
        yield fault(("bands", first, "from"), "rules.is", first=plain(lowest.low), **slots)
    end = highest.high
    if end is not None and (high is None or end < high or (end == high and not highest.closed)):
        name = "rules.nothing_covers_above" if highest.closed else "rules.nothing_covers_from"
        at = ("bands", last, "to" if highest.closed else "below")
        yield fault(at, name, end=plain(end), **slots)


# ---- the score ----------------------------------------------------------------------------------


class Adjustment(Model):
    """Points beside the items: `each` for every unit of the column, `cap` at most; a deduction (扣分) lowers the score."""

    id: str
    kind: Literal["bonus", "deduction"]
    label: Bilingual
    column: NumberColumn
    each: Annotated[Number, Within(0, above=True)]
    cap: Annotated[Number, Within(0, above=True)] | None = None
    row: Row = 0

    @check
    def _keeps_its_sign(column: str, context: Context) -> Iterator[Fault]:
        of = context.given.column(column)
        if of and of.low is not None and of.low < 0:
            yield fault("column", "rules.may_below_would_turn_sign", id=of.id)


class ScoreLimits(Model):
    least: Number | None = None
    most: Number | None = None

    @check
    def _in_order(least: Fraction | None, most: Fraction | None) -> Iterator[Fault]:
        if least is not None and most is not None and least >= most:
            yield fault("least", "rules.is_not_below_most")


class Rank(Model):
    """`by` is `score` or a column. What is compared is the number rounded to `digits` in its unit."""

    by: Annotated[str, OneOf("rank by")] = SCORE
    method: Method
    digits: Digits = 2
    rounding: Annotated[Rounding, Field(alias="digits_rounding")] = "half_up"
    better: Better = "high"

    def resolved(self, vocabulary: Vocabulary) -> Rank:
        """With as many decimals as its column has, where it says none."""
        column = vocabulary.column(self.by)
        said = column is None or "digits" in self.model_fields_set
        return self if said or not column else self.model_copy(update={"digits": column.digits})


def most_points(
    items: Iterable[Item], rank: Rank, columns: Mapping[str, Column], units: Mapping[str, Unit]
) -> Fraction | None:
    """The highest score that anyone can reach; None where a column has no declared maximum."""
    if rank.by != SCORE:
        column = columns.get(rank.by)
        return column.high if column else None
    total = Fraction(0)
    for item in items:
        column = columns.get(item.column)
        if item.bands:
            most: Fraction | None = max(band.points for band in item.bands)
        elif column is None or column.high is None or column.unit not in units:
            most = item.cap
        else:
            most = column.high / units[column.unit].factor
        if most is None:
            return None
        most = min(most, item.cap) if item.cap is not None else most
        total += most * item.weight / 100
    return total
