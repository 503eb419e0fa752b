"""What a row of figures shows: a record, a rise, who leads, what overtook what; exact numbers in, the name of a sentence out.

Places are positions in the row, in the order of its axis; None is a missing number. Whether two figures look alike on paper is told by
their printed strings. What is said holds whatever the figures are: what is equal is not called higher, what is missing is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Numbers = Sequence[Fraction | None]
RECORD = 4  # numbers at least of which a record is worth telling


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`name` says which sentence is true. `places` are those it speaks of, `since` is where the stretch begins that it
    looks at, `missing` are the places in that stretch without a number."""

    name: str
    places: tuple[int, ...] = ()
    since: int = 0
    missing: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Record:
    """The last number is the most extreme since `since`, alone or together with those at `equal`."""

    since: int
    equal: tuple[int, ...]


def known(numbers: Numbers) -> list[int]:
    return [place for place, number in enumerate(numbers) if number is not None]


def _gaps(numbers: Numbers, since: int = 0) -> tuple[int, ...]:
    return tuple(place for place in range(since, len(numbers)) if numbers[place] is None)


def record(numbers: Numbers, sign: int) -> Record | None:
    """Of the last number, which is known: the highest (sign 1) or lowest (−1) of so many that it is worth telling."""
    *others, last = known(numbers)
    sized = {place: sign * (numbers[place] or Fraction(0)) for place in (*others, last)}
    for barrier in (
        [place for place in others if sized[place] >= sized[last]],
        [place for place in others if sized[place] > sized[last]],
    ):
        window = [place for place in sized if place > max(barrier, default=-1)]
        equal = tuple(place for place in window[:-1] if sized[place] == sized[last])
        if len(window) >= RECORD and len(equal) < len(window) - 1:
            return Record(since=window[0], equal=equal)
    return None


def course(numbers: Numbers, shown: Sequence[str]) -> Finding:
    """Of a figure over time: what its last number is among those before it."""
    there, last = known(numbers), len(numbers) - 1
    if last not in there:
        return Finding(name="unknown", places=(last,))
    if len(there) > 1 and len({numbers[place] for place in there}) == 1:
        return Finding(name="same", places=(last,), since=there[0], missing=_gaps(numbers, there[0]))
    for side, sign in (("highest", 1), ("lowest", -1)):
        found = record(numbers, sign)
        if found and not _looks_equal(numbers, shown, found):
            name = f"shared_{side}" if found.equal else side
            missing = _gaps(numbers, found.since)
            return Finding(name=name, places=(last, *found.equal), since=found.since, missing=missing)
    if last - 1 not in there:
        return Finding(name="single", places=(last,))
    return Finding(name=_step(numbers, shown), places=(last, last - 1))


def _looks_equal(numbers: Numbers, shown: Sequence[str], found: Record) -> bool:
    """Whether another number of the stretch differs from the last and is printed as that is: a record nobody can see."""
    stretch = range(found.since, len(numbers) - 1)
    return any(numbers[place] != numbers[-1] and shown[place] == shown[-1] for place in stretch)


def _step(numbers: Numbers, shown: Sequence[str]) -> str:
    now, before = (numbers[place] or Fraction(0) for place in (-1, -2))
    if now == before:
        return "level"
    if shown[-1] == shown[-2]:
        return "almost"
    return "rise" if now > before else "fall"


def leader(numbers: Numbers, sign: int = 1) -> Finding:
    """Of figures side by side: which is the highest, or with sign −1 the lowest."""
    there, missing = known(numbers), _gaps(numbers)
    if not there:
        return Finding(name="unknown")
    best = max(sign * (numbers[place] or Fraction(0)) for place in there)
    first = tuple(place for place in there if sign * (numbers[place] or Fraction(0)) == best)
    if len(there) == 1:
        return Finding(name="only", places=first, missing=missing)
    if len(first) == len(there):
        return Finding(name="alike", places=first, missing=missing)
    return Finding(name="most" if sign > 0 else "least", places=first, missing=missing)


def lead(one: Numbers, other: Numbers) -> Finding:
    """Of two figures over time, both known at the end: which is the greater there, and since when it was not.

    `places` is 0 or 1 for the greater; `since` of `first` is where both begin, of `again` where it was the greater for the last time.
    """
    pairs = [None if a is None or b is None else a - b for a, b in zip(one, other, strict=True)]
    ahead = pairs[-1] or Fraction(0)
    if ahead == 0:
        return Finding(name="both")
    greater, turned = (0 if ahead > 0 else 1), 1 if ahead > 0 else -1
    before = known(pairs)[:-1]
    led = [place for place in before if (pairs[place] or Fraction(0)) * turned > 0]
    between = range(max(led, default=min(before, default=0) - 1) + 1, len(pairs) - 1)
    if len(between) < RECORD - 1 or any(pairs[place] is None for place in between):
        return Finding(name="above", places=(greater,))
    return Finding(name="again" if led else "first", places=(greater,), since=max(led, default=between[0]))


def change(before: Numbers, after: Numbers) -> Finding:
    """Of figures at two times: which changed most; a rise is told where a fall is of the same size."""
    pairs = [None if a is None or b is None else b - a for a, b in zip(before, after, strict=True)]
    there, missing = known(pairs), _gaps(pairs)
    if not there:
        return Finding(name="unknown")
    most = max((pairs[place] or Fraction(0) for place in there), key=lambda size: (abs(size), size))
    first = tuple(place for place in there if pairs[place] == most)
    if most == 0:
        return Finding(name="unchanged", places=first, missing=missing)
    return Finding(name="rose" if most > 0 else "fell", places=first, missing=missing)
