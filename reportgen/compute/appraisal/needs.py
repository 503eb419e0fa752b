"""What one more point of the score would need: for each item, the value to be reached and what that takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Literal

from reportgen.compute.exact import decimals, number, total, within, written
from reportgen.compute.formulas import names_of
from reportgen.compute.rules.judging import kept_score
from reportgen.compute.rules.model import Decision, ItemScore
from reportgen.compute.rules.scores import Band, Item
from reportgen.compute.rules.values import Book, formula_of
from reportgen.compute.rules.vocabulary import GOAL
from reportgen.model import Gap, Text, Value
from reportgen.model.values import merged_sources

Bound = Literal["at_least", "at_most", "less_than", ""]


@dataclass(frozen=True, kw_only=True)
class Need:
    """An item's way to another point: `gain` in points of the score when its value is `bound` than `goal`.

    No goal: the item has all the points that it can give. `more` is what reaching it takes, in the words of the scheme.
    """

    item: str
    label: Text
    gain: Value
    goal: Value | None = None
    bound: Bound = ""
    more: tuple[Text, Value] | None = None


@dataclass(frozen=True)
class Way:
    """A value to be reached, how, and the points that it gives."""

    goal: Fraction
    bound: Bound
    points: Fraction


def needs(book: Book, decision: Decision) -> tuple[Need, ...]:
    """In the order of the items; only of candidates that have a score."""
    of = {item.id: item for item in book.scheme.items}
    parts = [*(item.weighted for item in decision.items), *(rule.points for rule in decision.adjustments)]
    summed = total(map(number, parts))
    return tuple(_need(book, of[scored.item], scored, summed) for scored in decision.items)


def _need(book: Book, item: Item, scored: ItemScore, summed: Fraction) -> Need:
    """`summed` is the score before it is kept within its limits: who is at the most can gain nothing."""
    points, value = number(scored.points), scored.value
    wanted = points + 100 / item.weight
    if item.bands:
        way = way_by_bands(item, number(value), points, wanted)
    else:
        way = _way_by_value(book, item, value, points, wanted)
    gained = Fraction(0)
    if way:
        raised = summed + (way.points - points) * item.weight / 100
        gained = kept_score(book.scheme, raised) - kept_score(book.scheme, summed)
    made = partial(Value, key=value.key, sources=value.sources)
    gain = made(
        metric=f"award.gain.{item.id}",
        exact=gained,
        unit="score",
        digits=2,
        formula="points gained * weight",
        worked=written(gained),
    )
    if way is None or not gained:
        return Need(item=item.id, label=item.label, gain=gain)
    goal = made(
        metric=f"award.goal.{item.id}",
        exact=way.goal,
        unit=value.unit,
        digits=max(value.digits, decimals(way.goal / book.factor(value.unit))),
        formula=f"value of {item.column} for one more point",
        worked=f"points {written(points)} → {written(way.points)}",
    )
    more = _takes(book, item, goal, way.bound == "less_than")
    return Need(item=item.id, label=item.label, gain=gain, goal=goal, bound=way.bound, more=more)


def _way_by_value(book: Book, item: Item, value: Value, points: Fraction, wanted: Fraction) -> Way | None:
    """Without bands the value is the points: so much more of it, up to the cap and to what the column can hold.

    What is to be reached is rounded up to what is printed: 91.6667 is not reached by 91.66.
    """
    factor, high = book.factor(value.unit), book.scheme.columns[item.column].high
    reached = Fraction(math.ceil(wanted * 10**value.digits), 10**value.digits)
    reached = within(reached, None, item.cap)
    reached = within(reached, None, None if high is None else high / factor)
    return Way(reached * factor, "at_least", reached) if reached > points else None


def way_by_bands(item: Item, value: Fraction, points: Fraction, wanted: Fraction) -> Way | None:
    """The nearest band that gives the point; where none gives so much, the nearest of those that give most."""

    def gives(band: Band) -> Fraction:
        return within(band.points, item.floor, item.cap)

    better = [band for band in item.bands if gives(band) > points]
    enough = [band for band in better if gives(band) >= wanted]
    if not enough:
        enough = [band for band in better if gives(band) == max(map(gives, better))]
    ways: list[tuple[Fraction, Way]] = []
    for band in enough:
        if band.low is not None and band.low > value:
            ways.append((band.low - value, Way(band.low, "at_least", gives(band))))
        elif band.high is not None and band.high <= value:
            bound: Bound = "at_most" if band.closed else "less_than"
            ways.append((value - band.high, Way(band.high, bound, gives(band))))
    return min(ways, key=lambda way: way[0])[1] if ways else None


def _takes(book: Book, item: Item, goal: Value, beyond: bool) -> tuple[Text, Value] | None:
    """What the scheme's formula says of the way to the goal, rounded up where it is counted in whole things.

    Where the value must come below the goal, what just reaches it is one too few.
    """
    more, candidate = item.more, str(goal.key[0][1])
    if more is None:
        return None
    values = {name: book.value(name, candidate) for name in names_of(more.formula) if name != GOAL}
    exact, worked = formula_of(more.formula, {**values, GOAL: goal})
    if isinstance(exact, Gap):
        return None
    step = book.factor(more.unit) / 10**more.digits
    steps = math.floor(exact / step) + 1 if beyond else math.ceil(exact / step)
    value = Value(
        metric=f"award.more.{item.id}",
        key=goal.key,
        exact=steps * step,
        unit=more.unit,
        digits=more.digits,
        formula=f"floor({more.formula}) + 1" if beyond else f"ceil({more.formula})",
        worked=worked,
        sources=merged_sources(source for value in values.values() for source in value.sources),
    )
    return more.label, value
