"""How an amount is divided: by shares, within limits, in whole steps; exact to the last dollar, and nothing else.

`fill` finds the one multiplier with which all shares, held within their floors and ceilings, make the total. `in_steps`
rounds what it gives to whole steps by the largest remainder. docs/decisions/0016 has the proof that a share which grows,
while no other does, never brings a smaller amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


class Conflict(Exception):
    """No division is within the limits: `side` floors are above the total, or ceilings below it, by `gap`."""

    def __init__(self, side: str, bound: Fraction, total: Fraction) -> None:
        super().__init__(side)
        self.side, self.bound, self.total = side, bound, total

    @property
    def gap(self) -> Fraction:
        return abs(self.bound - self.total)


@dataclass(frozen=True)
class Filled:
    """The amounts, and the multiplier of the shares that they were found with."""

    amounts: tuple[Fraction, ...]
    multiplier: Fraction


def fill(
    total: Fraction, shares: Sequence[Fraction], floors: Sequence[Fraction], ceilings: Sequence[Fraction]
) -> Filled:
    """Amounts clamp(multiplier × share, floor, ceiling) whose sum is the total; Conflict where there are none.

    A ceiling is never below its floor. A share of zero stays at its floor whatever the multiplier.
    """
    most = sum(
        (ceiling if share else floor for share, floor, ceiling in zip(shares, floors, ceilings, strict=True)),
        Fraction(0),
    )
    if sum(floors) > total:
        raise Conflict("floors", Fraction(sum(floors)), total)
    if most < total:
        raise Conflict("ceilings", most, total)

    def amounts(multiplier: Fraction) -> tuple[Fraction, ...]:
        return tuple(
            min(max(multiplier * share, floor), ceiling)
            for share, floor, ceiling in zip(shares, floors, ceilings, strict=True)
        )

    bends = sorted(
        {
            bound / share
            for share, floor, ceiling in zip(shares, floors, ceilings, strict=True)
            if share
            for bound in (floor, ceiling)
        }
        | {Fraction(0)}
    )
    low, high = (
        0,
        len(bends) - 1,
    )  # the sum at bends[low] is not above the total, that at bends[high] not below
    while high - low > 1:
        middle = (low + high) // 2
        if sum(amounts(bends[middle])) <= total:
            low = middle
        else:
            high = middle
    below, above = sum(amounts(bends[low])), sum(amounts(bends[high]))
    if above == below:
        return Filled(amounts(bends[low]), bends[low])
    # Between two bends the sum is a straight line.
    multiplier = bends[low] + (bends[high] - bends[low]) * (total - below) / (above - below)
    return Filled(amounts(multiplier), multiplier)


def in_steps(amounts: Sequence[Fraction], step: int) -> tuple[int, ...]:
    """The amounts in whole steps with the same sum: rounded down, then the largest remainders get a step more.

    Of equal remainders the first in the order given. The sum must be a multiple of the step. An amount that is a multiple stays
    as it is, so that floors and ceilings that are multiples hold.
    """
    down = [amount // step for amount in amounts]
    left = sum(amounts, Fraction(0)) / step - sum(down)
    assert left.denominator == 1, left
    by_remainder = sorted(range(len(amounts)), key=lambda place: (down[place] - amounts[place] / step, place))
    for place in by_remainder[: int(left)]:
        down[place] += 1
    return tuple(int(count) * step for count in down)


def shares_of(sizes: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Each size as a part of their sum, which is not zero."""
    whole = sum(sizes)
    return tuple(size / whole for size in sizes)
