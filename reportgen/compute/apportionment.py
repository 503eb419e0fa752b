"""How an amount is divided: by shares, within limits, in whole steps; exact to the last dollar, and nothing else.

`fill` finds the one multiplier with which all shares, held within their floors and ceilings, make the total. `in_steps`
rounds what it gives to whole steps by the largest remainder. docs/decisions/0016 has the proof that a share which grows,
while no other does, never brings a smaller amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reportgen.compute.exact import largest_remainder, total, within


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
    whole: Fraction, shares: Sequence[Fraction], floors: Sequence[Fraction], ceilings: Sequence[Fraction]
) -> Filled:
    """Amounts clamp(multiplier × share, floor, ceiling) whose sum is the whole; Conflict where there are none.

    A ceiling is never below its floor. A share of zero stays at its floor whatever the multiplier.
    """
    claims = list(zip(shares, floors, ceilings, strict=True))
    least, most = total(floors), total(ceiling if share else floor for share, floor, ceiling in claims)
    if least > whole:
        raise Conflict("floors", least, whole)
    if most < whole:
        raise Conflict("ceilings", most, whole)

    def amounts(multiplier: Fraction) -> tuple[Fraction, ...]:
        return tuple(within(multiplier * share, floor, ceiling) for share, floor, ceiling in claims)

    bends = {bound / share for share, *bounds in claims if share for bound in bounds}
    ordered = sorted(bends | {Fraction(0)})
    low, high = 0, len(ordered) - 1
    while high - low > 1:  # the sum at `low` is not above the whole, that at `high` not below
        middle = (low + high) // 2
        if total(amounts(ordered[middle])) <= whole:
            low = middle
        else:
            high = middle
    below, above = total(amounts(ordered[low])), total(amounts(ordered[high]))
    if above == below:
        return Filled(amounts(ordered[low]), ordered[low])
    # Between two bends the sum is a straight line.
    multiplier = ordered[low] + (ordered[high] - ordered[low]) * (whole - below) / (above - below)
    return Filled(amounts(multiplier), multiplier)


def in_steps(amounts: Sequence[Fraction], step: int) -> tuple[int, ...]:
    """The amounts in whole steps with the same sum: rounded down, then the largest remainders get a step more.

    Of equal remainders the first in the order given. The sum must be a multiple of the step. An amount that is a multiple stays
    as it is, so that floors and ceilings that are multiples hold.
    """
    steps = [amount / step for amount in amounts]
    whole = total(steps)
    assert whole.denominator == 1, whole
    return tuple(count * step for count in largest_remainder(steps, int(whole)))
