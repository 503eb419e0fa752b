"""How far the weight of an item may move, the others sharing the rest in proportion, before two exact scores of a group meet.

A score is a straight line in the weight of one item, so that the first meeting is one of neighbours: it is found exactly, not by trying.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise, product

from reportgen.compute.exact import decimals, number, total
from reportgen.compute.rules.model import Decision, Result
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.scores import Item
from reportgen.model import Language, Text, formats
from reportgen.model.messages import message

DIGITS = 2  # of a weight that is printed; rounded so that the ranks hold within
Pair = tuple[Decision, Decision]


@dataclass(frozen=True, kw_only=True)
class Room:
    """The ranks hold while the item's weight stays between `low` and `high`; who meets there, None where the end is 0 or 100."""

    item: Item
    low: Fraction
    high: Fraction
    meet_low: Pair | None = None
    meet_high: Pair | None = None


def rooms(scheme: Scheme, result: Result) -> list[Room]:
    """Of each item that has others beside it. Adjustments, reviews and the limits of the score are taken as they are."""
    ranked = [one for one in result.decisions if one.rank is not None and one.score]
    neighbours = [pair for group in result.groups for pair in _neighbours(ranked, group.id)]
    return [_room(item, place, neighbours) for place, item in enumerate(scheme.items) if item.weight < 100]


def _neighbours(ranked: Sequence[Decision], group: str) -> Iterator[Pair]:
    """Each with all of the next lower score of the group: equals have no place to lose."""

    def score(decision: Decision) -> Fraction:
        assert decision.score
        return number(decision.score)

    of_group = sorted((one for one in ranked if one.group == group), key=score, reverse=True)
    levels = [list(level) for _, level in groupby(of_group, key=score)]
    for above, below in pairwise(levels):
        yield from product(above, below)


def _room(item: Item, place: int, neighbours: Sequence[Pair]) -> Room:
    ends: dict[bool, tuple[Fraction, Pair | None]] = {False: (Fraction(0), None), True: (Fraction(100), None)}
    for above, below in neighbours:
        assert above.score and below.score
        gap = number(above.score) - number(below.score)
        closing = _slope(below, place, item.weight) - _slope(above, place, item.weight)
        if not closing:
            continue
        meeting, upwards = item.weight + gap / closing, closing > 0
        if (meeting < ends[True][0]) if upwards else (meeting > ends[False][0]):
            ends[upwards] = meeting, (above, below)
    (low, meet_low), (high, meet_high) = ends[False], ends[True]
    return Room(item=item, low=low, high=high, meet_low=meet_low, meet_high=meet_high)


def _slope(decision: Decision, place: int, weight: Fraction) -> Fraction:
    """By how much the score rises for each 1 of the item's weight, which the other items give up."""
    others = total(number(one.weighted) for at, one in enumerate(decision.items) if at != place)
    return number(decision.items[place].points) / 100 - others / (100 - weight)


def room_lines(scheme: Scheme, result: Result, language: Language) -> Iterator[str]:
    """A line for each item: its weight, from where to where the ranks hold, who meets at either end."""
    yield scheme.title.say(language)
    yield message("appraisal.room_rule").say(language)
    steps = 10**DIGITS
    for room in rooms(scheme, result):
        low, high = (
            Fraction(math.ceil(room.low * steps), steps),
            Fraction(math.floor(room.high * steps), steps),
        )
        yield message(
            "appraisal.room",
            label=room.item.label,
            weight=formats.plain(room.item.weight, decimals(room.item.weight)),
            low=formats.plain(low, DIGITS),
            high=formats.plain(high, DIGITS),
            below=_meeting(room.meet_low),
            above=_meeting(room.meet_high),
        ).say(language)


def _meeting(pair: Pair | None) -> Text:
    if pair is None:
        return message("appraisal.nobody_meets")
    one, two = (decision.person.id for decision in pair)
    return message("appraisal.meet", one=one, two=two)
