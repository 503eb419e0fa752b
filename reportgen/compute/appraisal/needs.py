"""What one more point of the score would need: for each item, the value to be reached and what that takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from reportgen.compute.exact import number, written
from reportgen.compute.formulas import computed, names_of
from reportgen.compute.rules.model import Decision, ItemScore
from reportgen.compute.rules.scheme import Band, Column, Item, Scheme
from reportgen.compute.rules.values import Book, key_of
from reportgen.compute.rules.vocabulary import GOAL
from reportgen.model import Gap, Source, Text, Value


@dataclass(frozen=True, kw_only=True)
class Need:
    """An item's way to another point: `gain` in points of the score when its value is `bound` than `goal`.

    No goal: the item has all the points that it can give. `more` is what reaching it takes, in the words of the scheme.
    """

    item: str
    label: Text
    gain: Value
    goal: Value | None
    bound: Literal["at_least", "at_most", "less_than", ""]
    more: tuple[Text, Value] | None


def needs(scheme: Scheme, book: Book, decision: Decision) -> tuple[Need, ...]:
    """In the order of the items; only of candidates that have a score."""
    of = {item.id: item for item in scheme.items}
    parts = [*(item.weighted for item in decision.items), *(one.points for one in decision.adjustments)]
    total = sum((number(part) for part in parts), Fraction(0))
    return tuple(_need(book, of[scored.item], scored, decision.person.id, total) for scored in decision.items)


def _need(book: Book, item: Item, scored: ItemScore, id_: str, total: Fraction) -> Need:
    """`total` is the score before it is kept within its limits: who is at the most can gain nothing."""
    points, value = number(scored.points), number(scored.value)
    wanted = points + 100 / item.weight
    factor = book.factor(scored.value.unit)
    found = (
        _by_bands(item, value, points, wanted)
        if item.bands
        else _by_value(item, book.scheme.columns[item.column], points, wanted, factor, scored.value.digits)
    )
    gained = Fraction(0)
    if found is not None:
        gained = _kept(book.scheme, total + (found[2] - points) * item.weight / 100) - _kept(
            book.scheme, total
        )
    if found is None or not gained:
        return Need(
            item=item.id,
            label=item.label,
            gain=_gain(item, scored, Fraction(0), id_),
            goal=None,
            bound="",
            more=None,
        )
    goal, bound, reached = found
    gain = _gain(item, scored, gained, id_)
    digits = scored.value.digits
    while digits < 6 and (goal / factor * 10**digits).denominator != 1:
        digits += 1
    goal_value = Value(
        metric=f"award.goal.{item.id}",
        key=key_of(id_),
        exact=goal,
        unit=scored.value.unit,
        digits=digits,
        formula=f"value of {item.column} for one more point",
        worked=f"points {written(points)} → {written(reached)}",
        sources=scored.value.sources,
    )
    return Need(
        item=item.id,
        label=item.label,
        gain=gain,
        goal=goal_value,
        bound=bound,
        more=_takes(book, item, goal, id_, bound == "less_than"),
    )


def _kept(scheme: Scheme, total: Fraction) -> Fraction:
    total = max(total, scheme.least) if scheme.least is not None else total
    return min(total, scheme.most) if scheme.most is not None else total


_Found = tuple[Fraction, Literal["at_least", "at_most", "less_than"], Fraction]


def _by_value(
    item: Item, column: Column, points: Fraction, wanted: Fraction, factor: Fraction, digits: int
) -> _Found | None:
    """Without bands the value is the points: so much more of it, up to the cap and to what the column can hold.

    What is to be reached is rounded up to what is printed: 91.6667 is not reached by 91.66.
    """
    reached = Fraction(math.ceil(wanted * 10**digits), 10**digits)
    reached = min(reached, item.cap) if item.cap is not None else reached
    reached = min(reached, column.high / factor) if column.high is not None else reached
    return None if reached <= points else (reached * factor, "at_least", reached)


def _by_bands(item: Item, value: Fraction, points: Fraction, wanted: Fraction) -> _Found | None:
    """The nearest band that gives the point; where none gives so much, the nearest of those that give most."""

    def capped(band: Band) -> Fraction:
        found = max(band.points, item.floor) if item.floor is not None else band.points
        return min(found, item.cap) if item.cap is not None else found

    better = [band for band in item.bands if capped(band) > points]
    if not better:
        return None
    enough = [band for band in better if capped(band) >= wanted]
    if not enough:
        most = max(capped(band) for band in better)
        enough = [band for band in better if capped(band) == most]
    ways: list[tuple[Fraction, _Found]] = []
    for band in enough:
        if band.low is not None and band.low > value:
            ways.append((band.low - value, (band.low, "at_least", capped(band))))
        elif band.high is not None and band.high <= value:
            ways.append(
                (value - band.high, (band.high, "at_most" if band.closed else "less_than", capped(band)))
            )
    return min(ways, key=lambda way: way[0])[1] if ways else None


def _gain(item: Item, scored: ItemScore, gain: Fraction, id_: str) -> Value:
    sources: tuple[Source, ...] = scored.value.sources
    return Value(
        metric=f"award.gain.{item.id}",
        key=key_of(id_),
        exact=gain,
        unit="score",
        digits=2,
        formula="points gained * weight",
        worked=written(gain),
        sources=sources,
    )


def _takes(book: Book, item: Item, goal: Fraction, id_: str, beyond: bool) -> tuple[Text, Value] | None:
    """What the scheme's formula says of the way to the goal, rounded up where it is counted in whole things.

    Where the value must come below the goal, what just reaches it is one too few.
    """
    more = item.more
    if more is None:
        return None
    values = {name: book.value(name, id_) for name in names_of(more.formula) if name != GOAL}
    if any(isinstance(value.exact, Gap) for value in values.values()):
        return None
    numbers = {name: number(value) for name, value in values.items()}
    try:
        exact = computed(more.formula, {**numbers, GOAL: goal})
    except ZeroDivisionError:
        return None
    factor = book.factor(more.unit) / 10**more.digits
    steps = math.floor(exact / factor) + 1 if beyond else math.ceil(exact / factor)
    up = steps * factor
    worked = ", ".join(f"{name} = {written(number)}" for name, number in {**numbers, GOAL: goal}.items())
    sources = tuple(dict.fromkeys(source for value in values.values() for source in value.sources))
    value = Value(
        metric=f"award.more.{item.id}",
        key=key_of(id_),
        exact=up,
        unit=more.unit,
        digits=more.digits,
        formula=f"floor({more.formula}) + 1" if beyond else f"ceil({more.formula})",
        worked=worked,
        sources=sources,
    )
    return more.label, value
